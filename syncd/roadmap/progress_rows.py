"""Rows of progress tables: ``| Phase 1: Foundation | 85 | 15 | 18% | In Progress |``.

The head of the table says what each column counts; the first cell names a milestone, or everything (``Total``).
A row is one claim: it is right only if all its numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from syncd.roadmap.blocks import Cell, Table
from syncd.roadmap.claims import LONGEST_LINE, Chars, Claim
from syncd.roadmap.source import Source

Column = Literal["total", "done", "open", "percent", "fraction", "status"]
Stage = Literal["planned", "begun", "complete"]

_COLUMNS: Final[tuple[tuple[Column, str], ...]] = (
    ("status", r"status|state|estado|statut|状态"),
    ("open", r"remaining|open|pending|left|to ?do|outstanding|restantes?|pendientes?|offen|剩余"),
    ("percent", r"progress|percent(?:age)?|%|completion|% ?(?:complete|done)|progreso|fortschritt|进度"),
    ("done", r"completed?|done|finished|closed|completad[oa]s|hecho|erledigt|完成|已完成"),
    ("total", r"tasks?|total(?: tasks?)?|items?|# ?tasks?|count|tareas?|aufgaben|任务"),
)
_STAGES: Final[tuple[tuple[Stage, str], ...]] = (
    (
        "planned",
        r"not (?:yet )?started|pending|planned|to ?do|open|upcoming|no iniciad[oa]|pendiente|offen|geplant",
    ),
    ("begun", r"in[ -]progress|started|ongoing|active|wip|en progreso|en curso|in arbeit"),
    ("complete", r"completed?|done|finished|closed|completad[oa]|hecho|erledigt|abgeschlossen"),
)
_EMOJI: Final[Mapping[str, Stage]] = {
    "⏳": "planned", "📋": "planned", "⬜": "planned", "🔜": "planned", "⏸": "planned",
    "🚧": "begun", "🔄": "begun", "🟡": "begun",
    "✅": "complete", "✔": "complete", "☑": "complete",
}  # fmt: skip
_NUMBER: Final = re.compile(r"[\s*_~`(]*(\d{1,5})[\s*_~`)]*")
_SHARE: Final = re.compile(r"[^\d/]*?(\d{1,3})\s*%[^\d/]*")
_FRACTION: Final = re.compile(r"[^\d%]*?(\d{1,5})\s*/\s*(\d{1,5})(?:[\s(]*(\d{1,3})\s*%)?[^\d%/]*")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that counts something. ``status`` is the cell's word, ``spelled`` how the rows of its table write each.

    ``aligned``: its ``|`` stand under those of the head.
    """

    name: str
    line: str
    start: int
    claims: tuple[Claim, ...]
    status: Chars | None
    spelled: Mapping[Stage, str]
    aligned: bool = False


def rows(source: Source, table: Table) -> Iterator[Row]:
    """The rows of a table that count tasks; none if its head names nothing that can be counted."""
    columns = [_column(source.slice(cell.start, cell.end)) for cell in table.rows[0]] if table.rows else []
    if not any(column in ("total", "done", "open", "percent") for column in columns[1:]):
        return
    spelled = _spellings(source, table, columns)
    head = source.line_start(table.rows[0][0].start)
    bars = _bars(source.raw(head, source.line_end(head)))
    for cells in table.rows[1:]:
        if cells:
            start = source.line_start(cells[0].start)
            line = source.raw(start, source.line_end(start))
            short = len(line) <= LONGEST_LINE
            if found := _claims(source, cells, columns, start, line) if short else ():
                status = _status_chars(source, cells, columns, start)
                name = source.slice(cells[0].start, cells[0].end)
                yield Row(name, line, start, found, status, spelled, _bars(line) == bars)


def _bars(line: str) -> list[int]:
    return [at for at, char in enumerate(line) if char == "|"]


def stage(text: str) -> Stage | None:
    """Which stage a status cell names; None for words that are not known."""
    word = re.sub(r"[^\w\s-]+", " ", text).strip()
    for name, pattern in _STAGES:
        if re.fullmatch(pattern, word, re.IGNORECASE):
            return name
    found = {_EMOJI[char] for char in text if char in _EMOJI}
    return found.pop() if len(found) == 1 and not word else None


def _column(head: str) -> Column | None:
    plain = " ".join(re.sub(r"[*_`|:]", " ", head).split())
    return next((name for name, words in _COLUMNS if re.fullmatch(words, plain, re.IGNORECASE)), None)


def _claims(
    source: Source, cells: Sequence[Cell], columns: Sequence[Column | None], start: int, line: str
) -> tuple[Claim, ...]:
    numbers: dict[str, Chars] = {}
    for cell, column in list(zip(cells, columns, strict=False))[1:]:
        if column not in (None, "status"):
            numbers |= _numbers(line, _chars(source, cell, start), column)
    main = Claim(
        "done" if "done" in numbers else "total",
        numbers.get("done") or numbers.get("total"),
        numbers.get("total") if "done" in numbers else None,
        numbers.get("percent"),
    )
    rest = Claim("open", numbers["open"]) if "open" in numbers else None
    return tuple(claim for claim in (main, rest) if claim and (claim.part or claim.percent))


def _numbers(line: str, cell: Chars, column: Column | None) -> dict[str, Chars]:
    """The numbers of a cell by what they count; a ``3/5`` may stand wherever a count or a share is expected."""
    text = line[cell.start : cell.end]
    if found := _FRACTION.fullmatch(text):
        names = ("done", "total", "percent")
        return {name: _at(found, n, cell) for n, name in enumerate(names, 1) if found[n] is not None}
    found = (_SHARE if column == "percent" else _NUMBER).fullmatch(text)
    return {column: _at(found, 1, cell)} if found and column else {}


def _at(found: re.Match[str], group: int, cell: Chars) -> Chars:
    return Chars(cell.start + found.start(group), cell.start + found.end(group))


def _chars(source: Source, cell: Cell, start: int) -> Chars:
    head = len(source.raw(start, cell.start))
    return Chars(head, head + len(source.raw(cell.start, cell.end)))


def _words(source: Source, cell: Cell) -> Chars:
    """The cell without padding and bold marks, in characters of the cell."""
    raw = source.raw(cell.start, cell.end)
    head = len(raw) - len(raw.lstrip(" \t|*_"))
    return Chars(head, max(head, len(raw.rstrip(" \t|*_"))))


def _status_chars(
    source: Source, cells: Sequence[Cell], columns: Sequence[Column | None], start: int
) -> Chars | None:
    cell = next((cell for cell, column in zip(cells, columns, strict=False) if column == "status"), None)
    if cell is None:
        return None
    head, words = _chars(source, cell, start).start, _words(source, cell)
    return Chars(head + words.start, head + words.end)


def _spellings(source: Source, table: Table, columns: Sequence[Column | None]) -> dict[Stage, str]:
    """How this table writes each stage, as the file spells it; plain English where it does not, if it is English."""
    found: dict[Stage, str] = {}
    for cells in table.rows[1:]:
        for cell, column in zip(cells, columns, strict=False):
            raw = source.raw(cell.start, cell.end)
            text = raw[slice(*_words(source, cell))]
            name = stage(source.meant(text)) if column == "status" else None
            if name:
                found.setdefault(name, text)
    plain: dict[Stage, str] = {"planned": "Not Started", "begun": "In Progress", "complete": "Completed"}
    if any(text.casefold() == word.casefold() for text in found.values() for word in plain.values()):
        for kind, word in plain.items():
            found.setdefault(kind, word)
    return found
