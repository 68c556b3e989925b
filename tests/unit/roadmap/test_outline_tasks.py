"""What is a task and in which state (reading-roadmaps §4)."""

from __future__ import annotations

import pytest

from syncd.model.policy import ReadingRules
from tests.unit.roadmap.outline_case import codes, document, only, outline, reasons, shape


@pytest.mark.parametrize("bullet", ["-", "*", "+", "1.", "7)"])
@pytest.mark.parametrize("before", ["", "   "])
@pytest.mark.parametrize("gap", [" ", "   ", "\t"])
def test_a_box_behind_any_bullet_and_gap_is_a_task(bullet: str, before: str, gap: str) -> None:
    assert shape(f"{before}{bullet}{gap}[x] done it\n") == ["unfiled", "[x] done it"]


@pytest.mark.parametrize(
    ("mark", "state"),
    [(" ", "open"), ("x", "done"), ("X", "done"), ("✅", "done"), ("√", "done"), ("-", "dropped"),
     ("~", "in_progress"), ("/", "in_progress"), ("*", "in_progress"), (">", "in_progress")],
)  # fmt: skip
def test_a_mark_says_a_state(mark: str, state: str) -> None:
    assert only(f"- [{mark}] a\n").state == state


def test_a_legend_wins_over_the_common_marks() -> None:
    text = """
    # T
    **Legend**: `[ ]` todo, `[*]` done, [!] blocked

    - [*] a
    - [!] b
    """
    assert shape(text) == ["= T (open)", "[x] a", "[ ] b"]


def test_a_legend_written_as_boxes_is_no_work() -> None:
    text = (
        "# T\n## Legend\n- [ ] Not started\n- [-] Deferred\n- [~] Completed\n## Phase 1\n- [~] a\n"
        "## Phase 2\n- [ ] b\n"
    )
    assert shape(text) == ["= Phase 1 (closed)", "[x] a", "= Phase 2 (open)", "[ ] b"]
    assert reasons(text) == [(3, 3, "section: Legend")]


def test_a_mark_to_which_a_legend_gives_no_state_makes_a_box_that_is_open() -> None:
    text = """
    # T
    ## Task legend
    - `[x]` = finished
    - `[B]` = needs a boat

    ## Phase 1
    - [B] a
    - plain

    Then:

    1. [B] b

    ## Phase 2
    - [x] c
    - [Q] d
    """
    assert shape(text) == ["= Phase 1 (open)", "[ ] a", "[ ] b", "= Phase 2 (open)", "[x] c", "[ ] d"]
    assert codes(text) == [(7, "unknown-mark"), (12, "unknown-mark"), (16, "unknown-mark")]


@pytest.mark.parametrize(
    "legend",
    [
        "**Key:**\n- [B] boat\n- [S] sea\n",
        "## Legend\n- [B] boat\n- [S] sea\n",
        "Symbol key: [B] boat, [S] sea\n",
        "## Legend\n\n| mark | means |\n|---|---|\n| [B] | boat |\n",
    ],
)
def test_what_a_legend_lists_is_no_work_itself(legend: str) -> None:
    text = f"# T\n{legend}\n## Phase 1\n- [B] a\n## Phase 2\n- [ ] b\n"
    assert shape(text) == ["= Phase 1 (open)", "[ ] a", "= Phase 2 (open)", "[ ] b"]


def test_the_list_behind_a_legend_of_one_line_is_work() -> None:
    assert shape("Legend: [B] boat, [S] sea\n\n- [B] a\n- [S] b\n") == ["unfiled", "[ ] a", "[ ] b"]


@pytest.mark.parametrize(
    "prose", ["[B] tasks = by boat", "[B] tasks wait for the tide", "[B] = boat", "[B] means x"]
)
def test_what_explains_a_mark_in_passing_is_prose(prose: str) -> None:
    text = f"Legend: `[B]` boat\n\n- [B] a\n\nMind:\n\n- {prose}\n"
    assert shape(text) == ["unfiled", "[ ] a"]


def test_the_links_of_a_legend_are_no_marks() -> None:
    assert shape("Legend: [k](u), [B] boat\n\n- [k] a\n- b\n\n# C\n1. [B] c\n") == ["= C (open)", "[ ] c"]


def test_a_legend_may_name_the_mark_last() -> None:
    assert shape("## Legend\n\n| means | mark |\n|---|---|\n| boat | [B] |\n\n## A\n\n- [B] a\n") == [
        "= A (open)", "[ ] a",
    ]  # fmt: skip


