"""Tables: a column of states is one for all rows, and rows that stand for milestones are an overview."""

from __future__ import annotations

import pytest

from syncd.model.outline import Reading
from syncd.roadmap.outline import hints
from tests.unit.roadmap.outline_case import codes, document, shape


def table(head: str, *rows: str) -> str:
    """A Markdown table of lines whose cells are parted by ``|``."""
    rule = "|".join("---" for _ in head.split("|"))
    return "".join(f"|{line}|\n" for line in (head, rule, *rows))


# -- states in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "sign"),
    [
        ("`DONE`", "x"),
        ("`TODO`", " "),
        ("**`In progress`**", "~"),
        ("`NOT_STARTED`", " "),
        ("✅ `DONE`", "x"),
        ("📋", " "),
        ("🛠", "~"),
        ("🎉", "x"),
    ],
)
def test_code_and_emoji_in_a_status_cell_say_a_state(cell: str, sign: str) -> None:
    text = "# T\n\n" + table("Task|Status", f"a|{cell}", "b|Done")
    assert shape(text, tables=True)[1] == f"[{sign}] a <row>"
    assert codes(text, tables=True) == []


def test_words_joined_to_a_status_word_are_another_word() -> None:
    text = "# T\n\n" + table("Task|Status", "a|`DONE`", "b|`DONE_LOCALLY`", "c|Done")
    assert shape(text, tables=True)[1:] == ["[x] a <row>", "[ ] b <row>", "[x] c <row>"]
    assert codes(text, tables=True) == [(6, "unknown-status")]


@pytest.mark.parametrize("colour", ["🟢", "🔴", "🟡"])
def test_colours_are_signs_of_a_state_that_nobody_knows(colour: str) -> None:
    """A green light says that a thing goes well, not that it is done."""
    text = "# T\n\n" + table("Task|Status", f"a|{colour}", f"b|{colour}")
    assert shape(text, tables=True)[1:] == ["[ ] a <row>", "[ ] b <row>"]
    assert codes(text, tables=True) == [(5, "unknown-status"), (6, "unknown-status")]


def test_a_column_of_states_is_one_for_all_rows() -> None:
    text = "# T\n\n" + table("Task|Status", "a|Done", "b|With legal", "c|", "d|Planned", "e|Asked Jo", "f|—")
    # Two of five say a known state: too few.
    assert shape(text, tables=True)[1:] == ["[x] a <row>", "[ ] d <row>"]
    assert codes(text, tables=True) == [(6, "rows-not-tasks")]
    more = text + "|g|Done|\n|h|Done|\n"
    assert [line[4:5] for line in shape(more, tables=True)[1:]] == list("abcdefgh")
    assert [at for at, _ in codes(more, tables=True)] == [6, 9, 10]


def test_one_known_word_proves_no_column() -> None:
    text = "# T\n\n" + table("Task|Status", "a|Done", "b|With legal")
    assert shape(text, tables=True)[1:] == ["[x] a <row>"]
    assert codes(text, tables=True) == [(6, "rows-not-tasks")]


def test_tables_with_one_head_are_one_table() -> None:
    text = "# T\n\n## P0\n\n" + table("Task|Status", "a|Done", "b|With legal")
    text += (
        "\n## P1\n\n" + table("Task|Status", "c|With legal") + "\n## P2\n\n" + table("Task|Status", "d|Done")
    )
    assert shape(text, tables=True) == [
        "= P0 (open)", "[x] a <row>", "[ ] b <row>", "= P1 (open)", "[ ] c <row>", "= P2 (closed)", "[x] d <row>",
    ]  # fmt: skip
    other = text.replace("Task|Status|\n|---|---|\n|c", "Ask|Status|\n|---|---|\n|c")
    assert "[ ] c <row>" not in shape(other, tables=True)


def test_a_bold_title_alone_heads_rows_and_a_sum_is_none() -> None:
    text = "# T\n\n" + table(
        "Task|Owner|Status",
        "**Front**||",
        "a|Jo|Done",
        "b||",
        "c|Jo|Done",
        "**Total**|2|half",
        "Overall||Done",
    )
    assert shape(text, tables=True)[1:] == ["[x] a <row>", "[ ] b <row>", "[x] c <row>"]
    assert codes(text, tables=True) == [(5, "rows-not-tasks"), (9, "rows-not-tasks")]


def test_a_line_without_a_bar_right_behind_a_table_is_no_row_of_it() -> None:
    text = "# T\n\n" + table("Task|Status", "a|Done", "b|Planned") + "Ask Jo about the rest.\n"
    assert shape(text, tables=True)[1:] == ["[x] a <row>", "[ ] b <row>"]
    assert codes(text, tables=True) == [(7, "rows-not-tasks")]


@pytest.mark.parametrize(("one", "two"), [("12", "3"), ("1/12", "3/3"), ("12 items", "3 items")])
def test_a_column_of_tasks_that_counts_holds_no_titles(one: str, two: str) -> None:
    text = "# T\n\n" + table("Area|Tasks|Status", f"Engine|{one}|Done", f"Hull|{two}|Planned")
    assert shape(text, tables=True)[1:] == ["[x] Engine <row>", "[ ] Hull <row>"]
    titled = text.replace(one, "12 monkeys to feed").replace("Tasks", "Task")
    assert shape(titled, tables=True)[1] == "[x] 12 monkeys to feed <row>"


