"""A sandbox in a file: stopped and started again, it is the same."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syncd.errors import SandboxError
from syncd.sandbox import Sandbox, people
from syncd.sandbox.records import Origin
from syncd.sandbox.rows import SqliteRows
from syncd.sandbox.world import World
from tests.unit.sandbox.conftest import REPO, Client


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.db"


def contents(world: World) -> dict[str, Any]:
    kept = (
        "users",
        "tokens",
        "projects",
        "labels",
        "milestones",
        "issues",
        "comments",
        "hooks",
        "log",
        "noise",
    )
    return {name: getattr(world, name) for name in kept}


def lived_in(sandbox: Sandbox) -> None:
    ann = sandbox.person()
    ann.create_milestone("M", due="2026-07-01")
    ann.create_milestone("gone")
    ann.create_issue("T", body="@ann #1", labels=["a", "b"], assignees=["ann"], milestone="M")
    ann.comment(1, "hello")
    ann.close(1, "not_planned")
    ann.delete_label("b")
    ann.delete_milestone("gone")
    people.rename_project(sandbox.world, sandbox.project(), "acme/gadgets")


def test_a_restart_keeps_everything(new_sandbox: Callable[..., Sandbox], file: Path) -> None:
    first = new_sandbox(file)
    lived_in(first)
    before = contents(first.world)
    first.stop()
    assert contents(new_sandbox(file).world) == before


def test_after_a_restart_numbers_and_ids_go_on(
    new_sandbox: Callable[..., Sandbox], new_client: Callable[..., Client], file: Path
) -> None:
    first = new_sandbox(file)
    last = new_client(first).post(f"{REPO}/issues", json={"title": "T"}).json()
    serial = first.world.serial
    first.stop()
    second = new_sandbox(file)
    made = new_client(second).post(f"{REPO}/issues", json={"title": "U"}).json()
    assert made["number"] == last["number"] + 1
    assert made["id"] > last["id"]
    assert second.world.serial == serial + 1


def test_the_file_and_the_memory_never_differ(new_sandbox: Callable[..., Sandbox], file: Path) -> None:
    """Not even when nobody stopped the sandbox: each effect is on disk when it is answered."""
    running = new_sandbox(file)
    lived_in(running)
    rows = SqliteRows(file)
    assert contents(World(running.clock, rows)) == contents(running.world)
    rows.close()


def test_reset_empties_the_file_too(new_sandbox: Callable[..., Sandbox], file: Path) -> None:
    first = new_sandbox(file)
    lived_in(first)
    first.reset()
    first.stop()
    assert new_sandbox(file).person().issues() == []


def test_an_effect_is_one_transaction(file: Path, clock: Callable[..., Any]) -> None:
    rows = SqliteRows(file)
    world = World(clock, rows)
    project = people.add_project(world, "a/b", "ann")
    with world.effect(Origin("ann")):
        world.put(replace(project, description="changed"))
        with sqlite3.connect(file) as other:
            assert "changed" not in str(other.execute("SELECT json FROM rows").fetchall())
        other.close()
    rows.close()


def test_nothing_changes_outside_an_effect(clock: Callable[..., Any]) -> None:
    world = World(clock)
    project = people.add_project(world, "a/b", "ann")
    with pytest.raises(RuntimeError):
        world.put(project)


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at", None])
def test_somebody_elses_file_is_refused_and_left_alone(file: Path, content: bytes | None) -> None:
    if content is None:
        other = sqlite3.connect(file)
        other.execute("CREATE TABLE precious (x)")
        other.close()
    else:
        file.write_bytes(content)
    before = file.read_bytes()
    with pytest.raises(SandboxError, match="cannot keep a sandbox"):
        Sandbox(file)
    assert file.read_bytes() == before


def test_a_file_that_cannot_be_made_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot keep a sandbox"):
        Sandbox(tmp_path / "nowhere" / "sandbox.db")
