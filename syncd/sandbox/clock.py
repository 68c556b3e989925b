"""Clocks of the sandbox: real, or moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

MONDAY = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)


def wall_clock() -> datetime:
    return datetime.now(UTC)


class LogicalClock:
    """Stands still until somebody moves it, so that a test decides what happens within one second."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> datetime:
        """Moves on (or back: a clock step) and returns the new time."""
        self._now += timedelta(seconds=seconds)
        return self._now


class OffsetClock:
    """Another clock, shifted by the seconds that were asked for: how the admin endpoint lets time pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return self._clock() + self._offset

    def advance(self, seconds: float) -> datetime:
        self._offset += timedelta(seconds=seconds)
        return self()


def stamp(seconds: int) -> str:
    """Whole seconds since 1970 as both forges write them: `2026-01-05T09:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: str) -> datetime:
    """An ISO date or date-time; without a zone it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