def test_the_mapping_wins_over_the_legend() -> None:
    assert only("- [*] a\n", marks={"*": "done"}).state == "done"


def test_an_unknown_mark_counts_only_beside_a_known_one() -> None:
    assert shape("- [P] tasks = prose\n") == []
    assert shape("- [ ] a\n- [?] b\n") == ["unfiled", "[ ] a", "[ ] b"]
    assert codes("- [ ] a\n- [?] b\n") == [(2, "unknown-mark")]


@pytest.mark.parametrize(
    "text", ["- [P] a\n- [P] b\n- c\n", "- [!] a\n", "1. [→] a\n2. [P] b\n", "- [ ] x\n  - [P] a\n"]
)
def test_a_list_of_marks_that_nobody_explains_is_told(text: str) -> None:
    assert [code for _, code in codes(text)] == ["unknown-mark"]
    assert "mapping.marks" in outline(text).warnings[0].message
    assert codes(text, marks={"P": "open", "!": "open", "→": "open"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "- [a] left\n- [b] right\n- [c] both\n", "- [1] a book\n- [2] a film\n", "- [†] a note\n",
        "- [k](u) link\n", "- [k] link\n\n[k]: u\n", "- [P] tasks = prose\n", "- [P] means prose\n",
        "- [P] a\n- b\n- c\n", "- [abc] d\n", "## Notes\n- [P] side by side\n", "Legend:\n- [P] side by side\n",
    ],
)  # fmt: skip
def test_brackets_that_are_no_marks_are_not_told(text: str) -> None:
    assert codes(text) == []


def test_a_box_without_a_space_is_open_and_warned_about() -> None:
    assert shape("- [] a\n") == ["unfiled", "[ ] a"]
    assert codes("- [] a\n") == [(1, "box-without-space")]


def test_what_is_struck_through_as_a_whole_is_dropped() -> None:
    assert shape("- [ ] ~~gone~~\n- [ ] ~~part~~ of it\n") == ["unfiled", "[-] gone", "[ ] part of it"]


def test_empty_boxes_and_placeholders_are_templates() -> None:
    text = "- [ ]\n- [ ] [DESCRIBE]\n- [ ] Feature A: [Describe it]\n- [ ] ...\n"
    assert shape(text) == ["unfiled", "[ ] Feature A: [Describe it]"]
    assert reasons(text) == [(1, 2, "template"), (4, 1, "template")]


def test_nested_boxes_are_the_checklist_at_any_depth() -> None:
    text = "- [ ] a\n  - [x] b\n    - [ ] c\n\t\t- [x] d\n  - note\n    - [ ] e\n- [ ] f\n"
    items = next(outline(text).tasks()).checklist
    assert [(item.text, item.done, item.depth, item.line) for item in items] == [
        ("b", True, 0, 2), ("c", False, 1, 3), ("d", True, 2, 4), ("e", False, 0, 6),
    ]  # fmt: skip


def test_states_of_parent_and_child_are_taken_literally() -> None:
    assert shape("- [x] a\n  - [ ] b\n") == ["unfiled", "[x] a +1"]


def test_a_box_under_a_plain_bullet_is_a_task() -> None:
    assert shape("- Group\n  - [ ] a\n  - [x] b\n") == ["unfiled", "[ ] a", "[x] b"]


# -- heading tasks -------------------------------------------------------------------------------------------------


def test_an_identified_heading_with_boxes_is_a_task() -> None:
    text = """
    # Plan
    ## Week 1
    ### Task 1.1: Read ✅
    - [ ] a
      - [x] b
    ### T-002 Write
    **Status**: In Progress
    ### US-3: Think
    - [x] c
    ### Story 4: nothing at all
    ## Week 2
    - [ ] d
    """
    assert shape(text) == [
        "= Week 1 (open)", "[x] Task 1.1: Read +2 <heading>", "[~] T-002 Write <heading>",
        "[x] US-3: Think +1 <heading>",
        "= Week 2 (open)", "[ ] d",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["Task", "Tâche", "Tarea", "Aufgabe", "Задача", "タスク", "任务"])
def test_the_word_for_task_exists_in_every_language(word: str) -> None:
    task = only(f"# T\n## {word} 3: x\n- [ ] a\n")
    assert (task.kind, task.identifier, len(task.checklist)) == ("heading", "3", 1)


