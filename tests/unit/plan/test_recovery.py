"""No state, but markers on the remote: links only (design §4)."""

from __future__ import annotations

from dataclasses import replace

from syncd.model.links import Ledger
from syncd.model.remote import Issue, Marker, Ref, Snapshot
from syncd.model.values import Field, TaskState, Uid
from syncd.plan.actions import ActionKind
from syncd.plan.planner import make_plan
from syncd.plan.recovery import foreign_lineage
from syncd.plan.world import Matching, World
from tests.carrying import run, synced
from tests.worlds import box, edit_issue, edit_task, issue_of, put_issue, rematched, seen, snapshot, uid_of


def marked(one: World) -> World:
    """The same world with the markers that every block carries."""
    for link in one.ledger.links:
        if link.kind == "task":
            marker = Marker("main", one.ledger.lineage, link.uid)
            one = put_issue(one, link.remote, replace(issue_of(one, link.uid, link.remote), marker=marker))
    return one


def forgotten(one: World) -> World:
    """The state was deleted: nothing is known, and every uid is provisional again."""
    return rematched(replace(one, ledger=Ledger("main", "new lineage"), matching=Matching({}, {})))


def lost(**milestones) -> tuple[World, World]:
    before = marked(
        synced(milestones or {"M": [box("one"), box("two", TaskState.DONE)], "N": [box("three")]})
    )
    return before, forgotten(before)


def test_nothing_is_created_and_every_task_is_linked_under_the_uid_of_its_marker():
    before, start = lost()
    plan = make_plan(start)
    assert plan.recovery
    assert {action.kind for action in plan.actions} == {ActionKind.LINK}
    assert (plan.changes, plan.lineage) == ((), "lineage")
    tasks = [action for action in plan.actions if action.of == "task"]
    assert {plan.uids[action.uid] for action in tasks} == {
        uid_of(before, title) for title in ("one", "two", "three")
    }
    settled, _ = run(start)
    assert make_plan(settled).empty


def test_what_differs_has_no_base_and_meets_in_the_next_run():
    before, _ = lost()
    uid = uid_of(before, "one")
    start = forgotten(edit_task(edit_issue(before, uid, notes="theirs"), uid, notes="ours"))
    [link] = [action for action in make_plan(start).actions if action.title == "one"]
    assert Field.NOTES not in {settle.field for settle in link.settles}
    assert Field.TITLE in {settle.field for settle in link.settles}


def test_equal_titles_are_told_apart_by_milestone_and_section():
    _, start = lost(M=[box("task"), box("task", section=("Deep",))], N=[box("task")])
    plan = make_plan(start)
    assert len([action for action in plan.actions if action.of == "task"]) == 3
    assert plan.held == ()


def test_what_cannot_be_told_apart_is_held_and_not_created():
    _, start = lost(M=[box("task"), box("task"), box("other")])
    plan = make_plan(start)
    assert [action.title for action in plan.actions if action.of == "task"] == ["other"]
    assert len(plan.held) == 2


def test_of_two_issues_with_one_marker_the_first_is_linked_and_the_other_reported():
    before, _ = lost()
    copy = replace(issue_of(before, uid_of(before, "one")), ref=Ref(99, "copy"))
    plan = make_plan(forgotten(put_issue(before, "a", copy)))
    assert [action.ref.number for action in plan.actions if action.title == "one" and action.ref] == [
        issue_of(before, uid_of(before, "one")).ref.number
    ]
    assert any("#99" in note.message for note in plan.notes)


def test_markers_of_another_roadmap_are_no_reason_to_recover():
    before, _ = lost()
    issues = {
        number: replace(issue, marker=replace(issue.marker, roadmap="other") if issue.marker else None)
        for number, issue in seen(before).issues.items()
    }
    start = forgotten(replace(before, observations={"a": replace(seen(before), issues=issues)}))
    assert not make_plan(start).recovery


def test_a_marker_in_an_issue_that_fits_no_task_does_not_keep_a_first_sync_from_happening():
    start = forgotten(synced({"M": [box("one")]}, ()))
    start = replace(start, observations={"a": _stray()}, capabilities=lost()[0].capabilities)
    plan = make_plan(start)
    assert not plan.recovery
    assert ActionKind.CREATE_ISSUE in {action.kind for action in plan.actions}


def _stray() -> Snapshot:
    issue = Issue(
        Ref(1, "x"), "unrelated", TaskState.OPEN, marker=Marker("main", "l", Uid("z")), author="mallory"
    )
    return snapshot("a", issues={1: issue})


def test_a_state_that_another_one_overtook_is_told_who_keeps_the_issues():
    before, _ = lost()
    assert foreign_lineage(before) is None
    uid = uid_of(before, "one")
    assert foreign_lineage(edit_issue(before, uid, marker=Marker("main", "theirs", uid))) == "theirs"


def test_the_marker_of_another_roadmap_in_a_linked_issue_says_nothing_of_this_one():
    before, _ = lost()
    uid = uid_of(before, "one")
    assert foreign_lineage(edit_issue(before, uid, marker=Marker("other", "theirs", uid))) is None


def test_a_foreign_marker_in_an_issue_of_somebody_else_says_nothing():
    before, _ = lost()
    stranger = replace(_stray().issues[1], ref=Ref(77, "y"), marker=Marker("main", "theirs", Uid("z")))
    assert foreign_lineage(put_issue(before, "a", stranger)) is None


def test_a_milestone_whose_long_title_was_cut_is_settled_as_it_was_sent():
    title = " ".join(["Everything that has to be true before the harbour can be opened again,"] * 5)
    _, start = lost(**{title: [box("one")]})
    settled, plan = run(start)
    [link] = [action for action in plan.actions if action.of == "milestone"]
    assert Field.TITLE in {settle.field for settle in link.settles}
    assert make_plan(settled).empty
