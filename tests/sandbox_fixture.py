"""The embedded tracker for tests: a fresh one per test, on a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock


@pytest.fixture
def clock() -> LogicalClock:
    """The time of every sandbox in this test; `clock.advance(seconds)` lets it pass."""
    return LogicalClock()


@pytest.fixture
def new_sandbox(clock: LogicalClock) -> Iterator[Callable[..., Sandbox]]:
    """Makes running sandboxes, with the arguments of `Sandbox`, and stops them after the test."""
    with ExitStack() as running:

        def start(*args: Any, **options: Any) -> Sandbox:
            return running.enter_context(Sandbox(*args, **{"clock": clock, **options}))

        yield start


@pytest.fixture
def sandbox(new_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A running sandbox with the project `acme/widgets`; the token `sandbox-token` may do everything."""
    return new_sandbox()
