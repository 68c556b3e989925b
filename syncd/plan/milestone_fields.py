"""Title, state and due date of a milestone over the roadmap and all remotes.

A milestone's state follows its tasks: what counts is the state it will have once this plan's changes are written. It is
closed on a remote after its issues, and not while other people have open work in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from syncd.model.changes import RoadmapChange, SetMilestone
from syncd.model.links import Contest, Pair, Settle
from syncd.model.outline import Milestone
from syncd.model.values import MILESTONE_FIELDS, ROADMAP, Field, Kind, MilestoneState, TaskState, Uid, Value
from syncd.plan.actions import Action, ActionKind, Change, MilestoneTarget, Note
from syncd.plan.fields import canonical_title, cut, same_pair
from syncd.plan.merge import Side, behind, merge
from syncd.plan.milestones import MilestoneMeeting, bare, open_strangers, remote_titles
from syncd.plan.scene import Scene

Numbers = Callable[[str, int], Iterable[int]]


@dataclass(slots=True)
class MilestonePlan:
    """What becomes of the milestones' fields."""

    changes: list[RoadmapChange] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    after_write: list[Settle] = field(default_factory=list)
    disputes: list[Contest] = field(default_factory=list)
    used: list[tuple[Uid, Field]] = field(default_factory=list)
    moved: set[tuple[Uid, Field]] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Result:
    """One field: the roadmap's value once written, whether writing comes first, and who must be told."""

    after: Value
    writes: frozenset[str] = frozenset()
    pending: bool = False
    held: bool = False


@dataclass(slots=True)
class _Desk:
    scene: Scene
    uid: Uid
    milestone: Milestone
    state: str
    front: str
    plan: MilestonePlan


def settle_milestones(
    scene: Scene,
    meetings: Sequence[MilestoneMeeting],
    states: Mapping[Uid, Iterable[TaskState]],
    ours: Numbers,
) -> MilestonePlan:
    """Merges every milestone that has a counterpart. ``states``: those that its tasks will have after this plan."""
    plan = MilestonePlan()
    titles = remote_titles(scene)
    by_uid: dict[Uid, list[MilestoneMeeting]] = {}
    for meeting in meetings:
        by_uid.setdefault(meeting.uid, []).append(meeting)
    for uid, there in by_uid.items():
        milestone = scene.milestones[uid]
        state = _state_after(milestone, tuple(states.get(uid, ())))
        _settle(_Desk(scene, uid, milestone, state, titles[uid][0], plan), there, ours)
    return plan


def _state_after(milestone: Milestone, states: Sequence[TaskState]) -> str:
    """The state once the tasks are written: if it followed them so far, it goes on following."""
    before = all(task.state.closed for task in milestone.tasks)
    follows = not milestone.tasks or before == (milestone.state is MilestoneState.CLOSED)
    if not follows or not states:
        return milestone.state.value
    closed = all(state.closed for state in states)
    return (MilestoneState.CLOSED if closed else MilestoneState.OPEN).value


def _settle(desk: _Desk, meetings: Sequence[MilestoneMeeting], ours: Numbers) -> None:
    results = {name: _field(desk, name, meetings) for name in MILESTONE_FIELDS}
    for meeting in meetings:
        _share(desk, meeting, results, ours)


def _field(desk: _Desk, name: Field, meetings: Sequence[MilestoneMeeting]) -> _Result:
    before = _ours(desk.milestone, name)
    now = desk.state if name is Field.STATE else before
    sides = [_side(desk, name, meeting) for meeting in meetings if name in _fields(desk.scene, meeting)]
    if not sides:
        return _Result(before)
    mine = canonical_title(now) if name is Field.TITLE else now
    value = _decide(desk, name, mine, sides, meetings)
    if value is None:
        return _Result(before, held=True)
    (result,) = value
    after = now if result == mine else result
    if result != mine:
        change = SetMilestone(desk.milestone.key, name, result)
        placeable = name is not Field.DUE or "due" in desk.milestone.writable
        if not placeable or desk.scene.refused(change):
            stays = {side.remote for side in sides if side.shows(result)}
            _no_place(desk, name, stays)
            return _Result(now, frozenset(behind(mine, sides)) - stays, pending=now != before)
        desk.plan.changes.append(change)
    return _Result(after, frozenset(behind(result, sides)), pending=after != before)


def _decide(
    desk: _Desk, name: Field, mine: Value, sides: Sequence[Side], meetings: Sequence[MilestoneMeeting]
) -> tuple[Value] | None:
    """The result, in a tuple of one, or None where it is held."""
    decision = desk.scene.decisions.get((desk.uid, name))
    if decision is not None:
        desk.plan.used.append((desk.uid, name))
        return (decision.value,)
    verdict = merge(name, mine, sides, desk.scene.world.policy.ranking(name))
    if verdict.values:
        raw = {meeting.remote: _theirs(desk, name, meeting) for meeting in meetings}
        values = {side: raw.get(side, mine) if side != ROADMAP else mine for side in verdict.values}
        desk.plan.disputes.append(Contest(desk.uid, name, values, verdict.winner, desk.milestone.title))
    if verdict.held:
        return None
    if any(side.moved for side in sides) or behind(verdict.value, sides):
        desk.plan.moved.add((desk.uid, name))
    return (verdict.value,)


def _no_place(desk: _Desk, name: Field, stays: Iterable[str]) -> None:
    for remote in sorted(stays):
        message = f"{desk.milestone.title}: its {name.value} on {remote} has no place in the roadmap and stays there"
        desk.plan.notes.append(Note("no-place", message, desk.uid))


