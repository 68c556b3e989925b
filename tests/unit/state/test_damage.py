"""Old, new, or refused (I10): a torn, flipped or foreign file is told, never read as empty, never overwritten."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syncd.errors import STATE_UNUSABLE, LockHeld, StateError, SyncdError
from syncd.model.values import Uid
from syncd.state import Store, verify
from tests.unit.state import samples
from tests.unit.state.samples import open_store

PAGE = 4096


def contents(store: Store) -> tuple[object, ...]:
    """All that syncd decides by."""
    return (
        store.load("main"),
        store.observed("main", "github"),
        store.missing("main", "github"),
        store.roadmaps(),
    )


@pytest.fixture
def whole(full: Path) -> tuple[object, ...]:
    with open_store(full) as store:
        return contents(store)


def refused_or_whole(path: Path, whole: tuple[object, ...], *, read_only: bool) -> bool:
    """True if it was refused; fails if it was read as anything else, or changed, or if writing it breaks later."""
    before = path.read_bytes()
    error = try_it(path, whole, read_only=read_only)
    if error is None:
        return False
    assert error.exit_code == STATE_UNUSABLE
    assert error.hint
    assert path.read_bytes() == before
    return True


def try_it(path: Path, whole: tuple[object, ...], *, read_only: bool) -> StateError | None:
    try:
        with open_store(path, read_only=read_only) as store:
            assert contents(store) == whole
            store.commit("main", replace(samples.TASK, title="written after"))
            assert store.load("main").tasks[Uid("t1")].title == "written after"
        with open_store(path, read_only=True) as store:
            contents(store)
    except StateError as error:
        return error
    return None


def flips(good: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    """The file with one bit turned: everywhere, and as often in the header and where something is written."""
    draw = random.Random(20260301)
    used = [offset for offset in range(len(good)) if good[offset]]
    for places in (range(len(good)), range(100), used):
        for offset in draw.sample(places, min(count, len(places))):
            bad = bytearray(good)
            bad[offset] ^= 1 << draw.randrange(8)
            yield offset, bytes(bad)


@pytest.mark.parametrize(
    ("count", "read_only"),
    [
        pytest.param(40, True, id="dry run"),
        pytest.param(20, False, id="run"),
        pytest.param(1_500, True, id="many", marks=pytest.mark.nightly),
    ],
)
def test_a_flipped_bit_is_noticed_or_without_meaning(
    full: Path, whole: tuple[object, ...], count: int, read_only: bool
) -> None:
    refused = 0
    for _offset, bad in flips(full.read_bytes(), count):
        full.write_bytes(bad)
        refused += refused_or_whole(full, whole, read_only=read_only)
    assert refused > count // 2


def test_a_truncated_file_is_always_noticed(full: Path, whole: tuple[object, ...]) -> None:
    good = full.read_bytes()
    for length in sorted({0, 1, 15, 16, 17, 99, 100, 101, *range(512, len(good), 512), len(good) - 1}):
        full.write_bytes(good[:length])
        # In the last page, only zeros that nobody reads may be missing.
        assert refused_or_whole(full, whole, read_only=True) or length > len(good) - PAGE, length


def test_a_block_of_zeros_or_of_another_place_is_noticed(full: Path, whole: tuple[object, ...]) -> None:
    good = full.read_bytes()
    for start in range(0, len(good), PAGE):
        other = good[:PAGE] if start else good[PAGE : 2 * PAGE]
        for block in (bytes(PAGE), other):
            full.write_bytes(good[:start] + block + good[start + PAGE :])
            assert refused_or_whole(full, whole, read_only=True), start


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tasks SET data = replace(data, '4.1', '4.2')",
        "DELETE FROM links",
        "INSERT INTO tasks SELECT roadmap, 'twin', data FROM tasks",
        "UPDATE meta SET data = '999' WHERE name = 'serial'",
        "DELETE FROM tombstones",
        "DELETE FROM checks WHERE name = 'links'",
        "UPDATE checks SET digest = '00' WHERE name = 'links'",
        "DELETE FROM checks",
        "DROP TABLE links",
        "DROP TABLE checks",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER evil AFTER INSERT ON audit BEGIN DELETE FROM links; END",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
    ],
)
def test_what_another_program_changed_is_noticed(
    full: Path, whole: tuple[object, ...], statement: str
) -> None:
    connection = sqlite3.connect(full)
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert refused_or_whole(full, whole, read_only=False)


def test_damaged_history_does_not_stop_a_run_but_is_found_by_verify(
    full: Path, whole: tuple[object, ...]
) -> None:
    connection = sqlite3.connect(full)
    connection.execute("UPDATE audit SET data = replace(data, 'done', 'gone')")
    connection.commit()
    connection.close()
    assert not refused_or_whole(full, whole, read_only=True)
    with pytest.raises(StateError):
        verify(full)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"SQLite format 3\0", b"# ROADMAP\n- [ ] one\n", b"{}" * 500, bytes(8192)],
    ids=["empty", "zero", "magic alone", "a roadmap", "JSON", "zeros"],
)
def test_a_file_that_is_no_state_is_refused_and_kept(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for read_only in (True, False):
        with pytest.raises(StateError) as caught:
            open_store(path, read_only=read_only)
        assert str(path) in str(caught.value)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", ["database", "text"])
def test_the_file_of_another_program_is_not_called_damaged_but_left_to_it(path: Path, kind: str) -> None:
    path.parent.mkdir()
    path.write_bytes(b"dear diary\n" if kind == "text" else b"")
    if kind == "database":
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE tasks (uid)")
        connection.close()
    with pytest.raises(StateError) as caught:
        open_store(path)
    assert "state:" in caught.value.hint


@pytest.mark.parametrize("kind", ["folder", "fifo", "dangling"])
def test_a_state_must_be_a_regular_file(path: Path, kind: str) -> None:
    path.parent.mkdir()
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "dangling":
            path.symlink_to(path.parent / "elsewhere.db")
    with pytest.raises(StateError):
        open_store(path)


@pytest.mark.parametrize("beside", ["state.db-journal", "state.db-wal"])
def test_a_missing_state_with_its_journal_left_is_not_a_new_one(path: Path, beside: str) -> None:
    path.parent.mkdir()
    (path.parent / beside).write_bytes(b"half a transaction")
    for read_only in (True, False):
        with pytest.raises(StateError):
            open_store(path, read_only=read_only)
    assert not path.exists()


# A process that dies, a disk that is full, another that writes


def test_a_process_killed_inside_a_commit_leaves_the_old_state(full: Path, whole: tuple[object, ...]) -> None:
    program = textwrap.dedent(
        """
        import os, signal, sqlite3, sys
        connection = sqlite3.connect(sys.argv[1], isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")  # spills into the file before the commit, as large ones do
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE tasks SET data = 'torn'")
        connection.execute("CREATE TABLE filler (x)")
        for _ in range(200):
            connection.execute("INSERT INTO filler VALUES (randomblob(4000))")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    ended = subprocess.run([sys.executable, "-c", program, str(full)], check=False)
    assert ended.returncode == -signal.SIGKILL
    journal = full.with_name("state.db-journal")
    assert journal.exists()
    before = full.read_bytes(), journal.read_bytes()
    with open_store(
        full, read_only=True
    ) as store:  # a dry run sees the old state, and leaves the journal to a run
        assert contents(store) == whole
    assert (full.read_bytes(), journal.read_bytes()) == before
    with open_store(full) as store:
        assert contents(store) == whole
    assert not journal.exists()


def test_a_full_disk_leaves_the_old_state_and_is_no_damage(full: Path, whole: tuple[object, ...]) -> None:
    program = textwrap.dedent(
        f"""
        import resource, signal, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from syncd.errors import StateError
        from syncd.model.links import KnownTask
        from syncd.model.values import Uid
        from syncd.state import Store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a write past the limit fails like one on a full disk
        with Store.open(Path({str(full)!r}), clock=lambda: datetime.now(UTC), mint=str) as store:
            resource.setrlimit(resource.RLIMIT_FSIZE, ({full.stat().st_size + 20_000},) * 2)
            try:
                store.commit("main", *(KnownTask(Uid(f"x{{n}}"), "t" * 5000) for n in range(300)))
            except StateError as error:
                print(error, file=sys.stderr)
                sys.exit(5)
        """
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert ended.returncode == 5, ended.stderr
    assert "damaged" not in ended.stderr
    with open_store(full) as store:
        assert contents(store) == whole


def test_while_another_process_writes_the_state_it_is_later_not_damaged(full: Path) -> None:
    with open_store(full) as store:
        other = sqlite3.connect(full, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            with pytest.raises(LockHeld):
                store.commit("main", samples.SETTLE)
        finally:
            other.execute("ROLLBACK")
            other.close()
        store.commit("main", samples.SETTLE)


def test_no_error_shows_what_people_wrote(full: Path) -> None:
    with open_store(full) as store:
        connection = sqlite3.connect(full)
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON tasks BEGIN SELECT RAISE(ABORT, 'no'); END")
        connection.commit()
        connection.close()
        with pytest.raises(SyncdError) as caught:
            store.commit("main", replace(samples.TASK, title="a secret plan"))
    texts = []
    error: BaseException | None = caught.value
    while error is not None:
        texts.append(str(error))
        error = error.__cause__ or error.__context__
    assert "secret plan" not in " ".join(texts)
