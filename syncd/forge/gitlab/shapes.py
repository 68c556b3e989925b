"""GitLab's JSON as our values, and ours as GitLab's JSON (api-facts §C.5, §C.6, §H).

GitLab has two states of an issue and no reason for closing. An issue that was dropped is a closed one with a label,
which is ours alone: it is added and taken off with the state, and nobody else sees it among the labels.

Milestones go by their global id, as number and as id. Their ``iid`` counts anew in each project and each group, and
issues may be in milestones of both: only the global id is unique among them, and only by it are they written.

Every reader here raises KeyError, TypeError, ValueError or AttributeError for what is not of GitLab's form; the caller
knows whether a read was in vain or a write is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from syncd.forge.body import inert_title, plain_title, read
from syncd.model.remote import Issue, IssueDraft, IssuePatch, MilestonePatch, Project, Ref, RemoteMilestone
from syncd.model.values import Field, MilestoneState, TaskState, canonical_label

TITLE_LIMIT = 255
NOBODY = [0]
"""Takes all assignees away; an empty list might as well mean that nothing was said of them."""
NO_MILESTONE = 0
NO_DATE = ""
_SLASH = re.compile(r"^([^\S\n]*)/", re.MULTILINE)

Json = Any
Body = dict[str, Json]


def project(data: Json) -> Project:
    """A project. Archived ones can be read, those without issues have none."""
    access = data.get("issues_access_level")
    return Project(
        id=str(int(data["id"])),
        name=str(data["path_with_namespace"]),
        url=str(data["web_url"]),
        writable=not data.get("archived", False),
        issues=access != "disabled" if access else bool(data.get("issues_enabled", True)),
    )


def issue(data: Json, dropped: str) -> Issue:
    """An issue, with its managed block read. ``dropped`` is the label of those that were dropped."""
    body = data["description"] or ""
    block = read(body)
    borne = bearing(data, dropped)
    return Issue(
        ref=Ref(int(data["iid"]), str(int(data["id"]))),
        title=plain_title(data["title"]),
        state=_state(data["state"], bool(borne)),
        milestone=int(data["milestone"]["id"]) if data["milestone"] else None,
        labels=tuple(name for name in map(label, data["labels"]) if name not in borne),
        assignees=tuple(str(user["username"]) for user in data["assignees"] or ()),
        due=_day(data["due_date"]),
        body=body,
        block=block.block is not None,
        notes=block.notes,
        checklist=tuple((line.text, line.done) for line in block.checklist),
        marker=block.marker,
        section=block.section,
        author=str(data["author"]["username"]) if data["author"] else "",
        updated_at=_moment(data["updated_at"]),
        url=str(data["web_url"]),
    )


def bearing(data: Json, dropped: str) -> tuple[str, ...]:
    """The labels of an issue that say that it was dropped, in their spelling: GitLab tells cases apart, we do not."""
    wanted = canonical_label(dropped)
    return tuple(name for name in map(label, data["labels"]) if canonical_label(name) == wanted)


def left(data: Json, home: int) -> bool:
    """Whether an issue was moved to another project: it stays behind, closed (api-facts §B.4)."""
    return data.get("moved_to_id") is not None or int(data["project_id"]) != home


def hidden(data: Json) -> bool:
    """Whether an issue is confidential and not of our making: it must not appear in a roadmap that others read."""
    return bool(data.get("confidential", False)) and read(data["description"] or "").marker is None


def milestone(data: Json) -> RemoteMilestone:
    """A milestone of the project, or one of a group, which other projects share: it is not ours to change.

    How many open issues it holds is not said (see :attr:`syncd.model.remote.Capabilities.counts_open_issues`).
    """
    number = int(data["id"])
    return RemoteMilestone(
        ref=Ref(number, str(number)),
        title=plain_title(data["title"]),
        state={"active": MilestoneState.OPEN, "closed": MilestoneState.CLOSED}[data["state"]],
        due=_day(data["due_date"]),
        writable=data.get("group_id") is None,
    )


def label(data: Json) -> str:
    """The name of a label."""
    return str(data if isinstance(data, str) else data["name"])


def draft_body(draft: IssueDraft, assignees: Sequence[int]) -> Body:
    """What creates an issue; ``assignees`` are the ids of those of its people that there are."""
    body: Body = {"title": inert_title(draft.title, TITLE_LIMIT), "description": _shielded(draft.body)}
    if draft.milestone:
        body["milestone_id"] = draft.milestone.number
    if draft.labels:
        body["labels"] = sendable(draft.labels)
    if assignees:
        body["assignee_ids"] = list(assignees)
    if draft.due:
        body["due_date"] = draft.due.isoformat()
    return body


def patch_body(patch: IssuePatch, assignees: Sequence[int], dropped: str, borne: Sequence[str]) -> Body:
    """Exactly the fields named, with whole sets. ``borne`` are the issue's present labels for dropped."""
    body: Body = {}
    if Field.TITLE in patch.fields:
        body["title"] = inert_title(patch.title, TITLE_LIMIT)
    if patch.body is not None:
        body["description"] = _shielded(patch.body)
    if Field.STATE in patch.fields:
        # Said in any case: GitLab makes nothing of a state that it is in already.
        body["state_event"] = "close" if patch.state.closed else "reopen"
    if Field.MILESTONE in patch.fields:
        body["milestone_id"] = patch.milestone.number if patch.milestone else NO_MILESTONE
    if Field.ASSIGNEES in patch.fields:
        body["assignee_ids"] = list(assignees) or NOBODY
    if Field.DUE in patch.fields:
        body["due_date"] = patch.due.isoformat() if patch.due else NO_DATE
    return body | _labels(patch, dropped, borne)


