"""What every test shares: Hypothesis profiles, the five seeds, and a CI in which nothing is skipped."""

import logging
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

pytest_plugins = ["tests.sandbox_fixture"]
# Its dependencies are a group of their own (`make test-browser`); without them not even its imports work.
collect_ignore = [] if find_spec("playwright") else ["browser"]

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

FAKE_TOKEN = "sandbox-token"
"""What nearly every test configures."""

SEEDS = ("joget", "ratchet", "dataknobs", "p3roadmap", "ofsc")

_EXAMPLES = DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples")
settings.register_profile("dev", max_examples=50, deadline=None, database=_EXAMPLES)
# CI draws the same examples every time: a red build is about the change, not about luck.
settings.register_profile("ci", max_examples=200, deadline=None, database=None, derandomize=True)
settings.register_profile("nightly", max_examples=20_000, deadline=None, database=_EXAMPLES)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if CI else "dev"))


@dataclass(frozen=True, slots=True)
class Seed:
    """One real roadmap and what reading it must give."""

    name: str
    roadmap: Path
    golden: Path


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real roadmaps and the oracles, a folder beside the checkout that is not part of the project."""
    folder = Path(os.environ.get("SYNCD_SHARED") or ROOT.parent / "shared")
    if folder.is_dir():
        return folder
    missing = f"{folder} is not there (SYNCD_SHARED names another place)"
    if CI:
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest, shared: Path) -> Seed:
    """Each of the five seeds in turn."""
    name: str = request.param
    return Seed(name, shared / "seeds" / f"{name}.md", shared / "golden" / f"{name}.json")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of states are synced to disk with every word."""
    in_memory = Path("/dev/shm")  # noqa: S108 - only where the test's folders lie, not what is in them
    if not in_memory.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=in_memory) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def log_put_back() -> Iterator[None]:
    """A program that a test started wrote its log to where that test was listening: nobody does any more."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = [
        one for one in root.handlers if one in before or type(one) is not logging.StreamHandler
    ]
    root.setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """The developer's tokens, configuration and git set-up reach no test."""
    ours = ("SYNCD_", "GITHUB_", "GH_", "GITLAB_", "CI_", "GIT_")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(ours) and name != "SYNCD_SHARED":
                patch.delenv(name)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # First, so that `-m` already sees the mark: the folder says it, no test needs to.
    for item in items:
        for mark in ("e2e", "browser"):
            if item.path.is_relative_to(ROOT / "tests" / mark):
                item.add_marker(mark)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever a test says on the side, daemons and libraries included, must not hold the token it was given (I20)."""
    report = yield
    told = [name for name, text in report.sections if FAKE_TOKEN in text]
    # At the end all that was said before is there as well.
    if told and report.passed and report.when == "teardown":
        report.outcome = "failed"
        report.longrepr = f"the token {FAKE_TOKEN!r} stands in: {', '.join(told)}"
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: what was not run is not known to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # Workers of xdist have no reporter; their controller sees every report.
    if not CI or reporter is None or not reporter.stats.get("skipped"):
        return
    reporter.write_line("")
    reporter.write_line("tests were skipped although CI is set", red=True)
    if session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
