"""The case table of syncd/plan/planner.py, row by row, and what follows from a row on the other side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from syncd.model.changes import AddItem, MoveTask, SetTask, TickItem
from syncd.model.remote import Marker, Ref, RemoteMilestone
from syncd.model.values import Field, MilestoneState, Uid
from syncd.plan.actions import ActionKind
from syncd.plan.planner import make_plan
from tests.carrying import after, plan_of, run
from tests.planning import DONE, DROPPED, IN_PROGRESS, a_task, afters, kinds, target
from tests.worlds import (
    EVERYWHERE,
    POLICY,
    add_task,
    box,
    edit_issue,
    edit_task,
    issue_of,
    milestone_there,
    move_task,
    put_milestone,
    stranger,
    task_of,
    uid_of,
    world,
)

# New tasks


def test_a_new_task_is_created_in_its_milestone():
    plan = make_plan(world({"M": [box("task")]}))
    assert kinds(plan) == [(ActionKind.CREATE_MILESTONE, "M"), (ActionKind.CREATE_ISSUE, "task")]


def test_a_finished_task_is_created_and_closed_in_the_same_run():
    plan = make_plan(world({"M": [box("task", DONE), box("open")]}))
    _, made, close, other = plan.actions
    assert (close.kind, close.ref, close.title) == (ActionKind.UPDATE_ISSUE, None, "task")
    assert made.ours[Field.STATE] == "open"
    assert other.title == "open", "closed right after it was made, not after all others were"
    assert close.ours == {Field.STATE: "done"}


def test_a_finished_milestone_is_created_closed_with_one_request():
    plan = make_plan(world({"M": [box("task", DONE)]}))
    made = plan.actions[0]
    assert target(made).state is MilestoneState.CLOSED
    assert [kind for kind, _ in kinds(plan)].count(ActionKind.CLOSE_MILESTONE) == 0


def test_history_skip_leaves_out_what_is_finished():
    start = world({"M": [box("task", DONE)], "N": [box("open")]}, policy=replace(POLICY, history="skip"))
    assert {title for _, title in kinds(make_plan(start))} == {"N", "open"}


def test_an_issue_of_the_same_title_is_linked_and_not_created():
    start, ref = stranger(world({"M": [box("task")]}), "task")
    plan = make_plan(start)
    link = next(action for action in plan.actions if action.kind is ActionKind.LINK)
    assert (link.title, link.ref) == ("task", ref)
    assert (ActionKind.CREATE_ISSUE, "task") not in kinds(plan)


def test_linking_by_title_can_be_switched_off():
    start, _ = stranger(world({"M": [box("task")]}, policy=replace(POLICY, link_existing=False)), "task")
    assert (ActionKind.CREATE_ISSUE, "task") in kinds(make_plan(start))


def test_the_same_title_twice_on_the_remote_is_held():
    start, _ = stranger(world({"M": [box("task")]}), "task")
    start, _ = stranger(start, "task")
    plan = make_plan(start)
    assert [held.title for held in plan.held] == ["task"]
    assert kinds(plan) == [(ActionKind.CREATE_MILESTONE, "M")]


def test_the_same_title_twice_in_the_roadmap_is_held():
    start, _ = stranger(world({"M": [box("task")], "N": [box("task")]}), "task")
    assert len(make_plan(start).held) == 2


def test_the_same_title_in_another_milestone_is_held():
    start, _ = a_task()
    start = add_task(start, "M", box("new"))
    elsewhere = milestone_there(start, uid_of(start, "N")).ref.number
    start, _ = stranger(start, "new", milestone=elsewhere)
    plan = make_plan(start)
    assert [held.title for held in plan.held] == ["new"]
    assert plan.changes == ()


def test_an_issue_with_a_marker_is_not_linked_by_its_title():
    start, _ = a_task()
    start = add_task(start, "M", box("new"))
    start, _ = stranger(start, "new", marker=Marker("main", "lineage", Uid("other")))
    plan = make_plan(start)
    assert [held.title for held in plan.held] == ["new"]
    assert plan.empty


def test_a_first_meeting_takes_what_is_done_on_either_side():
    start, _ = stranger(world({"M": [box("task"), box("two")]}), "task", state=DONE)
    plan = plan_of(start)[1]
    assert [change.after for change in plan.changes if isinstance(change, SetTask)] == ["done"]
    start, _ = stranger(world({"M": [box("task", DONE), box("two")]}), "task")
    closing = [action for action in make_plan(start).actions if action.kind is ActionKind.UPDATE_ISSUE]
    assert [
        change.after for action in closing for change in action.changes if change.field is Field.STATE
    ] == ["done"]


def test_a_linked_issue_keeps_its_body_until_there_is_something_to_put_there():
    start, _ = stranger(world({"M": [box("task")]}), "task", body="mine")
    assert not any(
        target(action).content
        for action in make_plan(start).actions
        if action.kind is ActionKind.UPDATE_ISSUE
    )
    start, _ = stranger(world({"M": [box("task", notes="why")]}), "task", body="mine")
    assert any(
        target(action).content
        for action in make_plan(start).actions
        if action.kind is ActionKind.UPDATE_ISSUE
    )


# One side moved


def test_nothing_moved_nothing_is_done():
    assert make_plan(a_task()[0]).empty


@pytest.mark.parametrize(
    ("values", "field", "after"),
    [
        ({"title": "renamed"}, Field.TITLE, "renamed"),
        ({"state": DONE}, Field.STATE, "done"),
        ({"state": DROPPED}, Field.STATE, "dropped"),
        ({"notes": "why"}, Field.NOTES, "why"),
        ({"labels": (("priority", "high"),)}, Field.LABELS, ("priority: high",)),
        ({"assignees": ("ann",)}, Field.ASSIGNEES, ("ann-a",)),
    ],
)
def test_an_edit_of_the_roadmap_updates_exactly_that_field(values, field, after):
    start, uid = a_task()
    plan = make_plan(edit_task(start, uid, **values))
    [update] = [action for action in plan.actions if action.kind is ActionKind.UPDATE_ISSUE]
    assert [(change.field, change.after) for change in update.changes] == [(field, after)]
    assert (plan.changes, plan.after_write) == ((), ())


@pytest.mark.parametrize(
    ("values", "change"),
    [
        ({"title": "renamed"}, (Field.TITLE, "renamed")),
        ({"state": DONE}, (Field.STATE, "done")),
        ({"labels": ("bug", "priority: high")}, (Field.LABELS, (("priority", "high"),))),
        ({"assignees": ("ANN-a", "visitor")}, (Field.ASSIGNEES, ("ann",))),
    ],
)
def test_an_edit_of_the_issue_changes_exactly_that_in_the_roadmap(values, change):
    start, uid = a_task()
    plan = make_plan(edit_issue(start, uid, **values))
    assert afters(plan) == [change]
    assert plan.actions == ()
    assert [settle.field for settle in plan.after_write] == [change[0]]


def test_a_task_moved_in_the_roadmap_moves_its_issue():
    start, uid = a_task()
    plan = make_plan(move_task(start, uid, "N"))
    [update] = plan.actions
    assert target(update).milestone == uid_of(start, "N")
    assert [(each.before, each.after) for each in update.changes] == [("M", "N")]


def test_an_issue_moved_to_another_milestone_moves_its_task():
    start, uid = a_task()
    target = milestone_there(start, uid_of(start, "N")).ref.number
    plan = make_plan(edit_issue(start, uid, milestone=target))
    [change] = plan.changes
    assert isinstance(change, MoveTask)
    assert plan.actions == ()


@pytest.mark.parametrize("number", [None, 900])
def test_an_issue_in_a_milestone_that_nobody_linked_moves_no_task(number):
    start, uid = a_task()
    start = put_milestone(start, "a", RemoteMilestone(Ref(900, "x"), "Theirs", MilestoneState.OPEN))
    start = edit_issue(start, uid, milestone=number)
    settled, plan = run(start)
    assert plan.changes == ()
    assert [note.code for note in plan.notes] == ["no-place"]
    assert make_plan(settled).empty
    assert issue_of(settled, uid).milestone == number


def test_equal_edits_are_agreement():
    start, uid = a_task()
    plan = make_plan(edit_issue(edit_task(start, uid, title="new"), uid, title="new"))
    assert kinds(plan) == [(ActionKind.REBASE, "new")]
    assert (plan.changes, plan.conflicts) == ((), ())


def test_different_fields_merge():
    start, uid = a_task()
    settled, plan = run(edit_issue(edit_task(start, uid, title="new"), uid, state=DONE))
    assert plan.conflicts == ()
    assert (task_of(settled, uid).state, issue_of(settled, uid).title) == (DONE, "new")


# Checklist, places, capabilities


def test_ticks_go_both_ways_and_new_items_are_appended():
    start, uid = a_task(checklist=[("x", False), ("y", False)])
    start = edit_issue(start, uid, checklist=(("x", True), ("y", False), ("z", False)))
    settled, plan = run(start)
    assert {type(change) for change in plan.changes} == {TickItem, AddItem}
    assert task_of(settled, uid).value(Field.CHECKLIST) == (("x", True), ("y", False), ("z", False))
    settled = after(edit_task(settled, uid, checklist=()))
    assert issue_of(settled, uid).checklist == ()


def test_a_value_without_a_place_in_the_text_is_settled_as_a_pair():
    start, uid = a_task(writable=EVERYWHERE - {"labels.priority"})
    settled, plan = run(edit_issue(start, uid, labels=("priority: high",)))
    assert plan.changes == ()
    assert [note.code for note in plan.notes] == ["no-place"]
    assert make_plan(settled).empty
    assert issue_of(settled, uid).labels == ("priority: high",)


def test_in_progress_counts_as_open_where_no_label_tells_it():
    start, uid = a_task()
    settled, plan = run(edit_task(start, uid, state=IN_PROGRESS))
    assert kinds(plan) == [(ActionKind.REBASE, "task")]
    assert afters(make_plan(edit_issue(settled, uid, state=DONE))) == [(Field.STATE, "done")]


def test_a_due_date_is_masked_where_the_remote_has_none():
    start, uid = a_task()
    assert make_plan(edit_task(start, uid, due=date(2026, 1, 1))).empty
