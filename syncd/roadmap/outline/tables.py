"""Tables whose rows are tasks (§4): a status column with box marks; with words or emoji only on request.

A column of states is one for all of its rows: a row that says a state in words that nobody knows is a task too, and
open. Tables with the same head are one table that headings divide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from syncd.model.outline import Warning as Notice
from syncd.model.policy import ReadingRules
from syncd.model.values import TaskState
from syncd.roadmap.blocks import BOLD, Cell, Table
from syncd.roadmap.outline import headings, marks, meta, titles, words
from syncd.roadmap.outline.sections import Row, Section, Tree
from syncd.roadmap.outline.text import Text, text_of
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_STATUS: Final = words.set_of(
    "status|state|done|completed|complete|statut|état|estado|hecho|stato|erledigt|статус|готово|状态|完成|ステータス|状態"
    "|estatus|situação|zustand|állapot|státusz|stav|tila|durum|trạng thái|상태|进度状态|任务状态|состояние|стан"
    "|κατάσταση|الحالة|وضعیت|סטטוס|स्थिति"
)
_TITLE: Final = re.compile(
    r"(?:task|title|name|problem|tâche|titre|tarea|título|nombre|aufgabe|titel|tarefa|compito|задача|название|任务|タスク)s?",
    re.IGNORECASE,
)
_ID: Final = re.compile(
    r"(?:(?:task|story|issue)\s*)?(?:#|id|no\.?|nr\.?|number|№)|(?:任务|タスク)?(?:编号|序号|番号)|번호",
    re.IGNORECASE,
)
_MARK: Final = re.compile(r"\s*`?\[([^\[\]]{0,8})\]`?\s*")
_MARK_FIRST: Final = re.compile(rf"{_MARK.pattern[:-3]}(?=\s|\Z)")
_COUNT: Final = re.compile(r"[~≈]?\d+(?:\s*(?:/|of)\s*\d+)?\s*(?:%|[^\W\d]+)?")
_ALL_EMOJI: Final = re.compile(rf"(?:{words.EMOJI}\ufe0f?\s*)+")
_SUMS: Final = re.compile(
    r"(?:(?:grand |sub[- ]?)?totals?|total (?:general|général)|overall(?: progress)?|sum|gesamt|insgesamt|summe|totale"
    r"|итого|всего|合计|合計|总计|總計|総計|합계|razem|összesen|toplam|всього)",
    re.IGNORECASE,
)
_COLOURS: Final = frozenset("🟢🟡🟠🔴⚪⭕")
"""In a status column they often say how well a thing goes, not how far it is."""


class Found(NamedTuple):
    """The task rows of one table."""

    section: Section
    rows: list[Row]


class _Grid(NamedTuple):
    """A table with a column of states: its head, and the columns of state, title and number."""

    table: Table
    head: tuple[str, ...]
    status: int
    title: int
    number: int | None

    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        return self.table.rows[1:]


class _Status(NamedTuple):
    """What a status cell says: ``state`` is None where nobody knows. ``sign``: nothing but emoji."""

    text: str
    state: TaskState | None = None
    mark: Span | None = None
    marker: Span | None = None
    sign: bool = False


_EMPTY: Final = _Status("")
_REASONS: Final = {
    "says": "says no state that is known, and is no task|say no state that is known, and are no tasks",
    "heads": "heads the rows below it, and is no task|head the rows below them, and are no tasks",
    "sums": "sums up the others, and is no task|sum up the others, and are no tasks",
}


def find_rows(tree: Tree, rules: ReadingRules) -> tuple[list[Found], list[Notice]]:
    """Put the task rows of every table into its section. Also says which rows of such a table are no tasks."""
    source = tree.source
    sections: list[Section] = []
    read: list[tuple[_Grid, list[_Status]]] = []
    for section, table in _tables(tree):
        if grid := _grid(source, table, tree.marks):
            sections.append(section)
            read.append((grid, [_status(source, grid, row, tree.marks, rules.tables) for row in grid.rows()]))
    whole = _whole(read)
    found: list[Found] = []
    notices: list[Notice] = []
    for section, (grid, sure) in zip(sections, read, strict=True):
        # A table of tasks by its boxes: words beside them are states.
        worded = grid.head in whole and not rules.tables
        said = [_status(source, grid, row, tree.marks, True) for row in grid.rows()] if worded else sure
        if grid.head in whole or any(one.state is not None for one in said):
            rows = _rows_of(source, grid, said, grid.head in whole, notices)
            section.rows += rows
            found.append(Found(section, rows))
    return found, notices


def _tables(tree: Tree) -> Iterator[tuple[Section, Table]]:
    for section in tree.sections:
        if not section.ignored and section.inside is None:
            for block in section.blocks:
                if isinstance(block, Table) and len(block.rows) > 1:
                    yield section, block


def warnings(tree: Tree) -> Iterator[Notice]:
    """Task rows whose status cell holds words that nobody knows."""
    for section in tree.sections:
        for top in section.rows:
            for row in (top, *top.children):
                if row.unknown:
                    message = f"the status “{row.unknown}” is not known: read as open, never rewritten"
                    yield Notice(row.line, "unknown-status", message)


def in_words(source: Source, tables: Iterable[Table]) -> Iterator[tuple[Table, list[str]]]:
    """The tables that say states in words or emoji, each with the titles of the rows that would be tasks on request."""
    grids = [
        grid
        for table in tables
        if _status_column(_names(source, table)) is not None and (grid := _grid(source, table, {}))
    ]
    read = [(grid, [_status(source, grid, row, {}, True) for row in grid.rows()]) for grid in grids]
    whole = _whole(read)
    for grid, said in read:
        if grid.head in whole or any(one.state is not None for one in said):
            rows = _rows_of(source, grid, said, grid.head in whole, [])
            yield grid.table, [row.title.text for row in rows]


def _grid(source: Source, table: Table, known: Mapping[str, TaskState]) -> _Grid | None:
    names = _names(source, table)
    column = _status_column(names)
    if column is None:
        column = _column_of_boxes(source, table, known)
    if column is None:
        return None
    number = next((i for i, name in enumerate(names) if _ID.fullmatch(name)), None)
    counts = [i for i in range(len(names)) if _counts(source, table, i)]
    title = _title_column(names, column, number, counts)
    return None if title is None else _Grid(table, tuple(names), column, title, number)


def _whole(read: Sequence[tuple[_Grid, list[_Status]]]) -> set[tuple[str, ...]]:
    """The heads of tables of which every row is a task: two rows or more, and half of those that say anything, say a
    state that is known (or a sign that stands for one).
    """
    said: dict[tuple[str, ...], list[_Status]] = {}
    for grid, states in read:
        said.setdefault(grid.head, []).extend(one for one in states if one.text)
    return {head for head, states in said.items() if _speaks(states)}


def _speaks(states: Sequence[_Status]) -> bool:
    known = sum(one.state is not None or one.sign for one in states)
    return known >= 2 and known * 2 >= len(states)


def _rows_of(
    source: Source, grid: _Grid, said: list[_Status], whole: bool, notices: list[Notice]
) -> list[Row]:
    """The rows of a table that are tasks; those that continue another are its children."""
    last: tuple[str, Row] | None = None
    rows: list[Row] = []
    silent: dict[str, list[int]] = {}
    for cells, status in zip(grid.rows(), said, strict=True):
        row = _row(source, grid, cells, status)
        if row is None:
            continue
        if reason := _no_task(source, cells, status, whole):
            silent.setdefault(reason, []).append(row.line)
            continue
        known = _identifier(source, cells, grid.number, row)
        if last is not None and known and _continues(last[0], known):
            last[1].children.append(row)
        else:
            rows.append(row)
            last = (known, row)
    for reason, lines in silent.items():
        one, more = _REASONS[reason].split("|")
        message = (
            f"1 row of this table {one}" if len(lines) == 1 else f"{len(lines)} rows of this table {more}"
        )
        notices.append(Notice(lines[0], "rows-not-tasks", message))
    return rows


def _no_task(source: Source, cells: Sequence[Cell], status: _Status, whole: bool) -> str:
    """Why a row is no task, if it is none."""
    if status.state is None and not whole:
        return "says"
    if status.mark is not None:
        return ""
    line = source.line_start(cells[0].start)
    if b"|" not in source.data[line : source.line_end(line)]:
        return "says"  # the Markdown library takes a paragraph right behind a table for a row of it
    texts = [text_of(source, cell.pieces).plain.strip() for cell in cells]
    filled = [i for i, text in enumerate(texts) if text]
    if len(filled) == 1 and text_of(source, cells[filled[0]].pieces).styled(0, len(texts[filled[0]]), BOLD):
        return "heads"
    return "sums" if _SUMS.fullmatch(texts[filled[0]]) else ""


def _names(source: Source, table: Table) -> list[str]:
    return [text_of(source, cell.pieces).plain.strip() for cell in table.rows[0]]


def _status_column(names: Sequence[str]) -> int | None:
    return next((i for i, name in enumerate(names) if name.casefold() in _STATUS), None)


def is_matrix(source: Source, table: Table) -> bool:
    """Whether several columns of a table hold boxes, and none is called a status."""
    return (
        _status_column(_names(source, table)) is None
        and len(_columns_of_boxes(source, table, marks.COMMON)) > 1
    )


def _column_of_boxes(source: Source, table: Table, known: Mapping[str, TaskState]) -> int | None:
    """The one column that holds a box mark in every row says a state, whatever it is called. Several are a matrix of
    what is done where: no row of it has one state.
    """
    marked = _columns_of_boxes(source, table, known)
    return marked[0] if len(marked) == 1 else None


def _columns_of_boxes(source: Source, table: Table, known: Mapping[str, TaskState]) -> list[int]:
    """The columns that hold a mark that is known in every row."""
    marked = []
    for column in range(len(table.rows[0])):
        cells = [row[column] for row in table.rows[1:] if column < len(row)]
        found = (_MARK.fullmatch(source.raw(cell.start, cell.end).strip("|")) for cell in cells)
        if cells and all(one is not None and marks.normal(source.meant(one[1])) in known for one in found):
            marked.append(column)
    return marked


def _counts(source: Source, table: Table, column: int) -> bool:
    """Whether a column counts: ``Tasks`` over 12 and 3/5 is no column of titles."""
    if not _COUNT.match(_plain(source, table.rows[1], column)):  # a look at one row is enough for nearly all
        return False
    texts = [text for row in table.rows[1:] if (text := _plain(source, row, column))]
    return all(_COUNT.fullmatch(text) for text in texts)


def _plain(source: Source, row: Sequence[Cell], column: int) -> str:
    return text_of(source, row[column].pieces).plain.strip() if column < len(row) else ""


def _title_column(names: list[str], status: int, number: int | None, counts: Sequence[int]) -> int | None:
    fit = (i for i, name in enumerate(names) if i != status and i not in counts and _TITLE.fullmatch(name))
    named = next(fit, None)
    if named is not None:
        return named
    others = [i for i in range(len(names)) if i != status]
    return next((i for i in others if i != number), others[0] if others else None)


def _row(source: Source, grid: _Grid, cells: tuple[Cell, ...], status: _Status) -> Row | None:
    if grid.title >= len(cells):
        return None
    pieces = cells[grid.title].pieces
    text = titles.box(text_of(source, pieces))
    if not text.text:
        return None
    start, end = cells[0].start, cells[-1].end
    state = status.state or TaskState.OPEN
    line = source.line_of(start)
    unknown = "" if status.state is not None else status.text
    return Row(start, end, line, text, state, status.mark, status.marker, pieces, unknown=unknown)


def _status(
    source: Source, grid: _Grid, cells: Sequence[Cell], known: Mapping[str, TaskState], worded: bool
) -> _Status:
    if grid.status >= len(cells):
        return _EMPTY
    cell = cells[grid.status]
    boxed = _mark(source, cell, known)
    if boxed is not None:
        return _Status("[]", boxed[0], boxed[1])
    text = text_of(source, cell.pieces)
    return _in_words(text) if worded else _Status(text.plain.strip())


def _mark(source: Source, cell: Cell, known: Mapping[str, TaskState]) -> tuple[TaskState, Span] | None:
    raw = source.raw(cell.start, cell.end)
    found = _MARK_FIRST.match(raw.strip("|"))
    if found is None:
        return None
    state = known.get(marks.normal(source.meant(found[1])))
    at = cell.start + len(raw[: raw.index("[") + 1].encode("utf-8", "surrogateescape"))
    return (
        (state, Span(at, at + len(found[1].encode("utf-8", "surrogateescape"))))
        if state is not None
        else None
    )


def _in_words(text: Text) -> _Status:
    """The status words or emoji that fill a cell, or that it begins with (opt-in). Code says what it holds: ``DONE``
    in ticks is done, and ``NOT_STARTED`` two words.
    """
    plain = text.plain.replace("`", " ")
    said = plain.strip()
    if not said:
        return _EMPTY
    found = meta.suffix(plain.replace("_", " "), 0, len(plain)) or meta.leading(plain)
    state = meta.said(found) if found else None
    sign = _ALL_EMOJI.fullmatch(said) is not None
    if state is None and sign and said[0] not in _COLOURS:
        state = words.STATUS_EMOJI.get(said[0])
    if not found or state is None:
        return _Status(said, sign=sign)
    return _Status(said, state, marker=_with_ticks(text, found[0].start, found[-1].end), sign=sign)


def _with_ticks(text: Text, start: int, end: int) -> Span:
    """The place of a state without the ticks around it; of emoji beside code, with both ticks."""
    if text.plain.count("`", start, end) % 2:
        if text.plain[end : end + 1] == "`":
            end += 1
        elif text.plain[:start].endswith("`"):
            start -= 1
    return text.span(start, end)


def _identifier(source: Source, cells: tuple[Cell, ...], number: int | None, row: Row) -> str:
    if number is not None and number < len(cells):
        return text_of(source, cells[number].pieces).plain.strip()
    return headings.identifier(row.title.text) or ""


def _continues(before: str, this: str) -> bool:
    """``1.1`` goes on with ``1.1a`` and ``1.1.1``."""
    return (
        bool(before)
        and this.startswith(before)
        and re.fullmatch(r"[a-z]|[.-]\d+[a-z]?", this[len(before) :]) is not None
    )
