"""One field of one task over the roadmap and all its issues: merged, given its place in the text, and who must be told.

A value that wins but has no place in the text moves nothing: the roadmap's value stays, and the remotes that show the
other one are settled on the two as a pair (design §5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from syncd.model.changes import MoveTask, RoadmapChange, SetTask
from syncd.model.links import Link, Pair
from syncd.model.remote import Issue
from syncd.model.values import ROADMAP, Field, Uid, Value
from syncd.plan.fields import Lens, raw_values, same_value, to_value
from syncd.plan.labels import Elements, key_of
from syncd.plan.merge import Side, Verdict, merge
from syncd.plan.scene import Scene, Spot


@dataclass(frozen=True, slots=True)
class Meeting:
    """An issue of a task on one remote. ``link`` is None where this plan makes it: a first meeting.

    ``reopens``: its closing was ours and is taken back, for the line has returned.
    """

    lens: Lens
    issue: Issue
    link: Link | None = None
    reopens: bool = False

    @property
    def remote(self) -> str:
        """The remote's name."""
        return self.lens.remote

    def base(self, name: Field) -> Pair | None:
        """The pair on which a field was settled last."""
        return self.link.base.get(name) if self.link else None

    def holds(self, name: Field) -> bool:
        """Whether the remote can hold the field."""
        return name in self.lens.capabilities.fields


@dataclass(frozen=True, slots=True)
class Dispute:
    """A conflict of a field: every contending value by side; ``winner`` None holds it."""

    values: Mapping[str, Value]
    winner: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one field. ``after`` is the roadmap's value once ``changes`` are written.

    ``wanted`` says, by remote, what it shall show, as elements, told or not.
    ``held``: nothing of this field is touched or settled anywhere.
    """

    name: Field
    after: Value
    changes: tuple[RoadmapChange, ...] = ()
    writes: frozenset[str] = frozenset()
    wanted: Mapping[str, Elements] = field(default_factory=dict)
    dispute: Dispute | None = None
    held: bool = False
    no_place: bool = False
    decided: bool = False


def held(outcome: Outcome, before: Value) -> Outcome:
    """The same field, left alone: another field that travels with it is held."""
    dispute = outcome.dispute if outcome.held else None
    return Outcome(outcome.name, before, wanted=outcome.wanted, dispute=dispute, held=True)


def ours_of(spot: Spot, name: Field) -> Value:
    """The roadmap's own value of a field."""
    return spot.milestone if name is Field.MILESTONE else spot.task.value(name)


def unchanged(spot: Spot, meetings: Sequence[Meeting]) -> bool:
    """Whether nobody moved anything: the short way for almost every task of almost every run."""
    for meeting in meetings:
        link, issue = meeting.link, meeting.issue
        if link is None or meeting.reopens:
            return False
        for name in meeting.lens.fields:
            base = link.base.get(name)
            if base is None or not same_value(name, base.theirs, issue.value(name)):
                return False
            if not same_value(name, base.ours, ours_of(spot, name)):
                return False
    return True


@dataclass(frozen=True, slots=True)
class _View:
    """One remote's present and settled elements of a field."""

    meeting: Meeting
    now: Elements
    seen: tuple[Elements, Elements] | None

    def side(self, name: Field, element: str) -> Side:
        seen = None if self.seen is None else (self.seen[0].get(element), self.seen[1].get(element))
        yields = self.meeting.reopens and name is Field.STATE
        project = partial(self.meeting.lens.project, name, element)
        return Side(self.meeting.remote, self.now.get(element), seen, project, yields)


def settle_field(scene: Scene, spot: Spot, name: Field, meetings: Sequence[Meeting]) -> Outcome:
    """Merges one field (any but notes and checklist) and finds its place."""
    before = ours_of(spot, name)
    views = [_view(name, meeting) for meeting in meetings if _takes_part(name, before, meeting)]
    ours = _ours(name, before, views)
    decision = scene.decisions.get((spot.uid, name))
    wish = _ours(name, decision.value, views) if decision else {}
    sides = _sides(name, {*ours, *wish}, views)
    if decision is not None:
        return _tell(scene, spot, name, _Merged(ours, {key: wish.get(key) for key in sides}, sides, views))
    ranking = scene.world.policy.ranking(name)
    verdicts = {key: merge(name, ours.get(key), there, ranking) for key, there in sides.items()}
    dispute = _dispute(name, before, views, [verdict for verdict in verdicts.values() if verdict.values])
    if dispute is not None and dispute.winner is None:
        return Outcome(name, before, wanted=_present(views), dispute=dispute, held=True)
    elements = {key: verdict.value for key, verdict in verdicts.items()}
    return replace(_tell(scene, spot, name, _Merged(ours, elements, sides, views)), dispute=dispute)


