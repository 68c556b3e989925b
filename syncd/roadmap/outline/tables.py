"""Tables whose rows are tasks (§4): a status column with box marks; with words or emoji only on request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from syncd.model.policy import ReadingRules
from syncd.model.values import TaskState
from syncd.roadmap.blocks import Cell, Table
from syncd.roadmap.outline import headings, marks, meta, titles, words
from syncd.roadmap.outline.sections import Row, Section, Tree
from syncd.roadmap.outline.text import Text, text_of
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_STATUS: Final = words.set_of(
    "status|state|done|completed|complete|statut|état|estado|hecho|stato|erledigt|статус|готово|状态|完成|ステータス|状態"
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


def find_rows(tree: Tree, rules: ReadingRules) -> None:
    """Put the task rows of every table into its section."""
    for section in tree.sections:
        if section.ignored or section.inside is not None:
            continue
        for block in section.blocks:
            if isinstance(block, Table) and len(block.rows) > 1:
                _rows_of(tree, section, block, rules)


def _rows_of(tree: Tree, section: Section, table: Table, rules: ReadingRules) -> None:
    names = _names(tree.source, table)
    column = _status_column(names)
    if column is None:
        column = _column_of_boxes(tree, table)
    if column is None:
        return
    number = next((i for i, name in enumerate(names) if _ID.fullmatch(name)), None)
    title = _title_column(names, column, number)
    if title is None:
        return
    last: tuple[str, Row] | None = None
    for cells in table.rows[1:]:
        row = _row(tree, cells, column, title, rules)
        if row is None:
            continue
        known = _identifier(tree, cells, number, row)
        if last is not None and known and _continues(last[0], known):
            last[1].children.append(row)
        else:
            section.rows.append(row)
            last = (known, row)


def _names(source: Source, table: Table) -> list[str]:
    return [text_of(source, cell.pieces).plain.strip() for cell in table.rows[0]]


def _status_column(names: list[str]) -> int | None:
    return next((i for i, name in enumerate(names) if name.casefold() in _STATUS), None)


def in_words(source: Source, table: Table) -> int:
    """How many rows of a table say a state in words or emoji (tasks only on request)."""
    column = _status_column(_names(source, table))
    if column is None:
        return 0
    cells = [row[column] for row in table.rows[1:] if column < len(row)]
    return sum(_said(text_of(source, cell.pieces)) is not None for cell in cells)


def is_matrix(source: Source, table: Table) -> bool:
    """Whether several columns of a table hold boxes, and none is called a status."""
    return (
        _status_column(_names(source, table)) is None
        and len(_columns_of_boxes(source, table, marks.COMMON)) > 1
    )


def _column_of_boxes(tree: Tree, table: Table) -> int | None:
    """The one column that holds a box mark in every row says a state, whatever it is called. Several are a matrix of
    what is done where: no row of it has one state.
    """
    marked = _columns_of_boxes(tree.source, table, tree.marks)
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


def _title_column(names: list[str], status: int, number: int | None) -> int | None:
    named = next((i for i, name in enumerate(names) if _TITLE.fullmatch(name) and i != status), None)
    if named is not None:
        return named
    others = [i for i in range(len(names)) if i != status]
    return next((i for i in others if i != number), others[0] if others else None)


def _row(tree: Tree, cells: tuple[Cell, ...], column: int, title: int, rules: ReadingRules) -> Row | None:
    if max(column, title) >= len(cells):
        return None
    status = cells[column]
    pieces = cells[title].pieces
    text = titles.box(text_of(tree.source, pieces))
    if not text.text:
        return None
    start, end = cells[0].start, cells[-1].end
    line = tree.source.line_of(start)
    boxed = _mark(tree, status)
    if boxed is not None:
        state, mark = boxed
        return Row(start, end, line, text, state, mark, pieces=pieces)
    said = _said(text_of(tree.source, status.pieces)) if rules.tables else None
    return Row(start, end, line, text, said[0], None, said[1], pieces) if said else None


def _mark(tree: Tree, cell: Cell) -> tuple[TaskState, Span] | None:
    raw = tree.source.raw(cell.start, cell.end)
    found = _MARK.fullmatch(raw.strip("|"))
    if found is None:
        return None
    state = tree.marks.get(marks.normal(tree.source.meant(found[1])))
    at = cell.start + len(raw[: raw.index("[") + 1].encode("utf-8", "surrogateescape"))
    return (
        (state, Span(at, at + len(found[1].encode("utf-8", "surrogateescape"))))
        if state is not None
        else None
    )


def _said(text: Text) -> tuple[TaskState, Span] | None:
    """The status words or emoji that fill a cell, or that it begins with (opt-in)."""
    found = meta.suffix(text.plain, 0, len(text.plain)) or meta.leading(text.plain)
    state = meta.said(found) if found else None
    if not found or state is None:
        return None
    return state, text.span(found[0].start, found[-1].end)


def _identifier(tree: Tree, cells: tuple[Cell, ...], number: int | None, row: Row) -> str:
    if number is not None and number < len(cells):
        return text_of(tree.source, cells[number].pieces).plain.strip()
    return headings.identifier(row.title.text) or ""


def _continues(before: str, this: str) -> bool:
    """``1.1`` goes on with ``1.1a`` and ``1.1.1``."""
    return (
        bool(before)
        and this.startswith(before)
        and re.fullmatch(r"[a-z]|[.-]\d+[a-z]?", this[len(before) :]) is not None
    )
