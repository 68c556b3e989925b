"""A new task behind the last of its milestone or lane, in the style of its siblings: a box, a heading, a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from syncd.model.changes import AddTask
from syncd.model.outline import MilestoneKey, Task, TaskKey
from syncd.model.values import TaskState
from syncd.roadmap.blocks import Heading
from syncd.roadmap.editor.bullet import bullet_like
from syncd.roadmap.editor.escape import spellings
from syncd.roadmap.editor.insert import (
    blank_at,
    bullet_of,
    following,
    gap_between,
    lead,
    leading_boxes,
    staying,
    task_style,
)
from syncd.roadmap.editor.lane import lane_for, lane_of
from syncd.roadmap.editor.milestone import new_milestone_options
from syncd.roadmap.editor.move import end_of_section, separator
from syncd.roadmap.editor.option import NoPlace, Option, inserted, line_ending
from syncd.roadmap.editor.state import heading_marker, mark, row_state
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import LanePlaces, Span
from syncd.roadmap.source import Source

_HASHES: Final = re.compile(rb" {0,3}#{1,6}[ \t]+")
_BOXED: Final = re.compile(rb"\[[^\]]{0,4}\][ \t]")
_WRAPS: Final = {b"[": (b"[", b"]"), b"`": (b"`", b"`")}
_BAR: Final = re.compile(rb"(?<!\\)\|")


def add_task_options(document: Document, change: AddTask, leaving: frozenset[TaskKey]) -> Iterator[Option]:
    """Ways to write a new task: behind the last of its milestone; before the first, if the last swallows it."""
    texts = list(spellings(change.title))
    if not texts:
        raise NoPlace("the title is empty, or is not text")
    if change.heading:
        yield from new_milestone_options(document, change, texts)
        return
    lane = None if change.milestone is not None else lane_for(document, change.state, new=True)
    siblings = [
        task
        for task in staying(document, change.milestone, leaving)
        if lane is None or lane_of(document, task) is lane
    ]
    for text in texts:
        if siblings and siblings[-1].kind == "heading":
            yield from _headings(document, siblings, change, text)
        if siblings and siblings[-1].kind == "row":
            yield from _rows(document, siblings, change, text)
        yield from _boxes(document, siblings, change, text, lane)


def _boxes(
    document: Document, siblings: list[Task], change: AddTask, text: str, lane: LanePlaces | None
) -> Iterator[Option]:
    source = document.source
    style = task_style(document, siblings)
    state = TaskState.OPEN if lane and lane.state is TaskState.IN_PROGRESS else change.state
    for at, before, first in _task_spots(document, change.milestone, siblings, lane):
        eol = line_ending(source, at)
        behind = bool(siblings) and not first
        number = style._replace(bullet=_next_bullet(document, siblings)) if behind else style
        line = number.line(mark(document, state, at), source.spelled(text))
        tail = b"" if behind or blank_at(source, at) else eol
        yield Option((inserted(source, at, before + line + eol + tail, eol),), at=at)


def _headings(document: Document, siblings: list[Task], change: AddTask, text: str) -> Iterator[Option]:
    """As a heading of the level of its siblings, with a marker if they carry one."""
    source, last = document.source, document.places[siblings[-1].key]
    hashes = _HASHES.match(source.data, last.line.start, last.line.end)
    if hashes is None:
        return
    said = heading_marker(document, siblings[-1], change.state)
    front = hashes[0]
    if _BOXED.match(source.data, hashes.end(), last.line.end):
        front, said = front + b"[" + mark(document, change.state, last.line.start) + b"] ", b""
    line = front + source.spelled(text) + (b" " + said if said else b"")
    spots = [last.block.end]
    if change.milestone is not None:
        spots.append(end_of_section(document, change.milestone))
    for at in spots:
        eol = line_ending(source, max(at - 1, 0))
        before = separator(document, siblings) or lead(source, at)
        tail = b"" if blank_at(source, at) else eol
        yield Option((inserted(source, at, before + line + eol + tail, eol),), at=at, kind="heading")


def _rows(document: Document, siblings: Sequence[Task], change: AddTask, text: str) -> Iterator[Option]:
    """As a row of the table that its siblings stand in, or as a bullet that says its state like theirs."""
    source, places = document.source, document.places[siblings[-1].key]
    model = _model(document, siblings)
    if model is None:
        return
    before = b""
    if places.bullet is not None:
        line = bullet_like(document, siblings, change.state, source.spelled(text))
        before = gap_between(document, siblings)
    else:
        task, said = model
        value = row_state(document, task, change.state)
        opened, closed = _WRAPS.get(source.data[said.start - 1 : said.start], (b"", b""))
        title = _BAR.sub(rb"\\|", source.spelled(text))
        like = document.places[task.key]
        line = _filled(source, like.line, {said: opened + value + closed, like.title: title})
    at = places.block.end
    eol = line_ending(source, max(at - 1, 0))
    yield Option((inserted(source, at, before + line + eol, eol),), at=at, kind="row")


def _model(document: Document, siblings: Sequence[Task]) -> tuple[Task, Span] | None:
    """The last row that says a state, and where; one whose words nobody knows shows no way to write another."""
    for task in reversed(siblings):
        places = document.places[task.key]
        said = places.mark or places.marker
        if task.kind == "row" and said is not None:
            return task, said
    return None


def _filled(source: Source, line: Span, cells: Mapping[Span, bytes]) -> bytes:
    """A row like another: the cells named with other text, all others empty; as wide as they were, if that fits."""
    parts: list[bytes] = []
    at = line.start
    for bar in [found.start() for found in _BAR.finditer(source.data, line.start, line.end)] + [line.end]:
        cell = source.data[at:bar]
        new = next((text for span, text in cells.items() if at <= span.start and span.end <= bar), None)
        if new is not None:
            head = cell[: len(cell) - len(cell.lstrip(b" \t"))]
            parts.append((head + new + b" ").ljust(len(cell)))
        else:
            parts.append(b" " * len(cell) if cell.strip() and at > line.start else cell)
        parts.append(source.data[bar : bar + 1] if bar < line.end else b"")
        at = bar + 1
    return b"".join(parts)


def _next_bullet(document: Document, siblings: Sequence[Task]) -> bytes:
    items = [item for task in siblings if (item := document.places[task.key].item) is not None]
    return following([bullet_of(document.source, item).bullet for item in items[-2:]])


def _task_spots(
    document: Document, milestone: MilestoneKey | None, siblings: Sequence[Task], lane: LanePlaces | None
) -> Iterator[tuple[int, bytes, bool]]:
    """Where a task may be put: the byte, the blank lines before it, and whether it is the first there."""
    source = document.source
    if siblings:
        last = document.places[siblings[-1].key]
        if siblings[-1].kind == "box":
            yield last.block.end, gap_between(document, siblings), False
        boxes = leading_boxes(siblings)
        first = document.places[siblings[0].key].block.start
        if boxes and len(boxes) < len(siblings):
            yield document.places[boxes[-1].key].block.end, gap_between(document, boxes), False
        if siblings[0].kind != "box":
            yield first, lead(source, first), True
        return
    if lane is not None:
        yield lane.append, lead(source, lane.append), False
        return
    if milestone is not None:
        at = document.milestone_places[milestone].append
        yield at, lead(source, at), False
        return
    for at in _unfiled_spots(document):
        yield at, lead(source, at), False


def _unfiled_spots(document: Document) -> Iterator[int]:
    """Under the title, before the next heading; in a file without headings at its end."""
    headings = [block for block in document.syntax.blocks if isinstance(block, Heading)]
    data = document.source.data
    bound = headings[1].start if len(headings) > 1 else len(data)
    if not headings or headings[0].level == 1:
        text = data[:bound].rstrip(b" \t\r\n")
        yield document.source.next_line(max(len(text) - 1, 0)) if text.strip(b"\xef\xbb\xbf") else bound
    if headings and headings[0].start == document.source.starts[0]:
        return
    if headings:
        yield headings[0].start
