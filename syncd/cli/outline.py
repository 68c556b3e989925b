"""``syncd outline``: how a file is read, and why every box that is not a task is not one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from syncd import files
from syncd.cli.console import bold, coloured, counted, dim, emit, mark, say, shown
from syncd.model.outline import Milestone, Outline, Task
from syncd.model.policy import ReadingRules
from syncd.model.values import MilestoneState
from syncd.roadmap.check import stale_counters
from syncd.roadmap.outline import hints, read, to_json, why
from syncd.roadmap.source import Source


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Read it with the mapping that this configuration has for it; without, as its author would.",
)
def command(file: Path, as_json: bool, config: Path | None) -> None:
    """Show how a Markdown file is read. Needs no configuration and no network.

    A tree of milestones and tasks with their states, then every box that is not a task, with the reason,
    whatever looks wrong as `file:line: code: message`, and what is read only on request.
    """
    data, _ = files.read(file)
    rules = _rules(config, file) if config else ReadingRules()
    document = read(Source.of(data, str(file)), rules)
    said = (*document.outline.warnings, *stale_counters(document))
    outline = replace(document.outline, warnings=tuple(sorted(said, key=lambda one: (one.line, one.code))))
    if as_json:
        emit(to_json(outline, str(file)))
        return
    for line in as_tree(str(file), outline):
        say(line)
    missed = () if rules.tables else tuple(hints(document))
    if missed:
        say("")
    for hint in missed:
        say(f"{file}:{hint.line}: {coloured(hint.code, 'cyan')}: {shown(hint.message)}")


def _rules(config: Path, file: Path) -> ReadingRules:
    from syncd.config import load
    from syncd.errors import UsageError

    settings = load(config, os.environ)
    for name in settings.roadmaps:
        if settings.path(name).absolute() == file.absolute():
            return settings.reading_rules(name)
    raise UsageError(f"{config} has no roadmap at {file}", hint="name the file as the configuration does")


def as_tree(file: str, outline: Outline, *, tasks: int = 0) -> Iterator[str]:
    """The outline for people. ``tasks`` shows at most so many tasks of each milestone, and no warnings; 0 is all."""
    counts = to_json(outline, file)["totals"]
    yield bold(f"{file}: {shown(outline.title)}" if outline.title else file)
    yield (
        f"{counted(counts['milestones'], 'milestone')}, "
        f"{counted(counts['tasks'], 'task')} ({counts['tasks_done']} done), "
        f"{counted(counts['checklist'], 'checklist item')} ({counts['checklist_done']} done); "
        f"{counted(counts['boxes'], 'box', 'boxes')} in the file"
    )
    for milestone in outline.milestones:
        yield ""
        yield _heading(milestone)
        yield from _list(milestone.tasks, tasks)
    if outline.unfiled:
        yield ""
        yield bold("Under no milestone")
        yield from _list(outline.unfiled, tasks)
    if outline.not_tasks:
        yield ""
        yield bold("Boxes that are not tasks")
        for one in outline.not_tasks:
            where = f"line {one.first}" if one.first == one.last else f"lines {one.first}-{one.last}"
            yield f"  {counted(one.boxes, 'box', 'boxes')} in {where}: {shown(why(one.reason))}"
    if outline.warnings and not tasks:
        yield ""
        for warning in outline.warnings:
            yield f"{file}:{warning.line}: {coloured(warning.code, 'yellow')}: {shown(warning.message)}"


def _heading(milestone: Milestone) -> str:
    done = sum(task.state.closed for task in milestone.tasks)
    state = "green" if milestone.state is MilestoneState.CLOSED else "white"
    due = f", due {milestone.due}" if milestone.due else ""
    counts = f"{milestone.state.value}, {done}/{len(milestone.tasks)}{due}"
    about = f"{_about(milestone.labels)}  {dim(f'line {milestone.line}')}"
    return f"{bold(shown(milestone.title))}  {coloured(counts, state)}{about}"


def _list(tasks: tuple[Task, ...], limit: int) -> Iterator[str]:
    some = tasks[:limit] if limit else tasks
    for task in some:
        items = (
            f"  {sum(item.done for item in task.checklist)}/{len(task.checklist)}" if task.checklist else ""
        )
        about = _about(
            task.labels, task.estimate, str(task.due or ""), *(f"@{who}" for who in task.assignees)
        )
        yield f"  {mark(task.state)} {shown(task.title, 100)}{items}{about}  {dim(str(task.line))}"
    if len(tasks) > len(some):
        yield dim(f"    and {len(tasks) - len(some)} more")


def _about(labels: tuple[tuple[str, str], ...], *more: str | None) -> str:
    words = [*(f"{key}: {value}" for key, value in labels), *(word for word in more if word)]
    return dim(f"  {shown(', '.join(words), 60)}") if words else ""
