"""A state in a folder of its own."""

from pathlib import Path

import pytest

from tests.unit.state.samples import EVERYTHING, INTENT, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".syncd" / "state.db"


@pytest.fixture
def full(path: Path) -> Path:
    """A state that holds one of everything."""
    with open_store(path) as store:
        store.commit("main", *EVERYTHING)
        store.begin("main", INTENT)
        store.save_report("main", '{"exit_code": 0}')
    return path
