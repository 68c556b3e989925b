"""Marks, markers and status words: how this file writes a state, taken from what it already does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from syncd.model.changes import Edit
from syncd.model.outline import Task
from syncd.model.values import TaskState
from syncd.roadmap.editor.language import in_case_of, language_of
from syncd.roadmap.editor.option import NoPlace, Option, replaced
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.words import STATUS_EMOJI, STATUS_WORDS
from syncd.roadmap.places import ItemPlaces, Span, TaskPlaces

_MARKS: Final[Mapping[TaskState, str]] = {
    TaskState.OPEN: " ",
    TaskState.IN_PROGRESS: "~",
    TaskState.DONE: "x",
    TaskState.DROPPED: "-",
}
EMOJI: Final[Mapping[TaskState, str]] = {
    TaskState.OPEN: "⏳",
    TaskState.IN_PROGRESS: "🚧",
    TaskState.DONE: "✅",
    TaskState.DROPPED: "🚫",
}
_WORD: Final = re.compile(r"[^\W\d_](?:[\w' -]*\w)?")
_JOINT_BEFORE: Final = re.compile(rb"(?:[ \t]+(?:-+|\xe2\x80[\x93\x94]|[|:]))?[ \t]*\Z")
_JOINT_BEHIND: Final = re.compile(rb"[ \t]*(?:(?:-+|\xe2\x80[\x93\x94]|[|:])[ \t]+)?")
_SHORT: Final[Mapping[TaskState, str]] = {
    TaskState.OPEN: "todo",
    TaskState.IN_PROGRESS: "in progress",
    TaskState.DONE: "done",
    TaskState.DROPPED: "cancelled",
}
_SHORT_WORDS: Final = frozenset({"todo", "to do", "to-do", "done", "doing", "wip"})
_STRUCK: Final = re.compile(rb"~~(?=\S).+(?<=\S)~~", re.DOTALL)


def mark(document: Document, state: TaskState, near: int) -> bytes:
    """The inside of the brackets that this file uses for a state: the case and sign of its own boxes, nearest first."""
    line = document.source.line_of(near)
    tasks = sorted(
        (abs(task.line - line), task.key)
        for task in document.outline.tasks()
        if task.state is state or any(item.state is state for item in task.checklist)
    )
    by_key = {task.key: task for task in document.outline.tasks()} if tasks else {}
    for _, key in tasks:
        for span, shown in sorted(_boxes(document, by_key[key]), key=lambda box: abs(box[0].start - near)):
            text = document.source.data[span.start : span.end]
            if shown is state and text and (text.strip() or state is TaskState.OPEN):
                return text
    return _MARKS[state].encode()


def _boxes(document: Document, task: Task) -> Iterator[tuple[Span, TaskState]]:
    places = document.places[task.key]
    if places.mark is not None:
        yield places.mark, task.state
    for item, at in zip(task.checklist, places.items, strict=True):
        yield at.mark, item.state


def state_options(document: Document, task: Task, state: TaskState) -> Iterator[Option]:
    """Ways to bring a task into a state; raises :class:`NoPlace` if nothing in the text says it."""
    places = document.places[task.key]
    if places.mark is not None and task.kind != "heading":
        tick = replaced(places.mark, mark(document, state, places.mark.start))
        # `[x] ~~text~~` is done; without its tick it would be dropped.
        wrong = task.state is TaskState.DROPPED or not state.closed
        struck = tuple(_unstruck(document, places)) if wrong else ()
        yield Option((tick, *struck, *_box_words(document, task, places, state)))
        yield Option((tick, *struck))
        return
    edits = tuple(state_edits(document, task, state))
    if not edits and task.kind == "row":
        raise NoPlace("its status cell says nothing that is known, and is left as it is")
    if not edits:
        raise NoPlace("its state follows from its boxes, and neither it nor its siblings carry a status")
    yield Option(edits)


def state_edits(document: Document, task: Task, state: TaskState) -> Iterator[Edit]:
    """Whatever in the text of a task says its state; nothing if nothing does."""
    places = document.places[task.key]
    if task.kind == "row" and places.mark is None and places.marker is None:
        return
    if places.mark is None or task.kind == "heading":
        yield from _heading_edits(document, task, places, state)
    elif task.kind == "box":
        yield replaced(places.mark, mark(document, state, places.mark.start))


def tick_option(document: Document, task: Task, item: int, done: bool) -> Option:
    """Tick or untick one checklist item."""
    place = document.places[task.key].items[item]
    state = TaskState.DONE if done else TaskState.OPEN
    if place.marker is not None:
        return Option((replaced(place.marker, said_as(document, task, place.marker, state)),))
    return Option((replaced(place.mark, mark(document, state, place.mark.start)),))


def _unstruck(document: Document, places: TaskPlaces) -> Iterator[Edit]:
    """A dropped task that is struck through: the strokes go."""
    if places.item is not None:
        found = _STRUCK.search(document.source.data, places.item.mark.end, places.item.block.end)
        if found and found.start() <= places.item.content.start + 2 and found.end() >= places.title.end:
            yield Edit(found.start(), found.start() + 2, b"")
            yield Edit(found.end() - 2, found.end(), b"")


def _box_words(document: Document, task: Task, places: TaskPlaces, state: TaskState) -> Iterator[Edit]:
    """What a box says of its state in words too becomes what siblings in this state say, or goes."""
    if places.status is not None:
        yield replaced(places.status, _status_value(document, places.status, state))
    for said in said_spans(document, places):
        text = _words_of(document, task, state)
        if said_state(document, said) is state:
            continue
        if text is not None:
            yield replaced(said, text)
        elif state is not TaskState.OPEN and not document.source.data[said.start : said.end].isascii():
            yield replaced(said, document.source.spelled(EMOJI[state]))
        else:
            yield replaced(with_joint(document, said), b"")


def said_spans(document: Document, places: TaskPlaces | ItemPlaces) -> list[Span]:
    """Where a title says a state, each with its bold marks: ``✅ **COMPLETED**`` is one."""
    data = document.source.data
    spans = sorted(one.span for one in places.decorations if one.kind in ("emoji", "status"))
    if places.marker is not None and places.marker not in spans:
        spans = sorted([*spans, places.marker])
    found: list[Span] = []
    for span in spans:
        if found and not data[found[-1].end : span.start].strip(b" \t*_"):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return [_with_wrap(document, span) for span in found]


def said_state(document: Document, span: Span) -> TaskState | None:
    """The state that an emoji, a word, or both stand for; the word counts more."""
    text = document.source.slice(*span)
    word = " ".join(re.findall(r"[\w'-]+", text.casefold()))
    return STATUS_WORDS.get(word) or next((STATUS_EMOJI[char] for char in text if char in STATUS_EMOJI), None)


def _words_of(document: Document, task: Task, state: TaskState) -> bytes | None:
    """What other tasks of this kind in this state carry."""
    texts = (
        document.source.data[said.start : said.end]
        for other in document.outline.tasks()
        if other.kind == task.kind
        and other.state is state
        and other.key != task.key
        # Another table has a style of its own.
        and (task.kind != "row" or other.milestone == task.milestone)
        for said in said_spans(document, document.places[other.key])[:1]
    )
    if task.kind != "row":
        return commonest(texts)
    # An emoji beside code stands with ticks between them: put into code, it would bring more.
    ticked = any(
        b"`" in document.source.data[said.start : said.end]
        for said in said_spans(document, document.places[task.key])[:1]
    )
    return commonest(text for text in texts if (b"`" in text) == ticked)


def _with_wrap(document: Document, span: Span) -> Span:
    """A span with the bold or emphasis marks that belong to it: ``✅ **COMPLETED**``."""
    data = document.source.data
    for sign in (b"***", b"**", b"__", b"*", b"_"):
        if data.startswith(sign, span.end):
            inside = data[span.start : span.end].count(sign)
            if data.endswith(sign, 0, span.start) and not inside:
                return Span(span.start - len(sign), span.end + len(sign))
            if inside % 2:
                return Span(span.start, span.end + len(sign))
    return span


def with_joint(document: Document, span: Span) -> Span:
    """A span with the blanks and the dash that set it off, before it, or behind it if it begins the text."""
    data = document.source.data
    begins = data[: span.start].rstrip(b" \t").endswith((b"]", b"#"))
    if begins and (behind := _JOINT_BEHIND.match(data, span.end)):
        return Span(span.start, behind.end())
    line = document.source.line_start(span.start)
    if (
        not data[line : span.start].strip()
        and not data[span.end : document.source.line_end(span.end)].strip()
    ):
        # A continuation line that says nothing else goes as a whole, with the line ending before it.
        return Span(document.source.line_end(line - 1), document.source.line_end(span.end))
    before = _JOINT_BEFORE.search(data, line, span.start)
    return Span(before.start(), span.end) if before else span


def _heading_edits(document: Document, task: Task, places: TaskPlaces, state: TaskState) -> Iterator[Edit]:
    """Whatever says the state of a heading task: status line and marker; else a marker like its siblings'."""
    source = document.source
    if places.status_mark is not None:
        yield replaced(places.status_mark, mark(document, state, places.status_mark.start))
    elif places.status is not None:
        yield replaced(places.status, _status_value(document, places.status, state))
    known = _words_of(document, task, state)
    said = said_spans(document, places)
    for span in said:
        if said_state(document, span) is not state:
            new = known or source.spelled(like(source.slice(*span), state))
            yield replaced(span, said_as(document, task, span, state) if places.bullet else new)
    # One without boxes, and in no lane, can say its state in no other way.
    bare = task.kind == "heading" and not task.checklist and not document.lanes
    if not said and places.status is None and (bare or _sibling_is_marked(document, task)):
        end = places.line.start + len(source.data[places.line.start : places.line.end].rstrip(b" \t"))
        yield Edit(end, end, b" " + (known or source.spelled(EMOJI[state])))


