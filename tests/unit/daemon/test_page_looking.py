"""Files and state are read for the page once for the same bytes, and again when they change; trouble is a value."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from os import utime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from syncd.daemon.web.page.looking import Looking
from syncd.model.links import Contest, KnownTask
from syncd.model.policy import ReadingRules
from syncd.model.values import Field, Uid
from syncd.state import AuditEntry, Contests, Store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROADMAP = "# W\n\n## Phase 1\n\n- [x] Dig\n- [ ] Pour\n"


@dataclass
class Place:
    """A roadmap and a state in a folder, both written long ago; `asked` counts how often the file was read."""

    folder: Path
    now: datetime = NOW
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings: Any = SimpleNamespace(
            state=self.folder / "state.db",
            roadmaps={"main": SimpleNamespace(path="ROADMAP.md", remotes=("github",))},
            path=lambda name: self.folder / "ROADMAP.md",
            reading_rules=self.rules,
        )
        self.write(ROADMAP)
        self.looking = Looking(lambda: self.settings, lambda: self.now)

    def rules(self, name: str) -> ReadingRules:
        self.asked.append(name)
        return ReadingRules()

    def write(self, text: str, age: timedelta = timedelta(hours=1)) -> None:
        path = self.folder / "ROADMAP.md"
        path.write_text(text, encoding="utf-8")
        self.age(path, age)

    def commit(self, *words: Any, age: timedelta = timedelta(hours=1)) -> None:
        with Store.open(self.settings.state, clock=lambda: NOW, mint=lambda: "L1") as store:
            store.commit("main", *words)
        self.age(self.settings.state, age)

    def age(self, path: Path, age: timedelta) -> None:
        written = (self.now - age).timestamp()
        utime(path, (written, written))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.commit(KnownTask(Uid("t1"), "Dig", position=0), KnownTask(Uid("t2"), "Left", removed=True))
    return place


def test_a_file_is_read_once_until_it_changes(place: Place) -> None:
    for _ in range(3):
        assert place.looking.progress()["main"].bar.words == "1 of 2 tasks done"
    assert len(place.asked) == 1
    place.write(ROADMAP.replace("[ ]", "[x]"), timedelta(minutes=5))
    assert place.looking.progress()["main"].bar.words == "2 of 2 tasks done"
    assert len(place.asked) == 2


def test_a_file_that_was_written_just_now_is_read_again(place: Place) -> None:
    place.write(ROADMAP, timedelta())
    for _ in range(3):
        place.looking.progress()
    assert len(place.asked) == 3
    place.now += timedelta(seconds=5)
    for _ in range(3):
        place.looking.progress()
    assert len(place.asked) == 3


def test_a_state_is_read_once_until_it_changes(place: Place) -> None:
    first = place.looking.known("main")
    assert place.looking.known("main") is first
    contest = Contest(Uid("t1"), Field.TITLE, {"roadmap": "a", "github": "b"}, None)
    place.commit(Contests((contest,)), age=timedelta(minutes=5))
    assert place.looking.known("main").contests == (contest,)
    assert place.looking.contests("main") == (contest,)


def test_a_state_that_was_written_just_now_is_read_again(place: Place) -> None:
    place.commit(Contests(()), age=timedelta())
    assert place.looking.known("main") is not place.looking.known("main")


def test_what_stands_in_the_file_has_its_line_and_what_left_has_none(place: Place) -> None:
    places = place.looking.known("main").places
    assert (places[Uid("t1")].line, places[Uid("t2")].line) == (5, 0)


def test_another_configuration_reads_everything_anew(place: Place) -> None:
    place.looking.progress()
    place.settings = SimpleNamespace(**{**vars(place.settings), "other": 1})
    place.looking.progress()
    assert len(place.asked) == 2


def test_a_file_that_cannot_be_read_is_said_and_the_state_is_told_without_it(place: Place) -> None:
    (place.folder / "ROADMAP.md").unlink()
    trouble = place.looking.progress()["main"].trouble
    assert trouble is not None
    assert "ROADMAP.md" in trouble[0]
    assert place.looking.known("main").places[Uid("t1")].line == 0


def test_a_state_that_cannot_be_read_is_said_and_the_file_is_told_without_it(place: Place) -> None:
    place.settings.state.write_bytes(b"something else")
    trouble = place.looking.known("main").trouble
    assert trouble is not None
    assert "not a state of syncd" in trouble[0]
    assert place.looking.progress()["main"].bar.total == 2


def test_before_the_first_sync_there_is_a_file_and_nothing_else(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.looking.progress()["main"].bar.total == 2
    assert place.looking.known("main").trouble is None
    assert place.looking.entries("main", 10) == ()
    assert not place.settings.state.exists(), "looking makes nothing"


def test_the_log_of_a_roadmap_is_read_in_pages(place: Place) -> None:
    entries = [
        AuditEntry(NOW, f"r{n}", ("main", "other")[n % 2], "link", "done", uid=Uid(f"t{n % 3}"))
        for n in range(12)
    ]
    place.commit(*entries)
    runs = lambda *asked: [one.run for one in place.looking.entries("main", *asked)]  # noqa: E731 - it is asked thrice
    assert runs(4) == ["r10", "r8", "r6", "r4"]
    assert runs(4, 4) == ["r2", "r0"]
    assert runs(9, 0, Uid("t0")) == ["r6", "r0"]
