"""What becomes of a run's end: waits, retries, what is told, and what a new configuration has to wait for."""

import threading
from datetime import timedelta

import pytest

from syncd.engine import Run
from syncd.errors import LockHeld, NotNow, RoadmapChanged, RoadmapError, StateError, UsageError
from syncd.model.remote import Unavailable
from syncd.model.values import Field, Uid
from tests.unit.daemon.doors import T0, Desk, FakeDoor, job, outcomes, report


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_run_is_given_why_and_which_issues_and_tells_its_end(desk: Desk) -> None:
    run = desk.run("webhook", github=frozenset({7}))
    ((name, asked),) = desk.door.asked
    assert (name, asked.trigger, asked.named) == ("main", "webhook", {"github": frozenset({7})})
    assert asked.turn == timedelta(seconds=60)
    assert (run.result, run.complete, run.named, run.waited.total_seconds()) == ("noop", True, 1, 2)
    assert desk.waits() is None


def test_nothing_is_run_before_its_time_or_for_a_name_that_nobody_configured(desk: Desk) -> None:
    assert not desk.workers.put("other", "webhook")
    desk.workers.put("main", "webhook")
    assert not desk.workers.step()


def test_the_rest_of_a_turn_is_planned_anew_at_once(desk: Desk) -> None:
    desk.door.answers = [report(outcomes=[outcomes("done", "skipped", stopped="its turn is over")])]
    run = desk.run()
    assert (run.result, run.complete, desk.waits()) == ("partial", False, 0)


def test_a_run_that_got_nowhere_waits_longer_and_longer(desk: Desk) -> None:
    desk.door.answers = [report(outcomes=[outcomes("skipped")]) for _ in range(3)]
    desk.run()
    waits = [desk.waits()]
    for _ in range(2):
        desk.pass_time(waits[-1] or 0)
        desk.workers.step()
        waits.append(desk.waits())
    assert waits == [10, 20, 40]


def test_an_effect_that_was_refused_holds_up_nobodys_webhook(desk: Desk) -> None:
    desk.door.answers = [report(outcomes=[outcomes("done", "rejected")])]
    desk.run()
    assert desk.waits() == 10
    desk.workers.put("main", "webhook")
    assert desk.waits() == 2


def test_a_limit_met_in_writing_is_waited_for_but_webhooks_are_read(desk: Desk) -> None:
    until = T0 + timedelta(seconds=600)
    desk.door.answers = [report(outcomes=[outcomes("done", "skipped", retry_at=until)])]
    desk.run()
    assert desk.waits() == 598
    desk.workers.put("main", "webhook")
    assert desk.waits() == 2
    assert desk.workers.away() == {}


def test_nothing_is_asked_of_a_forge_before_the_time_it_named(desk: Desk) -> None:
    until = T0 + timedelta(seconds=600)
    desk.door.answers = [report(unavailable=[Unavailable("github", "wait", until, 75)])]
    assert desk.run("webhook", github=frozenset({7})).result == "later"
    desk.workers.put("main", "webhook")
    assert desk.waits() == 598
    desk.pass_time(598)
    desk.workers.step()
    _, again = desk.door.asked[-1]
    assert again.named == {"github": frozenset({7})}, "what was named and not read is read now"
    assert again.away == {}


def test_a_remote_that_failed_is_left_in_peace_while_the_others_go_on() -> None:
    desk = Desk(FakeDoor({"main": job("main", "github", "gitlab")}))
    both = ("github", "gitlab")
    down = report(remotes=both, unavailable=[Unavailable("gitlab", "no connection")])
    desk.door.answers = [down, down]
    desk.run()
    assert desk.waits() == 10
    desk.run("webhook")
    _, second = desk.door.asked[-1]
    assert list(second.away) == ["gitlab"]
    assert desk.waits() == 8, "what it was not asked counts as no second failure"
    desk.pass_time(8)
    desk.workers.step()
    _, third = desk.door.asked[-1]
    assert third.away == {}
    assert desk.workers.away() == {}


@pytest.mark.parametrize(
    ("error", "result", "code"),
    [
        (LockHeld("somebody"), "later", 75),
        (NotNow("a merge"), "later", 75),
        (RoadmapError("torn", path="R.md"), "error", 65),
        (StateError("torn"), "error", 5),
        (ZeroDivisionError("s3cret"), "error", 1),
    ],
)
def test_what_ends_a_run_holds_it_back_until_its_time_or_a_person_comes(
    desk: Desk, error: Exception, result: str, code: int
) -> None:
    desk.door.answers = [error]
    run = desk.run()
    assert (run.result, run.exit_code, run.complete) == (result, code, False)
    assert "s3cret" not in run.error
    desk.workers.put("main", "webhook")
    assert desk.waits() == 10
    desk.workers.put("main", "file")
    assert desk.waits() == 2


def test_a_file_that_was_saved_meanwhile_is_read_again_in_a_moment(desk: Desk) -> None:
    desk.door.answers = [RoadmapChanged("saved")]
    desk.run()
    assert desk.waits() == 2


def test_an_approved_plan_is_applied_by_the_next_run_and_by_no_other(desk: Desk) -> None:
    desk.workers.put("main", "schedule")
    desk.workers.approve("main", "d" * 64)
    desk.pass_time(2)
    assert desk.workers.step()
    assert desk.told[-1].trigger == "page"
    desk.run()
    assert [run.approve for _, run in desk.door.asked] == ["d" * 64, ""]


