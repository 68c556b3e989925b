"""What each edit of a tracker looks like in each kind of document: the lines that change, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

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
from syncd.model.outline import Task
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, TaskState, Uid
from syncd.roadmap.editor import realise
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from tests.unit.roadmap.editor_case import milestone, reading, realised, refusal, task

KINDS: Final = {
    "boxed headings": "## Phase 1\n### [x] Guard\n- [x] one\n### [ ] Retry\n- [ ] two\n"
    "## Phase 2\n### [ ] Cache\n- [ ] c\n",
    "numbered headings": "## Phase 1\n### Task 1: Parser\n- [ ] **Step 1: Test**\n"
    "## Phase 2\n### Task 2: Docs\n- [x] z\n",
    "marked headings": "## Phase 1\n### Task 1: A (2 days) ⏳\n- [ ] a\n"
    "## Phase 2\n### Task 2: B 🚧 IN PROGRESS\n- [ ] b\n",
    "optional": "# Plan\n- [x] 1. Schema\n  - [x] 1.1 Tables\n- [ ]* 2.2 Tests\n  - _Requirements: 2_\n- [ ] 3. Rest\n",
    "spec-kit": "## Phase 1\n- [x] T001 Create\n- [ ] T002 [P] [US1] Test in `a.py`\n## Phase 2\n- [ ] T003 [US2] Do\n",
    "bold tasks": "## Phase 1\n\n**Task 1.1: A** ✅\n\n- [x] a\n\n**Task 1.2: B** ⏳\n\n- [ ] b\n\n## Phase 2\n\n"
    "**Task 2.1: C** ⏳\n\n- [ ] c\n",
    "bold milestones": "# P\n\n**v1.0**\n\n- [x] a\n\n**v1.1**\n\n- [ ] c\n",
    "ordered": "## Phase 1\n1. [x] a\n2. [ ] b\n## Phase 2\n1) [ ] c\n",
    "setext": "P\n=\n\nPhase 1\n-------\n\n- [ ] a\n\nPhase 2\n-------\n\n- [x] b\n",
    "table of marks": "## Phase 1\n\n| # | Task | Status |\n|---|---|---|\n| 1 | Read | [x] |\n| 2 | Lock | [ ] |\n",
    "details": "## Phase 1\n\n<details>\n<summary>More</summary>\n\n- [ ] a\n\n</details>\n\n## Phase 2\n\n- [ ] b\n",
    "tabs": "## Phase 1\n- [ ] a\n\t- [ ] a1\n\t\t- [x] a11\n## Phase 2\n-\t[ ] c\n",
    "CRLF": "\ufeff# P\r\n\r\n## Phase 1\r\n\r\n- [ ] a\r\n\r\n## Phase 2\r\n\r\n- [x] b",
    "CR": "# P\r\r## Phase 1\r\r- [ ] a\r\r## Phase 2\r\r- [x] b\r",
    "board": "# B\n\n## Backlog\n\n- [ ] a\n\n## Doing\n\n## Done\n\n- [x] b\n",
    "cards": "# B\n\n## To Do\n\n### Repair\n\nWords.\n\n## Done\n\n### Buy\n",
}  # fmt: skip


def _named(document: Document, start: str) -> Task:
    return next(one for one in document.outline.tasks() if one.title.startswith(start))


Wanted = Callable[[Document], RoadmapChange]


def becomes(start: str, state: str) -> Wanted:
    return lambda document: SetTask(_named(document, start).key, Field.STATE, state)


def renamed(start: str, title: str) -> Wanted:
    return lambda document: SetTask(_named(document, start).key, Field.TITLE, title)


def item(start: str) -> Wanted:
    return lambda document: AddItem(_named(document, start).key, "item", done=False)


def new(to: str | None, state: TaskState = TaskState.OPEN) -> Wanted:
    return lambda document: AddTask(Uid("+1"), milestone(document, to) if to else None, "New", state)


def moved(start: str, to: str) -> Wanted:
    return lambda document: MoveTask(_named(document, start).key, milestone(document, to))


def retitled(start: str, title: str) -> Wanted:
    return lambda document: SetMilestone(milestone(document, start), Field.TITLE, title)


def stamped(start: str) -> Wanted:
    return lambda document: StampTask(_named(document, start).key, Uid("abc"))


Line = tuple[str | None, str | None]
CASES: Final[list[tuple[str, Wanted, list[Line]]]] = [
    ("boxed headings", becomes("Retry", "done"), [("### [ ] Retry", "### [x] Retry")]),
    ("boxed headings", becomes("Guard", "open"), [("### [x] Guard", "### [ ] Guard")]),
    ("boxed headings", becomes("Cache", "dropped"), [("### [ ] Cache", "### [-] Cache")]),
    ("boxed headings", renamed("Cache", "Cache *it*"), [("### [ ] Cache", "### [ ] Cache \\*it\\*")]),
    ("boxed headings", item("Guard"), [(None, "- [ ] item")]),
    ("boxed headings", new("Phase 1", TaskState.IN_PROGRESS), [(None, ""), (None, "### [~] New"), (None, "")]),
    ("boxed headings", stamped("Guard"), [("### [x] Guard", "### [x] Guard <!-- syncd:abc -->")]),
    ("numbered headings", renamed("Task 2", "Task 2: Words"), [("### Task 2: Docs", "### Task 2: Words")]),
    ("numbered headings", item("Task 1"), [(None, "- [ ] item")]),
    ("marked headings", becomes("Task 1", "done"), [("### Task 1: A (2 days) ⏳", "### Task 1: A (2 days) ✅")]),
    ("marked headings", becomes("Task 2", "done"), [("### Task 2: B 🚧 IN PROGRESS", "### Task 2: B ✅ COMPLETED")]),
    ("marked headings", becomes("Task 1", "in_progress"),
     [("### Task 1: A (2 days) ⏳", "### Task 1: A (2 days) 🚧 IN PROGRESS")]),
    ("optional", becomes("2.2", "done"), [("- [ ]* 2.2 Tests", "- [x]* 2.2 Tests")]),
    ("optional", renamed("2.2", "2.2 More tests"), [("- [ ]* 2.2 Tests", "- [ ]* 2.2 More tests")]),
    ("optional", item("3."), [(None, "  - [ ] item")]),
    ("optional", new("Plan"), [(None, "- [ ] New")]),
    ("spec-kit", becomes("T002", "done"),
     [("- [ ] T002 [P] [US1] Test in `a.py`", "- [x] T002 [P] [US1] Test in `a.py`")]),
    ("spec-kit", renamed("T002", "T002 [P] [US1] Test in `b.py`"),
     [("- [ ] T002 [P] [US1] Test in `a.py`", "- [ ] T002 [P] [US1] Test in `b.py`")]),
    ("spec-kit", moved("T001", "Phase 2"), [("- [x] T001 Create", None), (None, "- [x] T001 Create")]),
    ("bold tasks", becomes("Task 1.2", "done"), [("**Task 1.2: B** ⏳", "**Task 1.2: B** ✅")]),
    ("bold tasks", becomes("Task 1.1", "open"), [("**Task 1.1: A** ✅", "**Task 1.1: A** ⏳")]),
    ("bold tasks", renamed("Task 2.1", "Task 2.1: D"), [("**Task 2.1: C** ⏳", "**Task 2.1: D** ⏳")]),
    ("bold tasks", item("Task 2.1"), [(None, "- [ ] item")]),
    ("bold milestones", retitled("v1.1", "v1.2"), [("**v1.1**", "**v1.2**")]),
    ("bold milestones", new("v1.0"), [(None, "- [ ] New")]),
    ("ordered", new("Phase 1"), [(None, "3. [ ] New")]),
    ("ordered", moved("a", "Phase 2"), [("1. [x] a", None), (None, "2) [x] a")]),
    ("ordered", item("c"), [(None, "   - [ ] item")]),
    ("setext", retitled("Phase 1", "Phase 1: Roof"), [("Phase 1", "Phase 1: Roof")]),
    ("setext", moved("a", "Phase 2"), [("- [ ] a", None), ("", None), (None, "- [ ] a")]),
    ("table of marks", becomes("Lock", "done"), [("| 2 | Lock | [ ] |", "| 2 | Lock | [x] |")]),
    ("table of marks", renamed("Lock", "a | b"), [("| 2 | Lock | [ ] |", "| 2 | a \\| b | [ ] |")]),
    ("table of marks", new("Phase 1"), [(None, "|   | New  | [ ] |")]),
    ("table of marks", stamped("Lock"), [("| 2 | Lock | [ ] |", "| 2 | Lock <!-- syncd:abc --> | [ ] |")]),
    ("details", becomes("a", "done"), [("- [ ] a", "- [x] a")]),
    ("details", new("Phase 1"), [(None, "- [ ] New")]),
    ("tabs", item("a"), [(None, "\t- [ ] item")]),
    ("tabs", item("c"), [(None, "\t- [ ] item")]),
    ("tabs", moved("a", "Phase 2"), [
        ("- [ ] a", None), ("\t- [ ] a1", None), ("\t\t- [x] a11", None),
        (None, "- [ ] a"), (None, "\t- [ ] a1"), (None, "\t\t- [x] a11"),
    ]),
    ("CRLF", becomes("b", "open"), [("- [x] b", "- [ ] b")]),
    ("CRLF", new("Phase 2"), [(None, "- [ ] New")]),
    ("CRLF", moved("b", "Phase 1"), [(None, "- [x] b"), ("", None), ("- [x] b", None)]),
    ("CR", new("Phase 1"), [(None, "- [ ] New")]),
    ("CR", item("a"), [(None, "  - [ ] item")]),
    ("board", becomes("a", "done"), [("- [ ] a", None), ("", None), (None, "- [x] a")]),
    ("board", becomes("a", "in_progress"), [("- [ ] a", None), ("", None), (None, ""), (None, "- [ ] a")]),
    ("board", becomes("b", "open"), [(None, "- [ ] b"), ("", None), ("- [x] b", None)]),
    ("board", new(None), [(None, "- [ ] New")]),
    ("board", new(None, TaskState.IN_PROGRESS), [(None, ""), (None, "- [ ] New")]),
    ("cards", becomes("Repair", "done"), [
        ("### Repair", None), ("", None), ("Words.", None), ("", None),
        (None, ""), (None, "### Repair"), (None, ""), (None, "Words."),
    ]),
    ("cards", new(None), [(None, ""), (None, "### New")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "lines"), CASES)
def test_exactly_these_lines_change(kind: str, change: Wanted, lines: list[Line]) -> None:
    document = reading(KINDS[kind])
    result = realised(document, change(document))
    assert not result.no_place, result.no_place
    assert [(one.before, one.after) for one in result.lines] == lines
    assert result.document.source.spelling == document.source.spelling


@pytest.mark.parametrize("kind", KINDS)
def test_every_task_of_every_kind_can_be_renamed_and_stamped(kind: str) -> None:
    document = reading(KINDS[kind])
    for one in document.outline.tasks():
        changed = SetTask(one.key, Field.TITLE, f"{one.title} *now* | `x` <b>")
        result = realised(document, changed, StampTask(one.key, Uid("abc")))
        assert not result.no_place, result.no_place
        again = reading(result.document.source.data)
        assert f"{one.title} *now* | `x` <b>" in [after.title for after in again.outline.tasks()]


# -- boards --------------------------------------------------------------------------------------------------------


def test_of_two_lanes_for_open_work_a_new_card_takes_the_first_and_a_reopened_one_the_last() -> None:
    text = "# B\n\n## Backlog\n\n- [ ] a\n\n## To Do\n\n- [ ] b\n\n## Done\n\n- [x] c\n"
    document = reading(text)
    after = realised(document, new(None)(document)).document.source.text
    assert "- [ ] a\n- [ ] New\n\n## To Do" in after
    after = realised(document, becomes("c", "open")(document)).document.source.text
    assert "- [ ] b\n- [ ] c\n\n## Done" in after


def test_a_card_takes_along_what_is_nested_in_it_and_its_new_title() -> None:
    document = reading("# B\n\n## Doing\n\n* [ ] a\n  * [x] a1\n\n  Words.\n* [ ] b\n\n## Done\n\n- [x] c\n")
    changes = (becomes("a", "done")(document), renamed("a", "a new")(document))
    after = realised(document, *changes).document.source.text
    assert after == "# B\n\n## Doing\n\n* [ ] b\n\n## Done\n\n- [x] c\n- [x] a new\n  * [x] a1\n\n  Words.\n"


def test_a_state_for_which_the_board_has_no_lane_is_said_by_the_box() -> None:
    document = reading(KINDS["board"])
    [line] = realised(document, becomes("b", "dropped")(document)).lines
    assert (line.before, line.after) == ("- [x] b", "- [-] b")


# -- what has no place ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["done", "dropped", "in_progress"])
def test_a_heading_that_is_as_done_as_its_boxes_has_no_place_for_another_state(state: str) -> None:
    assert "follows from its boxes" in refusal(KINDS["numbered headings"], becomes("Task 1", state))


def test_a_heading_task_without_its_identifier_would_be_none() -> None:
    refusal(KINDS["numbered headings"], renamed("Task 1", "Parser"))


def test_a_state_that_was_asked_for_does_not_follow_the_boxes() -> None:
    document = reading("## Phase 1\n### Task 1: A\n- [x] a\n- [ ] b\n## Phase 2\n### Task 2: B\n- [ ] c\n")
    one = task(document, "Task 1: A")
    tick = TickItem(one, 1, done=True)
    result = realised(document, SetTask(one, Field.STATE, "open"), tick)
    assert [change for change, _ in result.no_place] == [tick]


# -- overviews, and words in other languages -----------------------------------------------------------------------

OVERVIEW = """\
# Fixes

