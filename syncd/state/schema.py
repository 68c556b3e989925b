"""The tables of the state file: keys as columns, everything else as one JSON text per row.

A row is ``(key columns, [columns to look for], data)``. The JSON keeps a field that the model gains later from
needing a migration; a key that this version does not know is refused (:mod:`syncd.state.codec`), so nothing that a
newer version wrote is dropped. Tables have no rowid: the key *is* the place of the row, so there is no second
index that could disagree with it and that ``quick_check`` would not look into (https://sqlite.org/pragma.html#pragma_quick_check).
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

APPLICATION_ID = 0x53594E43
"""``SYNC``, at offset 68 of the file: tells our state from any other SQLite file."""

REVISIONS: tuple[str, ...] = ("0001",)
"""Every revision a state file may have, oldest first; known here so that alembic is loaded only to migrate."""

METADATA = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, primary_key=True, nullable=False) for name in names]


def _number(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, nullable=False, autoincrement=False)


def _table(name: str, *columns: Column[str] | Column[int]) -> Table:
    return Table(name, METADATA, *columns, Column("data", Text, nullable=False), sqlite_with_rowid=False)


meta = _table("meta", *_text("name"))
roadmaps = _table("roadmaps", *_text("roadmap"))
tasks = _table("tasks", *_text("roadmap", "uid"))
milestones = _table("milestones", *_text("roadmap", "uid"))
links = _table("links", *_text("roadmap", "remote", "uid"))
tombstones = _table("tombstones", *_text("roadmap", "remote", "uid", "ref"))
contests = _table("contests", *_text("roadmap", "uid", "field"))
decisions = _table("decisions", *_text("roadmap", "uid", "field"))
intents = _table("intents", *_text("roadmap"), _number("id"))
remotes = _table("remotes", *_text("roadmap", "remote"))
approvals = _table("approvals", *_text("roadmap", "digest"))
issues = _table("issues", *_text("roadmap", "remote"), _number("number"))
remote_milestones = _table("remote_milestones", *_text("roadmap", "remote"), _number("number"))
missing = _table("missing", *_text("roadmap", "remote", "kind"), _number("number"))
creations = _table("creations", *_text("host"), _number("id"))
reports = _table("reports", *_text("roadmap"), _number("id"))
audit = _table(
    "audit", _number("id"), Column("at", Text, nullable=False), Column("uid", Text, nullable=False)
)

checks = Table(
    "checks",
    METADATA,
    Column("name", Text, primary_key=True, nullable=False),
    Column("digest", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The sum of the hashes of every row of a table, kept with each write (:mod:`syncd.state.rows`)."""

CORE: frozenset[Table] = frozenset((tasks, milestones, links, tombstones, contests, decisions, intents))
"""What moves the serial (design §12): a changed cursor, audit entry or report does not."""

HISTORY: frozenset[str] = frozenset((audit.name, reports.name))
"""Grows with time and decides nothing: checked by ``state verify``, not at every opening."""
