"""One door for a person's decision: for an existing conflict, for a side of it, and never beside a run."""

from pathlib import Path

import pytest

from syncd.errors import LockHeld, UsageError
from syncd.model.links import Contest
from syncd.model.policy import HOLD
from syncd.model.values import Field, Uid
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.state.lock import hold, lock_path
from tests.integration.town import Town, policy

ROADMAP = "# Widgets\n\n## Phase 1\n\n- [ ] Clear the site\n- [ ] Dig the hole\n"


@pytest.fixture
def town(sandbox: Sandbox, clock: LogicalClock, memory: Path) -> Town:
    town = Town(sandbox, clock, memory, policy(truth=HOLD))
    town.write(ROADMAP)
    return town


def contested(town: Town) -> Contest:
    """Both sides gave the first task another title."""
    town.settle()
    town.ann.edit_issue(town.issue("Clear the site").number, title="Clean the site")
    town.edit("Clear the site", "Clear the whole site")
    assert town.sync().exit_code == 3
    (contest,) = town.ledger().contests
    return contest


@pytest.mark.parametrize(
    ("side", "title"), [("roadmap", "Clear the whole site"), ("github", "Clean the site")]
)
def test_the_value_that_a_person_takes_is_on_every_side_after_the_next_run(
    town: Town, side: str, title: str
) -> None:
    contest = contested(town)
    decided = town.engine().decide("main", contest.uid, contest.field, side)
    assert decided == contest
    assert town.settle().exit_code == 0
    assert f"- [ ] {title}\n" in town.text
    assert town.issue(title).number
    assert town.ledger().contests == ()


def test_a_decision_can_be_changed_until_a_run_carries_it_out(town: Town) -> None:
    contest = contested(town)
    for side in ("github", "roadmap"):
        town.engine().decide("main", contest.uid, contest.field, side)
    town.settle()
    assert town.issue("Clear the whole site").number


def test_only_a_conflict_that_there_is_can_be_decided_and_only_for_one_of_its_sides(town: Town) -> None:
    contest = contested(town)
    before = town.snapshot()
    for name, uid, field, side in (
        ("main", Uid("unknown"), contest.field, "github"),
        ("main", contest.uid, Field.STATE, "github"),
        ("main", contest.uid, contest.field, "gitlab"),
        ("other", contest.uid, contest.field, "github"),
    ):
        with pytest.raises(UsageError):
            town.engine().decide(name, uid, field, side)
    assert town.snapshot() == before
    assert town.ledger().decisions == ()


def test_nothing_is_decided_while_a_run_goes_on(town: Town) -> None:
    contest = contested(town)
    with (
        hold(lock_path(town.state, "main"), exclusive=True, now=town.clock()),
        pytest.raises(LockHeld),
    ):
        town.engine().decide("main", contest.uid, contest.field, "github")
    assert town.ledger().decisions == ()


def test_a_roadmap_that_was_never_synced_has_nothing_to_decide_and_gets_no_state(town: Town) -> None:
    with pytest.raises(UsageError, match="never synced"):
        town.engine().decide("main", Uid("u"), Field.TITLE, "github")
    assert not town.state.exists()
