"""Progress counters that authors keep by hand: which tasks each one counts, whether it is true, what it has to say.

A counter counts the tasks of the section it stands in, of a section around that, or of the whole file: the nearest
of these with which all its numbers agree. It may count the checklist of the one task it stands under, or boxes
instead of tasks. A counter that agrees with none of them is stale: it is reported and never touched by an edit
(reading-roadmaps §8). What is inside a code fence is not read, with one exception: a line that names a milestone
by its exact title and whose numbers were right is a counter like any other (the status block of ``joget``); it is
never reported.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from syncd.model.changes import Edit
from syncd.model.outline import Task, TaskKey
from syncd.model.values import TaskState
from syncd.roadmap.blocks import Hidden, Item, Table
from syncd.roadmap.claims import Chars, Claim, claims
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.words import STATUS_EMOJI
from syncd.roadmap.places import Span
from syncd.roadmap.progress_rows import Row, Stage, rows, stage
from syncd.roadmap.scopes import Scope, Scopes

Unit = Literal["tasks", "items", "boxes"]
Dropped = Literal["done", "open", "out"]
Rounding = Literal["half up", "down", "up"]

_QUICK: Final = re.compile(r"\d\s*(?:/|%|\s(?:out )?of\s)|:[\s*_]*\d")
_SIGN: Final = re.compile(r"[\s|>*-]*([^\x00-\x7f]+)(?=[ \t])")
_UNITS: Final[tuple[Unit, ...]] = ("tasks", "boxes", "items")
_ROUNDINGS: Final[tuple[Rounding, ...]] = ("half up", "down", "up")


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
    """In which sense the numbers of a counter are right."""

    scope: Scope
    unit: Unit
    dropped: Dropped
    rounding: Rounding = "half up"


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter of the file. ``basis``: None if its numbers are wrong; ``scopes``: what it may count, nearest first.

    ``start`` is the byte at which ``line`` begins. All ``claims`` are right together or not at all (a table's row has
    two if it also counts what is left). ``fenced``: its numbers stand in columns, and it is never reported; ``sign``
    is the status emoji at its front, if any.
    """

    claims: tuple[Claim, ...]
    line: str
    start: int
    scopes: tuple[Scope, ...]
    basis: Basis | None = None
    row: Row | None = None
    fenced: bool = False
    sign: Chars | None = None

    def span(self, chars: Chars) -> Span:
        """Characters of the line as bytes of the file."""
        head = self.start + _size(self.line[: chars.start])
        return Span(head, head + _size(self.line[chars.start : chars.end]))


@dataclass(frozen=True, slots=True)
class Stale:
    """A counter that does not say what is there: its bytes, what it claims, what a count gives."""

    span: Span
    claimed: str
    actual: str


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


def slots_of(document: Document) -> tuple[Slot, ...]:
    """The tasks of a document as counters see them."""
    return tuple(slot_of(task, place_of(document, task)) for task in document.outline.tasks())


def place_of(document: Document, task: Task) -> int:
    """Where a task stands, as slots count. From its line: the places of all tasks would be made only for this."""
    return 2 * document.source.starts[task.line - 1]


def slot_of(task: Task, at: int) -> Slot:
    """One task as counters see it."""
    return Slot(task.key, at, task.state, task.kind, tuple(item.state for item in task.checklist))


def counters(document: Document) -> tuple[Counter, ...]:
    """Every counter of the file, in order of kind and place; each with the sense in which it is right, if any."""
    slots = Slots(slots_of(document))
    scopes = Scopes(document)
    found = [*_in_text(document, scopes), *_in_fences(document, scopes), *_in_tables(document, scopes)]
    return tuple(replace(counter, basis=_basis(counter, slots)) for counter in found)


def stale(document: Document) -> list[Stale]:
    """The counters that are wrong (``stale-counter``), in document order, with what the nearest sense would say."""
    slots = Slots(slots_of(document))
    found: list[Stale] = []
    for counter in counters(document):
        scope = next((one for one in counter.scopes if slots.within(one)), None)
        if counter.basis is None and not counter.fenced and scope is not None:
            tally = _tally(slots.within(scope), "items" if scope.task is not None else "tasks", "done")
            for claim in counter.claims:
                said, actual = claim.numbers(counter.line), _said(claim, tally, "half up")
                if said != actual:
                    found.append(Stale(counter.span(claim.span), _shown(said), _shown(actual)))
    return sorted(found, key=lambda one: one.span)


