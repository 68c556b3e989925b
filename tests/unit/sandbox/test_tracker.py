"""The log, the history and the hands of a person."""

from collections.abc import Callable
from typing import Any

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock, OffsetClock, wall_clock
from syncd.sandbox.world import Missing
from tests.unit.sandbox.conftest import REPO, Client


def test_the_log_says_what_was_done_by_whom_through_which_door(sandbox: Sandbox, client: Client) -> None:
    client.post(f"{REPO}/issues", json={"title": "T", "labels": ["a"]})
    client.patch(f"{REPO}/issues/1", json={"title": "U", "labels": [], "state": "closed"})
    sandbox.person().reopen(1)
    log = [(op.serial, op.effect, op.subject, op.actor, op.method) for op in sandbox.world.log]
    label = sandbox.world.log[0].subject
    assert log == [
        (1, "label.created", label, "syncd-bot", "POST"),
        (2, "issue.created", 1, "syncd-bot", "POST"),
        (3, "issue.edited", 1, "syncd-bot", "PATCH"),
        (4, "issue.edited", 1, "ann", "PERSON"),
    ]
    assert sandbox.world.log[1].route == f"/api/v3{REPO}/issues"
    assert sandbox.world.log[2].changes == {
        "title": ("T", "U"),
        "labels": (["a"], []),
        "state": ("open", "closed"),
        "reason": (None, "completed"),
        "closed_at": (None, sandbox.world.now()),
        "closed_by": (None, "syncd-bot"),
    }


def test_every_create_is_in_the_log_even_when_its_answer_was_lost(sandbox: Sandbox, client: Client) -> None:
    sandbox.fault("fail_after", method="POST")
    for _ in range(2):
        client.post(f"{REPO}/issues", json={"title": "T"})
    created = [op.changes["title"][1] for op in sandbox.world.log if op.effect == "issue.created"]
    assert created == ["T", "T"]


def test_reads_leave_no_trace_in_the_log(sandbox: Sandbox, client: Client) -> None:
    client.get(f"{REPO}/issues")
    client.get(REPO)
    assert sandbox.world.log == []
    assert [one.asked.method for one in sandbox.exchanges] == ["GET", "GET"]


def test_a_person_acts_under_their_own_name(sandbox: Sandbox, client: Client) -> None:
    bob = sandbox.person("bob")
    bob.create_issue("T")
    bob.label(1, "a", "b")
    bob.unlabel(1, "A")
    shown = client.get(f"{REPO}/issues/1").json()
    assert (shown["user"]["login"], [label["name"] for label in shown["labels"]]) == ("bob", ["b"])


def test_a_person_moves_issues_by_the_titles_of_milestones(sandbox: Sandbox) -> None:
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.create_issue("T")
    assert ann.edit_issue(1, milestone="M").milestone == ann.milestone("M").id
    assert ann.edit_issue(1, milestone=None).milestone is None
    ann.edit_milestone("M", rename="N", state="closed")
    assert (ann.milestone("N").state, [one.title for one in ann.milestones()]) == ("closed", ["N"])


@pytest.mark.parametrize(
    "act",
    [
        lambda ann: ann.close(9),
        lambda ann: ann.edit_issue(1, milestone="nowhere"),
        lambda ann: ann.delete_label("nothing"),
        lambda ann: ann.transfer_issue(1, "no/where"),
    ],
    ids=["issue", "milestone", "label", "project"],
)
def test_what_does_not_exist_is_missing(sandbox: Sandbox, act: Callable[[Any], object]) -> None:
    sandbox.person().create_issue("T")
    with pytest.raises(Missing):
        act(sandbox.person())


def test_an_unknown_project_is_missing(sandbox: Sandbox) -> None:
    with pytest.raises(Missing):
        sandbox.person(project="no/where")


def test_a_clock_can_be_pushed_in_both_directions() -> None:
    still = LogicalClock()
    assert (still.advance(90) - still.advance(-90)).total_seconds() == 90
    shifted = OffsetClock(still)
    shifted.advance(60)
    assert (shifted() - still()).total_seconds() == 60


def test_the_real_clock_is_in_utc() -> None:
    assert str(wall_clock().tzinfo) == "UTC"
