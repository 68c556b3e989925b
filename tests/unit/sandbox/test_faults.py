"""Faults on request: what happened, and what the client gets to see of it."""

from typing import Any

import pytest
import requests

from syncd.errors import SandboxError
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.faults import Fault
from tests.unit.sandbox.conftest import REPO, Client

ISSUES = f"{REPO}/issues"


def titles(sandbox: Sandbox) -> list[str]:
    return [issue.title for issue in sandbox.person().issues()]


@pytest.mark.parametrize(("kind", "done"), [("drop_before", []), ("drop_after", ["T"])])
def test_a_lost_answer_is_a_reset_whether_it_happened_or_not(
    sandbox: Sandbox, client: Client, kind: Any, done: list[str]
) -> None:
    sandbox.fault(kind, method="POST")
    with pytest.raises(requests.ConnectionError, match="reset"):
        client.post(ISSUES, json={"title": "T"})
    assert titles(sandbox) == done
    assert client.get(ISSUES).status_code == 200


@pytest.mark.parametrize(("kind", "done"), [("fail_before", []), ("fail_after", ["T"])])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_server_may_have_done_it(
    sandbox: Sandbox, client: Client, kind: Any, done: list[str], status: int
) -> None:
    sandbox.fault(kind, method="POST", status=status)
    assert client.post(ISSUES, json={"title": "T"}).status_code == status
    assert titles(sandbox) == done


@pytest.mark.parametrize("retry_after", ["5", "", "-1", "99999999", "Mon, 05 Jan 2026 09:01:00 GMT"])
def test_a_limit_says_when_in_any_words(sandbox: Sandbox, client: Client, retry_after: str) -> None:
    sandbox.fault("limit", status=429, headers={"Retry-After": retry_after})
    answer = client.post(ISSUES, json={"title": "T"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, retry_after)
    assert "secondary rate limit" in answer.json()["message"]
    assert titles(sandbox) == []


def test_a_redirect_leads_to_another_host(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("redirect", status=307, location="http://evil.invalid/")
    answer = client.get(ISSUES)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://evil.invalid/")


def test_a_cut_body_ends_early(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("cut_body")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.get(REPO)


def test_a_body_can_trickle_and_be_late_and_still_be_whole(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("slow", seconds=0.02)
    sandbox.fault("delay", seconds=0.02)
    assert client.get(REPO).json()["full_name"] == "acme/widgets"


def test_a_slow_body_runs_into_a_time_out(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("delay", seconds=5)
    with pytest.raises(requests.ReadTimeout):
        client.get(REPO, timeout=0.05)


def test_a_body_can_be_no_json(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("bad_json")
    with pytest.raises(requests.JSONDecodeError):
        client.get(REPO).json()


def test_lists_can_lag_behind_while_single_reads_do_not(
    sandbox: Sandbox, client: Client, clock: LogicalClock
) -> None:
    sandbox.fault("lag", seconds=30, times=None)
    client.post(ISSUES, json={"title": "T"})
    assert client.get(ISSUES).json() == []
    assert client.get(f"{ISSUES}/1").status_code == 200
    clock.advance(30)
    assert len(client.get(ISSUES).json()) == 1


def test_stale_lists_show_what_was(sandbox: Sandbox, client: Client, clock: LogicalClock) -> None:
    sandbox.person().create_issue("old")
    clock.advance(60)
    sandbox.person().edit_issue(1, title="new")
    clock.advance(10)
    sandbox.fault("stale", seconds=20, times=None)
    assert client.get(ISSUES).json()[0]["title"] == "old"
    assert client.get(f"{ISSUES}/1").json()["title"] == "new"
    clock.advance(20)
    assert client.get(ISSUES).json()[0]["title"] == "new"


@pytest.mark.parametrize(
    ("kind", "count", "linked"),
    [("short_list", 1, False), ("empty_list", 0, False), ("no_link", 2, False), ("repeat_item", 3, True)],
)
def test_lists_can_be_bent(sandbox: Sandbox, client: Client, kind: Any, count: int, linked: bool) -> None:
    for title in "abc":
        sandbox.person().create_issue(title)
    sandbox.fault(kind)
    answer = client.get(ISSUES, params={"per_page": 2})
    assert (answer.status_code, len(answer.json()), "next" in answer.links) == (200, count, linked)


def test_bending_lists_leaves_single_things_alone(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("empty_list")
    assert client.get(REPO).json()["full_name"] == "acme/widgets"


def test_a_304_can_be_a_lie(sandbox: Sandbox, client: Client) -> None:
    etag = client.get(ISSUES).headers["ETag"]
    sandbox.person().create_issue("T")
    sandbox.fault("not_modified")
    assert client.get(ISSUES, headers={"If-None-Match": etag}).status_code == 304


def test_a_fault_befalls_the_nth_that_matches(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("fail_before", method="POST", route="/issues$", nth=2, times=2)
    statuses = [client.post(ISSUES, json={"title": str(n)}).status_code for n in range(5)]
    client.post(f"{REPO}/labels", json={"name": "x"})
    assert statuses == [201, 502, 502, 201, 201]
    assert titles(sandbox) == ["0", "3", "4"]


def test_the_route_is_looked_for_in_the_query_too(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("fail_before", route=r"state=all", times=None)
    assert client.get(ISSUES).status_code == 200
    assert client.get(ISSUES, params={"state": "all"}).status_code == 502


def test_chance_is_seeded(new_sandbox: Any, new_client: Any) -> None:
    def misfortunes(seed: int) -> list[int]:
        sandbox = new_sandbox(seed=seed)
        sandbox.fault("fail_before", chance=0.5, times=None)
        client = new_client(sandbox)
        return [client.get(ISSUES).status_code for _ in range(20)]

    assert misfortunes(1) == misfortunes(1)
    assert {200, 502} == set(misfortunes(1))
    assert misfortunes(1) != misfortunes(2)


def test_faults_can_be_forgotten(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("fail_before", times=None)
    sandbox.faults.clear()
    assert client.get(ISSUES).status_code == 200


def test_the_page_is_never_befallen(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("fail_before", times=None)
    assert client.get(sandbox.url).status_code == 200


def test_what_was_bent_is_marked(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("fail_before")
    for _ in range(2):
        client.get(ISSUES)
    assert [one.fault for one in sandbox.exchanges] == ["fail_before", ""]


def test_an_unknown_fault_is_refused_by_name() -> None:
    with pytest.raises(SandboxError, match="explode"):
        Fault("explode")  # type: ignore[arg-type]  # wrong on purpose
