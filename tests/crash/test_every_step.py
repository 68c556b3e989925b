"""The program dies at every step of a run, just before and just after each effect; the next runs must make it good.

Random histories miss crash bugs that sit at particular points, enumerating the points does not (house-style §2.8).
A dying program is played by an exception that nothing catches, raised by the clock (asked before every intent and
after every effect) or by the forge (before a request leaves, and after its answer came).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from syncd.engine import Engine, Run
from syncd.forge.base import Forge
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.state.store import Store
from tests.integration.town import Town, mint

ROADMAP = """# Widgets

## Week 1: Foundation ✅ COMPLETE

- [x] Lay the first stone
- [x] Raise the walls

## Week 2: Roof (0/3 Complete)

- [ ] Nail the shingles
  - [ ] Buy nails
  - [ ] Borrow a ladder
- [ ] Hang the gutters
- [ ] Paint the door
"""

WRITES = ("create_issue", "update_issue", "create_milestone", "update_milestone", "create_label")


class Killed(BaseException):
    """The program is gone: no handler of ours sees it."""


@dataclass
class Fuse:
    """Kills at its `at`-th step, and counts them."""

    at: int
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Killed


class Mortal:
    """A forge before and after whose every write the program may die."""

    def __init__(self, forge: Forge, fuse: Fuse) -> None:
        self._forge, self._fuse = forge, fuse

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._forge, name)
        if name not in WRITES:
            return verb

        def dying(*arguments: Any) -> Any:
            self._fuse.step()
            answer = verb(*arguments)
            self._fuse.step()
            return answer

        return dying


def mortal_run(town: Town, fuse: Fuse) -> None:
    """One run that dies when the fuse says so."""

    def clock() -> datetime:
        fuse.step()
        return town.clock()

    def forge(store: Store) -> Any:
        return Mortal(town.forge(store), fuse)

    engine = Engine({"main": town.job(forge)}, clock, mint)
    town.clock.advance(1)
    engine.sync("main", Run())


def world(town: Town) -> tuple[str, list[Any], list[Any]]:
    """What people see on both sides; numbers may differ between two ways to the same end, titles may not."""
    milestones = {one.id: one.title for one in town.ann.milestones()}
    issues = sorted(
        (one.title, one.state, one.reason, milestones.get(one.milestone or 0), _visible(one.body or ""))
        for one in town.ann.issues()
    )
    return town.text, issues, sorted((one.title, one.state) for one in town.ann.milestones())


def _visible(body: str) -> str:
    return "\n".join(line for line in body.split("\n") if not line.startswith("<!--"))


def edits_on_both_sides(town: Town) -> None:
    """A day of work: both people and the file move, nothing contradicts."""
    town.clock.advance(60)
    gutters = town.issue("Hang the gutters").number
    town.ann.close(gutters)
    # Two renames side by side that share no word: only what the write had promised tells them apart after a crash.
    town.ann.edit_issue(gutters, title="Collect rain water")
    town.ann.edit_issue(town.issue("Paint the door").number, title="Choose another colour")
    town.edit("  - [ ] Buy nails", "  - [x] Buy nails")
    town.edit("- [x] Raise the walls", "- [ ] Raise the walls")
    town.write(town.text + "- [ ] Sweep the chimney\n")


Scenario = Callable[[Town], None]


def first_sync(town: Town) -> None:
    """Nothing is there yet."""


def second_day(town: Town) -> None:
    """Synced before, then edited everywhere."""
    town.settle()
    edits_on_both_sides(town)


@pytest.fixture
def found_town(clock: LogicalClock, memory: Path) -> Iterator[Callable[[], Town]]:
    """Makes one town after another, each with its own tracker."""
    with ExitStack() as running:
        made = iter(range(10_000))

        def found() -> Town:
            folder = memory / str(next(made))
            folder.mkdir()
            town = Town(running.enter_context(Sandbox(clock=clock)), clock, folder)
            town.write(ROADMAP)
            return town

        yield found


def recover(town: Town) -> None:
    """As many runs as it takes, but no more than three: the crash may leave a create in quarantine."""
    reports = []
    for _ in range(3):
        town.clock.advance(20 * 60)
        reports.append(town.sync())
        if reports[-1].plan.empty and reports[-1].exit_code == 0:
            return
    raise AssertionError(f"not settled after three runs: {reports[-1]}")


@pytest.mark.parametrize("scenario", [first_sync, second_day])
def test_death_at_any_step_leaves_the_same_world(found_town: Callable[[], Town], scenario: Scenario) -> None:
    calm = found_town()
    scenario(calm)
    counting = Fuse(at=0)
    mortal_run(calm, counting)
    recover(calm)
    wanted = world(calm)
    assert counting.steps > 10

    for at in range(1, counting.steps + 1):
        town = found_town()
        scenario(town)
        with pytest.raises(Killed):
            mortal_run(town, Fuse(at))
        recover(town)

        assert world(town) == wanted, f"died at step {at} of {counting.steps}"
        creates = [op for op in town.sandbox.world.log if op.effect == "issue.created"]
        assert len(creates) == len(town.ann.issues()), f"died at step {at}"
