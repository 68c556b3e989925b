"""What can be said to the state in one transaction, beside the values of :mod:`syncd.model.links` themselves.

A value of the model put into :meth:`Store.commit` means "this is so now": a task, a milestone, a link, a remote, a
decision, an approval. A :class:`~syncd.model.links.Tombstone` also ends its link, a
:class:`~syncd.model.links.Settle` moves one base of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from syncd.model.links import (
    Approval,
    Contest,
    Decision,
    KnownMilestone,
    KnownRemote,
    KnownTask,
    Link,
    Settle,
    Tombstone,
)
from syncd.model.outline import Reading
from syncd.model.remote import Issue, Ref, RemoteMilestone
from syncd.model.values import Kind, Uid, Value


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One effect that happened, or was refused: who asked for it is the run, ``changes`` are (field, before, after).

    ``result`` is done, skipped, rejected or unknown; ``kind`` that of the action, or ``write_roadmap``.
    """

    at: datetime
    run: str
    roadmap: str
    kind: str
    result: str
    remote: str = ""
    uid: Uid | None = None
    ref: Ref | None = None
    title: str = ""
    changes: tuple[tuple[str, Value, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the first sync found out about the roadmap; None leaves a part as it is."""

    reading: Reading | None = None
    scope: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Contests:
    """All conflicts that are kept from now on; those not among them are over."""

    kept: tuple[Contest, ...]


@dataclass(frozen=True, slots=True)
class Lifted:
    """A tombstone that a person took away (``syncd link``), or under which the line came back."""

    tombstone: Tombstone


@dataclass(frozen=True, slots=True)
class Used:
    """A decision that was carried out, and is no longer waiting."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class UsedApproval:
    """Actions of an approved plan that were done: each may be used once (design §7)."""

    digest: str
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Closed:
    """An intent about which nothing is open any more: it was done, or certainly not done."""

    intent: int


@dataclass(frozen=True, slots=True)
class InDoubt:
    """An intent whose answer was lost; the quarantine counts from ``since``."""

    intent: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SeenIssue:
    """An issue as a remote just answered; takes the place of the stored observation."""

    remote: str
    issue: Issue


@dataclass(frozen=True, slots=True)
class SeenMilestone:
    """A milestone as a remote just answered."""

    remote: str
    milestone: RemoteMilestone


@dataclass(frozen=True, slots=True)
class Missed:
    """A linked issue or milestone was not found. The first time is kept: gone is confirmed later (design §6)."""

    remote: str
    kind: Kind
    number: int
    when: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """It is there again, or its link has ended: nothing is missed any more."""

    remote: str
    kind: Kind
    number: int


@dataclass(frozen=True, slots=True)
class Created:
    """Content was created on a host; pacing counts these over an hour and across restarts (design §10)."""

    host: str
    when: datetime


Word: TypeAlias = (
    KnownTask
    | KnownMilestone
    | KnownRemote
    | Link
    | Settle
    | Tombstone
    | Decision
    | Approval
    | AuditEntry
    | Remembered
    | Contests
    | Lifted
    | Used
    | UsedApproval
    | Closed
    | InDoubt
    | SeenIssue
    | SeenMilestone
    | Missed
    | Found
    | Created
)
