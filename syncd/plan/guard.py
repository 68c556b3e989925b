"""The last look before anything is written: how much may one run do without asking (design §7, I6)?

Whatever the cause of a bad plan (a torn file, a wrong mapping, an empty answer), it shows in the arithmetic. Over a
limit *nothing* of the plan is applied; a person may approve exactly this plan by its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from syncd.model.changes import (
    AddItem,
    AddTask,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.links import Approval
from syncd.model.remote import Snapshot
from syncd.model.values import ROADMAP, Kind, Uid
from syncd.plan.actions import Action, ActionKind, Plan
from syncd.plan.digest import action_key, digest, edits_key
from syncd.plan.world import World

SMALL = 10
"""From this many tasks up, an empty side or a change of everything is a fault until a person says otherwise."""

What: TypeAlias = Literal[
    "create", "create_milestone", "adopt", "update", "update_milestone", "edit", "close",
    "roadmap-empty", "remote-empty", "everything", "project", "scope", "recovery", "assumed", "moved",
]  # fmt: skip

_UPDATES = (ActionKind.UPDATE_ISSUE, ActionKind.UPDATE_MILESTONE, ActionKind.CLOSE_MILESTONE)
_CREATES = (ActionKind.CREATE_ISSUE, ActionKind.CREATE_MILESTONE)

_WORDS: Mapping[What, str] = {
    "create": "issues would be created",
    "create_milestone": "milestones would be created",
    "adopt": "issues would be adopted into the roadmap",
    "update": "issues would be updated",
    "update_milestone": "milestones would be updated",
    "edit": "tasks and milestones of the roadmap would be edited",
    "close": "issues would be closed because their tasks are gone",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One limit that the plan exceeds: ``count`` of ``population``, where ``limit`` may pass without being asked.

    ``remote`` is "roadmap" for edits. ``over`` are the keys of all that was counted. ``final``: no approval helps.
    """

    remote: str
    what: What
    count: int
    limit: int
    population: int
    reason: str
    over: frozenset[str] = frozenset()
    final: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says of a plan.

    ``grants`` is the approval to store before the first effect (``--approve`` named this digest). ``spends`` are the
    keys of this plan that stored approvals cover, by their digests: each is used up once its action is done.
    """

    digest: str
    refusals: tuple[Refusal, ...] = ()
    grants: Approval | None = None
    spends: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether nothing of the plan may be applied."""
        given = frozenset[str]().union(*self.spends.values(), self.grants.actions if self.grants else ())
        return any(refusal.final or not refusal.over <= given for refusal in self.refusals)


def guard(plan: Plan, world: World, *, approve: str = "", assumed: bool = False) -> Verdict:
    """Weighs a plan. ``approve`` is the digest a person named now; ``assumed``: nobody configured the remote."""
    own = approval(plan)
    found = [*_remotes(plan, world), *_roadmap(plan, world), *_whole(plan, world, own, assumed=assumed)]
    found += _moved(plan, own, approve, world.ledger.approvals)
    return Verdict(
        own.digest,
        tuple(sorted(found, key=lambda refusal: (refusal.remote, refusal.what))),
        grants=own if approve and approve == own.digest else None,
        spends=_covered(own, world.ledger.approvals),
    )


def approval(plan: Plan) -> Approval:
    """What a person approves with a plan's digest: every action, and all edits of the roadmap as one."""
    keys = {action_key(action) for action in plan.actions}
    if plan.changes or plan.edits:
        keys.add(edits_key(plan))
    return Approval(digest(plan), frozenset(keys))


def _covered(own: Approval, stored: Iterable[Approval]) -> dict[str, frozenset[str]]:
    """Keys of this plan by the stored approval that covers them; no key is spent twice."""
    left, spends = own.actions, {}
    for one in stored:
        if mine := left & one.actions:
            spends[one.digest] = mine
            left -= mine
    return spends


