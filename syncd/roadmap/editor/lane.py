"""Which lane of a board says a state, and which cards stand in it (§4)."""

from __future__ import annotations

from syncd.model.outline import Task
from syncd.model.values import TaskState
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import LanePlaces


def lane_of(document: Document, task: Task) -> LanePlaces | None:
    """The lane in which a card stands."""
    start = document.source.starts[task.line - 1]
    return next((one for one in document.lanes if one.section.start <= start < one.section.end), None)


def lane_for(document: Document, state: TaskState, *, new: bool) -> LanePlaces | None:
    """The lane of a state. Of several for open work a ``new`` card takes the first, a reopened one the last.

    Columns whose name says no state (``Ideas``) hold open work too, if there is no lane for that; a new card that
    somebody works on already may stand in a lane for open work.
    """
    found = [one for one in document.lanes if one.state is state]
    if not found and (state is TaskState.OPEN or new):
        nameless = [one for one in document.lanes if one.state is None]
        waiting = [one for one in document.lanes if one.state is TaskState.OPEN]
        found = waiting or (nameless if new or len(nameless) == 1 else [])
    if not found:
        return None
    return found[-1] if state is TaskState.OPEN and not new else found[0]


def cards(document: Document, lane: LanePlaces) -> list[Task]:
    """The tasks in a lane, in document order."""
    return [one for one in document.outline.tasks() if lane_of(document, one) is lane]
