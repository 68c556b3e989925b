"""What GitLab, a proxy or a wrong address may answer, and what is concluded from it: no more than is known."""

import json
from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from urllib3.exceptions import ProtocolError

from syncd.errors import AccessRefused, ForgeError, Gone, NotSent, RateLimited, Rejected, Unknown
from syncd.forge.gitlab import GitLab
from syncd.forge.pacing import Pace
from syncd.model.remote import IssueDraft, IssuePatch, MilestonePatch
from syncd.model.values import Field, MilestoneState, TaskState
from syncd.sandbox.clock import MONDAY
from tests.unit.forge.answers import refused, sent
from tests.unit.forge.conftest import Waits

HOST = "https://git.example.org/tracker"
API = f"{HOST}/api/v4"
NAMED = f"{API}/projects/acme%2Fsub%2Fwidgets"
HOME = f"{API}/projects/42"
TOKEN = "glpat-verysecret"
PROJECT = {
    "id": 42,
    "path_with_namespace": "acme/sub/widgets",
    "web_url": f"{HOST}/acme/sub/widgets",
    "issues_access_level": "enabled",
}
ANN = {"id": 7, "username": "ann"}
ISSUE: dict[str, Any] = {
    "id": 1001,
    "iid": 5,
    "project_id": 42,
    "title": "T",
    "description": None,
    "state": "opened",
    "labels": ["a"],
    "milestone": None,
    "assignees": [],
    "author": ANN,
    "due_date": None,
    "updated_at": "2026-01-05T09:00:00.123Z",
    "web_url": f"{HOST}/acme/sub/widgets/-/issues/5",
    "moved_to_id": None,
    "confidential": False,
}  # fmt: skip - read as GitLab shows it
MILESTONE = {"id": 9, "iid": 1, "project_id": 42, "title": "M", "state": "active", "due_date": None}
DRAFT = IssueDraft(title="T", body="")


@pytest.fixture
def new(pace: Pace) -> Callable[..., GitLab]:
    def made(**more: Any) -> GitLab:
        return GitLab("gitlab", "acme/sub/widgets", **{"token": TOKEN, "web_url": HOST, "pace": pace, **more})

    return made


@pytest.fixture
def forge(wire, new: Callable[..., GitLab]) -> GitLab:
    wire.get(NAMED, json=PROJECT, headers={"Date": "Mon, 05 Jan 2026 09:00:00 GMT"})
    forge = new()
    forge.project()
    return forge


def patch(**values: Any) -> IssuePatch:
    return IssuePatch(frozenset(map(Field, values)), **values)


def bodies(wire, verb: str) -> list[dict[str, Any]]:
    return [json.loads(request.body or "null") for request in sent(wire, verb)]


def asked(wire) -> list[tuple[str, dict[str, list[str]]]]:
    parts = [urlsplit(request.url or "") for request in sent(wire, "GET")]
    return [(part.path, parse_qs(part.query)) for part in parts]


# One attempt


