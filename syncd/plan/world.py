"""Everything that a plan is made from, as one value: no clock, no I/O, no order that could matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncd.model.changes import RoadmapChange
from syncd.model.links import KnownTask, Ledger
from syncd.model.outline import MilestoneKey, Outline, TaskKey
from syncd.model.policy import Policy
from syncd.model.remote import Capabilities, Snapshot, Unavailable
from syncd.model.values import Uid
from syncd.plan.actions import Held


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who: every task and milestone of a reading with its uid, provisional (``+...``) for what is new.

    ``gone`` are known tasks and milestones that stand nowhere any more; ``returned`` known-as-removed ones that are
    back. What is ``held`` is neither new nor gone: its keys and uids stay as they are until a person makes it clear.
    """

    tasks: Mapping[TaskKey, Uid]
    milestones: Mapping[MilestoneKey, Uid]
    gone: frozenset[Uid] = frozenset()
    returned: frozenset[Uid] = frozenset()
    held: tuple[Held, ...] = ()
    held_uids: frozenset[Uid] = frozenset()
    held_tasks: frozenset[TaskKey] = frozenset()
    kept_tasks: tuple[KnownTask, ...] = ()
    """What is gone or held; ``position`` is the number of lines that stand before it now (``~number`` if held)."""


@dataclass(frozen=True, slots=True)
class World:
    """One moment: the roadmap as read and matched, the state, and what was seen of every configured remote.

    ``no_place`` are the changes that the text could not carry when this plan was made before (design §3 *realise*),
    with the reason. ``scope_changed`` says that the mapping is not the one of the last run: whatever left, left because
    of configuration.
    """

    roadmap: str
    outline: Outline
    matching: Matching
    ledger: Ledger
    observations: Mapping[str, Snapshot | Unavailable]
    capabilities: Mapping[str, Capabilities]
    policy: Policy
    no_place: Mapping[RoadmapChange, str] = field(default_factory=dict)
    scope_changed: bool = False
