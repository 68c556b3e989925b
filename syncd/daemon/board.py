"""What is known of each roadmap since the daemon began: what probes and page ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from syncd.daemon.finished import WORKING, Finished


@dataclass(frozen=True, slots=True)
class Standing:
    """One roadmap: its latest run, when one was last complete, and when one last did what it should."""

    since: datetime
    latest: Finished | None = None
    complete_at: datetime | None = None
    worked_at: datetime | None = None
    failures: int = 0

    @property
    def fresh_at(self) -> datetime:
        """From when its age counts: before the first run, from the start."""
        return self.worked_at or self.since


class Board:
    """Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._standings: dict[str, Standing] = {}

    def keep(self, names: Mapping[str, object], now: datetime) -> None:
        """These are configured now; what is known of the others is forgotten."""
        with self._lock:
            self._standings = {name: self._standings.get(name) or Standing(now) for name in names}

    def note(self, run: Finished) -> None:
        """A run is over."""
        with self._lock:
            before = self._standings.get(run.name)
            if before is None:
                return
            worked = run.result in WORKING
            self._standings[run.name] = replace(
                before,
                latest=run,
                complete_at=run.ended if run.complete else before.complete_at,
                worked_at=run.ended if worked else before.worked_at,
                failures=0 if worked else before.failures + 1,
            )

    def standings(self) -> Mapping[str, Standing]:
        """As of now."""
        with self._lock:
            return dict(self._standings)