@pytest.mark.parametrize(
    "answer",
    [
        500,
        502,
        503,
        504,
        520,
        requests.ReadTimeout("slow"),
        requests.ConnectionError(ProtocolError("Connection aborted.")),
        requests.exceptions.ChunkedEncodingError(),
    ],
)
@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_no_write_is_sent_again_when_its_effect_is_in_doubt(
    forge: GitLab, wire, answer: Any, verb: str
) -> None:
    """Told to repeat transient errors, python-gitlab repeats writes (api-facts §G.2)."""
    told = {"status": answer} if isinstance(answer, int) else {"body": answer}
    wire.add(verb, f"{HOME}/issues" if verb == "POST" else f"{HOME}/issues/5", **told)
    with pytest.raises(Unknown):
        forge.create_issue(DRAFT) if verb == "POST" else forge.update_issue(5, patch(title="x"))
    assert len(sent(wire, verb)) == forge.writes == 1


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{", "null", '{"id": 1}', '"x"', "[" * 100_000])
def test_an_unreadable_answer_to_a_write_leaves_it_in_doubt(forge: GitLab, wire, body: str) -> None:
    wire.post(f"{HOME}/issues", body=body, status=201)
    with pytest.raises(Unknown):
        forge.create_issue(DRAFT)
    assert len(sent(wire, "POST")) == 1


@pytest.mark.parametrize("body", ["", "<html>", "{", "null", "{}", "[1]", '[{"id": 1}]', "[" * 100_000])
def test_an_unreadable_answer_to_a_read_is_no_answer(forge: GitLab, wire, body: str) -> None:
    wire.get(f"{HOME}/issues", body=body)
    wire.get(f"{HOME}/milestones", json=[])
    with pytest.raises(NotSent):
        forge.observe("")


def test_an_error_nested_too_deeply_for_python_gitlab_is_still_that_error(forge: GitLab, wire) -> None:
    wire.put(f"{HOME}/issues/5", body="[" * 100_000, status=400)
    with pytest.raises(Rejected):
        forge.update_issue(5, patch(title="x"))


def test_a_write_that_never_left_is_sent_again(forge: GitLab, wire) -> None:
    wire.post(f"{HOME}/issues", body=refused())
    wire.post(f"{HOME}/issues", json=ISSUE, status=201)
    assert forge.create_issue(DRAFT).ref == (5, "1001")


@pytest.mark.parametrize(
    "told",
    [
        {"json": {"message": "409 Conflict: Resource lock"}},
        {"json": {"message": {"base": ["Could not proceed: resource lock"]}}},
    ],
)
def test_a_lock_of_somebody_else_passes(forge: GitLab, wire, waits: Waits, told: dict[str, Any]) -> None:
    wire.put(f"{HOME}/issues/5", status=409, **told)
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.update_issue(5, patch(title="x"))
    assert waits == [0.5]


@pytest.mark.parametrize("status", [500, 502])
def test_a_read_is_tried_again_and_then_given_up(forge: GitLab, wire, waits: Waits, status: int) -> None:
    wire.get(f"{HOME}/issues/5", status=status)
    with pytest.raises(NotSent):
        forge.get_issue(5)
    assert len(sent(wire, "GET")) == 1 + 4
    assert waits == [0.5, 1.0, 2.0]


def test_304_is_not_an_empty_list(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues", status=304)
    with pytest.raises(NotSent):
        forge.observe("")


def test_there_is_always_a_time_out(wire, new: Callable[..., GitLab]) -> None:
    """python-gitlab waits for ever unless told otherwise (api-facts §0.10)."""
    wire.get(NAMED, json=PROJECT)
    new().project()
    new(timeout=7, ca_file="/ca.pem").project()
    first, second = (call.request.req_kwargs for call in wire.calls)
    assert (first["timeout"], first["verify"]) == (30, True)
    # Streamed, for only so an answer without end can be left.
    assert first["stream"]
    assert (second["timeout"], second["verify"]) == (7, "/ca.pem")


# Errors by what is known


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (401, AccessRefused),
        (403, AccessRefused),
        (404, Gone),
        (409, Rejected),
        (422, Rejected),
    ],
)
def test_a_clear_no_is_a_no(forge: GitLab, wire, status: int, error: type[ForgeError]) -> None:
    wire.put(f"{HOME}/issues/5", status=status, json={"message": "No."})
    with pytest.raises(error) as told:
        forge.update_issue(5, patch(title="x"))
    assert (told.value.status, type(told.value)) == (status, error)
    assert "No." in told.value.message


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"message": {"title": ["is too long", "is odd"]}}, "title is too long, is odd"),
        ({"message": ["one", "two"]}, "one; two"),
        ({"error": "title is missing"}, "title is missing"),
        ({"error": "insufficient_scope", "error_description": "More."}, "insufficient_scope; More."),
        ({"message": {"base": {"deep": "x"}}}, "base deep x"),
        ({"message": 5}, "GitLab answers 400"),
    ],
)
def test_what_gitlab_complains_about_is_said(forge: GitLab, wire, said: Any, shown: str) -> None:
    wire.post(f"{HOME}/issues", status=400, json=said)
    with pytest.raises(Rejected) as told:
        forge.create_issue(DRAFT)
    assert shown in told.value.message


