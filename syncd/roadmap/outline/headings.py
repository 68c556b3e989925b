"""Which headings are tasks (§4): those with an identifier, and those that the file's own counters speak for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from fnmatch import fnmatchcase
from typing import Final

from syncd.model.policy import ReadingRules
from syncd.roadmap.blocks import CODE
from syncd.roadmap.outline import named, words
from syncd.roadmap.outline.lanes import lanes_of
from syncd.roadmap.outline.metadata import Fields, fields_of
from syncd.roadmap.outline.named import names_task
from syncd.roadmap.outline.sections import BOLD_LEVEL, Box, Section, Tree

_TOTAL: Final = re.compile(r"(?<![\d/.])\d+\s*(?:/|of|de|von|из)\s*(\d+)(?![\d/])")
_WORD: Final = re.compile(r"[A-Za-z]+")
_COUNTER: Final = re.compile(rb"/\s?\d")  # a sign first: found ten times as fast as a digit
_PRIORITY: Final = re.compile(r"P\d\b(?!\.)")
_FILE_NAME: Final = re.compile(r"[`\w./-]+\.\w{1,5}`?$|`[^`]*`$")


def identifier(title: str) -> str | None:
    """The identifier with which a title begins: ``Task 4.1: …`` → ``4.1``, ``T-001 …`` → ``T-001``, ``1.2 …``
    → ``1.2``.
    """
    found = words.TASK.match(title)
    if found is not None:
        return found["number"] or found["code"]
    numbered = words.LEADING_NUMBER.match(title)
    return (numbered["number"] or numbered["single"]) if numbered else None


def carried(section: Section) -> int:
    """The boxes anywhere under a heading."""
    return sum(box.count for box in section.all_boxes())


def mark_tasks(tree: Tree, rules: ReadingRules, fields: dict[int, Fields]) -> None:
    """Decide which headings are tasks; everything under one belongs to it."""
    patterns = [entry for entry in rules.task if entry != "box"]
    for section in tree.sections[1:]:
        if section.parent is not None and section.parent.inside is not None:
            section.inside = section.parent.inside
        elif section is tree.title or section.ignored:
            continue
        elif _matches(section, patterns) if rules.task else _identified(tree, section, fields):
            section.inside = section
    if not rules.task:
        named.mark_alike(tree)
        _cards(tree, fields)
        _described(tree, fields)


def _matches(section: Section, patterns: list[str]) -> bool:
    names = (section.title.text.casefold(), section.title.of.plain.strip().casefold())
    return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns for name in names)


def _identified(tree: Tree, section: Section, fields: dict[int, Fields]) -> bool:
    """A heading with an identifier, and boxes or metadata, or with a box of its own; a group (§3.1) if it contains
    such headings.
    """
    if not names_task(section.title) and (section.title.box is None or _is_outermost_phase(section)):
        return False
    if section.level == 1 and _beside_groups(tree, section):
        return False
    below = [inner for inner in section.walk() if inner is not section]
    if any(inner.title.box or (names_task(inner.title) and carried(inner)) for inner in below):
        return False
    if carried(section) or section.title.metas:
        return True
    return bool(fields_of(tree, section, fields))


def _beside_groups(tree: Tree, section: Section) -> bool:
    """Whether headings beside it that are no tasks hold boxes: then it groups its boxes as they do theirs."""
    return any(
        other.level == section.level
        and not names_task(other.title)
        and other.title.box is None
        and carried(other)
        for other in tree.sections
        if other is not section and not other.ignored
    )


# -- headings without an identifier in files that have hardly a box ------------------------------------------------


def _cards(tree: Tree, fields: dict[int, Fields]) -> None:
    """Headings right under the lanes of a board are its cards, unless they are phases or mostly carry boxes.

    In a board whose cards are boxes elsewhere only those are that carry fields of a task.
    """
    for parent in tree.sections:
        lanes = lanes_of([child for child in parent.children if not child.ignored])
        cards = [card for lane, _ in lanes for card in lane.children if _may_be_task(tree, card)]
        if not cards or any(_groups_by_phase(card) for card in cards):
            continue
        told = [card for card in cards if _own_kinds(tree, card, fields)]
        groups = [card for card in cards if card.boxes and card not in told]
        if len(groups) * 2 < len(cards):
            _become_tasks(told if any(lane.boxes for lane, _ in lanes) else cards)


def _described(tree: Tree, fields: dict[int, Fields]) -> None:
    """Headings of one level without boxes, most of which carry two or more fields of a task: they are tasks.

    In a file that has boxes elsewhere most must also say a state: risks and decisions have owners and priorities too.
    """
    for level in range(6, 1, -1):
        found = [
            section
            for section in tree.sections
            if section.level == level and _may_be_task(tree, section) and not _is_phase(section)
        ]
        busy = _busy(tree)
        if len(found) < 2 or not busy.isdisjoint(found):
            continue
        kinds = [_own_kinds(tree, section, fields) for section in found]
        rich = sum(len(own) >= 2 for own in kinds)
        stated = sum("status" in own for own in kinds)
        if rich >= 2 and rich * 2 > len(found) and (not tree.boxes or stated * 2 > len(found)):
            _become_tasks([section for section, own in zip(found, kinds, strict=True) if own])


def _busy(tree: Tree) -> set[Section]:
    """The sections with boxes or heading tasks anywhere under them."""
    busy: set[Section] = set()
    for section in reversed(tree.sections):
        if section.boxes or section.inside is not None or section in busy:
            busy.add(section)
            if section.parent is not None:
                busy.add(section.parent)
    return busy


def _may_be_task(tree: Tree, section: Section) -> bool:
    return (
        section.inside is None
        and not section.ignored
        and section is not tree.title
        and section.level < BOLD_LEVEL
        and bool(section.title.text)
    )


def _is_phase(section: Section) -> bool:
    return words.PHASE.match(section.title.text) is not None


def _is_outermost_phase(section: Section) -> bool:
    """A phase in no other: ``### [x] Step 4`` under ``## Phase 2`` is a step of the work, and may be a task."""
    return _is_phase(section) and not any(
        _is_phase(around) for around in section.above() if around is not section
    )


