"""Opening a state file: old, new, or refused (I10). Nothing here repairs, empties or overwrites one.

A new state is built aside and linked into its place complete, so a file that is there but short, empty or torn was
never a new one, and is refused. Dry runs and questions work on a copy in memory: the file itself is opened
read-only, and an older revision is migrated in the copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from syncd.errors import LockHeld, StateError, SyncdError
from syncd.state import schema
from syncd.state.codec import moment
from syncd.state.folder import make_folder, sync_folder
from syncd.state.rows import Rows, totals

BUSY_SECONDS = 5.0
_MAGIC = b"SQLite format 3\0"
_KEEP = "it was left as it is; restore a backup (`syncd state restore`), or put it aside and let a run find the links"


@dataclass(frozen=True, slots=True)
class Migrations:
    """Where the migration scripts are, and their revisions, oldest first."""

    scripts: Path
    revisions: tuple[str, ...]

    @property
    def head(self) -> str:
        """The revision that this version of syncd works with."""
        return self.revisions[-1]


OURS = Migrations(Path(__file__).parent / "migrations", schema.REVISIONS)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Every error of SQLite as one of ours: what is wrong with the file, and what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _refusal(path, error.orig) from error
    except (sqlite3.Error, UnicodeError) as error:  # SQLite quotes the damaged text in its message
        raise _refusal(path, error) from error
    except OSError as error:
        raise StateError(
            f"{path}: {error.strerror}", hint="check the rights of the state and of its folder, and the disk"
        ) from error


def _refusal(path: Path, error: BaseException | None) -> SyncdError:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LockHeld(f"{path}: another process is writing the state", hint="try again in a moment")
    if name.startswith("SQLITE_FULL"):
        return StateError(f"{path}: the disk is full", hint="free some space; the state is as it was before")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return StateError(
            f"{path}: the state cannot be read or written ({name})",
            hint="check the rights of the file and of its folder, and the disk",
        )
    return StateError(f"{path}: the state is damaged ({name or type(error).__name__})", hint=_KEEP)


def create(path: Path, lineage: str, now: datetime) -> None:
    """A new, empty state, complete at once or not there at all. One that appeared meanwhile is left alone."""
    with refusing(path):
        make_folder(path.parent)
        with aside(path) as beside:
            engine = connect(beside)
            with engine.begin() as connection:
                fill(connection, lineage, now)
            engine.dispose()
            with suppress(FileExistsError):
                os.link(beside, path)
        sync_folder(path.parent)


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """An empty file beside ``path``, for its owner alone, that is gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink()


def fill(connection: Connection, lineage: str, now: datetime) -> None:
    """Tables, revision, lineage and checksums of an empty state."""
    connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    schema.METADATA.create_all(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (schema.REVISIONS[-1],))
    rows = Rows(connection)
    rows.put(schema.meta, ("lineage", lineage), ("created", moment(now)), ("serial", "0"))
    rows.finish()
    seal(connection)


def seal(connection: Connection) -> None:
    """Takes the checksums of everything as it stands: after creating and after migrating, never else."""
    rows = Rows(connection)
    for name, total in totals(connection, table_names()).items():
        rows.record(name, total)


def table_names() -> list[str]:
    """The tables with checksums."""
    return [table.name for table in schema.METADATA.sorted_tables if table is not schema.checks]


def connect(path: Path, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine on an existing file: one connection, explicit transactions, every commit on the disk."""
    uri = f"file:{quote(str(path.absolute()))}?mode=rw"
    return _engine(lambda: sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None))


def connect_copy(path: Path) -> Engine:
    """An engine on a copy in memory, of the file as it stands; the file is not touched."""

    def copy() -> sqlite3.Connection:
        memory = sqlite3.connect(":memory:", isolation_level=None)
        try:
            _read_into(memory, path, "ro")
        except sqlite3.OperationalError:
            # A journal that a killed process left has to be rolled back, which takes write access: in a copy of both.
            with tempfile.TemporaryDirectory() as folder:
                for source in (path, journal(path)):
                    if source.exists():
                        shutil.copy(source, folder)
                _read_into(memory, Path(folder) / path.name, "rw")
        return memory

    return _engine(copy)


def connect_empty() -> Engine:
    """An engine on a new state in memory: what a dry run sees where no file is yet."""
    return _engine(lambda: sqlite3.connect(":memory:", isolation_level=None))


def journal(path: Path) -> Path:
    """SQLite's rollback journal beside the file."""
    return path.with_name(path.name + "-journal")


def _read_into(memory: sqlite3.Connection, path: Path, mode: str) -> None:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    source = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)
    try:
        source.backup(memory)
    finally:
        source.close()


def _engine(creator: Callable[[], sqlite3.Connection]) -> Engine:
    # hide_parameters: what people wrote shall not appear in the text of an exception (I20).
    engine = create_engine("sqlite://", creator=creator, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        # EXTRA is FULL, and the folder synced after the journal is gone: without that, a power loss right after a
        # commit can bring the journal back and undo an intent that a request already relies on (I11).
        for pragma in (
            "journal_mode = DELETE",
            "synchronous = EXTRA",
            "cell_size_check = ON",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Immediate: a transaction that reads first and writes then could otherwise find somebody else in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def check_outside(path: Path) -> None:
    """What can be told before SQLite touches the file. Raises :class:`~syncd.errors.StateError`."""
    try:
        status = path.lstat()
        head = b"" if not stat.S_ISREG(status.st_mode) else _head(path)
    except OSError as error:
        raise StateError(
            f"{path}: the state cannot be read ({error.strerror})", hint="check its rights"
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise StateError(f"{path}: the state is not a regular file", hint="set `state:` to a file")
    if not head:
        raise StateError(f"{path}: the state is empty, and syncd never leaves one so", hint=_KEEP)
    if not head.startswith(_MAGIC):
        raise StateError(f"{path}: this is not a state of syncd", hint="set `state:` to another path")
    if int.from_bytes(head[68:72]) != schema.APPLICATION_ID:
        raise StateError(
            f"{path}: this is the SQLite file of another program", hint="set `state:` to another path"
        )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def check_missing(path: Path) -> None:
    """Where no file is, its journal must not be either: SQLite would roll it back into the new one."""
    left = [beside for beside in (journal(path), path.with_name(path.name + "-wal")) if beside.exists()]
    if left:
        raise StateError(f"{path}: the state is gone, but {left[0].name} is there", hint=_KEEP)


def check_inside(
    engine: Engine, path: Path, migrations: Migrations, *, skip: frozenset[str] = schema.HISTORY
) -> str:
    """Structure, revision and checksums; returns the revision. ``skip`` are tables whose rows are not read."""
    with refusing(path), engine.begin() as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if verdict != "ok":
            raise StateError(f"{path}: the state is damaged (quick_check)", hint=_KEEP)
        revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
        if revision not in migrations.revisions:
            raise StateError(
                f"{path}: the state was written by a newer version of syncd",
                hint="use that version, or restore the backup it made before it migrated",
            )
        kept = dict(map(tuple, connection.exec_driver_sql("SELECT name, digest FROM checks")))
        names = sorted(kept.keys() - skip - {"sqlite_schema"})
        found = totals(connection, names)
        wrong = [name for name, total in found.items() if kept.get(name) != f"{total:032x}"]
        if wrong or (revision == migrations.head and not kept.keys() >= set(table_names())):
            raise StateError(
                f"{path}: the state is damaged (checksum of {', '.join(wrong) or 'tables'})", hint=_KEEP
            )
    return revision
