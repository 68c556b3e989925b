"""SIGTERM after each request of a run: out in ten seconds, nothing half done, and the next start finishes (I21).

Two runs: a first sync, and a day on which both sides were edited, so that the roadmap is written as well. The tracker
holds each answer back until the daemon says that it ends, so a point is a point and no race. Together with what can be
wrong at such a moment (an answer that is lost, one that dawdles, a wait before the next attempt) these are all points
at which a run can be met: before the roadmap is written, between reads, in each write, and between any two of them.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from syncd import app
from syncd.config import load
from syncd.engine import Run
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from syncd.sandbox.wire import Exchange
from tests.integration.nursery import Nursery
from tests.integration.watchman import ROADMAP, configuration


@dataclass
class Ear:
    """Hears the requests of a run. At the `at`-th it does what it was told, before the answer leaves."""

    at: int = 0
    do: Callable[[], None] = lambda: None
    heard: int = 0

    def __call__(self, exchange: Exchange) -> None:
        self.heard += 1
        if self.heard == self.at:
            self.do()


@dataclass
class Scene:
    """A tracker, a folder, and an ear between them."""

    tracker: Sandbox
    folder: Path
    ear: Ear

    @property
    def text(self) -> str:
        return (self.folder / "ROADMAP.md").read_text(encoding="utf-8")

    def rest(self) -> None:
        """Nobody has touched the file for a long time: no start waits for it."""
        os.utime(self.folder / "ROADMAP.md", (0, 0))

    def sync(self) -> int:
        """A run in this process; how many requests it made."""
        before = self.ear.heard
        engine = app.build(load(self.folder / "syncd.yaml", {}))
        assert engine.sync("main", Run()).exit_code == 0
        return self.ear.heard - before

    def issues(self) -> list[tuple[str, str]]:
        return sorted((one.title, one.state) for one in self.tracker.person().issues())

    def number(self, title: str) -> int:
        return next(one.number for one in self.tracker.person().issues() if one.title == title)


@pytest.fixture
def scene(new_sandbox, judge, memory: Path) -> Scene:
    ear = Ear()

    def hear(exchange: Exchange) -> None:
        judge(exchange)
        ear(exchange)

    scene = Scene(new_sandbox(clock=wall_clock, recorder=hear), memory, ear)
    (memory / "ROADMAP.md").write_text(ROADMAP, encoding="utf-8")
    (memory / "syncd.yaml").write_text(configuration(scene.tracker), encoding="utf-8")
    return scene


@pytest.fixture(scope="module")
def nurse() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def nursery(nurse: Nursery) -> Iterator[Nursery]:
    yield nurse
    nurse.clear()


FIRST, SECOND = 11, 11
"""Requests of either run; a test counts them, so that no point is left out later."""
POINTS = [
    *((False, point) for point in range(1, FIRST + 1)),
    *((True, point) for point in range(1, SECOND + 1)),
]


def second_day(scene: Scene) -> None:
    """Synced before; then one was closed and one renamed there; here two were ticked, one moved, and two are new."""
    scene.sync()
    ann = scene.tracker.person()
    ann.close(scene.number("Dig the hole"))
    ann.edit_issue(scene.number("Pour the floor"), title="Pour the concrete")
    text = ROADMAP.replace("[ ] Raise", "[x] Raise").replace("[ ] Nail", "[x] Nail")
    text = text.replace("- [ ] Clear the site\n", "")
    text += "- [ ] Clear the site\n- [ ] Paint the door\n- [ ] Hang the door\n"
    (scene.folder / "ROADMAP.md").write_text(text, encoding="utf-8")


AFTER_THE_FIRST = sorted(
    (title, "open")
    for title in ("Clear the site", "Dig the hole", "Pour the floor", "Raise the walls", "Nail the roof")
)
AFTER_THE_SECOND = sorted(
    [
        ("Clear the site", "open"),
        ("Dig the hole", "closed"),
        ("Pour the concrete", "open"),
        ("Raise the walls", "closed"),
        ("Nail the roof", "closed"),
        ("Paint the door", "open"),
        ("Hang the door", "open"),
    ]
)
FILE_AFTER_THE_SECOND = """# Widgets

## Phase 1: Ground

- [x] Dig the hole
- [ ] Pour the concrete

## Phase 2: House

