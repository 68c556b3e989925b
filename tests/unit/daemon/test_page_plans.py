"""A plan on the page: nothing of it is left out, and foreign texts stay what they are."""

from dataclasses import replace

import pytest

from syncd.daemon.web.page.deltas import Delta
from syncd.daemon.web.page.plans import Shown, shown
from syncd.model.changes import LineEdit
from syncd.model.remote import Ref
from syncd.model.values import Field, Kind, Uid
from syncd.plan.actions import Action, ActionKind, Change, Conflict, Held, Note, Plan, RemotePlan
from syncd.plan.guard import Refusal, Verdict
from tests.unit.daemon.doors import report

SITE = RemotePlan("github", "acme/widgets", "https://forge.example/acme/widgets", "bot", linked=31, mail=2)
CLOSED = Change(Field.STATE, "open", "done")
OVER = Refusal("github", "create", 3, 2, 31, "3 issues would be created, 2 may be", frozenset({"k"}))


def act(kind: ActionKind, uid: str, title: str, number: int = 0, **more: object) -> Action:
    ref = Ref(number, f"i{number}") if number else None
    return Action(kind, "github", Uid(uid), title, ref=ref, **more)  # type: ignore[arg-type]  # by their names


def seen(*actions: Action, refusals: tuple[Refusal, ...] = (), **plan: object) -> Shown:
    whole = replace(Plan("main", remotes=(SITE,), actions=actions), **plan)  # type: ignore[arg-type]  # by their names
    made = replace(report(), plan=whole, verdict=Verdict("d" * 64, refusals))
    return shown(made, "ROADMAP.md", {("github", 12): "https://forge.example/12"})


def groups(plan: Shown) -> list[tuple[str, list[tuple[str, str]]]]:
    (site,) = plan.sites
    return [(group.heading, [(step.sign, step.title) for step in group.steps]) for group in site.groups]


def test_every_action_is_there_by_kind_in_the_order_of_the_plan() -> None:
    plan = seen(
        act(ActionKind.LINK, "l", "Linked", 3, reason="same title"),
        act(ActionKind.CREATE_LABEL, "b", "urgent"),
        act(ActionKind.CREATE_MILESTONE, "m", "Week 1", of=Kind.MILESTONE),
        act(ActionKind.CREATE_ISSUE, "n", "New", path=("Week 1",)),
        act(ActionKind.UPDATE_ISSUE, "c", "Renamed", 12, changes=(Change(Field.TITLE, "Old", "New"),)),
        act(ActionKind.UPDATE_ISSUE, "d", "Finished", 13, changes=(CLOSED,)),
        act(ActionKind.CLOSE_MILESTONE, "k", "Week 0", 1, of=Kind.MILESTONE),
    )
    assert groups(plan) == [
        ("Link", [("=", "Linked")]),
        ("New labels", [("+", "urgent")]),
        ("New milestones", [("+", "Week 1")]),
        ("New issues in “Week 1”", [("+", "New")]),
        ("Changed issues", [("~", "Renamed")]),
        ("Closed issues", [("×", "Finished")]),
        ("Closed milestones", [("×", "Week 0")]),
    ]
    renamed = plan.sites[0].groups[4].steps[0]
    assert (renamed.number, renamed.url) == (12, "https://forge.example/12")
    assert renamed.deltas == (Delta("title", ("Old",), ("New",)),)
    assert plan.sites[0].groups[6].steps[0].number is None, "a milestone's number is no issue"


def test_an_issue_that_is_closed_as_it_is_made_is_said_once() -> None:
    plan = seen(
        act(ActionKind.CREATE_ISSUE, "n", "Old one"),
        act(ActionKind.UPDATE_ISSUE, "n", "Old one", changes=(CLOSED,)),
    )
    assert groups(plan) == [("New issues", [("+", "Old one")])]
    assert plan.sites[0].groups[0].steps[0].note == "closed at once"


def test_a_thousand_are_folded_but_there() -> None:
    plan = seen(*(act(ActionKind.CREATE_ISSUE, f"n{n}", f"Task {n}") for n in range(1000)))
    (group,) = plan.sites[0].groups
    assert (len(group.steps), group.folded) == (1000, True)


def test_who_writes_where_and_how_much_mail_comes_of_it() -> None:
    plan = seen(act(ActionKind.REBASE, "r", "Agreed", 2))
    assert plan.sites[0].facts == (
        "as bot",
        "31 linked",
        "up to 2 people may get mail",
        "1 changed alike on both sides",
    )
    assert groups(plan) == []
    away = replace(SITE, unavailable="503", retry_at="12:00", first=True, account="", mail=0)
    (site,) = seen(remotes=(away,)).sites
    assert (site.unavailable, site.facts) == ("503, again from 12:00", ("first sync",))


@pytest.mark.parametrize(
    ("refusals", "refused", "approvable"),
    [
        ((), False, False),
        ((OVER,), True, True),
        ((OVER, replace(OVER, what="project", final=True)), True, False),
        ((OVER, replace(OVER, what="moved", final=True)), True, True),
    ],
)
def test_only_what_an_approval_helps_against_can_be_approved(
    refusals: tuple[Refusal, ...], refused: bool, approvable: bool
) -> None:
    plan = seen(refusals=refusals)
    assert (plan.refused, plan.approvable, len(plan.limits)) == (refused, approvable, len(refusals))


def test_lines_conflicts_held_tasks_and_notes_are_there() -> None:
    plan = seen(
        lines=(LineEdit(24, "- [ ] Ship", "- [x] Ship"), LineEdit(30, None, "- [ ] New")),
        conflicts=(
            Conflict(Uid("x"), "Contended", Field.TITLE, {"roadmap": "a", "github": "b"}, "roadmap"),
            Conflict(Uid("y"), "Undecided", Field.DUE, {"roadmap": "a", "github": None}),
        ),
        held=(Held(Uid("h"), "Doubtful", "may have become line 31", 31),),
        notes=(Note("unavailable", "said with its remote"), Note("gone", "an issue is gone")),
    )
    assert [(one.line, one.after) for one in plan.lines] == [
        (24, ("- [", "x", "] Ship")),
        (30, ("", "- [ ] New", "")),
    ]
    assert [one.reason for one in plan.conflicts] == [
        "title differs between roadmap and github; the value of roadmap is taken",
        "due differs between roadmap and github; held until somebody decides",
    ]
    assert [(one.title, one.line) for one in plan.held] == [("Doubtful", 31)]
    assert plan.notes == ("an issue is gone",)