def test_a_project_out_of_sight_is_no_issue_that_is_gone(forge: GitLab, wire) -> None:
    """Without access everything answers 404, single issues too."""
    wire.get(f"{HOME}/issues/5", status=404, json={"message": "404 Project Not Found"})
    wire.get(f"{HOME}/issues/6", status=404, json={"message": "404 Not found"})
    with pytest.raises(AccessRefused):
        forge.get_issue(5)
    with pytest.raises(Gone):
        forge.get_issue(6)


def test_a_list_that_is_out_of_reach_is_no_issue_that_is_gone(forge: GitLab, wire) -> None:
    for what in ("issues", "labels"):
        wire.get(f"{HOME}/{what}", status=404, json={"message": "404 Not found"})
    for ask in (lambda: forge.observe(""), forge.labels):
        with pytest.raises(AccessRefused):
            ask()


@pytest.mark.parametrize("status", [401, 403, 404, 451])
def test_a_project_that_cannot_be_had_is_a_matter_of_configuration(wire, new, status: int) -> None:
    wire.get(NAMED, status=status, json={"message": "x"})
    with pytest.raises(Rejected) as told:
        new().project()
    assert not isinstance(told.value, Gone)
    assert status == 451 or isinstance(told.value, AccessRefused)


def test_an_address_that_is_blocked_is_told_apart_from_rights(wire, new) -> None:
    wire.get(NAMED, status=403, body="Forbidden\n", content_type="text/plain")
    with pytest.raises(AccessRefused) as told:
        new().project()
    assert "blocks" in told.value.hint


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "90", "RateLimit-Remaining": "0", "RateLimit-Reset": "9999999999"}, 90),
        (429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "1767603900"}, 300),
        (429, {}, 60),
        (429, {"Retry-After": "soon"}, 60),
        (403, {"Retry-After": "30"}, 30),
    ],
)
def test_limits_are_plain_text_with_headers_or_without(
    forge: GitLab, wire, waits: Waits, status: int, headers: dict[str, str], seconds: int
) -> None:
    """python-gitlab sleeps and sends again, every verb, ten times (api-facts §G.2)."""
    wire.post(
        f"{HOME}/issues", status=status, headers=headers, body="Retry later\n", content_type="text/plain"
    )
    with pytest.raises(RateLimited) as told:
        forge.create_issue(DRAFT)
    assert told.value.until == MONDAY + timedelta(seconds=seconds)
    assert told.value.until.tzinfo is UTC
    assert (len(sent(wire, "POST")), waits) == (1, [])


def test_ordinary_answers_speak_of_limits_without_meaning_one(forge: GitLab, wire) -> None:
    reset = {"RateLimit-Remaining": "1999", "RateLimit-Reset": "1767603900"}
    wire.put(f"{HOME}/issues/5", status=403, headers=reset, json={"message": "403 Forbidden"})
    with pytest.raises(AccessRefused):
        forge.update_issue(5, patch(title="x"))


def test_a_short_limit_of_a_read_is_sat_out(forge: GitLab, wire, waits: Waits) -> None:
    wire.get(f"{HOME}/issues/5", status=429, headers={"Retry-After": "7"})
    wire.get(f"{HOME}/issues/5", json=ISSUE)
    assert forge.get_issue(5).ref.number == 5
    assert waits == [7.0]


# Redirects, other hosts, tokens


REDIRECTS = [301, 302, 307, 308]


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_renamed_project_is_followed_by_reads(wire, new, status: int) -> None:
    wire.get(NAMED, status=status, headers={"Location": HOME})
    wire.get(HOME, json={**PROJECT, "path_with_namespace": "acme/gadgets"})
    project = new().project()
    assert (project.id, project.name) == ("42", "acme/gadgets")


