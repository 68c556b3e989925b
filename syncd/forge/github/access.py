"""What GitHub tells of a token beside the answer to a question (api-facts §F.1).

==================  =====================================================================================
token               what can be known of its rights without a write
==================  =====================================================================================
classic, OAuth      the user's role in the repository, and the scopes, which come with every answer
fine-grained        the user's role only: the token may allow less, and the first write then shows it
App, Actions        nothing here: to GitHub an installation has no role in a repository
==================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from syncd.forge.client import Answer, Client
from syncd.model.remote import Probe, Project, Right

INSTALLATION = "ghs_"
_KINDS = {
    "ghp_": "classic token",
    "github_pat_": "fine-grained token",
    "gho_": "OAuth token",
    "ghu_": "token of a user of an App",
    INSTALLATION: "token of an installation",
}
_TRIAGE = frozenset({Right.ISSUES, Right.CLOSING})
_PUSH = _TRIAGE | {Right.LABELS, Right.MILESTONES}
"""Who may not push has labels and milestones silently dropped, and cannot make any (api-facts §C.1)."""


def granted(answer: Answer, token: str) -> frozenset[Right] | None:
    """The rights in the repository that ``answer`` describes, or None where it does not tell."""
    roles = answer.data.get("permissions") if isinstance(answer.data, dict) else None
    if not isinstance(roles, dict) or token.startswith(INSTALLATION):
        return None
    scopes = scopes_of(answer.headers)
    return _of_role(roles) & _of_scopes(scopes, private=bool(answer.data.get("private", True)))


def probed(project: Project, account: str, answer: Answer, client: Client) -> Probe:
    """All of it, as the last answers of ``client`` had it."""
    return Probe(
        project=project,
        account=account,
        token=_kind(client.token),
        scopes=scopes_of(answer.headers),
        expires=expiry(answer.headers.get("github-authentication-token-expiration", "")),
        budget=client.budget,
        skew=client.skew,
    )


def scopes_of(headers: Mapping[str, str]) -> tuple[str, ...] | None:
    """The scopes of a classic token, perhaps none; None for every other kind."""
    said = headers.get("x-oauth-scopes")
    return None if said is None else tuple(scope for scope in said.replace(",", " ").split() if scope)


def of_permissions(permissions: Mapping[str, Any]) -> frozenset[Right]:
    """The rights of an App's installation: labels and milestones belong to issues there."""
    hooks = {Right.HOOKS} if permissions.get("repository_hooks") == "write" else set()
    return (_PUSH if permissions.get("issues") == "write" else frozenset()) | hooks


def _of_role(roles: Mapping[str, Any]) -> frozenset[Right]:
    if roles.get("admin") or roles.get("maintain"):
        return _PUSH | ({Right.HOOKS} if roles.get("admin") else set())
    if roles.get("push"):
        return _PUSH
    return _TRIAGE if roles.get("triage") else frozenset()


def _of_scopes(scopes: Iterable[str] | None, *, private: bool) -> frozenset[Right]:
    if scopes is None:
        return frozenset(Right)
    held = frozenset(scopes)
    if "repo" in held:
        return frozenset(Right)
    hooks = frozenset({Right.HOOKS}) if held & {"admin:repo_hook", "write:repo_hook"} else frozenset()
    return _PUSH | hooks if "public_repo" in held and not private else hooks


def _kind(token: str) -> str:
    return next((kind for start, kind in _KINDS.items() if token.startswith(start)), "token")


def expiry(said: str) -> datetime | None:
    """When a token ends: ``2026-12-31 23:59:59 UTC``, or with an offset."""
    try:
        return datetime.fromisoformat(said.replace(" UTC", "+00:00")).astimezone(UTC)
    except ValueError:
        return None
