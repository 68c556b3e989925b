"""Every box that is neither a task nor a checklist item, with its lines and the reason (§5, and the second promise)."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from syncd.model.outline import NotTasks
from syncd.model.outline import Warning as Notice
from syncd.model.values import TaskState
from syncd.roadmap.blocks import Hidden, Item, Syntax
from syncd.roadmap.outline import boxes as lines
from syncd.roadmap.outline import marks
from syncd.roadmap.outline.sections import Section, Tree

_HIDDEN_BY = {
    "fence": "a code fence",
    "code": "indented code",
    "comment": "an HTML comment",
    "html": "an HTML block",
    "front matter": "front matter",
    "quote": "a block quote",
}

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
"""Items marked so are counted: options, not states."""


class Aside(NamedTuple):
    """A box that was put aside."""

    line: int
    reason: str
    place: int


def grouped(asides: Iterable[Aside], others: Iterable[int]) -> tuple[NotTasks, ...]:
    """Runs of boxes with the same reason in the same place; ``others`` are the lines of all other boxes: they
    end a run.
    """
    found: list[NotTasks] = []
    ends = sorted(others)
    before: Aside | None = None
    for aside in sorted(asides):
        joined = before is not None and (aside.reason, aside.place) == (before.reason, before.place)
        if (
            joined
            and before is not None
            and bisect_right(ends, before.line) == bisect_right(ends, aside.line)
        ):
            last = found[-1]
            found[-1] = NotTasks(last.first, aside.line, last.boxes + 1, last.reason)
        else:
            found.append(NotTasks(aside.line, aside.line, 1, aside.reason))
        before = aside
    return tuple(found)


def lost(tree: Tree, known: Mapping[str, TaskState]) -> tuple[list[Aside], int, list[Notice]]:
    """Boxes that stand on a line of their own and that the reader did not meet; the count of all; what is hidden."""
    source, syntax = tree.source, tree.syntax
    read = {box.item.mark.start for box in tree.boxes if box.item.mark is not None}
    hides = lines.hides(syntax)
    hidden: dict[Hidden, int] = {}
    missed: list[int] = []
    for mark in lines.box_lines(source, read):
        if (region := hides(mark.start)) is not None:
            hidden[region] = hidden.get(region, 0) + 1
        elif marks.normal(source.slice(*mark)) in known:
            missed.append(mark.start)
    asides = [Aside(source.line_of(at), "not a list item: part of the text above", -1) for at in missed]
    return (
        asides,
        len(read) + len(missed),
        [_not_read(tree, region, count) for region, count in hidden.items()],
    )


def _not_read(tree: Tree, region: Hidden, count: int) -> Notice:
    some = "1 box" if count == 1 else f"{count} boxes"
    return Notice(
        tree.source.line_of(region.start), "boxes-not-read", f"{some} in {_HIDDEN_BY[region.kind]} not read"
    )


def fence_warnings(tree: Tree, syntax: Syntax) -> list[Notice]:
    """What a fence that was left open did (§2)."""
    line = tree.source.line_of(syntax.fence_at)
    match syntax.fence:
        case "nested":
            return [Notice(line, "fence-nested", "this fence was read as holding other fences")]
        case "open":
            return [Notice(line, "fence-open", "this fence is never closed: everything after it is hidden")]
        case "closed":
            return []


def mark_warnings(tree: Tree) -> list[Notice]:
    """Boxes that are odd but read, and lists of marks that are not read at all."""
    found = []
    for box in tree.boxes:
        if not box.known:
            found.append(
                Notice(
                    box.line,
                    "unknown-mark",
                    f"the mark [{box.mark}] is not known: read as open, never rewritten",
                )
            )
        elif box.mark == "":
            found.append(Notice(box.line, "box-without-space", "a box without a space: read as open"))
    if len(tree.boxes) < len(tree.syntax.boxed):
        found += _unread_lists(tree)
    return found


def _unread_lists(tree: Tree) -> Iterator[Notice]:
    """Lists most of whose items begin with a mark that nobody explains: they may be work, and the author is told."""
    read = {box.item.start for box in tree.boxes}
    lists: dict[int, list[Item]] = {}
    for item in tree.syntax.boxed:
        if item.start not in read and _may_be_mark(tree, item):
            lists.setdefault(item.list, []).append(item)
    sizes = Counter(block.list for block in tree.syntax.blocks if isinstance(block, Item)) if lists else {}
    for number, items in lists.items():
        signs = [marks.normal(tree.source.slice(*item.mark)) for item in items if item.mark]
        if 2 * len(items) > sizes[number] and not _LETTERS.startswith("".join(signs).casefold()):
            some = "1 item" if len(items) == 1 else f"{len(items)} items"
            yield Notice(
                tree.source.line_of(items[0].start),
                "unknown-mark",
                f"the mark [{signs[0]}] is not known: {some} of this list not read; "
                "mapping.marks can say what it means",
            )


def _may_be_mark(tree: Tree, item: Item) -> bool:
    """Not a number or a sign that refers to a note, not an entry of a legend, nor in a section that is no work."""
    source, mark = tree.source, item.mark
    sign = marks.normal(source.slice(*mark)) if mark else ""
    if len(sign) != 1 or sign.isdigit() or sign in "†‡§¶" or item.start in tree.known.entries:
        return False
    section = tree.sections[bisect_right(tree.sections, item.start, key=_start) - 1]
    return not section.ignored and not marks.explains(source, item)


def _start(section: Section) -> int:
    return section.start
