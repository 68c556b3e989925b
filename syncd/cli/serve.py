"""``syncd serve``: the daemon, until a signal ends it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from types import FrameType
from typing import TYPE_CHECKING

import click

from syncd import app, logs
from syncd.cli.choose import chosen, config_option
from syncd.config import DEFAULT
from syncd.errors import FAILED, OK, ConfigError

if TYPE_CHECKING:
    from syncd.daemon.runner import Daemon


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Log more than the end of each run.")
@config_option
def command(verbose: bool, config: Path | None) -> int:
    """Keep roadmaps in step for as long as it runs.

    It syncs on its timetable, when a webhook says that something changed, and when a roadmap was saved. SIGTERM or
    Ctrl-C ends it after the effect in flight, a second one at once; SIGHUP reads the configuration anew.
    """
    from syncd.daemon.runner import Daemon

    path = config or DEFAULT
    if not path.exists():
        raise ConfigError(
            "there is no such file", file=str(path), hint="a daemon needs a configuration: docs/operations.md"
        )
    redactor = logs.Redactor()
    logs.set_up(sys.stderr, redactor, clock=app.now, verbose=verbose, colour=sys.stderr.isatty())
    daemon = Daemon(
        lambda: chosen(path).settings,
        redactor,
        config=path,
        clock=app.now,
        ticks=time.monotonic,
        chance=SystemRandom(),
    )
    with _signals(daemon):
        daemon.start()
        daemon.wait()
        return OK if daemon.end() else FAILED


@contextmanager
def _signals(daemon: Daemon) -> Iterator[None]:
    """Inside, the first signal asks the daemon to stop, and the second ends the program where it stands."""
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        daemon.ask("stop")

    wanted = {
        signal.SIGINT: stop,
        signal.SIGTERM: stop,
        signal.SIGHUP: lambda *_: daemon.ask("reload"),
    }
    before = {number: signal.signal(number, heard) for number, heard in wanted.items()}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
