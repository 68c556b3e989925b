"""The audit log as the page shows it: what was done, by run, and what the run happened for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from syncd.daemon.web.page.deltas import Delta, Line, delta, line
from syncd.daemon.web.page.looking import Known
from syncd.model.values import ROADMAP, Uid
from syncd.state import AuditEntry

TRIGGERS: Mapping[str, str] = {
    "start": "when the daemon started",
    "schedule": "on schedule",
    "webhook": "after a webhook",
    "file": "after the file was saved",
    "page": "asked for on this page",
    "retry": "to go on with what was left",
    "cli": "by syncd run",
}
_WORDS: Mapping[str, str] = {
    "write_roadmap": "edited",
    "create_issue": "created",
    "update_issue": "updated",
    "create_milestone": "created milestone",
    "update_milestone": "updated milestone",
    "close_milestone": "closed milestone",
    "create_label": "created label",
    "link": "linked",
    "unlink": "let go",
    "rebase": "agreed on",
}
_ROADMAP_LINE = "line "


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that was done, or was tried. ``place`` is the task's line now, 0 where it has none."""

    at: datetime
    result: str
    word: str
    remote: str
    title: str
    uid: str = ""
    number: int | None = None
    url: str = ""
    place: int = 0
    deltas: tuple[Delta, ...] = ()
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """What one run did. ``why`` is empty for entries of before triggers were kept."""

    at: datetime
    run: str
    why: str
    effects: tuple[Effect, ...]


def deeds(entries: Iterable[AuditEntry], known: Known) -> tuple[Deed, ...]:
    """Runs, newest first as the entries are."""
    found = []
    for run, alike in groupby(entries, key=lambda entry: entry.run):
        mine = list(alike)
        found.append(Deed(mine[-1].at, run, why(run), tuple(_effect(one, known) for one in mine)))
    return tuple(found)


def why(run: str) -> str:
    """What a run happened for: its name begins with its trigger."""
    trigger, dash, _ = run.partition("-")
    return TRIGGERS.get(trigger, "") if dash else run if " " in run else ""


def _effect(entry: AuditEntry, known: Known) -> Effect:
    word = _WORDS.get(entry.kind, entry.kind.replace("_", " "))
    if entry.kind == "write_roadmap":
        return Effect(entry.at, entry.result, word, ROADMAP, entry.title, line=_line(entry))
    uid = entry.uid or Uid("")
    number = entry.ref.number if entry.ref and _of_issue(entry, known) else None
    place = known.places.get(uid)
    return Effect(
        entry.at,
        entry.result,
        word,
        entry.remote,
        entry.title,
        uid,
        number,
        known.addresses.get((entry.remote, number), "") if number is not None else "",
        place.line if place else 0,
        tuple(delta(*one) for one in entry.changes),
    )


def _of_issue(entry: AuditEntry, known: Known) -> bool:
    """Milestones have numbers of their own, and no address that is known; a link may be that of either."""
    linked = known.numbers.get(entry.uid or Uid(""), {})
    return "issue" in entry.kind or (entry.ref is not None and linked.get(entry.remote) == entry.ref.number)


def _line(entry: AuditEntry) -> Line | None:
    number = entry.title.removeprefix(_ROADMAP_LINE)
    if not entry.changes or not number.isdecimal():
        return None
    _, before, after = entry.changes[0]
    return line(int(number), None if before is None else str(before), None if after is None else str(after))
