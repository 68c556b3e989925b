"""Reading an issue's body: the people's text, and the managed block with whatever people did to it.

People tick boxes, add items, save on GitHub's page (which writes CRLF), quote or copy the block, lose a marker.
Nothing that they wrote is lost: a line inside the block that is no part of it counts as notes, and a block whose end
cannot be known is no block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from syncd.forge.body.block import (
    BETWEEN,
    CHECKLIST,
    CUT,
    CUT_NOTE,
    FIELDS,
    HEADER,
    NOTES,
    SECTION,
    normal,
    normal_notes,
)
from syncd.forge.body.code import code_in
from syncd.forge.body.inert import lines_of, plain, unslashed
from syncd.model.remote import BodyContent, ChecklistLine, Marker
from syncd.model.values import Uid

_BEGIN = re.compile(r"^[ \t]*<!--[ \t]*syncd:begin\b([^\n]*?)-->[ \t]*\r?$", re.MULTILINE)
_END = re.compile(r"^[ \t]*<!--[ \t]*syncd:end[ \t]*-->[ \t]*", re.MULTILINE)
_SEPARATOR = re.compile(rf"\s*<!--[ \t]*syncd:({NOTES}|{FIELDS}|{CHECKLIST}|{CUT})[ \t]*-->\s*$")
_ATTRIBUTE = re.compile(r"(\w+)=(\S+)")
_ITEM = re.compile(r"(\s*)[-*+] \[([ xX])\](?:\s+(.*))?$")
_GROUP = re.compile(r"\*\*(.+)\*\*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_SEPARATED = re.compile(r"(^| )(\\*)\\>")
_BARRED = re.compile(r"(?<!\\)(\\*)\\\|")
_PARENTHESISED = re.compile(r"^(\\*)\\\(")


@dataclass(frozen=True, slots=True)
class ReadBody:
    """An issue's body, taken apart. ``before + (block or "") + after`` is the body, byte for byte.

    ``cut`` says that the block does not hold all of the roadmap's text.
    """

    before: str
    block: str | None = None
    after: str = ""
    marker: Marker | None = None
    section: tuple[str, ...] = ()
    notes: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    checklist: tuple[ChecklistLine, ...] = ()
    cut: bool = False

    @property
    def content(self) -> BodyContent:
        """What the block shows."""
        return BodyContent(self.section, self.notes, self.metadata, self.checklist)


def read(body: str) -> ReadBody:
    """Takes a body apart. Of several blocks the first counts, one that is quoted in a code fence last."""
    where = _where(body)
    if where is None:
        return ReadBody(before=body)
    start, head, end = where
    block = body[start:end]
    content, cut = _content(_END.sub("", lines_of(body[head:end])))
    first_line = _BEGIN.match(block)
    return ReadBody(
        before=body[:start],
        block=block,
        after=body[end:],
        marker=_marker(first_line[1] if first_line else ""),
        section=content.section,
        notes=content.notes,
        metadata=content.metadata,
        checklist=content.checklist,
        cut=cut,
    )


def put(body: str, block: str) -> str:
    """The body with its block replaced, or with the block below the people's text, which stays byte for byte."""
    found = read(body)
    if found.block is not None:
        return found.before + block + found.after
    if not body:
        return block
    gap = "\n" if body.endswith("\n") else "\n\n"
    return body + gap + block


def room(body: str, limit: int) -> int:
    """How many UTF-8 bytes a block may have in this body, so that the whole stays within ``limit``."""
    found = read(body)
    people = found.before + found.after + ("\n\n" if found.block is None and body else "")
    return max(0, limit - len(people.encode("utf-8", "replace")))


def _where(body: str) -> tuple[int, int, int] | None:
    """Start of the block, end of its first line, end of the block."""
    closed, unclosed = [], []
    beginnings = list(_BEGIN.finditer(body))
    for number, first in enumerate(beginnings):
        limit = beginnings[number + 1].start() if number + 1 < len(beginnings) else len(body)
        last = _END.search(body, first.end(), limit)
        if last:
            closed.append((first.start(), first.end(), last.end()))
        elif (end := _structural_end(body, first.end(), limit)) is not None:
            unclosed.append((first.start(), first.end(), end))
    if len(closed) > 1:
        # Somebody who talks about the block shows a copy of it as code.
        quoted = [piece for piece in code_in(body.replace("\r\n", " \n")) if piece.fence]
        closed.sort(key=lambda block: any(piece.start <= block[0] < piece.end for piece in quoted))
    return next(iter(closed or unclosed), None)


