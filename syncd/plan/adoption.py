"""Issues that nobody linked and that flow into the roadmap (design §6).

Open ones only, never with a tombstone, never with a marker: an issue with a marker is some task's already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syncd.model.changes import AddTask
from syncd.model.outline import Task, TaskKey
from syncd.model.remote import Issue
from syncd.model.values import Field, MilestoneState, TaskState, Uid, canonical_label
from syncd.plan.fields import WHOLE, canonical_title, raw_values
from syncd.plan.presence import Presence, free_issues
from syncd.plan.scene import Scene, Spot
from syncd.plan.settlement import Meeting


def adopt(scene: Scene, presence: Presence) -> Iterator[tuple[Spot, Meeting]]:
    """Every issue to adopt, with the line that it will be. One issue may be claimed by an earlier one's line."""
    counts: dict[tuple[tuple[str, ...], str], int] = {}
    for spot in scene.spots:
        counts[spot.path, spot.task.title] = counts.get((spot.path, spot.task.title), 0) + 1
    position = len(scene.spots)
    for remote in scene.snapshots:
        for issue in free_issues(scene, remote):
            if (remote, issue.ref.id) in presence.claimed or not _wanted(scene, remote, issue):
                continue
            spot = _line(scene, remote, issue, position)
            occurrence = counts.get((spot.path, spot.task.title), 0)
            counts[spot.path, spot.task.title] = occurrence + 1
            position += 1
            presence.claimed.add((remote, issue.ref.id))
            yield replace(spot, occurrence=occurrence), Meeting(scene.lenses[remote], issue)


def added(scene: Scene, spot: Spot, state: TaskState) -> Iterator[AddTask]:
    """The changes that could write the line of an adopted issue, the best first.

    An issue in a milestone that the roadmap does not have brings it along, if there is a place for a heading; that
    milestone is linked by its title in the run that finds the heading.
    """
    key = scene.keys.get(spot.milestone) if spot.milestone is not None else None
    line = AddTask(spot.uid, key, spot.task.title, state)
    if spot.heading:
        yield replace(line, heading=spot.heading)
    yield line


def _wanted(scene: Scene, remote: str, issue: Issue) -> bool:
    rule = scene.world.policy.adopt
    if issue.state.closed or issue.marker is not None or not canonical_title(issue.title):
        return False
    match rule.rule:
        case "never":
            return False
        case "all":
            return True
        case "label":
            return canonical_label(rule.label) in {canonical_label(name) for name in issue.labels}
        case "milestone":
            return _milestone(scene, remote, issue) is not None


def _milestone(scene: Scene, remote: str, issue: Issue) -> Uid | None:
    """Our milestone that an issue is in, if it stands in the roadmap."""
    uid = scene.lenses[remote].places.by_number.get(issue.milestone) if issue.milestone is not None else None
    return uid if uid in scene.keys else None


def _line(scene: Scene, remote: str, issue: Issue, position: int) -> Spot:
    uid = _milestone(scene, remote, issue)
    state = scene.lenses[remote].inward(Field.STATE, raw_values(issue))[WHOLE]
    # Its own key, below all real ones: nothing in the text can be meant by it.
    task = (
        Task(
            TaskKey(-1 - position),
            canonical_title(issue.title),
            TaskState(str(state)),
            0,
            "box",
            scene.keys.get(uid),
        )
        if uid
        else Task(TaskKey(-1 - position), canonical_title(issue.title), TaskState(str(state)), 0, "box")
    )
    path = (scene.milestones[uid].title,) if uid else ()
    heading = "" if uid else _heading(scene, remote, issue)
    name = Uid(f"+adopt/{remote}/{issue.ref.number}")
    return Spot(name, task, uid, path, 0, position, adopted=True, heading=heading)


def _heading(scene: Scene, remote: str, issue: Issue) -> str:
    """The title of an issue's milestone; empty if it is closed, ours, let go, or called like one of ours."""
    there = scene.snapshots[remote].milestones.get(issue.milestone or 0)
    if there is None or there.state is MilestoneState.CLOSED or not there.writable:
        return ""
    known = scene.linked_milestone_ids | scene.buried_milestone_ids
    title = canonical_title(there.title)
    ours = {canonical_title(one.title).casefold() for one in scene.milestones.values()}
    return "" if (remote, there.ref.id) in known or title.casefold() in ours else title