## Overview

- [x] Complete Task 1: Crash
- [x] Complete Task 2: Slow search
- [ ] Complete Task 3: Typo

## Details

### Task 1: Crash

- [x] guard

### Task 2: Slow search

- [ ] index

### Task 3: Typo

- [ ] word
"""


def ticked(start: str, done: bool) -> Wanted:
    return lambda document: TickItem(_named(document, start).key, 0, done)


def test_an_overview_goes_on_saying_the_same_as_the_task() -> None:
    document = reading(OVERVIEW)
    after = realised(document, ticked("Task 1", False)(document), ticked("Task 3", True)(document))
    text = after.document.source.text
    assert "- [ ] Complete Task 1" in text
    assert "- [x] Complete Task 3" in text


def test_an_overview_that_disagreed_already_is_left_alone_until_it_agrees() -> None:
    document = reading(OVERVIEW)
    assert [one.code for one in document.outline.warnings].count("overview-disagrees") == 1
    result = realised(document, ticked("Task 2", True)(document))
    assert [(one.before, one.after) for one in result.lines] == [("- [ ] index", "- [x] index")]
    assert not [one for one in result.document.outline.warnings if one.code == "overview-disagrees"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## Fase 1: Base (Completada)", "## Fase 1: Base (En progreso)"),
        ("## Meilenstein 1 – Start (abgeschlossen)", "## Meilenstein 1 – Start (in Arbeit)"),
        ("## Этап 1. Основа (готово)", "## Этап 1. Основа (в работе)"),
        ("## フェーズ1：準備（完了）", "## フェーズ1：準備（進行中）"),
        ("## Étape 1 : Base (TERMINÉ)", "## Étape 1 : Base (EN COURS)"),
        ("## Phase 1: Base (done)", "## Phase 1: Base (in progress)"),
    ],
)
def test_a_heading_says_its_new_state_in_its_own_language(before: str, after: str) -> None:
    text = f"# P\n\n{before}\n\n- [x] one\n\n{before.replace('1', '2').split('(')[0].split('（')[0]}\n\n- [ ] two\n"
    document = reading(text)
    [heading, _] = realised(document, becomes("one", "open")(document)).lines
    assert (heading.before, heading.after) == (before, after)


def test_a_ticked_title_that_is_struck_through_loses_its_strokes_when_it_is_reopened() -> None:
    document = reading("## Phase 1\n- [x] ~~Visa~~\n## Phase 2\n- [ ] b\n")
    [line] = realised(document, becomes("Visa", "open")(document)).lines
    assert line.after == "- [ ] Visa"


def test_a_first_checklist_item_in_a_quote_stays_in_the_quote() -> None:
    rules = ReadingRules(quotes=True)
    document = read(Source.of(b"## Phase 1\n\n> - [ ] a\n\n## Phase 2\n\n- [ ] b\n", "R.md"), rules)
    result = realise(document, [AddItem(task(document, "a"), "item", done=False)], rules, None)
    assert [one.after for one in result.lines] == [">   - [ ] item"]


def test_a_milestone_may_lose_the_last_of_its_tasks_though_the_file_has_one_title_then() -> None:
    document = reading("# Kitchen\n\n- [ ] a\n\n# Bath\n\n- [ ] b\n")
    result = realised(document, moved("b", "Kitchen")(document))
    assert not result.no_place


@pytest.mark.parametrize("broken", ["- [ ] Move  \n  it out.\n", "- [ ] Move\\\n  it out.\n"])
def test_a_first_checklist_item_stands_behind_all_of_a_text_with_a_hard_line_break(broken: str) -> None:
    document = reading(f"## Phase 1\n\n{broken}\n## Phase 2\n\n- [ ] b\n")
    after = realised(document, item("Move")(document)).document.source.text
    assert f"{broken}  - [ ] item\n" in after
