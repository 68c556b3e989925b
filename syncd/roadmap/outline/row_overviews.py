"""Tables that sum up milestones: their rows repeat headings that hold the tasks (§5, end)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from syncd.model.outline import Reading
from syncd.model.outline import Warning as Notice
from syncd.roadmap.outline import words
from syncd.roadmap.outline.milestones import has_tasks
from syncd.roadmap.outline.overview import Identifier
from syncd.roadmap.outline.sections import Row, Section, Tree
from syncd.roadmap.outline.tables import Found

_PHASE_ALONE: Final = re.compile(r"\s*(?:\Z|[:：(（—–]|-+\s)")
_REMARK: Final = re.compile(r"\s*[(（][^()（）]*[)）]$")
_NUMBERING: Final = re.compile(r"#?\d+(?:\.\d+)*[.):]?\s+")

_Name = TypeVar("_Name")


class Names:
    """What a row is titled that stands for a milestone: its whole title, or its phase word and number. ``weak`` are
    titles without phase, number or remark, which prove something only together.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self.strong: Counter[str | Identifier] = Counter()
        self.weak: Counter[str] = Counter()
        for title in titles:
            self.strong.update(_named(title))
            self.weak.update({form.casefold() for form in forms(title)[1:3]})

    def overview(self, rows: Sequence[str], around: Iterable[str] = ()) -> list[int]:
        """Which rows of a table, by their titles, are an overview: all of them where most are. The headings ``around``
        the table do not count.
        """
        here = Names(around)
        strong = [at for at, title in enumerate(rows) if _any(_named(title), self.strong, here.strong)]
        named = {
            *strong,
            *(at for at, title in enumerate(rows) if _any({title.casefold()}, self.weak, here.weak)),
        }
        most = len(named) * 2 > len(rows) and (strong or len(named) > 1)
        return list(range(len(rows))) if most else strong


def forms(title: str) -> tuple[str, ...]:
    """The ways in which a row names a milestone: the whole title; without phase or number; without a remark too; the
    phase alone. The last is empty where there is none.
    """
    phase = words.PHASE_WORD.match(title)
    front = phase or _NUMBERING.match(title)
    rest = title[front.end() if front else 0 :].strip(" :：-–—")
    return title, rest, _REMARK.sub("", rest), phase[0] if phase else ""


def _any(names: Iterable[_Name], of: Counter[_Name], but: Counter[_Name]) -> bool:
    return any(of[name] > but[name] for name in names)


def _named(title: str) -> set[str | Identifier]:
    """The names that a whole title is: ``Release 2: API`` names release 2, ``Release 2 notes`` does not."""
    found = words.PHASE_WORD.match(title)
    alone = found is not None and _PHASE_ALONE.match(title, found.end())
    phase = {(found["word"].casefold(), found["number"].casefold())} if found and alone else set()
    return {title.casefold(), *phase}


def put_rows_aside(tree: Tree, tables: list[Found], remembered: Reading | None) -> list[Notice]:
    """Take the rows that stand for milestones (headings with tasks elsewhere, or ``remembered`` under a title that no
    heading bears now) out of their sections; how many, and where, is said for each table.
    """
    if not tables:
        return []
    holding = {section: section.title.guarded for section in _holding(tree)}
    now = {section.title.text for section in tree.sections}
    known = remembered.headings if remembered is not None else ()
    names = Names([*holding.values(), *(title for title in known if title not in now)])
    aside: set[Row] = set()
    notices = []
    for section, rows in tables:
        around = [holding[above] for above in section.above() if above in holding]
        found = [rows[at] for at in names.overview([row.title.guarded for row in rows], around)]
        if found:
            aside.update(found)
            tree.overview_rows += found
            notices.append(_overview_rows(found))
    for section in {section for section, _ in tables} if aside else ():
        section.rows = [row for row in section.rows if row not in aside]
    return notices


def _overview_rows(aside: list[Row]) -> Notice:
    count = sum(1 + len(row.children) for row in aside)
    one, more = (
        "1 row of this table stands for a milestone",
        f"{count} rows of this table stand for milestones",
    )
    message = f"{one if count == 1 else more}: an overview, no tasks"
    return Notice(aside[0].line, "rows-not-tasks", message)


def _holding(tree: Tree) -> list[Section]:
    """The headings that have tasks under them, and the phases beside such a phase."""
    holding: set[Section] = set()
    for section in tree.sections:
        if section.is_task or (not section.ignored and has_tasks(section)):
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
