"""A state that knows nothing beside a remote that carries our markers: links only, and only on approval (design §4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from syncd.model.links import Link, Pair, Settle, Tombstone
from syncd.model.remote import Issue, Snapshot
from syncd.model.values import MILESTONE_FIELDS, Field, Kind, Uid, Value, canonical_text, provisional
from syncd.plan.actions import Action, ActionKind, Held, Note, Plan
from syncd.plan.checklist import items
from syncd.plan.drafts import Drafted, link
from syncd.plan.fields import Lens, canonical_title, cut, raw_values
from syncd.plan.milestones import Identities, MilestoneMeeting, bare, remote_titles
from syncd.plan.overview import overview
from syncd.plan.presence import free_issues
from syncd.plan.scene import Scene, Spot
from syncd.plan.settlement import Meeting, ours_of
from syncd.plan.world import World

Name: TypeAlias = tuple[str, ...]
"""What marked issues and tasks are paired by: title, milestone title and section; then the title alone."""

Namer: TypeAlias = Callable[[Name], Name]


def recover(scene: Scene, identities: Identities) -> Plan | None:
    """The links that the markers of a remote speak for, if this state has none there; None where there is no such.

    Equal fields are settled; where the two differ there is no base yet, and the next run meets them for the first time.
    """
    work = _Recovery(scene)
    for remote in scene.snapshots:
        work.remote(remote)
    if not work.actions:
        return None
    actions = [*_milestone_links(scene, identities), *work.actions]
    return Plan(
        roadmap=scene.world.roadmap,
        remotes=overview(scene.world, actions),
        actions=tuple(
            sorted(actions, key=lambda action: (action.remote, action.of, action.path, action.title))
        ),
        held=(*scene.world.matching.held, *work.held),
        notes=tuple(work.notes),
        contests=scene.world.ledger.contests,
        uids=work.uids,
        recovery=True,
        lineage=min(work.lineages, key=lambda one: (-work.lineages[one], one)),
    )


@dataclass(slots=True)
class _Recovery:
    """Pairs marked issues with tasks, remote by remote."""

    scene: Scene
    actions: list[Action] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    uids: dict[Uid, Uid] = field(default_factory=dict)
    lineages: Counter[str] = field(default_factory=Counter)

    def remote(self, remote: str) -> None:
        """Does nothing where the state knows any issue of this remote already."""
        known = [*self.scene.links, *self.scene.tombstones]
        marked = self._marked(remote)
        if not marked or any(there == remote for _, there in known):
            return
        free = list(self.scene.spots)
        for namer in (_full_name, _title):
            for spot, issue in _pairs(free, marked, namer, self.scene.snapshots[remote]):
                self._link(spot, issue, remote)
                free.remove(spot)
                marked.remove(issue)
        self._hold(free, marked, remote)

    def _marked(self, remote: str) -> list[Issue]:
        """Issues with a marker of this roadmap, one for each uid: the lowest number is the first that was made."""
        by_uid: dict[Uid, Issue] = {}
        for issue in free_issues(self.scene, remote):
            marker = issue.marker
            if marker is None or marker.roadmap != self.scene.world.roadmap:
                continue
            first = by_uid.setdefault(marker.uid, issue)
            if first is not issue:
                message = f"#{issue.ref.number} on {remote} carries the same marker as #{first.ref.number}"
                self.notes.append(Note("other", message))
        return list(by_uid.values())

    def _link(self, spot: Spot, issue: Issue, remote: str) -> None:
        marker = issue.marker
        assert marker is not None
        self.lineages[marker.lineage] += 1
        taken = {*self.uids.values(), *self.scene.world.ledger.tasks}
        if provisional(spot.uid) and spot.uid not in self.uids and marker.uid not in taken:
            self.uids[spot.uid] = marker.uid
        lens = self.scene.lenses[remote]
        drafted = Drafted(now=tuple(_agreed(spot, issue, lens)))
        self.actions.append(link(spot, Meeting(lens, issue), drafted, "recovered by its marker"))

    def _hold(self, free: Iterable[Spot], marked: Iterable[Issue], remote: str) -> None:
        titles = {canonical_title(issue.title) for issue in marked}
        for spot in free:
            if canonical_title(spot.task.title) in titles:
                reason = f"several issues on {remote} could be its own; say which with `syncd link`"
                self.held.append(Held(spot.uid, spot.task.title, reason, spot.task.line))


def _pairs(
    spots: Iterable[Spot], issues: Iterable[Issue], namer: Namer, snapshot: Snapshot
) -> list[tuple[Spot, Issue]]:
    """Those whose name occurs once on each side."""
    tasks: dict[Name, list[Spot]] = {}
    there: dict[Name, list[Issue]] = {}
    for spot in spots:
        tasks.setdefault(namer(_spot_name(spot)), []).append(spot)
    for issue in issues:
        there.setdefault(namer(_issue_name(issue, snapshot)), []).append(issue)
    return [
        (found[0], there[name][0])
        for name, found in tasks.items()
        if len(found) == 1 and len(there.get(name, ())) == 1
    ]


def _full_name(name: Name) -> Name:
    return name


def _title(name: Name) -> Name:
    return name[:1]


def _spot_name(spot: Spot) -> Name:
    head = spot.path[0] if spot.milestone is not None and spot.path else ""
    return (canonical_title(spot.task.title), canonical_title(head), *spot.task.section)


def _issue_name(issue: Issue, snapshot: Snapshot) -> Name:
    there = snapshot.milestones.get(issue.milestone) if issue.milestone is not None else None
    return (canonical_title(issue.title), canonical_title(there.title if there else ""), *issue.section)


def _agreed(spot: Spot, issue: Issue, lens: Lens) -> Iterator[Settle]:
    raw = raw_values(issue)
    for name in lens.fields:
        ours = ours_of(spot, name)
        if _agree(name, ours, raw, lens):
            yield Settle(spot.uid, lens.remote, name, Pair(ours, raw[name]))


def _agree(name: Field, ours: Value, raw: dict[Field, Value], lens: Lens) -> bool:
    match name:
        case Field.NOTES:
            return canonical_text(str(ours or "")) == canonical_text(str(raw[name] or ""))
        case Field.CHECKLIST:
            return items(ours) == items(raw[name])
        case _:
            mine = {key: lens.project(name, key, value) for key, value in lens.ours(name, ours).items()}
            shown = {key: value for key, value in mine.items() if value is not None}
            now = {key: value for key, value in lens.inward(name, raw).items() if value is not None}
            return shown == now


def _milestone_links(scene: Scene, identities: Identities) -> Iterator[Action]:
    """Milestones of the same title; none is created."""
    titles = remote_titles(scene)
    for meeting in identities.meetings:
        if meeting.link is None:
            milestone = scene.milestones[meeting.uid]
            action = bare(ActionKind.LINK, meeting.remote, meeting.uid, milestone)
            settles = tuple(_agreed_milestone(scene, meeting, titles[meeting.uid][0]))
            yield replace(action, ref=meeting.there.ref, settles=settles, reason="same title")


def _agreed_milestone(scene: Scene, meeting: MilestoneMeeting, front: str) -> Iterator[Settle]:
    milestone = scene.milestones[meeting.uid]
    due = milestone.due.isoformat() if milestone.due else None
    ours: dict[Field, Value] = {
        Field.TITLE: milestone.title,
        Field.STATE: milestone.state.value,
        Field.DUE: due,
    }
    for name in MILESTONE_FIELDS:
        theirs = meeting.there.value(name)
        known = scene.world.capabilities[meeting.remote]
        shown = cut(front + milestone.title, known.title_limit) if name is Field.TITLE else ours[name]
        if name in known.milestone_fields and shown == theirs:
            yield Settle(meeting.uid, meeting.remote, name, Pair(ours[name], theirs))


def foreign_lineage(world: World) -> str | None:
    """The lineage of another state that keeps this roadmap's issues, or None.

    Asked are only issues that we linked or that our own account wrote: anybody can write a marker into an issue of
    their own (threat T6).
    """
    found: Counter[str] = Counter(_strange(world))
    for link_ in world.ledger.links:
        snapshot = world.observations.get(link_.remote)
        if link_.kind is not Kind.TASK or not isinstance(snapshot, Snapshot):
            continue
        issue = snapshot.issues.get(link_.ref.number)
        marker = issue.marker if issue is not None and issue.ref.id == link_.ref.id else None
        if marker is not None and marker.roadmap == world.roadmap and marker.lineage != world.ledger.lineage:
            found[marker.lineage] += 1
    return min(found, key=lambda lineage: (-found[lineage], lineage)) if found else None


def _strange(world: World) -> Iterator[str]:
    """Lineages on a remote of which this state knows nothing, where no marked issue is one of the roadmap's tasks.

    With even one in common it is a lost state, and :func:`recover` proposes its links; with none, another roadmap of
    this name is kept there, and two states would work side by side (incident 35 of the reliability research).
    """
    titles = {canonical_title(task.title) for task in world.outline.tasks()}
    for remote, snapshot in world.observations.items():
        if not isinstance(snapshot, Snapshot) or any(one.remote == remote for one in _known(world)):
            continue
        ours = [issue for issue in snapshot.issues.values() if _kept(issue, snapshot, world.roadmap)]
        if not any(canonical_title(issue.title) in titles for issue in ours):
            lineages = (issue.marker.lineage for issue in ours if issue.marker)
            yield from (lineage for lineage in lineages if lineage != world.ledger.lineage)


def _known(world: World) -> tuple[Link | Tombstone, ...]:
    return (*world.ledger.links, *world.ledger.tombstones)


def _kept(issue: Issue, snapshot: Snapshot, roadmap: str) -> bool:
    mine = bool(issue.author) and issue.author.casefold() == snapshot.account.casefold()
    return mine and issue.marker is not None and issue.marker.roadmap == roadmap
