"""What a tracker changes comes into the file as it was meant, in its own lines only, and what was true stays true.

The judges (:mod:`tests.laws.oracle`, :mod:`tests.laws.meaning`, :mod:`tests.laws.recount`) share nothing with the
editor. They look at real roadmaps, at our own fixtures in the idioms that people use, and at these in other spellings.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from syncd.model.changes import RoadmapChange
from syncd.model.outline import Task
from syncd.model.policy import ReadingRules
from syncd.roadmap.editor import Realised, realise
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import BOM, Source
from tests.laws import meaning, oracle, recount, tracker

HERE = Path(__file__).parent
FIXTURES = sorted([HERE / "counted.md", *(HERE.parent / "unit" / "roadmap" / "wild").glob("*.md")])
SAMPLES = (
    "seeds/dataknobs", "seeds/joget", "seeds/ofsc", "seeds/p3roadmap", "seeds/ratchet",
    "roadmaps/016", "roadmaps/041", "roadmaps/050", "roadmaps/071", "roadmaps/097",
)  # fmt: skip

NAMED = (
    "tasks of the milestone are still open",
    "its tasks say otherwise, and no heading of this kind carries a status",
    "its state follows from its boxes, and neither it nor its siblings carry a status",
    "its status cell says nothing that is known, and is left as it is",
    "a row of a table has no checklist",
    "a row stays in its table",
    "the tasks of that milestone are rows of a table",
    "the task carries another stamp",
    "the title is empty, or is not text",
    "no heading of a milestone shows how another is written",
    "the title stands in HTML, where text cannot be made harmless",
)
"""What reading-roadmaps §8 lets have no place, in the editor's words; else the text would be read as something else."""
MISREAD = re.compile(
    r"written, it would be read differently: |the file would have \d+ (?:tasks|milestones), not "
)


def reading(path: Path, data: bytes | None = None) -> tuple[Document, ReadingRules]:
    """A roadmap read as its outline says that it is to be read."""
    outline = path.with_suffix(".expected.yaml")
    mapping = (
        yaml.safe_load(outline.read_text(encoding="utf-8")).get("mapping", {}) if outline.exists() else {}
    )
    rules = ReadingRules(tables=mapping.get("tables", False), quotes=mapping.get("quotes", False))
    return read(Source.of(path.read_bytes() if data is None else data, path.name), rules), rules


def check(document: Document, changes: Sequence[RoadmapChange], rules: ReadingRules) -> Realised:
    """Carry changes out, and judge."""
    result = realise(document, changes, rules, None)
    refused = [change for change, _ in result.no_place]
    kept = [change for change in changes if change not in refused]
    again = read(
        Source.of(result.document.source.data, document.source.path), rules, result.document.outline.reading
    )
    before, after = oracle.lines_of(document.source.data), oracle.lines_of(again.source.data)
    board, meant = bool(document.lanes), document.source.meant
    echoes = {document.source.line_of(echo.mark.start): echo.line for echo in document.echoes}
    try:
        new = again.outline.milestones[len(document.outline.milestones) :]
        lines = oracle.compare_lines(
            before, after, document.outline, kept, meant, board=board, new_milestones=new, echoes=echoes
        )
        tasks = {task.key: task for task in again.outline.tasks()}
        meaning.compare_tasks(meaning.expected(document.outline, kept), tasks, result.keys)
        meaning.compare_places(document.outline, again.outline, kept, result.keys, board=board)
        readings = (before, document.outline), (after, again.outline)
        false = list(recount.untrue(*readings, lines, result.keys, meant))
        if false:
            raise oracle.Broken("\n".join(false))
    except oracle.Broken as broken:
        told = "\n".join(f"  {one.line}: {one.before!r} → {one.after!r}" for one in result.lines)
        raise AssertionError(f"{broken}\n{tracker.shown(changes)}\n{told}") from broken
    return result


def storm(path: Path, *, singly: int, together: int, data: bytes | None = None) -> Counter[str]:
    """So many single changes and batches of 2 to 10 on one roadmap; how many had no place, by kind and reason."""
    document, rules = reading(path, data)
    if not any(True for _ in document.outline.tasks()):
        return Counter()
    figures: Counter[str] = Counter()
    for number, count in _counts(path, singly, together):
        rng = random.Random(f"{path.name} {number} {count > 1}")
        changes = tracker.changes(rng, document.outline, count)
        result = check(document, changes, rules)
        figures.update(tracker.kind(change) for change in changes)
        for change, reason in result.no_place:
            named = reason in NAMED or "no place" in reason or MISREAD.match(reason)
            assert named, f"{reason}\n{change}"
            # A change alone has every way of writing it to itself.
            assert count > 1 or not (MISREAD.match(reason) and _sure(document, change)), f"{reason}\n{change}"
            figures[f"{tracker.kind(change)}: {MISREAD.sub('read differently: ', reason)[:60]}"] += 1
    return figures


def _counts(path: Path, singly: int, together: int) -> Iterator[tuple[int, int]]:
    rng = random.Random(path.name)
    yield from ((number, 1) for number in range(singly))
    yield from ((number, rng.randint(2, 10)) for number in range(together))


def _sure(document: Document, change: RoadmapChange) -> bool:
    """Whether a change always has a place: whatever belongs to a box in a list that is no board's."""
    task: Task | None = next(
        (one for one in document.outline.tasks() if one.key == getattr(change, "task", None)), None
    )
    if task is None or task.kind != "box" or document.lanes:
        return False
    return tracker.kind(change) in (
        "SetTask.title",
        "SetTask.state",
        "TickItem",
        "AddItem",
        "StampTask",
        "MoveTask",
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_tracker_edits_of_a_real_roadmap(shared: Path, name: str) -> None:
    storm(shared / f"{name}.md", singly=60, together=15)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_tracker_edits_of_every_idiom(path: Path) -> None:
    storm(path, singly=20, together=6)


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
@pytest.mark.parametrize("bom", [b"", BOM])
def test_tracker_edits_of_other_spellings(ending: bytes, bom: bytes) -> None:
    for path in FIXTURES:
        storm(path, singly=3, together=2, data=bom + path.read_bytes().replace(b"\n", ending))


@pytest.mark.nightly
@pytest.mark.parametrize("name", SAMPLES)
def test_500_tracker_edits_of_a_real_roadmap(shared: Path, name: str) -> None:
    storm(shared / f"{name}.md", singly=500, together=500)


@pytest.mark.nightly
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_500_tracker_edits_of_every_idiom(path: Path) -> None:
    storm(path, singly=500, together=500)
