"""Boards whose cards name their milestone (§4 Lanes): ``#v1.2``, ``#milestone/MVP``, ``milestone: v2``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from syncd.roadmap.blocks import CODE, LINK, Item, Paragraph
from syncd.roadmap.outline import words
from syncd.roadmap.outline.sections import Box, Section, Tree
from syncd.roadmap.outline.text import Text, text_of
from syncd.roadmap.places import Span

_WORD: Final = r"\w(?:[\w.-]*\w)?"
_LINE: Final = re.compile(
    r"^[^\w\n]*milestone[^\w\n]*:[^\w\n]*(?P<line>\w[^\n]*)", re.IGNORECASE | re.MULTILINE
)
_NAMED: Final = re.compile(
    rf"(?<![\w&/#\]])#milestone[/:_-](?P<tag>{_WORD})"
    rf"|(?<![\w&/#\]])#(?P<phase>[^\W\d_](?:[\w.-]*\w)?)"
    rf"|(?<![\w/#])milestone::?\s*(?P<prose>{_WORD})",
    re.IGNORECASE,
)
# Cards write their priority as `#p1`.
_PRIORITY: Final = re.compile(r"p\d", re.IGNORECASE)
_TEXTS: Final = (Paragraph, Item)


@dataclass(frozen=True, slots=True)
class Tag:
    """The first place at which a milestone without a heading is named."""

    name: str
    line: int
    span: Span


def names(tree: Tree) -> Iterator[tuple[int, Tag]]:
    """For each card that names a milestone: where the card starts, and the name."""
    for section in tree.sections:
        if section.is_task:
            yield from _of_card(tree, section.start, [section.title.of, *_texts(tree, section)])
        elif section.inside is None and not section.ignored:
            for box in section.boxes:
                if not box.reason:
                    yield from _of_card(tree, box.item.start, [box.title.of, *_texts(tree, box)])


def _texts(tree: Tree, card: Box | Section) -> Iterator[Text]:
    blocks = card.extras if isinstance(card, Box) else card.blocks
    for block in blocks:
        if isinstance(block, _TEXTS) and block.pieces:
            yield text_of(tree.source, block.pieces, lines=True)


def _of_card(tree: Tree, start: int, texts: list[Text]) -> Iterator[tuple[int, Tag]]:
    """The first name on a card counts."""
    for text in texts:
        for found in (*_NAMED.finditer(text.plain), *_LINE.finditer(text.plain)):
            group = found.lastgroup or ""
            if text.style(found.start(group)) & (CODE | LINK):
                continue
            # In running text only a version or the like is sure to name one: `First milestone: done` does not.
            if group in ("phase", "prose") and not _is_phase(found[group]):
                continue
            name = found[group].rstrip(' *_]"')
            span = text.span(found.start(group), found.start(group) + len(name))
            yield start, Tag(text.said(name), tree.source.line_of(span.start), span)
            return


def _is_phase(tag: str) -> bool:
    if _PRIORITY.fullmatch(tag):
        return False
    return words.PHASE.fullmatch(tag.replace("-", " ").replace("_", " ")) is not None
