"""A state of any earlier version comes up to this one, after a backup; a newer one is refused (I22)."""

import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from syncd.errors import StateError
from syncd.state import schema, verify
from syncd.state.migrating import migrate
from syncd.state.opening import OURS, Migrations, connect, create
from tests.unit.state import samples
from tests.unit.state.samples import open_store

VERSIONS = Path(__file__).parent / "versions"
"""One dump per released revision: what that version wrote, as SQL."""

SECOND = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("ALTER TABLE reports ADD COLUMN more TEXT NOT NULL DEFAULT ''")
    {more}
"""


@pytest.fixture
def later(tmp_path: Path) -> Migrations:
    """This version and one more revision, as the next release would have it."""
    return scripts(tmp_path, "pass")


def scripts(tmp_path: Path, more: str) -> Migrations:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_bytes((OURS.scripts / "env.py").read_bytes())
    for script in (OURS.scripts / "versions").glob("v*.py"):
        (folder / "versions" / script.name).write_bytes(script.read_bytes())
    (folder / "versions" / "v0002_more.py").write_text(SECOND.format(more=more), encoding="utf-8")
    return Migrations(folder, (*OURS.revisions, "0002"))


def tables_of(path: Path) -> list[str]:
    """How the tables are made; but for alembic's own, which it may spell as it likes."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT sql FROM sqlite_master WHERE name <> 'alembic_version' ORDER BY name")
    lines = [line for (line,) in found if line]
    connection.close()
    return lines


def backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob("state.db.before-*"))


def test_the_revisions_are_those_of_the_scripts_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(OURS.scripts))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS


def test_a_migrated_state_has_the_tables_of_a_new_one(path: Path) -> None:
    create(path, samples.mint(), samples.clock())
    oldest = path.with_name("oldest.db")
    sqlite3.connect(oldest).close()
    engine = connect(oldest)
    migrate(engine, oldest, OURS, keep=None)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, schema.METADATA)
    engine.dispose()
    assert differences == []
    assert tables_of(oldest) == tables_of(path)


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_a_state_of_each_released_version_is_read_as_it_was_meant(revision: str, path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript((VERSIONS / f"{revision}.sql").read_text(encoding="ascii"))
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.close()
    with open_store(path) as store:
        ledger = store.load("main")
        assert ledger.links == (samples.MILESTONE_LINK, samples.LINK)
        assert ledger.tasks == {samples.TASK.uid: samples.TASK}
        assert ledger.intents == (replace(samples.INTENT, id=1),)
        assert ledger.tombstones == (samples.TOMBSTONE,)
        assert ledger.contests == (samples.CONTEST,)
        assert store.observed("main", "github") == ((samples.ISSUE,), (samples.STONE,))
        assert store.audit() == (samples.ENTRY,)


def test_an_older_state_is_migrated_after_a_backup(full: Path, later: Migrations) -> None:
    before = full.read_bytes()
    old = verify(full)
    with open_store(full, migrations=later) as store:
        assert store.load("main").links
        assert store.serial == old.serial
    assert verify(full, later).revision == "0002"
    (kept,) = backups(full)
    assert kept.stat().st_mode & 0o077 == 0
    assert replace(verify(kept), path=full) == old
    assert before != full.read_bytes()
    with open_store(full, migrations=later):
        assert backups(full) == [kept]


def test_a_dry_run_migrates_a_copy(full: Path, later: Migrations) -> None:
    before = full.read_bytes()
    with open_store(full, read_only=True, migrations=later) as store:
        assert store.load("main").links
    assert full.read_bytes() == before
    assert backups(full) == []


def test_an_older_binary_refuses_a_newer_state(full: Path, later: Migrations) -> None:
    open_store(full, migrations=later).close()
    before = full.read_bytes()
    for read_only in (True, False):
        with pytest.raises(StateError) as caught:
            open_store(full, read_only=read_only)
        assert caught.value.hint
    assert full.read_bytes() == before


def test_after_a_downgrade_the_backup_can_be_read(full: Path, later: Migrations) -> None:
    open_store(full, migrations=later).close()
    (kept,) = backups(full)
    kept.replace(full)
    with open_store(full) as store:
        assert store.load("main").links == (samples.MILESTONE_LINK, samples.LINK)


def test_a_damaged_older_state_is_not_migrated(full: Path, later: Migrations) -> None:
    connection = sqlite3.connect(full)
    connection.execute("DELETE FROM links")
    connection.commit()
    connection.close()
    with pytest.raises(StateError):
        open_store(full, migrations=later)
    assert backups(full) == []


def test_a_migration_that_fails_leaves_the_old_state(full: Path, tmp_path: Path) -> None:
    failing = scripts(tmp_path, 'op.execute("DELETE FROM links"); op.execute("no such statement")')
    with pytest.raises(StateError):
        open_store(full, migrations=failing)
    with open_store(full) as store:
        assert store.load("main").links


def test_a_process_killed_in_a_migration_leaves_the_old_state(full: Path, tmp_path: Path) -> None:
    killing = scripts(tmp_path, 'op.execute("DELETE FROM links"); import os; os.kill(os.getpid(), 9)')
    program = textwrap.dedent(
        f"""
        from datetime import UTC, datetime
        from pathlib import Path
        from syncd.state import Store
        from syncd.state.opening import Migrations
        Store.open(
            Path({str(full)!r}), clock=lambda: datetime.now(UTC), mint=str,
            migrations=Migrations(Path({str(killing.scripts)!r}), {killing.revisions!r}),
        )
        """
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    with open_store(full) as store:
        assert store.load("main").links == (samples.MILESTONE_LINK, samples.LINK)


def test_alembic_is_loaded_only_to_migrate(full: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from syncd.state import Store
        with Store.open(Path({str(full)!r}), clock=lambda: datetime.now(UTC), mint=str) as store:
            store.load("main")
        sys.exit("alembic" in sys.modules)
        """
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
