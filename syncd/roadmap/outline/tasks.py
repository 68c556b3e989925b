"""Boxes, headings and rows as tasks of the model (§4)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

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
    inline: tuple[Inline, ...]


class Maker:
    """Makes the tasks of one document; ``keys`` count up in document order."""

    def __init__(self, tree: Tree, rules: ReadingRules, fields: dict[int, Fields]) -> None:
        self.tree, self.rules, self.fields = tree, rules, fields
        self.source = tree.source

    def from_box(self, box: Box, key: TaskKey, milestone: MilestoneKey | None) -> Found:
        """The task that a top-level box is."""
        title = box.title
        fields = metadata.read_fields(self.tree, box.extras) if box.extras else {}
        said = metadata.inline(title)
        text, kept = notes.cut(title.of, title.start, title.text)
        body = notes.of_box(self.source, box, fields, block_end(self.tree, box.item.end, box.item.start))
        if len(text) < len(title.text):
            body = f"{title.text}\n\n{body}".rstrip()
        checklist = tuple((child, depth) for child, depth in box.walk() if not child.reason)
        task = self._task(
            key,
            "box",
            text,
            lanes.card_state(box, box.section.lane),
            box.line,
            milestone,
            box.section,
            fields,
            said,
        )
        return Found(
            _with(task, _items(checklist), body, title, self._refs(title), self._stamp(box.item.pieces)),
            box,
            box.section,
            tuple(child for child, _ in checklist),
            fields,
            tuple(said),
        )

    def from_heading(self, section: Section, key: TaskKey, milestone: MilestoneKey | None) -> Found:
        """The task that a heading is, with every box under it as its checklist."""
        title = section.title
        fields = metadata.fields_of(self.tree, section, self.fields)
        said = metadata.inline(title)
        text, _ = notes.cut(title.of, title.start, title.text)
        body = notes.of_heading(self.source, section, fields)
        if len(text) < len(title.text):
            body = f"{title.text}\n\n{body}".rstrip()
        checklist = list(_boxes_under(section))
        state = self.heading_state(section)
        around = section.parent or self.tree.root
        task = self._task(key, "heading", text, state, section.line, milestone, around, fields, said, title)
        return Found(
            _with(task, _items(tuple(checklist)), body, title, self._refs(title), self._line_stamp(section)),
            section,
            around,
            tuple(box for box, _ in checklist),
            fields,
            tuple(said),
        )

    def from_row(self, row: Row, section: Section, key: TaskKey, milestone: MilestoneKey | None) -> Found:
        """The task that a table row, or a bullet with a status emoji, is."""
        said = metadata.inline(row.title)
        text, _ = notes.cut(row.title.of, row.title.start, row.title.text)
        task = self._task(key, "row", text, row.state, row.line, milestone, section, {}, said)
        items = tuple(ChecklistItem(child.title.text, child.state, child.line) for child in row.children)
        return Found(
            _with(task, items, "", row.title, self._refs(row.title), None),
            row,
            section,
            tuple(row.children),
            {},
            tuple(said),
        )

    def heading_state(self, section: Section) -> TaskState:
        """Its ``**Status**:`` line, then its marker, else done when all its boxes are (§4). An explicit status beats boxes."""
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
        kind: TaskKind,
        text: str,
        state: TaskState,
        line: int,
        milestone: MilestoneKey | None,
        section: Section,
        fields: Fields,
        said: list[Inline],
        cut: Title | None = None,
    ) -> Task:
        writable = {_FIELD_NAMES[name] for name in fields if name in _FIELD_NAMES}
        if cut is not None:
            writable |= {one.name for one in said if one.name in ("due", "assignees")}
            writable |= {"labels.priority"} if cut.first("priority") else set()
        return Task(
            key,
            text,
            state,
            line,
            kind,
            milestone,
            identifier(text),
            section_path(section),
            labels=_labels(fields, said, cut),
            estimate=_estimate(fields, said, cut),
            due=_due(fields, said),
            assignees=_assignees(fields, said),
            writable=frozenset(writable),
        )

    def _refs(self, title: Title) -> tuple[str, ...]:
        return metadata.refs(title.of.plain, plain=self.rules.refs == "issues")

    def _line_stamp(self, section: Section) -> Uid | None:
        """The stamp of a heading: its comment stands on the heading's line."""
        line = self.source.raw(section.start, self.source.line_end(section.start))
        return stamp_in(line[line.index("<!--") :]) if "<!--" in line else None

    def _stamp(self, pieces: Pieces) -> Uid | None:
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
    "estimate": "estimate",
}


def _with(
    task: Task,
    items: tuple[ChecklistItem, ...],
    body: str,
    title: Title,
    refs: tuple[str, ...],
    stamp: Uid | None,
) -> Task:
    if not (items or body or refs or stamp):
        return task
    return Task(
        task.key,
        task.title,
        task.state,
        task.line,
        task.kind,
        task.milestone,
        task.identifier,
        task.section,
        items,
        body,
        task.labels,
        task.estimate,
        task.due,
        task.assignees,
        refs,
        task.writable,
        stamp,
    )


def section_path(section: Section) -> tuple[str, ...]:
    """The cleaned titles of the headings between a milestone and a task, outermost first."""
    path: list[str] = []
    for above in section.above():
        if above.milestone or above.level <= 1:
            break
        if above.level < 7:
            path.append(above.title.text)
    return tuple(reversed(path))


def _boxes_under(section: Section) -> list[tuple[Box, int]]:
    found = []
    for box in section.all_boxes():
        if not box.reason:
            found.append((box, 0))
        found.extend((child, depth + 1) for child, depth in box.walk() if not child.reason)
    return found


def _items(boxes: tuple[tuple[Box, int], ...]) -> tuple[ChecklistItem, ...]:
    return tuple(ChecklistItem(box.title.text, box.state, box.line, depth, _group(box)) for box, depth in boxes)


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
    found = meta.suffix(text, 0, len(text)) or _leading(text)
    return meta.said(found) if found else None


def _leading(text: str) -> list[meta.Meta]:
    """The things that a status value begins with: ``✅ Completed on Monday``."""
    found: list[meta.Meta] = []
    at = 0
    while token := meta.TOKENS.match(text, at):
        if token.end() == at:
            break
        found.append(meta.Meta(meta.kind(token.lastgroup), token.start(), token.end(), token[0]))
        at = meta.skip(text, token.end(), len(text))
    return found


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


def block_end(tree: Tree, end: int, start: int) -> int:
    """The end of a block in whole lines: blank lines behind it do not belong to it."""
    data = tree.source.data
    while end > start and data[end - 1] in b" \t\r\n":
        end -= 1
    return tree.source.next_line(max(end - 1, start))


def line_span(tree: Tree, at: int) -> Span:
    """The line of a byte without its ending."""
    return Span(tree.source.line_start(at), tree.source.line_end(at))
