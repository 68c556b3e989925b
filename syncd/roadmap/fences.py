"""Front matter, and code fences that were left open (reading-roadmaps §2): what the parser must not see.

Pure byte scanning: the results are hidden from the Markdown library by blanks of the same length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from syncd.roadmap.places import Span

# Only at the start of the file. The library's own option takes any `---` for front matter, and would eat
# whatever stands between two rules.
_FRONT: Final = re.compile(
    rb"(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)(?=[^\s])"
    rb"(?:(?!(?:---|\+\+\+)[ \t]*[\r\n])[^\r\n]*(?:\r\n|\n|\r))*?"
    rb"(?:\1|\.\.\.)[ \t]*(?=[\r\n]|\Z)"
)
# Generators leave a blank line behind the opening rule. Between two rules prose may stand too: every line counts.
_SPACED: Final = re.compile(rb"---[ \t]*(?:\r\n|\n|\r(?!\n))(?=[ \t]*[\r\n])")
_YAML: Final = re.compile(
    rb"(?:[a-z_][\w-]*[ \t]*:(?=[ \t\r\n])|[ \t]*-[ \t](?!\[)|[ \t]*(?=[\r\n]))[^\r\n]*(?:\r\n|\n|\r)"
)
_END: Final = re.compile(rb"---[ \t]*(?=[\r\n]|\Z)")
_KEY: Final = re.compile(rb"[ \t]*(?:#|[\w\"'][^\r\n]*?[:=])")
_FENCE: Final = re.compile(
    rb"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})[ \t]*([^\r\n`]*)", re.MULTILINE
)


def front_matter(data: bytes, start: int) -> Span | None:
    """YAML (``---``) or TOML (``+++``) at the very start of the file whose first line has a key; behind a blank line
    only if every line is YAML.
    """
    if found := _SPACED.match(data, start):
        at = found.end()
        while line := _YAML.match(data, at):
            at = line.end()
        end = _END.match(data, at)
        return Span(start, end.end()) if end else None
    found = _FRONT.match(data, start)
    if found is None or not _KEY.match(data, found.end(1) + len(_first_blanks(data, found.end(1)))):
        return None
    return Span(start, found.end())


def _first_blanks(data: bytes, at: int) -> bytes:
    found = re.compile(rb"[ \t]*(?:\r\n|\n|\r)").match(data, at)
    return found[0] if found else b""


def closes(data: bytes, start: int, end: int) -> bool:
    """Whether the fenced block in these bytes ends with a fence line of its own."""
    opened = _FENCE.match(data, start) or _FENCE.search(data, start, end)
    if opened is None:
        return False
    last = data[start:end].rstrip(b"\r\n \t")
    line_at = max(last.rfind(b"\n"), last.rfind(b"\r")) + 1
    closing = last[line_at:].strip(b" \t>")
    fence = opened[1]
    return line_at > 0 and len(closing) >= len(fence) and closing == fence[:1] * len(closing)


def nested(data: bytes, start: int) -> list[Span] | None:
    """The fenced regions if fences nest: inside one, a fence *with* a language opens an inner one, the next
    bare one closes it.

    None if something is left open in this reading too.
    """
    regions: list[Span] = []
    open_fences: list[tuple[int, bytes]] = []
    for at, end, fence, info in _fence_lines(data, start):
        if open_fences and not info and fence[:1] == open_fences[-1][1][:1]:
            begun, _ = open_fences.pop()
            if not open_fences:
                regions.append(Span(begun, end))
        elif not open_fences or (info and fence[:1] == open_fences[-1][1][:1]):
            open_fences.append((at, fence))
    return None if open_fences else regions


def _fence_lines(data: bytes, start: int) -> Iterator[tuple[int, int, bytes, bytes]]:
    for found in _FENCE.finditer(data, start):
        yield found.start(), found.end(), found[1], found[2].strip()
