"""What a person says to a running daemon: a plan is approved, a conflict decided. Each word is used once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.daemon.finished import Finished
from syncd.errors import UsageError
from syncd.model.values import Field, Uid
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from syncd.state.store import Store
from tests.integration.town import mint
from tests.integration.watchman import ROADMAP, Watchman


@pytest.fixture
def tracker(new_sandbox) -> Sandbox:
    sandbox: Sandbox = new_sandbox(clock=wall_clock)
    return sandbox


@pytest.fixture
def daemon(tracker: Sandbox, memory: Path) -> Iterator[Watchman]:
    """Nothing is applied without a word: more than two issues is too much, and so is any first difference."""
    watchman = Watchman(tracker, memory)
    watchman.configure(rules=", truth: hold, limits: {first_create: 2}")
    with watchman:
        watchman.until_calm()
        yield watchman


def approve_latest(daemon: Watchman) -> str:
    report = daemon.runs[-1].report
    assert report is not None
    assert daemon.runs[-1].result == "refused"
    assert daemon.daemon.workers.approve("main", report.verdict.digest)
    return report.verdict.digest


def test_a_plan_that_waits_is_applied_once_it_is_approved(daemon: Watchman) -> None:
    assert daemon.sandbox.person().issues() == []
    approve_latest(daemon)
    daemon.until_runs(1)
    daemon.until_calm()
    assert [run.result for run in daemon.runs] == ["refused", "ok"]
    assert daemon.runs[-1].trigger == "page"
    assert len(daemon.sandbox.person().issues()) == 5


def test_an_approved_plan_that_the_world_has_overtaken_is_refused_with_the_plan_of_now(
    daemon: Watchman,
) -> None:
    report = daemon.runs[-1].report
    assert report is not None
    daemon.path.write_text(f"{ROADMAP}- [ ] Paint the door\n", encoding="utf-8")
    assert daemon.daemon.workers.approve("main", report.verdict.digest)
    daemon.until(lambda: any("moved" in refusals(run) for run in daemon.runs))
    daemon.until_calm()
    assert {run.result for run in daemon.runs} == {"refused"}
    assert daemon.sandbox.person().issues() == []

    assert approve_latest(daemon) != report.verdict.digest
    daemon.until(lambda: daemon.runs[-1].result == "ok")
    assert len(daemon.sandbox.person().issues()) == 6


def refusals(run: Finished) -> set[str]:
    return {one.what for one in run.report.verdict.refusals} if run.report else set()


def test_a_conflict_is_decided_and_the_next_run_carries_it_out(daemon: Watchman) -> None:
    approve_latest(daemon)
    daemon.until_runs(1)
    number = next(one.number for one in daemon.sandbox.person().issues() if one.title == "Dig the hole")
    daemon.sandbox.person().edit_issue(number, title="Dig a pit")
    daemon.path.write_text(daemon.text.replace("Dig the hole", "Dig the big hole"), encoding="utf-8")
    daemon.until(lambda: daemon.runs[-1].result == "conflict")
    daemon.until_calm()
    with Store.open(daemon.state, clock=wall_clock, mint=mint, read_only=True) as store:
        (contest,) = store.load("main").contests

    with pytest.raises(UsageError):
        daemon.daemon.workers.decide("main", Uid("nobody"), Field.TITLE, "github")
    decided = daemon.daemon.workers.decide("main", contest.uid, contest.field, "github")
    assert decided.values["github"] == "Dig a pit"
    daemon.until(lambda: "- [ ] Dig a pit" in daemon.text)
    daemon.until_calm()
    assert daemon.runs[-1].result in {"ok", "noop"}
    assert daemon.sandbox.person().issue(number).title == "Dig a pit"
