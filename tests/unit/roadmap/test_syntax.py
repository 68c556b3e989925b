"""Blocks and their byte ranges (reading-roadmaps §2, §9)."""

from __future__ import annotations

import pytest

from syncd.roadmap.blocks import Hidden, Item, Paragraph, Table
from syncd.roadmap.source import Source
from syncd.roadmap.syntax import parse


def _items(data: bytes | str) -> list[tuple[str, str | None]]:
    """Bullet and mark of every item, cut out of the bytes at the places said."""
    raw = data if isinstance(data, bytes) else data.encode()
    blocks = parse(Source.of(raw, "R.md")).blocks
    return [
        (raw[slice(*block.bullet)].decode(), None if block.mark is None else raw[slice(*block.mark)].decode())
        for block in blocks
        if isinstance(block, Item)
    ]


def test_places_hold_behind_a_bom() -> None:
    assert _items("\ufeff- [x] a\n- [ ] b\n") == [("-", "x"), ("-", " ")]


def test_places_hold_after_bytes_that_are_no_text() -> None:
    assert _items(b"# \xff\xfe\n- [x] \xff a\n- [ ] b\n") == [("-", "x"), ("-", " ")]


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_places_hold_with_every_line_ending(eol: str) -> None:
    assert _items(eol.join(["# T", "- [x] a", "  - [ ] b", ""])) == [("-", "x"), ("-", " ")]


def test_nested_by_tabs_and_blanks() -> None:
    text = "- [ ] a\n\t- [x] b\n\t\t- [ ] c\n1. [x] d\n   * [ ] e\n"
    assert _items(text) == [("-", " "), ("-", "x"), ("-", " "), ("1.", "x"), ("*", " ")]


def test_marks_the_library_does_not_know_are_matched_on_the_bytes() -> None:
    text = "- [~] a\n- [✅] b\n- [] c\n- [/] d\n- [*] e *f*\n- [>] g\n"
    assert [mark for _, mark in _items(text)] == ["~", "✅", "", "/", "*", ">"]


@pytest.mark.parametrize(
    "text",
    [
        "- \\[x] a\n",
        "- [x](u) a\n",
        "- `[x]` a\n",
        "- a [x] b\n",
        "- [x]a\n",
        "- [x]: a\n",
        "- [s] a\n\n[s]: u\n",
        "-     [x] code\n",
    ],
)
def test_what_only_looks_like_a_box_is_none(text: str) -> None:
    assert _items(text) == [("-", None)]


def test_the_text_of_an_item_ends_where_other_blocks_begin() -> None:
    text = "- [ ] a\n  b\n\n  c\n  ```\n  x\n  ```\n  d\n  - [ ] e\n"
    blocks = parse(Source.of(text.encode(), "R.md")).blocks
    item = blocks[0]
    assert isinstance(item, Item)
    assert "".join(piece.text for piece in item.pieces) == "a b"
    assert [text[block.start : block.end].strip() for block in blocks if isinstance(block, Paragraph)] == [
        "c",
        "d",
    ]
    assert all(getattr(block, "parent", None) == 0 for block in blocks[1:])


def test_headings_inside_items_group_nothing() -> None:
    assert [type(block).__name__ for block in parse(Source.of(b"- # a\n- [ ] ## b\n", "R.md")).blocks] == [
        "Item",
        "Item",
    ]


def test_table_cells_have_places() -> None:
    text = "| a | b |\n|---|---|\n| x ✅ | [ ] |\n"
    (table,) = parse(Source.of(text.encode(), "R.md")).blocks
    assert isinstance(table, Table)
    assert [text.encode()[cell.start : cell.end].decode().strip() for cell in table.rows[1]] == [
        "x ✅",
        "[ ]",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("---\na: 1\n---\n", "front matter"),
        ("+++\na = 1\n+++\n", "front matter"),
        ("~~~\nx\n~~~\n", "fence"),
        ("a\n\n    x\n", "code"),
        ("<!-- x -->\n", "comment"),
        ("<details>\n", "html"),
        ("> x\n", "quote"),
    ],
)
def test_hidden_regions_have_a_kind(text: str, kind: str) -> None:
    assert [
        block.kind for block in parse(Source.of(text.encode(), "R.md")).blocks if isinstance(block, Hidden)
    ] == [kind]


def test_two_rules_are_no_front_matter_in_the_middle_of_a_file() -> None:
    assert _items("# T\n\n---\nx: 1\n- [ ] a\n---\n") == [("-", " ")]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("```\nx\n```\n", "closed"),
        ("````md\n```\n````\n", "closed"),
        ("```md\n```sh\n```\n```\n- [ ] a\n", "nested"),
        ("```\nx\n", "open"),
        ("- a\n  ```\n  x\n  ```\n", "closed"),
    ],
)
def test_fences_are_closed_nested_or_open(text: str, how: str) -> None:
    assert parse(Source.of(text.encode(), "R.md")).fence == how
