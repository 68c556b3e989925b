"""``syncd show``: everything known about one task, without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from syncd.cli.choose import chosen, config_option
from syncd.cli.console import bold, coloured, dim, emit, mark, say, shown
from syncd.cli.look import Found, View, find, viewed
from syncd.cli.values import words
from syncd.forge import body
from syncd.model.links import Link
from syncd.model.outline import Task
from syncd.model.remote import Issue, Marker
from syncd.model.values import Field, Uid, Value, provisional
from syncd.plan.block import new_content
from syncd.plan.scene import Spot

LIMIT = 60_000


@click.command()
@click.argument("task")
@click.option("--roadmap", metavar="NAME", help="Where several are configured.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@config_option
def command(task: str, roadmap: str | None, as_json: bool, config: Path | None) -> None:
    """Show everything known about one task.

    TASK is a part of its title, its identifier (`4.1`), its uid, or its line. What is shown: where it stands, its
    issues with what was settled last, and the text that its issue would get. Nothing is asked of the tracker: its
    side is as the last run saw it.
    """
    choice = chosen(config, roadmap)
    with viewed(choice.settings, choice.name) as view:
        found = find(view, task)
        if as_json:
            emit(_document(view, found))
            return
        for line in _lines(view, found):
            say(line)


def _lines(view: View, found: Found) -> Iterator[str]:
    task, known = found.task, view.ledger.tasks.get(found.uid)
    yield bold(shown(found.title))
    yield f"  uid        {found.uid if known else 'none yet: it was never synced'}"
    if task is None:
        yield "  where      no longer in the roadmap"
    else:
        yield f"  where      {view.settings.path(view.name)}:{task.line}"
        yield f"  under      {shown(' > '.join(view.path(task))) or 'no milestone'}"
        yield f"  state      {mark(task.state)} {task.state.value} ({task.kind})"
        yield from (f"  {name:<10} {shown(value)}" for name, value in _about(task).items() if value)
    yield from _known(view, found)
    if task is not None:
        yield ""
        yield bold("The issue's text, as it would be sent")
        yield from (f"  {dim('|')} {line}" for line in _body(view, found, task).split("\n"))


def _about(task: Task) -> Mapping[str, str]:
    return {
        "id": task.identifier or "",
        "labels": ", ".join(f"{key}: {value}" for key, value in task.labels),
        "assignees": ", ".join(task.assignees),
        "due": str(task.due or ""),
        "estimate": task.estimate or "",
        "checklist": f"{sum(item.done for item in task.checklist)}/{len(task.checklist)}"
        if task.checklist
        else "",
        "refs": ", ".join(task.refs),
    }


def _known(view: View, found: Found) -> Iterator[str]:
    for link in view.links(found.uid):
        issue = view.issues(link.remote).get(link.ref.number)
        yield ""
        yield bold(f"{link.remote} #{link.ref.number}") + (f"  {issue.url}" if issue else "")
        yield from _bases(view, link, found.task, issue)
    for grave in view.ledger.tombstones:
        if grave.uid == found.uid:
            yield f"{grave.remote} #{grave.ref.number}: the link ended ({grave.reason}); `syncd link` makes a new one"
    for intent in view.ledger.intents:
        if intent.uid == found.uid:
            yield coloured(
                f"{intent.remote}: {intent.kind} is in doubt since {intent.since:%F %T} UTC", "yellow"
            )
    for contest in view.ledger.contests:
        if contest.uid == found.uid:
            how = f"settled for {contest.winner}" if contest.winner else "waits for a person: syncd conflicts"
            yield coloured(f"conflict on {contest.field.value}: {how}", "yellow")


def _bases(view: View, link: Link, task: Task | None, issue: Issue | None) -> Iterator[str]:
    """Every field as it was settled last, and what has moved since."""
    for name, pair in sorted(link.base.items()):
        if name is Field.MILESTONE:
            # Ours is a uid, theirs a number: two names of one thing.
            known = view.ledger.milestones.get(Uid(str(pair.ours)))
            yield f"  {name.value:<10} {words(known.title if known else None)}"
            continue
        ours, theirs = words(pair.ours), words(pair.theirs)
        moved = []
        if task is not None and task.value(name) != pair.ours:
            moved.append(f"now {words(task.value(name))} in the roadmap")
        if issue is not None and issue.value(name) != pair.theirs:
            moved.append(f"seen {words(issue.value(name))} there")
        both = ours if ours == theirs else f"here {ours}, there {theirs}"
        yield f"  {name.value:<10} {both}" + (coloured(f"  ({'; '.join(moved)})", "yellow") if moved else "")


def _body(view: View, found: Found, task: Task) -> str:
    known = view.ledger.tasks.get(found.uid)
    spot = Spot(found.uid, task, known.milestone if known else None, task.section, 0, 0)
    # A uid comes into being with the first run; until then there is none to show.
    marker = Marker(view.name, view.ledger.lineage, Uid("new") if provisional(found.uid) else found.uid)
    return body.render(new_content(spot), marker, limit=LIMIT).text


def _document(view: View, found: Found) -> dict[str, Any]:
    task = found.task
    return {
        "uid": found.uid,
        "title": found.title,
        "line": task.line if task else None,
        "state": task.state.value if task else None,
        "kind": task.kind if task else None,
        "links": [_link(view, link) for link in view.links(found.uid)],
        "body": _body(view, found, task) if task else None,
    }


def _link(view: View, link: Link) -> dict[str, Any]:
    issue = view.issues(link.remote).get(link.ref.number)
    base: dict[str, dict[str, Value]] = {
        name.value: {"roadmap": pair.ours, "remote": pair.theirs} for name, pair in sorted(link.base.items())
    }
    return {"remote": link.remote, "number": link.ref.number, "url": issue.url if issue else "", "base": base}
