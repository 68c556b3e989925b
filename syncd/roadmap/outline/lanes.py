"""Lanes (§4): where the grouping headings are lane words, they are states and not milestones."""

from __future__ import annotations

from syncd.model.outline import Warning as Notice
from syncd.model.values import TaskState
from syncd.roadmap.outline import ignore, words
from syncd.roadmap.outline.sections import Box, Section, Tree


def mark_lanes(tree: Tree) -> bool:
    """Turn the milestones of a board into lanes: two or more, at most a third of the headings being none."""
    grouping = [section for section in tree.sections if section.milestone]
    lanes = [(section, state) for section in grouping if (state := lane_state(section)) is not None]
    if len(lanes) < 2 or len(lanes) * 3 < len(grouping) * 2:
        return False
    for section, state in lanes:
        section.milestone = False
        for inner in section.walk():
            inner.lane = state
            inner.milestone = False
    return True


def lane_state(section: Section) -> TaskState | None:
    """The state that a lane word says; None for other headings."""
    return words.LANES.get(ignore.bare(ignore.folded(section.title.text)))


def card_state(box: Box, lane: TaskState | None) -> TaskState:
    """A card in Done is done whatever its box says; an open one in a lane of work is in progress."""
    if lane is TaskState.DONE and not box.state.closed:
        return TaskState.DONE
    if lane is TaskState.IN_PROGRESS and box.state is TaskState.OPEN:
        return TaskState.IN_PROGRESS
    return box.state


def disagreement(box: Box, lane: TaskState | None) -> Notice | None:
    """A card whose box says another thing than its lane."""
    if lane is None or box.state.closed == (lane is TaskState.DONE):
        return None
    said = "done" if box.state.closed else "open"
    return Notice(box.line, "lane-disagrees", f"the box says {said}, the lane it stands in says otherwise")
