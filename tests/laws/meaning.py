"""A second opinion on edits: what the file says afterwards, task by task and milestone by milestone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncd.model.changes import (
    AddItem,
    AddTask,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    TickItem,
)
from syncd.model.outline import MilestoneKey, Outline, Task, TaskKey
from syncd.model.values import Field, Value
from tests.laws.oracle import Broken, flattened


@dataclass
class Seen:
    """A task as anybody sees it."""

    title: str
    state: str
    items: list[tuple[str, bool]]
    labels: dict[str, set[str]]
    assignees: set[str]
    due: str | None
    notes: str
    kind: str
    loose: bool = False
    follows: bool = False
    states: set[str] = field(default_factory=set)


def seen(task: Task) -> Seen:
    labels: dict[str, set[str]] = {}
    for key, value in task.labels:
        labels.setdefault(key, set()).add(value)
    items = [(item.text, item.done) for item in task.checklist]
    due = task.due.isoformat() if task.due else None
    return Seen(task.title, task.state.value, items, labels, set(task.assignees), due, task.notes, task.kind)


def expected(outline: Outline, changes: Iterable[RoadmapChange]) -> dict[TaskKey, Seen]:
    """Every task that was there, as it shall be seen."""
    tasks = {task.key: seen(task) for task in outline.tasks()}
    for change in changes:
        match change:
            case SetTask(key, Field.TITLE, after):
                tasks[key].title, tasks[key].loose = flattened(str(after)), True
            case SetTask(key, Field.STATE, after):
                tasks[key].state = str(after)
                tasks[key].states = {str(after)}
            case SetTask(key, Field.LABELS, after):
                tasks[key].labels = {}
                for pair in _members(after):
                    name, value = _members(pair)
                    tasks[key].labels.setdefault(str(name), set()).add(str(value))
            case SetTask(key, Field.ASSIGNEES, after):
                tasks[key].assignees = {str(name) for name in _members(after)}
            case SetTask(key, Field.DUE, after):
                tasks[key].due = str(after)
            case TickItem(key, item, done):
                tasks[key].items[item] = tasks[key].items[item][0], done
                tasks[key].follows = True
            case AddItem(key, text, done):
                tasks[key].items.append((flattened(text), done))
                tasks[key].follows = True
            case _:
                pass
    return tasks


def _members(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, tuple)
    return value


def compare_tasks(
    wanted: Mapping[TaskKey, Seen], now: Mapping[TaskKey, Task], keys: Mapping[TaskKey, TaskKey]
) -> None:
    """Every old task is seen as it shall be."""
    for key, one in wanted.items():
        new = seen(now[keys[key]])
        states = one.states or {one.state}
        if one.follows and one.kind == "heading" and not one.states:
            states = states | {"done" if all(done for _, done in one.items) else "open"}
        if new.state not in states:
            raise Broken(f"state of {one.title!r}: {new.state}, not {states}")
        metadata = one.loose or new.title != one.title
        for name in ("title", "items", "kind", "notes", "due", "assignees", "labels"):
            meant, read = getattr(one, name), getattr(new, name)
            if name == "notes":
                # A counter may stand there; whether it is true is another question.
                meant, read = re.sub(r"\d+", "#", meant), re.sub(r"\d+", "#", read)
            if meant == read or (
                metadata and name in ("due", "assignees", "labels", "notes") and _lost(meant, read)
            ):
                continue
            if name == "title" and one.loose is False and _metadata_in_title(one, new):
                continue
            raise Broken(f"{name} of {one.title!r}: {read!r}, not {meant!r}")


def _lost(meant: object, read: object) -> bool:
    """Whether nothing came in that was not there."""
    if isinstance(meant, dict) and isinstance(read, dict):
        return all(values <= meant.get(key, set()) for key, values in read.items())
    if isinstance(meant, set) and isinstance(read, set):
        return read <= meant
    return not read or (isinstance(meant, str) and isinstance(read, str))


def _metadata_in_title(one: Seen, new: Seen) -> bool:
    """A box's title shows its metadata: a new date or name stands in it."""
    return (one.due, one.assignees, one.labels) == (new.due, new.assignees, new.labels)


