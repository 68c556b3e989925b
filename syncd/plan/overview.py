"""What a plan says of each remote before anything else: as whom, where, and how many people may get mail."""

from __future__ import annotations

from collections.abc import Iterable

from syncd.model.links import KnownRemote
from syncd.model.remote import Snapshot, Unavailable
from syncd.model.values import Kind
from syncd.plan.actions import Action, ActionKind, IssueTarget, RemotePlan
from syncd.plan.world import World

_WRITES = (ActionKind.CREATE_ISSUE, ActionKind.UPDATE_ISSUE)


def overview(world: World, actions: Iterable[Action]) -> tuple[RemotePlan, ...]:
    """One entry per configured remote, by name."""
    listed = list(actions)
    linked: dict[str, int] = {}
    for link in world.ledger.links:
        if link.kind is Kind.TASK:
            linked[link.remote] = linked.get(link.remote, 0) + 1
    return tuple(
        _entry(world, remote, linked.get(remote, 0), listed) for remote in sorted(world.observations)
    )


def _entry(world: World, remote: str, linked: int, actions: Iterable[Action]) -> RemotePlan:
    seen = world.observations[remote]
    known = world.ledger.remotes.get(remote) or KnownRemote(remote, "", "")
    first = not known.synced
    if isinstance(seen, Unavailable):
        retry = seen.retry_at.isoformat() if seen.retry_at else ""
        return RemotePlan(
            remote,
            known.project_name,
            "",
            known.account,
            linked,
            first=first,
            unavailable=seen.reason,
            retry_at=retry,
        )
    mine = [action for action in actions if action.remote == remote and action.kind in _WRITES]
    account = seen.account or known.account
    return RemotePlan(
        remote, seen.project.name, seen.project.url, account, linked, _mail(mine, seen, account), first
    )


def _mail(actions: Iterable[Action], snapshot: Snapshot, account: str) -> int:
    """How many people may get mail, as far as one can see: authors and assignees of what is written."""
    people: set[str] = set()
    for action in actions:
        issue = snapshot.issues.get(action.ref.number) if action.ref else None
        if issue is not None:
            people.update((issue.author, *issue.assignees))
        if isinstance(action.target, IssueTarget):
            people.update(action.target.assignees)
    return len({person.casefold() for person in people} - {account.casefold(), ""})
