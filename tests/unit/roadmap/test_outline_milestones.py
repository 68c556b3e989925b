"""Which headings are milestones (reading-roadmaps §3)."""

from __future__ import annotations

import pytest

from syncd.errors import ConfigError
from syncd.model.changes import SetMilestone, SetTask
from syncd.model.outline import Reading
from syncd.model.values import Field
from tests.unit.roadmap.editor_case import milestone, reading, realised, refusal, task
from tests.unit.roadmap.outline_case import codes, outline, reasons, shape


def test_phases_are_milestones_and_so_is_every_heading_of_their_level_with_tasks() -> None:
    text = """
    # Plan
    ## Phase 1: Ground
    - [x] a
    ## Phase 2: Walls
    ### 2.1 Inner
    - [ ] b
    ## Icebox
    - [ ] c
    ## Empty
    """
    assert shape(text) == [
        "= Phase 1: Ground (closed)", "[x] a", "= Phase 2: Walls (open)", "[ ] b", "= Icebox (open)", "[ ] c",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Week 1", "Week 2: Setup"),
        ("Sprint 3 — API", "Sprint 4"),
        ("M1 Core", "M2 Edges"),
        ("Q1 2026", "Q2 2026"),
        ("v1.2", "v2.0 (planned)"),
        ("P0 — Now", "P1: Soon"),
        ("✅ Stage 1", "⏳ Stage 2"),
        ("Fase 1: Inicio", "Fase 2: Fin"),
        ("Étape 1", "Étape 2"),
        ("阶段 1：准备", "阶段 2：开发"),
        ("第一阶段：准备", "第二阶段：开发"),
        ("フェーズ1", "フェーズ2"),
        ("Этап 1. Начало", "Этап 2. Конец"),
        ("1. Phase 1", "2. Phase 2"),
    ],
)
def test_a_phase_in_many_words_is_the_milestone_level(one: str, two: str) -> None:
    text = f"# T\n## Part of it\n### {one}\n- [ ] a\n### {two}\n- [ ] b\n"
    assert outline(text).reading.level == 3


def test_a_bare_number_is_numbering_and_no_version() -> None:
    text = "# T\n## Setup\n### 1.1 A\n- [ ] a\n### 1.2 B\n- [ ] b\n## Run\n### 2.1 C\n- [ ] c\n"
    assert shape(text)[::3] == ["= Setup (open)", "= Run (open)"]


def test_phases_that_hold_less_than_half_of_the_work_are_not_the_level() -> None:
    text = "# T\n## Core\n" + "- [ ] a\n" * 9 + "## More\n### Phase 1\n- [ ] b\n### Phase 2\n- [ ] c\n"
    assert outline(text).reading.level == 2


def test_several_top_headings_with_tasks_are_the_milestones() -> None:
    assert shape("# One\n- [ ] a\n# Two\n## Inner\n- [ ] b\n") == [
        "= One (open)",
        "[ ] a",
        "= Two (open)",
        "[ ] b",
    ]


def test_generic_headings_alone_give_way_to_the_level_below() -> None:
    text = "# T\n## Tasks\n### Alpha\n- [ ] a\n### Beta\n- [ ] b\n"
    assert shape(text) == ["= Alpha (open)", "[ ] a", "= Beta (open)", "[ ] b"]


def test_generic_headings_alone_with_nothing_below_leave_the_title() -> None:
    assert shape("# Tidy up\n## Tasks\n- [ ] a\n## Steps\n- [ ] b\n") == [
        "= Tidy up (open)",
        "[ ] a",
        "[ ] b",
    ]


def test_without_second_level_headings_the_shallowest_level_with_two_counts() -> None:
    assert outline("# T\n#### A\n- [ ] a\n#### B\n- [ ] b\n").reading.level == 4


def test_the_title_is_the_one_milestone_when_nothing_groups() -> None:
    assert shape("# Shopping\n- [ ] a\n- [x] b\n") == ["= Shopping (open)", "[ ] a", "[x] b"]


