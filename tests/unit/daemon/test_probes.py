"""What makes a daemon unready: its end, its state, and that nothing of it is in step any more."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request

from syncd.daemon.board import Board
from syncd.daemon.finished import Finished
from syncd.daemon.web.probes import Probes
from tests.unit.daemon.doors import T0, report

HOUR = timedelta(hours=1)


class Working:
    def stuck(self, seconds: float) -> list[str]:
        return []


@dataclass
class Desk:
    """Two roadmaps, one that is due each hour and one that is due each minute; both began at T0."""

    now: datetime = T0
    ending: bool = False
    board: Board = field(default_factory=Board)

    def __post_init__(self) -> None:
        gaps = {"slow": HOUR, "quick": timedelta(minutes=1)}
        self.board.keep(gaps, T0)
        self.probes = Probes(
            Working(),
            self.board,
            clock=lambda: self.now,
            gap=gaps.__getitem__,
            ending=lambda: self.ending,
        )

    def ran(self, name: str, code: int = 0) -> None:
        done = report(name) if code == 0 else None
        self.board.note(Finished(name, "schedule", {}, self.now, self.now, HOUR, report=done, exit_code=code))

    def ready(self) -> tuple[int, list[str]]:
        answer = asyncio.run(self.probes.readyz(Request({"type": "http"})))
        return answer.status_code, bytes(answer.body).decode().splitlines()


def test_it_is_ready_from_the_start_for_as_long_as_a_first_run_may_take() -> None:
    desk = Desk()
    desk.now += timedelta(minutes=15)
    assert desk.ready() == (200, ["daemon: ok", "roadmap quick: ok", "roadmap slow: ok"])


def test_one_stale_roadmap_of_several_is_named_and_takes_the_webhooks_from_nobody() -> None:
    desk = Desk()
    desk.now += timedelta(minutes=16)
    desk.ran("slow")
    assert desk.ready() == (
        200,
        ["daemon: ok", "roadmap quick: no complete run for 960 s", "roadmap slow: ok"],
    )


def test_when_all_are_stale_it_is_not_ready() -> None:
    desk = Desk()
    desk.ran("slow")
    desk.ran("quick")
    desk.now += 3 * HOUR
    assert desk.ready()[0] == 200
    desk.now += timedelta(seconds=1)
    assert desk.ready() == (
        503,
        [
            "daemon: ok",
            "roadmap quick: no complete run for 10801 s",
            "roadmap slow: no complete run for 10801 s",
        ],
    )
    desk.ran("quick")
    assert desk.ready()[0] == 200


def test_a_run_that_failed_makes_nothing_fresh() -> None:
    desk = Desk()
    desk.now += 4 * HOUR
    desk.ran("slow", 1)
    desk.ran("quick", 75)
    assert desk.ready()[0] == 503


def test_a_state_that_cannot_be_used_is_everybodys_trouble() -> None:
    desk = Desk()
    desk.ran("slow")
    desk.ran("quick", 5)
    assert desk.ready() == (
        503,
        ["daemon: ok", "roadmap quick: the state cannot be used", "roadmap slow: ok"],
    )


def test_one_that_ends_is_not_ready() -> None:
    desk = Desk()
    desk.ending = True
    assert desk.ready()[0] == 503
