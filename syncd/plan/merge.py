"""The merge of one field over the roadmap and any number of remotes (design §5).

A remote *moved* if its value now is not the one of its base. The roadmap *moved against it* if the roadmap's value is
not the one this remote had seen. No remote moved: the roadmap's value stands. Else the contenders are the values of the
remotes that moved, and the roadmap's if it moved against one of them. One value among them: that is the result. More:
a conflict, ranked by policy, or held. Pairwise merging would depend on the order of remotes; this does not.

Sets are merged per element, where the element's value is whether (or as what) it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from syncd.model.values import ROADMAP, Field, Value

Sides: TypeAlias = Mapping[str, Value]
Precedence: TypeAlias = Literal["ours", "theirs", "conflict"]


def same(value: Value) -> Value:
    """A projection for fields that every remote can show as they are."""
    return value


@dataclass(frozen=True, slots=True)
class Side:
    """One remote's view of one element, in the roadmap's terms.

    ``seen`` is the base as (ours, theirs), None before the first meeting. ``project`` is what the remote would show if
    it were told a value: less, where it lacks a capability. ``yields``: its value never contends.
    """

    remote: str
    now: Value
    seen: tuple[Value, Value] | None
    project: Callable[[Value], Value] = same
    yields: bool = False

    def shows(self, value: Value) -> bool:
        """Whether nothing would change on the remote if it were told the value."""
        return self.project(value) == self.now

    @property
    def moved(self) -> bool:
        """Whether somebody changed it there since it was settled."""
        return self.seen is not None and self.now != self.seen[1]

    def settled_on(self, value: Value) -> bool:
        """Whether the base already pairs this value with what the remote shows: never fought over."""
        return self.seen is not None and not self.moved and self.seen[0] == value


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one element. ``values`` are the contenders of a conflict by side; ``winner`` None holds it."""

    value: Value
    values: Sides = field(default_factory=dict)
    winner: str | None = None

    @property
    def held(self) -> bool:
        """Whether a person must decide."""
        return bool(self.values) and self.winner is None


def merge(
    name: Field, ours: Value, sides: Sequence[Side], ranking: Sequence[str], *, one_way: bool = False
) -> Verdict:
    """The rule above for one element. ``one_way``: the roadmap always contends, for nothing flows into it (notes)."""
    contenders = _contenders(name, ours, sides, one_way)
    if not contenders:
        return Verdict(ours)
    by_name = {side.remote: side for side in sides}
    for value in _distinct(ours, contenders):
        if all(_agrees(by_name.get(side), value, own) for side, own in contenders.items()):
            return Verdict(value)
    winner = next((side for side in ranking if side in contenders), None)
    return Verdict(ours if winner is None else contenders[winner], contenders, winner)


def behind(verdict: Value, sides: Sequence[Side]) -> list[str]:
    """The remotes that must be told the result: they do not show it and are not settled on it."""
    return [side.remote for side in sides if not side.shows(verdict) and not side.settled_on(verdict)]


def first_meeting(name: Field, ours: Value, theirs: Value) -> Precedence:
    """Who wins where there is no base yet: done wins (nothing is reopened), something wins over nothing.

    Sets unite by this per element; two different values are a conflict.
    """
    if name is Field.STATE:
        return _further(str(ours), str(theirs))
    if not theirs:
        return "ours"
    return "conflict" if ours else "theirs"


_PROGRESS: Mapping[str, int] = {"open": 0, "in_progress": 1, "dropped": 2, "closed": 2, "done": 3}


def _further(ours: str, theirs: str) -> Precedence:
    mine, other = _PROGRESS[ours], _PROGRESS[theirs]
    if min(mine, other) >= 2 and ours != theirs:
        return "conflict"
    return "ours" if mine >= other else "theirs"


def _contenders(name: Field, ours: Value, sides: Sequence[Side], one_way: bool) -> dict[str, Value]:
    contenders: dict[str, Value] = {}
    for side in sides:
        if side.yields or (side.seen is None and side.shows(ours)):
            continue
        if side.seen is None:
            precedence = first_meeting(name, ours, side.now)
            against = precedence == "conflict"
            if precedence == "ours":
                continue
        elif side.moved:
            against = one_way or ours != side.seen[0]
        else:
            continue
        # A remote that came to show the roadmap's value agrees with all of it, also with what it cannot show.
        contenders[side.remote] = ours if side.shows(ours) else side.now
        if against:
            contenders[ROADMAP] = ours
    return contenders


def _distinct(ours: Value, contenders: Sides) -> list[Value]:
    # The roadmap's value first, for it says the most; then an order that no reading order can change.
    return sorted(set(contenders.values()), key=lambda value: (value != ours, repr(value)))


def _agrees(side: Side | None, value: Value, own: Value) -> bool:
    return value == own or (side is not None and side.shows(value))
