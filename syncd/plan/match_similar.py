"""The steps of design §4 that judge: identifiers, places between unchanged neighbours, similar titles.

Only what the exact steps left over comes here, so the work is small even in a large roadmap.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from syncd.model.values import Uid
from syncd.plan.match_board import Board, Piece, grouped
from syncd.plan.match_content import Contents
from syncd.plan.similarity import Vocabulary, similarity

RENAME = 50.0
"""From here a title in the same place is the old one reworded."""
ALIKE = 85.0
"""From here a title anywhere is the old one, if it is ahead of the second best by :data:`MARGIN`."""
MARGIN = 10.0
EVIDENT = 65.0
"""Below this, two titles must also share a word that says something: *Add x* and *Add y* are alike by chance."""
DOUBT = 40.0
"""Four of five unrelated titles are less alike than this: there, not even the same place speaks for a rename."""
MOST_PAIRS = 4_000
"""Comparisons in one group at most; a larger group is compared by shared words only."""
_SAME_WORD = 20
"""Known tasks looked at per word then: a word of many leftovers tells none of them apart."""

Scored = tuple[Piece, Piece, float]
Rivals = dict[int, dict[int, float]]
Best = tuple[dict[int, float], dict[int, float]]
Claims = dict[int, set[int]]
Group = tuple[list[Piece], list[Piece]]


@dataclass(slots=True)
class Judge:
    """Scores pairs of leftovers, each once."""

    vocabulary: Vocabulary
    contents: Contents
    single: bool = False
    """One task went and one line came, in the whole roadmap: no deletion met an insertion by chance."""
    _scores: dict[tuple[int, int], float] = field(default_factory=dict)

    def score(self, old: Piece, new: Piece) -> float:
        """Similarity of the titles without identifiers, 0 to 100."""
        key = (old.index, new.index)
        if key not in self._scores:
            self._scores[key] = similarity(old.bare, new.bare)
        return self._scores[key]

    def neighbourhood(self, olds: list[Piece], news: list[Piece]) -> list[Scored]:
        """Every pair within :data:`MARGIN` of a rename; of too many, only those that share a word."""
        if len(olds) * len(news) <= MOST_PAIRS:
            pairs: Iterable[tuple[Piece, Piece]] = ((old, new) for old in olds for new in news)
        else:
            pairs = _sharing_words(self.vocabulary, olds, news)
        scored = ((old, new, self.score(old, new)) for old, new in pairs)
        return [found for found in scored if found[2] >= RENAME - MARGIN]

    def related(self, old: Piece, new: Piece) -> bool:
        """Whether the titles have more in common than the words that every task of this roadmap uses.

        Never where both have much to say under their titles, and nothing in common there.
        """
        titles = self.single or self.score(old, new) >= EVIDENT or self.vocabulary.shared(old.bare, new.bare)
        return titles and not self.contents.differ(old, new)

    def renamed(self, old: Piece, new: Piece) -> bool:
        """Whether, in the same place, the new title may stand for the old one."""
        return not old.held and self.score(old, new) >= RENAME and self.related(old, new)


def by_identifier(board: Board, judge: Judge) -> None:
    """Same identifier within the milestone, if no number moved there and no other leftover is more alike."""
    shifted = {new.milestone for old, new in board.stayed() if old.identifier != new.identifier}
    for olds, news in _groups(board, lambda piece: piece.milestone):
        if news[0].milestone in shifted:
            continue
        numbered = {old.identifier: old for old in _unique(olds)}
        for new in _unique(news):
            old = numbered.get(new.identifier)
            if old and not old.held and _number_speaks(old, new, olds, news, judge):
                board.pair(old, new)


def _number_speaks(old: Piece, new: Piece, olds: list[Piece], news: list[Piece], judge: Judge) -> bool:
    # A number alone says the place, not the task: after a deletion and an insertion another task bears it.
    own = judge.score(old, new)
    if not judge.related(old, new) or (own < RENAME and not judge.single):
        return False
    if len(olds) * len(news) > MOST_PAIRS:
        return True
    rivals = [judge.score(old, other) for other in news if other is not new]
    rivals += [judge.score(other, new) for other in olds if other is not old]
    return max(rivals, default=0.0) < own


def _unique(pieces: Iterable[Piece]) -> list[Piece]:
    return [row[0] for row in grouped(pieces, lambda piece: piece.identifier).values() if len(row) == 1]


def by_position(board: Board, judge: Judge) -> None:
    """Renames between unchanged neighbours: first within a section, then across section headings."""
    for with_section in (True, False):
        paired = -1
        # Each pair may free another from its rival, so once more while something moves.
        while paired < len(board.new_of):
            paired = len(board.new_of)
            rivals = _rivals(judge.neighbourhood(board.left_olds(), board.left_news()))
            for olds, news in gaps(board, with_section=with_section):
                _settle(board, judge, olds, news, rivals)


def gaps(board: Board, *, with_section: bool = False) -> list[Group]:
    """Leftovers of both sides that stand between the same unchanged neighbours of the same milestone."""
    fences = _fences(board)

    def place(index: int, piece: Piece, side: int) -> object:
        fence = fences.get(piece.milestone)
        gap = bisect_left(fence[side], index) if fence else 0
        return (piece.milestone, gap, piece.section if with_section else ())

    olds = grouped(board.left_olds(), lambda piece: place(piece.index, piece, 0))
    news = grouped(board.left_news(), lambda piece: place(piece.index, piece, 1))
    return [(olds[key], mine) for key, mine in news.items() if key in olds]


def _fences(board: Board) -> dict[Uid | None, tuple[list[int], list[int]]]:
    """Per milestone, the longest row of pairs that kept their order: what was reordered is no neighbour to go by."""
    rows: dict[Uid | None, list[tuple[int, int]]] = defaultdict(list)
    for old, new in board.stayed():
        rows[new.milestone].append((old.index, new.index))
    fences = {}
    for milestone, row in rows.items():
        kept = _longest_rising(row)
        fences[milestone] = ([old for old, _ in kept], [new for _, new in kept])
    return fences


def _longest_rising(row: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence with rising first members (patience sorting, n log n)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (value, _) in enumerate(row):
        pile = bisect_right(tails, value)
        before.append(ends[pile - 1] if pile else -1)
        tails[pile : pile + 1] = [value]
        ends[pile : pile + 1] = [place]
    kept: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.append(row[at])
        at = before[at]
    return kept[::-1]


def _settle(
    board: Board, judge: Judge, olds: list[Piece], news: list[Piece], rivals: tuple[Rivals, Rivals]
) -> None:
    """Pairs of one gap: those clearly ahead of their rivals; then, in order, what agrees in number.

    The place speaks for a pair only while no leftover elsewhere is as alike to one of the two, or nearly so.
    """
    here = {old.index for old in olds}, {new.index for new in news}

    def renamed(old: Piece, new: Piece) -> bool:
        score = judge.score(old, new)
        row = [(rival, index in here[1]) for index, rival in rivals[0][old.index].items()]
        row += [(rival, index in here[0]) for index, rival in rivals[1][new.index].items()]
        return judge.renamed(old, new) and all(
            score >= (rival if near_by or rival < RENAME else rival + MARGIN) for rival, near_by in row
        )

    near = judge.neighbourhood(olds, news)
    for old, new in _clear(near, renamed):
        board.pair(old, new)
    left_olds = [old for old in olds if old.index not in board.new_of]
    left_news = [new for new in news if new.index not in board.old_of]
    row = list(zip(left_olds, left_news, strict=False))
    if len(left_olds) == len(left_news) and all(renamed(old, new) for old, new in row):
        for old, new in row:
            board.pair(old, new)


def by_title(board: Board, judge: Judge) -> None:
    """Titles at least 85 alike, and 10 ahead of the second best of either side, wherever they stand.

    Not against the witness of the place: where one of the two stands, or stood, nothing else may be it.
    """
    near = judge.neighbourhood(board.left_olds(), board.left_news())
    in_place: tuple[Claims, Claims] = (defaultdict(set), defaultdict(set))
    for olds, news in gaps(board):
        for old, new, score in judge.neighbourhood(olds, news):
            if score >= RENAME:
                in_place[0][old.index].add(new.index)
                in_place[1][new.index].add(old.index)

    def undisputed(old: Piece, new: Piece) -> bool:
        stand_there, stood_there = in_place[0][old.index], in_place[1][new.index]
        disputed = stand_there | stood_there and new.index not in stand_there
        alike = judge.score(old, new) >= ALIKE and judge.related(old, new)
        return alike and not old.held and not disputed

    for old, new in _clear(near, undisputed):
        board.pair(old, new)


def _clear(near: list[Scored], accept: Callable[[Piece, Piece], bool]) -> list[tuple[Piece, Piece]]:
    """Acceptable pairs that are ahead of every rival still free by :data:`MARGIN`, best first, until none is left."""
    rivals = _rivals(near)
    found: list[tuple[Piece, Piece]] = []
    waiting = sorted((pair for pair in near if accept(pair[0], pair[1])), key=lambda pair: -pair[2])
    again = True
    while again:
        again = False
        for old, new, score in waiting:
            if new.index not in rivals[0][old.index]:
                continue  # one of the two has found its partner
            others = [s for n, s in rivals[0][old.index].items() if n != new.index]
            others += [s for o, s in rivals[1][new.index].items() if o != old.index]
            if _ahead(score, max(others, default=0.0)):
                found.append((old, new))
                _retire(rivals, old.index, new.index)
                again = True
    return found


def _rivals(near: list[Scored]) -> tuple[Rivals, Rivals]:
    """For each known task its possible lines, and for each line its possible tasks, with their scores."""
    rivals: tuple[Rivals, Rivals] = (defaultdict(dict), defaultdict(dict))
    for old, new, score in near:
        rivals[0][old.index][new.index] = score
        rivals[1][new.index][old.index] = score
    return rivals


def _ahead(score: float, rival: float) -> bool:
    """Whether a pair wins over its best rival: by the margin, and over another possible rename only if it is sure."""
    return rival + MARGIN <= score and (rival < RENAME or score >= ALIKE)


def _retire(rivals: tuple[Rivals, Rivals], old: int, new: int) -> None:
    for other in rivals[0].pop(old, {}):
        rivals[1][other].pop(old, None)
    for other in rivals[1].pop(new, {}):
        rivals[0][other].pop(new, None)


def best(near: list[Scored]) -> Best:
    """The best score of each known task and of each new one."""
    of_old: dict[int, float] = defaultdict(float)
    of_new: dict[int, float] = defaultdict(float)
    for old, new, score in near:
        of_old[old.index] = max(of_old[old.index], score)
        of_new[new.index] = max(of_new[new.index], score)
    return of_old, of_new


def _sharing_words(vocabulary: Vocabulary, olds: list[Piece], news: list[Piece]) -> list[tuple[Piece, Piece]]:
    by_word: dict[str, list[Piece]] = defaultdict(list)
    for old in olds:
        for word in vocabulary.distinctive(old.bare):
            by_word[word].append(old)
    found: dict[tuple[int, int], tuple[Piece, Piece]] = {}
    for new in news:
        for word in vocabulary.distinctive(new.bare):
            for old in by_word.get(word, [])[:_SAME_WORD]:
                found[(old.index, new.index)] = (old, new)
    return list(found.values())


def _groups(board: Board, key: Callable[[Piece], object]) -> list[Group]:
    olds, news = grouped(board.left_olds(), key), grouped(board.left_news(), key)
    return [(olds[name], mine) for name, mine in news.items() if name in olds]