- [x] Raise the walls
- [x] Nail the roof
- [ ] Clear the site
- [ ] Paint the door
- [ ] Hang the door
"""


def test_every_request_of_the_two_runs_is_a_point(scene: Scene) -> None:
    assert scene.sync() == FIRST
    scene.tracker.reset()
    (scene.folder / ".syncd" / "state.db").unlink()
    second_day(scene)
    assert scene.sync() == SECOND
    assert (scene.text, scene.issues()) == (FILE_AFTER_THE_SECOND, AFTER_THE_SECOND)


def end_at(scene: Scene, nursery: Nursery, point: int) -> int:
    """A daemon that is told to end after so many requests of its run. Returns how many writes it sent after that."""

    asked: list[float] = []

    def end() -> None:
        asked.append(monotonic())
        nursery.signal()
        # The answer waits until the daemon knows: what it does from now on, it does in spite of the signal.
        nursery.told("daemon.ending")

    scene.ear.heard, scene.ear.at, scene.ear.do = 0, point, end
    scene.rest()
    nursery.born(scene.folder)
    assert nursery.ended() == 0
    assert monotonic() - asked[0] <= 10
    assert scene.ear.heard >= point, "the signal came before the run was over"
    scene.ear.at = 0
    return sum(one.asked.method != "GET" for one in scene.tracker.exchanges[-scene.ear.heard :][point:])


def finish(scene: Scene, nursery: Nursery) -> None:
    """The next start. It has to end in step, and then there is nothing left to do."""
    scene.tracker.faults.clear()
    scene.rest()
    nursery.born(scene.folder)
    nursery.told("sync.finished", lambda run: run["result"] in {"ok", "noop"})
    asked = monotonic()
    nursery.signal()
    assert nursery.ended() == 0
    assert monotonic() - asked <= 10
    report = app.build(load(scene.folder / "syncd.yaml", {})).sync("main", Run(dry=True))
    assert (report.plan.empty, report.exit_code) == (True, 0)
    made = Counter(op.effect for op in scene.tracker.world.log)
    assert made["issue.created"] == len(scene.issues()), "nothing was created twice"
    assert made["milestone.created"] == len(scene.tracker.person().milestones()) == 2


@pytest.mark.parametrize(("later", "point"), POINTS)
def test_a_run_that_is_told_to_end_leaves_nothing_half_done_and_the_next_start_finishes(
    scene: Scene, nursery: Nursery, later: bool, point: int
) -> None:
    if later:
        second_day(scene)
    before = scene.text
    after = FILE_AFTER_THE_SECOND if later else ROADMAP

    assert end_at(scene, nursery, point) <= 1, "the effect in flight, and no other"
    assert scene.text in {before, after}

    finish(scene, nursery)
    assert (scene.text, scene.issues()) == (after, AFTER_THE_SECOND if later else AFTER_THE_FIRST)


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        pytest.param(3, {"kind": "fail_before", "status": 503, "route": "/issues"}, id="before a read again"),
        pytest.param(
            3,
            {"kind": "limit", "headers": {"Retry-After": "45"}, "route": "/issues"},
            id="while a limit is waited for",
        ),
        pytest.param(5, {"kind": "drop_after", "method": "POST"}, id="a milestone whose answer is lost"),
        pytest.param(
            8, {"kind": "drop_after", "method": "POST", "nth": 4}, id="an issue whose answer is lost"
        ),
        pytest.param(8, {"kind": "fail_before", "method": "POST", "nth": 4}, id="an issue that failed"),
    ],
)
def test_a_run_in_trouble_that_is_told_to_end_makes_nothing_worse(
    scene: Scene, nursery: Nursery, point: int, fault: dict[str, Any]
) -> None:
    scene.tracker.fault(**fault)
    assert end_at(scene, nursery, point) == 0
    finish(scene, nursery)
    assert (scene.text, scene.issues()) == (ROADMAP, AFTER_THE_FIRST)


def test_an_update_whose_answer_is_lost_is_not_sent_again_blindly(scene: Scene, nursery: Nursery) -> None:
    second_day(scene)
    scene.tracker.fault("drop_after", method="PATCH")
    assert end_at(scene, nursery, 7) == 0
    finish(scene, nursery)
    assert (scene.text, scene.issues()) == (FILE_AFTER_THE_SECOND, AFTER_THE_SECOND)
