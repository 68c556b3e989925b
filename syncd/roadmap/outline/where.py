"""The places of tasks and milestones in the bytes (see :mod:`syncd.roadmap.places`), made when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Generic, TypeVar

from syncd.model.outline import MilestoneKey, TaskKey
from syncd.roadmap.blocks import BOLD, EMPHASIS, LINK, STRIKE
from syncd.roadmap.outline import metadata
from syncd.roadmap.outline.milestone_tasks import FoundMilestone
from syncd.roadmap.outline.sections import Box, Row, Section, Tree
from syncd.roadmap.outline.tagged import Tag
from syncd.roadmap.outline.tasks import Found, line_span
from syncd.roadmap.outline.titles import Title
from syncd.roadmap.places import EchoPlaces, ItemPlaces, LanePlaces, MilestonePlaces, Span, TaskPlaces

_OPENING: Final = re.compile(rb"[*_~\[!]+\Z")
_CLOSING: Final = re.compile(rb"[*_~]*(?:\]\([^)\r\n]*\)|\]\[[^\]\r\n]*\])?[*_~]*")
_WRAPS: Final = BOLD | STRIKE | EMPHASIS | LINK

K = TypeVar("K")
V = TypeVar("V")


class Lazy(Mapping[K, V], Generic[K, V]):
    """A mapping whose values are made when they are looked up: most readings are never edited."""

    def __init__(self, makers: Mapping[K, Callable[[], V]]) -> None:
        self._makers, self._made = makers, dict[K, V]()

    def __getitem__(self, key: K) -> V:
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def task_places(tree: Tree, found: list[Found]) -> Mapping[TaskKey, TaskPlaces]:
    """The places of all tasks."""
    return Lazy({one.task.key: _maker(tree, one) for one in found})


def _maker(tree: Tree, found: Found) -> Callable[[], TaskPlaces]:
    return lambda: _task(tree, found)


def milestone_places(
    tree: Tree, found: list[FoundMilestone], tasks: list[Found]
) -> Mapping[MilestoneKey, MilestonePlaces]:
    """The places of all milestones."""
    return Lazy({one.key: _milestone_maker(tree, one, tasks) for one in found})


def _milestone_maker(tree: Tree, one: FoundMilestone, tasks: list[Found]) -> Callable[[], MilestonePlaces]:
    return lambda: _milestone(tree, one, [task for task in tasks if task.task.milestone == one.key])


def lane_places(tree: Tree) -> tuple[LanePlaces, ...]:
    """The lanes of a board; sections inside a lane are not lanes of their own."""
    heads = [one for one in tree.sections if one.in_lane and not (one.parent and one.parent.in_lane)]
    return tuple(LanePlaces(one.lane, Span(one.start, one.end), _after_own_text(tree, one)) for one in heads)


def echo_places(tree: Tree) -> tuple[EchoPlaces, ...]:
    """The boxes that repeat a task."""
    return tuple(
        EchoPlaces(box.repeats, box.state, Span(*box.item.mark), _marker(box.title))
        for box in tree.boxes
        if box.repeats and box.item.mark is not None
    )


def title_span(title: Title) -> Span:
    """The title's bytes, mark-up kept in pairs: a pair that wraps it whole stays outside, any other inside."""
    span, data = title.title_span(), title.of.source.data
    parts = [p for p in title.of.parts if p.at < title.end and title.of.plain[p.at : title.end].strip()]
    parts = [p for i, p in enumerate(parts) if i + 1 == len(parts) or parts[i + 1].at > title.start]
    if not parts or all(part.style & _WRAPS == parts[0].style & _WRAPS for part in parts):
        return span
    start, end = span
    if parts[0].style & _WRAPS and parts[0].at >= title.start:
        opening = _OPENING.search(data, max(0, start - 8), start)
        start = opening.start() if opening else start
    if parts[-1].style & _WRAPS:
        closing = _CLOSING.match(data, end)
        end = closing.end() if closing else end
    return Span(start, end)


def item_places(tree: Tree, box: Box) -> ItemPlaces:
    """The places of a list item with a box."""
    item = box.item
    mark = item.mark or Span(item.content, item.content)
    line = line_span(tree, item.start)
    text = box.title.of.parts
    content = Span(text[0].start, text[-1].end) if text else Span(item.content, item.content)
    if text and item.pieces:
        # A hard line break ends the title, and not the paragraph.
        content = Span(content.start, max(content.end, item.pieces[-1].end))
    return ItemPlaces(
        block=Span(line.start, tree.block_end(item.start, item.end)),
        line=line,
        indent=Span(line.start, item.start),
        bullet=item.bullet,
        gap=Span(item.bullet.end, mark.start - 1),
        mark=mark,
        text=title_span(box.title) if text else content,
        content=content,
        decorations=box.title.spans(),
    )


def _task(tree: Tree, found: Found) -> TaskPlaces:
    match found.subject:
        case Box():
            return _box_task(tree, found, found.subject)
        case Section():
            return _heading_task(tree, found, found.subject)
        case Row():
            return _row_task(tree, found, found.subject)


def _box_task(tree: Tree, found: Found, box: Box) -> TaskPlaces:
    item = item_places(tree, box)
    return TaskPlaces(
        block=item.block,
        line=item.line,
        title=_cut_span(found, box.title),
        item=item,
        mark=item.mark,
        marker=_marker(box.title),
        decorations=item.decorations,
        values=_values(found, box.title),
        items=_items(tree, found),
        end_of_items=_end_of_items(
            tree, found, tree.source.next_line(max(item.content.end - 1, item.line.start))
        ),
    )


