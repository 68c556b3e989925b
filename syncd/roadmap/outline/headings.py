"""Which headings are tasks (§4): those with an identifier, the cards of a board, and those with a task's fields."""

from __future__ import annotations

import re
from collections.abc import Set
from fnmatch import fnmatchcase
from typing import Final

from syncd.model.policy import ReadingRules
from syncd.roadmap.outline import named, words
from syncd.roadmap.outline.groups import own_kinds
from syncd.roadmap.outline.lanes import is_lane, lanes_of
from syncd.roadmap.outline.metadata import Fields, fields_of
from syncd.roadmap.outline.named import become_tasks, may_be_task, names_task
from syncd.roadmap.outline.sections import Section, Tree

_PRIORITY: Final = re.compile(r"P\d\b(?!\.)")


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
        # A summary above the board, without cards or boxes, is no lane that is missing.
        columns = [one for one in parent.children if one.children or one.boxes or is_lane(one)]
        lanes = lanes_of([one for one in columns if not one.ignored])
        cards = [card for lane, _ in lanes for card in lane.children if _may_be_card(tree, card)]
        if not cards or any(_groups_by_phase(card) for card in cards):
            continue
        told = [card for card in cards if own_kinds(tree, card, fields)]
        groups = [card for card in cards if card.boxes and card not in told]
        if len(groups) * 2 < len(cards):
            become_tasks(told if any(lane.boxes for lane, _ in lanes) else cards)


def _described(tree: Tree, fields: dict[int, Fields]) -> None:
    """Headings of one level without boxes, most of which carry two or more fields of a task: they are tasks.

    In a file that has boxes elsewhere most must also say a state: risks and decisions have owners and priorities too.
    """
    for level in range(6, 1, -1):
        found = [
            section
            for section in tree.sections
            if section.level == level and may_be_task(tree, section) and not _is_phase(section)
        ]
        busy = _busy(tree)
        if len(found) < 2 or not busy.isdisjoint(found):
            continue
        kinds = [own_kinds(tree, section, fields) for section in found]
        rich = sum(len(own) >= 2 for own in kinds)
        stated = sum("status" in own for own in kinds)
        if rich >= 2 and rich * 2 > len(found) and (not tree.boxes or stated * 2 > len(found)):
            become_tasks([section for section, own in zip(found, kinds, strict=True) if own])


def _busy(tree: Tree) -> set[Section]:
    """The sections with boxes or heading tasks anywhere under them."""
    busy: set[Section] = set()
    for section in reversed(tree.sections):
        if section.boxes or section.inside is not None or section in busy:
            busy.add(section)
            if section.parent is not None:
                busy.add(section.parent)
    return busy


def _is_phase(section: Section) -> bool:
    return words.PHASE.match(section.title.text) is not None


def _is_outermost_phase(section: Section) -> bool:
    """A phase in no other: ``### [x] Step 4`` under ``## Phase 2`` is a step of the work, and may be a task."""
    return _is_phase(section) and not any(
        _is_phase(around) for around in section.above() if around is not section
    )


def _may_be_card(tree: Tree, section: Section) -> bool:
    """No lane within a lane (``### Icebox`` over cards of its own)."""
    return may_be_task(tree, section) and not (section.children and is_lane(section))


def _groups_by_phase(section: Section) -> bool:
    """A phase; `P0: …` on a board is a priority."""
    return _is_phase(section) and _PRIORITY.match(section.title.text) is None


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
