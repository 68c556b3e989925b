"""Added and moved lines look like their siblings, with the blank lines, bullets and line ends of the file."""

from __future__ import annotations

import pytest

from syncd.model.changes import (
    AddItem,
    AddTask,
    LineEdit,
    MoveTask,
    RoadmapChange,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import TaskKey
from syncd.model.values import Field, TaskState, Uid, one_line
from syncd.roadmap.counters import stale
from syncd.roadmap.outline import Document
from tests.unit.roadmap.editor_case import edited, milestone, reading, realised, refusal, task

PLAN = """\
# Plan

## Phase 1: Base

* [ ]  one
    + [x] one a
    + [ ] one b

      more words
* [ ]  two

## Phase 2: Roof

1. [x] three

2. [ ] four

**Deliverables**: a roof

## Phase 3: Paint

Some words.
"""


def added(name: str | None, title: str, text: str = PLAN, state: TaskState = TaskState.OPEN) -> str:
    def add(document: Document) -> RoadmapChange:
        return AddTask(Uid("+1"), None if name is None else milestone(document, name), title, state)

    return edited(text, add)


def moved(title: str, name: str, text: str = PLAN) -> str:
    return edited(text, lambda document: MoveTask(task(document, title), milestone(document, name)))


def with_item(title: str, item: str, text: str = PLAN, done: bool = False) -> str:
    return edited(text, lambda document: AddItem(task(document, title), item, done))


def test_a_task_is_added_behind_the_last_in_its_bullet_and_gap() -> None:
    assert added("Phase 1: Base", "new") == PLAN.replace("* [ ]  two\n", "* [ ]  two\n* [ ]  new\n")


def test_a_numbered_loose_list_goes_on_counting_and_stays_loose() -> None:
    after = added("Phase 2: Roof", "new", state=TaskState.DONE)
    assert after == PLAN.replace("2. [ ] four\n", "2. [ ] four\n\n3. [x] new\n")


def test_a_list_whose_numbers_are_all_the_same_keeps_them() -> None:
    text = "# A\n\n## Phase 1\n1. [ ] a\n1. [ ] b\n\n## Phase 2\n1. [ ] c\n"
    assert "1. [ ] b\n1. [ ] new\n" in added("Phase 1", "new", text)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("final", [True, False])
def test_line_ends_and_a_missing_newline_at_the_end_stay(eol: str, final: bool) -> None:
    text = eol.join(
        ["# A", "", "## Phase 1", "- [ ] a", "", "## Phase 2", "- [ ] b", ""][: 8 if final else 7]
    )
    after = edited(
        text, lambda document: AddTask(Uid("+1"), milestone(document, "Phase 2"), "new", TaskState.OPEN)
    )
    assert after == (text if final else text + eol) + "- [ ] new" + (eol if final else "")


def test_a_first_task_of_all_stands_under_the_title() -> None:
    assert added(None, "new", "# A\n\nWords.\n") == "# A\n\nWords.\n\n- [ ] new\n"
    assert added(None, "new", "") == "- [ ] new\n"


def test_an_unfiled_task_joins_the_unfiled_ones() -> None:
    text = "# A\n\n- [ ] loose\n\n## Phase 1\n- [ ] a\n\n## Phase 2\n- [ ] b\n"
    assert "- [ ] loose\n- [ ] new\n" in added(None, "new", text)


def test_a_box_is_put_before_heading_tasks_which_would_swallow_it() -> None:
    text = """\
# A

## Week 1

Words.

### Task 1: Cook (2 hours) ⏳

- [ ] peel
- [ ] boil

### Task 2: Eat (1 hour) ⏳

- [ ] chew

## Week 2

### Task 3: Wash (1 hour) ⏳

- [ ] soap
"""
    after = added("Week 1", "new", text)
    assert after == text.replace("Words.\n\n### Task 1", "Words.\n\n- [ ] new\n\n### Task 1")
    assert [one.title for one in reading(after).outline.milestones[0].tasks] == [
        "new",
        "Task 1: Cook",
        "Task 2: Eat",
    ]


def test_an_item_is_appended_in_the_style_of_its_siblings() -> None:
    after = with_item("one", "one c", done=True)
    assert "    + [ ] one b\n\n      more words\n    + [x] one c\n* [ ]  two\n" in after


def test_a_first_item_looks_like_those_of_other_tasks() -> None:
    assert "* [ ]  two\n    + [ ] new\n" in with_item("two", "new")
    assert "2. [ ] four\n    + [ ] new\n" in with_item("four", "new")


def test_a_first_item_of_a_file_is_nested_by_the_width_of_the_bullet() -> None:
    text = "# A\n\n## Phase 1\n10. [ ] a\n11. [ ] b\n\n## Phase 2\n- [ ] c\n"
    assert "10. [ ] a\n    - [ ] new\n" in with_item("a", "new", text)


def test_a_row_has_no_checklist_and_stays_in_its_table() -> None:
    text = (
        "# A\n\n## Phase 1\n\n| Task | Status |\n|---|---|\n| a | [ ] |\n| b | [x] |\n\n## Phase 2\n- [ ] c\n"
    )
    assert refusal(text, lambda document: AddItem(task(document, "a"), "x", False))
    assert refusal(text, lambda document: MoveTask(task(document, "a"), milestone(document, "Phase 2")))
    assert "| a | [x] |" in edited(text, lambda document: SetTask(task(document, "a"), Field.STATE, "done"))


def test_a_task_moves_with_all_that_is_nested_in_it() -> None:
    after = moved("one", "Phase 2: Roof")
    assert "## Phase 1: Base\n\n* [ ]  two\n\n## Phase 2" in after
    assert (
        "2. [ ] four\n\n3. [ ]  one\n     + [x] one a\n     + [ ] one b\n\n       more words\n\n**Deli"
        in after
    )


def test_the_first_task_of_a_milestone_stands_apart_from_its_words() -> None:
    assert moved("two", "Phase 3: Paint", PLAN + "\n- [ ] five\n").endswith(
        "Some words.\n\n- [ ] five\n- [ ]  two\n"
    )
    text = "# A\n\n## Phase 1\n- [ ] a\n- [ ] b\n\n## Phase 2\n- [ ] c\n\n## Phase 3\n- [ ] d\n"
    empty = moved("c", "Phase 1", text)
    assert empty == "# A\n\n## Phase 1\n- [ ] a\n- [ ] b\n- [ ] c\n\n## Phase 2\n\n## Phase 3\n- [ ] d\n"


def test_a_task_that_moves_and_changes_does_both() -> None:
    document = reading(PLAN)
    key = task(document, "one")
    result = realised(
        document,
        SetTask(key, Field.TITLE, "uno"),
        MoveTask(key, milestone(document, "Phase 2: Roof")),
        TickItem(key, 1, True),
        AddItem(key, "one c", False),
        AddTask(Uid("+1"), milestone(document, "Phase 2: Roof"), "five", TaskState.OPEN),
        StampTask(key, Uid("u1")),
    )
    assert not result.no_place
    tasks = result.document.outline.milestones[1].tasks
    assert [one.title for one in tasks] == ["three", "four", "uno", "five"]
    assert [(item.text, item.done) for item in tasks[2].checklist] == [
        ("one a", True),
        ("one b", True),
        ("one c", False),
    ]
    assert tasks[2].stamp == "u1"
    assert result.keys == {
        TaskKey(0): TaskKey(3),
        TaskKey(1): TaskKey(0),
        TaskKey(2): TaskKey(1),
        TaskKey(3): TaskKey(2),
    }
    assert result.added == {Uid("+1"): TaskKey(4)}


def test_a_heading_task_takes_its_rule_along() -> None:
    text = """\
# A

## Week 1

### Task 1: Cook (2 hours) ⏳

- [ ] peel

---

### Task 2: Eat (1 hour) ⏳

- [ ] chew

---

## Week 2

### Task 3: Wash (1 hour) ⏳

- [ ] soap

---

### Task 4: Dry (1 hour) ⏳

- [ ] towel
"""
    after = moved("Task 1: Cook", "Week 2", text)
    assert "## Week 1\n\n### Task 2" in after
    assert after.endswith("- [ ] towel\n\n---\n\n### Task 1: Cook (2 hours) ⏳\n\n- [ ] peel\n")


def test_people_see_the_lines_that_change() -> None:
    document = reading(PLAN)
    result = realised(
        document,
        SetTask(task(document, "two"), Field.STATE, "done"),
        AddTask(Uid("+1"), milestone(document, "Phase 1: Base"), "new", TaskState.OPEN),
        MoveTask(task(document, "three"), milestone(document, "Phase 1: Base")),
    )
    assert result.lines == (
        LineEdit(10, "* [ ]  two", "* [x]  two"),
        LineEdit(11, None, "* [ ]  new"),
        LineEdit(11, None, "* [x] three"),
        LineEdit(14, "1. [x] three", None),
        LineEdit(15, "", None),
    )


@pytest.mark.parametrize("uid", ["abc", "0190-x_y"])
def test_a_stamp_is_a_hidden_comment_behind_the_title(uid: str) -> None:
    after = edited(PLAN, lambda document: StampTask(task(document, "two"), Uid(uid)))
    assert f"* [ ]  two <!-- syncd:{uid} -->\n" in after
    assert reading(after).outline.milestones[0].tasks[1].title == "two"


def test_a_task_has_one_stamp() -> None:
    stamped = edited(PLAN, lambda document: StampTask(task(document, "two"), Uid("abc")))
    document = reading(stamped)
    assert realised(document, StampTask(task(document, "two"), Uid("abc"))).document is document
    assert refusal(stamped, lambda document: StampTask(task(document, "two"), Uid("other")))


def test_of_many_changes_only_the_impossible_ones_are_left_out() -> None:
    document = reading(PLAN)
    good = [SetTask(one.key, Field.STATE, "done") for one in document.outline.tasks()]
    bad = [SetTask(TaskKey(1), Field.TITLE, "\u2028"), SetTask(TaskKey(2), Field.ASSIGNEES, ("ann",))]
    result = realised(document, bad[0], *good, bad[1])
    assert [change for change, _ in result.no_place] == bad
    assert all(one.state is TaskState.DONE for one in result.document.outline.tasks())


# -- a milestone that an adopted issue brings ----------------------------------------------------------------------


def brought(heading: str, title: str = "task", uid: str = "+1") -> AddTask:
    return AddTask(Uid(uid), None, title, TaskState.OPEN, heading)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("# A\n\n## One\n\n* [ ] a\n\n## Two\n\n* [ ] b\n", "\n## New\n\n* [ ] task\n"),
        ("# A\n## One\n- [ ] a\n## Two\n- [ ] b", "\n\n## New\n\n- [ ] task"),
        ("# A\n\n## One ✅\n\n- [x] a\n\n## Two ⏳\n\n- [ ] b\n", "\n## New ⏳\n\n- [ ] task\n"),
        ("# A\n\n## 🚧 One\n\n- [ ] a\n\n## 🚧 Two\n\n- [ ] b\n", "\n## 🚧 New\n\n- [ ] task\n"),
        (
            "# A\n\n## One\n\n1. [ ] a\n\n---\n\n## Two\n\n1. [ ] b\n2. [ ] c\n",
            "\n---\n\n## New\n\n1. [ ] task\n",
        ),
        ("A\n=\n\nOne\n---\n\n+ [ ] a\n\nTwo\n---\n\n+ [ ] b\n", "\nNew\n---\n\n+ [ ] task\n"),
        (
            "# A\r\n\r\n## One\r\n\r\n- [ ] a\r\n\r\n## Two\r\n\r\n- [ ] b\r\n",
            "\r\n## New\r\n\r\n- [ ] task\r\n",
        ),
    ],
)
def test_a_new_milestone_comes_behind_the_others_in_their_style(text: str, new: str) -> None:
    document = reading(text)
    result = realised(document, brought("New"))
    assert not result.no_place
    assert result.document.source.data.decode() == text + new
    assert [one.title for one in result.document.outline.milestones] == ["One", "Two", "New"]


