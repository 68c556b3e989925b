"""One world with its indexes: what every part of the planner looks things up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from syncd.model.changes import RoadmapChange
from syncd.model.links import Decision, Link, Tombstone
from syncd.model.outline import Milestone, MilestoneKey, Task
from syncd.model.remote import Issue, RemoteMilestone, Snapshot
from syncd.model.values import Field, Kind, Uid
from syncd.plan.fields import Lens, MilestonePlaces, lens
from syncd.plan.labels import LabelMap
from syncd.plan.world import World

Place = tuple[Uid, str]
"""A uid on a remote."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A task and where it stands. ``path`` and ``occurrence`` stand for the uid in the digest.

    ``adopted``: an issue of this plan's that flows into the roadmap; its line does not exist yet. ``heading``: the
    title of its milestone there, if the roadmap has none of that title.
    """

    uid: Uid
    task: Task
    milestone: Uid | None
    path: tuple[str, ...]
    occurrence: int
    position: int
    adopted: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """The world, indexed. Only observed remotes are in ``snapshots``; of the others nothing is concluded."""

    world: World
    snapshots: Mapping[str, Snapshot]
    lenses: Mapping[str, Lens]
    spots: tuple[Spot, ...]
    milestones: Mapping[Uid, Milestone]
    links: Mapping[Place, Link]
    milestone_links: Mapping[Place, Link]
    tombstones: Mapping[Place, Tombstone]
    linked_ids: frozenset[tuple[str, str]]
    """(remote, immutable id) of every linked issue."""
    linked_milestone_ids: frozenset[tuple[str, str]]
    buried_ids: frozenset[tuple[str, str]]
    buried_milestone_ids: frozenset[tuple[str, str]]
    in_doubt: frozenset[Place]
    decisions: Mapping[tuple[Uid, Field], Decision]
    keys: Mapping[Uid, MilestoneKey] = field(default_factory=dict)

    def with_places(self, places: Mapping[str, MilestonePlaces]) -> Scene:
        """The same scene once it is known which milestones stand where."""
        lenses = {remote: replace(old, places=places[remote]) for remote, old in self.lenses.items()}
        return replace(self, lenses=lenses)

    def issue(self, link: Link) -> Issue | None:
        """The linked issue as it was seen in this run, by its immutable id; None where it was not observed."""
        snapshot = self.snapshots.get(link.remote)
        if snapshot is None or link.ref.number in snapshot.missing:
            return None
        issue = snapshot.issues.get(link.ref.number)
        return issue if issue is not None and issue.ref.id == link.ref.id else None

    def milestone(self, link: Link) -> RemoteMilestone | None:
        """The linked milestone as it was seen in this run."""
        snapshot = self.snapshots.get(link.remote)
        found = snapshot.milestones.get(link.ref.number) if snapshot else None
        return found if found is not None and found.ref.id == link.ref.id else None

    def refused(self, change: RoadmapChange) -> bool:
        """Whether the text was found to have no place for a change (design §3 *realise*)."""
        return change in self.world.no_place


def scene_of(world: World) -> Scene:
    """Indexes a world. Remotes are taken by name, so that no order of reading can matter."""
    observed = sorted(world.observations.items())
    snapshots = {remote: seen for remote, seen in observed if isinstance(seen, Snapshot)}
    ledger = world.ledger
    tasks = [link for link in ledger.links if link.kind is Kind.TASK]
    milestones = [link for link in ledger.links if link.kind is Kind.MILESTONE]
    policy = world.policy
    lenses = {
        remote: lens(
            remote,
            world.capabilities[remote],
            LabelMap.of(policy.labels, world.capabilities[remote].label_limit),
            policy.users,
            MilestonePlaces(),
        )
        for remote in snapshots
    }
    matching = world.matching
    outlined = {one.key: one for one in world.outline.milestones}
    return Scene(
        world=world,
        snapshots=snapshots,
        lenses=lenses,
        spots=_spots(world),
        milestones={
            uid: outlined[key] for key, uid in sorted(matching.milestones.items()) if key in outlined
        },
        links={(link.uid, link.remote): link for link in tasks},
        milestone_links={(link.uid, link.remote): link for link in milestones},
        tombstones={(one.uid, one.remote): one for one in ledger.tombstones},
        linked_ids=frozenset((link.remote, link.ref.id) for link in tasks),
        linked_milestone_ids=frozenset((link.remote, link.ref.id) for link in milestones),
        buried_ids=frozenset((one.remote, one.ref.id) for one in ledger.tombstones if one.kind is Kind.TASK),
        buried_milestone_ids=frozenset(
            (one.remote, one.ref.id) for one in ledger.tombstones if one.kind is Kind.MILESTONE
        ),
        in_doubt=frozenset(
            (intent.uid, intent.remote)
            for intent in ledger.intents
            if intent.kind in ("create_issue", "create_milestone")
        ),
        decisions={(decision.uid, decision.field): decision for decision in ledger.decisions},
        keys={uid: key for key, uid in matching.milestones.items() if key in outlined},
    )


def _spots(world: World) -> tuple[Spot, ...]:
    """Every task with a uid that is not held, in document order."""
    titles = {one.key: one.title for one in world.outline.milestones}
    matching = world.matching
    counts: dict[tuple[tuple[str, ...], str], int] = {}
    spots = []
    for position, task in enumerate(world.outline.tasks()):
        head = () if task.milestone is None else (titles.get(task.milestone, ""),)
        path = (*head, *task.section)
        occurrence = counts.get((path, task.title), 0)
        counts[path, task.title] = occurrence + 1
        uid = matching.tasks.get(task.key)
        if uid is None or task.key in matching.held_tasks or uid in matching.held_uids:
            continue
        milestone = None if task.milestone is None else matching.milestones.get(task.milestone)
        spots.append(Spot(uid, task, milestone, path, occurrence, position))
    return tuple(spots)
