"""Inline text as people read it, with the way back to the bytes.

The plain text of a line has lost bold, strike-through and link syntax and HTML; code keeps its backticks; mojibake
is repaired. Rules work on indexes of the plain text; :meth:`Text.span` turns them into byte spans.

A character that the author escaped (``\\@bob``, ``&#x2705;``) is text and nothing else: no metadata, no status begins
or ends with it. In the plain text it therefore is a *shield*, a private character that no rule knows; :meth:`Text.said`
gives it back. This is how text from a forge can always be spelled so that it comes back as itself (§8).
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import Final, NamedTuple

from syncd.roadmap import spelling
from syncd.roadmap.blocks import BREAK, CODE, HTML, Piece, Pieces
from syncd.roadmap.outline.tags import is_break, is_element
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_ESCAPE: Final = re.compile(
    r"\\([!-/:-@\[-`{-~])|(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
_ESCAPE_BYTES: Final = re.compile(_ESCAPE.pattern.encode())

_tuple: Final = tuple.__new__  # what the call of a named tuple does in the end; here once per box
_PLANE: Final = 0xF0000
_SHIELDS: Final = re.compile("[\U000f0000-\U0010ffff]")


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
    shields: str = ""
    """The characters behind the shields, by their number."""

    def said(self, text: str) -> str:
        """A stretch of the plain text as it is meant for people: shields become the characters behind them."""
        return _unshielded(text, self.shields) if self.shields else text

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
        [piece] = pieces
        plain, start, end, style = piece
        raw = source.data[start - 1 if start else 0 : end]
        # A look is enough for nearly all of them; what it does not settle goes the long way.
        if not (style & HTML or b"\\" in raw or b"&" in raw):
            if not plain.isascii():
                plain = source.meant(plain)
            part = _tuple(Part, (0, start, end, style, len(plain) == end - start))
            return _tuple(Text, (plain, (part,), source, ""))
    plain = ""
    shields: list[str] = []
    parts: list[Part] = []
    for piece in pieces:
        text, start, end, style = piece
        if style & (HTML | BREAK):
            if style & BREAK:
                text = "\n" if lines else " "
            elif is_break(text):
                text, style = "\n" if lines else " ", BREAK
            elif is_element(text):
                continue
        elif _may_escape(source, piece):
            start, text = _shielded(source, piece, shields)
        elif not text.isascii():
            text = _guarded(source.meant(text), shields)
        parts.append(Part(len(plain), start, end, style, len(text) == end - start))
        plain += text
    return Text(plain, tuple(parts), source, "".join(shields))


def _may_escape(source: Source, piece: Piece) -> bool:
    _, start, end, style = piece
    if style & (CODE | BREAK):
        return False
    raw = source.data[start - 1 if start else 0 : end]
    return (b"\\" in raw or b"&" in raw) and _ESCAPE_BYTES.search(raw) is not None


def _shielded(source: Source, piece: Piece, shields: list[str]) -> tuple[int, str]:
    """Where a piece begins, its leading backslash included, and its text with shields."""
    line = source.data[source.line_start(piece.start) : piece.start]
    # The parser leaves the backslash of an escape out of the piece that it begins; an even number are none.
    start = piece.start - (len(line) - len(line.rstrip(b"\\"))) % 2
    raw = source.raw(start, piece.end)
    known = len(shields)
    parts: list[str] = []
    at = 0
    for found in _ESCAPE.finditer(raw):
        said = found[1] or html.unescape(found[2])
        parts.append(_guarded(source.meant(raw[at : found.start()]), shields))
        parts += [char if said == found[2] else _shield(char, shields) for char in said]
        at = found.end()
    text = "".join((*parts, _guarded(source.meant(raw[at:]), shields)))
    if _unshielded(text, "".join(shields)) != source.meant(piece.text):
        del shields[known:]
        return piece.start, _guarded(source.meant(piece.text), shields)
    return start, text


def _shield(char: str, shields: list[str]) -> str:
    shields.append(char)
    return chr(_PLANE + len(shields) - 1)


def _guarded(text: str, shields: list[str]) -> str:
    """A text in which the characters that shields are made of stand behind shields too (icon fonts use them)."""
    return _SHIELDS.sub(lambda found: _shield(found[0], shields), text)


def _unshielded(text: str, shields: str) -> str:
    return _SHIELDS.sub(lambda found: shields[ord(found[0]) - _PLANE], text)


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
