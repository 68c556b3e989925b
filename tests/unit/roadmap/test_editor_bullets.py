"""Bullets that say a state without a box: edited in their own way of saying it."""

from __future__ import annotations

import pytest

from syncd.model.changes import AddItem, AddTask, MoveTask, SetTask, StampTask, TickItem
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, TaskState, Uid
from syncd.roadmap.editor import realise
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source
from tests.unit.roadmap.editor_case import edited, milestone, reading, realised, refusal, task

PHASES = """\
# Shop

## Phase 1

- ✅ Read
  - ✅ once
  - ⬜ twice
- ✅ Draw

## Phase 2

1. Copy ✅
2. **Count** ⬜

## Phase 3

- **DONE** - Switch
- **DONE** - Drink

## Phase 4

- [done] Sleep
- [planned] Wake
"""
LANES = """\
# Shop

## Completed

- ✅ Read
- ✅ Draw

## In Progress

- 🔄 Copy
  with care
  - 🔄 the orders

## Planned

1. ⏳ Switch
2. ⏳ Drink
"""


def becomes(text: str, title: str, state: str) -> str:
    return edited(text, lambda document: SetTask(task(document, title), Field.STATE, state))


@pytest.mark.parametrize(
    ("title", "state", "line"),
    [
        ("Draw", "open", "- ⬜ Draw"),
        ("Draw", "in_progress", "- 🚧 Draw"),
        ("Count", "done", "2. **Count** ✅"),
        ("Copy", "open", "1. Copy ⬜"),
        ("Switch", "open", "- **TODO** - Switch"),
        ("Switch", "in_progress", "- **IN PROGRESS** - Switch"),
        ("Wake", "done", "- [done] Wake"),
        ("Sleep", "open", "- [planned] Sleep"),
        ("Wake", "in_progress", "- [in progress] Wake"),
    ],
)
def test_a_state_is_said_in_place_as_others_in_the_file_say_it(title: str, state: str, line: str) -> None:
    after = becomes(PHASES, title, state)
    changed = set(after.splitlines()) - set(PHASES.splitlines())
    # What others say may stand there already.
    assert changed <= {line}
    assert after.splitlines().count(line) == PHASES.splitlines().count(line) + 1


def test_the_siblings_way_of_saying_it_comes_before_the_files() -> None:
    text = "# S\n\n## Phase 1\n\n- ⏳ a\n- ⏳ b\n\n## Phase 2\n\n- ⬜ c\n- ✅ d\n"
    assert becomes(text, "d", "open") == text.replace("✅ d", "⬜ d")


def test_an_emoji_that_is_a_state_beside_sure_ones_is_written_and_replaced() -> None:
    text = "# S\n\n## Phase 1\n\n- ✅ a\n- ✅ b\n- 📋 c\n"
    assert becomes(text, "c", "done") == text.replace("📋", "✅")
    assert becomes(text, "a", "open") == text.replace("✅ a", "📋 a")


def test_an_emoji_in_the_title_of_a_row_is_not_its_state() -> None:
    text = "# S\n\n| Task | Status |\n|---|---|\n| ✅ a | hm |\n| b | Done |\n| c | Done |\n"
    document = read(Source.of(text.encode(), "R.md"), ReadingRules(tables=True), None)
    change = SetTask(task(document, "a"), Field.STATE, "in_progress")
    (refused,) = realise(document, [change], ReadingRules(tables=True), None).no_place
    assert "status cell" in refused[1]


def test_a_nested_bullet_is_ticked_by_its_emoji() -> None:
    after = edited(PHASES, lambda document: TickItem(task(document, "Read"), 1, done=True))
    assert after == PHASES.replace("⬜ twice", "✅ twice")


def test_a_new_nested_bullet_looks_like_the_last() -> None:
    after = edited(PHASES, lambda document: AddItem(task(document, "Read"), "thrice", done=False))
    assert after == PHASES.replace("  - ⬜ twice\n", "  - ⬜ twice\n  - ⬜ thrice\n")


