"""Timetables: intervals, and cron as crontab(5) means it whatever the library thinks."""

import threading
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from syncd.config.cron import parse_cron
from syncd.daemon.scheduler import Scheduler, longest_gap, trigger_for

NOW = datetime(2026, 11, 21, 12, 3, tzinfo=UTC)  # a Saturday


def times(text: str, count: int) -> list[str]:
    """The next times, without the few seconds of jitter."""
    trigger, found, now = trigger_for(parse_cron(text), NOW, Random(1)), [], NOW
    for _ in range(count):
        following = trigger.get_next_fire_time(None, now)
        assert following is not None
        found.append(f"{following:%a %d %H:%M}")
        now = (
            following
            + timedelta(minutes=1)
            - timedelta(seconds=following.second, microseconds=following.microsecond)
        )
    return found


def test_minutes_and_hours() -> None:
    assert times("*/30 * * * *", 3) == ["Sat 21 12:30", "Sat 21 13:00", "Sat 21 13:30"]


@pytest.mark.parametrize(
    ("day", "first"), [("0", "Sun 22"), ("7", "Sun 22"), ("1", "Mon 23"), ("sun", "Sun 22")]
)
def test_the_week_begins_on_sunday_whatever_the_library_thinks(day: str, first: str) -> None:
    assert times(f"0 6 * * {day}", 1) == [f"{first} 06:00"]


def test_two_restricted_days_are_alternatives() -> None:
    assert times("0 6 1 * mon", 3) == ["Mon 23 06:00", "Mon 30 06:00", "Tue 01 06:00"]


def test_an_interval_is_kept_but_for_its_jitter_and_never_earlier_at_first() -> None:
    trigger = trigger_for(timedelta(hours=1), NOW, Random(1))
    first = trigger.get_next_fire_time(None, NOW)
    assert first is not None
    assert timedelta(minutes=48) <= first - NOW <= timedelta(minutes=66)


def test_the_longest_gap_between_runs_is_known() -> None:
    assert longest_gap(timedelta(minutes=5), NOW) == timedelta(minutes=5)
    hourly = longest_gap(parse_cron("0 * * * *"), NOW)
    assert abs(hourly - timedelta(hours=1)) < timedelta(seconds=20)
    weekly = longest_gap(parse_cron("0 6 * * 1"), NOW)
    assert abs(weekly - timedelta(days=7)) < timedelta(seconds=20)


def test_a_due_name_is_put_and_a_new_timetable_replaces_the_old_one() -> None:
    put: list[str] = []
    twice = threading.Event()

    def due(name: str) -> None:
        put.append(name)
        if put.count("new") == 2:
            twice.set()

    scheduler = Scheduler(due, Random(1))
    now = datetime.now(UTC)
    scheduler.set({"old": timedelta(hours=1)}, now)
    scheduler.start()
    try:
        scheduler.set({"new": timedelta(milliseconds=20)}, now)
        assert twice.wait(10)
    finally:
        scheduler.stop()
    assert "old" not in put


def test_it_tells_when_it_is_the_turn_of_a_name() -> None:
    scheduler, now = Scheduler(lambda _: None, Random(1)), datetime.now(UTC)
    scheduler.set({"main": timedelta(hours=1)}, now)
    assert scheduler.next_at("main") is None, "nobody's, before it began"
    scheduler.start()
    try:
        turn = scheduler.next_at("main")
        assert turn is not None
        assert now < turn < now + timedelta(hours=1.2)
        assert scheduler.next_at("other") is None
    finally:
        scheduler.stop()
