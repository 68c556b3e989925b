"""A plan narrowed to one milestone (``run --only``): the rest waits, as if this run had not seen it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from syncd.errors import UsageError
from syncd.model.changes import AddTask, RoadmapChange, SetMilestone
from syncd.model.outline import Milestone, MilestoneKey, Outline, TaskKey
from syncd.model.values import Uid, canonical_label
from syncd.plan.actions import Action, ActionKind, IssueTarget, Plan
from syncd.plan.world import World


@dataclass(frozen=True, slots=True)
class _Part:
    """What belongs to the milestone: by key in the text, by uid everywhere else (lines that left it included)."""

    milestone: MilestoneKey
    tasks: frozenset[TaskKey]
    uids: frozenset[Uid]


def narrowed(plan: Plan, world: World, title: str) -> Plan:
    """The plan without whatever concerns other milestones. Raises UsageError if there is no such milestone."""
    part = _part(world, _milestone(world.outline, title))
    actions = [action for action in plan.actions if action.uid in part.uids]
    wanted = {canonical_label(label) for action in actions for label in _labels(action)}
    labels = [
        action
        for action in plan.actions
        if action.kind is ActionKind.CREATE_LABEL and canonical_label(action.title) in wanted
    ]
    kept = {id(action) for action in (*actions, *labels)}
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if _concerns(change, part)),
        actions=tuple(action for action in plan.actions if id(action) in kept),
        after_write=tuple(settle for settle in plan.after_write if settle.uid in part.uids),
        conflicts=tuple(conflict for conflict in plan.conflicts if conflict.uid in part.uids),
        held=tuple(held for held in plan.held if held.uid in part.uids),
        uses=tuple(decision for decision in plan.uses if decision.uid in part.uids),
    )


def _milestone(outline: Outline, title: str) -> Milestone:
    wanted = title.strip().casefold()
    exact = [one for one in outline.milestones if one.title.casefold() == wanted]
    found = exact or [one for one in outline.milestones if wanted in one.title.casefold()]
    if len(found) != 1:
        names = ", ".join(one.title for one in outline.milestones) or "none"
        raise UsageError(f"{len(found)} milestones match {title!r}", hint=f"there are: {names}")
    return found[0]


def _part(world: World, milestone: Milestone) -> _Part:
    uid = world.matching.milestones[milestone.key]
    tasks = frozenset(task.key for task in milestone.tasks)
    left = {known.uid for known in world.ledger.tasks.values() if known.milestone == uid}
    here = {world.matching.tasks[key] for key in tasks}
    elsewhere = set(world.matching.tasks.values()) - here
    return _Part(milestone.key, tasks, frozenset({uid, *here, *(left - elsewhere)}))


def _concerns(change: RoadmapChange, part: _Part) -> bool:
    if isinstance(change, SetMilestone | AddTask):
        return change.milestone == part.milestone
    return change.task in part.tasks


def _labels(action: Action) -> tuple[str, ...]:
    return action.target.labels if isinstance(action.target, IssueTarget) else ()
