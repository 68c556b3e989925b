"""``syncd state``: copies of the state file, and which state keeps a project."""

from __future__ import annotations

from pathlib import Path

import click

from syncd import app, state
from syncd.cli.choose import chosen, config_option
from syncd.cli.console import emit, say
from syncd.errors import StateError, UsageError
from syncd.state import Store
from syncd.state.copies import Summary
from syncd.state.lock import hold_all


@click.group()
@config_option
@click.pass_context
def command(ctx: click.Context, config: Path | None) -> None:
    """Back up, check, export or restore the state file.

    The state is what syncd remembers of links. It is old, new or refused, never half; see docs/guarantees.md.
    """
    ctx.obj = config  # read when a subcommand runs: its --help works anywhere


def _path(ctx: click.Context) -> Path:
    return chosen(ctx.obj).settings.state


def _present(ctx: click.Context) -> Path:
    path = _path(ctx)
    if not path.exists():
        raise StateError(f"{path}: there is no state yet", hint="the first `syncd run` makes one")
    return path


def _tell(summary: Summary) -> None:
    say(
        f"{summary.path}: whole; serial {summary.serial}, lineage {summary.lineage}, format {summary.revision}"
    )


@command.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_context
def backup(ctx: click.Context, target: Path) -> None:
    """Copy the state to TARGET, whole and verified, even while a run goes on."""
    _tell(state.backup(_present(ctx), target))


@command.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_context
def verify(ctx: click.Context, file: Path | None) -> None:
    """Read every row of the state, or of the copy FILE."""
    _tell(state.verify(file or _present(ctx)))


@command.command()
@click.pass_context
def export(ctx: click.Context) -> None:
    """Print everything in the state as one JSON document."""
    emit(state.export(_present(ctx)))


@command.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Also an older one, or one of another lineage.")
@click.pass_context
def restore(ctx: click.Context, source: Path, force: bool) -> None:
    """Put the copy SOURCE in the place of the state. The old file is kept beside it."""
    path = _path(ctx)
    aside = state.restore(source, path, now=app.now(), force=force)
    say(f"{path}: restored from {source}")
    if aside:
        say(f"the old one is {aside}")


@command.command("take-over")
@click.pass_context
def take_over(ctx: click.Context) -> None:
    """Make this state the keeper of issues whose markers name another one.

    For a state that was restored or copied from elsewhere, when a run ended with "kept by another state". Make sure
    that the other one is no longer used: two states that keep one project would work against each other.
    """
    path = _present(ctx)
    with hold_all(path.parent, app.now()), Store.open(path, clock=app.now, mint=app.mint) as store:
        found = {lineage for name in store.roadmaps() for lineage in _foreign(store, name)}
        if not found:
            raise UsageError("no linked issue names another state", hint="there is nothing to take over")
        if len(found) > 1:
            raise StateError(
                f"the linked issues name {len(found)} other states: {', '.join(sorted(found))}",
                hint="restore the state that belongs to this project",
            )
        store.take_over(found.pop())
    say(f"{path} now keeps these issues")


def _foreign(store: Store, roadmap: str) -> set[str]:
    """The lineages other than ours that the markers of our linked issues name, as the last run saw them."""
    ledger = store.load(roadmap)
    found = set()
    for remote in ledger.remotes:
        linked = {link.ref.id for link in ledger.links if link.remote == remote}
        for issue in store.observed(roadmap, remote)[0]:
            if issue.marker and issue.marker.roadmap == roadmap and issue.ref.id in linked:
                found.add(issue.marker.lineage)
    return found - {ledger.lineage}
