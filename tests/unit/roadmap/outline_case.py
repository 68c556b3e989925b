"""Reading small roadmaps in tests, and showing what came out in a few characters."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from syncd.model.outline import Outline, Reading, Task
from syncd.model.policy import ReadingRules
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source

SIGNS = {"open": " ", "in_progress": "~", "done": "x", "dropped": "-"}


def document(text: str | bytes, remembered: Reading | None = None, /, **rules: Any) -> Document:
    """The reading of a text; an indented literal is dedented."""
    data = text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode("utf-8", "surrogateescape")
    return read(Source.of(data, "R.md"), ReadingRules(**rules), remembered)


def outline(text: str | bytes, remembered: Reading | None = None, /, **rules: Any) -> Outline:
    return document(text, remembered, **rules).outline


def shape(text: str | bytes, remembered: Reading | None = None, /, **rules: Any) -> list[str]:
    """Lines such as ``= Phase 1 (open)`` for milestones,
    ``[x] title`` for tasks (``+2`` checklist items), unfiled ones last."""
    return list(_lines(outline(text, remembered, **rules)))


def _lines(read_as: Outline) -> Iterator[str]:
    for milestone in read_as.milestones:
        yield f"= {milestone.title} ({milestone.state})"
        yield from (_line(task) for task in milestone.tasks)
    if read_as.unfiled:
        yield "unfiled"
        yield from (_line(task) for task in read_as.unfiled)


def _line(task: Task) -> str:
    items = f" +{len(task.checklist)}" if task.checklist else ""
    kind = "" if task.kind == "box" else f" <{task.kind}>"
    return f"[{SIGNS[task.state]}] {task.title}{items}{kind}"


def reasons(text: str | bytes, **rules: Any) -> list[tuple[int, int, str]]:
    """The boxes that are not tasks: first line, how many, why."""
    return [(entry.first, entry.boxes, entry.reason) for entry in outline(text, **rules).not_tasks]


def codes(text: str | bytes, remembered: Reading | None = None, /, **rules: Any) -> list[tuple[int, str]]:
    """The warnings: line and code."""
    return [(warning.line, warning.code) for warning in outline(text, remembered, **rules).warnings]


def only(text: str | bytes, **rules: Any) -> Task:
    """The one task of a text."""
    (task,) = outline(text, **rules).tasks()
    return task


def accounted(read_as: Outline) -> int:
    """Boxes that the outline names: box tasks, checklist items, and those that are neither."""
    tasks = list(read_as.tasks())
    return (
        sum(task.kind == "box" for task in tasks)
        + sum(len(task.checklist) for task in tasks)
        + sum(entry.boxes for entry in read_as.not_tasks)
    )
