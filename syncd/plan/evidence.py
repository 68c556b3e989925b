"""Effects whose answer was lost, settled by looking (design §8.6). Pure: what was found is an argument.

An update is done if the remote shows what was meant; else it is dropped and planned again. A create is found by the
marker in the body, written by our own account, above the highest number seen before; nothing else counts (threat T6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from syncd.model.links import Intent, Ledger, Link, Pair, Settle
from syncd.model.remote import Issue, Ref, RemoteMilestone, Snapshot, Unavailable
from syncd.model.values import Field, Kind, Value, canonical_label
from syncd.plan.checklist import items
from syncd.plan.fields import SETS, canonical_title, same_value, texts


@dataclass(frozen=True, slots=True)
class Resolved:
    """An intent about which nothing is open any more: it is to be closed, with what came of it.

    ``link`` is what a create made; without it, the create did not happen and is planned again. ``others`` are further
    issues that bear the same marker: reported, never touched.
    """

    intent: int
    settles: tuple[Settle, ...] = ()
    link: Link | None = None
    others: tuple[Ref, ...] = field(default=())


def settle_intents(
    ledger: Ledger,
    observations: Mapping[str, Snapshot | Unavailable],
    candidates: Mapping[int, Sequence[Issue]] | None = None,
) -> tuple[Resolved, ...]:
    """All intents that can be settled now.

    ``candidates``, by intent, are all issues that a create in doubt could have made; without an entry it is too early
    to conclude from not finding it. Intents of remotes that were not observed, and of the roadmap, stay open.
    """
    searched = candidates or {}
    links = {(link.uid, link.remote): link for link in ledger.links}
    taken = frozenset((link.remote, link.ref.id) for link in ledger.links)
    resolved = []
    for intent in ledger.intents:
        snapshot = observations.get(intent.remote)
        if isinstance(snapshot, Snapshot):
            link = links.get((intent.uid, intent.remote))
            resolved.append(settle_intent(intent, snapshot, searched.get(intent.id), link, taken))
    return tuple(one for one in resolved if one is not None)


def settle_intent(
    intent: Intent,
    snapshot: Snapshot,
    candidates: Sequence[Issue] | None,
    link: Link | None = None,
    taken: frozenset[tuple[str, str]] = frozenset(),
) -> Resolved | None:
    """What one look says of one intent; None while it stays open. ``taken``: (remote, id) of issues with a link."""
    match intent.kind:
        case "create_issue":
            return _created(intent, snapshot, candidates, link, taken)
        case "create_milestone":
            return _created_milestone(intent, snapshot, link, taken)
        case "update_issue" | "update_milestone":
            return Resolved(intent.id, _shown(intent, snapshot, link))
        case "create_label":
            # Creating a label again is no harm: one that exists is no error.
            return Resolved(intent.id)
        case "write_roadmap":
            return None


def _created(
    intent: Intent,
    snapshot: Snapshot,
    candidates: Sequence[Issue] | None,
    link: Link | None,
    taken: frozenset[tuple[str, str]],
) -> Resolved | None:
    if link is not None:
        return Resolved(intent.id)
    by_id = {issue.ref.id: issue for issue in (*snapshot.issues.values(), *(candidates or ()))}
    found = sorted(
        (issue for issue in by_id.values() if _ours(intent, issue, snapshot, taken)),
        key=lambda issue: issue.ref,
    )
    if not found:
        return None if candidates is None else Resolved(intent.id)
    first, *others = found
    return Resolved(intent.id, link=_link(intent, first), others=tuple(issue.ref for issue in others))


def _ours(intent: Intent, issue: Issue, snapshot: Snapshot, taken: frozenset[tuple[str, str]]) -> bool:
    """Whether an issue can only be the one that this intent was about."""
    marked = issue.marker is not None and issue.marker.uid == intent.uid
    mine = issue.author.casefold() == snapshot.account.casefold()
    return (
        marked
        and mine
        and issue.ref.number > intent.number_floor
        and (intent.remote, issue.ref.id) not in taken
    )


def _link(intent: Intent, issue: Issue) -> Link:
    """The link, on the bases that were sent: what differs from them was edited by a person since."""
    base = {one.field: Pair(one.pair.ours, _taken_in(one, issue)) for one in intent.settles}
    sent = next((one.pair.theirs for one in intent.settles if one.field is Field.LABELS), ())
    managed = frozenset(canonical_label(name) for name in texts(sent))
    return Link(intent.uid, intent.remote, issue.ref, Kind.TASK, base, managed)


def _taken_in(settle: Settle, issue: Issue) -> Value:
    """What the forge made of a value that was sent, as far as one can tell it from a person's edit."""
    sent, now = settle.pair.theirs, issue.value(settle.field)
    match settle.field:
        case Field.LABELS | Field.ASSIGNEES:
            # A member that is not there was more likely dropped by the forge than taken away by a person at once.
            present = {canonical_label(name) for name in texts(now)}
            return tuple(name for name in texts(sent) if canonical_label(name) in present)
        case Field.NOTES:
            return now if str(sent or "").strip().startswith(str(now or "").strip()) and issue.block else sent
        case Field.CHECKLIST:
            shown = items(now)
            return now if shown == items(sent)[: len(shown)] and issue.block else sent
        case _:
            return now if same_value(settle.field, sent, now) else sent


