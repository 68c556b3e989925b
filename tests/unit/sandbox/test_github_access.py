"""Who may do what, under which name, how often."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.limits import Limits
from syncd.sandbox.records import Role
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import REPO, Client

Clients = Callable[..., Client]


def test_user_says_whose_the_token_is(client: Client) -> None:
    answer = client.get("/user")
    assert answer.json()["login"] == "syncd-bot"
    assert answer.headers["X-OAuth-Scopes"] == "repo"


@pytest.mark.parametrize(
    "header",
    ["token sandbox-token", "Bearer sandbox-token", "Basic " + base64.b64encode(b"x:sandbox-token").decode()],
)
def test_a_token_can_be_sent_in_three_ways(sandbox: Sandbox, new_client: Clients, header: str) -> None:
    answer = new_client(sandbox, None).get("/user", headers={"Authorization": header})
    assert answer.json()["login"] == "syncd-bot"


def test_an_unknown_token_may_not_even_read_what_is_public(sandbox: Sandbox, new_client: Clients) -> None:
    answer = new_client(sandbox, "wrong").get(REPO)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_a_token_runs_out(sandbox: Sandbox, new_client: Clients, clock: LogicalClock) -> None:
    people.add_token(sandbox.world, "short", "ann", expires_at=sandbox.world.now() + 60)
    assert new_client(sandbox, "short").get("/user").status_code == 200
    clock.advance(60)
    assert new_client(sandbox, "short").get("/user").status_code == 401


def test_without_a_token_one_reads_what_is_public_and_writes_nothing(
    sandbox: Sandbox, new_client: Clients
) -> None:
    nobody = new_client(sandbox, None)
    assert nobody.get(f"{REPO}/issues").status_code == 200
    assert nobody.post(f"{REPO}/issues", json={"title": "T"}).json()["message"] == "Requires authentication"
    assert nobody.get("/user").status_code == 401


def test_what_is_private_is_not_found_by_strangers(sandbox: Sandbox, new_client: Clients) -> None:
    people.change_project(sandbox.world, replace(sandbox.project(), private=True))
    people.add_token(sandbox.world, "guest", "guest")
    assert [
        new_client(sandbox, token).get(REPO).status_code for token in ("sandbox-token", "guest", None)
    ] == [200, 404, 404]


@pytest.mark.parametrize(
    ("cap", "issue", "milestone", "hook"),
    [
        (Role.READ, 201, 403, 403),
        (Role.TRIAGE, 201, 403, 403),
        (Role.WRITE, 201, 201, 403),
        (Role.ADMIN, 201, 201, 201),
    ],
)
def test_a_token_allows_what_its_rights_are(
    sandbox: Sandbox, new_client: Clients, cap: Role, issue: int, milestone: int, hook: int
) -> None:
    people.add_token(sandbox.world, "capped", "ann", cap)
    client = new_client(sandbox, "capped")
    answers = (
        client.post(f"{REPO}/issues", json={"title": "T"}),
        client.post(f"{REPO}/milestones", json={"title": "M"}),
        client.post(f"{REPO}/hooks", json={"config": {"url": "http://127.0.0.1:9/"}}),
    )
    assert [one.status_code for one in answers] == [issue, milestone, hook]
    refused = [one.json()["message"] for one in answers if one.status_code == 403]
    assert set(refused) <= {"Resource not accessible by personal access token"}


def test_a_renamed_project_redirects_to_its_id(sandbox: Sandbox, client: Client) -> None:
    project = people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")
    answer = client.get(f"{REPO}/issues", params={"state": "all"})
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{sandbox.api_url}/repositories/{project.id}/issues"
    assert answer.json()["message"] == "Moved Permanently"
    assert client.get(REPO).headers["Location"] == f"{sandbox.api_url}/repositories/{project.id}"
    assert client.get(f"/repositories/{project.id}").json()["full_name"] == "acme/gadgets"
    assert client.get("/repos/ACME/Gadgets").json()["id"] == project.id


def test_another_project_can_take_the_old_name(sandbox: Sandbox, client: Client) -> None:
    project = people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")
    people.add_project(sandbox.world, "acme/widgets", "ann")
    assert client.get(REPO).json()["id"] != project.id


def test_issues_can_be_switched_off(sandbox: Sandbox, client: Client) -> None:
    people.change_project(sandbox.world, replace(sandbox.project(), issues_enabled=False))
    refused = client.post(f"{REPO}/issues", json={"title": "T"})
    assert (refused.status_code, refused.json()["message"]) == (410, "Issues are disabled for this repo")
    assert client.get(REPO).json()["has_issues"] is False


def test_an_archived_project_is_only_read(sandbox: Sandbox, client: Client) -> None:
    sandbox.person().create_issue("T")
    people.change_project(sandbox.world, replace(sandbox.project(), archived=True))
    assert client.get(f"{REPO}/issues/1").status_code == 200
    refused = client.patch(f"{REPO}/issues/1", json={"title": "U"})
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Repository was archived so is read-only.",
    )


def test_permissions_are_said(sandbox: Sandbox, new_client: Clients) -> None:
    people.add_token(sandbox.world, "guest", "guest")
    assert new_client(sandbox).get(REPO).json()["permissions"]["push"] is True
    assert new_client(sandbox, "guest").get(REPO).json()["permissions"] == {
        "admin": False,
        "maintain": False,
        "push": False,
        "triage": False,
        "pull": True,
    }


def test_unknown_routes_are_not_found(client: Client, judge: Judge) -> None:
    with judge.bad_requests():
        assert client.get("/nowhere").status_code == 404
        assert client.put(f"{REPO}/issues", json={}).status_code == 404
        assert client.get(f"{REPO}/issues/one").status_code == 404


def test_the_version_is_answered_and_an_unknown_one_refused(client: Client) -> None:
    assert client.get("/user").headers["X-GitHub-Api-Version-Selected"] == "2022-11-28"
    assert client.get("/user", headers={"X-GitHub-Api-Version": "2022-11-28"}).status_code == 200
    assert client.get("/user", headers={"X-GitHub-Api-Version": "1999-01-01"}).status_code == 400


def test_the_date_is_the_sandboxes_own(client: Client, clock: LogicalClock) -> None:
    clock.advance(3600)
    assert client.get("/user").headers["Date"] == "Mon, 05 Jan 2026 10:00:00 GMT"


def test_conditional_reads_cost_nothing_and_notice_every_change(sandbox: Sandbox, client: Client) -> None:
    first = client.get(f"{REPO}/issues")
    again = client.get(f"{REPO}/issues", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]
    sandbox.person().create_issue("T")
    changed = client.get(f"{REPO}/issues", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert int(changed.headers["X-RateLimit-Used"]) == int(first.headers["X-RateLimit-Used"]) + 1


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_conditional_writes_are_refused_and_do_nothing(sandbox: Sandbox, client: Client, header: str) -> None:
    assert client.post(f"{REPO}/issues", json={"title": "T"}, headers={header: '"x"'}).status_code == 400
    assert sandbox.world.log == []


@pytest.mark.parametrize("status", [403, 429])
def test_the_primary_limit(
    new_sandbox: Callable[..., Sandbox], new_client: Clients, clock: LogicalClock, status: int
) -> None:
    sandbox = new_sandbox(limits=Limits(per_hour=2, status=status))
    client = new_client(sandbox)
    assert [client.get("/user").headers["X-RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    refused = client.get("/user")
    assert refused.status_code == status
    assert (refused.headers["X-RateLimit-Remaining"], "Retry-After" in refused.headers) == ("0", False)
    assert int(refused.headers["X-RateLimit-Reset"]) == sandbox.world.now() + 3600
    assert new_client(sandbox, "ann-token").get("/user").status_code == 200
    clock.advance(3600)
    assert client.get("/user").status_code == 200


def test_asking_for_the_limit_is_free(client: Client) -> None:
    client.get("/user")
    client.get("/rate_limit")
    core = client.get("/rate_limit").json()["resources"]["core"]
    assert (core["limit"], core["used"], core["remaining"]) == (5000, 1, 4999)


@pytest.mark.parametrize("retry_after", ["60", "", "Mon, 05 Jan 2026 09:01:00 GMT", None])
def test_the_secondary_limit_counts_writes(
    new_sandbox: Callable[..., Sandbox], new_client: Clients, clock: LogicalClock, retry_after: str | None
) -> None:
    sandbox = new_sandbox(limits=Limits(writes_per_minute=2, status=429, retry_after=retry_after))
    client = new_client(sandbox)
    made = [client.post(f"{REPO}/issues", json={"title": "T"}) for _ in range(3)]
    assert [one.status_code for one in made] == [201, 201, 429]
    assert "secondary rate limit" in made[2].json()["message"]
    assert made[2].headers.get("Retry-After") == retry_after
    assert client.get(f"{REPO}/issues").status_code == 200
    clock.advance(60)
    assert client.post(f"{REPO}/issues", json={"title": "T"}).status_code == 201


def test_the_secondary_limit_of_an_hour(
    new_sandbox: Callable[..., Sandbox], new_client: Clients, clock: LogicalClock
) -> None:
    client = new_client(new_sandbox(limits=Limits(writes_per_hour=2)))
    statuses = []
    for _ in range(4):
        statuses.append(client.post(f"{REPO}/issues", json={"title": "T"}).status_code)
        clock.advance(1200)
    assert statuses == [201, 201, 403, 201]


def test_a_refused_request_did_nothing(sandbox: Sandbox, new_client: Clients) -> None:
    sandbox.meter.limits = Limits(per_hour=0)
    assert new_client(sandbox).post(f"{REPO}/issues", json={"title": "T"}).status_code == 403
    assert sandbox.world.log == []


def test_ids_and_addresses_are_of_the_host_that_was_asked(sandbox: Sandbox, client: Client) -> None:
    made: dict[str, Any] = client.post(f"{REPO}/issues", json={"title": "T"}).json()
    assert made["url"] == f"{sandbox.api_url}{REPO}/issues/1"
    assert made["html_url"] == f"{sandbox.url}/acme/widgets/issues/1"
    assert client.get(made["repository_url"]).json()["id"] == sandbox.project().id
    assert "Task" not in client.get(made["html_url"]).text
    assert client.get(made["html_url"]).status_code == 200
