"""The five seeds and five roadmaps of the corpus, title by title (reading-roadmaps §6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from syncd.model.policy import ReadingRules
from syncd.roadmap.outline import read, to_json
from syncd.roadmap.source import Source
from tests.conftest import Seed
from tests.unit.roadmap.outline_case import accounted

WILD = ("016", "041", "050", "071", "097")


def _read(path: Path, **rules: Any):
    return read(Source.of(path.read_bytes(), path.name), ReadingRules(**rules)).outline


def test_a_seed_is_read_as_its_golden_file_says(seed: Seed) -> None:
    golden = json.loads(seed.golden.read_text())
    mapping = {name: tuple(value) for name, value in golden.get("mapping", {}).items()}
    outline = to_json(_read(seed.roadmap, **mapping), golden["file"])
    kept = ("title", "state", "line", "kind", "checklist")
    assert [
        {
            "title": milestone["title"],
            "state": milestone["state"],
            "line": milestone["line"],
            "tasks": [{name: task[name] for name in kept} for task in milestone["tasks"]],
        }
        for milestone in outline["milestones"]
    ] == golden["milestones"]
    assert golden["totals"].items() <= outline["totals"].items()
    assert outline["unfiled"] == []


def test_every_box_of_a_seed_is_accounted_for(seed: Seed) -> None:
    outline = _read(seed.roadmap)
    assert outline.boxes == accounted(outline)
    assert (
        outline.boxes
        == {"joget": 285, "ratchet": 172, "dataknobs": 286, "p3roadmap": 73, "ofsc": 137}[seed.name]
    )


def test_p3roadmap_without_a_mapping_has_overview_and_breakdown(shared: Path) -> None:
    totals = to_json(_read(shared / "seeds" / "p3roadmap.md"), "")["totals"]
    assert (totals["milestones"], totals["tasks"], totals["tasks_done"]) == (8, 60, 44)


def test_ratchet_names_the_overview_that_disagrees(shared: Path) -> None:
    warnings = _read(shared / "seeds" / "ratchet.md").warnings
    assert [w.line for w in warnings if w.code == "overview-disagrees"] == [271]


@pytest.mark.parametrize("name", WILD)
def test_a_roadmap_of_the_corpus_is_read_as_outlined_by_hand(shared: Path, name: str) -> None:
    expected = yaml.safe_load((shared / "roadmaps" / f"{name}.expected.yaml").read_text())
    outline = _read(shared / "roadmaps" / f"{name}.md")
    titles = {milestone.key: milestone.title for milestone in outline.milestones}
    assert [(m.title, m.line, m.state.value) for m in outline.milestones] == [
        (m["title"], m["line"], m["state"]) for m in expected["milestones"] if m["title"]
    ]
    assert [
        (titles.get(task.milestone), task.line, task.title, task.state == "done", _direct(task))
        for task in outline.tasks()
    ] == [
        (m["title"], t["line"], t["title"], t["done"], t["subtasks"])
        for m in expected["milestones"]
        for t in m["tasks"]
    ]
    assert outline.boxes == accounted(outline)


def _direct(task) -> int:
    """Hand-made outlines count direct children (reading-roadmaps §6)."""
    return sum(item.depth == 0 for item in task.checklist)
