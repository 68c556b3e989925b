"""The steps of design §4 that compare without judging: equal paths, equal titles, equal neighbours."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from syncd.plan.match_board import Board, Piece, grouped


def by_path(board: Board) -> None:
    """Same milestone, sections, identifier and title. Twins are told apart by their neighbours, else by their order."""
    _by_key(board, lambda piece: (piece.milestone, piece.section, piece.title), in_order=True)


def renumbered(board: Board) -> None:
    """Same milestone and same title without its identifier, in whatever section."""
    _by_key(board, lambda piece: (piece.milestone, piece.bare), in_order=True)


def elsewhere(board: Board) -> None:
    """A title that is left once on each side has moved; of several, those whose neighbours moved along."""
    _by_key(board, lambda piece: piece.bare, in_order=False)


def _by_key(board: Board, key: Callable[[Piece], Hashable | None], *, in_order: bool) -> None:
    olds, news = grouped(board.left_olds(), key), grouped(board.left_news(), key)
    several = []
    for name, mine in news.items():
        theirs = olds.get(name, [])
        if len(mine) == len(theirs) == 1:
            board.pair(theirs[0], mine[0])
        elif theirs:
            several.append((theirs, mine))
    # Twins last: by then the tasks around them are paired and can bear witness.
    for theirs, mine in several:
        _twins(board, theirs, mine, in_order=in_order)


def _twins(board: Board, olds: Sequence[Piece], news: Sequence[Piece], *, in_order: bool) -> None:
    """Equal titles: both neighbours, then one, then order where counts agree; a copied task stays the first."""
    for needed in (2, 1):
        for row in (news, news[::-1]):
            _by_neighbours(board, olds, row, needed)
    left_olds = [piece for piece in olds if piece.index not in board.new_of]
    left_news = [piece for piece in news if piece.index not in board.old_of]
    if in_order and (len(left_olds) == len(left_news) or len(left_olds) == 1):
        for old, new in zip(left_olds, left_news, strict=False):
            board.pair(old, new)


def _by_neighbours(board: Board, olds: Sequence[Piece], news: Sequence[Piece], needed: int) -> None:
    among = {piece.index: piece for piece in olds}
    for new in news:
        if new.index in board.old_of:
            continue
        votes = [index for index in board.votes(new) if index in among]
        # Two votes for different twins contradict each other and count for neither.
        if len(votes) >= needed and len(set(votes)) == 1:
            board.pair(among[votes[0]], new)
