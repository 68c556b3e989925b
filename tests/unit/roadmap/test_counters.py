"""Counters: what they count, what they say afterwards, and which of them are stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncd.model.changes import AddTask, MoveTask, SetMilestone, SetTask, TickItem
from syncd.model.outline import TaskKey
from syncd.model.values import Field, TaskState, Uid
from syncd.roadmap.claims import claims
from syncd.roadmap.counters import stale
from tests.unit.roadmap.editor_case import milestone, reading, realised, task


@pytest.mark.parametrize(
    ("line", "heading", "numbers"),
    [
        ("### Week 4: Advanced (0/5 Complete) - HIGH PRIORITY", True, [(0, 5, None)]),
        ("## ✅ COMPLETED TASKS (22/31)", True, [(22, 31, None)]),
        ("### P3: Bug Fixes (100% Complete)", True, [(None, None, 100)]),
        ("### P3 (100% Complete - 2025-10-17 23:45)", True, [(None, None, 100)]),
        ("## Setup [3/5]", True, [(3, 5, None)]),
        ("## A 1/2 B", True, []),
        ("## Setup (3/5 tests passing)", True, []),
        ("**Progress: 5/5 tasks (100%)**", False, [(5, 5, 100)]),
        ("**Overall Progress**: 71% (22/31 tasks complete)", False, [(22, 31, 71)]),
        ("3 of 5 tasks done", False, [(3, 5, None)]),
        ("**Total Tasks**: 31", False, [(31, None, None)]),
        ("Remaining: 9 tasks", False, [(9, None, None)]),
        ("**Overall Progress**: 95% Production Ready", False, []),
        ("**Acceptance Criteria Met:** 3/3", False, []),
        ("- **Result**: 88/89 tests passing (99%)", False, []),
        ("Database load: ~25% reduction", False, []),
        ("Shipped on 3/5", False, []),
        ("Complete by 1/2/2025", False, []),
        ("**Completed**: 2025-01-02", False, []),
    ],
)
def test_which_numbers_of_a_line_are_claims(line: str, heading: bool, numbers: list) -> None:
    assert [claim.numbers(line) for claim in claims(line, heading=heading)] == numbers


def test_a_counter_of_pending_tasks_counts_what_is_open() -> None:
    (claim,) = claims("## ⏳ PENDING TASKS (9/31)", heading=True)
    assert claim.counts == "open"


OVERVIEW = """\
# Plan

**Overall Progress**: 50% (2/4 tasks complete)
**Remaining**: 2

| Phase | Tasks | Completed | Progress | Status |
|-------|-------|-----------|----------|--------|
| Phase 1: Base | 2 | 2 | 100% | Completed |
| Phase 2: Roof | 2 | 0 | 0% | Not Started |
| **Total** | **4** | **2** | **50%** | **In Progress** |

```
Phase 1: Base   - 100% Complete ( 2/2)
Phase 2: Roof   -   0% Complete ( 0/2)
```

## Phase 1: Base (2/2)

- [x] one
- [x] two

## Phase 2: Roof (1/2 done)

**Progress: 0/2 tasks (0%)**

