"""Reads roadmaps and state for the page, never more than once for the same bytes. Nothing is written, nobody is asked.

What is kept between two looks is small: bars, lines and addresses, not the documents and the state themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from syncd import app, files
from syncd.config import Settings
from syncd.daemon.web.page.bars import Bar, together
from syncd.errors import SyncdError
from syncd.model.links import Contest, Decision, KnownRemote, Ledger
from syncd.model.outline import Outline, Reading
from syncd.model.values import Kind, Uid
from syncd.plan.match import match
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source
from syncd.state import AuditEntry, Store

RECENT = 15
"""Effects that are told without asking for the log."""
Stamp = tuple[int, int, int] | None
_SETTLES = timedelta(seconds=1)
"""A file that was written just now may be written again within the same tick of its time: it is read again."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A milestone as the file has it; the tasks that stand in none are one without a title."""

    title: str
    closed: bool
    due: str
    line: int
    bar: Bar


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the roadmap is, or in ``trouble`` why its file cannot be read."""

    chapters: tuple[Chapter, ...] = ()
    bar: Bar = field(default_factory=Bar)
    warnings: int = 0
    trouble: tuple[str, str] | None = None
    """What is wrong, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task or milestone is: its title, and its line, 0 where it has left the file."""

    title: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the state knows of one roadmap, or in ``trouble`` why it cannot be used."""

    places: Mapping[Uid, Place] = field(default_factory=dict)
    addresses: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """The web address of each issue, by remote and number."""
    numbers: Mapping[Uid, Mapping[str, int]] = field(default_factory=dict)
    """The issues of each task, by remote."""
    remotes: Mapping[str, KnownRemote] = field(default_factory=dict)
    linked: Mapping[str, int] = field(default_factory=dict)
    contests: tuple[Contest, ...] = ()
    decisions: tuple[Decision, ...] = ()
    in_doubt: int = 0
    recent: tuple[AuditEntry, ...] = ()
    """The last effects, newest first."""
    trouble: tuple[str, str] | None = None


