"""Boxes, headings and rows as tasks of the model (§4)."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from syncd.model.outline import ChecklistItem, MilestoneKey, Task, TaskKey, TaskKind
from syncd.model.policy import ReadingRules
from syncd.model.values import TaskState, Uid
from syncd.roadmap.blocks import HTML, Pieces
from syncd.roadmap.outline import lanes, meta, metadata, notes
from syncd.roadmap.outline.headings import identifier
from syncd.roadmap.outline.metadata import Fields, Inline
from syncd.roadmap.outline.sections import Box, Row, Section, Tree
from syncd.roadmap.outline.stamps import stamp_in
from syncd.roadmap.outline.titles import Title
from syncd.roadmap.places import Span


class Found(NamedTuple):
    """A task with what it was read from; ``checklist`` runs parallel to the task's."""

    task: Task
    subject: Box | Section | Row
    section: Section
    checklist: tuple[Box | Row, ...]
    fields: Fields


class _About(NamedTuple):
    """What a task of any kind is made of."""

    kind: TaskKind
    title: Title
    line: int
    state: TaskState
    section: Section
    fields: Fields


class Maker:
    """Makes the tasks of one document; ``keys`` count up in document order."""

    def __init__(self, tree: Tree, rules: ReadingRules, fields: dict[int, Fields]) -> None:
        self.tree, self.rules, self.fields = tree, rules, fields
        self.paths: dict[Section, tuple[str, ...]] = {}

    def from_box(self, box: Box, key: TaskKey, milestone: MilestoneKey | None) -> Found:
        """The task that a top-level box is."""
        fields = metadata.read_fields(self.tree, box.extras) if box.extras else {}
        about = _About(
            "box", box.title, box.line, lanes.card_state(box, box.section.lane), box.section, fields
        )
        nested = list(box.walk()) if box.children else []
        body = notes.of_box(self.tree, box, [child for child, _ in nested], fields)
        checklist = tuple(entry for entry in nested if not entry[0].reason)
        task = self._task(key, milestone, about, _items(checklist), body, _stamp(box.item.pieces))
        return Found(task, box, box.section, tuple(child for child, _ in checklist), fields)

    def from_heading(self, section: Section, key: TaskKey, milestone: MilestoneKey | None) -> Found:
        """The task that a heading is, with every box under it as its checklist."""
        fields = metadata.fields_of(self.tree, section, self.fields)
        around = section.parent or self.tree.root
        about = _About("heading", section.title, section.line, self.heading_state(section), around, fields)
        checklist = tuple(_boxes_under(section))
        body = notes.of_heading(self.tree, section, fields)
        task = self._task(key, milestone, about, _items(checklist), body, _stamp(section.pieces))
        return Found(task, section, around, tuple(box for box, _ in checklist), fields)

    def from_row(self, row: Row, section: Section, key: TaskKey, milestone: MilestoneKey | None) -> Found:
        """The task that a table row, or a bullet with a status emoji, is."""
        about = _About("row", row.title, row.line, row.state, section, {})
        items = tuple(ChecklistItem(child.title.text, child.state, child.line) for child in row.children)
        task = self._task(key, milestone, about, items, "", _stamp(row.pieces))
        return Found(task, row, section, tuple(row.children), {})

    def heading_state(self, section: Section) -> TaskState:
        """Its ``**Status**:`` line, then its marker, else done when all its boxes are (§4). An explicit status
        beats boxes.
        """
        state = self._own_state(section)
        if section.lane is TaskState.DONE and not state.closed:
            return TaskState.DONE
        return section.lane if section.lane is TaskState.IN_PROGRESS and state is TaskState.OPEN else state

    def _own_state(self, section: Section) -> TaskState:
        fields = metadata.fields_of(self.tree, section, self.fields)
        if "status" in fields and (said := status_of(fields["status"].text)) is not None:
            return said
        if section.title.state is not None:
            return section.title.state
        boxes = [box for box, _ in _boxes_under(section)]
        return TaskState.DONE if boxes and all(box.state.closed for box in boxes) else TaskState.OPEN

    def _task(
        self,
        key: TaskKey,
        milestone: MilestoneKey | None,
        about: _About,
        items: tuple[ChecklistItem, ...],
        body: str,
        stamp: Uid | None,
    ) -> Task:
        title, fields = about.title, about.fields
        text, _ = notes.cut(title.of, title.start, title.text)
        if len(text) < len(title.text):
            body = f"{title.text}\n\n{body}".rstrip()
        # Only a heading's metadata is no part of its title (§4).
        says = _said(fields, metadata.inline(title), title if about.kind == "heading" else None)
        return Task(
            key,
            text,
            about.state,
            about.line,
            about.kind,
            milestone,
            identifier(text),
            self._path(about.section),
            items,
            body,
            says.labels + self._section_label(about.section),
            says.estimate,
            says.due,
            says.assignees,
            metadata.refs(title.of.plain, plain=self.rules.refs == "issues"),
            metadata.depends(title.of.plain, fields["depends"].text if "depends" in fields else ""),
            says.writable,
            stamp,
        )

    def _path(self, section: Section) -> tuple[str, ...]:
        if section not in self.paths:
            self.paths[section] = section_path(section)
        return self.paths[section]

    def _section_label(self, section: Section) -> tuple[tuple[str, str], ...]:
        """``mapping.section: label``: the nearest heading above the task is a label of it (§7)."""
        path = self._path(section) if self.rules.section == "label" else ()
        return (("section", metadata.label(path[-1])),) if path else ()


