"""Every error that syncd raises on purpose, on one page.

What the guard refuses is no error but part of the report (exit code 4).

::

    SyncdError                      exit code
    ├── UsageError                  64   the command line makes no sense
    ├── ConfigError                 78   syncd.yaml, environment or flags: file, line, column, key
    ├── RoadmapError                65   the roadmap cannot be read: path and line
    │   └── RoadmapRefused          65   it could be read, but must not be written (symlink, read-only, ...)
    ├── RoadmapChanged               1   somebody wrote the roadmap while we planned: run again
    ├── StateError                   5   the state file is torn, foreign or newer; never read as empty
    ├── LockHeld                    75   another run holds the roadmap
    ├── NotNow                      75   another branch, a merge or rebase in progress
    ├── ForgeError                   1   a remote
    │   ├── NotSent                  1   the request never left: may be sent again freely
    │   ├── Unknown                  1   it may or may not have happened: never send it again blindly
    │   ├── RateLimited             75   the forge asks to wait until a time
    │   └── Rejected                 1   the forge said no and did nothing
    │       ├── Gone                 1   404 or 410 for one issue or milestone
    │       └── AccessRefused       78   wrong token, too few rights, unknown or disabled project
    └── SandboxError                 1   the embedded tracker

A command that meets several errors ends with the most pressing exit code: see :data:`EXIT_ORDER`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

OK, FAILED, CHANGES_PENDING, CONFLICTS, REFUSED, STATE_UNUSABLE = 0, 1, 2, 3, 4, 5
USAGE, UNREADABLE, LATER, MISCONFIGURED = 64, 65, 75, 78

EXIT_ORDER: tuple[int, ...] = (
    MISCONFIGURED,
    UNREADABLE,
    USAGE,
    STATE_UNUSABLE,
    REFUSED,
    LATER,
    FAILED,
    CONFLICTS,
    CHANGES_PENDING,
    OK,
)
"""Most pressing first (design §15; 64 never meets the others: it ends the command before a run begins)."""


def most_pressing(codes: Iterable[int]) -> int:
    """The exit code to end with when several things happened: the earliest in :data:`EXIT_ORDER`."""
    return min(codes, key=EXIT_ORDER.index, default=OK)


class SyncdError(Exception):
    """Something that a person has to know: ``message`` says what, ``hint`` what to do about it."""

    exit_code = FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SyncdError):
    """The command line makes no sense."""

    exit_code = USAGE


class ConfigError(SyncdError):
    """A configuration that cannot be used; the message never echoes a value (it may be a secret)."""

    exit_code = MISCONFIGURED

    def __init__(
        self, message: str, *, file: str = "", line: int = 0, column: int = 0, key: str = "", hint: str = ""
    ) -> None:
        where = ":".join(str(part) for part in (file, line, column) if part)
        super().__init__(": ".join(part for part in (where, key, message) if part), hint=hint)
        self.file, self.line, self.column, self.key = file, line, column, key


class RoadmapError(SyncdError):
    """The roadmap cannot be read (encoding, conflict markers, missing file)."""

    exit_code = UNREADABLE

    def __init__(self, message: str, *, path: str, line: int = 0, hint: str = "") -> None:
        where = f"{path}:{line}" if line else path
        super().__init__(f"{where}: {message}", hint=hint)
        self.path, self.line = path, line


class RoadmapRefused(RoadmapError):
    """The roadmap must not be written: a symlink, read-only, not a regular file, a single-file mount."""


class RoadmapChanged(SyncdError):
    """The roadmap's bytes are no longer those that the plan was made on; nothing was written."""


class StateError(SyncdError):
    """The state file is torn, corrupt, foreign or newer. It is left as it is, as evidence."""

    exit_code = STATE_UNUSABLE


class LockHeld(SyncdError):
    """Another run holds the lock of this roadmap."""

    exit_code = LATER


class NotNow(SyncdError):
    """A run makes no sense at this moment: another branch, or a merge or rebase in progress."""

    exit_code = LATER


class ForgeError(SyncdError):
    """A remote did not do what was asked; the subclass says what is known of the effect.

    ``reason`` is the message without the remote's name, for those who say it anyway.
    """

    def __init__(self, message: str, *, remote: str = "", status: int = 0, hint: str = "") -> None:
        super().__init__(f"{remote}: {message}" if remote else message, hint=hint)
        self.remote, self.status, self.reason = remote, status, message


class NotSent(ForgeError):
    """The request never reached the forge (no connection, unknown host): it may be sent again."""


class Unknown(ForgeError):
    """Time-out, reset or 5xx after a write was sent: it may have happened. Look, never resend."""


class RateLimited(ForgeError):
    """The forge asks to wait; nothing was done. ``until`` is aware, in UTC."""

    exit_code = LATER

    def __init__(self, message: str, *, until: datetime, remote: str = "", status: int = 429) -> None:
        super().__init__(
            message, remote=remote, status=status, hint=f"wait until {until:%Y-%m-%d %H:%M:%S} UTC"
        )
        self.until = until


class Rejected(ForgeError):
    """The forge answered a clear no (4xx) and did nothing."""


class Gone(Rejected):
    """404 or 410 for one issue or milestone: deleted, moved away, or out of sight."""


class AccessRefused(Rejected):
    """The token or the project is wrong: 401, 403 without a limit, 404 or 410 for the project itself."""

    exit_code = MISCONFIGURED


class SandboxError(SyncdError):
    """The embedded tracker cannot start or keep its data."""
