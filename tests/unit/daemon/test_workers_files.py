"""A saved file makes a run, our own writing makes none, and half a file is not run at all."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from syncd import files
from syncd.engine import Report, Run
from syncd.errors import LockHeld
from syncd.model.remote import Unavailable
from syncd.plan.guard import Refusal, Verdict
from tests.unit.daemon.doors import T0, Desk, FakeDoor, job, report


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ROADMAP.md"
    path.write_text("as a person wrote it", encoding="utf-8")
    os.utime(path, (T0.timestamp(), T0.timestamp()))
    return path


@pytest.fixture
def desk(path: Path) -> Desk:
    desk = Desk(FakeDoor({"main": replace(job("main", "github"), path=path)}))
    desk.door.answers = [leaving(path)]
    desk.workers.put("main", "start")
    desk.workers.step()  # what is new here is only seen now
    desk.pass_time(2)
    assert desk.workers.step()
    return desk


def leaving(path: Path, write: str = "", made: Callable[..., Report] = report) -> Callable[[Run], Report]:
    """A run that writes, or not, and says what it leaves."""

    def run(_: Run) -> Report:
        if write:
            path.write_text(write, encoding="utf-8")
        return replace(made(written=bool(write)), left=files.read(path)[1].digest)

    return run


def saved(desk: Desk, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    desk.workers.put("main", "file")


def test_what_a_run_wrote_itself_makes_no_other_run(desk: Desk, path: Path) -> None:
    desk.door.answers = [leaving(path, "ours")]
    desk.run("webhook")
    desk.workers.put("main", "file")
    desk.pass_time(2)
    assert not desk.workers.step()
    assert desk.waits() is None
    assert len(desk.told) == 2


def test_what_was_put_meanwhile_is_not_dropped_with_it(desk: Desk, path: Path) -> None:
    desk.door.answers = [leaving(path, "ours")]
    desk.run("webhook")
    desk.workers.put("main", "file")
    desk.workers.put("main", "webhook")
    desk.pass_time(2)
    assert desk.workers.step()


@pytest.mark.parametrize("text", ["theirs", "as a person wrote it", ""])
def test_a_persons_save_makes_a_run_also_when_it_takes_ours_back(desk: Desk, path: Path, text: str) -> None:
    desk.door.answers = [leaving(path, "ours"), leaving(path), leaving(path)]
    desk.run("webhook")
    saved(desk, path, text)
    desk.pass_time(2)
    assert desk.workers.step()
    saved(desk, path, "ours")  # an undo in the editor
    desk.pass_time(2)
    assert desk.workers.step(), "these are our bytes, but not what the last run left"


def test_a_save_during_the_run_is_none_of_ours(desk: Desk, path: Path) -> None:
    def run(asked: Run) -> Report:
        left = leaving(path, "ours")(asked)
        saved(desk, path, "theirs")
        return left

    desk.door.answers = [run]
    desk.run("webhook")
    desk.pass_time(2)
    assert desk.workers.step()


@pytest.mark.parametrize(
    "end",
    [LockHeld("somebody"), report(unavailable=[Unavailable("github", "down")])],
    ids=["no run", "not complete"],
)
def test_after_a_run_that_was_not_complete_a_save_of_the_same_makes_another(
    desk: Desk, path: Path, end: Report | Exception
) -> None:
    left = files.read(path)[1].digest
    desk.door.answers = [replace(end, left=left) if isinstance(end, Report) else end]
    desk.run("webhook")
    desk.pass_time(1)
    desk.workers.put("main", "file")
    desk.pass_time(2)
    assert desk.workers.step()


def refused(path: Path) -> Report:
    too_much = Refusal("github", "create", 9, 1, 9, "too much", final=True)
    return replace(report(), verdict=Verdict("d" * 64, refusals=(too_much,)), left=files.read(path)[1].digest)


@pytest.mark.parametrize("then", ["too much", "as a person wrote it"], ids=["the same again", "as before"])
def test_after_a_plan_that_was_refused_every_save_makes_a_run(desk: Desk, path: Path, then: str) -> None:
    saved(desk, path, "too much")
    desk.pass_time(2)
    desk.door.answers = [lambda _: refused(path)]
    assert desk.workers.step()
    assert (desk.told[-1].result, desk.waits()) == ("refused", None)
    saved(desk, path, then)
    desk.pass_time(2)
    assert desk.workers.step()


def test_with_a_new_configuration_the_same_bytes_may_mean_something_else(desk: Desk, path: Path) -> None:
    desk.workers.exchange(FakeDoor(desk.door.jobs))
    desk.workers.put("main", "file")
    desk.pass_time(2)
    assert desk.workers.step()


def test_half_a_file_is_not_run_whoever_asks_and_all_that_was_asked_for_waits(desk: Desk, path: Path) -> None:
    desk.workers.put("main", "schedule", {"github": frozenset({7})})
    desk.workers.approve("main", "d" * 64)
    desk.pass_time(1.9)
    saved(desk, path, "half")
    desk.pass_time(1.9)
    saved(desk, path, "half and ")
    desk.workers.put("main", "page")
    desk.pass_time(1.9)
    path.write_text("half and half", encoding="utf-8")  # nobody told us yet
    desk.pass_time(0.1)
    assert not desk.workers.step()
    assert desk.waits() == 2
    assert desk.workers.counts() == (1, 0)
    desk.pass_time(2)
    desk.door.answers = [leaving(path)]
    assert desk.workers.step()
    _, asked = desk.door.asked[-1]
    assert (asked.trigger, asked.approve, asked.named) == ("page", "d" * 64, {"github": frozenset({7})})
    assert desk.waits() is None


def test_what_has_waited_long_is_put_off_like_anything_else(desk: Desk, path: Path) -> None:
    desk.workers.put("main", "webhook")
    desk.pass_time(40)  # every worker was busy
    path.write_text("half", encoding="utf-8")
    for _ in range(2):
        assert not desk.workers.step()
        assert desk.waits() == 2


def test_the_run_itself_is_told_whether_what_it_reads_is_at_rest(desk: Desk, path: Path) -> None:
    """Between the look and the reading somebody may begin to write."""
    believed: list[bool] = []

    def run(asked: Run) -> Report:
        believed.append(asked.believes(files.read(path)[1].digest))
        path.write_text("half", encoding="utf-8")
        believed.append(asked.believes(files.read(path)[1].digest))
        return report()

    desk.door.answers = [run]
    desk.run("webhook")
    assert believed == [True, False]
