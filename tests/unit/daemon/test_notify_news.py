"""What is news: said once while it stands, and again when it came back."""

from dataclasses import replace
from datetime import timedelta

from syncd.apply import RemoteOutcome
from syncd.daemon.finished import Finished
from syncd.daemon.notify.news import Memory, News
from syncd.errors import FAILED, LATER
from syncd.model.remote import Unavailable
from syncd.model.values import Field, Uid
from syncd.plan.actions import Conflict, Held, Plan
from syncd.plan.guard import Refusal, Verdict
from tests.unit.daemon.doors import T0, outcomes, report

TITLES = Conflict(
    Uid("AAAA"), "Dig the hole", Field.TITLE, {"roadmap": "Dig the hole", "github": "Dig a hole"}
)
HELD = Held(Uid("BBBB"), "Pour the floor", "two issues bear this title")
DOWN = Unavailable("github", "no answer")


def finished(name: str = "main", **keys: object) -> Finished:
    run = Finished(name, "schedule", {}, T0, T0, timedelta(), report=report(name))
    changed = replace(run, **keys)  # type: ignore[arg-type]  # keys of the class
    code = changed.report.exit_code if changed.report and "exit_code" not in keys else changed.exit_code
    return replace(changed, exit_code=code)


def waiting(*what: Conflict | Held, unavailable: tuple[Unavailable, ...] = ()) -> Finished:
    plan = Plan(
        "main",
        conflicts=tuple(one for one in what if isinstance(one, Conflict)),
        held=tuple(one for one in what if isinstance(one, Held)),
    )
    return finished(report=replace(report(unavailable=unavailable), plan=plan))


def refused(digest: str, *, final: bool = False) -> Finished:
    refusal = Refusal("github", "create", 60, 50, 0, "60 issues would be created", frozenset({"k"}), final)
    return finished(report=replace(report(), verdict=Verdict(digest, (refusal,))))


def failed(error: str = "no route") -> Finished:
    return finished(report=None, error=error, exit_code=FAILED)


class Teller:
    """A memory, and what it found new in a run."""

    def __init__(self, patience: int = 3) -> None:
        self.memory, self.patience = Memory(), patience

    def hears(self, run: Finished) -> tuple[News, ...]:
        return self.memory.news(run, self.patience)

    def kinds(self, run: Finished) -> list[str]:
        return [one.what for one in self.hears(run)]


def test_a_run_with_nothing_to_decide_is_no_news() -> None:
    teller = Teller()
    assert teller.hears(finished()) == ()
    assert teller.hears(finished(report=report(written=True))) == ()


def test_a_conflict_is_said_once_with_both_values_and_how_to_decide_it() -> None:
    teller = Teller()
    (news,) = teller.hears(waiting(TITLES))
    assert (news.what, news.details["field"], news.details["uid"]) == ("conflict", "title", "AAAA")
    assert news.details["values"] == {"roadmap": "“Dig the hole”", "github": "“Dig a hole”"}
    assert "Dig the hole" in news.text
    assert news.command == "syncd conflicts take AAAA title roadmap|github"
    assert teller.hears(waiting(TITLES)) == ()


def test_a_conflict_that_policy_settles_waits_for_nobody() -> None:
    assert Teller().hears(waiting(replace(TITLES, winner="roadmap"))) == ()


def test_of_several_that_wait_only_the_new_ones_are_said() -> None:
    teller = Teller()
    assert teller.kinds(waiting(TITLES)) == ["conflict"]
    assert teller.kinds(waiting(TITLES, replace(TITLES, field=Field.DUE), HELD)) == ["conflict", "held"]
    assert teller.kinds(waiting(HELD)) == []


def test_a_conflict_that_was_decided_and_came_back_is_said_again() -> None:
    teller = Teller()
    assert [len(teller.hears(run)) for run in (waiting(TITLES), waiting(), waiting(TITLES))] == [1, 0, 1]


def test_a_conflict_that_was_out_of_sight_for_a_while_is_not_said_again() -> None:
    teller = Teller()
    hidden = waiting(unavailable=(DOWN,))
    assert [teller.kinds(run) for run in (waiting(TITLES), hidden, waiting(TITLES))] == [["conflict"], [], []]


