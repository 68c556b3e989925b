"""Inline text as people read it, with the way back to the bytes.

The plain text of a line has lost bold, strike-through and link syntax and HTML; code keeps its backticks; mojibake
is repaired. Rules work on indexes of the plain text; :meth:`Text.span` turns them into byte spans.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import Final, NamedTuple

from syncd.roadmap import spelling
from syncd.roadmap.blocks import BREAK, HTML, Pieces
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_ESCAPE: Final = re.compile(
    r"\\([!-/:-@\[-`{-~])|(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)


class Part(NamedTuple):
    """A stretch of the plain text from index ``at``, standing at bytes ``start`` to ``end``."""

    at: int
    start: int
    end: int
    style: int
    exact: bool
    """One ASCII character per byte: index and byte move together."""


class Text(NamedTuple):
    """A plain text and where its parts stand."""

    plain: str
    parts: tuple[Part, ...]
    source: Source

    def style(self, index: int) -> int:
        """The style bits at an index."""
        return self._part(index).style

    def styled(self, start: int, end: int, style: int) -> bool:
        """Whether everything between two indexes, blanks aside, has a style."""
        return all(
            part.style & style
            for part, after in zip(
                self.parts, [*(p.at for p in self.parts[1:]), len(self.plain)], strict=True
            )
            if part.at < end and after > start and self.plain[max(part.at, start) : min(after, end)].strip()
        )

    def span(self, start: int, end: int) -> Span:
        """The bytes of the indexes ``start`` to ``end`` (half open)."""
        if not self.parts:
            return Span(0, 0)
        if start >= end:
            at = self.byte(start)
            return Span(at, at)
        return Span(self.byte(start), self.byte(end, after=True))

    def byte(self, index: int, *, after: bool = False) -> int:
        """The byte at which an index stands; ``after``: the byte behind the character before it."""
        part = self._part(index - 1 if after else index)
        within = index - part.at
        if part.exact:
            return min(part.start + within, part.end)
        offsets = _offsets(self.source, part)
        return part.start + offsets[within] if within < len(offsets) else part.end

    def _part(self, index: int) -> Part:
        return self.parts[max(bisect_right(self.parts, index, key=_at) - 1, 0)]


def _at(part: Part) -> int:
    return part.at


def text_of(source: Source, pieces: Pieces, *, lines: bool = False) -> Text:
    """The plain text of pieces; a soft line break is one space, or a line feed with ``lines`` (§4)."""
    if len(pieces) == 1:
        piece = pieces[0]
        if not piece.style & HTML:
            plain = source.meant(piece.text)
            exact = len(plain) == piece.end - piece.start
            return Text(plain, (Part(0, piece.start, piece.end, piece.style, exact),), source)
    plain = ""
    parts: list[Part] = []
    for piece in pieces:
        if piece.style & HTML:
            continue
        text = ("\n" if lines else " ") if piece.style & BREAK else source.meant(piece.text)
        parts.append(
            Part(len(plain), piece.start, piece.end, piece.style, len(text) == piece.end - piece.start)
        )
        plain += text
    return Text(plain, tuple(parts), source)


def _offsets(source: Source, part: Part) -> list[int]:
    """For each character of a part its byte, counted from the part's start: escapes and mojibake take several bytes."""
    raw = source.raw(part.start, part.end)
    if part.style & BREAK:
        return [0]
    offsets: list[int] = []
    at, byte = 0, 0
    for found in _ESCAPE.finditer(raw):
        _plain_offsets(source, raw[at : found.start()], byte, offsets)
        byte += len(raw[at : found.start()].encode("utf-8", "surrogateescape"))
        said = found[1] or html.unescape(found[2])
        offsets.extend([byte] * len(said))
        byte += len(found[0])
        at = found.end()
    _plain_offsets(source, raw[at:], byte, offsets)
    return offsets


def _plain_offsets(source: Source, raw: str, byte: int, offsets: list[int]) -> None:
    codec = source.spelling.mojibake
    at = 0
    for run in spelling.RUN.finditer(raw):
        offsets.extend(range(byte + 0, byte + run.start() - at))
        byte += run.start() - at
        fixed = spelling.repaired(run[0], codec) if codec else None
        for char in fixed or run[0]:
            offsets.append(byte)
            spelt = spelling.damaged(char, codec) if fixed and codec else char
            byte += len(spelt.encode("utf-8", "surrogateescape"))
        at = run.end()
    offsets.extend(range(byte, byte + len(raw) - at))
