"""Tables that sum up milestones: their rows repeat headings that hold the tasks (§5, end)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from syncd.model.outline import Warning as Notice
from syncd.roadmap.outline import words
from syncd.roadmap.outline.overview import Identifier
from syncd.roadmap.outline.sections import Row, Section, Tree
from syncd.roadmap.outline.tables import Found

_PHASE_ALONE: Final = re.compile(r"\s*(?:\Z|[:：(（—–]|-+\s)")
_NUMBERING: Final = re.compile(r"#?\d+(?:\.\d+)*[.):]?\s+")
_SUMS: Final = re.compile(
    r"(?:(?:grand |sub[- ]?)?totals?|total (?:general|général)|overall(?: progress)?|sum|gesamt|insgesamt|summe|totale"
    r"|итого|всего|合计|合計|总计|總計|総計|합계|razem|összesen|toplam|всього)",
    re.IGNORECASE,
)


class Names:
    """What a row is titled that stands for a milestone: its whole title, or its phase word and number. ``weak`` are
    titles without phase or number, which prove something only together.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self.strong: set[str | Identifier] = set()
        self.weak: set[str] = set()
        for title in titles:
            phase = words.PHASE_WORD.match(title) or _NUMBERING.match(title)
            self.strong |= {title.casefold(), *_phase(title)}
            self.weak.add(title[phase.end() if phase else 0 :].strip(" :：-–—()").casefold())
        self.weak.discard("")

    def strongly(self, title: str) -> bool:
        """Whether a title names a milestone, or the sum of all rows."""
        named = {title.casefold(), *_phase(title)}
        return not named.isdisjoint(self.strong) or _SUMS.fullmatch(title) is not None

    def overview(self, rows: list[str]) -> list[int]:
        """Which rows of a table, by their titles, are an overview: all of them where most are."""
        strong = [at for at, title in enumerate(rows) if self.strongly(title)]
        weak = sum(title.casefold() in self.weak for title in rows)
        most = weak and (len(strong) + weak) * 2 > len(rows)
        return list(range(len(rows))) if most or len(strong) * 2 > len(rows) else strong


def _phase(title: str) -> set[Identifier]:
    """The phase that a whole title names: ``Release 2 notes`` names none."""
    found = words.PHASE_WORD.match(title)
    alone = found is not None and _PHASE_ALONE.match(title, found.end())
    return {(found["word"].casefold(), found["number"].casefold())} if found and alone else set()


def put_rows_aside(tree: Tree, tables: list[Found]) -> list[Notice]:
    """Take the rows that stand for milestones (headings with tasks elsewhere) out of their sections; how many, and
    where, is said for each table.
    """
    holding = _holding(tree) if tables else []
    notices = []
    for section, _, rows in tables:
        around = list(section.above())
        names = Names(other.title.guarded for other in holding if other not in around)
        aside = [rows[at] for at in names.overview([row.title.guarded for row in rows])]
        if aside:
            section.rows = [row for row in section.rows if row not in aside]
            notices.append(_overview_rows(aside))
    return notices


def _overview_rows(aside: list[Row]) -> Notice:
    count = sum(1 + len(row.children) for row in aside)
    some = "1 row of this table stands" if count == 1 else f"{count} rows of this table stand"
    message = f"{some} for milestones, or for the sum of all: an overview, no tasks"
    return Notice(aside[0].line, "rows-not-tasks", message)


def _holding(tree: Tree) -> list[Section]:
    """The headings that have tasks under them, and the phases beside such a phase."""
    holding: set[Section] = set()
    for section in tree.sections:
        if section.is_task or (not section.ignored and section.inside is None and _has_tasks(section)):
            holding |= set(section.above())
    levels = {section.level for section in holding if words.PHASE.match(section.title.text)}
    return [
        section
        for section in tree.sections[1:]
        if section is not tree.title
        and section.inside is None
        and not section.ignored
        and (section in holding or (section.level in levels and words.PHASE.match(section.title.text)))
    ]


def _has_tasks(section: Section) -> bool:
    return bool(section.rows) or any(not box.reason for box in section.boxes)
