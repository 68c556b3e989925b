"""Milestones whose state follows their tasks: the heading's marker and status word follow too, as siblings write them.

A heading that says nothing of its state stays so, unless its tasks cannot say what was asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from syncd.model.changes import Edit
from syncd.model.outline import MilestoneKey
from syncd.model.values import MilestoneState, TaskState
from syncd.roadmap.editor.option import NoPlace, Option, replaced
from syncd.roadmap.editor.state import EMOJI, mark
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.words import STATUS_EMOJI, STATUS_WORDS
from syncd.roadmap.places import Span

_WORDS: Final = {MilestoneState.CLOSED: "Complete", MilestoneState.OPEN: "In Progress"}
_SIGNS: Final = {
    MilestoneState.CLOSED: EMOJI[TaskState.DONE],
    MilestoneState.OPEN: EMOJI[TaskState.OPEN],
}


def following_edits(document: Document, key: MilestoneKey, state: MilestoneState) -> Iterator[Edit]:
    """What has to change in a heading so that it does not contradict a state its tasks have brought about."""
    places = document.milestone_places[key]
    if places.box is not None:
        yield replaced(places.box, mark(document, _as_task(state), places.box.start))
    for span in (places.marker, places.status):
        if span is not None and _says(document, span) not in (state, None):
            yield replaced(span, _spelt(document, span, state, marker=span is places.marker))


def milestone_state_options(
    document: Document, key: MilestoneKey, state: MilestoneState, *, tasks_say: MilestoneState | None
) -> Iterator[Option]:
    """Ways to make a milestone's own words say a state. ``tasks_say`` is what its tasks say by themselves then.

    Raises :class:`NoPlace` where tasks are open though it shall be closed, and where nothing could say it.
    """
    places = document.milestone_places[key]
    if places.box is None and state is MilestoneState.CLOSED and tasks_say is MilestoneState.OPEN:
        raise NoPlace("tasks of the milestone are still open")
    edits = tuple(following_edits(document, key, state))
    if edits or tasks_say is state:
        yield Option(edits)
        return
    sibling = _sibling_marker(document, key)
    if sibling is None:
        raise NoPlace("its tasks say otherwise, and no heading of this kind carries a status")
    sign = _commonest(_markers(document, state)) or document.source.spelled(_SIGNS[state])
    if sibling.start < document.milestone_places[_owner(document, sibling)].title.start:
        yield Option((Edit(places.title.start, places.title.start, sign + b" "),))
    else:
        end = places.line.start + len(
            document.source.data[places.line.start : places.line.end].rstrip(b" \t")
        )
        yield Option((Edit(end, end, b" " + sign),))


def _as_task(state: MilestoneState) -> TaskState:
    return TaskState.DONE if state is MilestoneState.CLOSED else TaskState.OPEN


def _says(document: Document, span: Span) -> MilestoneState | None:
    """The state that an emoji or a word stands for; a marker may be an emoji with its word."""
    text = document.source.slice(*span)
    word = STATUS_WORDS.get(" ".join(text.casefold().strip("*_ ").split()))
    state = word or next((STATUS_EMOJI[char] for char in text if char in STATUS_EMOJI), None)
    if state is None:
        return None
    return MilestoneState.CLOSED if state.closed else MilestoneState.OPEN


def _spelt(document: Document, span: Span, state: MilestoneState, *, marker: bool) -> bytes:
    """A marker as siblings in this state have it, a word in the case of the old one."""
    source = document.source
    if marker:
        return _commonest(_markers(document, state)) or source.spelled(_SIGNS[state])
    words = (
        source.data[place.start : place.end]
        for place in (document.milestone_places[one.key].status for one in document.outline.milestones)
        if place is not None and _says(document, place) is state
    )
    old = source.slice(*span)
    plain = _WORDS[state]
    return _commonest(words) or source.spelled(
        plain.upper() if old.isupper() else plain.lower() if old.islower() else plain
    )


def _markers(document: Document, state: MilestoneState) -> Iterator[bytes]:
    for milestone in document.outline.milestones:
        place = document.milestone_places[milestone.key].marker
        if place is not None and _says(document, place) is state:
            yield document.source.data[place.start : place.end]


def _sibling_marker(document: Document, key: MilestoneKey) -> Span | None:
    places = (places for other, places in document.milestone_places.items() if other != key)
    return next((place.marker for place in places if place.marker is not None), None)


def _owner(document: Document, marker: Span) -> MilestoneKey:
    return next(key for key, places in document.milestone_places.items() if places.marker == marker)


def _commonest(texts: Iterable[bytes]) -> bytes | None:
    found = Counter(texts).most_common(1)
    return found[0][0] if found else None
