"""``make_plan``: from one moment of the world to everything that one run will do. Pure; the same world, the same plan.

A task, by what the roadmap and one remote show (tests/unit/plan/test_planner.py goes through these rows):

==============================  ==========================  ==============================================
roadmap                         remote                      plan
==============================  ==========================  ==============================================
new                             nothing of its title        create (closed after it, where it is done)
new                             same title, unique          link, then merge as a first meeting
new                             same title, not unique      held
new, done, history: skip        \\-                          nothing
linked, unchanged               unchanged                   nothing
linked, changed                 unchanged                   update
linked, unchanged               changed                     the roadmap changes, base after the write
linked, changed                 changed alike               rebase
linked, changed                 changed otherwise           conflict: settled by policy, or held
linked                          not observed, or missing    nothing
linked                          gone                        unlink, the line stays
removed                         open, untouched             close as not planned, the link ends
removed                         edited, or closed           unlink
removed by configuration        \\-                          unlink, never close
returned                        closed by us                link and reopen
in doubt                        \\-                          nothing until it is settled by looking
\\-                              unlinked, rule says yes     adopted: a new line
\\-                              tombstone or marker         nothing
==============================  ==========================  ==============================================

An unavailable remote takes part in nothing, and its links stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syncd.model.changes import RoadmapChange
from syncd.model.links import Decision
from syncd.model.values import Field, TaskState, Uid
from syncd.plan.actions import Action, ActionKind, Note, Plan
from syncd.plan.adoption import added, adopt
from syncd.plan.contests import conflicts, keep
from syncd.plan.milestone_fields import settle_milestones
from syncd.plan.milestones import Identities, identify
from syncd.plan.needs import missing_labels
from syncd.plan.overview import overview
from syncd.plan.presence import Presence
from syncd.plan.recovery import recover
from syncd.plan.removal import remove_milestones, remove_tasks
from syncd.plan.scene import Scene, Spot, scene_of
from syncd.plan.tasks import TaskPlan, stamps
from syncd.plan.world import World

_ORDER = {kind: index for index, kind in enumerate(ActionKind)}


def make_plan(world: World) -> Plan:
    """Everything that one run will do, as a sorted value. Nothing is written, read or asked here."""
    scene = scene_of(world)
    identities = identify(scene)
    scene = scene.with_places(identities.places)
    return recover(scene, identities) or _plan(scene, identities)


def _plan(scene: Scene, identities: Identities) -> Plan:
    presence, tasks = Presence(scene), TaskPlan()
    for spot in scene.spots:
        tasks.settle(scene, spot, presence.meetings(spot))
    lines, adopted = _adopt(scene, presence, tasks)
    removals = list(remove_tasks(scene))
    gone = [part for part in removals if isinstance(part, Action)]
    numbers = _Numbers(scene, [*tasks.actions, *gone])
    milestones = settle_milestones(scene, identities.meetings, _states(tasks), numbers.now)
    removals += remove_milestones(scene, numbers.staying)
    disputes = [*tasks.disputes, *milestones.disputes]
    moved, used = tasks.moved | milestones.moved, [*tasks.used, *milestones.used]
    actions = [*identities.actions, *presence.actions, *tasks.actions, *milestones.actions]
    actions += [part for part in removals if isinstance(part, Action)]
    notes = [*identities.notes, *presence.notes, *tasks.notes, *milestones.notes]
    notes += [part for part in removals if isinstance(part, Note)]
    sorted_actions = _sorted(scene, actions, adopted)
    return Plan(
        roadmap=scene.world.roadmap,
        remotes=overview(scene.world, sorted_actions),
        changes=(*milestones.changes, *tasks.changes, *lines, *stamps(scene)),
        actions=sorted_actions,
        after_write=(*milestones.after_write, *tasks.after_write),
        conflicts=conflicts(scene, disputes),
        held=(*scene.world.matching.held, *identities.held, *presence.held),
        notes=(*notes, *_unavailable(scene)),
        uses=_uses(scene, used),
        contests=keep(scene, disputes, moved, used),
    )


def _adopt(scene: Scene, presence: Presence, tasks: TaskPlan) -> tuple[list[RoadmapChange], list[Spot]]:
    """Issues that become lines. One that the text has no place for is left out with all that would follow from it."""
    lines: list[RoadmapChange] = []
    spots = []
    for spot, meeting in adopt(scene, presence):
        trial = TaskPlan()
        before = len(presence.actions)
        trial.settle(scene, spot, [meeting, *presence.meetings(spot, besides=meeting.lens.remote)])
        ways = list(added(scene, spot, trial.states[spot.uid]))
        line = next((way for way in ways if not scene.refused(way)), None)
        if line is None:
            del presence.actions[before:]
            message = f"{spot.task.title}: {scene.world.no_place[ways[-1]]}; not adopted"
            presence.notes.append(Note("no-place", message, None))
            continue
        tasks.absorb(trial)
        lines.append(line)
        spots.append(spot)
    return lines, spots


def _states(tasks: TaskPlan) -> dict[Uid, list[TaskState]]:
    """By milestone, the states that its tasks will have."""
    states: dict[Uid, list[TaskState]] = {}
    for uid, milestone in tasks.places.items():
        if milestone is not None:
            states.setdefault(milestone, []).append(tasks.states[uid])
    return states


class _Numbers:
    """Which issues of ours are in a remote's milestone: now, and after this plan."""

    def __init__(self, scene: Scene, actions: Iterable[Action]) -> None:
        self._now: dict[tuple[str, int], list[int]] = {}
        self._after: dict[tuple[str, int], list[int]] = {}
        leaving = {
            (action.remote, action.uid)
            for action in actions
            if action.kind is ActionKind.UNLINK
            or action.closes_by_removal
            or any(change.field is Field.MILESTONE for change in action.changes)
        }
        for (uid, remote), link in scene.links.items():
            issue = scene.issue(link)
            if issue is None or issue.milestone is None:
                continue
            self._now.setdefault((remote, issue.milestone), []).append(issue.ref.number)
            if (remote, uid) not in leaving:
                self._after.setdefault((remote, issue.milestone), []).append(issue.ref.number)

    def now(self, remote: str, milestone: int) -> list[int]:
        """Our issues that are in a milestone."""
        return self._now.get((remote, milestone), [])

    def staying(self, remote: str, milestone: int) -> list[int]:
        """Our issues that will still be in it."""
        return self._after.get((remote, milestone), [])


