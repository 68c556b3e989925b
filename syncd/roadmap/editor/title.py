"""A new title in the place of the old one: bold, code, links and metadata stay where the new title still has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from syncd.model.changes import Edit
from syncd.model.values import one_line
from syncd.roadmap.editor.escape import LEVELS, spelling
from syncd.roadmap.editor.option import NoPlace, Option
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_MARKED_UP = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`)(?:.+?)(?<!`)(?P=ticks)(?!`))"
    r"|\*\*(?P<bold>(?=\S).+?(?<=\S))\*\*|__(?P<strong>(?=\S).+?(?<=\S))__"
    r"|\[(?P<link>[^\]\[]+)\]\([^()\s]*\)|(?<![\w*])\*(?P<emphasis>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
)
_RUN = re.compile(r"[^\x00-\x7f]+")


def title_options(
    source: Source, span: Span, old: str, new: str, *, keep: Iterable[Span] = (), in_row: bool = False
) -> Iterator[Option]:
    """Ways to write ``new`` where ``old`` was read from ``span``; ``keep`` are spans of metadata inside it.

    The plainest first: only what differs; then the whole title with its mark-up; then without; each with
    more and more escapes. Raises :class:`NoPlace` for a title that is empty or that no file can hold.
    """
    title = one_line(new)
    if spelling(title, 0) is None:
        raise NoPlace("the title is empty, or is not text")
    raw = source.slice(*span)
    kept = [source.slice(*place) for place in keep if span.start <= place.start and place.end <= span.end]
    tried: set[str] = set()
    for level in range(LEVELS):
        for text in _ways(raw, old, title, kept, level, in_row):
            if text not in tried:
                tried.add(text)
                yield Option((Edit(span.start, span.end, _as_spelled(source, span, text)),))


def _ways(raw: str, old: str, new: str, kept: list[str], level: int, in_row: bool) -> Iterator[str]:
    start, end, middle = _difference(raw, old, new)
    yield raw[:start] + _with_fragments(raw[start:end], middle, kept, level, in_row) + raw[end:]
    yield _with_fragments(raw, new, kept, level, in_row)
    yield _with_fragments("", new, [], level, in_row)


def _difference(raw: str, old: str, new: str) -> tuple[int, int, str]:
    """The part of ``raw`` to replace, and what goes there: that in which ``new`` differs from ``old``."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    where: dict[int, int] = {}
    for block in SequenceMatcher(None, old, raw, autojunk=False).get_matching_blocks():
        where |= {block.a + offset: block.b + offset for offset in range(block.size)}
    last = len(old) - tail
    start = where.get(head - 1, -2) + 1 if head else where.get(0, 0)
    end = where.get(last, -1) if tail else where.get(len(old) - 1, len(raw) - 1) + 1
    if start < 0 or end < start:
        return 0, len(raw), new
    return start, end, new[head : len(new) - tail]


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common from the front."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _with_fragments(raw: str, text: str, kept: list[str], level: int, in_row: bool) -> str:
    """``text`` escaped, but what ``raw`` had in mark-up, and metadata that was kept, written as it was."""
    spots: dict[int, tuple[str, str]] = {}
    taken = [False] * len(text)
    for shown, written in _fragments(raw, kept):
        found = text.find(shown)
        while found >= 0 and any(taken[found : found + len(shown)]):
            found = text.find(shown, found + 1)
        if found >= 0:
            spots[found] = shown, written
            taken[found : found + len(shown)] = [True] * len(shown)
    parts: list[str] = []
    at = 0
    for found, (shown, written) in sorted(spots.items()):
        parts += (_escaped(text[at:found], level, in_row), written)
        at = found + len(shown)
    return "".join((*parts, _escaped(text[at:], level, in_row)))


def _fragments(raw: str, kept: list[str]) -> list[tuple[str, str]]:
    """What the mark-up and metadata of ``raw`` show, and how they are written, in order of place."""
    found = [(hit.start(), _shown(hit), hit.group()) for hit in _MARKED_UP.finditer(raw)]
    found += [(raw.find(value), value, value) for value in kept if value and value in raw]
    return [(shown, written) for _, shown, written in sorted(found)]


def _shown(hit: re.Match[str]) -> str:
    return next(hit[name] for name in ("code", "bold", "strong", "link", "emphasis") if hit[name] is not None)


def _escaped(text: str, level: int, in_row: bool) -> str:
    """A part of a title; blanks at a seam to mark-up are its own."""
    inner = text.strip(" ")
    if not inner:
        return text
    head = text[: len(text) - len(text.lstrip(" "))]
    tail = text[len(text.rstrip(" ")) :]
    return head + (spelling(inner, level, in_row=in_row) or "") + tail


def _as_spelled(source: Source, span: Span, text: str) -> bytes:
    """A text as the file spells it; what stood in the span before keeps exactly the spelling it had there."""
    known = {source.meant(run): run for run in _RUN.findall(source.raw(*span))}
    parts: list[bytes] = []
    at = 0
    for run in _RUN.finditer(text):
        parts.append(text[at : run.start()].encode())
        own = known.get(run.group())
        parts.append(
            own.encode("utf-8", "surrogateescape") if own is not None else source.spelled(run.group())
        )
        at = run.end()
    return b"".join((*parts, text[at:].encode()))
