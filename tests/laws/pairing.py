"""Who goes with whom, where several could: pairs along allowed edges (augmenting paths)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations


def matched(edges: Mapping[int, Sequence[int]], left: set[int], right: set[int]) -> dict[int, int]:
    """Pairs along the edges that cover all of ``left`` and all of ``right``, as far as there are such."""
    pairs: dict[int, int] = {}
    back: dict[int, int] = {}

    def from_left(at: int, tried: set[int]) -> bool:
        for other in sorted(edges[at], key=lambda index: abs(index - at)):
            if other not in tried:
                tried.add(other)
                if other not in back or from_left(back[other], tried):
                    pairs[at], back[other] = other, at
                    return True
        return False

    def from_right(other: int, tried: set[int]) -> bool:
        for at in (at for at, others in edges.items() if other in others and at not in tried):
            tried.add(at)
            if at not in pairs or (pairs[at] not in right and at in edges) or from_right(pairs[at], tried):
                if at in pairs and back.get(pairs[at]) == at:
                    del back[pairs[at]]
                pairs[at], back[other] = other, at
                return True
        return False

    for at in sorted(left):
        from_left(at, set())
    for other in sorted(right):
        if other not in back:
            from_right(other, set())
    return _uncrossed(pairs, edges)


def _uncrossed(pairs: dict[int, int], edges: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """The same lines paired, in their order wherever the edges allow it: nothing says that they changed places."""
    crossed = True
    while crossed:
        crossed = False
        for one, other in combinations(sorted(pairs), 2):
            first, second = pairs[one], pairs[other]
            if first > second and second in edges[one] and first in edges[other]:
                pairs[one], pairs[other] = second, first
                crossed = True
    return pairs