def updates(document: Document, known: Sequence[Counter], after: Iterable[Slot]) -> list[Edit]:
    """The edits that keep true what was true, when the tasks will be those of ``after``. Others stay as they are.

    ``known`` are the :func:`counters` of the document.
    """
    now, then = Slots(slots_of(document)), Slots(after)
    edits: list[Edit] = []
    for counter in known:
        if counter.basis is not None:
            tally = _tally(then.within(counter.basis.scope), counter.basis.unit, counter.basis.dropped)
            for claim in counter.claims:
                edits += _rewritten(counter, claim, _said(claim, tally, counter.basis.rounding))
            edits += _restaged(counter, tally)
            if counter.fenced:
                edits += _resigned(counter, tally, known, now)
    return edits


def _basis(counter: Counter, slots: Slots) -> Basis | None:
    """The nearest sense in which all the numbers are right."""
    for scope in counter.scopes:
        inside = slots.within(scope)
        for unit in _UNITS if scope.task is None else _UNITS[2:]:
            for dropped in ("done", "open", "out"):
                tally = _tally(inside, unit, dropped)
                rounding = _agreeing(counter, tally) if tally.total else None
                if rounding:
                    return Basis(scope, unit, dropped, rounding)
    # 0/0 of a section without tasks is right too, but only if nothing else is meant.
    nothing = (
        _agreeing(counter, Tally(0, 0)) if counter.scopes and not slots.within(counter.scopes[0]) else None
    )
    return Basis(counter.scopes[0], "tasks", "done", nothing) if nothing else None


def _agreeing(counter: Counter, tally: Tally) -> Rounding | None:
    """The rounding with which a tally gives the numbers of a counter."""
    numbers = [claim.numbers(counter.line) for claim in counter.claims]
    for rounding in _ROUNDINGS:
        if [_said(claim, tally, rounding) for claim in counter.claims] == numbers:
            return rounding
    return None


def _tally(slots: Sequence[Slot], unit: Unit, dropped: Dropped) -> Tally:
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


