"""`check --fix`: counters become true, and not a byte beside them changes."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.policy import ReadingRules
from syncd.roadmap.check import findings, found_mapping, repair
from syncd.roadmap.editor import splice
from syncd.roadmap.outline import Document, to_json
from tests.conftest import Seed
from tests.unit.roadmap.outline_case import document

RULES = ReadingRules()


def repaired(text: str | bytes) -> str:
    """The text with its counters repaired; what holds for every repair is checked on the way."""
    before = document(text)
    result = repair(before, RULES, None)
    data = result.document.source.data
    assert data == splice(before.source.data, result.edits)
    assert bool(result.edits) == bool(result.repaired)
    if not result.edits:
        assert result.document is before
    again = repair(result.document, RULES, None)
    assert again.document is result.document
    assert totals(result.document) == totals(before)
    return data.decode("utf-8", "surrogateescape")


def totals(read_as: Document) -> dict[str, int]:
    found: dict[str, int] = to_json(read_as.outline, "")["totals"]
    return found


def stale(read_as: Document) -> list[str]:
    return [one.message for one in findings(read_as) if one.code == "stale-counter"]


TASKS = "- [x] a\n- [x] b\n- [ ] c\n- [ ] d\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## Phase 1 (1/9 Complete)\n", "## Phase 1 (2/4 Complete)\n"),
        ("## Phase 1 (100% Complete)\n", "## Phase 1 (50% Complete)\n"),
        ("## Phase 1 [5/9]\n", "## Phase 1 [2/4]\n"),
        ("**Progress: 3/7 tasks (43%)**\n\n", "**Progress: 2/4 tasks (50%)**\n\n"),
        ("**Overall Progress**: 71% (22/31 tasks complete)\n\n", "**Overall Progress**: 50% (2/4 tasks complete)\n\n"),
        ("**Total Tasks**: 31\n\n", "**Total Tasks**: 4\n\n"),
        ("Remaining: 9 tasks\n\n", "Remaining: 2 tasks\n\n"),
        ("1 of 3 tasks done\n\n", "2 of 4 tasks done\n\n"),
    ],
)  # fmt: skip
def test_every_form_of_counter_is_repaired_in_place(before: str, after: str) -> None:
    assert repaired(f"# A\n\n{before}{TASKS}") == f"# A\n\n{after}{TASKS}"


def test_line_ends_mojibake_and_a_missing_end_stay() -> None:
    text = (
        "## Phase 1 ‚úÖ (0/1 Complete)\r\n\r\n- [x] ‚è≥ one\r\n- [x] two ‚Äî b\r\n\r\n## Phase 2\r\n- [ ] d"
    )
    assert repaired(text.encode()) == text.replace("0/1", "2/2")


def test_a_counter_that_counts_boxes_still_does() -> None:
    boxes = "- [x] a\n  - [x] b\n  - [x] c\n- [ ] d\n  - [ ] e\n"
    assert repaired(f"# A\n\n**Done**: 1/5 complete\n\n{boxes}").startswith("# A\n\n**Done**: 3/5 complete\n")


def test_an_overall_line_in_a_section_speaks_of_the_file() -> None:
    text = f"# A\n\n## Phase 1\n\nOverall progress: 1/9 tasks\n\n{TASKS}\n## Phase 2\n\n- [x] e\n"
    assert "Overall progress: 3/5 tasks" in repaired(text)
    assert "Our progress: 2/4 tasks" in repaired(text.replace("Overall", "Our"))


def test_a_heading_whose_total_is_that_of_the_file_speaks_of_the_file() -> None:
    text = f"# A\n\n## Completed tasks (1/6)\n\n{TASKS}\n## Pending tasks (5/6)\n\n- [ ] e\n- [ ] f\n"
    after = repaired(text)  # both are lanes: what stands under `Completed` is done
    assert "## Completed tasks (4/6)" in after
    assert "## Pending tasks (2/6)" in after


def test_a_heading_over_nothing_speaks_of_nothing_else() -> None:
    text = f"# A\n\n## Ideas (3/9)\n\nNone.\n\n## Phase 1\n\n{TASKS}"
    assert repaired(text) == text
    assert "Progress: 2/4 tasks" in repaired(text.replace("None.", "Progress: 3/9 tasks"))


def test_what_may_count_boxes_that_are_not_read_is_left_alone() -> None:
    text = f"# A\n\n**Progress**: 95% done\n\n{TASKS}\n```\n- [x] hidden\n```\n"
    assert repaired(text) == text
    assert "**Progress**: 50% done" in repaired(text.replace("```\n-", "<!--\n-").replace("```", "-->"))


TABLE = """\
# A