def heading_marker(document: Document, sibling: Task, state: TaskState) -> bytes:
    """What a new heading task carries behind its title: a marker where its siblings carry one, or it is not open."""
    marked = document.places[sibling.key].marker is not None or _sibling_is_marked(document, sibling)
    if not marked and (document.lanes or state is TaskState.OPEN):
        return b""
    return _words_of(document, sibling, state) or document.source.spelled(EMOJI[state])


def row_state(document: Document, sibling: Task, state: TaskState) -> bytes:
    """What a row says of a state where its sibling has its mark, or its word or emoji."""
    places = document.places[sibling.key]
    if places.mark is not None:
        return mark(document, state, places.mark.start)
    if sibling.state is state and places.marker is not None:
        return document.source.data[places.marker.start : places.marker.end]
    said = document.source.slice(*places.marker) if places.marker is not None else ""
    return _words_of(document, sibling, state) or document.source.spelled(like(said, state))


def said_as(document: Document, task: Task, span: Span, state: TaskState) -> bytes:
    """What a bullet says of a state in place of what it says now: as others do whose state looks alike, those of its
    milestone first.
    """
    source = document.source
    old = source.data[span.start : span.end]
    if said_state(document, span) is state:
        return old
    near: list[bytes] = []
    far: list[bytes] = []
    for other in document.outline.tasks():
        places = document.places[other.key]
        if other.state is state and other.key != task.key and places.bullet is not None:
            texts = near if other.milestone == task.milestone else far
            texts += [source.data[said.start : said.end] for said in said_spans(document, places)[:1]]
    alike = (commonest(text for text in texts if _frame(text) == _frame(old)) for texts in (near, far))
    known = next((text for text in alike if text is not None), None)
    if known is not None:
        return known
    meant = source.slice(*span)
    if meant.strip("*_").casefold() in _SHORT_WORDS:
        return source.spelled(_WORD.sub(lambda word: in_case_of(word[0], _SHORT[state]), meant, count=1))
    return source.spelled(like(meant, state))


