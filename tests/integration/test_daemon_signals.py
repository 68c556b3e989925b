"""`syncd serve` as a process: signals in the middle of a run, twice, and what the next start makes of it (I21)."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from tests.integration.watchman import ROADMAP, configuration


@pytest.fixture
def tracker(new_sandbox, memory: Path) -> Sandbox:
    sandbox: Sandbox = new_sandbox(clock=wall_clock)
    (memory / "ROADMAP.md").write_text(ROADMAP, encoding="utf-8")
    (memory / "syncd.yaml").write_text(configuration(sandbox), encoding="utf-8")
    return sandbox


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "syncd", "serve"], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Reads the log up to the next line of that event."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if line.startswith("{") and (said := json.loads(line))["event"] == event:
            return dict(said)
    raise AssertionError(f"{event} was never told: {seen}")


def ended(process: subprocess.Popen[str]) -> float:
    """Seconds from now until it has ended."""
    begun = monotonic()
    process.wait(timeout=15)
    return monotonic() - begun


def creates(tracker: Sandbox) -> Counter[str]:
    return Counter(issue.title for issue in tracker.person().issues())


def test_an_answer_that_does_not_come_is_left_open_and_looked_for_by_the_next_start(
    tracker: Sandbox, memory: Path
) -> None:
    created = Event()
    tracker.fault("slow", method="POST", route="/issues$", times=1, seconds=25)
    tracker.world.watchers.append(lambda op: created.set() if op.effect == "issue.created" else None)
    with serving(memory) as process:
        assert created.wait(30)
        process.send_signal(signal.SIGTERM)
        assert 7 <= ended(process) <= 10
        assert process.returncode == 1
    tracker.faults.clear()
    with serving(memory) as process:
        assert told(process, "sync.finished")["exit_code"] == 0
        process.send_signal(signal.SIGTERM)
        ended(process)
    assert set(creates(tracker).values()) == {1}
    assert len(creates(tracker)) == 5


def test_the_second_signal_ends_it_at_once(tracker: Sandbox, memory: Path) -> None:
    created = Event()
    tracker.fault("slow", method="POST", route="/issues$", times=1, seconds=25)
    tracker.world.watchers.append(lambda op: created.set() if op.effect == "issue.created" else None)
    with serving(memory) as process:
        assert created.wait(30)
        process.send_signal(signal.SIGTERM)
        told(process, "daemon.ending")
        process.send_signal(signal.SIGINT)
        assert ended(process) <= 3
        assert process.returncode == 130


def test_sighup_reads_the_configuration_anew_and_keeps_the_old_one_where_it_is_no_good(
    tracker: Sandbox, memory: Path
) -> None:
    with serving(memory) as process:
        told(process, "sync.finished")
        good = (memory / "syncd.yaml").read_text(encoding="utf-8")
        (memory / "syncd.yaml").write_text(good.replace("every: 1h", "every: soon"), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        assert "every" in str(told(process, "config.refused")["error"])
        (memory / "syncd.yaml").write_text(good.replace("every: 1h", "every: 2h"), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        told(process, "config.loaded")
        process.send_signal(signal.SIGINT)
        assert ended(process) <= 10
        assert process.returncode == 0


def test_a_daemon_needs_a_configuration(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "serve"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 78
    assert "syncd.yaml" in done.stderr
    assert "Traceback" not in done.stderr