def test_an_identified_heading_around_identified_headings_is_a_group() -> None:
    text = "# T\n## Story 1: All\n### Task 1: A\n- [ ] a\n### Task 2: B\n- [ ] b\n"
    assert shape(text) == [
        "= Story 1: All (open)",
        "[ ] Task 1: A +1 <heading>",
        "[ ] Task 2: B +1 <heading>",
    ]


def test_the_title_of_the_document_is_never_a_task() -> None:
    assert shape("# Task 7: everything\n- [ ] a\n") == ["= Task 7: everything (open)", "[ ] a"]


def test_an_explicit_status_beats_the_boxes() -> None:
    text = (
        "# T\n## Task 1: A\n**Status**: ✅ Completed\n- [ ] a\n## Task 2: B\n**Status**: [x] done\n- [ ] b\n"
    )
    assert [task.state.value for task in outline(text).tasks()] == ["done", "done"]


def test_acceptance_criteria_inside_a_task_are_its_checklist() -> None:
    text = (
        "# T\n## Task 1: A\n- [ ] a\n\n**Acceptance Criteria**:\n- [x] works\n\n"
        "### Definition of Done\n- [ ] documented\n"
    )
    task = only(text)
    assert [(item.text, item.group) for item in task.checklist] == [
        ("a", ""), ("works", "Acceptance Criteria"), ("documented", "Definition of Done"),
    ]  # fmt: skip


def test_counters_decide_between_headings_and_boxes() -> None:
    body = (
        "### A ⏳\n- [ ] one thing to do well\n- [ ] two things to do well\n### B ⏳\n"
        "- [ ] three things to do well\n"
    )
    headings = shape(f"# T\n## Week 1 (0/2 Complete)\n{body}## Week 2\n- [ ] z\n")
    boxes = shape(f"# T\n## Week 1 (0/3 Complete)\n{body}## Week 2\n- [ ] z\n")
    assert headings[:3] == ["= Week 1 (open)", "[ ] A +2 <heading>", "[ ] B +1 <heading>"]
    assert len(boxes) == 6


def test_fragments_under_headings_with_states_make_the_headings_tasks() -> None:
    text = (
        "# T\n## Week 1\n### Reader ⏳\n- [ ] parser\n- [ ] `x.py`\n### Writer ✅\n- [x] printer\n"
        "## Week 2\n- [ ] z\n"
    )
    assert shape(text)[1:3] == ["[ ] Reader +2 <heading>", "[x] Writer +1 <heading>"]
    assert (3, "heading-is-task") in codes(text)


def test_the_mapping_settles_what_is_a_task() -> None:
    text = "# T\n## Week 1\n### Reader ⏳\n- [ ] parser\n### Writer\n- [x] printer\n## Week 2\n- [ ] z\n"
    assert shape(text, task=("box",))[1] == "[ ] parser"
    assert shape(text, task=("Reader*",))[1] == "[ ] Reader +1 <heading>"
    assert reasons(text, task=("Reader*",)) == [
        (6, 1, "mapping: boxes are not tasks"),
        (8, 1, "mapping: boxes are not tasks"),
    ]


# -- lanes, bullets, tables ------------------------------------------------------------------------------------------


def test_lanes_are_states_and_no_milestones() -> None:
    text = "# Board\n## Backlog\n- [ ] a\n## Doing\n- [ ] b\n## Done\n- [ ] c\n- [x] d\n"
    assert shape(text) == ["unfiled", "[ ] a", "[~] b", "[x] c", "[x] d"]
    assert codes(text) == [(7, "lane-disagrees")]


def test_emoji_bullets_are_tasks_in_a_file_without_boxes() -> None:
    text = "# T\n## Phase 1\n- ✅ a\n- ⏳ b\n  - ✅ b1\n- prose\n## Phase 2\n- 🚧 c\n- ❌ d\n"
    assert shape(text) == [
        "= Phase 1 (open)", "[x] a <row>", "[ ] b +1 <row>", "= Phase 2 (open)", "[~] c <row>", "[ ] d <row>",
    ]  # fmt: skip


def test_emoji_bullets_are_no_tasks_beside_boxes() -> None:
    assert shape("# T\n## Phase 1\n- ✅ a\n- [ ] b\n## Phase 2\n- [ ] c\n")[1] == "[ ] b"


TABLE = (
    "# T\n## Reader\n| ID | Task | Status |\n|---|---|---|\n| 1.1 | **Read** it | [x] |\n"
    "| 1.1a | part | [ ] |\n| 1.2 | Write | [~] |\n"
)


