"""How well roadmaps are read: precision and recall against outlines made by hand, per file and in total.

    python tools/accuracy.py FOLDER [--wrong] [--json]

Every ``NAME.md`` in FOLDER with a ``NAME.expected.yaml`` beside it is read and compared. The outline's form::

    mapping: {tables: true}          # optional: the mapping under which the outline holds
    milestones:
      - title: "Phase 1: Setup"      # null: tasks without a milestone
        line: 22                     # optional, as every line
        state: open                  # open or closed
        tasks:
          - {line: 26, title: "T001 Do it", done: true}      # or state: in_progress; kind, subtasks: not counted
    debatable: [{from: 40, to: 52}]  # nothing that stands on these lines counts, on either side

A milestone or task with ``debatable: true`` is one such line. What is compared:

* *milestones*: title (and line, where the outline names one);
* *tasks*: title (and line), wherever they are filed;
* *places*: a task of the right title under a milestone of the right title;
* *states*: tasks and milestones of the right title that are in the right state.

Exit status: 0, or 1 with ``--strict`` if anything differs; 64 for a folder without outlines.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from syncd.model.outline import Milestone, Outline, Task
from syncd.model.policy import ReadingRules
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source

ASPECTS: Final = ("milestones", "tasks", "places", "states")
_USAGE: Final = 64

Fact = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How many facts were expected, how many were read, and how many of these are the same."""

    expected: int = 0
    read: int = 0
    same: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.expected + other.expected, self.read + other.read, self.same + other.same)

    @property
    def precision(self) -> float:
        """The share of what was read that is right; 1 where nothing was read."""
        return self.same / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """The share of what was expected that was read; 1 where nothing was expected."""
        return self.same / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Facts:
    """One outline as bags of facts, by aspect."""

    bags: dict[str, Counter[Fact]] = field(default_factory=lambda: {name: Counter() for name in ASPECTS})

    def milestone(self, title: str, line: int | None, state: str) -> None:
        self.bags["milestones"][title, line] += 1
        self.bags["states"]["milestone", title, state] += 1

    def task(self, title: str, line: int | None, milestone: str | None, state: str) -> None:
        self.bags["tasks"][title, line] += 1
        self.bags["places"][milestone, title] += 1
        self.bags["states"]["task", title, state] += 1


