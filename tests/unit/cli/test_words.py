"""Field values and texts, as people read them."""

import io
import json
import sys

import pytest

from syncd.cli.console import counted, emit, shown
from syncd.cli.values import words
from syncd.model.values import Value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "none"),
        ((), "none"),
        ("", '""'),
        ("done", "done"),
        ("Paint it", '"Paint it"'),
        ((("priority", "high"), ("tags", "web")), "priority: high, tags: web"),
        (("ann", "bob"), "ann, bob"),
        ((("Buy glue", True), ("Buy paint", False)), "1 of 2 ticked"),
        (7, "7"),
    ],
)
def test_a_value_in_a_few_words(value: Value, said: str) -> None:
    assert words(value) == said


def test_a_long_value_is_cut() -> None:
    assert len(words("x " * 500)) <= 62


def test_foreign_text_stays_on_its_line_and_moves_no_cursor() -> None:
    assert shown("a\x1b[2J\nb\u2028c") == "a [2J b c"
    assert shown("abcdef", 4) == "abc…"


def test_one_is_not_many() -> None:
    assert [counted(1, "box", "boxes"), counted(2, "box", "boxes"), counted(0, "task")] == [
        "1 box",
        "2 boxes",
        "0 tasks",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_the_json_is_json_whatever_the_encoding_of_the_terminal(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(
        sys, "stdout", io.TextIOWrapper(written, encoding=encoding, errors="backslashreplace")
    )
    emit({"title": "Größe ✅ \udcff"})
    sys.stdout.flush()
    assert json.loads(written.getvalue())["title"] == "Größe ✅ \udcff"
