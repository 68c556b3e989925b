"""Laws of editing, on generated roadmaps and random changes: bytes outside the edits, the meaning, the counters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.model.changes import (
    AddItem,
    AddTask,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import MilestoneKey, Task, TaskKey
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, TaskState, Uid, one_line
from syncd.roadmap.counters import stale
from syncd.roadmap.editor import Realised, realise, splice
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from syncd.roadmap.spelling import damaged

RULES = ReadingRules()
WORDS = (
    "add",
    "fix",
    "parser",
    "`a_b`",
    "(390 lines)",
    "cache",
    "**bold**",
    "C++",
    "café",
    "naïve",
    "№7",
    "v2",
)


def reading(data: bytes) -> Document:
    return read(Source.of(data, "ROADMAP.md"), RULES, None)


# -- roadmaps ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How a generated file is written."""

    eol: str
    bullet: str
    gap: str
    indent: str
    done: str
    final: bool
    bom: bool
    codec: str | None
    loose: bool
    counters: bool
    markers: bool


styles = st.builds(
    Style,
    eol=st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    bullet=st.sampled_from(["-", "*", "+", "1.", "2)"]),
    gap=st.sampled_from([" ", " ", "  ", "\t"]),
    indent=st.sampled_from(["    ", "\t"]),
    done=st.sampled_from(["x", "X"]),
    final=st.booleans(),
    bom=st.booleans(),
    codec=st.sampled_from([None, None, "mac-roman", "windows-1252"]),
    loose=st.booleans(),
    counters=st.booleans(),
    markers=st.booleans(),
)
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda words: "Do " + " ".join(words))
items = st.lists(st.tuples(titles, st.booleans()), max_size=3)
boxes = st.lists(st.tuples(titles, st.booleans(), items), min_size=1, max_size=4)
phases = st.lists(st.tuples(titles, boxes), min_size=2, max_size=4)


@st.composite
def roadmaps(draw: st.DrawFn) -> bytes:
    """A roadmap of phases with box tasks, checklists, and what authors put around them."""
    style, plan = draw(styles), draw(phases)
    done = sum(ticked for _, tasks in plan for _, ticked, _ in tasks)
    total = sum(len(tasks) for _, tasks in plan)
    lines = ["# Plan", ""]
    if style.counters:
        lines += [f"**Overall Progress**: {100 * done // total}% ({done}/{total} tasks complete)", ""]
    if draw(st.booleans()):
        lines += ["```", "- [ ] not a task", "```", ""]
    for number, (name, tasks) in enumerate(plan, 1):
        lines += phase(style, number, name, tasks)
        if draw(st.booleans()):
            lines += ["", "**Deliverables**: words & figures"]
        lines += [""]
    text = style.eol.join(lines[:-1]) + (style.eol if style.final else "")
    if style.codec:
        text = damaged(text + style.eol + "✅ ⏳ ✅ ⏳", style.codec)
    return (b"\xef\xbb\xbf" if style.bom else b"") + text.encode()


def phase(
    style: Style, number: int, name: str, tasks: Sequence[tuple[str, bool, list[tuple[str, bool]]]]
) -> list[str]:
    done = sum(ticked for _, ticked, _ in tasks)
    marker = (" ✅" if done == len(tasks) else " ⏳") if style.markers else ""
    counter = f" ({done}/{len(tasks)} Complete)" if style.counters else ""
    lines = [f"## Phase {number}: {name}{counter}{marker}", ""]
    for title, ticked, inner in tasks:
        mark = style.done if ticked else " "
        lines.append(f"{style.bullet}{style.gap}[{mark}] {title}")
        lines += [f"{style.indent}- [{'x' if yes else ' '}] {text}" for text, yes in inner]
        lines += [""] if style.loose else []
    return lines[:-1] if style.loose else lines


# -- changes -----------------------------------------------------------------------------------------------------------

texts = st.one_of(
    titles,
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text("ab `*_[]()<>!#&\\~@:-x|", max_size=12),
)
Case = tuple[bytes, tuple[RoadmapChange, ...]]


@st.composite
def changes(draw: st.DrawFn, document: Document) -> RoadmapChange:
    """One change that makes sense for a document."""
    task = draw(st.sampled_from(list(document.outline.tasks())))
    milestone = draw(st.sampled_from(document.outline.milestones))
    state = draw(st.sampled_from(list(TaskState)))
    kinds: list[RoadmapChange] = [
        SetTask(task.key, Field.STATE, state.value),
        SetTask(task.key, Field.TITLE, draw(texts)),
        MoveTask(task.key, milestone.key),
        AddItem(task.key, draw(texts), draw(st.booleans())),
        AddTask(Uid("+1"), milestone.key, draw(texts), state),
        SetMilestone(milestone.key, Field.TITLE, draw(texts)),
        SetMilestone(milestone.key, Field.STATE, draw(st.sampled_from(["open", "closed"]))),
        StampTask(task.key, Uid("abc")),
    ]
    if task.checklist:
        item = draw(st.integers(0, len(task.checklist) - 1))
        kinds.append(TickItem(task.key, item, draw(st.booleans())))
    return draw(st.sampled_from(kinds))


@st.composite
def edits(draw: st.DrawFn) -> Case:
    """A roadmap and up to three changes of different things."""
    data = draw(roadmaps())
    document = reading(data)
    wanted = draw(st.lists(changes(document), min_size=1, max_size=3))
    chosen = {
        (type(change), getattr(change, "task", None), getattr(change, "field", None)): change
        for change in wanted
    }
    return data, tuple(chosen.values())


# -- laws --------------------------------------------------------------------------------------------------------------


