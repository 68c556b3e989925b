"""Both sides moved otherwise: settled by policy, held, or decided by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.model.policy import Policy
from syncd.model.remote import Unavailable
from syncd.model.values import Field, Uid
from syncd.plan.planner import make_plan
from syncd.plan.world import World
from tests.carrying import after, run, synced
from tests.planning import HOLD, a_task
from tests.worlds import (
    POLICY,
    box,
    decide,
    edit_issue,
    edit_task,
    issue_of,
    task_of,
    uid_of,
)


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
