"""Overviews that repeat a task (§5): where they said the same of it, they go on saying the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from syncd.model.changes import Edit
from syncd.model.values import TaskState
from syncd.roadmap.editor.option import replaced
from syncd.roadmap.editor.state import mark, said_state, with_joint
from syncd.roadmap.outline.document import Document


def echo_edits(document: Document, turned: Mapping[int, TaskState]) -> Iterator[Edit]:
    """Ticks in overviews. ``turned``: the new state of every task that was closed or reopened, by its line.

    A repeat that said something else than its task is left alone, and ``check`` goes on saying so until it agrees.
    """
    for echo in document.echoes:
        state = turned.get(echo.line)
        if state is not None and state.closed != echo.state.closed:
            yield replaced(echo.mark, mark(document, state, echo.mark.start))
            said = said_state(document, echo.marker) if echo.marker else None
            if echo.marker and said is not None and said.closed != state.closed:
                yield replaced(with_joint(document, echo.marker), b"")
