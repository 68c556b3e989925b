"""The text that the Markdown library is given: every byte keeps its place, what would mislead the library is replaced.

Regions known to be hidden become blanks, lone carriage returns line feeds, undecodable bytes question marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from syncd.roadmap.blocks import Hidden
from syncd.roadmap.source import Source

_CR_ONLY: Final = re.compile(r"\r(?!\n)")
_SURROGATE: Final = re.compile("[\udc80-\udcff]")


def shadow(source: Source, known: Sequence[Hidden], start: int) -> str:
    """The text from ``start`` on (behind a BOM), as long in bytes as the file's; what is hidden is blank."""
    text = source.text
    if known:
        data = bytearray(source.data[start:])
        for region in known:
            a, b = region.start - start, region.end - start
            data[a:b] = re.sub(rb"[^\r\n]", b" ", data[a:b])
        text = data.decode("utf-8", "surrogateescape")
    if source.spelling.eol in ("cr", "mixed"):
        # The library takes a lone carriage return for a line end only now and then (not in a fence in an item).
        text = _CR_ONLY.sub("\n", text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("?", text)
    return text
