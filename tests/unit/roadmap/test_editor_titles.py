"""New titles: mark-up that is still meant stays, text of strangers comes back as itself, nothing accumulates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model.changes import AddItem, AddTask, SetMilestone, SetTask
from syncd.model.outline import TaskKey
from syncd.model.values import Field, TaskState, Uid, one_line
from tests.unit.roadmap.editor_case import edited, milestone, reading, realised, refusal, task

PLAN = """\
# Plan

## Phase 1: Base (Weeks 1-2)

- [x] **Extract `call_js`** (`lib.rs:253`) ✅ **COMPLETED**
- [ ] See [the docs](https://example.org/a) for **bold** ideas @ann (due 2026-01-15) #core
- [ ] A title that is
      wrapped softly

## Phase 2: Roof

| Task | Status |
|------|--------|
| Beams | [ ] |
| Tiles | [x] |

### P3.2 ✅ COMPLETED - Speed
- [x] cache
"""


def renamed(old: str, new: str, text: str = PLAN) -> str:
    return edited(text, lambda document: SetTask(task(document, old), Field.TITLE, new))


def test_only_the_words_that_differ_change() -> None:
    assert "- [x] **Extract `call_rs`** (`lib.rs:253`) ✅ **COMPLETED**" in renamed(
        "Extract `call_js` (`lib.rs:253`)", "Extract `call_rs` (`lib.rs:253`)"
    )


def test_bold_code_and_links_stay_where_the_new_title_still_has_them() -> None:
    old = "See the docs for bold ideas @ann (due 2026-01-15) #core"
    after = renamed(old, "Wild bold plans from the docs, @ann (due 2026-01-15) #core")
    assert (
        "- [ ] Wild **bold** plans from [the docs](https://example.org/a), @ann (due 2026-01-15) #core"
        in after
    )
    after = renamed(old, "Read the docs with bold men @ann (due 2026-01-15) #core")
    assert (
        "- [ ] Read [the docs](https://example.org/a) with **bold** men @ann (due 2026-01-15) #core" in after
    )


def test_metadata_that_the_new_title_has_no_longer_goes() -> None:
    after = renamed("See the docs for bold ideas @ann (due 2026-01-15) #core", "See the docs for bold ideas")
    changed = reading(after).outline.milestones[0].tasks[1]
    assert (changed.assignees, changed.due, changed.labels) == ((), None, ())


def test_metadata_that_only_the_new_title_has_is_text() -> None:
    after = renamed(
        "See the docs for bold ideas @ann (due 2026-01-15) #core", "x @eve (due 2027-02-02) #evil"
    )
    changed = reading(after).outline.milestones[0].tasks[1]
    assert changed.title == "x @eve (due 2027-02-02) #evil"
    assert (changed.assignees, changed.due, changed.labels) == ((), None, ())


def test_a_wrapped_title_keeps_its_line_break_where_it_can() -> None:
    assert "- [ ] A title that is\n      wrapped loosely\n" in renamed(
        "A title that is wrapped softly", "A title that is wrapped loosely"
    )


def test_a_bar_in_a_row_is_escaped() -> None:
    assert "| Beams \\| posts | [ ] |" in renamed("Beams", "Beams | posts")


def test_a_milestone_keeps_what_stands_around_its_title() -> None:
    def rename(old: str, new: str) -> str:
        return edited(PLAN, lambda document: SetMilestone(milestone(document, old), Field.TITLE, new))

    assert "## Phase 1: Ground (Weeks 1-2)\n" in rename("Phase 1: Base", "Phase 1: Ground")
    assert "## Phase 2: Roof & Walls\n" in rename("Phase 2: Roof", "Phase 2: Roof & Walls")


def test_a_milestone_that_is_the_title_of_the_file_is_renamed() -> None:
    text = "# Plan\n\n- [ ] a\n- [ ] b\n"
    after = edited(text, lambda document: SetMilestone(milestone(document, "Plan"), Field.TITLE, "New plan"))
    assert after == text.replace("Plan", "New plan")


def test_words_inside_a_heading_that_are_not_its_title_stay() -> None:
    text = "# A\n\n## P1 ✅ COMPLETED - Speed\n- [x] a\n\n## P2 ⏳ - Size\n- [ ] b\n"
    after = edited(
        text, lambda document: SetMilestone(milestone(document, "P1 - Speed"), Field.TITLE, "P1 - Haste")
    )
    assert "## P1 ✅ COMPLETED - Haste\n" in after


def test_mojibake_is_written_as_the_file_writes_it() -> None:
    text = PLAN.replace("✅", "‚úÖ").replace("Tiles", "‚è≥ Tiles")
    after = renamed("Extract `call_js` (`lib.rs:253`)", "Extract – now (`lib.rs:253`)", text)
    assert "**Extract ‚Äì now** (`lib.rs:253`) ‚úÖ **COMPLETED**" in after.replace(
        "Extract ‚Äì now (", "**Extract ‚Äì now** ("
    )


@pytest.mark.parametrize("title", ["", " \t ", "\u2028", "\ud800"])
def test_a_title_that_is_no_text_has_no_place(title: str) -> None:
    assert refusal(PLAN, lambda document: SetTask(TaskKey(0), Field.TITLE, title))


EVIL = [
    "✅ Fix (3-4 hours)", "⏳ wait", "🚧", "✅", "DONE: x", "DONE", "x - DONE", "x — COMPLETED",
    "x (COMPLETED)", "x ✅", "x **DONE**", "~~x~~", "x ~~y~~", "~x~", "x @bob #tag", "@bob", "#tag", "#9",
    "owner/repo#9", "GH-9", "ref:GH#9", "https://github.com/a/b/issues/1", "x due:2026-01-15",
    "x 📅 2026-01-15", "(due 2026-01-15)", "x !high", "(3-4 hours)", "T001 x", "Task 4.1: x", "1.2 x", "P0",
    "Phase 9: x", "Phase 1: Base", "Week 1", "# x", "## Phase 7", "#", "######", "- [x] y", "* y", "+ y",
    "- y", "1. x", "1) x", "999. x", "> x", "---", "***", "===", "- - -", "```", "~~~", "``` x",
    "x\n- [x] fake <!-- syncd:end -->", "x\r\n\r\n## Phase 3\r\n- [x] y", "x\u2028- [ ] y",
    "x\x0by\x0cz\x85w", "a\tb", "a\0b", "[x] y", "[ ] y", "[] y", "[P] y", "[l](u)", "[l][r]", "[r]: u",
    "[^1]", "![i](u)", "<b>x</b>", "<br>", "<!-- x", "--> x", "<!-- syncd:abc -->", "x <!-- syncd:abc -->",
    "<https://a.b>", "<script>", "&amp;", "&#x2705; x", "&nbsp;", "&", "a & b;", "x\\", "\\", "\\*x\\*",
    "a\\|b", "a | b", "| a | b |", "|", "`", "``", "`a", "`a` `", "`` a ` b ``", "` a `", "`\\`", "*a*",
    "**a**", "***a***", "_a_", "__a__", "a_b_c", "*", "**", "_", "a * b", "2*3*4", "  lead", "trail  ",
    "\u00a0x\u00a0", "\u202eabc", "\u200bx", "\ufeffx", "a\u0301", "\U0001f1e6\U0001f1f9 x", "👩‍💻 x",
    "1️⃣ x", "\U000f0001 x", "TODO: x", "In Progress: x", "**Status**: done", "Status: done",
    "**Priority**: HIGH", "Priority: high", "Definition of Done", "Acceptance Criteria:", "[DESCRIBE]",
    "...", "TBD", ":", "x:", "100% Complete", "(3/5)", "x (5/5 tasks)", "Progress: 5/5 tasks (100%)",
    "x" * 255, "word " * 50, "É" * 120, "/close", "@all", "{{ x }}", "$x$", "x^2", "==x==", "++x++", ":+1:",
    "a -- b",
]  # fmt: skip


@pytest.mark.parametrize("title", EVIL, ids=range(len(EVIL)))
def test_a_title_from_a_forge_is_read_as_this_title_and_nothing_else(title: str) -> None:
    document = reading(PLAN)
    changes = (
        SetTask(TaskKey(1), Field.TITLE, title),
        AddTask(Uid("+1"), milestone(document, "Phase 1: Base"), title, TaskState.OPEN),
        AddItem(TaskKey(0), title, False),
    )
    result = realised(document, *changes)
    if one_line(title):
        assert not result.no_place
    outline = result.document.outline
    assert len(list(outline.tasks())) == len(list(document.outline.tasks())) + len(result.added)
    for key in result.added.values():
        added = next(one for one in outline.tasks() if one.key == key)
        assert (added.title, added.state) == (one_line(title), TaskState.OPEN)
        assert (added.labels, added.assignees, added.due, added.estimate, added.refs) == (
            (),
            (),
            None,
            None,
            (),
        )
        assert (added.stamp, added.checklist, added.notes) == (None, (), "")


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_one_after_the_other(one: str, two: str) -> None:
    document = reading(PLAN)
    first = realised(document, SetTask(TaskKey(1), Field.TITLE, one))
    second = realised(first.document, SetTask(TaskKey(1), Field.TITLE, two))
    expected = [one_line(text) for text in (one, two) if one_line(text)]
    title = next(task.title for task in second.document.outline.tasks() if task.key == TaskKey(1))
    assert title == (expected[-1] if expected else "See the docs for bold ideas @ann (due 2026-01-15) #core")


def test_escapes_do_not_accumulate() -> None:
    document = reading(PLAN)
    for _ in range(3):
        document = realised(document, SetTask(TaskKey(1), Field.TITLE, "~~a~~ *b* @c")).document
        document = realised(document, SetTask(TaskKey(1), Field.TITLE, "~~a~~ *b* @c d")).document
    assert document.source.text.count("\\") == len(r"\~\~\~\~\*\*\@".replace("\\", ""))


def test_what_the_title_was_before_comes_back() -> None:
    document = reading(PLAN)
    old = document.outline.milestones[0].tasks[2].title
    there = realised(document, SetTask(TaskKey(2), Field.TITLE, "# other")).document
    back = realised(there, SetTask(TaskKey(2), Field.TITLE, old)).document
    assert "- [ ] A title that is wrapped softly\n" in back.source.text


def test_a_title_with_numbers_makes_no_counter_in_its_heading() -> None:
    text = "# A\n\n## Phase 1: Base (0/1 Complete)\n- [ ] one\n\n## Phase 2: Roof\n- [ ] two\n"
    first = reading(text)
    title = "Phase 1: 50% done"
    change = SetMilestone(milestone(first, "Phase 1: Base"), Field.TITLE, title)
    second = realised(first, change).document
    assert second.outline.milestones[0].title == title
    third = realised(second, SetTask(task(second, "one"), Field.STATE, "done")).document
    assert "(1/1 Complete)" in third.source.text
    assert third.outline.milestones[0].title == title


@pytest.mark.parametrize(
    ("written", "new", "after"),
    [
        ("Add __init__.py to it", "Add __init__.py to all", "Add __init__.py to all"),
        ("Add __init__.py to it", "Add init.py to it", "Add init.py to it"),
        ("Add __init__.py to it", "Drop `__init__.py`", "Drop `__init__.py`"),
        ("Add **init**.py to it", "Add __init__.py to it", r"Add \_\_**init**\_\_.py to it"),
        ("**Add __init__.py** ✅", "Add __main__.py", "**Add __main__.py** ✅"),
    ],
)
def test_names_of_code_come_back_as_the_new_title_has_them(written: str, new: str, after: str) -> None:
    old = reading(f"- [ ] {written}\n").outline.unfiled[0].title
    assert renamed(old, new, f"- [ ] {written}\n") == f"- [ ] {after}\n"


@pytest.mark.parametrize(
    "title", ["Add __init__.py", "__all__", "def __x__(self)", "a.__b__ c", "__now__ or __never__"]
)
def test_names_of_code_in_a_new_title_come_back_from_every_reader(title: str) -> None:
    after = renamed("Tiles", "Roof tiles")
    assert reading(renamed("Roof tiles", title, after)).outline.milestones[1].tasks[1].title == title
