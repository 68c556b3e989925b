"""When a forge may be asked: one write at a time per host, no faster than it wants, and not before it said.

A :class:`Pace` belongs to a host, not to a project: limits count per account (api-facts §A.2). It owns every wait, and
every wait ends early when the program shall stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

import tenacity

from syncd.errors import NotSent, RateLimited

PATIENCE = 60.0
"""Seconds that an adapter waits by itself; for longer, RateLimited tells the caller until when (design §8.4)."""
READ_ATTEMPTS = 4
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Stopped(NotSent):
    """The program shall end: nothing was sent, and nothing more will be."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds between writes, and how many creations a minute and an hour may see; 0 is no limit."""

    interval: float = 1.0
    per_minute: int = 80
    per_hour: int = 500


def usual_figures(url: str) -> Figures:
    """What a host wants: the public ones publish their limits (api-facts §A), a host of one's own has none by default.

    gitlab.com allows 200 issues a minute; a quarter is left for everybody else who uses the account.

    Nothing is waited for on loopback: nobody else is there.
    """
    host = (urlsplit(url).hostname or "").lower()
    if host in LOOPBACK:
        return Figures(0.0, 0, 0)
    if host == "github.com" or host.endswith((".github.com", ".ghe.com")):
        return Figures()
    if host == "gitlab.com":
        return Figures(0.2, 150, 0)
    return Figures(0.2, 0, 0)


class Pace:
    """The one gate before a host.

    ``clock`` gives aware UTC times. ``wait(seconds)`` returns True if the program shall stop (``Event.wait``).
    ``load`` gives the times of earlier creations, of this program or one before it, as far as an hour back;
    ``record`` keeps a new one.
    """

    def __init__(
        self,
        figures: Figures,
        *,
        clock: Callable[[], datetime],
        wait: Callable[[float], bool],
        load: Callable[[], Sequence[datetime]] = tuple,
        record: Callable[[datetime], None] = lambda _: None,
        patience: float = PATIENCE,
    ) -> None:
        self.figures = figures
        self.clock = clock
        self.patience = patience
        self.closed_until: datetime | None = None
        """Until when the forge asked to be left alone. Nothing is sent before."""
        self._wait = wait
        self._record = record
        self._load = load
        self._created: list[datetime] | None = None
        self._last_write: datetime | None = None
        self._writing = Lock()

    def close(self, until: datetime) -> None:
        """The forge asked to wait. A later time stands."""
        self.closed_until = max(until, self.closed_until or until)

    def read(self) -> None:
        """Returns when a read may be sent. Raises RateLimited if that is further away than ``patience``."""
        self._until(self.closed_until, "the forge asked to wait")

    @contextmanager
    def write(self, *, creates: bool) -> Iterator[None]:
        """Holds the host for one write, and begins when it may be sent. ``creates`` counts for the creation limits."""
        while not self._writing.acquire(timeout=0.2):
            self.pause(0)
        try:
            self._until(self.closed_until, "the forge asked to wait")
            if creates:
                self._until(self._next_creation(), "as many were created as the forge allows")
            self._breathe()
            if creates:
                self._count()
            yield
        finally:
            self._last_write = self.clock()
            self._writing.release()

    def pause(self, seconds: float) -> None:
        """Waits. Raises :class:`Stopped` if the program shall stop meanwhile."""
        if self._wait(seconds):
            raise Stopped("stopped before it was sent")

    def _until(self, moment: datetime | None, why: str) -> None:
        seconds = (moment - self.clock()).total_seconds() if moment else 0.0
        if moment is None or seconds <= 0:
            return
        if seconds > self.patience:
            raise RateLimited(why, until=moment)
        self.pause(seconds)

    def _breathe(self) -> None:
        if not self.figures.interval or self._last_write is None:
            return
        gone = (self.clock() - self._last_write).total_seconds()
        # A clock that was set back must not make the wait longer than the interval.
        left = min(self.figures.interval - gone, self.figures.interval)
        if left > 0:
            self.pause(left)

    def _next_creation(self) -> datetime | None:
        """When both windows have room again, or None if they have."""
        now = self.clock()
        times = self._times(now)
        frees = [
            times[-allowed] + window
            for allowed, window in (
                (self.figures.per_minute, timedelta(minutes=1)),
                (self.figures.per_hour, timedelta(hours=1)),
            )
            if allowed and len(times) >= allowed
        ]
        return max(frees, default=None)

    def _times(self, now: datetime) -> list[datetime]:
        """Creations of the last hour, oldest first. Times in the future come from a clock that was wrong: they go."""
        known = sorted(self._load()) if self._created is None else self._created
        self._created = [time for time in known if now - timedelta(hours=1) < time <= now]
        return self._created

    def _count(self) -> None:
        # Before it is sent: a creation whose answer is lost counts as well.
        if self.figures.per_minute or self.figures.per_hour:
            now = self.clock()
            self._times(now).append(now)
            self._record(now)


def attempts(pace: Pace, *, reading: bool) -> tenacity.Retrying:
    """The one retry policy. Reads again after anything that may pass, writes only when certainly not sent.

    Waits 0.5, 1, 2 seconds, or as long as the forge asked if that is within the pace's patience.
    """

    def again(error: BaseException) -> bool:
        match error:
            case NotSent():
                # Also one that was stopped: the wait before the next attempt ends it.
                return True
            case RateLimited():
                return reading and (error.until - pace.clock()).total_seconds() <= pace.patience
            case _:
                return False

    def seconds(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited):
            return max(0.0, (error.until - pace.clock()).total_seconds())
        return 0.5 * 2.0 ** (state.attempt_number - 1)

    return tenacity.Retrying(
        stop=tenacity.stop_after_attempt(READ_ATTEMPTS),
        wait=seconds,
        retry=tenacity.retry_if_exception(again),
        sleep=pace.pause,
        reraise=True,
    )
