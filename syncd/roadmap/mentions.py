"""Overviews name milestones: where a title changes they say the new one, or their numbers would count nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from syncd.model.changes import Edit
from syncd.roadmap.counters import Counter
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.row_overviews import forms

Written = Mapping[str, tuple[str, str]]
"""The new titles by the old ones: as text, and as a cell of a table."""


def renamed_mentions(document: Document, known: Sequence[Counter], titles: Written) -> Iterator[Edit]:
    """The edits that put new titles into status lines of fences, into the first cells of progress tables, and into
    rows that stand for milestones.

    Only where the old title stands word for word, and the numbers were right: others name nothing that is known. Blanks
    behind the title come and go, so that columns stay.
    """
    counted = list(_in_counters(document, known, titles))
    yield from counted
    done = {document.source.line_of(edit.start) for edit in counted}
    for span in document.named if titles else ():
        said, line = document.source.slice(*span), document.source.line_of(span.start)
        new = next((new for old in titles if (new := _in_form(said, old, titles[old][1]))), None)
        if new and line not in done:
            start = document.source.starts[line - 1]
            text = document.source.raw(start, document.source.line_end(start))
            at = len(document.source.raw(start, span.start))
            yield _edit(text, start, at, document.source.raw(*span), _spelled(document, new))


def _in_form(said: str, old: str, new: str) -> str | None:
    """What a row says that named a milestone by its old title or a part of it: the same part of the new one."""
    for form, now in zip(forms(old), forms(new), strict=True):
        if form and form.casefold() == said.casefold():
            return now or new
    return None


def _in_counters(document: Document, known: Sequence[Counter], titles: Written) -> Iterator[Edit]:
    for counter in known:
        if counter.basis is None or not (counter.fenced or counter.row):
            continue
        for old, (text, cell) in titles.items():
            raw, new = (_spelled(document, one) for one in (old, text if counter.fenced else cell))
            found = counter.line.find(raw)
            if found >= 0 and (counter.row is None or counter.row.name.strip(" *_`") == old):
                yield _edit(counter.line, counter.start, found, raw, new)


def _edit(line: str, start: int, at: int, old: str, new: str) -> Edit:
    """A new title at a character of a line that begins at byte ``start``."""
    end = at + len(old)
    blanks = len(line[end:]) - len(line[end:].lstrip(" "))
    grown = len(new) - len(old)
    # A lone blank is no column, and one always stays.
    taken = min(max(grown, 0), max(blanks - 1, 0))
    pad = " " * -grown if grown < 0 and blanks > 1 else ""
    first, stop = start + _size(line[:at]), start + _size(line[: end + taken])
    return Edit(first, stop, (new + pad).encode("utf-8", "surrogateescape"))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _spelled(document: Document, text: str) -> str:
    return document.source.spelled(text).decode("utf-8", "surrogateescape")
