"""What was seen of a remote: a :class:`Snapshot`, or :class:`Unavailable` with a reason. Unobserved is not absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from syncd.model.values import Field, MilestoneState, TaskState, Uid, Value


class Ref(NamedTuple):
    """A remote's own identity: the number people see, and the immutable id that links go by (design §4)."""

    number: int
    id: str


@dataclass(frozen=True, slots=True)
class Marker:
    """What the managed block says of itself. It never makes or moves a link by itself (threat T6)."""

    roadmap: str
    lineage: str
    uid: Uid


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as its forge showed it. ``notes``, ``checklist`` and ``marker`` were read from the managed block.

    ``block`` is False where the body has no managed block (yet, or any more). ``updated_at`` is the forge's own text.
    """

    ref: Ref
    title: str
    state: TaskState
    milestone: int | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    due: date | None = None
    body: str = ""
    block: bool = False
    notes: str = ""
    checklist: tuple[tuple[str, bool], ...] = ()
    marker: Marker | None = None
    section: tuple[str, ...] = ()
    author: str = ""
    updated_at: str = ""
    url: str = ""

    def value(self, name: Field) -> Value:
        """The raw value of a field, as the table in :mod:`syncd.model.values` gives its form."""
        match name:
            case Field.TITLE:
                return self.title
            case Field.STATE:
                return self.state.value
            case Field.MILESTONE:
                return self.milestone
            case Field.CHECKLIST:
                return self.checklist
            case Field.NOTES:
                return self.notes
            case Field.LABELS:
                return tuple(sorted(self.labels))
            case Field.ASSIGNEES:
                return tuple(sorted(self.assignees))
            case Field.DUE:
                return self.due.isoformat() if self.due else None


@dataclass(frozen=True, slots=True)
class RemoteMilestone:
    """A milestone on a remote. ``open_issues`` guards the closing of one that people still use."""

    ref: Ref
    title: str
    state: MilestoneState
    due: date | None = None
    open_issues: int = 0
    writable: bool = True

    def value(self, name: Field) -> Value:
        """The raw value of a milestone field (title, state, due)."""
        match name:
            case Field.TITLE:
                return self.title
            case Field.STATE:
                return self.state.value
            case Field.DUE:
                return self.due.isoformat() if self.due else None
            case _:
                raise ValueError(f"a milestone has no {name.value}")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a forge can hold. A field it lacks is masked before anything is compared (design §10)."""

    fields: frozenset[Field]
    milestone_fields: frozenset[Field]
    title_limit: int = 255
    body_limit: int = 60_000
    label_limit: int = 50
    closed_reasons: bool = True
    """Whether closing knows a reason (completed, not planned); without it, dropped needs a label."""
    counts_open_issues: bool = True
    """Whether a milestone says how many open issues it holds; where it does not, the observed ones are counted."""


class Right(StrEnum):
    """What an account may do in a project, as far as syncd can come to need it."""

    ISSUES = "issues"
    """Create and change them."""
    CLOSING = "closing"
    LABELS = "labels"
    MILESTONES = "milestones"
    HOOKS = "hooks"


NEEDED = frozenset(Right) - {Right.HOOKS}
"""What a run cannot do without: a roadmap with a right missing would arrive in part."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project on a forge. ``id`` is immutable; ``name`` is what it is called now."""

    id: str
    name: str
    url: str
    writable: bool = True
    """False where it is archived."""
    issues: bool = True
    """False where issues are switched off."""
    rights: frozenset[Right] | None = None
    """What the account may do here, or None where the forge does not tell: the first write then does."""

    @property
    def lacking(self) -> tuple[Right, ...]:
        """The rights that a run needs and certainly has not."""
        return () if self.rights is None else tuple(right for right in Right if right in NEEDED - self.rights)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many requests a forge still takes before ``reset`` (by its own clock, aware, UTC)."""

    remaining: int
    limit: int
    reset: datetime


@dataclass(frozen=True, slots=True)
class Probe:
    """What a forge says of itself, of the token and of the project, found out by reading alone.

    ``project.rights`` are those of the account and its token together. ``expires`` is aware, UTC. ``skew`` is how
    many seconds the forge's clock is ahead of ours. ``features`` are what depends on the tier: by name, whether
    they are there, or None where that cannot be seen.
    """

    project: Project
    account: str
    token: str
    """What kind of token it is, for people."""
    scopes: tuple[str, ...] | None = None
    """What the token was given, where the forge tells."""
    expires: datetime | None = None
    budget: Budget | None = None
    skew: float | None = None
    features: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one reading brought: all issues if ``complete``, else those changed since the cursor it was asked with.

    ``cursor`` is the forge's own clock (its Date header, ISO 8601 with Z), to be stored with the data (I15).
    """

    project: Project
    issues: tuple[Issue, ...]
    milestones: tuple[RemoteMilestone, ...]
    cursor: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A remote as it stands: the stored observation, brought up to date by this run's.

    ``gone`` are linked issues confirmed as gone (design §6). ``missing`` were not found once, and are left alone.
    ``labels`` are the names of the remote's labels, or None where nobody had to ask.
    """

    remote: str
    project: Project
    issues: Mapping[int, Issue]
    milestones: Mapping[int, RemoteMilestone]
    account: str = ""
    labels: frozenset[str] | None = None
    gone: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    gone_milestones: frozenset[int] = frozenset()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A remote that could not be read in this run. Nothing is concluded from that, and its links stay as they are."""

    remote: str
    reason: str
    retry_at: datetime | None = None
    exit_code: int = 1


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One item of the block's task list; ``group`` is the heading above it, ``depth`` its nesting from 0."""

    text: str
    done: bool
    depth: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class BodyContent:
    """What the managed block shows (design §11). ``metadata`` are rows of a small table."""

    section: tuple[str, ...] = ()
    notes: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    checklist: tuple[ChecklistLine, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """An issue to be created, open. ``body`` is final: rendered, inert, within the limit."""

    title: str
    body: str
    milestone: Ref | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True)
class IssuePatch:
    """New raw values for exactly the ``fields`` named; whole sets, for forges replace them. Others stay untouched."""

    fields: frozenset[Field]
    title: str = ""
    body: str | None = None
    state: TaskState = TaskState.OPEN
    milestone: Ref | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True)
class MilestonePatch:
    """New values for exactly the ``fields`` named of a milestone; in a create, all of them."""

    fields: frozenset[Field]
    title: str = ""
    state: MilestoneState = MilestoneState.OPEN
    due: date | None = None