def test_the_latest_approval_counts(desk: Desk) -> None:
    desk.workers.approve("main", "a" * 64)
    desk.workers.approve("main", "b" * 64)
    desk.run()
    ((_, asked),) = desk.door.asked
    assert asked.approve == "b" * 64


@pytest.mark.parametrize(
    "error",
    [LockHeld("somebody"), NotNow("a merge"), RoadmapChanged("saved"), RoadmapError("torn", path="R.md")],
)
def test_a_run_that_never_came_to_a_plan_leaves_the_approval_to_the_next_one(
    desk: Desk, error: Exception
) -> None:
    desk.door.answers = [error]
    desk.workers.approve("main", "d" * 64)
    desk.run()
    desk.pass_time(desk.waits() or 0)
    assert desk.workers.step()
    desk.run()
    assert [run.approve for _, run in desk.door.asked] == ["d" * 64, "d" * 64, ""]


def test_an_approval_that_came_during_a_run_is_not_replaced_by_the_one_that_run_gives_back(
    desk: Desk,
) -> None:
    def locked(_: Run):
        desk.workers.approve("main", "b" * 64)
        raise LockHeld("somebody")

    desk.door.answers = [locked]
    desk.workers.approve("main", "a" * 64)
    desk.run()
    desk.pass_time(60)
    assert desk.workers.step()
    assert [run.approve for _, run in desk.door.asked] == ["a" * 64, "b" * 64]


def test_whoever_approves_or_decides_waits_for_no_back_off(desk: Desk) -> None:
    desk.door.answers = [StateError("torn"), StateError("torn")]
    desk.run()
    assert desk.waits() == 10
    desk.workers.approve("main", "d" * 64)
    assert desk.waits() == 2
    desk.run()
    desk.workers.decide("main", Uid("u"), Field.TITLE, "github")
    assert desk.waits() == 2


def test_a_decision_asks_for_the_run_that_carries_it_out(desk: Desk) -> None:
    contest = desk.workers.decide("main", Uid("u"), Field.TITLE, "github")
    assert (contest.uid, contest.field) == ("u", Field.TITLE)
    assert desk.door.decided == [("main", "u", Field.TITLE, "github")]
    desk.pass_time(2)
    assert desk.workers.step()
    assert desk.told[-1].trigger == "page"


def test_a_decision_that_is_none_asks_for_nothing(desk: Desk) -> None:
    with pytest.raises(UsageError):
        desk.workers.decide("main", Uid("u"), Field.TITLE, "nobody")
    assert desk.waits() is None


def test_a_preview_is_a_dry_run_that_leaves_in_peace_who_is_left_in_peace(desk: Desk) -> None:
    desk.door.answers = [report(unavailable=[Unavailable("github", "503")])]
    desk.run()
    assert desk.workers.preview("main").roadmap == "main"
    _, asked = desk.door.asked[-1]
    assert asked.dry
    assert asked.away == desk.workers.away() != {}
    assert desk.workers.plight("main").word == "", "nobody is asked to run"


def test_the_signal_ends_a_run_and_asks_for_no_other(desk: Desk) -> None:
    def stopped(run: Run):
        assert run.stop() == ""
        desk.stop.set()
        assert run.stop()
        return report(outcomes=[outcomes("done", "skipped", stopped=run.stop())])

    desk.door.answers = [stopped]
    run = desk.run()
    assert (run.result, desk.waits()) == ("stopped", None)
    assert not desk.workers.put("main", "webhook")


def test_a_new_engine_begins_when_no_run_is_going_on(desk: Desk) -> None:
    new = FakeDoor({"main": job("main", "github"), "second": job("second", "github")})
    seen: list[bool] = []

    def reloading(_: Run):
        desk.workers.exchange(new)
        desk.workers.put("second", "schedule")
        desk.pass_time(5)
        seen.append(desk.workers.step())
        return report()

    desk.door.answers = [reloading]
    desk.run()
    assert seen == [False]
    assert desk.workers.step()
    assert [name for name, _ in new.asked] == ["second"]
    assert len(desk.door.asked) == 1


def test_a_roadmap_that_left_the_configuration_is_no_longer_run(desk: Desk) -> None:
    desk.workers.put("main", "schedule")
    desk.workers.exchange(FakeDoor({"other": job("other", "github")}))
    desk.pass_time(60)
    assert not desk.workers.step()


def test_threads_take_what_is_due_and_leave_when_they_shall(desk: Desk) -> None:
    entered, let_go = threading.Event(), threading.Event()

    def long(run: Run):
        entered.set()
        assert let_go.wait(10)
        return report()

    desk.door.answers = [long]
    desk.workers.put("main", "schedule")
    desk.pass_time(2)
    desk.workers.start(2)
    assert entered.wait(10)
    assert desk.workers.counts() == (0, 1)
    assert desk.workers.stuck(900) == []
    desk.pass_time(901)
    assert len(desk.workers.stuck(900)) == 1, "a run that does nothing for so long is stuck"
    desk.stop.set()
    let_go.set()
    assert desk.workers.drain(10)
    assert len(desk.told) == 1
    assert desk.workers.stuck(900) == [], "who was told to leave is not dead"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it dies on purpose
def test_a_thread_that_died_by_itself_is_seen(desk: Desk) -> None:
    def fall(_: Run):
        raise SystemExit

    desk.door.answers = [fall]
    desk.workers.put("main", "schedule")
    desk.pass_time(2)
    before = set(threading.enumerate())
    desk.workers.start(1)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert desk.workers.stuck(900) == ["worker-1"]