def check(data: bytes, wanted: tuple[RoadmapChange, ...]) -> None:
    document = reading(data)
    result = realise(document, wanted, RULES, None)
    refused = {change for change, _ in result.no_place}
    kept = tuple(change for change in wanted if change not in refused)
    bytes_outside_edits_are_the_same(document, result)
    the_spelling_of_the_file_stays(document, result)
    again = reading_again(result)
    every_change_is_there_as_it_was_meant(document, again, result, kept)
    nothing_else_changed(document, again, result, kept)
    assert len(stale(again)) <= len(stale(document))
    the_same_changes_again_change_nothing(again, result, kept)


def reading_again(result: Realised) -> Document:
    again = read(Source.of(result.document.source.data, "ROADMAP.md"), RULES, result.document.outline.reading)
    assert [task.title for task in again.outline.tasks()] == [
        task.title for task in result.document.outline.tasks()
    ]
    return again


def bytes_outside_edits_are_the_same(document: Document, result: Realised) -> None:
    before, after = document.source.data, result.document.source.data
    assert splice(before, result.edits) == after
    old_at = new_at = 0
    for edit in sorted(result.edits, key=lambda edit: (edit.start, edit.end)):
        length = edit.start - old_at
        assert before[old_at : edit.start] == after[new_at : new_at + length]
        old_at, new_at = edit.end, new_at + length + len(edit.text)
    assert before[old_at:] == after[new_at:]
    assert (result.document is document) == (not result.edits)


def the_spelling_of_the_file_stays(document: Document, result: Realised) -> None:
    assert result.document.source.spelling == document.source.spelling


def every_change_is_there_as_it_was_meant(
    document: Document, again: Document, result: Realised, kept: tuple[RoadmapChange, ...]
) -> None:
    old = {task.key: task for task in document.outline.tasks()}
    tasks = {task.key: task for task in again.outline.tasks()}
    milestones = {one.key: one for one in again.outline.milestones}
    for change in kept:
        match change:
            case SetTask(key, Field.STATE, after):
                assert tasks[result.keys[key]].state.value == after
            case SetTask(key, Field.TITLE, after):
                assert tasks[result.keys[key]].title == one_line(str(after))
            case MoveTask(key, milestone):
                moved = tasks[result.keys[key]]
                assert moved.milestone == result.milestone_keys[milestone]
            case TickItem(key, item, done):
                assert tasks[result.keys[key]].checklist[item].done == done
            case AddItem(key, text, done):
                items = tasks[result.keys[key]].checklist
                assert len(items) == len(old[key].checklist) + 1
                assert (items[-1].text, items[-1].done) == (one_line(text), done)
            case AddTask(uid, milestone, title, state):
                added = tasks[result.added[uid]]
                assert (added.title, added.state) == (one_line(title), state)
                assert added.milestone == (None if milestone is None else result.milestone_keys[milestone])
                assert (added.labels, added.assignees, added.due, added.estimate) == ((), (), None, None)
            case SetMilestone(key, Field.TITLE, after):
                assert milestones[result.milestone_keys[key]].title == one_line(str(after))
            case SetMilestone(key, Field.STATE, after):
                assert milestones[result.milestone_keys[key]].state.value == after
            case StampTask(key, uid):
                assert tasks[result.keys[key]].stamp == uid


def nothing_else_changed(
    document: Document, again: Document, result: Realised, kept: tuple[RoadmapChange, ...]
) -> None:
    touched = {getattr(change, "task", None) for change in kept}
    tasks = {task.key: task for task in again.outline.tasks()}
    assert set(result.keys) == {task.key for task in document.outline.tasks()}
    assert len(tasks) == len(result.keys) + len(result.added)
    for task in document.outline.tasks():
        if task.key not in touched:
            new = tasks[result.keys[task.key]]
            assert shape(new) == shape(task)
            assert new.milestone == (
                None if task.milestone is None else result.milestone_keys[task.milestone]
            )
    assert [one.reason for one in again.outline.not_tasks] == [
        one.reason for one in document.outline.not_tasks
    ]


def shape(task: Task) -> tuple[object, ...]:
    checklist = tuple((item.text, item.state, item.depth) for item in task.checklist)
    return task.title, task.state, task.kind, checklist, task.notes, task.labels, task.assignees, task.stamp


def the_same_changes_again_change_nothing(
    again: Document, result: Realised, kept: tuple[RoadmapChange, ...]
) -> None:
    second = realise(
        again,
        [repeated(change, result) for change in kept if not isinstance(change, AddItem | AddTask)],
        RULES,
        again.outline.reading,
    )
    assert second.document is again
    assert not second.edits
    assert not second.no_place


def repeated(change: RoadmapChange, result: Realised) -> RoadmapChange:
    task: Callable[[TaskKey], TaskKey] = result.keys.__getitem__
    milestone: Callable[[MilestoneKey], MilestoneKey] = result.milestone_keys.__getitem__
    match change:
        case SetTask(key, field, after):
            return SetTask(task(key), field, after)
        case MoveTask(key, to):
            return MoveTask(task(key), milestone(to))
        case TickItem(key, item, done):
            return TickItem(task(key), item, done)
        case SetMilestone(key, field, after):
            return SetMilestone(milestone(key), field, after)
        case StampTask(key, uid):
            return StampTask(task(key), uid)
        case _:
            raise AssertionError(change)


QUIET = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@QUIET
@given(edits())
def test_changes_are_carried_out_as_they_were_meant_or_not_at_all(
    case: Case,
) -> None:
    check(*case)


@pytest.mark.nightly
@settings(QUIET, max_examples=20_000)
@given(edits())
def test_changes_are_carried_out_as_they_were_meant_or_not_at_all_on_20_000_roadmaps(
    case: Case,
) -> None:
    check(*case)
