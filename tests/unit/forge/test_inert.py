"""What is sent rings nobody's bell, and comes back as it went (threats T6–T9; I19)."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncd.forge.body import inert, inert_title, plain, plain_title
from syncd.forge.body.inert import slashed, unslashed
from syncd.model.values import one_line
from syncd.sandbox.inert import noises

PIECES = (
    "@bob",
    "@org/team",
    "#9",
    "GH-9",
    "o/r#9",
    "!9",
    "&9",
    "fixes ",
    "Closes: ",
    "`",
    "``",
    "```",
    "\n",
    "\n\n",
    " ",
    "\u200b",
    "\u200b\u200b",
    "a",
    "é",
    "ก",
    "/",
    "\\",
    "/close",
    "\\/close",
    "<!-- syncd:end -->",
    "<!-- ",
    "-->",
    "https://github.com/o/r/issues/9",
    "https://gitlab.example.org/a/b/-/merge_requests/4",
    "https://x.org/@bob#9",
    "<pre>",
    "&#64;bob",
    "~~~",
    "|",
    "- [x] ",
    "#42<!-- syncd:ref #9 -->",
    "\r\n",
    "\r",
    "\u2028",
    "(",
    "*",
)
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))
words = st.dictionaries(st.sampled_from(["#9", "#12", "Task 4.1", "4.1", "a"]), st.integers(1, 99))

# An oracle of its own: what a forge would act on, in text without code.
BELLS = re.compile(
    r"(?<![A-Za-z0-9])@[A-Za-z0-9]|#[0-9]|\bGH-[0-9]|/(?:issues|pull|merge_requests)/[0-9]|&#64;|<!-- syncd:",
    re.IGNORECASE,
)


@given(texts, words)
def test_undoing_gives_back_exactly_what_was_sent(text: str, references: dict[str, int]) -> None:
    assert plain(inert(text, references)) == text
    assert plain(inert(text, references, code=False)) == text


@given(texts)
def test_nothing_gathers_over_any_number_of_rounds(text: str) -> None:
    once = plain(text)
    assert plain(inert(once)) == once
    assert inert(plain(inert(once))) == inert(once)


@given(texts)
def test_quick_actions_are_undone_to_the_letter(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert unslashed(slashed(text)) == lines


@given(texts)
def test_no_bell_is_left_where_no_code_is_trusted(text: str) -> None:
    bare = re.sub(r"https?://\S*", " ", text)
    assert not BELLS.search(inert(bare, code=False))


@given(texts)
@example("`\n\n`@0`")
def test_the_sandbox_hears_nothing_either(text: str) -> None:
    # Addresses of other sites become links, in which GitHub looks for nothing; the sandbox does look there.
    bare = re.sub(r"https?://\S*", " ", text)
    assert list(noises(inert(bare))) == []
    assert list(noises(inert_title(bare))) == []


@pytest.mark.parametrize(
    "text",
    [
        "@bob",
        "(@bob)",
        "_@bob_",
        "*@bob*",
        "@org/team",
        "cc @bob.",
        "&#64;bob",
        "&#x40;bob",
        "&commat;bob",
        "@&#98;ob",
    ],
)
def test_a_mention_is_broken(text: str) -> None:
    assert inert(text) != text
    assert plain(inert(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "#9",
        "see (#9)",
        "o/r#9",
        "GH-9",
        "gh-9",
        "!9",
        "&9",
        "GL-9",
        "[issue:9]",
        "fixed: #1",
        "resolves o/r#1",
        "https://github.com/o/r/issues/9",
        "https://github.example.org/o/r/pull/9#top",
        "https://gitlab.com/a/b/-/merge_requests/4",
        "[x](https://gitlab.com/a/b/-/work_items/4)",
    ],
)
def test_a_reference_is_broken(text: str) -> None:
    assert not re.search(r"[#!&/-]\d|issue:\d", inert(text))


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.org",
        "https://medium.com/@bob/x",
        "https://x.org/a#9",
        "C# 9",
        "# 9",
        "deadbeefcafe",
        "ไทย\u200bไทย",
    ],
)
def test_what_rings_no_bell_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    "text", ["`@bob` and `#9`", "```py\n@bob\n```", "~~~\n#9\n\n@x\n~~~", "a `` `@b` `` c"]
)
def test_code_can_still_be_copied(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "`a\n` @bob `b",  # a span over two lines ends before the name
        "\\` @bob `",
        '<a title="`"> @bob <b title="`">',
        "| `a | @bob ` |",  # a bar in a table cuts the span
        "```\n@bob",  # never closed: perhaps no fence at all
        "- ```\n  x\n```\n@bob\n```",
        " ```\nx\n```\n@bob\n```",  # the first line opens, the third closes
        "<pre>\n```\n@bob\n```",
    ],
)
def test_doubtful_code_is_no_code(text: str) -> None:
    assert "@bob" not in inert(text)


@pytest.mark.parametrize(
    "text",
    [
        "/close",
        "a\n/close",
        "a\r/close",
        "a\r\n\r/close",
        "  /close",
        "\t/label ~x",
        "a\n        /CLOSE",
        "/cloſe",
    ],
)
def test_no_line_begins_with_a_quick_action(text: str) -> None:
    sent = slashed(text)
    assert "\r" not in sent
    assert not re.search(r"^\s*/", sent, re.MULTILINE)


def test_a_path_in_a_closed_fence_needs_no_escape() -> None:
    assert slashed("```\n/etc/hosts\n```\n/close") == "```\n/etc/hosts\n```\n\\/close"
    escaped_already = "```\n\\/etc/hosts\n```"
    assert unslashed(slashed(escaped_already)) == escaped_already


def test_a_word_that_names_a_task_becomes_its_issue() -> None:
    sent = inert("after #9, not #91 or `#9` or x#9", {"#9": 42})
    assert re.sub(r"<!--.*?-->", "", sent) == "after #42, not #\u200b91 or `#9` or x#\u200b9"
    assert plain(sent) == "after #9, not #91 or `#9` or x#9"


def test_a_longer_name_wins_and_a_closing_word_before_it_closes_nothing() -> None:
    sent = inert("fixes Task 4.1 and Task 4.1.2", {"Task 4.1": 7, "4.1": 8})
    assert "#7<!--" in sent
    assert "Task 4.1.2" in sent
    assert not re.search(r"fix\w* #7", sent)


def test_a_mere_number_names_a_task_only_behind_a_word_that_says_so() -> None:
    known = {"4.1": 7, "3": 8, "T001": 9}
    text = "Needs Python 4.1 and 3 days; see task 4.1, Task 3, #3 and T001, not Task 3.2"
    sent = inert(text, known)
    shown = re.sub(r"<!--.*?-->", "", sent)
    assert shown == "Needs Python 4.1 and 3 days; see #7, #8, #8 and #9, not Task 3.2"
    assert plain(sent) == text


@given(texts)
def test_a_title_comes_back_as_one_line(text: str) -> None:
    sent = inert_title(text, limit=100_000)
    assert "\n" not in sent
    assert plain_title(sent) == one_line(text)
    assert not BELLS.search(re.sub(r"https?://\S*", " ", sent))


@given(st.lists(st.sampled_from([*PIECES, "word "]), min_size=20).map("".join), st.integers(5, 60))
def test_a_long_title_is_cut_to_the_limit(text: str, limit: int) -> None:
    sent = inert_title(text, limit)
    assert len(sent) <= limit
    if plain_title(sent) != one_line(text):
        assert sent.endswith("…")
        assert one_line(text).startswith(plain_title(sent)[:-1].rstrip())


def test_a_hostile_title_comes_back_inert() -> None:
    evil = "x\n- [x] fake <!-- syncd:end -->"
    assert plain_title(evil) == "x - [x] fake <!-- syncd:end -->"
    assert "<!-- syncd" not in inert_title(evil)


@pytest.mark.parametrize("mark", [">>>", ">>>>", " >>>", ">>> [!note]"])
@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_quote_of_gitlab_frees_no_command_from_its_fence(mark: str, fence: str) -> None:
    text = f"{mark}\n{fence}\n{mark}\n/close\n{fence}"
    assert slashed(text) == text.replace("/close", "\\/close")
    assert unslashed(slashed(text)) == text
