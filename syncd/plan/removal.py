"""Links whose task or milestone left the roadmap (design §6). syncd deletes nothing: an issue is closed, or let go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from syncd.model.links import Link
from syncd.model.remote import Issue, RemoteMilestone
from syncd.model.values import Field, MilestoneState, TaskState, Uid, Value, canonical_label
from syncd.plan.actions import Action, ActionKind, Change, IssueTarget, MilestoneTarget, Note
from syncd.plan.fields import Lens, same_value, texts
from syncd.plan.milestones import open_strangers
from syncd.plan.presence import unlink
from syncd.plan.scene import Place, Scene

Part = Action | Note


def absent(scene: Scene, links: Mapping[Place, Link]) -> Iterator[Link]:
    """The links of what is known to have left, now or earlier, on observed remotes, in a fixed order.

    Known to have left: the matcher says so. That a uid stands nowhere in this reading is no proof of it (I5).
    """
    matching, ledger = scene.world.matching, scene.world.ledger
    left = {uid for uid, known in ledger.tasks.items() if known.removed} | matching.gone
    left |= {uid for uid, milestone in ledger.milestones.items() if milestone.removed}
    left -= {*matching.tasks.values(), *matching.milestones.values(), *matching.held_uids}
    for place, link in sorted(links.items()):
        if link.uid in left and place[1] in scene.snapshots:
            yield link


def remove_tasks(scene: Scene) -> Iterator[Part]:
    """What becomes of the issues of tasks that left."""
    policy = scene.world.policy.removed
    for link in absent(scene, scene.links):
        title = _title(scene, link)
        if link.ref.number in scene.snapshots[link.remote].gone:
            yield unlink(link, title, "gone")
        elif _left_by_scope(scene, link):
            yield unlink(link, title, "scope")
        elif policy == "unlink":
            yield unlink(link, title, "removed")
        elif policy == "close" and (issue := scene.issue(link)):
            yield from _let_go(scene, link, issue, title)


def remove_milestones(scene: Scene, stay: Callable[[str, int], Iterable[int]]) -> Iterator[Part]:
    """What becomes of the milestones of headings that left. ``stay``: which of our issues remain in one."""
    policy = scene.world.policy.removed
    for link in absent(scene, scene.milestone_links):
        title = _title(scene, link)
        there = scene.milestone(link)
        if link.ref.number in scene.snapshots[link.remote].gone_milestones:
            yield unlink(link, title, "gone")
        elif _left_by_scope(scene, link):
            yield unlink(link, title, "scope")
        elif policy == "unlink":
            yield unlink(link, title, "removed")
        elif policy == "close" and there is not None and not tuple(stay(link.remote, link.ref.number)):
            yield from _close(scene, link, there, title)


def _let_go(scene: Scene, link: Link, issue: Issue, title: str) -> Iterator[Part]:
    if issue.state.closed:
        yield unlink(link, title, "removed")
    elif _edited(scene.lenses[link.remote], link, issue):
        yield unlink(link, title, "removed")
        message = f"{title}: removed from the roadmap, but #{issue.ref.number} on {link.remote} was edited: left open"
        yield Note("edited", message, link.uid)
    else:
        yield replace(
            _bare(ActionKind.UPDATE_ISSUE, link, title),
            target=IssueTarget(issue.title, TaskState.DROPPED),
            changes=(Change(Field.STATE, issue.state.value, TaskState.DROPPED.value),),
            ours={Field.STATE: TaskState.DROPPED.value},
        )


def _close(scene: Scene, link: Link, there: RemoteMilestone, title: str) -> Iterator[Part]:
    ours = [issue.ref.number for issue in _ours_leaving(scene, link)]
    if there.state is MilestoneState.CLOSED or not there.writable:
        yield unlink(link, title, "removed")
    elif open_strangers(scene, there, link.remote, ours):
        yield unlink(link, title, "removed")
        message = (
            f"{title}: removed from the roadmap, but people use this milestone on {link.remote}: left open"
        )
        yield Note("removed", message, link.uid)
    else:
        yield replace(
            _bare(ActionKind.CLOSE_MILESTONE, link, title),
            target=MilestoneTarget(there.title, MilestoneState.CLOSED),
            changes=(Change(Field.STATE, MilestoneState.OPEN.value, MilestoneState.CLOSED.value),),
            ours={Field.STATE: MilestoneState.CLOSED.value},
        )


def _bare(kind: ActionKind, link: Link, title: str) -> Action:
    return Action(
        kind,
        link.remote,
        link.uid,
        title,
        ref=link.ref,
        of=link.kind,
        reason="removed",
        closes_by_removal=True,
    )


def _ours_leaving(scene: Scene, link: Link) -> Iterator[Issue]:
    """Our issues that this run takes out of a milestone or closes; they are no reason to keep it open."""
    for (_, remote), other in scene.links.items():
        issue = scene.issue(other) if remote == link.remote else None
        if issue is not None and issue.milestone == link.ref.number:
            yield issue


def _left_by_scope(scene: Scene, link: Link) -> bool:
    """Whether the configuration took it out, not the author; now, or in a run that could not see this remote."""
    if scene.world.scope_changed:
        return True
    elsewhere = (scene.tombstones.get((link.uid, remote)) for remote in scene.world.observations)
    return any(tombstone is not None and tombstone.reason == "scope" for tombstone in elsewhere)


def _edited(lens: Lens, link: Link, issue: Issue) -> bool:
    """Whether a person changed anything that we keep since it was settled."""
    for name in lens.fields:
        pair = link.base.get(name)
        if pair is None:
            continue
        if name in (Field.LABELS, Field.ASSIGNEES):
            if _members(issue.value(name)) != _members(pair.theirs):
                return True
        elif not same_value(name, pair.theirs, issue.value(name)):
            return True
    return False


def _members(value: Value) -> set[str]:
    return {canonical_label(member) for member in texts(value)}


def _title(scene: Scene, link: Link) -> str:
    ledger = scene.world.ledger
    known = ledger.tasks.get(link.uid) or ledger.milestones.get(Uid(link.uid))
    return known.title if known else ""
