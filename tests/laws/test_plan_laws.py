"""What holds for every plan, whoever edited what (design §17)."""

from __future__ import annotations

from hypothesis import given

from syncd.model.values import Field, Uid, Value
from syncd.plan.fields import raw_values
from syncd.plan.scene import scene_of
from syncd.plan.settlement import ours_of
from syncd.plan.world import World
from tests.carrying import plan_of, run
from tests.perturbations import bases, perturbed
from tests.worlds import issue_of


@given(bases())
def test_a_first_sync_leaves_nothing_to_do(one: World):
    assert plan_of(one)[1].empty


@given(perturbed())
def test_what_was_planned_and_done_is_done(one: World):
    """I3: an empty plan after one run in which nothing failed, whoever edited what; I4 follows."""
    settled, _ = run(one)
    assert todo(settled) == []


def todo(one: World) -> list[str]:
    """What a plan would do, in words that fit a failing test."""
    plan = plan_of(one)[1]
    actions = [
        f"{each.remote} {each.kind} {each.title} {each.changes or each.settles}" for each in plan.actions
    ]
    return actions + [str(change) for change in (*plan.changes, *plan.after_write)]


@given(perturbed())
def test_all_sides_show_the_same_after_one_run(one: World):
    settled, _ = run(one)
    assert disagreements(settled) == []


def disagreements(one: World) -> list[tuple[Uid, str, Field, Value, Value]]:
    """Fields of linked tasks that a remote shows otherwise than the roadmap, and that are no settled pair."""
    scene = scene_of(one)
    found = []
    for spot in scene.spots:
        for remote in scene.snapshots:
            link = scene.links[spot.uid, remote]
            issue = issue_of(one, spot.uid, remote)
            for name in scene.lenses[remote].fields:
                pair = link.base[name]
                ours, theirs = ours_of(spot, name), raw_values(issue)[name]
                if (ours, theirs) != (pair.ours, pair.theirs):
                    found.append((spot.uid, remote, name, ours, theirs))
    return found
