"""A new checklist item at the end of its list, in the style of its siblings; and what the style of a line is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from syncd.model.changes import AddItem
from syncd.model.outline import MilestoneKey, Task, TaskKey
from syncd.model.values import TaskState
from syncd.roadmap.editor.escape import spellings
from syncd.roadmap.editor.option import NoPlace, Option, inserted, line_ending
from syncd.roadmap.editor.state import mark
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import ItemPlaces
from syncd.roadmap.source import Source

_ORDERED: Final = re.compile(rb"(\d{1,9})([.)])")


class Bullet(NamedTuple):
    """How the lines of a list begin: indentation, bullet, the blanks before the box and those behind it."""

    indent: bytes = b""
    bullet: bytes = b"-"
    gap: bytes = b" "
    after: bytes = b" "

    def line(self, inside: bytes, text: bytes) -> bytes:
        """A line with a box, without its ending."""
        return b"".join((self.indent, self.bullet, self.gap, b"[", inside, b"]", self.after, text))

    @property
    def content(self) -> int:
        """The column at which what is nested has to begin; a tab goes to the next column that four divides."""
        marker = columns(self.indent + self.bullet)
        begins = columns(self.indent + self.bullet + self.gap)
        return begins if begins - marker < 5 else marker + 1


def columns(text: bytes) -> int:
    """How many columns a line's beginning takes."""
    return len(text.expandtabs(4))


def bullet_of(source: Source, place: ItemPlaces) -> Bullet:
    """The style of an item."""
    data = source.data
    after = data[place.mark.end + 1 : max(place.content.start, place.mark.end + 1)]
    return Bullet(
        data[place.indent.start : place.indent.end],
        data[place.bullet.start : place.bullet.end],
        data[place.gap.start : place.gap.end],
        after if after and not after.strip(b" \t") else b" ",
    )


def following(bullets: Sequence[bytes]) -> bytes:
    """The bullet after these: the next number of an ordered list, unless all its numbers are the same."""
    last = _ORDERED.fullmatch(bullets[-1])
    if last is None or (len(bullets) > 1 and bullets[-1] == bullets[-2]):
        return bullets[-1]
    return b"%d%s" % (int(last[1]) + 1, last[2])


def staying(document: Document, milestone: MilestoneKey | None, leaving: frozenset[TaskKey]) -> list[Task]:
    """The tasks of a milestone (None: the unfiled) that do not move away."""
    return [t for t in document.outline.tasks() if t.milestone == milestone and t.key not in leaving]


def restarted(bullet: bytes) -> bytes:
    """The bullet with which a list like this begins."""
    found = _ORDERED.fullmatch(bullet)
    return b"1" + found[2] if found else bullet


def task_style(document: Document, siblings: Sequence[Task]) -> Bullet:
    """The style of the last sibling that is a box, else of the file's last box at all, else a plain one."""
    for tasks in (siblings, list(document.outline.tasks())):
        for task in reversed(tasks):
            item = document.places[task.key].item
            if item is not None:
                style = bullet_of(document.source, item)
                return style if tasks is siblings else style._replace(bullet=restarted(style.bullet))
    return Bullet()


def leading_boxes(siblings: Sequence[Task]) -> list[Task]:
    """The boxes before the first heading task or row of a milestone: what stands behind that would belong to it."""
    return list(takewhile(lambda task: task.kind == "box", siblings))


def gap_between(document: Document, siblings: Sequence[Task]) -> bytes:
    """The blank lines between the last two siblings, for one more after them; none if they touch."""
    if len(siblings) < 2:
        return b""
    before, last = (document.places[task.key].block for task in siblings[-2:])
    between = document.source.data[before.end : last.start]
    return between if not between.strip() else b""


def lead(source: Source, at: int) -> bytes:
    """The blank line that is missing before a new list."""
    start = source.starts[0]
    before = source.data[start:at]
    if not before.strip() or re.search(rb"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)\Z", before):
        return b""
    return line_ending(source, at)


def blank_at(source: Source, at: int) -> bool:
    """Whether the line at a byte is blank, or the file ends there."""
    return not source.data[at : source.line_end(at)].strip() if at < len(source.data) else True


def add_item_options(document: Document, task: Task, change: AddItem) -> Iterator[Option]:
    """Ways to append a checklist item: behind its last sibling, or as the first of a new list."""
    source = document.source
    texts = list(spellings(change.text))
    if not texts:
        raise NoPlace("the text is empty, or is not text")
    if task.kind == "row":
        raise NoPlace("a row of a table has no checklist")
    at, style, before, tail = _item_spot(document, task)
    eol = line_ending(source, max(at - 1, 0))
    inside = mark(document, TaskState.DONE if change.done else TaskState.OPEN, at)
    for text in texts:
        line = style.line(inside, source.spelled(text))
        yield Option((inserted(source, at, before + line + eol + tail, eol),))


def _item_spot(document: Document, task: Task) -> tuple[int, Bullet, bytes, bytes]:
    """The byte, the style, and the blank lines around."""
    source, places = document.source, document.places[task.key]
    top = [place for item, place in zip(task.checklist, places.items, strict=True) if item.depth == 0]
    if top:
        styles = [bullet_of(source, place) for place in top]
        beside = [style.bullet for style in styles[-2:] if style.indent == styles[-1].indent]
        return top[-1].block.end, styles[-1]._replace(bullet=following(beside)), b"", b""
    at = places.end_of_items
    style = _nested_style(document, task)
    if places.item is not None:
        return at, style, b"", b""
    eol = line_ending(source, at)
    return at, style, lead(source, at), b"" if blank_at(source, at) else eol


def _nested_style(document: Document, task: Task) -> Bullet:
    """How a first checklist item is written: as under other tasks of its kind, as deep as its text."""
    source, item = document.source, document.places[task.key].item
    parent = bullet_of(source, item) if item is not None else None
    for other in document.outline.tasks():
        places = document.places[other.key]
        if other.kind == task.kind and places.items:
            style = bullet_of(source, places.items[0])
            own = bullet_of(source, places.item).indent if places.item else b""
            indent = _indent_under(parent, style.indent.removeprefix(own))
            return style._replace(indent=indent, bullet=restarted(style.bullet))
    bullet = parent.bullet if parent and not _ORDERED.fullmatch(parent.bullet) else b"-"
    return Bullet(_indent_under(parent, b""), bullet, parent.gap if parent and len(parent.gap) < 5 else b" ")


def _indent_under(parent: Bullet | None, step: bytes) -> bytes:
    """The siblings' step, if it is neither too short to be nested under the text nor so long that it would be code."""
    front, needed = (parent.indent, parent.content) if parent else (b"", 0)
    fits = needed <= columns(front + step) < needed + 4
    return front + (step if fits else b" " * (needed - columns(front)))
