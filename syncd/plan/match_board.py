"""The board on which a matching is made: what was known, what is read, and who was paired so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from syncd.model.values import Uid


@dataclass(frozen=True, slots=True)
class Piece:
    """One task on either side. ``index`` counts in document order; ``bare`` is the plain title without identifier."""

    index: int
    uid: Uid | None
    title: str
    bare: str
    identifier: str | None
    milestone: Uid | None
    section: tuple[str, ...]
    line: int = 0
    held: bool = False
    """For a known task: it was held before, so that only equality or a person may decide."""


class Board:
    """Two rows of pieces and the pairs between them; a piece is paired once and stays so."""

    def __init__(self, olds: list[Piece], news: list[Piece]) -> None:
        self.olds, self.news = olds, news
        self.new_of: dict[int, int] = {}
        self.old_of: dict[int, int] = {}
        self._withdrawn: set[int] = set()
        self._beside_old = _siblings(olds)
        self._beside_new = _siblings(news)
        self._first_old = {piece.milestone: piece.index for piece in reversed(olds)}
        self._last_old = {piece.milestone: piece.index for piece in olds}

    def pair(self, old: Piece, new: Piece) -> None:
        """These two are the same task."""
        assert old.index not in self.new_of
        assert new.index not in self.old_of
        self.new_of[old.index] = new.index
        self.old_of[new.index] = old.index

    def withdraw(self, new: Piece) -> None:
        """This line is known by other means, and is nobody's partner here."""
        self._withdrawn.add(new.index)

    def left_olds(self) -> list[Piece]:
        """Known tasks without a partner, in document order."""
        return [piece for piece in self.olds if piece.index not in self.new_of]

    def open_olds(self) -> list[Piece]:
        """Known tasks without a partner about which likeness may decide."""
        return [piece for piece in self.left_olds() if not piece.held]

    def left_news(self) -> list[Piece]:
        """Tasks of the reading without a partner, in document order."""
        taken = self.old_of.keys() | self._withdrawn
        return [piece for piece in self.news if piece.index not in taken]

    def stayed(self) -> Iterator[tuple[Piece, Piece]]:
        """Pairs that stand in the milestone where they stood, in the order of the reading."""
        for new in self.news:
            old = self.olds[self.old_of[new.index]] if new.index in self.old_of else None
            if old and old.milestone == new.milestone:
                yield old, new

    def votes(self, new: Piece) -> list[int]:
        """The known tasks that stood where this one stands: behind the same task, and before the same task."""
        before, behind = self._beside_new[new.index]
        found = [
            self._neighbour(before, 1) if before is not None else self._first_old.get(new.milestone),
            self._neighbour(behind, 0) if behind is not None else self._last_old.get(new.milestone),
        ]
        return [index for index in found if index is not None and index not in self.new_of]

    def _neighbour(self, new: int, side: int) -> int | None:
        old = self.old_of.get(new)
        return None if old is None else self._beside_old[old][side]


def _siblings(pieces: list[Piece]) -> list[tuple[int | None, int | None]]:
    """For each piece the indexes of the one before and the one behind it in its milestone."""
    rows: dict[Uid | None, list[int]] = defaultdict(list)
    for piece in pieces:
        rows[piece.milestone].append(piece.index)
    beside: list[tuple[int | None, int | None]] = [(None, None)] * len(pieces)
    for row in rows.values():
        for place, index in enumerate(row):
            beside[index] = (
                row[place - 1] if place else None,
                row[place + 1] if place + 1 < len(row) else None,
            )
    return beside


def grouped(pieces: Iterable[Piece], key: Callable[[Piece], Hashable | None]) -> dict[Hashable, list[Piece]]:
    """Pieces by key, in document order; those without a key are left out."""
    groups: dict[Hashable, list[Piece]] = defaultdict(list)
    for piece in pieces:
        name = key(piece)
        if name is not None:
            groups[name].append(piece)
    return groups
