"""The totals of the file's own counters (``3/5``): near a section, and in lines that name its phase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from syncd.roadmap.outline import words
from syncd.roadmap.outline.sections import Section, Tree

_TOTAL: Final = re.compile(r"(?<![\d/.])\d+\s*(?:/|of|de|von|из)\s*(\d+)(?![\d/])")
_WORD: Final = re.compile(r"[A-Za-z]+")
_COUNTER: Final = re.compile(rb"/\s?\d")  # a sign first: found ten times as fast as a digit


class Totals:
    """What the counters of one document add up to (read once, when first asked)."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.by_phase: dict[str, set[int]] | None = None

    def of(self, section: Section) -> set[int]:
        """Those in the section's heading, in the text right under it, and in lines that name its phase."""
        source = self.tree.source
        first = min((child.start for child in section.children), default=section.end)
        first = min([first, *(box.item.start for box in section.boxes)])
        found = _numbers(section.title.of.plain) | _numbers(
            source.slice(section.body, max(section.body, first))
        )
        name = words.PHASE_WORD.match(section.title.text)
        return found | self._named(name[0]) if name is not None else found

    def _named(self, phase: str) -> set[int]:
        if self.by_phase is None:
            self.by_phase = {}
            for line in self._counting_lines():
                for name in _phases_in(line):
                    self.by_phase.setdefault(name[0].casefold(), set()).update(_numbers(line))
        return self.by_phase.get(phase.casefold(), set())

    def _counting_lines(self) -> Iterator[str]:
        source, end = self.tree.source, 0
        for found in _COUNTER.finditer(source.data):
            at = found.start()
            if at < end or not source.data[max(at - 2, 0) : at].rstrip()[-1:].isdigit():
                continue
            end = source.next_line(at)
            yield source.raw(source.line_start(at), end)


def _phases_in(line: str) -> Iterator[re.Match[str]]:
    """The phases that a line names."""
    if not line.isascii():  # languages that write without blanks between words
        yield from words.PHASE_WORD.finditer(line)
        return
    for word in _WORD.finditer(line):
        if found := words.PHASE_WORD.match(line, word.start()):
            yield found


def _numbers(text: str) -> set[int]:
    return {int(found[1]) for found in _TOTAL.finditer(text)}
