from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from syncd.sandbox import Sandbox
from syncd.sandbox.server import BOT_TOKEN

REPO = "/repos/acme/widgets"


class Client(requests.Session):
    """Speaks to GitHub's dialect of a sandbox; addresses are paths below its root, or whole ones."""

    def __init__(self, sandbox: Sandbox, token: str | None) -> None:
        super().__init__()
        self.root = sandbox.api_url
        # What is answered is the subject of these tests; nobody follows anything behind their back.
        self.trust_env = False
        if token:
            self.headers["Authorization"] = f"token {token}"

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]  # fewer words
        address = url if url.startswith("http") else self.root + url
        return super().request(method, address, **{"timeout": 10, **options, "allow_redirects": False})

    def pages(self, path: str, **params: Any) -> Iterator[list[Any]]:
        """Page after page, by `Link`."""
        answer = self.get(path, params=params)
        while True:
            assert answer.status_code == 200, answer.text
            yield answer.json()
            if "next" not in answer.links:
                return
            answer = self.get(answer.links["next"]["url"])


@pytest.fixture
def new_client() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(sandbox: Sandbox, token: str | None = BOT_TOKEN) -> Client:
        made.append(Client(sandbox, token))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox, new_client: Callable[..., Client]) -> Client:
    """Logged in as the account that may do everything."""
    return new_client(sandbox)
