"""What a reader of an outline may miss in it, and why it was not taken: for people, not for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from syncd.model.outline import Warning as Notice
from syncd.roadmap.blocks import Table
from syncd.roadmap.outline import tables
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.row_overviews import Names

_REASONS: Final = {
    "template": "empty, or a placeholder to be filled in",
    "legend": "the legend of the marks",
    "milestone box": "says how far a milestone is",
    "overview": "stands in an overview whose other boxes repeat tasks",
}
_SECTION: Final = re.compile(r"section: (?P<title>.+)", re.DOTALL)


def why(reason: str) -> str:
    """The reason of :class:`NotTasks` in a sentence, with the setting that changes it."""
    if found := _SECTION.fullmatch(reason):
        return f"under “{found['title']}”, which is no work to do (`mapping.include` changes that)"
    return _REASONS.get(reason, reason)


def hints(document: Document) -> Iterator[Notice]:
    """Tables that are no tasks though they say states, and what a file without boxes is read for."""
    found = list(_tables(document))
    yield from found
    if not found and not document.outline.boxes and next(document.outline.tasks(), None) is None:
        message = (
            "no box (`- [ ]`) in this file, and no list whose items say what is done and what is not (✅ ⏳)"
        )
        yield Notice(1, "no-boxes", f"{message}: plain list items are not tasks")


def _tables(document: Document) -> Iterator[Notice]:
    taken = {task.line for task in document.outline.tasks() if task.kind == "row"}
    source = document.source
    names = Names(milestone.title for milestone in document.outline.milestones)
    left = [
        table
        for table in document.syntax.blocks
        if isinstance(table, Table)
        and taken.isdisjoint(source.line_of(row[0].start) for row in table.rows[1:] if row)
    ]
    worded = dict(tables.in_words(source, left))
    for table in left:
        rows = worded.get(table, [])
        if count := len(rows) - len(names.overview(rows)):
            some = "1 row of this table says" if count == 1 else f"{count} rows of this table say"
            message = f"{some} a state in words or emoji: `mapping.tables: true` reads such rows as tasks"
            yield Notice(source.line_of(table.start), "table-words", message)
        elif len(table.rows) > 1 and tables.is_matrix(source, table):
            message = "this table has several columns of boxes: no row has one state, so none is a task"
            yield Notice(source.line_of(table.start), "table-matrix", message)
