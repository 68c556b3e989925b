"""``syncd init``: a first configuration from what the clone says, or what auto reading found, renewed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from syncd import app, files
from syncd.cli.choose import Chosen, chosen, config_option
from syncd.cli.console import counted, note, say, shown
from syncd.cli.outline import as_tree
from syncd.config import DEFAULT, Origin, origins, usual_roadmaps
from syncd.config.kinds import KINDS
from syncd.config.writing import Found, commented, write
from syncd.errors import ConfigError, SyncdError, UsageError
from syncd.model.outline import Reading
from syncd.roadmap.check import found_mapping
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from syncd.state import Store, hold, lock_path
from syncd.state.words import Remembered


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be the roadmap."""

    path: str
    document: Document

    @property
    def tasks(self) -> int:
        """How many there are in it."""
        return sum(1 for _ in self.document.outline.tasks())

    @property
    def words(self) -> str:
        """What it holds, in a few words."""
        return f"{counted(len(self.document.outline.milestones), 'milestone')}, {counted(self.tasks, 'task')}"


@click.command()
@click.argument("file", required=False)
@click.option(
    "--update",
    is_flag=True,
    help="Write no file: remember anew how the roadmap is read, as auto would read it today.",
)
@click.option("-y", "--yes", is_flag=True, help="Ask nothing; take the likeliest.")
@config_option
def command(file: str | None, update: bool, yes: bool, config: Path | None) -> None:
    """Write a first syncd.yaml from what this clone says.

    It finds roadmaps by their usual names or by the boxes in them, and projects by the git remotes, shows what it would
    read, and asks only what it cannot know; nothing where there is nobody to answer. A file that is there is never
    overwritten.
    """
    if update:
        _update(chosen(config, file))
        return
    target = config or DEFAULT
    if os.path.lexists(target):
        raise UsageError(
            f"{target} is there already",
            hint="change it by hand; `syncd init --update` only renews how the roadmap is read",
        )
    asking = not yes and sys.stdin.isatty()
    folder = target.absolute().parent
    candidates = [_candidate(folder, file)] if file else _candidates(folder)
    roadmap = _one(candidates, asking)
    for line in as_tree(roadmap.path, roadmap.document.outline, tasks=3):
        say(line)
    remotes, left = _remotes(origins(files.git_remotes(folder)), asking)
    others = [f"Found too: {one.path} ({one.words})." for one in candidates if one is not roadmap][:5]
    text = commented(_found(roadmap), remotes, [*others, *left])
    write(target, text, os.environ)
    say()
    say(f"{target}: keeps {roadmap.path} in step with {', '.join(one.project for one in remotes)}")
    for sentence in (*others, *left):
        note(sentence)
    note("next: `syncd check`, then `syncd run --dry-run`")


# -- which roadmap ------------------------------------------------------------------------------------------------


def _candidate(folder: Path, file: str) -> Candidate:
    path = Path(os.path.abspath(file))  # noqa: PTH100 - resolve() would follow links, which are refused
    data, _ = files.read(path)
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    return Candidate(name, read(Source.of(data, file)))


def _candidates(folder: Path) -> list[Candidate]:
    """The files at the usual places, then those with boxes, as far as they can be read and hold tasks."""
    by_name = [folder / path for path in usual_roadmaps(folder)]
    found: list[Candidate] = []
    for path in dict.fromkeys([*by_name, *files.markdown_with_boxes(folder)]):
        try:
            one = _candidate(folder, str(path))
        except SyncdError as error:
            note(error.message)
            continue
        if one.tasks:
            found.append(one)
    if not found:
        raise ConfigError(
            f"no roadmap found: no Markdown file with tasks in {folder}", hint="name one: syncd init FILE"
        )
    return found


def _one(candidates: Sequence[Candidate], asking: bool) -> Candidate:
    if not asking or len(candidates) == 1:
        return candidates[0]
    for number, one in enumerate(candidates[:9], 1):
        note(f"  {number}  {shown(one.path)}: {one.words}")
    number = int(_asked("Which is the roadmap?", click.IntRange(1, min(len(candidates), 9)), 1))
    return candidates[number - 1]


def _found(one: Candidate) -> Found:
    outline = one.document.outline
    done = sum(task.state.closed for task in outline.tasks())
    titles = tuple(milestone.title for milestone in outline.milestones)
    return Found(one.path, titles, one.tasks, done, found_mapping(one.document))


# -- which project ------------------------------------------------------------------------------------------------


def _remotes(found: tuple[Origin, ...], asking: bool) -> tuple[list[Origin], list[str]]:
    """The projects to keep in step, and sentences about the others. A person may take several; else the first known."""
    if asking:
        known = [_with_kind(one) for one in found]
        if not known:
            return [_by_hand()], []
        taken = known[:1] + [one for one in known[1:] if _wanted(one)]
        return taken, [_left(one) for one in known if one not in taken]
    known = [one for one in found if one.kind is not None]
    if not known:
        # Addresses are not repeated here: some hold a token.
        what = "of a kind that its host does not tell" if found else "there are none"
        raise ConfigError(
            f"no git remote is on GitHub or GitLab: {what}",
            hint="`git remote add`, or run `syncd init` on a terminal: it asks",
        )
    return known[:1], [_left(one) for one in found if one is not known[0]]


def _left(one: Origin) -> str:
    return f"Found too: {one.project} on {one.host}, from the git remote {one.git_name}."


def _with_kind(one: Origin) -> Origin:
    if one.kind is not None:
        return one
    kind = _asked(f"What is {one.host}?", click.Choice(sorted(KINDS)), None)
    return replace(one, kind=kind)


def _wanted(one: Origin) -> bool:
    return click.confirm(f"Keep {one.project} on {one.host} in step as well?", default=False, err=True)


def _by_hand() -> Origin:
    kind = _asked("No git remote says where the issues are. What is it?", click.Choice(sorted(KINDS)), None)
    public = KINDS[kind].public.removeprefix("https://")
    host = _asked("On which host?", click.STRING, public).strip().removeprefix("https://").strip("/")
    project = _asked(f"Which project ({KINDS[kind].form.replace('`', '')})?", click.STRING, None)
    return Origin("", host.lower(), project.strip().strip("/"), kind)


def _asked(question: str, kind: click.ParamType[Any], default: Any) -> Any:
    return click.prompt(question, type=kind, default=default, err=True)


# -- how it is read, renewed ----------------------------------------------------------------------------------------


def _update(meant: Chosen) -> None:
    for name in meant.names:
        path = meant.settings.path(name)
        data, _ = files.read(path)
        today = read(Source.of(data, str(path)), meant.settings.reading_rules(name)).outline.reading
        before = _remember(meant, name, today)
        if before == today:
            say(f"{name}: read as before: {_words(today)}")
        else:
            say(f"{name}: was {_words(before)}")
            say(f"{name}: now {_words(today)}")


def _remember(meant: Chosen, name: str, today: Reading) -> Reading:
    """Puts a reading into the state, and returns the one that was there. Not while a run is going on."""
    state = meant.settings.state
    never = UsageError(f"{name} was never synced: nothing is remembered yet", hint="`syncd run` first")
    if not state.exists():
        raise never
    with (
        hold(lock_path(state, name), exclusive=True, now=app.now()),
        Store.open(state, clock=app.now, mint=app.mint) as store,
    ):
        before = store.load(name).reading
        if before is None:
            raise never
        store.commit(name, Remembered(reading=today))
    return before


def _words(reading: Reading) -> str:
    where = f"level {reading.level}" if reading.level else "the title of the document, or none"
    return f"{where}: {shown(', '.join(reading.headings), 200) or 'no headings'}"