class Expected:
    """An outline made by hand."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.mapping: dict[str, Any] = document.get("mapping") or {}
        self.milestones: list[dict[str, Any]] = document.get("milestones") or []
        self.lined = all("line" in task for one in self.milestones for task in one.get("tasks") or [])
        # An outline that says no more than done or not asks no more of the reader.
        self.fine = any("state" in task for one in self.milestones for task in one.get("tasks") or [])
        self.open_to_debate = set(self._debatable(document))

    def _debatable(self, document: dict[str, Any]) -> Iterator[int]:
        for span in document.get("debatable") or []:
            yield from range(span["from"], span.get("to", span["from"]) + 1)
        for one in self.milestones:
            yield from (entry["line"] for entry in (one, *(one.get("tasks") or [])) if entry.get("debatable"))

    def facts(self) -> Facts:
        facts = Facts()
        for one in self.milestones:
            if one["title"] is not None and self._counts(one.get("line")):
                facts.milestone(one["title"], self._line(one.get("line")), one.get("state", "open"))
            for task in one.get("tasks") or []:
                if self._counts(task.get("line")):
                    facts.task(task["title"], self._line(task.get("line")), one["title"], self._said(task))
        return facts

    def facts_of(self, outline: Outline) -> Facts:
        """What was read, told as this outline tells it."""
        facts = Facts()
        for one in outline.milestones:
            if self._counts(one.line):
                facts.milestone(one.title, self._line(one.line), one.state.value)
        for milestone, task in _filed(outline):
            if self._counts(task.line):
                title = milestone.title if milestone else None
                facts.task(task.title, self._line(task.line), title, self._state(task))
        return facts

    def _counts(self, line: int | None) -> bool:
        return line not in self.open_to_debate

    def _line(self, line: int | None) -> int | None:
        return line if self.lined else None

    def _said(self, task: dict[str, Any]) -> str:
        if self.fine:
            return str(task.get("state") or ("done" if task.get("done") else "open"))
        return "done" if task.get("done") else "not done"

    def _state(self, task: Task) -> str:
        if self.fine:
            return task.state.value
        return "done" if task.state.value == "done" else "not done"


def _filed(outline: Outline) -> Iterator[tuple[Milestone | None, Task]]:
    for milestone in outline.milestones:
        yield from ((milestone, task) for task in milestone.tasks)
    yield from ((None, task) for task in outline.unfiled)


@dataclass(frozen=True, slots=True)
class Compared:
    """One file: its scores by aspect, and what differs (``-`` was missed, ``+`` was not expected)."""

    name: str
    scores: dict[str, Score]
    wrong: tuple[str, ...]


def compare(markdown: Path) -> Compared:
    """Read a file and compare it with the outline beside it."""
    text = markdown.with_suffix(".expected.yaml").read_text(encoding="utf-8")
    expected = Expected(yaml.safe_load(text))
    outline = read(Source.of(markdown.read_bytes(), markdown.name), _rules(expected.mapping)).outline
    ours, theirs = expected.facts_of(outline).bags, expected.facts().bags
    scores = {
        name: Score(theirs[name].total(), ours[name].total(), (ours[name] & theirs[name]).total())
        for name in ASPECTS
    }
    return Compared(markdown.name, scores, tuple(_differences(theirs, ours)))


def _rules(mapping: dict[str, Any]) -> ReadingRules:
    rules: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in mapping.items()
    }
    return ReadingRules(**rules)


def _differences(expected: dict[str, Counter[Fact]], read_as: dict[str, Counter[Fact]]) -> Iterator[str]:
    for name in ASPECTS:
        for sign, bag in (("-", expected[name] - read_as[name]), ("+", read_as[name] - expected[name])):
            yield from (f"{sign} {name}: {fact}" for fact in bag.elements())


def compare_all(folder: Path) -> list[Compared]:
    """All files of a folder that have an outline, by name."""
    names = sorted(path for path in folder.glob("*.md") if path.with_suffix(".expected.yaml").is_file())
    return [compare(path) for path in names]


def total(compared: list[Compared]) -> dict[str, Score]:
    """All files together: every fact weighs the same."""
    return {name: sum((one.scores[name] for one in compared), Score()) for name in ASPECTS}


def table(compared: list[Compared], *, wrong: bool) -> Iterator[str]:
    """Lines for people: precision and recall by file, in total, and as the mean of the files."""
    width = max(len(one.name) for one in compared)
    yield " " * width + "".join(f"  {name:^13}" for name in ASPECTS)
    yield " " * width + "    P      R   " * len(ASPECTS)
    for one in compared:
        yield one.name.ljust(width) + _row(one.scores)
        yield from (f"    {line}" for line in one.wrong if wrong)
    yield "total".ljust(width) + _row(total(compared))
    means = (sum(one.scores[name].f1 for one in compared) / len(compared) for name in ASPECTS)
    yield "mean F1".ljust(width) + "".join(f"     {mean:.3f}     " for mean in means)


def _row(scores: dict[str, Score]) -> str:
    return "".join(f"  {scores[name].precision:.3f}  {scores[name].recall:.3f} " for name in ASPECTS)


def as_json(compared: list[Compared]) -> dict[str, Any]:
    """The same for programs."""
    files = [{"file": one.name, **_numbers(one.scores), "wrong": list(one.wrong)} for one in compared]
    return {"files": files, "total": _numbers(total(compared))}


def _numbers(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    return {
        name: {"precision": score.precision, "recall": score.recall, "f1": score.f1}
        for name, score in scores.items()
    }


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="precision and recall of reading roadmaps")
    parser.add_argument("folder", type=Path, help="*.md, each with its *.expected.yaml")
    parser.add_argument("--wrong", action="store_true", help="also print what differs")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--strict", action="store_true", help="exit 1 if anything differs")
    chosen = parser.parse_args(arguments)
    compared = compare_all(chosen.folder)
    if not compared:
        print(f"no *.md with an *.expected.yaml in {chosen.folder}", file=sys.stderr)
        return _USAGE
    if chosen.json:
        print(json.dumps(as_json(compared), ensure_ascii=False, indent=1))
    else:
        print("\n".join(table(compared, wrong=chosen.wrong)))
    return int(chosen.strict and any(one.wrong for one in compared))


if __name__ == "__main__":
    sys.exit(main())
