"""The text that belongs to a task: without its boxes and metadata lines (design §5 *notes*), and titles that
are too long (§4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import dedent
from typing import Final

from syncd.model.values import canonical_text
from syncd.roadmap.blocks import BOLD, Block, Item, Paragraph
from syncd.roadmap.outline.metadata import Fields
from syncd.roadmap.outline.sections import Box, Section, Tree
from syncd.roadmap.outline.text import Text
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

TITLE_LENGTH: Final = 255
_LEAST: Final = 12
_CODE: Final = re.compile(r"`+[^`]*`+")
_CUTS: Final = (
    re.compile(r"\s+—\s+"),
    re.compile(r"\s+-\s+"),
    re.compile(r"(?<=[.!?])\s+"),
    re.compile(r":\s+"),
)
_BLANK_RUN: Final = re.compile(r"\n{3,}")
_RULES: Final = re.compile(r"(?:\n|\A)[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*(?=\n*\Z)")


def of_box(tree: Tree, box: Box, nested: list[Box], fields: Fields) -> str:
    """The notes of a box task: what is nested in it and is no box (``nested`` are all boxes in it)."""
    if not box.extras and not any(child.extras for child in nested):
        return ""
    source, end = tree.source, tree.block_end(box.item.start, box.item.end)
    first = source.next_line(_text_end(box))
    start = min(
        [first, *(source.line_start(block.start) for block in box.extras if isinstance(block, Paragraph))]
    )
    start = max(start, source.next_line(box.item.start))
    # Behind a `<br>` the rest of the item's own line.
    start = min([start, *(block.start for block in box.extras[:1] if isinstance(block, Paragraph))])
    return _text(tree, start, end, nested, fields, box.extras)


def of_heading(tree: Tree, section: Section, fields: Fields) -> str:
    """The notes of a heading task: all that stands under the heading and is no box."""
    boxes = [inner for box in section.all_boxes() for inner in box.whole()]
    blocks = [block for inner in section.walk() for block in inner.blocks]
    return _text(tree, tree.source.next_line(section.body - 1), section.end, boxes, fields, blocks)


def _text(tree: Tree, start: int, end: int, boxes: list[Box], fields: Fields, blocks: list[Block]) -> str:
    source = tree.source
    groups = {box.group for box in boxes if box.group}
    gone = [(source.starts[box.line - 1], source.next_line(_text_end(box))) for box in boxes]
    gone += [whole for value in fields.values() if (whole := _whole_lines(source, value.line)) is not None]
    gone += [
        (source.line_start(span.start), source.next_line(span.end - 1))
        for span in _labels(tree, blocks, groups)
    ]
    gone += [
        (above.start, above.body) for above in {box.section for box in boxes if box.section.start >= start}
    ]
    text = dedent(source.meant(_without(source, start, end, sorted(gone))))
    text = _BLANK_RUN.sub("\n\n", canonical_text(text))
    return canonical_text(_RULES.sub("", text))


def _without(source: Source, start: int, end: int, gone: list[tuple[int, int]]) -> str:
    kept, at = [], start
    for first, last in gone:
        if first >= end:
            break
        if first > at:
            kept.append(source.raw(at, first))
        at = max(at, min(last, end))
    kept.append(source.raw(at, end))
    return "".join(kept).replace("\r\n", "\n").replace("\r", "\n")


def _text_end(box: Box) -> int:
    """The last byte of an item's own first paragraph."""
    last = box.title.of.parts[-1].end if box.title.of.parts else box.item.content
    return max(last - 1, box.item.start)


def _whole_lines(source: Source, span: Span) -> tuple[int, int] | None:
    """The lines of a metadata entry, if nothing else stands on them."""
    start, end = source.line_start(span.start), source.next_line(span.end - 1)
    rest = source.data[start : span.start] + source.data[span.end : end]
    return None if re.search(rb"[^\s*_>|+-]", rest) else (start, end)


def _labels(tree: Tree, blocks: Iterable[Block], groups: set[str]) -> Iterable[Span]:
    """Labels whose list is boxes: the checklist says them (``ChecklistItem.group``)."""
    for block in blocks if groups else ():
        if tree.labels.get(block.start) not in groups:
            continue
        if isinstance(block, Paragraph):
            yield Span(block.start, block.end)
        elif isinstance(block, Item):
            yield Span(block.start, block.pieces[-1].end)


def cut(text: Text, start: int, title: str) -> tuple[str, int]:
    """A title of at most 255 characters, and how many of its characters it keeps (§4); the whole text opens
    the notes.
    """
    if len(title) <= TITLE_LENGTH:
        return title, len(title)
    lead = _bold_lead(text, start)
    if lead >= _LEAST and title[:lead] == title[:lead].rstrip():
        return title[:lead].rstrip(" :"), lead
    code = [found.span() for found in _CODE.finditer(title)]
    for pattern in _CUTS:
        for found in pattern.finditer(title):
            at = found.start()
            if at > TITLE_LENGTH:
                break
            if at >= _LEAST and not any(a < at < b for a, b in code):
                return title[:at], at
    return _at_word(title, code)


def _at_word(title: str, code: list[tuple[int, int]]) -> tuple[str, int]:
    at = title.rfind(" ", _LEAST, TITLE_LENGTH + 1)
    while at > _LEAST and any(a < at < b for a, b in code):
        at = title.rfind(" ", _LEAST, at)
    at = at if at >= _LEAST else TITLE_LENGTH
    return title[:at].rstrip(), at


def _bold_lead(text: Text, start: int) -> int:
    """How many characters of the title are its bold lead."""
    length = 0
    for part, after in zip(text.parts, [*(p.at for p in text.parts[1:]), len(text.plain)], strict=True):
        if after <= start:
            continue
        if not part.style & BOLD:
            break
        length = after - start
    return length if length <= TITLE_LENGTH else 0
