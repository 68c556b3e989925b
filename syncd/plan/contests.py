"""Conflicts as the state keeps them: those that wait for a person, and the losers of those that policy settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from syncd.model.links import Contest
from syncd.model.values import Field, Uid, Value
from syncd.plan.actions import Conflict
from syncd.plan.scene import Scene

Topic = tuple[Uid, Field]


def keep(
    scene: Scene, disputes: Iterable[Contest], moved: Iterable[Topic], used: Iterable[Topic]
) -> tuple[Contest, ...]:
    """All contests after this run.

    A loser is kept until a person decides, or the field moves again. What waits is kept while one of its sides cannot
    be seen; else this run has said it anew, or it is over.
    """
    new = {(contest.uid, contest.field): contest for contest in disputes}
    over = {*moved, *used}
    matching = scene.world.matching
    present = {*matching.tasks.values(), *matching.milestones.values(), *matching.held_uids}
    kept = {}
    for old in scene.world.ledger.contests:
        topic = (old.uid, old.field)
        waits = old.winner is None and old.uid not in matching.held_uids and not _hidden(scene, old)
        if topic not in over and old.uid in present and not waits:
            kept[topic] = old
    return tuple(contest for _, contest in sorted({**kept, **new}.items()))


def conflicts(scene: Scene, disputes: Iterable[Contest]) -> tuple[Conflict, ...]:
    """The conflicts as people read them: milestones by their titles."""
    return tuple(
        Conflict(one.uid, one.title, one.field, _readable(scene, one.field, one.values), one.winner)
        for one in sorted(disputes, key=lambda one: (one.title, one.field, one.uid))
    )


def _readable(scene: Scene, name: Field, values: Mapping[str, Value]) -> Mapping[str, Value]:
    if name is not Field.MILESTONE:
        return values
    titles = {uid: milestone.title for uid, milestone in scene.milestones.items()}
    return {
        side: titles.get(Uid(value), value) if isinstance(value, str) else value
        for side, value in values.items()
    }


def _hidden(scene: Scene, contest: Contest) -> bool:
    """Whether one of its sides was not seen in this run."""
    remotes = [side for side in contest.values if side in scene.world.observations]
    return any(_unseen(scene, contest.uid, remote) for remote in remotes)


def _unseen(scene: Scene, uid: Uid, remote: str) -> bool:
    link = scene.links.get((uid, remote))
    if link is not None:
        return scene.issue(link) is None
    milestone = scene.milestone_links.get((uid, remote))
    return milestone is not None and scene.milestone(milestone) is None


def named(contest: Contest, title: str) -> Contest:
    """A contest that says what it is about."""
    return replace(contest, title=title)
