"""What holds for every roadmap: nothing raises, nothing is lost, places are exact, time is linear.

A second reader, tree-sitter-markdown, is asked about the same generated documents; the two are known to differ only in
what the generator leaves out: footnotes, several bullets on one line, boxes without text, lists after a broken fence.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time

import pytest
import tree_sitter
import tree_sitter_markdown
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.errors import RoadmapError
from syncd.roadmap.blocks import Item
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from syncd.roadmap.syntax import parse
from tests.unit.roadmap.outline_case import accounted

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_markdown.language()))

MARKS = st.sampled_from([" ", "x", "X", "-", "~", "/", "✅", "?", "", "P", "  "])
WORDS = st.sampled_from(
    [
        "a", "Task 1.2: b", "**bold** c", "`code`", "✅ **COMPLETED**", "~~gone~~", "(3-4 hours)", "[DESCRIBE]", "é ü",
        "see [x](y)", "Phase 3: x", "**Priority**: HIGH", "@ann", "due:2026-01-15", "\\*", "<!-- c -->", "&amp;", "‚úÖ",
        "T-001", "1. x", "a<br>b", "use <leader> <b>now</b>", "two  ", "#v1.2", "milestone: v2",
        "long " * 60, "", ":", "#9",
    ]
)  # fmt: skip
INDENT = st.sampled_from(["", "", "", "  ", "    ", "\t", "\t\t", "      ", "> "])
BULLETS = st.sampled_from(["-", "*", "+", "1.", "2)", "- -"])
LINES = st.one_of(
    st.builds("{}{} [{}] {}".format, INDENT, BULLETS, MARKS, WORDS),
    st.builds("{}{} {}".format, INDENT, BULLETS, WORDS),
    st.builds("{} {} {}".format, st.sampled_from(["#", "##", "###", "####"]), WORDS,
    st.sampled_from(["", "✅", "(0/5)"])),
    st.builds("## {} {}".format, st.sampled_from(["Phase", "Week", "Task"]), st.integers(1, 3)),
    st.builds("{}{}".format, INDENT, WORDS),
    st.sampled_from(
        ["", "", "```", "```sh", "~~~", "---", "===", "<!--", "-->", "<details>", "</details>",
        "<summary>v1.0 x</summary>", "kanban-plugin: board",
        "| a | Status |", "|---|---|",
         "| b | [x] |", "**Definition of Done**:", "**Phase 1: x**", "## Definition of Done",
         "## Legend", "## Done", "## To do",
         "**Status**: Done", "> quoted", "\ufeff", "\x0c"]
    ),
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda lines, eol, last: eol.join(lines) + (eol if last else ""),
    st.lists(LINES, max_size=30),
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    st.booleans(),
)


def _read(text: str | bytes) -> Document:
    return read(
        Source.of(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"), "R.md")
    )


def _whole(document: Document) -> None:
    """Boxes are accounted for, and every place that an editor may ask for lies where it says."""
    outline, data = document.outline, document.source.data
    assert outline.boxes == accounted(outline)
    assert set(document.places) == {task.key for task in outline.tasks()}
    for task in outline.tasks():
        places = document.places[task.key]
        assert 0 <= places.block.start <= places.line.start <= places.title.start <= places.title.end
        assert places.title.end <= places.block.end <= len(data)
        assert len(places.items) == len(task.checklist)
        assert len(task.title) <= 255
        if places.mark is not None:
            assert data[places.mark.start - 1 : places.mark.start] == b"["
            assert data[places.mark.end : places.mark.end + 1] == b"]"
        for place in places.items if task.kind != "row" else ():  # those of a bullet may be bullets
            assert data[place.mark.start - 1 : place.mark.start] == b"["
    for milestone in outline.milestones:
        where = document.milestone_places[milestone.key]
        assert where.title.start >= where.line.start
        assert 0 <= where.append <= len(data)


@given(st.text(max_size=200))
def test_any_text_is_read_and_every_box_accounted_for(text: str) -> None:
    if "\0" not in text:
        _whole(_read(text.encode("utf-8", "surrogatepass")))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        source = Source.of(data, "R.md")
    except RoadmapError:
        return
    _whole(read(source))


@given(DOCUMENTS)
def test_generated_roadmaps_are_read_and_every_box_accounted_for(text: str) -> None:
    _whole(_read(text))


@pytest.mark.nightly
@settings(max_examples=20_000)
@given(DOCUMENTS)
def test_many_generated_roadmaps_are_read_and_every_box_accounted_for(text: str) -> None:
    _whole(_read(text))


@given(DOCUMENTS)
def test_what_was_remembered_reads_the_same_again(text: str) -> None:
    first = _read(text).outline
    again = read(Source.of(text.encode(), "R.md"), None, first.reading).outline
    assert [(m.title, m.line, [t.title for t in m.tasks]) for m in again.milestones] == [
        (m.title, m.line, [t.title for t in m.tasks]) for m in first.milestones
    ]


@given(DOCUMENTS)
def test_flipping_the_byte_in_a_mark_flips_that_box_alone(text: str) -> None:
    before = _read(text)
    boxes = [
        block for block in before.syntax.blocks
        if isinstance(block, Item) and block.mark is not None and before.source.raw(*block.mark) in (" ", "x")
    ]  # fmt: skip
    for box in boxes[:3]:
        assert box.mark is not None
        data = bytearray(before.source.data)
        data[box.mark.start] = ord("x") if data[box.mark.start] == ord(" ") else ord(" ")
        after = parse(Source.of(bytes(data), "R.md"))
        assert [(b.start, b.end) for b in after.blocks] == [(b.start, b.end) for b in before.syntax.blocks]


# -- the second reader -----------------------------------------------------------------------------------------------

PLAIN_LINES = st.one_of(
    st.builds(
        "{}{} [{}] {}".format,
        st.sampled_from(["", "", "  ", "    ", "\t"]),
        st.sampled_from("-*+"),
        st.sampled_from(" xX"),
        st.sampled_from(["a", "**b**", "`c`", "é ✅", "d e"]),
    ),
    st.builds(
        "{}{} {}".format, st.sampled_from(["", "  "]), st.sampled_from("-*+"), st.sampled_from(["a", "b c"])
    ),
    st.builds("{} {}".format, st.sampled_from(["#", "##"]), st.sampled_from(["a", "Week 1"])),
    st.sampled_from(["", "", "text", "```\n- [ ] no\n```", "<!-- c\n- [ ] no\n-->"]),
)
PLAIN = st.builds(lambda lines: "\n".join(lines) + "\n", st.lists(PLAIN_LINES, max_size=20))


def _ours(text: str) -> dict[int, int]:
    """For each box the byte of its bracket, and how many boxes it is nested in."""
    items = {
        block.start: block
        for block in parse(Source.of(text.encode(), "R.md")).blocks
        if isinstance(block, Item)
    }
    depths: dict[int, int] = {}
    for start, item in items.items():
        around = items.get(item.parent)
        depths[start] = depths[item.parent] + (around.mark is not None) if around is not None else 0
    return {item.mark.start - 1: depths[start] for start, item in items.items() if item.mark is not None}


def _theirs(text: str) -> dict[int, int]:
    found: dict[int, int] = {}

    def walk(node: tree_sitter.Node, depth: int) -> None:
        box = next((child for child in node.children if child.type.startswith("task_list_marker")), None)
        if box is not None:
            found[box.start_byte] = depth
        for child in node.children:
            walk(child, depth + (box is not None))

    walk(PARSER.parse(text.encode()).root_node, 0)
    return found


@given(PLAIN)
def test_a_second_reader_finds_the_same_boxes_nested_alike(text: str) -> None:
    assert _ours(text) == _theirs(text)


@pytest.mark.nightly
@settings(max_examples=20_000)
@given(PLAIN)
def test_a_second_reader_finds_the_same_boxes_in_many_documents(text: str) -> None:
    assert _ours(text) == _theirs(text)


# -- linear time -----------------------------------------------------------------------------------------------------

ADVERSARIAL: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "[" * n,
    "links": lambda n: "[](" * n,
    "bullets on one line": lambda n: "- " * (n // 4) + "\n",
    "boxes on one line": lambda n: "- [ ] " * (n // 16) + "\n",
    "nested boxes": lambda n: "".join("  " * depth + "- [ ] a\n" for depth in range(min(n // 40, 400))) * 3,
    "flat boxes": lambda n: "- [ ] task\n" * (n // 8),
    "headings": lambda n: "".join(f"## Phase {i} (0/5 Complete)\n- [ ] a\n" for i in range(n // 24)),
    "heading tasks": lambda n: "".join(f"### Task {i}: x\n- [ ] a\n" for i in range(n // 16)),
    "backticks": lambda n: "- [ ] " + "`" * n + "\n",
    "parentheses": lambda n: "## a " + "(" * n + ")" * n + "\n- [ ] b\n",
    "dashes": lambda n: "## a" + " - b" * (n // 4) + "\n- [ ] b\n",
    "emoji": lambda n: "## " + "✅ " * (n // 4) + "\n- [ ] " + "⏳" * (n // 4) + "\n",
    "mojibake": lambda n: "- [x] a ‚úÖ\n" * (n // 12),
    "metadata": lambda n: "## Task 1\n" + "**Priority**: high\n" * (n // 20),
    "quotes": lambda n: "> " * (n // 4) + "\n",
    "table": lambda n: "| Task | Status |\n|---|---|\n" + "| a | [ ] |\n" * (n // 12),
    "open fence": lambda n: "```a\n" * (n // 5),
    "blank tail": lambda n: "- [ ] a\n  - [ ] b\n    - [ ] c\n" + "\n" * n,
    "long lines of counters": lambda n: "# T\n## Week 1\n" + "1/" * n + "\n",
    "long title": lambda n: "- [ ] " + "word " * (n // 5) + "\n",
    "signs behind a tag": lambda n: "## To do\n- [ ] #a" + "-" * n + "\n## Done\n- [x] b\n",
    "addresses": lambda n: "- [ ] " + "https://(a" * (n // 10) + " issues/ #1\n",
    "summaries": lambda n: "<details>\n" + "<summary>v1 " * (n // 12) + "\n\n- [ ] a\n",
    "lines of signs": lambda n: "## To do\n- [ ] a\n\n  x\n" + "  .\n" * (n // 4) + "## Done\n- [x] b\n",
    "front matter": lambda n: "---\n\n" + "a: b\n" * (n // 5),
    "angle brackets": lambda n: "- [ ] a" + "<T><br>" * (n // 7) + "\n",
    "long title of code": lambda n: "- [ ] " + "`a` " * (n // 4) + "\n",
}


def _cost(text: str) -> float:
    data = text.encode()
    costs = []
    # The cycle collector walks over everything that the test run holds, and would be the most of a small cost.
    gc.disable()
    try:
        for _ in range(5):
            begun = process_time()
            read(Source.of(data, "R.md"))
            costs.append(process_time() - begun)
    finally:
        gc.enable()
    return min(costs)


@pytest.mark.parametrize("name", sorted(ADVERSARIAL))
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    make = ADVERSARIAL[name]
    size = 4_000
    while (small := _cost(make(size))) < 0.01 and size < 300_000:  # large enough to be more than noise
        size *= 2
    assert _cost(make(size * 4)) < small * 10, "four times the text must not cost ten times as much"
