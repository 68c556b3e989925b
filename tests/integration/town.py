"""A roadmap in a folder, a running sandbox, and an engine between them: what integration tests act on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from syncd.engine import Engine, Job, Remote, Report, Run
from syncd.forge.base import Forge
from syncd.model.links import Ledger
from syncd.model.outline import Outline
from syncd.model.policy import HOLD, Limits, Policy, ReadingRules
from syncd.model.values import Uid
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.person import Person
from syncd.sandbox.records import Issue
from syncd.state.store import Store
from tests.integration.forges import adapter, address

_UIDS = count(1)


def mint() -> Uid:
    """A uid that no other test gets."""
    return Uid(f"u{next(_UIDS):07d}")


@dataclass
class Town:
    """One roadmap and one project. `sync()` is a run, `ann` a person on the tracker, `path` the file."""

    sandbox: Sandbox
    clock: LogicalClock
    folder: Path
    policy: Policy = field(default_factory=lambda: Policy(truth=HOLD))
    rules: ReadingRules = field(default_factory=ReadingRules)
    quarantine: timedelta = timedelta(minutes=15)
    full_sweep: timedelta = timedelta(days=1)
    token: str = "sandbox-token"
    kind: str = "github"

    @property
    def path(self) -> Path:
        return self.folder / "ROADMAP.md"

    @property
    def state(self) -> Path:
        return self.folder / ".syncd" / "state.db"

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode("utf-8")

    def write(self, text: str | bytes) -> None:
        """A person saves the file."""
        self.path.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, before: str, after: str) -> None:
        """A person changes one place of the file."""
        assert self.text.count(before) == 1, f"{self.text.count(before)} places hold {before!r}"
        self.write(self.text.replace(before, after))

    @property
    def ann(self) -> Person:
        """A person on the tracker."""
        project = next(iter(self.sandbox.world.projects.values()))
        return Person(self.sandbox.world, "ann", project)

    def outline(self) -> Outline:
        """How the file is read now."""
        return read(Source.of(self.path.read_bytes(), str(self.path)), self.rules).outline

    def ledger(self) -> Ledger:
        """What the state knows."""
        with Store.open(self.state, clock=self.clock, mint=mint, read_only=True) as store:
            return store.load("main")

    def line(self, number: int) -> str:
        """One line of the file, counted from 1."""
        return self.text.split("\n")[number - 1]

    def _set_line(self, number: int, text: str) -> None:
        lines = self.text.split("\n")
        lines[number - 1] = text
        self.write("\n".join(lines))

    def set_mark(self, number: int, mark: str) -> None:
        """A person ticks or unticks the box in a line."""
        line = self.line(number)
        at = line.index("[") + 1
        self._set_line(number, line[:at] + mark + line[at + 1 :])

    def append_to_line(self, number: int, text: str) -> None:
        """A person goes on writing at the end of a line."""
        self._set_line(number, self.line(number).rstrip() + text)

    def edit_line(self, number: int, before: str, after: str) -> None:
        """A person changes the last place of a line that says `before`."""
        head, found, tail = self.line(number).rpartition(before)
        assert found, f"{before!r} is not in line {number}"
        self._set_line(number, head + after + tail)

    def issue(self, title: str) -> Issue:
        """The one issue with that title."""
        found = [issue for issue in self.ann.issues() if issue.title == title]
        assert len(found) == 1, f"{len(found)} issues are called {title!r}"
        return found[0]

    def job(self, forge: Callable[[Store], Forge] | None = None) -> Job:
        remote = Remote(self.kind, forge or self.forge, self.quarantine, self.full_sweep)
        return Job(
            name="main",
            path=self.path,
            state=self.state,
            remotes=(remote,),
            policy=self.policy,
            rules=self.rules,
            scope=repr(self.rules),
        )

    def forge(self, store: Store) -> Forge:
        return adapter(self.kind, address(self.sandbox, self.kind), self.clock, self.token)

    def engine(self) -> Engine:
        return Engine({"main": self.job()}, self.clock, mint)

    def sync(self, **options: object) -> Report:
        """One run; a second passes before it, as people and forges need some."""
        self.clock.advance(1)
        return self.engine().sync("main", Run(**options))  # type: ignore[arg-type]  # by their names

    def settle(self) -> Report:
        """A run that must leave nothing to do: the next plan is empty."""
        report = self.sync()
        after = self.sync(dry=True)
        assert after.plan.empty, after.plan
        return report

    def snapshot(self) -> tuple[bytes, int, int, int]:
        """What a run that does nothing leaves alone: bytes, inode, mtime of the roadmap, serial of the state."""
        status = self.path.stat()
        with Store.open(self.state, clock=self.clock, mint=mint, read_only=True) as store:
            return self.path.read_bytes(), status.st_ino, status.st_mtime_ns, store.serial


def policy(**changes: object) -> Policy:
    """A policy with some of its rules changed."""
    return Policy(**{"limits": Limits(), **changes})  # type: ignore[arg-type]  # by their names


NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
