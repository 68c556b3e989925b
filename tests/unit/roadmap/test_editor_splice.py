"""Splice replaces byte ranges and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.changes import Edit
from syncd.roadmap.editor.splice import chained, narrowed, overlap, splice


def test_no_edits_give_the_very_same_bytes() -> None:
    data = b"abc"
    assert splice(data, []) is data


def test_edits_may_come_in_any_order() -> None:
    edits = [Edit(4, 5, b"E"), Edit(0, 1, b"A"), Edit(2, 2, b"-")]
    assert splice(b"abcde", edits) == b"Ab-cdE"


def test_two_insertions_at_one_place_stand_in_the_order_given() -> None:
    assert splice(b"ab", [Edit(1, 1, b"x"), Edit(1, 1, b"y"), Edit(1, 2, b"B")]) == b"axyB"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 3, b""), Edit(2, 4, b"")],
        [Edit(0, 3, b""), Edit(1, 1, b"x")],
        [Edit(0, 9, b"")],
        [Edit(3, 2, b"")],
        [Edit(-1, 0, b"")],
    ],
)
def test_edits_that_overlap_or_leave_the_file_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="edit"):
        splice(b"abcde", edits)


def test_neighbours_do_not_overlap() -> None:
    assert not overlap(Edit(0, 2, b""), Edit(2, 4, b""))
    assert not overlap(Edit(2, 2, b""), Edit(2, 4, b""))
    assert not overlap(Edit(2, 2, b"x"), Edit(2, 2, b"y"))
    assert overlap(Edit(3, 3, b""), Edit(2, 4, b""))


@given(st.text(), st.text(), st.text(), st.text())
def test_a_narrowed_edit_gives_the_same_bytes_and_is_whole_text(
    head: str, old: str, new: str, tail: str
) -> None:
    before, removed, put = (part.encode("utf-8", "replace") for part in (head, old, new))
    data = before + removed + tail.encode("utf-8", "replace")
    edit = Edit(len(before), len(before) + len(removed), put)
    small = narrowed(data, edit)
    assert splice(data, [small]) == splice(data, [edit])
    assert edit.start <= small.start <= small.end <= edit.end
    assert small.text.decode() is not None
    assert data[small.start : small.end].decode() is not None


@st.composite
def edit_lists(draw: st.DrawFn, size: int) -> list[Edit]:
    """Edits that do not overlap, of so many bytes."""
    places = sorted(draw(st.lists(st.integers(0, size), max_size=6)))
    pairs = zip(places[::2], places[1::2], strict=False)
    return [Edit(start, end, draw(st.binary(max_size=3))) for start, end in pairs]


@given(st.data(), st.binary(max_size=20))
def test_chained_edits_do_what_one_after_the_other_does(data: st.DataObject, before: bytes) -> None:
    first = data.draw(edit_lists(len(before)))
    between = splice(before, first)
    second = data.draw(edit_lists(len(between)))
    assert splice(before, chained(first, second, len(before))) == splice(between, second)
