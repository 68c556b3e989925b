"""Who may do what at GitLab, where a project is found, and what is answered to whom."""

from collections.abc import Callable
from dataclasses import replace

import gitlab
import pytest
from gitlab.exceptions import GitlabAuthenticationError

from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.limits import Limits
from syncd.sandbox.records import Role
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import PROJECT, Client

ISSUES = f"{PROJECT}/issues"
NewLab = Callable[..., Client]


def closed_to_strangers(sandbox: Sandbox) -> None:
    people.change_project(sandbox.world, replace(sandbox.project(), private=True))


def test_a_token_comes_in_either_header(sandbox: Sandbox, new_lab: NewLab) -> None:
    lab = new_lab(sandbox, None)
    assert lab.get("/user", headers={"PRIVATE-TOKEN": "sandbox-token"}).json()["username"] == "syncd-bot"
    assert lab.get("/user", headers={"Authorization": "Bearer ann-token"}).json()["username"] == "ann"


def test_nobody_is_told_who_they_are_and_writes_nothing(sandbox: Sandbox, new_lab: NewLab) -> None:
    lab = new_lab(sandbox, None)
    for answer in (
        lab.get("/user"),
        lab.get("/version"),
        lab.get("/metadata"),
        lab.post(ISSUES, json={"title": "T"}),
    ):
        assert (answer.status_code, answer.json()) == (401, {"message": "401 Unauthorized"})
    assert lab.get("/personal_access_tokens/self").status_code == 401
    assert lab.get(PROJECT).status_code == 200


def test_an_unknown_token_is_refused_even_where_nobody_may_read(sandbox: Sandbox, new_lab: NewLab) -> None:
    assert new_lab(sandbox, "wrong").get(PROJECT).status_code == 401
    gl = gitlab.Gitlab(sandbox.gitlab_url, private_token="wrong", timeout=10)
    with gl.session, pytest.raises(GitlabAuthenticationError):
        gl.projects.get("acme/widgets")


def test_a_token_runs_out(sandbox: Sandbox, new_lab: NewLab, clock: LogicalClock) -> None:
    people.add_token(sandbox.world, "short", "ann", scopes=("api",), expires_at=sandbox.world.now() + 60)
    lab = new_lab(sandbox, "short")
    assert lab.get("/personal_access_tokens/self").json()["expires_at"] == "2026-01-05"
    clock.advance(60)
    answer = lab.get("/user")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_scopes_say_how_far_a_token_reaches(sandbox: Sandbox, new_lab: NewLab) -> None:
    for scope in ("api", "read_api", "read_repository"):
        people.add_token(sandbox.world, scope, "ann", scopes=(scope,))
    wish = {"title": "T"}
    assert new_lab(sandbox, "api").post(ISSUES, json=wish).status_code == 201
    reading = new_lab(sandbox, "read_api")
    assert reading.get(ISSUES).status_code == 200
    answer = reading.post(ISSUES, json=wish)
    assert (answer.status_code, answer.json()["error"], answer.json()["scope"]) == (
        403,
        "insufficient_scope",
        "api",
    )
    assert new_lab(sandbox, "read_repository").get(ISSUES).status_code == 403
    assert reading.get("/personal_access_tokens/self").json()["scopes"] == ["read_api"]


def test_a_project_is_named_by_id_or_by_its_encoded_path_in_any_case(
    sandbox: Sandbox, lab: Client, judge: Judge
) -> None:
    project = sandbox.project()
    for name in (str(project.id), "acme%2Fwidgets", "ACME%2FWidgets"):
        assert lab.get(f"/projects/{name}").json()["id"] == project.id
    with judge.bad_requests():
        assert lab.get("/projects/acme/widgets").json() == {"error": "404 Not Found"}
    for name in ("1", "acme%2Fnothing"):
        answer = lab.get(f"/projects/{name}")
        assert (answer.status_code, answer.json()) == (404, {"message": "404 Project Not Found"})
    assert [one["id"] for one in lab.get("/projects").json()] == [project.id]


