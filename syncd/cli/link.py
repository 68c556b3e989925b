"""``syncd link`` and ``syncd unlink``: what a person says about links, against all that syncd would do by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import click

from syncd import app
from syncd.cli.choose import Chosen, chosen, config_option
from syncd.cli.console import say, shown
from syncd.cli.look import Found, View, changed, find, task_links
from syncd.errors import UsageError
from syncd.model.links import KnownTask, Link, Tombstone
from syncd.model.outline import Task
from syncd.model.remote import Issue, Ref
from syncd.model.values import Kind, Uid, provisional
from syncd.plan.match import in_order, occurrences
from syncd.state import AuditEntry, Lifted, SeenIssue
from syncd.state.words import Word

BY_HAND = "by hand"
_ISSUE = re.compile(r"(?:(?P<remote>[^#\s]*)#)?(?P<number>[1-9]\d*)")


@click.command()
@click.argument("task")
@click.argument("issue")
@click.option("--remote", metavar="NAME", help="Where the roadmap has several.")
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@config_option
def link(task: str, issue: str, remote: str | None, roadmap: str | None, config: Path | None) -> None:
    """Link a task to an existing issue.

    TASK is a part of its title, its identifier, uid or line; ISSUE the number of an issue that no task has yet, with
    its remote in front (`github#7`) if there are several. What the two say differently is met by the next run as on a
    first meeting: done wins, sets unite, the rest is a conflict.

    Where a task is held because a line may be it, this says that it is: the line takes over its issues.
    """
    choice = chosen(config, roadmap)
    named, number = _named(issue)
    name = _remote(choice, remote or named)
    with changed(choice.settings, choice.name) as view:
        found = find(view, task)
        if found.task is None:
            raise UsageError(f"{shown(found.title)} is no longer in the roadmap")
        if held := _held(view, found, name, number):
            ref = held.ref
            words = (_as(view, found.task, held.uid), _entry(view, "link", name, held.uid, ref, found.title))
            view.store.commit(view.name, *words)
            return say(f"{shown(found.title)} is the task of {name} #{number} from now on")
        seen = _issue(view, name, number)
        _check_free(view, found, name, seen)
        uid, known = _known(view, found)
        ends = [
            grave
            for grave in view.ledger.tombstones
            if grave.remote == name
            and grave.kind is Kind.TASK
            and (grave.uid == uid or grave.ref.id == seen.ref.id)
        ]
        view.store.commit(
            view.name,
            *known,
            *map(Lifted, ends),
            Link(uid, name, seen.ref),
            SeenIssue(name, seen),
            _entry(view, "link", name, uid, seen.ref, found.title),
        )
    say(f"{shown(found.title)} is linked to {name} #{number}; `syncd run --dry-run` shows what follows")
    return None


@click.command()
@click.argument("task")
@click.option("--remote", metavar="NAME", help="Where the roadmap has several.")
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@config_option
def unlink(task: str, remote: str | None, roadmap: str | None, config: Path | None) -> None:
    """End the link between a task and its issue.

    TASK is a part of its title, its identifier, uid or line, or its issue (`github#7`). Both stay as they are, and
    neither is linked, created or adopted again by itself; `syncd link` takes that back.
    """
    choice = chosen(config, roadmap)
    named = _named(task) if "#" in task and _ISSUE.fullmatch(task) else ("", 0)
    name = _remote(choice, remote or named[0])
    with changed(choice.settings, choice.name) as view:
        linked = _linked(view, name, named[1])
        found = find(view, linked.uid if linked else task)
        link = view.ledger.link(found.uid, name)
        if link is None:
            raise UsageError(f"{shown(found.title)} has no issue on {name}")
        view.store.commit(
            view.name,
            Tombstone(found.uid, name, link.ref, Kind.TASK, found.title, "unlinked"),
            *_left(view, found),
            _entry(view, "unlink", name, found.uid, link.ref, found.title),
        )
    say(f"{shown(found.title)} is no longer linked to {name} #{link.ref.number}; both stay as they are")


def _named(issue: str) -> tuple[str, int]:
    """``7``, ``#7`` or ``github#7``: the remote, if it is said, and the number."""
    found = _ISSUE.fullmatch(issue)
    if found is None:
        raise UsageError(f"{issue!r} is no issue", hint="say its number, or `github#7`")
    return found["remote"] or "", int(found["number"])


