"""Planned changes become bytes, confirmed by reading them again; what the text cannot carry comes back, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from syncd.errors import RoadmapError
from syncd.model.changes import Edit, LineEdit, MoveTask, RoadmapChange, SetMilestone
from syncd.model.outline import MilestoneKey, Reading, TaskKey
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, Uid
from syncd.roadmap.counters import updates
from syncd.roadmap.editor.confirm import Confirmed, Misread, confirm
from syncd.roadmap.editor.intent import Intent
from syncd.roadmap.editor.lines import line_edits
from syncd.roadmap.editor.markers import following_edits
from syncd.roadmap.editor.option import NoPlace, Option, composed
from syncd.roadmap.editor.splice import in_order, narrowed, overlap, splice
from syncd.roadmap.editor.ways import ways
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
    desk = _Desk(document, changes, rules, remembered)
    kept = desk.settle(range(len(changes)))
    written = desk.attempt(kept)
    assert isinstance(written, _Written)
    return Realised(
        written.confirmed.document,
        written.edits,
        line_edits(document.source, written.edits),
        tuple((change, desk.reasons[index]) for index, change in enumerate(changes) if index in desk.reasons),
        written.confirmed.keys,
        written.confirmed.added,
        written.confirmed.milestone_keys,
    )


class _Desk:
    """Looks for the changes that can be written together, and for the way to write each one."""

    def __init__(
        self,
        document: Document,
        changes: Sequence[RoadmapChange],
        rules: ReadingRules,
        remembered: Reading | None,
    ) -> None:
        self.document, self.changes, self.rules = document, changes, rules
        # What was a milestone stays one in the reading that confirms, as it does in the next run.
        self.remembered = remembered or document.outline.reading
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
        """Changes that stand in each other's way: the earlier one wins, the next run comes back to the other."""
        for index in rest:
            result = self.attempt([*kept, index])
            if isinstance(result, Misread):
                self.reasons[index] = f"not together with another change: {result.reason}"
            else:
                kept = [*kept, index]
        return kept

    def attempt(self, indices: Sequence[int]) -> _Written | Misread:
        """Write these changes, and read what was written."""
        key = tuple((index, self.choice.get(index, 0)) for index in indices)
        if key not in self.known:
            self.known[key] = self._attempt(indices)
        return self.known[key]

    def _attempt(self, indices: Sequence[int]) -> _Written | Misread:
        intent = Intent(self.document)
        changes = [self.changes[index] for index in indices]
        leaving = frozenset(change.task for change in changes if isinstance(change, MoveTask))
        options: list[Option] = []
        # What a milestone's heading has to say depends on its tasks: they come first.
        for index in sorted(indices, key=lambda index: isinstance(self.changes[index], SetMilestone)):
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
        return self._written(intent, options, self._renamed(changes))

    def _written(self, intent: Intent, options: list[Option], remembered: Reading) -> _Written | Misread:
        source = self.document.source
        followers = [
            edit
            for key, state in intent.follow().items()
            for edit in following_edits(self.document, key, state)
        ]
        asked = composed(source, [*options, Option(tuple(followers))])
        counted = [
            edit
            for edit in updates(self.document, intent.slots())
            if not any(overlap(edit, other) for other in asked)
        ]
        smallest = (narrowed(source.data, edit) for edit in in_order([*asked, *counted]))
        edits = [edit for edit in smallest if edit.text or edit.end > edit.start]
        try:
            data = splice(source.data, edits)
            if data == source.data:
                return _confirmed(intent, self.document, ())
            again = read(Source.of(data, source.path), self.rules, remembered)
        except (ValueError, RoadmapError) as error:
            return Misread(str(error))
        return _confirmed(intent, again, tuple(edits))

    def _renamed(self, changes: Sequence[RoadmapChange]) -> Reading:
        """What was remembered, with the new titles of milestones that these changes rename."""
        old = {one.key: one.title for one in self.document.outline.milestones}
        names = {
            old[change.milestone]: str(change.after)
            for change in changes
            if isinstance(change, SetMilestone) and change.field is Field.TITLE
        }
        headings = tuple(names.get(title, title) for title in self.remembered.headings)
        return replace(self.remembered, headings=headings)


_NO_MORE = "there is no other way to write it"


def _confirmed(intent: Intent, document: Document, edits: tuple[Edit, ...]) -> _Written | Misread:
    result = confirm(intent, document)
    return _Written(edits, result) if isinstance(result, Confirmed) else result
