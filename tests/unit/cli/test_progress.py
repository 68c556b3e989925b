"""How far a run is, in words."""

import io

import pytest

from syncd.apply import Outcome
from syncd.cli.progress import Progress, left
from syncd.model.values import Uid


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def outcome(kind: str = "create_issue") -> Outcome:
    return Outcome("github", kind, Uid("u1"), "Paint it", "done")


@pytest.mark.parametrize(
    ("elapsed", "done", "total", "words"),
    [
        (10.0, 10, 15, "a few seconds left"),
        (10.0, 10, 50, "about 40 s left"),
        (37.0, 37, 157, "about 2 min left"),
        (100.0, 10, 2000, "about 6 h left"),
    ],
)
def test_what_is_left_follows_from_the_pace_so_far(elapsed: float, done: int, total: int, words: str) -> None:
    assert left(elapsed, done, total) == words


def test_away_from_a_terminal_a_line_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = iter(range(1000))
    with Progress(io.StringIO(), clock=lambda: next(seconds)) as progress:
        for done in range(1, 118):
            progress.step(outcome(), done, 117)
    told = capsys.readouterr().err.split("\n")
    assert told[0] == "11/117 done on github, at issues, about 2 min left"
    assert told[-2] == "117/117 done on github, at issues"
    assert len(told) == 12


def test_a_small_run_and_a_quiet_one_tell_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(io.StringIO()) as small, Progress(io.StringIO(), quiet=True) as quiet:
        for done in range(1, 10):
            small.step(outcome(), done, 9)
        for done in range(1, 101):
            quiet.step(outcome(), done, 100)
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_one_line_that_moves() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        for done in range(1, 21):
            progress.step(outcome("update_milestone"), done, 20)
    assert "20/20" in terminal.getvalue()
    assert "at milestones" in terminal.getvalue()


def test_whether_anything_was_done_yet_is_known() -> None:
    progress = Progress(io.StringIO())
    assert not progress.begun
    progress.step(outcome(), 1, 1)
    assert progress.begun
