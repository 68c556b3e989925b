"""What the pages for people name is there: files and folders of the repository, by their paths."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = ("syncd", "tests", "docs", "config", "deploy", "benchmarks", ".ci")
PATH = re.compile(rf"`((?:{'|'.join(map(re.escape, ROOMS))})/[\w./*{{}}-]*)(?:::[^`]*)?`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = [
        path
        for path in PATH.findall(page.read_text(encoding="utf-8"))
        if not re.search(r"[*{}]|[A-Z]{4}", path)
    ]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_table_of_rooms_names_every_package_and_module_at_the_top() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {
        path for path in (ROOT / "syncd").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    known = {path for path in rooms if path.name not in {"__init__.py", "__main__.py"}}
    assert {
        path.name for path in known if f"`syncd/{path.name}{'/' if path.is_dir() else ''}`" not in table
    } == set()
