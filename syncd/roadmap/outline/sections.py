"""The document as a tree of headings with their boxes: what all rules work on.

A bold paragraph that names a phase or bears a task's identifier is a section too (level 7: below every heading), and
any is where there are no headings below the title. Other bold paragraphs, and short ones that end in a colon, are
*labels* of the lists under them (``**Acceptance Criteria**:``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from syncd.model.values import TaskState
from syncd.roadmap.blocks import (
    NO_PARENT,
    STRIKE,
    Block,
    Heading,
    Hidden,
    Item,
    Paragraph,
    Pieces,
    Rule,
    Syntax,
    Table,
)
from syncd.roadmap.outline import folds, marks, titles, words
from syncd.roadmap.outline.labels import label_of, own_lines
from syncd.roadmap.outline.text import Text, text_of
from syncd.roadmap.outline.titles import Title
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

BOLD_LEVEL: Final = 7
_PLACEHOLDER: Final = re.compile(
    r"\[(?!\[)[^\[\]]+\]|\{\{?[^{}]+\}?\}|<[^<>]+>|\.{3,}|…|_{2,}|TB[AD](?:\s+\(.*\))?|\?+|None|N/A"
)


@dataclass(slots=True, eq=False)
class Box:
    """A list item with a box. ``children`` are the boxes nested in it, ``extras`` all else that is nested in it.

    ``count`` is how many boxes it and those nested in it are. ``known`` is whether its mark is; ``reason`` says why it
    is neither a task nor a checklist item, if it is not. ``repeats`` is the line of the task that an overview's box
    names.
    """

    item: Item
    line: int
    section: Section
    parent: Box | None
    mark: str
    state: TaskState
    title: Title
    group: str = ""
    known: bool = True
    reason: str = ""
    children: list[Box] = field(default_factory=list)
    extras: list[Block] = field(default_factory=list)
    count: int = 1
    repeats: int = 0

    def whole(self) -> list[Box]:
        """This box and all nested in it, in document order."""
        return [self, *(box for box, _ in self.walk())] if self.children else [self]

    def walk(self, depth: int = 0) -> Iterator[tuple[Box, int]]:
        """All boxes nested in this one, in document order, with their depth (no recursion: lists nest 1,000 deep)."""
        waiting = [(child, depth) for child in reversed(self.children)]
        while waiting:
            box, at = waiting.pop()
            yield box, at
            if box.children:
                waiting.extend((child, at + 1) for child in reversed(box.children))


@dataclass(slots=True, eq=False)
class Row:
    """A table row, or a bullet in a file without boxes, that is a task. ``mark`` is the box mark in its status
    cell, if any; ``pieces`` are those of its title. ``unknown`` is what its status cell says where nobody knows it,
    ``bullet`` that of a list item.
    """

    start: int
    end: int
    line: int
    title: Title
    state: TaskState
    mark: Span | None = None
    marker: Span | None = None
    pieces: Pieces = ()
    children: list[Row] = field(default_factory=list)
    unknown: str = ""
    bullet: Span | None = None


@dataclass(slots=True, eq=False)
class Section:
    """A heading and what stands under it before the next heading (``boxes``, ``blocks``); ``end`` includes subsections.

    ``level`` 0 is the document before any heading, 7 a bold paragraph. ``ignored`` is the reason why its boxes are not
    tasks. ``inside`` is the heading task that it is, or belongs to. ``lane`` is the state that a lane's heading says
    (``in_lane``: it may say none).
    """

    level: int
    start: int
    body: int
    line: int
    title: Title
    parent: Section | None
    end: int = 0
    pieces: Pieces = ()
    children: list[Section] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    ignored: str = ""
    inside: Section | None = None
    milestone: bool = False
    in_lane: bool = False
    lane: TaskState | None = None
    weight: int = 0
    rows: list[Row] = field(default_factory=list)
    folded: bool = False
    """A summary (``<details><summary>…``), which ends with what is folded away."""

    @property
    def is_task(self) -> bool:
        """Whether the heading is a task."""
        return self.inside is self

    def above(self) -> Iterator[Section]:
        """This section and those around it, innermost first."""
        section: Section | None = self
        while section is not None:
            yield section
            section = section.parent

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all_boxes(self) -> list[Box]:
        """The top-level boxes of this section and all below it, in document order."""
        return [box for section in self.walk() for box in section.boxes] if self.children else self.boxes


@dataclass(slots=True, eq=False)
class Tree:
    """The whole document. ``sections`` in document order, the root first; ``title`` is the document's title,
    if it has one.
    """

    source: Source
    syntax: Syntax
    known: marks.Marks
    marks: Mapping[str, TaskState]
    sections: list[Section] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    title: Section | None = None
    labels: dict[int, str] = field(default_factory=dict)
    """What the paragraphs and items that are labels say, by their start."""
    overview_rows: list[Row] = field(default_factory=list)
    """Rows that stand for milestones."""

    @property
    def root(self) -> Section:
        """The document itself."""
        return self.sections[0]

    def block_end(self, start: int, end: int) -> int:
        """The end of a block in whole lines: blank lines behind it do not belong to it."""
        data = self.source.data
        while end > start and data[end - 1] in b" \t\r\n":
            end -= 1
        return self.source.next_line(max(end - 1, start))


def build(source: Source, syntax: Syntax, known: marks.Marks, written: Mapping[int, str]) -> Tree:
    """The tree of a document; ``written`` is the mark of every box, by its item's start."""
    tree = Tree(source, syntax, known, known.states)
    builder = _Builder(tree, written)
    for block, after in zip_longest(syntax.blocks, syntax.blocks[1:]):
        builder.add(block, after)
    builder.close(0, len(source.data))
    for box in reversed(tree.boxes):
        if box.parent is not None:
            box.parent.count += box.count
    tree.title = _title(tree)
    return tree


