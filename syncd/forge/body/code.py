"""Where in a Markdown text there is certainly code: nothing in it notifies anybody, and it should be copied unchanged.

Only certainty counts. A span that a renderer might see otherwise is no code here: an invisible character too many
does no harm, a mention too many does. So one doubtful construct ends the trust in all that follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_DOUBTFUL_FENCE = re.compile(r"[\s>*+\-0-9.)]*(?:```|~~~)")
_QUOTE_FENCE = re.compile(r" {0,3}>{3,}")
_HTML = re.compile(r"<[A-Za-z/!?]")
_TICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code: the characters from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    fence: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str


def code_in(text: str) -> tuple[Code, ...]:
    """Closed fences that begin in column 0, and code spans that begin and end on one line; in order."""
    found: list[Code] = []
    chunk: list[_Line] = []
    lines = _lines(text)
    index, fences_trusted = 0, True
    while index < len(lines):
        line = lines[index]
        # GitLab's own block quote ends at its next `>>>`, also within a fence, and sets free what stands behind it.
        fences_trusted = fences_trusted and not _QUOTE_FENCE.match(line.text)
        closing = _closing(lines, index) if fences_trusted else None
        if closing is not None:
            found.extend(_spans(chunk))
            chunk = []
            found.append(Code(line.start, lines[closing].start + len(lines[closing].text), fence=True))
            index = closing + 1
            continue
        if _HTML.search(line.text):
            # Raw HTML may swallow fences and back-ticks alike: from its paragraph on nothing is certain.
            return tuple(found)
        fences_trusted = fences_trusted and not _DOUBTFUL_FENCE.match(line.text)
        if line.text.strip():
            chunk.append(line)
        else:
            found.extend(_spans(chunk))
            chunk = []
        index += 1
    return (*found, *_spans(chunk))


def _lines(text: str) -> list[_Line]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_Line(start, line))
        start += len(line) + 1
    return lines


def _closing(lines: list[_Line], index: int) -> int | None:
    """The line that closes the fence which line ``index`` opens, if it does and if it is closed."""
    opening = _FENCE.match(lines[index].text)
    if not opening:
        return None
    fence = opening[1]
    end = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    return next((number for number in range(index + 1, len(lines)) if end.match(lines[number].text)), None)


def _spans(chunk: list[_Line]) -> Iterator[Code]:
    """The code spans of a paragraph, if each line pairs its own back-ticks: then no span can cross lines."""
    spans: list[Code] = []
    for line in chunk:
        of_line = _paired(line)
        if of_line is None:
            return iter(())
        spans.extend(of_line)
    return iter(spans)


def _paired(line: _Line) -> list[Code] | None:
    """The spans of a line, or None if a back-tick stands alone, is escaped, or a table's bar may cut a span."""
    if "\\`" in line.text:
        return None
    spans, position = [], 0
    while opening := _TICKS.search(line.text, position):
        closing = next(
            (
                ticks
                for ticks in _TICKS.finditer(line.text, opening.end())
                if len(ticks[0]) == len(opening[0])
            ),
            None,
        )
        if closing is None or "|" in line.text[opening.end() : closing.start()]:
            return None
        spans.append(Code(line.start + opening.start(), line.start + closing.end()))
        position = closing.end()
    return spans