def milestone_body(patch: MilestonePatch) -> Body:
    """Exactly the fields named."""
    body: Body = {}
    if Field.TITLE in patch.fields:
        body["title"] = inert_title(patch.title, TITLE_LIMIT)
    if Field.STATE in patch.fields:
        body["state_event"] = "close" if patch.state is MilestoneState.CLOSED else "activate"
    if Field.DUE in patch.fields:
        body["due_date"] = patch.due.isoformat() if patch.due else NO_DATE
    return body


def new_milestone_body(draft: MilestonePatch) -> Body:
    """The same for one that does not exist yet: it is open, and has no date to be taken away."""
    return {key: value for key, value in milestone_body(draft).items() if value and key != "state_event"}


def sendable(labels: Iterable[str]) -> list[str]:
    """Labels as they can be sent. One with a comma would arrive as two, and both would be made (api-facts §C.5)."""
    return [name for name in labels if "," not in name]


def _shielded(body: str) -> str:
    r"""The body with ``\/`` for the slash at the start of every line of our block, in code as well.

    A block leaves slashes in code alone. But people write above it, and a fence or quote that they leave open makes
    of our code a paragraph, whose commands GitLab would carry out with our rights (api-facts §D.2). Read, it is the
    same block.
    """
    found = read(body)
    return found.before + _SLASH.sub(r"\1\\/", found.block) + found.after if found.block is not None else body


def _labels(patch: IssuePatch, dropped: str, borne: Sequence[str]) -> Body:
    drops = patch.state is TaskState.DROPPED if Field.STATE in patch.fields else bool(borne)
    ours = list(borne or (dropped,)) if drops else []
    if Field.LABELS in patch.fields:
        return {"labels": [*sendable(patch.labels), *ours]}
    if Field.STATE not in patch.fields:
        return {}
    return {"add_labels": ours} if drops else {"remove_labels": sorted({dropped, *borne})}


def _state(state: str, dropped: bool) -> TaskState:
    match state:
        case "opened":
            return TaskState.OPEN
        case "closed":
            return TaskState.DROPPED if dropped else TaskState.DONE
        case _:
            raise ValueError(f"no state of an issue: {state}")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str) -> str:
    """A time as UTC: an instance may tell its own time zone, and stored times are compared as text."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time of no zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
