"""Outlines in a notation of their own, so that the tests of matching do not lean on the reading rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from syncd.model.links import Ledger, Link, Pair
from syncd.model.outline import ChecklistItem, Milestone, MilestoneKey, Outline, Task, TaskKey
from syncd.model.remote import Ref
from syncd.model.values import Field, MilestoneState, TaskState, Uid
from syncd.plan.match import match, remember
from syncd.plan.world import Matching

_IDENTIFIER = re.compile(r"^(?:Task )?(\d+\.\d+|T\d{3}|US-\d+)\b")
_STAMP = re.compile(r"\s*<(\S+)>$")


@dataclass
class _Rows:
    tasks: list[tuple[Task, int | None]] = field(default_factory=list)
    headings: list[tuple[str, int, Uid | None]] = field(default_factory=list)
    section: tuple[str, ...] = ()


def sheet(text: str) -> Outline:
    """``# milestone``, ``## section``, ``- task`` or ``x task`` (done), each with its ``<stamp>`` at the end.

    ``+ item`` is an item of the checklist of the task above.
    """
    rows = _Rows()
    for line, raw in enumerate(text.strip("\n").split("\n"), 1):
        row = raw.strip()
        stamp = Uid(found[1]) if (found := _STAMP.search(row)) else None
        row = _STAMP.sub("", row)
        if row.startswith("## "):
            rows.section = (row[3:],)
        elif row.startswith("# "):
            rows.section = ()
            rows.headings.append((row[2:], line, stamp))
        elif row.startswith("+ "):
            task, home = rows.tasks[-1]
            item = ChecklistItem(row[2:], TaskState.OPEN, line)
            rows.tasks[-1] = replace(task, checklist=(*task.checklist, item)), home
        elif row:
            _add(rows, row, line, stamp)
    return Outline(
        milestones=tuple(
            Milestone(
                MilestoneKey(place),
                title,
                MilestoneState.OPEN,
                line,
                stamp=stamp,
                tasks=tuple(task for task, home in rows.tasks if home == place),
            )
            for place, (title, line, stamp) in enumerate(rows.headings)
        ),
        unfiled=tuple(task for task, home in rows.tasks if home is None),
    )


def _add(rows: _Rows, row: str, line: int, stamp: Uid | None) -> None:
    home = len(rows.headings) - 1 if rows.headings else None
    title = row[2:]
    identifier = found[1] if (found := _IDENTIFIER.match(title)) else None
    task = Task(
        TaskKey(len(rows.tasks)),
        title,
        TaskState.DONE if row.startswith("x") else TaskState.OPEN,
        line,
        "box",
        None if home is None else MilestoneKey(home),
        identifier,
        section=rows.section,
        stamp=stamp,
    )
    rows.tasks.append((task, home))


def synced(text: str | Outline, before: Ledger | None = None) -> Ledger:
    """The state after a run on this sheet; a new task's uid is ``t`` and a running number, a milestone's ``m``.

    A task with a checklist is linked, on the checklist as it stands.
    """
    ledger = before or Ledger("main", "lineage")
    outline = sheet(text) if isinstance(text, str) else text
    matching = match(outline, ledger)
    tasks, milestones = remember(outline, matching)
    names: dict[Uid, Uid] = {}

    def mint(uid: Uid) -> Uid:
        if not uid.startswith("+"):
            return uid
        kind = uid[1]
        number = sum(one.startswith(kind) for one in (*ledger.tasks, *ledger.milestones, *names.values()))
        return names.setdefault(uid, Uid(f"{kind}{number}"))

    kept = [
        replace(one, uid=mint(one.uid), milestone=None if one.milestone is None else mint(one.milestone))
        for one in tasks
    ]
    linked = [
        _link(mint(matching.tasks[task.key]), number, task)
        for number, task in enumerate(outline.tasks(), 1)
        if task.checklist
    ]
    return replace(
        ledger,
        serial=ledger.serial + 1,
        links=tuple({(link.uid, link.remote): link for link in (*ledger.links, *linked)}.values()),
        tasks={
            **ledger.tasks,
            **{one.uid: replace(one, removed=one.uid in matching.gone) for one in kept},
        },
        milestones={
            **ledger.milestones,
            **{mint(one.uid): replace(one, uid=mint(one.uid)) for one in milestones},
            **{
                uid: replace(one, removed=True)
                for uid, one in ledger.milestones.items()
                if uid in matching.gone
            },
        },
    )


def _link(uid: Uid, number: int, task: Task) -> Link:
    checklist = task.value(Field.CHECKLIST)
    return Link(uid, "hub", Ref(number, f"I_{number}"), base={Field.CHECKLIST: Pair(checklist, checklist)})


@dataclass(frozen=True)
class Seen:
    """A matching told by titles: the uid of a line by its text (the first of equal ones), and all uids in order."""

    matching: Matching
    order: list[Uid]
    by_title: dict[str, Uid]
    headings: dict[str, Uid]


def seen(text: str, ledger: Ledger) -> Seen:
    """Match a sheet against a state."""
    outline = sheet(text)
    matching = match(outline, ledger)
    order = [matching.tasks[task.key] for task in outline.tasks()]
    titles: dict[str, Uid] = {}
    for task in outline.tasks():
        titles.setdefault(task.title, matching.tasks[task.key])
    headings = {one.title: matching.milestones[one.key] for one in outline.milestones}
    return Seen(matching, order, titles, headings)
