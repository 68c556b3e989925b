"""What the roadmap shall say after some changes: the outline that the written bytes have to be read as."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NamedTuple, assert_never

from syncd.model.changes import (
    AddItem,
    AddTask,
    Edit,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import ChecklistItem, MilestoneKey, Task, TaskKey
from syncd.model.values import Field, MilestoneState, TaskState, Uid, Value, one_line
from syncd.roadmap.editor.escape import spelling
from syncd.roadmap.editor.option import Option
from syncd.roadmap.outline.document import Document
from syncd.roadmap.tally import Slot, place_of, slot_of

Place = MilestoneKey | None
_LAST: Final = TaskKey(1 << 62)


@dataclass(slots=True)
class Wanted:
    """A task as it shall be read. ``loose``: attributes that may lose a value that stood in the old title, or follow.

    ``at`` is its place for the counters, see :class:`Slot`.
    """

    task: Task
    at: int
    key: TaskKey | None = None
    uid: Uid | None = None
    loose: set[str] = field(default_factory=set)


@dataclass(slots=True)
class WantedMilestone:
    """A milestone as it shall be read; ``state`` is None where nothing is known of it (it lost its last task)."""

    key: MilestoneKey
    title: str
    state: MilestoneState | None
    due: date | None
    followed: bool = False


class Pinned(NamedTuple):
    """Whose state was asked for: it follows nothing else, not a milestone's tasks nor a heading's boxes."""

    milestones: frozenset[MilestoneKey] = frozenset()
    tasks: frozenset[TaskKey] = frozenset()


class Intent:
    """The wanted outline, built change by change."""

    def __init__(self, document: Document, pinned: Pinned) -> None:
        self.document = document
        self.places: dict[Place, list[Wanted]] = {None: []}
        self.tasks: dict[TaskKey, Wanted] = {}
        self.milestones = {
            one.key: WantedMilestone(one.key, one.title, one.state, one.due, one.key in pinned.milestones)
            for one in document.outline.milestones
        }
        self.boxes = document.outline.boxes
        for one in document.outline.milestones:
            self.places[one.key] = []
        for task in document.outline.tasks():
            wanted = Wanted(task, place_of(document, task), task.key)
            if task.key in pinned.tasks:
                wanted.loose.add("state!")
            self.tasks[task.key] = wanted
            self.places[task.milestone].append(wanted)

    def apply(self, change: RoadmapChange, option: Option) -> None:
        """Want what a change asks for; ``option`` says where a task is going to stand."""
        match change:
            case SetTask():
                self._set_task(self.tasks[change.task], change)
                if option.transfer is not None:
                    self._to_lane(self.tasks[change.task], option)
            case MoveTask():
                self._move(self.tasks[change.task], change, option)
            case TickItem():
                self._tick(self.tasks[change.task], change)
            case AddItem():
                self._add_item(self.tasks[change.task], change)
            case AddTask():
                self._add_task(change, option)
            case SetMilestone():
                self._set_milestone(change)
            case StampTask():
                wanted = self.tasks[change.task]
                wanted.task = replace(wanted.task, stamp=change.uid)
            case _:
                assert_never(change)

    def slots(self) -> Iterator[Slot]:
        """The wanted tasks as counters see them."""
        for wanted in self.all():
            yield replace(slot_of(wanted.task, wanted.at), key=wanted.key)

    def recount(self, edits: Sequence[Edit]) -> None:
        """Counters will say other numbers: in the notes of the task they stand under, these are no other notes."""
        starts = sorted(self._standing()) if edits else []
        for edit in edits:
            index = bisect.bisect_right(starts, (edit.start, _LAST)) - 1
            if index >= 0:
                self.tasks[starts[index][1]].loose.add("numbers")

    def _standing(self) -> Iterator[tuple[int, TaskKey]]:
        """Where each task of the document starts, as it stands now."""
        for task in self.document.outline.tasks():
            yield self.document.source.starts[task.line - 1], task.key

    def retitled(self) -> Mapping[str, tuple[str, str]]:
        """The new titles of milestones by their old ones, as text and as a cell of a table."""
        return {
            one.title: (now, spelling(now, 0, in_row=True) or now)
            for one in self.document.outline.milestones
            if (now := self.milestones[one.key].title) != one.title
        }

    def turned(self) -> Mapping[int, TaskState]:
        """The new state of every task that is closed now and was open, or the other way round, by its old line."""
        return {
            task.line: self.tasks[task.key].task.state
            for task in self.document.outline.tasks()
            if self.tasks[task.key].task.state.closed != task.state.closed
        }

    def all(self) -> Iterator[Wanted]:
        """All wanted tasks in the order of an outline: milestone by milestone, then the unfiled."""
        for key in self.milestones:
            yield from self.places[key]
        yield from self.places[None]

    def follow(self) -> Mapping[MilestoneKey, MilestoneState]:
        """Let milestones follow their tasks; those whose tasks now say something else than before, and what."""
        changed: dict[MilestoneKey, MilestoneState] = {}
        before = {one.key: tasks_say(one.tasks) for one in self.document.outline.milestones}
        for key, milestone in self.milestones.items():
            now = tasks_say([wanted.task for wanted in self.places[key]])
            if milestone.followed or now is before[key]:
                continue
            milestone.state = now
            # Emptied: nobody knows what it will say by itself.
            if now is not None:
                changed[key] = now
        return changed

    def _set_task(self, wanted: Wanted, change: SetTask) -> None:
        task, after = wanted.task, change.after
        match change.field:
            case Field.TITLE:
                wanted.task = replace(task, title=one_line(str(after)))
                wanted.loose |= {"identifier", "notes", *self._in_title(wanted)}
            case Field.STATE:
                wanted.task = replace(task, state=TaskState(str(after)))
                wanted.loose.add("state!")
            case Field.LABELS:
                wanted.task = replace(task, labels=_pairs(after))
            case Field.ASSIGNEES:
                wanted.task = replace(task, assignees=_texts(after))
            case Field.DUE:
                wanted.task = replace(task, due=date.fromisoformat(after) if isinstance(after, str) else None)
            case _:
                raise ValueError(f"SetTask does not set {change.field.value}")
        if change.field in (Field.LABELS, Field.ASSIGNEES, Field.DUE) and self._in_title(wanted):
            wanted.loose |= {"title", "identifier"}

    def _in_title(self, wanted: Wanted) -> set[str]:
        """The attributes that are read from inside the title."""
        assert wanted.key is not None
        places = self.document.places[wanted.key]
        names = {
            name.split(".")[0]
            for name, span in places.values.items()
            if places.title.start <= span.start and span.end <= places.title.end
        }
        return names | ({"refs"} if wanted.task.refs else set())

    def _move(self, wanted: Wanted, change: MoveTask, option: Option) -> None:
        if wanted.task.milestone == change.milestone:
            return
        self.places[wanted.task.milestone].remove(wanted)
        wanted.task = replace(wanted.task, milestone=change.milestone)
        wanted.loose.add("section")
        wanted.at = 2 * option.at - 1
        self._put(wanted, change.milestone)

    def _to_lane(self, wanted: Wanted, option: Option) -> None:
        self.places[wanted.task.milestone].remove(wanted)
        wanted.loose.add("section")
        wanted.at = 2 * option.at - 1
        self._put(wanted, wanted.task.milestone)

    def _tick(self, wanted: Wanted, change: TickItem) -> None:
        items = list(wanted.task.checklist)
        if items[change.item].done != change.done:
            state = TaskState.DONE if change.done else TaskState.OPEN
            items[change.item] = replace(items[change.item], state=state)
        self._set_items(wanted, items)

    def _add_item(self, wanted: Wanted, change: AddItem) -> None:
        state = TaskState.DONE if change.done else TaskState.OPEN
        group = wanted.task.checklist[-1].group if wanted.task.checklist else ""
        item = ChecklistItem(one_line(change.text), state, 0, 0, group)
        self._set_items(wanted, [*wanted.task.checklist, item])
        self.boxes += 1

    def _set_items(self, wanted: Wanted, items: Sequence[ChecklistItem]) -> None:
        """A heading task without a status of its own is as done as its boxes."""
        task = replace(wanted.task, checklist=tuple(items))
        if task.kind == "heading" and wanted.key is not None and "state!" not in wanted.loose:
            places = self.document.places[wanted.key]
            if places.status is None and places.status_mark is None and places.marker is None:
                done = all(item.state.closed for item in items)
                task = replace(task, state=TaskState.DONE if done else TaskState.OPEN)
        wanted.task = task

    def _add_task(self, change: AddTask, option: Option) -> None:
        title = one_line(change.title)
        place = self._add_milestone(change) if change.heading else change.milestone
        task = Task(TaskKey(-1), title, change.state, 0, option.kind, place)
        wanted = Wanted(task, 2 * option.at - 1, None, change.uid, {"section", "identifier"})
        self._put(wanted, place)
        self.boxes += option.kind == "box"

    def brings(self, heading: str) -> bool:
        """Whether a milestone of this title is among the new ones."""
        return any(key < 0 and one.title == one_line(heading) for key, one in self.milestones.items())

    def _add_milestone(self, change: AddTask) -> MilestoneKey:
        """A new milestone behind all others, as open or closed as its one task."""
        key = MilestoneKey(-1 - len(self.milestones))
        state = MilestoneState.CLOSED if change.state.closed else MilestoneState.OPEN
        title = one_line(change.heading)
        self.milestones[key] = WantedMilestone(key, title, state, None, followed=True)
        self.places[key] = []
        return key

    def _put(self, wanted: Wanted, place: Place) -> None:
        """Where it stands in the text decides where it stands among the others."""
        bisect.insort_right(self.places[place], wanted, key=lambda one: one.at)

    def _set_milestone(self, change: SetMilestone) -> None:
        milestone = self.milestones[change.milestone]
        match change.field:
            case Field.TITLE:
                milestone.title = one_line(str(change.after))
            case Field.STATE:
                milestone.state = MilestoneState(str(change.after))
                milestone.followed = True
            case Field.DUE:
                milestone.due = date.fromisoformat(change.after) if isinstance(change.after, str) else None
            case _:
                raise ValueError(f"SetMilestone does not set {change.field.value}")


def tasks_say(tasks: Sequence[Task]) -> MilestoneState | None:
    """What the tasks of a milestone say of it; None if there are none."""
    if not tasks:
        return None
    return MilestoneState.CLOSED if all(task.state.closed for task in tasks) else MilestoneState.OPEN


def _pairs(value: Value) -> tuple[tuple[str, str], ...]:
    pairs = value if isinstance(value, tuple) else ()
    return tuple((str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, tuple))


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()