def test_rows_with_box_marks_are_tasks() -> None:
    assert shape(TABLE) == ["= Reader (open)", "[x] Read it +1 <row>", "[~] Write <row>"]
    places = document(TABLE).places
    mark = places[next(iter(places))].mark
    assert mark is not None
    assert TABLE.encode()[mark.start : mark.end] == b"x"


def test_rows_with_words_are_tasks_on_request_only() -> None:
    text = "# T\n## Reader\n| Name | Status |\n|---|---|\n| Read | Done |\n| Write | ⏳ |\n"
    assert shape(text) == []
    assert shape(text, tables=True) == ["= Reader (open)", "[x] Read <row>", "[ ] Write <row>"]


# -- metadata, notes, long titles ------------------------------------------------------------------------------------


def test_metadata_lines_are_fields_with_their_places() -> None:
    text = """
    # T
    ## Task 1: A (3-4 hours)
    **Priority**: HIGH
    **Complexity**: Medium-High
    **Owner**: @ann
    **Due**: 2026-01-15

    Some prose.
    - [ ] a
    """
    task = only(text)
    assert task.labels == (("priority", "high"), ("complexity", "medium-high"))
    assert (task.estimate, task.assignees, str(task.due)) == ("3-4 hours", ("ann",), "2026-01-15")
    assert task.writable == {"labels.priority", "labels.complexity", "assignees", "due"}
    assert task.notes == "Some prose."
    read_as = document(text)
    (places,) = read_as.places.values()
    said = {name: read_as.source.slice(*span) for name, span in places.values.items()}
    assert said == {
        "labels.priority": "HIGH", "labels.complexity": "Medium-High", "assignees": "@ann", "due": "2026-01-15",
        "estimate": "3-4 hours",
    }  # fmt: skip


def test_metadata_in_a_box_is_kept_and_stays_in_the_title() -> None:
    task = only("- [ ] Ship it (2 days) @ann #infra 📅 2026-01-15\n")
    assert task.title == "Ship it (2 days) @ann #infra 📅 2026-01-15"
    assert (task.estimate, task.assignees, str(task.due), task.labels) == (
        "2 days", ("ann",), "2026-01-15", (("tags", "infra"),),
    )  # fmt: skip


def test_metadata_wrapped_to_a_box_is_no_title() -> None:
    task = only("- [ ] Ship\n  it\n  **Priority**: HIGH\n")
    assert (task.title, task.labels, set(task.writable)) == (
        "Ship it",
        (("priority", "high"),),
        {"labels.priority"},
    )


def test_code_and_numbers_are_no_people_and_no_tags() -> None:
    task = only("- [ ] add `@cache` to a@b.c and #9\n")
    assert (task.assignees, task.labels, task.refs) == ((), (), ())


def test_a_number_is_a_reference_only_on_request() -> None:
    text = "- [ ] see #9 and a/b#3, GH-4\n"
    assert only(text).refs == ("a/b#3", "GH-4")
    assert only(text, refs="issues").refs == ("a/b#3", "GH-4", "#9")


def test_notes_are_the_text_without_boxes_metadata_and_labels() -> None:
    text = """
    # T
    ## Task 1: A
    **Priority**: low

    First.

    - [ ] a
      - [ ] b

    **Files**:
    - `x.py`

    **Acceptance Criteria**:
    - [ ] c

    ---
    """
    assert only(text).notes == "First.\n\n**Files**:\n- `x.py`"


def test_notes_of_a_box_are_dedented() -> None:
    text = "- [ ] a\n  - [ ] b\n\n  **Summary**: it\n  went well\n\n      code\n- [ ] z\n"
    assert next(outline(text).tasks()).notes == "**Summary**: it\nwent well\n\n    code"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("**A bold lead here** " + "and words " * 40, "A bold lead here"),
        ("Long enough — " + "and words " * 40, None),
        ("Twelve chars and more — " + "and words " * 40, "Twelve chars and more"),
        ("First sentence is this. " + "and words " * 40, "First sentence is this."),
        ("`code — inside of code` then: " + "and words " * 40, "`code — inside of code` then"),
    ],
)
def test_a_title_that_is_too_long_is_cut_and_opens_the_notes(text: str, title: str | None) -> None:
    task = only(f"- [ ] {text}\n")
    assert len(task.title) <= 255
    assert task.notes == " ".join(text.replace("*", "").split())
    if title is not None:
        assert task.title == title


def test_identifiers_stand_in_the_title_and_are_kept() -> None:
    text = "- [ ] Task 1.10: a\n- [ ] T001 [P] b\n- [ ] US-12 c\n- [ ] 2.3 d\n- [ ] e\n"
    assert [task.identifier for task in outline(text).tasks()] == ["1.10", "T001", "US-12", "2.3", None]


