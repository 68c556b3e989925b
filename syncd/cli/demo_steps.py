"""What the demo shows, step by step; each step is an ordinary run of the engine."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from syncd import app
from syncd.cli.console import bold, coloured, counted, dim, note, say, shown
from syncd.cli.outline import as_tree
from syncd.cli.progress import Progress
from syncd.cli.run import results
from syncd.cli.stopping import Stop, stoppable
from syncd.config import load
from syncd.engine import Engine, Report, Run
from syncd.errors import SyncdError
from syncd.plan.render import render_text
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source
from syncd.sandbox import Sandbox
from syncd.sandbox.records import Issue

NAME, REMOTE = "main", "sandbox"
LINES = 24
"""So much of a plan is shown: it is a demonstration, not a review."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the file and at the tracker."""
CONTEXT = 1


@dataclass(slots=True)
class Demo:
    """A roadmap in a folder, a tracker in this process, and an engine between them."""

    path: Path
    sandbox: Sandbox
    engine: Engine
    seen: tuple[int, int, int] = field(default=(0, 0, 0))

    @classmethod
    @contextmanager
    def on(cls, path: Path, port: int = 0) -> Iterator[Demo]:
        """The demo of one file, which it will write to."""
        sandbox = Sandbox(documents=lambda: {path.name: path.read_bytes().decode("utf-8", "replace")})
        sandbox.start(port=port)
        try:
            config = path.with_name("syncd.yaml")
            config.write_text(configuration(path.name, sandbox.url), encoding="utf-8")
            yield cls(path, sandbox, app.build(load(config, {})))
        finally:
            sandbox.stop()

    @property
    def url(self) -> str:
        """The page with the file and the issues side by side."""
        return f"{self.sandbox.url}/side-by-side?refresh=5"

    def steps(self) -> bool:
        """All of them. Returns whether everything went as it should."""
        self.show_reading()
        self.show_plan()
        first = self.show_first_sync()
        second = self.show_second_sync()
        back = self.show_a_change_coming_back()
        return bool(first) and second and back

    def show_reading(self) -> None:
        """How the file is read."""
        head("1. The file, as it is read")
        data = self.path.read_bytes()
        outline = read(Source.of(data, self.path.name)).outline
        for line in as_tree(self.path.name, outline, tasks=2):
            say(line)

    def show_plan(self) -> None:
        """A dry run, shortened."""
        head("2. A dry run: what a sync would do")
        report = self.engine.sync(NAME, Run(dry=True))
        text = (
            render_text(report.plan, report.verdict, width=100, path=self.path.name).rstrip("\n").split("\n")
        )
        for line in text[:LINES]:
            say(line)
        if len(text) > LINES:
            say(dim(f"… and {len(text) - LINES} more lines"))
            say(text[-1])

    def show_first_sync(self) -> bool:
        """Everything is created."""
        head("3. The first sync")
        return self._done(self._sync())

    def show_second_sync(self) -> bool:
        """Nothing is left to do, and nothing is written."""
        head("4. The second sync")
        before = _status(self.path)
        report = self._sync()
        cost = report.remotes[REMOTE]
        if not report.plan.empty or cost.writes or _status(self.path) != before:
            say(coloured("there was something left to do, which should not be:", "red"))
            self._done(report)
            return False
        say(
            f"nothing to do: {counted(cost.requests, 'request')}, {cost.writes} of them writes; the file is untouched"
        )
        return True

    def show_a_change_coming_back(self) -> bool:
        """A person works on the tracker, and the file follows."""
        head("5. Somebody works on the tracker")
        told = self.work_as_a_person()
        for sentence in told:
            say(sentence)
        if not told:
            say("there is no issue to work on")
            return True
        before = self.path.read_bytes()
        report = self._sync()
        head("6. The next sync brings it back; the file's diff")
        for line in diff(before, self.path.read_bytes(), self.path.name):
            say(line)
        return self._done(report) and self.path.read_bytes() != before

    def work_as_a_person(self) -> list[str]:
        """Closes an issue and ticks a box in another one; sentences about what was done."""
        ann = self.sandbox.person()
        there = [issue for issue in ann.issues() if issue.state == "open" and not issue.pull]
        told = []
        boxed = next((issue for issue in there if unticked(issue) is not None), None)
        if boxed is not None:
            body, text = ticked(boxed)
            ann.edit_issue(boxed.number, body=body)
            told.append(f"ann ticks “{shown(text, 60)}” in #{boxed.number} {shown(boxed.title, 60)}")
        open_ones = [issue for issue in there if issue is not boxed] or there
        if open_ones:
            ann.close(open_ones[0].number)
            told.append(f"ann closes #{open_ones[0].number} {shown(open_ones[0].title, 60)}")
        elif issues := [issue for issue in ann.issues() if not issue.pull]:
            ann.reopen(issues[-1].number)
            told.append(f"ann reopens #{issues[-1].number} {shown(issues[-1].title, 60)}")
        return told

    def follow(self) -> None:
        """Syncs whenever the file or the tracker has changed, until Ctrl-C or SIGTERM."""
        stop = Stop()
        with stoppable(stop, lambda: True, told=""):
            note("")
            note(f"file:  {self.path}")
            note(f"page:  {self.url}")
            note("Edit either side and look at the other. Ctrl-C ends it and takes both away.")
            self.seen = self._moment()
            while not stop.event.wait(LOOK_EVERY):
                self.look()

    def look(self) -> bool:
        """One look: syncs if something has changed since the last. Returns whether it had."""
        now = self._moment()
        if now == self.seen:
            return False
        try:
            before = self.path.read_bytes()
            report = self.engine.sync(NAME, Run(trigger="watch"))
            for line in diff(before, self.path.read_bytes(), self.path.name):
                say(line)
            self._done(report)
            self.seen = self._moment()
        except SyncdError as error:
            note(f"syncd: {error.message}" + (f" ({error.hint})" if error.hint else ""))
            self.seen = now
        except OSError as error:
            note(f"{self.path}: {error.strerror}")
            self.seen = now
        return True

    def _moment(self) -> tuple[int, int, int]:
        try:
            return (*_status(self.path), self.sandbox.world.serial)
        except OSError:
            return (0, 0, self.sandbox.world.serial)

    def _sync(self) -> Report:
        with Progress() as progress:
            return self.engine.sync(NAME, Run(progress=progress.step))

    def _done(self, report: Report) -> bool:
        for line in results(report):
            if line:
                say(line)
        for conflict in report.plan.conflicts:
            say(coloured(f"conflict: {shown(conflict.title)}: {conflict.field.value}", "yellow"))
        for held in report.plan.held:
            say(coloured(f"held: {shown(held.title)}: {shown(held.reason)}", "yellow"))
        return not report.verdict.refused and not report.unavailable