def compare_places(
    before: Outline,
    after: Outline,
    changes: Sequence[RoadmapChange],
    keys: Mapping[TaskKey, TaskKey],
    *,
    board: bool = False,
) -> None:
    """Tasks that nobody moved stand where they stood, in their order; milestones say what was asked."""
    old_ones = after.milestones[: len(before.milestones)]
    home = {one.title: one.key for one in after.milestones[len(before.milestones) :]}
    home |= {new.title: one.key for one, new in zip(before.milestones, old_ones, strict=True)}
    headings = {flattened(one.heading) for one in changes if isinstance(one, AddTask) and one.heading}
    if len(old_ones) + len(headings - {one.title for one in old_ones}) != len(after.milestones):
        raise Broken("another number of milestones")
    moved: dict[TaskKey, MilestoneKey | None]
    moved = {change.task: change.milestone for change in changes if isinstance(change, MoveTask)}
    told: set[TaskKey] = set()
    if board:
        told = {c.task for c in changes if isinstance(c, SetTask) and c.field is Field.STATE}
        moved |= {task.key: task.milestone for task in before.tasks() if task.key in told}
    added = [
        replace(one, milestone=home[flattened(one.heading)]) if one.heading else one
        for one in changes
        if isinstance(one, AddTask)
    ]
    groups: list[tuple[MilestoneKey | None, tuple[Task, ...], tuple[Task, ...]]]
    groups = [(None, before.unfiled, after.unfiled)]
    groups += [(one.key, one.tasks, new.tasks) for one, new in zip(before.milestones, old_ones, strict=True)]
    groups += [(one.key, (), one.tasks) for one in after.milestones[len(old_ones) :]]
    for key, old, new in groups:
        stay = [
            keys[task.key]
            for task in old
            if task.key not in moved or (task.key not in told and moved[task.key] == key)
        ]
        came = {keys[task] for task, target in moved.items() if target == key} - set(stay)
        found = [task.key for task in new]
        if [one for one in found if one in stay] != stay:
            raise Broken(f"another order in {key}")
        if not came <= set(found) or len(found) != len(stay) + len(came) + sum(
            one.milestone == key for one in added
        ):
            raise Broken(f"other tasks in {key}")
        rest = [task for task in new if task.key not in came and task.key not in stay]
        here = [one for one in added if one.milestone == key]
        if sorted((t.title, t.state.value) for t in rest) != sorted(
            (flattened(a.title), a.state.value) for a in here
        ):
            raise Broken(f"new tasks of {key}: {[task.title for task in rest]}")
    _compare_milestones(before, after, changes)
    old_reasons = [(one.boxes, one.reason) for one in before.not_tasks]
    if old_reasons != [(one.boxes, one.reason) for one in after.not_tasks]:
        raise Broken("other boxes are not tasks")


def _compare_milestones(before: Outline, after: Outline, changes: Sequence[RoadmapChange]) -> None:
    asked = {(c.milestone, c.field): c.after for c in changes if isinstance(c, SetMilestone)}
    for old, new in zip(before.milestones, after.milestones, strict=False):
        due = old.due.isoformat() if old.due else None
        wanted = flattened(str(asked.get((old.key, Field.TITLE), old.title)))
        if new.title != wanted or (new.due.isoformat() if new.due else None) != asked.get(
            (old.key, Field.DUE), due
        ):
            raise Broken(f"milestone {new.title!r} {new.due}, not {wanted!r}")
        state = asked.get((old.key, Field.STATE)) or _follows(
            old.state.value, _closed(old.tasks), _closed(new.tasks)
        )
        if state and new.state.value != state:
            raise Broken(f"milestone {new.title!r} is {new.state.value}, not {state}")


def _closed(tasks: Sequence[Task]) -> bool | None:
    return all(task.state.closed for task in tasks) if tasks else None


def _follows(old: str, before: bool | None, after: bool | None) -> str | None:
    """A milestone's state changes only when that of all its tasks together does."""
    if after is None:
        return None
    return old if before == after else "closed" if after else "open"
