"""What every forge must do, whoever it is. A new adapter starts with these tests failing.

`PlainContract` needs people only, so it can be run against programs that are not ours; `HarshContract` needs a world
that goes wrong on request. A subclass gives the fixture `world`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from syncd.errors import AccessRefused, Gone, NotSent, RateLimited, Rejected, Unknown
from syncd.forge.base import Forge
from syncd.forge.body import put, render
from syncd.model.remote import (
    NEEDED,
    BodyContent,
    ChecklistLine,
    Issue,
    IssueDraft,
    IssuePatch,
    Marker,
    MilestonePatch,
)
from syncd.model.values import MILESTONE_FIELDS, Field, MilestoneState, TaskState, Uid
from tests.contract.worlds import HarshWorld, World

MARKER = Marker("main", "0f", Uid("7Q"))
CONTENT = BodyContent(
    section=("Phase 1",),
    notes="Why.\n\n/close",
    checklist=(ChecklistLine("one", False), ChecklistLine("two", True)),
)
HOSTILE = "ask @ann about #1, fixes #1 <!-- syncd:end -->"


def block(content: BodyContent = CONTENT) -> str:
    return render(content, MARKER, limit=60_000).text


def patch(**values: object) -> IssuePatch:
    return IssuePatch(frozenset(map(Field, values)), **values)  # type: ignore[arg-type]  # by their names


def whole(title: str, state: MilestoneState = MilestoneState.OPEN, due: date | None = None) -> MilestonePatch:
    return MilestonePatch(frozenset(MILESTONE_FIELDS), title, state, due)


def titles(issues: Iterable[Issue]) -> list[str]:
    return sorted(issue.title for issue in issues)


@pytest.fixture
def forge(world: World) -> Forge:
    return world.forge()


class PlainContract:
    """Issues, labels and milestones as they should be on a good day."""

    def test_the_project_has_an_identity(self, forge: Forge) -> None:
        project = forge.project()
        assert (project.name, project.writable, project.issues) == ("acme/widgets", True, True)
        assert project.id
        assert forge.project().id == project.id
        assert (forge.requests, forge.writes) == (2, 0)

    def test_an_issue_is_created_as_it_was_drafted(self, forge: Forge) -> None:
        milestone = forge.create_milestone(whole("M1"))
        made = forge.create_issue(IssueDraft("Do it", block(), milestone.ref, ("a/b", "Bug"), ()))
        assert (made.title, made.state, made.milestone) == ("Do it", TaskState.OPEN, milestone.ref.number)
        assert sorted(made.labels) == ["Bug", "a/b"]
        assert (made.notes, made.checklist) == (CONTENT.notes, (("one", False), ("two", True)))
        assert (made.block, made.marker, made.section) == (True, MARKER, ("Phase 1",))
        assert forge.get_issue(made.ref.number) == made

    def test_our_own_account_is_the_author(self, forge: Forge) -> None:
        assert forge.create_issue(IssueDraft("T", "")).author == forge.account() != ""

    def test_a_title_is_inert_on_the_forge_and_plain_for_us(self, forge: Forge) -> None:
        made = forge.create_issue(IssueDraft(HOSTILE, ""))
        assert made.title == HOSTILE
        renamed = forge.update_issue(made.ref.number, patch(title="see o/r#1 and @ann/team"))
        assert renamed.title == "see o/r#1 and @ann/team"
        again = forge.update_issue(made.ref.number, patch(title=renamed.title))
        assert again.title == renamed.title

    def test_an_update_touches_only_what_it_names(self, forge: Forge, world: World) -> None:
        world.milestone("M")
        number = world.issue("People's", body="their text\r\n", labels=["theirs"], milestone="M")
        before = forge.get_issue(number)
        after = forge.update_issue(number, patch(title="Ours"))
        assert after.title == "Ours"
        assert (after.body, after.labels, after.milestone) == (before.body, before.labels, before.milestone)

    def test_a_block_goes_below_the_text_of_people(self, forge: Forge, world: World) -> None:
        number = world.issue("T", body="their text\n")
        body = put(forge.get_issue(number).body, block())
        after = forge.update_issue(number, IssuePatch(frozenset({Field.NOTES}), body=body))
        assert after.body.startswith("their text\n")
        assert after.notes == CONTENT.notes

    def test_closing_says_why(self, forge: Forge) -> None:
        number = forge.create_issue(IssueDraft("T", "")).ref.number
        for state in (TaskState.DONE, TaskState.OPEN, TaskState.DROPPED, TaskState.OPEN):
            assert forge.update_issue(number, patch(state=state)).state is state
            assert forge.get_issue(number).state is state

    def test_in_progress_is_open(self, forge: Forge) -> None:
        number = forge.create_issue(IssueDraft("T", "")).ref.number
        assert forge.update_issue(number, patch(state=TaskState.IN_PROGRESS)).state is TaskState.OPEN

    def test_done_becomes_dropped_and_back(self, forge: Forge) -> None:
        number = forge.create_issue(IssueDraft("T", "")).ref.number
        forge.update_issue(number, patch(state=TaskState.DONE))
        before = forge.writes
        assert forge.update_issue(number, patch(state=TaskState.DROPPED)).state is TaskState.DROPPED
        assert forge.update_issue(number, patch(state=TaskState.DONE)).state is TaskState.DONE
        assert forge.writes - before <= 4

    def test_a_person_s_closing_is_not_in_the_way(self, forge: Forge, world: World) -> None:
        number = forge.create_issue(IssueDraft("T", "")).ref.number
        world.close(number, "not_planned")
        assert forge.update_issue(number, patch(state=TaskState.DONE)).state is TaskState.DONE

    def test_an_issue_changes_and_leaves_its_milestone(self, forge: Forge) -> None:
        first, second = (forge.create_milestone(whole(title)).ref for title in ("M1", "M2"))
        number = forge.create_issue(IssueDraft("T", "", first)).ref.number
        assert forge.update_issue(number, patch(milestone=second)).milestone == second.number
        assert forge.update_issue(number, patch(milestone=None)).milestone is None

    def test_sets_are_replaced_whole(self, forge: Forge, world: World) -> None:
        number = world.issue("T", labels=["one", "two"])
        assert sorted(forge.update_issue(number, patch(labels=("two", "three"))).labels) == ["three", "two"]
        assert forge.update_issue(number, patch(labels=())).labels == ()

    def test_labels_are_listed_and_one_that_exists_is_no_error(self, forge: Forge) -> None:
        for name in ("priority: high", "area/ui", "priority: high"):
            forge.create_label(name)
        assert {"priority: high", "area/ui"} <= forge.labels()

    def test_a_milestone_keeps_title_state_and_date(self, forge: Forge) -> None:
        made = forge.create_milestone(whole("Phase 1: @ann #1", MilestoneState.CLOSED, date(2026, 7, 1)))
        assert (made.title, made.state, made.due) == (
            "Phase 1: @ann #1",
            MilestoneState.CLOSED,
            date(2026, 7, 1),
        )
        assert forge.get_milestone(made.ref.number) == made
        assert forge.observe("").milestones == (made,)

    @pytest.mark.parametrize(
        "day", [date(2026, 1, 1), date(2026, 3, 8), date(2026, 11, 1), date(2028, 2, 29)]
    )
    def test_a_due_date_is_the_same_day_on_both_sides_of_the_earth(self, forge: Forge, day: date) -> None:
        made = forge.create_milestone(whole("M", due=day))
        assert made.due == day
        moved = forge.update_milestone(made.ref.number, MilestonePatch(frozenset({Field.DUE}), due=day))
        assert moved.due == day

    def test_a_milestone_changes_only_what_is_named(self, forge: Forge) -> None:
        number = forge.create_milestone(whole("M", due=date(2026, 7, 1))).ref.number
        closed = forge.update_milestone(
            number, MilestonePatch(frozenset({Field.STATE}), state=MilestoneState.CLOSED)
        )
        assert (closed.title, closed.state, closed.due) == ("M", MilestoneState.CLOSED, date(2026, 7, 1))
        renamed = forge.update_milestone(number, MilestonePatch(frozenset({Field.TITLE}), title="N"))
        assert (renamed.title, renamed.state, renamed.due) == ("N", MilestoneState.CLOSED, date(2026, 7, 1))

    def test_a_date_can_be_taken_away(self, forge: Forge) -> None:
        number = forge.create_milestone(whole("M", due=date(2026, 7, 1))).ref.number
        assert forge.update_milestone(number, MilestonePatch(frozenset({Field.DUE}))).due is None

    def test_a_milestone_counts_its_open_issues(self, forge: Forge, world: World) -> None:
        number = world.milestone("M")
        world.issue("T", milestone="M")
        world.close(world.issue("U", milestone="M"))
        told = 1 if forge.capabilities.counts_open_issues else 0
        assert forge.get_milestone(number).open_issues == told

    def test_everything_is_observed_but_pull_requests(self, forge: Forge, world: World) -> None:
        world.issue("one")
        world.pull_request("a change")
        world.close(world.issue("two"))
        seen = forge.observe("")
        assert titles(seen.issues) == ["one", "two"]
        assert seen.complete
        assert seen.cursor

    def test_what_does_not_exist_is_gone(self, forge: Forge) -> None:
        with pytest.raises(Gone):
            forge.get_issue(4711)
        with pytest.raises(Gone):
            forge.get_milestone(4711)
        with pytest.raises(Gone):
            forge.update_issue(4711, patch(title="x"))

    def test_a_pull_request_is_not_got(self, forge: Forge, world: World) -> None:
        number = world.pull_request("a change")
        with pytest.raises(Gone):
            forge.get_issue(number)

    def test_the_newest_are_found_without_searching(self, forge: Forge, world: World) -> None:
        floor = world.issue("old")
        world.pull_request("a change")
        wanted = [world.issue("new"), world.issue("newer")]
        assert sorted(issue.ref.number for issue in forge.newest(floor)) == wanted
        assert titles(forge.newest(0)) == ["new", "newer", "old"]
        assert list(forge.newest(wanted[-1])) == []


class HarshContract(PlainContract):
    """Bad days: lost answers, lagging and broken lists, limits, moved and deleted things."""

    def test_a_probe_reads_what_the_token_may_do_and_nothing_else(self, forge: Forge) -> None:
        probe = forge.probe()
        assert (probe.project.name, probe.account) == ("acme/widgets", forge.account())
        assert probe.project.rights is not None
        assert probe.project.rights >= NEEDED
        assert probe.budget is not None
        assert 0 < probe.budget.remaining < probe.budget.limit
        assert probe.skew is not None
        assert abs(probe.skew) < 1
        assert (forge.requests <= 4, forge.writes) == (True, 0)

    def test_after_a_lost_answer_nobody_says_it_did_not_happen(self, forge: Forge, world: HarshWorld) -> None:
        forge.project()
        world.lose_answers("POST", done=True)
        with pytest.raises(Unknown):
            forge.create_issue(IssueDraft("T", ""))
        assert world.titles() == ["T"]
        assert [method for method, _ in world.log()].count("POST") == 1

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    @pytest.mark.parametrize("done", [True, False])
    def test_post_is_not_sent_again_on_5xx(
        self, forge: Forge, world: HarshWorld, status: int, done: bool
    ) -> None:
        forge.project()
        world.fail("POST", status, done=done)
        with pytest.raises(Unknown):
            forge.create_issue(IssueDraft("T", ""))
        assert len(world.titles()) == done
        assert forge.writes == 1

    @pytest.mark.parametrize("kind", ["cut_body", "bad_json", "drop_after"])
    def test_an_answer_that_cannot_be_read_leaves_a_write_in_doubt(
        self, forge: Forge, world: HarshWorld, kind: str
    ) -> None:
        number = world.issue("T")
        forge.project()
        world.spoil(kind, method="PATCH")
        with pytest.raises(Unknown):
            forge.update_issue(number, patch(title="U"))
        assert world.titles() == ["U"]

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut_body", "bad_json", "not_modified"])
    def test_a_read_is_tried_again(self, forge: Forge, world: HarshWorld, kind: str) -> None:
        world.issue("T")
        world.spoil(kind, route="/issues")
        assert titles(forge.observe("").issues) == ["T"]

    @pytest.mark.parametrize("kind", ["drop_before", "bad_json", "not_modified", "cut_body"])
    def test_a_read_that_stays_broken_is_never_an_empty_list(
        self, forge: Forge, world: HarshWorld, kind: str
    ) -> None:
        world.issue("T")
        world.spoil(kind, route="/issues", times=None)
        with pytest.raises(NotSent):
            forge.observe("")

    def test_a_limit_is_told_with_its_time_and_the_write_not_done(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        forge.project()
        world.limit("POST", 120)
        with pytest.raises(RateLimited):
            forge.create_issue(IssueDraft("T", ""))
        sent = len(world.log())
        with pytest.raises(RateLimited):
            forge.create_issue(IssueDraft("T", ""))
        assert (world.titles(), len(world.log())) == ([], sent)
        world.pass_time(120)
        assert forge.create_issue(IssueDraft("T", "")).title == "T"

    def test_a_list_that_lags_behind_hides_no_create(self, forge: Forge, world: HarshWorld) -> None:
        floor = world.issue("old")
        world.pass_time(600)
        new = [world.issue("new"), world.issue("newer")]
        world.hide_young(300)
        assert floor not in new
        assert sorted(issue.ref.number for issue in forge.newest(floor)) == new

    def test_a_gap_in_the_numbers_ends_no_search(self, forge: Forge, world: HarshWorld) -> None:
        deleted = world.issue("deleted")
        kept = world.issue("kept")
        world.delete(deleted)
        assert [issue.ref.number for issue in forge.newest(deleted - 1)] == [kept]

    def test_a_number_that_nobody_may_see_ends_no_search_among_known_ones(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        floor, hidden, listed = (world.issue(title) for title in ("old", "hidden", "listed"))
        world.pass_time(600)
        unlisted = world.issue("unlisted")
        world.delete(hidden)
        world.spoil("fail_before", status=404, route=f"/issues/{hidden}$")
        world.hide_young(300)
        assert sorted(issue.ref.number for issue in forge.newest(floor)) == [listed, unlisted]

    def test_deleted_and_transferred_issues_are_gone(self, forge: Forge, world: HarshWorld) -> None:
        for end in (world.delete, world.transfer):
            number = world.issue("T")
            end(number)
            with pytest.raises(Gone):
                forge.get_issue(number)
            with pytest.raises(Gone):
                forge.update_issue(number, patch(title="x"))
        assert "x" not in world.titles()

    def test_a_deleted_milestone_is_gone(self, forge: Forge, world: HarshWorld) -> None:
        number = world.milestone("M")
        world.delete_milestone("M")
        with pytest.raises(Gone):
            forge.get_milestone(number)

    def test_a_milestone_exists_once(self, forge: Forge) -> None:
        forge.create_milestone(whole("M"))
        with pytest.raises(Rejected):
            forge.create_milestone(whole("M"))

    def test_a_label_that_exists_in_another_case_is_no_error(self, forge: Forge) -> None:
        forge.create_label("Bug")
        forge.create_label("bug")
        assert forge.labels() >= {"Bug"}

    def test_a_renamed_project_is_followed_and_says_its_new_name(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        world.issue("open")
        world.close(world.issue("closed"))
        identity = forge.project().id
        world.rename_project("acme/gadgets")
        # In the middle of a run: by the old name, with the whole question.
        assert titles(forge.observe("").issues) == ["closed", "open"]
        try:
            forge.update_issue(1, patch(title="open"))
        except Rejected as told:
            # By its name the project takes no writes now, by its identity it does. The issue is not gone.
            assert not isinstance(told, Gone)  # noqa: PT017 - not every forge refuses
        project = forge.project()
        assert (project.id, project.name) == (identity, "acme/gadgets")
        assert titles(forge.observe("").issues) == ["closed", "open"]
        assert forge.create_issue(IssueDraft("T", "")).title == "T"

    def test_a_project_that_is_not_there_is_a_matter_of_access(self, forge: Forge, world: HarshWorld) -> None:
        world.spoil("fail_before", status=404)
        with pytest.raises(AccessRefused):
            forge.project()

    def test_an_archived_project_is_read_only(self, forge: Forge, world: HarshWorld) -> None:
        world.issue("T")
        world.archive()
        assert not forge.project().writable
        assert titles(forge.observe("").issues) == ["T"]
        with pytest.raises(AccessRefused):
            forge.create_issue(IssueDraft("U", ""))

    def test_without_issues_nothing_is_concluded(self, forge: Forge, world: HarshWorld) -> None:
        world.archive(issues=False)
        assert not forge.project().issues
        assert not forge.observe("").complete
        with pytest.raises(AccessRefused):
            forge.create_issue(IssueDraft("U", ""))

    def test_nobody_is_notified_and_nothing_referred_to(self, forge: Forge, world: HarshWorld) -> None:
        world.issue("target")
        hostile = BodyContent((HOSTILE,), HOSTILE, ((HOSTILE, HOSTILE),), (ChecklistLine(HOSTILE, False),))
        made = forge.create_issue(IssueDraft(HOSTILE, block(hostile)))
        forge.update_issue(made.ref.number, patch(title=f"{HOSTILE}!"))
        forge.create_milestone(whole(HOSTILE))
        assert world.noise() == []
        assert made.notes == HOSTILE


class ObservationContract:
    """Reading what changed, and nothing else; counted to the request."""

    def test_what_changed_since_is_shown_again(self, forge: Forge, world: HarshWorld) -> None:
        old, new = world.issue("old"), world.issue("new")
        world.pass_time(3600)
        cursor = forge.observe("").cursor
        world.pass_time(3600)
        world.edit(new, title="newer")
        seen = forge.observe(cursor)
        assert [issue.ref.number for issue in seen.issues] == [new]
        assert not seen.complete
        assert old not in [issue.ref.number for issue in forge.observe(seen.cursor).issues]

    def test_an_edit_in_the_very_second_of_the_reading_is_not_missed(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        """Clocks tick in whole seconds, and the question is inclusive."""
        number = world.issue("T")
        cursor = forge.observe("").cursor
        world.edit(number, title="U")
        assert titles(forge.observe(cursor).issues) == ["U"]

    def test_what_a_lagging_list_showed_late_is_seen_by_the_next_run(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        world.pass_time(60)
        world.issue("T")
        world.spoil("lag", seconds=30, route="/issues")
        first = forge.observe("")
        assert first.issues == ()
        world.pass_time(60)
        assert titles(forge.observe(first.cursor).issues) == ["T"]

    def test_nothing_to_do_costs_three_requests(self, forge: Forge, world: HarshWorld) -> None:
        for count in range(250):
            world.issue(f"T{count}")
        world.pass_time(5)
        cursor = forge.observe("").cursor
        later = world.forge()
        later.project()
        later.observe(cursor)
        assert (later.requests, later.writes) == (3, 0)

    def test_right_after_our_own_writes_one_request_more_per_hundred(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        cursor = forge.observe("").cursor
        world.pass_time(1)
        for count in range(250):
            world.issue(f"T{count}")
        after = world.forge()
        after.project()
        seen = after.observe(cursor)
        assert len(seen.issues) == 250
        assert after.requests == 3 + 2
        # And the run after that is back at three, though it follows at once.
        world.pass_time(1)
        last = world.forge()
        last.project()
        last.observe(world.forge().observe(seen.cursor).cursor)
        assert last.requests == 3

    @pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200])
    def test_a_full_reading_is_whole_at_every_edge(self, forge: Forge, world: HarshWorld, count: int) -> None:
        for number in range(count):
            world.pull_request("p") if number % 3 == 0 else world.issue("i")
        seen = forge.observe("")
        assert (len(seen.issues), seen.complete) == (count - (count + 2) // 3, True)
        listed = count if world.lists_pull_requests else len(seen.issues)
        assert forge.requests == 3 + listed // 100

    def test_a_reading_without_links_is_not_whole_but_loses_nothing(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        for number in range(150):
            world.issue(f"T{number}")
        world.spoil("no_link", times=None)
        seen = forge.observe("")
        assert (len(seen.issues), seen.complete) == (150, False)

    def test_a_list_with_doubles_is_not_whole_and_shows_each_once(
        self, forge: Forge, world: HarshWorld
    ) -> None:
        world.issue("T")
        world.spoil("repeat_item", route="/issues")
        seen = forge.observe("")
        assert (titles(seen.issues), seen.complete) == (["T"], False)

    def test_a_list_of_milestones_with_doubles_is_not_whole(self, forge: Forge, world: HarshWorld) -> None:
        world.milestone("M")
        world.spoil("repeat_item", route="/milestones")
        assert not forge.observe("").complete

    def test_more_milestones_than_a_page(self, forge: Forge, world: HarshWorld) -> None:
        for number in range(101):
            world.milestone(f"M{number}")
        assert len(forge.observe("").milestones) == 101
        assert forge.requests == 4

    def test_more_labels_than_a_page(self, forge: Forge, world: HarshWorld) -> None:
        world.issue("T", labels=[f"l{number}" for number in range(99)])
        world.issue("U", labels=["a", "b"])
        assert len(forge.labels() & {f"l{number}" for number in range(99)} | {"a", "b"}) == 101


class EconomyContract:
    """Hidden requests counted: each verb costs what it says (api-facts §G.1)."""

    closed_milestone = 1
    """What it costs to create a closed milestone."""

    @pytest.fixture
    def known(self, forge: Forge, world: HarshWorld) -> Forge:
        world.issue("T")
        forge.project()
        return forge

    def test_each_verb_costs_one_request(self, known: Forge, world: HarshWorld) -> None:
        milestone = world.milestone("M")
        verbs = [
            known.project,
            known.account,
            lambda: known.get_issue(1),
            lambda: known.get_milestone(milestone),
            known.labels,
            lambda: known.create_label("l"),
            lambda: known.create_issue(IssueDraft("T", block(), None, ("l",), ())),
            lambda: known.update_issue(1, patch(title="U", labels=("l", "m"), state=TaskState.DONE)),
            lambda: known.create_milestone(whole("N", due=date(2026, 7, 1))),
            lambda: known.update_milestone(milestone, whole("O")),
        ]
        for verb in verbs:
            before = known.requests
            verb()
            assert known.requests - before == 1
        known.create_milestone(whole("P", MilestoneState.CLOSED))
        assert (known.requests, known.writes) == (len(world.log()), 5 + self.closed_milestone)

    def test_a_swap_of_done_and_dropped_costs_two(self, known: Forge) -> None:
        known.update_issue(1, patch(state=TaskState.DONE))
        before = known.writes
        known.update_issue(1, patch(state=TaskState.DROPPED, title="U"))
        assert known.writes - before == 2
