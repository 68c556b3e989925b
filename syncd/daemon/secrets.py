"""The secrets of the webhooks, read anew when their files change: mounted secrets are exchanged under our feet."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from syncd import logs
from syncd.config import Settings
from syncd.errors import ConfigError
from syncd.logs import Redactor

_log = logs.get_log(__name__)
_Stamp = tuple[tuple[int, int, int] | None, ...]


class Secrets:
    """Safe for one thread, that of the web. ``settings`` gives those of now."""

    def __init__(self, settings: Callable[[], Settings], redactor: Redactor) -> None:
        self._settings = settings
        self._redactor = redactor
        self._known: dict[str, tuple[Settings, _Stamp, tuple[str, ...]]] = {}

    def of(self, remote: str) -> tuple[str, ...]:
        """Secrets that may sign a delivery of this remote. A file that cannot be read leaves what it held before."""
        settings = self._settings()
        stamp = tuple(_stamp(path) for path in settings.secret_files(remote))
        known = self._known.get(remote)
        if known is not None and known[0] is settings and known[1] == stamp:
            return known[2]
        try:
            found = settings.webhook_secrets(remote)
        except ConfigError as error:
            _log.error("secret.unreadable", remote=remote, error=error.message)
            found = known[2] if known is not None else ()
        for secret in found:
            self._redactor.hide(secret)
        self._known[remote] = (settings, stamp, found)
        return found


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - asked at every delivery, and pathlib is three times as slow
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
