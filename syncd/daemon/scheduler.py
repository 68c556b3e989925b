"""The timetable: at its times a name is put into the inbox, and nothing else (design §13).

APScheduler drops a job whose predecessor still runs, and by default one that is late by a second. Here a job takes a
microsecond and is never too late, so nothing is lost: what a trigger meets during a run waits in the inbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from syncd.config import Cron

JITTER = 0.1
"""The part of an interval by which it may be late: daemons that were started together spread out."""
_CRON_JITTER = 5
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

Timetable = timedelta | Cron


class Scheduler:
    """Calls ``due(name)`` in a thread of its own at the times of each roadmap, in UTC."""

    def __init__(self, due: Callable[[str], object], chance: Random) -> None:
        self._due = due
        self._chance = chance
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def set(self, timetables: Mapping[str, Timetable], now: datetime) -> None:
        """From now on these, and no others."""
        self._scheduler.remove_all_jobs()
        for name, when in timetables.items():
            self._scheduler.add_job(self._due, trigger_for(when, now, self._chance), args=[name], id=name)

    def next_at(self, name: str) -> datetime | None:
        """When it will be this roadmap's turn."""
        job = self._scheduler.get_job(name)
        # Before the start a job has no such time yet, not even none.
        when: datetime | None = getattr(job, "next_run_time", None)
        return when

    def start(self) -> None:
        """Begins."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more from now on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def trigger_for(when: Timetable, now: datetime, chance: Random) -> BaseTrigger:
    """APScheduler's word for a timetable."""
    if isinstance(when, timedelta):
        seconds = when.total_seconds()
        first = now + when * (1 - JITTER * chance.random())
        return IntervalTrigger(
            seconds=seconds,
            start_date=first,
            timezone=UTC,
            jitter=seconds * JITTER if seconds >= 10 else None,
        )
    return _cron_trigger(when)


def _cron_trigger(cron: Cron) -> BaseTrigger:
    days = {"day": _listed(cron.days)} if cron.days is not None else {}
    # By name: in APScheduler 0 is Monday.
    week = (
        {"day_of_week": ",".join(_WEEKDAYS[day] for day in sorted(cron.weekdays or ()))}
        if cron.weekdays
        else {}
    )
    if days and week:
        # Two restricted days are alternatives in cron, and conditions in APScheduler.
        return OrTrigger([_fields(cron, days), _fields(cron, week)])
    return _fields(cron, days or week)


def _fields(cron: Cron, more: Mapping[str, str]) -> CronTrigger:
    return CronTrigger(
        minute=_listed(cron.minutes),
        hour=_listed(cron.hours),
        month=_listed(cron.months),
        timezone=UTC,
        jitter=_CRON_JITTER,
        **more,
    )


def _listed(values: frozenset[int]) -> str:
    return ",".join(map(str, sorted(values)))


def longest_gap(when: Timetable, now: datetime) -> timedelta:
    """How long after one run the next is due at most, looking at the next few times."""
    if isinstance(when, timedelta):
        return when
    trigger, times = _cron_trigger(when), [now]
    for _ in range(8):
        following = trigger.get_next_fire_time(times[-1], times[-1] + timedelta(seconds=2 * _CRON_JITTER))
        if following is None:
            break
        times.append(following)
    # The first is measured from now, which lies somewhere between two.
    gaps = [later - earlier for earlier, later in pairwise(times[1:])]
    return max(gaps, default=timedelta(days=1))
