"""What holds for every plan, whoever edited what (design §17)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.policy import LabelRules
from syncd.model.remote import Snapshot, Unavailable
from syncd.model.values import Field, Uid, Value, canonical_label
from syncd.plan.actions import ActionKind, IssueTarget, Plan
from syncd.plan.fields import raw_values
from syncd.plan.labels import LabelMap
from syncd.plan.planner import make_plan
from syncd.plan.scene import Scene, Spot, scene_of
from syncd.plan.settlement import ours_of
from syncd.plan.world import World
from tests.carrying import plan_of, run
from tests.perturbations import adoptable, bases, perturbed, remote_edits, roadmap_edits
from tests.worlds import POLICY, decide, drop_task, issue_of, seen, task_of

HOLD = replace(POLICY, truth=())
PLAIN = (Field.TITLE, Field.STATE, Field.MILESTONE, Field.DUE)


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


@given(perturbed(policy=HOLD))
def test_what_is_held_stays_held_and_moves_nothing(one: World):
    settled, plan = run(one)
    again = plan_of(settled)[1]
    assert again.empty
    assert {(each.uid, each.field) for each in again.conflicts} == {
        (each.uid, each.field) for each in plan.conflicts if each.winner is None
    }


@given(perturbed())
def test_no_edit_is_lost(one: World):
    """I2: a value that a person set since the base stands on all sides after the run, or in a kept contest."""
    settled, _ = run(one)
    before = scene_of(one)
    kept = {(each.uid, each.field): set(each.values.values()) for each in settled.ledger.contests}
    for spot in before.spots:
        for remote in before.snapshots:
            for name in PLAIN:
                if name in before.lenses[remote].fields and _moved(before, spot, remote, name):
                    mine = issue_of(one, spot.uid, remote).value(name)
                    after = issue_of(settled, spot.uid, remote).value(name)
                    contest = kept.get((spot.uid, name), set())
                    assert after == mine or _readable(before, remote, name, mine) in contest


def _moved(scene: Scene, spot: Spot, remote: str, name: Field) -> bool:
    issue = issue_of(scene.world, spot.uid, remote)
    return issue.value(name) != scene.links[spot.uid, remote].base[name].theirs


def _readable(scene: Scene, remote: str, name: Field, value: Value) -> Value:
    """A remote's value as a contest keeps it: a milestone of ours by its uid."""
    if name is Field.MILESTONE:
        numbers = {
            link.ref.number: uid for (uid, there), link in scene.milestone_links.items() if there == remote
        }
        return numbers.get(value, value) if isinstance(value, int) else value
    return value


@given(st.data())
def test_only_the_roadmap_moved_only_remotes_change(data: st.DataObject):
    start = data.draw(bases())
    one = start
    for edit in data.draw(st.lists(roadmap_edits(start), max_size=4)):
        one = edit(one)
    plan = plan_of(one)[1]
    assert (plan.changes, plan.after_write, plan.conflicts) == ((), (), ())


@given(st.data())
def test_only_one_remote_moved_it_is_told_nothing(data: st.DataObject):
    """I8: no echo. Only a milestone may follow its tasks, and the block may get its words back."""
    start = data.draw(bases())
    one = start
    for edit in data.draw(st.lists(remote_edits(start, "a", notes=False), max_size=4)):
        one = edit(one)
    plan = plan_of(one)[1]
    told = [each for each in plan.actions if each.remote == "a" and each.kind is ActionKind.UPDATE_ISSUE]
    assert told == []
    assert plan.conflicts == ()


@given(perturbed(), st.randoms(use_true_random=False))
def test_no_order_matters(one: World, random):
    """The same world read in another order gives the same plan, and so the same digest."""
    ledger = one.ledger
    links = list(ledger.links)
    random.shuffle(links)
    names = list(one.observations)
    random.shuffle(names)
    observations = {name: _shuffled(seen(one, name), random) for name in names}
    other = replace(one, ledger=replace(ledger, links=tuple(links)), observations=observations)
    assert make_plan(other) == make_plan(one)


def _shuffled(there: Snapshot, random) -> Snapshot:
    numbers = list(there.issues)
    random.shuffle(numbers)
    return replace(there, issues={number: there.issues[number] for number in numbers})


@given(perturbed(), st.data())
def test_a_remote_that_is_away_stays_out_of_the_plan(one: World, data: st.DataObject):
    """I5, isolation: no action on it, no base of it moves, and nothing is concluded from its silence."""
    away = data.draw(st.sampled_from(sorted(one.observations)))
    gone = replace(one, observations={**one.observations, away: Unavailable(away, "no route")})
    settled, plan = run(gone)
    assert not [each for each in plan.actions if each.remote == away]
    assert not [each for each in plan.after_write if each.remote == away]
    before = [link for link in one.ledger.links if link.remote == away]
    assert [link for link in settled.ledger.links if link.remote == away] == before


