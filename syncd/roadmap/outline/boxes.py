"""Every box of the file, counted by its lines and not by the reader (§9): what the reader loses, this finds.

A checker that only adds up what the reader itself counted does not notice lost boxes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Set
from typing import Final

from syncd.roadmap.blocks import Hidden, Syntax
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

# Possessive: nothing is given back, so that a line of half a million bullets costs no memory.
LINE: Final = re.compile(
    rb"\n[ \t>]*+(?:(?:[-*+]|[0-9]{1,9}+[.)])[ \t]++)++\[([^\[\]\r\n]{0,16})\]\*?(?=[ \t\r\n]|\Z)"
)
_CR_ONLY: Final = re.compile(rb"\r(?!\n)")


def box_lines(source: Source, known: Set[int] = frozenset()) -> Iterator[Span]:
    """The inside of everything like a box behind a bullet, but for those that begin at a byte that is ``known``."""
    # A line end more at the front: looking for that one byte is several times as fast as `^` is.
    data = b"\n" + (_CR_ONLY.sub(b"\n", source.data) if b"\r" in source.data else source.data)
    for found in LINE.finditer(data):
        start = found.start(1) - 1
        if start not in known:
            yield Span(start, found.end(1) - 1)


def hides(syntax: Syntax) -> Callable[[int], Hidden | None]:
    """A test for what hides a byte."""
    hidden = sorted(syntax.hidden)
    starts = [region.start for region in hidden]

    def find(at: int) -> Hidden | None:
        index = bisect_right(starts, at) - 1
        return hidden[index] if index >= 0 and at < hidden[index].end else None

    return find