@dataclass(frozen=True, slots=True)
class _Merged:
    """A field's elements: the roadmap's, the result's, and who took part."""

    ours: Elements
    result: Elements
    sides: Mapping[str, Sequence[Side]]
    views: Sequence[_View]


def _tell(scene: Scene, spot: Spot, name: Field, merged: _Merged) -> Outcome:
    """Places the result in the text, and finds whom it must be told: who neither shows it nor is settled on it."""
    placed, after, changes = _place(scene, spot, name, merged)
    wanted = _present(merged.views)
    writes = set()
    for key, there in merged.sides.items():
        value, result = placed[key], merged.result[key]
        for side in there:
            # What has no place in the text stays where it stands, and goes nowhere else.
            stays = value != result and side.shows(result)
            if not (stays or side.shows(value) or side.settled_on(value)):
                wanted[side.remote] = {**wanted[side.remote], key: value}
                writes.add(side.remote)
    return Outcome(name, after, changes, frozenset(writes), wanted, no_place=placed != merged.result)


def _takes_part(name: Field, before: Value, meeting: Meeting) -> bool:
    if not meeting.holds(name):
        return False
    # A milestone in doubt has no number yet: nothing can be said of who stands in it.
    return name is not Field.MILESTONE or before not in meeting.lens.places.frozen


def _ours(name: Field, value: Value, views: Sequence[_View]) -> dict[str, Value]:
    elements: dict[str, Value] = {}
    for view in views:
        elements |= view.meeting.lens.ours(name, value)
    return elements


def _view(name: Field, meeting: Meeting) -> _View:
    lens, base = meeting.lens, meeting.base(name)
    now = raw_values(meeting.issue)
    if base is None or meeting.link is None:
        return _View(meeting, lens.inward(name, now), None)
    settled = {**now, **{key: pair.theirs for key, pair in meeting.link.base.items()}}
    theirs = lens.inward(name, settled)
    return _View(meeting, lens.inward(name, now, theirs), (lens.ours(name, base.ours), theirs))


def _sides(name: Field, ours: Iterable[str], views: Sequence[_View]) -> dict[str, list[Side]]:
    keys = set(ours)
    for view in views:
        keys.update(view.now, *(view.seen or ()))
    return {
        key: [view.side(name, key) for view in views if view.meeting.lens.holds(name, key)]
        for key in sorted(keys)
    }


def _dispute(name: Field, before: Value, views: Sequence[_View], found: Sequence[Verdict]) -> Dispute | None:
    if not found:
        return None
    sides = {side for verdict in found for side in verdict.values}
    values: dict[str, Value] = {ROADMAP: before} if ROADMAP in sides else {}
    keys = {key for view in views for key in view.now} | set(_ours(name, before, views))
    for view in views:
        if view.meeting.remote in sides:
            values[view.meeting.remote] = to_value(name, {**dict.fromkeys(keys), **view.now}, before)
    someone_waits = any(verdict.winner is None for verdict in found)
    return Dispute(values, None if someone_waits else found[0].winner)


def _present(views: Sequence[_View]) -> dict[str, Elements]:
    return {view.meeting.remote: view.now for view in views}


def _place(
    scene: Scene, spot: Spot, name: Field, merged: _Merged
) -> tuple[Elements, Value, tuple[RoadmapChange, ...]]:
    """The elements that the text can carry (the others stay as they are in it), its value then, and the change."""
    ours, before = merged.ours, ours_of(spot, name)
    stay = {key: ours.get(key) for key in merged.result}
    placed = {
        key: value if _has_place(scene, spot, name, key, value) else stay[key]
        for key, value in merged.result.items()
    }
    if placed == stay:
        return stay, before, ()
    after = to_value(name, placed, before)
    change = _change(scene, spot, name, after)
    return (stay, before, ()) if scene.refused(change) else (placed, after, (change,))


def _has_place(scene: Scene, spot: Spot, name: Field, element: str, value: Value) -> bool:
    if spot.adopted:
        return name is Field.STATE
    match name:
        case Field.TITLE:
            return bool(value)
        case Field.STATE:
            return True
        case Field.MILESTONE:
            return isinstance(value, str) and value in scene.keys
        case Field.LABELS:
            return f"labels.{key_of(element)}" in spot.task.writable
        case _:
            return name.value in spot.task.writable


def _change(scene: Scene, spot: Spot, name: Field, after: Value) -> RoadmapChange:
    if name is Field.MILESTONE:
        return MoveTask(spot.task.key, scene.keys[Uid(str(after))])
    return SetTask(spot.task.key, name, after)
