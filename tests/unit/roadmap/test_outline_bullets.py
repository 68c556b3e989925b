"""Bullets that say a state are tasks in a file without boxes; what looks like them and says none is not."""

from __future__ import annotations

import pytest

from syncd.model.outline import Reading
from syncd.roadmap.outline import hints
from tests.unit.roadmap.outline_case import codes, document, shape

LANES = "# S\n## Completed\n- ✅ a\n## In Progress\n- 🔄 b\n## Planned\n- ⏳ c\n- d\n"
ANYWHERE = "# S\n## Disk\n- ✅ a\n- ✅ b\n- ✅ c\n- ✅ d\n- e\n## Net\n1. f ✅\n2. g ⏳\n"


# -- where -------------------------------------------------------------------------------------------------------------


def test_under_lanes_bullets_with_emoji_are_cards() -> None:
    assert shape(LANES) == ["unfiled", "[x] a <row>", "[~] b <row>", "[ ] c <row>"]


def test_a_card_goes_by_its_lane_as_a_box_does() -> None:
    text = "# S\n## Done\n- ✅ a\n- 🔄 b\n## Doing\n- ⏳ c\n- 🔄 d\n- ✅ e\n"
    assert shape(text) == [
        "unfiled",
        "[x] a <row>",
        "[x] b <row>",
        "[~] c <row>",
        "[~] d <row>",
        "[x] e <row>",
    ]
    assert codes(text) == [(4, "lane-disagrees"), (8, "lane-disagrees")]


def test_under_any_headings_lists_that_say_done_and_not_yet_are_tasks() -> None:
    assert shape(ANYWHERE) == [
        "= Disk (closed)", "[x] a <row>", "[x] b <row>", "[x] c <row>", "[x] d <row>",
        "= Net (open)", "[x] f <row>", "[ ] g <row>",
    ]  # fmt: skip


@pytest.mark.parametrize("heading", ["Roadmap", "📋 To-do", "3. Project Status", "Hoja de ruta"])
def test_under_a_heading_that_names_work_one_list_is_enough(heading: str) -> None:
    list_ = "- ✅ a\n- ⏳ b\n- and so on\n"
    assert shape(f"# S\n## Use\n- c\n## {heading}\n{list_}")[1:] == ["[x] a <row>", "[ ] b <row>"]
    assert shape(f"# S\n## Use\n- c\n## Support\n{list_}") == []
    assert shape(f"# S\n## {heading}\n- ✅ a\n- ✅ b\n") == []
    assert shape(f"# S\n## {heading}\n- ✅ a\n- ❌ b\n") == []


