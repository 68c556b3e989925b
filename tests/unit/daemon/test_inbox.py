"""The coalescing set of names: bursts, what comes during a run, waits after failures. No clock but the test's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.inbox import (
    DEBOUNCE,
    FIRST_WAIT,
    LAST_WAIT,
    LISTS_SETTLE,
    LONGEST,
    MOST_NAMED,
    Ended,
    Inbox,
    Plight,
)

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)
OK = Ended()
FAILED = Ended(failed=True)
HELD = Ended(failed=True, hold=True)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox(jitter=lambda: 1.0)


def taken(inbox: Inbox, now: datetime, room: int = 9) -> list[str]:
    return [one.name for one in inbox.due(now, room)]


def test_a_name_waits_until_nothing_more_comes(inbox: Inbox) -> None:
    inbox.put("main", "webhook", at(0))
    inbox.put("main", "webhook", at(1.5))
    assert inbox.next_at() == at(3.5)
    assert taken(inbox, at(3.4)) == []
    assert taken(inbox, at(3.5)) == ["main"]
    assert taken(inbox, at(100)) == []


def test_the_first_run_of_a_roadmap_waits_for_nothing(inbox: Inbox) -> None:
    inbox.put("main", "start", at(0))
    assert inbox.next_at() == at(0)
    assert taken(inbox, at(0)) == ["main"]
    assert inbox.next_at() is None


def test_a_stream_that_never_ends_is_cut_after_the_longest_wait(inbox: Inbox) -> None:
    for second in range(31):
        inbox.put("main", "webhook", at(second))
    assert taken(inbox, at(29.9)) == []
    assert taken(inbox, at(30)) == ["main"]


def test_a_burst_of_any_size_is_one_run_and_says_what_it_was(inbox: Inbox) -> None:
    fresh = [inbox.put("main", "webhook", at(0), {"github": frozenset({n % 5})}) for n in range(1000)]
    assert fresh == [True] + [False] * 999
    (one,) = inbox.due(at(2))
    assert one.why == {"webhook": 1000}
    assert one.named == {"github": frozenset(range(5))}
    assert one.waited == DEBOUNCE
    inbox.done("main", OK, at(3))
    assert inbox.next_at() is None


def test_what_comes_during_a_run_makes_it_wait_again(inbox: Inbox) -> None:
    inbox.put("main", "schedule", at(0))
    inbox.due(at(2))
    assert inbox.put("main", "webhook", at(3), {"github": frozenset({7})})
    assert inbox.next_at() is None  # one writer per roadmap: not while it runs
    assert taken(inbox, at(50)) == []
    inbox.done("main", OK, at(60))
    (one,) = inbox.due(at(60))
    assert (one.trigger, one.named) == ("webhook", {"github": frozenset({7})})


def test_names_do_not_wait_for_one_another_and_the_longest_waiting_goes_first(inbox: Inbox) -> None:
    inbox.put("late", "webhook", at(1))
    inbox.put("early", "webhook", at(0))
    assert taken(inbox, at(10), room=1) == ["early"]
    assert taken(inbox, at(10), room=1) == ["late"]
    assert inbox.running == 2


def test_waits_after_failures_double_up_to_a_limit(inbox: Inbox) -> None:
    inbox.put("main", "schedule", at(0))
    now, waits = at(2), []
    for _ in range(12):
        inbox.due(now)
        inbox.done("main", FAILED, now)
        then = inbox.next_at()
        assert then is not None
        waits.append(then - now)
        now = then
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits[-1] == LAST_WAIT
    inbox.due(now)
    inbox.done("main", OK, now)
    assert (inbox.failures("main"), inbox.next_at()) == (0, None)


@given(st.floats(0, 1))
def test_the_lot_moves_a_wait_between_a_half_and_all_of_it(lot: float) -> None:
    inbox = Inbox(jitter=lambda: lot)
    inbox.put("main", "schedule", at(0))
    inbox.due(at(2))
    inbox.done("main", FAILED, at(2))
    then = inbox.next_at()
    assert then is not None
    assert FIRST_WAIT / 2 <= then - at(2) <= FIRST_WAIT


def test_a_held_name_waits_whoever_asks_but_for_a_person(inbox: Inbox) -> None:
    inbox.put("main", "schedule", at(0))
    inbox.due(at(2))
    inbox.done("main", HELD, at(2))
    inbox.put("main", "webhook", at(3))
    assert inbox.next_at() == at(12)
    inbox.put("main", "file", at(4))
    assert inbox.next_at() == at(6)


def test_a_failure_that_holds_nothing_up_lets_the_next_webhook_through(inbox: Inbox) -> None:
    inbox.put("main", "schedule", at(0))
    inbox.due(at(2))
    inbox.done("main", FAILED, at(2))
    inbox.put("main", "webhook", at(3))
    assert inbox.next_at() == at(5)


def test_nothing_runs_before_the_time_that_a_forge_named(inbox: Inbox) -> None:
    inbox.put("main", "schedule", at(0))
    inbox.due(at(2))
    inbox.done("main", Ended(hold=True, retry_at=at(600)), at(2))
    inbox.put("main", "webhook", at(10))
    assert taken(inbox, at(599.9)) == []
    assert taken(inbox, at(600)) == ["main"]


def test_more_to_do_is_done_at_once(inbox: Inbox) -> None:
    inbox.put("main", "schedule", at(0))
    inbox.due(at(2))
    inbox.done("main", Ended(again=True), at(62))
    (one,) = inbox.due(at(62))
    assert one.trigger == "retry"


def test_too_many_named_issues_are_left_to_the_lists_which_are_read_twice(inbox: Inbox) -> None:
    inbox.put("main", "webhook", at(0), {"github": frozenset(range(MOST_NAMED + 1))})
    (one,) = inbox.due(at(2))
    assert one.named == {}
    inbox.done("main", OK, at(3))
    assert inbox.next_at() == at(2) + LISTS_SETTLE


def test_what_was_named_and_not_read_is_named_again(inbox: Inbox) -> None:
    inbox.put("main", "webhook", at(0), {"github": frozenset({7})})
    (one,) = inbox.due(at(2))
    inbox.give_back(one)
    inbox.done("main", FAILED, at(3))
    (again,) = inbox.due(at(60))
    assert again.named == {"github": frozenset({7})}


def test_a_repeated_delivery_is_let_go_only_while_its_run_has_not_begun(inbox: Inbox) -> None:
    assert not inbox.repeat("main")
    inbox.put("main", "webhook", at(0))
    assert inbox.repeat("main")
    inbox.due(at(2))
    assert not inbox.repeat("main")


def test_names_that_are_no_longer_configured_are_forgotten_unless_they_run(inbox: Inbox) -> None:
    for name in ("gone", "running", "kept"):
        inbox.put(name, "schedule", at(0))
    inbox.put("running", "schedule", at(-1))
    inbox.due(at(2), 1)
    inbox.forget(frozenset({"kept"}))
    assert (inbox.waiting, inbox.running) == (1, 1)
    inbox.done("running", OK, at(3))


def test_how_far_the_next_run_of_a_name_is_can_be_told(inbox: Inbox) -> None:
    assert inbox.plight("main") == Plight()
    inbox.put("main", "webhook", at(0))
    assert inbox.plight("main") == Plight("waiting", at(2))
    inbox.due(at(2))
    assert inbox.plight("main") == Plight("running")
    inbox.put("main", "webhook", at(3))
    assert inbox.plight("main") == Plight("running", again=True)
    inbox.due(at(9))
    inbox.done("main", Ended(failed=True), at(9))
    assert inbox.plight("main").at == at(5), "asked for meanwhile: no longer wait than that"


def test_a_clock_that_was_set_back_puts_nothing_off(inbox: Inbox) -> None:
    inbox.put("main", "webhook", at(86_400))
    inbox.put("main", "webhook", at(0))
    assert inbox.next_at() == at(2)


@given(
    st.lists(st.tuples(st.floats(0, 5), st.sampled_from(["put", "take", "done"])), max_size=60),
)
def test_whatever_is_asked_for_is_run_and_never_twice_at_once(steps: list[tuple[float, str]]) -> None:
    inbox, now, running, owed = Inbox(jitter=lambda: 0.5), T0, False, False
    for seconds, step in steps:
        now += timedelta(seconds=seconds)
        match step:
            case "put":
                inbox.put("main", "webhook", now)
                owed = True
            case "take" if inbox.due(now):
                assert not running
                assert owed
                running, owed = True, False
            case "done" if running:
                inbox.done("main", OK, now)
                running = False
    if running:
        inbox.done("main", OK, now)
    assert bool(inbox.due(now + LONGEST)) == owed
