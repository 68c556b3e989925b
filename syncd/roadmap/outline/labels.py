"""Lines that name what stands under them (``**Acceptance Criteria**:``), and which lines of an item are its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from syncd.roadmap.blocks import BOLD, BREAK, HTML, Block, Item, Paragraph, Piece, Pieces
from syncd.roadmap.outline import titles, words
from syncd.roadmap.outline.tags import is_break
from syncd.roadmap.outline.text import text_of
from syncd.roadmap.outline.titles import Title
from syncd.roadmap.source import Source

_LABEL_LENGTH: Final = 100
_BREAKS: Final = BREAK | HTML
# A list of numbers begins with 1; a line that wraps may begin with any other number (`version` / `3. Then …`).
_BULLET: Final = re.compile(r"(?:[-*+]|1[.)])[ \t]")


def _is_entry(pieces: Pieces) -> bool:
    """``**Status**: done`` and ``**Status:** done`` say something themselves and name nothing below."""
    if len(pieces) < 2 or not pieces[0].style & BOLD or pieces[1].style & BOLD:
        return False
    lead, rest = pieces[0].text.rstrip(), pieces[1].text.lstrip()
    if not (lead.endswith((":", "：")) or rest.startswith((":", "："))):
        return False
    if not "".join(piece.text for piece in pieces[1:]).strip(" :：") or pieces[-1].text.rstrip().endswith(
        (":", "：")
    ):
        return False
    return not (words.PHASE.match(lead) or words.TASK.match(lead))


def _named(source: Source, pieces: Pieces) -> Label | None:
    lead = pieces[0]
    if len(pieces) < 2 or not lead.style & BOLD or any(piece.style & _BREAKS for piece in pieces):
        return None
    text = text_of(source, pieces)
    if len(text.plain) > _LABEL_LENGTH or not (words.PHASE.match(text.plain) or words.TASK.match(text.plain)):
        return None
    ends = (part.at for part in text.parts if not part.style & BOLD)
    return Label(titles.heading(text, next(ends, 0)), bold=True)


def own_lines(pieces: Pieces) -> tuple[Pieces, Pieces]:
    """An item's text, and what stands behind a hard line break or in soft-wrapped lines that begin with a bold key
    (``**Priority**: HIGH``), or with the bullet of a list that is indented too far to be one.
    """
    for at in range(1, len(pieces)):
        piece = pieces[at]
        if pieces[at - 1].style & _BREAKS and (_breaks(pieces[at - 1]) or _begins_list(pieces, at)):
            return pieces[: at - 1], pieces[at:]
        if (
            piece.style & BOLD
            and pieces[at - 1].style & BREAK
            and at + 1 < len(pieces) + piece.text.rstrip().endswith(":")
        ):
            after = piece.text.rstrip() if piece.text.rstrip().endswith(":") else pieces[at + 1].text.lstrip()
            if after.endswith(":") or after.startswith(":"):
                return pieces[: at - 1], pieces[at:]
    return pieces, ()


def _begins_list(pieces: Pieces, at: int) -> bool:
    return bool(pieces[at - 1].style & BREAK) and _BULLET.match(pieces[at].text) is not None


def _breaks(piece: Piece) -> bool:
    """Whether a piece is a hard line break."""
    if piece.style & HTML:
        return is_break(piece.text)
    return bool(piece.style & BREAK) and piece.text == "\n"


@dataclass(frozen=True, slots=True)
class Label:
    """A paragraph or item that names what comes under it."""

    title: Title
    bold: bool

    @property
    def name(self) -> str:
        """What it says, without the colon."""
        return self.title.text.rstrip(" :：")


def label_of(source: Source, block: Paragraph | Item, after: Block | None = None) -> Label | None:
    """The label that a block is: all bold, or one short line that ends in a colon, or one right before boxes that
    begins with a phase or task in bold (``**v0.6** in progress``). ``after`` is the block behind it.
    """
    if not block.pieces:
        return None
    named = _named(source, block.pieces) if isinstance(after, Item) and after.mark is not None else None
    return named or _heads(source, block)


def _heads(source: Source, block: Paragraph | Item) -> Label | None:
    last = block.pieces[-1].text.rstrip()
    if not (block.pieces[0].style & BOLD or last.endswith((":", "："))):
        return None
    if block.pieces[-1].end - block.pieces[0].start > 8 * _LABEL_LENGTH or _is_entry(block.pieces):
        return None  # eight bytes a character are more than any spelling takes
    text = text_of(source, block.pieces)
    plain = text.plain.rstrip()
    if len(plain) > _LABEL_LENGTH:
        return None
    bare = len(plain.rstrip(" :：.!"))
    title = titles.heading(text)
    bold = text.styled(title.start, min(title.end, bare) if bare else title.end, BOLD)
    if bold and bare and text.styled(0, bare, BOLD):
        return Label(title, bold=True)
    if bold and words.TASK.match(title.text):  # `**Task 1.1: Copy** ✅`
        return Label(title, bold=True)
    if plain.endswith((":", "：")) or (bold and not re.search(r":\s", title.text)):
        return Label(title, bold)
    return None
