"""Which headings are milestones (§3), in the order of its rules; what a first reading found is remembered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from syncd.errors import ConfigError
from syncd.model.outline import Reading
from syncd.model.policy import ReadingRules
from syncd.roadmap.outline import ignore, words
from syncd.roadmap.outline.sections import BOLD_LEVEL, Section, Tree

_PARTS: Final = re.compile(r"\s*[/&+,、]\s*|\s+(?:and|und|et|y|e|и)\s+")
_GLOSS: Final = re.compile(r"[(（]([^()（）]+)[)）]?\s*\Z")
_COUNTED: Final = re.compile(r"\s*[(（]\d+[^()（）]*[)）]\s*\Z")
_LED: Final = re.compile(
    r"^(?:open|pending|remaining|future|next|suggested|upcoming|outstanding|current|main|key) (?=\w)"
)
_COUNTS: Final = re.compile(r"([^\W\d]+)\s+\d+\s*(?:[:：]|[-–—]\s)")
_NUMBERING: Final = re.compile(r"^(?:\d+(?:\.\d+)*[.)]\s+|\[)")


def is_phase(section: Section) -> bool:
    """Whether a heading looks like a phase, possibly behind numbering (§3.1)."""
    text = section.title.text
    return (
        words.PHASE.match(text) is not None
        or words.PHASE.match(_NUMBERING.sub("", text, count=1)) is not None
    )


def choose(tree: Tree, rules: ReadingRules, remembered: Reading | None) -> Reading:
    """Mark the milestones of a tree and say what was found. Weights must have been taken."""
    for section in tree.sections:
        section.milestone = False
    if rules.milestone:
        level = _mapped(tree, rules.milestone)
    elif remembered is not None:
        level = _remembered(tree, remembered)
    else:
        level = _auto(tree)
    _orphans(tree)
    found = tuple(dict.fromkeys(section.title.text for section in tree.sections if section.milestone))
    return Reading(level, found)


def auto_level(tree: Tree) -> int:
    """The level that auto reading would choose today."""
    return _phase_level(tree) or _plain_level(tree)


def _mark(sections: Iterable[Section]) -> None:
    for section in sections:
        section.milestone = True


def _at(tree: Tree, level: int) -> list[Section]:
    """The headings of a level that have tasks under them. A heading that is a task, or inside one, is none."""
    return [
        section
        for section in tree.sections[1:]
        if section.level == level and section.weight and _may_be(section)
    ]


def _grouping(tree: Tree, level: int) -> list[Section]:
    """The headings of a level that group: one that is no phase is a section of the phase that it stands under."""
    return [section for section in _at(tree, level) if _groups(tree, section)]


def _groups(tree: Tree, section: Section) -> bool:
    if is_phase(section):
        return True
    above = (other for other in section.above() if other is not section and other is not tree.title)
    return not any(is_phase(other) for other in above)


def _may_be(section: Section) -> bool:
    """Whether a heading can be a milestone at all: one without text has no name to go by."""
    return section.inside is None and not section.ignored and bool(section.title.text)


def _mapped(tree: Tree, wanted: str) -> int:
    """``mapping.milestone``: a level, or a pattern of headings (§7)."""
    level = re.fullmatch(r"h([1-6])", wanted.strip(), re.IGNORECASE)
    if level is not None:
        _mark(_at(tree, int(level[1])))
        return int(level[1])
    pattern = wanted.casefold()
    named = [
        section
        for section in tree.sections[1:]
        if fnmatchcase(section.title.text.casefold(), pattern)
        or fnmatchcase(section.title.of.plain.strip().casefold(), pattern)
    ]
    if not named:
        raise ConfigError(
            f"no heading matches {wanted!r} in {tree.source.path}",
            key="mapping.milestone",
            hint=ignore.headings(tree),
        )
    chosen = [
        section for section in named if section.weight and section.inside is None and not section.ignored
    ]
    _mark(chosen)
    return min((section.level for section in chosen), default=0)


def _remembered(tree: Tree, reading: Reading) -> int:
    """What was a milestone stays one, even without boxes; the level stays too (design §4)."""
    for named in _by_title(tree, reading.headings):
        # Of equal names those on the milestones' own level come first, and of these those with tasks.
        level = [section for section in named if section.level == reading.level] or named
        if not reading.level and tree.title in named:
            level = [tree.title]  # it was the one milestone, however a list under it is called
        # One inside another milestone was none of its own then, if one of its name stands outside.
        level = [one for one in level if _groups(tree, one) and not _inside(one, reading)] or level
        _mark([section for section in level if section.weight] or level[:1])
    if reading.level:
        _mark(_grouping(tree, reading.level))
    elif reading.headings and tree.title is not None and tree.title.weight and _may_be(tree.title):
        tree.title.milestone = True  # it was the one milestone, and may have been renamed since
    return reading.level


def _inside(section: Section, reading: Reading) -> bool:
    around = (other for other in section.above() if other is not section)
    return any(other.level == reading.level and other.title.text in reading.headings for other in around)


def _by_title(tree: Tree, titles: Iterable[str]) -> Iterable[list[Section]]:
    """For each title the headings that bear it."""
    found: dict[str, list[Section]] = {title: [] for title in titles}
    for section in tree.sections[1:]:
        if section.title.text in found and _may_be(section):
            found[section.title.text].append(section)
    return found.values()


def _auto(tree: Tree) -> int:
    level = auto_level(tree)
    if level:
        _mark(_grouping(tree, level))
    elif tree.title is not None and tree.title.weight and _may_be(tree.title):  # §3.3
        tree.title.milestone = True
    return level


def _phase_level(tree: Tree) -> int:
    """§3.1: the shallowest level with two or more phases with boxes that hold at least half of everything.

    One is enough beside phases that have no boxes yet: the rule must not wait for the second phase to begin.
    """
    total = tree.root.weight
    for level in range(1, BOLD_LEVEL + 1):
        phases = [section for section in _at(tree, level) if is_phase(section)]
        if (len(phases) >= 2 or (phases and _one_of_several(phases[0]))) and sum(
            section.weight for section in phases
        ) * 2 >= total:
            return level
    return 0


def _one_of_several(phase: Section) -> bool:
    """Whether a phase stands beside others: those of a plan that has hardly begun have no boxes yet."""
    beside = phase.parent.children if phase.parent is not None else []
    return any(
        is_phase(other) and _may_be(other) and other.level == phase.level
        for other in beside
        if other is not phase
    )


def _plain_level(tree: Tree) -> int:
    """§3.2: level 1 if there are several, else level 2 unless generic, else the shallowest deeper level with
    two or more.
    """
    if len(_at(tree, 1)) >= 2:
        return 1
    seconds = _at(tree, 2)
    if len(seconds) == 1 and _counted_alike(_at(tree, 3)):
        return 3
    if seconds:
        if not all(_is_generic(section.title.text) for section in seconds):
            return 2
        if len(_at(tree, 3)) >= 2:
            return 3
        # Without a title there is no better name for the whole, unless phases stand under it.
        return 0 if tree.title is not None or any(map(is_phase, _at(tree, BOLD_LEVEL))) else 2
    return next((level for level in range(3, BOLD_LEVEL + 1) if len(_at(tree, level)) >= 2), 0)


def _counted_alike(sections: list[Section]) -> bool:
    """Whether two headings or more are counted by one word, whatever it is (``Pillar 1: …``, ``Pillar 2: …``)."""
    found = Counter(one[1].casefold() for section in sections if (one := _COUNTS.match(section.title.text)))
    return any(count >= 2 for count in found.values())


def _is_generic(text: str) -> bool:
    """Whether all parts of a heading are generic (``Tasks / Subtasks``), or its gloss is: ``Công việc (Task list)``."""
    said = ignore.folded(_COUNTED.sub("", text))
    return any(
        all(_LED.sub("", ignore.bare(part)) in words.GENERIC_HEADINGS for part in _PARTS.split(name))
        for name in (said, *_GLOSS.findall(said))
    )


def has_tasks(section: Section) -> bool:
    """Whether tasks stand right under a heading."""
    return section.inside is None and (bool(section.rows) or any(not box.reason for box in section.boxes))


def _orphans(tree: Tree) -> None:
    """§3.4: boxes outside every milestone make the nearest heading above them one, a phase if one is above; the
    document's title never.
    """
    for section in tree.sections[1:]:
        if section.ignored or not (section.is_task or has_tasks(section)):
            continue
        around = [
            above
            for above in section.above()
            if above.level and above.inside is None and above is not tree.title
        ]
        if not any(above.milestone for above in section.above()):
            able = [above for above in around if _may_be(above)]
            _mark([above for above in able if is_phase(above)][:1] or able[:1])