def test_boxes_without_any_heading_are_unfiled() -> None:
    assert shape("- [ ] a\n- [x] b\n") == ["unfiled", "[ ] a", "[x] b"]


def test_boxes_outside_every_milestone_make_the_nearest_heading_one() -> None:
    text = (
        "# T\n- [ ] loose\n## Misc\n- [ ] m\n## Plan\n### Phase 1\n- [ ] a\n- [ ] b\n### Phase 2\n- [ ] c\n"
    )
    assert shape(text) == [
        "= Misc (open)", "[ ] m", "= Phase 1 (open)", "[ ] a", "[ ] b", "= Phase 2 (open)", "[ ] c",
        "unfiled", "[ ] loose",
    ]  # fmt: skip


def test_bold_paragraphs_that_name_phases_are_milestones() -> None:
    text = "# T\n\n**Phase 1: Ground**\n\n- [x] a\n\n**Phase 2: Walls**\n\n- [ ] b\n"
    assert shape(text) == ["= Phase 1: Ground (closed)", "[x] a", "= Phase 2: Walls (open)", "[ ] b"]


def test_a_milestone_is_closed_only_if_its_heading_does_not_say_otherwise() -> None:
    text = "## ⏳ Phase 1\n- [x] a\n## Phase 2 (In Progress)\n- [x] b\n## Phase 3\n- [x] c\n- [-] d\n"
    assert [m.state.value for m in outline(text).milestones] == ["open", "open", "closed"]


def test_a_heading_that_says_done_over_open_boxes_disagrees() -> None:
    text = "## ✅ Phase 1\n- [ ] a\n## Phase 2 (0/5 Complete)\n- [ ] b\n"
    assert [m.state.value for m in outline(text).milestones] == ["open", "open"]
    assert codes(text) == [(1, "heading-disagrees")]


def test_a_box_that_names_a_phase_is_its_state() -> None:
    text = """
    # T
    ## Phases
    - [x] **Phase 1: Ground** — 4/4 plans
    - [ ] Phase 2: Walls
    - [x] **Phase 0: Idea** - long ago
    ## Phase 1: Ground
    - [ ] a
    ## Phase 2: Walls
    - [ ] b
    """
    assert shape(text) == [
        "= Phase 0: Idea (closed)", "= Phase 1: Ground (closed)", "[ ] a", "= Phase 2: Walls (open)", "[ ] b",
    ]  # fmt: skip
    assert reasons(text) == [(3, 3, "milestone box")]
    assert codes(text) == [(3, "milestone-disagrees")]


def test_boxes_that_name_phases_are_tasks_where_no_heading_is_a_phase() -> None:
    assert shape("# T\n- [ ] Phase 1: a\n- [ ] Phase 2: b\n") == [
        "= T (open)",
        "[ ] Phase 1: a",
        "[ ] Phase 2: b",
    ]


def test_a_version_is_an_ordinary_task() -> None:
    text = "## Phase 1\n- [ ] v1.0 release\n- [ ] P01 — more\n## Phase 2\n- [ ] b\n"
    assert len(list(outline(text).tasks())) == 3


def test_a_heading_that_was_a_milestone_stays_one_without_boxes() -> None:
    first = outline("# T\n## Phase 1\n- [ ] a\n## Phase 2\n- [ ] b\n").reading
    assert first == Reading(2, ("Phase 1", "Phase 2"))
    later = "# T\n## Phase 1\n## Phase 2\n- [ ] b\n### Deep\n- [ ] c\n### Deeper\n- [ ] d\n"
    assert shape(later, first) == ["= Phase 1 (open)", "= Phase 2 (open)", "[ ] b", "[ ] c", "[ ] d"]


def test_what_auto_would_say_today_is_only_a_warning() -> None:
    text = "# T\n## Phase 1\n- [ ] a\n## Phase 2\n- [ ] b\n"
    assert shape(text, Reading(0, ("T",))) == ["= T (open)", "[ ] a", "[ ] b"]
    assert (1, "reading-changed") in codes(text, Reading(0, ("T",)))


