"""The ways in which each kind of change can be written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from syncd.model.changes import (
    AddItem,
    AddTask,
    Edit,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import Task, TaskKey
from syncd.model.values import Field, MilestoneState, TaskState, Uid
from syncd.roadmap.claims import claims
from syncd.roadmap.editor.bullet import nested_options
from syncd.roadmap.editor.card import lane_options
from syncd.roadmap.editor.insert import add_item_options
from syncd.roadmap.editor.intent import Intent, tasks_say
from syncd.roadmap.editor.markers import milestone_state_options
from syncd.roadmap.editor.metadata import due_edit, metadata_options
from syncd.roadmap.editor.move import move_options
from syncd.roadmap.editor.newcomer import add_task_options
from syncd.roadmap.editor.option import NoPlace, Option, replaced
from syncd.roadmap.editor.splice import splice
from syncd.roadmap.editor.state import state_options, tick_option
from syncd.roadmap.editor.title import title_options
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import Span

UNCHANGED = Option()


def ways(
    document: Document, change: RoadmapChange, intent: Intent, leaving: frozenset[TaskKey]
) -> Iterator[Option]:
    """The options of a change, the best first; raises :class:`NoPlace` where there is none.

    ``intent`` is what is wanted so far (a milestone's state depends on its tasks); ``leaving``: tasks that move away.
    """
    match change:
        case SetTask():
            yield from _set_task(document, change, intent)
        case MoveTask():
            yield from _move(document, change, intent, leaving)
        case TickItem(key, item, done):
            same = intent.tasks[key].task.checklist[item].done == done
            yield UNCHANGED if same else tick_option(document, _task(document, key), item, done)
        case AddItem(key):
            task = _task(document, key)
            bullet = document.places[key].bullet is not None
            yield from (nested_options if bullet else add_item_options)(document, task, change)
        case AddTask():
            if change.heading and intent.brings(change.heading):
                raise NoPlace("another task brings this milestone, and this one comes after it")
            yield from add_task_options(document, change, leaving)
        case SetMilestone():
            yield from _milestone(document, change, intent)
        case StampTask(key, uid):
            yield from _stamps(document, key, uid)
        case _:
            assert_never(change)


def _set_task(document: Document, change: SetTask, intent: Intent) -> Iterator[Option]:
    task = _task(document, change.task)
    if intent.tasks[change.task].task.value(change.field) == change.after:
        yield UNCHANGED
    elif change.field is Field.TITLE:
        yield from _titles(document, change)
    elif change.field is Field.STATE:
        state = TaskState(str(change.after))
        yield from lane_options(document, task, state)
        yield from state_options(document, task, state)
    else:
        yield from metadata_options(document, task, change.field, change.after)


def _move(
    document: Document, change: MoveTask, intent: Intent, leaving: frozenset[TaskKey]
) -> Iterator[Option]:
    if intent.tasks[change.task].task.milestone == change.milestone:
        yield UNCHANGED
    else:
        yield from move_options(document, _task(document, change.task), change, leaving)


def _task(document: Document, key: TaskKey) -> Task:
    return next(task for task in document.outline.tasks() if task.key == key)


def _titles(document: Document, change: SetTask) -> Iterator[Option]:
    task, places = _task(document, change.task), document.places[change.task]
    options = title_options(
        document.source,
        places.title,
        task.title,
        str(change.after),
        keep=places.values.values(),
        in_row=task.kind == "row",
    )
    return _counting_the_same(document, places.line, options) if task.kind == "heading" else options


def _counting_the_same(document: Document, line: Span, options: Iterator[Option]) -> Iterator[Option]:
    """The options in which a heading has no counter that it had not: ``50% done`` of a title is none."""
    data = document.source.data
    before = _counters(data[line.start : line.end])
    for option in options:
        edits = [Edit(one.start - line.start, one.end - line.start, one.text) for one in option.edits]
        if _counters(splice(data[line.start : line.end], edits)) == before:
            yield option


def _counters(line: bytes) -> list[tuple[int | None, ...]]:
    text = line.decode("utf-8", "surrogateescape")
    return [claim.numbers(text) for claim in claims(text, heading=True)]


def _milestone(document: Document, change: SetMilestone, intent: Intent) -> Iterator[Option]:
    places = document.milestone_places[change.milestone]
    wanted = intent.milestones[change.milestone]
    match change.field:
        case Field.TITLE:
            if wanted.title == change.after:
                yield UNCHANGED
            elif places.in_html:
                raise NoPlace("the title stands in HTML, where text cannot be made harmless")
            else:
                options = title_options(document.source, places.title, wanted.title, str(change.after))
                yield from _counting_the_same(document, places.line, options)
        case Field.STATE:
            state = MilestoneState(str(change.after))
            say = tasks_say([one.task for one in intent.places[change.milestone]])
            yield from milestone_state_options(document, change.milestone, state, tasks_say=say)
        case Field.DUE:
            old = next(one.due for one in document.outline.milestones if one.key == change.milestone)
            yield Option((replaced(*due_edit(document.source, places.due, old, change.after)),))
        case _:
            raise NoPlace(f"a milestone has no {change.field.value}")


def _stamps(document: Document, key: TaskKey, uid: Uid) -> Iterator[Option]:
    """A hidden comment at the end of the task's first line; in a table at the end of the title's cell."""
    task, places = _task(document, key), document.places[key]
    if task.stamp == uid:
        yield UNCHANGED
        return
    if task.stamp is not None:
        raise NoPlace("the task carries another stamp")
    stamp = f" <!-- syncd:{uid} -->".encode()
    line = document.source.data[places.line.start : places.line.end]
    if (task.kind != "row" or places.bullet is not None) and not line.rstrip().endswith(b"#"):
        at = places.line.start + len(line.rstrip())
        yield Option((Edit(at, at, stamp),))
    yield Option((Edit(places.title.end, places.title.end, stamp),))
