"""What came in by webhook since the daemon began: by remote, how often, and when last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

BELIEVED = frozenset({"accepted", "coalesced", "duplicate", "ignored"})
"""Results of deliveries that were signed with our secret."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one remote: how many were ``believed`` and how many ``refused``, and what the last one of each was."""

    believed: int = 0
    refused: int = 0
    last: datetime | None = None
    event: str = ""
    last_refused: datetime | None = None
    reason: str = ""


class Deliveries:
    """Safe for threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._heard: dict[str, Heard] = {}

    def note(self, remote: str, event: str, result: str) -> None:
        """A delivery was answered."""
        now = self._clock()
        with self._lock:
            so_far = self._heard.get(remote, Heard())
            if result in BELIEVED:
                heard = replace(so_far, believed=so_far.believed + 1, last=now, event=event)
            else:
                heard = replace(so_far, refused=so_far.refused + 1, last_refused=now, reason=result)
            self._heard[remote] = heard

    def heard(self) -> Mapping[str, Heard]:
        """As of now."""
        with self._lock:
            return dict(self._heard)