def test_the_mapping_names_a_level_or_a_pattern() -> None:
    text = "# T\n## A\n### Week 1\n- [ ] a\n### Week 2\n- [ ] b\n### Rest\n- [ ] c\n"
    assert shape(text, milestone="h2") == ["= A (open)", "[ ] a", "[ ] b", "[ ] c"]
    assert shape(text, milestone="Week *")[:4] == ["= Week 1 (open)", "[ ] a", "= Week 2 (open)", "[ ] b"]
    with pytest.raises(ConfigError, match="no heading matches") as caught:
        outline(text, milestone="Month *")
    assert "Week 1" in caught.value.hint


def test_the_path_of_a_milestone_are_the_headings_above_it() -> None:
    read_as = outline("# T\n## Done ✅\n### Phase 1\n- [x] a\n## Open\n### Phase 2\n- [ ] b\n")
    assert [m.path for m in read_as.milestones] == [("T", "Done"), ("T", "Open")]


def test_priority_and_due_date_of_a_milestone_are_kept_with_their_places() -> None:
    text = "# T\n## Phase 1 - HIGH PRIORITY\n- [ ] a\n## Phase 2\n**Due**: 2026-03-01\n**Priority**: Low\n\n- [ ] b\n"
    one, two = outline(text).milestones
    assert (one.title, one.labels, set(one.writable)) == (
        "Phase 1",
        (("priority", "high"),),
        {"labels.priority"},
    )
    assert (two.due and two.due.isoformat(), two.labels) == ("2026-03-01", (("priority", "low"),))
    assert two.writable == {"labels.priority", "due"}


def test_a_heading_without_text_is_no_milestone() -> None:
    assert shape("# T\n## A\n- [ ] a\n## <!-- x -->\n- [ ] b\n## B\n- [ ] c\n") == [
        "= A (open)", "[ ] a", "= B (open)", "[ ] c", "unfiled", "[ ] b",
    ]  # fmt: skip


def test_a_renamed_title_stays_the_one_milestone() -> None:
    first = outline("# Shopping\n- [ ] a\n").reading
    assert shape("# Errands\n## Town\n- [ ] a\n", first) == ["= Errands (open)", "[ ] a"]


def test_several_top_headings_with_boxes_leave_no_title() -> None:
    assert shape("# Phase 1\n- [ ] a\n# Phase 2\n- [ ] b\n") == [
        "= Phase 1 (open)",
        "[ ] a",
        "= Phase 2 (open)",
        "[ ] b",
    ]


def test_a_subheading_that_shares_a_milestones_name_is_none() -> None:
    text = "# T\n## Phase 1\n### Setup\n- [ ] a\n## Setup\n- [ ] b\n"
    first = outline(text, milestone="h2").reading
    assert shape(text, first) == ["= Phase 1 (open)", "[ ] a", "= Setup (open)", "[ ] b"]


def test_without_headings_bold_paragraphs_group() -> None:
    text = (
        "# Work\n\n**Backend**\n\n- [x] a\n\n**Frontend:**\n\n- [ ] b\n\n**Definition of Done**\n\n- [ ] c\n"
    )
    assert shape(text) == ["= Backend (closed)", "[x] a", "= Frontend (open)", "[ ] b"]
    assert reasons(text) == [(13, 1, "section: Definition of Done")]


def test_a_phase_box_is_titled_without_counter_and_date() -> None:
    text = (
        "# T\n- [x] Phase 1: Ground (3/3 plans) — completed 2026-03-22\n## Phase 2: Walls\n"
        "- [ ] a\n## Phase 3\n- [ ] b\n"
    )
    assert shape(text)[0] == "= Phase 1: Ground (closed)"


