"""What is known of each roadmap since the daemon began: what probes and page ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from syncd.daemon.finished import WORKING, Finished
from syncd.model.links import Intent
from syncd.model.remote import Budget


@dataclass(frozen=True, slots=True)
class Standing:
    """One roadmap: its latest run, when one was last complete, and when one last did what it should."""

    since: datetime
    latest: Finished | None = None
    complete_at: datetime | None = None
    worked_at: datetime | None = None
    failures: int = 0
    intents: tuple[Intent, ...] = ()
    """Effects of which the last run that looked did not know whether they happened."""

    @property
    def fresh_at(self) -> datetime:
        """From when its age counts: before the first run, from the start."""
        return self.worked_at or self.since


class Board:
    """Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._standings: dict[str, Standing] = {}
        self._budgets: dict[str, Budget] = {}
        self._serial = 0

    def keep(self, names: Mapping[str, object], now: datetime) -> None:
        """These are configured now; what is known of the others is forgotten."""
        with self._lock:
            self._standings = {name: self._standings.get(name) or Standing(now) for name in names}

    def note(self, run: Finished) -> None:
        """A run is over."""
        with self._lock:
            if run.report is not None:
                self._serial = run.report.serial
                told = {name: status.budget for name, status in run.report.remotes.items()}
                # A remote that was left in peace said nothing: what it said before is still the latest.
                self._budgets |= {name: budget for name, budget in told.items() if budget is not None}
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
                intents=run.report.intents if run.report else before.intents,
            )

    def standings(self) -> Mapping[str, Standing]:
        """As of now."""
        with self._lock:
            return dict(self._standings)

    def budgets(self) -> Mapping[str, Budget]:
        """How much each remote still takes, as far as its forge ever said."""
        with self._lock:
            return dict(self._budgets)

    @property
    def serial(self) -> int:
        """That of the state after the latest run; 0 before the first."""
        return self._serial
