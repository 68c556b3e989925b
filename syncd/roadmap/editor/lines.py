"""Edits as people read them: lines of the old file, before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from syncd.model.changes import Edit, LineEdit
from syncd.roadmap.editor.splice import in_order, splice
from syncd.roadmap.source import Source

_ENDING = re.compile(r"\r\n|\n|\r")


def line_edits(source: Source, edits: Sequence[Edit]) -> tuple[LineEdit, ...]:
    """Every line that changes, comes or goes, numbered in the old file (a new one like the line it pushes down)."""
    return tuple(line for region in _regions(source, edits) for line in _region_lines(source, *region))


def _regions(source: Source, edits: Sequence[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """Edits that touch the same lines, with these lines as bytes."""
    region: tuple[int, int, list[Edit]] | None = None
    for edit in in_order(edits):
        start, end = _whole_lines(source, edit)
        if region is not None and start < region[1]:
            region = (region[0], max(region[1], end), [*region[2], edit])
        else:
            if region is not None:
                yield region
            region = (start, end, [edit])
    if region is not None:
        yield region


def _whole_lines(source: Source, edit: Edit) -> tuple[int, int]:
    """The lines that an edit touches; none for whole lines that are put in between two others."""
    start = source.line_start(edit.start)
    whole = not edit.text or edit.text.endswith((b"\n", b"\r"))
    if (
        whole
        and start == edit.start
        and (edit.end == len(source.data) or source.line_start(edit.end) == edit.end)
    ):
        return start, edit.end
    return start, source.next_line(max(edit.start, edit.end - 1))


def _region_lines(source: Source, start: int, end: int, edits: list[Edit]) -> Iterator[LineEdit]:
    shifted = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    old = _lines(source, source.data[start:end])
    new = _lines(source, splice(source.data[start:end], shifted))
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    number = source.line_of(start)
    for offset, (before, after) in enumerate(zip_longest(old, new)):
        if before != after:
            yield LineEdit(number + min(offset, len(old)), before, after)


def _lines(source: Source, data: bytes) -> list[str]:
    """The lines as text that was meant, without their endings."""
    lines = _ENDING.split(source.meant(data.decode("utf-8", "surrogateescape")))
    return lines[:-1] if lines and not lines[-1] else lines
