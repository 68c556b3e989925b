"""The merge of one value over the roadmap and remotes of which some lag or cannot be reached (design §5)."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.values import ROADMAP, Field
from syncd.plan.merge import Side, Verdict, behind, merge

VALUES = st.sampled_from(["red", "green", "blue"])
RANKING = st.permutations([ROADMAP, "a", "b", "c", "d"]).map(tuple)


@dataclass(frozen=True)
class Tracker:
    """One remote: what it shows now, and the pair on which it was settled."""

    now: str
    ours: str
    theirs: str
    reachable: bool = True

    def side(self, name: str) -> Side:
        return Side(name, self.now, (self.ours, self.theirs))


@st.composite
def trackers(draw: st.DrawFn) -> dict[str, Tracker]:
    """Remotes that were settled at different times, perhaps on a pair, and perhaps moved since."""
    found = {}
    for name in "abcd"[: draw(st.integers(1, 4))]:
        ours = draw(VALUES)
        theirs = draw(st.one_of(st.just(ours), VALUES))
        found[name] = Tracker(draw(st.one_of(st.just(theirs), VALUES)), ours, theirs, draw(st.booleans()))
    return found


def once(
    hub: str, remotes: dict[str, Tracker], ranking: tuple[str, ...]
) -> tuple[str, dict[str, Tracker], Verdict]:
    """One run: the result goes to every reachable remote that must be told, and to the roadmap."""
    sides = [tracker.side(name) for name, tracker in remotes.items() if tracker.reachable]
    verdict = merge(Field.TITLE, hub, sides, ranking)
    if verdict.held:
        return hub, remotes, verdict
    told = behind(verdict.value, sides)
    value = str(verdict.value)
    after = dict(remotes)
    for side in sides:
        now = value if side.remote in told else str(side.now)
        after[side.remote] = Tracker(now, value, now)
    return value, after, verdict


@given(VALUES, trackers(), RANKING)
def test_one_round_is_enough(hub: str, remotes: dict[str, Tracker], ranking: tuple[str, ...]):
    hub, remotes, _ = once(hub, remotes, ranking)
    again, after, verdict = once(hub, remotes, ranking)
    assert (again, after) == (hub, remotes)
    assert not verdict.values


@given(VALUES, trackers(), RANKING, st.randoms(use_true_random=False))
def test_the_order_of_remotes_does_not_matter(hub, remotes, ranking, random):
    names = list(remotes)
    random.shuffle(names)
    shuffled = {name: remotes[name] for name in names}
    one, other = once(hub, remotes, ranking), once(hub, shuffled, ranking)
    assert (one[0], one[1]) == (other[0], {name: other[1][name] for name in remotes})
    assert dict(one[2].values) == dict(other[2].values)


@given(VALUES, trackers(), RANKING)
def test_a_remote_that_cannot_be_reached_stays_as_it_is(hub, remotes, ranking):
    _, after, _ = once(hub, remotes, ranking)
    assert all(after[name] == tracker for name, tracker in remotes.items() if not tracker.reachable)


@given(VALUES, trackers(), RANKING)
def test_no_edit_is_lost(hub: str, remotes: dict[str, Tracker], ranking: tuple[str, ...]):
    """I2: a value that somebody set since the base is the result, or stands in the conflict."""
    result, _, verdict = once(hub, remotes, ranking)
    for name, tracker in remotes.items():
        if tracker.reachable and tracker.now != tracker.theirs:
            assert tracker.now == result or verdict.values[name] == tracker.now
    movers = [one for one in remotes.values() if one.reachable and one.now != one.theirs]
    if any(hub != one.ours for one in movers):
        assert hub == result or verdict.values[ROADMAP] == hub


@given(VALUES, VALUES, st.integers(1, 4), RANKING)
def test_only_the_roadmap_moved(old: str, new: str, count: int, ranking: tuple[str, ...]):
    remotes = {name: Tracker(old, old, old) for name in "abcd"[:count]}
    result, after, verdict = once(new, remotes, ranking)
    assert (result, verdict.values) == (new, {})
    assert all(one.now == new for one in after.values())


@given(VALUES, VALUES, st.integers(1, 4), RANKING)
def test_only_one_remote_moved(old: str, new: str, count: int, ranking: tuple[str, ...]):
    remotes = {name: Tracker(old, old, old) for name in "abcd"[:count]}
    result, after, verdict = once(old, {**remotes, "a": Tracker(new, old, old)}, ranking)
    assert (result, verdict.values) == (new, {})
    assert all(one.now == new for one in after.values())


@given(VALUES, trackers())
def test_a_conflict_without_a_ranking_is_held_and_touches_nothing(hub, remotes):
    result, after, verdict = once(hub, remotes, ())
    if verdict.values:
        assert verdict.held
        assert (result, after) == (hub, remotes)


@given(VALUES, VALUES, VALUES, RANKING)
def test_an_edit_that_was_taken_back_before_a_lagging_remote_saw_it_is_none(old, brief, new, ranking):
    """``b`` was told ``brief``; ``a`` was away then, and moved. The roadmap says ``old`` again, as ``a`` knows it."""
    sides = [Side("a", new, (old, old)), Side("b", brief, (brief, brief))]
    verdict = merge(Field.TITLE, old, sides, ranking)
    assert (verdict.value, verdict.values) == (new, {})
