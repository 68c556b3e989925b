"""Quick actions: what GitLab obeys in a text, what it leaves alone, and what it stores."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.sandbox import Sandbox
from syncd.sandbox.gitlab.quick import NAMES, Command, taken_from
from tests.unit.sandbox.conftest import PROJECT, Client

ISSUES = f"{PROJECT}/issues"


def commands(text: str) -> list[str]:
    return [f"{one.name} {one.argument}".strip() for one in taken_from(text)[1]]


@pytest.mark.parametrize(
    ("text", "obeyed", "stored"),
    [
        ("/close", ["close"], ""),
        ("text\n/close\nmore", ["close"], "text\nmore"),
        ('text\n\n/label ~bug ~"two words"\n\nmore', ['label ~bug ~"two words"'], "text\n\nmore"),
        ("/CLOSE", ["close"], ""),
        ("/clo\u017fe", ["clo\u017fe"], ""),
        ("/loc\u212a", ["lock"], ""),
        ("a\r\n/close\r\nb", ["close"], "a\nb"),
        ("a\n\r/close", ["close"], "a"),
        ("a\n/\rclose", ["close"], "a"),
        ("> quote\n/close", ["close"], "> quote"),
        ("- item\n/close", ["close"], "- item"),
        ("- a\n  ```\n/close", ["close"], "- a\n  ```"),
        ("> ```\n/close\n> ```", ["close"], "> ```\n> ```"),
        ("<!-- marker -->\n/close", ["close"], "<!-- marker -->"),
        ("```\ncode\n```\n/close", ["close"], "```\ncode\n```"),
        (">>>\n```\n>>>\n/close\n```", ["close"], ">>>\n```\n>>>\n```"),
        (">>> [!note]\n~~~\n>>>\n/close\n~~~", ["close"], ">>> [!note]\n~~~\n>>>\n~~~"),
        ("one ` alone\n\n/close", ["close"], "one ` alone\n"),
        ("/close   \n\n\nend", ["close"], "\nend"),
        ("/shrug so", ["shrug so"], "so ¯\\＿(ツ)＿/¯"),
        ("/close\n/reopen", ["close", "reopen"], ""),
    ],
)
def test_what_is_obeyed_and_taken_out(text: str, obeyed: list[str], stored: str) -> None:
    assert commands(text) == obeyed
    assert (taken_from(text)[0] or "").rstrip() == stored.rstrip()


@pytest.mark.parametrize(
    "text",
    [
        r"\/close",
        "text /close",
        " /close",
        "/closed",
        "/unheard_of",
        "/close\tnow",
        "```\n/close\n```",
        "~~~~ py\n```\n/close\n~~~~",
        "```\n/close never closed",
        "    /close",
        "`a\n/close\nb`",
        "<details>\n/close\n</details>",
        "<!--\n/close\n-->",
        "<pre>\n\n/close\n</pre>",
        "> /close",
        ">>>\n/close\n>>>",
        ">>>\n/close",
        "- item\n\n  /close",
        "&#47;close",
        "\u200b/close",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert taken_from(text) == (text, [])


def test_a_text_without_commands_loses_its_returns_and_trailing_blanks() -> None:
    assert taken_from("  a  \r\nb\r \n\n\t") == ("  a  \nb", [])


def test_no_text_stays_no_text() -> None:
    assert taken_from(None) == (None, [])


@pytest.mark.parametrize("name", NAMES.split())
def test_every_name_is_known_in_any_case(name: str) -> None:
    assert taken_from(f"x\n/{name.title()} a b")[1] == [Command(name, "a b")]


lines = st.sampled_from(
    [
        "",
        "text",
        "/close",
        "- item",
        "  more",
        "> quote",
        "```",
        "~~~",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        ">>>",
        "`",
        "    code",
    ]
)


@given(st.lists(lines, max_size=12).map("\n".join))
def test_what_was_stored_is_stored_again_unless_it_held_commands(text: str) -> None:
    stored, found = taken_from(text)
    assert stored is not None
    if not found:
        assert taken_from(stored) == (stored, [])
        assert stored == text.rstrip()


@given(st.lists(lines, max_size=12))
def test_no_line_is_obeyed_that_begins_with_an_escape(parts: list[str]) -> None:
    escaped = [re.sub("^/", r"\\/", one) for one in parts]
    assert taken_from("\n".join(escaped))[1] == []


def test_commands_are_obeyed_with_the_right_of_the_token(sandbox: Sandbox, lab: Client) -> None:
    sandbox.person().create_milestone("v 1")
    text = 'About\n\n/label ~bug ~"two words"\n/assign @ann\n/milestone %"v 1"'
    text += "\n/due 2026-02-03\n/title Other\n/confidential"
    made = lab.post(ISSUES, json={"title": "T", "description": text}).json()
    assert (made["title"], made["description"], made["labels"]) == ("Other", "About", ["bug", "two words"])
    assert made["milestone"]["title"] == "v 1"
    assert (made["assignee"]["username"], made["due_date"], made["confidential"]) == (
        "ann",
        "2026-02-03",
        True,
    )


def test_commands_of_an_update_are_obeyed(sandbox: Sandbox, lab: Client) -> None:
    sandbox.person().create_milestone("M")
    lab.post(ISSUES, json={"title": "T", "labels": "a,b,c"})
    text = "new\n/unlabel ~a\n/close\n/milestone %M\n/due 2026-02-03"
    closed = lab.put(f"{ISSUES}/1", json={"description": text}).json()
    assert (closed["state"], closed["labels"], closed["description"]) == ("closed", ["b", "c"], "new")
    after = lab.put(
        f"{ISSUES}/1",
        json={"description": "/reopen\n/relabel x\n/remove_milestone\n/remove_due_date\n/unassign\n/lock"},
    ).json()
    assert (after["state"], after["labels"], after["milestone"], after["due_date"]) == (
        "opened",
        ["x"],
        None,
        None,
    )
    assert after["discussion_locked"] is True


def test_every_command_is_counted_whether_it_did_something_or_not(sandbox: Sandbox, lab: Client) -> None:
    lab.post(ISSUES, json={"title": "T", "description": "/close\n/epic &1\n/milestone %none\n/due soon"})
    heard = [(one.kind, one.target, one.live) for one in sandbox.world.noise]
    assert heard == [
        ("command", "/close", True),
        ("command", "/epic &1", False),
        ("command", "/milestone %none", False),
        ("command", "/due soon", False),
    ]


def test_commands_in_notes_are_obeyed_too(sandbox: Sandbox, lab: Client) -> None:
    lab.post(ISSUES, json={"title": "T"})
    note = lab.post(f"{ISSUES}/1/notes", json={"body": "done\n/close"}).json()
    assert note["body"] == "done"
    assert lab.get(f"{ISSUES}/1").json()["state"] == "closed"


def test_a_title_is_no_place_for_commands(sandbox: Sandbox, lab: Client) -> None:
    made = lab.post(ISSUES, json={"title": "/close"}).json()
    assert (made["title"], made["state"], sandbox.world.noise) == ("/close", "opened", [])
