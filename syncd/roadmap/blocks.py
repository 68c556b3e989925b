"""The blocks of a Markdown text, with their byte ranges in the file (:func:`syncd.roadmap.syntax.parse`).

Named tuples, because a large roadmap has tens of thousands of them.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from syncd.roadmap.places import Span

BOLD, STRIKE, LINK, CODE, HTML, BREAK, EMPHASIS, IMAGE = 1, 2, 4, 8, 16, 32, 64, 128
NO_PARENT: Final = -1

HiddenKind = Literal["fence", "code", "comment", "html", "front matter", "quote"]


class Piece(NamedTuple):
    """A stretch of inline text: what it says, its bytes, its style bits. Code says itself with its backticks."""

    text: str
    start: int
    end: int
    style: int


Pieces: TypeAlias = tuple[Piece, ...]


class Heading(NamedTuple):
    """A heading line (ATX, or setext with its underline). ``level`` is 1 to 6."""

    start: int
    end: int
    level: int
    pieces: Pieces


class Item(NamedTuple):
    """A list item. ``start`` is its bullet and names it; ``parent`` is the ``start`` of the item around it, or -1.

    ``mark`` is the inside of its box (None: no box), ``pieces`` the text of its first paragraph behind the box,
    ``content`` where the text behind bullet and box begins. ``list`` numbers the list it belongs to.
    """

    start: int
    end: int
    parent: int
    list: int
    bullet: Span
    mark: Span | None
    content: int
    pieces: Pieces


class Paragraph(NamedTuple):
    """A paragraph that is not the first of an item. ``parent`` as for items."""

    start: int
    end: int
    parent: int
    pieces: Pieces


class Cell(NamedTuple):
    """A table cell, its padding included."""

    start: int
    end: int
    pieces: Pieces


class Table(NamedTuple):
    """A table; ``rows[0]`` is its head."""

    start: int
    end: int
    parent: int
    rows: tuple[tuple[Cell, ...], ...]


class Hidden(NamedTuple):
    """Bytes that are not read: code, comments, front matter, quotes (reading-roadmaps §2)."""

    start: int
    end: int
    parent: int
    kind: HiddenKind


class Rule(NamedTuple):
    """A thematic break (``---``)."""

    start: int
    end: int
    parent: int


Block: TypeAlias = Heading | Item | Paragraph | Table | Hidden | Rule


class Syntax(NamedTuple):
    """All blocks in document order, and among them what is not read and the items with a box.

    ``fence`` says how a fence that was left open was dealt with (§2), and where.
    """

    blocks: tuple[Block, ...]
    hidden: tuple[Hidden, ...]
    boxed: tuple[Item, ...]
    fence: Literal["closed", "nested", "open"] = "closed"
    fence_at: int = 0
