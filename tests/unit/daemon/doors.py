"""An engine that does nothing but answer, for the tests of those who call it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from syncd.apply import Outcome, RemoteOutcome
from syncd.daemon.finished import Finished
from syncd.daemon.workers import Workers
from syncd.engine import Job, Remote, RemoteStatus, Report, Run
from syncd.errors import UsageError
from syncd.model.links import Contest
from syncd.model.policy import Policy, ReadingRules
from syncd.model.remote import Unavailable
from syncd.model.values import Field, Uid
from syncd.plan.actions import Plan
from syncd.plan.guard import Verdict

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)


def job(name: str, *remotes: str) -> Job:
    ours = tuple(Remote(one, lambda _: None, timedelta(), timedelta(days=1)) for one in remotes)  # type: ignore[arg-type,return-value]  # nobody is asked
    return Job(name, Path(f"{name}.md"), Path("state.db"), ours, Policy(), ReadingRules(), "")


def report(
    name: str = "main",
    *,
    remotes: Iterable[str] = ("github",),
    unavailable: Iterable[Unavailable] = (),
    outcomes: Iterable[RemoteOutcome] = (),
    written: bool = False,
) -> Report:
    return Report(
        roadmap=name,
        path=f"{name}.md",
        dry=False,
        plan=Plan(name),
        verdict=Verdict("d" * 64),
        serial=7,
        remotes={one: RemoteStatus("ok", 3, 0) for one in remotes},
        outcomes=tuple(outcomes),
        unavailable=tuple(unavailable),
        written=written,
    )


def outcomes(*results: str, stopped: str = "", retry_at: datetime | None = None) -> RemoteOutcome:
    made = tuple(Outcome("github", "create_issue", Uid(f"u{n}"), "t", one) for n, one in enumerate(results))  # type: ignore[arg-type]  # words of the type
    failed = any(one != "done" for one in results)
    return RemoteOutcome("github", made, 1 if failed else 0, retry_at, stopped)


@dataclass
class FakeDoor:
    """Answers each run with the next of `answers`: a report, an error, or what a function makes of the run."""

    jobs: dict[str, Job] = field(default_factory=lambda: {"main": job("main", "github")})
    answers: list[Report | BaseException | Callable[[Run], Report]] = field(default_factory=list)
    asked: list[tuple[str, Run]] = field(default_factory=list)
    decided: list[tuple[str, Uid, Field, str]] = field(default_factory=list)

    def sync(self, name: str, run: Run) -> Report:
        self.asked.append((name, run))
        answer = self.answers.pop(0) if self.answers else report(name)
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Report) else answer(run)

    def decide(self, name: str, uid: Uid, field: Field, side: str) -> Contest:
        if side != "github":
            raise UsageError(f"{side} takes no part")
        self.decided.append((name, uid, field, side))
        return Contest(uid, field, {"github": "a"}, None)


@dataclass
class Desk:
    """Workers over a fake door, on a clock that a test moves, with everything they told."""

    door: FakeDoor = field(default_factory=FakeDoor)
    now: datetime = T0
    stop: Event = field(default_factory=Event)
    told: list[Finished] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workers = Workers(
            self.door,
            clock=lambda: self.now,
            ticks=self.ticks,
            jitter=lambda: 1.0,
            stop=self.stop,
            told=[self.told.append],
        )

    def ticks(self) -> float:
        return (self.now - T0).total_seconds()

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def run(self, why: str = "schedule", name: str = "main", **named: frozenset[int]) -> Finished:
        """Somebody asks, the time comes, and the run is over."""
        self.workers.put(name, why, named)
        self.pass_time(2)
        assert self.workers.step()
        return self.told[-1]

    def waits(self) -> float | None:
        """Seconds until the next run is due."""
        next_at = self.workers.inbox.next_at()
        return None if next_at is None else (next_at - self.now).total_seconds()