def test_another_project_under_the_old_name_is_told_by_its_id(forge: GitLab, wire) -> None:
    """Whether that is the one that was synced is for others to judge: they know the pinned id."""
    wire.replace("GET", NAMED, status=301, headers={"Location": f"{API}/projects/7"})
    wire.get(f"{API}/projects/7", json={**PROJECT, "id": 7})
    assert forge.project().id == "7"


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirected_write_is_not_followed(forge: GitLab, wire, status: int) -> None:
    """python-gitlab carries a PUT out at the far end, and complains afterwards (api-facts §G.2)."""
    there = f"{API}/projects/7/issues/1"
    wire.put(f"{HOME}/issues/5", status=status, headers={"Location": there})
    wire.put(there, json=ISSUE)
    with pytest.raises(Gone):
        forge.update_issue(5, patch(title="x"))
    wire.post(f"{HOME}/issues", status=status, headers={"Location": f"{API}/projects/7/issues"})
    with pytest.raises(Rejected):
        forge.create_issue(DRAFT)
    assert forge.writes == len(sent(wire, "PUT")) + len(sent(wire, "POST")) == 2


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/tracker/api/v4/projects/42/issues",
        "http://git.example.org/tracker/api/v4/projects/42/issues",
        "https://git.example.org:8443/tracker/api/v4/projects/42/issues",
        "https://git.example.org/other/api/v4/projects/42/issues",
        "//evil.example/x",
        "https://git.example.org@evil.example/x",
    ],
)  # fmt: skip - a list of addresses
def test_the_token_goes_to_no_other_host(forge: GitLab, wire, elsewhere: str) -> None:
    wire.get(f"{HOME}/issues", status=307, headers={"Location": elsewhere})
    with pytest.raises(ForgeError):
        forge.observe("")
    wire.replace("GET", f"{HOME}/issues", json=[ISSUE], headers={"Link": f'<{elsewhere}>; rel="next"'})
    with pytest.raises(NotSent):
        forge.observe("")
    assert all(call.request.url.startswith((HOME, NAMED)) for call in wire.calls)


