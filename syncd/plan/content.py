"""What the managed block of a task's issue shows (design §11): section path, notes, metadata, checklist."""

from __future__ import annotations

from syncd.model.remote import BodyContent, ChecklistLine
from syncd.plan.checklist import Items, canonical_item
from syncd.plan.scene import Spot

_ROWS = (("priority", "Priority"), ("complexity", "Complexity"), ("tags", "Tags"))


def content_of(spot: Spot, notes: str, checklist: Items) -> BodyContent:
    """The block for a task. ``checklist`` is the list as this remote shall show it; groups and depth are the task's."""
    task = spot.task
    shape = [(canonical_item(item.text), item.depth, item.group) for item in task.checklist]
    lines = []
    for index, (text, done) in enumerate(checklist):
        known = index < len(shape) and shape[index][0] == text
        _, depth, group = shape[index] if known else (text, 0, "")
        lines.append(ChecklistLine(text, done, depth, group))
    return BodyContent(task.section, notes, _metadata(spot), tuple(lines))


def _metadata(spot: Spot) -> tuple[tuple[str, str], ...]:
    """Rows that say what no field of a forge says. They are never compared, so they cause no update."""
    task = spot.task
    rows = [("Task", task.identifier or "")]
    for key, name in _ROWS:
        rows.append((name, ", ".join(value for label, value in task.labels if label == key)))
    rows.append(("Estimate", task.estimate or ""))
    rows.append(("Due", task.due.isoformat() if task.due else ""))
    rows.append(("Owner", ", ".join(name.removeprefix("@") for name in task.assignees)))
    rows.append(("References", ", ".join(task.refs)))
    return tuple((name, value) for name, value in rows if value)
