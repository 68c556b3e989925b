"""Where an editor finds things: every span, cut out of the bytes, is what it is called (places.py)."""

from __future__ import annotations

import pytest

from syncd.roadmap.outline import Document
from syncd.roadmap.places import ItemPlaces, Span, TaskPlaces
from tests.unit.roadmap.outline_case import document

TEXT = """\
# Plan
## ⏳ Phase 1: Ground (1/3 Complete)
**Due**: 2026-03-01

- [x] **Dig** (deep) ✅ **DONE**
    more of it
  - [ ] a ✅
\t  - [X] b

  A note.

- [ ] Pour

### Task 1.2: Cure (2 days) ⏳
**Status**: [ ] Open
**Priority**: HIGH

1.  [x] wait
1.  [ ] test

---

## Phase 2: Walls
No tasks yet.

## Phase 3: Roof
* [ ] Tiles
"""


@pytest.fixture(params=["\n", "\r\n", "\r"])
def read_as(request: pytest.FixtureRequest) -> Document:
    return document(("\ufeff" + TEXT.replace("\n", request.param)).encode())


def _cut(read_as: Document, span: Span | None) -> str | None:
    if span is None:
        return None
    raw = read_as.source.raw(*span).replace("\r\n", "\n").replace("\r", "\n")
    return read_as.source.meant(raw)


def _task(read_as: Document, title: str) -> TaskPlaces:
    (key,) = [task.key for task in read_as.outline.tasks() if task.title.startswith(title)]
    return read_as.places[key]


def _said(read_as: Document, item: ItemPlaces) -> tuple[str | None, ...]:
    return tuple(_cut(read_as, span) for span in (item.indent, item.bullet, item.gap, item.mark, item.text))


def test_a_box_task_is_found_piece_by_piece(read_as: Document) -> None:
    places = _task(read_as, "Dig")
    assert places.item is not None
    assert _said(read_as, places.item) == ("", "-", " ", "x", "**Dig** (deep) ✅ **DONE**\n    more of it")
    assert _cut(read_as, places.line) == "- [x] **Dig** (deep) ✅ **DONE**"
    block = _cut(read_as, places.block)
    assert block is not None
    assert block.startswith("- [x] **Dig**")
    assert block.endswith("  A note.\n")


def test_checklist_items_are_found_in_their_own_spelling(read_as: Document) -> None:
    one, two = _task(read_as, "Dig").items
    assert _said(read_as, one) == ("  ", "-", " ", " ", "a")
    assert _said(read_as, two) == ("\t  ", "-", " ", "X", "b")
    assert _cut(read_as, one.block) == "  - [ ] a ✅\n\t  - [X] b\n"
    assert [_cut(read_as, one.span) for one in one.decorations] == ["✅"]


def test_a_heading_task_is_found_piece_by_piece(read_as: Document) -> None:
    places = _task(read_as, "Task 1.2")
    assert places.item is None
    assert _cut(read_as, places.title) == "Task 1.2: Cure"
    assert _cut(read_as, places.marker) == "⏳"
    assert _cut(read_as, places.status) == "[ ] Open"
    assert _cut(read_as, places.status_mark) == " "
    assert {name: _cut(read_as, span) for name, span in places.values.items()} == {
        "estimate": "2 days", "labels.priority": "HIGH",
    }  # fmt: skip
    assert [_said(read_as, item) for item in places.items] == [
        ("", "1.", "  ", "x", "wait"),
        ("", "1.", "  ", " ", "test"),
    ]
    block = _cut(read_as, places.block)
    assert block is not None
    assert block.startswith("### Task 1.2")
    assert block.endswith("1.  [ ] test\n")


def test_a_first_checklist_item_goes_right_behind_the_text(read_as: Document) -> None:
    assert read_as.source.line_of(_task(read_as, "Pour").end_of_items) == 13
    assert read_as.source.line_of(_task(read_as, "Dig").end_of_items) == 9


def test_a_milestone_is_found_piece_by_piece(read_as: Document) -> None:
    one, two = (read_as.milestone_places[milestone.key] for milestone in read_as.outline.milestones)
    assert _cut(read_as, one.title) == "Phase 1: Ground"
    assert _cut(read_as, one.marker) == "⏳"
    assert [_cut(read_as, span) for span in one.counters] == ["1/3"]
    assert _cut(read_as, one.due) == "2026-03-01"
    assert read_as.source.line_of(one.append) == 20
    assert two.append == len(read_as.source.data)


def test_places_hold_in_a_damaged_file() -> None:
    text = "# T\n## ‚úÖ Phase 1 (2 days)\n- [x] a ‚úÖ caf‚úÖ\n## ‚è≥ Phase 2\n- [ ] b ‚è≥ DONE\n"
    read_as = document(text)
    one, two = read_as.outline.milestones
    assert _cut(read_as, read_as.milestone_places[one.key].title) == "Phase 1"
    assert read_as.source.raw(*(read_as.milestone_places[two.key].marker or Span(0, 0))) == "‚è≥"
    assert _cut(read_as, read_as.places[two.tasks[0].key].title) == "b"


def test_the_part_of_a_cut_title_that_was_sent_has_the_place() -> None:
    read_as = document("- [ ] Twelve chars and more — " + "and words " * 40 + "\n")
    (places,) = read_as.places.values()
    assert _cut(read_as, places.title) == "Twelve chars and more"


def test_a_milestone_that_is_a_box_has_its_mark() -> None:
    text = (
        "# T\n## Phases\n- [x] **Phase 0: Idea** - old\n- [ ] Phase 1: Ground\n## Phase 1: Ground\n"
        "- [ ] a\n## Phase 2\n- [ ] b\n"
    )
    read_as = document(text)
    marks = [_cut(read_as, read_as.milestone_places[m.key].box) for m in read_as.outline.milestones]
    assert marks == ["x", " ", None]


def test_the_box_with_which_a_heading_begins_is_the_place_of_its_state() -> None:
    text = "# T\n## A\n### [x] Guard\n### [ ] Retry\n- [ ] wait\n"
    read_as = document(text)
    marks = [places.status_mark for places in read_as.places.values()]
    assert [text.encode()[slice(*mark)] for mark in marks if mark is not None] == [b"x", b" "]


def test_a_bold_paragraph_that_is_a_task_has_its_title_inside_the_stars() -> None:
    text = "# T\n## A\n**Task 1: Copy** ✅\n- [ ] run\n\n**Task 2: Paste**\n- [ ] run\n"
    read_as = document(text)
    titles = [read_as.source.slice(*places.title) for places in read_as.places.values()]
    assert titles == ["Task 1: Copy", "Task 2: Paste"]


FOLDED = """\
<details>
<summary>v1.0 First</summary>

- [x] a

</details>

## v1.1 Second
- [ ] b
"""


def test_the_title_of_a_folded_milestone_stands_in_html() -> None:
    read_as = document(FOLDED)
    found = {one.title: read_as.milestone_places[one.key] for one in read_as.outline.milestones}
    assert [one.in_html for one in found.values()] == [True, False]
    span = found["v1.0 First"].title
    assert read_as.source.data[span.start : span.end] == b"v1.0 First"
