"""What the pages show, made of what is known. Pure: times and everything else are arguments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from syncd.config import Settings
from syncd.daemon.board import Standing
from syncd.daemon.deliveries import Heard
from syncd.daemon.finished import Finished
from syncd.daemon.inbox import Plight
from syncd.daemon.web.page.bars import counted
from syncd.daemon.web.page.deltas import parts
from syncd.daemon.web.page.history import TRIGGERS
from syncd.daemon.web.page.looking import Known, Progress
from syncd.daemon.web.page.plans import Waiting, held
from syncd.model.links import Contest
from syncd.model.remote import Budget
from syncd.model.values import ROADMAP, Field, Uid

Tone = Literal["good", "busy", "warn", "bad", "calm"]

_STATUS: Mapping[str, tuple[Tone, str, str]] = {
    "ok": ("good", "In step", "The last run brought both sides together."),
    "noop": ("good", "In step", "Both sides say the same."),
    "conflict": ("warn", "Waits for you", "What both sides changed is left alone until somebody decides."),
    "refused": ("warn", "Waits for you", "A plan is over a limit, and waits for somebody to approve it."),
    "partial": ("bad", "Incomplete", "Part of it could not be done. The next run goes on with it."),
    "later": ("calm", "Later", "It could not be done just now, and is tried again."),
    "stopped": ("calm", "Stopped", "The daemon ended during the run. The next one goes on."),
    "error": ("bad", "Failed", "The last run could not do what it should."),
}
_DONE: Mapping[str, tuple[str, str]] = {
    "create_issue": ("issue", "created"),
    "update_issue": ("issue", "updated"),
    "create_milestone": ("milestone", "created"),
    "update_milestone": ("milestone", "updated"),
    "close_milestone": ("milestone", "closed"),
    "create_label": ("label", "created"),
    "link": ("link", "made"),
    "unlink": ("link", "ended"),
}
_TROUBLE = {"skipped": "left for later", "rejected": "refused by the remote", "unknown": "in doubt"}


@dataclass(frozen=True, slots=True)
class Status:
    """How a roadmap stands, in a word and in a sentence."""

    tone: Tone
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Past:
    """The last run. ``troubles`` are what did not come about, with the reasons."""

    started: datetime
    ended: datetime
    why: str
    done: str
    troubles: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The next run: ``word`` says how it comes, ``at`` when, if that is known."""

    word: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One roadmap on the first page."""

    name: str
    file: str
    status: Status
    progress: Progress
    past: Past | None
    next: Next
    failures: int
    conflicts: int
    held: int
    plan: bool
    """Whether one waits for approval."""


@dataclass(frozen=True, slots=True)
class Site:
    """One remote, and how it does. ``heard`` is None where no webhook is configured."""

    name: str
    kind: str
    project: str
    url: str
    tone: Tone
    word: str
    detail: str
    until: datetime | None
    requests: int
    writes: int
    budget: Budget | None
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One side of a conflict, with its value, member by member or line by line."""

    side: str
    number: int | None
    url: str
    value: tuple[str, ...]
    taken: bool
    """The rules or a person took this one."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A conflict. ``seen`` names its values: who decides means those, and not what came in their place meanwhile."""

    uid: str
    title: str
    field: str
    line: int
    seen: str
    settled: bool
    decided: bool
    choices: tuple[Choice, ...]


def status(standing: Standing, plight: Plight) -> Status:
    """How a roadmap stands after its latest run."""
    latest = standing.latest
    if latest is None:
        word = (
            "Its first run is going on." if plight.word == "running" else "Its first run is about to begin."
        )
        return Status("busy", "Starting", word)
    return Status(*_STATUS[latest.result])


def card(
    name: str, file: str, standing: Standing, plight: Plight, turn: datetime | None, progress: Progress
) -> Card:
    """One roadmap on the first page."""
    latest = standing.latest
    return Card(
        name,
        file,
        status(standing, plight),
        progress,
        past(latest) if latest else None,
        next_run(plight, turn),
        standing.failures,
        latest.conflicts if latest else 0,
        latest.held if latest else 0,
        latest is not None and latest.result == "refused",
    )


def past(run: Finished) -> Past:
    """The last run in words."""
    return Past(
        run.started,
        run.ended,
        " and ".join(TRIGGERS[one] for one in TRIGGERS if one in run.why) or TRIGGERS.get(run.trigger, ""),
        _did(run),
        tuple(_troubles(run)),
        run.error,
    )


def _did(run: Finished) -> str:
    if run.report is None:
        return ""
    counts = Counter(one.kind for one in run.outcomes if one.result == "done")
    said = [f"{counted(counts[kind], noun)} {verb}" for kind, (noun, verb) in _DONE.items() if counts[kind]]
    if run.report.written:
        said.append(f"{counted(len(run.report.plan.lines), 'line')} of the file edited")
    if said:
        return ", ".join(said)
    if run.result == "refused":
        return "nothing, for its plan was refused"
    away = [one.remote for one in run.report.unavailable]
    return f"nothing, {' and '.join(away)} could not be read" if away else "nothing to do"


