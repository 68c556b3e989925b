"""One writer per roadmap (I12): between processes, between threads, and let go by the kernel when its process dies."""

import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syncd.errors import LATER, LockHeld, StateError
from syncd.state import hold, lock_path
from syncd.state.lock import hold_all
from tests.unit.state.samples import NOW


@pytest.fixture
def lock(path: Path) -> Path:
    return lock_path(path, "main")


@contextmanager
def another_process(lock: Path, *, exclusive: bool) -> Iterator[subprocess.Popen[str]]:
    program = textwrap.dedent(
        f"""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from syncd.state import hold
        with hold(Path({str(lock)!r}), exclusive={exclusive}, now=datetime(2026, 3, 1, tzinfo=UTC)):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_another_process_waits_outside_and_is_told_for_whom(lock: Path) -> None:
    with another_process(lock, exclusive=True) as process:
        for exclusive in (True, False):
            with pytest.raises(LockHeld) as caught, hold(lock, exclusive=exclusive, now=NOW):
                pass
            assert caught.value.exit_code == LATER
            assert str(process.pid) in str(caught.value)
            assert "2026-03-01" in str(caught.value)
            assert "main" in str(caught.value)


def test_a_process_that_dies_lets_go(lock: Path) -> None:
    with another_process(lock, exclusive=True) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with hold(lock, exclusive=True, now=NOW):
            pass


def test_two_threads_exclude_each_other(lock: Path) -> None:
    refused: list[LockHeld] = []

    def other() -> None:
        try:
            with hold(lock, exclusive=True, now=NOW):
                pass
        except LockHeld as error:
            refused.append(error)

    with hold(lock, exclusive=True, now=NOW):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused
    other()
    assert len(refused) == 1


def test_two_dry_runs_look_at_once_and_keep_a_run_out(lock: Path) -> None:
    with hold(lock, exclusive=True, now=NOW):
        pass
    with another_process(lock, exclusive=False), hold(lock, exclusive=False, now=NOW):
        with pytest.raises(LockHeld) as caught, hold(lock, exclusive=True, now=NOW):
            pass
        assert "process" not in str(caught.value).removeprefix(
            "main"
        )  # nobody stands in the file: nobody is named


def test_a_process_that_died_is_not_named_for_the_dry_run_that_is_there_now(lock: Path) -> None:
    with another_process(lock, exclusive=True) as process:
        process.kill()
        process.wait()
    with hold(lock, exclusive=False, now=NOW):
        with pytest.raises(LockHeld) as caught, hold(lock, exclusive=True, now=NOW):
            pass
        assert str(process.pid) not in str(caught.value)


def test_roadmaps_do_not_exclude_each_other(path: Path) -> None:
    with (
        hold(lock_path(path, "main"), exclusive=True, now=NOW),
        hold(lock_path(path, "side"), exclusive=True, now=NOW),
    ):
        pass


def test_a_name_with_a_slash_stays_in_its_folder(path: Path) -> None:
    assert lock_path(path, "../etc/x").parent == path.parent


def test_a_dry_run_leaves_no_lock_file(lock: Path) -> None:
    with hold(lock, exclusive=False, now=NOW):
        pass
    assert not lock.parent.exists()


def test_waiting_ends_when_the_lock_is_free(lock: Path) -> None:
    with hold(lock, exclusive=True, now=NOW):
        pass
    holder = another_process(lock, exclusive=True)
    process = holder.__enter__()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            process.kill()
            process.wait()

    with hold(lock, exclusive=True, now=NOW, wait=60, sleep=nap):
        assert len(naps) == 3
    holder.__exit__(None, None, None)


def test_waiting_ends_with_the_time_that_was_given(lock: Path) -> None:
    naps: list[float] = []
    with (
        another_process(lock, exclusive=True),
        pytest.raises(LockHeld),
        hold(lock, exclusive=True, now=NOW, wait=2, sleep=naps.append),
    ):
        pass
    assert 1.8 < sum(naps) <= 2.2


def test_a_lock_that_cannot_be_made_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link.lock").symlink_to(tmp_path / "file")
    for lock in (tmp_path / "file" / "main.lock", tmp_path / "link.lock"):
        with pytest.raises(StateError) as caught, hold(lock, exclusive=True, now=NOW):
            pass
        assert caught.value.hint


def test_all_locks_are_held_or_none(path: Path) -> None:
    for name in ("a", "b"):
        with hold(lock_path(path, name), exclusive=True, now=NOW):
            pass
    with (
        hold_all(path.parent, NOW),
        pytest.raises(LockHeld),
        hold(lock_path(path, "b"), exclusive=True, now=NOW),
    ):
        pass
    with (
        hold(lock_path(path, "b"), exclusive=True, now=NOW),
        pytest.raises(LockHeld),
        hold_all(path.parent, NOW),
    ):
        pass
    with hold_all(path.parent, NOW):
        pass
