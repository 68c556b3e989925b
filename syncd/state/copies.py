"""``syncd state backup | verify | export | restore``: copies of the state, and which of them may take its place.

The rules of restoring are Terraform's for importing a state: another lineage, an older serial or other content
under the same serial is refused unless forced.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from syncd.errors import StateError, UsageError
from syncd.state import opening, schema
from syncd.state.folder import make_folder, sync_folder
from syncd.state.lock import hold_all
from syncd.state.rows import Rows, totals

_FORCE = "`--force` restores it all the same"
_PLAIN = frozenset((schema.meta, schema.missing, schema.creations))
"""Tables whose data is a plain text, not JSON."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a state file is. ``content`` is one hash of everything that decides (not the history)."""

    path: Path
    revision: str
    lineage: str
    serial: int
    content: str


def verify(path: Path, migrations: opening.Migrations = opening.OURS) -> Summary:
    """Reads every row. Raises :class:`~syncd.errors.StateError` for whatever is not whole."""
    with _copy_of(path) as engine:
        revision = opening.check_inside(engine, path, migrations, skip=frozenset())
        with opening.refusing(path), engine.begin() as connection:
            rows = Rows(connection)
            lineage = rows.get(schema.meta, "lineage") or ""
            serial = int(rows.get(schema.meta, "serial") or 0)
            content = totals(connection, sorted(table.name for table in schema.CORE))
    return Summary(path, revision, lineage, serial, f"{hash_of(content)}")


def hash_of(content: dict[str, int]) -> str:
    """One text for all checksums."""
    return ":".join(f"{content[name]:x}" for name in sorted(content))


def backup(path: Path, target: Path) -> Summary:
    """A whole and verified copy at ``target``, which must not exist yet; taken while other processes may write."""
    if target.exists():
        raise UsageError(f"{target} is there already", hint="name another file")
    with _copy_of(path) as engine:
        opening.check_inside(engine, path, opening.OURS, skip=frozenset())
        write_copy(engine, target)
    return verify(target)


def export(path: Path) -> dict[str, Any]:
    """Everything in the state as JSON-native values, by table: for people, and for other programs."""
    with _copy_of(path) as engine:
        revision = opening.check_inside(engine, path, opening.OURS, skip=frozenset())
        with opening.refusing(path), engine.begin() as connection:
            rows = Rows(connection)
            tables = (table for table in schema.METADATA.sorted_tables if table is not schema.checks)
            found = {table: [tuple(row) for row in rows.scan(table)] for table in tables}
    exported: dict[str, Any] = {"revision": revision}
    for table, content in found.items():
        names = [column.name for column in table.columns]
        data = str if table in _PLAIN else json.loads
        exported[table.name] = [dict(zip(names, (*row[:-1], data(row[-1])), strict=True)) for row in content]
    return exported


def restore(source: Path, target: Path, *, now: datetime, force: bool = False) -> Path | None:
    """Puts ``source`` in the place of ``target``; returns where the old file was put aside, if there was one.

    Raises :class:`~syncd.errors.StateError` where the rules of this module forbid it, and
    :class:`~syncd.errors.LockHeld` while any run is going on.
    """
    new = verify(source)
    with opening.refusing(target):
        make_folder(target.parent)
        with hold_all(target.parent, now):
            if target.exists() and not force:
                _allow(new, target)
            return _exchange(source, target, stamped(target, "replaced", now))


def _exchange(source: Path, target: Path, aside: Path) -> Path | None:
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        whole = Path(folder) / target.name
        with _copy_of(source) as engine:
            write_copy(engine, whole)
        old = target.exists()
        if old:
            os.link(target, aside)
        # The journal belongs to the old file: beside the new one, SQLite would roll it back into that.
        with suppress(FileNotFoundError):
            opening.journal(target).rename(opening.journal(aside))
        whole.replace(target)
    sync_folder(target.parent)
    return aside if old else None


def _allow(new: Summary, target: Path) -> None:
    try:
        old = verify(target)
    except StateError:
        return  # a damaged state is what backups are for; it is kept aside as evidence
    if new.lineage != old.lineage:
        raise StateError(f"{new.path}: this is another state (lineage {new.lineage})", hint=_FORCE)
    if new.serial < old.serial:
        raise StateError(
            f"{new.path}: serial {new.serial} is older than {old.serial} in {target}", hint=_FORCE
        )
    if new.serial == old.serial and new.content != old.content:
        raise StateError(f"{new.path}: the same serial, but other content than {target}", hint=_FORCE)


def stamped(path: Path, word: str, now: datetime) -> Path:
    """A name beside ``path`` that says why and when it was put aside."""
    return path.with_name(f"{path.name}.{word}-{now:%Y%m%dT%H%M%SZ}")


def write_copy(engine: Engine, target: Path) -> None:
    """The database of ``engine`` as a file, complete and on the disk, or not there at all."""
    with opening.refusing(target), opening.aside(target) as beside:
        with engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            copy = sqlite3.connect(beside)
            try:
                source.backup(copy)
            finally:
                copy.close()
        with suppress(FileExistsError):
            os.link(beside, target)
        sync_folder(target.parent)


@contextmanager
def _copy_of(path: Path) -> Iterator[Engine]:
    opening.check_outside(path)
    engine = opening.connect_copy(path)
    try:
        yield engine
    finally:
        engine.dispose()
