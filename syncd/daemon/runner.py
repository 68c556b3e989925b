"""The daemon from start to end: what belongs together, taking over a configuration, and ending in time (design §13)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

from syncd import app, logs
from syncd.config import Settings
from syncd.daemon import scheduler
from syncd.daemon.board import Board
from syncd.daemon.deliveries import Deliveries
from syncd.daemon.finished import Finished
from syncd.daemon.inbox import DEBOUNCE, START
from syncd.daemon.memory import give_back
from syncd.daemon.notify import Notifier, hide_address
from syncd.daemon.scheduler import Scheduler
from syncd.daemon.secrets import Secrets
from syncd.daemon.watch import Watch
from syncd.daemon.web.app import build_app
from syncd.daemon.web.edge import App, Server
from syncd.daemon.web.hooks import Hooks
from syncd.daemon.web.metrics import Metrics, Now
from syncd.daemon.web.page import Gate, House, Page
from syncd.daemon.web.probes import Probes
from syncd.daemon.web.session import Sessions
from syncd.daemon.web.visitors import Visitors
from syncd.daemon.workers import Workers
from syncd.engine import Engine
from syncd.errors import ConfigError
from syncd.logs import Redactor
from syncd.state.store import Store

DRAIN = 8.0
"""Seconds that the effects in flight get; what takes longer stays an open intent, and the next start looks for it."""
_HEAR = 0.5
"""Seconds after which a signal is heard that woke nobody."""
Wish = Literal["reload", "stop"]
_log = logs.get_log(__name__)


class Daemon:
    """Usage: ``start()``, ``wait()`` until somebody asks to ``stop``, then ``end()``.

    ``load`` reads the configuration anew and raises :class:`~syncd.errors.ConfigError`; ``config`` is the file whose
    change makes it do so. ``ticks`` are monotonic seconds, ``told`` hears of every finished run.
    """

    def __init__(  # noqa: PLR0913 - clock, chance and ears enter here
        self,
        load: Callable[[], Settings],
        redactor: Redactor,
        *,
        config: Path | None,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        chance: Random,
        debounce: timedelta = DEBOUNCE,
        told: Iterable[Callable[[Finished], None]] = (),
    ) -> None:
        """Raises :class:`~syncd.errors.ConfigError`, :class:`~syncd.errors.StateError` or UsageError (the address)."""
        self._load, self._redactor, self._config = load, redactor, config
        self._clock, self._chance = clock, chance
        self._ending = threading.Event()
        self._wishes: queue.SimpleQueue[Wish] = queue.SimpleQueue()
        # What a host asked for holds whatever the configuration says: engines come and go, these stay.
        self._hosts = app.Hosts(clock, self._ending)
        self.settings = _checked(load(), redactor)
        self.trouble = ""
        """Why the configuration on disk is not the one that holds."""
        # A state that cannot be used is known before anything is promised, and is migrated once.
        Store.open(self.settings.state, clock=clock, mint=app.mint).close()
        self.board, self.metrics, self._deliveries = Board(), Metrics(), Deliveries(clock)
        self._notifier = Notifier(
            lambda: self.settings, redactor, clock=clock, mint=app.mint, count=self.metrics.notified
        )
        self.workers = Workers(
            self._engine(),
            clock=clock,
            ticks=ticks,
            jitter=chance.random,
            stop=self._ending,
            told=[
                self.board.note,
                self.metrics.run_finished,
                self._notifier.run_finished,
                *told,
                give_back(),
            ],
            debounce=debounce,
        )
        self._scheduler = Scheduler(lambda name: self.workers.put(name, "schedule"), chance)
        self._watch = Watch(self._saved)
        self.server = Server(self._web(), self.settings.serve.listen)

    def _engine(self) -> Engine:
        return app.build(self.settings, redactor=self._redactor, clock=self._clock, hosts=self._hosts)

    def _web(self) -> App:
        secrets = Secrets(lambda: self.settings, self._redactor)
        hooks = Hooks(
            lambda: self.settings,
            secrets.of,
            self.workers,
            clock=self._clock,
            count=self._delivery,
            ending=self._ending.is_set,
        )
        probes = Probes(
            self.workers, self.board, clock=self._clock, gap=self._gap, ending=self._ending.is_set
        )
        self.metrics.watch(
            Now(
                self.board,
                self.workers.counts,
                self.workers.away,
                lambda: self.settings.remotes,
                lambda: self.settings.state,
            )
        )
        visitors = Visitors(self._page_token, self.settings.serve.listen)
        return build_app(hooks, probes, self.metrics, visitors, self._page(visitors).routes())

    def _page(self, visitors: Visitors) -> Page:
        house = House(
            settings=lambda: self.settings,
            trouble=lambda: self.trouble,
            board=self.board,
            workers=self.workers,
            turn=self._scheduler.next_at,
            deliveries=self._deliveries,
            clock=self._clock,
        )
        sessions = Sessions(self._page_token, clock=self._clock, draw=self._chance.randbytes)
        gate = Gate(visitors, sessions, lambda: self.settings.serve.url or "")
        return Page(house, gate, self._redactor.clean)

    def _page_token(self) -> str:
        return self.settings.page_token()

    def _delivery(self, remote: str, event: str, result: str) -> None:
        self.metrics.delivery(remote, event, result)
        self._deliveries.note(remote, event, result)

    def _gap(self, name: str) -> timedelta:
        return scheduler.longest_gap(self.settings.timetable(name), self._clock())

    # What happens meanwhile

    def start(self) -> None:
        """Begins to listen and to work; every roadmap has its first run at once."""
        self._take_over()
        self._scheduler.start()
        self._watch.start()
        self.server.start()
        self._notifier.start()
        self.workers.start(self.settings.serve.workers)
        for name in self.settings.roadmaps:
            self.workers.put(name, START)
        _log.info("daemon.started", listen=self.server.address, roadmaps=sorted(self.settings.roadmaps))

    def ask(self, wish: Wish) -> None:
        """From a signal or another thread: ``wait`` will see to it."""
        self._wishes.put(wish)

    def wait(self) -> None:
        """Returns when somebody asked to stop."""
        while True:
            # Now and then without being asked: a signal that the system gave to another thread, or that came just
            # before the waiting began, is heard only when this thread goes on.
            with suppress(queue.Empty):
                if self._wishes.get(timeout=_HEAR) == "stop":
                    return
                self.reload()

    def reload(self) -> None:
        """Takes over the configuration on disk between runs; one that is no good changes nothing but what is told."""
        try:
            settings = _checked(self._load(), self._redactor)
            _refuse_moves(self.settings, settings)
        except ConfigError as error:
            self.trouble = error.message
            self.metrics.reloaded(well=False)
            _log.error("config.refused", error=error.message)
            return
        new = settings.roadmaps.keys() - self.settings.roadmaps.keys()
        self.settings, self.trouble = settings, ""
        self.workers.exchange(self._engine())
        self._take_over()
        for name in new:
            self.workers.put(name, START)
        self.metrics.reloaded(well=True)
        _log.info("config.loaded", roadmaps=sorted(settings.roadmaps))

    def end(self) -> bool:
        """Takes nothing more, lets effects in flight end, and says whether they did. At most 10 seconds."""
        # First of all, for readiness, intake and every wait hang on it.
        self._ending.set()
        _log.info("daemon.ending")
        self._scheduler.stop()
        self._watch.stop()
        drained = self.workers.drain(DRAIN)
        self._notifier.stop()
        self.server.stop()
        _log.info("daemon.ended", drained=drained)
        return drained

    def _take_over(self) -> None:
        names = self.settings.roadmaps
        now = self._clock()
        self.board.keep(names, now)
        self._scheduler.set({name: self.settings.timetable(name) for name in names}, now)
        files = dict.fromkeys(self.settings.path(name) for name in names)
        self._watch.follow(files | ({self._config.absolute(): None} if self._config else {}))

    def _saved(self, path: Path) -> None:
        if self._config and path == self._config.absolute():
            self.ask("reload")
        for name in self.settings.roadmaps:
            if self.settings.path(name) == path:
                self.workers.put(name, "file")


def _checked(settings: Settings, redactor: Redactor) -> Settings:
    """The same, once every secret it names could be read."""
    secrets = [secret for name in settings.remotes for secret in settings.webhook_secrets(name)]
    for secret in (*secrets, settings.page_token()):
        redactor.hide(secret)
    hide_address(redactor, settings.notify_url())
    if not settings.roadmaps:
        raise ConfigError("no roadmap is configured", hint="see docs/configuration.md")
    return settings


def _refuse_moves(old: Settings, new: Settings) -> None:
    """What a running daemon cannot change."""
    for key, before, after in (
        ("state", old.state, new.state),
        ("serve.listen", old.serve.listen, new.serve.listen),
        ("serve.workers", old.serve.workers, new.serve.workers),
    ):
        if before != after:
            raise ConfigError("changes only with a restart", key=key)
