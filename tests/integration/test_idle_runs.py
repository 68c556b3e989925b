"""A run with nothing to do leaves out what it can: what that must not leave out."""

from datetime import timedelta
from pathlib import Path

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.state.store import Store
from tests.integration.town import Town, mint

ROADMAP = "# Widgets\n\n## Phase 1\n\n- [ ] Clear the site\n- [ ] Dig the hole\n"


@pytest.fixture
def town(sandbox: Sandbox, clock: LogicalClock, memory: Path) -> Town:
    return Town(sandbox, clock, memory)


def observed(town: Town) -> set[str]:
    with Store.open(town.state, clock=town.clock, mint=mint, read_only=True) as store:
        return {issue.title for issue in store.observed("main", "github")[0]}


def test_a_first_sync_that_has_nothing_to_write_is_over_all_the_same(town: Town) -> None:
    town.write("# Widgets\n\nNothing yet.\n")
    assert town.sync().exit_code == 0
    assert town.ledger().remotes["github"].synced


def test_what_a_full_list_shows_too_old_is_kept_as_it_is_known(town: Town) -> None:
    town.full_sweep = timedelta(0)
    town.write(ROADMAP)
    town.sync()
    town.clock.advance(60)
    town.edit("Dig the hole", "Dig the deep hole")
    town.sync()
    town.sandbox.fault("stale", method="GET", route="/issues[?]", times=1, seconds=30)
    assert town.sync().exit_code == 0
    assert observed(town) == {"Clear the site", "Dig the deep hole"}


def test_what_was_changed_on_the_tracker_is_in_the_state_after_a_run(town: Town) -> None:
    town.write(ROADMAP)
    town.sync()
    town.ann.edit_issue(town.issue("Dig the hole").number, title="Dig the deep hole")
    town.sync()
    assert observed(town) == {"Clear the site", "Dig the deep hole"}
