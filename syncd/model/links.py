"""What the state remembers: who is linked to whom, what was settled last, and what is still in doubt.

State holds observations, never pending work (design §12). The only "work" in it are open intents: words written
before an effect, so that after a crash one can look instead of guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from syncd.model.outline import Reading
from syncd.model.remote import Ref
from syncd.model.values import Field, Kind, Uid, Value


@dataclass(frozen=True, slots=True)
class Pair:
    """One field of a base: the roadmap's value when it was settled last, and what the remote then showed, raw.

    The two may differ: a forge that drops an assignee is settled as such a pair and never fought over (design §5).
    """

    ours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Link:
    """A task (or milestone) and its issue (or milestone) on one remote, with the base of every settled field.

    ``managed`` are the labels that syncd put there, by canonical name; ``closed_by_us`` tells a returning line
    whether its issue may be reopened (design §6).
    """

    uid: Uid
    remote: str
    ref: Ref
    kind: Kind = Kind.TASK
    base: Mapping[Field, Pair] = field(default_factory=dict)
    managed: frozenset[str] = frozenset()
    closed_by_us: bool = False


TombstoneReason: TypeAlias = Literal["removed", "gone", "unlinked", "scope"]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What an ended link leaves: its issue is not adopted, its task not created again by itself (design §6)."""

    uid: Uid
    remote: str
    ref: Ref
    kind: Kind
    title: str
    reason: TombstoneReason
    closed_by_us: bool = False


@dataclass(frozen=True, slots=True)
class KnownTask:
    """Where a task was last seen. ``position`` is its index in document order; neighbours follow from it.

    While the task is held, ``position`` is ``~index`` (negative): what was doubtful once is not decided by a later
    run of its own accord. ``removed`` is True once the line left the roadmap: the uid is kept, for a line may return.
    """

    uid: Uid
    title: str
    identifier: str | None = None
    milestone: Uid | None = None
    section: tuple[str, ...] = ()
    occurrence: int = 0
    position: int = 0
    removed: bool = False


@dataclass(frozen=True, slots=True)
class KnownMilestone:
    """Where a milestone was last seen; ``path`` are the cleaned titles of the headings above it."""

    uid: Uid
    title: str
    path: tuple[str, ...] = ()
    position: int = 0
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Contest:
    """A conflict as it is kept: every contending value by side, and who won (None: held until a person decides)."""

    uid: Uid
    field: Field
    values: Mapping[str, Value]
    winner: str | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person took one value (``syncd conflicts take``): the next run puts it on all sides."""

    uid: Uid
    field: Field
    value: Value


IntentKind: TypeAlias = Literal[
    "write_roadmap", "create_issue", "update_issue", "create_milestone", "update_milestone", "create_label"
]


@dataclass(frozen=True, slots=True)
class Settle:
    """A base that moves: one field of one link is settled on this pair."""

    uid: Uid
    remote: str
    field: Field
    pair: Pair


@dataclass(frozen=True, slots=True)
class Intent:
    """Written and synced before an effect; closed only by evidence (I11).

    ``settles`` are the bases that the effect will move. ``before`` and ``after`` are hashes of the roadmap's bytes
    for ``write_roadmap``. ``number_floor`` is the highest number seen before a create:
    its issue can only lie above.
    ``tasks`` and ``milestones`` are what ``write_roadmap``
    will have made of those it changes: after a crash, a title that was pulled in must not look like a new task.
    ``unknown`` is True once the answer was lost, and ``since`` is then the moment from which the quarantine counts.
    """

    id: int
    kind: IntentKind
    remote: str
    uid: Uid
    since: datetime
    ref: Ref | None = None
    settles: tuple[Settle, ...] = ()
    before: str = ""
    after: str = ""
    number_floor: int = 0
    title: str = ""
    unknown: bool = False
    tasks: tuple[KnownTask, ...] = ()
    milestones: tuple[KnownMilestone, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownRemote:
    """What is pinned of a remote: the project's immutable id, its last name, our account, the reading cursor."""

    name: str
    project_id: str
    project_name: str
    account: str = ""
    cursor: str = ""
    swept_at: datetime | None = None
    synced: bool = False
    """Whether a first sync with this remote was completed (later limits apply then)."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A plan that a person approved: its digest, and the keys of its actions that were not used yet."""

    digest: str
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the state knows of one roadmap, as one immutable value."""

    roadmap: str
    lineage: str
    serial: int = 0
    tasks: Mapping[Uid, KnownTask] = field(default_factory=dict)
    milestones: Mapping[Uid, KnownMilestone] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    contests: tuple[Contest, ...] = ()
    decisions: tuple[Decision, ...] = ()
    intents: tuple[Intent, ...] = ()
    remotes: Mapping[str, KnownRemote] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    reading: Reading | None = None
    scope: str = ""
    """Fingerprint of what decides which lines are tasks: a change of it is the operator's, not the author's."""
    branch: str = ""

    def link(self, uid: Uid, remote: str) -> Link | None:
        """The link of a uid on a remote, if there is one."""
        return next((link for link in self.links if link.uid == uid and link.remote == remote), None)
