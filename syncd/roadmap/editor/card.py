"""A card of a board goes to the lane of its new state: there a lane says how far its cards are (§4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syncd.model.outline import Task
from syncd.model.values import TaskState
from syncd.roadmap.editor.lane import cards, lane_for, lane_of
from syncd.roadmap.editor.move import transfers
from syncd.roadmap.editor.option import Option
from syncd.roadmap.editor.state import state_edits
from syncd.roadmap.outline.document import Document


def lane_options(document: Document, task: Task, state: TaskState) -> Iterator[Option]:
    """Ways to put a card behind the last one of the lane that says the state; none where no other lane does."""
    target = lane_for(document, state, new=False)
    bullet = document.places[task.key].bullet
    if (task.kind == "row" and bullet is None) or target is None or lane_of(document, task) in (None, target):
        return
    siblings = [one for one in cards(document, target) if one.key != task.key]
    at = document.places[siblings[-1].key].block.end if siblings else target.append
    # In a lane of work an empty box is what people write; in the others the box says what the lane says.
    shown = TaskState.OPEN if state is TaskState.IN_PROGRESS and bullet is None else state
    edits = tuple(state_edits(document, task, shown))
    yield from (replace(way, edits=edits) for way in transfers(document, task, siblings, at))
