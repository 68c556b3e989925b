"""Field values, their names, and the canonical forms in which two sides are compared.

Every value is JSON-native with tuples for lists, so that a base can be stored and compared without a
codec per field (design §5):

==========  ==========================================  ====================================
field       the roadmap's value (``ours``)              a remote's raw value (``theirs``)
==========  ==========================================  ====================================
title       str                                         str
state       :class:`TaskState` / :class:`MilestoneState`  the same
milestone   :data:`Uid` of the milestone, or None       the milestone's number, or None
checklist   ``((text, done), ...)`` in document order   the same, read from the managed block
notes       str                                         the same, read from the managed block
labels      ``((key, value), ...)`` sorted              all label names of the issue, sorted
assignees   names of the roadmap, sorted                all logins of the issue, sorted
due         ISO date or None                            the same
==========  ==========================================  ====================================
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import NewType, TypeAlias, Union

Uid = NewType("Uid", str)
"""Our identity of a task or milestone. ``+...`` is provisional: seen, planned, not yet minted."""

Value: TypeAlias = Union[bool, int, str, "tuple[Value, ...]", None]
"""A field value: JSON-native, hashable, tuples for lists."""

ROADMAP = "roadmap"
"""The roadmap's name among the sides of a merge; no remote may be called so."""


class TaskState(StrEnum):
    """How far a task is. A forge knows open and closed; in progress and dropped need a label or a reason there."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def closed(self) -> bool:
        """Whether an issue in this state is closed."""
        return self in (TaskState.DONE, TaskState.DROPPED)


class MilestoneState(StrEnum):
    """Whether a milestone still has work."""

    OPEN = "open"
    CLOSED = "closed"


class Kind(StrEnum):
    """What a uid stands for."""

    TASK = "task"
    MILESTONE = "milestone"


class Field(StrEnum):
    """The unit of merging."""

    TITLE = "title"
    STATE = "state"
    MILESTONE = "milestone"
    CHECKLIST = "checklist"
    NOTES = "notes"
    LABELS = "labels"
    ASSIGNEES = "assignees"
    DUE = "due"


TASK_FIELDS: tuple[Field, ...] = tuple(Field)
MILESTONE_FIELDS: tuple[Field, ...] = (Field.TITLE, Field.STATE, Field.DUE)


def provisional(uid: Uid) -> bool:
    """Whether a uid was not yet minted: it names something seen in this run only."""
    return uid.startswith("+")


def canonical_text(text: str) -> str:
    """Text as it is compared: LF line ends, no trailing blanks, NFC (api-facts §D)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines).strip("\n"))


def canonical_label(name: str) -> str:
    """A label's key: forges compare labels without case (api-facts §A.1)."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def one_line(text: str) -> str:
    """Any text as one line: every Unicode line break and control character becomes one space (threat T4)."""
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(part for part in plain.split(" ") if part)
