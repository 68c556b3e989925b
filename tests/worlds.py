"""Worlds for the planner: built small, then changed on one side or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from syncd.model.links import Decision, Ledger
from syncd.model.outline import ChecklistItem, Milestone, MilestoneKey, Outline, Task, TaskKey
from syncd.model.policy import LabelRules, Policy
from syncd.model.remote import Capabilities, Issue, Project, Ref, RemoteMilestone, Snapshot
from syncd.model.values import (
    MILESTONE_FIELDS,
    Field,
    MilestoneState,
    TaskState,
    Uid,
)
from syncd.plan.world import Matching, World

GITHUB = Capabilities(frozenset(Field) - {Field.DUE}, frozenset(MILESTONE_FIELDS))
"""As GitHub is: no due date on issues."""
GITLAB = Capabilities(frozenset(Field), frozenset(MILESTONE_FIELDS))
"""A forge that can hold every field."""
EVERYWHERE = frozenset({"labels.priority", "labels.tags", "assignees", "due"})
POLICY = Policy(
    truth=("roadmap", "a", "b", "c", "d"),
    labels=LabelRules({"priority": "priority: {}", "tags": "tag/{}"}),
    users={"ann": {name: f"ann-{name}" for name in "abcd"}, "bob": {name: f"bob-{name}" for name in "abcd"}},
)


def box(title: str, state: TaskState = TaskState.OPEN, **values: Any) -> Task:
    """A task; ``checklist`` may be given as pairs of text and done. Its key is set when it is put into a world."""
    items = values.pop("checklist", ())
    lines = tuple(
        item if isinstance(item, ChecklistItem) else ChecklistItem(item[0], tick(item[1]), 0)
        for item in items
    )
    values.setdefault("writable", EVERYWHERE)
    return Task(TaskKey(0), title, state, 1, "box", checklist=lines, **values)


def world(
    milestones: Mapping[str, Iterable[Task]],
    remotes: Iterable[str] = ("a",),
    *,
    policy: Policy = POLICY,
    capabilities: Mapping[str, Capabilities] | None = None,
    unfiled: Iterable[Task] = (),
) -> World:
    """A roadmap that was never synced, beside empty remotes. Uids are provisional."""
    names = tuple(remotes)
    outline = Outline("R", tuple(_milestone(title, tuple(tasks)) for title, tasks in milestones.items()))
    start = World(
        "main",
        renumbered(replace(outline, unfiled=tuple(unfiled))),
        Matching({}, {}),
        Ledger("main", "lineage"),
        {name: snapshot(name) for name in names},
        {name: (capabilities or {}).get(name, GITHUB) for name in names},
        policy,
    )
    return rematched(start)


def snapshot(name: str, **values: Any) -> Snapshot:
    """An empty project."""
    labels = values.pop("labels", frozenset())
    project = Project(f"project-{name}", f"acme/{name}", f"https://{name}.example")
    return Snapshot(
        name, project, values.pop("issues", {}), values.pop("milestones", {}), "syncd", labels, **values
    )


def renumbered(outline: Outline) -> Outline:
    """The outline with keys in document order, as a reading gives them."""
    counter = iter(range(10_000))
    milestones = []
    for index, milestone in enumerate(outline.milestones):
        key = MilestoneKey(index)
        tasks = tuple(replace(task, key=TaskKey(next(counter)), milestone=key) for task in milestone.tasks)
        milestones.append(replace(milestone, key=key, tasks=tasks))
    unfiled = tuple(replace(task, key=TaskKey(next(counter)), milestone=None) for task in outline.unfiled)
    return replace(outline, milestones=tuple(milestones), unfiled=unfiled)


def rematched(one: World) -> World:
    """Everything without a uid gets a provisional one."""
    tasks = {task.key: one.matching.tasks.get(task.key, Uid(f"+t{task.key}")) for task in one.outline.tasks()}
    milestones = {
        each.key: one.matching.milestones.get(each.key, Uid(f"+m{each.key}"))
        for each in one.outline.milestones
    }
    return replace(one, matching=replace(one.matching, tasks=tasks, milestones=milestones))


# Changing a world before a run


def uid_of(one: World, title: str) -> Uid:
    """The uid of the task (or milestone) with a title."""
    for task in one.outline.tasks():
        if task.title == title:
            return one.matching.tasks[task.key]
    return next(one.matching.milestones[each.key] for each in one.outline.milestones if each.title == title)


def task_of(one: World, uid: Uid) -> Task:
    """The task with a uid."""
    return next(task for task in one.outline.tasks() if one.matching.tasks.get(task.key) == uid)


def issue_of(one: World, uid: Uid, remote: str = "a") -> Issue:
    """The issue of a task on a remote."""
    link = one.ledger.link(uid, remote)
    assert link is not None
    return seen(one, remote).issues[link.ref.number]


def milestone_there(one: World, uid: Uid, remote: str = "a") -> RemoteMilestone:
    """The counterpart of a milestone on a remote."""
    link = one.ledger.link(uid, remote)
    assert link is not None
    return seen(one, remote).milestones[link.ref.number]


def seen(one: World, remote: str = "a") -> Snapshot:
    """The observation of a remote that was observed."""
    there = one.observations[remote]
    assert isinstance(there, Snapshot)
    return there


def edit_task(one: World, uid: Uid, **values: Any) -> World:
    """The author edits a task."""
    key = task_of(one, uid).key
    return replace(
        one, outline=map_tasks(one.outline, lambda task: replace(task, **values) if task.key == key else task)
    )


def move_task(one: World, uid: Uid, to: str) -> World:
    """The author moves a task to the end of another milestone."""
    target = next(each.key for each in one.outline.milestones if each.title == to)
    return replace(one, outline=moved(one.outline, task_of(one, uid).key, target))


def edit_milestone(one: World, uid: Uid, **values: Any) -> World:
    """The author edits a milestone's heading."""
    key = next(key for key, known in one.matching.milestones.items() if known == uid)
    milestones = tuple(
        replace(each, **values) if each.key == key else each for each in one.outline.milestones
    )
    return replace(one, outline=replace(one.outline, milestones=milestones))


