"""What an outline says to people who miss something in it."""

from __future__ import annotations

import pytest

from syncd.roadmap.outline import hints, why
from tests.unit.roadmap.outline_case import document

WORDS = "# T\n\n| Task | Status |\n|---|---|\n| a | Done |\n| b | ⏳ |\n| c | see below |\n"
MATRIX = "# T\n\n| Task | Server | Client |\n|---|---|---|\n| a | [x] | [ ] |\n"


def said(text: str, **rules: bool) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in hints(document(text, **rules))]


def test_a_table_whose_states_are_words_is_named_with_how_many_rows_it_would_be() -> None:
    assert said(WORDS) == [(3, "table-words")]
    # All three: with the mapping, a row whose words nobody knows is a task as well.
    message = next(hints(document(WORDS))).message
    assert "3 rows" in message
    assert "`mapping.tables: true`" in message


def test_a_file_that_holds_nothing_but_tables_of_words_is_told_the_way_to_read_them() -> None:
    text = "# T\n\n| Task | Status |\n|---|---|\n| a | complete |\n| b | complete |\n"
    assert said(text) == [(3, "table-words")]
    assert said(text, tables=True) == []


@pytest.mark.parametrize("status", ["`DONE`", "📋", "🔵", "**`IN_PROGRESS`**"])
def test_code_and_signs_are_states_that_a_hint_counts(status: str) -> None:
    text = f"# T\n\n| Feladat | Állapot |\n|---|---|\n| a | {status} |\n| b | {status} |\n"
    assert said(text) == [(3, "table-words")]
    assert said(text, tables=True) == []


def test_a_table_that_sums_up_the_milestones_needs_no_hint() -> None:
    table = "| Phase | Status |\n|---|---|\n| Phase 1: Core | ✅ Done |\n| Phase 2 | 🚧 |\n| Total | Done |\n"
    assert said(f"# T\n\n{table}\n## Phase 1: Core\n- [x] a\n\n## Phase 2: Edge\n- [ ] b\n") == []


def test_a_table_that_is_read_on_request_needs_no_hint() -> None:
    assert said(WORDS, tables=True) == []


def test_a_matrix_of_boxes_is_named() -> None:
    assert said(MATRIX) == [(3, "table-matrix")]


@pytest.mark.parametrize("text", ["# T\n\n- a\n- [completed] b\n", ""])
def test_a_file_without_boxes_is_told_what_a_task_is(text: str) -> None:
    assert said(text) == [(1, "no-boxes")]


def test_a_file_with_tasks_needs_no_hint() -> None:
    assert said("# T\n- [ ] a\n\n| Task | Owner |\n|---|---|\n| a | [x] |\n") == []


def test_reasons_are_sentences_and_name_the_setting() -> None:
    assert "Definition of Done" in why("section: Definition of Done")
    assert "mapping.include" in why("section: Notes")
    assert why("repeats line 3") == "repeats line 3"
