"""Open intents are settled by evidence: at the start of a run, by the code that also runs live (design §8.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from syncd.errors import ForgeError
from syncd.forge.base import Forge
from syncd.model.links import Intent, Ledger, Settle
from syncd.model.outline import Outline
from syncd.model.remote import Issue, Snapshot
from syncd.model.values import TASK_FIELDS, Field, Uid, Value
from syncd.plan.evidence import Resolved, settle_intents
from syncd.plan.world import Matching
from syncd.state.store import Store
from syncd.state.words import Closed, Word

RoadmapValue = Callable[[Uid, Field], Value]


def recover_roadmap(store: Store, ledger: Ledger, digest: str, value: RoadmapValue) -> bool:
    """Settles a write of the roadmap that a crash cut off. Returns whether the state changed.

    The hash tells whether the write happened. If it is neither the old nor the new one, a person edited after the
    crash: then only what stands there as intended is settled; elsewhere the base stays, which may show a conflict
    but never loses an edit.
    """
    intents = [intent for intent in ledger.intents if intent.kind == "write_roadmap"]
    for intent in intents:
        store.commit(ledger.roadmap, Closed(intent.id), *_roadmap_words(intent, digest, value))
    return bool(intents)


def _roadmap_words(intent: Intent, digest: str, value: RoadmapValue) -> tuple[Word, ...]:
    if digest == intent.before:
        return ()
    if digest == intent.after:
        return (*intent.settles, *intent.tasks, *intent.milestones)
    return tuple(settle for settle in intent.settles if _stands(settle, value))


def standing(outline: Outline, matching: Matching) -> dict[Uid, dict[Field, Value]]:
    """What the roadmap says now, by uid: every field of every task and milestone."""
    found: dict[Uid, dict[Field, Value]] = {}
    for task in outline.tasks():
        values: dict[Field, Value] = {
            name: task.value(name) for name in TASK_FIELDS if name is not Field.MILESTONE
        }
        values[Field.MILESTONE] = None if task.milestone is None else matching.milestones[task.milestone]
        found[matching.tasks[task.key]] = values
    for milestone in outline.milestones:
        due = milestone.due.isoformat() if milestone.due else None
        found[matching.milestones[milestone.key]] = {
            Field.TITLE: milestone.title,
            Field.STATE: milestone.state.value,
            Field.DUE: due,
        }
    return found


def _stands(settle: Settle, value: RoadmapValue) -> bool:
    try:
        return value(settle.uid, settle.field) == settle.pair.ours
    except KeyError:
        return False


def remote_words(
    ledger: Ledger, snapshot: Snapshot, forge: Forge, quarantine: timedelta, now: datetime
) -> tuple[Word, ...]:
    """What can be said now of the open intents of one remote.

    A create whose issue shows up is settled at once. That it did *not* happen is believed only after the quarantine,
    by a complete listing and by number, for lists lag behind (design §8.4, reliability §0.2).
    """
    candidates: dict[int, Sequence[Issue]] = {}
    for intent in ledger.intents:
        if _may_search(intent, snapshot, quarantine, now):
            try:
                candidates[intent.id] = tuple(forge.newest(intent.number_floor))
            except ForgeError:
                continue  # not looked at is not absent: the intent stays open
    resolved = settle_intents(ledger, {snapshot.remote: snapshot}, candidates)
    return tuple(word for one in resolved for word in _resolved_words(one))


def _may_search(intent: Intent, snapshot: Snapshot, quarantine: timedelta, now: datetime) -> bool:
    ours = intent.kind == "create_issue" and intent.remote == snapshot.remote
    return ours and now - intent.since >= quarantine


def _resolved_words(resolved: Resolved) -> Iterator[Word]:
    yield Closed(resolved.intent)
    yield from resolved.settles
    if resolved.link:
        yield resolved.link