def test_nothing_of_the_environment_is_used(wire, new, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine git.example.org login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    wire.get(NAMED, json=PROJECT)
    new().project()
    [call] = wire.calls
    assert call.request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert not call.request.req_kwargs["proxies"]


def test_no_error_shows_the_token(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/5", status=422, json={"message": f"bad header {TOKEN}"})
    wire.get(f"{HOME}/issues/6", body=requests.ConnectionError(f"Authorization: Bearer {TOKEN}"))
    for number in (5, 6):
        with pytest.raises(ForgeError) as told:
            forge.get_issue(number)
        assert TOKEN not in str(told.value) + told.value.hint


@pytest.mark.parametrize("token", ["", "glpat\n", "gl pat", "glp\u00e9"])
def test_a_token_that_no_header_can_hold_is_refused(new, token: str) -> None:
    with pytest.raises(AccessRefused):
        new(token=token)


@pytest.mark.parametrize("name", ["widgets", "a/../b", "a/b?c", "a/b c", "", "a//b", "/a/b", "a/b/", "a/-/b"])
def test_a_name_that_is_no_project_is_refused(pace: Pace, name: str) -> None:
    with pytest.raises(AccessRefused):
        GitLab("gitlab", name, token=TOKEN, pace=pace)


@pytest.mark.parametrize(
    ("more", "api"),
    [
        ({"web_url": "https://gitlab.com"}, "https://gitlab.com/api/v4"),
        ({"web_url": "https://git.example.org/tracker/"}, API),
        (
            {"web_url": "https://gitlab.com", "api_url": "https://inside.example/api/v4/"},
            "https://inside.example/api/v4",
        ),
    ],
)
def test_the_api_follows_from_the_web_address(wire, new, more: dict[str, str], api: str) -> None:
    wire.get(f"{api}/projects/acme%2Fsub%2Fwidgets", json=PROJECT)
    assert new(**more).project().id == "42"


# Lists


def test_after_the_first_request_the_project_goes_by_its_id(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues", json=[ISSUE])
    wire.get(f"{HOME}/milestones", json=[MILESTONE])
    assert forge.observe("").complete
    assert [path for path, _ in asked(wire)] == [
        "/tracker/api/v4/projects/acme%2Fsub%2Fwidgets",
        "/tracker/api/v4/projects/42/issues",
        "/tracker/api/v4/projects/42/milestones",
    ]


def test_a_whole_page_without_a_link_is_followed_by_number_and_ends(forge: GitLab, wire) -> None:
    """By keyset GitLab gives the first page again whatever `page` says: python-gitlab goes round for ever."""
    full = [{**ISSUE, "id": number, "iid": number} for number in range(1, 101)]
    wire.get(
        f"{HOME}/issues",
        json=full,
        match=[responses.matchers.query_param_matcher({"pagination": "keyset"}, strict_match=False)],
    )
    wire.get(
        f"{HOME}/issues",
        json=[],
        match=[responses.matchers.query_param_matcher({"page": "2"}, strict_match=False)],
    )
    wire.get(f"{HOME}/milestones", json=[])
    seen = forge.observe("")
    assert (len(seen.issues), seen.complete) == (100, True)
    assert "pagination" not in asked(wire)[2][1]


def test_without_keyset_pages_are_numbered(forge: GitLab, wire) -> None:
    keyset = [responses.matchers.query_param_matcher({"pagination": "keyset"}, strict_match=False)]
    wire.get(
        f"{HOME}/issues", status=405, json={"error": "Keyset pagination is not yet available"}, match=keyset
    )
    wire.get(f"{HOME}/issues", json=[ISSUE])
    wire.get(f"{HOME}/milestones", json=[])
    seen = forge.observe("")
    assert (len(seen.issues), seen.complete) == (1, True)


def test_a_list_that_leads_round_in_a_circle_ends(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues", json=[ISSUE], headers={"Link": f'<{HOME}/issues?cursor=x>; rel="next"'})
    with pytest.raises(NotSent):
        forge.observe("")


def test_a_list_that_is_refused_for_another_reason_is_not_asked_again(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues", status=400, json={"error": "x"})
    with pytest.raises(Rejected):
        forge.observe("")
    assert len(sent(wire, "GET")) == 2


def test_times_are_asked_for_in_iso_with_z(forge: GitLab, wire) -> None:
    """python-gitlab writes `str()` of a time into the question (api-facts §G.2)."""
    wire.get(f"{HOME}/issues", json=[])
    wire.get(f"{HOME}/milestones", json=[])
    forge.observe("2026-01-05T09:00:00Z")
    question = asked(wire)[1][1]
    assert question["updated_after"] == ["2026-01-05T08:50:00Z"]
    assert (question["order_by"], question["sort"], question["per_page"]) == (
        ["updated_at"],
        ["desc"],
        ["100"],
    )


@pytest.mark.parametrize(
    ("updated", "pages"),
    [("2026-01-05T09:00:00.001Z", 2), ("2026-01-05T10:00:00.500+01:00", 2), ("2026-01-05T08:59:59.999Z", 1)],
)
def test_times_are_compared_as_times(forge: GitLab, wire, updated: str, pages: int) -> None:
    """Fractions and time zones make the order of the texts another one than that of the times."""
    page = [{**ISSUE, "updated_at": updated}]
    wire.get(f"{HOME}/issues", json=page, headers={"Link": f'<{HOME}/issues?page=2>; rel="next"'})
    wire.get(f"{HOME}/issues?page=2", json=[])
    wire.get(f"{HOME}/milestones", json=[])
    forge.observe("2026-01-05T09:00:00Z")
    assert sum(path.endswith("/issues") for path, _ in asked(wire)) == pages


@pytest.mark.parametrize("updated", [None, 5, "yesterday", "", "2026-01-05T09:00:00"])
def test_a_list_without_times_is_no_list(forge: GitLab, wire, updated: Any) -> None:
    wire.get(f"{HOME}/issues", json=[{**ISSUE, "updated_at": updated}])
    wire.get(f"{HOME}/milestones", json=[])
    for cursor in ("", "2026-01-05T09:00:00Z"):
        with pytest.raises(NotSent):
            forge.observe(cursor)


# What is sent


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"title": "x @ann"}, {"title": "x @\u200bann"}),
        ({"state": TaskState.DONE}, {"state_event": "close", "remove_labels": ["dropped"]}),
        ({"state": TaskState.OPEN}, {"state_event": "reopen", "remove_labels": ["dropped"]}),
        ({"state": TaskState.IN_PROGRESS}, {"state_event": "reopen", "remove_labels": ["dropped"]}),
        ({"state": TaskState.DONE, "labels": ("b",)}, {"state_event": "close", "labels": ["b"]}),
        ({"milestone": None}, {"milestone_id": 0}),
        ({"assignees": ()}, {"assignee_ids": [0]}),
        ({"due": None}, {"due_date": ""}),
        ({"due": date(2026, 7, 1)}, {"due_date": "2026-07-01"}),
    ],
)
def test_only_what_is_named_is_sent(
    forge: GitLab, wire, change: dict[str, Any], body: dict[str, Any]
) -> None:
    """Saved by python-gitlab, an issue sends every list that was merely read: labels and assignees (api-facts §G.2)."""
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.update_issue(5, patch(**change))
    assert bodies(wire, "PUT") == [body]


def test_a_body_goes_without_the_title(forge: GitLab, wire) -> None:
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.update_issue(
        5, IssuePatch(frozenset({Field.NOTES}), body="b", title="not this", labels=("nor this",))
    )
    assert bodies(wire, "PUT") == [{"description": "b"}]


def test_what_a_draft_leaves_out_is_not_sent(forge: GitLab, wire) -> None:
    wire.post(f"{HOME}/issues", json=ISSUE, status=201)
    forge.create_issue(IssueDraft("T", "b", due=date(2026, 7, 1)))
    assert bodies(wire, "POST") == [{"title": "T", "description": "b", "due_date": "2026-07-01"}]


def test_a_label_that_gitlab_does_not_take_is_no_label_that_exists(forge: GitLab, wire) -> None:
    wire.post(f"{HOME}/labels", status=409, json={"message": "Label already exists"})
    forge.create_label("x")
    wire.replace("POST", f"{HOME}/labels", status=400, json={"message": {"title": ["is invalid"]}})
    with pytest.raises(Rejected):
        forge.create_label("x")


def test_a_label_with_a_comma_is_never_sent(forge: GitLab, wire) -> None:
    """It would arrive as two labels, and both would be made."""
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.update_issue(5, patch(labels=("a,b", "c"), state=TaskState.OPEN))
    assert bodies(wire, "PUT")[0]["labels"] == ["c"]
    with pytest.raises(Rejected):
        forge.create_label("a,b")
    assert sent(wire, "POST") == []


# Dropped


def test_the_label_for_dropped_is_made_once_and_on_purpose(forge: GitLab, wire) -> None:
    wire.post(f"{HOME}/labels", json={"name": "dropped"}, status=201)
    wire.put(f"{HOME}/issues/5", json={**ISSUE, "state": "closed", "labels": ["a", "dropped"]})
    seen = [forge.update_issue(5, patch(state=TaskState.DROPPED)) for _ in range(2)]
    assert [(issue.state, issue.labels) for issue in seen] == [(TaskState.DROPPED, ("a",))] * 2
    assert len(sent(wire, "POST")) == 1
    assert bodies(wire, "PUT")[0] == {"state_event": "close", "add_labels": ["dropped"]}


def test_a_label_for_dropped_that_was_seen_is_not_made(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/6", json={**ISSUE, "iid": 6, "state": "closed", "labels": ["dropped"]})
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.get_issue(6)
    forge.update_issue(5, patch(state=TaskState.DROPPED))
    assert sent(wire, "POST") == []


@pytest.mark.parametrize(
    ("state", "labels", "seen"),
    [
        ("opened", [], TaskState.OPEN),
        ("opened", ["dropped"], TaskState.OPEN),
        ("closed", [], TaskState.DONE),
        ("closed", ["Dropped"], TaskState.DROPPED),
    ],
)
def test_states(forge: GitLab, wire, state: str, labels: list[str], seen: TaskState) -> None:
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "state": state, "labels": ["a", *labels]})
    issue = forge.get_issue(5)
    assert (issue.state, issue.labels) == (seen, ("a",))


