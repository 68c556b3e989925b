"""Absence proves nothing by itself, and a list that lags behind does not win over what is known."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from syncd.model.links import KnownRemote
from syncd.model.remote import Capabilities, Issue, Observation, Project, Ref, Unavailable
from syncd.model.values import TaskState
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

    def project(self) -> Project:
        return self.observation.project

    def observe(self, cursor: str) -> Observation:
        return self.observation


def seen(forge: Any, memory: Memory, linked: Linked) -> Seen | Unavailable:
    return observe(forge, memory, linked, now=NOW, full_sweep=timedelta(days=1))


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
