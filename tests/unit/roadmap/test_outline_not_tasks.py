"""Boxes that are not tasks, and text that is not read (reading-roadmaps §2, §5)."""

from __future__ import annotations

import pytest

from syncd.errors import ConfigError
from tests.unit.roadmap.outline_case import accounted, codes, outline, reasons, shape

WORK = "# T\n## Phase 1\n- [ ] a\n## Phase 2\n- [ ] b\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Definition of Done", "🎯 DEFINITION OF DONE", "7. Acceptance Criteria:", "Phase 1 Success Criteria",
        "Self-Review Checklist", "Acceptance Criteria Met", "Success Metrics for launch", "Validation Checklist",
        "Quality Gates", "Priorities", "Notes", "Notes & ideas", "Legend", "Format: how to read", "Schedule",
        "Exit Criteria (all)", "Final Goals", "验收标准", "Criterios de Aceptación", "Critères d'acceptation",
        "Acceptance", "Exit gate", "10. Acceptance gates", "Метрики успеха",
        "Definition of Ready", "Definition of beta done", "Tiêu chí nghiệm thu", "Klaar wanneer",
    ],
)  # fmt: skip
def test_sections_that_are_no_work_are_put_aside(heading: str) -> None:
    text = f"{WORK}## {heading}\n- [ ] c\n### Inner\n- [x] d\n"
    assert [count for _, count, _ in reasons(text)] == [2]
    assert len(list(outline(text).tasks())) == 2


@pytest.mark.parametrize(
    "heading",
    [
        "Security Checklist",
        "Release notes page",
        "Notebook",
        "Reschedule jobs",
        "Data formats",
        "Acceptance tests",
        "Acceptance & handover",
        "Definition of the wire format",
        "Priority queue",
    ],
)
def test_sections_that_only_sound_like_it_are_work(heading: str) -> None:
    assert len(list(outline(f"{WORK}## {heading}\n- [ ] c\n").tasks())) == 3


@pytest.mark.parametrize("text", ["TBD", "TBA", "TBD (broken down when it starts)", "<what>", "..."])
def test_a_box_that_only_holds_a_place_is_no_task(text: str) -> None:
    assert reasons(f"{WORK}- [ ] {text}\n") == [(6, 1, "template")]


@pytest.mark.parametrize("text", ["TBD sections of the manual", "Table of contents", "TBD: ask the owner"])
def test_a_box_that_says_more_than_a_place_is_a_task(text: str) -> None:
    assert reasons(f"{WORK}- [ ] {text}\n") == []


def test_a_schedule_and_something_else_with_phases_in_it_is_work() -> None:
    text = "# T\n## Schedule & Milestones\n### Milestone 1: Base\n- [x] a\n### Milestone 2: Next\n- [ ] b\n"
    assert shape(text) == ["= Milestone 1: Base (closed)", "[x] a", "= Milestone 2: Next (open)", "[ ] b"]


def test_criteria_and_something_else_by_phase_stay_criteria() -> None:
    text = f"{WORK}## Schedule & Success Criteria\n### Phase 1\n- [ ] c\n### Phase 2\n- [ ] d\n"
    assert [count for _, count, _ in reasons(text)] == [2]


def test_a_bold_paragraph_heading_counts_too() -> None:
    text = f"{WORK}\n**Definition of Done:**\n\n- [ ] c\n- [ ] d\n"
    assert reasons(text) == [(9, 2, "section: Definition of Done")]


def test_the_mapping_ignores_and_includes_headings() -> None:
    text = f"{WORK}## Definition of Done\n- [ ] c\n## Later\n- [ ] d\n"
    assert shape(text, include=("definition of done",), ignore=("Later",)) == [
        "= Phase 1 (open)", "[ ] a", "= Phase 2 (open)", "[ ] b", "= Definition of Done (open)", "[ ] c",
    ]  # fmt: skip
    assert reasons(text, ignore=("Later",))[-1] == (9, 1, "section: Later")