@given(perturbed(), st.data())
def test_a_remote_that_comes_back_is_in_step_after_one_more_run(one: World, data: st.DataObject):
    away = data.draw(st.sampled_from(sorted(one.observations)))
    gone = replace(one, observations={**one.observations, away: Unavailable(away, "no route")})
    settled, _ = run(gone)
    back = replace(settled, observations={**settled.observations, away: one.observations[away]})
    settled, _ = run(back)
    assert todo(settled) == []


@given(perturbed())
def test_a_patch_names_only_what_changes(one: World):
    """Minimality: no change without a difference, no update without a change, and no task that nobody touched."""
    plan = plan_of(one)[1]
    for action in plan.actions:
        assert all(change.before != change.after for change in action.changes)
        if action.kind in (ActionKind.UPDATE_ISSUE, ActionKind.UPDATE_MILESTONE, ActionKind.CLOSE_MILESTONE):
            assert action.changes
            assert {change.field for change in action.changes} <= set(action.ours)
    assert _touched(plan) <= _edited(one)


def _touched(plan: Plan) -> set[Uid]:
    kinds = (ActionKind.UPDATE_ISSUE, ActionKind.CREATE_ISSUE, ActionKind.REBASE)
    return {each.uid for each in plan.actions if each.kind in kinds and each.of == "task"}


def _edited(one: World) -> set[Uid]:
    scene = scene_of(one)
    found = set()
    for spot in scene.spots:
        for remote in scene.snapshots:
            base = scene.links[spot.uid, remote].base
            raw = raw_values(issue_of(one, spot.uid, remote))
            if any(base[name].theirs != raw[name] or base[name].ours != ours_of(spot, name) for name in base):
                found.add(spot.uid)
    return found


@given(perturbed())
def test_what_people_put_on_an_issue_stays_there(one: World):
    """I18: labels that no pattern matches and people that nobody mapped are never removed, and never added."""
    settled, _ = run(one)
    for link in one.ledger.links:
        if link.kind != "task":
            continue
        before, now = issue_of(one, link.uid, link.remote), issue_of(settled, link.uid, link.remote)
        labels = LabelMap.of(one.policy.labels, 50)
        assert _foreign(before.labels, labels) == _foreign(now.labels, labels)
        mapped = {there[link.remote] for there in one.policy.users.values()}
        assert set(before.assignees) - mapped == set(now.assignees) - mapped


def _foreign(names: tuple[str, ...], labels: LabelMap) -> set[str]:
    return {name for name in names if not labels.managed(name)}


@given(perturbed(), st.sampled_from(["", "prio/{}", "{}"]))
def test_a_changed_mapping_moves_nothing_by_itself(one: World, pattern: str):
    settled, _ = run(one)
    patterns = {"priority": pattern} if pattern else {}
    plan = plan_of(replace(settled, policy=replace(settled.policy, labels=LabelRules(patterns))))[1]
    assert [each for each in plan.actions if isinstance(each.target, IssueTarget)] == []
    assert plan.changes == ()


@given(st.data())
def test_nothing_is_ever_deleted_and_a_removed_task_is_not_made_again(data: st.DataObject):
    start = data.draw(perturbed())
    uid = data.draw(st.sampled_from(sorted(start.matching.tasks.values())))
    settled, _ = run(drop_task(start, uid))
    assert todo(settled) == []
    for name in start.observations:
        assert set(seen(start, name).issues) <= set(seen(settled, name).issues)
        assert settled.ledger.link(uid, name) is None


@given(st.data())
def test_an_issue_from_outside_is_one_line_and_one_issue_everywhere(data: st.DataObject):
    start = data.draw(perturbed())
    remote = data.draw(st.sampled_from(sorted(start.observations)))
    milestone = data.draw(st.sampled_from(sorted(start.matching.milestones.values())))
    settled, _ = run(adoptable(start, remote, milestone))
    assert todo(settled) == []
    assert [task.title for task in settled.outline.tasks()].count("from outside") == 1
    for name in settled.observations:
        assert [issue.title for issue in seen(settled, name).issues.values()].count("from outside") == 1


@given(perturbed(), st.data())
def test_a_decision_is_on_all_sides_after_one_run(one: World, data: st.DataObject):
    """Whatever of a held conflict a person takes, the next run puts it everywhere and then has nothing to do."""
    held, _ = run(replace(one, policy=HOLD))
    contests = [
        each for each in held.ledger.contests if each.field in (Field.TITLE, Field.STATE, Field.LABELS)
    ]
    if not contests:
        return
    contest = data.draw(st.sampled_from(contests))
    if contest.uid not in held.matching.tasks.values():
        return
    taken = contest.values[data.draw(st.sampled_from(sorted(contest.values)))]
    settled, plan = run(decide(held, contest.uid, contest.field, taken))
    assert len(plan.uses) == 1
    assert (contest.uid, contest.field) not in {(each.uid, each.field) for each in settled.ledger.contests}
    value = task_of(settled, contest.uid).value(contest.field)
    assert canonical_label(str(value)) == canonical_label(str(taken))
    assert todo(settled) == []
