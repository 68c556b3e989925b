"""The checklist of a task and its task lists on the remotes.

Items are matched by text and occurrence, then by position in the gaps between matched ones. Ticks go both ways; order
and wording go from the roadmap to the issue; an item added on a remote is appended to the roadmap; one deleted there
returns; one reworded there gets the roadmap's words back (its words are kept as a settled conflict).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from syncd.model.values import ROADMAP, Field, Value, canonical_text, one_line
from syncd.plan.merge import Side, Verdict, merge

Item: TypeAlias = tuple[str, bool]
Items: TypeAlias = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ListSide:
    """One remote's task list. ``ours`` and ``theirs`` are its base; None where it was never settled.

    ``left_alone``: its list takes no part and is not written (its block was removed and that stands).
    """

    remote: str
    now: Items
    ours: Items | None = None
    theirs: Items | None = None
    left_alone: bool = False


@dataclass(frozen=True, slots=True)
class ListVerdict:
    """``done`` for each item of the roadmap, items to append, and a conflict's sides (``winner`` None: held).

    ``kept`` are, by remote, items of its list that were settled as having no place in the roadmap; ``brought`` those
    that are new in it; ``shown`` its own ticks by the roadmap's item. What has no place stays as the remote shows it.
    """

    done: tuple[bool, ...]
    added: Items = ()
    values: dict[str, Value] = field(default_factory=dict)
    winner: str | None = None
    kept: dict[str, Items] = field(default_factory=dict)
    brought: dict[str, Items] = field(default_factory=dict)
    shown: dict[str, dict[int, bool]] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether a person must decide about a tick."""
        return bool(self.values) and self.winner is None


def canonical_item(text: str) -> str:
    """An item's text as it is compared."""
    return canonical_text(one_line(text))


def items(value: Value) -> Items:
    """A stored checklist value; items without text are no items."""
    if not isinstance(value, tuple):
        return ()
    pairs = (pair for pair in value if isinstance(pair, tuple) and len(pair) == 2)
    return tuple((canonical_item(str(text)), bool(done)) for text, done in pairs if canonical_item(str(text)))


def align(one: Sequence[Item], other: Sequence[Item]) -> dict[int, int]:
    """Which item of ``one`` is which of ``other``: equal text and occurrence; then, in order, gaps of equal size.

    A gap counts only between neighbours that stand in the same order on both sides.
    """
    places = {key: index for index, key in enumerate(_occurrences(other))}
    pairs = {index: places[key] for index, key in enumerate(_occurrences(one)) if key in places}
    taken = set(pairs.values())
    anchors = [(-1, -1), *_rising(pairs), (len(one), len(other))]
    for (left, right), (next_left, next_right) in pairwise(anchors):
        free = [index for index in range(left + 1, next_left) if index not in pairs]
        there = [index for index in range(right + 1, next_right) if index not in taken]
        if len(free) == len(there):
            pairs.update(zip(free, there, strict=True))
    return pairs


def merge_lists(ours: Items, sides: Sequence[ListSide], ranking: Sequence[str]) -> ListVerdict:
    """The merge of a checklist over all remotes that take part."""
    views = [_View(ours, side) for side in sides if not side.left_alone]
    done: list[bool] = []
    shown: dict[str, dict[int, bool]] = {view.remote: {} for view in views}
    disputes: list[Verdict] = []
    for index, (_, ticked) in enumerate(ours):
        there = [side for view in views if (side := view.side(index)) is not None]
        for side in there:
            shown[side.remote][index] = bool(side.now)
        verdict = merge(Field.CHECKLIST, ticked, there, ranking)
        done.append(bool(verdict.value))
        disputes += [verdict] if verdict.values else []
    values, winner = _dispute(ours, views, disputes)
    kept = {view.remote: view.kept for view in views}
    brought = {view.remote: view.added for view in views}
    return ListVerdict(tuple(done), _added(views), values, winner, kept, brought, shown)


class _View:
    """One remote's list seen from the roadmap's items."""

    def __init__(self, ours: Items, side: ListSide) -> None:
        self.remote, self.now = side.remote, side.now
        self._side = side
        self._to_ours = align(ours, side.ours or ())
        base = align(side.ours or (), side.theirs or ())
        self._base = base
        self._to_now = align(side.theirs or (), side.now)
        seen_now = {self._to_now[theirs] for theirs in base.values() if theirs in self._to_now}
        foreign = {index for theirs, index in self._to_now.items() if theirs not in base.values()}
        fresh = [index for index in range(len(side.now)) if index not in seen_now and index not in foreign]
        # Both sides may have got the same new item: then it is one item that meets for the first time.
        self._meetings = _meetings(ours, self._to_ours, side.now, fresh)
        self.kept: Items = tuple(side.now[index] for index in sorted(foreign))
        self.added: Items = tuple(side.now[index] for index in fresh if index not in self._meetings.values())
        texts = {text for text, _ in (*ours, *(side.theirs or ()))}
        self.reworded = any(side.now[index][0] not in texts for index in seen_now)

    def side(self, index: int) -> Side | None:
        """This remote's view of one tick, or None where it does not show the item."""
        if index in self._meetings:
            now = self._side.now[self._meetings[index]][1]
            return Side(self.remote, now, None)
        ours = self._to_ours.get(index)
        theirs = self._base.get(ours) if ours is not None else None
        there = self._to_now.get(theirs) if theirs is not None else None
        if (
            ours is None
            or theirs is None
            or there is None
            or self._side.ours is None
            or self._side.theirs is None
        ):
            return None
        return Side(
            self.remote, self._side.now[there][1], (self._side.ours[ours][1], self._side.theirs[theirs][1])
        )


def _dispute(
    ours: Items, views: Sequence[_View], disputes: Sequence[Verdict]
) -> tuple[dict[str, Value], str | None]:
    """The sides of a conflict about ticks; else those whose words the roadmap's overrule."""
    if disputes:
        waiting = any(verdict.held for verdict in disputes)
        values: dict[str, Value] = {ROADMAP: ours, **{view.remote: view.now for view in views}}
        return values, None if waiting else disputes[0].winner
    reworded = [view for view in views if view.reworded]
    if not reworded:
        return {}, None
    return {ROADMAP: ours, **{view.remote: view.now for view in reworded}}, ROADMAP


def _occurrences(sequence: Iterable[Item]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    keys = []
    for text, _ in sequence:
        keys.append((text, counts.get(text, 0)))
        counts[text] = counts.get(text, 0) + 1
    return keys


def _rising(pairs: dict[int, int]) -> list[tuple[int, int]]:
    """The pairs that keep the order on both sides, greedily from the front."""
    kept: list[tuple[int, int]] = []
    for left in sorted(pairs):
        if not kept or pairs[left] > kept[-1][1]:
            kept.append((left, pairs[left]))
    return kept


def _meetings(ours: Items, known: dict[int, int], now: Items, fresh: Sequence[int]) -> dict[int, int]:
    free: dict[str, list[int]] = {}
    for index in fresh:
        free.setdefault(now[index][0], []).append(index)
    found = {}
    for index, (text, _) in enumerate(ours):
        if index not in known and free.get(text):
            found[index] = free[text].pop(0)
    return found


def _added(views: Sequence[_View]) -> Items:
    """Items added on remotes, each text and occurrence once, in an order that the order of remotes cannot change."""
    added: dict[tuple[str, int], bool] = {}
    for view in sorted(views, key=lambda view: view.remote):
        for key, (_, done) in zip(_occurrences(view.added), view.added, strict=True):
            added[key] = added.get(key, False) or done
    return tuple((text, done) for (text, _), done in added.items())