def _writable(fields: Fields, said: list[Inline], cut: Title | None) -> frozenset[str]:
    """The fields for which the text has a place that is not part of the title."""
    writable = {_FIELD_NAMES[name] for name in fields if name in _FIELD_NAMES}
    if cut is not None:
        writable |= {one.name for one in said if one.name in ("due", "assignees")}
        writable |= {"labels.priority"} if cut.first("priority") else set()
    return frozenset(writable)


class _Said(NamedTuple):
    """What a task's metadata says."""

    labels: tuple[tuple[str, str], ...] = ()
    estimate: str | None = None
    due: date | None = None
    assignees: tuple[str, ...] = ()
    writable: frozenset[str] = frozenset()


_NOTHING: Final = _Said()


def _said(fields: Fields, said: list[Inline], cut: Title | None) -> _Said:
    if not fields and not said and cut is None:  # as most tasks are
        return _NOTHING
    return _Said(
        _labels(fields, said, cut),
        _estimate(fields, said, cut),
        _due(fields, said),
        _assignees(fields, said),
        _writable(fields, said, cut),
    )


def _stamp(pieces: Pieces) -> Uid | None:
    for piece in pieces:
        if piece.style & HTML and (stamp := stamp_in(piece.text)):
            return stamp
    return None


_FIELD_NAMES = {
    "priority": "labels.priority",
    "complexity": "labels.complexity",
    "tags": "labels.tags",
    "due": "due",
    "assignees": "assignees",
}


def section_path(section: Section) -> tuple[str, ...]:
    """The cleaned titles of the headings between a milestone and a task, outermost first."""
    path: list[str] = []
    for above in section.above():
        if above.milestone or above.level <= 1:
            break
        if above.level < 7 and above.title.text:
            path.append(above.title.text)
    return tuple(reversed(path))


def _boxes_under(section: Section) -> list[tuple[Box, int]]:
    found = []
    for box in section.all_boxes():
        if not box.reason:
            found.append((box, 0))
        if box.children:
            found.extend((child, depth + 1) for child, depth in box.walk() if not child.reason)
    return found


def _items(boxes: tuple[tuple[Box, int], ...]) -> tuple[ChecklistItem, ...]:
    return tuple(
        ChecklistItem(box.title.text, box.state, box.line, depth, _group(box)) for box, depth in boxes
    )


def _group(box: Box) -> str:
    """The label above the list, or the subheading of a heading task that it stands under."""
    inside = box.section.inside
    if box.group or box.parent is not None or inside is None or inside is box.section:
        return box.group
    return box.section.title.text


def status_of(text: str) -> TaskState | None:
    """What a status value says: a box in it first, then its emoji and words."""
    boxed = metadata.status_box(text)
    if boxed is not None:
        return boxed
    found = meta.suffix(text, 0, len(text)) or meta.leading(text)
    return meta.said(found) if found else None


def _labels(fields: Fields, said: list[Inline], cut: Title | None) -> tuple[tuple[str, str], ...]:
    labels: dict[tuple[str, str], None] = {}
    for name in ("priority", "complexity"):
        if name in fields and (value := metadata.label(fields[name].text)):
            labels[name, value] = None
    if "priority" not in fields and cut is not None and (suffix := cut.first("priority")):
        labels["priority", metadata.label(suffix.text.split()[0])] = None
    if "tags" in fields:
        for tag in metadata.tags(fields["tags"].text):
            labels["tags", tag] = None
    for one in said:
        if one.name == "tags":
            labels["tags", one.text.casefold()] = None
    return tuple(labels)


def _estimate(fields: Fields, said: list[Inline], cut: Title | None) -> str | None:
    if "estimate" in fields:
        return fields["estimate"].text
    found = cut.first("estimate") if cut is not None else None
    return found.text if found else next((one.text for one in said if one.name == "estimate"), None)


def _due(fields: Fields, said: list[Inline]) -> date | None:
    if "due" in fields and (due := metadata.due_of(fields["due"].text)):
        return due
    return next((due for one in said if one.name == "due" and (due := metadata.due_of(one.text))), None)


def _assignees(fields: Fields, said: list[Inline]) -> tuple[str, ...]:
    names = metadata.users(fields["assignees"].text) if "assignees" in fields else ()
    return tuple(dict.fromkeys([*names, *(one.text for one in said if one.name == "assignees")]))


def line_span(tree: Tree, at: int) -> Span:
    """The line of a byte without its ending."""
    return Span(tree.source.line_start(at), tree.source.line_end(at))
