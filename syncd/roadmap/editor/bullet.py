"""New bullets in a file without boxes: they say their state as those beside them do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncd.model.changes import AddItem
from syncd.model.outline import Task
from syncd.model.values import TaskState
from syncd.roadmap.editor.escape import spellings
from syncd.roadmap.editor.insert import columns, following, restarted
from syncd.roadmap.editor.option import NoPlace, Option, inserted, line_ending
from syncd.roadmap.editor.state import said_as, said_spans
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import ItemPlaces, Span, TaskPlaces


def bullet_like(document: Document, siblings: Sequence[Task], state: TaskState, text: bytes) -> bytes:
    """A line like that of the last sibling, with the next number, without its bold."""
    data, last = document.source.data, siblings[-1]
    places = document.places[last.key]
    bullets = [one for task in siblings[-2:] if (one := document.places[task.key].bullet) is not None]
    front = data[places.line.start : bullets[-1].start] + _next(document, bullets)
    return front + _behind_bullet(document, last, places, state, text)


def nested_options(document: Document, task: Task, change: AddItem) -> Iterator[Option]:
    """Ways to append a bullet to those nested in a task's: like the last of them, or as the first."""
    texts = list(spellings(change.text))
    if not texts:
        raise NoPlace("the text is empty, or is not text")
    source, places = document.source, document.places[task.key]
    state = TaskState.DONE if change.done else TaskState.OPEN
    if places.items:
        last: TaskPlaces | ItemPlaces = places.items[-1]
        beside = [one.bullet for one in places.items[-2:]]
        front = source.data[places.items[-1].indent.start : beside[-1].start] + _next(document, beside)
    else:
        last, front = places, _first(document, places)
    at = places.end_of_items
    eol = line_ending(source, max(at - 1, 0))
    for text in texts:
        line = front + _behind_bullet(document, task, last, state, source.spelled(text))
        yield Option((inserted(source, at, line + eol, eol),))


def _first(document: Document, places: TaskPlaces) -> bytes:
    """The bullet of a nested list that begins, as deep as the text around it."""
    data = document.source.data
    own = places.bullet or places.line
    bullet = data[own.start : own.end]
    behind = data[own.end : places.line.end]
    gap = behind[: len(behind) - len(behind.lstrip(b" \t"))]
    depth = columns(data[places.line.start : own.end] + gap)
    return b" " * depth + (bullet if restarted(bullet) == bullet and len(bullet) == 1 else b"-")


def _next(document: Document, bullets: Sequence[Span]) -> bytes:
    return following([document.source.data[one.start : one.end] for one in bullets])


def _behind_bullet(
    document: Document, task: Task, like: TaskPlaces | ItemPlaces, state: TaskState, text: bytes
) -> bytes:
    """What stands behind the bullet of a line like another: the state before or behind the text, as it is there."""
    data = document.source.data
    title = like.title if isinstance(like, TaskPlaces) else like.text
    begins = (like.bullet or like.line).end
    said = next(iter(said_spans(document, like)), title)
    value = said_as(document, task, said, state)
    if said.end <= title.start:
        return data[begins : said.start] + value + data[said.end : title.start].rstrip(b"*_~") + text
    gap = data[begins : title.start].rstrip(b"*_~")
    return gap + text + data[title.end : said.start].lstrip(b"*_~") + value
