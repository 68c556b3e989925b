"""What GitLab tells of a token, of whoever it belongs to, and of what the installation was paid for (api-facts §F.2).

The role stands in the answer about the project; what the token itself may do, only in an answer of its own. Nowhere
is said on which tier a project is: it shows in a key that Premium adds to the project (``issues_template``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from syncd.errors import AccessRefused, Rejected
from syncd.forge.client import MALFORMED, Client, Json
from syncd.model.remote import Probe, Project, Right

GUEST, PLANNER, MAINTAINER = 10, 15, 40
_PLANNING = frozenset(Right) - {Right.HOOKS}
_WHOLE = frozenset({"api"})
_UNKNOWN_TOKEN = "token"  # noqa: S105 - the word for one


def granted(data: Json) -> frozenset[Right] | None:
    """The rights of the account in a project as GitLab shows it, or None where it shows no role.

    That is so for members of a group the project was shared with, for administrators, and for strangers.
    """
    said = data.get("permissions") if isinstance(data, dict) else None
    if not isinstance(said, dict):
        return None
    roles = [role for role in said.values() if isinstance(role, dict)]
    levels = [level for role in roles if isinstance(level := role.get("access_level"), int)]
    return _of_level(max(levels)) if levels else None


def probed(project: Project, data: Json, client: Client) -> Probe:
    """Asks for the account and the token; for the role only if the project does not show it."""
    user = client.read("/user").data
    account, number = client.seen(lambda one: (str(one["username"]), int(one["id"])), user)
    token = _token(client)
    rights = project.rights
    if rights is None:
        rights = frozenset(Right) if user.get("is_admin") else _member(client, project, number)
    scopes = _scopes(token)
    if scopes is not None and not _WHOLE & set(scopes):
        rights = frozenset()
    return Probe(
        project=replace(project, rights=rights),
        account=account,
        token=_kind(user, token),
        scopes=scopes,
        expires=_expiry(token.get("expires_at")),
        budget=client.budget,
        skew=client.skew,
        features=_features(data),
    )


def _token(client: Client) -> dict[str, Any]:
    """What the token says of itself. OAuth tokens and old installations say nothing."""
    try:
        found = client.read("/personal_access_tokens/self").data
    except Rejected:
        return {}
    return found if isinstance(found, dict) else {}


def _member(client: Client, project: Project, user: int) -> frozenset[Right] | None:
    try:
        found = client.read(f"/projects/{project.id}/members/all/{user}").data
    except AccessRefused as error:
        # Whoever is no member at all may only read; whoever may not ask is not told.
        return frozenset() if error.status == 404 else None
    try:
        return _of_level(int(found["access_level"]))
    except MALFORMED:
        return None


def _of_level(level: int) -> frozenset[Right]:
    """Guests can open issues, but neither label nor plan them; hooks are for maintainers."""
    if level >= MAINTAINER:
        return frozenset(Right)
    if level >= PLANNER:
        return _PLANNING
    return frozenset({Right.ISSUES}) if level >= GUEST else frozenset()


def _scopes(token: dict[str, Any]) -> tuple[str, ...] | None:
    said = token.get("scopes")
    return tuple(map(str, said)) if isinstance(said, Iterable) and not isinstance(said, str) else None


def _kind(user: Json, token: dict[str, Any]) -> str:
    if user.get("bot"):
        return "token of a project or group"
    return "personal token" if token else _UNKNOWN_TOKEN


def _expiry(said: object) -> datetime | None:
    """Tokens end at the beginning of that day, UTC."""
    try:
        return datetime.fromisoformat(str(said)).replace(tzinfo=UTC)
    except ValueError:
        return None


def _features(data: Json) -> dict[str, bool | None]:
    if not isinstance(data, dict):
        return {}
    paid = "issues_template" in data
    namespace = data.get("namespace")
    kind = namespace.get("kind") if isinstance(namespace, dict) else None
    return {
        "scoped labels": paid,
        "several assignees": paid,
        "group milestones": None if kind is None else kind == "group",
    }
