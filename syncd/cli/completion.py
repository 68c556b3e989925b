"""``syncd completion``: the script that teaches a shell our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from syncd import cli


@click.command(help=cli.COMMANDS["completion"].help)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Put into the shell's start-up file: ``eval "$(syncd completion bash)"``."""
    found = get_completion_class(shell)
    assert found is not None, "click knows all three"
    click.echo(found.source_template % found(cli.group, {}, "syncd", "_SYNCD_COMPLETE").source_vars())
