"""What is known since the daemon began: a run that could not look takes nothing of it away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.daemon.board import Board
from syncd.daemon.finished import Finished
from syncd.engine import RemoteStatus, Report
from syncd.model.links import Intent
from syncd.model.remote import Budget
from syncd.model.values import Uid
from tests.unit.daemon.doors import T0, report

DOUBT = Intent(1, "create_issue", "github", Uid("u"), T0)


@pytest.fixture
def board() -> Board:
    board = Board()
    board.keep({"main": None}, T0)
    return board


def ended(made: Report | None, name: str = "main", minutes: int = 0) -> Finished:
    when = T0 + timedelta(minutes=minutes)
    return Finished(name, "schedule", {}, when, when, timedelta(), report=made, exit_code=0 if made else 1)


def told(remaining: int | None) -> Report:
    budget = Budget(remaining, 5000, T0) if remaining is not None else None
    return replace(report(), remotes={"github": RemoteStatus("ok", budget=budget)})


def test_an_effect_stays_in_doubt_until_a_run_has_looked(board: Board) -> None:
    board.note(ended(replace(report(), intents=(DOUBT,))))
    board.note(ended(None))
    assert board.standings()["main"].intents == (DOUBT,)
    board.note(ended(report()))
    assert board.standings()["main"].intents == ()


def test_a_budget_is_what_was_told_last_and_no_run_that_was_told_nothing_takes_it_away(board: Board) -> None:
    for remaining in (4000, 3999, None):
        board.note(ended(told(remaining)))
    board.note(ended(None))
    assert board.budgets()["github"].remaining == 3999


def test_a_run_of_a_roadmap_that_left_the_configuration_counts_for_nobody(board: Board) -> None:
    board.note(ended(report("other"), "other"))
    assert set(board.standings()) == {"main"}


def test_only_a_complete_run_moves_the_time_of_the_last_success(board: Board) -> None:
    board.note(ended(report(), minutes=1))
    board.note(ended(None, minutes=2))
    standing = board.standings()["main"]
    assert (standing.complete_at, standing.failures) == (T0 + timedelta(minutes=1), 1)
    assert standing.latest is not None
    assert standing.latest.ended == T0 + timedelta(minutes=2)
