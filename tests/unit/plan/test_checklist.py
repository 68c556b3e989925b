"""Which item is which, and what becomes of ticks, new items and words."""

from __future__ import annotations

import pytest

from syncd.model.values import ROADMAP
from syncd.plan.checklist import ListSide, align, items, merge_lists

A, B, C = ("a", False), ("b", False), ("c", False)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((A, B), (A, B), {0: 0, 1: 1}),
        ((A, B), (B, A), {0: 1, 1: 0}),
        ((A, A), (A, A, A), {0: 0, 1: 1}),
        ((A, B, C), (A, ("x", False), C), {0: 0, 1: 1, 2: 2}),
        ((A, C), (A, B, C), {0: 0, 1: 2}),
        ((A, B, C), (A, C), {0: 0, 2: 1}),
        ((A, B), (("x", False), ("y", True)), {0: 0, 1: 1}),
        ((A, B), (("x", False),), {}),
        ((), (A,), {}),
    ],
)
def test_items_are_matched_by_text_then_by_position_between_matched_ones(one, other, expected):
    assert align(one, other) == expected


def test_items_without_text_are_no_items():
    assert items((("", True), (" \n ", False), ("a\tb", False))) == (("a b", False),)


def side(now, base=(A, B), name="a"):
    return ListSide(name, tuple(now), tuple(base), tuple(base))


def test_a_tick_there_is_a_tick_here():
    assert merge_lists((A, B), [side([("a", True), B])], ()).done == (True, False)


def test_a_tick_here_is_not_taken_back_by_a_remote_that_did_not_move():
    assert merge_lists((("a", True), B), [side([A, B])], ()).done == (True, False)


def test_an_item_added_there_is_appended_once_even_if_two_remotes_added_it():
    verdict = merge_lists((A, B), [side([A, B, C]), side([A, ("c", True), B], name="b")], ())
    assert verdict.added == (("c", True),)


def test_the_same_words_added_twice_on_one_remote_are_two_items():
    assert merge_lists((A, B), [side([A, B, C, C])], ()).added == (C, C)


def test_an_item_deleted_there_is_not_deleted_here():
    verdict = merge_lists((A, B), [side([B])], ())
    assert (verdict.done, verdict.added, verdict.values) == ((False, False), (), {})


def test_an_item_deleted_here_does_not_come_back_as_an_added_one():
    assert merge_lists((B,), [side([A, B])], ()).added == ()


def test_an_item_added_on_both_sides_is_one_item_and_done_wins():
    verdict = merge_lists((A, B, C), [side([A, B, ("c", True)])], ())
    assert (verdict.done, verdict.added) == ((False, False, True), ())


def test_words_changed_there_give_way_to_the_roadmaps_and_are_kept():
    verdict = merge_lists((A, B), [side([("a!", True), B])], ())
    assert verdict.done == (True, False)
    assert verdict.winner == ROADMAP
    assert verdict.values["a"] == (("a!", True), B)


def test_words_changed_alike_are_no_conflict():
    assert merge_lists((("a!", False), B), [side([("a!", False), B])], ()).values == {}


def test_an_item_reworded_here_keeps_the_tick_that_it_got_there():
    assert merge_lists((("a!", False), B), [side([("a", True), B])], ()).done == (True, False)


def test_an_item_that_was_settled_without_a_place_here_is_kept_for_the_remote():
    there = ListSide("a", (A, B, C), (A, B), (A, B, C))
    verdict = merge_lists((A, B), [there], ())
    assert (verdict.added, verdict.kept["a"]) == ((), (C,))


def test_lagging_remotes_that_contradict_each_other_are_held():
    ticked = ("a", True)
    one = ListSide("a", (ticked,), (A,), (A,))
    other = ListSide("b", (A,), (ticked,), (ticked,))
    assert merge_lists((A,), [one, other], ()).held
    assert merge_lists((A,), [one, other], (ROADMAP, "a", "b")).winner == ROADMAP
