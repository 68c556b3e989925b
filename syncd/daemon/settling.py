"""Which roadmaps are at rest. An editor that writes in place shows half of a file for a moment.

A run that took it at its word would close what is only not written yet. So what stands in a file is believed once it
has stood there for a while, seen by whoever looked: the watch, or a run that was about to begin. What our own run
left there needs no such wait.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from syncd import files
from syncd.errors import RoadmapError


class Settling:
    """Safe for threads. ``ticks`` are monotonic seconds; ``clock`` is only compared with a file's own time."""

    def __init__(
        self, period: timedelta, *, clock: Callable[[], datetime], ticks: Callable[[], float]
    ) -> None:
        self._period = period.total_seconds()
        self._clock, self._ticks = clock, ticks
        self._lock = Lock()
        self._seen: dict[Path, tuple[str, float]] = {}
        """The hash of what was there when somebody looked last, and since when."""
        self._ours: dict[Path, str] = {}

    def look(self, path: Path) -> float:
        """Seconds until what stands in the file now may be believed; 0 if it may, or if it cannot be read at all."""
        try:
            _, version = files.read(path)
        except RoadmapError:
            return 0.0  # the run will say so
        return self.rests_in(path, version.digest)

    def rests_in(self, path: Path, digest: str) -> float:
        """The same, for bytes of this hash that were read there just now."""
        now = self._ticks()
        with self._lock:
            if self._ours.get(path) == digest:
                return 0.0
            known = self._seen.get(path)
            if known is None or known[0] != digest:
                # Only what was there before us may be older than we know; its own time says how much.
                known = (digest, now - (self._age(path) if known is None else 0.0))
                self._seen[path] = known
        return max(0.0, known[1] + self._period - now)

    def left(self, path: Path, digest: str) -> None:
        """A run left the file with these bytes: it wrote them, or believed them."""
        with self._lock:
            self._ours[path] = digest

    def _age(self, path: Path) -> float:
        try:
            age = self._clock().timestamp() - path.stat().st_mtime
        except OSError:
            return 0.0
        # A time in the future says nothing.
        return max(0.0, age)
