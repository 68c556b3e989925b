"""How far a run is: a line that moves on a terminal, a line now and then elsewhere; on stderr either way."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from syncd.apply import Outcome
from syncd.cli.console import note

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

SMALL = 10
"""A run of fewer effects is over before anybody asks."""


def left(elapsed: float, done: int, total: int) -> str:
    """How long the rest will take at the pace so far: forges limit the pace, so it hardly changes."""
    seconds = elapsed / max(done, 1) * (total - done)
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} s left"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min left"
    return f"about {round(seconds / 3600)} h left"


class Progress:
    """Use as a context; give :meth:`step` to a run. ``stream`` decides by being a terminal or not."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._clock = clock
        self._started: float | None = None
        self._bar: Bar | None = None
        self.begun = False
        """Whether anything was done yet on a remote."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, outcome: Outcome, done: int, total: int) -> None:
        """One effect is over."""
        self.begun = True
        now = self._clock()
        if self._started is None:
            # The first effect has just ended: its own time is not known, so the pace begins with the second.
            self._started = now
        if self._quiet or total < SMALL:
            return
        rest = left(now - self._started, done - 1, total) if 1 < done < total else ""
        if self._stream.isatty():
            self._draw(outcome, done, total, rest)
        elif done == total or done % max(SMALL, total // 10) == 0:
            note(f"{done}/{total} {_what(outcome)}{', ' if rest else ''}{rest}")

    def _draw(self, outcome: Outcome, done: int, total: int, rest: str) -> None:
        if self._bar is None:
            self._bar = _bar(self._stream)
            self._bar.add_task("", total=total, what="", rest="")
            self._bar.start()
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=done, total=total, what=_what(outcome), rest=rest)


def _bar(stream: TextIO) -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[what]}", markup=False),
        TextColumn("{task.fields[rest]}", markup=False),
        console=Console(file=stream),
        transient=True,
    )


def _what(outcome: Outcome) -> str:
    """``create_issue`` on github: ``done on github, now issues``."""
    noun = outcome.kind.rpartition("_")[2]
    return f"done on {outcome.remote}" + (f", at {noun}s" if noun in ("issue", "milestone", "label") else "")
