"""The mapping that auto reading amounts to for one file: what ``syncd init`` writes down for a person to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from syncd.model.policy import ReadingRules
from syncd.roadmap.check.numbers import meaning
from syncd.roadmap.outline import Document, read

_DEEPEST: Final = 6
_SECTION: Final = "section: "


def found_mapping(document: Document) -> ReadingRules:
    """The keys that say what auto found. Each is proven: read with them the file says the same.

    ``document`` was read without a mapping. A key that would change anything is left out: not all that auto does can be
    said with a mapping (bold paragraphs as milestones, single headings as tasks).
    """
    meant = meaning(document.outline)
    rules = ReadingRules()
    for add in _candidates(document):
        candidate = add(rules)
        if meaning(read(document.source, candidate).outline) == meant:
            rules = candidate
    return rules


def _candidates(document: Document) -> Iterator[Callable[[ReadingRules], ReadingRules]]:
    outline = document.outline
    if 1 <= outline.reading.level <= _DEEPEST:
        yield lambda rules: replace(rules, milestone=f"h{outline.reading.level}")
    tasks = list(outline.tasks())
    words = {task.title.split()[0] for task in tasks if task.kind == "heading" and " " in task.title}
    boxes = ("box",) if any(task.kind == "box" for task in tasks) else ()
    if words or boxes:
        yield lambda rules: replace(rules, task=(*boxes, *(f"{word} *" for word in sorted(words))))
    reasons = dict.fromkeys(one.reason for one in outline.not_tasks if one.reason.startswith(_SECTION))
    if reasons:
        yield lambda rules: replace(rules, ignore=tuple(one.removeprefix(_SECTION) for one in reasons))