def _groups_by_phase(section: Section) -> bool:
    """A phase; `P0: …` on a board is a priority."""
    return _is_phase(section) and _PRIORITY.match(section.title.text) is None


def _become_tasks(sections: list[Section]) -> None:
    for section in sections:
        for inner in section.walk():
            inner.inside = section


def weigh(tree: Tree, named: Set[int] = frozenset()) -> None:
    """The weight of every section: the boxes under it that may be tasks or belong to one, and its heading tasks.

    ``named`` are the starts of phase headings that a milestone box names: they weigh even without boxes (§3.1).
    """
    for section in tree.sections:
        section.weight = int(section.start in named)
    for section in reversed(tree.sections):
        own = sum(box.count for box in section.boxes if not box.reason) + len(section.rows)
        if section.ignored and section.inside is None:
            own = 0
        section.weight += own + (1 if section.is_task else 0)
        if section.parent is not None:
            section.parent.weight += section.weight


# -- headings without an identifier that may be tasks (§4: two readings) ---------------------------------------------


def settle_groups(tree: Tree, fields: dict[int, Fields]) -> list[tuple[Section, str]]:
    """Headings below a milestone that carry a state or owner of their own, as most of their siblings do.

    Returns the headings that became tasks, each with what was weighed.
    """
    became: list[tuple[Section, str]] = []
    alone: list[Section] = []
    counters = _Counters(tree)
    boxes_won = False
    for parent in tree.sections:
        siblings = _groups_of(parent)
        marked = [child for child in siblings if _own_state(tree, child, fields)]
        if len(marked) * 2 <= len(siblings):
            continue
        if len(siblings) == 1:
            alone += siblings
            continue
        why = _weighed(tree, parent, siblings, fields, counters)
        if why is None:
            boxes_won = True
            continue
        became += [(child, why) for child in siblings]
        _become_tasks(siblings)  # at once: what stands inside a task is no group of tasks
    # One heading has no siblings to go by: it is what such headings are in the rest of the file.
    if became and not boxes_won:
        left = [child for child in alone if child.inside is None]
        became += [(child, "all other headings of this kind in the file are tasks") for child in left]
        _become_tasks(left)
    return became


def _groups_of(parent: Section) -> list[Section]:
    """The headings right under a milestone or a section of one that group boxes; none beside loose boxes."""
    if parent.inside is not None or parent.ignored or parent.boxes:
        return []
    if not (parent.milestone or _below_milestone(parent)):
        return []
    return [
        child
        for child in parent.children
        if child.weight
        and child.inside is None
        and not child.milestone
        and not child.ignored
        and child.level < BOLD_LEVEL
    ]


def _below_milestone(section: Section) -> bool:
    return any(above.milestone for above in section.above())


def _own_state(tree: Tree, section: Section, fields: dict[int, Fields]) -> bool:
    if section.title.state is not None or _estimated(section):
        return True
    return not fields_of(tree, section, fields).keys().isdisjoint(("status", "assignees"))


def _own_kinds(tree: Tree, section: Section, fields: dict[int, Fields]) -> set[str]:
    """Which fields of a task a heading carries, in itself or in the lines right under it."""
    kinds = set(fields_of(tree, section, fields)) - {"tags"}
    kinds |= {"status"} if section.title.state is not None else set()
    kinds |= {"estimate"} if _estimated(section) else set()
    return kinds | ({"priority"} if section.title.first("priority") else set())


def _estimated(section: Section) -> bool:
    return section.title.first("estimate") is not None


def _weighed(
    tree: Tree, parent: Section, siblings: list[Section], fields: dict[int, Fields], counters: _Counters
) -> str | None:
    """Why the headings are the tasks; None if their boxes are. The file's own counters decide first."""
    boxes = [box for child in siblings for box in child.all_boxes()]
    totals = counters.totals(parent)
    if len(siblings) in totals and len(boxes) not in totals:
        return f"a counter says {len(siblings)}: as many as there are headings"
    own = sum(len(child.all_boxes()) in counters.totals(child) for child in siblings)
    if (len(boxes) in totals and len(siblings) not in totals) or own * 2 >= len(siblings):
        return None
    rich = [child for child in siblings if len(_own_kinds(tree, child, fields)) >= 2]
    if len(rich) * 2 > len(siblings):
        return "most of these headings carry several fields of a task"
    states = [child for child in siblings if child.title.state or "status" in fields_of(tree, child, fields)]
    fragments = sum(_fragment(box) for box in boxes)
    if len(states) * 2 > len(siblings) and fragments * 2 > len(boxes):
        return "most of these headings carry a state of their own, and their boxes are fragments"
    if fragments * 3 > len(boxes) * 2:
        return "most of the boxes under these headings are fragments"
    return None


class _Counters:
    """The totals of the file's own counters: near a section, and in lines that name its phase (read once, when
    first asked).
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.by_phase: dict[str, set[int]] | None = None

    def totals(self, section: Section) -> set[int]:
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


def _fragment(box: Box) -> bool:
    """A fragment of work rather than a task: ends in a colon, one or two words, a file name."""
    text = box.title.text
    if text.endswith(":") or len(text.split()) <= 2 or _FILE_NAME.match(text):
        return True
    parts = box.title.of.parts
    return len(parts) == 1 and bool(parts[0].style & CODE)
