from collections.abc import Iterator

import pytest
import responses

from syncd.forge.github import GitHub
from syncd.forge.pacing import Figures, Pace
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock

NO_LIMITS = Figures(0.0, 0, 0)


class Waits(list[float]):
    """Instead of sleeping: writes down for how long, and lets the clock pass. `stop` is what SIGTERM would say."""

    def __init__(self, clock: LogicalClock) -> None:
        super().__init__()
        self.clock = clock
        self.stop = False

    def __call__(self, seconds: float) -> bool:
        if not self.stop:
            self.append(seconds)
            self.clock.advance(seconds)
        return self.stop


@pytest.fixture
def waits(clock: LogicalClock) -> Waits:
    return Waits(clock)


@pytest.fixture
def pace(clock: LogicalClock, waits: Waits) -> Pace:
    return Pace(NO_LIMITS, clock=clock, wait=waits)


@pytest.fixture
def github(sandbox: Sandbox, pace: Pace) -> GitHub:
    return GitHub("github", "acme/widgets", token="sandbox-token", web_url=sandbox.url, pace=pace)


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Nothing leaves: each request gets the answer that was prepared for it."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