def _troubles(run: Finished) -> Iterable[str]:
    if run.report is None:
        return
    for away in run.report.unavailable:
        yield f"{away.remote}: {away.reason}"
    for one in run.outcomes:
        if one.result != "done" and (one.message or one.result != "skipped"):
            word = _TROUBLE[one.result]
            yield f"{one.remote}: {one.title}: {word}{f' ({one.message})' if one.message else ''}"
    for remote in run.report.outcomes:
        if remote.stopped:
            yield f"{remote.remote}: the rest is left for the next run, for {remote.stopped}"


def next_run(plight: Plight, turn: datetime | None) -> Next:
    """When the next run is: now, as soon as those who asked are quiet, or when the timetable says so."""
    match plight.word:
        case "running":
            return Next("running now, and once more after that" if plight.again else "running now")
        case "waiting":
            return Next("asked for", plight.at)
        case _:
            first = min((when for when in (plight.at, turn) if when is not None), default=None)
            return Next("to try again" if first is not None and first == plight.at else "on schedule", first)


def held_tasks(standing: Standing) -> tuple[Waiting, ...]:
    """Tasks that the latest run left alone, and why."""
    latest = standing.latest
    return held(latest.report.plan.held) if latest and latest.report else ()


# --- conflicts -------------------------------------------------------------------------------------------------------


def disputes(known: Known) -> tuple[Dispute, ...]:
    """All conflicts that are kept, those first that wait for somebody."""
    found = [_dispute(one, known) for one in known.contests]
    return tuple(sorted(found, key=lambda one: (one.settled, one.decided, one.title, one.field)))


def seen(contest: Contest) -> str:
    """A name of exactly these values."""
    text = json.dumps([contest.winner, sorted(contest.values.items())], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _dispute(contest: Contest, known: Known) -> Dispute:
    decision = next(
        (one for one in known.decisions if (one.uid, one.field) == (contest.uid, contest.field)), None
    )
    numbers = known.numbers.get(contest.uid, {})
    place = known.places.get(contest.uid)
    choices = []
    for side, value in contest.values.items():
        number = numbers.get(side)
        taken = value == decision.value if decision else side == contest.winner
        url = known.addresses.get((side, number), "") if number is not None else ""
        choices.append(Choice(side, number, url, _texts(contest.field, value, known), taken))
    # The roadmap comes first: it is the hub.
    choices.sort(key=lambda one: (one.side != ROADMAP, one.side))
    return Dispute(
        contest.uid,
        contest.title,
        contest.field.value,
        place.line if place else 0,
        seen(contest),
        contest.winner is not None,
        decision is not None,
        tuple(choices),
    )


def _texts(field: Field, value: object, known: Known) -> tuple[str, ...]:
    if field is Field.MILESTONE and isinstance(value, str):
        # The value of a milestone is its uid.
        place = known.places.get(Uid(value))
        return (place.title,) if place else (value,)
    if field is Field.NOTES and isinstance(value, str):
        return tuple(value.split("\n")) if value else ()
    return parts(value)  # type: ignore[arg-type]  # values of a contest are values


# --- remotes ---------------------------------------------------------------------------------------------------------


def sites(
    settings: Settings,
    names: Iterable[str],
    standings: Mapping[str, Standing],
    away: Mapping[str, datetime],
    heard: Mapping[str, Heard],
) -> tuple[Site, ...]:
    """These remotes, each by the latest run that met it."""
    return tuple(_site(settings, name, standings.values(), away.get(name), heard) for name in names)


def _site(
    settings: Settings,
    name: str,
    standings: Iterable[Standing],
    until: datetime | None,
    heard: Mapping[str, Heard],
) -> Site:
    keys = settings.remotes[name]
    runs = [
        one.latest
        for one in standings
        if one.latest is not None and one.latest.report is not None and name in one.latest.report.remotes
    ]
    latest = max(runs, key=lambda run: run.ended, default=None)
    found = latest.report.remotes[name] if latest and latest.report else None
    tone, word = _health(found.status if found else "", until)
    return Site(
        name,
        keys.kind,
        keys.project,
        f"{keys.url}/{keys.project}",
        tone,
        word,
        found.reason if found else "",
        until,
        found.requests if found else 0,
        found.writes if found else 0,
        found.budget if found else None,
        heard.get(name, Heard()) if name in settings.serve.webhooks else None,
    )


def _health(status: str, until: datetime | None) -> tuple[Tone, str]:
    match status:
        case "ok":
            return "good", "Reachable"
        case "rate_limited":
            return "warn", "Asks to wait"
        case "unavailable":
            return "bad", "Cannot be read"
        case _:
            return ("warn", "Left in peace") if until else ("calm", "Not asked yet")


# --- times -----------------------------------------------------------------------------------------------------------

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def distance(when: datetime, now: datetime) -> str:
    """``5 minutes ago``, ``in 2 hours``, ``now``: the largest unit that fits, rounded down."""
    seconds = int(abs((when - now) / timedelta(seconds=1)))
    for size, unit in _UNITS:
        if seconds >= size:
            much = counted(seconds // size, unit)
            return f"in {much}" if when > now else f"{much} ago"
    return "now"
