"""Uids come into being here: minted once, after the guard, and durable before the first effect (design §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from syncd.model.changes import AddTask, RoadmapChange, StampTask
from syncd.model.links import Contest, Settle
from syncd.model.outline import MilestoneKey, Outline, Reading, TaskKey
from syncd.model.values import Field, Uid, Value, one_line, provisional
from syncd.plan.actions import Action, IssueTarget, Plan
from syncd.plan.world import Matching
from syncd.roadmap.editor import Realised
from syncd.state.words import Remembered

Naming = Mapping[Uid, Uid]


def mint_names(plan: Plan, matching: Matching, mint: Callable[[], Uid]) -> Naming:
    """A uid for everything provisional: the one that a marker carries (recovery), else a new one."""
    seen = [*matching.tasks.values(), *matching.milestones.values(), *_mentioned(plan)]
    return {uid: plan.uids.get(uid) or mint() for uid in dict.fromkeys(seen) if provisional(uid)}


def _mentioned(plan: Plan) -> Iterable[Uid]:
    for change in plan.changes:
        if isinstance(change, AddTask):
            yield change.uid
            if change.heading:
                yield _new_milestone(change.heading)
    for action in plan.actions:
        yield action.uid


def _new_milestone(title: str) -> Uid:
    """The provisional uid of a milestone that adopted issues bring: several tasks may share it."""
    return Uid(f"+heading/{one_line(title)}")


def named_matching(matching: Matching, names: Naming) -> Matching:
    """The same matching under minted names."""
    return replace(
        matching,
        tasks={key: names.get(uid, uid) for key, uid in matching.tasks.items()},
        milestones={key: names.get(uid, uid) for key, uid in matching.milestones.items()},
    )


def named_plan(plan: Plan, names: Naming) -> Plan:
    """The same plan under minted names: what apply carries out."""
    return replace(
        plan,
        changes=tuple(_change(change, names) for change in plan.changes),
        actions=tuple(_action(action, names) for action in plan.actions),
        after_write=tuple(_settle(settle, names) for settle in plan.after_write),
        conflicts=tuple(replace(one, uid=names.get(one.uid, one.uid)) for one in plan.conflicts),
        contests=tuple(_contest(one, names) for one in plan.contests),
        held=tuple(replace(one, uid=names.get(one.uid, one.uid)) for one in plan.held),
    )


def _change(change: RoadmapChange, names: Naming) -> RoadmapChange:
    if isinstance(change, AddTask | StampTask):
        return replace(change, uid=names.get(change.uid, change.uid))
    return change


def _action(action: Action, names: Naming) -> Action:
    target = action.target
    if isinstance(target, IssueTarget) and target.milestone:
        target = replace(target, milestone=names.get(target.milestone, target.milestone))
    return replace(
        action,
        uid=names.get(action.uid, action.uid),
        target=target,
        settles=tuple(_settle(settle, names) for settle in action.settles),
        ours={name: _value(name, value, names) for name, value in action.ours.items()},
    )


def _settle(settle: Settle, names: Naming) -> Settle:
    pair = replace(settle.pair, ours=_value(settle.field, settle.pair.ours, names))
    return replace(settle, uid=names.get(settle.uid, settle.uid), pair=pair)


def _contest(contest: Contest, names: Naming) -> Contest:
    values = {side: _value(contest.field, value, names) for side, value in contest.values.items()}
    return replace(contest, uid=names.get(contest.uid, contest.uid), values=values)


def _value(name: Field, value: Value, names: Naming) -> Value:
    """Only the milestone's value is a uid; a title may look like one."""
    return names.get(Uid(value), value) if name is Field.MILESTONE and isinstance(value, str) else value


def headings_after(known: Reading | None, outline: Outline) -> Iterator[Remembered]:
    """What is remembered of the milestones once we wrote new titles: they are milestones as the old ones were (I17)."""
    new = [title for title in outline.reading.headings if known and title not in known.headings]
    if known and new:
        yield Remembered(replace(known, headings=(*known.headings, *new)))


def matching_after(matching: Matching, realised: Realised, names: Naming) -> Matching:
    """Who is who in the document as it was just written: identities go along with their keys (I17)."""
    tasks: dict[TaskKey, Uid] = {realised.keys[key]: uid for key, uid in matching.tasks.items()}
    tasks |= {key: names.get(uid, uid) for uid, key in realised.added.items()}
    milestones: dict[MilestoneKey, Uid] = {
        realised.milestone_keys[key]: uid for key, uid in matching.milestones.items()
    }
    new = (one for one in realised.document.outline.milestones if one.key not in milestones)
    milestones |= {one.key: names[_new_milestone(one.title)] for one in new}
    held = frozenset(realised.keys[key] for key in matching.held_tasks)
    return replace(matching, tasks=tasks, milestones=milestones, held_tasks=held)