def _title(tree: Tree) -> Section | None:
    """The document's title: the only level-1 heading, or the first heading if it does not hold boxes as others do."""
    tops = [section for section in tree.sections if section.level == 1]
    if len(tops) == 1:
        return tops[0]
    if not tops or tops[0] is not tree.sections[1]:
        return None
    holding = [top for top in tops if top.all_boxes()]
    return None if len(holding) > 1 and tops[0] in holding else tops[0]


class _Builder:
    """State of one pass: the open sections, the boxes by their item, the label in force per parent item."""

    def __init__(self, tree: Tree, written: Mapping[int, str]) -> None:
        self.tree, self.source, self.written = tree, tree.source, written
        # The lists in which a box with a known mark stands: only there an unknown mark makes a box too (§4).
        self.lists = {
            item.list for item in tree.syntax.boxed if (mark := written[item.start]) and mark in tree.marks
        }
        empty = Title(Text("", (), tree.source))
        root = Section(0, 0, 0, 1, empty, None)
        tree.sections.append(root)
        self.open = [root]
        self.owners: dict[int, Box | None] = {NO_PARENT: None}
        self.labels: dict[int, str] = {}
        # Without headings below the title, any bold paragraph is one.
        self.bold_heads = sum(isinstance(block, Heading) for block in tree.syntax.blocks) <= 1

    def add(self, block: Block, after: Block | None) -> None:
        """Put the next block in its place; ``after`` is the one behind it."""
        match block:
            case Item():
                self._item(block)
            case Heading() if _is_prose(self.source, block):
                self._paragraph(Paragraph(block.start, block.end, NO_PARENT, block.pieces), after)
            case Heading():
                self._section(block.level, block, titles.heading(text_of(self.source, block.pieces)))
            case Paragraph():
                self._paragraph(block, after)
            case Hidden() if block.kind == "html" and block.parent == NO_PARENT:
                self._html(block)
            case Table() | Hidden() | Rule():
                if isinstance(block, Rule) and block.parent == NO_PARENT:
                    self.labels.pop(NO_PARENT, None)
                self._extra(block)

    def _html(self, block: Hidden) -> None:
        """A summary that names a phase heads what is folded away under it."""
        if folds.ends(self.source, block) and self.open[-1].folded:
            self.close(BOLD_LEVEL, self.source.line_start(block.start))
        head = folds.summary(self.source, block)
        title = titles.heading(text_of(self.source, head.pieces)) if head else None
        if head and title and words.PHASE.match(title.text):
            self._section(BOLD_LEVEL, head, title)
            self.open[-1].folded = True
        self._extra(block)

    def close(self, level: int, at: int) -> None:
        """Sections at or below a level end at a byte."""
        while self.open and self.open[-1].level >= level:
            self.open.pop().end = at

    def _section(self, level: int, block: Heading | Paragraph, title: Title) -> None:
        start = self.source.line_start(block.start)
        self.close(level, start)
        section = Section(
            level,
            start,
            block.end,
            self.source.line_of(block.start),
            title,
            self.open[-1],
            pieces=block.pieces,
        )
        self.open[-1].children.append(section)
        self.open.append(section)
        self.tree.sections.append(section)
        self.labels.pop(NO_PARENT, None)

    def _extra(self, block: Paragraph | Table | Hidden | Rule | Item) -> None:
        owner = self.owners.get(block.parent)
        (owner.extras if owner is not None else self.open[-1].blocks).append(block)

    def _paragraph(self, block: Paragraph, after: Block | None) -> None:
        label = label_of(self.source, block, after)
        if label is not None:
            if block.parent == NO_PARENT and label.bold and self._heads(label.title):
                self._section(BOLD_LEVEL, block, label.title)
                return
            self.labels[block.parent] = self.tree.labels[block.start] = label.name
        self._extra(block)

    def _heads(self, title: Title) -> bool:
        return self.bold_heads or bool(words.PHASE.match(title.text) or words.TASK.match(title.text))

    def _item(self, item: Item) -> None:
        parent = self.owners.get(item.parent)
        mark = self.written.get(item.start)
        if mark is None or not self._is_box(item, mark):
            self.owners[item.start] = parent
            self._plain_item(item)
            return
        pieces, rest = own_lines(item.pieces) if len(item.pieces) > 1 else (item.pieces, ())
        title = titles.box(text_of(self.source, pieces))
        state = self.tree.marks.get(mark)
        box = Box(
            item,
            self.source.line_of(item.start),
            self.open[-1],
            parent,
            mark,
            state or TaskState.OPEN,
            title,
            self.labels.get(item.parent, ""),
            state is not None,
        )
        if box.state is TaskState.OPEN and _struck(title):
            box.state = TaskState.DROPPED
        if rest:
            box.extras.append(Paragraph(rest[0].start, rest[-1].end, item.start, rest))
        if not title.text or (title.text[0] in "[{<.…_T?N" and _PLACEHOLDER.fullmatch(title.guarded)):
            box.reason = "template"
        self.owners[item.start] = box
        self.tree.boxes.append(box)
        (parent.children if parent is not None else self.open[-1].boxes).append(box)

    def _plain_item(self, item: Item) -> None:
        """An item without a box may be the label of the boxes nested in it."""
        self._extra(item)
        label = label_of(self.source, item)
        if label is not None:
            self.labels[item.start] = self.tree.labels[item.start] = label.name

    def _is_box(self, item: Item, mark: str) -> bool:
        if mark == "":
            return True
        if len(mark) != 1 or mark in self.tree.marks or item.list in self.lists:
            return len(mark) == 1
        known = self.tree.known
        return (
            mark in known.named and item.start not in known.entries and not marks.explains(self.source, item)
        )


def _is_prose(source: Source, heading: Heading) -> bool:
    """A sentence right above ``---``: Markdown takes it for a heading, its author meant a rule below it."""
    if (
        heading.level != 2
        or not heading.pieces
        or source.data[heading.start : heading.end].lstrip()[:1] == b"#"
    ):
        return False
    return heading.pieces[-1].text.rstrip().endswith((".", "。"))


def _struck(title: Title) -> bool:
    parts = title.of.parts
    if not parts or not parts[0].style & STRIKE:
        return False
    return title.of.styled(title.start, title.end, STRIKE)
