"""The case table of syncd/plan/planner.py, row by row, and what follows from a row on the other side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.model.changes import AddItem, AddTask, MoveTask, SetMilestone, SetTask, TickItem
from syncd.model.links import Intent
from syncd.model.policy import Adoption, Policy
from syncd.model.remote import Marker, Ref, RemoteMilestone, Unavailable
from syncd.model.values import Field, MilestoneState, TaskState, Uid
from syncd.plan.actions import ActionKind, IssueTarget, Plan
from syncd.plan.planner import make_plan
from syncd.plan.world import World
from tests.carrying import after, plan_of, run, synced
from tests.worlds import (
    EVERYWHERE,
    POLICY,
    add_task,
    box,
    decide,
    drop_task,
    edit_issue,
    edit_milestone,
    edit_milestone_there,
    edit_task,
    issue_of,
    milestone_there,
    move_task,
    put_issue,
    put_milestone,
    return_task,
    seen,
    stranger,
    task_of,
    uid_of,
    world,
)

DONE, OPEN, DROPPED, IN_PROGRESS = TaskState.DONE, TaskState.OPEN, TaskState.DROPPED, TaskState.IN_PROGRESS
HOLD = replace(POLICY, truth=())


def kinds(plan: Plan) -> list[tuple[ActionKind, str]]:
    """What a plan does on remotes, in order."""
    return [(action.kind, action.title) for action in plan.actions]


def a_task(policy: Policy = POLICY, **values) -> tuple[World, Uid]:
    """A world in step with one task in milestone M (and an empty N)."""
    other = box("other")
    one = synced({"M": [box("task", **values), other], "N": [box("far")]}, policy=policy)
    return one, uid_of(one, "task")


# New tasks


def test_a_new_task_is_created_in_its_milestone():
    plan = make_plan(world({"M": [box("task")]}))
    assert kinds(plan) == [(ActionKind.CREATE_MILESTONE, "M"), (ActionKind.CREATE_ISSUE, "task")]


def test_a_finished_task_is_created_and_closed_in_the_same_run():
    plan = make_plan(world({"M": [box("task", DONE), box("open")]}))
    close = plan.actions[-1]
    assert (close.kind, close.ref, close.title) == (ActionKind.UPDATE_ISSUE, None, "task")
    assert plan.actions[1].ours[Field.STATE] == "open"
    assert close.ours == {Field.STATE: "done"}


def test_a_finished_milestone_is_created_closed_with_one_request():
    plan = make_plan(world({"M": [box("task", DONE)]}))
    made = plan.actions[0]
    assert made.target.state is MilestoneState.CLOSED
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
        action.target.content for action in make_plan(start).actions if action.kind is ActionKind.UPDATE_ISSUE
    )
    start, _ = stranger(world({"M": [box("task", notes="why")]}), "task", body="mine")
    assert any(
        action.target.content for action in make_plan(start).actions if action.kind is ActionKind.UPDATE_ISSUE
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
    assert [(each.field, each.after) for each in plan.changes] == [change]
    assert plan.actions == ()
    assert [settle.field for settle in plan.after_write] == [change[0]]


def test_a_task_moved_in_the_roadmap_moves_its_issue():
    start, uid = a_task()
    plan = make_plan(move_task(start, uid, "N"))
    [update] = plan.actions
    assert update.target.milestone == uid_of(start, "N")
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


# Conflicts


def both(policy: Policy) -> tuple[World, Uid]:
    start, uid = a_task(policy)
    return edit_issue(edit_task(start, uid, title="ours"), uid, title="theirs"), uid


def test_a_conflict_is_settled_by_truth_and_the_loser_kept():
    start, uid = both(POLICY)
    settled, plan = run(start)
    assert [conflict.winner for conflict in plan.conflicts] == ["roadmap"]
    assert issue_of(settled, uid).title == "ours"
    assert settled.ledger.contests[0].values == {"roadmap": "ours", "a": "theirs"}
    assert after(settled).ledger.contests == settled.ledger.contests


def test_a_conflict_that_nobody_ranks_is_held_and_nothing_is_touched():
    start, uid = both(HOLD)
    settled, plan = run(start)
    assert [conflict.winner for conflict in plan.conflicts] == [None]
    assert plan.empty
    assert (task_of(settled, uid).title, issue_of(settled, uid).title) == ("ours", "theirs")


@pytest.mark.parametrize("taken", ["ours", "theirs", "a third"])
def test_what_a_person_takes_is_put_on_all_sides_and_used_once(taken):
    start, uid = both(HOLD)
    start = decide(after(start), uid, Field.TITLE, taken)
    settled, plan = run(start)
    assert (task_of(settled, uid).title, issue_of(settled, uid).title) == (taken, taken)
    assert len(plan.uses) == 1
    assert settled.ledger.contests == ()
    assert make_plan(settled).empty


def test_a_decision_waits_while_a_side_cannot_be_seen():
    start, uid = both(HOLD)
    start = synced({"M": [box("task")]}, ("a", "b"), policy=HOLD)
    uid = uid_of(start, "task")
    start = after(edit_issue(edit_task(start, uid, title="ours"), uid, "b", title="theirs"))
    away = replace(start, observations={**start.observations, "b": Unavailable("b", "away")})
    plan = make_plan(decide(away, uid, Field.TITLE, "theirs"))
    assert plan.uses == ()
    assert plan.empty
    assert plan.contests == start.ledger.contests


def test_a_policy_of_one_field_goes_before_the_general_one():
    start, _ = both(replace(POLICY, fields={Field.TITLE: ("a", "roadmap")}))
    assert [conflict.winner for conflict in make_plan(start).conflicts] == ["a"]


def test_an_edit_inside_the_block_is_a_conflict_on_notes():
    start, uid = a_task(HOLD, notes="why")
    start = edit_issue(start, uid, notes="edited")
    plan = make_plan(start)
    assert [(each.field, each.winner) for each in plan.conflicts] == [(Field.NOTES, None)]
    assert plan.empty


def test_a_block_that_a_person_removed_is_a_conflict_on_notes_and_no_reason_to_forget_the_link():
    start, uid = a_task(notes="why", checklist=[("x", False)])
    gone = edit_issue(start, uid, block=False, notes="", checklist=())
    settled, plan = run(gone)
    assert [(each.field, each.values["a"]) for each in plan.conflicts] == [(Field.NOTES, None)]
    assert issue_of(settled, uid).block
    held = make_plan(replace(gone, policy=HOLD))
    assert held.empty
    stays = replace(POLICY, fields={Field.NOTES: ("a", "roadmap")})
    settled, _ = run(replace(gone, policy=stays))
    assert not issue_of(settled, uid).block
    assert make_plan(settled).empty


# Presence


def test_a_gone_issue_ends_its_link_and_the_line_stays():
    start, uid = a_task()
    number = issue_of(start, uid).ref.number
    there = replace(seen(start), gone=frozenset({number}))
    settled, plan = run(replace(start, observations={"a": there}))
    assert kinds(plan) == [(ActionKind.UNLINK, "task")]
    assert plan.changes == ()
    assert make_plan(settled).empty, "its task is not created again by itself"


def test_a_missing_issue_is_left_alone():
    start, uid = a_task()
    there = replace(seen(start), missing=frozenset({issue_of(start, uid).ref.number}))
    start = edit_task(replace(start, observations={"a": there}), uid, title="new")
    assert make_plan(start).actions == ()


def test_an_unavailable_remote_takes_part_in_nothing():
    start, uid = a_task()
    away = replace(start, observations={"a": Unavailable("a", "no route")})
    plan = make_plan(drop_task(edit_task(away, uid_of(start, "other"), title="new"), uid))
    assert plan.empty


def test_a_removed_task_closes_its_issue_as_not_planned():
    start, uid = a_task()
    settled, plan = run(drop_task(start, uid))
    [close] = plan.actions
    assert (close.kind, close.closes_by_removal) == (ActionKind.UPDATE_ISSUE, True)
    assert close.target == IssueTarget("task", DROPPED)
    assert make_plan(settled).empty


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("unlink", [(ActionKind.UNLINK, "task")]), ("ignore", [])],
)
def test_removal_follows_the_policy(policy, expected):
    start, uid = a_task(replace(POLICY, removed=policy))
    assert kinds(make_plan(drop_task(start, uid))) == expected


def test_a_removed_task_whose_issue_was_edited_is_left_open():
    start, uid = a_task()
    plan = make_plan(drop_task(edit_issue(start, uid, title="mine now"), uid))
    assert kinds(plan) == [(ActionKind.UNLINK, "task")]
    assert [note.code for note in plan.notes] == ["edited"]
    assert plan.changes == ()


def test_what_left_by_configuration_is_unlinked_and_never_closed():
    start, uid = a_task()
    plan = make_plan(replace(drop_task(start, uid), scope_changed=True))
    assert [(action.kind, action.ends) for action in plan.actions] == [(ActionKind.UNLINK, "scope")]


def test_a_line_that_returns_takes_its_issue_again_and_reopens_it():
    start, uid = a_task()
    start = after(drop_task(start, uid))
    settled, plan = run(return_task(start, "M", box("task"), uid))
    assert [kind for kind, _ in kinds(plan)] == [ActionKind.LINK, ActionKind.UPDATE_ISSUE]
    assert issue_of(settled, uid).state is OPEN
    assert make_plan(settled).empty


@pytest.mark.parametrize("reason", ["unlinked", "gone"])
def test_a_tombstone_that_a_person_made_keeps_a_task_from_being_linked_or_created(reason):
    start, uid = a_task()
    start = after(drop_task(start, uid))
    graves = tuple(replace(one, reason=reason) for one in start.ledger.tombstones)
    start = replace(start, ledger=replace(start.ledger, tombstones=graves))
    assert make_plan(return_task(start, "M", box("task"), uid)).empty


def test_a_create_in_doubt_freezes_its_task_and_everything_else_goes_on():
    start = world({"M": [box("task"), box("other")]})
    uid = uid_of(start, "task")
    intent = Intent(1, "create_issue", "a", uid, since=None, unknown=True)  # type: ignore[arg-type]
    start = replace(start, ledger=replace(start.ledger, intents=(intent,)))
    assert kinds(make_plan(start)) == [(ActionKind.CREATE_MILESTONE, "M"), (ActionKind.CREATE_ISSUE, "other")]


# Adoption


def outsider(policy: Policy = POLICY, **values) -> World:
    start, _ = a_task(policy)
    values.setdefault("milestone", milestone_there(start, uid_of(start, "M")).ref.number)
    return stranger(start, "from outside", **values)[0]


def test_an_issue_in_a_linked_milestone_becomes_a_line():
    settled, plan = run(outsider())
    [line] = plan.changes
    assert isinstance(line, AddTask)
    assert (line.title, line.state) == ("from outside", OPEN)
    assert [(action.kind, action.adopts) for action in plan.actions] == [(ActionKind.LINK, True)]
    assert make_plan(settled).empty


@pytest.mark.parametrize(
    ("rule", "values", "adopted"),
    [
        (Adoption("never"), {}, False),
        (Adoption("milestone"), {"milestone": None}, False),
        (Adoption("all"), {"milestone": None}, True),
        (Adoption("label", "Roadmap"), {"labels": ("roadmap",)}, True),
        (Adoption("label", "Roadmap"), {}, False),
        (Adoption("all"), {"state": DONE}, False),
        (Adoption("all"), {"marker": Marker("main", "lineage", Uid("x"))}, False),
    ],
)
def test_adoption_follows_the_policy(rule, values, adopted):
    assert bool(make_plan(outsider(replace(POLICY, adopt=rule), **values)).changes) is adopted


def test_a_tombstoned_issue_is_never_adopted():
    settled = after(outsider())
    uid = uid_of(settled, "from outside")
    settled = after(drop_task(settled, uid))
    reopened = replace(seen(settled).issues[settled.ledger.tombstones[0].ref.number], state=OPEN)
    assert make_plan(put_issue(settled, "a", reopened)).empty


def test_an_adopted_issue_is_created_on_the_other_remotes_in_the_same_run():
    start = synced({"M": [box("task")]}, ("a", "b"))
    number = milestone_there(start, uid_of(start, "M"), "a").ref.number
    start, _ = stranger(start, "from outside", "a", milestone=number)
    settled, plan = run(start)
    assert [(action.remote, action.kind) for action in plan.actions] == [
        ("a", ActionKind.LINK),
        ("b", ActionKind.CREATE_ISSUE),
    ]
    assert make_plan(settled).empty


def test_a_line_without_a_place_is_not_adopted():
    start = outsider()
    [line] = make_plan(start).changes
    plan = make_plan(replace(start, no_place={line: "nowhere to put it"}))
    assert (plan.changes, plan.actions) == ((), ())
    assert [note.code for note in plan.notes] == ["no-place"]


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
    assert make_plan(edit_issue(settled, uid, state=DONE)).changes[0].after == "done"


def test_a_due_date_is_masked_where_the_remote_has_none():
    start, uid = a_task()
    from datetime import date

    assert make_plan(edit_task(start, uid, due=date(2026, 1, 1))).empty


# Milestones


def test_a_milestone_of_the_same_title_is_linked_even_if_it_is_closed():
    there = RemoteMilestone(Ref(7, "m"), "M", MilestoneState.CLOSED)
    plan = make_plan(put_milestone(world({"M": [box("task", DONE)]}), "a", there))
    assert kinds(plan)[0] == (ActionKind.LINK, "M")
    assert (ActionKind.CREATE_MILESTONE, "M") not in kinds(plan)


def test_a_second_heading_of_the_same_title_gets_its_parents_title_in_front():
    start = world({"M": [box("one")], "N": [box("two")]})
    twin = Uid("+m1")
    start = edit_milestone(start, twin, title="M", path=("Backend",))
    titles = [
        action.target.title
        for action in make_plan(start).actions
        if action.kind is ActionKind.CREATE_MILESTONE
    ]
    assert titles == ["M", "Backend: M"]
    settled = after(start)
    assert make_plan(settled).empty


def test_a_milestone_renamed_on_either_side_is_renamed_on_the_other():
    start, _ = a_task()
    uid = uid_of(start, "M")
    [change] = make_plan(edit_milestone_there(start, uid, title="New")).changes
    assert isinstance(change, SetMilestone)
    assert change.after == "New"
    [update] = make_plan(edit_milestone(start, uid, title="New")).actions
    assert (update.kind, update.target.title) == (ActionKind.UPDATE_MILESTONE, "New")


def test_a_milestone_is_closed_after_its_last_issue():
    start, _ = a_task()
    plan = make_plan(edit_task(start, uid_of(start, "far"), state=DONE))
    # The author's tick: the reader has closed the heading already.
    start = edit_milestone(edit_task(start, uid_of(start, "far"), state=DONE), uid_of(start, "N"))
    plan = plan_of(start)[1]
    assert [kind for kind, _ in kinds(plan)] == [ActionKind.UPDATE_ISSUE, ActionKind.CLOSE_MILESTONE]


def test_a_milestone_in_which_others_have_open_work_is_left_open():
    start, _ = a_task(replace(POLICY, adopt=Adoption("never")))
    number = milestone_there(start, uid_of(start, "N")).ref.number
    start, _ = stranger(start, "theirs", milestone=number)
    plan = make_plan(edit_task(start, uid_of(start, "far"), state=DONE))
    assert [kind for kind, _ in kinds(plan)] == [ActionKind.UPDATE_ISSUE]


def test_a_milestone_reopened_though_all_its_tasks_are_done_is_a_settled_pair():
    start = synced({"M": [box("task", DONE)]})
    uid = uid_of(start, "M")
    settled, plan = run(edit_milestone_there(start, uid, state=MilestoneState.OPEN))
    assert (plan.changes, [note.code for note in plan.notes]) == ((), ["no-place"])
    assert make_plan(settled).empty
    assert milestone_there(settled, uid).state is MilestoneState.OPEN


def test_a_milestone_that_is_gone_is_not_made_again_by_itself():
    start, _ = a_task()
    uid = uid_of(start, "N")
    there = milestone_there(start, uid).ref.number
    observation = seen(start)
    rest = {number: one for number, one in observation.milestones.items() if number != there}
    gone = replace(observation, milestones=rest, gone_milestones=frozenset({there}))
    start = replace(start, observations={"a": gone})
    start = edit_issue(start, uid_of(start, "far"), milestone=None)
    settled, plan = run(start)
    assert (ActionKind.UNLINK, "N") in kinds(plan)
    assert plan.changes == ()
    assert make_plan(settled).empty
