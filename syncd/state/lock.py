"""One writer per roadmap (I12): ``flock``, which the kernel lets go when its process dies.

``flock`` belongs to the open file, not to the process, so two threads exclude each other too (POSIX ``lockf`` does
not). What stands in the lock file is for people only; nothing is decided by it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from syncd.errors import LockHeld, StateError
from syncd.state.folder import make_folder

_STEP = 0.1
_SUFFIX = ".lock"


def lock_path(state: Path, roadmap: str) -> Path:
    """Where the lock of a roadmap is: beside the state."""
    return state.parent / f"{quote(roadmap, safe='')}{_SUFFIX}"


@contextmanager
def hold(
    path: Path,
    *,
    exclusive: bool,
    now: datetime,
    wait: float = 0.0,
    sleep: Callable[[float], None] | None = None,
) -> Iterator[None]:
    """Holds the lock: exclusive to apply, shared to look. Waits up to ``wait`` seconds through ``sleep``.

    Raises :class:`~syncd.errors.LockHeld`, naming who holds it. A shared lock makes no file: where there is none,
    nobody holds it, and a dry run leaves no trace (I14).
    """
    if not exclusive and not path.exists():
        yield
        return
    handle = _open(path, exclusive)
    try:
        _acquire(handle, path, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, wait, sleep)
        if exclusive:
            _write(
                handle,
                json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": f"{now:%F %T} UTC"}),
            )
        yield
        if exclusive:
            _write(handle, "")
    finally:
        os.close(handle)  # and with it the lock


@contextmanager
def hold_all(folder: Path, now: datetime) -> Iterator[None]:
    """Every lock beside a state at once, without waiting: for what replaces the whole file."""
    with ExitStack() as stack:
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            stack.enter_context(hold(path, exclusive=True, now=now))
        yield


def _open(path: Path, exclusive: bool) -> int:
    flags = os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_RDWR | os.O_CREAT if exclusive else os.O_RDONLY)
    try:
        if exclusive:
            make_folder(path.parent)
        return os.open(path, flags, 0o600)
    except OSError as error:
        raise StateError(
            f"{path}: the lock cannot be taken ({error.strerror})", hint="check the rights of its folder"
        ) from error


def _acquire(
    handle: int, path: Path, operation: int, wait: float, sleep: Callable[[float], None] | None
) -> None:
    waited = 0.0
    while True:
        try:
            return fcntl.flock(handle, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            if sleep is None or waited >= wait:
                raise LockHeld(
                    f"{path.name.removesuffix(_SUFFIX)}: another run is at work{_holder(handle)}",
                    hint="try again when it has ended",
                ) from None
            sleep(_STEP)
            waited += _STEP


def _holder(handle: int) -> str:
    try:
        # If this one is granted, only dry runs are there, and the file tells of somebody who died.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        return " (a dry run)"
    try:
        who = json.loads(os.pread(handle, 4096, 0))
        return f" (process {who['pid']} on {who['host']}, since {who['since']})"
    except (ValueError, KeyError, TypeError):
        return ""  # it has the lock, and is about to write who it is


def _write(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)
