"""The Markdown of a roadmap as blocks with byte ranges: the only home of the Markdown library (pyromark).

The *original* text is parsed, mojibake and all, because ranges must be those of the file's own bytes; what a text
means is decided later, on :meth:`Source.meant`. What shifts or breaks ranges is dealt with here: a BOM is parsed
around, what the library cannot read is replaced in a shadow of the same length, an item's range that starts before its
bullet is moved to it (reading-roadmaps §9).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pyromark

from syncd.roadmap import fences
from syncd.roadmap.blocks import (
    BOLD,
    BREAK,
    CODE,
    EMPHASIS,
    HTML,
    IMAGE,
    LINK,
    NO_PARENT,
    STRIKE,
    Block,
    Cell,
    Heading,
    Hidden,
    HiddenKind,
    Item,
    Paragraph,
    Piece,
    Syntax,
    Table,
)
from syncd.roadmap.code_names import is_code_name
from syncd.roadmap.places import Span
from syncd.roadmap.shadow import shadow
from syncd.roadmap.source import BOM, Source


def parse(source: Source, *, quotes: bool = False) -> Syntax:
    """The blocks of a roadmap. ``quotes``: block quotes are read too (§2, ``mapping.quotes``). Linear time."""
    start = len(BOM) if source.spelling.bom else 0
    front = fences.front_matter(source.data, start)
    known = [] if front is None else [Hidden(*front, NO_PARENT, "front matter")]
    walk = _Walk(source.data, start, quotes).run(shadow(source, known, start))
    if walk.open_fence is None:
        return _syntax(known, walk)
    nested = fences.nested(source.data, front.end if front else start)
    if nested is None:
        return _syntax(known, walk)._replace(fence="open", fence_at=walk.open_fence)
    known += [Hidden(*region, NO_PARENT, "fence") for region in nested]
    again = _Walk(source.data, start, quotes).run(shadow(source, known, start))
    return _syntax(known, again)._replace(fence="nested", fence_at=walk.open_fence)


def _syntax(known: list[Hidden], walk: _Walk) -> Syntax:
    blocks = tuple(sorted([*known, *walk.blocks], key=_start_of)) if known else tuple(walk.blocks)
    return Syntax(
        blocks,
        tuple(block for block in blocks if isinstance(block, Hidden)),
        tuple(block for block in blocks if isinstance(block, Item) and block.mark is not None),
    )


def _start_of(block: Block) -> int:
    return block.start


_OPTIONS: Final = (
    pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS | pyromark.Options.ENABLE_STRIKETHROUGH
)
_UNDERSCORE: Final = ord("_")
_STYLES: Final = {"Strong": BOLD, "Strikethrough": STRIKE, "Link": LINK, "Image": IMAGE, "Emphasis": EMPHASIS}
_BULLET: Final = re.compile(rb"[ \t\r\n>]*([-*+]|[0-9]{1,9}[.)])[ \t]*")
# A star behind the box says optional, in plans that an editor generates (`- [ ]* 2.2 …`).
_BOX: Final = re.compile(rb"\[([^\]\[\r\n]{0,16})\]\*?(?=[ \t\r\n]|\Z)")
# What the call of a named tuple does in the end: there are more of them than of anything else.
_tuple: Final = tuple.__new__


def _skip(events: Iterator[tuple[Any, Any]]) -> None:
    """Go past all events of a block whose first one was taken."""
    depth = 1
    for event, _ in events:
        if event.__class__ is str:
            continue
        if "Start" in event:
            depth += 1
        elif "End" in event:
            depth -= 1
            if not depth:
                return


class _OpenItem:
    """An item whose end has not come yet."""

    __slots__ = ("begun", "bullet", "content", "end", "index", "list", "mark", "parent", "pieces")

    def __init__(self, index: int, parent: int, list_id: int, bullet: Span, content: int, end: int) -> None:
        self.index, self.parent, self.list, self.end = index, parent, list_id, end
        self.bullet, self.content = bullet, content
        self.mark: Span | None = None
        self.pieces: list[Piece] = []
        self.begun = False


class _Walk:
    """One pass over the library's events. State: the open items, where inline text goes, the style in force."""

    def __init__(self, data: bytes, shift: int, quotes: bool) -> None:
        self.data, self.shift, self.quotes = data, shift, quotes
        self.blocks: list[Any] = []
        self.items: list[_OpenItem] = []
        self.lists: list[int] = []
        self.list_count = 0
        self.sink: list[Piece] | None = None
        self.loose: list[Piece] = []
        self.style = 0
        self.hiding = False
        self.index = 0
        self.cells: list[Cell] = []
        self.rows: list[tuple[Cell, ...]] = []
        self.open_fence: int | None = None
        self.starts: dict[str, Callable[[int, int, Any], None]] = {
            "Item": self._item,
            "Paragraph": self._paragraph,
            "List": self._list,
            "BlockQuote": self._quote,
            "CodeBlock": self._code,
            "HtmlBlock": self._html_block,
            "Heading": self._heading,
            "Table": self._table,
            "TableHead": self._row,
            "TableRow": self._row,
            "TableCell": self._cell,
        }
        self.ends: dict[str, Callable[[int, int, Any], None]] = {
            "Item": self._end_item,
            "Paragraph": self._end_paragraph,
            "List": self._end_list,
            "Heading": self._end_heading,
            "Table": self._end_table,
            "TableHead": self._end_row,
            "TableRow": self._end_row,
            "TableCell": self._end_cell,
        }

    def run(self, text: str) -> _Walk:
        """Read all events of a text."""
        shift = self.shift
        begin, finish, say = self._start, self._end, self._text
        events: Iterator[tuple[Any, Any]] = iter(
            pyromark.events_with_range(text, options=_OPTIONS, merge_text=True)
        )
        for event, place in events:
            start, end = place["start"] + shift, place["end"] + shift
            if event.__class__ is str:
                if self.sink is not None:
                    say(start, end, "\n" if event == "HardBreak" else " ", BREAK)
                continue
            [name] = event
            value = event[name]
            if name == "Text":
                say(start, end, value, 0)
            elif name == "Start":
                begin(start, end, value)
                if self.hiding:
                    self.hiding = False
                    _skip(events)
            elif name == "End":
                finish(start, end, value)
            else:
                self._leaf(name, value, start, end)
        return self

    def _start(self, start: int, end: int, tag: Any) -> None:
        if tag.__class__ is str:
            name, value = tag, None
        else:
            [name] = tag
            value = tag[name]
        begin = self.starts.get(name)
        if begin is not None:
            begin(start, end, value)
        elif name in _STYLES:
            self._begin_text(start)
            if name == "Strong" and self._is_code_name(start, end):
                self._text(start, start + 2, "__", 0)
            else:
                self.style |= _STYLES[name]

    def _end(self, start: int, end: int, tag: Any) -> None:
        if tag.__class__ is str:
            name = tag
        else:
            [name] = tag
        finish = self.ends.get(name)
        if finish is not None:
            finish(start, end, tag)
        elif name == "Strong" and self._is_code_name(start, end):
            self._text(end - 2, end, "__", 0)
        elif name in _STYLES:
            self.style &= ~_STYLES[name]

    def _is_code_name(self, start: int, end: int) -> bool:
        return self.data[start] == _UNDERSCORE and is_code_name(self.data, start, end)

    def _leaf(self, name: str, value: Any, start: int, end: int) -> None:
        match name:
            case "TaskListMarker":
                item = self.items[-1]
                item.mark, item.content = Span(start + 1, end - 1), end
                self._begin_text(end)
            case "Code":
                self._text(start, end, self.data[start:end].decode("utf-8", "surrogateescape"), CODE)
            case "InlineHtml":
                self._text(start, end, value, HTML)
            case _:
                pass

    # -- inline text ---------------------------------------------------------------------------------------------

    def _begin_text(self, start: int) -> None:
        """Tight items have text without a paragraph around it: it is the item's own, or a paragraph after a block."""
        if self.sink is not None or not self.items:
            return
        item = self.items[-1]
        if item.begun:
            self._paragraph(start, start, None)
        else:
            item.begun = True
            self.sink = item.pieces

    def _text(self, start: int, end: int, text: str, style: int) -> None:
        if self.sink is None:
            self._begin_text(start)
        if self.sink is not None:
            self.sink.append(_tuple(Piece, (text, start, end, style | self.style)))

    def _close_text(self) -> None:
        """A block begins: loose text of a tight item ends here."""
        if self.sink is self.loose and self.loose:
            self._end_paragraph(self.loose[0].start, self.loose[-1].end, None)
        self.sink = None
        if self.items:
            self.items[-1].begun = True

    # -- blocks --------------------------------------------------------------------------------------------------

    def _parent(self) -> int:
        return self.items[-1].bullet.start if self.items else NO_PARENT

    def _reserve(self) -> int:
        """A place in document order for a block whose end is still to come."""
        self.blocks.append(None)
        return len(self.blocks) - 1

    def _list(self, _start: int, _end: int, _: Any) -> None:
        self._close_text()
        self.list_count += 1
        self.lists.append(self.list_count)

    def _end_list(self, _start: int, _end: int, _: Any) -> None:
        self.lists.pop()
        self.sink = None

    def _item(self, start: int, end: int, _: Any) -> None:
        found = _BULLET.match(self.data, start)
        # The range may start before the bullet: blanks, or line end and tab of the line above (§9).
        bullet, content = (_tuple(Span, found.span(1)), found.end()) if found else (Span(start, start), start)
        self.items.append(_OpenItem(self._reserve(), self._parent(), self.lists[-1], bullet, content, end))
        self.sink = None

    def _end_item(self, _start: int, _end: int, _: Any) -> None:
        self._close_text()
        item = self.items.pop()
        if item.mark is None:
            self._look_for_mark(item)
        bullet = item.bullet
        self.blocks[item.index] = _tuple(
            Item,
            (
                bullet.start,
                item.end,
                item.parent,
                item.list,
                bullet,
                item.mark,
                item.content,
                tuple(item.pieces),
            ),
        )
        self.sink = None

    def _look_for_mark(self, item: _OpenItem) -> None:
        """Marks that the library does not know (``[~]``, ``[✅]``, ``[]``) are matched on the bytes (§9)."""
        at = item.content
        if not item.pieces or self.data[at : at + 1] != b"[":
            return
        found = _BOX.match(self.data, at)
        # `[1]` whose address stands elsewhere in the file is a link.
        if found is None or item.pieces[0].style & (CODE | HTML | LINK):
            return
        item.mark, item.content = Span(*found.span(1)), found.end()
        item.pieces = [
            clipped for piece in item.pieces if (clipped := self._clip(piece, found.end())) is not None
        ]

    def _clip(self, piece: Piece, at: int) -> Piece | None:
        """What of a piece stands behind a byte."""
        if piece.start >= at:
            return piece
        if piece.end <= at:
            return None
        gone = self.data[piece.start : at].decode("utf-8", "surrogateescape")
        return Piece(piece.text[len(gone) :], at, piece.end, piece.style)

    def _paragraph(self, _start: int, _end: int, _: Any) -> None:
        if self.items and not self.items[-1].begun:
            self.items[-1].begun = True
            self.sink = self.items[-1].pieces
            return
        self.index = self._reserve()
        self.loose = []
        self.sink = self.loose

    def _end_paragraph(self, start: int, end: int, _: Any) -> None:
        if self.sink is self.loose:
            self.blocks[self.index] = Paragraph(start, end, self._parent(), tuple(self.loose))
            self.loose = []
        self.sink = None

    def _heading(self, start: int, end: int, value: Any) -> None:
        if self.items:  # inside an item a heading groups nothing: it is text of the item
            self._paragraph(start, end, value)
            return
        self._close_text()
        self.index = self._reserve()
        self.sink = []

    def _end_heading(self, start: int, end: int, tag: Any) -> None:
        if self.items:
            self._end_paragraph(start, end, None)
            return
        self.blocks[self.index] = Heading(start, end, int(tag["Heading"][1]), tuple(self.sink or ()))
        self.sink = None

    def _hide(self, start: int, end: int, kind: HiddenKind) -> None:
        self._close_text()
        self.blocks.append(Hidden(start, end, self._parent(), kind))
        self.hiding = True

    def _quote(self, start: int, end: int, _: Any) -> None:
        if self.quotes:
            self._close_text()
        else:
            self._hide(start, end, "quote")

    def _code(self, start: int, end: int, value: Any) -> None:
        fenced = isinstance(value, dict)
        self._hide(start, end, "fence" if fenced else "code")
        if fenced and not self.data[end:].strip() and not fences.closes(self.data, start, end):
            self.open_fence = start

    def _html_block(self, start: int, end: int, _: Any) -> None:
        comment = self.data[start:end].lstrip().startswith(b"<!--")
        self._hide(start, end, "comment" if comment else "html")

    # -- tables --------------------------------------------------------------------------------------------------

    def _table(self, _start: int, _end: int, _: Any) -> None:
        self._close_text()
        self.index = self._reserve()
        self.rows = []

    def _end_table(self, start: int, end: int, _: Any) -> None:
        self.blocks[self.index] = Table(start, end, self._parent(), tuple(self.rows))

    def _row(self, _start: int, _end: int, _: Any) -> None:
        self.cells = []

    def _end_row(self, _start: int, _end: int, _: Any) -> None:
        self.rows.append(tuple(self.cells))

    def _cell(self, _start: int, _end: int, _: Any) -> None:
        self.sink = []

    def _end_cell(self, start: int, end: int, _: Any) -> None:
        self.cells.append(Cell(start, end, tuple(self.sink or ())))
        self.sink = None
