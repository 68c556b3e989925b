"""Overviews that repeat detail (§5, end), and boxes that stand for milestones (§3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from syncd.model.outline import Warning as Notice
from syncd.model.values import TaskState
from syncd.roadmap.outline import words
from syncd.roadmap.outline.sections import Box, Section, Tree

_WORD: Final = re.compile(r"\w+")
_ONE_WORD: Final = re.compile(r"\w+\s+")
_NUMBER_REF: Final = re.compile(r"\(#(\d+)(?:,\s*#\d+)*\)")
_NUMBERED: Final = re.compile(r"#?(\d+)[.)]\s")
_SEPARATOR: Final = re.compile(r"\s*(?:[:：—–-])")
_COUNTED_END: Final = re.compile(r"\s+\(\d+\s*/\s*\d+(?:\s+\w+)?\)\s*$")
_MILESTONE_END: Final = re.compile(
    r"\s+[—–-]+\s+(?:\d+\s*/\s*\d+(?:\s+\w+)?|(?:completed|shipped|done|finished|released)\b.*|\d{4}-\d{2}-\d{2})\s*$",
    re.IGNORECASE,
)

Identifier = tuple[str, str]


def task_identifier(text: str) -> Identifier | None:
    """Word and number with which a text begins, folded: ``Task 3: …`` → ("task", "3")."""
    found = words.TASK.match(text)
    if found is None:
        return None
    if found["code"]:
        return "", found["code"].casefold()
    return found[0][: found.start("number") - found.start()].strip(" -#:№[").casefold(), found[
        "number"
    ].casefold()


def mark_repeats(tree: Tree, state_of: Callable[[Section], TaskState]) -> list[Notice]:
    """Name the boxes that repeat a heading task by its identifier. ``state_of``: the state of a heading task."""
    details: dict[Identifier, list[Section]] = defaultdict(list)
    for section in tree.sections:
        if section.is_task and (known := task_identifier(section.title.text)):
            details[known].append(section)
    warnings: list[Notice] = []
    if details:
        for section in tree.sections:
            if section.inside is None and not section.ignored and section.boxes:
                warnings += _repeats_in(section, details, state_of)
    return warnings + _numbered_disagreements(tree)


def _repeats_in(
    section: Section, details: dict[Identifier, list[Section]], state_of: Callable[[Section], TaskState]
) -> list[Notice]:
    warnings: list[Notice] = []
    repeated = 0
    for box in section.boxes:
        detail = _detail(box, details)
        if detail is None or box.reason:
            continue
        repeated += 1
        box.reason, box.repeats = f"repeats line {detail.line}", detail.line
        if state_of(detail).closed != box.state.closed:
            warnings.append(_disagrees(box, detail.line))
    if repeated * 2 > len(section.boxes):
        for box in section.boxes:
            box.reason = box.reason or "overview"
    return warnings


def _detail(box: Box, details: dict[Identifier, list[Section]]) -> Section | None:
    """The one heading task that a box repeats: same identifier, and half of the shorter title's words in common."""
    text = box.title.guarded
    after = _ONE_WORD.match(text)
    for candidate in (text, text[after.end() :] if after else ""):
        known = task_identifier(candidate)
        found = details.get(known, []) if known else []
        if len(found) == 1 and _alike(_unidentified(candidate), _unidentified(found[0].title.text)):
            return found[0]
    return None


def _unidentified(text: str) -> str:
    """A text without the identifier it begins with: the words that both have anyway prove nothing."""
    found = words.TASK.match(text)
    return text[found.end() :] if found else text


def _alike(one: str, other: str) -> bool:
    a, b = (set(_WORD.findall(text.casefold())) for text in (one, other))
    shorter, longer = sorted((a, b), key=len)
    return len(shorter & longer) * 2 >= len(shorter)


def _numbered_disagreements(tree: Tree) -> list[Notice]:
    """Boxes put aside that refer to a numbered section by ``(#13)`` and say another state than its one box."""
    numbered: dict[str, list[Section]] = defaultdict(list)
    for section in tree.sections:
        if not section.ignored and (found := _NUMBERED.match(section.title.text)):
            numbered[found[1]].append(section)
    warnings = []
    for section in tree.sections:
        for box in section.boxes if section.ignored else ():
            reference = _NUMBER_REF.search(box.title.guarded)
            found_sections = numbered.get(reference[1], []) if reference else []
            if reference and len(found_sections) == 1 and len(found_sections[0].boxes) == 1:
                detail = found_sections[0].boxes[0]
                alike = _alike(box.title.text, f"{found_sections[0].title.text} {detail.title.text}")
                if alike and "," not in reference[0]:
                    box.repeats = detail.line
                if alike and detail.state.closed != box.state.closed:
                    warnings.append(_disagrees(box, detail.line))
    return warnings


def _disagrees(box: Box, line: int) -> Notice:
    said = "done" if box.state.closed else "open"
    return Notice(box.line, "overview-disagrees", f"this overview says {said}, line {line} says otherwise")


# -- boxes that stand for milestones (§3) --------------------------------------------------------------------------


def milestone_boxes(tree: Tree) -> list[Box]:
    """Top-level boxes without sub-boxes that begin with a phase word, a number and a separator: ``Phase 9: …``."""
    return [
        box
        for section in tree.sections
        if not section.ignored and section.inside is None
        for box in section.boxes
        if not box.children and not box.reason and phase_of(box.title.guarded, separated=True)
    ]


def phase_of(text: str, *, separated: bool = False) -> Identifier | None:
    """Phase word and number with which a text begins, folded."""
    found = words.PHASE_WORD.match(text)
    if found is None or (separated and not _SEPARATOR.match(text, found.end())):
        return None
    return found["word"].casefold(), found["number"].casefold()


def milestone_title(box: Box) -> str:
    """The title of a milestone that is a box: its bold lead, or its text without counter or date of completion."""
    text = box.title.of
    first = text.parts[0] if text.parts else None
    if first is not None and first.style & 1 and text.plain[:12].strip():
        end = next((part.at for part in text.parts if not part.style & 1), len(text.plain))
        if end - first.at >= 8:
            return " ".join(text.said(text.plain[first.at : end]).split()).rstrip(" :")
    return _COUNTED_END.sub("", _MILESTONE_END.sub("", box.title.text))
