"""Notes and checklist of one task: the two fields that live in the managed block, and are written together.

Notes flow to the issue. An edit inside the block, or the block taken away by a person, is a conflict on notes: the
roadmap always contends, and a remote's words that win stay where they stand, for they have no place in the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncd.model.changes import AddItem, RoadmapChange, TickItem
from syncd.model.remote import BodyContent
from syncd.model.values import Field, Value, canonical_text
from syncd.plan.checklist import Items, ListSide, ListVerdict, align, canonical_item, items, merge_lists
from syncd.plan.content import content_of
from syncd.plan.merge import Side, behind, merge
from syncd.plan.scene import Scene, Spot
from syncd.plan.settlement import Dispute, Meeting, Outcome, held


@dataclass(frozen=True, slots=True)
class Block:
    """What becomes of the block. ``contents`` is, by remote, what it shall show there if it is written."""

    notes: Outcome
    checklist: Outcome
    contents: Mapping[str, BodyContent] = field(default_factory=dict)
    lists: Mapping[str, Items] = field(default_factory=dict)


def settle_block(scene: Scene, spot: Spot, meetings: Sequence[Meeting]) -> Block:
    """Merges notes and checklist. If one of them waits for a person, neither is written."""
    notes, says = _settle_notes(scene, spot, meetings)
    stays_away = frozenset(
        meeting.remote for meeting in meetings if removed(meeting) and meeting.remote not in notes.writes
    )
    checklist, lists = _settle_list(scene, spot, meetings, stays_away)
    if notes.held or checklist.held:
        before_notes, before_list = spot.task.value(Field.NOTES), spot.task.value(Field.CHECKLIST)
        return Block(held(notes, before_notes), held(checklist, before_list))
    contents = {
        remote: content_of(spot, says.get(remote, spot.task.notes), lists[remote]) for remote in lists
    }
    return Block(notes, checklist, contents, lists)


def new_content(spot: Spot) -> BodyContent:
    """The block of an issue that does not exist yet."""
    return content_of(spot, spot.task.notes, items(spot.task.value(Field.CHECKLIST)))


def removed(meeting: Meeting) -> bool:
    """Whether a person took away a block that had shown something. Without a trace of it in the base nobody can say."""
    if meeting.issue.block or meeting.link is None:
        return False
    pairs = (meeting.base(Field.NOTES), meeting.base(Field.CHECKLIST))
    return any(pair is not None and bool(pair.theirs) for pair in pairs)


def _settle_notes(scene: Scene, spot: Spot, meetings: Sequence[Meeting]) -> tuple[Outcome, Mapping[str, str]]:
    verdict_value: Value
    ours = canonical_text(spot.task.notes)
    before = spot.task.value(Field.NOTES)
    there = [meeting for meeting in meetings if meeting.holds(Field.NOTES)]
    sides = [_notes_side(meeting) for meeting in there]
    decision = scene.decisions.get((spot.uid, Field.NOTES))
    if decision is not None:
        verdict_value = canonical_text(decision.value) if isinstance(decision.value, str) else None
        dispute = None
    else:
        verdict = merge(Field.NOTES, ours, sides, scene.world.policy.ranking(Field.NOTES), one_way=True)
        dispute = Dispute(verdict.values, verdict.winner) if verdict.values else None
        if verdict.held:
            return Outcome(Field.NOTES, before, dispute=dispute, held=True), {}
        verdict_value = verdict.value
    stays = {side.remote for side in sides if verdict_value != ours and side.shows(verdict_value)}
    writes = frozenset(behind(ours, sides)) - stays
    outcome = Outcome(
        Field.NOTES, before, (), writes, dispute=dispute, no_place=bool(stays), decided=decision is not None
    )
    return outcome, {meeting.remote: _text(meeting, spot.task.notes, writes) for meeting in there}


def _text(meeting: Meeting, ours: str, writes: frozenset[str]) -> str:
    """The notes to show when the block is written: words settled as they are stay; a part that was cut is ours."""
    theirs = canonical_text(meeting.issue.notes)
    if meeting.remote in writes or not meeting.issue.block or canonical_text(ours).startswith(theirs):
        return ours
    return meeting.issue.notes


def _notes_side(meeting: Meeting) -> Side:
    base = meeting.base(Field.NOTES)
    now: Value = None if removed(meeting) else canonical_text(meeting.issue.notes)
    seen = (
        None
        if base is None
        else (canonical_text(str(base.ours or "")), canonical_text(str(base.theirs or "")))
    )
    return Side(meeting.remote, now, seen)


def _settle_list(
    scene: Scene, spot: Spot, meetings: Sequence[Meeting], stays_away: frozenset[str]
) -> tuple[Outcome, Mapping[str, Items]]:
    before = spot.task.value(Field.CHECKLIST)
    ours = tuple((canonical_item(item.text), item.done) for item in spot.task.checklist)
    there = [meeting for meeting in meetings if meeting.holds(Field.CHECKLIST)]
    sides = [_list_side(meeting, meeting.remote in stays_away) for meeting in there]
    verdict = merge_lists(ours, sides, scene.world.policy.ranking(Field.CHECKLIST))
    decision = scene.decisions.get((spot.uid, Field.CHECKLIST))
    if decision is not None:
        verdict = _as_decided(ours, items(decision.value), verdict)
    dispute = Dispute(verdict.values, verdict.winner) if verdict.values else None
    if verdict.held:
        return Outcome(Field.CHECKLIST, before, dispute=dispute, held=True), {}
    changes = _changes(scene, spot, ours, verdict)
    ticked = {change.item: change.done for change in changes if isinstance(change, TickItem)}
    added = tuple((change.text, change.done) for change in changes if isinstance(change, AddItem))
    result = (*((text, ticked.get(index, done)) for index, (text, done) in enumerate(ours)), *added)
    lists = {side.remote: _wanted(result, verdict, side) for side in sides}
    writes = frozenset(
        side.remote for side in sides if not side.left_alone and _differs(side, lists[side.remote], result)
    )
    after = (
        *((item.text, done) for item, (_, done) in zip(spot.task.checklist, result, strict=False)),
        *added,
    )
    no_place = len(changes) < _count(ours, verdict)
    outcome = Outcome(Field.CHECKLIST, after, changes, writes, dispute=dispute, no_place=no_place)
    return outcome, lists


def _list_side(meeting: Meeting, left_alone: bool) -> ListSide:
    base = meeting.base(Field.CHECKLIST)
    now = items(meeting.issue.checklist)
    if base is None:
        return ListSide(meeting.remote, now, left_alone=left_alone)
    return ListSide(meeting.remote, now, items(base.ours), items(base.theirs), left_alone)


def _changes(scene: Scene, spot: Spot, ours: Items, verdict: ListVerdict) -> tuple[RoadmapChange, ...]:
    """The ticks and new items that the text has a place for."""
    if spot.adopted:
        return ()
    key = spot.task.key
    ticks: list[RoadmapChange] = [
        TickItem(key, index, done)
        for index, (done, (_, before)) in enumerate(zip(verdict.done, ours, strict=True))
        if done != before
    ]
    adds: list[RoadmapChange] = [AddItem(key, text, done) for text, done in verdict.added]
    return tuple(change for change in ticks + adds if not scene.refused(change))


def _count(ours: Items, verdict: ListVerdict) -> int:
    ticks = sum(done != before for done, (_, before) in zip(verdict.done, ours, strict=True))
    return ticks + len(verdict.added)


def _wanted(result: Items, verdict: ListVerdict, side: ListSide) -> Items:
    """A remote's list: the roadmap's result; ticks and items without a place there stay as this remote shows them."""
    shown = verdict.shown.get(side.remote, {})
    refused = {index: done for index, done in enumerate(verdict.done) if done != result[index][1]}
    mine = [
        (text, shown.get(index, done) if index in refused else done)
        for index, (text, done) in enumerate(result)
    ]
    present = {text for text, _ in result}
    extra = (*verdict.kept.get(side.remote, ()), *verdict.brought.get(side.remote, ()))
    return (*mine, *(item for item in extra if item[0] not in present))


def _differs(side: ListSide, wanted: Items, result: Items) -> bool:
    settled = side.now == side.theirs and result == side.ours
    return side.now != wanted and not settled


def _as_decided(ours: Items, decided: Items, verdict: ListVerdict) -> ListVerdict:
    pairs = align(ours, decided)
    done = tuple(decided[pairs[index]][1] if index in pairs else old for index, (_, old) in enumerate(ours))
    added = tuple(item for index, item in enumerate(decided) if index not in pairs.values())
    return replace(verdict, done=done, added=added, values={}, winner=None)
