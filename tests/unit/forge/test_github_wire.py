"""What GitHub, a proxy or a wrong address may answer, and what is concluded from it: no more than is known."""

import json
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import ProtocolError

from syncd.errors import AccessRefused, ForgeError, Gone, NotSent, RateLimited, Rejected, Unknown
from syncd.forge.github import GitHub, api_url_of
from syncd.forge.github.shapes import due_out, issue, milestone, task_state
from syncd.forge.pacing import Pace
from syncd.forge.wire import LARGEST
from syncd.model.remote import IssueDraft, IssuePatch, MilestonePatch
from syncd.model.values import Field, MilestoneState, TaskState
from syncd.sandbox.clock import MONDAY
from tests.unit.forge.answers import refused, sent
from tests.unit.forge.conftest import NO_LIMITS, Waits

API = "https://api.github.com"
REPO = f"{API}/repos/acme/widgets"
TOKEN = "ghp_verysecret"
REPOSITORY = {
    "id": 42,
    "full_name": "acme/widgets",
    "html_url": "https://github.com/acme/widgets",
    "has_issues": True,
}
ISSUE: dict[str, Any] = {
    "id": 1001,
    "number": 5,
    "title": "T",
    "state": "open",
    "state_reason": None,
    "body": None,
    "milestone": None,
    "labels": [{"name": "a"}],
    "assignees": [{"login": "ann"}],
    "user": {"login": "ann"},
    "updated_at": "2026-01-05T09:00:00Z",
    "html_url": "https://github.com/acme/widgets/issues/5",
    "repository_url": "https://api.github.com/repos/acme/widgets",
}  # fmt: skip - read as GitHub shows it
DRAFT = IssueDraft(title="T", body="")


@pytest.fixture
def forge(wire, pace: Pace) -> GitHub:
    wire.get(REPO, json=REPOSITORY, headers={"Date": "Mon, 05 Jan 2026 09:00:00 GMT"})
    forge = GitHub("github", "acme/widgets", token=TOKEN, pace=pace)
    forge.project()
    return forge


def read_timeout() -> Exception:
    return requests.ReadTimeout("slow")


def reset() -> Exception:
    return requests.ConnectionError(ProtocolError("Connection aborted."))


@pytest.mark.parametrize(
    "answer", [502, 503, 500, 504, 202, read_timeout(), reset(), requests.exceptions.ChunkedEncodingError()]
)
def test_post_is_not_sent_again_when_its_effect_is_in_doubt(forge: GitHub, wire, answer) -> None:
    """PyGithub's own retry would have sent it eleven times (api-facts §0.1)."""
    if isinstance(answer, int):
        wire.post(f"{REPO}/issues", status=answer)
    else:
        wire.post(f"{REPO}/issues", body=answer)
    with pytest.raises(Unknown):
        forge.create_issue(DRAFT)
    assert len(sent(wire, "POST")) == 1
    assert (forge.requests, forge.writes) == (2, 1)


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{", "null", '{"id": 1}', '"x"', "[" * 100_000])
def test_an_unreadable_answer_to_a_write_leaves_it_in_doubt(forge: GitHub, wire, body: str) -> None:
    wire.post(f"{REPO}/issues", body=body, status=201)
    with pytest.raises(Unknown):
        forge.create_issue(DRAFT)
    assert len(sent(wire, "POST")) == 1


def test_a_write_that_never_left_is_sent_again(forge: GitHub, wire) -> None:
    wire.post(f"{REPO}/issues", body=refused())
    wire.post(f"{REPO}/issues", json=ISSUE, status=201)
    assert forge.create_issue(DRAFT).ref == (5, "1001")
    wire.replace("POST", f"{REPO}/issues", body=refused())


@pytest.mark.parametrize("body", ["", "<html>", "{", "null", "{}", "[1]", '[{"id": 1}]', "[" * 100_000])
def test_an_unreadable_answer_to_a_read_is_no_answer(forge: GitHub, wire, body: str) -> None:
    wire.get(f"{REPO}/issues", body=body)
    wire.get(f"{REPO}/milestones", json=[])
    with pytest.raises(NotSent):
        forge.observe("")


@pytest.mark.parametrize("status", [500, 502, 202])
def test_a_read_is_tried_again_and_then_given_up(forge: GitHub, wire, waits: Waits, status: int) -> None:
    """At 202 PyGithub sleeps and asks again for ever."""
    wire.get(f"{REPO}/issues/5", status=status)
    with pytest.raises(NotSent):
        forge.get_issue(5)
    assert len(sent(wire, "GET")) == 1 + 4
    assert waits == [0.5, 1.0, 2.0]


def test_304_is_not_an_empty_list(forge: GitHub, wire) -> None:
    """PyGithub's list would have been empty, and everything deleted (api-facts §0.8)."""
    wire.get(f"{REPO}/issues", status=304)
    with pytest.raises(NotSent):
        forge.observe("")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (401, AccessRefused),
        (403, AccessRefused),
        (404, Gone),
        (409, Rejected),
        (410, Gone),
        (422, Rejected),
    ],
)
def test_a_clear_no_is_a_no(forge: GitHub, wire, status: int, error: type[ForgeError]) -> None:
    wire.patch(f"{REPO}/issues/5", status=status, json={"message": "No."})
    with pytest.raises(error) as told:
        forge.update_issue(5, IssuePatch(frozenset({Field.TITLE}), title="x"))
    assert (told.value.status, type(told.value)) == (status, error)
    assert "No." in told.value.message


