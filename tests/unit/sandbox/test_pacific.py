"""Pacific days by rule, against the time zone data base where the machine has one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.sandbox.pacific import day_of, midnight

SINCE_THE_RULE = st.dates(date(2007, 4, 1), date(2037, 12, 31))


@given(SINCE_THE_RULE)
def test_the_midnight_of_a_day_lies_in_that_day(day: date) -> None:
    assert day_of(midnight(day)) == day
    assert day_of(midnight(day) - timedelta(seconds=1)) == day - timedelta(days=1)


@given(SINCE_THE_RULE)
def test_noon_utc_is_the_same_pacific_day(day: date) -> None:
    """What lets a client send a day without knowing the time zone (api-facts C.2)."""
    assert day_of(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) == day
    assert midnight(day).date() == day


@given(SINCE_THE_RULE)
def test_the_rule_is_the_one_of_the_time_zone_data(day: date) -> None:
    try:
        zone = ZoneInfo("America/Los_Angeles")
    except LookupError:
        pytest.fail("install tzdata: this machine has no time zone data")
    assert midnight(day) == datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
