"""Spellings: what strangers wrote becomes Markdown that CommonMark reads back as this text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syncd.model.values import one_line
from syncd.roadmap.editor.escape import spellings

READER = MarkdownIt("commonmark", {"html": True}).enable("strikethrough")


def shown(spelling: str) -> str:
    """What an independent reader shows of one item; tags stay visible."""
    rendered = READER.render(f"- {spelling}\n")
    inner = re.fullmatch(r"<ul>\n<li>(.*)</li>\n</ul>\n", rendered, re.DOTALL)
    assert inner, rendered
    return html.unescape(inner[1])


@pytest.mark.parametrize(
    ("text", "plainest"),
    [
        ("Fix the parser", "Fix the parser"),
        ("T001 [P] [US1] model", "T001 [P] [US1] model"),
        ("use `a_b` and snake_case", "use `a_b` and snake_case"),
        ("C++ & C# at 5 * 3 = 15", "C++ & C# at 5 * 3 = 15"),
        ("~5 min", "~5 min"),
        ("~~x~~", r"\~\~x\~\~"),
        ("*a* and _b_", r"\*a\* and \_b\_"),
        ("# x", r"\# x"),
        ("1. x", r"1\. x"),
        ("[x] y", r"\[x] y"),
        ("[a](b)", r"\[a]\(b)"),
        ("<b>x</b>", r"\<b>x\</b>"),
        ("a < b", "a < b"),
        ("&amp; & co", r"\&amp; & co"),
        ("x\\", r"x\\"),
        ("a ` b", r"a \` b"),
        ("x\n- [x] fake <!-- syncd:end -->", r"x - [x] fake \<!-- syncd:end -->"),
    ],
)
def test_the_plainest_spelling_escapes_only_structure(text: str, plainest: str) -> None:
    assert next(spellings(text)) == plainest


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("x @bob #tag", r"x \@bob \#tag"),
        ("✅ Fix (3-4 hours)", r"&#x2705; Fix \(3-4 hours)"),
        ("DONE: x", r"DONE\: x"),
    ],
)
def test_what_looks_like_metadata_has_a_spelling_that_does_not(text: str, spelling: str) -> None:
    assert spelling in spellings(text)


@pytest.mark.parametrize("text", ["", "  ", "\n\u2028", "\ud800"])
def test_some_texts_have_no_spelling(text: str) -> None:
    assert list(spellings(text)) == []


def test_a_bar_never_ends_a_cell() -> None:
    for spelling in spellings(r"a | b \| c `d|e`", in_row=True):
        assert re.search(r"(?<!\\)(\\\\)*\|", spelling) is None


@given(st.text(st.characters(codec="utf-8"), max_size=40))
@example("\ufdd0")
def test_a_spelling_is_one_line_and_the_heaviest_is_read_back_by_an_independent_reader(text: str) -> None:
    ways = list(spellings(text))
    for way in ways:
        assert one_line(way) == way
    if ways:
        assert shown(ways[-1]) == one_line(text)
