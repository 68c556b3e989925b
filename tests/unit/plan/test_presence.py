"""Tasks and issues that come and go (design §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syncd.model.changes import AddTask
from syncd.model.links import Intent
from syncd.model.policy import Adoption, Policy
from syncd.model.remote import Marker, Ref, RemoteMilestone, Unavailable
from syncd.model.values import MilestoneState, Uid
from syncd.plan.actions import ActionKind, IssueTarget, Plan
from syncd.plan.planner import make_plan
from syncd.plan.world import World
from tests.carrying import after, carry_out, run, synced
from tests.planning import DONE, DROPPED, OPEN, a_task, kinds, target
from tests.worlds import (
    POLICY,
    box,
    drop_milestone,
    drop_task,
    edit_issue,
    edit_task,
    issue_of,
    milestone_there,
    put_issue,
    put_milestone,
    return_task,
    seen,
    stranger,
    uid_of,
    world,
)

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
    assert target(close) == IssueTarget("task", DROPPED)
    assert make_plan(settled).empty


def test_a_task_that_stands_nowhere_is_not_removed_before_the_matcher_says_so():
    """I5: a hidden region or a bad read must close nothing."""
    start, uid = a_task()
    hidden = drop_task(start, uid)
    assert make_plan(replace(hidden, matching=replace(hidden.matching, gone=frozenset()))).empty


def test_a_removal_reaches_a_remote_that_was_away_when_it_happened():
    start = synced({"M": [box("task"), box("other")]}, ("a", "b"))
    uid = uid_of(start, "task")
    away = {**start.observations, "b": Unavailable("b", "away")}
    settled = after(replace(drop_task(start, uid), observations=away))
    assert settled.ledger.link(uid, "b")
    back = replace(settled, observations={**settled.observations, "b": start.observations["b"]})
    assert [(action.remote, action.closes_by_removal) for action in make_plan(back).actions] == [("b", True)]


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
    intent = Intent(1, "create_issue", "a", uid, since=datetime(2026, 1, 1, tzinfo=UTC), unknown=True)
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


def in_their_milestone(rule: Adoption, **values) -> World:
    """Two issues of others in a milestone that the roadmap does not have."""
    start, _ = a_task(replace(POLICY, adopt=rule))
    there = RemoteMilestone(Ref(90, "theirs"), "Next year", **{"state": MilestoneState.OPEN, **values})
    start = put_milestone(start, "a", there)
    start, _ = stranger(start, "one of theirs", milestone=90)
    return stranger(start, "another of theirs", milestone=90)[0]


def lines_of(plan: Plan) -> list[AddTask]:
    return [change for change in plan.changes if isinstance(change, AddTask)]


def test_adopted_issues_bring_the_milestone_that_they_are_in():
    start = in_their_milestone(Adoption("all"))
    settled, plan = run(start)
    assert [(line.title, line.heading) for line in lines_of(plan)] == [
        ("one of theirs", "Next year"),
        ("another of theirs", "Next year"),
    ]
    assert settled.outline.milestones[-1].title == "Next year"
    settled, plan = run(settled)
    # What is left is to say whose milestone it is; nothing is written, on either side.
    assert {action.kind for action in plan.actions} == {ActionKind.LINK, ActionKind.REBASE}
    assert not plan.changes
    assert make_plan(settled).empty


def test_a_milestone_without_a_place_leaves_its_issues_to_stand_alone():
    start = in_their_milestone(Adoption("all"))
    refused = dict.fromkeys(make_plan(start).changes, "no heading shows how")
    plan = make_plan(replace(start, no_place=refused))
    assert [(line.milestone, line.heading) for line in lines_of(plan)] == [(None, ""), (None, "")]


@pytest.mark.parametrize(
    ("rule", "values"),
    [(Adoption("all"), {"state": MilestoneState.CLOSED}), (Adoption("all"), {"title": "m"})],
)
def test_a_closed_milestone_or_one_called_like_ours_is_not_brought(rule, values):
    start = in_their_milestone(rule)
    there = replace(seen(start).milestones[90], **values)
    plan = make_plan(put_milestone(start, "a", there))
    assert {line.heading for line in lines_of(plan)} == {""}


def test_adoption_by_milestone_asks_for_one_of_ours():
    assert not make_plan(in_their_milestone(Adoption("milestone"))).changes


def test_a_line_without_a_place_is_not_adopted():
    start = outsider()
    [line] = make_plan(start).changes
    plan = make_plan(replace(start, no_place={line: "nowhere to put it"}))
    assert (plan.changes, plan.actions) == ((), ())
    assert [note.code for note in plan.notes] == ["no-place"]


def test_a_reopening_that_does_not_come_through_is_planned_again():
    """After a crash between the two, the issue is still closed: by us, which is no reason to drop the task."""
    start, uid = a_task()
    back = return_task(after(drop_task(start, uid)), "M", box("task"), uid)
    plan = make_plan(back)
    half = carry_out(back, replace(plan, actions=plan.actions[:1]))
    assert issue_of(half, uid).state is DROPPED
    settled, again = run(half)
    assert again.changes == ()
    assert issue_of(settled, uid).state is OPEN


def test_an_issue_in_the_milestone_of_a_heading_that_left_moves_no_task():
    start, uid = a_task(replace(POLICY, removed="ignore"))
    number = milestone_there(start, uid_of(start, "N")).ref.number
    start = edit_issue(after(drop_milestone(start, uid_of(start, "N"))), uid, milestone=number)
    plan = make_plan(start)
    assert (plan.changes, [note.code for note in plan.notes]) == ((), ["no-place"])
