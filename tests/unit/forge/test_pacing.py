"""Politeness: one write at a time, counted across restarts, and nothing before the forge said (I9)."""

import threading
from datetime import datetime, timedelta

import pytest

from syncd.errors import NotSent, RateLimited, Unknown
from syncd.forge.pacing import Figures, Pace, Stopped, attempts, usual_figures
from syncd.sandbox.clock import LogicalClock
from tests.unit.forge.conftest import NO_LIMITS, Waits


def paced(clock: LogicalClock, waits: Waits, figures: Figures = NO_LIMITS, **options) -> Pace:
    return Pace(figures, clock=clock, wait=waits, **options)


def write(pace: Pace, creates: bool = False) -> None:
    with pace.write(creates=creates):
        pass


def test_writes_keep_their_distance(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(1.0, 0, 0))
    write(pace)
    clock.advance(0.4)
    write(pace)
    clock.advance(5)
    write(pace)
    assert list(waits) == pytest.approx([0.6])


def test_a_clock_that_was_set_back_makes_no_long_wait(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(1.0, 0, 0))
    write(pace)
    clock.advance(-86_400)
    write(pace)
    assert waits == [1.0]


def test_reads_need_not_wait_for_writes(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(1.0, 1, 1))
    write(pace, creates=True)
    pace.read()
    assert waits == []


def test_creations_stay_within_the_minute(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(0.0, 2, 0))
    for _ in range(5):
        write(pace, creates=True)
    assert waits == [60.0, 60.0]


def test_updates_are_no_creations(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(0.0, 1, 1))
    for _ in range(5):
        write(pace)
    assert waits == []


def test_an_hour_that_is_used_up_is_told_not_waited_for(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(0.0, 0, 2))
    start = clock()
    write(pace, creates=True)
    clock.advance(10)
    write(pace, creates=True)
    with pytest.raises(RateLimited) as told:
        write(pace, creates=True)
    assert told.value.until == start + timedelta(hours=1)
    assert waits == []
    clock.advance(3591)
    write(pace, creates=True)


def test_creations_count_across_restarts(clock: LogicalClock, waits: Waits) -> None:
    kept: list[datetime] = []
    write(paced(clock, waits, Figures(0.0, 0, 1), load=lambda: tuple(kept), record=kept.append), creates=True)
    restarted = paced(clock, waits, Figures(0.0, 0, 1), load=lambda: tuple(kept), record=kept.append)
    with pytest.raises(RateLimited):
        write(restarted, creates=True)
    assert kept == [clock()]


def test_a_time_from_a_clock_that_went_wrong_blocks_nobody(clock: LogicalClock, waits: Waits) -> None:
    future = clock() + timedelta(days=300)
    write(paced(clock, waits, Figures(0.0, 1, 1), load=lambda: (future,)), creates=True)


def test_a_creation_whose_answer_is_lost_counts(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(0.0, 0, 1))

    def lost() -> None:
        with pace.write(creates=True):
            raise Unknown("lost")

    with pytest.raises(Unknown):
        lost()
    with pytest.raises(RateLimited):
        write(pace, creates=True)


def test_nothing_is_sent_before_the_forge_said(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits)
    pace.close(clock() + timedelta(seconds=30))
    pace.close(clock() + timedelta(seconds=10))
    pace.read()
    assert waits == [30.0]
    pace.close(clock() + timedelta(seconds=61))
    for ask in (pace.read, lambda: write(pace)):
        with pytest.raises(RateLimited):
            ask()
    assert waits == [30.0]


def test_one_write_is_in_flight(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits)
    order: list[str] = []

    def second() -> None:
        with pace.write(creates=False):
            order.append("second")

    with pace.write(creates=False):
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=0.3)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_every_wait_ends_when_the_program_shall(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits, Figures(1.0, 1, 0))
    write(pace, creates=True)
    waits.stop = True
    for creates in (True, False):
        with pytest.raises(Stopped):
            write(pace, creates=creates)
    # The host is free again: nothing stays locked behind a stopped wait.
    waits.stop = False
    write(pace)


def test_a_write_that_waits_for_another_can_be_stopped(clock: LogicalClock, waits: Waits) -> None:
    pace = paced(clock, waits)
    with pace.write(creates=False):
        waits.stop = True
        with pytest.raises(Stopped):
            write(pace)


class Failing:
    """Raises these errors in turn, then returns."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def test_reads_and_what_never_left_are_tried_again(pace: Pace, waits: Waits) -> None:
    call = Failing(NotSent("no"), NotSent("no"))
    assert attempts(pace, reading=False)(call) == "done"
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize("reading", [True, False])
def test_a_write_in_doubt_is_never_tried_again(pace: Pace, reading: bool) -> None:
    call = Failing(Unknown("lost"))
    with pytest.raises(Unknown):
        attempts(pace, reading=reading)(call)
    assert call.calls == 1


def test_trying_ends(pace: Pace) -> None:
    call = Failing(*[NotSent("no")] * 9)
    with pytest.raises(NotSent):
        attempts(pace, reading=True)(call)
    assert call.calls == 4


def test_a_short_limit_is_waited_for_by_reads_only(pace: Pace, waits: Waits, clock: LogicalClock) -> None:
    limit = RateLimited("wait", until=clock() + timedelta(seconds=7))
    assert attempts(pace, reading=True)(Failing(limit)) == "done"
    assert waits == [7.0]
    with pytest.raises(RateLimited):
        attempts(pace, reading=False)(Failing(limit))


def test_a_long_limit_is_told(pace: Pace, waits: Waits, clock: LogicalClock) -> None:
    with pytest.raises(RateLimited):
        attempts(pace, reading=True)(Failing(RateLimited("wait", until=clock() + timedelta(hours=1))))
    assert waits == []


def test_stopping_is_no_reason_to_try_again(pace: Pace, waits: Waits) -> None:
    waits.stop = True
    call = Failing(NotSent("no"))
    with pytest.raises(Stopped):
        attempts(pace, reading=True)(call)
    assert call.calls == 1


@pytest.mark.parametrize(
    ("url", "figures"),
    [
        ("https://github.com", Figures(1.0, 80, 500)),
        ("https://api.github.com", Figures(1.0, 80, 500)),
        ("https://acme.ghe.com", Figures(1.0, 80, 500)),
        ("https://gitlab.com", Figures(0.2, 150, 0)),
        ("https://gitlab.com.example.org", Figures(0.2, 0, 0)),
        ("https://github.example.org", Figures(0.2, 0, 0)),
        ("https://notgithub.com", Figures(0.2, 0, 0)),
        ("http://127.0.0.1:8080", Figures(0.0, 0, 0)),
        ("http://[::1]:8080", Figures(0.0, 0, 0)),
        ("http://localhost:1", Figures(0.0, 0, 0)),
    ],
)
def test_each_host_has_its_own_figures(url: str, figures: Figures) -> None:
    assert usual_figures(url) == figures