def test_a_first_nested_bullet_stands_under_the_text() -> None:
    after = edited(PHASES, lambda document: AddItem(task(document, "Count"), "twice", done=True))
    assert after == PHASES.replace("2. **Count** ⬜\n", "2. **Count** ⬜\n   - twice ✅\n")
    after = edited(PHASES, lambda document: AddItem(task(document, "Draw"), "a line", done=False))
    assert after == PHASES.replace("- ✅ Draw\n", "- ✅ Draw\n  - ⬜ a line\n")


@pytest.mark.parametrize(
    ("phase", "behind", "line"),
    [
        ("Phase 1", "- ✅ Draw\n", "- ⬜ New\n"),
        ("Phase 2", "2. **Count** ⬜\n", "3. New ⬜\n"),
        ("Phase 3", "- **DONE** - Drink\n", "- **TODO** - New\n"),
        ("Phase 4", "- [planned] Wake\n", "- [planned] New\n"),
    ],
)
def test_a_new_task_says_its_state_where_its_siblings_do(phase: str, behind: str, line: str) -> None:
    after = edited(
        PHASES,
        lambda document: AddTask(Uid("+1"), milestone(document, phase), "New", TaskState.OPEN),
    )
    assert after == PHASES.replace(behind, behind + line)


def test_a_new_task_is_not_bold_where_its_sibling_is() -> None:
    text = "# S\n\n## Phase 1\n\n- ✅ **Read**\n"
    after = edited(
        text, lambda document: AddTask(Uid("+1"), milestone(document, "Phase 1"), "New", TaskState.DONE)
    )
    assert after == text + "- ✅ New\n"


def test_a_stamp_stands_at_the_end_of_the_line() -> None:
    after = edited(PHASES, lambda document: StampTask(task(document, "Copy"), Uid("a1b2c3d4")))
    assert "1. Copy ✅ <!-- syncd:a1b2c3d4 -->\n" in after


def test_a_bullet_moves_to_another_milestone_with_all_that_is_nested_in_it() -> None:
    after = edited(PHASES, lambda document: MoveTask(task(document, "Read"), milestone(document, "Phase 2")))
    assert "## Phase 1\n\n- ✅ Draw\n" in after
    assert "2. **Count** ⬜\n3. ✅ Read\n   - ✅ once\n   - ⬜ twice\n" in after


def test_a_card_goes_to_the_lane_of_its_state_with_its_emoji_and_a_number() -> None:
    after = becomes(LANES, "Copy with care", "done")
    assert "- ✅ Draw\n- ✅ Copy\n  with care\n  - 🔄 the orders\n\n## In Progress\n\n## Planned" in after
    after = becomes(LANES, "Draw", "open")
    assert "2. ⏳ Drink\n3. ⏳ Draw\n" in after
    after = becomes(LANES, "Switch", "in_progress")
    assert "  - 🔄 the orders\n- 🔄 Switch\n" in after


def test_where_no_lane_says_the_state_the_emoji_does() -> None:
    assert becomes(LANES, "Draw", "dropped") == LANES.replace("✅ Draw", "🚫 Draw")


def test_the_last_open_task_of_a_file_can_be_done() -> None:
    text = "# S\n\n## Disk\n\n- ✅ a\n- ✅ b\n\n## Net\n\n- ✅ c\n- ⏳ d\n"
    document = reading(text)
    result = realised(document, SetTask(task(document, "d"), Field.STATE, "done"))
    assert result.document.source.text == text.replace("⏳", "✅")
    again = realised(result.document, SetTask(task(result.document, "a"), Field.STATE, "open"))
    assert not again.no_place


def test_a_new_task_outside_all_milestones_has_no_place_among_bullets() -> None:
    refusal(PHASES, lambda _: AddTask(Uid("+1"), None, "New", TaskState.OPEN))
