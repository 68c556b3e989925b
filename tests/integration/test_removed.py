"""`removed: ignore`: an issue outlives its line, and waits for that very line alone (design §4, §6)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.integration.forges import KINDS
from tests.integration.town import Town, policy

ROADMAP = "# W\n\n## Phase 1\n\n- [ ] First\n- [ ] Collect metrics of queries\n- [ ] Last\n"


@pytest.fixture(params=KINDS)
def town(
    request: pytest.FixtureRequest, new_sandbox: Callable[..., Sandbox], clock: LogicalClock, memory: Path
) -> Town:
    rules = policy(removed="ignore")
    town = Town(new_sandbox(forge=request.param), clock, memory, rules, kind=request.param)
    town.write(ROADMAP)
    town.settle()
    return town


def test_a_line_that_comes_later_is_no_rename_of_one_that_left_before(town: Town) -> None:
    old = town.issue("Collect metrics of queries")
    town.edit("- [ ] Collect metrics of queries\n", "")
    town.settle()
    assert town.issue("Collect metrics of queries") == old
    town.edit("- [ ] First\n", "- [ ] First\n- [ ] Collect metrics of requests\n")
    town.settle()
    assert town.issue("Collect metrics of queries") == old
    assert town.issue("Collect metrics of requests").number != old.number


def test_the_very_line_that_returns_has_its_issue_again(town: Town) -> None:
    old = town.issue("Collect metrics of queries").number
    town.edit("- [ ] Collect metrics of queries\n", "")
    town.settle()
    town.edit("- [ ] Last\n", "- [ ] Last\n- [x] Collect metrics of queries\n")
    town.settle()
    again = town.issue("Collect metrics of queries")
    assert (again.number, again.state) == (old, "closed")


def test_a_line_reworded_at_once_keeps_its_issue(town: Town) -> None:
    old = town.issue("Collect metrics of queries").number
    town.edit("Collect metrics of queries", "Collect metrics of requests")
    town.settle()
    assert town.issue("Collect metrics of requests").number == old