def test_what_github_complains_about_is_said(forge: GitHub, wire) -> None:
    errors = [{"resource": "Milestone", "field": "title", "code": "already_exists"}, "odd"]
    wire.post(f"{REPO}/milestones", status=422, json={"message": "Validation Failed", "errors": errors})
    with pytest.raises(Rejected, match="Validation Failed; title already_exists; odd"):
        forge.create_milestone(MilestonePatch(frozenset({Field.TITLE}), title="M"))


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"Retry-After": "90", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, "x", 90),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767603900"}, "API rate limit exceeded", 300),
        ({}, "You have exceeded a secondary rate limit. Please wait.", 60),
        ({"Retry-After": "Mon, 05 Jan 2026 09:01:40 GMT"}, "x", 100),
        ({"Retry-After": "Sun, 04 Jan 2026 09:00:00 GMT"}, "x", 0),
        ({"Retry-After": "soon"}, "You have exceeded a secondary rate limit. Please wait.", 60),
    ],
)
def test_limits_are_read_in_the_documented_order(
    forge: GitHub, wire, status: int, headers: dict[str, str], message: str, seconds: int
) -> None:
    wire.post(f"{REPO}/issues", status=status, headers=headers, json={"message": message})
    with pytest.raises(RateLimited) as told:
        forge.create_issue(DRAFT)
    assert told.value.until == MONDAY + timedelta(seconds=seconds)
    assert len(sent(wire, "POST")) == 1


def test_429_is_a_limit_whatever_it_says(forge: GitHub, wire) -> None:
    """PyGithub has no word for it (api-facts §G.1)."""
    wire.post(f"{REPO}/issues", status=429, body="busy")
    with pytest.raises(RateLimited):
        forge.create_issue(DRAFT)


def test_nothing_is_asked_before_the_reset(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues/5", status=403, headers={"Retry-After": "3600"}, json={"message": "x"})
    for _ in range(3):
        with pytest.raises(RateLimited) as told:
            forge.get_issue(5)
        assert told.value.until == MONDAY + timedelta(hours=1)
    assert len(sent(wire, "GET")) == 2


def test_a_reset_is_counted_on_the_forge_s_clock(wire, pace: Pace) -> None:
    theirs = MONDAY + timedelta(hours=5)
    wire.get(
        REPO,
        status=403,
        headers={
            "Date": f"{theirs:%a, %d %b %Y %H:%M:%S GMT}",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(theirs.timestamp()) + 600),
        },
    )
    with pytest.raises(RateLimited) as told:
        GitHub("github", "acme/widgets", token=TOKEN, pace=pace).project()
    assert told.value.until == MONDAY + timedelta(minutes=10)


