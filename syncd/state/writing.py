"""Each word of :mod:`syncd.state.words` as rows. Words of one kind come together, so that many are one statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from syncd.errors import StateError
from syncd.model.links import (
    Approval,
    Decision,
    Intent,
    KnownMilestone,
    KnownRemote,
    KnownTask,
    Link,
    Settle,
    Tombstone,
)
from syncd.state import schema
from syncd.state.codec import decode, encode, moment
from syncd.state.rows import Row, Rows
from syncd.state.words import (
    AuditEntry,
    Closed,
    Contests,
    Created,
    Found,
    InDoubt,
    Lifted,
    Missed,
    Remembered,
    SeenIssue,
    SeenMilestone,
    Used,
    UsedApproval,
    Word,
)

_PACING = timedelta(hours=1)
"""Forges count content creation per minute and per hour (design §10); older ones weigh nothing."""


def write(rows: Rows, roadmap: str, words: Sequence[Word]) -> None:
    """Words of one kind, in their order."""
    _WRITERS[type(words[0])](rows, roadmap, words)


_Writer = Callable[[Rows, str, Sequence[Any]], None]


def _plain(table: Table, key: Callable[[Any], Row]) -> _Writer:
    """A value that is its own row."""

    def put(rows: Rows, roadmap: str, words: Sequence[Any]) -> None:
        rows.put(table, *((roadmap, *key(word), encode(word)) for word in words))

    return put


def _settle(rows: Rows, roadmap: str, words: Sequence[Settle]) -> None:
    links: dict[Row, Link] = {}
    for word in words:
        key = (roadmap, word.remote, word.uid)
        if key not in links:
            found = rows.get(schema.links, *key)
            if found is None:
                raise StateError(f"{word.uid} is not linked on {word.remote}: it has no base to settle")
            links[key] = decode(Link, found)
        links[key] = replace(links[key], base={**links[key].base, word.field: word.pair})
    rows.put(schema.links, *((*key, encode(link)) for key, link in links.items()))


def _bury(rows: Rows, roadmap: str, words: Sequence[Tombstone]) -> None:
    for word in words:
        key = (roadmap, word.remote, word.uid)
        found = rows.get(schema.links, *key)
        # A person may have linked the task to another issue meanwhile: that link is not the one that ended.
        if found is not None and decode(Link, found).ref.id == word.ref.id:
            rows.drop(schema.links, key)
    rows.put(schema.tombstones, *((roadmap, *_grave(word), encode(word)) for word in words))


def _grave(word: Tombstone) -> Row:
    return word.remote, word.uid, word.ref.id


def _lift(rows: Rows, roadmap: str, words: Sequence[Lifted]) -> None:
    rows.drop(schema.tombstones, *((roadmap, *_grave(word.tombstone)) for word in words))


def _contests(rows: Rows, roadmap: str, words: Sequence[Contests]) -> None:
    new = {(roadmap, one.uid, one.field.value): one for one in words[-1].kept}
    rows.drop(
        schema.contests, *(row[:3] for row in rows.scan(schema.contests, roadmap) if row[:3] not in new)
    )
    rows.put(schema.contests, *((*key, encode(one)) for key, one in new.items()))


def _use(rows: Rows, roadmap: str, words: Sequence[Used]) -> None:
    for word in words:
        key = (roadmap, word.decision.uid, word.decision.field.value)
        # A person may have decided anew while this run carried out the older decision: that one still waits.
        if rows.get(schema.decisions, *key) == encode(word.decision):
            rows.drop(schema.decisions, key)


def _use_approval(rows: Rows, roadmap: str, words: Sequence[UsedApproval]) -> None:
    for word in words:
        found = rows.get(schema.approvals, roadmap, word.digest)
        if found is None:
            continue
        left = decode(Approval, found).actions - word.actions
        if left:
            rows.put(schema.approvals, (roadmap, word.digest, encode(Approval(word.digest, left))))
        else:
            rows.drop(schema.approvals, (roadmap, word.digest))


def _remember(rows: Rows, roadmap: str, words: Sequence[Remembered]) -> None:
    found = rows.get(schema.roadmaps, roadmap)
    known = decode(Remembered, found) if found else Remembered()
    for word in words:
        known = Remembered(
            known.reading if word.reading is None else word.reading,
            known.scope if word.scope is None else word.scope,
            known.branch if word.branch is None else word.branch,
        )
    rows.put(schema.roadmaps, (roadmap, encode(known)))


def _close(rows: Rows, roadmap: str, words: Sequence[Closed]) -> None:
    rows.drop(schema.intents, *((roadmap, word.intent) for word in words))


def _doubt(rows: Rows, roadmap: str, words: Sequence[InDoubt]) -> None:
    for word in words:
        found = rows.get(schema.intents, roadmap, word.intent)
        if found is None:
            raise StateError(f"there is no open intent {word.intent}")
        intent = replace(decode(Intent, found), unknown=True, since=word.since)
        rows.put(schema.intents, (roadmap, word.intent, encode(intent)))


def _seen_issues(rows: Rows, roadmap: str, words: Sequence[SeenIssue]) -> None:
    rows.put(
        schema.issues, *((roadmap, one.remote, one.issue.ref.number, encode(one.issue)) for one in words)
    )


def _seen_milestones(rows: Rows, roadmap: str, words: Sequence[SeenMilestone]) -> None:
    seen = ((one.remote, one.milestone) for one in words)
    rows.put(schema.remote_milestones, *((roadmap, name, one.ref.number, encode(one)) for name, one in seen))


def _missed(rows: Rows, roadmap: str, words: Sequence[Missed]) -> None:
    for word in words:
        key = (roadmap, word.remote, word.kind.value, word.number)
        if rows.get(schema.missing, *key) is None:
            rows.put(schema.missing, (*key, moment(word.when)))


def _found(rows: Rows, roadmap: str, words: Sequence[Found]) -> None:
    rows.drop(schema.missing, *((roadmap, word.remote, word.kind.value, word.number) for word in words))


def _created(rows: Rows, _roadmap: str, words: Sequence[Created]) -> None:
    for word in words:
        past = list(rows.scan(schema.creations, word.host))
        old = (row[:2] for row in past if datetime.fromisoformat(row[2]) < word.when - _PACING)
        number = rows.next_id(schema.creations, word.host)
        rows.drop(schema.creations, *old)
        rows.put(schema.creations, (word.host, number, moment(word.when)))


def _audit(rows: Rows, _roadmap: str, words: Sequence[AuditEntry]) -> None:
    first = rows.next_id(schema.audit)
    entries = ((moment(word.at), word.uid or "", encode(word)) for word in words)
    rows.put(schema.audit, *((number, *entry) for number, entry in enumerate(entries, first)))


_WRITERS: dict[type, _Writer] = {
    KnownTask: _plain(schema.tasks, lambda word: (word.uid,)),
    KnownMilestone: _plain(schema.milestones, lambda word: (word.uid,)),
    KnownRemote: _plain(schema.remotes, lambda word: (word.name,)),
    Link: _plain(schema.links, lambda word: (word.remote, word.uid)),
    Decision: _plain(schema.decisions, lambda word: (word.uid, word.field.value)),
    Approval: _plain(schema.approvals, lambda word: (word.digest,)),
    Settle: _settle,
    Tombstone: _bury,
    Lifted: _lift,
    Contests: _contests,
    Used: _use,
    UsedApproval: _use_approval,
    Remembered: _remember,
    Closed: _close,
    InDoubt: _doubt,
    SeenIssue: _seen_issues,
    SeenMilestone: _seen_milestones,
    Missed: _missed,
    Found: _found,
    Created: _created,
    AuditEntry: _audit,
}
