"""What came of a run: the plan, the guard's word, every outcome, and one exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from syncd.apply import RemoteOutcome
from syncd.errors import CHANGES_PENDING, CONFLICTS, LATER, OK, REFUSED, most_pressing
from syncd.forge.base import Forge
from syncd.model import outline
from syncd.model.links import Intent
from syncd.model.remote import Budget, Snapshot, Unavailable
from syncd.plan.actions import Plan
from syncd.plan.guard import Verdict
from syncd.plan.render.counts import counts


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """How a remote did in this run: "ok", "unavailable" or "rate_limited", and what it cost.

    ``budget`` is what the forge said last of how much it still takes; None where it does not say or was not asked.
    """

    status: str
    requests: int = 0
    writes: int = 0
    complete: bool = True
    reason: str = ""
    budget: Budget | None = None

    @classmethod
    def of(cls, forge: Forge, seen: Snapshot | Unavailable) -> Self:
        """What a run has to say of a remote once it is over with it."""
        spent = (forge.requests, forge.writes)
        if isinstance(seen, Snapshot):
            return cls("ok", *spent, seen.complete, budget=forge.budget)
        status = "rate_limited" if seen.exit_code == LATER else "unavailable"
        return cls(status, *spent, complete=False, reason=seen.reason, budget=forge.budget)


@dataclass(frozen=True, slots=True)
class Report:
    """One run. ``written`` says whether the roadmap was; ``serial`` is that of the state afterwards.

    ``intents`` are the effects of which it is not known yet whether they happened. ``left`` is the hash of the
    roadmap's bytes as the run left them, written or not.
    """

    roadmap: str
    path: str
    dry: bool
    plan: Plan
    verdict: Verdict
    serial: int
    remotes: Mapping[str, RemoteStatus]
    outcomes: tuple[RemoteOutcome, ...] = ()
    intents: tuple[Intent, ...] = ()
    left: str = ""
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
