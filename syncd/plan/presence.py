"""Which issue a task has on each remote: linked, met for the first time, to be created, or none for a reason.

An issue that carries a marker is never linked by its title, and no task is created while one of its title does: a
marker makes no link by itself, but it is a reason to ask (design §4, I1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from syncd.model.links import Link, Tombstone
from syncd.model.remote import Issue
from syncd.model.values import Uid
from syncd.plan.actions import Action, ActionKind, Held, Note
from syncd.plan.drafts import create
from syncd.plan.fields import canonical_title
from syncd.plan.scene import Scene, Spot
from syncd.plan.settlement import Meeting


@dataclass(slots=True)
class Presence:
    """Goes through the tasks and says where each of them is. ``claimed`` are issues that belong to one by now."""

    scene: Scene
    actions: list[Action] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    claimed: set[tuple[str, str]] = field(default_factory=set)
    _free: dict[str, dict[str, list[Issue]]] = field(default_factory=dict)
    _homeless: dict[str, dict[str, int]] = field(default_factory=dict)

    def meetings(self, spot: Spot, besides: str = "") -> list[Meeting]:
        """The issues that a task is compared with; where it has none, it is created or the reason is noted.

        ``besides`` is the remote that an adopted issue comes from: there it is already.
        """
        found = (self._on(spot, remote) for remote in self.scene.snapshots if remote != besides)
        return [meeting for meeting in found if meeting is not None]

    def _on(self, spot: Spot, remote: str) -> Meeting | None:
        place = (spot.uid, remote)
        if link := self.scene.links.get(place):
            return self._linked(spot, link)
        if tombstone := self.scene.tombstones.get(place):
            return self._returned(tombstone)
        if place in self.scene.in_doubt:
            message = f"{spot.task.title}: its creation on {remote} is in doubt; looked for again later"
            self.notes.append(Note("other", message, spot.uid))
            return None
        if spot.milestone is not None and spot.milestone in self.scene.lenses[remote].places.frozen:
            return None
        if self.scene.world.policy.history == "skip" and spot.task.state.closed and not self._known(spot.uid):
            return None
        return self._unlinked(spot, remote)

    def _linked(self, spot: Spot, link: Link) -> Meeting | None:
        if link.ref.number in self.scene.snapshots[link.remote].gone:
            self.actions.append(unlink(link, spot.task.title, "gone", spot))
            message = (
                f"{spot.task.title}: #{link.ref.number} on {link.remote} is gone; the line stays, unlinked"
            )
            self.notes.append(Note("gone", message, spot.uid))
            return None
        issue = self.scene.issue(link)
        return Meeting(self.scene.lenses[link.remote], issue, link) if issue else None

    def _returned(self, tombstone: Tombstone) -> Meeting | None:
        """A line that is back takes its issue again, unless a person ended that link or the issue is gone."""
        place = (tombstone.remote, tombstone.ref.id)
        issue = self.scene.snapshots[tombstone.remote].issues.get(tombstone.ref.number)
        if tombstone.reason not in ("removed", "scope") or issue is None or issue.ref.id != tombstone.ref.id:
            return None
        if place in self.scene.linked_ids or place in self.claimed:
            return None
        self.claimed.add(place)
        reopens = tombstone.closed_by_us and issue.state.closed
        return Meeting(self.scene.lenses[tombstone.remote], issue, None, reopens)

    def _known(self, uid: Uid) -> bool:
        return any((uid, remote) in self.scene.links for remote in self.scene.world.observations)

    def _unlinked(self, spot: Spot, remote: str) -> Meeting | None:
        lens = self.scene.lenses[remote]
        same = self._same_title(spot, remote) if self.scene.world.policy.link_existing else []
        if not same:
            self.actions += create(spot, lens)
            return None
        if reason := self._ambiguous(spot, remote, same):
            # Reserved, or adoption would make a second line of what a person shall look at.
            self.claimed.update((remote, issue.ref.id) for issue in same)
            self.held.append(Held(spot.uid, spot.task.title, reason, spot.task.line))
            return None
        self.claimed.add((remote, same[0].ref.id))
        return Meeting(lens, same[0])

    def _ambiguous(self, spot: Spot, remote: str, same: list[Issue]) -> str:
        """Why an issue of the same title is not simply linked; empty if it can be."""
        numbers = ", ".join(f"#{issue.ref.number}" for issue in same)
        advice = "say which with `syncd link`"
        if self._waiting(remote).get(canonical_title(spot.task.title), 0) > 1:
            return f"several tasks bear the title of {numbers} on {remote}; {advice}"
        if len(same) > 1:
            return f"{numbers} on {remote} bear this title; {advice}"
        if same[0].marker is not None:
            return f"{numbers} on {remote} bears this title and the marker of another task; {advice}"
        places = self.scene.lenses[remote].places
        milestone = same[0].milestone
        if milestone is not None and places.by_number.get(milestone, "") != spot.milestone:
            return f"{numbers} on {remote} bears this title in another milestone; {advice}"
        return ""

    def _same_title(self, spot: Spot, remote: str) -> list[Issue]:
        if remote not in self._free:
            self._free[remote] = {}
            for issue in free_issues(self.scene, remote):
                self._free[remote].setdefault(canonical_title(issue.title), []).append(issue)
        same = self._free[remote].get(canonical_title(spot.task.title), [])
        return [issue for issue in same if (remote, issue.ref.id) not in self.claimed or not spot.adopted]

    def _waiting(self, remote: str) -> dict[str, int]:
        """How many tasks without an issue there bear a title."""
        if remote not in self._homeless:
            counts: dict[str, int] = {}
            for spot in self.scene.spots:
                place = (spot.uid, remote)
                if place not in self.scene.links and place not in self.scene.tombstones:
                    title = canonical_title(spot.task.title)
                    counts[title] = counts.get(title, 0) + 1
            self._homeless[remote] = counts
        return self._homeless[remote]


def free_issues(scene: Scene, remote: str) -> Iterable[Issue]:
    """The issues that nobody linked and no tombstone names, by number."""
    for number, issue in sorted(scene.snapshots[remote].issues.items()):
        place = (remote, issue.ref.id)
        gone = number in scene.snapshots[remote].gone or number in scene.snapshots[remote].missing
        if not gone and place not in scene.linked_ids and place not in scene.buried_ids:
            yield issue


def unlink(link: Link, title: str, reason: str, spot: Spot | None = None) -> Action:
    """The word that ends a link and leaves a tombstone."""
    ends = reason if reason in ("gone", "scope") else "removed"
    bare = Action(ActionKind.UNLINK, link.remote, link.uid, title, ref=link.ref, of=link.kind, reason=reason)
    where = replace(bare, path=spot.path, occurrence=spot.occurrence) if spot else bare
    return replace(where, ends="gone" if ends == "gone" else "scope" if ends == "scope" else "removed")
