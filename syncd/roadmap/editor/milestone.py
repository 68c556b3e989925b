"""A new milestone behind all others, in the style of their headings, with its first task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from syncd.model.changes import AddTask
from syncd.model.outline import Milestone
from syncd.model.values import MilestoneState
from syncd.roadmap.blocks import Heading
from syncd.roadmap.claims import claims
from syncd.roadmap.editor.escape import spellings
from syncd.roadmap.editor.insert import blank_at, restarted, task_style
from syncd.roadmap.editor.markers import new_marker
from syncd.roadmap.editor.move import end_of_section, is_separator
from syncd.roadmap.editor.option import NoPlace, Option, inserted, line_ending
from syncd.roadmap.editor.state import mark
from syncd.roadmap.outline.document import Document

_ATX: Final = re.compile(rb" {0,3}#{1,6}[ \t]+")
_UNDERLINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)( {0,3}(?:=+|-+))[ \t]*(?:[\r\n]|\Z)")
_BOLD: Final = re.compile(rb"(\*\*|__)[^*_].*\1[ \t]*")


def new_milestone_options(document: Document, change: AddTask, tasks: Sequence[str]) -> Iterator[Option]:
    """Ways to write a heading like that of the last milestone, and under it the task; ``tasks`` spell its title.

    Raises :class:`NoPlace` where no milestone shows how headings are written.
    """
    milestones = document.outline.milestones
    if not milestones or document.milestone_places[milestones[-1].key].line.start == _box_line(document):
        raise NoPlace("no heading of a milestone shows how another is written")
    titles = list(spellings(change.heading))
    if not titles:
        raise NoPlace("the title of the milestone is empty, or is not text")
    source, last = document.source, milestones[-1]
    at = end_of_section(document, last.key)
    eol = line_ending(source, max(at - 1, 0))
    style = task_style(document, ())
    box = style._replace(indent=b"", bullet=restarted(style.bullet))
    inside = mark(document, change.state, at)
    for title in (one for one in titles if not claims(one, heading=True)):
        heading = _heading(document, last, source.spelled(title), eol)
        for task in tasks:
            line = box.line(inside, source.spelled(task))
            block = eol.join((heading, b"", line, b""))
            tail = b"" if blank_at(source, at) else eol
            lead = _between(document, milestones) or eol
            yield Option((inserted(source, at, lead + block + tail, eol),), at=_counted_at(document, last))


def _box_line(document: Document) -> int:
    """Where the last milestone begins if it is a box; -1 if it is a heading."""
    places = document.milestone_places[document.outline.milestones[-1].key]
    heads = {block.start for block in document.syntax.blocks if isinstance(block, Heading)}
    heading = places.line.start in heads or _BOLD.match(document.source.data, *places.line) is not None
    return -1 if heading else places.line.start


def _heading(document: Document, last: Milestone, title: bytes, eol: bytes) -> bytes:
    """A heading of the same kind: with hashes, underlined, or bold; with a marker if all others have one."""
    data, places = document.source.data, document.milestone_places[last.key]
    sign, leads = new_marker(document, MilestoneState.OPEN)
    said = b" ".join((sign, title) if leads else (title, sign)) if sign else title
    if hashes := _ATX.match(data, *places.line):
        return hashes[0] + said
    if underline := _UNDERLINE.match(data, places.line.start):
        return said + eol + underline[1]
    wrap = data[places.line.start : places.line.start + 2]
    return wrap + title + wrap + (b" " + sign if sign else b"")


def _between(document: Document, milestones: Sequence[Milestone]) -> bytes:
    """What stands between the last two milestones, if it is blank lines and rules only."""
    if len(milestones) < 2:
        return b""
    before, last = (one.key for one in milestones[-2:])
    start, end = end_of_section(document, before), document.milestone_places[last].line.start
    return document.source.data[start:end] if start < end and is_separator(document, start, end) else b""


def _counted_at(document: Document, last: Milestone) -> int:
    """Where counters see the task: in the sections around the milestones and in the file, in no milestone of today."""
    start = document.milestone_places[last.key].line.start
    heads = [block for block in document.syntax.blocks if isinstance(block, Heading) and block.start <= start]
    level = heads[-1].level if heads and heads[-1].start == start else 7
    around = [block.start for block in heads if block.level < level]
    return around[-1] + 1 if around else 0
