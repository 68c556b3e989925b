"""The managed block: what is written is read back, whatever people do around it and to it (design §11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.forge.body import normal, put, read, render, room
from syncd.model.remote import BodyContent, ChecklistLine, Marker
from syncd.model.values import Uid

MARKER = Marker("main", "0f-1", Uid("7Q"))
PIECES = (
    "a",
    " ",
    "\n",
    "\n\n",
    "<!-- syncd:end -->",
    "<!-- syncd:begin uid=x -->",
    "<!-- syncd:notes -->",
    "| a | b |",
    "|",
    "\\|",
    "\\",
    "- [x] b",
    "- [ ] ",
    "# H",
    "```",
    "~~~",
    "<!--",
    "-->",
    "**G**",
    "**",
    "(x)",
    "\\(",
    "/close",
    "\\/c",
    "@bob",
    "#9",
    "> ",
    " > ",
    "\u200b",
    "\t",
    "\r\n",
    "\r",
    "\u2028",
    "\x00",
    "é",
    "[",
    "`",
    "**Section:** z",
    "<pre>",
    "| Field | Value |",
    "| --- | --- |",
)
texts = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
lines = st.builds(ChecklistLine, texts, st.booleans(), st.integers(0, 4), st.one_of(st.just(""), texts))
contents = st.builds(
    BodyContent,
    section=st.lists(texts, max_size=3).map(tuple),
    notes=texts,
    metadata=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    checklist=st.lists(lines, max_size=6).map(tuple),
)


EMPTY = BodyContent()


def block(content: BodyContent = EMPTY, limit: int = 60_000) -> str:
    return render(content, MARKER, limit=limit).text


SAMPLE = BodyContent(
    section=("Phase 1", "1.1 Setup"),
    notes="Why.\n\nHow.",
    metadata=(("Priority", "high"),),
    checklist=(
        ChecklistLine("one", False),
        ChecklistLine("two", True, 1),
        ChecklistLine("three", False, 0, "G"),
    ),
)


@given(contents)
def test_what_is_written_is_read_back(content: BodyContent) -> None:
    found = read(block(content))
    assert found.content == normal(content)
    assert found.marker == MARKER
    assert not found.cut


@given(contents)
def test_normal_is_a_fixpoint(content: BodyContent) -> None:
    assert normal(normal(content)) == normal(content)
    assert block(normal(content)) == block(content)


@given(contents, st.dictionaries(st.sampled_from(["#9", "a", "Task 1"]), st.integers(1, 99)))
def test_references_to_tasks_change_no_value(content: BodyContent, references: dict[str, int]) -> None:
    found = read(render(content, MARKER, limit=60_000, references=references).text)
    assert found.content == normal(content)


@given(contents, texts, texts)
def test_the_text_of_people_stays_byte_for_byte(content: BodyContent, before: str, after: str) -> None:
    people = before.replace("syncd:", "") + "\n" + block(SAMPLE) + "\n" + after.replace("syncd:", "")
    changed = read(put(people, block(content)))
    assert changed.before == before.replace("syncd:", "") + "\n"
    assert changed.after == "\n" + after.replace("syncd:", "")
    assert changed.content == normal(content)


@given(texts)
def test_a_body_without_a_block_gets_one_below(body: str) -> None:
    body = body.replace("syncd:", "")
    result = put(body, block(SAMPLE))
    assert result.startswith(body)
    assert read(result).content == SAMPLE
    assert put(result, block(SAMPLE)) == result


@given(contents)
def test_saving_on_the_page_writes_crlf_and_changes_no_value(content: BodyContent) -> None:
    assert read(block(content).replace("\n", "\r\n")).content == normal(content)


@given(contents)
def test_gitlab_strips_and_nothing_is_seen_of_it(content: BodyContent) -> None:
    assert read(block(content).replace("\r", "").rstrip()).content == normal(content)


@given(contents, st.integers(120, 400))
def test_a_cut_block_fits_and_says_so(content: BodyContent, limit: int) -> None:
    fixed = BodyContent(notes=content.notes * 10, checklist=content.checklist)
    rendered = render(fixed, MARKER, limit=limit)
    assert len(rendered.text.encode()) <= max(limit, len(block().encode()) + 90)
    found = read(rendered.text)
    assert found.cut == rendered.cut
    assert rendered.cut == (found.content != normal(fixed))
    assert normal(fixed).checklist[: len(found.checklist)] == found.checklist


def test_notes_are_cut_before_the_checklist() -> None:
    content = BodyContent(notes="n" * 1000, checklist=SAMPLE.checklist)
    found = read(block(content, limit=500))
    assert found.checklist == SAMPLE.checklist
    assert 0 < len(found.notes) < 1000
    assert set(found.notes) == {"n"}


def test_room_counts_what_people_wrote_in_bytes() -> None:
    body = put("é" * 10, block(SAMPLE))
    assert room("é" * 10, 100) == 78
    assert room(body, 100) == 78
    assert room("", 100) == 100


def test_ticking_a_box_and_adding_items() -> None:
    edited = (
        block(SAMPLE).replace("- [ ] one", "- [X] one").replace("- [ ] three", "- [ ] three\n* [x] four @bob")
    )
    assert [(line.text, line.done) for line in read(edited).checklist] == [
        ("one", True),
        ("two", True),
        ("three", False),
        ("four @bob", True),
    ]


def test_a_line_that_is_no_part_of_the_block_counts_as_notes() -> None:
    edited = block(SAMPLE).replace("- [ ] one", "- [ ] one\nsomebody's remark")
    assert read(edited).notes == "Why.\n\nHow.\n\nsomebody's remark"
    assert read(edited).checklist == SAMPLE.checklist


def test_notes_survive_the_loss_of_their_separator() -> None:
    assert read(block(SAMPLE).replace("<!-- syncd:notes -->\n", "")).notes == SAMPLE.notes


def test_without_an_end_marker_the_block_ends_where_it_must() -> None:
    body = block(SAMPLE).replace("<!-- syncd:end -->", "") + "\nOur own remark.\n"
    found = read(body)
    assert found.content == SAMPLE
    assert found.after.strip() == "Our own remark."
    assert "Our own remark." in put(body, block(SAMPLE))


def test_without_end_marker_and_with_open_notes_there_is_no_block() -> None:
    body = block(BodyContent(notes="Why.")).replace("<!-- syncd:end -->", "And mine.")
    assert read(body).block is None
    assert put(body, block(SAMPLE)).startswith(body)
    assert read(put(body, block(SAMPLE))).content == SAMPLE


def test_of_two_copies_the_first_counts_and_the_second_stays() -> None:
    body = block(SAMPLE) + "\n\n" + block(BodyContent(notes="a copy"))
    found = read(body)
    assert found.content == SAMPLE
    assert "a copy" in put(body, block(BodyContent()))


def test_a_quoted_block_is_not_the_block() -> None:
    quoted = f"Look:\n```\n{block(BodyContent(notes='old'))}\n```\n"
    assert read(quoted + "\n" + block(SAMPLE)).content == SAMPLE


@pytest.mark.parametrize(
    "body", ["", "plain text", "<!-- syncd:begin", "<!-- syncd:end -->", "text <!-- syncd:begin -->"]
)
def test_no_block(body: str) -> None:
    found = read(body)
    assert (found.before, found.block, found.marker) == (body, None, None)


@given(st.text(min_size=1), st.text(), st.text(min_size=1))
def test_a_marker_holds_any_name(roadmap: str, lineage: str, uid: str) -> None:
    marker = Marker(roadmap, lineage, Uid(uid))
    assert read(render(SAMPLE, marker, limit=60_000).text).marker == marker


def test_a_block_without_uid_has_no_marker() -> None:
    assert read("<!-- syncd:begin roadmap=main -->\n<!-- syncd:end -->").marker is None
