"""The steps of design §4 that compare without judging: equal paths, equal titles, equal neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from syncd.plan.match_board import Board, Piece, grouped
from syncd.plan.match_content import Contents


def by_path(board: Board, contents: Contents) -> None:
    """Same milestone, sections, identifier and title.

    Twins are told apart by what stands under them, then by their neighbours, else by their order.
    """
    _by_key(board, contents, lambda piece: (piece.milestone, piece.section, piece.title), in_order=True)


def renumbered(board: Board, contents: Contents) -> None:
    """Same milestone and same title without its identifier, in whatever section."""
    _by_key(board, contents, lambda piece: (piece.milestone, piece.bare), in_order=True)


def elsewhere(board: Board, contents: Contents) -> None:
    """A title that is left once on each side has moved; of several, those whose neighbours moved along."""
    _by_key(board, contents, lambda piece: piece.bare, in_order=False)


def _by_key(
    board: Board, contents: Contents, key: Callable[[Piece], Hashable | None], *, in_order: bool
) -> None:
    left = board.left_olds()
    olds, news = grouped(left, key), grouped(board.left_news(), key)
    titles = Counter(piece.bare for piece in left)
    several = []
    for name, mine in news.items():
        theirs = olds.get(name, [])
        if len(mine) == len(theirs) == 1:
            board.pair(theirs[0], mine[0])
        elif theirs:
            # Where a twin from elsewhere lacks its line too, an additional line may be that one, moved.
            several.append((theirs, mine, in_order and titles[theirs[0].bare] == len(theirs)))
    # Twins last: by then the tasks around them are paired and can bear witness.
    for theirs, mine, closed in several:
        for old, new in contents.pairs(theirs, mine):
            board.pair(old, new)
        _twins(board, theirs, mine, closed=closed)
        _rest(board, theirs, mine, in_order=in_order, closed=closed)


def _twins(board: Board, olds: Sequence[Piece], news: Sequence[Piece], *, closed: bool) -> None:
    """Equal titles are told apart by their neighbours: both, then one."""
    for needed in (2, 1):
        for row in (news, news[::-1]):
            claims = _claims(board, olds, row, needed)
            wanted = Counter(old.index for _, old in claims)
            for new, old in claims:
                # Two lines beside the neighbours of one task: a copy (the first keeps it), or a twin moved here.
                if old.index not in board.new_of and (closed or wanted[old.index] == 1):
                    board.pair(old, new)


def _claims(
    board: Board, olds: Sequence[Piece], news: Sequence[Piece], needed: int
) -> list[tuple[Piece, Piece]]:
    among = {piece.index: piece for piece in olds}
    found = []
    for new in news:
        if new.index in board.old_of:
            continue
        votes = [index for index in board.votes(new) if index in among]
        # Two votes for different twins contradict each other and count for neither.
        if len(votes) >= needed and len(set(votes)) == 1:
            found.append((new, among[votes[0]]))
    return found


def _rest(
    board: Board, olds: Sequence[Piece], news: Sequence[Piece], *, in_order: bool, closed: bool
) -> None:
    """Twins without witnesses: in order where the counts agree; a copied task stays with its first line."""
    left_olds = [piece for piece in olds if piece.index not in board.new_of]
    left_news = [piece for piece in news if piece.index not in board.old_of]
    if in_order and (len(left_olds) == len(left_news) or (closed and len(left_olds) == 1)):
        for old, new in zip(left_olds, left_news, strict=False):
            board.pair(old, new)
