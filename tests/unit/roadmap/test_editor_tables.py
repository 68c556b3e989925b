"""Editing rows whose status is a word: code ticks stay, and words that nobody knows are never rewritten."""

from __future__ import annotations

import pytest

from syncd.model.changes import AddTask, RoadmapChange, SetMilestone, SetTask
from syncd.model.outline import MilestoneKey
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, TaskState, Uid
from syncd.roadmap.editor import Realised, realise
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from tests.unit.roadmap.editor_case import task

RULES = ReadingRules(tables=True)
TICKS = (
    "# T\n\n| Task | Status | Who |\n|------|--------|-----|\n"
    "| Wait | ⏳ `PENDING` | |\n| Turn | `⏳` PENDING | |\n"
    "| Read | `DONE` | Jo |\n| Write | **`TODO`** | |\n| Lock | `IN_PROGRESS` | |\n"
)
UNKNOWN = (
    "# T\n\n| Task | Status |\n|------|--------|\n| Read | Done |\n| Write | Planned |\n"
    "| Lock | With legal |\n| Cut |  |\n"
)


def reading(text: str) -> Document:
    return read(Source.of(text.encode(), "R.md"), RULES, None)


def changed(text: str, change: RoadmapChange) -> Realised:
    return realise(reading(text), [change], RULES, None)


def becomes(text: str, title: str, state: TaskState) -> Realised:
    return changed(text, SetTask(task(reading(text), title), Field.STATE, state.value))


@pytest.mark.parametrize(
    ("title", "state", "line"),
    [
        ("Read", TaskState.OPEN, "| Read | `TODO` | Jo |"),
        ("Read", TaskState.IN_PROGRESS, "| Read | `IN_PROGRESS` | Jo |"),
        ("Write", TaskState.DONE, "| Write | **`DONE`** | |"),
        ("Lock", TaskState.DONE, "| Lock | `DONE` | |"),
        ("Lock", TaskState.DROPPED, "| Lock | `CANCELLED` | |"),
        ("Wait", TaskState.DONE, "| Wait | ✅ `COMPLETED` | |"),
        ("Turn", TaskState.DONE, "| Turn | `✅` COMPLETED | |"),
    ],
)
def test_a_status_in_code_ticks_keeps_them(title: str, state: TaskState, line: str) -> None:
    result = becomes(TICKS, title, state)
    assert [one.after for one in result.lines] == [line]


def test_a_new_row_has_its_status_in_ticks_too() -> None:
    result = changed(TICKS, AddTask(Uid("+1"), MilestoneKey(0), "New", TaskState.DONE))
    assert [one.after for one in result.lines] == ["| New  | `DONE`        | |"]
    beside = TICKS + "| Wipe | ✅ `DONE` | |\n"
    result = changed(beside, AddTask(Uid("+1"), MilestoneKey(0), "New", TaskState.OPEN))
    assert [one.after for one in result.lines] == ["| New  | ⏳ `PENDING` | |"]


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.IN_PROGRESS, TaskState.DROPPED])
@pytest.mark.parametrize("title", ["Lock", "Cut"])
def test_a_status_that_nobody_knows_has_no_place_for_another(title: str, state: TaskState) -> None:
    result = becomes(UNKNOWN, title, state)
    assert result.edits == ()
    assert "status cell" in result.no_place[0][1]


def test_a_row_gets_no_marker_behind_it_as_headings_do() -> None:
    text = UNKNOWN.replace("# T\n", "# T\n\n## Phase 1\n")
    text += "\n### Task 1: A ⏳\n- [ ] a\n\n## Phase 2\n\n### Task 2: B ⏳\n- [ ] b\n"
    assert "status cell" in becomes(text, "Lock", TaskState.DONE).no_place[0][1]


def test_a_new_row_behind_one_that_nobody_knows_looks_like_one_that_is_known() -> None:
    result = changed(UNKNOWN, AddTask(Uid("+1"), MilestoneKey(0), "New", TaskState.DONE))
    assert not result.no_place
    assert [one.after for one in result.lines] == ["| New   | Done    |"]
    assert result.document.source.text.endswith("| Cut |  |\n| New   | Done    |\n")


def test_a_mark_with_words_behind_it_is_ticked_and_the_words_stay() -> None:
    text = "# T\n\n| Task | Status |\n|---|---|\n| Read | [x] |\n| Write | [ ] next |\n"
    result = becomes(text, "Write", TaskState.DONE)
    assert [one.after for one in result.lines] == ["| Write | [x] next |"]


@pytest.mark.parametrize(
    ("row", "after"),
    [
        ("| Phase 2: Edge | [ ] |", "| Phase 7: Rim | [ ] |"),
        ("| **Edge**      | [ ] |", "| **Rim**      | [ ] |"),
        ("| Phase 2       | [ ] |", "| Phase 7       | [ ] |"),
    ],
)
def test_a_row_that_stands_for_a_milestone_follows_its_new_title(row: str, after: str) -> None:
    text = "# T\n\n## Phase 1: Core\n- [x] a\n\n## Phase 2: Edge\n- [ ] b\n\n## Summary\n\n"
    text += f"| Part          | Done |\n|---|---|\n| Phase 1: Core | [x] |\n{row}\n"
    result = changed(text, SetMilestone(MilestoneKey(1), Field.TITLE, "Phase 7: Rim"))
    assert [one.after for one in result.lines] == ["## Phase 7: Rim", after]


def test_a_row_that_counts_and_stands_for_a_milestone_gets_its_title_once() -> None:
    text = "# T\n\n## Phase 1: Core\n- [x] a\n\n## Phase 2: Edge\n- [ ] b\n\n## Summary\n\n"
    text += (
        "| Phase | Tasks | Done |\n|---|---|---|\n| Phase 1: Core | 1 | [x] |\n| Phase 2: Edge | 1 | [ ] |\n"
    )
    result = changed(text, SetMilestone(MilestoneKey(1), Field.TITLE, "Phase 2: Rim"))
    assert [one.after for one in result.lines] == ["## Phase 2: Rim", "| Phase 2: Rim | 1 | [ ] |"]


def test_a_task_row_that_bears_the_title_of_a_milestone_keeps_it() -> None:
    text = (
        "# T\n\n## Glue\n\n| Task | Done |\n|---|---|\n| Glue | [ ] |\n| Wait | [x] |\n\n## Paint\n- [ ] b\n"
    )
    result = changed(text, SetMilestone(MilestoneKey(0), Field.TITLE, "Fasten"))
    assert [one.after for one in result.lines] == ["## Fasten"]
