"""Is what was written read as what was meant? Everything is compared, also what nobody wanted to touch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Final, NamedTuple

from syncd.model.outline import ChecklistItem, MilestoneKey, TaskKey
from syncd.model.values import Uid
from syncd.roadmap.editor.intent import Intent, Wanted, WantedMilestone
from syncd.roadmap.outline.document import Document

_ATTRIBUTES: Final = (
    "title", "state", "kind", "identifier", "section", "checklist", "notes",
    "labels", "estimate", "due", "assignees", "refs", "stamp",
)  # fmt: skip

_DIGITS: Final = re.compile(r"\d+")
_plain: Final = attrgetter(*(name for name in _ATTRIBUTES if name != "checklist"))


class Confirmed(NamedTuple):
    """The new reading, and who is who in it."""

    document: Document
    keys: Mapping[TaskKey, TaskKey]
    added: Mapping[Uid, TaskKey]
    milestone_keys: Mapping[MilestoneKey, MilestoneKey]


class Misread(NamedTuple):
    """Why a text does not carry what was meant, for people."""

    reason: str


def confirm(intent: Intent, document: Document) -> Confirmed | Misread:
    """The new reading if it says exactly what was wanted, else the first thing in which it differs."""
    wanted, found = list(intent.all()), list(document.outline.tasks())
    milestones = list(intent.milestones.values())
    if len(document.outline.milestones) != len(milestones):
        return Misread(
            f"the file would have {len(document.outline.milestones)} milestones, not {len(milestones)}"
        )
    if len(found) != len(wanted):
        return Misread(f"the file would have {len(found)} tasks, not {len(wanted)}")
    differences = (
        *_elsewhere(intent, document),
        *_in_milestones(milestones, document),
        *_in_tasks(wanted, document),
    )
    for difference in differences:
        return Misread(f"written, it would be read differently: {difference}")
    pairs = list(zip(wanted, found, strict=True))
    return Confirmed(
        document,
        {one.key: task.key for one, task in pairs if one.key is not None},
        {one.uid: task.key for one, task in pairs if one.uid is not None},
        {one.key: new.key for one, new in zip(milestones, document.outline.milestones, strict=True)},
    )


def _elsewhere(intent: Intent, document: Document) -> Iterator[str]:
    before, after = intent.document.outline, document.outline
    sizes = [len(intent.places[key]) for key in intent.milestones]
    if [len(one.tasks) for one in after.milestones] != sizes:
        yield "tasks in other milestones"
    if after.boxes != intent.boxes:
        yield f"{after.boxes} boxes instead of {intent.boxes}"
    renamed = {one.title: intent.milestones[one.key].title for one in before.milestones}
    # The one milestone of a file may be its title (§3, rule 3); and where one loses all its tasks, the last one that
    # has any looks like the title.
    emptied = any(one.tasks and not intent.places[one.key] for one in before.milestones)
    titles = [one.title for one in intent.milestones.values()] if emptied else []
    if after.title not in (before.title, renamed.get(before.title), *titles):
        yield "the title of the document"
    if [(one.boxes, one.reason) for one in after.not_tasks] != [
        (one.boxes, one.reason) for one in before.not_tasks
    ]:
        yield "boxes that are not tasks"


def _in_milestones(wanted: list[WantedMilestone], document: Document) -> Iterator[str]:
    for one, new in zip(wanted, document.outline.milestones, strict=True):
        if new.title != one.title:
            yield f"milestone {new.title!r} instead of {one.title!r}"
        if one.state is not None and new.state is not one.state:
            yield f"milestone {one.title!r} {new.state.value} instead of {one.state.value}"
        if new.due != one.due:
            yield f"another due date of milestone {one.title!r}"


def _in_tasks(wanted: list[Wanted], document: Document) -> Iterator[str]:
    for one, new in zip(wanted, document.outline.tasks(), strict=True):
        if _plain(one.task) == _plain(new) and not one.task.checklist and not new.checklist:
            continue
        for name in _ATTRIBUTES:
            meant, read = getattr(one.task, name), getattr(new, name)
            if (
                name == "notes"
                and "numbers" in one.loose
                and isinstance(meant, str)
                and isinstance(read, str)
            ):
                meant, read = _DIGITS.sub("#", meant), _DIGITS.sub("#", read)
            if not _same(name, meant, read, loose=name in one.loose):
                yield f"{name} of {one.task.title!r} is {_brief(read)}"


def _same(name: str, meant: object, read: object, *, loose: bool) -> bool:
    if name == "checklist" and isinstance(meant, tuple) and isinstance(read, tuple):
        return [_item(one) for one in meant] == [_item(one) for one in read]
    if name in ("labels", "assignees") and isinstance(meant, tuple) and isinstance(read, tuple):
        return set(read) <= set(meant) if loose else sorted(meant) == sorted(read)
    if not loose:
        return meant == read
    match name:
        # What stood in the old title may have gone with it; nothing may have come in.
        case "due" | "estimate":
            return read is None or read == meant
        case "refs":
            return set(_tuple(read)) <= set(_tuple(meant))
        case _:
            return True


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _item(item: ChecklistItem) -> tuple[object, ...]:
    return item.text, item.state, item.depth, item.group


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
