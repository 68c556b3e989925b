"""The tracker's memory: records by id, the log of every effect, and their way to disk.

`World` knows no rule of any tracker. The rules are functions over it (`people`, `issues`, `planning`), and a
dialect says which of them a request means. Everything that changes does so inside `World.effect`, under one
lock and in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from threading import RLock
from typing import Any, TypeVar

from syncd.sandbox.clock import Clock
from syncd.sandbox.records import (
    App,
    Comment,
    Group,
    Hook,
    Issue,
    Label,
    Milestone,
    Noise,
    Op,
    Origin,
    Project,
    Tier,
    Token,
    User,
)
from syncd.sandbox.rows import MemoryRows, Row, Rows

Record = User | Token | App | Project | Group | Label | Milestone | Issue | Comment | Hook | Op | Noise
R = TypeVar("R", bound=Record)
KINDS: Mapping[str, type[Record]] = {
    cls.__name__: cls
    for cls in (User, Token, App, Project, Group, Label, Milestone, Issue, Comment, Hook, Op, Noise)
}
FIRST_ID = 1000
"""Ids start high, so that a test which confuses an id with a number fails."""


class Missing(LookupError):
    """The thing asked for does not exist (or the asker may not know that it does)."""


@dataclass(slots=True)
class Effect:
    """What one operation does: collected, then written and logged together."""

    origin: Origin
    at: int
    rows: list[Row] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)


class World:
    """All there is, indexed as the rules ask for it."""

    def __init__(self, clock: Clock, rows: Rows | None = None, tier: Tier = "free") -> None:
        """`tier` is what GitLab's owner paid for; it decides what a save keeps."""
        self.tier = tier
        self.lock = RLock()
        self.clock = clock
        self.watchers: list[Callable[[Op], None]] = []
        self._rows = rows or MemoryRows()
        self._forget()
        for kind, row in self._rows.load():
            self._remember(_thaw(KINDS[kind], row))

    def _forget(self) -> None:
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self.apps: dict[int, App] = {}
        self.projects: dict[int, Project] = {}
        self.groups: dict[int, Group] = {}
        self.labels: dict[int, Label] = {}
        self.milestones: dict[int, Milestone] = {}
        self.issues: dict[int, dict[int, Issue]] = {}
        self.comments: dict[int, Comment] = {}
        self.hooks: dict[int, Hook] = {}
        self.log: list[Op] = []
        self.noise: list[Noise] = []
        self.counts: dict[int, Counter[tuple[int | None, str]]] = {}
        """Project -> (milestone id, state) -> how many issues and pull requests there are to see."""
        self.history: dict[int, list[tuple[int, Issue]]] = {}
        self.removed: dict[tuple[str, int, int], Label | Milestone] = {}
        self.last_id = FIRST_ID
        self._effect: Effect | None = None

    @property
    def serial(self) -> int:
        """Moves with every effect and with nothing else."""
        return self.log[-1].serial if self.log else 0

    def now(self) -> int:
        return int(self.clock().timestamp())

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    @contextmanager
    def effect(self, origin: Origin) -> Iterator[Effect]:
        """Everything put and noted inside is one transaction. May be nested: the outermost one commits."""
        with self.lock:
            if self._effect is not None:
                yield self._effect
                return
            self._effect = effect = Effect(origin, self.now())
            try:
                yield effect
            finally:
                self._effect = None
                if effect.rows:
                    self._rows.write(effect.rows)
            for op in effect.ops:
                for watcher in self.watchers:
                    watcher(op)

    def put(self, record: R) -> R:
        """Keeps a record in memory and in the open effect."""
        self._remember(record)
        self._open().rows.append((type(record).__name__, _key(record), record))
        return record

    def place(self, place_id: int) -> Project | Group:
        """Where labels and milestones live."""
        return self.projects.get(place_id) or self.groups[place_id]

    def remove(self, record: Label | Milestone | Hook) -> None:
        match record:
            case Label():
                self.removed["Label", record.project_id, record.id] = self.labels.pop(record.id)
            case Milestone():
                self.removed["Milestone", record.project_id, record.number] = self.milestones.pop(record.id)
            case Hook():
                del self.hooks[record.id]
        self._open().rows.append((type(record).__name__, _key(record), None))

    def note(
        self,
        what: str,
        project_id: int,
        subject: int,
        changes: Mapping[str, tuple[object, object]] | None = None,
    ) -> Op:
        """Logs an effect. `what` is `thing.verb`; `subject` the number, or the id of what has no number."""
        effect = self._open()
        by = effect.origin
        op = Op(
            self.serial + 1,
            effect.at,
            by.login,
            by.method,
            by.route,
            what,
            project_id,
            subject,
            changes or {},
        )
        effect.ops.append(self.put(op))
        return op

    def clear(self) -> None:
        """Back to an empty world, on disk too."""
        with self.lock:
            self._rows.clear()
            self._forget()

    def close(self) -> None:
        self._rows.close()

    def _open(self) -> Effect:
        if self._effect is None:
            raise RuntimeError("a record was changed outside World.effect")
        return self._effect

    def _remember(self, record: Record) -> None:  # noqa: C901 - one line for each kind of record
        match record:
            case User():
                self.users[record.login.lower()] = record
            case Token():
                self.tokens[record.secret] = record
            case App():
                self.apps[record.id] = record
            case Project():
                self.projects[record.id] = record
                self.issues.setdefault(record.id, {})
                self.counts.setdefault(record.id, Counter())
            case Group():
                self.groups[record.id] = record
            case Label():
                self.labels[record.id] = record
            case Milestone():
                self.milestones[record.id] = record
            case Issue():
                self._count(record)
                self.issues[record.project_id][record.number] = record
                self.history.setdefault(record.id, []).append((record.updated_at, record))
            case Comment():
                self.comments[record.id] = record
            case Hook():
                self.hooks[record.id] = record
            case Op():
                self.log.append(record)
            case Noise():
                self.noise.append(record)
        self.last_id = max(self.last_id, getattr(record, "id", 0))

    def _count(self, issue: Issue) -> None:
        # Counted along, because every answer that holds a milestone says how many issues it has.
        counts = self.counts[issue.project_id]
        before = self.issues[issue.project_id].get(issue.number)
        if before and before.visible:
            counts[before.milestone, before.state] -= 1
        if issue.visible:
            counts[issue.milestone, issue.state] += 1


def _key(record: Record) -> str:
    match record:
        case User():
            return record.login.lower()
        case Token():
            return record.secret
        case Op():
            return str(record.serial)
        case Noise():
            return f"{record.serial}/{record.kind}/{record.target}"
        case _:
            return str(record.id)


def _thaw(cls: type[R], row: Mapping[str, Any]) -> R:
    known = {f.name for f in fields(cls)}
    return cls(**{name: _tuples(value) for name, value in row.items() if name in known})


def _tuples(value: Any) -> Any:
    """JSON has lists where the records have tuples."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value
