"""Labels and assignees in a plan: created on purpose, exchanged one by one, and never those of other people."""

from __future__ import annotations

from dataclasses import replace

from syncd.model.links import Pair
from syncd.model.policy import LabelRules
from syncd.model.values import Field, TaskState
from syncd.plan.actions import ActionKind
from syncd.plan.needs import needs_labels
from syncd.plan.planner import make_plan
from syncd.plan.world import World
from tests.carrying import after, run
from tests.planning import IN_PROGRESS, OPEN, a_task, kinds, target
from tests.worlds import POLICY, box, edit_issue, edit_task, issue_of, seen, task_of, uid_of, world

HIGH, LOW = (("priority", "high"),), (("priority", "low"),)


def forget_labels(one: World) -> World:
    return replace(one, observations={"a": replace(seen(one), labels=None)})


def test_a_label_that_is_lacking_is_created_before_it_is_used():
    start, uid = a_task()
    plan = make_plan(edit_task(start, uid, labels=HIGH))
    assert kinds(plan) == [(ActionKind.CREATE_LABEL, "priority: high"), (ActionKind.UPDATE_ISSUE, "task")]


def test_a_label_that_exists_in_another_case_is_not_created():
    start, uid = a_task()
    start = replace(start, observations={"a": replace(seen(start), labels=frozenset({"PRIORITY: high"}))})
    assert kinds(make_plan(edit_task(start, uid, labels=HIGH))) == [(ActionKind.UPDATE_ISSUE, "task")]


def test_labels_are_asked_for_only_if_the_plan_wants_one_that_nobody_has_seen():
    start, uid = a_task()
    start = forget_labels(start)
    wants = edit_task(start, uid, labels=HIGH)
    assert needs_labels(make_plan(wants), wants.observations) == {"a"}
    other = uid_of(start, "other")
    used = forget_labels(edit_issue(wants, other, labels=("Priority: High",)))
    assert needs_labels(make_plan(used), used.observations) == frozenset()
    plain = edit_task(start, uid, title="new")
    assert needs_labels(make_plan(plain), plain.observations) == frozenset()


def test_only_the_label_of_the_key_is_exchanged():
    start, uid = a_task(labels=HIGH)
    start = after(edit_issue(start, uid, labels=("bug", "priority: high", "tag/x")))
    [update] = [
        each
        for each in make_plan(edit_task(start, uid, labels=(*LOW, ("tags", "x")))).actions
        if each.changes
    ]
    assert update.remove_labels == {"priority: high"}
    assert target(update).labels == ("priority: low", "tag/x")


def test_both_sides_adding_a_different_label_keep_both():
    start, uid = a_task()
    start = edit_issue(edit_task(start, uid, labels=(("tags", "ours"),)), uid, labels=("tag/theirs",))
    settled, plan = run(start)
    assert plan.conflicts == ()
    assert task_of(settled, uid).labels == (("tags", "ours"), ("tags", "theirs"))
    assert issue_of(settled, uid).labels == ("tag/ours", "tag/theirs")


def test_a_different_value_of_one_key_on_both_sides_is_a_conflict():
    start, uid = a_task()
    start = edit_issue(edit_task(start, uid, labels=HIGH), uid, labels=("priority: low",))
    [conflict] = make_plan(start).conflicts
    assert conflict.values == {"roadmap": HIGH, "a": LOW}


def test_labels_of_an_older_mapping_are_taken_away_when_labels_are_written_anyway():
    start, uid = a_task(labels=HIGH)
    changed = replace(start, policy=replace(POLICY, labels=LabelRules({"priority": "prio/{}"})))
    assert make_plan(changed).empty
    [update] = [each for each in make_plan(edit_task(changed, uid, labels=LOW)).actions if each.changes]
    assert update.remove_labels == {"priority: high"}
    assert target(update).labels == ("prio/low",)


def test_a_label_that_a_person_took_away_is_not_brought_back():
    start, uid = a_task(labels=HIGH)
    settled, _ = run(edit_issue(start, uid, labels=()))
    assert task_of(settled, uid).labels == ()
    assert issue_of(settled, uid).labels == ()


def test_a_mapping_that_is_added_moves_nothing_that_changed_before_it():
    start, uid = a_task(replace(POLICY, labels=LabelRules()))
    start = after(edit_issue(edit_task(start, uid, labels=HIGH), uid, labels=("priority: low",)))
    assert make_plan(replace(start, policy=POLICY)).empty


def test_the_label_that_tells_in_progress_comes_and_goes_with_the_state():
    policy = replace(POLICY, labels=LabelRules({"in_progress": "doing"}))
    start, uid = a_task(policy)
    settled, plan = run(edit_task(start, uid, state=IN_PROGRESS))
    [update] = [each for each in plan.actions if each.kind is ActionKind.UPDATE_ISSUE]
    assert [change.field for change in update.changes] == [Field.LABELS]
    assert issue_of(settled, uid).labels == ("doing",)
    back, _ = run(edit_issue(settled, uid, labels=()))
    assert task_of(back, uid).state is OPEN
    done, _ = run(edit_issue(settled, uid, state=TaskState.DONE))
    assert task_of(done, uid).state is TaskState.DONE
    assert make_plan(done).empty


def test_an_assignee_whom_the_forge_did_not_take_is_not_asked_again():
    start, uid = a_task(assignees=("ann", "bob"))
    start = edit_issue(start, uid, assignees=("ann-a",))
    link = start.ledger.link(uid, "a")
    assert link is not None
    told = replace(link, base={**link.base, Field.ASSIGNEES: Pair(("ann", "bob"), ("ann-a",))})
    links = tuple(told if one == link else one for one in start.ledger.links)
    start = replace(start, ledger=replace(start.ledger, links=links))
    assert make_plan(start).empty
    [update] = make_plan(edit_task(start, uid, title="new")).actions
    assert [change.field for change in update.changes] == [Field.TITLE]


def test_people_who_are_not_mapped_are_neither_assigned_nor_removed():
    plan = make_plan(world({"M": [box("task", assignees=("carol", "ann"))]}))
    assert target(plan.actions[-1]).assignees == ("ann-a",)
    start, uid = a_task(assignees=("carol", "ann"))
    start = after(edit_issue(start, uid, assignees=("ann-a", "visitor")))
    [update] = make_plan(edit_task(start, uid, assignees=("carol",))).actions
    assert update.remove_assignees == {"ann-a"}
    assert target(update).assignees == ()
