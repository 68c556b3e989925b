"""Identity of tasks (design §4), one rule after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.model.links import Ledger, Link
from syncd.model.remote import Ref
from syncd.model.values import Uid, provisional
from syncd.plan.match import match, occurrences, remember
from tests.unit.plan.sheet import seen, sheet, synced

NUMBERED = """
    # Week 1: Foundation
    - Task 1.1: Configuration system with Pydantic v2
    - Task 1.2: Database connection pool
    - Task 1.3: HTTP client with retry logic
    - Task 1.4: Unit tests
    # Week 2: Polish
    - Task 2.1: User guide
    - Task 2.2: Release notes
"""


def new(uid: Uid) -> bool:
    return provisional(uid)


def test_without_a_state_everything_is_new_and_named_after_its_key() -> None:
    found = match(sheet(NUMBERED), Ledger("main", "lineage"))
    assert [found.tasks[key] for key in sorted(found.tasks)] == [f"+t{key}" for key in range(6)]
    assert [found.milestones[key] for key in sorted(found.milestones)] == ["+m0", "+m1"]
    assert not found.gone
    assert not found.held


def test_an_unchanged_roadmap_keeps_everything() -> None:
    found = seen(NUMBERED, synced(NUMBERED))
    assert found.order == ["t0", "t1", "t2", "t3", "t4", "t5"]
    assert found.headings == {"Week 1: Foundation": "m0", "Week 2: Polish": "m1"}
    assert not found.matching.gone


@pytest.mark.parametrize("at", range(5))
def test_inserting_a_task_and_renumbering_all_that_follow_keeps_every_identity(at: int) -> None:
    titles = [
        "Configuration system with Pydantic v2",
        "Database connection pool",
        "HTTP client with retry logic",
    ]
    titles.append("Unit tests")
    titles.insert(at, "Logging integration")
    rows = "\n".join(f"- Task 1.{number}: {title}" for number, title in enumerate(titles, 1))
    found = seen(f"# Week 1: Foundation\n{rows}\n# Week 2: Polish\n- Task 2.1: User guide", synced(NUMBERED))
    old = [uid for uid in found.order[:5] if not new(uid)]
    assert old == ["t0", "t1", "t2", "t3"]
    assert new(found.order[at])


def test_two_tasks_that_swap_their_titles_are_told_by_title_not_by_number() -> None:
    found = seen(
        """
        # Week 1: Foundation
        - Task 1.1: Database connection pool
        - Task 1.2: Configuration system with Pydantic v2
        - Task 1.3: HTTP client with retry logic
        - Task 1.4: Unit tests
        """,
        synced(NUMBERED),
    )
    assert found.order == ["t1", "t0", "t2", "t3"]


def test_a_renamed_task_keeps_its_identity_by_its_number() -> None:
    found = seen(NUMBERED.replace("1.2: Database connection pool", "1.2: Pooling"), synced(NUMBERED))
    assert found.order[1] == "t1"
    assert not found.matching.gone


def test_a_number_alone_is_no_proof_where_a_line_went_and_another_came() -> None:
    text = NUMBERED.replace("Task 1.2: Database connection pool", "Task 1.2: Sandbox for demos").replace(
        "- Task 2.2: Release notes", ""
    )
    found = seen(text, synced(NUMBERED))
    assert new(found.order[1])
    assert found.matching.held_uids == {"t1"}
    assert found.matching.gone == {"t5"}


def test_a_rename_in_place_keeps_the_identity() -> None:
    found = seen(
        NUMBERED.replace(
            "Task 1.1: Configuration system with Pydantic v2", "Task 1.1: Config system (Pydantic v2)"
        ),
        synced(NUMBERED),
    )
    assert found.order[0] == "t0"


def test_a_rename_and_an_insertion_before_it_are_told_apart() -> None:
    ledger = synced("# M\n- Alpha service\n- Write the handbook\n- Omega service")
    found = seen(
        "# M\n- Alpha service\n- Buy a new server\n- Write a short handbook\n- Omega service", ledger
    )
    assert found.order == ["t0", "+t1", "t1", "t2"]


def test_neighbours_renamed_in_a_row_keep_their_order() -> None:
    ledger = synced("# M\n- Start\n- Import of users\n- Import of groups\n- Import of roles\n- End")
    found = seen(
        "# M\n- Start\n- Import of all users\n- Import of all groups\n- Import of all roles\n- End", ledger
    )
    assert found.order == ["t0", "t1", "t2", "t3", "t4"]


def test_a_task_moved_to_another_milestone_keeps_its_identity() -> None:
    found = seen(
        """
        # Week 1: Foundation
        - Task 1.1: Configuration system with Pydantic v2
        - Task 1.3: HTTP client with retry logic
        - Task 1.4: Unit tests
        # Week 2: Polish
        - Task 2.1: User guide
        - Database connection pool
        - Task 2.2: Release notes
        """,
        synced(NUMBERED),
    )
    assert found.by_title["Database connection pool"] == "t1"
    assert not found.matching.gone


def test_a_task_moved_and_slightly_reworded_is_known_by_its_likeness() -> None:
    found = seen(
        "# A\n- Ship it\n# B\n- Import wizard for customers and their invoices\n- Rest",
        synced("# A\n- Import wizard for customers and invoices\n- Ship it\n# B\n- Rest"),
    )
    assert found.by_title["Import wizard for customers and their invoices"] == "t0"


def test_a_wholly_different_line_is_one_removal_and_one_new_task() -> None:
    found = seen("# M\n- One\n- Buy milk\n- Three", synced("# M\n- One\n- Configure the proxy\n- Three"))
    assert found.matching.gone == {"t1"}
    assert new(found.order[1])
    assert not found.matching.held


def test_what_may_be_a_rename_is_held_with_its_line_and_what_to_do() -> None:
    ledger = synced("# A\n- Import wizard for customers\n- Ship it\n# B\n- Rest")
    ledger = replace(ledger, links=(Link(Uid("t0"), "github", Ref(12, "i12")),))
    found = seen("# A\n- Ship it\n# B\n- Rest\n- New wizard to import customers", ledger)
    (held,) = found.matching.held
    assert (held.uid, held.title, held.line) == ("t0", "Import wizard for customers", 5)
    assert "`syncd link 5 github#12`" in held.reason
    assert "`syncd unlink github#12`" in held.reason
    assert found.matching.held_uids == {"t0"}
    assert found.matching.held_tasks == {2}
    assert not found.matching.gone


def test_a_held_pair_is_held_the_same_in_the_next_run() -> None:
    before = synced("# A\n- Import wizard for customers\n- Ship it\n# B\n- Rest")
    text = "# A\n- Ship it\n# B\n- Rest\n- New wizard to import customers"
    again = seen(text, synced(text, before))
    first = seen(text, before)
    assert again.matching.held == first.matching.held
    assert again.order == first.order
    assert not again.matching.gone


def test_a_held_task_is_not_decided_by_a_later_run_in_which_its_rivals_are_gone() -> None:
    before = synced("# M\n- One\n- Import wizard for roles\n- Four")
    held = synced("# M\n- One\n- Import wizard for users\n- Import wizard for groups\n- Four", before)
    assert seen("# M\n- One\n- Import wizard for users\n- Four", held).matching.held_uids == {"t1"}


def test_a_held_task_is_decided_once_its_old_title_stands_again() -> None:
    before = synced("# M\n- One\n- Import wizard for roles\n- Four")
    held = synced("# M\n- One\n- Import wizard for users\n- Import wizard for groups\n- Four", before)
    found = seen("# M\n- One\n- Import wizard for roles\n- Import wizard for groups\n- Four", held)
    assert found.by_title["Import wizard for roles"] == "t1"
    assert not found.matching.held


def test_a_held_task_is_gone_once_no_line_is_left_that_it_may_be() -> None:
    before = synced("# M\n- One\n- Import wizard for roles\n- Four")
    held = synced("# M\n- One\n- Import wizard for users\n- Import wizard for groups\n- Four", before)
    assert seen("# M\n- One\n- Four", held).matching.gone == {"t1"}


def test_two_lines_that_may_both_be_the_old_one_hold_it() -> None:
    found = seen(
        "# M\n- One\n- Import wizard for users\n- Import wizard for groups\n- Four",
        synced("# M\n- One\n- Import wizard for roles\n- Four"),
    )
    assert found.matching.held_uids == {"t1"}
    assert found.matching.held_tasks == {1, 2}


def test_a_number_says_nothing_where_numbers_moved() -> None:
    rows = ["Alpha", "Import of the roles", "Wizard that brings roles", "Gamma"]
    found = seen(
        "# M\n" + "\n".join(f"- Task 1.{number}: {title}" for number, title in enumerate(rows, 1)),
        synced("# M\n- Task 1.1: Alpha\n- Task 1.2: Import wizard for roles\n- Task 1.3: Gamma"),
    )
    assert found.matching.held_uids == {"t1"}


def test_a_likely_rename_is_held_where_another_line_may_be_it_too() -> None:
    found = seen(
        "# M\n- One\n- Import wizard for all user roles\n- Import of the roles\n- Four",
        synced("# M\n- One\n- Import wizard for roles\n- Four"),
    )
    assert found.matching.held_uids == {"t1"}


def test_the_place_is_no_proof_while_a_line_lost_elsewhere_is_more_alike() -> None:
    found = seen(
        "# M\n- One\n- Monthly customer data report\n- Three\n- Five",
        synced("# M\n- One\n- Import of customer data\n- Three\n- Customer data report\n- Five"),
    )
    assert found.matching.held_uids == {"t1", "t3"}
    assert not found.matching.gone


def test_what_was_reordered_is_no_neighbour_to_go_by() -> None:
    found = seen(
        "# M\n- Gamma\n- Delta\n- Alpha\n- Import for guests\n- Beta\n- Epsilon\n- Zeta",
        synced("# M\n- Alpha\n- Import of users\n- Beta\n- Gamma\n- Delta\n- Epsilon\n- Zeta"),
    )
    assert found.order == ["t3", "t4", "t0", "t1", "t2", "t5", "t6"]


# --- twins -----------------------------------------------------------------------------------------------------------

TWINS = "# M\n- Alpha\n- Tests\n- Beta\n- Tests\n- Gamma\n- Tests"


def test_twins_keep_their_order() -> None:
    assert seen(TWINS, synced(TWINS)).order == ["t0", "t1", "t2", "t3", "t4", "t5"]


@pytest.mark.parametrize(("gone", "left"), [("t1", ["t3", "t5"]), ("t3", ["t1", "t5"]), ("t5", ["t1", "t3"])])
def test_of_twins_the_neighbours_tell_which_one_went(gone: Uid, left: list[Uid]) -> None:
    lines = TWINS.split("\n")
    del lines[int(gone[1:]) + 1]
    found = seen("\n".join(lines), synced(TWINS))
    assert found.matching.gone == {gone}
    assert [uid for uid in found.order if uid in ("t1", "t3", "t5")] == left


def test_one_of_two_equal_neighbours_went_and_nothing_tells_which() -> None:
    found = seen("# M\n- Alpha\n- Tests\n- Beta", synced("# M\n- Alpha\n- Tests\n- Tests\n- Beta"))
    assert not found.matching.gone
    assert found.matching.held_uids == {"t1", "t2"}


def test_a_second_twin_may_be_the_one_that_is_missing_elsewhere() -> None:
    found = seen(
        "# A\n- Parser\n- Reader\n# B\n- Writer\n- Tests\n- Tests\n- Printer",
        synced("# A\n- Parser\n- Tests\n- Reader\n# B\n- Writer\n- Tests\n- Printer"),
    )
    assert found.matching.held_uids == {"t1", "t4"}
    assert not found.matching.gone


def test_twins_of_two_milestones_follow_their_milestone() -> None:
    text = "# A\n- Setup\n- Tests\n# B\n- Setup\n- Tests"
    found = seen("# B\n- Setup\n- Tests\n# A\n- Setup\n- Tests", synced(text))
    assert found.order == ["t2", "t3", "t0", "t1"]


def test_a_block_moved_with_its_twin_takes_the_twin_along() -> None:
    ledger = synced("# A\n- Parser\n- Tests\n# B\n- Writer\n- Tests\n# C\n- Reader")
    found = seen("# A\n# B\n- Writer\n- Tests\n# C\n- Reader\n- Parser\n- Tests", ledger)
    assert found.order == ["t2", "t3", "t4", "t0", "t1"]


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_a_copied_line_leaves_the_identity_with_the_first(place: str) -> None:
    copies = {
        "here": "# A\n- One\n- Two\n- One\n# B\n- Three",
        "elsewhere": "# A\n- One\n- Two\n# B\n- Three\n- One",
    }
    found = seen(copies[place], synced("# A\n- One\n- Two\n# B\n- Three"))
    assert found.order[0] == "t0"
    assert sum(new(uid) for uid in found.order) == 1
    assert not found.matching.gone


# --- stamps ----------------------------------------------------------------------------------------------------------


def test_a_stamp_outweighs_everything_else() -> None:
    found = seen("# A\n- Nothing like it <t1>\n# B\n- One", synced("# A\n- One\n- Two\n# B\n- Three"))
    assert found.order == ["t1", "t0"]


def test_a_copied_stamp_stays_with_the_first_line() -> None:
    found = seen("# A\n- One <t0>\n- One again <t0>\n- Two", synced("# A\n- One\n- Two"))
    assert found.order == ["t0", "+t1", "t1"]


def test_a_foreign_stamp_says_nothing() -> None:
    assert seen("# A\n- One <somebody>\n- Two", synced("# A\n- One\n- Two")).order == ["t0", "t1"]


# --- lines that return -----------------------------------------------------------------------------------------------


def test_a_line_pasted_back_a_run_later_takes_its_old_identity() -> None:
    full = "# A\n- One\n- Two\n- Three"
    cut = synced("# A\n- One\n- Three", synced(full))
    assert cut.tasks[Uid("t1")].removed
    found = seen(full, cut)
    assert found.order == ["t0", "t1", "t2"]
    assert found.matching.returned == {"t1"}


def test_a_stamped_line_returns_whatever_its_title() -> None:
    cut = synced("# A\n- One", synced("# A\n- One\n- Two"))
    found = seen("# A\n- One\n- Something else entirely <t1>", cut)
    assert found.order == ["t0", "t1"]
    assert found.matching.returned == {"t1"}


def test_two_lines_with_the_title_of_a_removed_task_are_both_new() -> None:
    cut = synced("# A\n- One", synced("# A\n- One\n- Two"))
    found = seen("# A\n- Two\n- One\n- Two", cut)
    assert [new(uid) for uid in found.order] == [True, False, True]


def test_a_removed_task_never_takes_the_line_of_a_rename() -> None:
    before = synced(
        "# A\n- Write the guide\n- Two", synced("# A\n- Write the guides\n- Write the guide\n- Two")
    )
    assert before.tasks[Uid("t0")].removed
    found = seen("# A\n- Write the guides\n- Two", before)
    assert found.order == ["t1", "t2"]


# --- what is remembered ----------------------------------------------------------------------------------------------


def test_remembering_says_where_everything_stands() -> None:
    outline = sheet("# A\n## First part\n- Task 1.1: One\n- Same\n- Same\n# B\n- Two")
    tasks, milestones = remember(outline, match(outline, Ledger("main", "lineage")))
    assert [(one.title, one.identifier, one.milestone, one.section) for one in tasks] == [
        ("Task 1.1: One", "1.1", "+m0", ("First part",)),
        ("Same", None, "+m0", ("First part",)),
        ("Same", None, "+m0", ("First part",)),
        ("Two", None, "+m1", ()),
    ]
    assert [(one.occurrence, one.position) for one in tasks] == [(0, 0), (0, 1), (1, 2), (0, 3)]
    assert [(one.title, one.position) for one in milestones] == [("A", 0), ("B", 1)]


def test_what_left_is_remembered_as_removed() -> None:
    ledger = synced("# A\n- One", synced("# A\n- One\n- Two\n# B\n- Three"))
    assert {uid for uid, one in ledger.tasks.items() if one.removed} == {"t1", "t2"}
    assert {uid for uid, one in ledger.milestones.items() if one.removed} == {"m1"}


def test_occurrences_count_within_milestone_and_section() -> None:
    outline = sheet("# A\n- Same\n- Same\n## Part\n- Same\n# B\n- Same")
    assert list(occurrences(outline).values()) == [0, 1, 0, 0]


# --- milestones ------------------------------------------------------------------------------------------------------


def test_a_milestone_renamed_with_its_tasks_in_place_keeps_its_identity() -> None:
    found = seen(NUMBERED.replace("Week 1: Foundation", "The groundwork"), synced(NUMBERED))
    assert found.headings["The groundwork"] == "m0"
    assert found.order == ["t0", "t1", "t2", "t3", "t4", "t5"]


def test_renumbered_milestones_keep_their_identity() -> None:
    found = seen(
        "# Phase 1: Login\n- A\n# Phase 2: Audit\n- New\n# Phase 3: Billing\n- B",
        synced("# Phase 1: Login\n- A\n# Phase 2: Billing\n- B"),
    )
    assert found.headings == {"Phase 1: Login": "m0", "Phase 2: Audit": "+m1", "Phase 3: Billing": "m1"}


def test_a_milestone_renamed_while_all_its_tasks_were_edited_is_known_by_place_and_number() -> None:
    found = seen(
        "# Week 1: Groundwork\n- Config system (Pydantic v2)\n- Pool of database connections\n# Week 2: Polish\n- X",
        synced("# Week 1: Foundation\n- Configuration system with Pydantic v2\n- Database connection pool\n"
               "# Week 2: Polish\n- X"),
    )  # fmt: skip
    assert found.headings["Week 1: Groundwork"] == "m0"
    assert found.order == ["t0", "t1", "t2"]


def test_one_task_under_a_new_heading_does_not_bring_its_milestone_along() -> None:
    found = seen(
        "# Urgent\n- Four\n# Later\n- One\n- Two\n- Three",
        synced("# Later\n- Zero\n# Soon\n- One\n- Two\n- Three\n- Four"),
    )
    assert new(found.headings["Urgent"])


def test_equal_headings_are_told_apart_by_what_stands_above_them() -> None:
    outline = sheet("# Tests\n- A\n# Tests\n- B")
    client, server = (
        replace(one, path=(above,))
        for one, above in zip(outline.milestones, ("Client", "Server"), strict=True)
    )
    ledger = synced(replace(outline, milestones=(client, server)))
    swapped = (replace(server, key=client.key, line=1), replace(client, key=server.key, line=3))
    found = match(replace(outline, milestones=swapped), ledger)
    assert [found.milestones[one.key] for one in swapped] == ["m1", "m0"]


def test_a_heading_that_returns_takes_its_old_identity() -> None:
    both = "# A\n- One\n# B\n- Two"
    found = seen(both, synced("# A\n- One", synced(both)))
    assert found.headings == {"A": "m0", "B": "m1"}
    assert found.matching.returned == {"m1", "t1"}


def test_unfiled_tasks_are_matched_among_themselves() -> None:
    found = seen("- Loose end\n- Other\n# A\n- One", synced("- Loose end\n- Other\n# A\n- One"))
    assert found.order == ["t2", "t0", "t1"]
