"""What stands under a task as evidence: lines of its notes and checklist that no other task has (design §4).

Titles are reworded; what is written below them mostly stays. A line counts only if one known task and one task of the
reading have it, so that what every task says (*write tests*) proves nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from syncd.model.links import Ledger, Link, Pair
from syncd.model.outline import Task
from syncd.model.values import Field, Kind, Uid, Value
from syncd.plan.checklist import items
from syncd.plan.match_board import Board, Piece
from syncd.plan.similarity import plain

Lines = frozenset[str]

SHORT = 8
"""Characters below which a line (*done*, *docs*) is nobody's own."""
ENOUGH = 24
"""Characters that the lines in common must have together."""


class Contents:
    """What is written under each task, known and read; looked at only where titles and places leave a doubt."""

    def __init__(self, board: Board, ledger: Ledger, read: Sequence[Task]) -> None:
        self._board, self._ledger, self._read = board, ledger, read
        self._said: dict[tuple[bool, int], Lines] = {}

    def pairs(self, olds: Sequence[Piece], news: Sequence[Piece]) -> list[tuple[Piece, Piece]]:
        """Who of the two rows is who: most of what stood under the one stands under the other, and under no third."""
        mine, theirs = _own(map(self._old, olds)), _own(map(self._new, news))
        homes = {line: place for place, lines in enumerate(theirs) for line in lines}
        found = []
        for old, lines in zip(olds, mine, strict=True):
            shared = Counter(homes[line] for line in lines if line in homes)
            for place, count in shared.items():
                common = lines & theirs[place]
                if count * 2 > len(lines) and _weight(common) >= ENOUGH:
                    found.append((old, news[place]))
        claims = Counter(new.index for _, new in found)
        return [(old, new) for old, new in found if claims[new.index] == 1]

    def differ(self, old: Piece, new: Piece) -> bool:
        """Whether both have much to say, of which nothing is common to both."""
        mine, theirs = self._old(old), self._new(new)
        return _weight(mine) >= ENOUGH <= _weight(theirs) and not mine & theirs

    def _old(self, piece: Piece) -> Lines:
        if (True, piece.index) not in self._said:
            links = self._links.get(piece.uid, ()) if piece.uid else ()
            self._said[True, piece.index] = Lines().union(*map(_settled, links))
        return self._said[True, piece.index]

    def _new(self, piece: Piece) -> Lines:
        if (False, piece.index) not in self._said:
            task = self._read[piece.index]
            self._said[False, piece.index] = lines_of(task.value(Field.NOTES), task.value(Field.CHECKLIST))
        return self._said[False, piece.index]

    @cached_property
    def _links(self) -> Mapping[Uid, Sequence[Link]]:
        found: dict[Uid, list[Link]] = defaultdict(list)
        for link in self._ledger.links:
            if link.kind is Kind.TASK:
                found[link.uid].append(link)
        return found


def lines_of(notes: Value, checklist: Value) -> Lines:
    """The lines of a task's notes and the items of its checklist, as they are compared."""
    text = notes.split("\n") if isinstance(notes, str) else []
    texts = (plain(line) for line in (*text, *(item for item, _ in items(checklist))))
    return Lines(line for line in texts if len(line) >= SHORT)


def by_content(board: Board, contents: Contents) -> None:
    """Whatever its title says now: a task under which most of what stood is still there, and nowhere else."""
    olds = {old.index for old in board.open_olds()}
    news = {new.index for new in board.left_news()}
    for old, new in contents.pairs(board.olds, board.news):
        if old.index in olds and new.index in news:
            board.pair(old, new)


def _settled(link: Link) -> Lines:
    """What stood under a task when this link was settled last."""
    nothing = Pair(None, None)
    notes, checklist = (link.base.get(name, nothing) for name in (Field.NOTES, Field.CHECKLIST))
    return lines_of(notes.ours, checklist.ours)


def _own(rows: Iterable[Lines]) -> list[Lines]:
    """What each has to itself."""
    kept = list(rows)
    count = Counter(line for lines in kept for line in lines)
    return [Lines(line for line in lines if count[line] == 1) for lines in kept]


def _weight(lines: Lines) -> int:
    return sum(map(len, lines))