def test_an_emoji_that_is_decoration_elsewhere_is_a_state_beside_sure_ones() -> None:
    assert shape("# S\n## Phase 1\n- ✅ a\n- 📋 b\n- 🔴 **c**\n") == [
        "= Phase 1 (open)", "[x] a <row>", "[ ] b <row>", "[ ] c <row>",
    ]  # fmt: skip
    assert shape("# S\n## Phase 1\n- 📋 a\n- 📋 b\n") == []
    assert shape("# S\n## Phase 1\n- ✅ a\n- 📋 b\n- c\n") == ["= Phase 1 (closed)", "[x] a <row>"]
    assert shape("# S\n## Phase 1\n- ✅ a\n- 🚀 b\n- 📋\n- 📋 (c)\n") == ["= Phase 1 (closed)", "[x] a <row>"]


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("one list alone", "# S\n## Disk\n- ✅ a\n- ⏳ b\n- ⏳ c\n## Net\n- d\n- e\n"),
        ("nothing is open", "# S\n## Disk\n- ✅ a\n- ✅ b\n## Net\n- ✅ c\n- ✅ d\n"),
        ("nothing is done", "# S\n## Disk\n- ⏳ a\n- ⏳ b\n## Net\n- ⏳ c\n- ⏳ d\n"),
        ("do and do not", "# S\n## Names\n- ✅ a\n- ❌ b\n## Tests\n- ✅ c\n- ❌ d\n"),
        ("emoji are rare", "# S\n## Disk\n- ✅ a\n- ⏳ b\n- c\n## Net\n- ✅ d\n- ⏳ e\n- f\n"),
        ("single remarks", "# S\n## Disk\n- ✅ a\n## Net\n- ⏳ b\n"),
        ("what there is", "# S\n## Features\n- ✅ a\n- ✅ b\n## Next\n- ⏳ c\n- ⏳ d\n"),
        ("what came when", "# S\n## Changelog\n### One\n- ✅ a\n- ⏳ b\n### Two\n- ✅ c\n- ⏳ d\n"),
        ("days", "# S\n## 2025-01-02\n- ✅ a\n- ⏳ b\n## 2025-01-03: go\n- ✅ c\n- ⏳ d\n"),
        ("criteria", "# S\n## Exit criteria\n- ✅ a\n- ⏳ b\n## Definition of done\n- ✅ c\n- ⏳ d\n"),
        ("lanes of what is done", "# S\n## Done\n- ✅ a\n## Shipped\n- ✅ b\n"),
        ("decoration", "# S\n## Disk\n- 🚀 a\n- 🔥 b\n## Net\n- 🎨 c\n- 🐛 d\n"),
        ("a legend", "# S\n## Signs\n- ✅ Done\n- ⏳ Planned\n## Colours\n- ✅ Done\n- ⏳ Planned\n"),
    ],
    ids=lambda text: text if len(text) < 30 else "",
)
def test_other_lists_with_emoji_are_no_tasks(why: str, text: str) -> None:
    assert shape(text) == [], why
    assert [one.code for one in hints(document(text))] == ["no-boxes"]


def test_features_of_a_phase_are_work_and_phases_of_a_change_log_are_not() -> None:
    assert shape("# S\n## Phase 1\n### Features\n- ✅ a\n## Changelog\n### v1.1\n- ✅ b\n") == [
        "= Phase 1 (closed)", "[x] a <row>",
    ]  # fmt: skip


def test_where_phases_hold_such_bullets_those_of_other_headings_are_none() -> None:
    assert shape("# S\n## Phase 1\n- ✅ a\n## Disk\n- ✅ b\n- ⏳ c\n## Net\n- ✅ d\n- ⏳ e\n") == [
        "= Phase 1 (closed)", "[x] a <row>",
    ]  # fmt: skip


def test_bullets_under_a_label_that_is_no_work_are_none() -> None:
    text = "# S\n## Phase 1\n- ⏳ a\n\n**Exit criteria**:\n- ⏳ b\n  - ⏳ c\n\n**Work**:\n- ⏳ d\n"
    assert shape(text) == ["= Phase 1 (open)", "[ ] a <row>", "[ ] d <row>"]


def test_a_bullet_may_be_a_label_that_is_no_work() -> None:
    text = "# S\n## Phase 1\n- ⏳ a\n- **Exit criteria**:\n  - ⏳ b\n    - ⏳ c\n- ⏳ d\n"
    assert shape(text) == ["= Phase 1 (open)", "[ ] a <row>", "[ ] d <row>"]


def test_what_is_put_aside_or_belongs_to_a_task_does_not_say_what_bullets_are() -> None:
    lists = "- ✅ x\n- ⏳ y\n"
    aside = ANYWHERE + f"## Phase 1\n### Exit criteria\n{lists}"
    assert shape(aside) == shape(ANYWHERE)
    heads = f"### Task 1: A\n**Status**: Done\n\n{lists}### Task 2: B\n**Status**: Open\n\n{lists}"
    inside = f"# S\n## Disk\n{lists}{heads}"
    assert [one for one in shape(inside) if "<row>" in one] == []


def test_an_emoji_behind_other_brackets_is_a_state() -> None:
    assert shape("# S\n## Phase 1\n- [P1] ✅ a\n- [P2] b ⏳\n") == [
        "= Phase 1 (open)", "[x] a <row>", "[ ] b <row>",
    ]  # fmt: skip


