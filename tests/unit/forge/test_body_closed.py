"""The block leaves nothing open: what people wrote around it runs no command because of what we write (threat T9).

Two readers of our own making say which lines GitLab would obey: the sandbox's, which knows its quotes, and one on a
CommonMark parser, as GitLab looks for commands in top-level paragraphs only (api-facts D.2).
"""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from syncd.forge.body import normal, put, read, render
from syncd.forge.body.closed import closed
from syncd.forge.body.inert import inert, plain
from syncd.model.remote import BodyContent, ChecklistLine, Marker
from syncd.model.values import Uid
from syncd.sandbox.gitlab.quick import taken_from

MARKER = Marker("main", "0f-1", Uid("7Q"))
COMMAND = re.compile(r"^/(?:close|label)\b", re.MULTILINE)
LINES = (
    "/close",
    "/label ~x",
    "```",
    "````",
    "```py",
    "~~~",
    "~~~ x",
    "  ```",
    "   ```",
    "    ```",
    "- ```",
    "1. x",
    "2. ```",
    "- a",
    "  b",
    "> ```",
    "> q",
    ">>>",
    " >>>",
    ">>> x",
    "<pre>",
    "</pre>",
    "- <pre>",
    "a <pre> b",
    "<div>",
    "</div>",
    "<br>",
    "<!--",
    "-->",
    "<!-- x -->",
    "<?php",
    "?>",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE",
    "a>b",
    "text",
    "`tick",
    "``",
    "",
    "",
    "    code",
    "| a | b |",
    "# H",
    "---",
)
texts = st.lists(st.sampled_from(LINES), max_size=9).map("\n".join)
contents = st.builds(
    BodyContent,
    section=st.sampled_from([(), ("Phase 1",)]),
    notes=texts,
    metadata=st.sampled_from([(), (("Priority", "high"),)]),
    checklist=st.sampled_from([(), (ChecklistLine("one", False),)]),
)
MARKDOWN = MarkdownIt("commonmark")


def obeyed(body: str) -> list[str]:
    """The commands that GitLab might find in a body."""
    paragraphs = [
        token.content
        for before, token in zip(MARKDOWN.parse(body), MARKDOWN.parse(body)[1:], strict=False)
        if before.type == "paragraph_open" and before.level == 0
    ]
    found = [match[0] for text in paragraphs for match in COMMAND.finditer(text)]
    return found + [f"/{one.name}" for one in taken_from(body)[1]]


def block(content: BodyContent, above: str = "") -> str:
    return render(content, MARKER, limit=60_000, above=above).text


def stored(text: str) -> bool:
    """Whether GitLab would have kept this text as it is: nothing in it is a command."""
    return not obeyed(text)


NOTHING = BodyContent()


@given(contents, contents, texts)
@example(NOTHING, BodyContent(notes="```"), "```\n/close\n```")
@example(NOTHING, BodyContent(notes="<pre>"), "</pre>\n<pre>\n/close\n</pre>")
@example(NOTHING, BodyContent(notes=">>>"), ">>>\n/close\n>>>")
@example(BodyContent(notes="<div>"), NOTHING, "/close")
@example(NOTHING, BodyContent(notes="- a\n  ```\n```"), "```\n/close\n```")
def test_no_command_in_the_text_below_is_set_free_by_what_stands_in_the_block(
    before: BodyContent, after: BodyContent, below: str
) -> None:
    # What people could store below a block of whatever kind, they can keep.
    if stored(block(before) + "\n" + below):
        assert obeyed(block(after) + "\n" + below) == []


def test_where_something_may_be_open_above_nothing_is_trusted_as_code() -> None:
    notes = "```\n@bob\n/close\n```"
    assert "\n@bob\n/close" in block(BodyContent(notes=notes))
    assert "@bob" not in block(BodyContent(notes=notes), above="```\nopen")
    assert r"\/close" in block(BodyContent(notes=notes), above="```\nopen")


@given(contents, texts, texts)
@example(BodyContent(notes="```\n/close\n```"), "```", "")
@example(BodyContent(notes="```py\nx\n```"), "```", "/close")
@example(BodyContent(notes="text\n</pre>\ntext"), "<pre>", "/close")
def test_a_new_block_obeys_nothing_wherever_it_is_put_and_sets_nothing_free(
    content: BodyContent, above: str, below: str
) -> None:
    before = put(above, block(NOTHING, above)) + "\n" + below
    if stored(above) and stored(before):
        written = put(before, block(content, read(before).before))
        assert obeyed(written) == []
        found = read(written)
        assert (found.before, found.after) == (read(before).before, read(before).after)
        assert found.content == normal(content)


@given(texts)
def test_what_is_broken_comes_back(text: str) -> None:
    assert plain(closed(inert(text))) == text
    assert closed(closed(text)) == closed(text)


@pytest.mark.parametrize(
    "text",
    [
        "```py\n/close\n```",
        "- step:\n  ```bash\n  make\n  ```\n- next",
        "~~~\n```\n~~~",
        "<br>\n\n```\nx\n```",
        "<details>\n<summary>More</summary>\n\n```\nx\n```\n\n</details>",
        "a <b>word</b>",
        "> quoted\n> ```\n> x\n> ```",
        "- <pre>x</pre>",
    ],
)
def test_what_is_closed_stays_as_it_is(text: str) -> None:
    assert closed(text) == text