- [ ] three
- [ ] four
"""


def ticked(text: str, *titles: str) -> str:
    document = reading(text)
    result = realised(document, *(SetTask(task(document, title), Field.STATE, "done") for title in titles))
    assert not result.no_place
    return result.document.source.data.decode()


def test_every_counter_that_was_right_is_right_afterwards() -> None:
    after = ticked(OVERVIEW, "three").split("\n")
    assert after[2] == "**Overall Progress**: 75% (3/4 tasks complete)"
    assert after[3] == "**Remaining**: 1"
    assert after[7] == "| Phase 1: Base | 2 | 2 | 100% | Completed |"
    assert after[8] == "| Phase 2: Roof | 2 | 1 | 50% | In Progress |"
    assert after[9] == "| **Total** | **4** | **3** | **75%** | **In Progress** |"
    assert "**Progress: 1/2 tasks (50%)**" in after
    assert "## Phase 1: Base (2/2)" in after


def test_a_counter_that_was_wrong_is_left_alone() -> None:
    assert "## Phase 2: Roof (1/2 done)" in ticked(OVERVIEW, "three")
    assert "## Phase 2: Roof (1/2 done)" in ticked(OVERVIEW, "three", "four")


def test_the_status_of_a_row_follows_to_the_end() -> None:
    after = ticked(OVERVIEW, "three", "four")
    assert "| Phase 2: Roof | 2 | 2 | 100% | Completed |" in after
    assert "| **Total** | **4** | **4** | **100%** | **Completed** |" in after


def test_a_line_of_a_fence_that_names_a_milestone_follows_and_keeps_its_columns() -> None:
    after = ticked(OVERVIEW, "three")
    assert "Phase 2: Roof   -  50% Complete ( 1/2)\n" in after
    assert "Phase 2: Roof   - 100% Complete ( 2/2)\n" in ticked(OVERVIEW, "three", "four")


def test_other_numbers_in_a_fence_stay() -> None:
    text = OVERVIEW.replace("Phase 2: Roof   -   0%", "Some template   -   0%")
    assert "Some template   -   0% Complete ( 0/2)" in ticked(text, "three")


def test_an_added_task_counts() -> None:
    document = reading(OVERVIEW)
    add = AddTask(Uid("+1"), milestone(document, "Phase 2: Roof"), "five", TaskState.OPEN)
    after = realised(document, add).document.source.data.decode()
    assert "**Overall Progress**: 40% (2/5 tasks complete)" in after
    assert "**Progress: 0/3 tasks (0%)**" in after
    assert "| Phase 2: Roof | 3 | 0 | 0% | Not Started |" in after


def test_nothing_is_complete_before_its_last_task_is() -> None:
    tasks = "".join(f"- [{'x' if number < 198 else ' '}] task {number}\n" for number in range(200))
    text = f"# A\n\n**Progress**: 99% (198/200 tasks)\n\n## Phase 1\n\n{tasks}\n## Phase 2\n\n- [x] last\n"
    text = text.replace("99% (198/200", "99% (199/201")
    assert "**Progress**: 99% (200/201 tasks)" in ticked(text, "task 199")


def test_a_counter_under_a_task_counts_its_checklist() -> None:
    text = "# A\n\n## Phase 1\n- [ ] one\n  Progress: 1/2 done\n  - [x] a\n  - [ ] b\n- [ ] two\n\n## Phase 2\n- [ ] x"
    document = reading(text)
    assert stale(document) == []
    assert task(document, "two") == TaskKey(1)


def test_stale_counters_are_reported_with_what_is_there() -> None:
    found = stale(reading(OVERVIEW))
    assert [(one.claimed, one.actual) for one in found] == [("1/2", "0/2")]


def test_ofsc_claims_202_tasks_and_has_117(shared: Path) -> None:
    document = reading((shared / "seeds" / "ofsc.md").read_bytes())
    found = [(one.claimed, one.actual) for one in stale(document)]
    assert ("15/202 (7%)", "15/117 (13%)") in found
    assert ("15/85 (18%)", "15/45 (33%)") in found


def test_the_counters_of_the_other_seeds_are_right(shared: Path) -> None:
    for name in ("joget", "ratchet", "dataknobs", "p3roadmap"):
        assert stale(reading((shared / "seeds" / f"{name}.md").read_bytes())) == []


NESTED = """\
# A

## Phase 1

- [ ] one

  Progress: 1/2 done

  - [x] a
  - [ ] b

## Phase 2

### Task 1: Two

1/2 items done

- [x] c
- [ ] d
"""


def test_a_counter_goes_with_the_task_that_moves() -> None:
    document = reading(NESTED + "\n## Phase 3\n\n- [ ] x\n")
    one, phase = task(document, "one"), milestone(document, "Phase 3")
    after = realised(document, MoveTask(one, phase), TickItem(one, 1, done=True))
    assert not after.no_place
    text = after.document.source.text
    assert "  Progress: 2/2 done" in text[text.index("## Phase 3") :]
    assert text.count("Progress:") == 1


def test_a_counter_in_the_notes_of_a_task_follows() -> None:
    document = reading(NESTED)
    ticks = (
        TickItem(task(document, "one"), 1, done=True),
        TickItem(task(document, "Task 1: Two"), 0, done=False),
    )
    after = realised(document, *ticks)
    assert not after.no_place
    assert "Progress: 2/2 done" in after.document.source.text
    assert "0/2 items done" in after.document.source.text


def test_an_overview_names_a_renamed_milestone_by_its_new_title_and_goes_on_counting() -> None:
    first = reading(OVERVIEW)
    roof = milestone(first, "Phase 2: Roof")
    second = realised(first, SetMilestone(roof, Field.TITLE, "Attic | rooms")).document
    assert "| Attic \\| rooms | 2 | 0 | 0% | Not Started |" in second.source.text
    assert "Attic | rooms   -   0% Complete ( 0/2)\n" in second.source.text
    third = realised(second, SetTask(task(second, "three"), Field.STATE, "done")).document.source.text
    assert "| Attic \\| rooms | 2 | 1 | 50% | In Progress |" in third
    assert "Attic | rooms   -  50% Complete ( 1/2)\n" in third


def test_columns_stay_where_an_overview_names_a_shorter_title() -> None:
    text = OVERVIEW.replace("Phase 2: Roof   -", "Phase 2: Roof   -")
    first = reading(text)
    after = realised(first, SetMilestone(milestone(first, "Phase 2: Roof"), Field.TITLE, "Roof")).document
    assert "Roof            -   0% Complete ( 0/2)\n" in after.source.text