def _share(desk: _Desk, meeting: MilestoneMeeting, results: Mapping[Field, _Result], ours: Numbers) -> None:
    """One remote's share: an update if something must be told, and the bases that move anyway."""
    told = {name for name, result in results.items() if meeting.remote in result.writes}
    if told and not meeting.there.writable:
        told = set()
    if Field.STATE in told and _in_use(desk, meeting, results[Field.STATE].after, ours):
        told.discard(Field.STATE)
        results = {**results, Field.STATE: replace(results[Field.STATE], held=True)}
    target = _target(desk, meeting, results, told)
    changes = tuple(change for change in _changes(meeting, target) if change.field in told)
    fields = {change.field for change in changes}
    now: list[Settle] = []
    after: list[Settle] = []
    for name in _fields(desk.scene, meeting):
        result = results[name]
        pair = Pair(result.after, meeting.there.value(name))
        base = meeting.link.base.get(name) if meeting.link else None
        if name not in fields and not result.held and not same_pair(name, base, pair):
            (after if result.pending else now).append(Settle(desk.uid, meeting.remote, name, pair))
    _speak(desk, meeting, now, after)
    if changes:
        closing = Field.STATE in fields and target.state is MilestoneState.CLOSED
        kind = ActionKind.CLOSE_MILESTONE if closing else ActionKind.UPDATE_MILESTONE
        ours_values = {name: results[name].after for name in MILESTONE_FIELDS if name in fields}
        action = _action(desk, kind, meeting)
        desk.plan.actions.append(replace(action, target=target, changes=changes, ours=ours_values))


def _speak(desk: _Desk, meeting: MilestoneMeeting, now: list[Settle], after: list[Settle]) -> None:
    if meeting.link is None:
        if meeting.reopens:
            closed = meeting.there.state.value
            now.append(Settle(desk.uid, meeting.remote, Field.STATE, Pair(closed, closed)))
        link = replace(_action(desk, ActionKind.LINK, meeting), settles=(*now, *after), reason="same title")
        desk.plan.actions.append(link)
    elif now:
        desk.plan.actions.append(replace(_action(desk, ActionKind.REBASE, meeting), settles=tuple(now)))
    if meeting.link is not None:
        desk.plan.after_write += after


def _in_use(desk: _Desk, meeting: MilestoneMeeting, state: Value, ours: Numbers) -> bool:
    """Whether closing would hide other people's open work."""
    if state != MilestoneState.CLOSED.value:
        return False
    there = meeting.there
    strangers = open_strangers(desk.scene, there, meeting.remote, ours(meeting.remote, there.ref.number))
    if strangers:
        message = (
            f"{there.title}: left open on {meeting.remote}, for {strangers} open issues of others are in it"
        )
        desk.plan.notes.append(Note("other", message, desk.uid))
    return bool(strangers)


def _target(
    desk: _Desk, meeting: MilestoneMeeting, results: Mapping[Field, _Result], told: set[Field]
) -> MilestoneTarget:
    there = meeting.there
    title = _outward(desk, meeting.remote, results[Field.TITLE].after) if Field.TITLE in told else there.title
    state = MilestoneState(str(results[Field.STATE].after)) if Field.STATE in told else there.state
    due = results[Field.DUE].after if Field.DUE in told else there.value(Field.DUE)
    return MilestoneTarget(str(title), state, str(due) if due is not None else None)


def _changes(meeting: MilestoneMeeting, target: MilestoneTarget) -> list[Change]:
    there = meeting.there
    changes = [
        Change(Field.TITLE, there.title, target.title),
        Change(Field.STATE, there.state.value, target.state.value),
        Change(Field.DUE, there.value(Field.DUE), target.due),
    ]
    return [change for change in changes if change.before != change.after]


def _side(desk: _Desk, name: Field, meeting: MilestoneMeeting) -> Side:
    base = meeting.link.base.get(name) if meeting.link else None
    now = _theirs(desk, name, meeting)
    yields = meeting.reopens and name is Field.STATE
    if name is not Field.TITLE:
        return Side(meeting.remote, now, (base.ours, base.theirs) if base else None, yields=yields)
    seen = (canonical_title(base.ours), _inward(desk, base.theirs)) if base else None
    return Side(meeting.remote, now, seen, partial(_shown, desk, meeting.remote))


def _theirs(desk: _Desk, name: Field, meeting: MilestoneMeeting) -> Value:
    value = meeting.there.value(name)
    return _inward(desk, value) if name is Field.TITLE else value


def _shown(desk: _Desk, remote: str, value: Value) -> Value:
    return _inward(desk, _outward(desk, remote, value))


def _outward(desk: _Desk, remote: str, value: Value) -> str:
    return cut(desk.front + str(value), desk.scene.world.capabilities[remote].title_limit)


def _inward(desk: _Desk, value: Value) -> str:
    """A remote's title without what we put in front of a twin's."""
    return canonical_title(value).removeprefix(canonical_title(desk.front) + " " if desk.front else "")


def _ours(milestone: Milestone, name: Field) -> Value:
    match name:
        case Field.TITLE:
            return milestone.title
        case Field.STATE:
            return milestone.state.value
        case _:
            return milestone.due.isoformat() if milestone.due else None


def _fields(scene: Scene, meeting: MilestoneMeeting) -> list[Field]:
    known = scene.world.capabilities[meeting.remote].milestone_fields
    return [name for name in MILESTONE_FIELDS if name in known]


def _action(desk: _Desk, kind: ActionKind, meeting: MilestoneMeeting) -> Action:
    return replace(
        bare(kind, meeting.remote, desk.uid, desk.milestone), ref=meeting.there.ref, of=Kind.MILESTONE
    )