def _linked(view: View, remote: str, number: int) -> Link | None:
    """The link of an issue, if it has one."""
    mine = (link for link in task_links(view) if link.remote == remote and link.ref.number == number)
    return next(mine, None)


def _held(view: View, found: Found, remote: str, number: int) -> Link | None:
    """The link of that issue, if its task is held and this line may be it."""
    link = _linked(view, remote, number)
    held = found.task is not None and found.task.key in view.matching.held_tasks
    return link if held and link and link.uid in view.matching.held_uids else None


def _left(view: View, found: Found) -> tuple[KnownTask, ...]:
    """A held task without issues is no line's former self any more: its line left."""
    only = len(view.links(found.uid)) == 1
    known = view.ledger.tasks.get(found.uid)
    gone = known and only and found.uid in view.matching.held_uids
    return (replace(known, removed=True),) if known and gone else ()


def _remote(choice: Chosen, asked: str | None) -> str:
    there = choice.settings.roadmaps[choice.name].remotes
    if not asked and len(there) == 1:
        return there[0]
    if asked not in there:
        raise UsageError(
            f"no remote of {choice.name} is called {asked}" if asked else "which remote?",
            hint=f"--remote with one of: {', '.join(there)}",
        )
    return asked


def _issue(view: View, remote: str, number: int) -> Issue:
    """A fresh read: the issue must exist, in the project that is pinned. Raises ForgeError."""
    known = view.ledger.remotes.get(remote)
    if known is None:
        raise UsageError(f"{view.name} was never synced with {remote}", hint="`syncd run` first")
    configured = app.build(view.settings).job(view.name).remotes
    forge = next(one for one in configured if one.name == remote).forge(view.store)
    if forge.project().id != known.project_id:
        raise UsageError(f"{remote} is another project now than the one that was synced")
    return forge.get_issue(number)


def _check_free(view: View, found: Found, remote: str, issue: Issue) -> None:
    if link := view.ledger.link(found.uid, remote):
        raise UsageError(
            f"{shown(found.title)} is linked to {remote} #{link.ref.number}", hint="`syncd unlink` it first"
        )
    other = next(
        (link for link in view.ledger.links if link.remote == remote and link.ref.id == issue.ref.id), None
    )
    if other is not None or issue.ref.id in view.store.claimed(view.name, remote):
        raise UsageError(
            f"{remote} #{issue.ref.number} belongs to another task", hint="`syncd unlink` that one first"
        )


def _known(view: View, found: Found) -> tuple[Uid, tuple[KnownTask, ...]]:
    """The task's uid, minted now if no run has known it yet, and the word that makes it known."""
    if not provisional(found.uid):
        return found.uid, ()
    assert found.task is not None, "a task that is only known has its uid"
    uid = app.mint()
    return uid, (_as(view, found.task, uid),)


def _as(view: View, task: Task, uid: Uid) -> KnownTask:
    """The word that makes this line known under that uid."""
    outline = view.document.outline
    home = None if task.milestone is None else view.matching.milestones[task.milestone]
    return KnownTask(
        uid,
        task.title,
        task.identifier,
        None if home is None or provisional(home) else home,
        task.section,
        occurrences(outline)[task.key],
        in_order(outline).index(task),
    )


def _entry(view: View, kind: str, remote: str, uid: Uid, ref: Ref, title: str) -> Word:
    return AuditEntry(app.now(), BY_HAND, view.name, kind, "done", remote, uid, ref, title)
