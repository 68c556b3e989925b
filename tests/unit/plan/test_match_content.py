"""What stands under a task tells who it is where titles do not, and what contradicts itself is held (design §4)."""

from __future__ import annotations

import pytest

from syncd.model.values import provisional
from tests.unit.plan.sheet import seen, synced

BEFORE = """
    # Backend
    - Collect metrics
    + Count requests by route
    + Measure the time of each query
    - Write the user guide
    + A page on installing from source
    + A page on the first steps
    - Ship it
"""


def test_a_task_with_wholly_other_words_is_known_by_what_stands_under_it_wherever_it_went() -> None:
    found = seen(
        """
        # Frontend
        - Something else entirely
        # Backend
        - Ship it
        - Observability
        + Count requests by route
        + Measure the time of each query
        + Draw it
        """,
        synced(BEFORE),
    )
    assert found.by_title["Observability"] == "t0"
    assert found.matching.gone == {"t1"}


def test_a_checklist_that_two_tasks_share_out_names_neither() -> None:
    found = seen(
        """
        # Backend
        - Counters
        + Count requests by route
        - Timers
        + Measure the time of each query
        - Write the user guide
        - Ship it
        """,
        synced(BEFORE),
    )
    assert provisional(found.by_title["Counters"])
    assert provisional(found.by_title["Timers"])


def test_what_stands_under_several_tasks_names_none_of_them() -> None:
    common = "+ Write the tests of the module\n+ Update the documentation of the module"
    before = f"# M\n- Alpha\n{common}\n- Beta\n{common}\n- Gamma"
    after = f"# M\n- Gamma\n- Wholly other\n{common}"
    assert provisional(seen(after, synced(before)).by_title["Wholly other"])


def test_a_few_short_words_in_common_prove_nothing() -> None:
    found = seen("# M\n- Gamma\n- Wholly other\n+ docs", synced("# M\n- Alpha\n+ docs\n- Gamma"))
    assert provisional(found.by_title["Wholly other"])


def test_a_like_title_over_a_wholly_other_checklist_is_held() -> None:
    after = """
        # Backend
        - Collect other metrics
        + Ask the users what they miss most
        + Publish the answers
        - Write the user guide
        - Ship it
        """
    found = seen(after, synced(BEFORE))
    assert found.matching.held_uids == {"t0"}
    without = "\n".join(row for row in after.split("\n") if "+" not in row)
    assert seen(without, synced(BEFORE)).by_title["Collect other metrics"] == "t0"


def test_twins_that_change_places_take_what_stands_under_them_along() -> None:
    one, other = (
        "- Write tests\n+ for the parser and its errors",
        "- Write tests\n+ for the command line tool",
    )
    ledger = synced(f"# M\n{one}\n{other}\n- End")
    assert seen(f"# M\n{other}\n{one}\n- End", ledger).order == ["t1", "t0", "t2"]


@pytest.mark.parametrize("elsewhere", ["Collect all metrics", "metrics: collect them"])
def test_two_lines_of_which_one_stands_in_the_place_and_the_other_is_more_alike_are_held(
    elsewhere: str,
) -> None:
    before = "# A\n- One\n- Collect metrics\n- Three\n# B\n- Four\n- Five"
    after = f"# A\n- One\n- Gather metrics now\n- Three\n# B\n- Four\n- {elsewhere}\n- Five"
    found = seen(after, synced(before))
    assert found.matching.held_uids == {"t1"}
    assert len(found.matching.held_tasks) == 2
    (held,) = found.matching.held
    assert "Gather metrics now" in held.reason
    assert elsewhere in held.reason


def test_a_number_alone_is_no_witness_while_other_lines_come_and_go() -> None:
    before = (
        "# A\n- Task 1.1: Create billing report on Windows\n- Task 1.2: Two\n# B\n- Task 2.1: Plugin loader"
    )
    after = "# A\n- Task 1.1: Windows: keep logs\n- Task 1.2: Two\n# B\n- Task 2.1: Dark theme"
    found = seen(after, synced(before))
    assert "t0" in found.matching.held_uids


def test_a_part_of_a_milestone_under_a_new_heading_leaves_it_to_the_one_that_still_reads_like_it() -> None:
    rows = ["- Build cache", "- Warm cache", "- Size cache", "- Test cache", "- Ship cache"]
    before = "\n".join(["# Cache layer", *rows])
    reworded = ["- Assemble caching", "- Preheat it", "- Measure sizes"]
    after = "\n".join(["# The cache layer", *reworded, "# Delivery", *rows[3:]])
    found = seen(after, synced(before))
    assert found.headings["The cache layer"] == "m0"
