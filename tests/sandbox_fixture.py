"""The embedded tracker for tests: a fresh one per test, on a clock that stands still.

Every exchange with it is held to what GitHub or GitLab publish about theirs when the test has ended.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.wire import Exchange
from tests.gitlab_schemas import ROOT as GITLAB
from tests.gitlab_schemas import GitLabChecker
from tests.openapi import OpenApiChecker


@dataclass
class Judge:
    """Collects the exchanges of a test. Without the published documents (outside CI) nothing is judged."""

    checker: OpenApiChecker | None
    gitlab: GitLabChecker | None = None
    heard: list[tuple[Exchange, bool]] = field(default_factory=list)
    _strict: bool = True

    def __call__(self, exchange: Exchange) -> None:
        self.heard.append((exchange, self._strict))

    @contextmanager
    def bad_requests(self) -> Iterator[None]:
        """What is asked in here may be wrong on purpose. Its answers are judged as ever."""
        self._strict = False
        try:
            yield
        finally:
            self._strict = True

    def problems(self) -> list[str]:
        return [
            problem
            for exchange, strict in self.heard
            if (checker := self._checker(exchange)) is not None
            for problem in checker.problems(exchange, requests=strict)
        ]

    def _checker(self, exchange: Exchange) -> OpenApiChecker | GitLabChecker | None:
        return self.gitlab if f"{GITLAB}/" in exchange.asked.path else self.checker


@pytest.fixture(scope="session")
def github_openapi(request: pytest.FixtureRequest) -> OpenApiChecker | None:
    """The checker over the published document, or None where `shared` is absent (never in CI)."""
    try:
        shared = request.getfixturevalue("shared")
    except pytest.skip.Exception:
        return None
    document = shared / "oracles" / "github" / "rest-openapi.json"
    return OpenApiChecker(json.loads(document.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def gitlab_schemas(request: pytest.FixtureRequest) -> GitLabChecker | None:
    """The checker over what GitLab publishes, or None where `shared` is absent (never in CI)."""
    try:
        shared = request.getfixturevalue("shared")
    except pytest.skip.Exception:
        return None
    folder = shared / "oracles" / "gitlab"
    document, schemas = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("rest-openapi.json", "response-schemas.json")
    )
    return GitLabChecker(document, schemas)


@pytest.fixture
def clock() -> LogicalClock:
    """The time of every sandbox in this test; `clock.advance(seconds)` lets it pass."""
    return LogicalClock()


@pytest.fixture
def judge(github_openapi: OpenApiChecker | None, gitlab_schemas: GitLabChecker | None) -> Iterator[Judge]:
    """Hears every exchange of this test, and fails the test in the end if one was not as the forge's are."""
    judge = Judge(github_openapi, gitlab_schemas)
    yield judge
    problems = judge.problems()
    assert not problems, "not as GitHub and GitLab have it:\n" + "\n".join(problems)


@pytest.fixture
def new_sandbox(clock: LogicalClock, judge: Judge) -> Iterator[Callable[..., Sandbox]]:
    """Makes running sandboxes, with the arguments of `Sandbox`, and stops them after the test."""
    with ExitStack() as running:

        def start(*args: Any, **options: Any) -> Sandbox:
            return running.enter_context(Sandbox(*args, **{"clock": clock, "recorder": judge, **options}))

        yield start


@pytest.fixture
def sandbox(new_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A running sandbox with the project `acme/widgets`; the token `sandbox-token` may do everything."""
    return new_sandbox()


@pytest.fixture
def gitlab_sandbox(new_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """The same, where people act by GitLab's customs. Another tracker than `sandbox`: two remotes are two of them."""
    return new_sandbox(forge="gitlab")
