"""How long each remote is left in peace after it failed. One that is down must not hold up the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=10)
LAST_WAIT = timedelta(minutes=15)


@dataclass(slots=True)
class _Trouble:
    failures: int
    until: datetime
    asked: bool
    """Whether the forge itself named the time: then it holds, whatever we learn."""


class Patience:
    """Not safe for threads by itself. ``jitter`` gives a number from 0 to 1 for each wait."""

    def __init__(self, *, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._trouble: dict[str, _Trouble] = {}

    def failed(self, remote: str, now: datetime, until: datetime | None) -> None:
        """A run could not read or write the remote; ``until`` is what the forge asked for."""
        before = self._trouble.get(remote)
        failures = before.failures + 1 if before else 1
        if until is None:
            whole: timedelta = min(FIRST_WAIT * (1 << min(failures - 1, 16)), LAST_WAIT)
            until, asked = now + whole * (0.5 + self._jitter() / 2), False
        else:
            asked = True
        self._trouble[remote] = _Trouble(failures, until, asked)

    def well(self, remote: str) -> None:
        """A run met no trouble there."""
        self._trouble.pop(remote, None)

    def forgive(self) -> None:
        """The configuration is another one: what failed may work now. What a forge asked for still holds."""
        self._trouble = {name: one for name, one in self._trouble.items() if one.asked}

    def away(self, now: datetime) -> dict[str, datetime]:
        """Remotes not to be asked yet, and until when."""
        return {name: one.until for name, one in self._trouble.items() if one.until > now}
