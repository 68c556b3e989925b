"""What stands in a file is believed once it has stood there for a while; our own bytes are believed at once."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from syncd import files
from syncd.daemon.settling import Settling
from tests.unit.daemon.doors import T0

UNREADABLE = Path("/proc/self/mem")
"""A regular file that can be opened, and whose first byte is an input error, as on a failing disk."""
PERIOD = timedelta(seconds=2)


class Desk:
    """A file that was last written long before anybody looked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 100.0
        self.settling = Settling(
            PERIOD, clock=lambda: T0 + timedelta(seconds=self.seconds), ticks=lambda: self.seconds
        )
        self.write("old", at=0)

    def write(self, text: str, *, at: float | None = None) -> None:
        self.path.write_text(text, encoding="utf-8")
        when = T0.timestamp() + (self.seconds if at is None else at)
        os.utime(self.path, (when, when))

    def wait(self) -> float:
        return self.settling.look(self.path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "ROADMAP.md")


def test_a_file_that_was_left_alone_before_anybody_looked_is_believed_at_once(desk: Desk) -> None:
    assert desk.wait() == 0


@pytest.mark.parametrize(("written", "wait"), [(99.5, 1.5), (100, 2), (160, 2)])
def test_one_that_was_written_just_now_or_in_the_future_is_waited_for(
    desk: Desk, written: float, wait: float
) -> None:
    desk.write("new", at=written)
    assert desk.wait() == pytest.approx(wait)


def test_what_was_seen_to_change_is_believed_when_it_has_stood_there_for_the_whole_time(desk: Desk) -> None:
    desk.wait()
    desk.write("half", at=0)  # whatever its own time says: it was not there before
    assert desk.wait() == 2
    desk.seconds += 1.5
    assert desk.wait() == 0.5
    desk.write("half and the rest")
    assert desk.wait() == 2
    desk.seconds += 2
    assert desk.wait() == 0


def test_a_file_that_changes_all_the_time_is_never_believed(desk: Desk) -> None:
    desk.wait()
    for number in range(20):
        desk.write(f"{number}")
        desk.seconds += 1.9
        assert desk.wait() == 2


def test_what_a_run_left_there_is_believed_at_once_and_nothing_else_is(desk: Desk) -> None:
    desk.wait()
    desk.write("ours")
    _, version = files.read(desk.path)
    desk.settling.left(desk.path, version.digest)
    assert desk.wait() == 0
    desk.write("theirs")
    assert desk.wait() == 2


def test_a_file_that_cannot_be_read_waits_for_nothing(desk: Desk) -> None:
    desk.path.unlink()
    assert desk.wait() == 0
    assert desk.settling.look(UNREADABLE) == 0
