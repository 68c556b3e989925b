"""A roadmap's bytes, lines and spelling (reading-roadmaps §1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import RoadmapError
from syncd.roadmap import spelling
from syncd.roadmap.source import Source
from tests.conftest import Seed


def _source(data: bytes | str) -> Source:
    return Source.of(data if isinstance(data, bytes) else data.encode(), "R.md")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("- [ ] a\n".encode("utf-16"), "R.md:1: the file is UTF-16"),
        ("- [ ] a\n".encode("utf-16-be"), "R.md:1: the file is UTF-16"),
        ("- [ ] a\n".encode("utf-16-le"), "R.md:1: the file is UTF-16"),
        ("- [ ] a\n".encode("utf-32"), "R.md:1: the file is UTF-32"),
        (b"# T\n\x7fELF\x00 is no roadmap, and neither is this\n", "R.md:2: binary data"),
        (b"# T\n<<<<<<< HEAD\n- [ ] a\n=======\n- [x] a\n>>>>>>> b\n", "R.md:2: merge conflict"),
        (b"# T\r\n- [x] a\r\n=======\r\n- [ ] b\r\n>>>>>>> branch\r\n", "R.md:5: merge conflict"),
    ],
)
def test_what_cannot_be_read_is_refused_with_path_line_and_remedy(data: bytes, said: str) -> None:
    with pytest.raises(RoadmapError) as caught:
        _source(data)
    assert caught.value.message.startswith(said)
    assert caught.value.hint
    assert caught.value.exit_code == 65


def test_an_underline_of_seven_is_no_conflict() -> None:
    assert _source("Heading\n=======\n> quoted\n").lines == 3


def test_bytes_that_are_no_text_survive() -> None:
    source = _source(b"- [ ] a \xff\xfe b\n")
    assert source.text == "- [ ] a \udcff\udcfe b\n"
    assert source.spelled(source.text) == source.data


@pytest.mark.parametrize(
    ("data", "eol", "bom", "final"),
    [
        (b"", "lf", False, False),
        (b"a", "lf", False, False),
        (b"a\n", "lf", False, True),
        (b"a\r\nb\r\n", "crlf", False, True),
        (b"a\rb\r", "cr", False, True),
        (b"a\r\nb\n", "mixed", False, True),
        (b"\xef\xbb\xbfa\nb", "lf", True, False),
    ],
)
def test_the_spelling_of_a_file_is_noticed(data: bytes, eol: str, bom: bool, final: bool) -> None:
    spelt = _source(data).spelling
    assert (spelt.eol, spelt.bom, spelt.final_newline) == (eol, bom, final)


def test_only_cr_and_lf_end_lines() -> None:
    source = _source("a\x0bb\x0cc\x1cd\x85e\u2028f\ng\r\nh\ri")
    assert source.lines == 4
    assert [source.ending(start) for start in source.starts] == [b"\n", b"\r\n", b"\r", b""]


def test_lines_columns_and_offsets_agree_behind_a_bom() -> None:
    source = _source("\ufeffä\nöß\n")
    at = source.data.index("ß".encode())
    assert source.line_of(at) == 2
    assert (source.line_start(at), source.line_end(at), source.next_line(at)) == (6, 10, 11)
    assert source.text[source.text_offset(at)] == "ß"
    assert source.byte_offset(source.text.index("ß")) == at


@given(st.text(st.sampled_from("aé✅\n\r\t\u2028"), max_size=40), st.booleans())
def test_text_and_byte_offsets_are_inverse(text: str, bom: bool) -> None:
    source = _source(("\ufeff" if bom else "") + text)
    for at in range(len(text) + 1):
        assert source.text_offset(source.byte_offset(at)) == at


# -- mojibake --------------------------------------------------------------------------------------------------------

CODECS = {
    "joget": "mac-roman",
    "p3roadmap": "mac-roman",
    "ratchet": "windows-1252",
    "dataknobs": "windows-1252",
    "ofsc": None,
}


def test_each_seed_votes_for_the_codec_that_damaged_it(seed: Seed) -> None:
    source = Source.of(seed.roadmap.read_bytes(), "R.md")
    assert source.spelling.mojibake == CODECS[seed.name]
    assert source.spelled(source.meant(source.text)) == source.data


@pytest.mark.parametrize(("codec", "spelt"), [("mac-roman", "‚úÖ ‚è≥"), ("windows-1252", "âœ… â\x8f³")])
def test_what_is_written_into_a_damaged_file_is_spelt_as_it_spells(codec: str, spelt: str) -> None:
    source = _source(f"# T\n- [x] a {spelt}\n")
    assert source.spelling.mojibake == codec
    assert source.meant(source.text) == "# T\n- [x] a ✅ ⏳\n"
    assert source.spelled("✅ ⏳").decode() == spelt


@pytest.mark.parametrize(
    "text",
    [
        "Réunion d’équipe à Noël, « déjà vu »",
        "Größe, Übung, ß — ‚Zitat‘",
        "план работ №1 — готово ✅",
        "計画：完了 ✅ 「はい」",
        "«Ålesund» og «Ærø»",
        "✅ ⏳ 🚧 → ├── └──",
    ],
)
def test_clean_text_is_left_alone(text: str) -> None:
    source = _source(text)
    assert source.spelling.mojibake is None
    assert source.meant(source.text) == text


def test_one_damaged_run_among_many_clean_ones_does_not_win_the_vote() -> None:
    assert _source("é à ü ö ✅ ✅ âœ…").spelling.mojibake is None


def test_a_run_of_two_counts_only_if_it_becomes_latin_or_a_symbol() -> None:
    assert spelling.repaired("’é", "mac-roman") is None
    assert spelling.repaired("Ã©", "windows-1252") == "é"


@given(st.text(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]), min_size=1, max_size=8))
@pytest.mark.parametrize("codec", ["mac-roman", "windows-1252"])
def test_damage_and_repair_are_inverse(codec: str, text: str) -> None:
    damaged = spelling.damaged(text, codec)
    if spelling.repaired(damaged, codec) is not None:
        assert spelling.meant(damaged, codec) == text
