"""Headings without an identifier that may be tasks, their boxes being fragments of the work (§4: two readings).

One reading holds for all headings of a level: nobody means one thing by ``### 1.1 Bus ✅`` and another by
``### 2.1 View ⏳``, and what a heading is must not change with the words of the boxes under it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from syncd.model.values import TaskState
from syncd.roadmap.blocks import CODE
from syncd.roadmap.outline.metadata import Fields, fields_of
from syncd.roadmap.outline.named import become_tasks
from syncd.roadmap.outline.sections import BOLD_LEVEL, Box, Section, Tree
from syncd.roadmap.outline.totals import Totals

_FILE_NAME: Final = re.compile(r"[`\w./-]+\.\w{1,5}`?$|`[^`]*`$")


class _Group(NamedTuple):
    """The headings right under a milestone, or under a section of one, that group boxes."""

    parent: Section
    headings: list[Section]


class _Verdict(NamedTuple):
    """Whether the headings are the tasks, or their boxes; and why."""

    headings: bool
    why: str = ""


def settle(tree: Tree, fields: dict[int, Fields]) -> list[tuple[Section, str]]:
    """Make tasks of the headings below milestones that carry a state or owner of their own, as most of their siblings
    do, where counters, fields or fragments speak for them. Returns these headings, each with what was weighed.
    """
    became: list[tuple[Section, str]] = []
    totals = Totals(tree)
    by_level: dict[int, list[_Group]] = defaultdict(list)
    for group in _groups(tree):
        by_level[group.headings[0].level].append(group)
    # The outer ones first: what stands inside a task is no group of tasks.
    for level in sorted(by_level):
        groups = [group for group in by_level[level] if group.parent.inside is None]
        if not _marked(tree, groups, fields):
            continue
        for group, why in _read(tree, groups, fields, totals):
            became += [(section, why) for section in group.headings]
            become_tasks(group.headings)
    return became


def _groups(tree: Tree) -> Iterator[_Group]:
    """The headings of one level under each section that may group tasks; none beside loose boxes."""
    for parent in tree.sections:
        if parent.inside is not None or parent.ignored or parent.boxes or not parent.children:
            continue
        if not any(above.milestone for above in parent.above()):
            continue
        found: dict[int, list[Section]] = defaultdict(list)
        for child in parent.children:
            if _holds_tasks(child):
                found[child.level].append(child)
        yield from (_Group(parent, headings) for headings in found.values())


def _holds_tasks(section: Section) -> bool:
    return (
        bool(section.weight)
        and section.inside is None
        and not section.milestone
        and not section.ignored
        and section.level < BOLD_LEVEL
    )


def _marked(tree: Tree, groups: list[_Group], fields: dict[int, Fields]) -> bool:
    """Whether most headings of a level carry a state, owner or estimate of their own.

    Signs of done alone are what finished sections get too: they must not make tasks of them one by one.
    """
    headings = [section for group in groups for section in group.headings]
    own = [section for section in headings if _own_state(tree, section, fields)]
    if all(section.title.state is TaskState.DONE and not _told(tree, section, fields) for section in own):
        return False
    return len(own) * 2 > len(headings)


def _read(
    tree: Tree, groups: list[_Group], fields: dict[int, Fields], totals: Totals
) -> list[tuple[_Group, str]]:
    """The groups of one level whose headings are tasks, each with the reason."""
    # One heading alone has no siblings to go by: it is what such headings are in the rest of the file.
    several = [group for group in groups if len(group.headings) > 1]
    counted = {group.headings[0].start: _counted(group, totals) for group in several}
    said = {verdict.headings for verdict in counted.values() if verdict is not None}
    if len(said) == 2:
        return [
            (group, one.why)
            for group in several
            if (one := counted[group.headings[0].start]) and one.headings
        ]
    if said == {False} or not several:
        return []
    why = _weighed(tree, several, fields) if not said else "the counters of the file count such headings"
    if why is None:
        return []
    alone = "all other headings of this kind in the file are tasks"
    told = {start: verdict.why for start, verdict in counted.items() if verdict is not None}
    return [(one, told.get(one.headings[0].start, why) if len(one.headings) > 1 else alone) for one in groups]


def _counted(group: _Group, totals: Totals) -> _Verdict | None:
    """What the counters say: of the milestone, then of the headings themselves."""
    boxes = [box for section in group.headings for box in section.all_boxes()]
    known = totals.of(group.parent)
    if len(group.headings) in known and len(boxes) not in known:
        count = len(group.headings)
        return _Verdict(True, f"a counter says {count}: as many as there are headings")
    own = sum(len(section.all_boxes()) in totals.of(section) for section in group.headings)
    if (len(boxes) in known and len(group.headings) not in known) or own * 2 >= len(group.headings):
        return _Verdict(False)
    return None


def _weighed(tree: Tree, groups: list[_Group], fields: dict[int, Fields]) -> str | None:
    """Why headings without counters are the tasks; None if their boxes are."""
    headings = [section for group in groups for section in group.headings]
    boxes = [box for section in headings for box in section.all_boxes()]
    if 2 * sum(len(own_kinds(tree, section, fields)) >= 2 for section in headings) > len(headings):
        return "most of these headings carry several fields of a task"
    stated = sum(
        section.title.state is not None or "status" in fields_of(tree, section, fields)
        for section in headings
    )
    fragments = sum(_fragment(box) for box in boxes)
    if stated * 2 > len(headings) and fragments * 2 > len(boxes):
        return "most of these headings carry a state of their own, and their boxes are fragments"
    if fragments * 3 > len(boxes) * 2:
        return "most of the boxes under these headings are fragments"
    return None


def _own_state(tree: Tree, section: Section, fields: dict[int, Fields]) -> bool:
    return section.title.state is not None or _told(tree, section, fields)


def _told(tree: Tree, section: Section, fields: dict[int, Fields]) -> bool:
    """Whether a heading says more than a sign does: an estimate, or lines with a state or an owner."""
    return _estimated(section) or not fields_of(tree, section, fields).keys().isdisjoint(
        ("status", "assignees")
    )


def own_kinds(tree: Tree, section: Section, fields: dict[int, Fields]) -> set[str]:
    """Which fields of a task a heading carries, in itself or in the lines right under it."""
    kinds = set(fields_of(tree, section, fields)) - {"tags"}
    kinds |= {"status"} if section.title.state is not None else set()
    kinds |= {"estimate"} if _estimated(section) else set()
    return kinds | ({"priority"} if section.title.first("priority") else set())


def _estimated(section: Section) -> bool:
    return section.title.first("estimate") is not None


def _fragment(box: Box) -> bool:
    """A fragment of work rather than a task: ends in a colon, one or two words, a file name."""
    text = box.title.text
    if text.endswith(":") or len(text.split()) <= 2 or _FILE_NAME.match(text):
        return True
    parts = box.title.of.parts
    return len(parts) == 1 and bool(parts[0].style & CODE)
