"""The outline as JSON: the contract of ``syncd outline --json`` (design §15)."""

from __future__ import annotations

from typing import Any

from syncd.model.outline import Milestone, Outline, Task
from syncd.model.values import TaskState


def to_json(outline: Outline, file: str) -> dict[str, Any]:
    """JSON-native values; ``boxes`` = tasks of kind box + checklist + boxes of ``not_tasks``, counted independently."""
    spelling = outline.spelling
    return {
        "file": file,
        "title": outline.title,
        "spelling": {
            "bom": spelling.bom,
            "eol": spelling.eol,
            "mojibake": spelling.mojibake,
            "final_newline": spelling.final_newline,
        },
        "milestones": [_milestone(milestone) for milestone in outline.milestones],
        "unfiled": [_task(task) for task in outline.unfiled],
        "not_tasks": [
            {"from": entry.first, "to": entry.last, "boxes": entry.boxes, "reason": entry.reason}
            for entry in outline.not_tasks
        ],
        "warnings": [{"line": w.line, "code": w.code, "message": w.message} for w in outline.warnings],
        "totals": _totals(outline),
    }


def _totals(outline: Outline) -> dict[str, int]:
    tasks = list(outline.tasks())
    items = [item for task in tasks for item in task.checklist]
    return {
        "milestones": len(outline.milestones),
        "tasks": len(tasks),
        "tasks_done": sum(task.state is TaskState.DONE for task in tasks),
        "checklist": len(items),
        "checklist_done": sum(item.done for item in items),
        "boxes": outline.boxes,
    }


def _milestone(milestone: Milestone) -> dict[str, Any]:
    return {
        "title": milestone.title,
        "state": milestone.state.value,
        "line": milestone.line,
        "due": milestone.due.isoformat() if milestone.due else None,
        "labels": _labels(milestone.labels),
        "tasks": [_task(task) for task in milestone.tasks],
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "title": task.title,
        "state": task.state.value,
        "line": task.line,
        "kind": task.kind,
        "id": task.identifier,
        "section": list(task.section),
        "checklist": {"total": len(task.checklist), "done": sum(item.done for item in task.checklist)},
        "labels": _labels(task.labels),
        "estimate": task.estimate,
        "due": task.due.isoformat() if task.due else None,
        "assignees": list(task.assignees),
        "refs": list(task.refs),
        "depends": list(task.depends),
    }


def _labels(labels: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """One value per key as a string; several (tags) as a list."""
    found: dict[str, Any] = {}
    for name, value in labels:
        if name == "tags":
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found
