"""What the state knows of a remote before it is read, and what it keeps of that afterwards."""

from __future__ import annotations

from dataclasses import replace

from syncd.model.links import Ledger
from syncd.model.remote import Snapshot
from syncd.model.values import Kind
from syncd.observe import Linked, Memory, Seen
from syncd.state.store import Store
from syncd.state.words import Found, Missed


def memory(store: Store, ledger: Ledger, remote: str) -> Memory:
    """The stored observation."""
    issues, milestones = store.observed(ledger.roadmap, remote)
    return Memory(
        ledger.remotes.get(remote),
        {issue.ref.number: issue for issue in issues},
        {milestone.ref.number: milestone for milestone in milestones},
        store.missing(ledger.roadmap, remote),
    )


def linked(ledger: Ledger, remote: str) -> Linked:
    """What absence would mean something for."""
    links = [link for link in ledger.links if link.remote == remote]
    return Linked(
        frozenset(link.ref.number for link in links if link.kind is Kind.TASK),
        frozenset(link.ref.number for link in links if link.kind is Kind.MILESTONE),
    )


def keep(store: Store, roadmap: str, seen: Seen, before: Memory) -> Snapshot:
    """Stores the observation with its cursor, and hides what another roadmap of this state is linked to."""
    remote, complete = seen.snapshot.remote, seen.observation.complete
    # What came from the state itself is there; only a whole listing says which of them are there no longer.
    issues = [
        issue
        for number, issue in seen.snapshot.issues.items()
        if complete or before.issues.get(number) is not issue
    ]
    store.save_observation(roadmap, seen.known, issues, seen.snapshot.milestones.values(), complete=complete)
    store.commit(
        roadmap,
        *(Missed(remote, kind, number, when) for (kind, number), when in seen.missing.items()),
        *(Found(remote, kind, number) for kind, number in before.missing.keys() - seen.missing.keys()),
    )
    claimed = store.claimed(roadmap, remote)
    ours = {number: issue for number, issue in seen.snapshot.issues.items() if issue.ref.id not in claimed}
    return replace(seen.snapshot, issues=ours)
