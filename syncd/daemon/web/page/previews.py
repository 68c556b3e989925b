"""What the next run would do, found out in a thread of its own: it asks the trackers, which takes its time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from syncd import logs
from syncd.engine import Report
from syncd.errors import SyncdError

_log = logs.get_log(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """One that was begun at ``at``: going on, or over with a ``report``, or with the ``error`` that ended it."""

    at: datetime
    going: bool = True
    report: Report | None = None
    error: str = ""
    hint: str = ""


class Previews:
    """Never two at once, of whatever roadmaps: each costs requests. ``look`` makes one, and raises as a run does."""

    def __init__(self, look: Callable[[str], Report], clock: Callable[[], datetime]) -> None:
        self._look, self._clock = look, clock
        self._lock = threading.Lock()
        self._known: dict[str, Preview] = {}

    def begin(self, name: str) -> bool:
        """Begins one, unless one is going on."""
        with self._lock:
            if any(one.going for one in self._known.values()):
                return False
            begun = self._known[name] = Preview(self._clock())
        threading.Thread(target=self._run, args=(name, begun), name="preview", daemon=True).start()
        return True

    def of(self, name: str) -> Preview | None:
        """The latest of a roadmap."""
        with self._lock:
            return self._known.get(name)

    def _run(self, name: str, begun: Preview) -> None:
        try:
            over = replace(begun, going=False, report=self._look(name))
        except SyncdError as error:
            over = replace(begun, going=False, error=error.message, hint=error.hint)
        except Exception as error:  # noqa: BLE001 - a defect must not leave it going on for ever
            _log.exception("preview.crashed", roadmap=name)
            over = replace(begun, going=False, error=f"a defect of syncd ({type(error).__name__})")
        with self._lock:
            self._known[name] = over