def test_a_new_milestone_comes_before_what_is_none() -> None:
    text = "# A\n\n## One\n\n- [ ] a\n\n## Two\n\n- [ ] b\n\n## Definition of Done\n\n- [ ] tested\n"
    after = realised(reading(text), brought("New")).document.source.text
    assert after == text.replace("## Definition", "## New\n\n- [ ] task\n\n## Definition")


def test_a_version_in_bold_is_followed_by_a_version_in_bold() -> None:
    document = reading("# A\n\n**v1.0**\n\n- [x] a\n\n**v1.1**\n\n- [ ] b\n")
    after = realised(document, brought("v1.2")).document.source.text
    assert after.endswith("- [ ] b\n\n**v1.2**\n\n- [ ] task\n")


def test_two_issues_of_one_new_milestone_stand_in_one() -> None:
    document = reading("# A\n\n## One\n\n- [ ] a\n\n## Two\n\n- [ ] b\n")
    result = realised(document, brought("New", "first"), brought("New", "second", "+2"))
    assert not result.no_place
    assert result.document.source.text.endswith("\n## New\n\n- [ ] first\n- [ ] second\n")
    assert set(result.added) == {Uid("+1"), Uid("+2")}


def test_counters_of_the_file_count_a_new_milestone_and_those_of_others_do_not() -> None:
    text = "# A (1/2 done)\n\n**Remaining**: 1\n\n## One (1/1)\n\n- [x] a\n\n## Two (0/1)\n\n- [ ] b\n"
    after = realised(reading(text), brought("New")).document.source.text
    assert after.startswith("# A (1/3 done)\n\n**Remaining**: 2\n\n## One (1/1)")
    assert "## Two (0/1)" in after


