"""Threads that take names out of the inbox and call the door, each name by one at a time.

They share one engine, and with it one pace per host: whatever they do, a host gets one write at a time (design §13).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from syncd import files, logs
from syncd.apply import Outcome
from syncd.daemon.finished import Finished, log_finished
from syncd.daemon.inbox import DEBOUNCE, Ended, Inbox, Plight, Taken
from syncd.daemon.patience import Patience
from syncd.daemon.settling import Settling
from syncd.engine import Job, Report, Run
from syncd.errors import FAILED, RoadmapChanged, RoadmapError, SyncdError
from syncd.model.links import Contest
from syncd.model.values import Field, Uid

TURN = timedelta(seconds=60)
"""How long a run may write to one remote before it plans the rest anew (design §8.7)."""
_GLANCE = 60.0
"""Seconds after which a waiting thread looks again, whatever the clock says: clocks are set."""
_log = logs.get_log(__name__)


class Door(Protocol):
    """What a worker needs of :class:`~syncd.engine.Engine`."""

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The configured roadmaps."""
        ...

    def sync(self, name: str, run: Run) -> Report:
        """One run of one roadmap."""
        ...

    def decide(self, name: str, uid: Uid, field: Field, side: str) -> Contest:
        """A person decides a conflict."""
        ...


