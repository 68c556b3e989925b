"""``syncd log``: every effect that happened, or was refused, as the state recorded it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from syncd.cli.choose import chosen, config_option
from syncd.cli.console import bold, coloured, dim, emit, say, shown
from syncd.cli.look import find, viewed
from syncd.cli.values import words
from syncd.state import AuditEntry

MANY = 100_000
"""Entries that are looked through, where a state has several roadmaps."""
COLOURS = {"done": "green", "rejected": "red", "unknown": "yellow", "skipped": "bright_black"}


@click.command()
@click.argument("task", required=False)
@click.option("--limit", default=30, show_default=True, type=click.IntRange(1), help="How many entries.")
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@config_option
def command(task: str | None, limit: int, roadmap: str | None, as_json: bool, config: Path | None) -> None:
    """Show what was done, newest first.

    With TASK (a part of its title, its identifier, uid or line), only what was done to it.
    """
    choice = chosen(config, roadmap)
    with viewed(choice.settings, choice.name) as view:
        uid = find(view, task).uid if task else None
        # The log of the state is one for all its roadmaps: enough of it is read to find so many of this one.
        several = len(view.store.roadmaps()) > 1
        found = view.store.audit(MANY if several else limit, uid=uid)
        entries = [entry for entry in found if entry.roadmap == view.name][:limit]
    if as_json:
        emit([_document(entry) for entry in entries])
        return
    if not entries:
        say("nothing was done yet")
    for entry in entries:
        say(_line(entry))
        for name, before, after in entry.changes:
            say(f"    {name}: {words(before)} {dim('→')} {words(after)}")


def _line(entry: AuditEntry) -> str:
    where = f"{entry.remote}{f' #{entry.ref.number}' if entry.ref else ''}" if entry.remote else entry.roadmap
    result = coloured(f"{entry.result:<8}", COLOURS[entry.result])
    return f"{dim(f'{entry.at:%F %T}')}  {result}  {entry.kind:<16}  {where}  {bold(shown(entry.title, 80))}".rstrip()


def _document(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "run": entry.run,
        "roadmap": entry.roadmap,
        "remote": entry.remote or None,
        "kind": entry.kind,
        "result": entry.result,
        "uid": entry.uid,
        "ref": entry.ref.number if entry.ref else None,
        "title": entry.title,
        "changes": [
            {"field": name, "before": before, "after": after} for name, before, after in entry.changes
        ],
    }