def test_another_name_for_dropped(wire, new) -> None:
    wire.get(NAMED, json=PROJECT)
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "state": "closed", "labels": ["dropped", "status::wontfix"]})
    issue = new(dropped_label="status::wontfix").get_issue(5)
    assert (issue.state, issue.labels) == (TaskState.DROPPED, ("dropped",))


def test_other_labels_change_without_dropped_being_lost(forge: GitLab, wire) -> None:
    """A whole set is sent, and the label that nobody else sees belongs to it; unknown issues are looked at first."""
    dropped = {**ISSUE, "state": "closed", "labels": ["a", "Dropped"]}
    wire.get(f"{HOME}/issues/5", json=dropped)
    wire.put(f"{HOME}/issues/5", json=dropped)
    for _ in range(2):
        forge.update_issue(5, patch(labels=("b",)))
    assert bodies(wire, "PUT") == [{"labels": ["b", "Dropped"]}] * 2
    assert len(sent(wire, "GET")) == 2


def test_reopening_takes_dropped_off_in_whatever_case(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "state": "closed", "labels": ["Dropped"]})
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.get_issue(5)
    forge.update_issue(5, patch(state=TaskState.OPEN))
    assert bodies(wire, "PUT") == [{"state_event": "reopen", "remove_labels": ["Dropped", "dropped"]}]


