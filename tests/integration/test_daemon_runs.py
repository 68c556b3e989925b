"""What the daemon asks of a run beyond the command line: named issues, turns, and remotes that are left in peace."""

from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from syncd.daemon.finished import Finished
from syncd.daemon.workers import Workers
from syncd.engine import Engine, Run
from syncd.errors import RoadmapChanged, RoadmapError
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.integration.town import Town, mint

ROADMAP = """# Widgets

## Phase 1: Ground

- [ ] Clear the site
- [ ] Dig the hole
- [ ] Pour the floor
"""


@pytest.fixture
def town(sandbox: Sandbox, clock: LogicalClock, memory: Path) -> Town:
    town = Town(sandbox, clock, memory)
    town.write(ROADMAP)
    town.settle()
    clock.advance(600)
    return town


def lag(town: Town) -> None:
    """The list of issues shows everything as it stood five minutes ago."""
    town.sandbox.fault("stale", method="GET", route="/issues[?]", times=None, seconds=300)


def test_an_issue_that_a_webhook_named_is_seen_although_the_list_lags(town: Town) -> None:
    number = town.issue("Dig the hole").number
    lag(town)
    town.ann.close(number)
    town.sync()
    assert "- [ ] Dig the hole" in town.text

    town.sync(named={"github": frozenset({number})})

    assert "- [x] Dig the hole" in town.text


def test_each_named_issue_costs_one_request(town: Town) -> None:
    usual = town.sync().remotes["github"].requests
    named = frozenset(issue.number for issue in town.ann.issues())
    report = town.sync(named={"github": named})
    assert report.remotes["github"].requests == usual + len(named)
    assert report.plan.empty


def test_a_named_number_that_is_no_issue_of_ours_means_nothing(town: Town) -> None:
    pull = town.ann.create_issue("A pull request", pull=True).number
    report = town.sync(named={"github": frozenset({pull, 999}), "elsewhere": frozenset({1})})
    assert report.exit_code == 0
    assert report.plan.empty


def test_a_named_issue_that_is_gone_is_believed_only_after_a_while(town: Town) -> None:
    number = town.issue("Dig the hole").number
    town.ann.delete_issue(number)
    town.sync(named={"github": frozenset({number})})
    assert number in {link.ref.number for link in town.ledger().links}
    town.clock.advance(660)
    town.sync()
    assert number not in {link.ref.number for link in town.ledger().links}


def test_a_turn_that_is_over_leaves_the_rest_to_the_next_run(town: Town) -> None:
    town.edit("- [ ] Pour the floor", "\n".join(f"- [ ] Lay stone {n}" for n in range(6)))
    before = len(town.ann.issues())

    def ticking() -> datetime:
        town.clock.advance(1)
        return town.clock()

    engine = Engine(town.engine().jobs, ticking, mint)
    run = Run(turn=timedelta(seconds=8))
    first = engine.sync("main", run)
    assert first.outcomes[0].stopped == "its turn is over"
    assert first.exit_code == 1
    assert before < len(town.ann.issues()) < before + 6

    rest = [engine.sync("main", run).exit_code for _ in range(6)]
    assert rest[-1] == 0
    assert len(town.ann.issues()) == before + 6


def test_a_remote_that_is_left_in_peace_is_not_asked_and_nothing_is_concluded(town: Town) -> None:
    town.ann.close(town.issue("Dig the hole").number)
    report = town.sync(away={"github": town.clock() + timedelta(seconds=60)})
    assert report.remotes["github"].requests == 0
    assert [one.remote for one in report.unavailable] == ["github"]
    assert "- [ ] Dig the hole" in town.text
    town.clock.advance(60)
    assert town.sync(away={"github": town.clock()}).exit_code == 0
    assert "- [x] Dig the hole" in town.text


def test_an_empty_file_is_not_taken_at_its_word_while_nobody_looks(town: Town) -> None:
    town.write(b" \n")
    with pytest.raises(RoadmapError, match="empty"):
        town.sync(wary=True)
    assert {issue.state for issue in town.ann.issues()} == {"open"}
    town.sync()
    assert {issue.state for issue in town.ann.issues()} == {"closed"}


def test_a_file_that_is_just_being_written_ends_the_run_before_it_asks_anybody(town: Town) -> None:
    before = town.snapshot()
    asked = len(town.sandbox.exchanges)
    with pytest.raises(RoadmapChanged):
        town.sync(believes=lambda _: False)
    assert (town.snapshot(), len(town.sandbox.exchanges)) == (before, asked)


def test_a_file_that_an_editor_writes_in_two_steps_closes_nothing(town: Town) -> None:
    told: list[Finished] = []
    workers = Workers(
        town.engine(),
        clock=town.clock,
        ticks=lambda: town.clock().timestamp(),
        jitter=lambda: 1.0,
        stop=Event(),
        told=[told.append],
    )
    town.sync()
    whole = town.text.replace("[ ] Clear", "[x] Clear")
    head, tail = whole.split("- [ ] Dig")

    workers.put("main", "schedule")
    town.clock.advance(1.9)
    town.write(head)  # the editor holds its breath
    workers.put("main", "file")
    town.clock.advance(1.9)
    assert not workers.step()
    with town.path.open("a", encoding="utf-8") as file:
        file.write(f"- [ ] Dig{tail}")  # of which nobody has told yet
    town.clock.advance(0.2)
    assert not workers.step(), "it changed again"
    assert {issue.state for issue in town.ann.issues()} == {"open"}

    town.clock.advance(2)
    assert workers.step()
    assert [run.result for run in told] == ["ok"]
    assert town.text == whole
    assert {issue.title for issue in town.ann.issues() if issue.state == "closed"} == {"Clear the site"}
