"""Headings that are tasks by their name: ``### Task 2: Add the manifest`` over plain text, ``## Task: Merge`` (§4).

People write the tasks of a plan alike: if one is a task, its siblings are, whether boxes stand under them yet or not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final, NamedTuple

from syncd.roadmap.outline import words
from syncd.roadmap.outline.overview import Identifier, task_identifier
from syncd.roadmap.outline.sections import BOLD_LEVEL, Section, Tree
from syncd.roadmap.outline.titles import Title

_WORD: Final = re.compile(r"[^\W\d]+")


class _Form(NamedTuple):
    """How headings are named: their level, and the word before the number (``task``; codes have none)."""

    level: int
    word: str


def names_task(title: Title) -> bool:
    """Whether a heading begins with a task's identifier (a bare number is numbering)."""
    return words.TASK.match(title.text) is not None and words.PHASE_WORD.match(title.text) is None


def mark_alike(tree: Tree) -> None:
    """Make tasks of those that are named like a heading task, and of two or more alike in a file without one.

    One that a box elsewhere names stays what it is: the box says its state.
    """
    forms: dict[_Form, list[Section]] = defaultdict(list)
    for section in tree.sections[1:]:
        form = _form(section) if may_be_task(tree, section) else None
        if form is not None and not _holds_alike(section):
            forms[form].append(section)
    sure = {_form(section) for section in tree.sections if section.is_task} if forms else set()
    found = {form: alike for form, alike in forms.items() if form in sure or len(alike) >= 2}
    boxed = _boxed(tree) if found else set()
    for form, alike in found.items():
        plain = [section for section in alike if task_identifier(section.title.text) not in boxed]
        if form in sure or len(plain) >= 2:
            become_tasks(plain)


def become_tasks(sections: list[Section]) -> None:
    """Headings become tasks, everything under them their own."""
    for section in sections:
        for inner in section.walk():
            inner.inside = section


def may_be_task(tree: Tree, section: Section) -> bool:
    """Whether a heading that is no task yet can become one: it has a text, is not the title, and is not put aside."""
    return (
        section.inside is None
        and not section.ignored
        and section is not tree.title
        and section.level < BOLD_LEVEL
        and bool(section.title.text)
    )


def _form(section: Section) -> _Form | None:
    if names_task(section.title):
        found = task_identifier(section.title.text)
        word = _WORD.match(found[0]) if found else None
        return _Form(section.level, word[0] if word else "")
    titled = words.TASK_TITLED.match(section.title.text)
    return _Form(section.level, titled[0].casefold()) if titled else None


def _holds_alike(section: Section) -> bool:
    """Whether a heading contains such headings, or any with boxes: then it is a group of them."""
    return any(
        inner.inside is not None or inner.boxes or _form(inner) is not None
        for inner in section.walk()
        if inner is not section
    )


def _boxed(tree: Tree) -> set[Identifier]:
    """The identifiers with which boxes outside heading tasks begin."""
    return {
        known
        for section in tree.sections
        if section.inside is None
        for box in section.boxes
        if (known := task_identifier(box.title.guarded)) is not None
    }