# People


def test_people_are_assigned_by_id_and_asked_for_once(forge: GitLab, wire) -> None:
    wire.get(f"{API}/users", json=[{"id": 3, "username": "Bob"}])
    wire.put(f"{HOME}/issues/5", json={**ISSUE, "assignees": [{"id": 3, "username": "Bob"}]})
    for _ in range(2):
        assert forge.update_issue(5, patch(assignees=("bob",))).assignees == ("Bob",)
    assert bodies(wire, "PUT") == [{"assignee_ids": [3]}] * 2
    assert [query for path, query in asked(wire) if path.endswith("/users")] == [{"username": ["bob"]}]


def test_people_met_in_an_issue_are_known(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "assignees": [{"id": 3, "username": "bob"}]})
    wire.put(f"{HOME}/issues/5", json=ISSUE)
    forge.get_issue(5)
    forge.update_issue(5, patch(assignees=("Bob", "ann")))
    assert bodies(wire, "PUT") == [{"assignee_ids": [3, 7]}]


@pytest.mark.parametrize(
    "answer",
    [
        {"json": []},
        {"json": [{"id": 3, "username": "bobby"}]},
        {"json": [{"id": "?", "username": "bob"}]},
        {"json": [3]},
        {"status": 403},
    ],
)
def test_who_does_not_exist_is_left_out(forge: GitLab, wire, answer: dict[str, Any]) -> None:
    wire.get(f"{API}/users", **answer)
    wire.post(f"{HOME}/issues", json=ISSUE, status=201)
    assert forge.create_issue(IssueDraft("T", "", assignees=("bob",))).assignees == ()
    assert "assignee_ids" not in bodies(wire, "POST")[0]


# Moved, confidential, malformed


def test_a_moved_issue_is_gone_and_never_written(forge: GitLab, wire) -> None:
    """GitLab leaves it behind, closed, and would still change it."""
    moved = {**ISSUE, "state": "closed", "moved_to_id": 2002}
    wire.get(f"{HOME}/issues", json=[moved])
    wire.get(f"{HOME}/milestones", json=[])
    wire.put(f"{HOME}/issues/5", json=moved)
    assert forge.observe("").issues == ()
    with pytest.raises(Gone):
        forge.update_issue(5, patch(title="x"))
    assert sent(wire, "PUT") == []


