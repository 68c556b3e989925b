"""The judge of GitLab's dialect is worth something only if it says no."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from syncd.sandbox import Sandbox
from syncd.sandbox.wire import Asked, Exchange, Reply
from tests.gitlab_schemas import GitLabChecker
from tests.sandbox_fixture import Judge

PROJECT = "/api/v4/projects/acme%2Fwidgets"
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}
MISSING = {"message": "404 Not found"}


@pytest.fixture
def checker(shared: object, gitlab_schemas: GitLabChecker | None) -> GitLabChecker:
    assert gitlab_schemas is not None
    return gitlab_schemas


@pytest.fixture
def milestone() -> dict[str, Any]:
    return {
        "id": 1,
        "iid": 1,
        "project_id": 2,
        "title": "M",
        "description": None,
        "state": "active",
        "created_at": "2026-01-05T09:00:00.000Z",
        "updated_at": "2026-01-05T09:00:00.000Z",
        "start_date": None,
        "due_date": "2026-01-05",
    }


@pytest.fixture
def issue(milestone: dict[str, Any]) -> dict[str, Any]:
    web = {"web_url": "http://x/y", "avatar_url": "http://x/a.png"}
    ann = {"id": 1, "username": "ann", "name": "Ann", "state": "active", **web}
    return {
        **{
            name: milestone[name] for name in ("id", "iid", "project_id", "title", "created_at", "updated_at")
        },
        "description": None,
        "state": "opened",
        "labels": ["bug"],
        "milestone": {**milestone, "expired": False, "web_url": "http://x/m"},
        "assignees": [ann],
        "author": ann,
        "user_notes_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "due_date": None,
        "confidential": False,
        "web_url": "http://x/i",
    }


def exchange(
    method: str,
    path: str,
    answer: Any = None,
    status: int = 200,
    *,
    query: str = "",
    body: Any = None,
    headers: Mapping[str, str] = JSON,
) -> Exchange:
    sent = b"" if body is None else json.dumps(body).encode()
    got = (
        answer.encode() if isinstance(answer, str) else b"" if answer is None else json.dumps(answer).encode()
    )
    return Exchange(
        Asked(method, f"{PROJECT}{path}", query, {}, sent, "http://x"), Reply(status, headers, got)
    )


def test_what_is_right_passes(
    checker: GitLabChecker, issue: dict[str, Any], milestone: dict[str, Any]
) -> None:
    label = {"id": 1, "name": "a", "color": "#ff0000", "description": None}
    detailed = {**issue, "labels": [label]}
    clear = {"labels": "", "milestone_id": 0, "assignee_ids": [], "due_date": None, "description": None}
    right = (
        exchange("GET", "", {"id": 1}),
        exchange(
            "GET", "/issues", [issue], query="state=all&per_page=100&page=2&iids[]=1&iids[]=2&labels=a,b"
        ),
        exchange("GET", "/issues", [issue], query="pagination=keyset&order_by=updated_at&sort=asc&cursor=x"),
        exchange("GET", "/issues", [detailed], query="with_labels_details=true"),
        exchange("GET", "/issues", [], query="updated_after=2026-01-05T09:00:00Z"),
        exchange("POST", "/issues", issue, 201, body={"title": "T", "labels": ["a"], "assignee_ids": [1]}),
        exchange("PUT", "/issues/1", issue, body={"state_event": "close", "add_labels": "a,b"}),
        exchange("PUT", "/issues/1", issue, body=clear),
        exchange("GET", "/milestones", [milestone], query="include_ancestors=true&state=active&iids[]=1"),
        exchange("PUT", "/milestones/1", milestone, body={"state_event": "activate", "due_date": ""}),
        exchange("POST", "/labels", label, 201, body={"name": "a", "color": "#ff0000"}),
        exchange("DELETE", "/labels/a%2Fb", None, 204),
        exchange("POST", "/hooks", MISSING, 404, body={"url": "http://x", "signing_token": "x"}),
        exchange("GET", "/members/all", []),
        exchange("GET", "/issues/9", MISSING, 404),
        exchange("GET", "/issues", "Retry later", 429, headers=TEXT),
    )
    problems = [problem for one in right for problem in checker.problems(one)]
    assert problems == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("nope=1", "nope"),
        ("state=open", "state"),
        ("order_by=id", "order_by"),
        ("sort=up", "sort"),
        ("per_page=many", "per_page"),
        ("iids[]=x", "iids"),
        ("updated_after=yesterday", "updated_after"),
        ("pagination=offset", "pagination"),
        ("with_labels_details=maybe", "with_labels_details"),
    ],
)
def test_a_wrong_parameter_is_rejected(checker: GitLabChecker, query: str, named: str) -> None:
    assert named in " ".join(checker.problems(exchange("GET", "/issues", [], query=query)))


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/issues", {"title": "T", "nope": 1}, "nope"),
        ("POST", "/issues", {"description": "x"}, "title"),
        ("POST", "/issues", {"title": 1}, "title"),
        ("POST", "/issues", {"title": "T", "state_event": "close"}, "state_event"),
        ("POST", "/issues", {"title": "T", "assignee_ids": ["ann"]}, "assignee_ids"),
        ("POST", "/issues", {"title": "T", "milestone_id": "M"}, "milestone_id"),
        ("POST", "/issues", {"title": "T", "due_date": "soon"}, "due_date"),
        ("PUT", "/issues/1", {"state_event": "closed"}, "state_event"),
        ("PUT", "/issues/1", {"assignees": ["ann"]}, "assignees"),
        ("POST", "/labels", {"name": "a"}, "color"),
        ("PUT", "/labels/a", {"name": "b"}, "name"),
        ("POST", "/milestones", {"title": "M", "state": "closed"}, "state"),
        ("PUT", "/milestones/1", {"state_event": "reopen"}, "state_event"),
        ("PUT", "/milestones/1", {"due_on": "2026-01-01"}, "due_on"),
        ("POST", "/issues/1/notes", {"text": "x"}, "body"),
        ("POST", "/hooks", {"events": ["push"]}, "events"),
        ("GET", "/issues", {"state": "all"}, "takes none"),
    ],
)
def test_a_wrong_body_is_rejected(
    checker: GitLabChecker, method: str, path: str, body: Any, named: str
) -> None:
    asked = exchange(method, path, MISSING, 404, body=body)
    assert named in " ".join(checker.problems(asked))
    assert checker.problems(asked, requests=False) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", "/issues/1"), ("GET", "/nothing"), ("POST", "/milestones/1"), ("GET", "/labels/a/b")],
)
def test_an_unknown_route_is_rejected(checker: GitLabChecker, method: str, path: str) -> None:
    assert "no operation" in checker.problems(exchange(method, path, MISSING, 404))[0]


def test_a_body_that_is_no_json_is_rejected_either_way(checker: GitLabChecker) -> None:
    asked = Asked("POST", f"{PROJECT}/issues", "", {}, b"{", "http://x")
    assert "no JSON" in checker.problems(Exchange(asked, Reply(404, JSON, b'{"message": 1}')))[0]
    for broken in ("<html>", "[}"):
        assert "no JSON" in checker.problems(exchange("GET", "/issues", broken))[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("iid", "1"),
        ("state", None),
        ("labels", "bug"),
        ("labels", [{"name": "bug"}]),
        ("created_at", "2026-01-05T09:00:00Z"),
        ("updated_at", "yesterday"),
        ("web_url", "no address"),
        ("milestone", "M"),
        ("author", {"username": "ann"}),
        ("due_date", 5),
    ],
)
def test_an_answer_of_the_wrong_type_is_rejected(
    checker: GitLabChecker, issue: dict[str, Any], key: str, value: object
) -> None:
    assert key in " ".join(checker.problems(exchange("GET", "/issues", [{**issue, key: value}])))
    assert checker.problems(exchange("PUT", "/issues/1", {**issue, key: value}, body={"title": "T"}))


@pytest.mark.parametrize(
    "key", ["id", "iid", "labels", "milestone", "assignees", "author", "due_date", "web_url"]
)
def test_an_issue_that_lacks_a_member_is_rejected(
    checker: GitLabChecker, issue: dict[str, Any], key: str
) -> None:
    del issue[key]
    assert key in " ".join(checker.problems(exchange("GET", "/issues/1", issue)))


@pytest.mark.parametrize("key", ["id", "iid", "title", "description", "state", "start_date", "due_date"])
def test_a_milestone_that_lacks_a_member_is_rejected(
    checker: GitLabChecker, milestone: dict[str, Any], key: str
) -> None:
    del milestone[key]
    assert key in " ".join(checker.problems(exchange("GET", "/milestones", [milestone])))


def test_a_label_needs_what_its_published_schema_does_not_ask_for(checker: GitLabChecker) -> None:
    assert checker.problems(exchange("GET", "/labels", [{"name": "a"}]))
    detailed = exchange("GET", "/issues", [{"labels": [{"name": "a"}]}], query="with_labels_details=true")
    assert "color" in " ".join(checker.problems(detailed))


@pytest.mark.parametrize(
    ("method", "status", "answer", "headers"),
    [
        ("GET", 201, [], JSON),
        ("GET", 200, {}, JSON),
        ("GET", 200, [], TEXT),
        ("GET", 404, [], JSON),
        ("GET", 404, {"errors": []}, JSON),
        ("GET", 404, "gone", TEXT),
        ("GET", 429, {"message": "later"}, JSON),
        ("GET", 500, {}, JSON),
    ],
)
def test_a_wrong_answer_is_rejected(
    checker: GitLabChecker, method: str, status: int, answer: Any, headers: Mapping[str, str]
) -> None:
    assert checker.problems(exchange(method, "/issues", answer, status, headers=headers))


def test_an_answer_204_has_no_body(checker: GitLabChecker) -> None:
    assert checker.problems(exchange("DELETE", "/labels/a", {"x": 1}, 204))


def test_what_a_fault_bent_is_not_judged(checker: GitLabChecker) -> None:
    bent = exchange("GET", "/issues", {}, 502)
    assert checker.problems(Exchange(bent.asked, bent.reply, "fail_before")) == []
    assert checker.problems(Exchange(bent.asked, None)) == []


def test_the_fixture_hears_what_a_client_says_over_the_socket(
    checker: GitLabChecker, sandbox: Sandbox, judge: Judge
) -> None:
    """An unknown key that the server ignores, as GitLab's does, comes out all the same."""
    answer = requests.post(
        f"{sandbox.url}{PROJECT}/issues",
        json={"title": "t", "nope": 1},
        headers={"PRIVATE-TOKEN": "sandbox-token"},
        timeout=10,
    )
    assert answer.status_code == 201
    assert "nope" in " ".join(judge.problems())
    judge.heard.clear()


def test_under_a_sub_path_the_judge_is_the_same(checker: GitLabChecker) -> None:
    asked = Asked("GET", "/git/lab/api/v4/projects/1/issues", "nope=1", {}, b"", "http://x")
    assert "nope" in checker.problems(Exchange(asked, Reply(200, JSON, b"[]")))[0]
