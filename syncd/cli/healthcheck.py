"""``syncd healthcheck``: asks the daemon of this machine whether it lives, for containers that have no curl."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.choose import chosen, config_option
from syncd.cli.console import note, say
from syncd.errors import FAILED, OK, UsageError

if TYPE_CHECKING:
    from syncd.config.serving import Listen

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here
"""Where to ask a daemon that listens on every address: only this machine's own are sure to be it."""
_SECONDS = 5.0


@click.command()
@click.option("--ready", is_flag=True, help="Ask whether it is ready, not only whether it lives.")
@config_option
def command(ready: bool, config: Path | None) -> int:
    """Ask the daemon of this machine whether it lives.

    Ends with 0 if it does, otherwise with 1.

    Where it listens is read from the same configuration. With --ready, a daemon that is stopping, or has not synced
    for too long, counts as unhealthy too.
    """
    listen = chosen(config).settings.serve.listen
    if listen.port == 0:
        raise UsageError("serve.listen takes any free port: nobody can tell which", hint="name a port there")
    status, answer = _asked(listen, "/readyz" if ready else "/livez")
    (say if status == 200 else note)(answer)
    return OK if status == 200 else FAILED


def _asked(listen: Listen, path: str) -> tuple[int, str]:
    """The status and one line for people; status 0 where nobody answers."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(_EVERYWHERE.get(listen.host, listen.host), listen.port, timeout=_SECONDS)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return 0, f"{path}: no answer from port {listen.port}: {error}"
    finally:
        connection.close()
    return status, f"{path}: {status}"