def test_sections_are_the_headings_between_milestone_and_task() -> None:
    text = "# T\n## Phase 1\n### 1.1 Setup\n#### Deep ✅\n- [ ] a\n## Phase 2\n- [ ] b\n"
    assert [task.section for task in outline(text).tasks()] == [("1.1 Setup", "Deep"), ()]


def test_a_stamp_is_read_and_hidden() -> None:
    task = only("- [ ] a <!-- syncd:0abc-1 -->\n")
    assert (task.title, task.stamp) == ("a", "0abc-1")


def test_rules_have_defaults() -> None:
    assert ReadingRules() == ReadingRules(section="body", refs="none")


def test_headings_with_several_fields_of_a_task_are_tasks() -> None:
    body = "**Priority**: High\n**Status**: Open\n- [ ] write the whole thing down\n"
    text = f"# T\n## Week 1\n### Reader\n{body}### Writer\n{body}## Week 2\n- [ ] z\n"
    assert shape(text)[1:3] == ["[ ] Reader +1 <heading>", "[ ] Writer +1 <heading>"]


def test_what_a_task_waits_for_is_a_field_and_stays_in_the_text() -> None:
    text = """
    # T
    ## Task 1: A
    **Dependencies**: Week 3 complete, Task 0.1 and the database (running)

    - [ ] a
    ## Task 2: B
    **Depends on**: None
    """
    one, two = outline(text).tasks()
    assert one.depends == ("Week 3", "Task 0.1", "the database")
    assert one.notes.startswith("**Dependencies**: Week 3 complete")
    assert (two.depends, two.kind) == ((), "heading")


@pytest.mark.parametrize(
    ("title", "depends"),
    [
        ("4.2 Announce (blocked by 4.1)", ("4.1",)),
        ("T004 [US1] Album model (depends on T001, T002)", ("T001", "T002")),
        ("Write it, depends on Task 1.1 and #9", ("Task 1.1", "#9")),
        ("Do what the result depends on", ()),
    ],
)
def test_a_title_says_what_it_waits_for(title: str, depends: tuple[str, ...]) -> None:
    task = only(f"- [ ] {title}\n")
    assert (task.title, task.depends, task.refs) == (title, depends, ())


def test_a_star_behind_a_box_says_optional_and_is_no_title() -> None:
    text = "- [x] 1. Ledger\n  - [ ]* 1.1 Property test\n- [x]* 2. Docs\n"
    assert shape(text) == ["unfiled", "[x] 1. Ledger +1", "[x] 2. Docs"]
    assert outline(text).boxes == 3


# -- boards, and headings in files with hardly a box -----------------------------------------------------------------


def test_an_empty_lane_is_a_lane() -> None:
    assert shape("# B\n## To do\n## Doing\n## Done\n- [x] a\n") == ["unfiled", "[x] a"]


def test_horizons_are_milestones_and_no_board() -> None:
    assert shape("# R\n## Now\n- [ ] a\n## Later\n- [ ] b\n") == [
        "= Now (open)",
        "[ ] a",
        "= Later (open)",
        "[ ] b",
    ]
    assert shape("# R\n## Next\n- [ ] a\n## Done\n- [x] b\n") == ["unfiled", "[ ] a", "[x] b"]


def test_cards_in_a_lane_of_dropped_work_are_dropped() -> None:
    assert shape("# B\n## Done\n- [x] a\n## Cancelled\n- [ ] b\n") == ["unfiled", "[x] a", "[-] b"]


def test_groups_of_boxes_in_lanes_are_no_cards() -> None:
    text = (
        "# B\n## To do\n### Back\n- [ ] write one\n- [ ] write two\n## Done\n### Front\n- [x] write three\n"
    )
    assert shape(text) == ["unfiled", "[ ] write one", "[ ] write two", "[x] write three"]


def test_phases_in_lanes_are_the_milestones() -> None:
    text = "# B\n## Done\n### Phase 1\n- [x] a\n## To do\n### Phase 2\n- [ ] b\n"
    assert shape(text) == ["= Phase 1 (closed)", "[x] a", "= Phase 2 (open)", "[ ] b"]


