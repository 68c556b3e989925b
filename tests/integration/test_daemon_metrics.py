"""What can be seen of budgets, of effects in doubt, and of the state; and that the page of the docs names it all."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.engine import Run
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock, wall_clock
from syncd.sandbox.limits import Limits
from tests.integration.forges import KINDS, Kind
from tests.integration.town import Town, policy
from tests.integration.watchman import ROADMAP, Watchman

ROOT = Path(__file__).resolve().parents[2]
LABELS = '{remote="github"}'


@pytest.fixture
def tracker(new_sandbox) -> Sandbox:
    sandbox: Sandbox = new_sandbox(clock=wall_clock)
    return sandbox


@pytest.fixture
def watchman(tracker: Sandbox, memory: Path) -> Watchman:
    return Watchman(tracker, memory)


@pytest.fixture
def daemon(watchman: Watchman) -> Iterator[Watchman]:
    with watchman:
        watchman.until_calm()
        yield watchman


@pytest.fixture(params=KINDS)
def town(request: pytest.FixtureRequest, clock: LogicalClock, memory: Path) -> Town:
    kind: Kind = request.param
    sandbox = request.getfixturevalue("gitlab_sandbox" if kind == "gitlab" else "sandbox")
    town = Town(sandbox, clock, memory, policy(), kind=kind)
    town.write(ROADMAP)
    return town


def test_a_run_tells_what_the_forge_said_last_of_its_limit(town: Town) -> None:
    before, after = town.sync().remotes[town.kind], town.sync().remotes[town.kind]
    assert before.budget is not None
    assert after.budget is not None
    limit = 2000 if town.kind == "gitlab" else 5000
    assert (before.budget.limit, after.budget.limit) == (limit, limit)
    assert before.budget.remaining == limit - before.requests
    assert before.budget.remaining - after.budget.remaining == after.requests
    assert after.budget.reset > town.clock()


def test_where_a_forge_says_nothing_of_a_limit_nothing_is_made_up(
    gitlab_sandbox: Sandbox, clock: LogicalClock, memory: Path
) -> None:
    town = Town(gitlab_sandbox, clock, memory, policy(), kind="gitlab")
    town.write(ROADMAP)
    gitlab_sandbox.meter.limits = Limits(per_minute=None)
    assert town.sync().remotes["gitlab"].budget is None


def test_a_remote_that_is_not_asked_says_nothing_new(
    sandbox: Sandbox, clock: LogicalClock, memory: Path
) -> None:
    town = Town(sandbox, clock, memory, policy())
    town.write(ROADMAP)
    away = {"github": datetime(2100, 1, 1, tzinfo=UTC)}
    assert town.engine().sync("main", Run(away=away)).remotes["github"].budget is None


def test_the_budget_of_a_remote_is_measured_as_the_forge_said_it(daemon: Watchman) -> None:
    remaining = daemon.metric(f"syncd_rate_limit_remaining{LABELS}")
    assert daemon.metric(f"syncd_rate_limit_limit{LABELS}") == 5000
    assert 0 < remaining < 5000
    assert daemon.metric(f"syncd_rate_limit_reset_timestamp_seconds{LABELS}") > wall_clock().timestamp()
    daemon.daemon.workers.put("main", "webhook")
    daemon.until_runs(1)
    report = daemon.runs[-1].report
    assert report is not None
    spent = report.remotes["github"].requests
    assert daemon.metric(f"syncd_rate_limit_remaining{LABELS}") == remaining - spent


def test_the_budget_of_a_remote_that_fails_is_the_last_that_was_told(daemon: Watchman) -> None:
    remaining = daemon.metric(f"syncd_rate_limit_remaining{LABELS}")
    daemon.sandbox.fault("drop_before", times=None)
    daemon.daemon.workers.put("main", "page")
    daemon.until_runs(1)
    assert daemon.runs[-1].result == "partial"
    assert daemon.metric(f"syncd_rate_limit_remaining{LABELS}") == remaining


def test_an_effect_in_doubt_is_seen_from_its_beginning_until_it_is_settled(watchman: Watchman) -> None:
    watchman.configure()
    text = watchman.config.read_text(encoding="utf-8")
    watchman.config.write_text(text.replace("quarantine: 0s", "quarantine: 1h"), encoding="utf-8")
    watchman.sandbox.fault("fail_before", method="POST", route="/issues$")
    begun = wall_clock().timestamp()
    with watchman as daemon:
        daemon.until(lambda: bool(daemon.runs))
        assert daemon.metric('syncd_open_intents{roadmap="main"}') == 1
        oldest = daemon.metric('syncd_oldest_intent_timestamp_seconds{roadmap="main"}')
        assert begun - 1 <= oldest <= wall_clock().timestamp() + 1
        watchman.config.write_text(text, encoding="utf-8")
        daemon.daemon.reload()
        daemon.daemon.workers.put("main", "page")
        daemon.until(lambda: len(daemon.sandbox.person().issues()) == 5)
        daemon.until_calm()
        assert daemon.metric('syncd_open_intents{roadmap="main"}') == 0
        assert daemon.metric('syncd_oldest_intent_timestamp_seconds{roadmap="main"}') == 0


def test_serial_and_size_are_those_of_the_state(daemon: Watchman) -> None:
    report = daemon.runs[-1].report
    assert report is not None
    assert daemon.metric("syncd_state_serial") == report.serial > 0
    assert daemon.metric("syncd_state_bytes") == daemon.state.stat().st_size > 0


def test_a_state_that_went_away_fails_no_look(daemon: Watchman) -> None:
    daemon.state.unlink()
    assert daemon.metric("syncd_state_bytes") == 0


def test_every_metric_is_in_the_table_of_the_docs_and_no_other_is(daemon: Watchman) -> None:
    _, text = daemon.ask("GET", "/metrics")
    families = re.findall(r"^# TYPE (syncd_\w+) ", text, re.MULTILINE)
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = page.split("\n## Metrics\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(syncd_\w+)`", "".join(rows))) == set(families)