def edit_issue(one: World, uid: Uid, remote: str = "a", **values: Any) -> World:
    """Somebody edits a task's issue."""
    return put_issue(one, remote, replace(issue_of(one, uid, remote), **values))


def edit_milestone_there(one: World, uid: Uid, remote: str = "a", **values: Any) -> World:
    """Somebody edits a milestone on a remote."""
    there = milestone_there(one, uid, remote)
    return put_milestone(one, remote, replace(there, **values))


def put_issue(one: World, remote: str, issue: Issue) -> World:
    """An issue as it is now, new or not."""
    there = seen(one, remote)
    issues = {**there.issues, issue.ref.number: issue}
    # Whoever labels an issue has made the label first.
    labels = None if there.labels is None else there.labels | set(issue.labels)
    return _observed(one, replace(there, issues=issues, labels=labels))


def put_milestone(one: World, remote: str, milestone: RemoteMilestone) -> World:
    """A remote's milestone as it is now, new or not."""
    there = seen(one, remote)
    return _observed(one, replace(there, milestones={**there.milestones, milestone.ref.number: milestone}))


def stranger(one: World, title: str, remote: str = "a", **values: Any) -> tuple[World, Ref]:
    """An issue that somebody opened on a remote."""
    number = max(seen(one, remote).issues, default=0) + 1
    ref = Ref(number, f"{remote}-{number}")
    return put_issue(
        one, remote, Issue(ref, title, values.pop("state", TaskState.OPEN), author="ann-a", **values)
    ), ref


def drop_task(one: World, uid: Uid) -> World:
    """The author deletes a task's line; the matcher says that it is gone."""
    key = task_of(one, uid).key
    outline = map_tasks(one.outline, lambda task: None if task.key == key else task)
    tasks = {known: each for known, each in one.matching.tasks.items() if each != uid}
    gone = one.matching.gone | {uid}
    return replace(one, outline=outline, matching=replace(one.matching, tasks=tasks, gone=gone))


