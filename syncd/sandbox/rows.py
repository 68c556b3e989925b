"""Where the records of a tracker are kept: nowhere but in memory, or as JSON rows in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

Row = tuple[str, str, str | None]
"""kind, key, JSON text; no text removes the row."""


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
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, json TEXT, PRIMARY KEY (kind, key))"
        )

    def load(self) -> Iterator[tuple[str, dict[str, object]]]:
        # rowid keeps the order of first insertion, which is the order of the log.
        for kind, text in self._db.execute("SELECT kind, json FROM rows ORDER BY rowid"):
            yield kind, json.loads(text)

    def write(self, rows: Iterable[Row]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for kind, key, text in rows:
            if text is None:
                self._db.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._db.execute(
                    "INSERT INTO rows VALUES (?, ?, ?)"
                    " ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json",
                    (kind, key, text),
                )
        self._db.execute("COMMIT")

    def clear(self) -> None:
        self._db.execute("DELETE FROM rows")

    def close(self) -> None:
        self._db.close()
