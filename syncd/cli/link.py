"""``syncd link`` and ``syncd unlink``: what a person says about links, against all that syncd would do by itself."""

from __future__ import annotations

from pathlib import Path

import click

from syncd import app
from syncd.cli.choose import Chosen, chosen, config_option
from syncd.cli.console import say, shown
from syncd.cli.look import Found, View, changed, find
from syncd.errors import UsageError
from syncd.model.links import KnownTask, Link, Tombstone
from syncd.model.remote import Issue, Ref
from syncd.model.values import Kind, Uid, provisional
from syncd.plan.match import in_order, occurrences
from syncd.state import AuditEntry, Lifted, SeenIssue
from syncd.state.words import Word

BY_HAND = "by hand"


@click.command()
@click.argument("task")
@click.argument("issue", type=click.IntRange(1))
@click.option("--remote", metavar="NAME", help="Where the roadmap has several.")
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@config_option
def link(task: str, issue: int, remote: str | None, roadmap: str | None, config: Path | None) -> None:
    """Link a task to an existing issue.

    TASK is a part of its title, its identifier, uid or line; ISSUE the number of an issue that no task has yet. What
    the two say differently is met by the next run as on a first meeting: done wins, sets unite, the rest is a conflict.
    """
    choice = chosen(config, roadmap)
    name = _remote(choice, remote)
    with changed(choice.settings, choice.name) as view:
        found = find(view, task)
        if found.task is None:
            raise UsageError(f"{shown(found.title)} is no longer in the roadmap")
        seen = _issue(view, name, issue)
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
    say(f"{shown(found.title)} is linked to {name} #{issue}; `syncd run --dry-run` shows what follows")


@click.command()
@click.argument("task")
@click.option("--remote", metavar="NAME", help="Where the roadmap has several.")
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@config_option
def unlink(task: str, remote: str | None, roadmap: str | None, config: Path | None) -> None:
    """End the link between a task and its issue.

    Both stay as they are, and neither is linked, created or adopted again by itself; `syncd link` takes that back.
    """
    choice = chosen(config, roadmap)
    name = _remote(choice, remote)
    with changed(choice.settings, choice.name) as view:
        found = find(view, task)
        link = view.ledger.link(found.uid, name)
        if link is None:
            raise UsageError(f"{shown(found.title)} has no issue on {name}")
        view.store.commit(
            view.name,
            Tombstone(found.uid, name, link.ref, Kind.TASK, found.title, "unlinked"),
            _entry(view, "unlink", name, found.uid, link.ref, found.title),
        )
    say(f"{shown(found.title)} is no longer linked to {name} #{link.ref.number}; both stay as they are")


def _remote(choice: Chosen, asked: str | None) -> str:
    there = choice.settings.roadmaps[choice.name].remotes
    if asked is None and len(there) == 1:
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
    task = found.task
    assert task is not None, "a task that is only known has its uid"
    outline = view.document.outline
    home = None if task.milestone is None else view.matching.milestones[task.milestone]
    return (uid := app.mint()), (
        KnownTask(
            uid,
            task.title,
            task.identifier,
            None if home is None or provisional(home) else home,
            task.section,
            occurrences(outline)[task.key],
            in_order(outline).index(task),
        ),
    )


def _entry(view: View, kind: str, remote: str, uid: Uid, ref: Ref, title: str) -> Word:
    return AuditEntry(app.now(), BY_HAND, view.name, kind, "done", remote, uid, ref, title)