def add_task(one: World, milestone: str, task: Task) -> World:
    """The author writes a new line at the end of a milestone."""
    key = TaskKey(max((each.key for each in one.outline.tasks()), default=-1) + 1)
    milestones = tuple(
        replace(each, tasks=(*each.tasks, replace(task, key=key, milestone=each.key)))
        if each.title == milestone
        else each
        for each in one.outline.milestones
    )
    return rematched(replace(one, outline=replace(one.outline, milestones=follow(milestones))))


def return_task(one: World, milestone: str, task: Task, uid: Uid) -> World:
    """A line that was removed is back; the matcher knows it again."""
    one = add_task(one, milestone, task)
    key = max(each.key for each in one.outline.tasks())
    tasks = {**one.matching.tasks, key: uid}
    return replace(one, matching=replace(one.matching, tasks=tasks, returned=frozenset({uid})))


def decide(one: World, uid: Uid, name: Field, value: Any) -> World:
    """A person takes a value: ``syncd conflicts take``."""
    ledger = replace(one.ledger, decisions=(*one.ledger.decisions, Decision(uid, name, value)))
    return replace(one, ledger=ledger)


def moved(outline: Outline, key: TaskKey, to: MilestoneKey) -> Outline:
    moved = next(task for task in outline.tasks() if task.key == key)
    without = map_tasks(outline, lambda task: None if task.key == key else task)
    milestones = tuple(
        replace(each, tasks=(*each.tasks, replace(moved, milestone=to))) if each.key == to else each
        for each in without.milestones
    )
    return replace(without, milestones=follow(milestones))


def map_tasks(outline: Outline, change: Callable[[Task], Task | None]) -> Outline:
    def mapped(tasks: Iterable[Task]) -> tuple[Task, ...]:
        return tuple(new for task in tasks if (new := change(task)) is not None)

    milestones = tuple(replace(each, tasks=mapped(each.tasks)) for each in outline.milestones)
    return replace(outline, milestones=follow(milestones), unfiled=mapped(outline.unfiled))


def _milestone(title: str, tasks: tuple[Task, ...]) -> Milestone:
    milestone = Milestone(
        MilestoneKey(0), title, MilestoneState.OPEN, 1, tasks=tasks, writable=frozenset({"due"})
    )
    return follow((milestone,))[0]


def follow(milestones: Iterable[Milestone]) -> tuple[Milestone, ...]:
    """A milestone is closed when all its tasks are; one without tasks stays what it was."""
    return tuple(replace(each, state=_state(each)) for each in milestones)


def _state(milestone: Milestone) -> MilestoneState:
    if not milestone.tasks:
        return milestone.state
    closed = all(task.state.closed for task in milestone.tasks)
    return MilestoneState.CLOSED if closed else MilestoneState.OPEN


def tick(done: bool) -> TaskState:
    return TaskState.DONE if done else TaskState.OPEN


def counted(there: Snapshot) -> Snapshot:
    """Every milestone with the number of its open issues."""
    counts: dict[int, int] = {}
    for issue in there.issues.values():
        if issue.milestone is not None and not issue.state.closed:
            counts[issue.milestone] = counts.get(issue.milestone, 0) + 1
    milestones = {
        number: replace(each, open_issues=counts.get(number, 0)) for number, each in there.milestones.items()
    }
    return replace(there, milestones=milestones)


def _observed(one: World, there: Snapshot) -> World:
    return replace(one, observations={**one.observations, there.remote: counted(there)})


def drop_milestone(one: World, uid: Uid) -> World:
    """The author deletes a heading with all tasks under it; the matcher says that they are gone."""
    key = next(key for key, known in one.matching.milestones.items() if known == uid)
    for task in next(each for each in one.outline.milestones if each.key == key).tasks:
        one = drop_task(one, one.matching.tasks[task.key])
    rest = tuple(each for each in one.outline.milestones if each.key != key)
    known = {other: each for other, each in one.matching.milestones.items() if other != key}
    matching = replace(one.matching, milestones=known, gone=one.matching.gone | {uid})
    return replace(one, outline=replace(one.outline, milestones=rest), matching=matching)