def _structural_end(body: str, start: int, limit: int) -> int | None:
    """Where a block without its end marker ends, if that is certain: after the last row or item of its last part."""
    part, end, position = "", start, start
    for line in body[start:limit].split("\n"):
        text = line.rstrip()
        separator = _SEPARATOR.match(text)
        if separator:
            part, end = separator[1], position + len(text)
        elif _belongs(text, part):
            end = position + len(text)
        elif text and part == NOTES:
            end = -1
        elif text and part and not _GROUP.match(text):
            break
        position += len(line) + 1
    return None if end < 0 or part == NOTES else end


def _belongs(text: str, part: str) -> bool:
    match part:
        case "":
            return text.startswith(SECTION.rstrip())
        case "fields":
            return text.startswith("|")
        case "checklist":
            return bool(_ITEM.match(text))
        case _:
            return text == CUT_NOTE


def _marker(attributes: str) -> Marker | None:
    found = {name: unquote(value) for name, value in _ATTRIBUTE.findall(attributes)}
    if not found.get("uid"):
        return None
    return Marker(found.get("roadmap", ""), found.get("lineage", ""), Uid(found["uid"]))


@dataclass(slots=True)
class _Parts:
    """What the lines of a block amount to, gathered line by line."""

    section: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    metadata: list[tuple[str, str]] = field(default_factory=list)
    checklist: list[ChecklistLine] = field(default_factory=list)
    group: str = ""
    header: int = 0
    cut: bool = False

    def take(self, part: str, line: str) -> None:
        """Puts a line where it belongs. One that does not belong where it stands is a person's: a stray."""
        match part:
            case "notes":
                self.notes.append(line)
            case "fields" if line.startswith("|"):
                self._row(line)
            case "checklist" if item := _ITEM.match(line):
                text = _PARENTHESISED.sub(r"\1(", (item[3] or "").strip())
                depth = len(item[1].expandtabs(4)) // 2
                self.checklist.append(ChecklistLine(plain(text), item[2] != " ", depth, self.group))
            case "checklist" if group := _GROUP.match(line):
                self.group = plain(group[1])
            case "" if line.startswith(SECTION) and not self.section:
                self.section = tuple(
                    plain(_SEPARATED.sub(r"\1\2>", text))
                    for text in line.removeprefix(SECTION).split(BETWEEN)
                )
            case "cut" if line == CUT_NOTE:
                self.cut = True
            case _:
                self.strays.append(line)

    def _row(self, line: str) -> None:
        if self.header < len(HEADER) and line == HEADER[self.header]:
            self.header += 1
            return
        cells = [_BARRED.sub(r"\1|", cell.strip()) for cell in _CELL_END.split(line)[1:3]]
        key, value = (*map(plain, cells), "", "")[:2]
        self.metadata.append((key, value))


def _content(inner: str) -> tuple[BodyContent, bool]:
    parts = _Parts()
    for part, line in _by_part(inner):
        if line is None:
            parts.group = ""
        else:
            parts.take(part, line if part == NOTES else line.rstrip())
    notes = (_text(parts.notes), _text(parts.strays))
    content = BodyContent(
        section=parts.section,
        notes="\n\n".join(text for text in notes if text),
        metadata=tuple(parts.metadata),
        checklist=tuple(parts.checklist),
    )
    return replace(normal(content), notes=content.notes), parts.cut


def _by_part(inner: str) -> Iterator[tuple[str, str | None]]:
    """Each line with the part it stands in; None for the line that begins a part."""
    part = ""
    for line in inner.split("\n"):
        separator = _SEPARATOR.match(line)
        if separator:
            part = separator[1]
        yield part, None if separator else line


def _text(lines: list[str]) -> str:
    return normal_notes(plain(unslashed(normal_notes("\n".join(lines)))))
