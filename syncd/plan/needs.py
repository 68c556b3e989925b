"""Labels that a plan needs to exist. They are created on purpose, though GitHub would make them by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from syncd.model.remote import Snapshot, Unavailable
from syncd.model.values import Field, Uid, canonical_label
from syncd.plan.actions import Action, ActionKind, IssueTarget, Plan


def needs_labels(plan: Plan, observations: Mapping[str, Snapshot | Unavailable]) -> frozenset[str]:
    """The remotes of which one must know all labels before the plan can say which to create.

    A label that any issue bears exists; only for another one is it worth a request.
    """
    return frozenset(
        remote
        for remote, snapshot in observations.items()
        if isinstance(snapshot, Snapshot) and snapshot.labels is None
        if set(_wanted(plan.actions, remote)) - _seen(snapshot)
    )


def missing_labels(actions: Iterable[Action], snapshot: Snapshot) -> list[Action]:
    """A ``create_label`` for each label that the actions give an issue and that the remote is known to lack."""
    if snapshot.labels is None:
        return []
    known = _seen(snapshot) | {canonical_label(name) for name in snapshot.labels}
    wanted = _wanted(actions, snapshot.remote)
    return [
        Action(ActionKind.CREATE_LABEL, snapshot.remote, Uid(""), name)
        for key, name in sorted(wanted.items())
        if key not in known
    ]


def _wanted(actions: Iterable[Action], remote: str) -> dict[str, str]:
    """Labels by canonical name, in one spelling that no order of actions can change."""
    wanted: dict[str, str] = {}
    for name in sorted(_names(actions, remote)):
        wanted.setdefault(canonical_label(name), name)
    return wanted


def _names(actions: Iterable[Action], remote: str) -> Iterator[str]:
    for action in actions:
        if action.remote == remote and isinstance(action.target, IssueTarget) and _gives_labels(action):
            yield from action.target.labels


def _gives_labels(action: Action) -> bool:
    made = action.kind is ActionKind.CREATE_ISSUE
    return made or any(change.field is Field.LABELS for change in action.changes)


def _seen(snapshot: Snapshot) -> set[str]:
    return {canonical_label(name) for issue in snapshot.issues.values() for name in issue.labels}
