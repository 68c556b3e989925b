"""``syncd notify``: one notification that says nothing but that they arrive."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import click

from syncd import app, logs
from syncd.cli.choose import chosen, config_option
from syncd.cli.console import note, say
from syncd.errors import FAILED, OK, ConfigError


@click.command()
@config_option
def command(config: Path | None) -> int:
    """Send a notification, to see whether they arrive.

    It goes where `serve.notify` says, once. Ends with 0 if it was taken, and 1 if not.
    """
    from syncd.daemon.notify import Post, document, trial

    settings = chosen(config).settings
    url, keys = settings.notify_url(), settings.serve.notify
    if keys is None:
        raise ConfigError("nobody is told anything", key="serve.notify", hint="see docs/operations.md")
    message = trial(app.mint(), app.now(), settings.page_url())
    sent = Post(clock=app.now, wait=Event().wait, attempts=1).send(
        url, document(message, keys.style, logs.Redactor().clean)
    )
    if sent.result == "sent":
        say("sent")
        return OK
    note(f"not sent: {sent.why}")
    return FAILED