def test_beside_box_marks_words_say_states_without_being_asked_for() -> None:
    text = "# T\n\n" + table("Task|Done", "a|[x]", "b|[ ]", "c|In progress", "d|n/a", "e|[-] later")
    assert shape(text)[1:] == ["[x] a <row>", "[ ] b <row>", "[~] c <row>", "[ ] d <row>", "[-] e <row>"]
    assert codes(text) == [(8, "unknown-status")]


def test_a_table_of_words_stays_a_matter_of_asking() -> None:
    text = "# T\n\n- [ ] z\n\n" + table("Task|Status", "a|Done", "b|Done", "c|huh")
    assert shape(text) == ["= T (open)", "[ ] z"]
    assert codes(text) == []
    assert [one.code for one in hints(document(text))] == ["table-words"]


# -- rows that stand for milestones ----------------------------------------------------------------------------------

PHASES = "\n## Phase 1: Core\n- [x] a\n\n## Phase 2: Edge\n- [ ] b\n\n## Phase 3: Rest\nLater.\n"


@pytest.mark.parametrize(
    "rows",
    [
        ("Phase 1: Core|[x]", "Phase 2: Edge|[ ]", "Phase 3: Rest|[ ]"),
        ("Phase 1|[x]", "**Phase 2** - the edge|[ ]"),
        ("phase 1 (core)|[x]", "Phase 3|[ ]"),
        ("Core|[x]", "Edge|[ ]", "Something|[ ]"),
        ("Phase 1: Core|[x]", "Phase 2|[ ]", "Launch party|[ ]"),
    ],
)
def test_a_table_whose_rows_mostly_name_milestones_is_an_overview(rows: tuple[str, ...]) -> None:
    text = f"# T\n{PHASES}\n## Summary\n\n" + table("Part|Done", *rows)
    assert shape(text) == ["= Phase 1: Core (closed)", "[x] a", "= Phase 2: Edge (open)", "[ ] b"]
    assert codes(text) == [(16, "rows-not-tasks")]
    assert f"{len(rows)} rows" in document(text).outline.warnings[0].message


def test_one_row_that_names_a_milestone_is_none_of_the_tasks_around_it() -> None:
    text = f"# T\n{PHASES}\n## Summary\n\n" + table("Part|Done", "c|[ ]", "Phase 2: Edge|[ ]", "d|[x]")
    assert shape(text)[-3:] == ["= Summary (open)", "[ ] c <row>", "[x] d <row>"]
    assert codes(text) == [(17, "rows-not-tasks")]


@pytest.mark.parametrize("title", ["Phase 2 drawings", "Core", "Phase 4: More", "Edges"])
def test_a_row_that_only_sounds_like_a_milestone_is_a_task(title: str) -> None:
    text = f"# T\n{PHASES}\n## Summary\n\n" + table("Part|Done", "c|[ ]", f"{title}|[ ]", "d|[x]")
    assert f"[ ] {title} <row>" in shape(text)
    assert codes(text) == []


def test_a_part_of_a_title_proves_nothing_alone() -> None:
    text = f"# T\n{PHASES}\n## Summary\n\n" + table("Part|Done", "Core|[ ]")
    assert shape(text)[-2:] == ["= Summary (open)", "[ ] Core <row>"]


def test_rows_are_tasks_where_the_headings_that_they_name_hold_none() -> None:
    text = (
        "# T\n\n"
        + table("Part|Done", "Phase 1|[x]", "Phase 2|[ ]")
        + "\n## Phase 1\nText.\n\n## Phase 2\nText.\n"
    )
    assert shape(text) == ["= T (open)", "[x] Phase 1 <row>", "[ ] Phase 2 <row>"]
    assert codes(text) == []


def test_a_row_may_bear_the_name_of_the_heading_that_it_stands_under() -> None:
    text = "# T\n\n## Glue\n\n" + table("Task|Done", "Glue|[ ]", "Wait|[ ]") + "\n## Paint\n- [ ] b\n"
    tasks = ["= Glue (open)", "[ ] Glue <row>", "[ ] Wait <row>"]
    assert shape(text)[:3] == tasks
    assert shape(text, Reading(2, ("Glue", "Paint")))[:3] == tasks


def test_what_repeats_a_milestone_says_no_state_that_has_to_be_known() -> None:
    text = f"# T\n{PHASES}\n" + table("Part|Status", "Phase 1|Done", "Phase 2|half way", "Phase 3|Planned")
    assert codes(text, tables=True) == [(14, "rows-not-tasks")]


def test_a_row_that_stood_for_a_milestone_at_the_first_sync_becomes_no_task_when_somebody_renames_the_heading() -> (
    None
):
    text = f"# T\n{PHASES}\n## Summary\n\n" + table("Part|Done", "Core work|[x]", "Party|[ ]")
    first = text.replace("## Phase 1: Core", "## Core work")
    assert "[ ] Party <row>" in shape(first)
    remembered = Reading(2, ("Core work", "Phase 2: Edge", "Summary"))
    assert "[x] Core work <row>" in shape(text)
    assert "[x] Core work <row>" not in shape(text, remembered)
