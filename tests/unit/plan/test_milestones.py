"""Milestones: found, made, merged and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from syncd.model.changes import SetMilestone
from syncd.model.links import Intent
from syncd.model.policy import Adoption
from syncd.model.remote import Ref, RemoteMilestone
from syncd.model.values import Field, MilestoneState, Uid
from syncd.plan.actions import ActionKind
from syncd.plan.fields import canonical_title
from syncd.plan.planner import make_plan
from tests.carrying import after, carry_out, plan_of, run, synced
from tests.planning import DONE, a_task, afters, kinds, target
from tests.worlds import (
    POLICY,
    box,
    drop_milestone,
    edit_issue,
    edit_milestone,
    edit_milestone_there,
    edit_task,
    milestone_there,
    put_milestone,
    seen,
    stranger,
    uid_of,
    world,
)


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
        target(action).title
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
    assert (update.kind, target(update).title) == (ActionKind.UPDATE_MILESTONE, "New")


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


def test_a_heading_that_was_removed_with_its_tasks_closes_its_milestone_last():
    start, _ = a_task()
    plan = make_plan(drop_milestone(start, uid_of(start, "N")))
    assert [(each.kind, each.of, each.closes_by_removal) for each in plan.actions] == [
        (ActionKind.UPDATE_ISSUE, "task", True),
        (ActionKind.CLOSE_MILESTONE, "milestone", True),
    ]
    assert make_plan(carry_out(drop_milestone(start, uid_of(start, "N")), plan)).empty


def test_a_removed_milestone_stays_while_an_issue_of_ours_is_in_it():
    start, uid = a_task()
    number = milestone_there(start, uid_of(start, "N")).ref.number
    start = after(edit_issue(start, uid, milestone=None))
    start = edit_issue(start, uid, milestone=number)
    held = replace(start, matching=replace(start.matching, held_uids=frozenset({uid})))
    plan = make_plan(drop_milestone(held, uid_of(start, "N")))
    assert ActionKind.CLOSE_MILESTONE not in {kind for kind, _ in kinds(plan)}


def test_a_removed_milestone_that_people_use_is_let_go_open():
    start, _ = a_task(replace(POLICY, adopt=Adoption("never")))
    number = milestone_there(start, uid_of(start, "N")).ref.number
    start, _ = stranger(start, "theirs", milestone=number)
    plan = make_plan(drop_milestone(start, uid_of(start, "N")))
    assert (ActionKind.UNLINK, "N") in [(kind, title or "N") for kind, title in kinds(plan)]
    assert ActionKind.CLOSE_MILESTONE not in {kind for kind, _ in kinds(plan)}


def test_a_milestone_in_doubt_is_frozen_with_the_tasks_that_need_it():
    start = world({"M": [box("task")], "N": [box("free")]})
    intent = Intent(1, "create_milestone", "a", uid_of(start, "M"), since=datetime(2026, 1, 1, tzinfo=UTC))
    plan = make_plan(replace(start, ledger=replace(start.ledger, intents=(intent,))))
    assert kinds(plan) == [(ActionKind.CREATE_MILESTONE, "N"), (ActionKind.CREATE_ISSUE, "free")]


def test_a_due_date_of_a_milestone_goes_both_ways():
    start, _ = a_task()
    uid = uid_of(start, "M")
    day = date(2026, 3, 1)
    assert afters(make_plan(edit_milestone_there(start, uid, due=day))) == [(Field.DUE, "2026-03-01")]
    settled, _ = run(edit_milestone(start, uid, due=day))
    assert milestone_there(settled, uid).due == day


LONG = "Everything that has to be true before the harbour can be opened again, " * 5


def test_a_long_title_is_sent_as_far_as_it_fits_and_is_settled_so():
    title = canonical_title(LONG)
    start = world({title: [box("one")]})
    [made] = [one for one in make_plan(start).actions if one.kind is ActionKind.CREATE_MILESTONE]
    assert len(target(made).title) <= 255
    assert title.startswith(target(made).title)
    settled = after(start)
    assert make_plan(settled).empty
    # What was sent is the base: the rest of the title is the roadmap's own.
    uid = uid_of(settled, title)
    plan = make_plan(edit_milestone(settled, uid, title=title + "or closed"))
    assert not [one for one in plan.actions if one.kind is ActionKind.UPDATE_MILESTONE]
    assert not plan.changes


def test_a_long_title_renamed_on_either_side_is_renamed_on_the_other():
    title = canonical_title(LONG)
    start = after(world({title: [box("one")]}))
    uid = uid_of(start, title)
    [change] = make_plan(edit_milestone_there(start, uid, title="Harbour")).changes
    assert isinstance(change, SetMilestone)
    assert change.after == "Harbour"
    assert make_plan(after(edit_milestone_there(start, uid, title="Harbour"))).empty
    [update] = make_plan(edit_milestone(start, uid, title="New: " + title)).actions
    assert (update.kind, target(update).title) == (
        ActionKind.UPDATE_MILESTONE,
        ("New: " + title)[:255].rstrip(),
    )
    both = edit_milestone(edit_milestone_there(start, uid, title="Theirs"), uid, title="New: " + title)
    assert make_plan(both).conflicts


def test_an_existing_milestone_with_the_part_that_fits_is_linked():
    title = canonical_title(LONG)
    there = RemoteMilestone(Ref(7, "m"), title[:255].rstrip(), MilestoneState.OPEN)
    start = put_milestone(world({title: [box("task")]}), "a", there)
    assert kinds(make_plan(start))[0] == (ActionKind.LINK, title)
    assert make_plan(after(start)).empty


def test_long_titles_that_differ_only_in_what_is_cut_are_told_apart():
    title = canonical_title(LONG)
    start = world({title + "first": [box("one")], title + "second": [box("two")]})
    made = [one for one in make_plan(start).actions if one.kind is ActionKind.CREATE_MILESTONE]
    titles = [target(one).title for one in made]
    assert len(set(titles)) == 2
    assert all(len(one) <= 255 for one in titles)
    assert titles[1].startswith("(2) ")
    settled = after(start)
    assert make_plan(settled).empty
    uid = uid_of(settled, title + "second")
    [change] = make_plan(edit_milestone_there(settled, uid, title="(2) Cranes")).changes
    assert isinstance(change, SetMilestone)
    assert change.after == "Cranes"
