"""Counters that are wrong: said with the figures they should have, and repaired without touching anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncd.model.changes import Edit
from syncd.model.outline import Milestone, Outline, Reading, Task
from syncd.model.outline import Warning as Notice
from syncd.model.policy import ReadingRules
from syncd.model.values import MilestoneState
from syncd.roadmap.counters import Stale, stale
from syncd.roadmap.editor import splice
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source

_READINGS: Final = 64


@dataclass(frozen=True, slots=True)
class Repair:
    """A roadmap with true counters (the same object if there was nothing to repair).

    ``repaired`` are the findings that are gone, with the places they had; ``edits`` lead from the old bytes to the new.
    """

    document: Document
    edits: tuple[Edit, ...] = ()
    repaired: tuple[Notice, ...] = ()


def stale_counters(document: Document) -> list[Notice]:
    """Every counter that is wrong: ``stale-counter``, or ``counter-unsure`` where nobody can count what it counts."""
    return [_notice(document, one) for one in stale(document)]


def repair(document: Document, rules: ReadingRules, remembered: Reading | None) -> Repair:
    """Give every stale counter the figures it should have; one whose repair changed what is read stays as it is.

    ``rules`` and ``remembered`` are those with which ``document`` was read.
    """
    found = [one for one in stale(document) if not one.unread]
    # The claims of one row of a table share their edits.
    groups = tuple(dict.fromkeys(one.edits for one in found))
    kept = _confirmed(document, groups, rules, remembered)
    edits = tuple(edit for group in kept for edit in group)
    after = _read_with(document, edits, rules, remembered) if edits else document
    if meaning(after.outline) != meaning(document.outline):
        return Repair(document)
    return Repair(after, edits, tuple(_notice(document, one) for one in found if one.edits in kept))


def _confirmed(
    document: Document, groups: tuple[tuple[Edit, ...], ...], rules: ReadingRules, remembered: Reading | None
) -> set[tuple[Edit, ...]]:
    """The repairs after which the file is read as before. Nearly always all of them; else looked for by halves, in so
    many readings at most.
    """
    kept: set[tuple[Edit, ...]] = set()
    waiting = [groups]
    for _ in range(_READINGS):
        if not waiting:
            break
        some = waiting.pop()
        edits = [edit for group in some for edit in group]
        if meaning(_read_with(document, edits, rules, remembered).outline) == meaning(document.outline):
            kept.update(some)
        elif len(some) > 1:
            waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
    return kept


def _read_with(
    document: Document, edits: Sequence[Edit], rules: ReadingRules, remembered: Reading | None
) -> Document:
    data = splice(document.source.data, edits)
    return read(Source.of(data, document.source.path), rules, remembered)


def meaning(outline: Outline) -> tuple[object, ...]:
    """What a file says, and what a repair must leave as it is: all but the counters, which also stand in notes.

    A milestone whose heading said 50 % over tasks that are all done is closed by the truth: its state may follow.
    """
    return (
        outline.title,
        [_milestone(one) for one in outline.milestones],
        [_task(one) for one in outline.unfiled],
        outline.not_tasks,
        outline.boxes,
    )


def _milestone(one: Milestone) -> Milestone:
    return replace(one, state=MilestoneState.OPEN, tasks=tuple(_task(task) for task in one.tasks))


def _task(one: Task) -> Task:
    return replace(one, notes="")


def _notice(document: Document, one: Stale) -> Notice:
    source = document.source
    column = len(source.raw(source.line_start(one.span.start), one.span.start)) + 1
    message = f"says {one.claimed}, a count gives {one.actual}"
    if one.unread:
        some = "1 box" if one.unread == 1 else f"{one.unread} boxes"
        message += f", without {some} that {'is' if one.unread == 1 else 'are'} not read"
    code = "counter-unsure" if one.unread else "stale-counter"
    return Notice(source.line_of(one.span.start), code, message, column)
