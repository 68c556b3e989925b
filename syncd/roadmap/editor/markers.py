"""Milestones whose state follows their tasks: the heading's marker and status word follow too, as siblings write them.

A heading that says nothing of its state stays so, unless its tasks cannot say what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from syncd.model.changes import Edit
from syncd.model.outline import MilestoneKey
from syncd.model.values import MilestoneState, TaskState
from syncd.roadmap.editor.language import ENGLISH, in_case_of, language_of
from syncd.roadmap.editor.option import NoPlace, Option, replaced
from syncd.roadmap.editor.state import EMOJI, commonest, mark, said_state
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import MilestonePlaces, Span

_WORDS: Final = {MilestoneState.CLOSED: "Complete", MilestoneState.OPEN: "In Progress"}
_STATES: Final = {MilestoneState.CLOSED: TaskState.DONE, MilestoneState.OPEN: TaskState.IN_PROGRESS}
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
        if span is None or _of_counter(document, places, span):
            continue
        if _says(document, span) not in (state, None):
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
    words = [span for span in (places.marker, places.status) if span is not None]
    if edits or tasks_say is state or any(_says(document, span) is state for span in words):
        yield Option(edits)
        return
    sibling = _sibling_marker(document, key)
    if sibling is None:
        raise NoPlace("its tasks say otherwise, and no heading of this kind carries a status")
    sign = commonest(_markers(document, state)) or document.source.spelled(_SIGNS[state])
    if sibling.start < document.milestone_places[_owner(document, sibling)].title.start:
        yield Option((Edit(places.title.start, places.title.start, sign + b" "),))
    else:
        end = places.line.start + len(
            document.source.data[places.line.start : places.line.end].rstrip(b" \t")
        )
        yield Option((Edit(end, end, b" " + sign),))


def new_marker(document: Document, state: MilestoneState) -> tuple[bytes, bool]:
    """The marker of a new milestone, if all others carry one, and whether it stands before the title."""
    places = list(document.milestone_places.values())
    if not places or any(one.marker is None for one in places):
        return b"", False
    sign = commonest(_markers(document, state)) or document.source.spelled(_SIGNS[state])
    last = places[-1]
    return sign, last.marker is not None and last.marker.start < last.title.start


def _as_task(state: MilestoneState) -> TaskState:
    return TaskState.DONE if state is MilestoneState.CLOSED else TaskState.OPEN


def _says(document: Document, span: Span) -> MilestoneState | None:
    """The state that a marker or a status word of a heading says."""
    state = said_state(document, span)
    if state is None:
        return None
    return MilestoneState.CLOSED if state.closed else MilestoneState.OPEN


def _of_counter(document: Document, places: MilestonePlaces, span: Span) -> bool:
    """Whether a word belongs to a counter: ``75% Complete`` says how much, and the counter says it."""
    data = document.source.data
    return any(one.end <= span.start and not data[one.end : span.start].strip() for one in places.counters)


def _spelt(document: Document, span: Span, state: MilestoneState, *, marker: bool) -> bytes:
    """A marker as siblings in this state have it, a word in the case of the old one."""
    source = document.source
    if marker:
        return commonest(_markers(document, state)) or source.spelled(_SIGNS[state])
    words = (
        source.data[place.start : place.end] for place in _words(document) if _says(document, place) is state
    )
    old = source.slice(*span)
    language = language_of(old)
    plain = _WORDS[state] if language is ENGLISH else language.words[_STATES[state]]
    return commonest(words) or source.spelled(in_case_of(old, plain))


def _words(document: Document) -> Iterator[Span]:
    """The status words of all milestones that stand by themselves."""
    for places in document.milestone_places.values():
        if places.status is not None and not _of_counter(document, places, places.status):
            yield places.status


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