| Phase          | Tasks | Done | Progress | Status      |
|----------------|-------|------|----------|-------------|
| Phase 1: Base  | 85    | 15   | 18%      | Completed   |
| Phase 2: Roof  | 4     |  0   | 0%       | Not Started |
| **Total**      | **202** | 15 | 7%       | In Progress |

## Phase 1: Base

- [x] a
- [x] b

## Phase 2: Roof

- [ ] c
- [x] d
"""


def test_rows_of_a_table_are_repaired_with_their_status_and_keep_their_columns() -> None:
    rows = repaired(TABLE).split("\n")[4:7]
    assert rows == [
        "| Phase 1: Base  | 2     | 2    | 100%     | Completed   |",
        "| Phase 2: Roof  | 2     |  1   | 50%      | In Progress |",
        "| **Total**      | **4** | 3 | 75%       | In Progress |",  # this row was not in line with the head
    ]


def test_a_status_that_no_longer_holds_goes_back() -> None:
    row = "| Phase 2: Roof  | 4     |  4   | 100%     | Completed   |"
    text = TABLE.replace("| Phase 2: Roof  | 4     |  0   | 0%       | Not Started |", row)
    assert "| Phase 2: Roof  | 2     |  1   | 50%      | In Progress |" in repaired(text)


def test_numbers_that_grow_take_blanks_of_their_cell_and_leave_one() -> None:
    many = "".join(f"- [x] t{n}\n" for n in range(120))
    table = "| Phase   | Done | Tasks |\n|---------|------|-------|\n| Phase 1 |    1 | 2     |\n"
    text = f"# A\n\n{table}\n## Phase 1\n\n{many}"
    assert "| Phase 1 |  120 | 120   |" in repaired(text)
    tight = text.replace("|    1 | 2     |", "| 1    | 2 |").replace("Tasks |\n", "Tasks |\n", 1)
    assert "| 120    | 120 |" in repaired(tight)


def test_numbers_without_a_scope_that_has_tasks_stay() -> None:
    text = "# A\n\n## Phase 1 (3/4)\n\nText\n"
    assert repaired(text) == text


# -- front matter ----------------------------------------


def test_front_matter_that_speaks_of_tasks_is_repaired() -> None:
    keys = "title: A 3/5\ntasks_total: 9\ntasks-done: '1'\ncompleted: 1/9\nopen_tasks: 7 # soon\n"
    head = repaired(f"---\n{keys}---\n\n# A\n\n{TASKS}").split("\n")[:7]
    assert head == [
        "---",
        "title: A 3/5",
        "tasks_total: 4",
        "tasks-done: '2'",
        "completed: 2/4",
        "open_tasks: 2 # soon",
        "---",
    ]


def test_front_matter_that_may_speak_of_anything_is_left_alone() -> None:
    text = f"---\nprogress: 95%\ntotal: 7\npercent: 3\nversion: 1/2\n---\n\n# A\n\n{TASKS}"
    assert repaired(text) == text
    assert stale(document(text)) == []


# -- what must not happen ----------------------------------------


def test_a_repair_that_changed_what_is_read_is_left_out() -> None:
    # Repaired, the heading would say 50 % and no longer that the task is done: that is not for a counter to decide.
    glue = "### Task 1: Glue (100% Complete)\n- [x] a\n- [ ] b\n"
    text = f"# A\n\n## Phase 1 (9/9)\n\n{glue}\n### Task 2: Paint ⏳\n- [ ] c\n"
    after = repaired(text)
    states = [task.state for task in document(text).outline.tasks()]
    assert [task.state for task in document(after).outline.tasks()] == states


def test_seeds_change_in_their_counters_alone(seed: Seed) -> None:
    before = seed.roadmap.read_bytes()
    read_as = document(before)
    result = repair(read_as, RULES, None)
    assert stale(result.document) == []
    assert totals(result.document) == totals(read_as)
    old, new = before.split(b"\n"), result.document.source.data.split(b"\n")
    assert len(old) == len(new)
    changed = {number for number, pair in enumerate(zip(old, new, strict=True), 1) if pair[0] != pair[1]}
    assert changed == ({6, 14, 15, 16, 17, 18} if seed.name == "ofsc" else set())
    for number in changed:
        assert without_digits(old[number - 1]) == without_digits(new[number - 1])
    if not changed:
        assert result.document is read_as


def without_digits(line: bytes) -> bytes:
    return bytes(byte for byte in line if byte not in b"0123456789")


def test_the_diff_of_ofsc(shared) -> None:
    before = (shared / "seeds/ofsc.md").read_text(encoding="utf-8")
    plus = [
        line for line in difflib.ndiff(before.split("\n"), repaired(before).split("\n")) if line[0] == "+"
    ]
    assert [line[2:] for line in plus] == [
        "**Overall Progress:** 13% (15/117 tasks completed)  ",
        "| Phase 1: Foundation | 45 | 15 | 33% | In Progress |",
        "| Phase 2: Enhanced Features | 23 | 0 | 0% | Not Started |",
        "| Phase 3: Testing & QA | 24 | 0 | 0% | Not Started |",
        "| Phase 4: Documentation & Migration | 25 | 0 | 0% | Not Started |",
        "| **Total** | **117** | **15** | **13%** | **In Progress** |",
    ]


NUMBERS = st.integers(0, 999)


@given(
    st.lists(st.sampled_from("x -~"), min_size=1, max_size=12),
    NUMBERS,
    NUMBERS,
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_whatever_a_counter_said_it_is_true_afterwards(marks, done, total, end) -> None:
    tasks = "".join(f"- [{mark}] task {number}\n" for number, mark in enumerate(marks))
    head = f"# A ({done}/{total})\n\n**Progress**: {done}/{total} tasks ({done % 101}%)\n\n"
    table = f"| Phase | Tasks | Done |\n|---|---|---|\n| Phase 1 | {total} | {done} |\n\n"
    text = f"{head}{table}## Phase 1 ({done}/{total} done)\n\n{tasks}".replace("\n", end).encode()
    result = repair(document(text), RULES, None).document
    assert stale(result) == []
    assert without_digits(result.source.data) == without_digits(text)


# -- the mapping that was found ----------------------------------------


def test_the_mapping_that_was_found_reads_every_seed_the_same(seed: Seed) -> None:
    data = seed.roadmap.read_bytes()
    rules = found_mapping(document(data))
    assert rules != ReadingRules()
    mapped = document(data, milestone=rules.milestone, task=rules.task, ignore=rules.ignore).outline
    auto = document(data).outline
    assert (mapped.milestones, mapped.unfiled, mapped.not_tasks) == (
        auto.milestones,
        auto.unfiled,
        auto.not_tasks,
    )


def test_a_key_that_would_change_the_reading_is_not_among_them() -> None:
    alone = document("# A\n\n- [ ] a\n")
    assert found_mapping(alone) == ReadingRules(task=("box",))
