"""Backups are whole and checked; a restore never goes back, or over to another state, unless it is told to."""

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.errors import LockHeld, StateError, UsageError
from syncd.model.links import KnownTask
from syncd.model.values import Uid
from syncd.state import Store, backup, export, hold, lock_path, restore, verify
from tests.unit.state import samples
from tests.unit.state.samples import NOW, clock, open_store


@pytest.fixture
def kept(full: Path, tmp_path: Path) -> Path:
    """A backup of the full state."""
    target = tmp_path / "kept.db"
    backup(full, target)
    return target


def go_on(path: Path, title: str = "later") -> None:
    with open_store(path) as store:
        store.commit("main", KnownTask(Uid("t5"), title))


def test_a_backup_holds_what_the_state_holds(full: Path, kept: Path) -> None:
    mine, copy = verify(full), verify(kept)
    assert (mine.lineage, mine.serial, mine.content) == (copy.lineage, copy.serial, copy.content)
    with open_store(full) as one, open_store(kept) as other:
        assert one.load("main") == other.load("main")
        assert one.audit() == other.audit()
    assert kept.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in kept.parent.iterdir()) == [".syncd", "kept.db"]


def test_a_backup_overwrites_nothing(full: Path, kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(UsageError):
        backup(full, kept)
    assert kept.read_bytes() == before


def test_no_backup_is_made_of_a_damaged_state(full: Path, tmp_path: Path) -> None:
    full.write_bytes(full.read_bytes()[:-4096])
    with pytest.raises(StateError):
        backup(full, tmp_path / "kept.db")
    assert not (tmp_path / "kept.db").exists()


@pytest.mark.parametrize("work", [verify, export], ids=["verify", "export"])
def test_of_nothing_there_is_nothing_to_tell(work: Callable[[Path], object], path: Path) -> None:
    with pytest.raises(StateError):
        work(path)
    assert not path.parent.exists()


def test_an_export_is_json_with_everything_in_it(full: Path) -> None:
    exported = json.loads(json.dumps(export(full)))
    assert exported["revision"] == "0001"
    assert {"name": "lineage", "data": "6f1c-lineage"} in exported["meta"]
    (issue,) = exported["issues"]
    assert (issue["roadmap"], issue["remote"], issue["number"]) == ("main", "github", 7)
    assert issue["data"]["title"] == samples.ISSUE.title
    assert {table for table in exported if not exported[table]} == set()


def test_a_restored_state_goes_on_from_there(full: Path, kept: Path) -> None:
    full.unlink()
    assert restore(kept, full, now=NOW) is None
    with open_store(full) as store:
        assert store.load("main").tasks == {samples.TASK.uid: samples.TASK}
    go_on(full)
    assert verify(full).serial == verify(kept).serial + 1
    assert kept.exists()


def test_an_older_serial_is_refused_unless_forced(full: Path, kept: Path) -> None:
    go_on(full)
    now = full.read_bytes()
    with pytest.raises(StateError) as caught:
        restore(kept, full, now=NOW)
    assert "--force" in caught.value.hint
    assert full.read_bytes() == now
    aside = restore(kept, full, now=NOW, force=True)
    assert aside is not None
    assert aside.read_bytes() == now
    assert verify(full).content == verify(kept).content


def test_another_lineage_is_refused_unless_forced(full: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "state.db"
    with Store.open(other, clock=clock, mint=lambda: "another-lineage") as store:
        store.take_over("another-lineage")
    for _ in range(5):
        go_on(other, str(verify(other).serial))
    assert verify(other).serial > verify(full).serial
    with pytest.raises(StateError):
        restore(other, full, now=NOW)
    restore(other, full, now=NOW, force=True)
    assert verify(full).lineage == "another-lineage"


def test_the_same_serial_with_other_content_is_refused_unless_forced(full: Path, kept: Path) -> None:
    go_on(full, "here")
    go_on(kept, "there")
    assert verify(full).serial == verify(kept).serial
    with pytest.raises(StateError):
        restore(kept, full, now=NOW)
    restore(kept, full, now=NOW, force=True)


def test_a_newer_serial_of_the_same_state_is_welcome(full: Path, kept: Path) -> None:
    go_on(kept)
    assert restore(kept, full, now=NOW)
    assert verify(full).serial == verify(kept).serial


def test_a_damaged_backup_restores_nothing(full: Path, kept: Path) -> None:
    before = full.read_bytes()
    kept.write_bytes(kept.read_bytes()[:8192])
    for force in (True, False):
        with pytest.raises(StateError):
            restore(kept, full, now=NOW, force=force)
    assert full.read_bytes() == before


def test_a_damaged_state_is_replaced_and_kept_as_evidence(full: Path, kept: Path) -> None:
    torn = full.read_bytes()[:10_000]
    full.write_bytes(torn)
    journal = full.with_name("state.db-journal")
    journal.write_bytes(b"the journal of the torn file")
    aside = restore(kept, full, now=NOW)
    assert aside is not None
    assert aside.read_bytes() == torn
    assert not journal.exists()
    with open_store(full) as store:
        assert store.load("main").links


def test_nothing_is_restored_under_a_run(full: Path, kept: Path) -> None:
    with hold(lock_path(full, "main"), exclusive=True, now=NOW), pytest.raises(LockHeld):
        restore(kept, full, now=NOW)


def test_two_restores_put_two_files_aside(full: Path, kept: Path) -> None:
    first = restore(kept, full, now=NOW)
    second = restore(kept, full, now=NOW + timedelta(seconds=1))
    assert first != second
    assert first is not None
    assert first.exists()


def test_a_backup_is_of_one_moment_while_others_write(full: Path, tmp_path: Path) -> None:
    other = sqlite3.connect(full, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM links")
    backup(full, tmp_path / "kept.db")
    other.execute("ROLLBACK")
    other.close()
    with open_store(tmp_path / "kept.db") as store:
        assert store.load("main").links