def _moved(plan: Plan, own: Approval, approve: str, stored: Sequence[Approval]) -> Iterator[Refusal]:
    """An approved plan is applied exactly, or what is left of it after an interruption, or not at all (I14)."""
    resumed = any(one.digest == approve and own.actions <= one.actions for one in stored)
    if approve and approve != own.digest and not resumed and not plan.empty:
        reason = f"the world has moved: the plan is {own.digest[:12]} now, not the approved {approve[:12]}"
        yield Refusal(ROADMAP, "moved", 1, 0, 1, reason, final=True)


# --- per remote ------------------------------------------------------------------------------------------------------


def _remotes(plan: Plan, world: World) -> Iterator[Refusal]:
    for remote in sorted({*world.observations, *(action.remote for action in plan.actions)}):
        actions = [action for action in plan.actions if action.remote == remote]
        yield from _counts(remote, actions, world)
        yield from _everything(remote, actions, world)
        yield from _empty_remote(remote, actions, world)
        yield from _scope(remote, actions, world)
        yield from _project(remote, world)


def _counts(remote: str, actions: Sequence[Action], world: World) -> Iterator[Refusal]:
    limits, known = world.policy.limits, world.ledger.remotes.get(remote)
    creates = limits.create if known and known.synced else limits.first_create
    tasks, milestones = (_linked(remote, kind, actions, world) for kind in (Kind.TASK, Kind.MILESTONE))
    made, changed = _by_kind(actions, _CREATES), _updates(actions)
    yield from _over(remote, "create", made[Kind.TASK], creates, tasks)
    yield from _over(remote, "create_milestone", made[Kind.MILESTONE], creates, milestones)
    yield from _over(remote, "adopt", [one for one in actions if one.adopts], limits.adopt, tasks)
    yield from _over(remote, "update", changed[Kind.TASK], limits.update.of(tasks), tasks)
    yield from _over(
        remote, "update_milestone", changed[Kind.MILESTONE], limits.update.of(milestones), milestones
    )
    removed = [one for one in actions if one.closes_by_removal and one.of is Kind.TASK]
    yield from _over(remote, "close", removed, limits.close.of(tasks), tasks)


def _over(
    remote: str, what: What, actions: Sequence[Action], limit: int, population: int
) -> Iterator[Refusal]:
    count = len(actions)
    if count > limit:
        reason = f"{count} {_WORDS[what]}, {limit} may be in one run ({population} are linked)"
        yield Refusal(remote, what, count, limit, population, reason, _keys(actions))


def _keys(actions: Iterable[Action]) -> frozenset[str]:
    return frozenset(action_key(action) for action in actions)


def _linked(remote: str, kind: Kind, actions: Iterable[Action], world: World) -> int:
    """How many are linked, counting those that this plan links first."""
    links = sum(1 for link in world.ledger.links if link.remote == remote and link.kind is kind)
    return links + sum(1 for action in actions if action.kind is ActionKind.LINK and action.of is kind)


def _by_kind(actions: Iterable[Action], kinds: Sequence[ActionKind]) -> dict[Kind, list[Action]]:
    found: dict[Kind, list[Action]] = {Kind.TASK: [], Kind.MILESTONE: []}
    for action in actions:
        if action.kind in kinds:
            found[action.of].append(action)
    return found


def _updates(actions: Sequence[Action]) -> dict[Kind, list[Action]]:
    """Updates of what was there before; the closing of an issue that this plan creates belongs to its creation."""
    created = {action.uid for action in actions if action.kind in _CREATES}
    counted = [
        action
        for action in actions
        if action.uid not in created and not (action.closes_by_removal and action.of is Kind.TASK)
    ]
    return _by_kind(counted, _UPDATES)


