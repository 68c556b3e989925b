"""Where things stand in the roadmap's bytes: what a reading tells an editor.

All spans are half-open byte ranges of the file's own bytes (:attr:`Source.data`, a BOM included), so that an edit
is ``data[:span.start] + new + data[span.end:]``. A span may be empty (``start == end``): then it is the point where
the thing would stand. ``None`` means that the text has no place for it.

For a box task ``- [x] **Extract** (`a.rs`) ✅ **COMPLETED**``::

    - [x] **Extract** (`a.rs`) ✅ **COMPLETED**
    ^ bullet          ^^^^^^^^ title runs from E of Extract ... to the closing parenthesis
      ^ mark is the x         ^^^^^^^^^^^^^^^^^ decorations

The title span is the outermost text that the title was read from: it starts after an opening ``**`` and ends
before a closing one if the mark-up wraps the title as a whole, and else holds the mark-up (``a **b** c``).
Decorations (status emoji, status words, counters, estimates) may also stand inside it
(``P3.2 ✅ COMPLETED - Performance``): the title is what is left of the span without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from syncd.model.values import TaskState

DecorationKind = Literal["emoji", "status", "counter", "estimate", "date", "priority", "other"]


class Span(NamedTuple):
    """Bytes ``start`` to ``end``, half open, of the file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Decoration:
    """Something around or inside a title that is not the title: ``⏳``, ``COMPLETED``, ``(3-4 hours)``."""

    kind: DecorationKind
    span: Span


@dataclass(frozen=True, slots=True)
class ItemPlaces:
    """The places of one list item with a box (a checklist item, or a box task's own line).

    ``block`` holds whole lines: from the start of the item's first line to the end of all that is nested in it, its
    last line ending included, blank lines behind it not. ``indent`` is what stands before the bullet on its
    line (blanks, tabs, ``>``), ``gap`` the blanks between bullet and box, ``mark`` the inside of the brackets
    (empty for ``[]``). ``text`` is the item's text without the decorations at its ends; ``content`` all of it, up
    to the end of its paragraph. ``marker`` is what says the state of an item without a box: an emoji or a word.
    """

    block: Span
    line: Span
    indent: Span
    bullet: Span
    gap: Span
    mark: Span
    text: Span
    content: Span
    decorations: tuple[Decoration, ...] = ()
    marker: Span | None = None


@dataclass(frozen=True, slots=True)
class TaskPlaces:
    """The places of a task.

    ``block`` is the task with all that belongs to it, in whole lines, trailing blank lines not included.
    ``line`` is its first line without the ending. ``item`` is None for heading tasks; for a row ``item`` is
    None too and ``mark`` is the inside of the brackets in its cell. ``marker`` is the status emoji at the title (or the
    emoji with its status word), ``status`` the value of its ``**Status**:`` line, ``status_mark`` the inside
    of a box in that value. ``values`` are the spans of metadata values by name: ``labels.priority``,
    ``labels.complexity``, ``labels.tags``, ``estimate``, ``due``, ``assignees``. ``items`` run parallel to the
    task's checklist. ``end_of_items`` is where a first checklist item would go if there are none (the start of a
    line, or the end of the file). ``bullet`` is that of a row which is a list item, None for one of a table.
    """

    block: Span
    line: Span
    title: Span
    item: ItemPlaces | None = None
    mark: Span | None = None
    marker: Span | None = None
    status: Span | None = None
    status_mark: Span | None = None
    decorations: tuple[Decoration, ...] = ()
    values: Mapping[str, Span] = field(default_factory=dict)
    items: tuple[ItemPlaces, ...] = ()
    end_of_items: int = 0
    bullet: Span | None = None


@dataclass(frozen=True, slots=True)
class MilestonePlaces:
    """The places of a milestone.

    ``line`` is its heading line without the ending, ``section`` all that stands under it, in whole lines.
    ``marker`` is the status emoji, ``status`` the status word (both may stand in ``decorations`` too),
    ``counters`` are ``3/5 Complete`` and the like in the heading, ``due`` a date that the reading took as the
    due date, ``append`` where a task that is added to it goes: the end of the last task's block, or of the
    heading's own text (the start of a line, or the end of the file).
    ``box`` is set for a milestone that is a box (``- [x] Phase 9: …``). ``in_html``: the title stands in HTML, where
    no Markdown escape works.
    """

    line: Span
    section: Span
    title: Span
    append: int
    marker: Span | None = None
    status: Span | None = None
    counters: tuple[Span, ...] = ()
    due: Span | None = None
    box: Span | None = None
    decorations: tuple[Decoration, ...] = ()
    in_html: bool = False


@dataclass(frozen=True, slots=True)
class EchoPlaces:
    """A box of an overview that repeats the task of another line. ``mark`` is the inside of its brackets, ``marker`` a
    status emoji at its text.
    """

    line: int
    state: TaskState
    mark: Span
    marker: Span | None = None


@dataclass(frozen=True, slots=True)
class LanePlaces:
    """A lane of a board. ``state`` is what it says of its cards (None: nothing); ``append`` as for milestones, where
    there is no card yet.
    """

    state: TaskState | None
    section: Span
    append: int
