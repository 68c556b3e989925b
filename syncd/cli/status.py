"""``syncd status``: where each configured roadmap stands, without asking any tracker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from syncd.cli.choose import chosen, config_option
from syncd.cli.console import bold, coloured, counted, dim, emit, say, shown
from syncd.cli.look import View, viewed
from syncd.model.values import Kind
from syncd.roadmap.outline import to_json


@click.command()
@click.argument("roadmap", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@config_option
def command(roadmap: str | None, as_json: bool, config: Path | None) -> None:
    """Show where each configured roadmap stands.

    Progress as the file has it, what is linked, what waits for a person, and what was done last. Nothing is asked of
    the tracker; `syncd run --dry-run` does that.
    """
    choice = chosen(config, roadmap)
    documents = []
    for name in choice.names:
        with viewed(choice.settings, name) as view:
            documents.append(_document(view))
            if not as_json:
                for line in _lines(view, documents[-1]):
                    say(line)
    if as_json:
        emit(documents)


def _document(view: View) -> dict[str, Any]:
    totals = to_json(view.document.outline, "")["totals"]
    ledger = view.ledger
    last = next((entry for entry in view.store.audit(20) if entry.roadmap in ("", view.name)), None)
    return {
        "roadmap": view.name,
        "path": str(view.settings.path(view.name)),
        "milestones": totals["milestones"],
        "tasks": totals["tasks"],
        "tasks_done": totals["tasks_done"],
        "state": str(view.settings.state),
        "serial": view.store.serial if ledger.remotes else None,
        "remotes": [_remote(view, name) for name in view.settings.roadmaps[view.name].remotes],
        "conflicts_held": sum(contest.winner is None for contest in ledger.contests),
        "in_doubt": len(ledger.intents),
        "last_run": json.loads(view.store.last_report(view.name) or "null"),
        "last_done": None
        if last is None
        else {"at": last.at.isoformat(), "kind": last.kind, "title": last.title},
    }


def _remote(view: View, name: str) -> dict[str, Any]:
    known = view.ledger.remotes.get(name)
    links = [link for link in view.ledger.links if link.remote == name]
    return {
        "remote": name,
        "project": known.project_name if known else view.settings.remotes[name].project,
        "issues_linked": sum(link.kind is Kind.TASK for link in links),
        "milestones_linked": sum(link.kind is Kind.MILESTONE for link in links),
        "read_in_full": known.swept_at.isoformat() if known and known.swept_at else None,
    }


def _lines(view: View, document: dict[str, Any]) -> Iterator[str]:
    done = f"{document['tasks_done']} of {counted(document['tasks'], 'task')} done"
    yield f"{bold(view.name)}  {document['path']}  {done}, {counted(document['milestones'], 'milestone')}"
    if document["serial"] is None:
        yield "  never synced: `syncd run --dry-run` shows what a run would do"
        return
    for remote in document["remotes"]:
        linked = f"{counted(remote['issues_linked'], 'issue')} and {counted(remote['milestones_linked'], 'milestone')}"
        seen = (
            f", read in full {remote['read_in_full'][:16].replace('T', ' ')} UTC"
            if remote["read_in_full"]
            else ""
        )
        yield f"  {remote['remote']}  {remote['project']}: {linked} linked{seen}"
    if document["conflicts_held"]:
        waiting = counted(document["conflicts_held"], "conflict")
        yield coloured(f"  {waiting} to decide: syncd conflicts", "yellow")
    if document["in_doubt"]:
        yield coloured(
            f"  {counted(document['in_doubt'], 'effect')} in doubt: the next run looks for it", "yellow"
        )
    run = document["last_run"]
    if run:
        when = f"{run['at'][:16].replace('T', ' ')} UTC"
        yield f"  last run: {when}, ended with {run['exit_code']}"
    last = document["last_done"]
    if last:
        when = f"{last['at'][:16].replace('T', ' ')} UTC"
        yield f"  last: {last['kind']} {shown(last['title'], 60)} {dim(when)}"