def test_a_renamed_project_redirects_reads_to_its_id_and_refuses_writes(
    sandbox: Sandbox, lab: Client
) -> None:
    project = people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")
    answer = lab.get(ISSUES, params={"state": "all"})
    there = f"{sandbox.gitlab_url}/api/v4/projects/{project.id}/issues?state=all"
    assert (answer.status_code, answer.headers["Location"]) == (301, there)
    assert lab.get(there).status_code == 200
    written = lab.post(ISSUES, json={"title": "T"})
    text = "Non GET methods are not allowed for moved projects"
    assert (written.status_code, written.json()) == (405, {"message": text})
    assert lab.get(f"/projects/{project.id}").json()["path_with_namespace"] == "acme/gadgets"


def test_another_project_under_the_old_name_answers_as_itself(sandbox: Sandbox, lab: Client) -> None:
    old = people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")
    new = people.add_project(sandbox.world, "acme/widgets", "ann")
    assert lab.get(PROJECT).json()["id"] == new.id != old.id


def test_what_nobody_may_see_is_not_found_even_under_a_former_name(sandbox: Sandbox, new_lab: NewLab) -> None:
    people.add_token(sandbox.world, "stranger", "stranger")
    closed_to_strangers(sandbox)
    stranger = new_lab(sandbox, "stranger")
    assert stranger.get(PROJECT).status_code == 404
    assert stranger.get("/projects").json() == []
    people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")
    assert stranger.get(PROJECT).status_code == 404


def test_a_token_of_a_project_or_group_ends_there(sandbox: Sandbox, new_lab: NewLab) -> None:
    other = people.add_project(sandbox.world, "other/place", "ann")
    people.set_role(sandbox.world, other, "bot", Role.ADMIN)
    project = people.set_role(sandbox.world, sandbox.project(), "bot", Role.ADMIN)
    people.add_token(sandbox.world, "of-project", "bot", scopes=("api",), place=project)
    people.add_token(
        sandbox.world, "of-group", "bot", scopes=("api",), place=people.add_group(sandbox.world, "acme")
    )
    for secret in ("of-project", "of-group"):
        lab = new_lab(sandbox, secret)
        assert lab.post(ISSUES, json={"title": "T"}).status_code == 201
        assert lab.post(f"{PROJECT}/labels", json={"name": secret, "color": "#ff0000"}).status_code == 201
        assert (
            lab.post("/projects/other%2Fplace/labels", json={"name": "x", "color": "#ff0000"}).status_code
            == 403
        )
        assert lab.get("/user").json()["bot"] is True
    people.change_project(sandbox.world, replace(sandbox.world.projects[other.id], private=True))
    assert new_lab(sandbox, "of-project").get("/projects/other%2Fplace").status_code == 404


@pytest.mark.parametrize(
    ("role", "level"), [(Role.READ, 10), (Role.TRIAGE, 20), (Role.WRITE, 30), (Role.ADMIN, 40)]
)
def test_a_project_says_what_its_reader_may_do(
    sandbox: Sandbox, new_lab: NewLab, role: Role, level: int
) -> None:
    people.add_token(sandbox.world, "t", "bob")
    people.set_role(sandbox.world, sandbox.project(), "bob", role)
    access = new_lab(sandbox, "t").get(PROJECT).json()["permissions"]["project_access"]
    assert access["access_level"] == level


def test_who_is_no_member_has_no_access_level(sandbox: Sandbox, new_lab: NewLab) -> None:
    people.add_token(sandbox.world, "t", "bob")
    assert new_lab(sandbox, "t").get(PROJECT).json()["permissions"]["project_access"] is None
    assert new_lab(sandbox, None).get(PROJECT).json()["permissions"]["project_access"] is None


def test_without_the_right_to_plan_most_is_dropped_in_silence(sandbox: Sandbox, new_lab: NewLab) -> None:
    people.add_token(sandbox.world, "t", "bob")
    milestone = sandbox.person().create_milestone("M")
    bob = new_lab(sandbox, "t")
    wish = {
        "title": "T",
        "labels": "a",
        "milestone_id": milestone.id,
        "due_date": "2026-02-03",
        "confidential": True,
    }
    made = bob.post(ISSUES, json={**wish, "assignee_ids": [people.add_user(sandbox.world, "bob").id]}).json()
    assert (made["labels"], made["milestone"], made["due_date"], made["confidential"], made["assignees"]) == (
        [],
        None,
        None,
        False,
        [],
    )
    assert bob.put(f"{ISSUES}/1", json={"title": "U", "labels": "a"}).json()["title"] == "U"
    sandbox.person().create_issue("of ann")
    assert bob.put(f"{ISSUES}/2", json={"title": "U"}).json() == {"message": "403 Forbidden"}


