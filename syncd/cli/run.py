"""``syncd run``: one cycle, and what came of it."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from syncd import app, logs
from syncd.apply import Outcome, RemoteOutcome
from syncd.cli import INTERRUPTED
from syncd.cli.choose import chosen, config_option
from syncd.cli.console import bold, coloured, counted, dim, emit, note, say, shown
from syncd.cli.progress import Progress
from syncd.cli.stopping import Stop, stoppable
from syncd.engine import Engine, Report, Run
from syncd.errors import SyncdError, UsageError, most_pressing
from syncd.plan.render import render_text, to_json
from syncd.plan.render.counts import closes

PIPE_WIDTH = 160
"""Columns where nobody has a terminal: titles are hardly ever longer."""
VERBS = {
    "create": "created",
    "update": "updated",
    "close": "closed",
    "link": "linked",
    "unlink": "unlinked",
    "rebase": "agreed",
}


@click.command()
@click.argument("roadmap", required=False)
@click.option("--dry-run", "dry", is_flag=True, help="Show the plan and write nothing anywhere.")
@click.option(
    "--exit-code", "detailed", is_flag=True, help="With --dry-run: end with 2 where something is to do."
)
@click.option(
    "--approve", metavar="DIGEST", default="", help="Apply exactly this plan, whatever the limits say."
)
@click.option(
    "--only", metavar="MILESTONE", default="", help="Only what concerns this milestone; the rest waits."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-v", "--verbose", is_flag=True, help="The plan in full, and a log of what happens.")
@config_option
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - click passes every option by name
    ctx: click.Context,
    roadmap: str | None,
    dry: bool,
    detailed: bool,
    approve: str,
    only: str,
    as_json: bool,
    verbose: bool,
    config: Path | None,
) -> int:
    """Bring a roadmap and its issues in step, once.

    ROADMAP is a configured name or a path; without it, every configured roadmap has its turn. Without any
    configuration, the usual file name and the clone's own remote are taken, and the first run only shows its plan.

    A plan over a limit is refused as a whole (exit code 4), with the command that approves it.
    """
    choice = chosen(config, roadmap)
    names = (choice.name,) if as_json or approve or only else choice.names
    for sentence in choice.assumptions:
        note(f"assumed: {sentence}")
    stop, redactor = Stop(), logs.Redactor()
    logs.set_up(sys.stderr, redactor, clock=app.now, verbose=verbose, colour=_coloured(ctx, sys.stderr))
    engine = app.build(choice.settings, stop=stop.event, redactor=redactor)
    page = _Page(as_json, verbose, detailed, _coloured(ctx, sys.stdout), roadmap, config)
    run = Run(dry=dry, approve=approve, only=only, stop=stop.reason)
    codes = [_one(engine, name, run, stop, page) for name in names]
    if not codes:
        raise UsageError("no roadmap is configured", hint="see docs/configuration.md")
    return INTERRUPTED if stop.event.is_set() else most_pressing(codes)


class _Page:
    """How the result is written, and with which command it would be asked for again."""

    def __init__(
        self,
        as_json: bool,
        verbose: bool,
        detailed: bool,
        colour: bool,
        roadmap: str | None,
        config: Path | None,
    ) -> None:
        self.as_json, self.verbose, self.detailed, self.colour = as_json, verbose, detailed, colour
        self.again = ["syncd", "run", *([roadmap] if roadmap else [])]
        self.again += ["--config", str(config)] if config else []


def _coloured(ctx: click.Context, stream: Any) -> bool:
    return bool(stream.isatty()) if ctx.color is None else ctx.color


def _one(engine: Engine, name: str, run: Run, stop: Stop, page: _Page) -> int:
    """One roadmap; what ends its run does not keep the others waiting."""
    log = logs.get_log(__name__)
    progress = Progress(quiet=page.as_json or page.verbose)

    def step(outcome: Outcome, done: int, total: int) -> None:
        progress.step(outcome, done, total)
        number = outcome.ref.number if outcome.ref else None
        log.debug(
            "effect.ended", kind=outcome.kind, result=outcome.result, number=number, title=outcome.title
        )

    try:
        with logs.bound(roadmap=name, trigger=run.trigger), progress, stoppable(stop, lambda: progress.begun):
            log.debug("run.started", dry=run.dry)
            report = engine.sync(name, replace(run, progress=step))
            log.debug("run.ended", exit_code=report.exit_code, serial=report.serial)
    except SyncdError as error:
        note(f"syncd: {error.message}")
        if error.hint:
            note(f"hint: {error.hint}")
        return error.exit_code
    code = report.detailed_exit_code if page.detailed else report.exit_code
    if page.as_json:
        emit(as_document(report, code))
    else:
        _write(report, page)
    if report.verdict.refused:
        _refused(report, page)
    return code


def as_document(report: Report, code: int) -> dict[str, Any]:
    """The contract of ``run --json`` (design §15)."""
    planned = to_json(report.plan)
    return {
        "roadmap": report.roadmap,
        "dry_run": report.dry,
        "digest": planned["digest"],
        "serial": report.serial,
        "plan": planned["plan"],
        "counts": planned["counts"],
        "outcomes": [
            {
                "remote": one.remote,
                "kind": one.kind,
                "uid": one.uid,
                "ref": one.ref.number if one.ref else None,
                "result": one.result,
            }
            for one in _outcomes(report)
        ],
        "remotes": {
            name: {
                "status": status.status,
                "requests": status.requests,
                "writes": status.writes,
                "complete": status.complete,
            }
            for name, status in report.remotes.items()
        },
        "exit_code": code,
    }


def _outcomes(report: Report) -> list[Outcome]:
    return [outcome for remote in report.outcomes for outcome in remote.outcomes]


def _write(report: Report, page: _Page) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
    text = render_text(
        report.plan, report.verdict, colour=page.colour, width=width, path=report.path, verbose=page.verbose
    )
    click.echo(text, nl=False, color=page.colour)
    for line in results(report):
        say(line)


def results(report: Report) -> Iterator[str]:
    """What was done, what was not and why, and what it cost."""
    outcomes = _outcomes(report)
    if report.written or outcomes:
        yield ""
    if report.written:
        yield f"{report.path}: {counted(len(report.plan.lines), 'line')} written"
    for remote in report.outcomes:
        done = Counter(_words(report, remote))
        if done:
            yield f"{remote.remote}: {', '.join(_done(kind, number) for kind, number in done.items())}"
        for one in remote.outcomes:
            yield from _trouble(one)
        if remote.stopped:
            yield coloured(
                f"{remote.remote}: stopped: {shown(remote.stopped)}; the next run does the rest", "yellow"
            )
    for name, status in report.remotes.items():
        yield dim(f"{name}: {counted(status.requests, 'request')}, {status.writes} of them writes")


def _words(report: Report, remote: RemoteOutcome) -> Iterator[str]:
    """What was done, as ``verb_noun``; an update that closes is called so."""
    mine = [action for action in report.plan.actions if action.remote == remote.remote]
    for action, outcome in zip(mine, remote.outcomes, strict=True):
        if outcome.result == "done":
            verb, _, noun = outcome.kind.partition("_")
            yield f"{'close' if closes(action) else verb}_{noun or 'task'}"


def _done(kind: str, number: int) -> str:
    verb, _, noun = kind.partition("_")
    return f"{counted(number, noun)} {VERBS.get(verb, verb)}"


def _trouble(outcome: Outcome) -> Iterator[str]:
    number = f" #{outcome.ref.number}" if outcome.ref else ""
    if outcome.result != "done":
        head = coloured(f"{outcome.result}: {outcome.kind}", "yellow")
        yield f"  {head}{number} {bold(shown(outcome.title, 80))}: {shown(outcome.message)}"
    for remark in outcome.notes:
        yield f"  {outcome.kind}{number} {shown(outcome.title, 80)}: {shown(remark)}"


def _refused(report: Report, page: _Page) -> None:
    note("syncd: refused; nothing was written")
    if page.as_json:
        for refusal in report.verdict.refusals:
            note(f"  {refusal.remote}: {shown(refusal.reason)}")
    if not any(refusal.final for refusal in report.verdict.refusals):
        again = shlex.join([*page.again, "--approve", report.verdict.digest])
        note(f"hint: to apply exactly this plan: {again}")
