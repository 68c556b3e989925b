"""What disturbs people, and what does not: judged on the text as it is rendered."""

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.inert import noises


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("@ann", [("mention", "ann")]),
        ("(@ann), hello", [("mention", "ann")]),
        ("see @acme/team-x.", [("mention", "acme/team-x")]),
        (r"\@ann", [("mention", "ann")]),
        ("&#64;ann", [("mention", "ann")]),
        ("**@ann-b**", [("mention", "ann-b")]),
        ("#9", [("reference", "#9")]),
        (r"\#9 and &#35;10", [("reference", "#9"), ("reference", "#10")]),
        ("GH-9", [("reference", "#9")]),
        ("acme/widgets#9", [("reference", "acme/widgets#9")]),
        ("https://github.com/acme/widgets/issues/9", [("reference", "acme/widgets#9")]),
        ("http://127.0.0.1:1/acme/widgets/pull/9#x", [("reference", "acme/widgets#9")]),
        ("fixes #9", [("reference", "#9"), ("closing", "#9")]),
        ("Closed: acme/widgets#9", [("reference", "acme/widgets#9"), ("closing", "acme/widgets#9")]),
        ("rather than fixed: #391", [("reference", "#391"), ("closing", "#391")]),
        ("a\r\n@ann", [("mention", "ann")]),
        ("```\ncode\n```\n@ann", [("mention", "ann")]),
    ],
)
def test_disturbances(text: str, heard: list[tuple[str, str]]) -> None:
    assert list(noises(text)) == heard


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.org",
        "@\u200bann",
        "#\u200b9",
        "`@ann`",
        "``@ann ` #9``",
        "```\n@ann #9\n```",
        "~~~py\n@ann\n~~~",
        "```\n@ann never closed",
        "text\n\n    @ann in indented code",
        "<!-- @ann #9 -->",
        "@<!-- -->ann",
        "#<!-- -->9",
        "C#9b and #9x",
        "word#9",
        "&#9;",
        "12 #",
        "@",
        "@-x",
    ],
)
def test_what_is_inert(text: str) -> None:
    assert list(noises(text)) == []


def test_only_what_a_save_newly_says_is_counted(sandbox: Sandbox) -> None:
    ann = sandbox.person()
    ann.create_issue("first")
    ann.create_issue("Hi @ann", body="see #1 and #77")
    heard = [(one.kind, one.target, one.live) for one in sandbox.world.noise]
    assert heard == [("mention", "ann", True), ("reference", "#1", True), ("reference", "#77", False)]
    ann.edit_issue(2, body="see #1 and #77, @bob")
    assert [(one.kind, one.target, one.live) for one in sandbox.world.noise[3:]] == [
        ("mention", "bob", False)
    ]


def test_comments_are_heard_too(sandbox: Sandbox) -> None:
    sandbox.person().create_issue("T")
    sandbox.person().comment(1, "@ann")
    assert [(one.kind, one.number) for one in sandbox.world.noise] == [("mention", 1)]


def test_references_reach_other_projects(sandbox: Sandbox) -> None:
    people.add_project(sandbox.world, "acme/gadgets", "ann")
    sandbox.person(project="acme/gadgets").create_issue("there")
    sandbox.person().create_issue("T", body="acme/gadgets#1 acme/gadgets#2 other/place#1")
    assert [one.live for one in sandbox.world.noise] == [True, False, False]
