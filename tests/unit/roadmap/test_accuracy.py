"""The scoring script, and the wild fixtures: small roadmaps in idioms that people use, each with the outline that a
careful person would expect (written before it was read).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syncd.roadmap.outline import read
from syncd.roadmap.source import BOM, Source
from tests.unit.roadmap.outline_case import accounted
from tools import accuracy

WILD = Path(__file__).parent / "wild"
FIXTURES = sorted(WILD.glob("*.md"))


@pytest.mark.parametrize("markdown", FIXTURES, ids=lambda path: path.stem)
def test_a_wild_roadmap_is_read_as_a_careful_person_would(markdown: Path) -> None:
    assert accuracy.compare(markdown).wrong == ()
    outline = read(Source.of(markdown.read_bytes(), markdown.name)).outline
    assert outline.boxes == accounted(outline)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("bom", [b"", BOM])
def test_line_endings_and_a_bom_change_nothing(tmp_path: Path, ending: bytes, bom: bytes) -> None:
    for markdown in FIXTURES:
        copy = tmp_path / markdown.name
        copy.write_bytes(bom + markdown.read_bytes().replace(b"\n", ending))
        copy.with_suffix(".expected.yaml").write_bytes(markdown.with_suffix(".expected.yaml").read_bytes())
        assert accuracy.compare(copy).wrong == (), markdown.name


def test_every_fixture_has_an_outline() -> None:
    assert len(FIXTURES) >= 30
    assert [one.name for one in accuracy.compare_all(WILD)] == [path.name for path in FIXTURES]


# -- the script itself -----------------------------------------------------------------------------------------------


def _case(folder: Path, markdown: str, expected: str) -> accuracy.Compared:
    (folder / "a.md").write_text(markdown)
    (folder / "a.expected.yaml").write_text(expected)
    return accuracy.compare(folder / "a.md")


TWO = "# T\n## Phase 1\n- [x] a\n- [ ] b\n## Phase 2\n- [ ] c\n"


def test_what_is_missed_costs_recall_and_what_is_invented_precision(tmp_path: Path) -> None:
    found = _case(
        tmp_path,
        TWO,
        """
        milestones:
          - {title: Phase 1, line: 2, state: open, tasks: [{title: a, line: 3, done: true}]}
          - {title: Phase 3, line: 5, state: open, tasks:
              [{title: c, line: 6, done: true}, {title: d, line: 7, done: false}]}
        """,
    )
    assert found.scores["milestones"] == accuracy.Score(expected=2, read=2, same=1)
    assert found.scores["tasks"] == accuracy.Score(expected=3, read=3, same=2)
    assert found.scores["places"].same == 1
    assert found.scores["states"].same == 2
    assert "- tasks: ('d', 7)" in found.wrong
    assert "+ tasks: ('b', 4)" in found.wrong


def test_debatable_lines_count_on_neither_side(tmp_path: Path) -> None:
    found = _case(
        tmp_path,
        TWO,
        """
        debatable: [{from: 4, to: 4}]
        milestones:
          - {title: Phase 1, line: 2, state: closed, debatable: true, tasks: [{title: a, line: 3, done: true}]}
          - {title: Phase 2, line: 5, state: open, tasks: [{title: other, line: 6, debatable: true}]}
        """,
    )
    assert found.wrong == ()
    assert found.scores["tasks"] == accuracy.Score(expected=1, read=1, same=1)


def test_without_lines_titles_alone_are_compared(tmp_path: Path) -> None:
    assert (
        _case(tmp_path, "- [x] a\n", "milestones: [{title: null, tasks: [{title: a, done: true}]}]").wrong
        == ()
    )


def test_an_outline_may_ask_for_more_than_done_or_not(tmp_path: Path) -> None:
    coarse = _case(tmp_path, "- [~] a\n", "milestones: [{title: null, tasks: [{title: a, done: false}]}]")
    fine = _case(tmp_path, "- [~] a\n", "milestones: [{title: null, tasks: [{title: a, state: open}]}]")
    assert (coarse.wrong, len(fine.wrong)) == ((), 2)


def test_the_total_adds_facts_and_not_files() -> None:
    one = accuracy.Score(expected=10, read=10, same=10) + accuracy.Score(expected=10, read=30, same=0)
    assert (one.recall, one.precision) == (0.5, 0.25)
    assert one.f1 == pytest.approx(1 / 3)
    assert (accuracy.Score().precision, accuracy.Score().recall) == (1.0, 1.0)


def test_the_command_prints_a_table_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _case(tmp_path, "- [ ] a\n", "milestones: [{title: null, tasks: [{title: b, line: 1, done: false}]}]")
    assert accuracy.main([str(tmp_path), "--wrong"]) == 0
    printed = capsys.readouterr().out
    assert "a.md" in printed
    assert "- tasks: ('b', 1)" in printed
    assert accuracy.main([str(tmp_path), "--json", "--strict"]) == 1
    assert json.loads(capsys.readouterr().out)["total"]["tasks"]["recall"] == 0


def test_a_folder_without_outlines_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert accuracy.main([str(tmp_path)]) == 64
    assert str(tmp_path) in capsys.readouterr().err
