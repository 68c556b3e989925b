"""Every box of the file, counted by its lines and not by the reader (§9): what the reader loses, this finds.

A checker that only adds up what the reader itself counted does not notice lost boxes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from syncd.roadmap.blocks import Hidden, Syntax
from syncd.roadmap.outline import marks
from syncd.roadmap.source import Source

# Possessive: nothing is given back, so that a line of half a million bullets costs no memory.
LINE: Final = re.compile(
    rb"\n[ \t>]*+(?:(?:[-*+]|[0-9]{1,9}+[.)])[ \t]++)++\[([^\[\]\r\n]{0,16})\]\*?(?=[ \t\r\n]|\Z)"
)
_CR_ONLY: Final = re.compile(rb"\r(?!\n)")


def box_lines(source: Source) -> Iterator[tuple[int, str]]:
    """The byte of every ``[`` that opens something like a box behind a bullet, with the mark in it."""
    # A line end more at the front: looking for that one byte is several times as fast as `^` is.
    data = b"\n" + (_CR_ONLY.sub(b"\n", source.data) if b"\r" in source.data else source.data)
    for found in LINE.finditer(data):
        mark, start, end = found[1], found.start(1) - 1, found.end(1) - 1
        yield start - 1, " " if mark == b" " else marks.normal(source.slice(start, end))


def outside(places: Iterable[tuple[int, str]], syntax: Syntax) -> Iterator[tuple[int, str]]:
    """Those that stand in nothing hidden."""
    inside = hides(syntax)
    return ((at, mark) for at, mark in places if inside(at) is None)


def hides(syntax: Syntax) -> Callable[[int], Hidden | None]:
    """A test for what hides a byte."""
    hidden = sorted(syntax.hidden)
    starts = [region.start for region in hidden]

    def find(at: int) -> Hidden | None:
        index = bisect_right(starts, at) - 1
        return hidden[index] if index >= 0 and at < hidden[index].end else None

    return find