def _said(claim: Claim, tally: Tally, rounding: Rounding) -> tuple[int | None, int | None, int | None]:
    """What a claim of this form says of a tally."""
    part = {"done": tally.done, "open": tally.total - tally.done, "total": tally.total}[claim.counts]
    of_part = part if claim.part and claim.whole else tally.done
    return (
        part if claim.part else None,
        tally.total if claim.whole else None,
        _percent(of_part, tally.total, rounding) if claim.percent else None,
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


def _shown(numbers: tuple[int | None, int | None, int | None]) -> str:
    part, whole, percent = numbers
    fraction = "/".join(str(number) for number in (part, whole) if number is not None)
    share = f"{percent}%" if percent is not None else ""
    return f"{fraction} ({share})" if fraction and share else fraction or share


def _rewritten(
    counter: Counter, claim: Claim, numbers: tuple[int | None, int | None, int | None]
) -> Iterator[Edit]:
    for chars, number in zip((claim.part, claim.whole, claim.percent), numbers, strict=True):
        if chars is not None and number is not None and int(counter.line[chars.start : chars.end]) != number:
            place, text = (
                _padded(counter.line, chars, str(number)) if counter.fenced else (chars, str(number))
            )
            span = counter.span(place)
            yield Edit(span.start, span.end, text.encode())


def _restaged(counter: Counter, tally: Tally) -> Iterator[Edit]:
    """The status cell of a row that was right follows its numbers; words that nobody knows stay."""
    row = counter.row
    if row is None or row.status is None:
        return
    before = stage(row.line[row.status.start : row.status.end])
    now = _stage(tally, before)
    if before and now != before and now in row.spelled:
        span = counter.span(row.status)
        yield Edit(span.start, span.end, row.spelled[now].encode("utf-8", "surrogateescape"))


def _resigned(counter: Counter, tally: Tally, others: Sequence[Counter], now: Slots) -> Iterator[Edit]:
    """The emoji of a status line that becomes complete, or no longer is: that of other lines which are."""
    if counter.sign is None or _complete(tally) == _complete_now(counter, now):
        return
    for other in others:
        if other.fenced and other.sign and other.basis and _complete_now(other, now) == _complete(tally):
            sign = other.line[other.sign.start : other.sign.end]
            span = counter.span(counter.sign)
            yield Edit(span.start, span.end, sign.encode("utf-8", "surrogateescape"))
            return


def _complete(tally: Tally) -> bool:
    return 0 < tally.total == tally.done


def _complete_now(counter: Counter, now: Slots) -> bool:
    assert counter.basis is not None
    return _complete(_tally(now.within(counter.basis.scope), counter.basis.unit, counter.basis.dropped))


def _stage(tally: Tally, before: Stage | None) -> Stage:
    if tally.total and tally.done == tally.total:
        return "complete"
    # Work may have begun before anything is done, so "in progress" over 0 % is no contradiction.
    return "begun" if tally.done or before == "begun" else "planned"


def _padded(line: str, chars: Chars, number: str) -> tuple[Chars, str]:
    """A number in a column: it grows into the blanks before it, and leaves blanks where it shrinks."""
    grown = len(number) - (chars.end - chars.start)
    blanks = chars.start - len(line[: chars.start].rstrip(" "))
    keep = 0 if line[: chars.start - blanks].endswith("(") else 1
    taken = min(max(grown, 0), max(blanks - keep, 0))
    return Chars(chars.start - taken, chars.end), " " * max(-grown, 0) + number


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _in_text(document: Document, scopes: Scopes) -> Iterator[Counter]:
    """Counters in headings and in prose. A box is a task or an item: what it says of itself is its title."""
    source = document.source
    closed = _lines_not_prose(document)
    headings = {source.line_of(heading.start) for heading in scopes.headings}
    for index, start in enumerate(source.starts):
        text = source.raw(start, source.line_end(start))
        if index + 1 not in closed and _QUICK.search(text):
            for claim in claims(text, heading=index + 1 in headings):
                yield Counter((claim,), text, start, scopes.around(start))


def _lines_not_prose(document: Document) -> set[int]:
    source = document.source
    lines: set[int] = set()
    for block in document.syntax.blocks:
        if isinstance(block, Hidden | Table):
            lines.update(
                range(source.line_of(block.start), source.line_of(max(block.start, block.end - 1)) + 1)
            )
        elif isinstance(block, Item) and block.mark is not None:
            last = block.pieces[-1].end if block.pieces else block.start
            lines.update(range(source.line_of(block.start), source.line_of(last) + 1))
    return lines


def _in_fences(document: Document, scopes: Scopes) -> Iterator[Counter]:
    source = document.source
    titles = [(milestone.title, scopes.named(milestone.title)) for milestone in document.outline.milestones]
    for block in document.syntax.hidden:
        if block.kind != "fence":
            continue
        for line in range(source.line_of(block.start), source.line_of(max(block.start, block.end - 1)) + 1):
            start = source.starts[line - 1]
            text = source.raw(start, source.line_end(start))
            named = [(title, scope) for title, scope in titles if scope and title in source.meant(text)]
            if len(named) == 1 and _QUICK.search(text):
                yield from _fence_line(document, text, start, *named[0])


def _fence_line(
    document: Document, text: str, start: int, title: str, scope: Scope | None
) -> Iterator[Counter]:
    # The title's own words must not be taken for what is counted ("Testing 3/5"): only the rest is looked at.
    raw = document.source.spelled(title).decode("utf-8", "surrogateescape")
    blank = text.replace(raw, "-" * len(raw), 1)
    sign = _SIGN.match(text, 0, text.index(raw))
    emoji = sign is not None and document.source.meant(sign[1])[0] in STATUS_EMOJI
    for claim in claims(blank, heading=True):
        yield Counter(
            (claim,),
            text,
            start,
            (scope,) if scope else (),
            fenced=True,
            sign=Chars(*sign.span(1)) if sign and emoji else None,
        )


def _in_tables(document: Document, scopes: Scopes) -> Iterator[Counter]:
    for block in document.syntax.blocks:
        if isinstance(block, Table):
            for row in rows(document.source, block):
                scope = scopes.named(row.name)
                if scope is not None:
                    yield Counter(row.claims, row.line, row.start, (scope,), row=row)
