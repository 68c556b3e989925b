"""``syncd schema``: what may stand in ``syncd.yaml``, for editors."""

from __future__ import annotations

import click

from syncd.cli.console import emit


@click.command()
def command() -> None:
    """Print the JSON Schema of the configuration.

    Editors complete and check with it: `syncd schema > syncd.schema.json`, and as the first line of `syncd.yaml`
    `# yaml-language-server: $schema=syncd.schema.json`.
    """
    from syncd.config import schema

    emit(schema())
