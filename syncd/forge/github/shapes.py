"""GitHub's JSON as our values, and ours as GitHub's JSON (api-facts §C, §H, §J.4).

Every reader here raises KeyError, TypeError, ValueError or AttributeError for what is not of GitHub's form; the caller
knows whether a read was in vain or a write is in doubt. Text of people is made one line where it names something.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypedDict

from syncd.forge.body import inert_title, plain_title, read
from syncd.model.remote import Issue, IssueDraft, IssuePatch, MilestonePatch, Project, Ref, RemoteMilestone
from syncd.model.values import Field, MilestoneState, TaskState

TITLE_LIMIT = 255

Json = Any
Body = dict[str, Json]


class Closing(TypedDict):
    """A state as GitHub takes it; the reason counts only where the state changes with it (api-facts §C.1)."""

    state: str
    state_reason: str


def project(data: Json) -> Project:
    """A repository. Archived ones can be read, those without issues have none."""
    return Project(
        id=str(int(data["id"])),
        name=str(data["full_name"]),
        url=str(data["html_url"]),
        writable=not data.get("archived", False) and not data.get("disabled", False),
        issues=bool(data.get("has_issues", True)),
    )


def is_issue(data: Json) -> bool:
    """Whether an item of the issue list is no pull request."""
    return "pull_request" not in data


def issue(data: Json) -> Issue:
    """An issue, with its managed block read."""
    body = data["body"] or ""
    block = read(body)
    return Issue(
        ref=Ref(int(data["number"]), str(int(data["id"]))),
        title=plain_title(data["title"]),
        state=task_state(data["state"], data.get("state_reason")),
        milestone=int(data["milestone"]["number"]) if data["milestone"] else None,
        labels=tuple(_name(label) for label in data["labels"]),
        assignees=tuple(str(user["login"]) for user in data["assignees"] or ()),
        body=body,
        block=block.block is not None,
        notes=block.notes,
        checklist=tuple((line.text, line.done) for line in block.checklist),
        marker=block.marker,
        section=block.section,
        # The account of somebody who left is null.
        author=str(data["user"]["login"]) if data["user"] else "",
        updated_at=str(data["updated_at"]),
        url=str(data["html_url"]),
    )


def task_state(state: str, reason: str | None) -> TaskState:
    """Closed without a reason, as all were once, counts as completed; a duplicate is no work of its own."""
    match state:
        case "open":
            return TaskState.OPEN
        case "closed":
            return TaskState.DROPPED if reason in ("not_planned", "duplicate") else TaskState.DONE
        case _:
            raise ValueError(f"no state of an issue: {state}")


def milestone(data: Json) -> RemoteMilestone:
    """A milestone. GitHub shows ``due_on`` as midnight on the Pacific coast: its UTC date is the day that was meant."""
    return RemoteMilestone(
        ref=Ref(int(data["number"]), str(int(data["id"]))),
        title=plain_title(data["title"]),
        state=MilestoneState(data["state"]),
        due=_due_in(data["due_on"]),
        open_issues=int(data["open_issues"]),
    )


def label(data: Json) -> str:
    """The name of a label."""
    return _name(data)


def draft_body(draft: IssueDraft) -> Body:
    """What creates an issue. Empty sets are left out: without push rights even they may offend (api-facts §C.1)."""
    body: Body = {"title": inert_title(draft.title, TITLE_LIMIT), "body": draft.body}
    if draft.milestone:
        body["milestone"] = draft.milestone.number
    if draft.labels:
        body["labels"] = list(draft.labels)
    if draft.assignees:
        body["assignees"] = list(draft.assignees)
    return body


def patch_body(patch: IssuePatch) -> Body:
    """Exactly the fields named, with whole sets; JSON null takes an issue out of its milestone."""
    body: Body = {}
    if Field.TITLE in patch.fields:
        body["title"] = inert_title(patch.title, TITLE_LIMIT)
    if patch.body is not None:
        body["body"] = patch.body
    if Field.STATE in patch.fields:
        body |= closing(patch.state) if patch.state.closed else {"state": "open"}
    if Field.MILESTONE in patch.fields:
        body["milestone"] = patch.milestone.number if patch.milestone else None
    if Field.LABELS in patch.fields:
        body["labels"] = list(patch.labels)
    if Field.ASSIGNEES in patch.fields:
        body["assignees"] = list(patch.assignees)
    return body


def closing(state: TaskState) -> Closing:
    """How an issue is closed as done or dropped."""
    return {"state": "closed", "state_reason": "not_planned" if state is TaskState.DROPPED else "completed"}


def milestone_body(patch: MilestonePatch) -> Body:
    """Exactly the fields named; null takes the date away."""
    body: Body = {}
    if Field.TITLE in patch.fields:
        body["title"] = inert_title(patch.title, TITLE_LIMIT)
    if Field.STATE in patch.fields:
        body["state"] = patch.state.value
    if Field.DUE in patch.fields:
        body["due_on"] = due_out(patch.due)
    return body


def new_milestone_body(draft: MilestonePatch) -> Body:
    """The same for one that does not exist yet, which has no date to be taken away."""
    return {key: value for key, value in milestone_body(draft).items() if value is not None}


def due_out(day: date | None) -> str | None:
    """Noon UTC: the same day on the Pacific coast all the year, where GitHub cuts the time off (api-facts §C.2)."""
    return f"{day.isoformat()}T12:00:00Z" if day else None


def _due_in(text: str | None) -> date | None:
    return datetime.fromisoformat(text).astimezone(UTC).date() if text else None


def _name(found: Json) -> str:
    return str(found if isinstance(found, str) else found["name"])
