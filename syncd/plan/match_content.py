"""What stands under a task as evidence: lines of its notes and checklist that no other task has (design §4).

Titles are reworded; what is written below them mostly stays. A line counts only if one known task and one task of the
reading have it, so that what every task says (*write tests*) proves nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from syncd.model.links import Ledger, Link, Pair
from syncd.model.outline import Task
from syncd.model.values import Field, Kind, Uid, Value
from syncd.plan.match_board import Board, Piece
from syncd.plan.similarity import plain

Lines = frozenset[str]
Rows = tuple[Sequence[Piece], Sequence[Piece]]

SHORT = 8
"""Characters below which a line (*done*, *docs*) is nobody's own."""
ENOUGH = 24
"""Characters that the lines in common must have together."""


class Contents:
    """What is written under each task, known and read; looked at only where titles and places leave a doubt."""

    def __init__(self, board: Board, ledger: Ledger, read: Sequence[Task]) -> None:
        self._board, self._ledger, self._read = board, ledger, read

    def pairs(
        self, olds: Sequence[Piece], news: Sequence[Piece], among: Rows | None = None
    ) -> list[tuple[Piece, Piece]]:
        """Who of the two rows is who: most of what stood under the one stands under the other, and under no third.

        ``among``: all known tasks and all of the reading, where the two rows are not all that could say the same.
        """
        every = among or (olds, news)
        mine, theirs = _own(self._raw_old, olds, every[0]), _own(self._raw_new, news, every[1])
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
        return Lines(_compared(self._raw_old(piece)))

    def _new(self, piece: Piece) -> Lines:
        return Lines(_compared(self._raw_new(piece)))

    def _raw_old(self, piece: Piece) -> Lines:
        links = self._links.get(piece.uid, ()) if piece.uid else ()
        return Lines().union(*map(_settled, links))

    def _raw_new(self, piece: Piece) -> Lines:
        task = self._read[piece.index]
        return lines_of(task.notes, tuple((item.text, item.done) for item in task.checklist))

    @cached_property
    def _links(self) -> Mapping[Uid, Sequence[Link]]:
        found: dict[Uid, list[Link]] = defaultdict(list)
        for link in self._ledger.links:
            if link.kind is Kind.TASK:
                found[link.uid].append(link)
        return found


def lines_of(notes: Value, checklist: Value) -> Lines:
    """The lines of a task's notes and the items of its checklist, as they are written."""
    text = notes.split("\n") if isinstance(notes, str) else []
    pairs = checklist if isinstance(checklist, tuple) else ()
    return Lines((*text, *(str(pair[0]) for pair in pairs if isinstance(pair, tuple) and pair)))


def by_content(board: Board, contents: Contents) -> None:
    """Whatever its title says now: a task under which most of what stood is still there, and nowhere else."""
    for old, new in contents.pairs(board.open_olds(), board.left_news(), (board.olds, board.news)):
        board.pair(old, new)


def _settled(link: Link) -> Lines:
    """What stood under a task when this link was settled last."""
    nothing = Pair(None, None)
    notes, checklist = (link.base.get(name, nothing) for name in (Field.NOTES, Field.CHECKLIST))
    return lines_of(notes.ours, checklist.ours)


def _compared(lines: Iterable[str]) -> Iterator[str]:
    return (text for line in lines if len(text := plain(line)) >= SHORT)


def _own(said: Callable[[Piece], Lines], pieces: Sequence[Piece], among: Sequence[Piece]) -> list[Lines]:
    """What each of the pieces has to itself."""
    # Counted as written, for that is quick with everything that stands under ten thousand tasks.
    written = Counter(line for one in among for line in said(one))
    rows = [list(_compared(line for line in said(one) if written[line] == 1)) for one in pieces]
    count = Counter(text for row in rows for text in row)
    return [Lines(text for text in row if count[text] == 1) for row in rows]


def _weight(lines: Lines) -> int:
    return sum(map(len, lines))