def test_headings_with_fields_beside_boxes_are_tasks_only_if_they_say_a_state() -> None:
    risks = "## Risks\n### Fire\n**Priority**: high\n**Owner**: @ann\n### Flood\n**Priority**: low\n**Owner**: @bob\n"
    assert shape(f"# T\n## Phase 1\n- [ ] a\n## Phase 2\n- [ ] b\n{risks}") == [
        "= Phase 1 (open)", "[ ] a", "= Phase 2 (open)", "[ ] b",
    ]  # fmt: skip
    stated = risks.replace("**Owner**: @ann", "**Status**: done").replace(
        "**Owner**: @bob", "**Status**: open"
    )
    assert shape(f"# T\n## Phase 1\n- [ ] a\n{stated}")[-2:] == ["[x] Fire <heading>", "[ ] Flood <heading>"]


@pytest.mark.parametrize(
    ("lines", "title", "rest"),
    [
        ("Go on:\n      1. a\n      2. b", "Go on:", "1. a\n2. b"),
        ("Go on\n      - **a** b\n      * c", "Go on", "- **a** b\n* c"),
        ("Go on with `a`\n      1) a", "Go on with `a`", "1) a"),
        ("Go on\n  2. a", "Go on 2. a", ""),
        ("Go on\n  *a* b", "Go on a b", ""),
        ("Go <kbd>- a</kbd> on\n  b", "Go - a on b", ""),
        ("Go on at\n  -5 or\n  1.5 degrees", "Go on at -5 or 1.5 degrees", ""),
    ],
)
def test_a_list_that_is_indented_too_far_is_no_part_of_the_title(lines: str, title: str, rest: str) -> None:
    task = only(f"- [ ] {lines}\n")
    assert (task.title, task.notes) == (title, rest)


def test_boxes_that_are_indented_too_far_are_named() -> None:
    text = "- [ ] a\n      - [ ] b\n      - [x] c\n"
    assert shape(text) == ["unfiled", "[ ] a"]
    assert reasons(text) == [(2, 2, "not a list item: part of the text above")]


@pytest.mark.parametrize("line_break", ["  \n  ", "\\\n  ", "<br>", "<br />"])
def test_a_hard_line_break_ends_the_title_and_the_rest_is_notes(line_break: str) -> None:
    task = only(f"- [ ] **Move the call**{line_break}Take it out of the *view*.\n")
    assert (task.title, task.notes) == ("Move the call", "Take it out of the *view*.")


def test_a_soft_line_break_does_not_end_the_title() -> None:
    assert only("- [ ] **Move** the\n  call\n").title == "Move the call"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Type <leader>n", "Type <leader>n"),
        ("Return Vec<String>", "Return Vec<String>"),
        ("A <b>bold</b> word", "A bold word"),
        ("Gone <!-- a remark --> here", "Gone here"),
    ],
)
def test_angle_brackets_that_are_no_html_belong_to_the_title(text: str, title: str) -> None:
    assert only(f"- [ ] {text}\n").title == title


def test_a_step_with_a_box_of_its_own_is_a_task_of_the_phase_around_it() -> None:
    text = """
    ## Phase 1: Data
    ### [x] Step 1: Copy
    ### [ ] Step 2: Check
    ## Phase 2: Sync
    ### [ ] Step 3: Queue
    """
    assert shape(text) == [
        "= Phase 1: Data (open)", "[x] Step 1: Copy <heading>", "[ ] Step 2: Check <heading>",
        "= Phase 2: Sync (open)", "[ ] Step 3: Queue <heading>",
    ]  # fmt: skip


def test_a_phase_with_a_box_of_its_own_groups_the_boxes_under_it() -> None:
    text = "# T\n## [x] Phase 1: Data\n- [x] a\n## [ ] Phase 2: Sync\n- [ ] b\n"
    assert shape(text) == ["= Phase 1: Data (closed)", "[x] a", "= Phase 2: Sync (open)", "[ ] b"]


def test_a_code_of_one_letter_that_is_set_off_is_an_identifier() -> None:
    text = """
    ## Phase 1
    ### ✅ M-1.3 — Sort
    **Shipped:** v1
    ### M-1.4 — Filter
    **Complexity:** S
    ## Phase 2
    ### M-2.1: Tree
    **Complexity:** L
    """
    assert shape(text) == [
        "= Phase 1 (open)", "[x] M-1.3 — Sort <heading>", "[ ] M-1.4 — Filter <heading>",
        "= Phase 2 (open)", "[ ] M-2.1: Tree <heading>",
    ]  # fmt: skip
    assert outline("# T\n- [ ] E-3 reader\n- [ ] E-3: reader\n").milestones[0].tasks[0].identifier is None
