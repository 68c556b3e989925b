"""What pages show, from what is known: bars, differences, runs, conflicts, remotes, times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.board import Standing
from syncd.daemon.deliveries import Deliveries
from syncd.daemon.finished import Finished
from syncd.daemon.inbox import Plight
from syncd.daemon.web.page import views
from syncd.daemon.web.page.bars import Bar, counted, together
from syncd.daemon.web.page.deltas import Delta, delta, line
from syncd.daemon.web.page.history import deeds, why
from syncd.daemon.web.page.looking import Known, Place
from syncd.engine import RemoteStatus
from syncd.errors import CONFLICTS, FAILED, LATER
from syncd.model.links import Contest, Decision
from syncd.model.outline import Task, TaskKey
from syncd.model.remote import Ref, Unavailable
from syncd.model.values import Field, TaskState, Uid
from syncd.state import AuditEntry
from tests.unit.daemon.doors import T0, outcomes, report

LATER_ON = T0 + timedelta(minutes=5)


# --- bars ------------------------------------------------------------------------------------------------------------


def task(state: TaskState) -> Task:
    return Task(TaskKey(0), "t", state, 1, "box")


def test_a_bar_counts_states_and_says_them() -> None:
    bar = Bar.of(map(task, [TaskState.DONE, TaskState.DONE, TaskState.OPEN, TaskState.IN_PROGRESS]))
    assert (bar.done, bar.in_progress, bar.open, bar.total) == (2, 1, 1, 4)
    assert bar.words == "2 of 4 tasks done, 1 in progress"
    assert [(part.state, part.start, part.width) for part in bar.parts()] == [
        ("done", 0, 50),
        ("in_progress", 50, 25),
    ]


def test_an_empty_bar_says_so_and_draws_nothing() -> None:
    assert (Bar().words, Bar().parts(), Bar().percent) == ("no tasks", (), 0)


def test_what_was_dropped_is_no_longer_wanted() -> None:
    bar = Bar(done=2, dropped=2)
    assert bar.percent == 100
    assert bar.words == "2 of 4 tasks done, 2 dropped"


@given(st.builds(Bar, *[st.integers(0, 5000)] * 4))
def test_parts_never_overlap_nor_leave_the_bar_and_only_all_is_a_hundred(bar: Bar) -> None:
    end = 0.0
    for part in bar.parts():
        assert part.start == pytest.approx(end, abs=0.01)
        end = part.start + part.width
    assert end <= 100.01
    assert (bar.percent == 100) == (bar.done > 0 and bar.open == bar.in_progress == 0)


@given(st.lists(st.builds(Bar, *[st.integers(0, 99)] * 4)))
def test_bars_together_hold_all_tasks(bars: list[Bar]) -> None:
    assert together(bars).total == sum(bar.total for bar in bars)


def test_things_are_counted_in_words() -> None:
    assert (counted(1, "task"), counted(0, "task"), counted(1234, "task")) == (
        "1 task",
        "0 tasks",
        "1,234 tasks",
    )


# --- differences -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("open", "in_progress", ("open",), ("in progress",)),
        (None, "2026-01-01", (), ("2026-01-01",)),
        ("", "x", (), ("x",)),
        (("a", "b"), ("b", "c"), ("a",), ("c",)),
        ((("x", False),), (("x", True),), ("[ ] x",), ("[x] x",)),
        ((("priority", "high"),), (), ("priority: high",), ()),
        (("a", "b"), ("b", "a"), (), ("the same, in another order",)),
    ],
)
def test_a_difference_names_what_goes_and_what_comes(before: Any, after: Any, gone: Any, come: Any) -> None:
    assert delta("f", before, after) == Delta("f", gone, come)


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_pieces_of_a_changed_line_are_the_line(before: str, after: str) -> None:
    found = line(3, before, after)
    assert found.before is not None
    assert found.after is not None
    assert ("".join(found.before), "".join(found.after)) == (before, after)
    assert (found.before[0], found.before[2]) == (found.after[0], found.after[2])
    if before and after and before[0] != after[0] and before[-1] != after[-1]:
        assert found.before[1] == before


def test_a_line_that_is_new_or_gone_has_one_side() -> None:
    assert line(1, None, "x").before is None
    assert line(1, "x", None).after is None


# --- history ---------------------------------------------------------------------------------------------------------

KNOWN = Known(
    places={Uid("t1"): Place("Dig", 6), Uid("m1"): Place("Phase 1", 3), Uid("m2"): Place("Phase 2", 9)},
    addresses={("github", 7): "https://forge.example/7"},
    numbers={Uid("t1"): {"github": 7}},
)
ENTRY = AuditEntry(
    T0,
    "webhook-ABC",
    "main",
    "update_issue",
    "done",
    "github",
    Uid("t1"),
    Ref(7, "I"),
    "Dig",
    (("state", "open", "done"),),
)


def test_effects_are_grouped_by_run_with_what_it_was_for_and_both_places() -> None:
    edit = replace(
        ENTRY,
        kind="write_roadmap",
        remote="roadmap",
        uid=None,
        ref=None,
        title="line 6",
        changes=(("text", "a", "b"),),
    )
    first, second = deeds([ENTRY, edit, replace(ENTRY, run="schedule-X", at=LATER_ON)], KNOWN)
    assert (first.why, second.why) == ("after a webhook", "on schedule")
    updated, edited = first.effects
    assert (updated.word, updated.number, updated.url, updated.place) == (
        "updated",
        7,
        "https://forge.example/7",
        6,
    )
    assert updated.deltas == (Delta("state", ("open",), ("done",)),)
    assert edited.line == line(6, "a", "b")


def test_a_milestone_shares_no_number_with_an_issue() -> None:
    (made,) = deeds([replace(ENTRY, kind="create_milestone", uid=Uid("m1"))], KNOWN)
    (linked,) = deeds([replace(ENTRY, kind="link", uid=Uid("m1"))], KNOWN)
    (task_linked,) = deeds([replace(ENTRY, kind="link")], KNOWN)
    assert [one.effects[0].number for one in (made, linked, task_linked)] == [None, None, 7]


def test_a_task_that_has_left_has_no_line() -> None:
    (deed,) = deeds([replace(ENTRY, uid=Uid("t9"))], KNOWN)
    assert deed.effects[0].place == 0


@pytest.mark.parametrize(
    ("run", "words"),
    [("page-X", "asked for on this page"), ("0ABC", ""), ("by hand", "by hand"), ("what-X", ""), ("", "")],
)
def test_the_name_of_a_run_says_what_it_was_for(run: str, words: str) -> None:
    assert why(run) == words


# --- how a roadmap stands --------------------------------------------------------------------------------------------


def finished(code: int = 0, **more: Any) -> Finished:
    made: dict[str, Any] = {"report": report(), "exit_code": code, "why": {"schedule": 1}} | more
    return Finished("main", "schedule", started=T0, ended=LATER_ON, waited=timedelta(), **made)


def test_before_its_first_run_a_roadmap_is_starting() -> None:
    assert views.status(Standing(T0), Plight()).word == "Starting"
    assert "going on" in views.status(Standing(T0), Plight("running")).sentence


@pytest.mark.parametrize(
    ("run", "tone"),
    [
        (finished(), "good"),
        (finished(CONFLICTS), "warn"),
        (finished(FAILED), "bad"),
        (finished(LATER, report=None, error="locked"), "calm"),
        (finished(FAILED, report=None, error="no"), "bad"),
        (finished(FAILED, stopped=True), "calm"),
    ],
)
def test_each_end_of_a_run_has_its_tone(run: Finished, tone: str) -> None:
    assert views.status(Standing(T0, run), Plight()).tone == tone


def test_the_last_run_says_what_it_did_and_what_it_could_not() -> None:
    done = views.past(finished(report=report(outcomes=[outcomes("done", "done", "rejected")], written=True)))
    assert done.done == "2 issues created, 0 lines of the file edited"
    assert done.troubles == ("github: t: refused by the remote",)
    away = views.past(finished(FAILED, report=report(unavailable=[Unavailable("github", "503")])))
    assert (away.done, away.troubles) == ("nothing, github could not be read", ("github: 503",))
    left = views.past(
        finished(FAILED, report=report(outcomes=[outcomes("done", "skipped", stopped="its turn is over")]))
    )
    assert left.troubles == ("github: the rest is left for the next run, for its turn is over",)
    assert views.past(finished(FAILED, report=None, error="no such file")).error == "no such file"


@pytest.mark.parametrize(
    ("plight", "word", "at"),
    [
        (Plight("running"), "running now", None),
        (Plight("running", again=True), "running now, and once more after that", None),
        (Plight("waiting", T0), "asked for", T0),
        (Plight("", T0), "to try again", T0),
        (Plight(), "on schedule", LATER_ON),
    ],
)
def test_the_next_run_is_named(plight: Plight, word: str, at: datetime | None) -> None:
    assert views.next_run(plight, LATER_ON) == views.Next(word, at)


def test_without_a_time_the_next_run_has_none() -> None:
    assert views.next_run(Plight(), None).at is None


# --- conflicts -------------------------------------------------------------------------------------------------------

CONTEST = Contest(Uid("t1"), Field.TITLE, {"github": "B", "roadmap": "A"}, None, "Dig")


def test_a_conflict_shows_every_side_the_roadmap_first() -> None:
    (one,) = views.disputes(replace(KNOWN, contests=(CONTEST,)))
    assert (one.title, one.field, one.line, one.settled, one.decided) == ("Dig", "title", 6, False, False)
    assert [(each.side, each.value, each.number, each.taken) for each in one.choices] == [
        ("roadmap", ("A",), None, False),
        ("github", ("B",), 7, False),
    ]


def test_what_was_decided_is_marked_and_can_still_be_changed() -> None:
    decided = replace(KNOWN, contests=(CONTEST,), decisions=(Decision(Uid("t1"), Field.TITLE, "B"),))
    (one,) = views.disputes(decided)
    assert one.decided
    assert [each.taken for each in one.choices] == [False, True]


def test_conflicts_that_wait_come_before_those_that_the_rules_settled() -> None:
    settled = replace(CONTEST, field=Field.DUE, winner="github")
    found = views.disputes(replace(KNOWN, contests=(settled, CONTEST)))
    assert [one.field for one in found] == ["title", "due"]
    assert [each.side for each in found[1].choices if each.taken] == ["github"]


def test_milestones_are_named_and_notes_have_lines() -> None:
    moved = replace(CONTEST, field=Field.MILESTONE, values={"roadmap": "m1", "github": "m2", "gitlab": None})
    noted = replace(CONTEST, field=Field.NOTES, values={"roadmap": "one\ntwo", "github": ""})
    first, second = views.disputes(replace(KNOWN, contests=(moved, noted)))
    assert {each.side: each.value for each in first.choices} == {
        "roadmap": ("Phase 1",),
        "github": ("Phase 2",),
        "gitlab": (),
    }
    assert {each.side: each.value for each in second.choices} == {"roadmap": ("one", "two"), "github": ()}


@given(st.text(), st.text())
def test_the_name_of_a_conflict_changes_with_its_values(one: str, other: str) -> None:
    first, second = (replace(CONTEST, values={"roadmap": text, "github": "B"}) for text in (one, other))
    assert (views.seen(first) == views.seen(second)) == (one == other)


# --- remotes ---------------------------------------------------------------------------------------------------------


def settings(webhooks: dict[str, object]) -> Any:
    remote = SimpleNamespace(kind="github", project="acme/widgets", url="https://forge.example")
    return SimpleNamespace(remotes={"github": remote}, serve=SimpleNamespace(webhooks=webhooks))


def site(standings: dict[str, Standing], **more: Any) -> views.Site:
    given = {"away": {}, "heard": {}, "webhooks": {}} | more
    (found,) = views.sites(settings(given["webhooks"]), ["github"], standings, given["away"], given["heard"])
    return found


def run_with(status: str, ended: datetime) -> Standing:
    made = replace(report(), remotes={"github": RemoteStatus(status, 3, 1, reason=f"it is {status}")})
    return Standing(T0, replace(finished(report=made), ended=ended))


def test_a_remote_is_as_the_latest_run_of_any_roadmap_met_it() -> None:
    found = site(
        {"old": run_with("ok", T0), "new": run_with("unavailable", LATER_ON)}, away={"github": LATER_ON}
    )
    assert (found.word, found.tone, found.detail) == ("Cannot be read", "bad", "it is unavailable")
    assert found.until == LATER_ON
    assert found.url == "https://forge.example/acme/widgets"
    assert site({"main": run_with("rate_limited", T0)}).word == "Asks to wait"
    assert site({"main": run_with("ok", T0)}).word == "Reachable"


def test_a_remote_that_nobody_met_is_neither_well_nor_ill() -> None:
    assert site({"main": Standing(T0)}).word == "Not asked yet"
    assert site({}, away={"github": LATER_ON}).word == "Left in peace"


def test_deliveries_are_counted_as_believed_or_refused() -> None:
    seen = Deliveries(lambda: T0)
    for result in ("accepted", "duplicate", "bad_signature"):
        seen.note("github", "issues", result)
    heard = seen.heard()["github"]
    assert (heard.believed, heard.refused, heard.event, heard.reason) == (2, 1, "issues", "bad_signature")
    assert site({}, heard=seen.heard(), webhooks={"github": object()}).heard == heard
    assert site({}, heard=seen.heard()).heard is None, "none is configured any more"


# --- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (-1, "1 second ago"),
        (-59, "59 seconds ago"),
        (60, "in 1 minute"),
        (7199, "in 1 hour"),
        (-86400 * 3, "3 days ago"),
    ],
)
def test_times_are_told_from_now(seconds: int, words: str) -> None:
    assert views.distance(T0 + timedelta(seconds=seconds), T0) == words
    assert T0.tzinfo is UTC
