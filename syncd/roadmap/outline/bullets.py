"""A file with no boxes at all, whose bullets carry a state: those are its tasks (§4).

A state is a status emoji before or behind the text (``- ✅ Login``, ``1. Login ✅``), or a status word before it
(``- **DONE** - Login``, ``- [in progress] Login``). Bullets of that kind are tasks under phase headings; else under
lanes; else under any headings, where nearly all bullets have an emoji and some are done and some are not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from syncd.model.outline import Reading
from syncd.model.outline import Warning as Notice
from syncd.model.values import TaskState
from syncd.roadmap.blocks import BOLD, NO_PARENT, Item, Paragraph, Pieces
from syncd.roadmap.outline import ignore, lanes, meta, titles, words
from syncd.roadmap.outline.meta import Meta
from syncd.roadmap.outline.milestones import is_phase
from syncd.roadmap.outline.sections import Row, Section, Tree
from syncd.roadmap.outline.text import Text, text_of
from syncd.roadmap.outline.titles import Title
from syncd.roadmap.places import Span

_WORD: Final = re.compile(
    rf"\s*(?P<word>{words.STATUS})(?P<joint>\s*[:：]\s*|\s+[-–—]+\s+|\s*—\s*|\s+)", re.IGNORECASE
)
_LOOSE: Final = re.compile(rf"\s*({words.EMOJI}\ufe0f?)\s*")
_HEAD: Final = max(len(word) for word in words.STATUS_WORDS) + 8
_NO: Final = frozenset("❌✗✘")
"""What says no to something as often as not yet: good and bad practice, what is supported and what is not."""

_DATED: Final = re.compile(r"\W*(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)")


class _Bullet(NamedTuple):
    """A bullet with a state; ``sign`` is the emoji or the word that says it, ``joint`` what stands behind it."""

    row: Row
    sign: str
    leading: bool = True
    joint: str = ""


@dataclass(slots=True)
class _Listing:
    """The bullets of a section: those that may be tasks, how many stand at the top, how many of these have an emoji
    each.
    """

    section: Section
    rows: list[Row] = field(default_factory=list)
    tops: int = 0
    signs: list[str] = field(default_factory=list)


def find_rows(tree: Tree, remembered: Reading | None = None) -> None:
    """Put the task bullets of every section into it; nothing if the file has a box or a task row.

    ``remembered`` is what an earlier reading found: when the last open task is done, the list is still one of tasks.
    """
    if tree.boxes or any(section.rows for section in tree.sections):
        return
    listings = [_listing(tree, section) for section in tree.sections[1:] if _may_hold(section)]
    listings = [one for one in listings if one.rows]
    for one in _chosen(tree, listings, remembered):
        one.section.rows = one.rows


def _may_hold(section: Section) -> bool:
    if section.ignored or section.inside is not None or not section.blocks:
        return False
    for above in reversed([*section.above()]):
        if is_phase(above):  # `### Features` of a phase are work
            return True
        if _is_log(above):  # `### v1.2` of a change log is none
            return False
    return True


def _is_log(section: Section) -> bool:
    text = section.title.text
    return ignore.bare(ignore.folded(text)) in words.LISTINGS or _DATED.match(text) is not None


# -- which of them are tasks -------------------------------------------------------------------------------------------


def _chosen(tree: Tree, listings: list[_Listing], remembered: Reading | None) -> list[_Listing]:
    """The first kind of place that holds tasks."""
    if not listings:
        return []
    phases = [one for one in listings if any(is_phase(above) for above in one.section.above())]
    if phases:
        return phases
    under_lanes = _under_lanes(tree, listings)
    marked = [one for one in listings if one.tops and len(one.signs) * 5 >= one.tops * 4]
    if _going_on(row.state for one in under_lanes for row in one.rows):
        return under_lanes
    if sum(len(one.signs) > 1 for one in marked) > 1 and _says_states(marked):
        return marked
    named = [one for one in listings if any(_is_work(above) for above in one.section.above())]
    if _says_states(named):
        return named
    # Later and not before: what a first reading found without memory must be what is found with it.
    known = remembered.headings if remembered and not any(one.is_task for one in tree.sections) else ()
    for found in (under_lanes, marked, named):
        if any(above.title.text in known for one in found for above in one.section.above()):
            return found
    return []


def _under_lanes(tree: Tree, listings: list[_Listing]) -> list[_Listing]:
    holding = {id(above) for one in listings for above in one.section.above()}
    inside: set[int] = set()
    for parent in tree.sections:
        heads = [
            child
            for child in parent.children
            if not child.ignored and (id(child) in holding or lanes.is_lane(child))
        ]
        for lane, _ in lanes.lanes_of(heads) if len(heads) > 1 else ():
            inside |= {id(section) for section in lane.walk()}
    return [one for one in listings if id(one.section) in inside]


def _going_on(states: Iterable[TaskState]) -> bool:
    """Whether some are done and some are not: a list of nothing but ✅ is one of features."""
    return len({state.closed for state in states}) == 2


def _is_work(section: Section) -> bool:
    return ignore.bare(ignore.folded(section.title.text)) in words.WORK


def _says_states(marked: list[_Listing]) -> bool:
    """Whether emoji say states in these lists: some sign of what is done among them and some of what is waited for."""
    states = {words.STATUS_EMOJI[sign[0]] for one in marked for sign in one.signs if sign[0] not in _NO}
    return TaskState.DONE in states and not states.isdisjoint((TaskState.OPEN, TaskState.IN_PROGRESS))


def settle_lanes(tree: Tree) -> Iterator[Notice]:
    """A card of a board goes by its lane as a box does (§4), and is told where its own emoji says otherwise."""
    for section in tree.sections:
        lane = section.lane
        for row in section.rows:
            if lane is None or row.bullet is None or row.state is lane:
                continue
            if row.state.closed != lane.closed:
                said = "done" if row.state.closed else "open"
                told = f"the bullet says {said}, the lane it stands in says otherwise"
                yield Notice(row.line, "lane-disagrees", told)
            if not row.state.closed and (lane.closed or lane is TaskState.IN_PROGRESS):
                row.state = lane


# -- the bullets of a section ------------------------------------------------------------------------------------------


def _listing(tree: Tree, section: Section) -> _Listing:
    found = _Listing(section)
    items = [*_items(tree, section)]
    bullets = {item.start: bullet for item in items if (bullet := _by_emoji(tree, item))}
    every = Counter(item.list for item in items)
    bullets |= _by_loose_emoji(tree, items, bullets, every)
    signed = Counter(item.list for item in items if item.start in bullets)
    others = (item for item in items if item.start not in bullets or not bullets[item.start].leading)
    worded = {item.start: bullet for item in others if (bullet := _by_word(tree, item))}
    spoken = _spoken(items, worded, every)
    around: dict[int, Row] = {}
    for item in items:
        bullet = bullets.get(item.start)
        # Behind the text an emoji may be a remark on it: then its neighbours have none.
        if bullet and not bullet.leading and signed[item.list] * 2 <= every[item.list]:
            bullet = None
        if bullet is None and item.list in spoken:
            bullet = worded.get(item.start)
        if item.parent == NO_PARENT:
            found.tops += 1
            found.signs += [bullet.sign] if bullet and item.start in bullets else []
        row = around.get(item.parent)
        if row is not None:
            around[item.start] = row
            if bullet is not None:
                row.children.append(bullet.row)
        elif bullet is not None:
            around[item.start] = bullet.row
            found.rows.append(bullet.row)
    return found


def _items(tree: Tree, section: Section) -> Iterator[Item]:
    """The items of a section but for those under a label that says that they are no work (``**Exit criteria**:``)."""
    aside: set[int] = set()
    ignored = False
    for block in section.blocks:
        match block:
            case Paragraph() if block.parent == NO_PARENT and block.start in tree.labels:
                ignored = ignore.not_work(tree.labels[block.start])
            case Item():
                label = tree.labels.get(block.start)
                said = label is not None and ignore.not_work(label)
                if said or block.parent in aside or (ignored and block.parent == NO_PARENT):
                    aside.add(block.start)
                else:
                    yield block


def _by_emoji(tree: Tree, item: Item) -> _Bullet | None:
    if all(piece.text.isascii() for piece in item.pieces):
        return None
    title = titles.box(text_of(tree.source, item.pieces))
    marker = title.marker
    # One that is nothing but a state (`✅ Done`) explains what the emoji means.
    if marker is None or title.start <= marker[0] < title.end or not title.text:
        return None
    sign = title.of.plain[marker[0] : marker[1]]
    state = meta.emoji_state(sign)
    if state is None:
        return None
    leading = marker[1] <= title.start
    return _Bullet(_row(tree, item, title, state), sign, leading)


def _by_loose_emoji(
    tree: Tree, items: list[Item], known: dict[int, _Bullet], every: Counter[int]
) -> dict[int, _Bullet]:
    """Bullets with an emoji that is decoration elsewhere (`📋`): in a list with sure ones before the text, where nearly
    all bullets have one, it is a state.
    """
    sure = {item.list for item in items if item.start in known and known[item.start].leading}
    found: dict[int, tuple[Item, Text, re.Match[str]]] = {}
    for item in items:
        if (
            item.list in sure
            and item.start not in known
            and item.pieces
            and not item.pieces[0].text.isascii()
        ):
            text = text_of(tree.source, item.pieces)
            loose = _LOOSE.match(text.plain)
            if loose and loose[1][0] in words.STATUS_EMOJI and loose.end() < len(text.plain):
                found[item.start] = (item, text, loose)
    signed = Counter(item.list for item in items if item.start in found or item.start in known)
    return {
        start: bullet
        for start, one in found.items()
        if signed[one[0].list] * 5 >= every[one[0].list] * 4 and (bullet := _loose(tree, *one))
    }


def _loose(tree: Tree, item: Item, text: Text, emoji: re.Match[str]) -> _Bullet | None:
    sign = Meta("emoji", emoji.start(1), emoji.end(1), emoji[1])
    title = titles.behind(titles.box(text), sign, emoji.end())
    if title.start < emoji.end():  # nothing but a state
        return None
    state = words.STATUS_EMOJI[emoji[1][0]]
    return _Bullet(_row(tree, item, title, state, text.span(sign.start, sign.end)), emoji[1])


def _row(tree: Tree, item: Item, title: Title, state: TaskState, marker: Span | None = None) -> Row:
    """A bullet as a task; ``marker`` is where its state stands if it is no emoji of its title."""
    line = tree.source.line_of(item.start)
    return Row(
        item.start, item.end, line, title, state, marker=marker, pieces=item.pieces, bullet=item.bullet
    )


# -- status words ------------------------------------------------------------------------------------------------------


def _by_word(tree: Tree, item: Item) -> _Bullet | None:
    """``[DONE] text``, ``**DONE** text``, ``DONE: text``, ``DONE - text``."""
    if item.mark is not None:
        inside = tree.source.slice(*item.mark)
        state = meta.word_state(inside.strip())
        title = titles.box(text_of(tree.source, item.pieces))
        if state is None or not title.text:
            return None
        return _Bullet(_row(tree, item, title, state, item.mark), inside)
    if not _may_begin_with_word(item.pieces):
        return None
    text = text_of(tree.source, item.pieces)
    found = _WORD.match(text.plain)
    if found is None or found.end() == len(text.plain) or not _set_off(text, found):
        return None
    word = Meta("status", found.start("word"), found.end("word"), found["word"])
    state = meta.word_state(word.text)
    if state is None:
        return None
    title = titles.behind(titles.box(text), word, found.end())
    if title.start < found.end():  # nothing but a state
        return None
    row = _row(tree, item, title, state, text.span(word.start, word.end))
    return _Bullet(row, word.text, joint=found["joint"])


def _may_begin_with_word(pieces: Pieces) -> bool:
    """A look without a pattern: whether anything sets the first words off."""
    if not pieces:
        return False
    head = pieces[0].text[:_HEAD]
    return bool(pieces[0].style & BOLD) or any(sign in head for sign in ":：-–—")


def _set_off(text: Text, found: re.Match[str]) -> bool:
    """``Done with it`` begins with a word; ``**Done** with it``, ``Done: it`` and ``Done - it`` with a status."""
    if found["joint"].strip():
        return True
    start, end = found.span("word")
    return text.styled(start, end, BOLD) and not text.styled(end, len(text.plain), BOLD)


def _spoken(items: list[Item], worded: dict[int, _Bullet], every: Counter[int]) -> set[int]:
    """The lists of which nearly all bullets begin with a status word."""
    said: dict[int, list[_Bullet]] = {}
    for item in items:
        if item.start in worded:
            said.setdefault(item.list, []).append(worded[item.start])
    return {
        number
        for number, bullets in said.items()
        if len(bullets) * 5 >= every[number] * 4 and not _sums_up(bullets)
    }


def _sums_up(bullets: list[_Bullet]) -> bool:
    """Whether a list names states and what is in each (``Completed: 5``, ``Planned: 2``), and not tasks."""
    signs = [bullet.sign for bullet in bullets if ":" in bullet.joint or "：" in bullet.joint]
    return (
        len(signs) == len(bullets)
        and len({sign.casefold() for sign in signs}) == len(signs)
        and not all(sign.isupper() for sign in signs)
    )
