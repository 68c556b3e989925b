"""The plan: a sorted, immutable value that a person reviews and a machine executes (design §7).

An action is one effect on one remote, or one word in the state. Uids may be provisional (``+...``) until the guard
has passed; the engine mints and replaces them before the first effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from syncd.model.changes import Edit, LineEdit, RoadmapChange
from syncd.model.links import Contest, Decision, Settle, TombstoneReason
from syncd.model.remote import BodyContent, Ref
from syncd.model.values import Field, Kind, MilestoneState, TaskState, Uid, Value


class ActionKind(StrEnum):
    """In the order in which they are applied: parents before children, words in the state first."""

    LINK = "link"
    REBASE = "rebase"
    UNLINK = "unlink"
    CREATE_LABEL = "create_label"
    CREATE_MILESTONE = "create_milestone"
    UPDATE_MILESTONE = "update_milestone"
    CREATE_ISSUE = "create_issue"
    UPDATE_ISSUE = "update_issue"
    CLOSE_MILESTONE = "close_milestone"
    """An ``update_milestone`` that closes one: after its issues, so that nobody sees it closed with work in it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before → after, as people read it (both sides in the remote's own words)."""

    field: Field
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class IssueTarget:
    """The whole issue as it shall be. ``labels`` and ``assignees`` are the managed members only; the others stay.

    ``milestone`` is our uid (its number may not exist yet). ``content`` is what the managed block shall show, or None
    where the block is not touched.
    """

    title: str
    state: TaskState
    milestone: Uid | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    due: str | None = None
    content: BodyContent | None = None


@dataclass(frozen=True, slots=True)
class MilestoneTarget:
    """The whole milestone as it shall be."""

    title: str
    state: MilestoneState
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One effect on a remote, or one word in the state.

    ``ref`` is None for what does not exist yet: a create, or the closing of an issue that this plan creates.
    ``ours`` are the roadmap's values that the base will hold once the effect is done; what the remote answers
    becomes ``theirs``. ``settles`` of link and rebase are complete pairs already. ``remove_labels`` and
    ``remove_assignees`` are managed members that shall go, canonical; whatever else the fresh read shows stays.
    """

    kind: ActionKind
    remote: str
    uid: Uid
    title: str
    ref: Ref | None = None
    changes: tuple[Change, ...] = ()
    target: IssueTarget | MilestoneTarget | None = None
    ours: Mapping[Field, Value] = field(default_factory=dict)
    settles: tuple[Settle, ...] = ()
    remove_labels: frozenset[str] = frozenset()
    remove_assignees: frozenset[str] = frozenset()
    reason: str = ""
    of: Kind = Kind.TASK
    ends: TombstoneReason | None = None
    """For ``unlink``: what the tombstone will say."""
    closes_by_removal: bool = False
    """For ``update_issue``: closes the issue of a removed task; apply ends its link in the same transaction."""
    adopts: bool = False
    path: tuple[str, ...] = ()
    """Milestone title, sections: what stands for a uid in the digest, with title and occurrence."""
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Contending values of one field. ``winner`` is the side that policy or a person chose; None: held."""

    uid: Uid
    title: str
    field: Field
    values: Mapping[str, Value]
    winner: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A task, milestone or issue that this run leaves alone, and why, in a sentence that says what to do."""

    uid: Uid
    title: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person may want to know; never enters the digest."""

    code: Literal[
        "not-applied", "no-place", "gone", "renamed", "removed", "unavailable", "body-cut", "edited", "other"
    ]
    message: str
    uid: Uid | None = None


@dataclass(frozen=True, slots=True)
class RemotePlan:
    """What the plan says of one remote: as whom syncd writes, where, and how many people may get mail."""

    remote: str
    project: str
    url: str
    account: str
    linked: int = 0
    mail: int = 0
    first: bool = False
    unavailable: str = ""
    retry_at: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one run will do. Empty means: in step, nothing will be written anywhere.

    ``changes`` are what the roadmap shall say, ``edits`` and ``lines`` the bytes that say it (filled in by *realise*).
    ``after_write`` are the bases that move once the roadmap is written. ``uses`` are the decisions
    of people that this plan obeys.
    """

    roadmap: str
    remotes: tuple[RemotePlan, ...] = ()
    changes: tuple[RoadmapChange, ...] = ()
    edits: tuple[Edit, ...] = ()
    lines: tuple[LineEdit, ...] = ()
    actions: tuple[Action, ...] = ()
    after_write: tuple[Settle, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    held: tuple[Held, ...] = ()
    notes: tuple[Note, ...] = ()
    uses: tuple[Decision, ...] = ()
    contests: tuple[Contest, ...] = ()
    """The conflicts as the state shall keep them after this run (held ones, and losers of settled ones)."""
    uids: Mapping[Uid, Uid] = field(default_factory=dict)
    """Provisional uid → the uid to take instead of a minted one: in recovery, the one that the marker carries."""
    recovery: bool = False
    """True where the state knows nothing but the remote carries our markers: links only, needs approval (design §4)."""
    lineage: str = ""
    """In recovery: the lineage that the markers carry; the state takes it over, or it would be a stranger to them."""

    @property
    def empty(self) -> bool:
        """Whether nothing at all would be written: no byte, no request, no word in the state."""
        return not (self.changes or self.actions or self.after_write or self.uses)