class Workers:
    """Usage: ``start()``, then ``put`` from any thread, at last ``drain``.

    ``stop`` ends every wait of the engine; ``ticks`` are monotonic seconds; ``told`` hears of every finished run.
    """

    def __init__(  # noqa: PLR0913 - clock, chance and ears enter here
        self,
        engine: Door,
        *,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        jitter: Callable[[], float],
        stop: threading.Event,
        told: Iterable[Callable[[Finished], None]] = (),
        turn: timedelta = TURN,
        debounce: timedelta = DEBOUNCE,
    ) -> None:
        self.inbox = Inbox(jitter=jitter, debounce=debounce)
        self._patience = Patience(jitter=jitter)
        self._settling = Settling(debounce, clock=clock, ticks=ticks)
        self._in_step: dict[str, str] = {}
        """The hash of what each roadmap held when a run with it was complete, and nobody ran after that."""
        self._engine = engine
        self._next_engine: Door | None = None
        self._clock, self._ticks, self._stop = clock, ticks, stop
        self._told = tuple(told)
        self._turn = turn
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._beats: dict[str, float] = {}
        """When each running thread last did something."""

    # From other threads

    def put(
        self, name: str, why: str, named: Mapping[str, frozenset[int]] | None = None, approve: str = ""
    ) -> bool:
        """Asks for a run. True if nobody else had, and False while the daemon ends."""
        if why == "file" and (job := self._latest.jobs.get(name)):
            self._settling.look(job.path)  # from now on it is watched whether it changes again
        with self._changed:
            if self._stop.is_set() or name not in self._latest.jobs:
                return False
            fresh = self.inbox.put(name, why, self._clock(), named, approve)
            self._changed.notify()
            return fresh

    def approve(self, name: str, digest: str) -> bool:
        """A person approved the plan of that digest on the page: the next run that comes to a plan applies exactly it.

        It is used once. If the world has moved, that run is refused and tells of the plan there is now; a run that
        ends before it has a plan (a lock, a merge, a file that cannot be read) leaves the approval to the next one.
        """
        return self.put(name, "page", approve=digest)

    def decide(self, name: str, uid: Uid, field: Field, side: str) -> Contest:
        """A person decided a conflict on the page; asks for the run that carries it out. Raises as the door does."""
        with self._changed:
            engine = self._latest
        contest = engine.decide(name, uid, field, side)
        self.put(name, "page")
        return contest

    def preview(self, name: str) -> Report:
        """What the next run would do, in the caller's thread: a dry run, which asks the remotes. Raises as ``sync``."""
        with self._changed:
            engine, away = self._engine, self._patience.away(self._clock())
        return engine.sync(name, Run(dry=True, trigger="page", away=away, wary=True))

    def plight(self, name: str) -> Plight:
        """How far the next run of a roadmap is."""
        with self._changed:
            return self.inbox.plight(name)

    def repeat(self, name: str) -> bool:
        """Whether a repeated delivery needs nothing more: the run it asks for has not begun."""
        with self._changed:
            return self.inbox.repeat(name)

    def exchange(self, engine: Door) -> None:
        """From the next run on, this engine. It begins when no run is going on, for a host has one pace only."""
        with self._changed:
            self._next_engine = engine
            self._swap()
            self._changed.notify_all()

    def start(self, count: int) -> None:
        """Begins to work, in threads that do not keep the program alive."""
        for number in range(count):
            thread = threading.Thread(target=self._work, name=f"worker-{number + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def drain(self, seconds: float) -> bool:
        """Once ``stop`` is set: whether every run came to its end in that time."""
        deadline = self._ticks() + seconds
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(max(0.0, deadline - self._ticks()))
        return not any(thread.is_alive() for thread in self._threads)

    def stuck(self, seconds: float) -> list[str]:
        """Threads that died, or whose run did nothing for so long."""
        with self._changed:
            beats = dict(self._beats)
        now = self._ticks()
        # While the daemon ends, its threads are meant to: nobody must be restarted for it.
        ending = self._stop.is_set()
        dead = [] if ending else [thread.name for thread in self._threads if not thread.is_alive()]
        return dead + [name for name, beat in beats.items() if now - beat > seconds]

    def counts(self) -> tuple[int, int]:
        """Names that wait, and names whose run is going on."""
        with self._changed:
            return self.inbox.waiting, self.inbox.running

    def away(self) -> Mapping[str, datetime]:
        """Remotes that are left in peace, and until when."""
        with self._changed:
            return self._patience.away(self._clock())

    # In a worker's thread

    def step(self) -> bool:
        """Runs the name that is due, if there is one, and if there is anything to run for."""
        with self._changed:
            taken = self._take()
            engine = self._engine
        if taken is None or self._too_early(engine, taken) or self._nothing_new(engine, taken):
            return False
        self._run(engine, taken)
        return True

    def _too_early(self, engine: Door, taken: Taken) -> bool:
        """Puts it off while somebody writes the file: whoever asked, half a roadmap helps nobody."""
        seconds = self._settling.look(engine.jobs[taken.name].path)
        if not seconds:
            return False
        with self._changed:
            now = self._clock()
            self.inbox.postpone(taken, now + timedelta(seconds=seconds), now)
        return True

    def _nothing_new(self, engine: Door, taken: Taken) -> bool:
        """Whether the file alone asked, and holds what the last run left there: it was our own writing."""
        if set(taken.why) != {"file"} or taken.name not in self._in_step:
            return False
        try:
            _, version = files.read(engine.jobs[taken.name].path)
        except RoadmapError:
            return False
        if version.digest != self._in_step[taken.name]:
            return False
        with self._changed:
            self.inbox.drop(taken.name)
        return True

    def _work(self) -> None:
        while not self._stop.is_set():
            if not self.step():
                self._rest()

    def _rest(self) -> None:
        with self._changed:
            next_at = self.inbox.next_at()
            seconds = (next_at - self._clock()).total_seconds() if next_at else _GLANCE
            if self._next_engine is not None:
                seconds = _GLANCE  # the end of the last run of the old engine wakes everybody
            if seconds > 0 and not self._stop.is_set():
                self._changed.wait(min(seconds, _GLANCE))

    @property
    def _latest(self) -> Door:
        return self._next_engine or self._engine

    def _take(self) -> Taken | None:
        self._swap()
        if self._next_engine is not None or self._stop.is_set():
            return None
        return next(iter(self.inbox.due(self._clock(), 1)), None)

    def _swap(self) -> None:
        if self._next_engine is None or self.inbox.running:
            return
        self._engine, self._next_engine = self._next_engine, None
        self.inbox.forget(frozenset(self._engine.jobs))
        self._patience.forgive()
        self._in_step.clear()

    def _run(self, engine: Door, taken: Taken) -> None:
        run = self._finished(engine, taken)
        with self._changed:
            self._beats.pop(threading.current_thread().name, None)
            self._remember(engine, run)
            ended = self._judge(engine, run, taken)
            self.inbox.done(taken.name, ended, self._clock())
            self._changed.notify_all()
        for tell in self._told:
            tell(run)

    def _finished(self, engine: Door, taken: Taken) -> Finished:
        self._beat()
        with self._changed:
            away = self._patience.away(self._clock())
        asked = Run(
            trigger=taken.trigger,
            stop=self._reason,
            progress=self._progress,
            named=taken.named,
            away=away,
            believes=lambda digest: not self._settling.rests_in(engine.jobs[taken.name].path, digest),
            wary=True,
            turn=self._turn,
            approve=taken.approve,
        )
        started, report, error, kind, code = self._clock(), None, "", "", FAILED
        with logs.bound(roadmap=taken.name, trigger=taken.trigger):
            try:
                report = engine.sync(taken.name, asked)
                code = report.exit_code
            except SyncdError as trouble:
                error, kind, code = trouble.message, type(trouble).__name__, trouble.exit_code
            except Exception as trouble:  # noqa: BLE001 - one roadmap's defect must not end the others
                _log.exception("run.crashed")
                error, kind = "a defect of syncd", type(trouble).__name__
            run = Finished(
                name=taken.name,
                trigger=taken.trigger,
                why=taken.why,
                started=started,
                ended=self._clock(),
                waited=taken.waited,
                named=sum(map(len, taken.named.values())),
                report=report,
                error=error,
                error_type=kind,
                exit_code=code,
                stopped=self._stop.is_set() and code != 0,
            )
            log_finished(_log, run)
        return run

    def _remember(self, engine: Door, run: Finished) -> None:
        """What the run left in the file: the watch will tell of our own writing as of anybody's."""
        self._in_step.pop(run.name, None)
        if run.report is not None and run.report.left:
            self._settling.left(engine.jobs[run.name].path, run.report.left)
            if run.complete:
                self._in_step[run.name] = run.report.left

    def _judge(self, engine: Door, run: Finished, taken: Taken) -> Ended:
        """What the end of a run means for its next one."""
        if run.stopped:
            return Ended()
        if run.report is None:
            self.inbox.give_back(taken)
            # Somebody is at work on the file: they may have ended in a moment.
            changed = run.error_type == RoadmapChanged.__name__
            return Ended(retry_at=run.ended + DEBOUNCE) if changed else Ended(failed=True, hold=True)
        away = self._learn(run.report, run, taken)
        mine = {remote.name for remote in engine.jobs[run.name].remotes}
        # A limit met in writing keeps nobody from reading: the gate before the host knows of it.
        later = [one.retry_at for one in run.report.outcomes if one.retry_at]
        if away or later:
            return Ended(retry_at=min([*away.values(), *later]), hold=mine <= away.keys())
        if run.result != "partial":
            return Ended()
        # With something done, the rest is planned anew at once; without, the same would happen again.
        done = any(one.result == "done" for one in run.outcomes)
        left = any(one.result == "skipped" for one in run.outcomes)
        return Ended(again=True) if done and left else Ended(failed=True)

    def _learn(self, report: Report, run: Finished, taken: Taken) -> dict[str, datetime]:
        """Who of the remotes is to be left in peace; what they were asked by name is asked again later."""
        before = self._patience.away(run.started)
        trouble = {one.remote: one.retry_at for one in report.unavailable}
        for name in report.remotes:
            if name not in trouble:
                self._patience.well(name)
            elif name not in before:
                self._patience.failed(name, run.ended, trouble[name])
        lost = {name: taken.named[name] for name in trouble if name in taken.named}
        if lost:
            self.inbox.give_back(Taken(taken.name, {}, lost, taken.waited))
        away = self._patience.away(run.ended)
        return {name: away[name] for name in report.remotes if name in away}

    def _reason(self) -> str:
        self._beat()
        return "the daemon ends" if self._stop.is_set() else ""

    def _progress(self, _outcome: Outcome, _done: int, _total: int) -> None:
        self._beat()

    def _beat(self) -> None:
        with self._changed:
            self._beats[threading.current_thread().name] = self._ticks()
