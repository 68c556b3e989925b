"""Ctrl-C and SIGTERM: at once while a run only looks, after the effect in flight once it writes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from types import FrameType

from syncd.cli.console import note

SIGNALS = (signal.SIGINT, signal.SIGTERM)
TOLD = "stopping after what is in flight; once more to stop at once"


@dataclass(slots=True)
class Stop:
    """Whether somebody asked to end. ``event`` also ends every wait of the pacing."""

    event: Event = field(default_factory=Event)

    def reason(self) -> str:
        """For :class:`~syncd.engine.Run`: why to leave the rest, or nothing."""
        return "interrupted" if self.event.is_set() else ""


@contextmanager
def stoppable(stop: Stop, writing: Callable[[], bool], told: str = TOLD) -> Iterator[Stop]:
    """Inside, the first signal sets ``stop`` while ``writing``; otherwise, and the second time, it ends the program.

    An effect that is cut off is settled by the next run (design §8.6); finishing it saves that run the looking.
    """

    def signalled(_number: int, _frame: FrameType | None) -> None:
        if stop.event.is_set() or not writing():
            raise KeyboardInterrupt
        stop.event.set()
        if told:
            note(told)

    before = {number: signal.signal(number, signalled) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, old in before.items():
            signal.signal(number, old)
