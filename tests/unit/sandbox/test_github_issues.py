import requests

from syncd.sandbox import Sandbox


def test_creates_in_sequence_share_numbers_with_pull_requests(sandbox: Sandbox) -> None:
    client = requests.Session()
    client.headers["Authorization"] = "token sandbox-token"
    made = client.post(f"{sandbox.api_url}/repos/acme/widgets/issues", json={"title": "One"})
    assert (made.status_code, made.json()["number"]) == (201, 1)
    client.close()
