"""One roadmap on several trackers: what changes anywhere arrives everywhere, through the roadmap."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.forge.body import plain_title
from syncd.model.policy import HOLD
from syncd.model.values import Field
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.conftest import Seed
from tests.integration.country import Country, reordered
from tests.integration.forges import kind_of
from tests.integration.town import policy

ROADMAP = """# Widgets

## Phase 1: Ground

- [ ] Clear the site
- [ ] Dig the hole
- [x] Fetch the spade

## Phase 2: House

- [ ] Raise the walls
- [ ] Nail the roof
"""
NAMES = ["github", "gitlab", "github2", "gitlab2"]
TITLES = ("Clear the site", "Dig the hole", "Fetch the spade", "Raise the walls", "Nail the roof")


@contextmanager
def founded(folder: Path, names: tuple[str, ...], **rules: object) -> Iterator[Country]:
    """A country with a tracker for each name, and nothing synced yet."""
    clock = LogicalClock()
    with ExitStack() as running:
        trackers = {name: running.enter_context(Sandbox(clock=clock, forge=kind_of(name))) for name in names}
        country = Country(trackers, clock, folder, policy(**{"truth": HOLD, **rules}))
        country.write(ROADMAP)
        yield country


@pytest.fixture
def two(memory: Path) -> Iterator[Country]:
    with founded(memory, ("github", "gitlab")) as country:
        yield country


def agreed(country: Country) -> bool:
    """Whether every side says the same."""
    sides = list(country.seen().values())
    return all(side == sides[0] for side in sides)


def test_after_the_first_run_all_have_the_same_tasks(two: Country) -> None:
    assert two.sync().exit_code == 0
    assert agreed(two)
    assert two.sync().plan.empty


def test_an_edit_on_one_tracker_is_everywhere_after_one_run(two: Country) -> None:
    two.sync()
    two.person("gitlab").edit_issue(two.number("gitlab", "Dig the hole"), title="Dig a pond")
    two.person("github").close(two.number("github", "Nail the roof"))

    assert two.sync().exit_code == 0

    assert agreed(two)
    assert "- [ ] Dig a pond" in two.text
    assert "- [x] Nail the roof" in two.text
    assert two.sync().plan.empty


def test_different_edits_on_all_three_sides_give_one_result_and_keep_the_losers(two: Country) -> None:
    two.sync()
    two.policy = policy(truth=("gitlab", "roadmap", "github"))
    two.edit("Dig the hole", "Dig by file")
    two.person("github").edit_issue(two.number("github", "Dig the hole"), title="Dig by one")
    two.person("gitlab").edit_issue(two.number("gitlab", "Dig the hole"), title="Dig by two")

    two.sync()

    assert agreed(two)
    assert "Dig by two" in two.text
    (contest,) = two.ledger().contests
    assert set(contest.values.values()) == {"Dig by file", "Dig by one", "Dig by two"}
    assert two.sync().plan.empty


def test_one_away_the_others_agree_and_it_catches_up_without_a_conflict(two: Country) -> None:
    two.sync()
    before = [link for link in two.ledger().links if link.remote == "gitlab"]
    two.away = {"gitlab"}
    two.person("github").close(two.number("github", "Dig the hole"))

    report = two.sync()

    assert report.exit_code == 1
    assert "- [x] Dig the hole" in two.text
    assert [link for link in two.ledger().links if link.remote == "gitlab"] == before

    two.away = set()
    back = two.sync()
    assert back.exit_code == 0
    assert not back.plan.conflicts
    assert agreed(two)


def test_a_remote_added_later_gets_everything(memory: Path) -> None:
    with founded(memory, ("github", "gitlab")) as country:
        alone = reordered(country, ["github"])
        alone.sync()
        alone.person("github").close(alone.number("github", "Dig the hole"))
        alone.sync()

        country.sync()

        assert agreed(country)
        assert country.sync().plan.empty


def test_a_remote_taken_away_is_left_alone(two: Country) -> None:
    two.sync()
    log = len(two.trackers["gitlab"].world.log)
    alone = reordered(two, ["github"])
    alone.edit("- [ ] Dig the hole", "- [x] Dig the hole")

    assert alone.sync().exit_code == 0

    assert len(two.trackers["gitlab"].world.log) == log


Edit = tuple[str, str, str]
Day = tuple[int, list[tuple[int, Edit]], set[int]]
KINDS = ("rename", "turn", "move")


@st.composite
def days(draw: st.DrawFn) -> Day:
    """How many remotes, who edits what (0 is the file), and which remotes nobody reaches at first."""
    remotes = draw(st.integers(1, 4))
    one = st.tuples(
        st.sampled_from(KINDS), st.sampled_from(TITLES), st.sampled_from(["Left", "Right", "Middle"])
    )
    edits = draw(st.lists(st.tuples(st.integers(0, remotes), one), max_size=6))
    away = draw(st.sets(st.integers(1, remotes), max_size=remotes - 1)) if remotes > 1 else set()
    return remotes, edits, away


def _edit_file(country: Country, edit: Edit, now: dict[str, str]) -> None:
    kind, title, word = edit
    if kind == "rename":
        country.edit(now[title], f"{title} {word}")
        now[title] = f"{title} {word}"
    elif kind == "turn":
        line = next(line for line in country.text.split("\n") if line.endswith(now[title]))
        turned = line.replace("[ ]", "[x]") if "[ ]" in line else line.replace("[x]", "[ ]")
        country.edit(line, turned)


def _edit_tracker(country: Country, remote: str, edit: Edit, numbers: dict[str, int]) -> None:
    kind, title, word = edit
    person, number = country.person(remote), numbers[title]
    if kind == "rename":
        person.edit_issue(number, title=f"{title} {word}")
    elif kind == "turn":
        person.close(number) if person.issue(number).state == "open" else person.reopen(number)
    else:
        person.edit_issue(number, milestone="Phase 2: House")


def _lived(day: Day, order: list[str], folder: Path) -> set[tuple[str, str, str | None]]:
    """A day with the remotes configured in this order: some away at first, all there in the end."""
    _, edits, away = day
    with founded(folder, tuple(order), truth=("roadmap", *sorted(order))) as country:
        country.sync()
        numbers = {name: {title: country.number(name, title) for title in TITLES} for name in order}
        now = {title: title for title in TITLES}
        country.clock.advance(60)
        for side, edit in edits:
            if side:
                _edit_tracker(country, NAMES[side - 1], edit, numbers[NAMES[side - 1]])
            else:
                _edit_file(country, edit, now)
        country.away = {NAMES[number - 1] for number in away}
        country.sync()
        country.away = set()
        country.sync()
        assert agreed(country), country.seen()
        assert country.sync().plan.empty
        assert all(len(country.person(name).issues()) == len(TITLES) for name in order)
        return set(country.seen()["roadmap"])


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(days())
def test_any_day_converges_in_one_round_in_any_order(memory: Path, day: Day) -> None:
    names = NAMES[: day[0]]
    ends = []
    for order in (names, names[::-1]):
        with TemporaryDirectory(dir=memory) as folder:
            ends.append(_lived(day, order, Path(folder)))
    assert ends[0] == ends[1]


def test_each_seed_on_both_forges_at_once(seed: Seed, memory: Path) -> None:
    with founded(memory, ("github", "gitlab")) as country:
        country.write(seed.roadmap.read_bytes())
        assert country.sync().exit_code == 0
        assert country.seen()["github"] == country.seen()["gitlab"]
        assert country.sync().plan.empty

        first = next(issue for issue in country.person("github").issues() if issue.state == "open")
        country.person("github").close(first.number)
        assert country.sync().exit_code == 0
        assert country.seen()["github"] == country.seen()["gitlab"]

        other = next(issue for issue in country.person("gitlab").issues() if issue.state == "open")
        country.person("gitlab").edit_issue(other.number, title=f"{plain_title(other.title)} anew")
        assert country.sync().exit_code == 0
        assert country.seen()["github"] == country.seen()["gitlab"]
        assert country.text.count(" anew") == 1
        assert country.sync().plan.empty


def test_fields_may_be_ranked_differently(two: Country) -> None:
    two.sync()
    two.policy = policy(truth=("gitlab", "roadmap", "github"), fields={Field.STATE: ("roadmap", "gitlab")})
    two.edit("- [ ] Dig the hole", "- [x] Dig by file")
    number = two.number("gitlab", "Dig the hole")
    two.person("gitlab").edit_issue(number, title="Dig by gitlab", state="closed")
    two.person("gitlab").edit_issue(number, reason="not_planned", labels=["dropped"])

    two.sync()

    assert agreed(two)
    assert "- [x] Dig by gitlab" in two.text
