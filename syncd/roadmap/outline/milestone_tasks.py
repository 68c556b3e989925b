"""Milestones of the model, each with its tasks (§3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from syncd.model.outline import Milestone, MilestoneKey, Task
from syncd.model.outline import Warning as Notice
from syncd.model.values import MilestoneState, TaskState
from syncd.roadmap.outline import metadata
from syncd.roadmap.outline.metadata import Fields
from syncd.roadmap.outline.sections import Box, Section, Tree
from syncd.roadmap.outline.tagged import Tag
from syncd.roadmap.places import Span

_UNFINISHED: Final = (TaskState.OPEN, TaskState.IN_PROGRESS)


@dataclass(slots=True, eq=False)
class FoundMilestone:
    """A milestone that is a heading, a box or a tag; ``box`` is a box elsewhere that says the heading's state."""

    key: MilestoneKey
    subject: Section | Box | Tag
    title: str
    line: int
    box: Box | None = None
    tasks: list[Task] = field(default_factory=list)
    due: date | None = None
    due_span: Span | None = None
    labels: tuple[tuple[str, str], ...] = ()
    writable: frozenset[str] = frozenset()

    def model(self) -> Milestone:
        """The milestone as the outline shows it."""
        path: tuple[str, ...] = ()
        if isinstance(self.subject, Section):
            path = tuple(above.title.text for above in list(self.subject.above())[1:-1])[::-1]
        return Milestone(
            self.key,
            self.title,
            self.state(),
            self.line,
            self.due,
            self.labels,
            path,
            tuple(self.tasks),
            self.writable,
        )

    def state(self) -> MilestoneState:
        """Closed when all its tasks are and its heading does not say otherwise; a box of its own wins (§3)."""
        if self.box is not None:
            return MilestoneState.CLOSED if self.box.state.closed else MilestoneState.OPEN
        if isinstance(self.subject, Box):
            return MilestoneState.CLOSED if self.subject.state.closed else MilestoneState.OPEN
        said = self.subject.title.state if isinstance(self.subject, Section) else None
        if said in _UNFINISHED or not self._tasks_closed():
            return MilestoneState.OPEN
        return MilestoneState.CLOSED

    def _tasks_closed(self) -> bool:
        if self.tasks:
            return all(task.state.closed for task in self.tasks)
        return isinstance(self.subject, Section) and self.subject.title.state is TaskState.DONE

    def warnings(self) -> list[Notice]:
        """Headings and boxes that say another state than the tasks."""
        if not isinstance(self.subject, Section) or not self.tasks:
            return []
        if self.box is not None and self.box.state.closed != self._tasks_closed():
            said = "done" if self.box.state.closed else "open"
            return [
                Notice(
                    self.box.line,
                    "milestone-disagrees",
                    f"this box says {said}, the tasks under line {self.line} do not",
                )
            ]
        if self.subject.title.state is TaskState.DONE and not self._tasks_closed():
            return [
                Notice(self.line, "heading-disagrees", "the heading says done, but tasks under it are open")
            ]
        return []


def describe(tree: Tree, found: FoundMilestone, fields: dict[int, Fields]) -> None:
    """Labels and due date of a milestone that is a heading, from its heading and the text right under it."""
    section = found.subject
    if not isinstance(section, Section):
        return
    said = metadata.fields_of(tree, section, fields)
    labels: list[tuple[str, str]] = []
    writable: set[str] = set()
    suffix = section.title.first("priority")
    for name in ("priority", "complexity"):
        value = metadata.label(said[name].text) if name in said else ""
        if name == "priority" and suffix is not None:  # the heading itself is nearer than a line under it
            value = metadata.label(suffix.text.split()[0])
        if value:
            labels.append((name, value))
            writable.add(f"labels.{name}")
    found.labels = tuple(labels)
    if "due" in said and (due := metadata.due_of(said["due"].text)):
        found.due, found.due_span = due, said["due"].span
    for one in metadata.inline(section.title):
        if one.name == "due" and found.due is None:
            found.due, found.due_span = metadata.due_of(one.text), section.title.of.span(one.start, one.end)
    if found.due_span is not None:
        writable.add("due")
    found.writable = frozenset(writable)
