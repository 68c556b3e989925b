"""The managed block of an issue's body: what syncd writes between its two markers (design §11).

::

    <!-- syncd:begin roadmap=main lineage=0f.. uid=7Q.. -->
    **Section:** Phase 1 > 1.1 Setup
    <!-- syncd:notes -->
    text under the task
    <!-- syncd:fields -->
    | Field | Value |
    | --- | --- |
    | Priority | high |
    <!-- syncd:checklist -->
    **Group**
    - [x] done
      - [ ] nested

    <!-- syncd:end -->

Parts that are empty are left out. The blank line before the end ends whatever HTML stands there, so that the text of
people below reads the same whatever is above. A second ``syncd:checklist`` ends a group. Forges show none of the
comments.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from syncd.forge.body.closed import closed, flat, leaves_open
from syncd.forge.body.inert import inert, lines_of, slashed
from syncd.model.remote import BodyContent, ChecklistLine, Marker

NOTES, FIELDS, CHECKLIST, CUT = "notes", "fields", "checklist", "cut"
END = "<!-- syncd:end -->"
SECTION = "**Section:** "
BETWEEN = " > "
HEADER = ("| Field | Value |", "| --- | --- |")
CUT_NOTE = "_Too long for an issue: the rest stands in the roadmap._"

# What ends a line for anybody; inner blanks stay, unlike in a title: code may need them.
_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Only what could be taken for a separator: "->" stays as it is.
_SEPARATING = re.compile(r"(^| )(\\*)>")
_PARENTHESIS = re.compile(r"^(\\*)\(")
_BAR = re.compile(r"(?<!\\)(\\*)\|")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A managed block. ``cut`` says that it does not hold everything: its notes and checklist are then one-way."""

    text: str
    cut: bool


def normal(content: BodyContent) -> BodyContent:
    """What of a content a block can hold, and what reading one gives back: ``read(render(x)) == normal(x)``.

    Single lines lose line breaks and outer blanks, notes their outer blank lines; an item is at most one level
    deeper than the one before it, and the first of a group is at level 0.
    """
    lines: list[ChecklistLine] = []
    group, deepest = "", 0
    for line in content.checklist:
        item = ChecklistLine(_line(line.text), line.done, line.depth, _line(line.group))
        deepest = 0 if not lines or item.group != group else deepest
        lines.append(replace(item, depth=max(0, min(item.depth, deepest))))
        group, deepest = item.group, lines[-1].depth + 1
    return BodyContent(
        section=tuple(part for part in map(_line, content.section) if part),
        notes=normal_notes(content.notes),
        metadata=tuple((_line(key), _line(value)) for key, value in content.metadata),
        checklist=tuple(lines),
    )


def normal_notes(notes: str) -> str:
    """Notes as a forge keeps them: LF, no blank lines around, nothing blank at the end (api-facts §D.2)."""
    return lines_of(notes).rstrip().lstrip("\n")


def render(
    content: BodyContent,
    marker: Marker,
    *,
    limit: int,
    references: Mapping[str, int] | None = None,
    above: str = "",
) -> Rendered:
    """The managed block for a content, inert, in at most ``limit`` UTF-8 bytes.

    What does not fit is left out, first from the end of the notes (they flow one way anyway), then from the end of
    the checklist, with a line that says so. ``references`` are the words that name other tasks, and their issues.
    ``above`` is the people's text that stands there: where it leaves a fence or HTML open, the notes keep none of
    theirs.
    """
    content = normal(content)
    loose = leaves_open(lines_of(above))

    def written(notes: int, items: int) -> str:
        cut = notes < len(content.notes) or items < len(content.checklist)
        part = normal(replace(content, notes=content.notes[:notes], checklist=content.checklist[:items]))
        return "\n".join(_block(part, marker, references, cut=cut, loose=loose))

    def fits(text: str) -> bool:
        return len(text.encode("utf-8", "replace")) <= limit

    everything = (len(content.notes), len(content.checklist))
    whole = written(*everything)
    if fits(whole):
        return Rendered(whole, cut=False)
    items = _most(everything[1], lambda count: fits(written(0, count)))
    notes = 0 if items < everything[1] else _most(everything[0], lambda count: fits(written(count, items)))
    return Rendered(written(notes, items), cut=True)


def begin(marker: Marker) -> str:
    """The first line of a block."""
    parts = (f"{name}={quote(value, safe='')}" for name, value in _marked(marker))
    return f"<!-- syncd:begin {' '.join(parts)} -->"


def separator(part: str) -> str:
    """The line before a part of a block."""
    return f"<!-- syncd:{part} -->"


def _marked(marker: Marker) -> tuple[tuple[str, str], ...]:
    return (("roadmap", marker.roadmap), ("lineage", marker.lineage), ("uid", marker.uid))


def _line(text: str) -> str:
    return _BREAKING.sub(" ", text).strip()


def _most(count: int, possible: Callable[[int], bool]) -> int:
    """The largest number up to ``count`` that is possible, if each smaller one is."""
    return max(0, bisect_left(range(count + 1), True, key=lambda number: not possible(number)) - 1)


def _block(
    content: BodyContent, marker: Marker, references: Mapping[str, int] | None, *, cut: bool, loose: bool
) -> Iterator[str]:
    yield begin(marker)
    if content.section:
        # Back-ticks of one heading may pair with those of the next: nothing on this line is trusted as code.
        parts = (_SEPARATING.sub(r"\1\2\\>", inert(part, code=False)) for part in content.section)
        yield SECTION + BETWEEN.join(parts)
    if content.notes:
        text = inert(lines_of(content.notes), references, code=not loose)
        yield from ("", separator(NOTES), slashed(flat(text) if loose else closed(text)))
    if content.metadata:
        yield from ("", separator(FIELDS), *HEADER)
        yield from (f"| {_cell(key)} | {_cell(value, references)} |" for key, value in content.metadata)
    if content.checklist:
        yield from _checklist(content.checklist, references)
    if cut:
        yield from ("", separator(CUT), CUT_NOTE)
    yield from ("", END)


def _cell(text: str, references: Mapping[str, int] | None = None) -> str:
    return _BAR.sub(r"\1\\|", inert(text, references))


def _checklist(lines: tuple[ChecklistLine, ...], references: Mapping[str, int] | None) -> Iterator[str]:
    yield from ("", separator(CHECKLIST))
    group = ""
    for line in lines:
        if line.group != group:
            group = line.group
            yield from ("", f"**{inert(group, code=False)}**" if group else separator(CHECKLIST))
        # GitHub takes a parenthesis right after the box for a link (api-facts §D.1).
        text = _PARENTHESIS.sub(r"\1\\(", inert(line.text, references))
        yield f"{'  ' * line.depth}- [{'x' if line.done else ' '}] {text}".rstrip()
