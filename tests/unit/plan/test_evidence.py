"""Effects in doubt are settled by what one can see, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from syncd.model.links import Intent, Ledger, Link, Pair, Settle
from syncd.model.remote import Issue, Marker, Ref, RemoteMilestone, Unavailable
from syncd.model.values import Field, Kind, MilestoneState, TaskState, Uid
from syncd.plan.evidence import settle_intents
from tests.worlds import snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)
U = Uid("u")
REF = Ref(5, "five")


def issue(number: int = 12, **values: Any) -> Issue:
    values.setdefault("marker", Marker("main", "lineage", U))
    values.setdefault("author", "syncd")
    return Issue(Ref(number, f"id-{number}"), values.pop("title", "task"), TaskState.OPEN, **values)


def intent(kind: Any, *settles: tuple[Field, Any, Any], **values: Any) -> Intent:
    pairs = tuple(Settle(U, "a", name, Pair(ours, theirs)) for name, ours, theirs in settles)
    return Intent(1, kind, "a", U, NOW, settles=pairs, number_floor=10, title="task", **values)


def settle(one: Intent, issues=(), candidates=None, links=(), milestones=()):
    there = snapshot("a", issues={each.ref.number: each for each in issues})
    there = replace(there, milestones={each.ref.number: each for each in milestones})
    ledger = Ledger("main", "lineage", intents=(one,), links=links)
    return settle_intents(ledger, {"a": there}, {} if candidates is None else {1: candidates})


def test_an_update_that_shows_moves_its_bases():
    one = intent("update_issue", (Field.TITLE, "new", "new"), ref=REF)
    [found] = settle(one, [Issue(REF, "new", TaskState.OPEN)])
    assert found.settles == (Settle(U, "a", Field.TITLE, Pair("new", "new")),)


def test_an_update_that_does_not_show_is_dropped_and_planned_again():
    one = intent("update_issue", (Field.TITLE, "new", "new"), ref=REF)
    [found] = settle(one, [Issue(REF, "old", TaskState.OPEN)])
    assert (found.intent, found.settles) == (1, ())


def test_a_milestone_of_an_update_is_known_by_its_title():
    one = intent("update_issue", (Field.MILESTONE, "m", "M"), ref=REF)
    there = RemoteMilestone(Ref(3, "m3"), "M", MilestoneState.OPEN)
    [found] = settle(one, [Issue(REF, "task", TaskState.OPEN, milestone=3)], milestones=[there])
    assert found.settles == (Settle(U, "a", Field.MILESTONE, Pair("m", 3)),)


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        (("bug", "priority: low"), True),
        (("bug", "priority: high"), False),
        (("bug",), False),
    ],
)
def test_labels_were_taken_if_they_are_there_and_were_not_before(now, moved):
    base = {Field.LABELS: Pair((("priority", "high"),), ("bug", "priority: high"))}
    one = intent("update_issue", (Field.LABELS, (("priority", "low"),), ("priority: low",)), ref=REF)
    [found] = settle(
        one, [Issue(REF, "task", TaskState.OPEN, labels=now)], links=(Link(U, "a", REF, base=base),)
    )
    assert bool(found.settles) is moved


def test_a_created_issue_is_found_by_its_marker_and_linked_on_what_was_sent():
    one = intent("create_issue", (Field.TITLE, "task", "task"), (Field.STATE, "open", "open"))
    [found] = settle(one, [issue(title="edited since")])
    assert found.link is not None
    assert found.link.ref == Ref(12, "id-12")
    assert found.link.base[Field.TITLE] == Pair("task", "task"), "the edit must still show as one"


@pytest.mark.parametrize(
    "values",
    [
        {"author": "mallory"},
        {"marker": None},
        {"marker": Marker("main", "lineage", Uid("another"))},
        {"number": 9},
    ],
)
def test_nothing_but_marker_account_and_number_together_make_a_link(values):
    assert settle(intent("create_issue"), [issue(**values)]) == ()


def test_not_found_means_nothing_before_a_complete_search_and_planned_again_after_it():
    assert settle(intent("create_issue")) == ()
    [found] = settle(intent("create_issue"), candidates=())
    assert found.link is None


def test_of_several_the_lowest_is_linked_and_the_others_reported():
    [found] = settle(intent("create_issue"), candidates=[issue(14), issue(13)])
    assert found.link is not None
    assert found.link.ref.number == 13
    assert found.others == (Ref(14, "id-14"),)


def test_an_issue_that_is_linked_already_is_not_taken_again():
    taken = Link(Uid("other"), "a", Ref(12, "id-12"))
    assert settle(intent("create_issue"), [issue()], links=(taken,)) == ()


def test_a_created_milestone_is_found_by_its_exact_title():
    there = RemoteMilestone(Ref(3, "m3"), "task", MilestoneState.OPEN)
    [found] = settle(intent("create_milestone"), milestones=[there])
    assert found.link is not None
    assert (found.link.kind, found.link.ref) == (Kind.MILESTONE, Ref(3, "m3"))
    [found] = settle(intent("create_milestone"), milestones=[replace(there, title="Task")])
    assert found.link is None


def test_nothing_is_said_of_a_remote_that_is_away():
    ledger = Ledger("main", "lineage", intents=(intent("update_issue", ref=REF),))
    assert settle_intents(ledger, {"a": Unavailable("a", "away")}) == ()


def test_a_write_of_the_roadmap_is_not_settled_by_looking_at_remotes():
    assert settle(intent("write_roadmap")) == ()
