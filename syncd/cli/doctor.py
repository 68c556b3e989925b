"""``syncd doctor``: whether every remote can be worked with, found out without changing anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import click

from syncd import app, logs
from syncd.cli.choose import Chosen, chosen, config_option, named
from syncd.cli.console import bold, coloured, dim, emit, note, say, shown
from syncd.cli.examining import Examination, Expected, Level, examine, unusable
from syncd.config import Settings
from syncd.errors import SyncdError, UsageError, most_pressing
from syncd.state import Store

SIGNS: dict[Level, str] = {
    "ok": coloured("✓", "green"),
    "note": coloured("!", "yellow"),
    "bad": coloured("✗", "red"),
}


@click.command()
@click.argument("roadmaps", metavar="[ROADMAP]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@config_option
def command(roadmaps: tuple[str, ...], as_json: bool, config: Path | None) -> int:
    """Examine every remote: token, rights, project, budget, clock.

    ROADMAP is a configured name or a path: only the remotes of those are looked at. Nothing is changed anywhere; the
    forge is asked three or four times. Ends with 0 if a run could work, 78 if it could not, 75 if it should wait, 1
    if a remote does not answer.
    """
    choice = chosen(config, roadmaps[0] if roadmaps else None)
    for sentence in choice.assumptions:
        note(f"assumed: {sentence}")
    found = list(_examined(choice.settings, _names(choice, roadmaps)))
    if not found:
        raise UsageError("no remote is configured", hint="see docs/configuration.md")
    code = most_pressing(one.exit_code for one in found)
    if as_json:
        emit({"remotes": [one.to_json() for one in found], "exit_code": code})
    else:
        for examination in found:
            for line in _lines(examination):
                say(line)
    return code


def _names(choice: Chosen, roadmaps: tuple[str, ...]) -> tuple[str, ...]:
    """The remotes that are meant, in the order of the configuration."""
    settings = choice.settings
    if not roadmaps:
        return tuple(settings.remotes)
    if choice.assumptions:
        return tuple(settings.remotes)
    meant = {remote for name in roadmaps for remote in settings.roadmaps[named(settings, name)].remotes}
    return tuple(name for name in settings.remotes if name in meant)


def _examined(settings: Settings, names: tuple[str, ...]) -> Iterator[Examination]:
    # On a copy of the state in memory: nothing that is counted here is kept.
    with Store.open(settings.state, clock=app.now, mint=app.mint, read_only=True) as store:
        # That there is nothing left to ask with is a finding, not something to wait for.
        remotes = app.remotes(settings, redactor=logs.Redactor(), patience=0)
        for name in names:
            expected = _expected(settings, store, name)
            try:
                forge = remotes[name].forge(store)
            except SyncdError as error:
                yield unusable(expected, error)
            else:
                yield examine(forge, expected, app.now())


def _expected(settings: Settings, store: Store, name: str) -> Expected:
    keys = settings.remotes[name]
    known = [store.load(roadmap).remotes.get(name) for roadmap in settings.roadmaps]
    return Expected(
        remote=name,
        kind=keys.kind,
        url=keys.api_url or keys.url,
        project=keys.project,
        pinned=frozenset(one.project_id for one in known if one and one.project_id),
        hooks=name in settings.serve.webhooks,
    )


def _lines(one: Examination) -> Iterator[str]:
    expected = one.expected
    yield f"{bold(expected.remote)}  {expected.project}  {dim(expected.url)}"
    width = max(len(finding.check) for finding in one.findings)
    for finding, following in zip_longest(one.findings, one.findings[1:]):
        yield f"  {SIGNS[finding.level]} {finding.check:<{width}}  {shown(finding.message)}"
        # Once for all rights that are missing.
        if finding.hint and not (following and following.hint == finding.hint):
            yield f"    {'':<{width}}  {dim(shown(finding.hint))}"
