"""One run from bytes to bytes: lock, recover, observe, plan, guard, apply, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from syncd import files
from syncd.engine.job import Job, Run
from syncd.engine.report import Report
from syncd.engine.session import Session
from syncd.errors import RoadmapChanged, UsageError
from syncd.model.links import Contest, Decision
from syncd.model.values import Field, Uid
from syncd.roadmap.source import Source
from syncd.state.lock import hold, lock_path
from syncd.state.store import Store

PATIENCE = 2
"""How often a run begins anew because somebody saved the roadmap meanwhile, before it gives up for now."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Keeps configured roadmaps in step. Clock and minting enter here and nowhere deeper."""

    jobs: Mapping[str, Job]
    clock: Callable[[], datetime]
    mint: Callable[[], Uid]

    def sync(self, name: str, run: Run) -> Report:
        """One run of one roadmap.

        A remote that fails is part of the report; what raises ends the run before anything was written:
        :class:`~syncd.errors.RoadmapError`, :class:`~syncd.errors.StateError`, :class:`~syncd.errors.LockHeld`,
        :class:`~syncd.errors.NotNow`. Somebody who saves the file while we plan makes us plan again, three times;
        then :class:`~syncd.errors.RoadmapChanged` says to run later.
        """
        for _ in range(PATIENCE):
            try:
                return self._run(self.job(name), run)
            except RoadmapChanged:
                continue
        return self._run(self.job(name), run)

    def decide(self, name: str, uid: Uid, field: Field, side: str) -> Contest:
        """A person takes the value of one side: the next run puts it on all of them. Returns the conflict.

        Raises :class:`~syncd.errors.UsageError` where there is no such conflict or ``side`` has no value in it, and
        :class:`~syncd.errors.LockHeld` while a run goes on: it may be about to settle the very same field.
        """
        job = self.job(name)
        if not job.state.exists():
            raise UsageError(f"{name} was never synced", hint="`syncd run` first")
        with (
            hold(lock_path(job.state, name), exclusive=True, now=self.clock()),
            Store.open(job.state, clock=self.clock, mint=self.mint) as store,
        ):
            contest = _contest(store.load(name).contests, uid, field)
            if side not in contest.values:
                raise UsageError(
                    f"{side} takes no part in this conflict", hint=f"one of: {', '.join(contest.values)}"
                )
            store.commit(name, Decision(uid, field, contest.values[side]))
            return contest

    def _run(self, job: Job, run: Run) -> Report:
        _check_roadmap(job, run)
        with self._lock(job, run), self._store(job, run) as store:
            session = Session(job, run, store, self.clock, self.mint)
            session.check_place()
            session.read()
            session.recover_roadmap()
            session.observe()
            session.recover_remotes()
            session.propose()
            session.judge()
            # A new state begins with the first remote that is seen: a wrong token leaves nothing behind.
            if session.may_write() and store.on_disk:
                session.remember()
                session.write_roadmap()
                session.apply()
                session.close()
            report = session.report()
            if not run.dry and store.on_disk:
                store.save_report(job.name, report.summary())
            return report

    def job(self, name: str) -> Job:
        """The roadmap of that name."""
        if name not in self.jobs:
            known = ", ".join(sorted(self.jobs)) or "none"
            raise UsageError(f"no roadmap is called {name}", hint=f"configured: {known}")
        return self.jobs[name]

    def _lock(self, job: Job, run: Run) -> AbstractContextManager[None]:
        return hold(lock_path(job.state, job.name), exclusive=not run.dry, now=self.clock())

    def _store(self, job: Job, run: Run) -> AbstractContextManager[Store]:
        # A dry run works on a copy in memory: the same code, and nothing on disk (I14).
        return Store.open(job.state, clock=self.clock, mint=self.mint, read_only=run.dry)


def _check_roadmap(job: Job, run: Run) -> None:
    """A roadmap that cannot be read or must not be written ends the run before there is a lock or a state."""
    data, _ = files.read(job.path)
    Source.of(data, str(job.path))
    if not run.dry:
        files.writable(job.path)


def _contest(contests: Iterable[Contest], uid: Uid, field: Field) -> Contest:
    for contest in contests:
        if (contest.uid, contest.field) == (uid, field):
            return contest
    raise UsageError(f"no conflict on {field.value} of {uid}", hint="`syncd conflicts` lists them")
