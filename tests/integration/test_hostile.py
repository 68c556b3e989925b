"""Text that wants to do something: commands, mentions, references. It arrives everywhere and does nothing (I19)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.country import Country
from tests.integration.test_many_remotes import agreed, founded

COMMANDS = (
    "/close",
    "/CLOSE",
    "/clo\u017fe",
    "   /assign @ann",
    "/label ~bug",
    "/confidential",
    "/title Taken over",
    "/spend 3h",
    "/duplicate #1",
    "/unlabel",
    "/milestone %Nowhere",
    "/shrug",
)
CALLS = (
    "@ann",
    "@all",
    "@acme/team",
    "#1",
    "GH-2",
    "acme/widgets#3",
    "!4",
    "&5",
    "fixes #1",
    "Closes: #2",
    "~bug",
)

ROADMAP = """# Widgets

## Phase 1: Ground

- [ ] Ask @ann about #1, GH-2 and acme/widgets#3, fixes #1
{commands}
- [ ] /close this one
- [ ] Keep a list
{items}
"""


@pytest.fixture
def country(memory: Path) -> Iterator[Country]:
    with founded(memory, ("github", "gitlab")) as country:
        commands = "\n".join(f"  {line}" for line in COMMANDS)
        items = "\n".join(f"  - [ ] {text}" for text in (*COMMANDS, *CALLS))
        country.write(ROADMAP.format(commands=commands, items=items))
        yield country


def quiet(country: Country) -> bool:
    """Nobody was notified, nothing referred to, no command obeyed."""
    return not [noise for sandbox in country.trackers.values() for noise in sandbox.world.noise if noise.live]


def test_what_the_roadmap_says_does_nothing_anywhere(country: Country) -> None:
    assert country.sync().exit_code == 0

    assert quiet(country), [one.world.noise for one in country.trackers.values()]
    assert agreed(country)
    assert country.sync().plan.empty


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_what_one_tracker_says_does_nothing_on_the_other(country: Country, command: str, end: str) -> None:
    country.write("# Widgets\n\n## Phase 1: Ground\n\n- [ ] Dig the hole\n  - [ ] Buy a spade\n")
    country.sync()
    person = country.person("github")
    number = country.number("github", "Dig the hole")
    body = person.issue(number).body or ""
    item = body.index("- [ ] Buy a spade") + len("- [ ] Buy a spade")
    person.edit_issue(
        number, body=f"{body[:item]}\n- [ ] {command}{body[item:]}", title=f"{command}{end}{command} @bob"
    )
    before = {name: len(sandbox.world.noise) for name, sandbox in country.trackers.items()}

    country.sync()
    country.sync()

    gitlab = country.trackers["gitlab"]
    assert [noise for noise in gitlab.world.noise[before["gitlab"] :] if noise.live] == []
    assert person.issue(number).state == "open"
    assert country.person("gitlab").issue(1).state == "open"
    assert agreed(country)
    assert country.sync().plan.empty