def test_a_short_limit_of_a_read_is_sat_out(forge: GitHub, wire, waits: Waits) -> None:
    wire.get(f"{REPO}/issues/5", status=429, headers={"Retry-After": "7"})
    wire.get(f"{REPO}/issues/5", json=ISSUE)
    assert forge.get_issue(5).ref.number == 5
    assert waits == [7.0]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_project_that_cannot_be_had_is_a_matter_of_configuration(wire, pace: Pace, status: int) -> None:
    wire.get(REPO, status=status, json={"message": "x"})
    with pytest.raises(Rejected) as told:
        GitHub("github", "acme/widgets", token=TOKEN, pace=pace).project()
    assert not isinstance(told.value, Gone)
    assert status == 451 or isinstance(told.value, AccessRefused)


def test_rights_that_are_missing_are_named(forge: GitHub, wire) -> None:
    wire.post(
        f"{REPO}/issues",
        status=403,
        json={"message": "Resource not accessible by personal access token"},
        headers={"X-Accepted-GitHub-Permissions": "issues=write"},
    )
    with pytest.raises(AccessRefused) as told:
        forge.create_issue(DRAFT)
    assert "issues=write" in told.value.hint


def test_issues_that_are_switched_off_are_no_issue_that_is_gone(forge: GitHub, wire) -> None:
    wire.post(f"{REPO}/issues", status=410, json={"message": "Issues has been disabled in this repository."})
    with pytest.raises(AccessRefused):
        forge.create_issue(DRAFT)


