"""Which roadmaps are to be synced, and when: a set of names that coalesces. Time is an argument everywhere.

Whatever asks for a run only puts a name here. A name waits until nothing more came for :data:`DEBOUNCE`, but no longer
than :data:`LONGEST`: a burst of any size is one run. What comes while a run of that name is going on makes it wait
again, so nothing is lost (a timetable that skipped it would lose it). After failures a name waits longer and longer.

Not safe for threads by itself: :class:`~syncd.daemon.workers.Workers` holds its lock around every call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

DEBOUNCE = timedelta(seconds=2)
LONGEST = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=10)
LAST_WAIT = timedelta(minutes=15)
MOST_NAMED = 100
"""Issues that one run reads by number. For more, the lists are cheaper; they are read once more when they no longer
lag behind (:data:`LISTS_SETTLE`)."""
LISTS_SETTLE = timedelta(seconds=60)
START = "start"
"""A roadmap that is new here: nothing can have come before it that would have to coalesce, so it waits for nothing."""
HANDS = frozenset({"file", "page"})
"""Reasons that a person stands behind: what failed may be mended now, so they wait for no back-off."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, as far as its name has to know.

    ``again``: there is more to do at once. ``failed``: longer and longer waits. ``retry_at``: come back then, and
    with ``hold`` not before, whoever asks.
    """

    failed: bool = False
    again: bool = False
    hold: bool = False
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A name to run now: why, which issues to read by number, by remote, and the plan that a person approved."""

    name: str
    why: Mapping[str, int]
    named: Mapping[str, frozenset[int]]
    waited: timedelta
    approve: str = ""

    @property
    def trigger(self) -> str:
        """The most telling of the reasons, for log and metrics; nothing branches on it."""
        return next(
            (one for one in ("page", "file", "webhook", "schedule", START) if one in self.why), "retry"
        )


@dataclass(frozen=True, slots=True)
class Plight:
    """A name is ``running``, ``waiting`` because somebody asked, or neither; ``at`` is when it comes back by itself.

    ``again``: somebody asked while it was running.
    """

    word: Literal["running", "waiting", ""] = ""
    at: datetime | None = None
    again: bool = False


@dataclass(slots=True)
class _Entry:
    why: Counter[str] = field(default_factory=Counter)
    named: dict[str, set[int]] = field(default_factory=dict)
    approve: str = ""
    first: datetime | None = None
    last: datetime | None = None
    at: datetime | None = None
    """When to come back by itself."""
    not_before: datetime | None = None
    running: bool = False
    failures: int = 0

    def ready_at(self, debounce: timedelta, longest: timedelta) -> datetime | None:
        """When it may be taken, or None while nothing asks for it."""
        if self.running:
            return None
        times = [self.at] if self.at else []
        if self.first and self.last:
            times.append(min(self.last + debounce, self.first + longest))
        if not times:
            return None
        return max(min(times), self.not_before or min(times))


