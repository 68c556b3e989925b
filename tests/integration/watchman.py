"""A running daemon beside a running sandbox, and ways to wait for what it does without sleeping."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from threading import Condition
from time import monotonic
from urllib.parse import urlsplit

from syncd import app, logs
from syncd.config import load
from syncd.daemon.finished import Finished
from syncd.daemon.runner import Daemon
from syncd.sandbox import Sandbox

SECRET = "a secret of this test"
ROADMAP = """# Widgets

## Phase 1: Ground

- [ ] Clear the site
- [ ] Dig the hole
- [ ] Pour the floor

## Phase 2: House

- [ ] Raise the walls
- [ ] Nail the roof
"""
EVENTS = ("issues", "sub_issues", "milestone", "label", "push")


def configuration(
    sandbox: Sandbox,
    *,
    every: str = "1h",
    serve: str = "",
    listen: str = "127.0.0.1:0",
    kind: str = "github",
    secret: str = SECRET,
    rules: str = "",
) -> str:
    url = sandbox.gitlab_url if kind == "gitlab" else sandbox.url
    remote = f"{{kind: {kind}, project: acme/widgets, url: {url}, token: sandbox-token, quarantine: 0s}}"
    return (
        f"remotes: {{{kind}: {remote}}}\n"
        f"roadmaps: {{main: {{path: ROADMAP.md, remotes: [{kind}], every: {every}{rules}}}}}\n"
        f"serve: {{listen: '{listen}', webhooks: {{{kind}: {{secret: '{secret}'}}}}{serve}}}\n"
    )


@dataclass
class Watchman:
    """A daemon in this process. What it says of its runs is kept in `runs`."""

    sandbox: Sandbox
    folder: Path
    debounce: timedelta = timedelta(seconds=0.2)
    every: str = "1h"
    serve: str = ""
    runs: list[Finished] = field(default_factory=list)
    heard: Condition = field(default_factory=Condition)
    redactor: logs.Redactor = field(default_factory=logs.Redactor)

    @property
    def config(self) -> Path:
        return self.folder / "syncd.yaml"

    @property
    def path(self) -> Path:
        return self.folder / "ROADMAP.md"

    @property
    def state(self) -> Path:
        return self.folder / ".syncd" / "state.db"

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def configure(self, **keys: str) -> None:
        self.config.write_text(
            configuration(self.sandbox, every=self.every, serve=self.serve, **keys), encoding="utf-8"
        )

    def __enter__(self) -> "Watchman":
        if not self.config.exists():
            self.configure()
        if not self.path.exists():
            self.path.write_text(ROADMAP, encoding="utf-8")
        self.daemon = Daemon(
            lambda: load(self.config, {}),
            self.redactor,
            config=self.config,
            clock=app.now,
            ticks=monotonic,
            chance=Random(1),
            debounce=self.debounce,
            told=[self.hear],
        )
        self.daemon.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.end()

    def hear(self, run: Finished) -> None:
        with self.heard:
            self.runs.append(run)
            self.heard.notify_all()

    def until(self, true: Callable[[], bool], seconds: float = 20) -> None:
        """Waits until it is so; looked at whenever a run was told of, and while nothing goes on: not all is a run."""
        end = monotonic() + seconds
        with self.heard:
            while not true():
                assert monotonic() < end, [(run.trigger, run.result, run.error) for run in self.runs]
                self._pass_time(end)

    def _pass_time(self, end: float) -> None:
        """Returns when a run was told of, or when none has been going on for a moment: what is done is told then."""
        idle = 0
        while idle < 2 and monotonic() < end and not self.heard.wait(0.05):
            idle = 0 if self.busy() else idle + 1

    def until_runs(self, more: int) -> None:
        """Waits until so many runs more have ended."""
        ran = len(self.runs)
        self.until(lambda: len(self.runs) >= ran + more)

    def until_calm(self) -> None:
        """Waits until nothing waits or runs any more, the echoes of what was done included."""
        self.sandbox.courier.drain()
        self.until(
            lambda: self.runs != [] and self.daemon.workers.inbox.next_at() is None and not self.busy()
        )

    def busy(self) -> bool:
        return self.daemon.workers.counts() != (0, 0)

    def ask(self, verb: str, path: str, body: bytes | str = b"", **headers: str) -> tuple[int, str]:
        """One request to the daemon."""
        return asked(self.daemon.server.address, verb, path, body, headers)

    def post_all(self, path: str, deliveries: Iterable[tuple[bytes, Mapping[str, str]]]) -> set[int]:
        """Many requests, one after the other over one connection, as a forge sends them. The statuses."""
        parts = urlsplit(self.daemon.server.address)
        statuses = set()
        with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=10)) as connection:
            for body, headers in deliveries:
                connection.request("POST", path, body, dict(headers))
                answer = connection.getresponse()
                answer.read()
                statuses.add(answer.status)
        return statuses

    def metric(self, name: str) -> float:
        """One sample, by its name with labels."""
        _, text = self.ask("GET", "/metrics")
        found = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        assert len(found) == 1, name
        return float(found[0].rpartition(" ")[2])

    def hook(self, secret: str = SECRET) -> None:
        """Lets the tracker tell this daemon what happens."""
        wish = {
            "config": {
                "url": f"{self.daemon.server.address}/hooks/github",
                "secret": secret,
                "content_type": "json",
            },
            "events": EVENTS,
        }
        status, _ = asked(
            self.sandbox.api_url,
            "POST",
            "/repos/acme/widgets/hooks",
            json.dumps(wish),
            {"Authorization": "Bearer sandbox-token", "Accept": "application/vnd.github+json"},
        )
        assert status == 201


def asked(
    address: str, verb: str, path: str, body: bytes | str = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(verb, parts.path + path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        with suppress(HTTPException, OSError):
            connection.close()
