"""Planned changes become bytes, confirmed by reading them again; what the text cannot carry comes back, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import assert_never

from syncd.errors import RoadmapError
from syncd.model.changes import (
    AddItem,
    AddTask,
    Edit,
    LineEdit,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import MilestoneKey, Reading, TaskKey
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, Uid, one_line
from syncd.roadmap.counters import counters, updates
from syncd.roadmap.editor.confirm import Confirmed, Misread, confirm
from syncd.roadmap.editor.echo import echo_edits
from syncd.roadmap.editor.intent import Intent, Pinned
from syncd.roadmap.editor.lines import line_edits
from syncd.roadmap.editor.markers import following_edits
from syncd.roadmap.editor.option import NoPlace, Option, composed
from syncd.roadmap.editor.splice import chained, in_order, narrowed, overlap, splice
from syncd.roadmap.editor.ways import ways
from syncd.roadmap.mentions import renamed_mentions
from syncd.roadmap.outline import read
from syncd.roadmap.outline.document import Document
from syncd.roadmap.source import Source


@dataclass(frozen=True, slots=True)
class Realised:
    """The roadmap with the changes in it, read again (the same object if nothing changes).

    ``edits`` lead from the old bytes to the new; ``lines`` are the same for people, numbered in the old file.
    ``no_place``: changes that the text cannot carry, each with the reason; nothing of them was written.
    ``keys`` and ``milestone_keys``: old key → new key. ``added``: the key of every task that was added.
    """

    document: Document
    edits: tuple[Edit, ...]
    lines: tuple[LineEdit, ...]
    no_place: tuple[tuple[RoadmapChange, str], ...]
    keys: Mapping[TaskKey, TaskKey]
    added: Mapping[Uid, TaskKey]
    milestone_keys: Mapping[MilestoneKey, MilestoneKey]


@dataclass(frozen=True, slots=True)
class _Written:
    """Changes that confirm together."""

    edits: tuple[Edit, ...]
    confirmed: Confirmed


def realise(
    document: Document, changes: Sequence[RoadmapChange], rules: ReadingRules, remembered: Reading | None
) -> Realised:
    """Turn changes into edits that are proven: every change is in the result exactly as meant, or in ``no_place``.

    ``rules`` and ``remembered`` are those with which ``document`` was read.
    """
    progress = _Progress(document, remembered or document.outline.reading)
    waiting = dict(enumerate(changes))
    reasons: dict[int, str] = {}
    while True:
        desk = _Desk(progress.document, progress.mapped(waiting), rules, progress.remembered, progress.pinned)
        # A milestone's state last: where it cannot be said together with its tasks', the tasks are what counts.
        kept = desk.settle(sorted(waiting, key=lambda index: _sets_state(changes[index])))
        progress.advance(desk, kept)
        reasons |= desk.reasons
        waiting = {index: changes[index] for index in desk.deferred}
        if not waiting:
            break
    return progress.realised(document, tuple((changes[index], reasons[index]) for index in sorted(reasons)))


class _Progress:
    """The roadmap as it stands after some of the changes, and the way there from the original."""

    def __init__(self, document: Document, remembered: Reading) -> None:
        self.document, self.remembered = document, remembered
        self.size = len(document.source.data)
        self.edits: tuple[Edit, ...] = ()
        self.keys = {task.key: task.key for task in document.outline.tasks()}
        self.milestones = {one.key: one.key for one in document.outline.milestones}
        self.added: dict[Uid, TaskKey] = {}
        self.pinned = Pinned()

    def mapped(self, changes: Mapping[int, RoadmapChange]) -> dict[int, RoadmapChange]:
        """Changes of the original as changes of what it has become."""
        return {index: self._mapped(change) for index, change in changes.items()}

    def _mapped(self, change: RoadmapChange) -> RoadmapChange:
        match change:
            case MoveTask(task, milestone):
                return MoveTask(self.keys[task], self.milestones[milestone])
            case AddTask():
                return self._mapped_task(change)
            case SetMilestone(milestone):
                return replace(change, milestone=self.milestones[milestone])
            case SetTask() | TickItem() | AddItem() | StampTask():
                return replace(change, task=self.keys[change.task])
            case _:
                assert_never(change)

    def _mapped_task(self, change: AddTask) -> AddTask:
        """Of several tasks for one new milestone, the first brings it."""
        title = one_line(change.heading)
        there = [one.key for one in self.document.outline.milestones if title and one.title == title]
        if there:
            return replace(change, milestone=there[0], heading="")
        key = change.milestone
        return replace(change, milestone=None if key is None else self.milestones[key])

    def advance(self, desk: _Desk, kept: Sequence[int]) -> None:
        """Take over what a desk has written."""
        written = desk.attempt(kept)
        assert isinstance(written, _Written)
        done = written.confirmed
        self.edits = tuple(chained(self.edits, written.edits, self.size)) if self.edits else written.edits
        self.keys = {old: done.keys[new] for old, new in self.keys.items()}
        self.milestones = {old: done.milestone_keys[new] for old, new in self.milestones.items()}
        self.added = {uid: done.keys[key] for uid, key in self.added.items()} | dict(done.added)
        self.document, self.remembered = done.document, desk.renamed(kept)
        # What was asked of a state holds against all that is still to come.
        asked = desk.states_set(kept)
        self.pinned = Pinned(
            frozenset(done.milestone_keys[key] for key in self.pinned.milestones | asked.milestones),
            frozenset(done.keys[key] for key in self.pinned.tasks | asked.tasks),
        )

    def realised(self, original: Document, no_place: tuple[tuple[RoadmapChange, str], ...]) -> Realised:
        """The result, told from the original."""
        return Realised(
            self.document,
            self.edits,
            line_edits(original.source, self.edits),
            no_place,
            self.keys,
            self.added,
            self.milestones,
        )


class _Desk:
    """Looks for the changes that can be written together, and for the way to write each one."""

    def __init__(
        self,
        document: Document,
        changes: Mapping[int, RoadmapChange],
        rules: ReadingRules,
        remembered: Reading,
        pinned: Pinned,
    ) -> None:
        self.document, self.changes, self.rules, self.remembered = document, changes, rules, remembered
        self.pinned = pinned
        self.counters = counters(document) if changes else ()
        self.deferred: list[int] = []
        self.choice: dict[int, int] = {}
        self.reasons: dict[int, str] = {}
        self.known: dict[tuple[tuple[int, int], ...], _Written | Misread] = {}

    def settle(self, indices: Sequence[int]) -> list[int]:
        """Those of the changes that can be written together; the reasons of the others are kept.

        All at once first. If that fails, halves: so a few culprits among many changes cost few readings.
        """
        if not indices or isinstance(self.attempt(indices), _Written):
            return list(indices)
        if len(indices) == 1:
            return self._other_ways(indices[0])
        middle = len(indices) // 2
        left, right = self.settle(indices[:middle]), self.settle(indices[middle:])
        if isinstance(self.attempt([*left, *right]), _Written):
            return [*left, *right]
        return self._one_by_one(left, right)

    def _other_ways(self, index: int) -> list[int]:
        """The other ways to write one change, until one is read as it was meant."""
        first = self.attempt([index])
        while True:
            self.choice[index] = self.choice.get(index, 0) + 1
            result = self.attempt([index])
            if isinstance(result, _Written):
                return [index]
            if result.reason == _NO_MORE:
                self.reasons[index] = first.reason if isinstance(first, Misread) else ""
                return []

    def _one_by_one(self, kept: list[int], rest: list[int]) -> list[int]:
        """Changes that stand in each other's way: the later ones wait until the others are written."""
        for index in rest:
            if isinstance(self.attempt([*kept, index]), _Written):
                kept = [*kept, index]
            else:
                self.deferred.append(index)
        return kept

    def attempt(self, indices: Sequence[int]) -> _Written | Misread:
        """Write these changes, and read what was written."""
        key = tuple((index, self.choice.get(index, 0)) for index in indices)
        if key not in self.known:
            self.known[key] = self._attempt(indices)
        return self.known[key]

    def _attempt(self, indices: Sequence[int]) -> _Written | Misread:
        intent = Intent(self.document, self.pinned)
        changes = [self.changes[index] for index in indices]
        leaving = frozenset(change.task for change in changes if isinstance(change, MoveTask))
        options: list[Option] = []
        for index in indices:
            change = self.changes[index]
            try:
                found = ways(self.document, change, intent, leaving)
                option = next(islice(found, self.choice.get(index, 0), None), None)
            except NoPlace as none:
                return Misread(str(none) if not self.choice.get(index) else _NO_MORE)
            if option is None:
                return Misread(_NO_MORE)
            options.append(option)
            intent.apply(change, option)
        return self._written(intent, options, self.renamed(indices))

    def _written(self, intent: Intent, options: list[Option], remembered: Reading) -> _Written | Misread:
        source = self.document.source
        followers = [
            edit
            for key, state in intent.follow().items()
            for edit in following_edits(self.document, key, state)
        ]
        if self.document.echoes:
            followers += echo_edits(self.document, intent.turned())
        taken = [*followers, *(edit for option in options for edit in option.edits)]
        counted = [
            edit
            for edit in updates(self.document, self.counters, intent.slots())
            if not any(overlap(edit, other) for other in taken)
        ]
        counted += renamed_mentions(self.document, self.counters, intent.retitled())
        intent.recount(counted)
        # Counters go through the same door: one inside a task that moves goes with it.
        try:
            together = composed(source, [*options, Option(tuple(followers)), Option(tuple(counted))])
            smallest = (narrowed(source.data, edit) for edit in in_order(together))
            edits = [edit for edit in smallest if edit.text or edit.end > edit.start]
            data = splice(source.data, edits)
            if data == source.data:
                return _confirmed(intent, self.document, ())
            again = read(Source.of(data, source.path), self.rules, remembered)
        except (ValueError, RoadmapError) as error:
            return Misread(str(error))
        return _confirmed(intent, again, tuple(edits))

    def states_set(self, indices: Sequence[int]) -> Pinned:
        """The milestones and tasks whose state these changes ask for."""
        changes = [self.changes[index] for index in indices]
        return Pinned(
            frozenset(one.milestone for one in changes if isinstance(one, SetMilestone) and _sets_state(one)),
            frozenset(one.task for one in changes if isinstance(one, SetTask) and one.field is Field.STATE),
        )

    def renamed(self, indices: Sequence[int]) -> Reading:
        """What was remembered, with the new titles of milestones that these changes rename."""
        old = {one.key: one.title for one in self.document.outline.milestones}
        names = {
            old[change.milestone]: one_line(str(change.after))
            for change in (self.changes[index] for index in indices)
            if isinstance(change, SetMilestone) and change.field is Field.TITLE
        }
        headings = [names.get(title, title) for title in self.remembered.headings]
        changes = (self.changes[index] for index in indices)
        new = (one_line(one.heading) for one in changes if isinstance(one, AddTask) and one.heading)
        return replace(self.remembered, headings=(*headings, *new))


def _sets_state(change: RoadmapChange) -> bool:
    return isinstance(change, SetMilestone) and change.field is Field.STATE


_NO_MORE = "there is no other way to write it"


def _confirmed(intent: Intent, document: Document, edits: tuple[Edit, ...]) -> _Written | Misread:
    result = confirm(intent, document)
    return _Written(edits, result) if isinstance(result, Confirmed) else result
