"""A roadmap and what the state knows of it, side by side and without a network: what the looking commands stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from syncd import app, files
from syncd.cli.console import shown
from syncd.config import Settings
from syncd.errors import UsageError
from syncd.model.links import Ledger, Link
from syncd.model.outline import Task
from syncd.model.remote import Issue
from syncd.model.values import Kind, Uid, provisional
from syncd.plan.match import match
from syncd.plan.world import Matching
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from syncd.state import Store, hold, lock_path


@dataclass(frozen=True, slots=True)
class View:
    """One roadmap as it stands in its file, and as the state remembers it."""

    name: str
    settings: Settings
    store: Store
    ledger: Ledger
    document: Document
    matching: Matching

    def links(self, uid: Uid) -> tuple[Link, ...]:
        """The links of a task or milestone, by remote."""
        return tuple(
            sorted((link for link in self.ledger.links if link.uid == uid), key=lambda link: link.remote)
        )

    def issues(self, remote: str) -> dict[int, Issue]:
        """The issues of a remote as they were seen last."""
        return {issue.ref.number: issue for issue in self.store.observed(self.name, remote)[0]}

    def path(self, task: Task) -> tuple[str, ...]:
        """Milestone and sections of a task, as they are read now."""
        titles = {one.key: one.title for one in self.document.outline.milestones}
        return (*([titles[task.milestone]] if task.milestone is not None else []), *task.section)


@contextmanager
def viewed(settings: Settings, name: str) -> Iterator[View]:
    """To look: on a copy of the state in memory. Nothing is written."""
    with Store.open(settings.state, clock=app.now, mint=app.mint, read_only=True) as store:
        yield _view(settings, name, store)


@contextmanager
def changed(settings: Settings, name: str) -> Iterator[View]:
    """To change the state by hand, while no run is going on. Raises LockHeld if one is."""
    check_synced(settings, name)
    with (
        hold(lock_path(settings.state, name), exclusive=True, now=app.now()),
        Store.open(settings.state, clock=app.now, mint=app.mint) as store,
    ):
        yield _view(settings, name, store)


def check_synced(settings: Settings, name: str) -> None:
    """Raises UsageError where there is no state yet: nothing in it can be changed, and none is made for that."""
    if not settings.state.exists():
        raise UsageError(f"{name} was never synced", hint="`syncd run` first")


def _view(settings: Settings, name: str, store: Store) -> View:
    path = settings.path(name)
    data, _ = files.read(path)
    ledger = store.load(name)
    document = read(Source.of(data, str(path)), settings.reading_rules(name), ledger.reading)
    return View(name, settings, store, ledger, document, match(document.outline, ledger))


@dataclass(frozen=True, slots=True)
class Found:
    """A task that was asked for. ``task`` is None for one that the state knows but the file has no more."""

    uid: Uid
    title: str
    task: Task | None


def find(view: View, asked: str) -> Found:
    """The task that somebody means by its uid, identifier, title, line (``24`` or ``:24``), or a part of the title.

    Raises UsageError where none or several fit.
    """
    tasks = [Found(view.matching.tasks[task.key], task.title, task) for task in view.document.outline.tasks()]
    here = {one.uid for one in tasks}
    tasks += [
        Found(known.uid, known.title, None) for known in view.ledger.tasks.values() if known.uid not in here
    ]
    for fits in _ways(asked):
        found = [one for one in tasks if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            some = "\n".join(f"  {_name(one)}{shown(one.title, 80)}" for one in found[:8])
            raise UsageError(f"{len(found)} tasks fit {asked!r}", hint=f"name one by uid or line:\n{some}")
    raise UsageError(
        f"no task fits {asked!r}", hint="name it by uid, identifier, line or a part of its title"
    )


def _name(found: Found) -> str:
    """What somebody could say instead."""
    uid = "" if provisional(found.uid) else f"{found.uid}  "
    return f"{uid}line {found.task.line}: " if found.task else f"{uid}not in the file: "


def _ways(asked: str) -> Iterator[Callable[[Found], bool]]:
    word = asked.strip().casefold()
    line = word.removeprefix(":")
    yield lambda one: one.uid.casefold() == word
    yield lambda one: one.task is not None and (one.task.identifier or "").casefold() == word
    yield lambda one: one.title.casefold() == word
    if line.isdecimal():
        yield lambda one: one.task is not None and one.task.line == int(line)
    yield lambda one: bool(word) and word in one.title.casefold()


def task_links(view: View) -> tuple[Link, ...]:
    """The links of tasks, milestones left out."""
    return tuple(link for link in view.ledger.links if link.kind is Kind.TASK)