def _heading_task(tree: Tree, found: Found, section: Section) -> TaskPlaces:
    status = found.fields.get("status")
    return TaskPlaces(
        block=Span(section.start, tree.block_end(section.body - 1, _without_rule(tree, section.end))),
        line=line_span(tree, section.start),
        title=_cut_span(found, section.title),
        marker=_marker(section.title),
        status=status.span if status else None,
        status_mark=_status_mark(tree, found, section.title),
        decorations=section.title.spans(),
        values=_values(found, section.title),
        items=_items(tree, found),
        end_of_items=_end_of_items(tree, found, tree.source.next_line(max(section.body - 1, section.start))),
    )


def _status_mark(tree: Tree, found: Found, title: Title) -> Span | None:
    """The inside of a box that says a heading's state: in its status line, else at its own beginning."""
    status = found.fields.get("status")
    if status is not None:
        return metadata.status_mark(status, tree.source.slice(*status.span))
    return title.of.span(*title.box) if title.box else None


def _row_task(tree: Tree, found: Found, row: Row) -> TaskPlaces:
    end = tree.block_end(row.start, row.end)
    return TaskPlaces(
        block=Span(tree.source.line_start(row.start), end),
        line=line_span(tree, row.start),
        title=_cut_span(found, row.title),
        mark=row.mark,
        marker=_row_marker(row),
        decorations=row.title.spans(),
        values=_values(found, row.title),
        items=_items(tree, found),
        end_of_items=end,
        bullet=row.bullet,
    )


def _row_marker(row: Row) -> Span | None:
    """What says a row's state; an emoji in a table's title does not."""
    return row.marker or (_marker(row.title) if row.bullet else None)


def _without_rule(tree: Tree, end: int) -> int:
    """A rule between two tasks (`---`) belongs to neither."""
    data = tree.source.data
    found = re.search(
        rb"(?:^|[\r\n])[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*[\r\n\s]*\Z", data[max(0, end - 200) : end]
    )
    return end - (len(found[0].lstrip(b"\r\n")) if found else 0)


def _cut_span(found: Found, title: Title) -> Span:
    """Where the title stands; of a title that was cut, the part that was kept (§4)."""
    if len(found.task.title) >= len(title.text):
        return title_span(title)
    return title.of.span(title.start, title.start + len(found.task.title))


def _marker(title: Title) -> Span | None:
    return title.of.span(*title.marker) if title.marker else None


def _values(found: Found, title: Title) -> dict[str, Span]:
    values: dict[str, Span] = {}
    for one in metadata.inline(title):
        values.setdefault(_value_name(one.name), title.of.span(one.start, one.end))
    if suffix := title.first("priority"):
        level = len(suffix.text.split()[0])
        values["labels.priority"] = title.of.span(suffix.start, suffix.start + level)
    if estimate := title.first("estimate"):
        values["estimate"] = title.of.span(estimate.start, estimate.end)
    for name, value in found.fields.items():
        if name not in ("status", "depends"):
            values[_value_name(name)] = value.span
    return values


def _value_name(name: str) -> str:
    return f"labels.{name}" if name in ("priority", "complexity", "tags") else name


def _items(tree: Tree, found: Found) -> tuple[ItemPlaces, ...]:
    return tuple(
        item_places(tree, box) if isinstance(box, Box) else _row_item(tree, box) for box in found.checklist
    )


def _row_item(tree: Tree, row: Row) -> ItemPlaces:
    line = line_span(tree, row.start)
    none = Span(row.start, row.start)
    block = Span(line.start, tree.source.next_line(max(row.end - 1, row.start)))
    text = title_span(row.title)
    mark, bullet = row.mark or none, row.bullet or none
    indent = Span(line.start, bullet.start) if row.bullet else none
    return ItemPlaces(
        block, line, indent, bullet, none, mark, text, text, row.title.spans(), _row_marker(row)
    )


def _end_of_items(tree: Tree, found: Found, otherwise: int) -> int:
    boxes = [box for box in found.checklist if isinstance(box, Box)]
    if not boxes:
        return otherwise
    return max(tree.block_end(box.item.start, box.item.end) for box in boxes)


def _milestone(tree: Tree, one: FoundMilestone, tasks: list[Found]) -> MilestonePlaces:
    if isinstance(one.subject, Box):
        item = item_places(tree, one.subject)
        return MilestonePlaces(
            item.line, item.block, item.text, item.block.end, box=item.mark, decorations=item.decorations
        )
    if isinstance(one.subject, Tag):
        # Its place is on a card: nothing stands under it, and nothing can be put there.
        at = tree.source.line_start(one.subject.span.start)
        return MilestonePlaces(line_span(tree, at), Span(at, at), one.subject.span, at)
    section = one.subject
    title = section.title
    ends = [_task(tree, task).block.end for task in tasks[-1:]]
    return MilestonePlaces(
        line=line_span(tree, section.start),
        section=Span(section.start, section.end),
        title=title_span(title),
        append=max(ends, default=_after_own_text(tree, section)),
        marker=_marker(title),
        status=title.of.span(*title.status) if title.status else None,
        counters=tuple(title.of.span(m.start, m.end) for m in title.metas if m.kind == "counter"),
        due=one.due_span,
        box=Span(*one.box.item.mark) if one.box is not None and one.box.item.mark else None,
        decorations=title.spans(),
        in_html=section.folded,
    )


def _after_own_text(tree: Tree, section: Section) -> int:
    """The end of the text right under a heading."""
    first = min((child.start for child in section.children), default=section.end)
    return tree.block_end(max(section.body - 1, section.start), _without_rule(tree, first))
