"""Where the records of a tracker are kept: nowhere but in memory, or as JSON rows in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from syncd.errors import SandboxError

APPLICATION = 0x73796E63
"""`sync` in SQLite's application id: how our files are told from others."""

Row = tuple[str, str, Any]
"""kind, key, record (a dataclass); None removes the row."""


class Rows(Protocol):
    """A place for records: written at every effect, read once."""

    def load(self) -> Iterator[tuple[str, dict[str, object]]]: ...

    def write(self, rows: Iterable[Row]) -> None: ...

    def clear(self) -> None: ...

    def close(self) -> None: ...


class MemoryRows:
    """The tracker's own dictionaries are the memory: nothing to do."""

    def load(self) -> Iterator[tuple[str, dict[str, object]]]:
        return iter(())

    def write(self, rows: Iterable[Row]) -> None:  # noqa: ARG002 - the face of Rows
        return None

    def clear(self) -> None:
        return None

    def close(self) -> None:
        return None


class SqliteRows:
    """One transaction per effect, so that a killed sandbox has all of an effect or nothing of it."""

    def __init__(self, path: Path) -> None:
        """Raises SandboxError for a file that cannot be opened or is somebody else's."""
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as wrong:
            raise _unusable(path, wrong) from wrong
        try:
            self._prepare()
        except sqlite3.Error as wrong:
            self._db.close()
            raise _unusable(path, wrong) from wrong

    def _prepare(self) -> None:
        used = self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        owner = self._db.execute("PRAGMA application_id").fetchone()[0]
        if used and owner != APPLICATION:
            raise sqlite3.DatabaseError("it holds something else")
        self._db.execute(f"PRAGMA application_id = {APPLICATION}")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, json TEXT, PRIMARY KEY (kind, key))"
        )

    def load(self) -> Iterator[tuple[str, dict[str, object]]]:
        # rowid keeps the order of first insertion, which is the order of the log.
        for kind, text in self._db.execute("SELECT kind, json FROM rows ORDER BY rowid"):
            yield kind, json.loads(text)

    def write(self, rows: Iterable[Row]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for kind, key, record in rows:
            if record is None:
                self._db.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._db.execute(
                    "INSERT INTO rows VALUES (?, ?, ?)"
                    " ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json",
                    (kind, key, json.dumps(asdict(record))),
                )
        self._db.execute("COMMIT")

    def clear(self) -> None:
        self._db.execute("DELETE FROM rows")

    def close(self) -> None:
        self._db.close()


def _unusable(path: Path, wrong: sqlite3.Error) -> SandboxError:
    return SandboxError(f"{path} cannot keep a sandbox: {wrong}", hint="Name a file that does not exist yet.")