def _frame(text: bytes) -> tuple[bool, bytes]:
    """Whether a state is said in plain letters, and the signs around it."""
    return text.isascii(), b"".join(re.findall(rb"[*_~]+", text))


def _sibling_is_marked(document: Document, task: Task) -> bool:
    """Whether a heading task of the same milestone carries a marker behind its title."""
    return any(
        (marker := document.places[other.key].marker) is not None
        and marker.start >= document.places[other.key].title.end
        for other in document.outline.tasks()
        if other.milestone == task.milestone and other.kind == "heading"
    )


def _status_value(document: Document, place: Span, state: TaskState) -> bytes:
    """What other ``**Status**`` lines say of this state; else plain words, with an emoji if the old had one."""
    source = document.source
    others = (
        source.data[span.start : span.end]
        for other in document.outline.tasks()
        if other.state is state and (span := document.places[other.key].status) is not None
    )
    own = source.slice(*place)
    return commonest(others) or source.spelled(like(own, state))


def like(old: str, state: TaskState) -> str:
    """A state said as another was: with an emoji, a word in its language and case, or both, in the same mark-up."""
    sign = next((char for char in old if char in STATUS_EMOJI), None)
    if sign is not None:
        old = re.sub(f"{sign}\ufe0f?", EMOJI[state], old, count=1)
    return _WORD.sub(lambda word: in_case_of(word[0], language_of(word[0]).words[state]), old, count=1)


def commonest(texts: Iterable[bytes]) -> bytes | None:
    found = Counter(texts).most_common(1)
    return found[0][0] if found else None