def test_a_task_without_identity_yet_is_the_same_by_its_title() -> None:
    teller = Teller()
    first, again = (replace(HELD, uid=Uid(f"+t{number}")) for number in (1, 2))
    assert [len(teller.hears(waiting(one))) for one in (first, again)] == [1, 0]


def test_values_of_a_milestone_are_not_shown_for_they_are_uids() -> None:
    moved = replace(TITLES, field=Field.MILESTONE, values={"roadmap": "MMMM", "github": "NNNN"})
    (news,) = Teller().hears(waiting(moved))
    assert news.details["values"] == {}
    assert "MMMM" not in news.text


def test_a_refused_plan_is_said_once_per_digest_with_how_to_approve_it() -> None:
    teller = Teller()
    (news,) = teller.hears(refused("d" * 64))
    assert news.command == f"syncd run main --approve {'d' * 64}"
    assert news.details == {
        "digest": "d" * 64,
        "reasons": ["github: 60 issues would be created"],
        "approve": news.command,
    }
    assert [len(teller.hears(refused(digest * 64))) for digest in ("d", "e", "d")] == [0, 1, 0]
    teller.hears(finished())
    assert len(teller.hears(refused("d" * 64))) == 1, "it was over, and is there again"


def test_what_no_approval_helps_with_shows_none() -> None:
    (news,) = Teller().hears(refused("d" * 64, final=True))
    assert news.details["approve"] is None
    assert news.command == "syncd run main --dry-run"


def test_failures_are_said_once_when_there_are_enough_and_so_is_their_end() -> None:
    teller = Teller(patience=3)
    said = [teller.kinds(run) for run in (failed(), failed(), failed(), failed(), finished(), finished())]
    assert said == [[], [], ["failing"], [], ["recovered"], []]


def test_a_failure_that_passes_soon_is_never_said_and_neither_is_its_end() -> None:
    teller = Teller(patience=3)
    assert [teller.kinds(run) for run in (failed(), failed(), finished(), failed(), failed())] == [[]] * 5


def test_the_reason_of_a_failure_is_that_of_the_latest_run() -> None:
    teller = Teller(patience=2)
    teller.hears(failed("a disk"))
    (news,) = teller.hears(waiting(unavailable=(DOWN,)))
    assert news.details == {"failures": 2, "reason": "github: no answer"}
    assert "2 times" in news.text


def test_a_refused_plan_and_a_conflict_are_no_failures() -> None:
    teller = Teller(patience=1)
    assert "failing" not in teller.kinds(refused("d" * 64)) + teller.kinds(waiting(TITLES))


def test_a_long_export_that_takes_many_runs_is_no_failure() -> None:
    teller = Teller(patience=1)
    on_its_way = finished(report=report(outcomes=[outcomes("done", "skipped")]))
    assert on_its_way.result == "partial"
    limited = finished(report=report(outcomes=[RemoteOutcome("github", outcomes("done").outcomes, LATER)]))
    assert limited.result == "later"
    assert teller.hears(on_its_way) == teller.hears(limited) == ()
    assert teller.kinds(finished(report=report(outcomes=[outcomes("skipped")]))) == ["failing"]


def test_a_remote_that_is_away_is_a_failure_though_another_one_was_served() -> None:
    both = finished(report=report(unavailable=[DOWN], outcomes=[outcomes("done")]))
    assert Teller(patience=1).kinds(both) == ["failing"]


def test_a_run_that_the_end_of_the_daemon_cut_off_counts_neither_way() -> None:
    teller = Teller(patience=2)
    teller.hears(failed())
    assert teller.hears(replace(failed(), stopped=True)) == ()
    assert teller.kinds(failed()) == ["failing"]


def test_each_roadmap_has_a_memory_of_its_own() -> None:
    teller = Teller(patience=1)
    assert teller.kinds(failed()) == ["failing"]
    assert teller.kinds(replace(failed(), name="other")) == ["failing"]