@pytest.mark.parametrize(
    "heading",
    ["(3/5 Complete)", "✅ Done", "Task 9: x", "- [x] fake", "a\n## b", "*x* | `y` <b>", "50% done", "#9"],
)
def test_the_title_of_a_new_milestone_is_read_as_this_title_and_nothing_else(heading: str) -> None:
    document = reading("# A\n\n## One (0/1)\n\n- [ ] a\n\n## Two (0/1)\n\n- [ ] b\n")
    result = realised(document, brought(heading))
    if not result.no_place:
        assert [one.title for one in result.document.outline.milestones][2:] == [one_line(heading)]
        assert stale(result.document) == []


def test_without_a_heading_to_follow_there_is_no_place_for_a_milestone() -> None:
    for text in ("- [ ] a\n", "# B\n\n## To Do\n\n- [ ] a\n\n## Done\n\n- [x] b\n"):
        [(_, reason)] = realised(reading(text), brought("New")).no_place
        assert "heading" in reason


def test_a_task_on_several_lines_is_renamed_and_moved_under_another_bullet_at_once() -> None:
    document = reading(
        "## Phase 1\n\n10) [ ] Sow peas\n    and beans along the\n    southern fence\n\n## Phase 2\n\n- [ ] Water\n"
    )
    key = document.outline.milestones[0].tasks[0].key
    both = realised(
        document,
        MoveTask(key, milestone(document, "Phase 2")),
        SetTask(key, Field.TITLE, "Sow peas and shared along the southern fence"),
    )
    assert both.no_place == ()
    [water, sown] = both.document.outline.milestones[-1].tasks
    assert (water.title, sown.title) == ("Water", "Sow peas and shared along the southern fence")
