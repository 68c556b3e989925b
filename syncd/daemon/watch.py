"""Files that people save: roadmaps and the configuration. That one changed is said, what it holds is read later.

Editors write in place, write beside and rename, or leave a file empty for a moment; Kubernetes exchanges a link two
folders away. So folders are watched, and each time the file itself is looked at: its inode, time and length.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import watchfiles

from syncd import logs

_LOOK_AGAIN = 1_000
"""Milliseconds after which the files are looked at even if the system reported nothing: not every one does."""
_SETTLE = 50
_log = logs.get_log(__name__)
_Stamp = tuple[int, int, int] | None


class Watch:
    """Calls ``changed(path)`` in a thread of its own. ``follow`` exchanges what is watched."""

    def __init__(self, changed: Callable[[Path], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._stamps: dict[Path, _Stamp] = {}
        self._ended = threading.Event()
        self._again = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def follow(self, paths: Mapping[Path, object]) -> None:
        """From now on these files. What they are at this moment is not news."""
        with self._lock:
            self._stamps = {path: self._stamps.get(path, stamp_of(path)) for path in paths}
        self._again.set()

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """No more from now on."""
        self._ended.set()
        self._again.set()

    def look(self) -> None:
        """Looks at each file once, and tells of those that changed since the last time."""
        with self._lock:
            now = {path: stamp_of(path) for path in self._stamps}
            changed = [path for path, stamp in now.items() if stamp != self._stamps[path]]
            self._stamps = now
        for path in changed:
            self._changed(path)

    def _watch(self) -> None:
        while not self._ended.is_set():
            self._again.clear()
            with self._lock:
                folders = {path.parent for path in self._stamps if path.parent.is_dir()}
            try:
                self._listen(folders)
            except (OSError, RuntimeError) as error:  # out of watches, or a folder that went away
                _log.warning("watch.failed", error=str(error))
                self._again.wait(_LOOK_AGAIN / 1000)
            self.look()

    def _listen(self, folders: Collection[Path]) -> None:
        reports = watchfiles.watch(
            *sorted(folders),
            watch_filter=None,
            debounce=200,
            step=_SETTLE,
            stop_event=self._again,
            rust_timeout=_LOOK_AGAIN,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=False,
        )
        for _ in reports:
            self.look()


def stamp_of(path: Path) -> _Stamp:
    """What changes when a file is written or exchanged; links are followed. None if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked every few seconds for every roadmap
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
