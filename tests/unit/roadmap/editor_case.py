"""Editing in one line per test: read a text, change it, look at the text again."""

from __future__ import annotations

from collections.abc import Callable

from syncd.model.changes import RoadmapChange
from syncd.model.outline import MilestoneKey, TaskKey
from syncd.model.policy import ReadingRules
from syncd.roadmap.editor import Realised, realise, splice
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source

RULES = ReadingRules()


def reading(text: str | bytes) -> Document:
    """A text as a document."""
    data = text if isinstance(text, bytes) else text.encode()
    return read(Source.of(data, "ROADMAP.md"), RULES, None)


def task(document: Document, title: str) -> TaskKey:
    """The key of the task with this title."""
    return next(one.key for one in document.outline.tasks() if one.title == title)


def milestone(document: Document, title: str) -> MilestoneKey:
    """The key of the milestone with this title."""
    return next(one.key for one in document.outline.milestones if one.title == title)


def realised(document: Document, *changes: RoadmapChange) -> Realised:
    """The changes carried out; what holds for every result is checked on the way."""
    result = realise(document, changes, RULES, None)
    assert result.document.source.data == splice(document.source.data, result.edits)
    refused = {change for change, _ in result.no_place}
    assert all(reason for _, reason in result.no_place)
    assert refused <= set(changes)
    return result


def edited(text: str | bytes, change: Callable[[Document], RoadmapChange]) -> str:
    """The text after one change that has a place."""
    result = realised(reading(text), change(reading(text)))
    assert not result.no_place, result.no_place
    return result.document.source.data.decode("utf-8", "surrogateescape")


def refusal(text: str, change: Callable[[Document], RoadmapChange]) -> str:
    """Why a change has no place; the text stays as it is, the very same object."""
    document = reading(text)
    result = realised(document, change(document))
    assert result.document is document
    assert result.edits == ()
    assert len(result.no_place) == 1
    return result.no_place[0][1]
