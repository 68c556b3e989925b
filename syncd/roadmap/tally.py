"""Counting tasks for a counter: how many there are and are closed, in which sense, and what a claim says of that."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from syncd.model.outline import Task, TaskKey
from syncd.model.values import TaskState
from syncd.roadmap.claims import Claim
from syncd.roadmap.outline.document import Document
from syncd.roadmap.scopes import Scope

Unit = Literal["tasks", "items", "boxes"]
Dropped = Literal["done", "open", "out"]
Rounding = Literal["half up", "down", "up"]
Numbers: TypeAlias = tuple[int | None, int | None, int | None]
"""Part, whole and percent of a claim; None for what it does not say."""

UNITS: Final[tuple[Unit, ...]] = ("tasks", "boxes", "items")
DROPPED: Final[tuple[Dropped, ...]] = ("done", "open", "out")
ROUNDINGS: Final[tuple[Rounding, ...]] = ("half up", "down", "up")


@dataclass(frozen=True, slots=True)
class Slot:
    """A task as counters see it. ``at`` is twice the byte it starts at; odd, one less, for one to be put there."""

    key: TaskKey | None
    at: int
    state: TaskState
    kind: str
    items: tuple[TaskState, ...] = ()


class Tally(NamedTuple):
    """How many there are, and how many of them are closed."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Basis:
    """In which sense the numbers of a counter are right, or were meant."""

    scope: Scope
    unit: Unit
    dropped: Dropped
    rounding: Rounding = "half up"


class Slots:
    """The tasks of a file by place. A range is counted by two lookups, however many tasks are in it: a file may have
    as many counters as tasks.
    """

    def __init__(self, slots: Iterable[Slot]) -> None:
        ordered = sorted(slots, key=lambda slot: slot.at)
        self._places = [slot.at for slot in ordered]
        self._index = {slot.key: index for index, slot in enumerate(ordered) if slot.key is not None}
        self._sums = {unit: _running(ordered, unit) for unit in UNITS}

    def count(self, scope: Scope) -> int:
        """How many tasks are in a scope."""
        first, last = self._range(scope)
        return last - first

    def tally(self, basis: Basis) -> Tally:
        """What a sense counts; ``dropped`` says as what the dropped ones count."""
        first, last = self._range(basis.scope)
        sums = self._sums[basis.unit]
        total, done, gone = (after - before for before, after in zip(sums[first], sums[last], strict=True))
        return Tally(
            done + gone if basis.dropped == "done" else done,
            total - gone if basis.dropped == "out" else total,
        )

    def _range(self, scope: Scope) -> tuple[int, int]:
        if scope.task is not None:
            index = self._index.get(scope.task)
            return (0, 0) if index is None else (index, index + 1)
        return bisect_left(self._places, 2 * scope.start), bisect_left(self._places, 2 * scope.end)


def _running(slots: Sequence[Slot], unit: Unit) -> list[tuple[int, int, int]]:
    """Before each slot, and after the last: how many there were, how many done, how many dropped."""
    total = done = gone = 0
    sums = [(0, 0, 0)]
    for slot in slots:
        states = list(_counted(slot, unit))
        total += len(states)
        done += states.count(TaskState.DONE)
        gone += states.count(TaskState.DROPPED)
        sums.append((total, done, gone))
    return sums


def _counted(slot: Slot, unit: Unit) -> Iterator[TaskState]:
    """The states that a unit counts of a task: its own, those of its checklist, or both as boxes."""
    if unit == "tasks" or (unit == "boxes" and slot.kind == "box"):
        yield slot.state
    if unit != "tasks":
        yield from slot.items


def slots_of(document: Document) -> tuple[Slot, ...]:
    """The tasks of a document as counters see them."""
    return tuple(slot_of(task, place_of(document, task)) for task in document.outline.tasks())


def place_of(document: Document, task: Task) -> int:
    """Where a task stands, as slots count. From its line: the places of all tasks would be made only for this."""
    return 2 * document.source.starts[task.line - 1]


def slot_of(task: Task, at: int) -> Slot:
    """One task as counters see it."""
    return Slot(task.key, at, task.state, task.kind, tuple(item.state for item in task.checklist))


def said(claim: Claim, counted: Tally, rounding: Rounding) -> Numbers:
    """What a claim of this form says of a tally."""
    part = {"done": counted.done, "open": counted.total - counted.done, "total": counted.total}[claim.counts]
    of_part = part if claim.part and claim.whole else counted.done
    return (
        part if claim.part else None,
        counted.total if claim.whole else None,
        _percent(of_part, counted.total, rounding) if claim.percent else None,
    )


def _percent(part: int, whole: int, rounding: Rounding) -> int:
    if not whole:
        return 0
    exact = 100 * part
    rounded = {
        "half up": (2 * exact + whole) // (2 * whole),
        "down": exact // whole,
        "up": -(-exact // whole),
    }[rounding]
    # Nothing is complete before its last task is, however the author rounds.
    return 99 if rounded == 100 and part < whole else rounded


def shown(numbers: Numbers) -> str:
    """The numbers of a claim for people: ``15/202 (7%)``."""
    part, whole, percent = numbers
    fraction = "/".join(str(number) for number in (part, whole) if number is not None)
    share = f"{percent}%" if percent is not None else ""
    return f"{fraction} ({share})" if fraction and share else fraction or share
