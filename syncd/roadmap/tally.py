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
    """The tasks of a file by place, for quick counting in a range."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        self._slots = sorted(slots, key=lambda slot: slot.at)
        self._places = [slot.at for slot in self._slots]

    def within(self, scope: Scope) -> Sequence[Slot]:
        """The tasks of a scope."""
        if scope.task is not None:
            return [slot for slot in self._slots if slot.key == scope.task]
        return self._slots[
            bisect_left(self._places, 2 * scope.start) : bisect_left(self._places, 2 * scope.end)
        ]

    def tally(self, basis: Basis) -> Tally:
        """What a sense counts."""
        return tally(self.within(basis.scope), basis.unit, basis.dropped)


def slots_of(document: Document) -> tuple[Slot, ...]:
    """The tasks of a document as counters see them."""
    return tuple(slot_of(task, place_of(document, task)) for task in document.outline.tasks())


def place_of(document: Document, task: Task) -> int:
    """Where a task stands, as slots count. From its line: the places of all tasks would be made only for this."""
    return 2 * document.source.starts[task.line - 1]


def slot_of(task: Task, at: int) -> Slot:
    """One task as counters see it."""
    return Slot(task.key, at, task.state, task.kind, tuple(item.state for item in task.checklist))


def tally(slots: Sequence[Slot], unit: Unit, dropped: Dropped) -> Tally:
    """Tasks, items of checklists, or both as boxes; ``dropped`` says as what the dropped ones count."""
    states = [state for slot in slots for state in _counted(slot, unit)]
    gone = states.count(TaskState.DROPPED)
    done = states.count(TaskState.DONE)
    return Tally(
        done + gone if dropped == "done" else done, len(states) - gone if dropped == "out" else len(states)
    )


def _counted(slot: Slot, unit: Unit) -> Iterator[TaskState]:
    if unit == "tasks" or (unit == "boxes" and slot.kind == "box"):
        yield slot.state
    if unit != "tasks":
        yield from slot.items


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