def test_hooks_are_for_maintainers(sandbox: Sandbox, new_lab: NewLab) -> None:
    people.add_token(sandbox.world, "t", "bob")
    people.set_role(sandbox.world, sandbox.project(), "bob", Role.WRITE)
    bob = new_lab(sandbox, "t")
    assert bob.get(f"{PROJECT}/hooks").status_code == 403
    assert bob.post(f"{PROJECT}/hooks", json={"url": "http://x.invalid"}).status_code == 403


def test_an_archived_project_is_only_read(sandbox: Sandbox, lab: Client) -> None:
    sandbox.person().create_issue("T")
    people.change_project(sandbox.world, replace(sandbox.project(), archived=True))
    assert lab.get(PROJECT).json()["archived"] is True
    assert len(lab.get(ISSUES).json()) == 1
    for answer in (
        lab.post(ISSUES, json={"title": "T"}),
        lab.put(f"{ISSUES}/1", json={"title": "U"}),
        lab.post(f"{PROJECT}/milestones", json={"title": "M"}),
    ):
        assert (answer.status_code, answer.json()) == (403, {"message": "403 Forbidden"})


def test_where_issues_are_disabled_the_list_is_empty_and_nothing_is_written(
    sandbox: Sandbox, lab: Client
) -> None:
    sandbox.person().create_issue("T")
    people.change_project(sandbox.world, replace(sandbox.project(), issues_enabled=False))
    seen = lab.get(PROJECT).json()
    assert (seen["issues_enabled"], seen["issues_access_level"]) == (False, "disabled")
    assert (lab.get(ISSUES).status_code, lab.get(ISSUES).json()) == (200, [])
    assert lab.get(f"{ISSUES}/1").status_code == 404
    assert lab.post(ISSUES, json={"title": "T"}).status_code == 403


def test_only_owners_delete(sandbox: Sandbox, lab: Client, new_lab: NewLab) -> None:
    sandbox.person().create_issue("T")
    assert lab.delete(f"{ISSUES}/1").status_code == 403
    people.add_token(sandbox.world, "owner", "acme")
    people.set_role(sandbox.world, sandbox.project(), "acme", Role.ADMIN)
    assert new_lab(sandbox, "owner").delete(f"{ISSUES}/1").status_code == 204
    assert lab.get(f"{ISSUES}/1").status_code == 404


def test_members_and_users_are_found(sandbox: Sandbox, lab: Client) -> None:
    people.set_role(sandbox.world, sandbox.project(), "bob", Role.TRIAGE)
    members = lab.get(f"{PROJECT}/members/all").json()
    assert [(one["username"], one["access_level"]) for one in members] == [
        ("ann", 40),
        ("syncd-bot", 40),
        ("bob", 20),
    ]
    bob = lab.get("/users", params={"username": "BOB"}).json()
    assert [one["username"] for one in bob] == ["bob"]
    assert lab.get(f"{PROJECT}/members/all/{bob[0]['id']}").json()["username"] == "bob"
    assert lab.get(f"{PROJECT}/members/all/1").status_code == 404
    assert [one["username"] for one in lab.get(f"{PROJECT}/members/all", params={"query": "an"}).json()] == [
        "ann"
    ]


@pytest.mark.parametrize(("tier", "paid"), [("free", False), ("premium", True)])
def test_the_version_says_whether_it_is_paid_for(
    new_sandbox: Callable[..., Sandbox], new_lab: NewLab, tier: str, paid: bool
) -> None:
    lab = new_lab(new_sandbox(tier=tier))
    assert lab.get("/metadata").json()["enterprise"] is paid
    assert lab.get("/version").json()["version"].startswith("18.")