class Inbox:
    """``jitter`` gives a number from 0 to 1 for each wait after a failure: daemons that failed together spread out."""

    def __init__(
        self,
        *,
        jitter: Callable[[], float],
        debounce: timedelta = DEBOUNCE,
        longest: timedelta = LONGEST,
    ) -> None:
        self._jitter = jitter
        self._debounce = debounce
        self._longest = longest
        self._entries: dict[str, _Entry] = {}

    def put(
        self,
        name: str,
        why: str,
        now: datetime,
        named: Mapping[str, frozenset[int]] | None = None,
        approve: str = "",
    ) -> bool:
        """Asks for a run of ``name``. True if it was not already waiting for one. The latest approval counts."""
        entry = self._entries.setdefault(name, _Entry())
        fresh = entry.first is None
        entry.why[why] += 1
        entry.first = entry.first or now
        # A clock that was set back must not put a run off for hours.
        entry.first = min(entry.first, now)
        entry.last = now
        for remote, numbers in (named or {}).items():
            entry.named.setdefault(remote, set()).update(numbers)
        entry.approve = approve or entry.approve
        if why in HANDS:
            entry.not_before = None
        if why == START:
            entry.at = now
        return fresh

    def repeat(self, name: str) -> bool:
        """Whether a repeated delivery can be let go: its run has not begun, so it will be seen to anyway."""
        entry = self._entries.get(name)
        return entry is not None and entry.first is not None

    def due(self, now: datetime, room: int = 1) -> list[Taken]:
        """Takes out up to ``room`` names whose time has come, the longest waiting first. Each is then running."""
        ready = [(when, name) for name, when in self._ready() if when <= now]
        return [self._take(name, now) for _, name in sorted(ready)[:room]]

    def next_at(self) -> datetime | None:
        """When the next name becomes due."""
        return min((when for _, when in self._ready()), default=None)

    def done(self, name: str, ended: Ended, now: datetime) -> None:
        """The run of ``name`` is over. What was put meanwhile is waiting already."""
        entry = self._entries[name]
        entry.running = False
        entry.failures = entry.failures + 1 if ended.failed else 0
        until = ended.retry_at
        if ended.again:
            until = now
        elif ended.failed:
            until = max(now + self._wait(entry.failures), until or now)
        if until is not None:
            entry.why["retry"] += 1
            entry.at = min(entry.at or until, until)
        entry.not_before = until if ended.hold else None

    def give_back(self, taken: Taken) -> None:
        """The run did not read what was named, nor judge what was approved: the next one will."""
        entry = self._entries[taken.name]
        entry.approve = entry.approve or taken.approve
        for remote, numbers in taken.named.items():
            entry.named.setdefault(remote, set()).update(numbers)

    def postpone(self, taken: Taken, until: datetime, now: datetime) -> None:
        """It was too early: all that was asked for waits on, until then at least."""
        entry = self._entries[taken.name]
        entry.running = False
        entry.why.update(taken.why)
        entry.first = min(entry.first or now, now - taken.waited)
        entry.last = entry.last or now
        entry.not_before = until
        self.give_back(taken)

    def drop(self, name: str) -> None:
        """There was nothing to run for; what was put meanwhile waits."""
        self._entries[name].running = False

    def forget(self, names: frozenset[str]) -> None:
        """Drops names that are no longer configured, but for those that are running."""
        for name in [one for one, entry in self._entries.items() if one not in names and not entry.running]:
            del self._entries[name]

    def failures(self, name: str) -> int:
        """How many runs failed in a row."""
        entry = self._entries.get(name)
        return entry.failures if entry else 0

    def plight(self, name: str) -> Plight:
        """How far the next run of a name is."""
        entry = self._entries.get(name, _Entry())
        if entry.running:
            return Plight("running", again=entry.first is not None)
        return Plight("waiting" if entry.first else "", entry.ready_at(self._debounce, self._longest))

    @property
    def waiting(self) -> int:
        """Names that somebody asked for and that no run has taken."""
        return sum(entry.first is not None for entry in self._entries.values())

    @property
    def running(self) -> int:
        """Names whose run is going on."""
        return sum(entry.running for entry in self._entries.values())

    def _ready(self) -> list[tuple[str, datetime]]:
        times = (
            (name, entry.ready_at(self._debounce, self._longest)) for name, entry in self._entries.items()
        )
        return [(name, when) for name, when in times if when is not None]

    def _take(self, name: str, now: datetime) -> Taken:
        entry = self._entries[name]
        named = {remote: frozenset(numbers) for remote, numbers in entry.named.items() if numbers}
        many = sum(map(len, named.values())) > MOST_NAMED
        taken = Taken(name, dict(entry.why), {} if many else named, now - (entry.first or now), entry.approve)
        entry.why, entry.named, entry.approve = Counter(), {}, ""
        entry.first = entry.last = entry.at = entry.not_before = None
        entry.running = True
        if many:
            entry.why["webhook"] += 1
            entry.at = now + LISTS_SETTLE
        return taken

    def _wait(self, failures: int) -> timedelta:
        """Doubles with each failure; between a half and all of it, by lot."""
        whole: timedelta = min(FIRST_WAIT * (1 << min(failures - 1, 16)), LAST_WAIT)
        return whole * (0.5 + self._jitter() / 2)
