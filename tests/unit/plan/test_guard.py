"""How much one run may do without asking (design §7): every limit at its edge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.model.changes import AddTask, RoadmapChange, SetMilestone, SetTask, StampTask, TickItem
from syncd.model.links import Approval, KnownRemote, KnownTask, Ledger, Link
from syncd.model.outline import MilestoneKey, Outline, TaskKey
from syncd.model.policy import Limits, Policy, Share
from syncd.model.remote import Issue, Project, Ref, Snapshot
from syncd.model.values import Field, Kind, TaskState, Uid
from syncd.plan.actions import Action, ActionKind, Change, Plan
from syncd.plan.digest import action_key, digest
from syncd.plan.guard import Verdict, approval, guard
from syncd.plan.world import Matching, World
from tests.unit.plan.sheet import sheet

CREATE, UPDATE, LINK, UNLINK = (
    ActionKind.CREATE_ISSUE,
    ActionKind.UPDATE_ISSUE,
    ActionKind.LINK,
    ActionKind.UNLINK,
)


def world(
    linked: int, *, synced: bool = True, issues: int | None = None, scope_changed: bool = False
) -> World:
    """A roadmap of ``linked`` tasks, each linked to the issue of its number on one remote."""
    outline = sheet("# M\n" + "\n".join(f"- Task {number}" for number in range(max(linked, 1))))
    uids = {TaskKey(number): Uid(f"t{number}") for number in range(max(linked, 1))}
    seen = range(linked if issues is None else issues)
    return World(
        roadmap="main",
        outline=outline,
        matching=Matching(uids, {MilestoneKey(0): Uid("m0")}),
        ledger=Ledger(
            "main",
            "lineage",
            tasks={uid: KnownTask(uid, str(uid)) for uid in list(uids.values())[:linked]},
            links=tuple(
                Link(Uid(f"t{number}"), "github", Ref(number, f"i{number}")) for number in range(linked)
            ),
            remotes={"github": KnownRemote("github", "P1", "acme/widgets", synced=synced)},
        ),
        observations={
            "github": Snapshot(
                "github",
                Project("P1", "acme/widgets", "https://github.com/acme/widgets"),
                {
                    number: Issue(Ref(number, f"i{number}"), f"Task {number}", TaskState.OPEN)
                    for number in seen
                },
                {},
            )
        },
        capabilities={},
        policy=Policy(),
        scope_changed=scope_changed,
    )


def actions(kind: ActionKind, count: int, **more: object) -> tuple[Action, ...]:
    return tuple(
        Action(
            kind,
            "github",
            Uid(f"t{number}"),
            f"Task {number}",
            ref=None if kind is CREATE else Ref(number, f"i{number}"),
            changes=(Change(Field.TITLE, "before", f"Task {number}"),) if kind is UPDATE else (),
            **more,  # type: ignore[arg-type]  # by their names
        )
        for number in range(count)
    )


def verdict(count: int, kind: ActionKind, linked: int, **more: object) -> Verdict:
    return guard(Plan("main", actions=actions(kind, count, **more)), world(linked))


def whats(found: Verdict) -> list[str]:
    return [refusal.what for refusal in found.refusals]


# --- limits, each at its edge ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("synced", "limit"), [(False, 250), (True, 50)])
def test_creates_250_in_the_first_sync_and_50_later(synced: bool, limit: int) -> None:
    at, over = (
        guard(Plan("main", actions=actions(CREATE, count)), world(0, synced=synced))
        for count in (limit, limit + 1)
    )
    assert not at.refused
    assert over.refused
    (refusal,) = over.refusals
    assert (refusal.remote, refusal.what, refusal.count, refusal.limit) == (
        "github",
        "create",
        limit + 1,
        limit,
    )


def test_a_remote_never_seen_before_is_in_its_first_sync() -> None:
    fresh = replace(world(0), ledger=Ledger("main", "lineage"))
    assert not guard(Plan("main", actions=actions(CREATE, 250)), fresh).refused


def test_the_closing_of_what_is_created_closed_belongs_to_its_creation() -> None:
    closing = tuple(replace(one, ref=None) for one in actions(UPDATE, 60))
    plan = Plan("main", actions=(*actions(CREATE, 60), *closing))
    assert not guard(plan, world(0, synced=False)).refused


@pytest.mark.parametrize(("linked", "limit"), [(30, 20), (100, 30), (1_000, 300)])
def test_updates_are_30_percent_of_the_linked_and_at_least_20(linked: int, limit: int) -> None:
    assert not verdict(limit, UPDATE, linked).refused
    assert whats(verdict(limit + 1, UPDATE, linked)) == ["update"]


@pytest.mark.parametrize(("linked", "limit"), [(30, 5), (117, 11), (400, 40)])
def test_closes_by_removal_are_10_percent_and_at_least_5(linked: int, limit: int) -> None:
    assert not verdict(limit, UPDATE, linked, closes_by_removal=True).refused
    assert whats(verdict(limit + 1, UPDATE, linked, closes_by_removal=True)) == ["close"]


def test_removing_40_of_117_tasks_is_refused_with_count_limit_and_population() -> None:
    found = verdict(40, UPDATE, 117, closes_by_removal=True)
    (refusal,) = found.refusals
    assert (refusal.count, refusal.limit, refusal.population) == (40, 11, 117)
    assert found.refused


def test_adoptions_are_20() -> None:
    assert not verdict(20, LINK, 0, adopts=True).refused
    assert whats(verdict(21, LINK, 0, adopts=True)) == ["adopt"]


def test_words_in_the_state_are_not_limited() -> None:
    for kind in (LINK, ActionKind.REBASE):
        assert not verdict(500, kind, 1_000).refused


def _edits(count: int) -> Plan:
    return Plan("main", changes=tuple(SetTask(TaskKey(number), Field.TITLE, "x") for number in range(count)))


@pytest.mark.parametrize(("linked", "limit"), [(30, 20), (100, 30)])
def test_edits_of_the_roadmap_have_a_limit_of_their_own(linked: int, limit: int) -> None:
    assert not guard(_edits(limit), world(linked)).refused
    found = guard(_edits(limit + 1), world(linked))
    assert [(one.remote, one.what) for one in found.refusals] == [("roadmap", "edit")]


def test_several_edits_of_one_task_count_once() -> None:
    ticks: tuple[RoadmapChange, ...] = tuple(TickItem(TaskKey(0), item, done=True) for item in range(50))
    plan = Plan("main", changes=(*ticks, SetMilestone(MilestoneKey(0), Field.TITLE, "x")))
    assert not guard(plan, world(30)).refused


def test_stamps_that_the_user_asked_for_are_no_edits_to_ask_about() -> None:
    stamps = tuple(StampTask(TaskKey(number), Uid(f"t{number}")) for number in range(100))
    adds = tuple(AddTask(Uid(f"+a{number}"), None, "New", TaskState.OPEN) for number in range(20))
    assert not guard(Plan("main", changes=(*stamps, *adds)), world(100)).refused


def test_limits_are_the_users() -> None:
    strict = replace(world(100), policy=Policy(limits=Limits(update=Share(0, 1))))
    assert whats(guard(Plan("main", actions=actions(UPDATE, 2)), strict)) == ["update"]


def test_limits_are_per_remote() -> None:
    other = tuple(replace(action, remote="gitlab") for action in actions(CREATE, 50))
    assert not guard(Plan("main", actions=(*actions(CREATE, 50), *other)), world(0)).refused


# --- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("linked", "refused"), [(9, False), (10, True)])
def test_from_ten_tasks_up_a_change_of_every_issue_is_a_fault(linked: int, refused: bool) -> None:
    found = verdict(linked, UPDATE, linked)
    assert found.refused is refused
    assert whats(found) == ["everything"] * refused


@pytest.mark.parametrize(("linked", "refused"), [(9, False), (10, True)])
def test_from_ten_tasks_up_an_edit_of_every_task_is_a_fault(linked: int, refused: bool) -> None:
    assert whats(guard(_edits(linked), world(linked))) == ["everything"] * refused


@pytest.mark.parametrize(("linked", "refused"), [(9, False), (10, True)])
def test_a_roadmap_that_went_empty_is_a_fault(linked: int, refused: bool) -> None:
    empty = replace(world(linked), outline=Outline())
    found = guard(Plan("main", actions=actions(UNLINK, 1, ends="removed")), empty)
    assert whats(found) == ["roadmap-empty"] * refused


@pytest.mark.parametrize(("linked", "refused"), [(9, False), (10, True)])
def test_a_remote_that_went_empty_is_a_fault(linked: int, refused: bool) -> None:
    found = guard(Plan("main", actions=actions(CREATE, 1)), world(linked, issues=0))
    assert whats(found) == ["remote-empty"] * refused


def test_another_project_under_the_name_is_refused_and_no_approval_helps() -> None:
    base = world(3)
    ledger = replace(
        base.ledger, remotes={"github": KnownRemote("github", "P0", "acme/widgets", synced=True)}
    )
    plan = Plan("main", actions=actions(UPDATE, 1))
    found = guard(plan, replace(base, ledger=ledger), approve=digest(plan))
    assert whats(found) == ["project"]
    assert found.refused


def test_a_changed_scope_that_lets_issues_go_is_asked_about() -> None:
    plan = Plan("main", actions=actions(UNLINK, 1, ends="scope"))
    assert whats(guard(plan, world(5, scope_changed=True))) == ["scope"]
    assert not guard(plan, world(5)).refused
    gone = Plan("main", actions=actions(UNLINK, 1, ends="gone"))
    assert not guard(gone, world(5, scope_changed=True)).refused


def test_recovery_needs_approval_however_small() -> None:
    plan = Plan("main", actions=actions(LINK, 1), recovery=True)
    assert whats(guard(plan, world(0))) == ["recovery"]
    assert not guard(plan, world(0), approve=digest(plan)).refused


def test_a_remote_that_was_only_assumed_shows_its_first_plan() -> None:
    plan = Plan("main", actions=actions(CREATE, 1))
    assert whats(guard(plan, world(0, synced=False), assumed=True)) == ["assumed"]
    assert not guard(plan, world(0, synced=True), assumed=True).refused
    assert not guard(Plan("main"), world(0, synced=False), assumed=True).refused


# --- approval --------------------------------------------------------------------------------------------------------

BIG = Plan("main", actions=actions(CREATE, 60))


def test_the_named_digest_passes_and_grants_what_is_to_be_stored() -> None:
    found = guard(BIG, world(0), approve=digest(BIG))
    assert not found.refused
    assert found.grants == approval(BIG)
    assert whats(found) == ["create"]


def test_another_digest_is_refused_because_the_world_has_moved() -> None:
    small = Plan("main", actions=actions(CREATE, 1))
    found = guard(small, world(0), approve=digest(BIG))
    assert found.refused
    assert whats(found) == ["moved"]
    assert found.grants is None


def test_an_empty_plan_refuses_nobody() -> None:
    assert not guard(Plan("main"), world(0), approve=digest(BIG)).refused


def _stored(base: World, *approvals: Approval) -> World:
    return replace(base, ledger=replace(base.ledger, approvals=approvals))


def test_an_interrupted_plan_finds_its_approval_again() -> None:
    rest = Plan("main", actions=BIG.actions[5:])
    found = guard(rest, _stored(world(0), approval(BIG)))
    assert not found.refused
    assert found.spends == {digest(BIG): approval(rest).actions}
    assert not guard(rest, _stored(world(0), approval(BIG)), approve=digest(BIG)).refused


def test_an_approval_covers_nothing_that_was_not_in_it() -> None:
    new = replace(BIG.actions[0], uid=Uid("new"), title="Not approved")
    more = Plan("main", actions=(*BIG.actions[5:], new))
    assert guard(more, _stored(world(0), approval(BIG))).refused


def test_what_was_used_is_used_up() -> None:
    left = replace(approval(BIG), actions=approval(BIG).actions - {action_key(BIG.actions[0])})
    assert guard(BIG, _stored(world(0), left)).refused


def test_a_key_is_spent_from_one_approval_only() -> None:
    first, second = approval(BIG), replace(approval(BIG), digest="other")
    found = guard(BIG, _stored(world(0), first, second))
    assert found.spends == {first.digest: first.actions}


def test_edits_over_their_limit_are_approved_as_one() -> None:
    edits = _edits(25)
    assert not guard(edits, _stored(world(30), approval(edits))).refused
    assert guard(_edits(26), _stored(world(30), approval(edits))).refused


def test_milestones_are_counted_by_themselves() -> None:
    many = tuple(
        replace(one, kind=ActionKind.CREATE_MILESTONE, of=Kind.MILESTONE) for one in actions(CREATE, 51)
    )
    assert whats(guard(Plan("main", actions=many), world(0))) == ["create_milestone"]
    assert not guard(Plan("main", actions=(*actions(CREATE, 50), *many[:50])), world(0)).refused
