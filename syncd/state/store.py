"""What syncd remembers, one durable transaction at a time.

Every method that writes is one transaction, on the disk when it returns. What is equal to what is there is not
written, and the serial moves only with tasks, links, bases, tombstones, intents, decisions and conflicts (design §12).

A new state gets its file with the first thing that is written: a run that saw nothing leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, Table, desc, func, select

from syncd.errors import StateError
from syncd.model.links import (
    Approval,
    Contest,
    Decision,
    Intent,
    KnownMilestone,
    KnownRemote,
    KnownTask,
    Ledger,
    Link,
    Tombstone,
)
from syncd.model.outline import Reading
from syncd.model.remote import Issue, RemoteMilestone
from syncd.model.values import Kind, Uid
from syncd.state import opening, schema
from syncd.state.codec import decode, encode, moment
from syncd.state.copies import stamped
from syncd.state.migrating import migrate
from syncd.state.opening import Migrations
from syncd.state.rows import Rows
from syncd.state.words import AuditEntry, Closed, Remembered, Word
from syncd.state.writing import write

REPORTS_KEPT = 20


class Store:
    """An open state file. Made by :meth:`open`; used by one thread; a context manager."""

    def __init__(
        self, engine: Engine, path: Path, *, on_disk: bool, make: Callable[[], Engine] | None = None
    ) -> None:
        self._engine, self._make = engine, make
        self.path = path
        self.on_disk = on_disk
        """Whether there is a file: a new state has none before its first write, and none ever in a dry run."""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], datetime],
        mint: Callable[[], str],
        read_only: bool = False,
        busy_seconds: float = opening.BUSY_SECONDS,
        migrations: Migrations = opening.OURS,
    ) -> Self:
        """The state at ``path``; a missing one is made by the first write, with a lineage from ``mint``.

        ``read_only`` never writes the file: it works on a copy in memory, where an old one is migrated too.
        Raises :class:`~syncd.errors.StateError` for a file that is torn, foreign, empty or newer, and
        :class:`~syncd.errors.LockHeld` where another process keeps writing for ``busy_seconds``.
        """

        def engine() -> Engine:
            return _checked(path, clock, busy_seconds, migrations, read_only=read_only)

        if path.exists() or path.is_symlink():
            return cls(engine(), path, on_disk=True)
        opening.check_missing(path)
        lineage, now = mint(), clock()
        empty = opening.connect_empty()
        with empty.begin() as connection:
            opening.fill(connection, lineage, now)

        def make() -> Engine:
            opening.create(path, lineage, now)
            return engine()  # the file of another roadmap's run, if that was faster

        return cls(empty, path, on_disk=False, make=None if read_only else make)

    def close(self) -> None:
        """Gives the file back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _rows(self) -> Iterator[Rows]:
        with opening.refusing(self.path), self._engine.begin() as connection:
            rows = Rows(connection)
            yield rows
            rows.finish()

    @contextmanager
    def _written(self) -> Iterator[Rows]:
        """Rows to be changed: on the disk from now on, for a new state."""
        if self._make is not None:
            made, self._make = self._make(), None
            self._engine.dispose()
            self._engine, self.on_disk = made, True
        with self._rows() as rows:
            yield rows

    # What is known

    @property
    def lineage(self) -> str:
        """The identity of this state; markers on a remote carry it."""
        return self._meta("lineage")

    @property
    def serial(self) -> int:
        """Counts the transactions that changed what syncd decides by."""
        return int(self._meta("serial"))

    def _meta(self, name: str) -> str:
        with self._rows() as rows:
            value = rows.get(schema.meta, name)
        if value is None:
            raise StateError(f"{self.path}: the state has no {name}")
        return value

    def roadmaps(self) -> tuple[str, ...]:
        """The names of all roadmaps that were ever synced with this state."""
        with self._rows() as rows:
            return tuple(row[0] for row in rows.scan(schema.roadmaps))

    def load(self, roadmap: str) -> Ledger:
        """Everything known of one roadmap, as of one moment."""
        with self._rows() as rows:
            found = rows.get(schema.roadmaps, roadmap)
            about = decode(Remembered, found) if found else Remembered()

            def all_of(table: Table, kind: type[Any]) -> tuple[Any, ...]:
                return tuple(decode(kind, row[-1]) for row in rows.scan(table, roadmap))

            return Ledger(
                roadmap=roadmap,
                lineage=rows.get(schema.meta, "lineage") or "",
                serial=int(rows.get(schema.meta, "serial") or 0),
                tasks={task.uid: task for task in all_of(schema.tasks, KnownTask)},
                milestones={one.uid: one for one in all_of(schema.milestones, KnownMilestone)},
                links=all_of(schema.links, Link),
                tombstones=all_of(schema.tombstones, Tombstone),
                contests=all_of(schema.contests, Contest),
                decisions=all_of(schema.decisions, Decision),
                intents=all_of(schema.intents, Intent),
                remotes={one.name: one for one in all_of(schema.remotes, KnownRemote)},
                approvals=all_of(schema.approvals, Approval),
                reading=about.reading,
                scope=about.scope or "",
                branch=about.branch or "",
            )

    def contests(self, roadmap: str) -> tuple[Contest, ...]:
        """The conflicts that are kept, without the rest of what is known: a tenth of the time of :meth:`load`."""
        with self._rows() as rows:
            return tuple(decode(Contest, row[-1]) for row in rows.scan(schema.contests, roadmap))

    def reading(self, roadmap: str) -> Reading | None:
        """How the file was read at the first sync."""
        with self._rows() as rows:
            found = rows.get(schema.roadmaps, roadmap)
        return decode(Remembered, found).reading if found else None

    def claimed(self, roadmap: str, remote: str) -> frozenset[str]:
        """The immutable ids of issues on a remote that other roadmaps of this state are linked to (design §6)."""
        with self._rows() as rows:
            links = [decode(Link, row[-1]) for row in rows.of_others(schema.links, roadmap, remote)]
        return frozenset(link.ref.id for link in links if link.kind is Kind.TASK)

    # What is changed

    def take_over(self, lineage: str) -> None:
        """From now on this state is the one that the markers on the remotes name (design §4: recovery, take-over)."""
        with self._written() as rows:
            rows.put(schema.meta, ("lineage", lineage))

    def commit(self, roadmap: str, *words: Word) -> None:
        """All of these become so, together or not at all."""
        if words:
            with self._written() as rows:
                self._write(rows, roadmap, words)

    def _write(self, rows: Rows, roadmap: str, words: Iterable[Word]) -> None:
        for _, alike in groupby(words, key=type):
            write(rows, roadmap, list(alike))

    def begin(self, roadmap: str, intent: Intent, *words: Word) -> Intent:
        """Writes an intent down before its effect; returns it with the id it was given (never given twice)."""
        with self._written() as rows:
            last = int(rows.get(schema.meta, "intents") or 0)
            given = replace(intent, id=last + 1)
            rows.put(schema.meta, ("intents", str(given.id)))
            rows.put(schema.intents, (roadmap, given.id, encode(given)))
            self._write(rows, roadmap, words)
        return given

    def done(self, roadmap: str, intent: int, *words: Word) -> None:
        """The effect happened: the intent ends together with the link and bases that it brought."""
        self.commit(roadmap, Closed(intent), *words)

    # What was seen of a remote

    def observed(self, roadmap: str, remote: str) -> tuple[tuple[Issue, ...], tuple[RemoteMilestone, ...]]:
        """The stored observation: all issues and milestones as they were seen last."""
        with self._rows() as rows:
            issues = tuple(decode(Issue, row[-1]) for row in rows.scan(schema.issues, roadmap, remote))
            stones = rows.scan(schema.remote_milestones, roadmap, remote)
            return issues, tuple(decode(RemoteMilestone, row[-1]) for row in stones)

    def save_observation(
        self,
        roadmap: str,
        remote: KnownRemote,
        issues: Iterable[Issue],
        milestones: Iterable[RemoteMilestone],
        *,
        complete: bool,
        gone: Collection[int] = (),
        gone_milestones: Collection[int] = (),
    ) -> None:
        """Data and cursor (in ``remote``) together. ``complete``: what is not among them is no longer there."""
        with self._written() as rows:
            self._write(rows, roadmap, (remote,))
            for table, seen, away in (
                (schema.issues, issues, gone),
                (schema.remote_milestones, milestones, gone_milestones),
            ):
                new = [(roadmap, remote.name, one.ref.number, encode(one)) for one in seen]
                old = [row[:3] for row in rows.scan(table, roadmap, remote.name)] if complete or away else []
                kept = {row[2] for row in new}
                rows.drop(table, *(key for key in old if key[2] in away or (complete and key[2] not in kept)))
                rows.put(table, *new)

    def missing(self, roadmap: str, remote: str) -> Mapping[tuple[Kind, int], datetime]:
        """Issues and milestones that were not found, and since when."""
        with self._rows() as rows:
            found = list(rows.scan(schema.missing, roadmap, remote))
        return {(Kind(row[2]), row[3]): datetime.fromisoformat(row[4]) for row in found}

    def creations(self, host: str, since: datetime) -> tuple[datetime, ...]:
        """When content was created on a host, by any roadmap of this state, in order."""
        with self._rows() as rows:
            times = [datetime.fromisoformat(row[-1]) for row in rows.scan(schema.creations, host)]
        return tuple(sorted(when for when in times if when >= since))

    # What was done

    def audit(
        self,
        limit: int = 100,
        *,
        uid: Uid | None = None,
        since: datetime | None = None,
        roadmap: str | None = None,
        skip: int = 0,
    ) -> tuple[AuditEntry, ...]:
        """The newest effects first, of one roadmap if it is named; ``skip`` of them are left out."""
        query = select(schema.audit.c.data).order_by(desc(schema.audit.c.id)).limit(limit).offset(skip)
        if roadmap is not None:
            query = query.where(func.json_extract(schema.audit.c.data, "$.roadmap") == roadmap)
        if uid is not None:
            query = query.where(schema.audit.c.uid == uid)
        if since is not None:
            query = query.where(schema.audit.c.at >= moment(since))
        with opening.refusing(self.path), self._engine.begin() as connection:
            return tuple(decode(AuditEntry, data) for data in connection.scalars(query))

    def save_report(self, roadmap: str, report: str) -> None:
        """Keeps the JSON report of a run, and the last ones before it."""
        with self._written() as rows:
            number = rows.next_id(schema.reports, roadmap)
            rows.put(schema.reports, (roadmap, number, report))
            rows.drop(schema.reports, (roadmap, number - REPORTS_KEPT))

    def last_report(self, roadmap: str) -> str | None:
        """The newest report."""
        with self._rows() as rows:
            found = list(rows.scan(schema.reports, roadmap))
        return found[-1][-1] if found else None


def _checked(
    path: Path,
    clock: Callable[[], datetime],
    busy_seconds: float,
    migrations: Migrations,
    *,
    read_only: bool,
) -> Engine:
    """An engine on a file that is a state of ours, at the newest revision."""
    opening.check_outside(path)
    engine = opening.connect_copy(path) if read_only else opening.connect(path, busy_seconds)
    try:
        revision = opening.check_inside(engine, path, migrations)
        if revision != migrations.head:
            keep = None if read_only else stamped(path, f"before-{migrations.head}", clock())
            migrate(engine, path, migrations, keep=keep)
    except BaseException:
        engine.dispose()
        raise
    return engine
