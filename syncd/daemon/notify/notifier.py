"""Tells somebody, in a thread of its own: no run and no end of the program waits for a receiver."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from syncd import logs
from syncd.config import Settings
from syncd.daemon.finished import Finished
from syncd.daemon.notify.message import Message, document
from syncd.daemon.notify.news import Memory
from syncd.daemon.notify.post import Post
from syncd.errors import ConfigError
from syncd.logs import Redactor

ROOM = 100
"""Messages that may wait; what comes when there is no room is lost, and said in log and metrics."""
_SECRET = 12
"""Characters from which on a part of an address is taken for a secret: shorter ones are words, such as `services`."""
_log = logs.get_log(__name__)


class Notifier:
    """Usage: ``start()``, ``run_finished`` from any thread, ``stop()``. Nothing happens where nobody is to be told.

    ``settings`` gives those of now. ``count`` hears of each message: ``sent``, ``unknown``, ``failed``, ``dropped``.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        redactor: Redactor,
        *,
        clock: Callable[[], datetime],
        mint: Callable[[], str],
        count: Callable[[str], None],
        room: int = ROOM,
    ) -> None:
        self._settings, self._redactor, self._count = settings, redactor, count
        self._clock, self._mint = clock, mint
        self._memory, self._hidden = Memory(), ""
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._waiting: queue.Queue[Message | None] = queue.Queue(room)
        self._post = Post(clock=clock, wait=self._ending.wait)
        self._thread = threading.Thread(target=self._work, name="notify", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """What still waits is lost: the next daemon will say what stands then."""
        self._ending.set()
        # Where there is no room, the thread has something to wake up for.
        with suppress(queue.Full):
            self._waiting.put_nowait(None)

    def run_finished(self, run: Finished) -> None:
        """A run is over. Returns at once."""
        settings = self._settings()
        keys = settings.serve.notify
        if keys is None:
            return
        with self._lock:
            news = self._memory.news(run, keys.failures)
        if not news:
            return
        try:
            self._waiting.put_nowait(
                Message(self._mint(), self._clock(), run.name, news, settings.page_url())
            )
        except queue.Full:
            self._told(run.name, "dropped", "too many wait")

    def _work(self) -> None:
        while (message := self._waiting.get()) is not None and not self._ending.is_set():
            try:
                self._send(message)
            except Exception:  # noqa: BLE001 - a defect in telling must not end the telling
                _log.exception("notification.crashed", roadmap=message.roadmap)
                self._count("failed")

    def _send(self, message: Message) -> None:
        settings = self._settings()
        keys = settings.serve.notify
        if keys is None:  # a new configuration came meanwhile
            return
        try:
            url = settings.notify_url()
        except ConfigError as error:
            self._told(message.roadmap, "failed", error.message)
            return
        if url != self._hidden:
            hide_address(self._redactor, url)
            self._hidden = url
        sent = self._post.send(url, document(message, keys.style, self._redactor.clean))
        self._told(message.roadmap, sent.result, sent.why, news=[one.what for one in message.news])

    def _told(self, roadmap: str, result: str, why: str, **more: object) -> None:
        self._count(result)
        if result == "sent":
            _log.info("notification.sent", roadmap=roadmap, **more)
        else:
            _log.warning("notification.lost", roadmap=roadmap, result=result, why=why, **more)


def hide_address(redactor: Redactor, url: str) -> None:
    """The address is a secret, and so is each long part of what stands behind its host."""
    redactor.hide(url)
    _, _, behind = url.partition("://")[2].partition("/")
    for part in re.split("[/?&=]", behind):
        if len(part) >= _SECRET:
            redactor.hide(part)