def configuration(name: str, url: str) -> str:
    """The ``syncd.yaml`` of the demo. JSON strings are YAML strings, whatever the file is called."""
    return (
        f"remotes:\n  {REMOTE}: {{kind: github, project: acme/widgets, url: {json.dumps(url)}, token: sandbox-token}}\n"
        f"roadmaps:\n  {NAME}:\n    path: {json.dumps(name)}\n    remotes: [{REMOTE}]\n"
        f"    truth: [roadmap, {REMOTE}]\n    limits: {{first_create: 100000}}\n"
    )


def head(text: str) -> None:
    """The title of a step."""
    say("")
    say(bold(text))


def diff(before: bytes, after: bytes, name: str) -> Iterator[str]:
    """A unified diff in colour, with one line of context."""
    old, new = (data.decode("utf-8", "surrogateescape").split("\n") for data in (before, after))
    lines = difflib.unified_diff(old, new, name, name, n=CONTEXT, lineterm="")
    for line in islice(lines, 2, None):
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        text = line.removesuffix("\r").replace("\x1b", "␛")
        yield coloured(text, colour) if colour else text


def unticked(issue: Issue) -> int | None:
    """Where the first open box of an issue's text is."""
    at = (issue.body or "").find("- [ ] ")
    return at if at >= 0 else None


def ticked(issue: Issue) -> tuple[str, str]:
    """The issue's text with its first open box ticked, and what stands behind that box."""
    body, at = issue.body or "", unticked(issue)
    assert at is not None
    text = body[at + 6 :].partition("\n")[0]
    return f"{body[:at]}- [x] {body[at + 6 :]}", text


def _status(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns
