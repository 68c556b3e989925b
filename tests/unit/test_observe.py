"""Absence proves nothing by itself, and a list that lags behind does not win over what is known."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.errors import Gone
from syncd.model.links import KnownRemote
from syncd.model.remote import Capabilities, Issue, Observation, Project, Ref, Unavailable
from syncd.model.values import Kind, TaskState
from syncd.observe import Linked, Memory, Seen, observe

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
PROJECT = Project("7", "acme/widgets", "https://forge.example/acme/widgets")
KNOWN = KnownRemote("forge", "7", "acme/widgets", "bot", "2026-01-05T08:00:00Z", NOW)


def issue(number: int, title: str, updated: str) -> Issue:
    return Issue(Ref(number, f"i{number}"), title, TaskState.OPEN, updated_at=updated)


@dataclass
class Shown:
    """A forge that shows exactly this."""

    observation: Observation
    remote: str = "forge"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(frozenset(), frozenset()))

    answers: dict[int, Issue] = field(default_factory=dict)
    """What is shown to who asks for an issue by its number."""

    def project(self) -> Project:
        return self.observation.project

    def get_issue(self, number: int) -> Issue:
        if number not in self.answers:
            raise Gone(f"no issue {number}", remote=self.remote, status=404)
        return self.answers[number]

    def observe(self, cursor: str) -> Observation:
        return self.observation


def seen(forge: Any, memory: Memory, linked: Linked, now: datetime = NOW) -> Seen | Unavailable:
    return observe(forge, memory, linked, now=now, full_sweep=timedelta(days=1))


def test_a_full_list_without_a_single_linked_issue_is_not_believed() -> None:
    strangers = tuple(issue(number, "Somebody's", "2026-01-05T08:30:00Z") for number in (91, 92))
    forge = Shown(Observation(PROJECT, strangers, (), "2026-01-05T09:00:00Z", complete=True))
    memory = Memory(replace(KNOWN, swept_at=None))

    found = seen(forge, memory, Linked(issues=frozenset(range(1, 7))))

    assert isinstance(found, Unavailable)


def test_a_list_that_lags_behind_does_not_win() -> None:
    ours = issue(1, "As we wrote it", "2026-01-05T08:59:00Z")
    old = issue(1, "As it was", "2026-01-05T08:10:00Z")
    forge = Shown(Observation(PROJECT, (old,), (), "2026-01-05T09:00:00Z", complete=False))

    found = seen(forge, Memory(KNOWN, {1: ours}), Linked(issues=frozenset({1})))

    assert isinstance(found, Seen)
    assert found.snapshot.issues[1].title == "As we wrote it"


def test_another_project_under_the_name_is_refused() -> None:
    other = replace(PROJECT, id="8")
    forge = Shown(Observation(other, (), (), "2026-01-05T09:00:00Z", complete=False))

    found = seen(forge, Memory(KNOWN), Linked())

    assert isinstance(found, Unavailable)
    assert found.exit_code == 4


MISSING = (Kind.TASK, 1)
HERE = issue(2, "Here", "2026-01-05T08:00:00Z")


def looked_for(since: datetime | None, now: datetime, answers: dict[int, Issue] | None = None) -> Seen:
    """A full sweep that does not show issue 1; ``since``: when it was not found for the first time."""
    listing = Observation(PROJECT, (HERE,), (), "2026-01-05T09:00:00Z", complete=True)
    memory = Memory(replace(KNOWN, swept_at=None), {2: HERE}, {}, {MISSING: since} if since else {})
    found = seen(Shown(listing, answers=answers or {}), memory, Linked(issues=frozenset({1, 2})), now)
    assert isinstance(found, Seen)
    return found


def test_an_issue_that_is_not_there_once_is_only_missing() -> None:
    found = looked_for(None, NOW)
    assert (found.snapshot.missing, found.snapshot.gone) == (frozenset({1}), frozenset())
    assert found.missing == {MISSING: NOW}


def test_it_is_gone_once_it_was_not_there_for_ten_minutes_of_looking_and_not_a_second_before() -> None:
    almost = looked_for(NOW, NOW + timedelta(minutes=10, seconds=-1))
    assert (almost.snapshot.missing, almost.snapshot.gone) == (frozenset({1}), frozenset())
    # The first look is what counts, or it would never be over.
    assert almost.missing == {MISSING: NOW}
    over = looked_for(NOW, NOW + timedelta(minutes=10))
    assert (over.snapshot.missing, over.snapshot.gone) == (frozenset(), frozenset({1}))


def test_what_answers_again_was_never_gone_and_begins_anew() -> None:
    shown = issue(1, "Back", "2026-01-05T08:00:00Z")
    found = looked_for(NOW, NOW + timedelta(hours=1), {1: shown})
    assert found.snapshot.issues[1] == shown
    assert (found.snapshot.missing, found.snapshot.gone, found.missing) == (frozenset(), frozenset(), {})


@pytest.mark.parametrize("flags", [{"issues": False}, {"writable": False}, {"rights": frozenset()}], ids=str)
def test_a_project_in_which_nothing_can_be_kept_is_not_read(flags: dict[str, Any]) -> None:
    forge = Shown(Observation(replace(PROJECT, **flags), (), (), "2026-01-05T09:00:00Z", complete=False))
    found = seen(forge, Memory(KNOWN), Linked())
    assert isinstance(found, Unavailable)
    assert found.exit_code == 78