@pytest.mark.parametrize("name", ["ignore", "include"])
def test_an_unknown_heading_in_the_mapping_lists_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match=f"mapping.{name}: no heading 'Latr'") as caught:
        outline(WORK, **{name: ("Latr",)})
    assert "Phase 1, Phase 2" in caught.value.hint


def test_a_box_that_repeats_a_heading_task_is_named() -> None:
    text = """
    # T
    ## Overview
    - [x] Task 1: Read the file
    - [ ] Complete Task 2: Write it
    - [ ] and so on
    ## Task 1: Read the file
    - [ ] a
    ## Task 2: Write the file
    - [ ] b
    """
    assert shape(text) == [
        "= T (open)", "[ ] Task 1: Read the file +1 <heading>", "[ ] Task 2: Write the file +1 <heading>",
    ]  # fmt: skip
    assert reasons(text) == [(3, 1, "repeats line 6"), (4, 1, "repeats line 8"), (5, 1, "overview")]
    assert codes(text) == [(3, "overview-disagrees")]


def test_the_same_number_with_other_words_repeats_nothing() -> None:
    text = "# T\n## Summary\n- [ ] Task 1: Paint\n- [ ] x\n## Task 1: Read the file\n- [ ] a\n"
    assert reasons(text) == []


# -- what is not read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hidden", "region"),
    [
        ("```\n- [ ] c\n# No heading\n```\n", "a code fence"),
        ("~~~md\n- [ ] c\n~~~\n", "a code fence"),
        ("para\n\n    - [ ] c\n", "indented code"),
        ("<!-- later\n- [ ] c\n-->\n", "an HTML comment"),
        ("> - [ ] c\n", "a block quote"),
        ("<div>\n- [ ] c\n</div>\n", "an HTML block"),
    ],
)
def test_hidden_boxes_are_no_boxes_and_warned_about_once(hidden: str, region: str) -> None:
    read_as = outline(f"# T\n- [ ] a\n\n{hidden}")
    assert [task.title for task in read_as.tasks()] == ["a"]
    assert read_as.boxes == 1
    assert [(w.code, region in w.message) for w in read_as.warnings] == [("boxes-not-read", True)]


def test_quotes_are_read_on_request() -> None:
    assert len(list(outline("> - [ ] a\n> - [x] b\n", quotes=True).tasks())) == 2


def test_details_are_read() -> None:
    text = "# T\n<details>\n<summary>More</summary>\n\n## Phase 1\n- [ ] a\n\n</details>\n\n## Phase 2\n- [ ] b\n"
    assert shape(text) == ["= Phase 1 (open)", "[ ] a", "= Phase 2 (open)", "[ ] b"]


@pytest.mark.parametrize("front", ["---\ntitle: x\nitems:\n- [ ] no\n---\n", "+++\na = 1\n+++\n"])
def test_front_matter_is_not_read(front: str) -> None:
    assert shape(f"{front}# T\n- [ ] a\n") == ["= T (open)", "[ ] a"]


def test_rules_between_sections_are_no_front_matter() -> None:
    text = "---\n\n# T\n\n---\n- [ ] a\n\n---\n"
    assert shape(text) == ["= T (open)", "[ ] a"]


def test_a_fence_left_open_is_read_with_nested_fences() -> None:
    text = "# T\n```markdown\nx\n```bash\n- [ ] no\n```\n- [ ] no\n```\n- [ ] a\n"
    assert shape(text) == ["= T (open)", "[ ] a"]
    assert codes(text) == [(2, "boxes-not-read"), (8, "fence-nested")]


def test_a_fence_that_is_never_closed_hides_the_rest() -> None:
    text = "# T\n- [ ] a\n```\n- [ ] hidden\n"
    assert shape(text) == ["= T (open)", "[ ] a"]
    assert codes(text) == [(3, "boxes-not-read"), (3, "fence-open")]


def test_a_box_inside_a_paragraph_is_named_and_not_lost() -> None:
    read_as = outline("# T\n- [ ] a\n\nSome prose\n7. [ ] part of the prose\n")
    assert read_as.boxes == accounted(read_as) == 2
    assert [(entry.first, entry.boxes) for entry in read_as.not_tasks] == [(5, 1)]
