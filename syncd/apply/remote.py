"""Carries out the actions of one remote, in plan order, each between an intent and its done (design §8.2).

The base that an effect leaves is taken from the forge's *answer*: a read-back could fail, and between "created there"
and "recorded here" nothing may fail that could be tried again (reliability §2, incident 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, assert_never

from syncd.apply import drafts
from syncd.apply.outcome import Outcome, RemoteOutcome, Result
from syncd.errors import (
    FAILED,
    AccessRefused,
    ForgeError,
    NotSent,
    RateLimited,
    Rejected,
    Unknown,
    most_pressing,
)
from syncd.forge.base import Forge
from syncd.model.links import Intent, IntentKind, Link, Pair, Settle, Tombstone, TombstoneReason
from syncd.model.remote import Issue, Marker, Ref, RemoteMilestone, Snapshot
from syncd.model.values import Field, Kind, Uid, Value, canonical_label, canonical_text
from syncd.plan.actions import Action, ActionKind, IssueTarget
from syncd.plan.digest import action_key
from syncd.state.store import Store
from syncd.state.words import AuditEntry, Closed, InDoubt, SeenIssue, SeenMilestone, UsedApproval, Word

Answer = TypeVar("Answer")


class _Impossible(Exception):
    """An action whose parent does not exist, because its own create did not come through: left for the next run."""


@dataclass(slots=True)
class RemoteWork:
    """One remote's share of a run: where to write, what was seen there, and which refs have come into being since."""

    roadmap: str
    run_id: str
    lineage: str
    forge: Forge
    store: Store
    snapshot: Snapshot
    links: dict[Uid, Link]
    clock: Callable[[], datetime]
    references: Mapping[str, int] = field(default_factory=dict)
    approvals: Mapping[str, str] = field(default_factory=dict)
    """Keys of actions that a person approved, with the digest of that approval: each may be used once."""
    refs: dict[Uid, Ref] = field(default_factory=dict)
    answers: dict[Uid, Issue] = field(default_factory=dict)
    """Issues that this run created or wrote: their answers are fresher than any read."""

    def __post_init__(self) -> None:
        self.refs.update({uid: link.ref for uid, link in self.links.items()})

    def ref(self, uid: Uid) -> Ref:
        """Where a task or milestone lives on this remote."""
        if uid not in self.refs:
            raise _Impossible(uid)
        return self.refs[uid]

    def came_into_being(self, link: Link) -> None:
        """Later actions of this run may belong to it."""
        self.links[link.uid] = link
        self.refs[link.uid] = link.ref

    def marker(self, uid: Uid) -> Marker:
        """What the managed block of a task says of itself."""
        return Marker(self.roadmap, self.lineage, uid)


def apply_remote(
    work: RemoteWork,
    actions: Iterable[Action],
    *,
    stop: Callable[[], str],
    progress: Callable[[Outcome], None],
) -> RemoteOutcome:
    """Carries out ``actions`` until done, or until the remote or ``stop`` (a reason, or "") leaves the rest."""
    outcomes: list[Outcome] = []
    codes: list[int] = []
    halt, retry_at = "", None
    for action in actions:
        halt = halt or stop()
        if halt:
            outcomes.append(_outcome(action, "skipped", message=halt))
            continue
        try:
            outcome = _carry_out(work, action)
        except (RateLimited, AccessRefused, NotSent) as error:
            # Nothing more will work on this remote now; whatever is left is planned again next time.
            halt, retry_at = error.reason, getattr(error, "until", None)
            codes.append(error.exit_code)
            outcome = _outcome(action, "skipped", message=error.reason)
        outcomes.append(outcome)
        progress(outcome)
    codes += [FAILED for outcome in outcomes if outcome.result != "done"]
    return RemoteOutcome(work.forge.remote, tuple(outcomes), most_pressing(codes), retry_at, halt)


def _carry_out(work: RemoteWork, action: Action) -> Outcome:
    words: tuple[Word, ...] = ()
    try:
        outcome, words = _dispatch(work, action)
    except Unknown as error:
        outcome = _outcome(action, "unknown", message=error.reason)
    except (RateLimited, AccessRefused, NotSent):
        raise
    except Rejected as error:
        outcome = _outcome(action, "rejected", message=error.reason)
    except _Impossible:
        outcome = _outcome(action, "skipped", message="what it belongs to could not be created in this run")
    # One transaction: the intent ends, and link, base and audit say what came of it, or none of them does.
    work.store.commit(work.roadmap, *words, *_spent(work, action, outcome), _entry(work, action, outcome))
    return outcome


def _spent(work: RemoteWork, action: Action, outcome: Outcome) -> Iterator[Word]:
    key = action_key(action)
    if outcome.result == "done" and key in work.approvals:
        yield UsedApproval(work.approvals[key], frozenset({key}))


