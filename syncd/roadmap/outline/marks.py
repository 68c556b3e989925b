"""What a mark in a box says (§4 Marks), and the legend of a file, which wins over the common table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from syncd.model.values import TaskState
from syncd.roadmap.blocks import Block, Heading, Item, Paragraph, Pieces, Table
from syncd.roadmap.outline import meta, words
from syncd.roadmap.outline.text import text_of
from syncd.roadmap.source import Source

OPEN, GOING, DONE, DROPPED = TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.DONE, TaskState.DROPPED

COMMON: Final[Mapping[str, TaskState]] = {
    " ": OPEN,
    "": OPEN,
    **dict.fromkeys("xX✅√✓✔", DONE),
    "-": DROPPED,
    **dict.fromkeys("~/*>", GOING),
}
_LEGEND: Final = re.compile(
    r"(?:(?:\w+ ){1,2}legend|(?:status |mark |symbol |task )?"
    r"(?:legend|key|légende|leyenda|legende|legenda|легенда|图例|凡例|범례)"
    r"(?: (?:key|legend))?)(?=\s*(?:\Z|[:：(\n]))",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(r"`?\[([^\]\[\n]{0,4})\]`?\s*(?:[=:：|→–—-]+\s*)?([^\[\]\n|,;·]*)")
# Made once: a union written where it is used is made anew for every block.
_TITLED: Final = (Heading, Paragraph)
_LISTED: Final = (Item, Table)
_PLAIN: Final = {b" ": " ", b"x": "x", b"X": "X"}
_PLAIN_MARKS: Final = frozenset(_PLAIN.values())
_SHORT: Final = 60
_EXPLAINS: Final = re.compile(r"[ \t]*(?:[=:→–—]|-\s|(?:tasks|items|means)\b|[a-z]+ = )")
_BOLD_SIGNS: Final = re.compile(r"[*_`~]+")


def normal(mark: str) -> str:
    """A mark without variation selectors; blanks of any number are one space."""
    mark = mark.replace("\ufe0f", "").replace("\ufe0e", "")
    return mark.strip() or (" " if mark else "")


Legend = list[tuple[str, TaskState | None]]


class Marks(NamedTuple):
    """The marks of a file and the states that they say. ``named``: its legend names them, but says no state;
    ``entries`` are the items of its legends, by their start.
    """

    states: Mapping[str, TaskState]
    named: frozenset[str] = frozenset()
    entries: frozenset[int] = frozenset()


def table(
    source: Source, blocks: tuple[Block, ...], mapping: Mapping[str, str], lists: Mapping[int, Legend]
) -> Marks:
    """The marks of this file: the common ones, its legend's (``lists``: those written as boxes), and those of
    ``mapping.marks``, the last winning.
    """
    legends = list(_legends(source, blocks))
    pairs = [pair for found in lists.values() for pair in found]
    pairs += [pair for block in legends for pair in _pairs(source.slice(block.start, block.end))]
    legend = {mark: state for mark, state in pairs if state is not None}
    chosen = {normal(mark): TaskState(state) for mark, state in mapping.items()}
    states = {**COMMON, **legend, **chosen}
    return Marks(
        states,
        frozenset(mark for mark, _ in pairs if mark not in states),
        frozenset(block.start for block in legends if isinstance(block, Item)),
    )


def _legends(source: Source, blocks: tuple[Block, ...]) -> Iterator[Paragraph | Item | Table]:
    """The blocks of each legend: under a heading or a label of that name, up to the next heading or paragraph of
    prose. A paragraph that explains marks itself is a whole legend: the list behind it is work.
    """
    inside = False
    for block in blocks:
        if isinstance(block, _TITLED):
            if not _may_be_legend(block.pieces):
                inside = False
                continue
            said = text_of(source, block.pieces, lines=True).plain.strip()
            title = meta.without_emoji(said).strip()
            inside = _LEGEND.match(title) is not None
            if inside and isinstance(block, Paragraph):
                yield block
                inside = _PAIR.search(said) is None
        elif inside and isinstance(block, _LISTED):
            yield block


def _may_be_legend(pieces: Pieces) -> bool:
    """A look without a pattern, at what a title begins with as the file spells it."""
    head = "".join([piece.text for piece in pieces[:3]])[:60]
    if not head.isascii():
        return True
    folded = head.casefold()
    return "legend" in folded or "key" in folded or "leyenda" in folded


def written(source: Source, boxed: tuple[Item, ...]) -> dict[int, str]:
    """The mark of every box, by the item's start."""
    data, found = source.data, {}
    for item in boxed:
        start, end = item.mark or (0, 0)
        raw = data[start:end]
        found[item.start] = _PLAIN.get(raw) or normal(source.slice(start, end))
    return found


def legend_lists(source: Source, boxed: tuple[Item, ...], written: Mapping[int, str]) -> dict[int, Legend]:
    """Lists that are a legend wherever they stand, by their number: three or more boxes, each with another mark, whose
    texts are status words; those of the open and the ticked box are enough where the other texts are short.
    """
    odd = {item.list for item in boxed if written[item.start] not in _PLAIN_MARKS}
    found: dict[int, Legend] = {number: [] for number in odd}
    for item in boxed if odd else ():
        if item.list in odd:
            text = text_of(source, item.pieces).plain
            if len(text) <= _SHORT:
                found[item.list].append((written[item.start], _meaning(text, whole=True)))
            else:
                odd.discard(item.list)
    return {number: found[number] for number in odd if _is_legend(found[number])}


def _is_legend(pairs: Legend) -> bool:
    if len(pairs) < 3 or len(dict(pairs)) < len(pairs):
        return False
    plain = [state for mark, state in pairs if mark in _PLAIN_MARKS]
    return all(state for _, state in pairs) or (len(plain) >= 2 and all(plain))


def _pairs(text: str) -> Iterator[tuple[str, TaskState | None]]:
    """The marks that a legend names, with the states that it gives them; a link is no mark."""
    for found in _PAIR.finditer(text):
        mark = normal(found[1])
        said = _BOLD_SIGNS.sub("", found[2]).strip()
        if len(mark) <= 1 and not said.startswith("("):
            yield mark, _meaning(said)


def explains(source: Source, item: Item) -> bool:
    """Whether an item with a mark says what the mark means (``- [P] tasks = …``): prose, and no box (§4)."""
    return _EXPLAINS.match(source.slice(item.content, min(item.content + 80, item.end))) is not None


def _meaning(text: str, *, whole: bool = False) -> TaskState | None:
    """The state that the words of a legend begin with (or are, ``whole``), behind emoji."""
    said = meta.without_emoji(text).strip(" .:=-–—").casefold()
    said = re.sub(r"\s*\(.*", "", said).strip()
    if said in words.STATUS_WORDS:
        return words.STATUS_WORDS[said]
    if whole:
        return None
    found = re.match(words.STATUS, said)
    return words.STATUS_WORDS.get(found[0]) if found else None
