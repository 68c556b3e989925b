"""One way in which a change could be written; the editor tries them in order and keeps the first that confirms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from syncd.model.changes import Edit
from syncd.model.outline import TaskKind
from syncd.roadmap.editor.splice import overlap, splice
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source


@dataclass(frozen=True, slots=True)
class Transfer:
    """A block that leaves its place (``cut``: with the blank lines that go with it) and is put in at ``at``.

    ``reshape`` are edits inside the block that fit it to its new siblings; ``lead`` and ``tail`` stand around it there.
    """

    block: Span
    cut: Span
    at: int
    lead: bytes = b""
    tail: bytes = b""
    reshape: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """Edits that carry one change, or the transfer of a block.

    ``at`` is where an added or moved task stands then, among its siblings and for the counters; ``kind`` is what an
    added task is written as.
    """

    edits: tuple[Edit, ...] = ()
    transfer: Transfer | None = None
    at: int = -1
    kind: TaskKind = "box"


class NoPlace(Exception):
    """The text has no place for a change; the message says why, for people. Never leaves the editor."""


def replaced(span: Span, text: bytes) -> Edit:
    """The edit that puts ``text`` in the place of a span."""
    return Edit(span.start, span.end, text)


def inserted(source: Source, at: int, lines: bytes, eol: bytes) -> Edit:
    """Whole lines, each with its ending, put in at the start of a line, or at the end of the file.

    A file without a newline at its end gets one before the new lines and has none after them, as it was.
    """
    if at == len(source.data) and at > source.starts[0] and not source.spelling.final_newline:
        return Edit(at, at, eol + lines.removesuffix(eol))
    return Edit(at, at, lines)


def line_ending(source: Source, at: int) -> bytes:
    """The line ending to use near a byte: that of its line, else of the line before, else the file's first."""
    here = source.ending(min(at, len(source.data)))
    before = source.ending(source.line_start(at) - 1) if source.line_start(at) > source.starts[0] else b""
    first = source.ending(source.starts[0])
    return here or before or first or b"\n"


def composed(source: Source, options: Iterable[Option]) -> list[Edit]:
    """The edits of several options together, in their order: what changes inside a block that moves goes with it."""
    options = list(options)
    moves = [option.transfer for option in options if option.transfer is not None]
    edits: list[Edit] = []
    for option in options:
        edits += [edit for edit in option.edits if not any(_inside(edit, move.block) for move in moves)]
        if option.transfer is not None:
            block = option.transfer.block
            inner = [edit for other in options for edit in other.edits if _inside(edit, block)]
            edits += _moved(source, option.transfer, inner)
    return edits


def _inside(edit: Edit, block: Span) -> bool:
    """Whether an edit belongs to a block; lines put in before it or behind it do not."""
    return block.start <= edit.start and edit.end <= block.end and not edit.start == edit.end == block.start


def _moved(source: Source, move: Transfer, inner: list[Edit]) -> list[Edit]:
    start = move.block.start
    # A text that is exchanged as a whole has no old lines left to indent anew.
    reshape = [edit for edit in move.reshape if not any(overlap(edit, other) for other in inner)]
    shifted = [Edit(edit.start - start, edit.end - start, edit.text) for edit in (*reshape, *inner)]
    block = splice(source.data[start : move.block.end], shifted)
    eol = line_ending(source, move.at)
    whole = block if block.endswith((b"\n", b"\r")) else block + eol
    return [Edit(*move.cut, b""), inserted(source, move.at, move.lead + whole + move.tail, eol)]
