"""New numbers where numbers stand in columns: the columns stay where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncd.roadmap.claims import Chars

Replacement = tuple[Chars, str]
"""Characters of a line, and what is to stand there."""


def grown_to_the_left(line: str, chars: Chars, number: str) -> Replacement:
    """A number in a column: it grows into the blanks before it, and leaves blanks where it shrinks."""
    grown = len(number) - (chars.end - chars.start)
    blanks = chars.start - len(line[: chars.start].rstrip(" "))
    keep = 0 if line[: chars.start - blanks].endswith("(") else 1
    taken = min(max(grown, 0), max(blanks - keep, 0))
    return Chars(chars.start - taken, chars.end), " " * max(-grown, 0) + number


def in_cells(line: str, new: Sequence[Replacement]) -> Iterator[Replacement]:
    """Replacements in cells of a table whose ``|`` stand under each other, with blanks so that they still do."""
    grown: dict[int, int] = {}
    for chars, text in new:
        end = line.find("|", chars.end)
        grown[end] = grown.get(end, 0) + len(text) - (chars.end - chars.start)
    yield from new
    for end, more in grown.items():
        if end >= 0 and more:
            yield _blanks(line, end, more)


def _blanks(line: str, end: int, more: int) -> Replacement:
    """Blanks of a cell that go or come: at its right end, unless that is where the text was pushed to."""
    start = line.rindex("|", 0, end) + 1
    right = end - len(line[:end].rstrip(" "))
    left = len(line[start:end]) - len(line[start:end].lstrip(" "))
    at = start if left > right else end - right
    if more < 0:
        return Chars(at, at), " " * -more
    # One blank stays: `|45 |` is a table too, but not this one's.
    return Chars(at, at + min(more, max((left if at == start else right) - 1, 0))), ""
