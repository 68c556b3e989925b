"""Ticks, markers and status words, as the file writes them."""

from __future__ import annotations

import pytest

from syncd.model.changes import AddTask, MoveTask, RoadmapChange, SetMilestone, SetTask, TickItem
from syncd.model.values import Field, TaskState, Uid
from syncd.roadmap.outline import Document
from tests.unit.roadmap.editor_case import edited, milestone, reading, realised, refusal, task

PHASES = """\
# Plan

## Phase 1: Base ✅ COMPLETE

- [X] Lay bricks
- [X] Mix mortar

## Phase 2: Roof ⏳

* [ ]  Raise beams
* [X]  Buy tiles

## Phase 3: Paint ⏳

- [ ] Choose colour
  - [ ] Ask Ann
  - [x] Ask Bob
"""


def state(title: str, value: TaskState):
    return lambda document: SetTask(task(document, title), Field.STATE, value.value)


def test_a_tick_has_the_case_of_the_nearest_tick() -> None:
    after = edited(PHASES, state("Choose colour", TaskState.DONE))
    assert "- [x] Choose colour" in after
    assert "* [X]  Raise beams" in edited(PHASES, state("Raise beams", TaskState.DONE))


def test_nothing_else_changes_than_the_mark() -> None:
    document = reading(PHASES.replace("⏳", "").replace("✅ COMPLETE", ""))
    result = realised(document, SetTask(task(document, "Raise beams"), Field.STATE, "done"))
    (edit,) = result.edits
    assert (document.source.data[edit.start : edit.end], edit.text) == (b" ", b"X")
    (line,) = result.lines
    assert (line.line, line.before, line.after) == (10, "* [ ]  Raise beams", "* [X]  Raise beams")


def test_the_last_task_takes_the_marker_of_its_milestone_along() -> None:
    after = edited(PHASES, state("Raise beams", TaskState.DONE))
    assert "## Phase 2: Roof ✅\n" in after
    assert "## Phase 3: Paint ⏳\n" in after


def test_a_reopened_task_takes_the_marker_of_its_milestone_along() -> None:
    after = edited(PHASES, state("Lay bricks", TaskState.OPEN))
    assert "- [ ] Lay bricks" in after
    assert "COMPLETE" not in after
    assert reading(after).outline.milestones[0].state.value == "open"
    again = edited(after, state("Lay bricks", TaskState.DONE))
    assert reading(again).outline.milestones[0].state.value == "closed"


def test_a_dropped_task_and_one_in_progress_get_the_common_marks() -> None:
    assert "- [-] Choose colour" in edited(PHASES, state("Choose colour", TaskState.DROPPED))
    assert "- [~] Choose colour" in edited(PHASES, state("Choose colour", TaskState.IN_PROGRESS))


def test_a_file_that_has_another_mark_for_in_progress_keeps_using_it() -> None:
    text = "# A\n\n## Phase 1\n- [/] one\n- [ ] two\n\n## Phase 2\n- [ ] three\n"
    assert "- [/] three" in edited(text, state("three", TaskState.IN_PROGRESS))


def test_a_task_that_is_struck_through_is_reopened_without_the_strokes() -> None:
    text = "# A\n\n## Phase 1\n- [ ] ~~one~~\n- [ ] two\n\n## Phase 2\n- [ ] three\n"
    document = reading(text)
    assert next(iter(document.outline.tasks())).state is TaskState.DROPPED
    assert "- [ ] one\n" in edited(text, state("one", TaskState.OPEN))


def test_a_box_that_says_completed_in_words_says_so_no_longer_when_it_is_reopened() -> None:
    text = "# A\n\n## Code\n- [x] **Cut it** ✅ **COMPLETED**\n- [ ] **Dry it**\n\n## Docs\n- [ ] three\n"
    assert "- [ ] **Cut it**\n" in edited(text, state("Cut it", TaskState.OPEN))


def test_a_heading_task_changes_its_marker_and_its_status_line() -> None:
    text = """\
# A

## Week 1

### Task 1: Cook (2 hours) ⏳

**Status**: Not Started

- [ ] peel potatoes, then
- [ ] boil water

### Task 2: Eat (1 hour) ✅

**Status**: Completed

- [x] use a fork
"""
    after = edited(text, state("Task 1: Cook", TaskState.DONE))
    assert "### Task 1: Cook (2 hours) ✅\n" in after
    assert after.count("**Status**: Completed\n") == 2
    assert "- [ ] peel potatoes" in after


@pytest.mark.parametrize("done", [True, False])
def test_a_checklist_item_is_ticked_and_unticked(done: bool) -> None:
    def tick(document: Document) -> RoadmapChange:
        return TickItem(task(document, "Choose colour"), 0 if done else 1, done)

    after = edited(PHASES, tick)
    assert (
        after == PHASES.replace("[ ] Ask Ann", "[x] Ask Ann")
        if done
        else PHASES.replace("[x] Ask B", "[ ] Ask B")
    )


def test_what_is_already_so_changes_nothing() -> None:
    document = reading(PHASES)
    key = task(document, "Lay bricks")
    result = realised(document, SetTask(key, Field.STATE, "done"), SetTask(key, Field.TITLE, "Lay bricks"))
    assert result.document is document
    assert not result.edits
    assert not result.no_place


def test_a_milestone_with_open_tasks_cannot_be_closed() -> None:
    reason = refusal(
        PHASES, lambda document: SetMilestone(milestone(document, "Phase 3: Paint"), Field.STATE, "closed")
    )
    assert "open" in reason


def test_a_milestone_whose_tasks_are_done_is_reopened_by_its_marker() -> None:
    def reopen(document: Document) -> RoadmapChange:
        return SetMilestone(milestone(document, "Phase 1: Base"), Field.STATE, "open")

    after = edited(PHASES, reopen)
    assert "COMPLETE" not in after.split("\n")[2]
    assert reading(after).outline.milestones[0].state.value == "open"


def test_a_milestone_without_any_marker_around_cannot_be_reopened() -> None:
    text = "# A\n\n## Phase 1\n- [x] one\n\n## Phase 2\n- [ ] two\n"
    refusal(text, lambda document: SetMilestone(milestone(document, "Phase 1"), Field.STATE, "open"))


def test_tasks_count_more_than_the_state_of_their_milestone() -> None:
    document = reading(
        "# A\n\n## Phase 1 (0/1 Complete) ⏳\n- [ ] one\n\n## Phase 2 (0/1 Complete) ⏳\n- [ ] two\n"
    )
    reopen = SetMilestone(milestone(document, "Phase 1"), Field.STATE, "open")
    result = realised(document, reopen, SetTask(task(document, "one"), Field.STATE, "done"))
    assert [change for change, _ in result.no_place] == [reopen]
    assert "## Phase 1 (1/1 Complete) ✅\n- [x] one" in result.document.source.text


def test_changes_of_one_line_that_cannot_be_written_at_once_are_written_one_after_the_other() -> None:
    document = reading("# A\n\n## Phase 1\n- [ ] one\n\n## Phase 2\n- [ ] two")
    one, two = milestone(document, "Phase 1"), milestone(document, "Phase 2")
    changes = (MoveTask(task(document, "two"), one), AddTask(Uid("+1"), two, "three", TaskState.OPEN))
    result = realised(document, *changes)
    assert not result.no_place
    assert [[t.title for t in m.tasks] for m in result.document.outline.milestones] == [
        ["one", "two"],
        ["three"],
    ]
