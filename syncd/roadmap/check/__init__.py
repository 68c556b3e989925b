"""What is wrong with a roadmap as it stands, and the one thing that can be put right without asking: its counters.

:func:`findings` is everything that can be said of a file by itself, :func:`repair` makes its counters true, and
:func:`unused` names keys of the mapping that match nothing, :func:`found_mapping` says what auto reading amounts to.
``codes`` has every code there is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from syncd.model.outline import Warning as Notice
from syncd.roadmap.check.codes import CODES, Level, level
from syncd.roadmap.check.found import found_mapping
from syncd.roadmap.check.mapping import unused
from syncd.roadmap.check.numbers import Repair, repair, stale_counters
from syncd.roadmap.check.secrets import secrets
from syncd.roadmap.check.tasks import duplicates, nothing, parents, titles
from syncd.roadmap.outline.document import Document

__all__ = [
    "CODES",
    "Level",
    "Repair",
    "findings",
    "found_mapping",
    "level",
    "repair",
    "stale_counters",
    "unused",
]

_BROKEN: Final = re.compile(r"[\udc80-\udcff]")
_AT_BOX: Final = ("unknown-mark", "box-without-space", "overview-disagrees", "lane-disagrees", "parent-done")


def findings(document: Document) -> tuple[Notice, ...]:
    """Everything that is odd about a roadmap, by place. Lines and columns count from 1, columns in characters."""
    found = [
        *document.outline.warnings,
        *stale_counters(document),
        *parents(document),
        *duplicates(document),
        *titles(document),
        *secrets(document),
        *nothing(document),
        *_foreign_bytes(document),
    ]
    placed = {_placed(document, one) for one in found}
    return tuple(sorted(placed, key=lambda one: (one.line, one.column, one.code, one.message)))


def _foreign_bytes(document: Document) -> list[Notice]:
    source = document.source
    found = [hit.start() for hit in _BROKEN.finditer(source.text)]
    if not found:
        return []
    line = source.line_of(source.byte_offset(found[0]))
    more = f", nor are {len(found) - 1} more" if len(found) > 1 else ""
    message = f"the byte {ord(source.text[found[0]]) - 0xDC00:#04x} is not UTF-8{more}"
    return [Notice(line, "not-utf8", message, found[0] - source.text_starts[line - 1] + 1)]


def _placed(document: Document, one: Notice) -> Notice:
    """A warning that has only a line points at what the line begins with, or at its box."""
    source = document.source
    if one.column > 1 or one.code == "no-tasks" or one.line > source.lines:
        return one
    start = source.starts[one.line - 1]
    text = source.raw(start, source.line_end(start))
    box = text.find("[") if one.code in _AT_BOX else -1
    return replace(one, column=(box if box >= 0 else len(text) - len(text.lstrip())) + 1)