def test_a_phase_heading_that_a_box_names_is_a_milestone_without_boxes_of_its_own() -> None:
    text = """
    # T
    ## Phases
    - [x] Phase 1: Old
    - [x] **Phase 2: Ground** - base
    - [ ] **Phase 3: Walls** - more
    ## Details
    ### Phase 2: Ground
    - [x] 02-01: a
    ### Phase 3: Walls
    To be planned.
    """
    assert shape(text) == [
        "= Phase 1: Old (closed)", "= Phase 2: Ground (closed)", "[x] 02-01: a", "= Phase 3: Walls (open)",
    ]  # fmt: skip


def test_of_two_remembered_headings_with_one_name_the_empty_one_is_none() -> None:
    text = "# T\n## Phase 1\nprose\n## Phase 2\n- [ ] a\n## Phase 1\n- [ ] b\n"
    assert shape(text, outline(text).reading) == shape(text)


# -- boards that say they are one (kanban-plugin in the front matter) ------------------------------------------------

COLUMNS = "---\n\nkanban-plugin: board\n\n---\n\n"


def test_a_declared_board_with_a_column_of_work_has_no_milestones() -> None:
    text = COLUMNS + "## Bugs\n- [ ] a\n## Doing\n- [ ] b\n"
    assert shape(text) == ["unfiled", "[ ] a", "[~] b"]


def test_a_declared_board_without_a_column_of_work_keeps_its_milestones() -> None:
    text = COLUMNS + "## Short term\n- [ ] a\n## Long term\n- [ ] b\n"
    assert shape(text) == ["= Short term (open)", "[ ] a", "= Long term (open)", "[ ] b"]


def test_the_same_columns_without_a_declaration_are_milestones() -> None:
    text = "## Bugs\n- [ ] a\n## Doing\n- [ ] b\n"
    assert shape(text) == ["= Bugs (open)", "[ ] a", "= Doing (open)", "[ ] b"]


@pytest.mark.parametrize("first", ["\n- [ ] a\n", "\nSome words: and more\n", "\nNo key\n"])
def test_prose_between_two_rules_is_read(first: str) -> None:
    assert shape(f"---\n{first}\n---\n\n- [ ] b\n")[-1] == "[ ] b"


def test_a_remark_with_a_number_says_which_and_is_no_lane() -> None:
    text = "## Completed (v1.0)\n- [x] a\n## Planned (v1.1)\n- [ ] b\n"
    assert shape(text)[0] == "= Completed (v1.0) (closed)"


# -- boards whose cards name their milestones ------------------------------------------------------------------------

TAGGED = "## To do\n- [ ] a {}\n## Done\n- [x] z\n"


@pytest.mark.parametrize(
    ("tag", "milestone"),
    [
        ("#v1.2", "v1.2"),
        ("#sprint-3", "sprint-3"),
        ("#milestone/MVP", "MVP"),
        ("milestone: v2", "v2"),
        ("[milestone:: v2]", "v2"),
        ("#p1", None),
        ("#bug", None),
        ("`#v1.2`", None),
        ("x#v1.2", None),
        ("first milestone: done", None),
        ("[#v1.2](there)", None),
    ],
)
def test_a_card_may_name_its_milestone(tag: str, milestone: str | None) -> None:
    found = [one.title for one in outline(TAGGED.format(tag)).milestones]
    assert found == ([milestone] if milestone else [])


def test_outside_boards_a_tag_names_no_milestone() -> None:
    assert shape("# T\n- [ ] a #v1.2\n") == ["= T (open)", "[ ] a #v1.2"]


def test_one_name_in_two_spellings_is_one_milestone() -> None:
    text = "## To do\n- [ ] a #V2\n- [ ] b #v2\n## Done\n- [x] c #v1\n"
    assert shape(text) == ["= v1 (closed)", "[x] c #v1", "= V2 (open)", "[ ] a #V2", "[ ] b #v2"]


