"""One task over the roadmap and all its issues: every field merged, what travels together kept so, then drafted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncd.model.changes import RoadmapChange, StampTask
from syncd.model.links import Contest, Settle
from syncd.model.values import TASK_FIELDS, Field, TaskState, Uid
from syncd.plan.actions import Action, Note
from syncd.plan.block import Block, settle_block
from syncd.plan.drafts import IN_BLOCK, draft, link, rebase
from syncd.plan.scene import Scene, Spot
from syncd.plan.settlement import Meeting, Outcome, held, ours_of, settle_field, unchanged


@dataclass(slots=True)
class TaskPlan:
    """What becomes of all tasks, collected one by one. ``used`` and ``moved`` name fields by uid."""

    changes: list[RoadmapChange] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    after_write: list[Settle] = field(default_factory=list)
    disputes: list[Contest] = field(default_factory=list)
    used: list[tuple[Uid, Field]] = field(default_factory=list)
    moved: set[tuple[Uid, Field]] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    states: dict[Uid, TaskState] = field(default_factory=dict)
    """The state that each task will have once the changes are written."""
    places: dict[Uid, Uid | None] = field(default_factory=dict)
    """The milestone that each task will stand in."""

    def settle(self, scene: Scene, spot: Spot, meetings: Sequence[Meeting]) -> None:
        """Adds one task."""
        self.states[spot.uid], self.places[spot.uid] = spot.task.state, spot.milestone
        decided = [name for name in TASK_FIELDS if (spot.uid, name) in scene.decisions]
        if not meetings or (not decided and unchanged(spot, meetings)):
            return
        outcomes, block = _outcomes(scene, spot, meetings, decided)
        self._take(spot, outcomes, decided)
        for meeting in meetings:
            self._share(scene, spot, meeting, outcomes, block)

    def absorb(self, other: TaskPlan) -> None:
        """Adds what was collected apart."""
        self.changes += other.changes
        self.actions += other.actions
        self.after_write += other.after_write
        self.disputes += other.disputes
        self.used += other.used
        self.moved |= other.moved
        self.notes += other.notes
        self.states |= other.states
        self.places |= other.places

    def _take(self, spot: Spot, outcomes: Mapping[Field, Outcome], decided: Sequence[Field]) -> None:
        for name, outcome in outcomes.items():
            self.changes += [change for change in outcome.changes if not spot.adopted]
            if outcome.dispute:
                values, winner = outcome.dispute.values, outcome.dispute.winner
                self.disputes.append(Contest(spot.uid, name, values, winner, spot.task.title))
            if name in decided and not outcome.held:
                self.used.append((spot.uid, name))
            if outcome.writes or outcome.changes:
                self.moved.add((spot.uid, name))
            if outcome.no_place and not spot.adopted:
                message = f"{spot.task.title}: its {name.value} on a remote has no place in the roadmap and stays there"
                self.notes.append(Note("no-place", message, spot.uid))
        if Field.STATE in outcomes:
            self.states[spot.uid] = TaskState(str(outcomes[Field.STATE].after))
        if Field.MILESTONE in outcomes:
            after = outcomes[Field.MILESTONE].after
            self.places[spot.uid] = Uid(after) if isinstance(after, str) else None

    def _share(
        self, scene: Scene, spot: Spot, meeting: Meeting, outcomes: Mapping[Field, Outcome], block: Block
    ) -> None:
        drafted = draft(scene, spot, meeting, outcomes, block)
        if meeting.link is None:
            reason = "adopted" if spot.adopted else "returned" if meeting.reopens else "same title"
            self.actions.append(link(spot, meeting, drafted, reason))
        else:
            if drafted.now:
                self.actions.append(rebase(spot, meeting, drafted.now))
            self.after_write += drafted.after_write
        if drafted.update:
            self.actions.append(drafted.update)


def stamps(scene: Scene) -> list[RoadmapChange]:
    """``stamp: marker``: the tasks that do not bear their uid yet."""
    if not scene.world.policy.stamp:
        return []
    wanted = [StampTask(spot.task.key, spot.uid) for spot in scene.spots if spot.task.stamp is None]
    return [change for change in wanted if not scene.refused(change)]


def _outcomes(
    scene: Scene, spot: Spot, meetings: Sequence[Meeting], decided: Sequence[Field]
) -> tuple[dict[Field, Outcome], Block]:
    block = settle_block(scene, spot, meetings)
    held_by_them = {name: getattr(block, name.value) for name in IN_BLOCK}
    known = {name for meeting in meetings for name in meeting.lens.fields}
    outcomes: dict[Field, Outcome] = {}
    for name in TASK_FIELDS:
        if name in known:
            outcomes[name] = (
                held_by_them[name] if name in IN_BLOCK else settle_field(scene, spot, name, meetings)
            )
    # A decision speaks to all sides: while one of them cannot be seen it waits, and the field with it.
    if decided and not _all_seen(scene, spot, meetings):
        for name in set(decided) & set(outcomes):
            outcomes[name] = replace(held(outcomes[name], ours_of(spot, name)), dispute=None)
    for group in _groups(meetings):
        if any(outcomes[name].held for name in group if name in outcomes):
            outcomes |= {
                name: held(outcomes[name], ours_of(spot, name)) for name in group if name in outcomes
            }
    return outcomes, block


def _groups(meetings: Sequence[Meeting]) -> list[tuple[Field, ...]]:
    """Fields that wait together: one block; and, where a label tells in progress from open, state and labels."""
    if any(meeting.lens.tells_in_progress for meeting in meetings):
        return [IN_BLOCK, (Field.STATE, Field.LABELS)]
    return [IN_BLOCK]


def _all_seen(scene: Scene, spot: Spot, meetings: Sequence[Meeting]) -> bool:
    seen = {meeting.remote for meeting in meetings}
    linked = {remote for remote in scene.world.observations if (spot.uid, remote) in scene.links}
    return linked <= seen
