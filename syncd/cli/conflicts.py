"""``syncd conflicts``: what both sides changed, what was done about it, and a person's decision."""

from __future__ import annotations

from pathlib import Path

import click

from syncd import app
from syncd.cli.choose import chosen, config_option
from syncd.cli.console import bold, coloured, emit, note, say, shown
from syncd.cli.look import check_synced, viewed
from syncd.cli.values import words
from syncd.errors import UsageError
from syncd.model.links import Contest
from syncd.model.values import Field, Value
from syncd.state import hold, lock_path


@click.group(invoke_without_command=True)
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@config_option
@click.pass_context
def command(ctx: click.Context, roadmap: str | None, as_json: bool, config: Path | None) -> None:
    """List what both sides changed; `take` decides for one side.

    A conflict that `truth` settled stays listed, with the value that lost, until the field changes again.
    """
    ctx.obj = (config, roadmap)  # read when a subcommand runs: its --help works anywhere
    if ctx.invoked_subcommand:
        return
    choice = chosen(config, roadmap)
    with viewed(choice.settings, choice.name) as view:
        contests = view.ledger.contests
        taken = {(decision.uid, decision.field) for decision in view.ledger.decisions}
        titles: dict[Value, str] = {uid: one.title for uid, one in view.ledger.milestones.items()}
    if as_json:
        emit([_document(contest) for contest in contests])
        return
    if not contests:
        say("no conflicts")
    for contest in contests:
        say(f"{bold(shown(contest.title))}  {contest.field.value}  {contest.uid}")
        for side, value in contest.values.items():
            won = coloured("  taken", "green") if side == contest.winner else ""
            # The roadmap's value of a milestone is a uid.
            plain = titles.get(value, value) if contest.field is Field.MILESTONE else value
            say(f"  {side:<10} {words(plain)}{won}")
        if (contest.uid, contest.field) in taken:
            say(coloured("  decided; the next run carries it out", "green"))
        elif contest.winner is None:
            say(f"  syncd conflicts take {contest.uid} {contest.field.value} {'|'.join(contest.values)}")


@command.command()
@click.argument("task")
@click.argument("field")
@click.argument("side")
@click.pass_obj
def take(which: tuple[Path | None, str | None], task: str, field: str, side: str) -> None:
    """Decide for one side: the next run puts its value on all of them.

    TASK is a uid or a part of the title, FIELD as listed, SIDE `roadmap` or the name of a remote.
    """
    choice = chosen(*which)
    settings, name = choice.settings, choice.name
    check_synced(settings, name)
    # A run may be changing the very list that is looked at here: then this waits for another time, as what follows.
    with (
        hold(lock_path(settings.state, name), exclusive=False, now=app.now()),
        viewed(settings, name) as view,
    ):
        meant = _meant(view.ledger.contests, task, field)
    contest = app.build(settings).decide(name, meant.uid, meant.field, side)
    note(
        f"{shown(contest.title)}: {field} will be {words(contest.values[side])} everywhere after the next run"
    )


def _meant(contests: tuple[Contest, ...], task: str, field: str) -> Contest:
    word = task.casefold()
    mine = [one for one in contests if one.field.value == field]
    found = [one for one in mine if one.uid.casefold() == word] or [
        one for one in mine if word in one.title.casefold()
    ]
    if len(found) != 1:
        what = "no conflict" if not found else f"{len(found)} conflicts"
        raise UsageError(f"{what} on {field} of {task!r}", hint="`syncd conflicts` lists them")
    return found[0]


def _document(contest: Contest) -> dict[str, object]:
    return {
        "uid": contest.uid,
        "title": contest.title,
        "field": contest.field.value,
        "values": dict(contest.values),
        "winner": contest.winner,
    }
