"""Bringing an older state to the revision of this version: one transaction, after a backup.

alembic is loaded here and nowhere else: half a second that only the first run after an upgrade pays.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine

from syncd.state.copies import write_copy
from syncd.state.opening import Migrations, refusing, seal


def migrate(engine: Engine, path: Path, migrations: Migrations, *, keep: Path | None) -> None:
    """Up to the head, or not at all. ``keep`` is where the state goes before (None: it is a copy already)."""
    if keep is not None:
        write_copy(engine, keep)
    with refusing(path), engine.begin() as connection:
        _run(connection, migrations)
        # The old checksums were verified at opening; these are of the tables as the scripts left them.
        seal(connection)


def _run(connection: Connection, migrations: Migrations) -> None:
    from alembic import command  # noqa: PLC0415 (half a second, for this run alone)
    from alembic.config import Config  # noqa: PLC0415 (the same)

    config = Config()
    config.set_main_option("script_location", str(migrations.scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, migrations.head)