def test_a_card_takes_its_milestone_to_another_lane() -> None:
    document = reading("## To do\n- [ ] a #v2\n- [ ] b #v1\n## Done\n- [x] c #v2\n")
    result = realised(document, SetTask(task(document, "a #v2"), Field.STATE, "done"))
    assert not result.no_place
    assert result.document.source.text == "## To do\n- [ ] b #v1\n## Done\n- [x] c #v2\n- [x] a #v2\n"


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] a\n### b\n- [ ] a\n## Phase 1\n### b\n- [ ] a\n",
        "- [ ] a\n### b\n- [ ] a\n## c\n### b\n- [ ] a\n",
    ],
)
def test_what_was_no_milestone_inside_another_does_not_become_one_by_its_name(text: str) -> None:
    assert shape(text, outline(text).reading) == shape(text)


# -- what is folded away ---------------------------------------------------------------------------------------------

FOLDED = "# T\n\n<details><summary>{}</summary>\n\n- [x] a\n\n</details>\n\n- [ ] b\n\n## v2 Next\n- [ ] c\n"


def test_a_summary_that_names_a_phase_heads_what_is_folded_away_and_no_more() -> None:
    found = shape(FOLDED.format("<b>v1</b> First"))
    assert found == ["= v1 First (closed)", "[x] a", "= v2 Next (open)", "[ ] c", "unfiled", "[ ] b"]


def test_another_summary_heads_nothing() -> None:
    assert shape(FOLDED.format("More")) == ["= v2 Next (open)", "[ ] c", "unfiled", "[x] a", "[ ] b"]


def test_a_summary_is_not_renamed() -> None:
    text = FOLDED.format("v1 First")
    assert "HTML" in refusal(
        text, lambda read_as: SetMilestone(milestone(read_as, "v1 First"), Field.TITLE, "</summary><script>")
    )


def test_a_tag_is_renamed_only_where_it_stays_one() -> None:
    text = "## To do\n- [ ] a #v1\n- [ ] b #v1\n## Done\n- [x] c #v2\n"
    assert refusal(text, lambda read_as: SetMilestone(milestone(read_as, "v1"), Field.TITLE, "v3"))
    assert refusal(text, lambda read_as: SetMilestone(milestone(read_as, "v2"), Field.TITLE, "Big day"))


@pytest.mark.parametrize("opening", ["Recommended order", "Build order"])
def test_a_heading_that_only_names_an_order_groups_no_more_than_a_plan_does(opening: str) -> None:
    text = f"# T\n## {opening}\n### Parser first\n- [x] a\n### Then the store\n- [ ] b\n"
    assert shape(text) == ["= Parser first (closed)", "[x] a", "= Then the store (open)", "[ ] b"]


@pytest.mark.parametrize("opening", ["Global Constraints", "Constraints", "Assumptions"])
def test_what_a_plan_opens_with_is_no_milestone_of_its_tasks(opening: str) -> None:
    text = f"# T\n## {opening}\n- no new dependency\n### Task 1: Parse\n- [x] a\n### Task 2: Store\n- [ ] b\n"
    assert shape(text) == ["= T (open)", "[x] Task 1: Parse +1 <heading>", "[ ] Task 2: Store +1 <heading>"]


def test_one_phase_with_boxes_is_enough_beside_phases_that_have_not_begun() -> None:
    phases = "### Phase 1: Base\n- [x] a\n### Phase 2: Next\n### Phase 3: Last\n"
    assert shape(f"# T\n## What we plan\n{phases}") == ["= Phase 1: Base (closed)", "[x] a"]
    assert shape("# T\n## What we plan\n### Phase 1: Base\n- [x] a\n### Other\n") == [
        "= What we plan (closed)",
        "[x] a",
    ]
    half = f"# T\n## What we plan\n{phases}## Much more\n- [ ] b\n- [ ] c\n"
    assert shape(half) == ["= What we plan (closed)", "[x] a", "= Much more (open)", "[ ] b", "[ ] c"]


@pytest.mark.parametrize("word", ["Jour", "Día", "День", "Квартал"])
def test_days_and_quarters_are_phases_in_other_languages_too(word: str) -> None:
    text = f"# T\n## Horaire\n### {word} 1\n- [x] a\n### {word} 2\n- [ ] b\n"
    assert shape(text) == [f"= {word} 1 (closed)", "[x] a", f"= {word} 2 (open)", "[ ] b"]
