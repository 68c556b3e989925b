"""What a forge tells of rights, kind by kind of token. What it does not tell is unknown, never refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from syncd.forge.client import Answer
from syncd.forge.github import access as github
from syncd.forge.gitlab import access as gitlab
from syncd.model.remote import NEEDED, Right

ALL = frozenset(Right)
TRIAGE = frozenset({Right.ISSUES, Right.CLOSING})
ROLES = ("pull", "triage", "push", "maintain", "admin")


def repository(role: str = "admin", *, private: bool = False, scopes: str | None = None) -> Answer:
    held = ROLES[: ROLES.index(role) + 1]
    data = {"private": private, "permissions": {name: name in held for name in ROLES}}
    return Answer(200, {} if scopes is None else {"x-oauth-scopes": scopes}, data, "/repos/a/b")


@pytest.mark.parametrize(
    ("role", "rights"),
    [("pull", frozenset()), ("triage", TRIAGE), ("push", NEEDED), ("maintain", NEEDED), ("admin", ALL)],
)
def test_a_role_on_github(role: str, rights: frozenset[Right]) -> None:
    assert github.granted(repository(role), "ghp_x") == rights


@pytest.mark.parametrize(
    ("scopes", "private", "rights"),
    [
        ("repo, read:org", True, ALL),
        ("public_repo", False, NEEDED),
        ("public_repo", True, frozenset()),
        ("public_repo, admin:repo_hook", False, ALL),
        ("read:user", False, frozenset()),
        ("", False, frozenset()),
        (None, True, ALL),
    ],
)
def test_the_scopes_of_a_classic_token_take_rights_away(
    scopes: str | None, private: bool, rights: frozenset[Right]
) -> None:
    assert github.granted(repository(scopes=scopes, private=private), "ghp_x") == rights


@pytest.mark.parametrize("data", [None, [], {}, {"permissions": None}])
def test_an_answer_without_roles_is_no_refusal(data: Any) -> None:
    assert github.granted(Answer(200, {}, data, ""), "ghp_x") is None
    assert gitlab.granted(data) is None


def test_an_installation_has_no_role_and_is_not_refused_for_that() -> None:
    assert github.granted(repository("pull"), "ghs_x") is None


@pytest.mark.parametrize(
    ("permissions", "rights"),
    [
        ({"issues": "write", "metadata": "read"}, NEEDED),
        ({"issues": "read"}, frozenset()),
        ({"issues": "write", "repository_hooks": "write"}, ALL),
        ({}, frozenset()),
    ],
)
def test_what_an_app_was_granted(permissions: dict[str, str], rights: frozenset[Right]) -> None:
    assert github.of_permissions(permissions) == rights


def levels(project: int | None, group: int | None) -> dict[str, Any]:
    return {
        "permissions": {
            f"{name}_access": None if level is None else {"access_level": level}
            for name, level in (("project", project), ("group", group))
        }
    }


@pytest.mark.parametrize(
    ("data", "rights"),
    [
        (levels(10, None), frozenset({Right.ISSUES})),
        (levels(15, None), NEEDED),
        (levels(30, None), NEEDED),
        (levels(40, None), ALL),
        (levels(10, 40), ALL),
        (levels(None, 20), NEEDED),
        (levels(5, None), frozenset()),
        (levels(None, None), None),
    ],
)
def test_a_role_on_gitlab_is_the_higher_of_project_and_group(
    data: dict[str, Any], rights: frozenset[Right] | None
) -> None:
    assert gitlab.granted(data) == rights


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("2026-12-31 23:59:59 UTC", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-12-31 23:59:59 -0700", datetime(2027, 1, 1, 6, 59, 59, tzinfo=UTC)),
        ("soon", None),
        ("", None),
    ],
)
def test_when_a_token_ends(said: str, ends: datetime | None) -> None:
    assert github.expiry(said) == ends
