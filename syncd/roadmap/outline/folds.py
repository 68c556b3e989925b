"""``<details>``: what a ``<summary>`` says heads what is folded away under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from syncd.roadmap.blocks import Hidden, Paragraph, Piece
from syncd.roadmap.source import Source

_SUMMARY: Final = re.compile(rb"<summary[^<>]*>", re.IGNORECASE)
_CLOSED: Final = re.compile(rb"</summary\s*>", re.IGNORECASE)
_END: Final = re.compile(rb"</details\s*>", re.IGNORECASE)
_TAG: Final = re.compile(rb"<[^<>]*>")


def summary(source: Source, block: Hidden) -> Paragraph | None:
    """The summary in a block of HTML, as a paragraph."""
    found = _SUMMARY.search(source.data, block.start, block.end) if block.kind == "html" else None
    closed = _CLOSED.search(source.data, found.end(), block.end) if found else None
    if found is None or closed is None:
        return None
    pieces = tuple(_pieces(source, found.end(), closed.start()))
    return Paragraph(pieces[0].start, block.end, block.parent, pieces) if pieces else None


def ends(source: Source, block: Hidden) -> bool:
    """Whether a block of HTML ends what was folded away."""
    return block.kind == "html" and _END.search(source.data, block.start, block.end) is not None


def _pieces(source: Source, start: int, end: int) -> Iterator[Piece]:
    """The text between tags, without the blanks around the whole."""
    inside = source.data[start:end]
    start, end = start + len(inside) - len(inside.lstrip()), end - (len(inside) - len(inside.rstrip()))
    at = start
    for tag in _TAG.finditer(source.data, start, end):
        if at < tag.start():
            yield Piece(source.raw(at, tag.start()), at, tag.start(), 0)
        at = tag.end()
    if at < end:
        yield Piece(source.raw(at, end), at, end, 0)
