"""``syncd check``: what is wrong with configuration and roadmaps, one line each; ``--fix`` makes counters true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from syncd.cli.choose import config_option
from syncd.cli.console import bold, coloured, counted, emit, note, say, shown
from syncd.cli.subjects import Line, Subject, from_error, subjects
from syncd.errors import FAILED, SyncdError, most_pressing
from syncd.roadmap.check import CODES, findings, level, repair, unused
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan", "fixed": "green"}


@click.command()
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--fix", is_flag=True, help="Give stale counters and rows of progress tables their true figures."
)
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="CODE",
    type=click.Choice(sorted(CODES)),
    help="Say nothing of this kind. May be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@config_option
def command(
    paths: tuple[Path, ...], fix: bool, ignored: tuple[str, ...], as_json: bool, config: Path | None
) -> int:
    """Find what is wrong with configuration and roadmap; --fix makes counters true.

    Needs no network and no token. Without FILE, the configured roadmaps are checked, or the one with a usual name. One
    line per finding, `file:line:column: code: message`; the exit code is 1 if there is any but notes.
    """
    meant, lines = subjects(paths, config)
    for subject in meant:
        try:
            lines += _checked(subject, fix=fix)
        except SyncdError as error:
            lines.append(from_error(error, subject))
    lines = [line for line in lines if line.code not in ignored]
    if as_json:
        emit([line.to_json() for line in lines])
    else:
        _show(lines, len(meant))
    return most_pressing(line.exit_code or FAILED for line in lines if line.level in ("error", "warning"))


def _checked(subject: Subject, *, fix: bool) -> list[Line]:
    """The findings of one file; with ``fix`` what was fixed, and the findings of the file as it is afterwards."""
    from syncd import files

    data, version = files.read(subject.path)
    document = read(Source.of(data, subject.shown), subject.rules, subject.remembered)
    if not fix:
        return list(_findings(subject, document))
    repaired = repair(document, subject.rules, subject.remembered)
    if repaired.edits:
        try:
            files.writable(subject.path)
            files.replace(subject.path, repaired.document.source.data, version)
        except SyncdError as error:
            return [from_error(error, subject), *_findings(subject, document)]
    done = [Line.of(subject.shown, "fixed", one) for one in repaired.repaired]
    return [*done, *_findings(subject, repaired.document)]


def _findings(subject: Subject, document: Document) -> Iterator[Line]:
    for one in findings(document):
        yield Line.of(subject.shown, level(one.code), one)
    for path, message in unused(document, subject.rules):
        yield subject.of_mapping(path, message)


def _show(lines: list[Line], files: int) -> None:
    for line in lines:
        word = "fixed: " if line.level == "fixed" else ""
        code = coloured(f"{word}{line.code}", COLOURS[line.level])
        say(f"{bold(line.where)}: {code}: {shown(line.message)}")
        for hint in filter(None, line.hint.split("\n")):
            note(f"hint: {shown(hint)}")
    counts = [
        counted(number, name)
        for name in ("error", "warning", "note")
        if (number := sum(line.level == name for line in lines))
    ]
    fixed = sum(line.level == "fixed" for line in lines)
    counts += [f"{fixed} fixed"] if fixed else []
    say(f"{counted(files, 'roadmap')} checked: {', '.join(counts) or 'nothing to mend'}")
