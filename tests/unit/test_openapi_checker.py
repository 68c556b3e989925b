"""The judge is worth something only if it says no."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from syncd.sandbox import Sandbox
from syncd.sandbox.wire import Asked, Exchange, Reply
from tests.openapi import OpenApiChecker
from tests.sandbox_fixture import Judge

REPO = "/api/v3/repos/acme/widgets"
JSON = {"Content-Type": "application/json"}
MISSING = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}


@pytest.fixture
def checker(shared: object, github_openapi: OpenApiChecker | None) -> OpenApiChecker:
    assert github_openapi is not None
    return github_openapi


@pytest.fixture
def label() -> dict[str, Any]:
    url = "http://127.0.0.1/api/v3/repos/acme/widgets/labels/bug"
    return {
        "id": 1,
        "node_id": "L",
        "url": url,
        "name": "bug",
        "color": "ededed",
        "default": False,
        "description": None,
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
    got = b"" if answer is None else json.dumps(answer).encode()
    return Exchange(Asked(method, f"{REPO}{path}", query, {}, sent, "http://x"), Reply(status, headers, got))


def test_what_is_right_passes(checker: OpenApiChecker, label: dict[str, Any]) -> None:
    right = (
        exchange("GET", "/labels", [label], query="per_page=100&page=2"),
        exchange("GET", "/issues", [], query="state=all&since=2026-01-05T09:00:00Z&after=xyz"),
        exchange("POST", "/labels", label, 201, body={"name": "bug", "color": "ededed"}),
        exchange("POST", "/issues/1/labels", [label], body=["bug"]),
        exchange("PATCH", "/milestones/1", MISSING, 404, body={"due_on": None}),
        exchange("DELETE", "/labels/a%2Fb", None, 204),
        exchange("GET", "/issues", None, 304),
    )
    assert [checker.problems(one) for one in right] == [[]] * len(right)


def test_routes_by_id_are_those_by_name(checker: OpenApiChecker, label: dict[str, Any]) -> None:
    asked = Asked("GET", "/api/v3/repositories/7/labels", "", {}, b"", "http://x")
    assert checker.problems(Exchange(asked, Reply(200, JSON, json.dumps([label]).encode()))) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param(
            exchange("GET", "/labels", [], query="colour=red"), "unknown query parameter", id="parameter"
        ),
        pytest.param(
            exchange("GET", "/labels", [], query="per_page=many"), "query per_page", id="parameter's type"
        ),
        pytest.param(
            exchange("GET", "/issues", [], query="state=shut"), "query state", id="parameter's choice"
        ),
        pytest.param(
            exchange("GET", "/issues", [], query="since=today"), "query since", id="parameter's format"
        ),
        pytest.param(exchange("GET", "/nowhere", []), "no operation", id="route"),
        pytest.param(exchange("PUT", "/issues", []), "no operation", id="method"),
        pytest.param(
            exchange("POST", "/issues", MISSING, 404, body={"title": "t", "nope": 1}), "nope", id="body key"
        ),
        pytest.param(
            exchange("POST", "/issues", MISSING, 404, body={"title": ["t"]}), "body: title", id="body type"
        ),
        pytest.param(exchange("POST", "/issues", MISSING, 404, body={"body": "b"}), "title", id="body lacks"),
        pytest.param(exchange("POST", "/issues", MISSING, 404), "no body", id="no body"),
        pytest.param(
            exchange("POST", "/hooks", MISSING, 404, body={"config": {"uri": "x"}}),
            "uri",
            id="key further down",
        ),
        pytest.param(exchange("GET", "/labels", [], 202), "202 is not declared", id="status"),
        pytest.param(
            exchange("POST", "/labels", {}, 200, body={"name": "x"}), "200 is not declared", id="200 for 201"
        ),
        pytest.param(exchange("GET", "/labels", None), "no JSON", id="no answer"),
        pytest.param(exchange("GET", "/labels", [], headers={}), "not labelled", id="content type"),
        pytest.param(exchange("DELETE", "/labels/x", {}, 204), "has no body", id="204 with a body"),
        pytest.param(exchange("GET", "/issues/1", {"message": 1}, 404), "message", id="shape of an error"),
    ],
)
def test_what_is_wrong_is_rejected(checker: OpenApiChecker, wrong: Exchange, says: str) -> None:
    assert says in " ".join(checker.problems(wrong))


@pytest.mark.parametrize(
    ("key", "value"), [("id", "1"), ("color", None), ("url", "not a uri"), ("default", "no")]
)
def test_an_answer_of_the_wrong_type_is_rejected(
    checker: OpenApiChecker, label: dict[str, Any], key: str, value: object
) -> None:
    assert checker.problems(exchange("GET", "/labels", [{**label, key: value}]))


@pytest.mark.parametrize("key", ["id", "node_id", "url", "name", "color", "default", "description"])
def test_an_answer_that_lacks_a_required_member_is_rejected(
    checker: OpenApiChecker, label: dict[str, Any], key: str
) -> None:
    del label[key]
    assert key in " ".join(checker.problems(exchange("GET", "/labels", [label])))


def test_what_a_fault_bent_is_not_judged(checker: OpenApiChecker) -> None:
    bent = exchange("GET", "/labels", [], 502)
    assert checker.problems(Exchange(bent.asked, bent.reply, "fail_before")) == []


def test_wrong_requests_on_purpose_can_be_let_off_and_their_answers_cannot(checker: OpenApiChecker) -> None:
    judge = Judge(checker)
    with judge.bad_requests():
        judge(exchange("POST", "/issues", MISSING, 404, body={"nope": 1}))
        judge(exchange("GET", "/labels", [], 202))
    judge(exchange("POST", "/issues", MISSING, 404, body={"nope": 1}))
    assert ["202" in one for one in judge.problems()].count(True) == 1
    assert ["nope" in one for one in judge.problems()].count(True) == 1


def test_the_fixture_hears_what_a_client_says_over_the_socket(
    checker: OpenApiChecker, sandbox: Sandbox, judge: Judge
) -> None:
    """An unknown key that the server ignores, as GitHub's does, comes out all the same."""
    answer = requests.post(
        f"{sandbox.url}{REPO}/issues",
        json={"title": "t", "nope": 1},
        headers={"Authorization": "token sandbox-token"},
        timeout=10,
    )
    assert answer.status_code == 201
    assert "nope" in " ".join(judge.problems())
    judge.heard.clear()
