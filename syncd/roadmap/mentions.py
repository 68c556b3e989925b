"""Overviews name milestones: where a title changes they say the new one, or their numbers would count nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from syncd.model.changes import Edit
from syncd.roadmap.counters import Counter
from syncd.roadmap.outline.document import Document

Written = Mapping[str, tuple[str, str]]
"""The new titles by the old ones: as text, and as a cell of a table."""


def renamed_mentions(document: Document, known: Sequence[Counter], titles: Written) -> Iterator[Edit]:
    """The edits that put new titles into status lines of fences and into the first cells of progress tables.

    Only where the old title stands word for word, and the numbers were right: others name nothing that is known. Blanks
    behind the title come and go, so that columns stay.
    """
    for counter in known:
        if counter.basis is None or not (counter.fenced or counter.row):
            continue
        for old, (text, cell) in titles.items():
            raw, new = (_spelled(document, one) for one in (old, text if counter.fenced else cell))
            found = counter.line.find(raw)
            if found >= 0 and (counter.row is None or counter.row.name.strip(" *_`") == old):
                yield _edit(counter, found, raw, new)


def _edit(counter: Counter, at: int, old: str, new: str) -> Edit:
    end = at + len(old)
    blanks = len(counter.line[end:]) - len(counter.line[end:].lstrip(" "))
    grown = len(new) - len(old)
    # A lone blank is no column, and one always stays.
    taken = min(max(grown, 0), max(blanks - 1, 0))
    pad = " " * -grown if grown < 0 and blanks > 1 else ""
    start = counter.start + _size(counter.line[:at])
    stop = counter.start + _size(counter.line[: end + taken])
    return Edit(start, stop, (new + pad).encode("utf-8", "surrogateescape"))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _spelled(document: Document, text: str) -> str:
    return document.source.spelled(text).decode("utf-8", "surrogateescape")