class Looking:
    """Safe for threads: one looks, the others wait and then find it done. ``settings`` gives those of now."""

    def __init__(self, settings: Callable[[], Settings], clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._lock = Lock()
        self._read: dict[str, tuple[object, Progress]] = {}
        self._known: dict[str, tuple[object, Known]] = {}
        self._readings: tuple[object, Mapping[str, Reading | None]] = (None, {})

    def progress(self) -> Mapping[str, Progress]:
        """Every configured roadmap, as its file stands now."""
        settings = self._settings()
        with self._lock:
            readings = self._all_readings(settings)
            return {name: self._progress(settings, name, readings.get(name)) for name in settings.roadmaps}

    def known(self, name: str) -> Known:
        """One roadmap as the state knows it."""
        settings = self._settings()
        with self._lock:
            stamps = (_stamp(settings.state), _stamp(settings.path(name)))
            before = self._known.get(name)
            if before is None or before[0] != (stamps, settings) or not self._settled(*stamps):
                before = self._known[name] = ((stamps, settings), self._look(settings, name))
            return before[1]

    def contests(self, name: str) -> tuple[Contest, ...]:
        """The conflicts of this moment. Raises :class:`~syncd.errors.SyncdError`."""
        with self._store(self._settings()) as store:
            return store.contests(name)

    def entries(self, name: str, most: int, skip: int = 0, uid: Uid | None = None) -> tuple[AuditEntry, ...]:
        """What was done to a roadmap, newest first. Raises :class:`~syncd.errors.SyncdError`."""
        with self._store(self._settings()) as store:
            return store.audit(most, uid=uid, roadmap=name, skip=skip)

    def _store(self, settings: Settings) -> Store:
        return Store.open(settings.state, clock=self._clock, mint=app.mint, read_only=True)

    def _all_readings(self, settings: Settings) -> Mapping[str, Reading | None]:
        """How each file was read at first: auto reading alone could take other headings for milestones today."""
        stamp = _stamp(settings.state)
        if self._readings[0] != (stamp, settings) or not self._settled(stamp):
            # A state that cannot be used is said where it is looked at; how far the files are can be told without.
            with suppress(SyncdError), self._store(settings) as store:
                found = {name: store.reading(name) for name in settings.roadmaps}
                self._readings = ((stamp, settings), found)
        return self._readings[1]

    def _progress(self, settings: Settings, name: str, reading: Reading | None) -> Progress:
        stamp = _stamp(settings.path(name))
        before = self._read.get(name)
        if before is None or before[0] != (stamp, reading, settings) or not self._settled(stamp):
            try:
                found = progress_of(self._outline(settings, name, reading))
            except SyncdError as error:
                found = Progress(trouble=(error.message, error.hint))
            before = self._read[name] = ((stamp, reading, settings), found)
        return before[1]

    def _settled(self, *stamps: Stamp) -> bool:
        now = self._clock()
        return all(
            stamp is not None and now - datetime.fromtimestamp(stamp[0] / 1e9, UTC) > _SETTLES
            for stamp in stamps
        )

    def _outline(self, settings: Settings, name: str, reading: Reading | None) -> Outline:
        path = settings.path(name)
        data, _ = files.read(path)
        return read(Source.of(data, str(path)), settings.reading_rules(name), reading).outline

    def _look(self, settings: Settings, name: str) -> Known:
        try:
            with self._store(settings) as store:
                ledger, recent = store.load(name), store.audit(RECENT, roadmap=name)
                addresses = {
                    (remote, issue.ref.number): issue.url
                    for remote in settings.roadmaps[name].remotes
                    for issue in store.observed(name, remote)[0]
                }
        except SyncdError as error:
            return Known(trouble=(error.message, error.hint))
        outline = None
        with suppress(SyncdError):  # said by `progress`
            outline = self._outline(settings, name, ledger.reading)
        return replace(known_of(ledger, outline, addresses), recent=recent)


def progress_of(outline: Outline) -> Progress:
    """The bars of a document."""
    chapters = [
        Chapter(
            one.title,
            one.state.value == "closed",
            one.due.isoformat() if one.due else "",
            one.line,
            Bar.of(one.tasks),
        )
        for one in outline.milestones
    ]
    if outline.unfiled:
        chapters.append(Chapter("", False, "", 0, Bar.of(outline.unfiled)))
    return Progress(tuple(chapters), together(one.bar for one in chapters), len(outline.warnings))


def known_of(ledger: Ledger, outline: Outline | None, addresses: Mapping[tuple[str, int], str]) -> Known:
    """What a page needs of a ledger. Without an outline, nothing has a line."""
    tasks = [link for link in ledger.links if link.kind is Kind.TASK]
    numbers: dict[Uid, dict[str, int]] = {}
    for link in tasks:
        numbers.setdefault(link.uid, {})[link.remote] = link.ref.number
    return Known(
        places=_places(ledger, outline),
        addresses=addresses,
        numbers=numbers,
        remotes=ledger.remotes,
        linked={name: sum(link.remote == name for link in tasks) for name in ledger.remotes},
        contests=ledger.contests,
        decisions=ledger.decisions,
        in_doubt=len(ledger.intents),
    )


def _places(ledger: Ledger, outline: Outline | None) -> dict[Uid, Place]:
    places = {uid: Place(one.title) for uid, one in ledger.milestones.items()}
    places |= {uid: Place(task.title) for uid, task in ledger.tasks.items()}
    if outline is None:
        return places
    matching = match(outline, ledger)
    for milestone in outline.milestones:
        places[matching.milestones[milestone.key]] = Place(milestone.title, milestone.line)
    for task in outline.tasks():
        places[matching.tasks[task.key]] = Place(task.title, task.line)
    return places


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
