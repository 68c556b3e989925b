"""The whole way from bytes to bytes, on small roadmaps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.integration.town import Town

SMALL = """# Widgets

## Week 1: Foundation ✅ COMPLETE

- [x] Task 1.1: Lay the first stone
- [x] Task 1.2: Raise the walls

## Week 2: Roof (1/3 Complete)

- [x] Task 2.1: Cut the beams
- [ ] Task 2.2: Nail the shingles
  - [ ] Buy nails
  - [ ] Borrow a ladder
- [ ] Task 2.3: Hang the gutters
"""


@pytest.fixture
def town(sandbox: Sandbox, clock: LogicalClock, memory: Path) -> Town:
    town = Town(sandbox, clock, memory)
    town.write(SMALL)
    return town


def test_first_run_makes_what_the_roadmap_says(town: Town) -> None:
    report = town.sync()

    assert report.exit_code == 0, report.outcomes
    assert [(issue.title, issue.state) for issue in town.ann.issues()] == [
        ("Task 1.1: Lay the first stone", "closed"),
        ("Task 1.2: Raise the walls", "closed"),
        ("Task 2.1: Cut the beams", "closed"),
        ("Task 2.2: Nail the shingles", "open"),
        ("Task 2.3: Hang the gutters", "open"),
    ]
    assert [(one.title, one.state) for one in town.ann.milestones()] == [
        ("Week 1: Foundation", "closed"),
        ("Week 2: Roof", "open"),
    ]
    assert town.text == SMALL


def test_second_run_writes_nothing(town: Town) -> None:
    town.sync()
    before = town.snapshot()

    report = town.sync()

    assert report.plan.empty
    assert report.remotes["github"].writes == 0
    assert town.snapshot() == before


def test_nothing_to_do_costs_three_requests(town: Town) -> None:
    town.sync()
    town.sync()
    town.clock.advance(3600)

    assert town.sync().remotes["github"].requests <= 3


Edit = Callable[[Town], object]
TRACKER_EDITS: list[tuple[str, Edit, str, str]] = [
    (
        "close",
        lambda t: t.ann.close(t.issue("Task 2.3: Hang the gutters").number),
        "- [ ] Task 2.3",
        "- [x] Task 2.3",
    ),
    (
        "reopen",
        lambda t: t.ann.reopen(t.issue("Task 1.2: Raise the walls").number),
        "- [x] Task 1.2",
        "- [ ] Task 1.2",
    ),
    (
        "rename",
        lambda t: t.ann.edit_issue(
            t.issue("Task 2.3: Hang the gutters").number, title="Task 2.3: Hang gutters"
        ),
        "Hang the gutters",
        "Hang gutters",
    ),
]


@pytest.mark.parametrize(
    ("edit", "before", "after"), [row[1:] for row in TRACKER_EDITS], ids=[r[0] for r in TRACKER_EDITS]
)
def test_an_edit_on_the_tracker_arrives_in_the_file(town: Town, edit: Edit, before: str, after: str) -> None:
    town.sync()
    edit(town)

    town.settle()

    assert after in town.text
    assert before not in town.text


def test_an_edit_in_the_file_arrives_on_the_tracker(town: Town) -> None:
    town.sync()
    town.edit("- [ ] Task 2.3", "- [x] Task 2.3")

    town.settle()

    assert town.issue("Task 2.3: Hang the gutters").state == "closed"