def _sorted(scene: Scene, actions: Iterable[Action], adopted: Iterable[Spot]) -> tuple[Action, ...]:
    """By remote, kind and place in the document.

    A task that is done already is closed right after it is created: a run that is cut off in between leaves one such
    issue open. With all closings last it would leave hundreds, and the next run would take them for that many edits.
    """
    positions = {spot.uid: spot.position for spot in (*scene.spots, *adopted)}
    positions |= {uid: index for index, uid in enumerate(scene.milestones)}
    listed = list(actions)
    for snapshot in scene.snapshots.values():
        listed += missing_labels(listed, snapshot)
    made = {(action.remote, action.uid) for action in listed if action.kind is ActionKind.CREATE_ISSUE}
    last = len(positions)

    def place(action: Action) -> tuple[object, ...]:
        closing = action.kind is ActionKind.UPDATE_ISSUE and (action.remote, action.uid) in made
        return (
            action.remote,
            _ORDER[ActionKind.CREATE_ISSUE if closing else action.kind],
            action.of,
            positions.get(action.uid, last),
            _ORDER[action.kind],
            action.title,
            action.ref or (0, ""),
        )

    return tuple(sorted(listed, key=place))


def _uses(scene: Scene, used: Iterable[tuple[Uid, Field]]) -> tuple[Decision, ...]:
    return tuple(scene.decisions[topic] for topic in sorted(used))


def _unavailable(scene: Scene) -> Iterator[Note]:
    for remote, seen in sorted(scene.world.observations.items()):
        if remote not in scene.snapshots:
            yield Note(
                "unavailable", f"{remote}: {getattr(seen, 'reason', '')}; nothing is concluded from that"
            )
