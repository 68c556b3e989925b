"""Runs on values: planned, then carried out by the least that can be called an editor, an apply and a forge.

Enough to ask what a plan leads to. What it does not do (bytes, requests, lost answers) is tested where it happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

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
from syncd.model.links import KnownTask, Link, Pair, Settle, Tombstone
from syncd.model.outline import ChecklistItem, Milestone, MilestoneKey, Outline, Task, TaskKey
from syncd.model.remote import Issue, Ref, RemoteMilestone, Snapshot
from syncd.model.values import Field, Kind, MilestoneState, TaskState, Uid, canonical_label, provisional
from syncd.plan.actions import Action, ActionKind, IssueTarget, MilestoneTarget, Plan
from syncd.plan.planner import make_plan
from syncd.plan.world import Matching, World
from tests.worlds import counted, follow, map_tasks, moved, task_of, tick, world


def synced(milestones: Mapping[str, Iterable[Task]], remotes: Iterable[str] = ("a",), **values: Any) -> World:
    """A world after its first sync: every task linked, every base settled."""
    return after(world(milestones, remotes, **values))


def after(start: World, rounds: int = 1) -> World:
    """The world after a run, or several."""
    for _ in range(rounds):
        start, _plan = run(start)
    return start


def run(start: World) -> tuple[World, Plan]:
    """One run: planned until the text can carry it, then carried out."""
    start, plan = plan_of(start)
    return carry_out(start, plan), plan


def plan_of(start: World) -> tuple[World, Plan]:
    """The plan, made again without what this roadmap has no place for (a milestone's state follows its tasks)."""
    start = replace(start, no_place={})
    while True:
        plan = make_plan(start)
        refused: dict[RoadmapChange, str] = {
            change: "its tasks say otherwise"
            for change in plan.changes
            if isinstance(change, SetMilestone)
            and change.field is Field.STATE
            and _milestone_after(start, plan.changes, change.milestone).state != change.after
        }
        if not refused:
            return start, plan
        start = replace(start, no_place={**start.no_place, **refused})


def carry_out(one: World, plan: Plan) -> World:
    """The world after the plan: roadmap first, then every action in order, each base from the answer."""
    hands = _Hands(one, plan)
    hands.roadmap()
    for action in plan.actions:
        hands.act(action)
    return hands.world()


@dataclass
class _Hands:
    one: World
    plan: Plan
    links: dict[tuple[Uid, str], Link] = field(default_factory=dict)
    graves: dict[tuple[Uid, str], Tombstone] = field(default_factory=dict)
    remotes: dict[str, Snapshot] = field(default_factory=dict)
    names: dict[Uid, Uid] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ledger = self.one.ledger
        self.links = {(link.uid, link.remote): link for link in ledger.links}
        self.graves = {(each.uid, each.remote): each for each in ledger.tombstones}
        self.remotes = {
            name: there for name, there in self.one.observations.items() if isinstance(there, Snapshot)
        }
        self.names = dict(self.plan.uids)

    def name(self, uid: Uid) -> Uid:
        if not provisional(uid):
            return uid
        taken = len(self.names) + len(self.one.ledger.tasks) + len(self.one.ledger.milestones)
        return self.names.setdefault(uid, Uid(f"u{taken}-{uid[1:]}"))

    def value(self, name: Field, value: Any) -> Any:
        return self.name(Uid(value)) if name is Field.MILESTONE and isinstance(value, str) else value

    def roadmap(self) -> None:
        outline = _changed(self.one, self.plan.changes)
        tasks = {key: self.name(uid) for key, uid in self.one.matching.tasks.items()}
        fresh = [task.key for task in outline.tasks() if task.key not in tasks]
        added = [change.uid for change in self.plan.changes if isinstance(change, AddTask)]
        tasks |= {key: self.name(uid) for key, uid in zip(fresh, added, strict=True)}
        milestones = {key: self.name(uid) for key, uid in self.one.matching.milestones.items()}
        new = (one for one in outline.milestones if one.key not in milestones)
        milestones |= {one.key: self.name(Uid(f"+heading/{one.title}")) for one in new}
        matching = Matching(tasks, milestones, held=self.one.matching.held)
        self.one = replace(self.one, outline=outline, matching=matching, scope_changed=False)
        self.settle(self.plan.after_write)

    def settle(self, settles: Iterable[Settle]) -> None:
        for one in settles:
            place = (self.name(one.uid), one.remote)
            pair = replace(one.pair, ours=self.value(one.field, one.pair.ours))
            self.links[place] = replace(self.links[place], base={**self.links[place].base, one.field: pair})

    def act(self, action: Action) -> None:
        place = (self.name(action.uid), action.remote)
        match action.kind:
            case ActionKind.LINK:
                assert action.ref is not None
                self.graves.pop(place, None)
                self.links[place] = Link(place[0], action.remote, action.ref, action.of)
                self.settle(action.settles)
            case ActionKind.REBASE:
                self.settle(action.settles)
            case ActionKind.UNLINK:
                self.bury(place, action)
            case ActionKind.CREATE_LABEL:
                there = self.remotes[action.remote]
                self.remotes[action.remote] = replace(
                    there, labels=(there.labels or frozenset()) | {action.title}
                )
            case ActionKind.CREATE_MILESTONE | ActionKind.UPDATE_MILESTONE | ActionKind.CLOSE_MILESTONE:
                self.milestone(place, action)
            case ActionKind.CREATE_ISSUE | ActionKind.UPDATE_ISSUE:
                self.issue(place, action)

    def bury(self, place: tuple[Uid, str], action: Action) -> None:
        link = self.links.pop(place)
        closed = link.closed_by_us or action.closes_by_removal
        reason = action.ends or "removed"
        self.graves[place] = Tombstone(
            link.uid, link.remote, link.ref, link.kind, action.title, reason, closed
        )

    def milestone(self, place: tuple[Uid, str], action: Action) -> None:
        target, remote = action.target, action.remote
        assert isinstance(target, MilestoneTarget)
        there = self.remotes[remote]
        if action.kind is ActionKind.CREATE_MILESTONE:
            ref = Ref(max(there.milestones, default=100) + 1, f"{remote}-m{len(there.milestones)}")
            assert target.title not in {each.title for each in there.milestones.values()}, "two of one title"
            self.links[place] = Link(place[0], remote, ref, Kind.MILESTONE)
        ref = self.links[place].ref
        due = date.fromisoformat(target.due) if target.due else None
        made = RemoteMilestone(ref, target.title, target.state, due)
        self.remotes[remote] = replace(there, milestones={**there.milestones, ref.number: made})
        self.answered(place, action, made)

    def issue(self, place: tuple[Uid, str], action: Action) -> None:
        target, remote = action.target, action.remote
        assert isinstance(target, IssueTarget)
        there = self.remotes[remote]
        if action.kind is ActionKind.CREATE_ISSUE:
            assert place not in self.links, "a task may be created once"
            number = max(there.issues, default=0) + 1
            made = self.told(
                Issue(Ref(number, f"{remote}-{number}"), "", TaskState.OPEN, author="syncd"),
                target,
                None,
                place,
            )
            made = replace(made, state=TaskState.OPEN)
            self.links[place] = Link(
                place[0], remote, made.ref, managed=frozenset(map(canonical_label, made.labels))
            )
        else:
            made = self.told(there.issues[self.links[place].ref.number], target, action, place)
        self.remotes[remote] = replace(there, issues={**there.issues, made.ref.number: made})
        self.answered(place, action, made)

    def told(self, issue: Issue, target: IssueTarget, action: Action | None, place: tuple[Uid, str]) -> Issue:
        names = {change.field for change in action.changes} if action else set(Field)
        caps = self.one.capabilities[place[1]].fields
        if Field.TITLE in names:
            issue = replace(issue, title=target.title)
        if Field.STATE in names:
            issue = replace(issue, state=target.state)
        if Field.MILESTONE in names:
            number = (
                self.links[self.name(target.milestone), place[1]].ref.number if target.milestone else None
            )
            issue = replace(issue, milestone=number)
        if Field.LABELS in names:
            gone = action.remove_labels if action else frozenset()
            kept = {name for name in issue.labels if canonical_label(name) not in gone}
            there = self.remotes[place[1]].labels or frozenset()
            assert set(target.labels) <= there | kept, "a label must exist before it is used"
            issue = replace(issue, labels=tuple(sorted(kept | set(target.labels))))
        if Field.ASSIGNEES in names:
            leaving = action.remove_assignees if action else frozenset()
            staying = {login for login in issue.assignees if login.casefold() not in leaving}
            issue = replace(issue, assignees=tuple(sorted(staying | set(target.assignees))))
        if Field.DUE in names and Field.DUE in caps:
            issue = replace(issue, due=date.fromisoformat(target.due) if target.due else None)
        if names & {Field.NOTES, Field.CHECKLIST}:
            assert target.content is not None, "a block is written whole"
            items = tuple((item.text, item.done) for item in target.content.checklist)
            issue = replace(
                issue, block=True, notes=target.content.notes, checklist=items, section=target.content.section
            )
        return issue

    def answered(self, place: tuple[Uid, str], action: Action, made: Issue | RemoteMilestone) -> None:
        link = self.links[place]
        pairs = {name: Pair(self.value(name, ours), made.value(name)) for name, ours in action.ours.items()}
        self.links[place] = replace(link, base={**link.base, **pairs})
        if action.closes_by_removal:
            self.bury(place, action)

    def world(self) -> World:
        ledger = self.one.ledger
        tasks = {
            uid: KnownTask(uid, task_of(self.one, uid).title) for uid in self.one.matching.tasks.values()
        }
        left = {uid: replace(known, removed=True) for uid, known in ledger.tasks.items() if uid not in tasks}
        used = set(self.plan.uses)
        kept = replace(
            ledger,
            links=tuple(self.links.values()),
            tombstones=tuple(self.graves.values()),
            tasks={**ledger.tasks, **tasks, **left},
            contests=self.plan.contests,
            decisions=tuple(one for one in ledger.decisions if one not in used),
        )
        observations = {
            **self.one.observations,
            **{name: counted(there) for name, there in self.remotes.items()},
        }
        return replace(self.one, ledger=kept, observations=observations, no_place={})


def _changed(one: World, changes: Iterable[RoadmapChange]) -> Outline:
    outline = one.outline
    for change in changes:
        outline = _change(outline, change)
    # Only the whole result has states: what one change alone would make of a milestone never stands in the file.
    before = {each.key: each.state for each in one.outline.milestones}
    milestones = (replace(each, state=before.get(each.key, each.state)) for each in outline.milestones)
    return replace(outline, milestones=follow(milestones))


def _change(outline: Outline, change: RoadmapChange) -> Outline:
    match change:
        case SetTask():
            return map_tasks(outline, lambda task: _set(task, change) if task.key == change.task else task)
        case MoveTask():
            return moved(outline, change.task, change.milestone)
        case TickItem():
            return map_tasks(outline, lambda task: _ticked(task, change) if task.key == change.task else task)
        case AddItem():
            item = ChecklistItem(change.text, tick(change.done), 0)
            return map_tasks(
                outline,
                lambda task: (
                    replace(task, checklist=(*task.checklist, item)) if task.key == change.task else task
                ),
            )
        case AddTask():
            return _added(outline, change)
        case SetMilestone():
            milestones = tuple(
                _set_milestone(each, change) if each.key == change.milestone else each
                for each in outline.milestones
            )
            return replace(outline, milestones=milestones)
        case StampTask():
            return map_tasks(
                outline, lambda task: replace(task, stamp=change.uid) if task.key == change.task else task
            )


def _added(outline: Outline, change: AddTask) -> Outline:
    key = TaskKey(max((task.key for task in outline.tasks()), default=-1) + 1)
    task = Task(key, change.title, change.state, 1, "box", change.milestone)
    if change.heading:
        return _with_heading(outline, task, change.heading)
    if change.milestone is None:
        return replace(outline, unfiled=(*outline.unfiled, task))
    milestones = tuple(
        replace(each, tasks=(*each.tasks, task)) if each.key == change.milestone else each
        for each in outline.milestones
    )
    return replace(outline, milestones=milestones)


def _with_heading(outline: Outline, task: Task, title: str) -> Outline:
    """The task in the milestone of that title, which comes behind the others if it is not there yet."""
    there = next((one for one in outline.milestones if one.title == title), None)
    if there is None:
        there = Milestone(MilestoneKey(len(outline.milestones)), title, MilestoneState.OPEN, 1)
        outline = replace(outline, milestones=(*outline.milestones, there))
    key, task = there.key, replace(task, milestone=there.key)
    milestones = (
        replace(one, tasks=(*one.tasks, task)) if one.key == key else one for one in outline.milestones
    )
    return replace(outline, milestones=tuple(milestones))


def _set(task: Task, change: SetTask) -> Task:
    value: Any = change.after
    match change.field:
        case Field.TITLE:
            return replace(task, title=value)
        case Field.STATE:
            return replace(task, state=TaskState(value))
        case Field.LABELS:
            return replace(task, labels=value)
        case Field.ASSIGNEES:
            return replace(task, assignees=value)
        case Field.DUE:
            return replace(task, due=date.fromisoformat(value) if value else None)
        case _:
            raise AssertionError(change)


def _set_milestone(milestone: Milestone, change: SetMilestone) -> Milestone:
    value: Any = change.after
    if change.field is Field.TITLE:
        return replace(milestone, title=value)
    if change.field is Field.DUE:
        return replace(milestone, due=date.fromisoformat(value) if value else None)
    return milestone


def _milestone_after(one: World, changes: Iterable[RoadmapChange], key: MilestoneKey) -> Milestone:
    return next(each for each in _changed(one, changes).milestones if each.key == key)


def _ticked(task: Task, change: TickItem) -> Task:
    items = list(task.checklist)
    items[change.item] = replace(items[change.item], state=tick(change.done))
    return replace(task, checklist=tuple(items))
