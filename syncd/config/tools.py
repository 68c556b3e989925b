"""Tokens that the forges' own command-line tools keep: `gh` and `glab`, asked only where the configuration says so."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from urllib.parse import urlsplit

from syncd.errors import ConfigError

PATIENCE = 10
"""Seconds; a tool that asks a person something would never end."""


def token_of(key: str, command: Sequence[str], url: str) -> str:
    """What ``command`` prints for the host of ``url``. Raises :class:`~syncd.errors.ConfigError`, never its output."""
    host = urlsplit(url).hostname or ""
    tool = command[0]
    try:
        # No shell, no terminal, and a host that begins with a dash is no option.
        done = subprocess.run(  # noqa: S603 - a list of words, whose first is one of two in kinds.py
            [*command[:-1], f"{command[-1]}={host}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "did not answer" if isinstance(error, subprocess.TimeoutExpired) else "cannot be started"
        raise ConfigError(f"`{tool}` {why}", key=key, hint="use `token_file`") from None
    token = done.stdout.decode("ascii", "replace").strip()
    if done.returncode or not token:
        raise ConfigError(f"`{tool}` has no token for {host}", key=key, hint=f"{tool} auth login")
    return token
