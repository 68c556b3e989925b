"""Of which tasks a line may speak: one task's checklist, its section, the sections around it, the whole file."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from syncd.model.outline import TaskKey
from syncd.roadmap.blocks import Heading
from syncd.roadmap.outline.document import Document

_EVERYTHING: Final = re.compile(
    r"\W*(?:grand )?(?:total|overall|all|sum|gesamt|insgesamt|总计|合計)\b", re.IGNORECASE
)


class Scope(NamedTuple):
    """What a counter may count: the tasks that start in these bytes, or (``task``) the checklist of one task."""

    start: int
    end: int
    task: TaskKey | None = None


class Scopes:
    """Sections and milestones of a document: of which tasks a counter at some place may speak."""

    def __init__(self, document: Document) -> None:
        self.document = document
        # From before the first byte: there stands, until it is written, what no section of today will hold.
        self.file = Scope(-1, len(document.source.data))
        self.headings = [block for block in document.syntax.blocks if isinstance(block, Heading)]
        self.ends, self.parents = _sections(self.headings, self.file.end)
        self.starts = [heading.start for heading in self.headings]
        tasks = ((document.source.starts[task.line - 1], task.key) for task in document.outline.tasks())
        self.tasks = sorted(tasks)
        self.names = _milestones_by_name(document)

    def around(self, at: int) -> tuple[Scope, ...]:
        """The scopes of a place, nearest first: one task's checklist, or the sections around it and the file."""
        index = bisect_left(self.tasks, (at + 1, TaskKey(0))) - 1
        if index >= 0:
            block = self.document.places[self.tasks[index][1]].block
            if at < block.end:
                return (Scope(block.start, block.end, self.tasks[index][1]),)
        around: list[Scope] = []
        index = bisect_right(self.starts, at) - 1
        while index >= 0:
            around.append(Scope(self.starts[index], self.ends[index]))
            index = self.parents[index]
        return (*around, self.file)

    def named(self, name: str) -> Scope | None:
        """The scope that a row of an overview speaks of: a milestone by its title or its number, or everything."""
        if _EVERYTHING.match(name):
            return self.file
        plain = _plain(name)
        return self.names.get(plain) or self.names.get(_numbered(plain))


def _sections(headings: Sequence[Heading], end: int) -> tuple[list[int], list[int]]:
    """Where the section of each heading ends (at the next one of its level or a higher one), and the index of the
    heading in whose section it is, or -1.
    """
    ends: list[int] = [end] * len(headings)
    parents: list[int] = []
    open_: list[int] = []
    for index, heading in enumerate(headings):
        while open_ and headings[open_[-1]].level >= heading.level:
            ends[open_.pop()] = heading.start
        parents.append(open_[-1] if open_ else -1)
        open_.append(index)
    return ends, parents


def _milestones_by_name(document: Document) -> Mapping[str, Scope]:
    names: dict[str, Scope] = {}
    for milestone in reversed(document.outline.milestones):
        section = document.milestone_places[milestone.key].section
        plain = _plain(milestone.title)
        for name in (_numbered(plain), plain):
            names[name] = Scope(section.start, section.end)
    names.pop("", None)
    return names


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[\w.]+", name.casefold()))


def _numbered(plain: str) -> str:
    """``phase 1`` of ``phase 1 foundation``; empty if there is no number."""
    found = re.match(r"[^\W\d]*\s?\d+(?:\.\d+)*(?=\s|$)", plain)
    return found.group() if found else ""