def _created_milestone(
    intent: Intent, snapshot: Snapshot, link: Link | None, taken: frozenset[tuple[str, str]]
) -> Resolved | None:
    """By exact title. Not there: planned again, for a forge refuses a second milestone of the same title."""
    if link is not None:
        return Resolved(intent.id)
    wanted = canonical_title(intent.title)
    found = sorted(
        (
            one
            for one in snapshot.milestones.values()
            if canonical_title(one.title) == wanted and (intent.remote, one.ref.id) not in taken
        ),
        key=lambda one: one.ref,
    )
    if not found:
        return Resolved(intent.id)
    base = {one.field: Pair(one.pair.ours, found[0].value(one.field)) for one in intent.settles}
    return Resolved(intent.id, link=Link(intent.uid, intent.remote, found[0].ref, Kind.MILESTONE, base))


def _shown(intent: Intent, snapshot: Snapshot, link: Link | None) -> tuple[Settle, ...]:
    """The bases that an update has moved. One call is one effect: where plain fields show it, sets were taken too."""
    there = _subject(intent, snapshot)
    if there is None:
        return ()
    plain = [one for one in intent.settles if one.field not in SETS]
    sets = [one for one in intent.settles if one.field in SETS]
    done = [one for one in plain if _shows(one, there, snapshot)]
    happened = bool(plain) and len(done) == len(plain)
    done += [one for one in sets if _took(one, there, link, happened)]
    return tuple(
        Settle(one.uid, one.remote, one.field, Pair(one.pair.ours, there.value(one.field))) for one in done
    )


def _subject(intent: Intent, snapshot: Snapshot) -> Issue | RemoteMilestone | None:
    if intent.ref is None:
        return None
    source: Mapping[int, Issue | RemoteMilestone]
    source = snapshot.issues if intent.kind == "update_issue" else snapshot.milestones
    there = source.get(intent.ref.number)
    return there if there is not None and there.ref.id == intent.ref.id else None


def _shows(settle: Settle, there: Issue | RemoteMilestone, snapshot: Snapshot) -> bool:
    meant, now = settle.pair.theirs, there.value(settle.field)
    if settle.field is Field.MILESTONE and isinstance(now, int) and not isinstance(meant, int):
        # An intent names a milestone by its title: it may have had no number when the intent was written.
        found = snapshot.milestones.get(now)
        return found is not None and canonical_title(found.title) == canonical_title(meant)
    if settle.field is Field.CHECKLIST:
        return items(meant) == items(now)
    return same_value(settle.field, meant, now)


def _took(settle: Settle, there: Issue | RemoteMilestone, link: Link | None, happened: bool) -> bool:
    """Whether a set was taken: the members meant are there, and it is no longer the set that was settled before."""
    now = _members(texts(there.value(settle.field)))
    if not _members(texts(settle.pair.theirs)) <= now:
        return False
    before = link.base.get(settle.field) if link else None
    return happened or (before is not None and now != _members(texts(before.theirs)))


def _members(names: Iterable[str]) -> set[str]:
    return {canonical_label(name) for name in names}
