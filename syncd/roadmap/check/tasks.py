"""What tasks say about themselves that cannot all be true, or that a tracker will not take."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from syncd.model.outline import ChecklistItem, MilestoneKey, Task
from syncd.model.outline import Warning as Notice
from syncd.model.values import TaskState
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import Span

_LONGEST: Final = 255
"""Characters of a title that GitHub and GitLab take (reading-roadmaps §4)."""
_LEAD: Final = re.compile(r"[\s>|]*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6})\s+)?(?:\[[^\]]{0,4}\]\s+)?(?:\*\*|__)?")
_RESTARTS: Final = 4
"""Numbering restarts per milestone if more than one in so many identifiers stands in several of them."""


def parents(document: Document) -> Iterator[Notice]:
    """Ticked over open boxes, headings that say another state than their boxes; neither is inferred from the other."""
    for task in document.outline.tasks():
        still = sum(not item.done for item in task.checklist)
        if task.state is TaskState.DONE and still:
            yield _disagrees(document, task, "done", _open(still, len(task.checklist)))
        elif task.kind == "heading" and task.checklist and not (still or task.state.closed):
            yield _disagrees(document, task, "open", "all boxes under it are done")
        yield from _items(task.checklist)


def _disagrees(document: Document, task: Task, says: str, but: str) -> Notice:
    if task.kind == "heading":
        return _at(document, task, "heading-disagrees", f"this heading says {says}, but {but}")
    return _at(document, task, "parent-done", f"ticked, but {but}")


def _items(items: tuple[ChecklistItem, ...]) -> Iterator[Notice]:
    """Items that are ticked over open ones. From the end: what an item has under it was seen before it."""
    under: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    found: list[Notice] = []
    for item in reversed(items):
        total = still = 0
        for depth in [depth for depth in under if depth > item.depth]:
            counted = under.pop(depth)
            total, still = total + counted[0], still + counted[1]
        if item.state is TaskState.DONE and still:
            found.append(Notice(item.line, "parent-done", f"ticked, but {_open(still, total)}"))
        own = under[item.depth]
        own[0] += total + 1
        own[1] += still + (not item.done)
    return reversed(found)


def _open(still: int, total: int) -> str:
    if total == 1:
        return "the box under it is open"
    return f"{still} of the {total} boxes under it {'is' if still == 1 else 'are'} open"


def duplicates(document: Document) -> Iterator[Notice]:
    """Identifiers that two tasks bear, and tasks whose title stands twice in one place."""
    tasks = list(document.outline.tasks())
    here: dict[tuple[object, ...], Task] = {}
    doubled: set[int] = set()
    for task in tasks:
        if task.identifier:
            first = here.setdefault((task.milestone, task.section, task.identifier.casefold()), task)
            if first is not task and first.title != task.title:
                doubled.add(task.line)
                yield _same_identifier(document, task, first)
    for task, first in _elsewhere(tasks):
        if task.line not in doubled:
            yield _same_identifier(document, task, first)
    titles: dict[tuple[object, ...], Task] = {}
    for task in tasks:
        first = titles.setdefault((task.milestone, task.section, task.title), task)
        if first is not task:
            message = f"the title of line {first.line}, in the same place: which is which cannot be told"
            yield _at(document, task, "repeated-task", message)


def _elsewhere(tasks: Iterable[Task]) -> list[tuple[Task, Task]]:
    """Tasks whose identifier is that of one before, anywhere. A bare number, and numbering that begins anew in every
    milestone, prove nothing (reading-roadmaps §5).
    """
    first: dict[str, Task] = {}
    found: list[tuple[Task, Task]] = []
    across: set[str] = set()
    places: set[MilestoneKey | None] = set()
    for task in tasks:
        name = (task.identifier or "").casefold()
        if name and not name.isdecimal():
            places.add(task.milestone)
            known = first.setdefault(name, task)
            if known is not task and known.title != task.title:
                found.append((task, known))
                across |= {name} if known.milestone != task.milestone else set()
    restarts = len(places) > 1 and len(across) > 1 and len(across) * _RESTARTS > len(first)
    return [] if restarts else found


def _same_identifier(document: Document, task: Task, first: Task) -> Notice:
    message = f"{task.identifier} is the identifier of line {first.line} too"
    return _at(document, task, "duplicate-identifier", message)


def titles(document: Document) -> Iterator[Notice]:
    """Titles that a tracker would not take whole; what is cut off opens the text of the issue."""
    for task in document.outline.tasks():
        # A title that was cut opens the notes; the places of all others need not be made.
        if len(task.notes) > _LONGEST // 2:
            span = _whole_title(document, task)
            length = len(" ".join(document.source.slice(*span).split()))
            if length > _LONGEST and len(task.title) < length - 8:
                kept = f"its issue gets the first {len(task.title)}"
                yield _at(document, task, "title-too-long", f"{length} characters; {kept}")
    for milestone in document.outline.milestones:
        if len(milestone.title) > _LONGEST:
            message = f"{len(milestone.title)} characters, and a milestone takes {_LONGEST}"
            yield Notice(milestone.line, "title-too-long", message)


def _whole_title(document: Document, task: Task) -> Span:
    places = document.places[task.key]
    if places.item is not None:
        return places.item.text
    if task.kind == "heading":
        return Span(places.title.start, places.line.end)
    bar = document.source.data.find(b"|", places.title.end, places.line.end)
    return Span(places.title.start, bar if bar >= 0 else places.line.end)


def nothing(document: Document) -> Iterator[Notice]:
    """A file in which there is nothing to keep in step."""
    if not document.source.data.strip():
        yield Notice(1, "no-tasks", "the file is empty")
    elif next(document.outline.tasks(), None) is None:
        yield Notice(1, "no-tasks", "no tasks in this file: `syncd outline` shows what was read")


def _at(document: Document, task: Task, code: str, message: str) -> Notice:
    # From its line: the places of a task with thousands of items would be made only for this.
    source, start = document.source, document.source.starts[task.line - 1]
    lead = _LEAD.match(source.raw(start, source.line_end(start)))
    return Notice(task.line, code, message, (lead.end() if lead else 0) + 1)
