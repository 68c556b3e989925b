"""Sets go out whole: people's own members as the fresh read shows them, ours as they shall be (I18)."""

from __future__ import annotations

import pytest

from syncd.apply.drafts import issue_patch, moved_since
from syncd.model.remote import Capabilities, Issue, Marker, Ref
from syncd.model.values import Field, TaskState, Uid
from syncd.plan.actions import Action, ActionKind, Change, IssueTarget

REF = Ref(1, "i1")
SETS = Capabilities(frozenset({Field.LABELS, Field.ASSIGNEES}), frozenset())


def issue(labels: tuple[str, ...] = (), assignees: tuple[str, ...] = ()) -> Issue:
    return Issue(REF, "T", TaskState.OPEN, labels=labels, assignees=assignees)


def wanting(
    labels: tuple[str, ...], remove: set[str], people: tuple[str, ...] = (), gone: str = ""
) -> Action:
    return Action(
        ActionKind.UPDATE_ISSUE,
        "hub",
        Uid("u"),
        "T",
        ref=REF,
        target=IssueTarget("T", TaskState.OPEN, labels=labels, assignees=people),
        changes=(Change(Field.LABELS, None, None), Change(Field.ASSIGNEES, None, None)),
        remove_labels=frozenset(remove),
        remove_assignees=frozenset({gone} if gone else ()),
    )


@pytest.mark.parametrize(
    ("fresh", "labels", "remove", "sent"),
    [
        (("bug", "Low", "wontfix"), ("high",), {"low", "high"}, ("bug", "wontfix", "high")),
        (("bug", "High"), ("high",), {"low", "high"}, ("bug", "High")),
        (("high", "bug"), (), {"high"}, ("bug",)),
        ((), ("high", "a"), set(), ("high", "a")),
        (("bug",), (), {"low"}, ("bug",)),
    ],
    ids=["exchanged", "there already, in other letters", "taken away", "added", "was not there"],
)
def test_only_managed_members_are_exchanged(
    fresh: tuple[str, ...], labels: tuple[str, ...], remove: set[str], sent: tuple[str, ...]
) -> None:
    marker = Marker("main", "lineage", Uid("u"))
    action = wanting(labels, remove, ("Ann",), "bob")
    patch = issue_patch(action, issue(fresh, ("Bob", "eve", "ann")), marker, lambda _: REF, SETS, {})
    assert patch.labels == sent
    assert patch.assignees == ("eve", "ann")


def test_a_label_of_somebody_else_that_came_meanwhile_is_no_reason_to_wait_but_one_of_ours_is() -> None:
    action = wanting(("high",), {"low"})
    seen = issue(("low", "bug"))
    assert moved_since(action, seen, issue(("low", "bug", "new"))) is None
    assert moved_since(action, seen, issue(("bug",))) is Field.LABELS
    assert moved_since(action, seen, issue(("low", "high", "bug"))) is Field.LABELS
