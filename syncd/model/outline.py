"""What a roadmap says, as it was read: milestones, tasks, and every box that is neither, with the reason.

``line`` numbers count from 1. A *key* names a task or milestone within one reading (its index in document
order); identity across readings is the uid, which only :mod:`syncd.plan.match` assigns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NewType

from syncd.model.values import Field, MilestoneState, TaskState, Uid, Value

TaskKey = NewType("TaskKey", int)
MilestoneKey = NewType("MilestoneKey", int)
TaskKind = Literal["box", "heading", "row"]


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A box under a task. ``depth`` is 0 directly under it; ``group`` is the bold or heading line above."""

    text: str
    state: TaskState
    line: int
    depth: int = 0
    group: str = ""

    @property
    def done(self) -> bool:
        """Whether a forge shows the box ticked: a dropped item needs no work either."""
        return self.state.closed


@dataclass(frozen=True, slots=True)
class Task:
    """A task as the roadmap shows it.

    ``labels`` are values by kind ("priority": "high"; "tags" may hold several), as the text spells them, folded to
    lower case. ``writable`` are the fields (and ``labels.KEY`` for each label key) for which the text has a place;
    state, title, milestone and checklist of a task always have one, and are not listed. ``depends`` is what the text
    says it waits for, in the author's own words (``Task 3.1``, ``T001``); the text itself stays where it is.
    """

    key: TaskKey
    title: str
    state: TaskState
    line: int
    kind: TaskKind
    milestone: MilestoneKey | None = None
    identifier: str | None = None
    section: tuple[str, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    notes: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    estimate: str | None = None
    due: date | None = None
    assignees: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    writable: frozenset[str] = frozenset()
    stamp: Uid | None = None

    def value(self, name: Field) -> Value:
        """The task's own value of a field, in the form of the table in :mod:`syncd.model.values`.

        The milestone is left out: a reading knows keys, a base holds uids (see :mod:`syncd.plan.fields`).
        """
        match name:
            case Field.TITLE:
                return self.title
            case Field.STATE:
                return self.state.value
            case Field.CHECKLIST:
                return tuple((item.text, item.done) for item in self.checklist)
            case Field.NOTES:
                return self.notes
            case Field.LABELS:
                return tuple(sorted(self.labels))
            case Field.ASSIGNEES:
                return tuple(sorted(self.assignees))
            case Field.DUE:
                return self.due.isoformat() if self.due else None
            case Field.MILESTONE:
                raise ValueError("a reading knows the milestone's key, not its uid")


@dataclass(frozen=True, slots=True)
class Milestone:
    """A heading that groups tasks. ``path`` are the cleaned titles of the headings above it, outermost first."""

    key: MilestoneKey
    title: str
    state: MilestoneState
    line: int
    due: date | None = None
    labels: tuple[tuple[str, str], ...] = ()
    path: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    writable: frozenset[str] = frozenset()
    stamp: Uid | None = None


@dataclass(frozen=True, slots=True)
class NotTasks:
    """Lines ``first`` to ``last`` hold ``boxes`` boxes that are not tasks, because of ``reason``."""

    first: int
    last: int
    boxes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001  (design §15 calls it so in the contract of `outline --json`)
    """Something a person may want to mend; ``code`` is stable, ``message`` is for people."""

    line: int
    code: str
    message: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the file is written; kept as it is (reading-roadmaps §1). ``eol`` is "lf", "crlf", "cr" or "mixed"."""

    bom: bool = False
    eol: str = "lf"
    mojibake: str | None = None
    final_newline: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What auto reading found, remembered after the first sync so that later edits do not change what a heading is.

    ``level`` is the heading level of the milestones (0: the document's title, or none), ``headings`` the cleaned
    titles of those that were milestones (reading-roadmaps §3, design §4).
    """

    level: int
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """One reading of a roadmap. ``boxes`` were counted independently of the reader (design §15)."""

    title: str = ""
    milestones: tuple[Milestone, ...] = ()
    unfiled: tuple[Task, ...] = ()
    not_tasks: tuple[NotTasks, ...] = ()
    warnings: tuple[Warning, ...] = ()
    spelling: Spelling = field(default_factory=Spelling)
    reading: Reading = field(default_factory=lambda: Reading(0))
    boxes: int = 0

    def tasks(self) -> Iterator[Task]:
        """All tasks: those of each milestone in document order, then the unfiled ones."""
        for milestone in self.milestones:
            yield from milestone.tasks
        yield from self.unfiled
