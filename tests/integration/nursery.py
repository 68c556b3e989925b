"""`syncd serve` as a process that is born at once: forked from one that has loaded everything and does nothing else.

A child has its own memory, signals and exit code, like one that was started from a shell; only the second that Python
needs to load the libraries is spent once instead of fifty times.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from typing import Any

_NURSE = """
import os, sys
import syncd.cli.serve, syncd.daemon.runner, syncd.forge.github, syncd.forge.gitlab
from syncd.cli import main
for folder in sys.stdin:
    child = os.fork()
    if child == 0:
        os.chdir(folder.rstrip())
        os._exit(main(["serve"]))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass
class Child:
    """One daemon, and the lines of its log so far."""

    pid: int
    log: list[dict[str, Any]] = field(default_factory=list)

    def events(self) -> list[str]:
        return [str(line["event"]) for line in self.log]


class Nursery:
    """Usage: `born(folder)`, `signal()`, `ended()`; one child at a time."""

    def __init__(self) -> None:
        self._nurse = subprocess.Popen(
            [sys.executable, "-c", _NURSE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._heard = Condition()
        self._child: Child | None = None
        self.everything: list[str] = []
        """All that any child wrote, line by line."""
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def close(self) -> None:
        self.clear()
        with self._nurse:  # which closes its pipes
            self._nurse.kill()
            self._listener.join()

    def clear(self) -> None:
        """A child that a failed test left behind is in nobody's way."""
        if self._child is not None:
            self.signal(signal.SIGKILL)
            self.ended()

    def born(self, folder: Path) -> Child:
        assert self._nurse.stdin is not None
        with self._heard:
            self._nurse.stdin.write(f"{folder}\n")
            self._nurse.stdin.flush()
            self._child = Child(int(self._line()))
        return self._child

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        assert self._child is not None
        os.kill(self._child.pid, number)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        code = int(self._line())
        self._child = None
        return code

    def told(self, event: str, true: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """The first line of that event in the child's log for which it is so; waited for if need be."""
        child = self._child
        assert child is not None

        def found() -> dict[str, Any] | None:
            return next((line for line in child.log if line["event"] == event and true(line)), None)

        with self._heard:
            line = self._heard.wait_for(found, 20)
            assert line is not None, (event, self.everything)
            return line

    def told_more(self, event: str) -> dict[str, Any]:
        """The next line of that event from now on."""
        child = self._child
        assert child is not None
        with self._heard:
            before = child.events().count(event)
            assert self._heard.wait_for(lambda: child.events().count(event) > before, 20), self.everything
            return next(line for line in reversed(child.log) if line["event"] == event)

    def arguments(self) -> Iterator[bytes]:
        """What anybody on the machine can read of the processes."""
        assert self._child is not None
        for pid in (self._child.pid, self._nurse.pid):
            yield Path(f"/proc/{pid}/cmdline").read_bytes()

    def _line(self) -> str:
        assert self._nurse.stdout is not None
        return self._nurse.stdout.readline()

    def _listen(self) -> None:
        assert self._nurse.stderr is not None
        for line in self._nurse.stderr:
            with self._heard:
                self.everything.append(line)
                if line.startswith("{") and self._child is not None:
                    self._child.log.append(json.loads(line))
                self._heard.notify_all()
