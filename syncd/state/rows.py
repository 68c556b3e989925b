"""The rows of one transaction: writes only what differs, and keeps a checksum of every table.

SQLite does not notice a flipped bit inside a text, and ``quick_check`` cannot. So each table has, in ``checks``, the
sum of the hashes of its rows: a row that changed, came or went outside :class:`Rows` makes the sum wrong
(fault F10). A sum is cheap to keep: the old row's hash is taken out, the new one's added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select
from sqlalchemy.dialects.sqlite import insert

from syncd.state import schema

Row = tuple[Any, ...]

_MODULUS = 1 << 128
_ALL_AT_ONCE = 200
"""From so many rows on, one scan of the roadmap's rows is faster than looking for each."""


def row_hash(name: str, row: Sequence[object]) -> int:
    """The hash of one row. Keys are ours and data is ASCII JSON: neither holds the separator."""
    text = "\x1f".join(map(str, row))
    return int.from_bytes(blake2b(text.encode(), digest_size=16, person=name.encode()[:16]).digest())


def width(table: Table) -> int:
    """How many columns are the key."""
    return len(table.primary_key.columns)


class Rows:
    """What one transaction reads and writes. Call :meth:`finish` before it is committed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sums: dict[str, int] = defaultdict(int)
        self._moved = False

    def scan(self, table: Table, *prefix: object) -> Iterator[Row]:
        """All rows whose first key columns are ``prefix``, in the order of their keys."""
        keys = list(table.primary_key.columns)
        where = [column == value for column, value in zip(keys, prefix, strict=False)]
        for row in self._connection.execute(select(table).where(*where).order_by(*keys)):
            yield tuple(row)

    def of_others(self, table: Table, roadmap: str, remote: str) -> Iterator[Row]:
        """The rows of a remote that belong to any other roadmap: found by SQLite, for there may be ten thousand."""
        others = select(table).where(table.c.roadmap != roadmap, table.c.remote == remote)
        for row in self._connection.execute(others.order_by(*table.primary_key.columns)):
            yield tuple(row)

    def get(self, table: Table, *key: object) -> str | None:
        """The data of one row."""
        row = next(self.scan(table, *key), None)
        return None if row is None else row[-1]

    def put(self, table: Table, *rows: Row) -> None:
        """Insert or replace; a row that is there already, equal, is not touched. The last of equal keys counts."""
        size = width(table)
        new = {row[:size]: row for row in rows}
        old = self._old(table, new)
        changed = [row for key, row in new.items() if old.get(key) != row]
        if not changed:
            return
        names = [column.name for column in table.columns]
        statement = insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=names[:size], set_={name: statement.excluded[name] for name in names[size:]}
        )
        self._connection.execute(statement, [dict(zip(names, row, strict=True)) for row in changed])
        self._count(table, removed=(old[row[:size]] for row in changed if row[:size] in old), added=changed)

    def drop(self, table: Table, *keys: Row) -> None:
        """Delete by whole keys; what is not there stays away."""
        old = self._old(table, dict.fromkeys(keys))
        columns = list(table.primary_key.columns)
        for key in old:
            match = (column == value for column, value in zip(columns, key, strict=True))
            self._connection.execute(delete(table).where(and_(*match)))
        self._count(table, removed=old.values(), added=())

    def next_id(self, table: Table, *prefix: object) -> int:
        """One more than the last number under ``prefix``."""
        column = list(table.primary_key.columns)[len(prefix)]
        keys = zip(table.primary_key.columns, prefix, strict=False)
        last = self._connection.scalar(
            select(column).where(*(key == value for key, value in keys)).order_by(column.desc()).limit(1)
        )
        return int(last or 0) + 1

    def finish(self) -> None:
        """Writes the checksums, and the serial if anything moved that it stands for."""
        if self._moved:
            serial = int(self.get(schema.meta, "serial") or 0) + 1
            self.put(schema.meta, ("serial", str(serial)))
        for name, change in self._sums.items():
            digest = self._connection.scalar(
                select(schema.checks.c.digest).where(schema.checks.c.name == name)
            )
            self.record(name, (int(digest or "0", 16) + change) % _MODULUS)
        self._sums.clear()

    def record(self, name: str, total: int) -> None:
        """Sets one checksum."""
        statement = insert(schema.checks).values(name=name, digest=f"{total:032x}")
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_={"digest": statement.excluded.digest}
            )
        )

    def _old(self, table: Table, wanted: dict[Row, Any]) -> dict[Row, Row]:
        size = width(table)
        if len(wanted) < _ALL_AT_ONCE:
            found = [next(self.scan(table, *key), None) for key in wanted]
            return {row[:size]: row for row in found if row is not None}
        firsts = {key[0] for key in wanted}
        rows = (row for first in firsts for row in self.scan(table, first))
        return {row[:size]: row for row in rows if row[:size] in wanted}

    def _count(self, table: Table, *, removed: Iterable[Row], added: Iterable[Row]) -> None:
        gone = [row_hash(table.name, row) for row in removed]
        came = [row_hash(table.name, row) for row in added]
        if not (gone or came):
            return
        self._sums[table.name] += sum(came) - sum(gone)
        self._moved = self._moved or table in schema.CORE


def totals(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The sums as the rows themselves give them, and that of the schema under ``sqlite_schema``.

    Reads whatever columns a table has, so that it can judge a state of an older revision too.
    """
    queries = {name: f'SELECT * FROM "{name}"' for name in names}  # noqa: S608 (names of our own tables)
    queries["sqlite_schema"] = "SELECT type, name, tbl_name, sql FROM sqlite_master"
    # By the driver itself: every run asks for every row, and SQLAlchemy's own rows cost as much as the hashes.
    driver = connection.connection.cursor()
    return {
        name: sum(row_hash(name, row) for row in driver.execute(query)) % _MODULUS
        for name, query in queries.items()
    }
