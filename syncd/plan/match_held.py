"""What may be a rename but is not proven: held, explained, and left alone until a person decides (design §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncd.model.links import Link
from syncd.model.values import Uid
from syncd.plan.actions import Held
from syncd.plan.match_board import Board, Piece
from syncd.plan.match_similar import DOUBT, RENAME, Judge, best, gaps
from syncd.plan.similarity import any_shared

_NAMED = 3
"""Lines that one explanation names at most."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A known task that stands nowhere any more, and a new line that may be it."""

    old: Piece
    new: Piece
    score: float
    same_place: bool


def doubts(board: Board, judge: Judge) -> list[Doubt]:
    """Every pair of leftovers that may be one task. Closing one and creating the other would be the worst outcome."""
    found: dict[tuple[int, int], Doubt] = {}
    for olds, news in gaps(board):
        alone = len(olds) == len(news) == 1
        for old, new, score in _scored(judge, olds, news, alone=alone):
            if _may_be(old, new, score, judge, alone=alone):
                found[(old.index, new.index)] = Doubt(old, new, score, same_place=True)
    for old, new, score in _still(board, judge):
        found.setdefault((old.index, new.index), Doubt(old, new, score, same_place=False))
    near = judge.neighbourhood(board.left_olds(), board.left_news())
    best_of_old, best_of_new = best(near)
    for old, new, score in near:
        nearest = score in (best_of_old[old.index], best_of_new[new.index])
        if score >= RENAME and (nearest or old.milestone == new.milestone or judge.related(old, new)):
            found.setdefault((old.index, new.index), Doubt(old, new, score, same_place=False))
    return [found[key] for key in sorted(found)]


def _still(board: Board, judge: Judge) -> Iterator[tuple[Piece, Piece, float]]:
    """What was doubtful before stays so while a line is left that it may be, though its rivals may be gone."""
    news = board.left_news()
    for old in board.left_olds():
        for new in news if old.held else ():
            score = judge.score(old, new)
            # The words that few titles have change with the titles: a doubt must not end with them.
            may = _may_be(old, new, score, judge, alone=True) or any_shared(old.bare, new.bare)
            if old.milestone == new.milestone and may:
                yield old, new, score


def _scored(
    judge: Judge, olds: list[Piece], news: list[Piece], *, alone: bool
) -> list[tuple[Piece, Piece, float]]:
    if alone:
        return [(olds[0], news[0], judge.score(olds[0], news[0]))]
    return judge.neighbourhood(olds, news)


def _may_be(old: Piece, new: Piece, score: float, judge: Judge, *, alone: bool) -> bool:
    shared = judge.vocabulary.shared(old.bare, new.bare)
    if not alone:
        return score >= RENAME or shared
    numbered = old.identifier is not None and old.identifier == new.identifier
    return score >= DOUBT or numbered or shared


def explain(doubt: Sequence[Doubt], links: Sequence[Link]) -> tuple[Held, ...]:
    """One sentence per known task: which lines it may be, why that is not certain, and what to do."""
    refs: Mapping[Uid, list[str]] = defaultdict(list)
    for link in links:
        refs[link.uid].append(f"{link.remote}#{link.ref.number}")
    by_old: dict[int, list[Doubt]] = defaultdict(list)
    by_new: dict[int, list[Doubt]] = defaultdict(list)
    for one in doubt:
        by_old[one.old.index].append(one)
        by_new[one.new.index].append(one)
    return tuple(_held(row, by_new, refs) for row in by_old.values())


def _held(row: Sequence[Doubt], by_new: Mapping[int, Sequence[Doubt]], refs: Mapping[Uid, list[str]]) -> Held:
    likely = sorted(row, key=lambda one: -one.score)[:_NAMED]
    old = likely[0].old
    assert old.uid is not None
    others = [one for one in by_new[likely[0].new.index] if one.old is not old]
    why = f"may now be {_lines(likely)}; {_why(likely, others)}"
    remedy = _remedy(likely[0].new.line, sorted(refs.get(old.uid, ())))
    return Held(old.uid, old.title, f"{why}; {remedy}", line=likely[0].new.line)


def _lines(likely: Sequence[Doubt]) -> str:
    return " or ".join(f"line {one.new.line} “{one.new.title}” ({_likeness(one)})" for one in likely)


def _likeness(one: Doubt) -> str:
    # Rounded down: only what is equal is called so.
    return "the same title" if one.score == 100 else f"{int(one.score)} % alike"


def _why(likely: Sequence[Doubt], others: Sequence[Doubt]) -> str:
    first = likely[0]
    if len(likely) > 1:
        return "neither title nor place says which"
    if others:
        rival = max(others, key=lambda one: one.score)
        return f"but that line may as well be what was “{rival.old.title}” ({_likeness(rival)})"
    if first.same_place:
        return "it stands in the same place, but under a title that may be another task's"
    return "both its title and its place would have changed, which is too much to be sure"


def _remedy(line: int, issues: Sequence[str]) -> str:
    if not issues:
        return "it has no issue yet: make the text clearer, as by giving it its old title for one run"
    ends = " and ".join(f"`syncd unlink {issue}`" for issue in issues)
    return f"if so, say `syncd link {line} {issues[0]}`; if it is another task, {ends}"