def _everything(remote: str, actions: Sequence[Action], world: World) -> Iterator[Refusal]:
    linked = {link.uid for link in world.ledger.links if link.remote == remote and link.kind is Kind.TASK}
    touched = [one for one in actions if one.kind is ActionKind.UPDATE_ISSUE and one.uid in linked]
    if len(linked) >= SMALL and {one.uid for one in touched} == linked:
        reason = f"all {len(linked)} linked issues would change at once"
        yield Refusal(remote, "everything", len(linked), len(linked) - 1, len(linked), reason, _keys(touched))


def _empty_remote(remote: str, actions: Sequence[Action], world: World) -> Iterator[Refusal]:
    seen = world.observations.get(remote)
    linked = sum(1 for link in world.ledger.links if link.remote == remote and link.kind is Kind.TASK)
    if isinstance(seen, Snapshot) and not seen.issues and linked >= SMALL and actions:
        reason = f"{linked} issues are linked, and the project has none any more"
        yield Refusal(remote, "remote-empty", linked, 0, linked, reason, _keys(actions))


def _scope(remote: str, actions: Sequence[Action], world: World) -> Iterator[Refusal]:
    unlinked = [one for one in actions if one.kind is ActionKind.UNLINK and one.ends != "gone"]
    if world.scope_changed and unlinked:
        reason = f"the mapping or the path changed, and {len(unlinked)} issues would be let go"
        yield Refusal(remote, "scope", len(unlinked), 0, len(unlinked), reason, _keys(unlinked))


def _project(remote: str, world: World) -> Iterator[Refusal]:
    seen, known = world.observations.get(remote), world.ledger.remotes.get(remote)
    if isinstance(seen, Snapshot) and known and known.project_id != seen.project.id:
        reason = f"{seen.project.name} is another project now than the one that was synced"
        yield Refusal(remote, "project", 1, 0, 1, reason, final=True)


# --- the roadmap -----------------------------------------------------------------------------------------------------


def _roadmap(plan: Plan, world: World) -> Iterator[Refusal]:
    linked = {link.uid for link in world.ledger.links if link.kind is Kind.TASK}
    edited = {target for change in plan.changes if (target := _target(change, world))}
    limit, count, keys = world.policy.limits.edit.of(len(linked)), len(edited), frozenset({edits_key(plan)})
    if count > limit:
        reason = f"{count} {_WORDS['edit']}, {limit} may be in one run ({len(linked)} are linked)"
        yield Refusal(ROADMAP, "edit", count, limit, len(linked), reason, keys)
    if len(linked) >= SMALL and linked <= edited:
        reason = f"all {len(linked)} linked tasks of the roadmap would change at once"
        yield Refusal(ROADMAP, "everything", len(linked), len(linked) - 1, len(linked), reason, keys)
    known = sum(1 for task in world.ledger.tasks.values() if not task.removed)
    if known >= SMALL and not plan.empty and next(world.outline.tasks(), None) is None:
        reason = f"{known} tasks were known, and the roadmap has none any more"
        yield Refusal(ROADMAP, "roadmap-empty", known, 0, known, reason, approval(plan).actions)


def _target(change: RoadmapChange, world: World) -> Uid | None:
    """Whose line a change rewrites. New lines are counted as adoptions, stamps were asked for: both are None."""
    match change:
        case SetTask() | MoveTask() | TickItem() | AddItem():
            return world.matching.tasks[change.task]
        case SetMilestone():
            return world.matching.milestones[change.milestone]
        case AddTask() | StampTask():
            return None


def _whole(plan: Plan, world: World, own: Approval, *, assumed: bool) -> Iterator[Refusal]:
    """What needs a person however small it is."""
    count = len(own.actions)
    if plan.recovery:
        reason = "there is no state, but the remote was synced before: links only, and only when approved"
        yield Refusal(ROADMAP, "recovery", count, 0, count, reason, own.actions)
    first = not any(known.synced for known in world.ledger.remotes.values())
    if assumed and first and count:
        reason = "nobody configured this remote, it was only assumed: the first run shows its plan"
        yield Refusal(ROADMAP, "assumed", count, 0, count, reason, own.actions)
