"""`/_sandbox`: the same verbs as the Python API, for those who are not Python."""

from typing import Any

import pytest
import requests

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.unit.sandbox.conftest import REPO, Client


class Hand:
    def __init__(self, sandbox: Sandbox) -> None:
        self.url = f"{sandbox.url}/_sandbox/"

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(method, self.url + path, json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def hand(sandbox: Sandbox) -> Hand:
    return Hand(sandbox)


def test_faults(hand: Hand, client: Client) -> None:
    assert hand("POST", "faults", kind="fail_before", status=503, times=None)["kind"] == "fail_before"
    assert client.get(REPO).status_code == 503
    hand("DELETE", "faults")
    assert client.get(REPO).status_code == 200


def test_time(hand: Hand, client: Client, clock: LogicalClock) -> None:
    assert hand("POST", "clock", advance=3600) == {"now": "2026-01-05T10:00:00Z"}
    assert client.get("/user").headers["Date"] == "Mon, 05 Jan 2026 10:00:00 GMT"


def test_limits(hand: Hand, client: Client) -> None:
    hand("POST", "limits", per_hour=1)
    assert [client.get("/user").status_code for _ in range(2)] == [200, 403]


def test_issues_by_hand(hand: Hand, client: Client, sandbox: Sandbox) -> None:
    hand("POST", "milestones", title="M", due="2026-07-01")
    made = hand("POST", "issues", **{"as": "bob", "title": "T", "labels": ["a"], "milestone": "M"})
    assert (made["number"], made["author"]) == (1, "bob")
    hand("PATCH", "issues/1", title="U", state="closed", reason="not_planned", milestone=None)
    shown = client.get(f"{REPO}/issues/1").json()
    assert (shown["title"], shown["state_reason"], shown["milestone"]) == ("U", "not_planned", None)
    hand("PATCH", "milestones", milestone="M", rename="N", state="closed")
    assert sandbox.person().milestone("N").state == "closed"
    hand("DELETE", "issues/1")
    assert client.get(f"{REPO}/issues/1").status_code == 410


def test_projects_and_tokens(hand: Hand, client: Client, sandbox: Sandbox) -> None:
    hand("POST", "projects", **{"project": "acme/gadgets", "as": "ann", "private": True})
    hand(
        "PATCH",
        "projects",
        project="acme/widgets",
        rename="acme/things",
        archived=True,
        roles={"bob": "triage"},
    )
    project = sandbox.project("acme/things")
    assert (project.archived, project.roles["bob"]) == (True, 2)
    assert client.get(REPO).status_code == 301
    hand("POST", "issues", project="acme/things", title="T")
    moved = hand("POST", "issues/1/transfer", project="acme/things", to="acme/gadgets")
    assert moved["number"] == 1
    hand("POST", "tokens", secret="t", login="bob", cap="read", expires_in=60)
    assert sandbox.world.tokens["t"].expires_at == sandbox.world.now() + 60


def test_the_log_the_noise_and_the_deliveries_can_be_read(
    hand: Hand, sandbox: Sandbox, client: Client
) -> None:
    client.post(f"{REPO}/hooks", json={"config": {"url": "http://127.0.0.1:9/"}})
    sandbox.person().create_issue("Hi @ann")
    sandbox.courier.drain()
    assert [op["effect"] for op in hand("GET", "log")] == ["hook.created", "issue.created"]
    assert hand("GET", "noise")[0]["target"] == "ann"
    assert [(one["event"], one["status"]) for one in hand("GET", "deliveries")] == [("ping", 0)]


def test_reset(hand: Hand, sandbox: Sandbox, client: Client) -> None:
    sandbox.person().create_issue("T")
    sandbox.fault("fail_before", times=None)
    hand("POST", "reset")
    assert client.get(f"{REPO}/issues", params={"state": "all"}).json() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "faults", {"kind": "explode"}, 400, "explode"),
        ("POST", "faults", {"kind": "delay", "nope": 1}, 400, "nope"),
        ("PATCH", "issues/9", {"title": "T"}, 404, "issue 9"),
        ("POST", "issues", {"title": "T", "milestone": "M"}, 404, "milestone 'M'"),
        ("POST", "issues", {"project": "no/where", "title": "T"}, 404, "project no/where"),
        ("POST", "clock", {}, 400, "advance"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(
    sandbox: Sandbox, method: str, path: str, body: Any, status: int, says: str
) -> None:
    answer = requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, timeout=10)
    assert answer.status_code == status
    assert says in answer.json()["error"]


def test_a_form_of_another_site_is_refused(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/reset", data={"x": "1"}, timeout=10)
    assert answer.status_code == 415
