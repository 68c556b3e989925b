"""One run that is over, as log, metrics, probes and page tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from syncd.apply import Outcome
from syncd.engine import Report
from syncd.errors import CONFLICTS, FAILED, LATER, OK, REFUSED
from syncd.logs import Log

Result = Literal["ok", "noop", "conflict", "refused", "partial", "later", "stopped", "error"]
COMPLETE: frozenset[Result] = frozenset({"ok", "noop", "conflict"})
"""Results after which both sides say the same, but for what a person has to decide (I23)."""
WORKING: frozenset[Result] = COMPLETE | {"refused"}
"""Results that show that syncd does what it should: a plan that waits for its approval is no failure."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A run from ``started`` to ``ended``; either with a ``report``, or with the ``error`` that ended it."""

    name: str
    trigger: str
    why: Mapping[str, int]
    started: datetime
    ended: datetime
    waited: timedelta
    named: int = 0
    report: Report | None = None
    error: str = ""
    error_type: str = ""
    exit_code: int = OK
    stopped: bool = False

    @property
    def result(self) -> Result:
        """What came of it, in one word."""
        match self.exit_code:
            case _ if self.stopped:
                return "stopped"
            case _ if self.report is None:
                return "later" if self.exit_code == LATER else "error"
            case 0:
                return "ok" if self.report.written or self.outcomes else "noop"
            case code if code == CONFLICTS:
                return "conflict"
            case code if code == REFUSED and self.report.verdict.refused:
                return "refused"
            case code if code == LATER:
                return "later"
            case code if code == FAILED:
                return "partial"
            case _:
                return "error"

    @property
    def complete(self) -> bool:
        """Whether it may move the time of the last success."""
        return self.result in COMPLETE

    @property
    def outcomes(self) -> list[Outcome]:
        """What was done on the remotes, one by one."""
        return [one for remote in self.report.outcomes for one in remote.outcomes] if self.report else []

    @property
    def seconds(self) -> float:
        """How long it took."""
        return max(0.0, (self.ended - self.started).total_seconds())

    @property
    def conflicts(self) -> int:
        """Conflicts that only a person can decide."""
        return sum(one.winner is None for one in self.report.plan.conflicts) if self.report else 0

    @property
    def held(self) -> int:
        """Tasks that are held until something is clear."""
        return len(self.report.plan.held) if self.report else 0


def log_finished(log: Log, run: Finished) -> None:
    """The one line that says everything of a run; whoever keeps a single line of the log keeps this one."""
    say = log.info if run.result in WORKING else log.warning
    if run.result == "error":
        say = log.error
    say("sync.finished", **_values(run))


def _values(run: Finished) -> dict[str, Any]:
    values: dict[str, Any] = {
        "result": run.result,
        "exit_code": run.exit_code,
        "duration_ms": round(run.seconds * 1000),
        "waited_ms": round(run.waited.total_seconds() * 1000),
        "why": dict(run.why),
        "named": run.named,
    }
    if run.error:
        values |= {"error": run.error, "error_type": run.error_type}
    report = run.report
    if report is None:
        return values
    done = Counter(f"{one.kind}:{one.result}" for one in run.outcomes)
    return values | {
        "actions": dict(done),
        "edits": len(report.plan.lines) if report.written else 0,
        "conflicts": run.conflicts,
        "held": run.held,
        "serial": report.serial,
        "digest": report.verdict.digest[:12],
        "remotes": {
            name: f"{status.status} {status.requests}/{status.writes}"
            for name, status in report.remotes.items()
        },
        **({"refused": [one.reason for one in report.verdict.refusals]} if report.verdict.refused else {}),
        **({"unavailable": [one.reason for one in report.unavailable]} if report.unavailable else {}),
    }