def test_an_issue_that_was_moved_a_moment_ago_is_gone(forge: GitLab, wire) -> None:
    wire.put(f"{HOME}/issues/5", json={**ISSUE, "moved_to_id": 2002})
    with pytest.raises(Gone):
        forge.update_issue(5, patch(title="x"))


def test_an_answer_from_another_project_is_gone(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "project_id": 7})
    with pytest.raises(Gone):
        forge.get_issue(5)


def test_what_is_confidential_does_not_get_into_a_roadmap(forge: GitLab, wire) -> None:
    """But for the issues of our own tasks, which somebody made confidential."""
    ours = "<!-- syncd:begin roadmap=main lineage=0f uid=7Q -->\n<!-- syncd:end -->"
    listed = [
        {**ISSUE, "confidential": True},
        {**ISSUE, "id": 1002, "iid": 6, "confidential": True, "description": ours},
        {**ISSUE, "id": 1003, "iid": 7},
    ]
    wire.get(f"{HOME}/issues", json=listed)
    wire.get(f"{HOME}/milestones", json=[])
    assert [issue.ref.number for issue in forge.observe("").issues] == [6, 7]


def test_times_are_kept_in_utc(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "updated_at": "2026-01-05T10:00:00.500+01:00"})
    assert forge.get_issue(5).updated_at == "2026-01-05T09:00:00.500Z"


def test_an_issue_of_a_ghost(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/issues/5", json={**ISSUE, "author": None, "assignees": None, "labels": [{"name": "x"}]})
    seen = forge.get_issue(5)
    assert (seen.author, seen.assignees, seen.labels, seen.body) == ("", (), ("x",), "")


@pytest.mark.parametrize("lacks", ["iid", "project_id", "title", "labels", "author", "milestone", "due_date"])
def test_an_issue_without_its_form_is_no_answer(forge: GitLab, wire, lacks: str) -> None:
    wire.get(f"{HOME}/issues/5", json={key: value for key, value in ISSUE.items() if key != lacks})
    with pytest.raises(NotSent):
        forge.get_issue(5)


# Milestones


def test_a_closed_milestone_that_could_not_be_closed_is_in_doubt(forge: GitLab, wire) -> None:
    wire.post(f"{HOME}/milestones", json=MILESTONE, status=201)
    wire.put(f"{HOME}/milestones/9", status=400, json={"message": "x"})
    whole = MilestonePatch(frozenset({Field.TITLE, Field.STATE}), title="M", state=MilestoneState.CLOSED)
    with pytest.raises(Unknown):
        forge.create_milestone(whole)
    assert bodies(wire, "POST") == [{"title": "M"}]
    assert bodies(wire, "PUT") == [{"state_event": "close"}]


def test_a_milestone_of_a_group_is_found_in_the_list_and_not_ours_to_change(forge: GitLab, wire) -> None:
    wire.get(f"{HOME}/milestones/8", status=404, json={"message": "404 Not found"})
    group = {"id": 8, "iid": 1, "group_id": 3, "title": "G", "state": "closed", "due_date": "2026-07-01"}
    wire.get(f"{HOME}/milestones", json=[MILESTONE, group])
    seen = forge.get_milestone(8)
    assert (seen.ref, seen.writable, seen.due, seen.state) == (
        (8, "8"),
        False,
        date(2026, 7, 1),
        MilestoneState.CLOSED,
    )
    assert asked(wire)[-1][1]["include_ancestors"] == ["true"]


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (MilestonePatch(frozenset({Field.DUE})), {"due_date": ""}),
        (MilestonePatch(frozenset({Field.STATE})), {"state_event": "activate"}),
        (MilestonePatch(frozenset({Field.TITLE}), title="N #1"), {"title": "N #\u200b1"}),
    ],
)
def test_a_milestone_is_told_only_what_is_named(
    forge: GitLab, wire, change: MilestonePatch, body: dict[str, Any]
) -> None:
    wire.put(f"{HOME}/milestones/9", json=MILESTONE)
    forge.update_milestone(9, change)
    assert bodies(wire, "PUT") == [body]
