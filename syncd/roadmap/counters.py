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
from typing import Final

from syncd.model.changes import Edit
from syncd.roadmap import columns
from syncd.roadmap.blocks import Hidden, Item, Table
from syncd.roadmap.claims import LONGEST_LINE, Chars, Claim, claims, front_matter_claim
from syncd.roadmap.outline import boxes
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.words import STATUS_EMOJI
from syncd.roadmap.places import Span
from syncd.roadmap.progress_rows import Row, Stage, rows, stage
from syncd.roadmap.scopes import Scope, Scopes
from syncd.roadmap.tally import (
    DROPPED,
    ROUNDINGS,
    UNITS,
    Basis,
    Rounding,
    Slot,
    Slots,
    Tally,
    said,
    shown,
    slots_of,
)

_QUICK: Final = re.compile(r"\d\s*(?:/|%|\s(?:out )?of\s)|:[\s*_]*\d")
_OVERALL: Final = re.compile(r"\W*(?:overall|gesamt|insgesamt|总体|整体|全体)", re.IGNORECASE)
_SIGN: Final = re.compile(r"[\s|>*-]*([^\x00-\x7f]+)(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter of the file. ``basis``: None if its numbers are wrong; ``scopes``: what it may count, nearest first.

    ``start`` is the byte at which ``line`` begins. All ``claims`` are right together or not at all (a table's row has
    two if it also counts what is left). ``heading``: it stands in one. ``quiet``: kept true, but never reported, for it
    may count something else; ``fenced``: quiet, and its numbers stand in columns; ``sign`` is the status emoji at its
    front, if any.
    """

    claims: tuple[Claim, ...]
    line: str
    start: int
    scopes: tuple[Scope, ...]
    basis: Basis | None = None
    row: Row | None = None
    heading: bool = False
    quiet: bool = False
    fenced: bool = False
    sign: Chars | None = None

    def span(self, chars: Chars) -> Span:
        """Characters of the line as bytes of the file."""
        head = self.start + _size(self.line[: chars.start])
        return Span(head, head + _size(self.line[chars.start : chars.end]))

    @property
    def status(self) -> Stage | None:
        """What the status cell of a row says; None without one, and for words that nobody knows."""
        if self.row is None or self.row.status is None:
            return None
        return stage(self.row.line[slice(*self.row.status)])


@dataclass(frozen=True, slots=True)
class Stale:
    """A counter that does not say what is there: its bytes, what it claims, what a count gives.

    ``edits`` repair the whole line of numbers it belongs to: other claims of a table's row, its status cell, blanks
    that keep the columns. ``unread``: so many boxes of its part of the file are in code or quotes; it may count them
    too, so nobody knows what it should say.
    """

    span: Span
    claimed: str
    actual: str
    edits: tuple[Edit, ...] = ()
    unread: int = 0


def counters(document: Document) -> tuple[Counter, ...]:
    """Every counter of the file, in order of kind and place; each with the sense in which it is right, if any."""
    slots = Slots(slots_of(document))
    scopes = Scopes(document)
    found = [*_in_text(document, scopes), *_in_hidden(document, scopes), *_in_tables(document, scopes)]
    return tuple(replace(counter, basis=_basis(counter, slots)) for counter in found)


def stale(document: Document) -> list[Stale]:
    """The counters that are wrong (``stale-counter``), in document order, with the figures they should have."""
    slots = Slots(slots_of(document))
    wrong = [one for one in counters(document) if one.basis is None and not one.quiet]
    unread = _boxes_not_read(document) if wrong else []
    found: list[Stale] = []
    ignored = sorted(
        document.source.starts[one.first - 1]
        for one in document.outline.not_tasks
        if one.reason.startswith("section: ")
    )
    for counter in wrong:
        basis = _meant(counter, slots, ignored)
        if basis is not None:
            counted = slots.tally(basis)
            edits = tuple(_edits(counter, counted, "half up"))
            hidden = _within(unread, basis.scope)
            for claim in counter.claims:
                numbers, actual = claim.numbers(counter.line), said(claim, counted, "half up")
                if numbers != actual:
                    found.append(
                        Stale(counter.span(claim.span), shown(numbers), shown(actual), edits, hidden)
                    )
    return sorted(found, key=lambda one: one.span)


def _within(places: Sequence[int], scope: Scope) -> int:
    return bisect_left(places, scope.end) - bisect_left(places, scope.start)


def _boxes_not_read(document: Document) -> list[int]:
    """Boxes in code and quotes, which authors may have counted; those in comments are templates."""
    hides = boxes.hides(document.syntax)
    return [
        mark.start
        for mark in boxes.box_lines(document.source)
        if (region := hides(mark.start)) is not None and region.kind not in ("comment", "front matter")
    ]


def updates(document: Document, known: Sequence[Counter], after: Iterable[Slot]) -> list[Edit]:
    """The edits that keep true what was true, when the tasks will be those of ``after``. Others stay as they are.

    ``known`` are the :func:`counters` of the document.
    """
    now, then = Slots(slots_of(document)), Slots(after)
    edits: list[Edit] = []
    for counter in known:
        if counter.basis is not None:
            counted = then.tally(counter.basis)
            edits += _edits(counter, counted, counter.basis.rounding)
            if counter.fenced:
                edits += _resigned(counter, counted, known, now)
    return edits


def _basis(counter: Counter, slots: Slots) -> Basis | None:
    """The nearest sense in which all the numbers are right."""
    for scope in counter.scopes:
        for basis in _senses(scope):
            counted = slots.tally(basis)
            rounding = _agreeing(counter, counted) if counted.total else None
            if rounding:
                return replace(basis, rounding=rounding)
    # 0/0 of a section without tasks is right too, but only if nothing else is meant.
    nothing = (
        _agreeing(counter, Tally(0, 0)) if counter.scopes and not slots.count(counter.scopes[0]) else None
    )
    return Basis(counter.scopes[0], "tasks", "done", nothing) if nothing else None


def _meant(counter: Counter, slots: Slots, ignored: Sequence[int]) -> Basis | None:
    """What a counter that is wrong was meant to count; None where that cannot be said.

    The nearest tasks, in the sense whose total it has, if any (``5/12 done`` over 4 tasks with 12 boxes counts boxes);
    tasks further out, if their number is its total (``## Completed (21/31)``). A line about the ``overall`` progress
    speaks of the file, a heading of its own section, and one over boxes that are no tasks (``## Definition of Done
    (3/17)``) of those, which is nothing to us.
    """
    file = counter.scopes[-1:] if counter.row is None and _OVERALL.match(counter.line) else ()
    scopes = file or counter.scopes
    near = next((one for one in scopes if slots.count(one) or _within(ignored, one)), None)
    totals = {total for claim in counter.claims if (total := _total(claim, counter.line)) is not None}
    mine = list(_senses(near)) if near is not None and slots.count(near) else []
    for basis in (*mine, *(Basis(scope, "tasks", "done") for scope in scopes if scope.task is None)):
        if {slots.tally(basis).total} == totals:
            return basis
    owned = not counter.heading or near == counter.scopes[0]
    return mine[0] if mine and owned else None


def _senses(scope: Scope) -> Iterator[Basis]:
    for unit in UNITS if scope.task is None else UNITS[2:]:
        for dropped in DROPPED:
            yield Basis(scope, unit, dropped)


def _total(claim: Claim, line: str) -> int | None:
    part, whole, _ = claim.numbers(line)
    return part if claim.counts == "total" else whole


def _agreeing(counter: Counter, counted: Tally) -> Rounding | None:
    """The rounding with which a tally gives the numbers of a counter."""
    numbers = [claim.numbers(counter.line) for claim in counter.claims]
    for rounding in ROUNDINGS:
        if [said(claim, counted, rounding) for claim in counter.claims] == numbers:
            return rounding
    return None


def _edits(counter: Counter, counted: Tally, rounding: Rounding) -> Iterator[Edit]:
    """What makes a counter say a tally, its columns kept."""
    new = [one for claim in counter.claims for one in _rewritten(counter, claim, counted, rounding)]
    new += _restaged(counter, counted)
    placed = columns.in_cells(counter.line, new) if counter.row and counter.row.aligned else new
    for chars, text in placed:
        span = counter.span(chars)
        yield Edit(span.start, span.end, text.encode("utf-8", "surrogateescape"))


def _rewritten(
    counter: Counter, claim: Claim, counted: Tally, rounding: Rounding
) -> Iterator[columns.Replacement]:
    numbers = said(claim, counted, rounding)
    for chars, number in zip((claim.part, claim.whole, claim.percent), numbers, strict=True):
        if chars is not None and number is not None and int(counter.line[slice(*chars)]) != number:
            text = str(number)
            yield columns.grown_to_the_left(counter.line, chars, text) if counter.fenced else (chars, text)


def _restaged(counter: Counter, counted: Tally) -> Iterator[columns.Replacement]:
    """The status cell of a row follows its numbers; words that nobody knows stay."""
    before, row = counter.status, counter.row
    if before is None or row is None or row.status is None:
        return
    now = _stage(counted, before)
    if now != before and now in row.spelled:
        yield row.status, row.spelled[now]


def _resigned(counter: Counter, counted: Tally, others: Sequence[Counter], now: Slots) -> Iterator[Edit]:
    """The emoji of a status line that becomes complete, or no longer is: that of other lines which are."""
    if counter.sign is None or _complete(counted) == _complete_now(counter, now):
        return
    for other in others:
        if other.fenced and other.sign and other.basis and _complete_now(other, now) == _complete(counted):
            sign = other.line[other.sign.start : other.sign.end]
            span = counter.span(counter.sign)
            yield Edit(span.start, span.end, sign.encode("utf-8", "surrogateescape"))
            return


def _complete(counted: Tally) -> bool:
    return 0 < counted.total == counted.done


def _complete_now(counter: Counter, now: Slots) -> bool:
    assert counter.basis is not None
    return _complete(now.tally(counter.basis))


def _stage(counted: Tally, before: Stage | None) -> Stage:
    if _complete(counted):
        return "complete"
    # Work may have begun before anything is done, so "in progress" over 0 % is no contradiction.
    return "begun" if counted.done or before == "begun" else "planned"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _in_text(document: Document, scopes: Scopes) -> Iterator[Counter]:
    """Counters in headings and in prose. A box is a task or an item: what it says of itself is its title."""
    source = document.source
    closed = _lines_not_prose(document)
    headings = {source.line_of(heading.start) for heading in scopes.headings}
    for index, start in enumerate(source.starts):
        text = source.raw(start, source.line_end(start))
        if index + 1 not in closed and _may_count(text):
            heading = index + 1 in headings
            for claim in claims(text, heading=heading):
                yield Counter((claim,), text, start, scopes.around(start), heading=heading)


def _may_count(text: str) -> bool:
    return len(text) <= LONGEST_LINE and _QUICK.search(text) is not None


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


def _in_hidden(document: Document, scopes: Scopes) -> Iterator[Counter]:
    """Counters in fences, and in front matter."""
    source = document.source
    titles = [(milestone.title, scopes.named(milestone.title)) for milestone in document.outline.milestones]
    for block in document.syntax.hidden:
        if block.kind not in ("fence", "front matter"):
            continue
        for line in range(source.line_of(block.start), source.line_of(max(block.start, block.end - 1)) + 1):
            start = source.starts[line - 1]
            text = source.raw(start, source.line_end(start))
            if block.kind == "front matter":
                yield from _front_matter_line(text, start, scopes)
                continue
            if not _may_count(text):
                continue
            meant = source.meant(text)
            named = [(title, scope) for title, scope in titles if scope and title in meant]
            if len(named) == 1:
                yield from _fence_line(document, text, start, *named[0])


def _front_matter_line(text: str, start: int, scopes: Scopes) -> Iterator[Counter]:
    found = front_matter_claim(text) if len(text) <= LONGEST_LINE else None
    if found is not None:
        claim, sure = found
        yield Counter((claim,), text, start, (scopes.file,), quiet=not sure)


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
            quiet=True,
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
