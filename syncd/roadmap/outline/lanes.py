"""Lanes (§4): where the grouping headings are lane words, they are states and not milestones."""

from __future__ import annotations

import re
from typing import Final

from syncd.model.outline import Warning as Notice
from syncd.model.values import TaskState
from syncd.roadmap.outline import ignore, words
from syncd.roadmap.outline.sections import Box, Section, Tree

_LONGEST: Final = 32
_TOKEN: Final = re.compile(r"[a-z]+")
# A remark, not a name: one with a number (`Done (v1.0)`) says which.
_REMARK: Final = re.compile(r"(?<=\S)\s*[(（][^()（）\d]*[)）]\s*\Z")
# How urgent the cards of a lane are (`Pending — Critical`) is no other lane.
_URGENCY: Final = re.compile(
    r"\s*[-–—:]\s*(?:critical|highest|high|medium|normal|low|urgent|optional|crítica|alta|média|media|baja|baixa|haute"
    r"|moyenne|basse|hoch|mittel|niedrig)(?:\s+priority)?\s*\Z",
    re.IGNORECASE,
)
_BOARD: Final = re.compile(rb"(?:\A|[\r\n])kanban-plugin[ \t]*:")
_TOKENS: Final = frozenset(
    token for name in (*words.LANES, *words.STATUS_WORDS) if name.isascii() for token in _TOKEN.findall(name)
)
"""The words of which lane names consist: most headings hold none."""


def mark_lanes(tree: Tree) -> bool:
    """Turn the milestones of a board into lanes."""
    grouping = _grouping(tree)
    lanes: list[tuple[Section, TaskState | None]] = [*lanes_of(grouping)]
    if not lanes and _declared(tree):
        lanes = _columns_of(grouping)
    if not lanes:
        return False
    if tree.title is not None:
        tree.title.milestone = False
    for section, state in lanes:
        for inner in section.walk():
            inner.in_lane, inner.lane = True, state
            inner.milestone = False
    return True


def _declared(tree: Tree) -> bool:
    """Whether the front matter says that the file is a board."""
    regions = (region for region in tree.syntax.hidden if region.kind == "front matter")
    return any(_BOARD.search(tree.source.data[region.start : region.end]) for region in regions)


def _columns_of(grouping: list[Section]) -> list[tuple[Section, TaskState | None]]:
    """All columns of a file that says it is a board, if one of them is a lane of work or of what is done. One with
    another name (``Bugs``) says no state; cards leave it for the next column, so it is no milestone either.
    """
    columns = [(section, _state_of(_name(section))) for section in grouping]
    work = (TaskState.IN_PROGRESS, TaskState.DONE)
    return columns if any(state in work for _, state in columns) else []


def _grouping(tree: Tree) -> list[Section]:
    """The headings that may be lanes: the milestones, or what stands under the title if that is the only one. A lane
    may be empty.
    """
    found = [section for section in tree.sections if section.milestone and section is not tree.title]
    around = {id(section.parent) for section in found} or {id(tree.title or tree.root)}
    return [
        section
        for section in tree.sections[1:]
        if (section.milestone and section is not tree.title)
        or (id(section.parent) in around and not section.ignored and is_lane(section))
    ]


def is_lane(section: Section) -> bool:
    """Whether a heading is nothing but a lane word."""
    return _names_lane(_name(section))


def _names_lane(name: str) -> bool:
    return name in words.LANES or name in words.STATUS_WORDS


def lanes_of(grouping: list[Section]) -> list[tuple[Section, TaskState]]:
    """The lanes among headings: two or more, at most a third of the headings being none, and not a mere row of
    horizons (Now, Next, Later), which are when and not how far.
    """
    names = [(section, _name(section)) for section in grouping]
    lanes = [(section, name) for section, name in names if _names_lane(name)]
    if len(lanes) < 2 or len(lanes) * 3 < len(grouping) * 2:
        return []
    if all(name in words.HORIZONS for _, name in lanes):
        return []
    return [(section, words.LANES.get(name) or words.STATUS_WORDS[name]) for section, name in lanes]


def _state_of(name: str) -> TaskState | None:
    return words.LANES.get(name) or words.STATUS_WORDS.get(name)


def _name(section: Section) -> str:
    """A heading as lane words are written: without emoji, counters, a remark in parentheses and what the lane counts
    (``Done tasks (this week)``).
    """
    text = section.title.text
    if text.endswith((")", "）")):
        text = _REMARK.sub("", text)
    if len(text) > _LONGEST or (text.isascii() and _TOKENS.isdisjoint(_TOKEN.findall(text.casefold()))):
        return ""
    said = ignore.bare(ignore.folded(_URGENCY.sub("", text)))
    if said in words.LANES:
        return said
    return words.LANE_NOUN.sub("", said, count=1).strip()


def card_state(box: Box, lane: TaskState | None) -> TaskState:
    """A card in Done is done whatever its box says (in Cancelled: dropped); an open one in a lane of work is in
    progress.
    """
    if lane is not None and lane.closed and not box.state.closed:
        return lane
    if lane is TaskState.IN_PROGRESS and box.state is TaskState.OPEN:
        return TaskState.IN_PROGRESS
    return box.state


def disagreement(box: Box, lane: TaskState | None) -> Notice | None:
    """A card whose box says another thing than its lane."""
    if lane is None or box.state.closed == lane.closed:
        return None
    said = "done" if box.state.closed else "open"
    return Notice(box.line, "lane-disagrees", f"the box says {said}, the lane it stands in says otherwise")
