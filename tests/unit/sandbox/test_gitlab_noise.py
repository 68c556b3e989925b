"""Whom GitLab disturbs, and what it links: judged on the text as it is rendered."""

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.gitlab.noise import noises
from tests.unit.sandbox.conftest import PROJECT, Client


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("@ann", ["@ann"]),
        ("(@ann), @acme/team.", ["@ann", "@acme/team"]),
        ("@all", ["@all"]),
        (r"\@ann &#64;bob", ["@ann", "@bob"]),
        ("#9 !8 &7", ["#9", "!8", "&7"]),
        (
            "acme/widgets#9 widgets#8 acme/widgets!7 acme&6",
            ["acme/widgets#9", "widgets#8", "acme/widgets!7", "acme&6"],
        ),
        ("see #9+ and #8+s.", ["#9", "#8"]),
        ("GL-9 gl-8", ["#9", "#8"]),
        ("[issue:9] [work_item:acme/widgets/8] [epic:7]", ["#9", "acme/widgets#8", "#7"]),
        ('~bug ~"two words" ~p::high', ["~bug", "~two words", "~p::high"]),
        ('%v1.0 %"M 1"', ["%v1.0", "%M 1"]),
        ("https://gitlab.com/acme/widgets/-/issues/9#note_1", ["acme/widgets#9"]),
        ("http://x/acme/widgets/-/merge_requests/8", ["acme/widgets!8"]),
        ("http://x/acme/widgets/-/work_items/7", ["acme/widgets#7"]),
        ("closes #9", ["#9"]),
    ],
)
def test_disturbances(text: str, heard: list[str]) -> None:
    found = [f"@{target}" if kind == "mention" else target for kind, target in noises(text)]
    assert sorted(found) == sorted(heard)


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.org",
        "@\u200bann #\u200b9 !\u200b8",
        "`@ann #9 ~bug`",
        "```\n@ann #9\n```",
        "<!-- @ann #9 -->",
        "50 % of it, ~ 3 days",
        "a && b, wow!",
        "C# and F#",
        "#9b",
        "1,000#",
        "&amp;9x",
    ],
)
def test_what_is_inert(text: str) -> None:
    assert list(noises(text)) == []


def test_hostile_lengths_are_read_in_one_go() -> None:
    """Where a pattern tried every place anew, this would not come back within the suite's limit."""
    for text in (
        "a/" * 20_000,
        "@" + "a." * 20_000,
        "a-" * 20_000 + "#x",
        "~" * 40_000,
        "[issue:" + "a/" * 20_000,
    ):
        assert all(kind for kind, _ in noises(text))


def test_only_what_a_save_newly_says_is_counted_and_titles_count(sandbox: Sandbox, lab: Client) -> None:
    lab.post(
        f"{PROJECT}/issues", json={"title": "for @ann", "description": "#1 #9 ~bug %M !1 @all @acme @nobody"}
    )
    heard = {(one.kind, one.target): one.live for one in sandbox.world.noise}
    assert heard == {
        ("mention", "ann"): True,
        ("mention", "all"): True,
        ("mention", "acme"): True,
        ("mention", "nobody"): False,
        ("reference", "#1"): True,
        ("reference", "#9"): False,
        ("reference", "~bug"): False,
        ("reference", "%M"): False,
        ("reference", "!1"): False,
    }
    sandbox.world.noise.clear()
    lab.put(f"{PROJECT}/issues/1", json={"description": "#1 again, @ann"})
    assert sandbox.world.noise == []


def test_references_reach_what_exists(sandbox: Sandbox, lab: Client) -> None:
    people.add_project(sandbox.world, "acme/gadgets", "ann")
    sandbox.person(project="acme/gadgets").create_issue("there")
    sandbox.person().create_group_label("wide")
    sandbox.person().create_milestone("M")
    text = "gadgets#1 acme/gadgets#1 gadgets#2 elsewhere#1 ~wide %M"
    lab.post(f"{PROJECT}/issues", json={"title": "T", "description": text})
    live = {one.target: one.live for one in sandbox.world.noise}
    assert live == {
        "gadgets#1": True,
        "acme/gadgets#1": True,
        "gadgets#2": False,
        "elsewhere#1": False,
        "~wide": True,
        "%M": True,
    }


def test_githubs_ears_do_not_hear_gitlabs_signs(sandbox: Sandbox, client: Client) -> None:
    client.post("/repos/acme/widgets/issues", json={"title": "T", "body": "!1 &2 ~bug %M\n/close"})
    assert sandbox.world.noise == []
    assert sandbox.person().issue(1).state == "open"
