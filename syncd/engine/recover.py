"""Open intents are settled by evidence: at the start of a run, by the code that also runs live (design §8.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from syncd.engine.job import Job
from syncd.errors import ForgeError
from syncd.forge.base import Forge
from syncd.model.links import Intent, Ledger, Settle
from syncd.model.remote import Issue, Snapshot, Unavailable
from syncd.model.values import Field, Uid, Value
from syncd.plan.evidence import Resolved, settle_intent
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


def _stands(settle: Settle, value: RoadmapValue) -> bool:
    try:
        return value(settle.uid, settle.field) == settle.pair.ours
    except KeyError:
        return False