def _dispatch(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    match action.kind:
        case ActionKind.LINK:
            return _link(work, action)
        case ActionKind.REBASE:
            return _rebase(work, action)
        case ActionKind.UNLINK:
            tombstone = _tombstone(work.links[action.uid], action.title, action.ends or "unlinked")
            return _outcome(action, "done", tombstone.ref), (tombstone,)
        case ActionKind.CREATE_LABEL:
            intent = _begin(work, action, "create_label")
            _send(work, intent, lambda: work.forge.create_label(action.title))
            return _outcome(action, "done"), (Closed(intent.id),)
        case ActionKind.CREATE_MILESTONE:
            return _create_milestone(work, action)
        case ActionKind.UPDATE_MILESTONE | ActionKind.CLOSE_MILESTONE:
            return _update_milestone(work, action)
        case ActionKind.CREATE_ISSUE:
            return _create_issue(work, action)
        case ActionKind.UPDATE_ISSUE:
            return _update_issue(work, action)
        case _:
            assert_never(action.kind)


def _link(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    assert action.ref is not None
    base = {settle.field: settle.pair for settle in action.settles}
    link = Link(action.uid, action.remote, action.ref, action.of, base)
    work.came_into_being(link)
    return _outcome(action, "done", action.ref), (link,)


def _rebase(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    # An update of the same issue later in this run writes the link as a whole: it must know of these bases.
    link = work.links[action.uid]
    base = {**link.base, **{settle.field: settle.pair for settle in action.settles}}
    work.came_into_being(replace(link, base=base))
    return _outcome(action, "done"), action.settles


def _create_milestone(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    patch = drafts.milestone_patch(action)
    intent = _begin(work, action, "create_milestone", settles=_meant(action))
    made = _send(work, intent, lambda: work.forge.create_milestone(patch))
    base = {settle.field: settle.pair for settle in _settles(action, made)}
    link = Link(action.uid, action.remote, made.ref, Kind.MILESTONE, base)
    work.came_into_being(link)
    outcome = _outcome(action, "done", made.ref, notes=_not_applied(action, made))
    return outcome, (Closed(intent.id), link, SeenMilestone(action.remote, made))


def _update_milestone(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    ref = work.ref(action.uid)
    patch = drafts.milestone_patch(action)
    intent = _begin(work, action, "update_milestone", ref=ref, settles=_promised(action))
    made = _send(work, intent, lambda: work.forge.update_milestone(ref.number, patch))
    outcome = _outcome(action, "done", ref, notes=_not_applied(action, made))
    seen = SeenMilestone(action.remote, made)
    if action.closes_by_removal:
        return outcome, (Closed(intent.id), _tombstone(work.links[action.uid], action.title, "removed"), seen)
    return outcome, (Closed(intent.id), *_settles(action, made), seen)


def _create_issue(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    draft = drafts.issue_draft(
        action, work.marker(action.uid), work.ref, work.forge.capabilities, work.references
    )
    floor = max((issue.ref.number for issue in work.snapshot.issues.values()), default=0)
    intent = _begin(
        work,
        action,
        "create_issue",
        settles=drafts.intended(action, draft, work.forge.capabilities.title_limit),
        floor=floor,
    )
    made = _send(work, intent, lambda: work.forge.create_issue(draft))
    base = {settle.field: settle.pair for settle in _settles(action, made)}
    link = Link(action.uid, action.remote, made.ref, Kind.TASK, base, _canonical(draft.labels))
    work.came_into_being(link)
    work.answers[action.uid] = made
    outcome = _outcome(action, "done", made.ref, notes=_not_applied(action, made))
    return outcome, (Closed(intent.id), link, SeenIssue(action.remote, made))


def _update_issue(work: RemoteWork, action: Action) -> tuple[Outcome, tuple[Word, ...]]:
    ref = work.ref(action.uid)
    fresh = work.answers.get(action.uid)
    if fresh is None:
        # The plan was made on an observation that may be seconds or minutes old: look again first (I2).
        fresh = work.forge.get_issue(ref.number)
        if moved := drafts.moved_since(action, work.snapshot.issues[ref.number], fresh):
            message = f"its {moved.value} was edited a moment ago; planned again in the next run"
            return _outcome(action, "skipped", ref, message=message), (SeenIssue(action.remote, fresh),)
    patch = drafts.issue_patch(
        action, fresh, work.marker(action.uid), work.ref, work.forge.capabilities, work.references
    )
    intent = _begin(work, action, "update_issue", ref=ref, settles=_promised(action))
    made = _send(work, intent, lambda: work.forge.update_issue(ref.number, patch))
    work.answers[action.uid] = made
    link = _after_update(work.links[action.uid], action, made)
    outcome = _outcome(action, "done", ref, notes=_not_applied(action, made))
    seen = SeenIssue(action.remote, made)
    if action.closes_by_removal:
        # The link ends in the same transaction as the closing is recorded, or a crash would leave a closed issue
        # that the next run takes for a task which a person finished.
        return outcome, (Closed(intent.id), _tombstone(link, action.title, "removed"), seen)
    work.came_into_being(link)
    return outcome, (Closed(intent.id), link, seen)


def _begin(
    work: RemoteWork,
    action: Action,
    kind: IntentKind,
    *,
    ref: Ref | None = None,
    settles: tuple[Settle, ...] = (),
    floor: int = 0,
) -> Intent:
    """Durable before the call: after a crash one can look instead of guess (I11)."""
    word = Intent(
        id=0,
        kind=kind,
        remote=action.remote,
        uid=action.uid,
        since=work.clock(),
        ref=ref,
        settles=settles,
        number_floor=floor,
        title=action.title,
    )
    return work.store.begin(work.roadmap, word)


def _send(work: RemoteWork, intent: Intent, call: Callable[[], Answer]) -> Answer:
    """Makes the call; the intent stays open only if the effect is in doubt."""
    try:
        return call()
    except Unknown:
        work.store.commit(work.roadmap, InDoubt(intent.id, work.clock()))
        raise
    except ForgeError:
        # A clear no, a limit, or never sent: nothing happened, so there is nothing to look for later.
        work.store.commit(work.roadmap, Closed(intent.id))
        raise


def _settles(action: Action, answer: Issue | RemoteMilestone) -> tuple[Settle, ...]:
    """The bases after an effect: our value, and what the remote made of it (they may differ: design §5)."""
    return tuple(
        Settle(action.uid, action.remote, name, Pair(ours, answer.value(name)))
        for name, ours in action.ours.items()
    )


def _meant(action: Action) -> tuple[Settle, ...]:
    """The bases of a create as they were meant, for the case that its answer is lost."""
    return tuple(
        Settle(action.uid, action.remote, name, Pair(ours, ours)) for name, ours in action.ours.items()
    )


def _promised(action: Action) -> tuple[Settle, ...]:
    """The bases that an update will leave if it happens as meant: what recovery looks for."""
    after = {change.field: change.after for change in action.changes}
    return tuple(
        Settle(action.uid, action.remote, name, Pair(ours, after[name]))
        for name, ours in action.ours.items()
        if name in after
    )


def _after_update(link: Link, action: Action, answer: Issue) -> Link:
    """The link with its new bases, the labels that are ours now, and whether it was us who closed the issue."""
    managed = link.managed
    closed_by_us = link.closed_by_us
    for change in action.changes:
        if change.field is Field.LABELS:
            target = _target(action)
            managed = (managed - action.remove_labels) | _canonical(target.labels)
        if change.field is Field.STATE:
            closed_by_us = answer.state.closed
    base = {**link.base, **{settle.field: settle.pair for settle in _settles(action, answer)}}
    return replace(link, base=base, managed=managed, closed_by_us=closed_by_us)


def _not_applied(action: Action, answer: Issue | RemoteMilestone) -> tuple[str, ...]:
    """What the forge answered otherwise than asked, in words; it is settled as such and not fought over."""
    return tuple(
        f"{action.title}: {change.field.value} was not applied by {action.remote}"
        for change in action.changes
        if not _took(action, change.field, change.after, answer)
    )


def _took(action: Action, name: Field, after: Value, answer: Issue | RemoteMilestone) -> bool:
    if isinstance(answer, Issue) and name is Field.LABELS:
        return _canonical(_target(action).labels) <= _canonical(answer.labels)
    if isinstance(answer, Issue) and name is Field.ASSIGNEES:
        there = {login.casefold() for login in answer.assignees}
        return {login.casefold() for login in _target(action).assignees} <= there
    if name in (Field.MILESTONE, Field.NOTES, Field.CHECKLIST):
        return True  # its number, or a block that was cut: compared by the planner, not here
    value = answer.value(name)
    return canonical_text(str(value)) == canonical_text(str(after))


def _target(action: Action) -> IssueTarget:
    assert isinstance(action.target, IssueTarget)
    return action.target


def _canonical(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(canonical_label(label) for label in labels)


def _tombstone(link: Link, title: str, reason: TombstoneReason) -> Tombstone:
    return Tombstone(link.uid, link.remote, link.ref, link.kind, title, reason, link.closed_by_us)


def _outcome(
    action: Action, result: Result, ref: Ref | None = None, *, message: str = "", notes: tuple[str, ...] = ()
) -> Outcome:
    return Outcome(
        action.remote, action.kind.value, action.uid, action.title, result, ref or action.ref, message, notes
    )


def _entry(work: RemoteWork, action: Action, outcome: Outcome) -> AuditEntry:
    """One line of the audit log for every effect and every attempt at one."""
    return AuditEntry(
        at=work.clock(),
        run=work.run_id,
        roadmap=work.roadmap,
        kind=action.kind.value,
        result=outcome.result,
        remote=action.remote,
        uid=action.uid,
        ref=outcome.ref,
        title=action.title,
        changes=tuple((change.field.value, change.before, change.after) for change in action.changes),
    )
