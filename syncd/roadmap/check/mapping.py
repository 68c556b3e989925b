"""Keys of the mapping that match nothing in the file: a typing error, or a heading that was renamed since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from syncd.model.policy import ReadingRules
from syncd.roadmap.blocks import Heading, Item
from syncd.roadmap.outline import Document

MappingPath = tuple[str | int, ...]


def unused(document: Document, rules: ReadingRules) -> Iterator[tuple[MappingPath, str]]:
    """Keys below ``mapping`` and what they do not match. Headings in ``ignore`` and ``include``, and a pattern in
    ``milestone``, are errors of reading already (reading-roadmaps §7).
    """
    if rules.milestone and re.fullmatch(r"\s*h[1-6]\s*", rules.milestone, re.IGNORECASE):
        level = int(rules.milestone.strip()[1])
        if not any(isinstance(one, Heading) and one.level == level for one in document.syntax.blocks):
            yield ("milestone",), f"the file has no heading of level {level}"
    titles = [one.title.casefold() for one in document.outline.tasks() if one.kind == "heading"]
    plain = [heading.casefold() for heading in _headings(document)] if rules.task else []
    for index, pattern in enumerate(rules.task):
        wanted = pattern.casefold()
        if wanted != "box" and not any(fnmatchcase(one, wanted) for one in (*titles, *plain)):
            yield ("task", index), "no heading matches this pattern"
    if rules.marks:
        used = {document.source.slice(*one.mark) for one in _items(document) if one.mark}
        for mark in rules.marks:
            if mark not in used:
                yield ("marks", mark), "no box has this mark"


def _headings(document: Document) -> Iterator[str]:
    for block in document.syntax.blocks:
        if isinstance(block, Heading):
            yield document.source.meant("".join(piece.text for piece in block.pieces)).strip()


def _items(document: Document) -> Iterator[Item]:
    return (block for block in document.syntax.blocks if isinstance(block, Item))