def test_a_box_anywhere_makes_bullets_plain() -> None:
    assert shape(LANES + "- [ ] x\n") == ["unfiled", "[ ] x"]


@pytest.mark.parametrize("text", [LANES, ANYWHERE])
def test_the_list_stays_one_of_tasks_when_its_last_task_is_done(text: str) -> None:
    first = document(text).outline.reading
    for sign in "⏳🔄":
        text = text.replace(sign, "✅")
    assert shape(text) == []
    titles = [task.title for task in document(text, first).outline.tasks()]
    assert titles == (["a", "b", "c"] if "Planned" in text else ["a", "b", "c", "d", "f", "g"])
    assert shape(text, Reading(2, ("Elsewhere",))) == []


def test_memory_of_headings_makes_no_tasks_beside_heading_tasks() -> None:
    text = "# S\n## Setup\n- ✅ quick\n- ✅ small\n### Task 1: Install\n**Status**: Done\n"
    first = document(text).outline.reading
    assert shape(text, first) == shape(text) == ["= Setup (closed)", "[x] Task 1: Install <heading>"]


# -- emoji behind the text ---------------------------------------------------------------------------------------------


def test_an_emoji_behind_the_text_is_a_state_where_most_of_its_list_have_one() -> None:
    assert shape("# S\n## Phase 1\n1. Run ⏳\n2. **Fix** ✅\n3. Sleep\n") == [
        "= Phase 1 (open)", "[ ] Run <row>", "[x] Fix <row>",
    ]  # fmt: skip
    assert shape("# S\n## Phase 1\n- Run ⏳\n- Fix\n- Sleep\n- ✅ Eat\n") == [
        "= Phase 1 (closed)",
        "[x] Eat <row>",
    ]


def test_emoji_before_and_behind_may_stand_in_one_list() -> None:
    assert shape("# S\n## Phase 1\n- ✅ a\n- b ⏳\n  - c ✅\n  - d ✅\n") == [
        "= Phase 1 (open)", "[x] a <row>", "[ ] b +2 <row>",
    ]  # fmt: skip


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["**{}** - x", "{}: x", "**{}**: x", "**{}:** x", "[{}] x", "{} - x", "**{}** x", "{} — x"]
)
@pytest.mark.parametrize(
    ("word", "sign"), [("DONE", "x"), ("in progress", "~"), ("Todo", " "), ("hecho", "x")]
)
def test_a_status_word_before_the_text_is_a_state(form: str, word: str, sign: str) -> None:
    line = f"- {form.format(word)}\n"
    (_, first, second) = shape(f"# S\n## Phase 1\n{line}{line}")
    assert first == second == f"[{sign}] x <row>"


@pytest.mark.parametrize(
    "list_",
    [
        "- Done with it\n- Open the door\n",
        "- Done with it: a\n- Open the door: b\n",
        "- **Done with it**\n- **Open the door**\n",
        "- DONE: (a)\n- TODO: (b)\n",
        "- [done]\n- [todo]\n",
        "- Completed: 5\n- Planned: 3\n",
        "- DONE: a\n- b\n- c\n",
        "- DONE\n- DONE:\n",
        "- **Done, and more**: a\n- **Done, and more**: b\n",
        "- [maybe] a\n- [maybe] b\n",
        "- **Status**: Done\n- **Owner**: me\n",
    ],
)
def test_words_that_say_no_state_of_their_bullet_make_no_tasks(list_: str) -> None:
    assert shape(f"# S\n## Phase 1\n{list_}") == []


def test_short_lists_of_words_in_capitals_say_states() -> None:
    assert shape("# S\n## Phase 1\n- DONE: a\n- TODO: b\n") == [
        "= Phase 1 (open)",
        "[x] a <row>",
        "[ ] b <row>",
    ]


def test_words_are_states_under_phases_and_lanes_alone() -> None:
    words = "- TODO: a\n- TODO: b\n- DONE: c\n"
    assert shape(f"# S\n## Disk\n{words}## Net\n{words}") == []
    assert shape(f"# S\n## Doing\n{words}## Done\n- DONE: d\n") != []