def test_an_installation_can_live_below_a_path(new_sandbox: Callable[..., Sandbox], new_lab: NewLab) -> None:
    sandbox = new_sandbox(folder="/git/lab")
    assert sandbox.gitlab_url == f"{sandbox.url}/git/lab"
    lab = new_lab(sandbox)
    sandbox.person().create_issue("first")
    made = lab.post(ISSUES, json={"title": "second"}).json()
    assert made["web_url"] == f"{sandbox.url}/git/lab/acme/widgets/-/issues/2"
    assert len(list(lab.pages(ISSUES, per_page=1))) == 2
    people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")
    assert lab.get(PROJECT).headers["Location"].startswith(f"{sandbox.gitlab_url}/api/v4/projects/")
    assert lab.get(f"{sandbox.url}/api/v4/user").status_code == 404


def test_no_route_is_an_error_of_its_own(lab: Client, judge: Judge) -> None:
    with judge.bad_requests():
        assert lab.get("/nothing").json() == {"error": "404 Not Found"}
        assert lab.patch(ISSUES).status_code == 404
        assert lab.head(PROJECT).status_code == 200


def test_every_answer_says_what_is_left_of_this_minute(
    sandbox: Sandbox, lab: Client, clock: LogicalClock
) -> None:
    sandbox.meter.limits = Limits(per_minute=2)
    first = lab.get(PROJECT).headers
    names = ("Limit", "Observed", "Remaining", "Reset")
    assert [first[f"RateLimit-{name}"] for name in names] == ["2", "1", "1", "1767603660"]
    assert "Retry-After" not in first
    lab.get(PROJECT)
    clock.advance(20)
    refused = lab.get(PROJECT)
    assert (refused.status_code, refused.text, refused.headers["Retry-After"]) == (429, "Retry later\n", "40")
    assert refused.headers["Content-Type"] == "text/plain"
    assert refused.headers["RateLimit-ResetTime"] == "Mon, 05 Jan 2026 09:01:00 GMT"
    clock.advance(40)
    assert lab.get(PROJECT).status_code == 200


@pytest.mark.parametrize(
    ("limits", "method", "path", "wish"),
    [
        (Limits(issues_per_minute=1), "POST", ISSUES, {"title": "T"}),
        (Limits(notes_per_minute=1), "POST", f"{ISSUES}/1/notes", {"body": "x"}),
        (Limits(projects_per_minute=1), "GET", PROJECT, None),
        (Limits(writes_per_minute=1), "PUT", f"{ISSUES}/1", {"title": "U"}),
    ],
)
def test_some_endpoints_have_limits_of_their_own(
    sandbox: Sandbox, lab: Client, limits: Limits, method: str, path: str, wish: object
) -> None:
    sandbox.person().create_issue("T")
    sandbox.meter.limits = limits
    assert lab.request(method, path, json=wish).ok
    refused = lab.request(method, path, json=wish)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert lab.get(ISSUES).ok


def test_a_refusal_need_not_say_when_to_come_back(sandbox: Sandbox, lab: Client) -> None:
    sandbox.meter.limits = Limits(issues_per_minute=0, retry_after=None)
    refused = lab.post(ISSUES, json={"title": "T"})
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers
    assert sandbox.person().issues() == []


def test_faults_speak_gitlabs_language_here(sandbox: Sandbox, lab: Client) -> None:
    sandbox.fault("limit", headers={"Retry-After": "7"})
    limited = lab.get(ISSUES)
    assert (limited.status_code, limited.text, limited.headers["Retry-After"]) == (429, "Retry later\n", "7")
    sandbox.fault("fail_after", method="POST")
    assert lab.post(ISSUES, json={"title": "T"}).status_code == 502
    sandbox.fault("fail_before", method="POST", status=500)
    assert lab.post(ISSUES, json={"title": "T"}).status_code == 500
    assert len(lab.get(ISSUES).json()) == 1


@pytest.mark.parametrize("kind", ["short_list", "empty_list", "no_link"])
def test_a_list_that_was_cut_leads_nowhere(sandbox: Sandbox, lab: Client, kind: str) -> None:
    for number in range(3):
        sandbox.person().create_issue(str(number))
    sandbox.fault(kind)  # type: ignore[arg-type]  # one of them
    answer = lab.get(ISSUES, params={"per_page": 2})
    assert "next" not in answer.links
    assert "X-Next-Page" not in answer.headers