def test_a_list_that_is_out_of_reach_is_no_issue_that_is_gone(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues", status=404, json={"message": "Not Found"})
    wire.get(f"{REPO}/labels", status=404, json={"message": "Not Found"})
    for ask in (lambda: forge.observe(""), forge.labels):
        with pytest.raises(AccessRefused):
            ask()


REDIRECTS = [301, 302, 307, 308]


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_keeps_the_question(wire, pace: Pace, status: int) -> None:
    """PyGithub drops the query: only open issues, thirty a page (api-facts §0.7)."""
    forge = GitHub("github", "acme/widgets", token=TOKEN, pace=pace)
    wire.get(REPO, json=REPOSITORY)
    forge.project()
    wire.get(
        f"{REPO}/issues", status=status, headers={"Location": "https://api.github.com/repositories/42/issues"}
    )
    asked = {"state": "all", "sort": "created", "direction": "asc", "per_page": "100"}
    wire.get(f"{API}/repositories/42/issues", json=[], match=[responses.matchers.query_param_matcher(asked)])
    wire.get(f"{REPO}/milestones", json=[])
    assert forge.observe("").complete


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirected_write_is_not_followed(forge: GitHub, wire, status: int) -> None:
    """PyGithub writes to the issue in the other repository (api-facts §0.7)."""
    elsewhere = {"Location": "https://api.github.com/repositories/7/issues/1"}
    wire.patch(f"{REPO}/issues/5", status=status, headers=elsewhere)
    with pytest.raises(Gone):
        forge.update_issue(5, IssuePatch(frozenset({Field.TITLE}), title="x"))
    wire.post(f"{REPO}/issues", status=status, headers=elsewhere)
    with pytest.raises(Rejected):
        forge.create_issue(DRAFT)
    assert forge.writes == len(sent(wire, "PATCH")) + len(sent(wire, "POST")) == 2


@pytest.mark.parametrize("location", ["http://[", "https://api.github.com:port/", "http://x:a/b@h:c/", ""])
def test_a_redirect_or_a_next_page_to_no_address_at_all_leads_nowhere(
    forge: GitHub, wire, location: str
) -> None:
    wire.get(f"{REPO}/labels", status=302, headers={"Location": location})
    with pytest.raises(ForgeError):
        forge.labels()
    wire.post(f"{REPO}/issues", status=302, headers={"Location": location})
    with pytest.raises(Rejected):
        forge.create_issue(DRAFT)
    wire.get(f"{REPO}/issues", json=[], headers={"Link": f'<{location or "x"}>; rel="next"'})
    with pytest.raises(NotSent):
        forge.observe("")


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_transferred_issue_is_gone(forge: GitHub, wire, status: int) -> None:
    there = {"Location": "https://api.github.com/repositories/7/issues/1"}
    wire.get(f"{REPO}/issues/5", status=status, headers=there)
    with pytest.raises(Gone):
        forge.get_issue(5)


def test_an_answer_from_another_repository_is_gone(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues/5", json=ISSUE | {"repository_url": "https://api.github.com/repos/acme/other"})
    with pytest.raises(Gone):
        forge.get_issue(5)


def test_a_pull_request_is_no_issue(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues/5", json=ISSUE | {"pull_request": {}})
    with pytest.raises(Gone):
        forge.get_issue(5)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/repositories/42/issues",
        "http://api.github.com/repositories/42/issues",
        "https://api.github.com:8443/repositories/42/issues",
        "//evil.example/x",
        "https://api.github.com@evil.example/x",
        "https://api.github.com.evil.example/repositories/42/issues",
    ],
)  # fmt: skip - a list of addresses
def test_the_token_goes_to_no_other_host(forge: GitHub, wire, elsewhere: str) -> None:
    wire.get(f"{REPO}/issues", status=307, headers={"Location": elsewhere})
    with pytest.raises(ForgeError):
        forge.observe("")
    wire.replace("GET", f"{REPO}/issues", json=[ISSUE], headers={"Link": f'<{elsewhere}>; rel="next"'})
    with pytest.raises(NotSent):
        forge.observe("")
    assert all(call.request.url.startswith(f"{REPO}") for call in wire.calls)


def test_a_list_that_leads_round_in_a_circle_ends(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues", json=[ISSUE], headers={"Link": f'<{REPO}/issues?after=x>; rel="next"'})
    with pytest.raises(NotSent):
        forge.observe("")


@pytest.mark.parametrize("token", ["", "ghp_x\n", "ghp x", "ghp_\u00e9", "\x00"])
def test_a_token_that_no_header_can_hold_is_refused_without_showing_it(pace: Pace, token: str) -> None:
    with pytest.raises(AccessRefused) as told:
        GitHub("github", "acme/widgets", token=token, pace=pace)
    assert not token or token.strip() == "" or token not in str(told.value)


def test_no_error_shows_the_token(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues/5", status=422, json={"message": f"bad header token {TOKEN}"})
    wire.get(f"{REPO}/issues/6", body=requests.ConnectionError(f"Authorization: token {TOKEN}"))
    wire.get(f"{REPO}/issues/7", json=ISSUE | {"number": TOKEN})
    wire.get(
        f"{REPO}/issues/8",
        status=403,
        json={},
        headers={"X-Accepted-GitHub-Permissions": TOKEN.encode().hex()},
    )
    wire.post(f"{REPO}/issues", status=201, json=ISSUE | {"number": b64encode(TOKEN.encode()).decode()})
    forms = {TOKEN, TOKEN.encode().hex(), b64encode(TOKEN.encode()).decode()}
    asks = [partial(forge.get_issue, number) for number in (5, 6, 7, 8)]
    for ask in (*asks, partial(forge.create_issue, DRAFT)):
        with pytest.raises(ForgeError) as told:
            ask()
        shown = str(told.value) + told.value.hint
        assert not [form for form in forms if form in shown]


def test_nothing_of_the_environment_is_used(
    wire, pace: Pace, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.github.com login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    wire.get(REPO, json=REPOSITORY)
    GitHub("github", "acme/widgets", token=TOKEN, pace=pace).project()
    [call] = wire.calls
    assert call.request.headers["Authorization"] == f"token {TOKEN}"
    assert not call.request.req_kwargs["proxies"]


def test_the_version_of_the_api_is_pinned(forge: GitHub, wire) -> None:
    assert wire.calls[0].request.headers["X-GitHub-Api-Version"] == "2022-11-28"


def test_time_out_and_ca_reach_the_wire(wire, pace: Pace) -> None:
    wire.get(REPO, json=REPOSITORY)
    GitHub("github", "acme/widgets", token=TOKEN, pace=pace, timeout=7, ca_file="/ca.pem").project()
    settings = wire.calls[0].request.req_kwargs
    assert (settings["timeout"], settings["verify"]) == (7, "/ca.pem")


def test_an_answer_that_trickles_is_given_up(wire) -> None:
    """The time-out of the HTTP library begins anew with every byte."""
    started = iter(range(10_000))

    def clock() -> datetime:
        return MONDAY + timedelta(seconds=next(started) * 45)

    wire.get(REPO, body=json.dumps(REPOSITORY | {"description": "x" * 1_000_000}))
    pace = Pace(NO_LIMITS, clock=clock, wait=lambda _: False)
    with pytest.raises(NotSent):
        GitHub("github", "acme/widgets", token=TOKEN, pace=pace, timeout=30).project()


def test_an_answer_without_measure_is_given_up(forge: GitHub, wire) -> None:
    wire.get(f"{REPO}/issues/5", body=b" " * LARGEST + json.dumps(ISSUE).encode())
    with pytest.raises(NotSent):
        forge.get_issue(5)


def test_an_issue_leaves_its_milestone_by_null(forge: GitHub, wire) -> None:
    """PyGithub sends an empty text (api-facts §G.1)."""
    wire.patch(f"{REPO}/issues/5", json=ISSUE)
    forge.update_issue(5, IssuePatch(frozenset({Field.MILESTONE, Field.LABELS})))
    assert json.loads(sent(wire, "PATCH")[0].body or "") == {"milestone": None, "labels": []}


def test_only_what_is_named_is_sent(forge: GitHub, wire) -> None:
    wire.patch(f"{REPO}/issues/5", json=ISSUE)
    forge.update_issue(
        5, IssuePatch(frozenset({Field.NOTES}), body="b", title="not this", labels=("nor this",))
    )
    assert json.loads(sent(wire, "PATCH")[0].body or "") == {"body": "b"}


@pytest.mark.parametrize(
    ("web", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://github.com/", "https://api.github.com"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://github.example.org", "https://github.example.org/api/v3"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/api/v3"),
    ],
)
def test_the_api_follows_from_the_web_address(web: str, api: str) -> None:
    assert api_url_of(web) == api


@pytest.mark.parametrize("name", ["widgets", "a/b/c", "../x", "a/b?c", "a b/c", "", "a/b#c", "a/\u00e9"])
def test_a_name_that_is_no_repository_is_refused(pace: Pace, name: str) -> None:
    with pytest.raises(AccessRefused):
        GitHub("github", name, token=TOKEN, pace=pace)


def test_due_is_a_day_whatever_the_clock_of_the_pacific_coast_says() -> None:
    assert due_out(date(2026, 7, 1)) == "2026-07-01T12:00:00Z"
    assert due_out(None) is None
    shown = {"number": 1, "id": 2, "title": "M", "state": "closed", "open_issues": 3}
    for hour in ("07", "08", "00", "12"):
        seen = milestone(shown | {"due_on": f"2026-07-01T{hour}:00:00Z"})
        assert (seen.due, seen.state, seen.open_issues) == (date(2026, 7, 1), MilestoneState.CLOSED, 3)
    assert milestone(shown | {"due_on": None}).due is None


@pytest.mark.parametrize(
    ("state", "reason", "seen"),
    [
        ("open", None, TaskState.OPEN),
        ("open", "reopened", TaskState.OPEN),
        ("closed", None, TaskState.DONE),
        ("closed", "completed", TaskState.DONE),
        ("closed", "not_planned", TaskState.DROPPED),
        ("closed", "duplicate", TaskState.DROPPED),
        ("closed", "something new", TaskState.DONE),
    ],
)
def test_states_and_reasons(state: str, reason: str | None, seen: TaskState) -> None:
    assert task_state(state, reason) is seen


def test_an_issue_of_a_ghost_without_body() -> None:
    seen = issue(ISSUE | {"user": None, "body": None, "assignees": None, "labels": ["plain"]})
    assert (seen.author, seen.body, seen.assignees, seen.labels, seen.block) == (
        "",
        "",
        (),
        ("plain",),
        False,
    )


def test_a_hostile_title_is_one_line() -> None:
    seen = issue(ISSUE | {"title": "x\n- [x] fake\u2028y \x1b[0m"})
    assert seen.title == "x - [x] fake y [0m"


def test_a_reset_far_away_is_told_in_utc(forge: GitHub, wire) -> None:
    wire.post(f"{REPO}/issues", status=429, headers={"Retry-After": "120"})
    with pytest.raises(RateLimited) as told:
        forge.create_issue(DRAFT)
    assert told.value.until == datetime(2026, 1, 5, 9, 2, tzinfo=UTC)
