"""What came of a run: the plan, the guard's word, every outcome, and one exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syncd.apply import RemoteOutcome
from syncd.errors import CHANGES_PENDING, CONFLICTS, OK, REFUSED, most_pressing
from syncd.model import outline
from syncd.model.remote import Unavailable
from syncd.plan.actions import Plan
from syncd.plan.guard import Verdict
from syncd.plan.render.counts import counts


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """How a remote did in this run: "ok", "unavailable" or "rate_limited", and what it cost."""

    status: str
    requests: int = 0
    writes: int = 0
    complete: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One run. ``written`` says whether the roadmap was; ``serial`` is that of the state afterwards."""

    roadmap: str
    path: str
    dry: bool
    plan: Plan
    verdict: Verdict
    serial: int
    remotes: Mapping[str, RemoteStatus]
    outcomes: tuple[RemoteOutcome, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()
    warnings: tuple[outline.Warning, ...] = ()
    written: bool = False
    started: datetime | None = None
    assumptions: tuple[str, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """The most pressing of everything that happened (design §15)."""
        codes = [away.exit_code for away in self.unavailable]
        codes += [outcome.exit_code for outcome in self.outcomes]
        if self.verdict.refused:
            codes.append(REFUSED)
        if self.plan.held or any(conflict.winner is None for conflict in self.plan.conflicts):
            codes.append(CONFLICTS)
        return most_pressing(codes) if codes else OK

    def summary(self) -> str:
        """The run in a line of JSON, as the state keeps it: when, how it ended, what was to do, who was there."""
        return json.dumps(
            {
                "at": self.started.isoformat() if self.started else None,
                "exit_code": self.exit_code,
                "counts": counts(self.plan),
                "remotes": {name: status.status for name, status in self.remotes.items()},
            },
            sort_keys=True,
        )

    @property
    def detailed_exit_code(self) -> int:
        """The same, with 2 where a dry run found something to do (``--exit-code``)."""
        pending = [CHANGES_PENDING] if self.dry and not self.plan.empty else []
        return most_pressing([self.exit_code, *pending])
