"""What shall change in the roadmap, before anyone has looked for the bytes.

The planner asks for these; :mod:`syncd.roadmap.editor` turns them into byte edits or says ``no-place``
(design §3 *realise*). Keys are those of the reading that the plan was made on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from syncd.model.outline import MilestoneKey, TaskKey
from syncd.model.values import Field, TaskState, Uid, Value


@dataclass(frozen=True, slots=True)
class SetTask:
    """One field of a task: title, state, labels (all ``(key, value)`` pairs), assignees or due."""

    task: TaskKey
    field: Field
    after: Value


@dataclass(frozen=True, slots=True)
class MoveTask:
    """A task with all that belongs to it goes to the end of another milestone."""

    task: TaskKey
    milestone: MilestoneKey


@dataclass(frozen=True, slots=True)
class TickItem:
    """One checklist item, by its index in the task's checklist, is ticked or unticked."""

    task: TaskKey
    item: int
    done: bool


@dataclass(frozen=True, slots=True)
class AddItem:
    """A checklist item that was added on a remote is appended after its last sibling."""

    task: TaskKey
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class AddTask:
    """An adopted issue becomes a task after the last one of its milestone (None: unfiled). ``uid`` is provisional.

    ``heading``: the title of a milestone that the roadmap does not have yet; it is made behind the others, with the
    task as its first.
    """

    uid: Uid
    milestone: MilestoneKey | None
    title: str
    state: TaskState
    heading: str = ""


@dataclass(frozen=True, slots=True)
class SetMilestone:
    """One field of a milestone: title, state or due."""

    milestone: MilestoneKey
    field: Field
    after: Value


@dataclass(frozen=True, slots=True)
class StampTask:
    """A hidden comment with the task's uid is put behind its title (``stamp: marker``)."""

    task: TaskKey
    uid: Uid


RoadmapChange: TypeAlias = SetTask | MoveTask | TickItem | AddItem | AddTask | SetMilestone | StampTask


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes ``start`` to ``end`` (half open) of the roadmap become ``text``, counted in the file's own bytes."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class LineEdit:
    """An edit as people read it: one line of the file, before → after (None: the line is new, or is gone)."""

    line: int
    before: str | None
    after: str | None
