"""One roadmap and several trackers: what tests of many remotes act on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from syncd.engine import Engine, Job, Remote, Report, Run
from syncd.forge.base import Forge
from syncd.forge.body import plain_title
from syncd.model.links import Ledger
from syncd.model.policy import HOLD, Policy, ReadingRules
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.person import Person
from syncd.state.store import Store
from tests.integration.forges import adapter, address, kind_of
from tests.integration.town import mint


@dataclass
class Country:
    """`trackers` by the remote's name, in the order in which they are configured."""

    trackers: dict[str, Sandbox]
    clock: LogicalClock
    folder: Path
    policy: Policy = field(default_factory=lambda: Policy(truth=HOLD))
    rules: ReadingRules = field(default_factory=ReadingRules)
    away: set[str] = field(default_factory=set)
    """Remotes that nobody reaches at the moment."""

    @property
    def path(self) -> Path:
        return self.folder / "ROADMAP.md"

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    def write(self, text: str | bytes) -> None:
        self.path.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, before: str, after: str) -> None:
        """A person changes one place of the file."""
        assert self.text.count(before) == 1, f"{self.text.count(before)} places hold {before!r}"
        self.write(self.text.replace(before, after))

    def person(self, remote: str) -> Person:
        """Somebody on that tracker."""
        return self.trackers[remote].person()

    def number(self, remote: str, title: str) -> int:
        """The number of the one issue with that title."""
        (found,) = [issue.number for issue in self.person(remote).issues() if issue.title == title]
        return found

    def sync(self, **options: object) -> Report:
        self.clock.advance(1)
        return self.engine().sync("main", Run(**options))  # type: ignore[arg-type]  # by their names

    def engine(self) -> Engine:
        remotes = tuple(self._remote(name) for name in self.trackers)
        job = Job(
            "main", self.path, self.folder / ".syncd" / "state.db", remotes, self.policy, self.rules, ""
        )
        return Engine({"main": job}, self.clock, mint)

    def ledger(self) -> Ledger:
        state = self.folder / ".syncd" / "state.db"
        with Store.open(state, clock=self.clock, mint=mint, read_only=True) as store:
            return store.load("main")

    def seen(self) -> Mapping[str, set[tuple[str, str, str | None]]]:
        """What every side says: title, open or closed, and milestone of each task."""
        return {"roadmap": self._roadmap(), **{name: self._tracker(name) for name in self.trackers}}

    def _remote(self, name: str) -> Remote:
        sandbox = self.trackers[name]
        nowhere = "http://127.0.0.1:9"  # the discard port: nobody listens

        def forge(store: Store) -> Forge:
            return adapter(
                name, nowhere if name in self.away else address(sandbox, kind_of(name)), self.clock
            )

        return Remote(name, forge, timedelta(minutes=15), timedelta(days=1))

    def _roadmap(self) -> set[tuple[str, str, str | None]]:
        outline = read(Source.of(self.path.read_bytes(), str(self.path)), self.rules).outline
        titles = {one.key: one.title for one in outline.milestones}
        return {
            (
                task.title,
                "closed" if task.state.closed else "open",
                titles[task.milestone] if task.milestone is not None else None,
            )
            for task in outline.tasks()
        }

    def _tracker(self, name: str) -> set[tuple[str, str, str | None]]:
        person = self.person(name)
        titles = {one.id: one.title for one in person.milestones()}
        return {
            (plain_title(issue.title), issue.state, titles.get(issue.milestone) if issue.milestone else None)
            for issue in person.issues()
        }


def reordered(country: Country, names: list[str]) -> Country:
    """The same country with its remotes configured in another order."""
    return replace(country, trackers={name: country.trackers[name] for name in names})
