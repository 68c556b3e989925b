"""GitHub's due dates: a day in Pacific time (api-facts C.2).

Computed from the United States' rule since 2007 and not from zoneinfo, because a slim container has no
time zone data.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def _nth_sunday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))


def _summer(day: date) -> bool:
    """Is it daylight saving time at the first instant of this day? The clock changes at two o'clock."""
    return _nth_sunday(day.year, 3, 2) < day <= _nth_sunday(day.year, 11, 1)


def midnight(day: date) -> datetime:
    """The instant a Pacific day begins: 07:00Z in summer, 08:00Z in winter."""
    return datetime(day.year, day.month, day.day, 7 if _summer(day) else 8, tzinfo=UTC)


def day_of(moment: datetime) -> date:
    """The Pacific day an instant lies in; the time of day is thrown away."""
    utc = moment.astimezone(UTC)
    day = utc.date()
    return day if utc >= midnight(day) else day - timedelta(days=1)
