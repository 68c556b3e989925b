"""A write of the roadmap that was refused leaves nothing open: there is nothing to settle (design §8.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd import files
from syncd.apply import Rewrite, write_roadmap
from syncd.errors import RoadmapChanged
from syncd.state import Store

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_refused_write_closes_its_intent_and_a_done_one_too(memory: Path) -> None:
    path = memory / "ROADMAP.md"
    path.write_bytes(b"before\n")
    _, version = files.read(path)
    with Store.open(memory / "state.db", clock=lambda: NOON, mint=lambda: "lineage") as store:
        path.write_bytes(b"a person was faster\n")
        with pytest.raises(RoadmapChanged):
            write_roadmap(
                store, "main", "run", Rewrite(path, version, b"after\n", (), (), (), ()), lambda: NOON
            )
        assert store.load("main").intents == ()
        assert path.read_bytes() == b"a person was faster\n"
        _, version = files.read(path)
        write_roadmap(store, "main", "run", Rewrite(path, version, b"after\n", (), (), (), ()), lambda: NOON)
        assert store.load("main").intents == ()
        assert path.read_bytes() == b"after\n"
