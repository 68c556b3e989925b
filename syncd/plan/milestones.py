"""Milestones: which of ours is which of a remote's, and the merge of their title, state and due date.

Who is who comes before the tasks, for a task's milestone is compared by it; the fields come after them, for a milestone
is closed when its last task is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from syncd.model.links import Link
from syncd.model.outline import Milestone
from syncd.model.remote import RemoteMilestone, Snapshot
from syncd.model.values import Field, Kind, MilestoneState, Uid
from syncd.plan.actions import Action, ActionKind, Held, MilestoneTarget, Note
from syncd.plan.fields import MilestonePlaces, canonical_title, cut
from syncd.plan.scene import Scene

_LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class MilestoneMeeting:
    """A milestone of ours on one remote; ``link`` is None where this plan makes it."""

    uid: Uid
    remote: str
    there: RemoteMilestone
    link: Link | None = None
    reopens: bool = False


@dataclass(slots=True)
class Identities:
    """Who is who among the milestones, and what must be done about it."""

    meetings: list[MilestoneMeeting] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    places: dict[str, MilestonePlaces] = field(default_factory=dict)


def identify(scene: Scene) -> Identities:
    """Finds, links or creates every milestone on every observed remote."""
    found = Identities()
    titles = remote_titles(scene)
    for remote, snapshot in scene.snapshots.items():
        finder = _Finder(scene, snapshot, titles, found)
        for uid in scene.milestones:
            finder.find(uid)
        found.places[remote] = finder.places()
    return found


def remote_titles(scene: Scene) -> Mapping[Uid, tuple[str, str]]:
    """How each milestone is called on remotes, as (what is put in front, title): no two may have the same title.

    What is compared is the part that every remote can hold: long titles may be alike in all of it.
    """
    limit = min((one.title_limit for one in scene.world.capabilities.values()), default=_LONGEST)
    taken: set[str] = set()
    titles = {}
    for uid, milestone in scene.milestones.items():
        front = ""
        if _sent(milestone.title, limit) in taken:
            parent = milestone.path[-1] if milestone.path else ""
            front = f"{parent}: " if parent else ""
        number = 2
        while (name := _sent(front + milestone.title, limit)) in taken:
            front, number = f"({number}) ", number + 1
        taken.add(name)
        titles[uid] = (front, milestone.title)
    return titles


def _sent(title: str, limit: int) -> str:
    """A title as forges compare it: without case, cut."""
    return canonical_title(cut(canonical_title(title), limit)).casefold()


@dataclass(slots=True)
class _Finder:
    """Goes through the milestones of the roadmap for one remote."""

    scene: Scene
    snapshot: Snapshot
    titles: Mapping[Uid, tuple[str, str]]
    found: Identities
    by_number: dict[int, Uid] = field(default_factory=dict)
    shown: set[Uid] = field(default_factory=set)
    frozen: set[Uid] = field(default_factory=set)

    def places(self) -> MilestonePlaces:
        """What is known of this remote once all were gone through."""
        for (uid, remote), link in self.scene.milestone_links.items():
            if remote == self.snapshot.remote and link.ref.number not in self.snapshot.gone_milestones:
                self.by_number.setdefault(link.ref.number, uid)
        return MilestonePlaces(self.by_number, frozenset(self.shown), frozenset(self.frozen))

    def find(self, uid: Uid) -> None:
        """Decides what one milestone is on this remote."""
        place = (uid, self.snapshot.remote)
        if uid in self.scene.world.matching.held_uids:
            (self.shown if place in self.scene.milestone_links else self.frozen).add(uid)
            return
        if link := self.scene.milestone_links.get(place):
            self._linked(uid, link)
        elif place in self.scene.tombstones:
            self._buried(uid)
        elif place in self.scene.in_doubt:
            self.frozen.add(uid)
            message = "a milestone whose creation is in doubt; looked for again later"
            self.found.notes.append(Note("other", f"{self._title(uid)}: {message}", uid))
        elif not _left_out(self.scene, uid):
            self._search(uid)

    def _linked(self, uid: Uid, link: Link) -> None:
        if link.ref.number in self.snapshot.gone_milestones:
            gone = replace(self._action(ActionKind.UNLINK, uid), ref=link.ref, ends="gone", reason="gone")
            self.found.actions.append(gone)
            message = (
                f"{self._title(uid)}: its milestone on {link.remote} is gone; it is made again only by hand"
            )
            self.found.notes.append(Note("gone", message, uid))
            return
        self.shown.add(uid)
        if there := self.scene.milestone(link):
            self.found.meetings.append(MilestoneMeeting(uid, link.remote, there, link))

    def _buried(self, uid: Uid) -> None:
        """A heading that returned takes its milestone again; a link that a person ended stays ended."""
        tombstone = self.scene.tombstones[uid, self.snapshot.remote]
        there = self.snapshot.milestones.get(tombstone.ref.number)
        linked = (self.snapshot.remote, tombstone.ref.id) in self.scene.linked_milestone_ids
        if (
            tombstone.reason in ("removed", "scope")
            and there
            and there.ref.id == tombstone.ref.id
            and not linked
        ):
            self._meet(uid, there, reopens=tombstone.closed_by_us)

    def _search(self, uid: Uid) -> None:
        remote = self.snapshot.remote
        wanted = canonical_title(self._title(uid))
        same = [one for one in self.snapshot.milestones.values() if canonical_title(one.title) == wanted]
        if any((remote, one.ref.id) in self.scene.buried_milestone_ids for one in same):
            reason = f"a milestone of this title on {remote} was let go; `syncd link` takes it again"
            self.found.held.append(Held(uid, self._title(uid), reason, self.scene.milestones[uid].line))
            return
        free = [one for one in same if (remote, one.ref.id) not in self.scene.linked_milestone_ids]
        if len(free) > 1:
            reason = f"{len(free)} milestones on {remote} bear this title; say which with `syncd link`"
            self.found.held.append(Held(uid, self._title(uid), reason, self.scene.milestones[uid].line))
        elif free:
            self._meet(uid, free[0])
        else:
            self._create(uid)

    def _meet(self, uid: Uid, there: RemoteMilestone, *, reopens: bool = False) -> None:
        self.shown.add(uid)
        self.by_number[there.ref.number] = uid
        self.found.meetings.append(MilestoneMeeting(uid, self.snapshot.remote, there, None, reopens))

    def _create(self, uid: Uid) -> None:
        milestone = self.scene.milestones[uid]
        fields = self.scene.world.capabilities[self.snapshot.remote].milestone_fields
        due = milestone.due.isoformat() if milestone.due and Field.DUE in fields else None
        values = {Field.TITLE: milestone.title, Field.STATE: milestone.state.value, Field.DUE: due}
        self.shown.add(uid)
        self.found.actions.append(
            replace(
                self._action(ActionKind.CREATE_MILESTONE, uid),
                target=MilestoneTarget(self._title(uid), milestone.state, due),
                ours={name: value for name, value in values.items() if name in fields},
            )
        )

    def _title(self, uid: Uid) -> str:
        limit = self.scene.world.capabilities[self.snapshot.remote].title_limit
        return cut("".join(self.titles[uid]), limit)

    def _action(self, kind: ActionKind, uid: Uid) -> Action:
        return bare(kind, self.snapshot.remote, uid, self.scene.milestones[uid])


def bare(kind: ActionKind, remote: str, uid: Uid, milestone: Milestone) -> Action:
    """The bare action for a milestone."""
    return Action(kind, remote, uid, milestone.title, of=Kind.MILESTONE, path=milestone.path)


def _left_out(scene: Scene, uid: Uid) -> bool:
    """``history: skip``: a finished milestone of which nothing was ever synced is not created."""
    milestone = scene.milestones[uid]
    if scene.world.policy.history != "skip" or milestone.state is not MilestoneState.CLOSED:
        return False
    linked = {known for known, _ in scene.links}
    return not any(scene.world.matching.tasks.get(task.key) in linked for task in milestone.tasks)


def open_strangers(scene: Scene, there: RemoteMilestone, remote: str, ours: Iterable[int]) -> int:
    """How many open issues (and pull requests) of other people are in a milestone."""
    issues = scene.snapshots[remote].issues
    mine = sum(not issues[number].state.closed for number in ours if number in issues)
    return max(0, there.open_issues - mine)
