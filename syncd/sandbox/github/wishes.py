"""What a request's JSON asks for, in the tracker's words; or GitHub's refusal of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from syncd.sandbox import people, planning
from syncd.sandbox.clock import parse_stamp
from syncd.sandbox.github.call import Call
from syncd.sandbox.github.refusals import invalid, malformed, too_long
from syncd.sandbox.pacific import day_of
from syncd.sandbox.records import Issue, IssueFields, MilestoneFields, Project, Role

TITLE, BODY, LABEL, LABELS, DESCRIPTION, ASSIGNEES = 256, 65_536, 50, 100, 100, 10
MILESTONE_TITLE = 255
"""Limits in characters and pieces (api-facts A.1); those of titles are from memory."""

Json = Mapping[str, Any]
_NAMES = {str: "a string", list: "an array", dict: "an object", int: "an integer", bool: "a boolean"}


def expect(body: Json, name: str, *types: type) -> Any:
    """The member of that name, of one of these types. Raises Refused (422 Invalid request)."""
    value = body[name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        wanted = " or ".join(_NAMES[one] for one in types if one in _NAMES)
        raise malformed(f"For 'properties/{name}', {_json(value)} is not {wanted}.")
    return value


def _json(value: Any) -> str:
    return "nil" if value is None else json.dumps(value)


def require(body: Json, name: str) -> None:
    if name not in body:
        raise malformed(f'"{name}" wasn\'t supplied.')


def issue_wish(call: Call, project: Project, body: Json, issue: Issue | None = None) -> IssueFields:
    """The fields of a create or an update. Without the right to triage, most are dropped in silence."""
    wish: IssueFields = {}
    if body.get("title") is not None:
        wish["title"] = _title(body)
    if "body" in body:
        wish["body"] = _text(body)
    if "state" in body and issue is not None:
        wish["state"], wish["reason"] = _state(body)
    planned = _planned(call, project, body)
    if call.role(project) >= Role.TRIAGE:
        wish.update(planned)
    return wish


def _title(body: Json) -> str:
    title = str(expect(body, "title", str, int)).strip()
    if not title:
        raise invalid("Issue", "title", "missing_field")
    if len(title) > TITLE:
        raise too_long("Issue", "title", TITLE)
    return title


def _text(body: Json) -> str | None:
    text: str | None = expect(body, "body", str, type(None))
    if text and len(text) > BODY:
        raise too_long("Issue", "body", BODY)
    return text


def _state(body: Json) -> tuple[Any, str | None]:
    state = body["state"]
    if state not in ("open", "closed"):
        raise invalid("Issue", "state", "invalid", value=state)
    reason = body.get("state_reason")
    if reason not in (None, "completed", "not_planned", "duplicate", "reopened"):
        raise invalid("Issue", "state_reason", "invalid", value=reason)
    return state, reason


def _planned(call: Call, project: Project, body: Json) -> IssueFields:
    wish: IssueFields = {}
    if "labels" in body:
        wish["labels"] = label_names(expect(body, "labels", list))
    if "assignees" in body or body.get("assignee"):
        wish["assignees"] = _assignees(call, project, body)
    if "milestone" in body:
        wish["milestone"] = _milestone(call, project, body["milestone"])
    return wish


def label_names(entries: list[Any]) -> list[str]:
    """Names, or objects that have one. Raises Refused for too long ones and too many."""
    names = [entry["name"] if isinstance(entry, dict) and "name" in entry else entry for entry in entries]
    for name in names:
        if not isinstance(name, str):
            raise malformed(f"For 'items', {_json(name)} is not a string.")
        check_label_name(name)
    if len({name.casefold() for name in names}) > LABELS:
        raise invalid("Issue", "labels", "custom", message=f"Issues cannot have more than {LABELS} labels")
    return names


def check_label_name(name: str) -> None:
    if not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > LABEL:
        raise invalid("Label", "name", "invalid", value=name)


def _assignees(call: Call, project: Project, body: Json) -> list[str]:
    """Somebody to whom nothing can be assigned makes the whole request fail (the additive route ignores them)."""
    logins = expect(body, "assignees", list) if "assignees" in body else [body["assignee"]]
    if call.role(project) >= Role.TRIAGE:
        for login in logins:
            if not isinstance(login, str) or people.assignable(call.world, project, login) is None:
                raise invalid("Issue", "assignees", "invalid", value=login)
    return logins[:ASSIGNEES]


def _milestone(call: Call, project: Project, number: Any) -> int | None:
    if number is None:
        return None
    by_number = int(number) if str(number).isdecimal() else -1
    found = planning.find_milestone(call.world, project.id, by_number)
    if found is None:
        raise invalid("Issue", "milestone", "invalid", value=number)
    return found.id


def milestone_wish(body: Json) -> MilestoneFields:
    """`due_on` loses its time of day and becomes a Pacific day (api-facts C.2)."""
    wish: MilestoneFields = {}
    if "title" in body:
        wish["title"] = expect(body, "title", str).strip()
        if not wish["title"]:
            raise invalid("Milestone", "title", "missing_field")
        if len(wish["title"]) > MILESTONE_TITLE:
            raise too_long("Milestone", "title", MILESTONE_TITLE)
    if "description" in body:
        wish["description"] = expect(body, "description", str, type(None))
    if "state" in body:
        if body["state"] not in ("open", "closed"):
            raise invalid("Milestone", "state", "invalid", value=body["state"])
        wish["state"] = body["state"]
    if "due_on" in body:
        wish["due"] = _due(body["due_on"])
    return wish


def _due(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return day_of(parse_stamp(value)).isoformat()
    except (TypeError, ValueError):
        raise malformed(f"For 'properties/due_on', {_json(value)} is not a valid date-time.") from None
