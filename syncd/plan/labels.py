"""Values of the roadmap and label names of a remote: the mapping ``{"priority": "priority: {}"}``, both ways.

A label is *managed* when it matches a current pattern. All others belong to people and are never touched (I18).
Labels are compared without case (api-facts §A.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncd.model.policy import LabelRules
from syncd.model.values import Value, canonical_label

Elements = Mapping[str, Value]
"""A field value taken apart into what is merged by itself; absent is None. A plain field has one element, ``""``."""

IN_PROGRESS = "in_progress"
MULTIPLE = frozenset({"tags"})
"""Keys of which a task may hold several values: merged value by value. All others hold one."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    key: str
    before: str
    after: str
    text: str

    def value(self, name: str) -> str:
        """The value in a canonical label name; empty where the pattern does not match."""
        if len(name) < len(self.before) + len(self.after):
            return ""
        if not (name.startswith(self.before) and name.endswith(self.after)):
            return ""
        return name[len(self.before) : len(name) - len(self.after)].strip()


@dataclass(frozen=True, slots=True)
class LabelMap:
    """The label rules of a roadmap as one remote can hold them."""

    patterns: tuple[_Pattern, ...]
    in_progress: str
    limit: int

    @classmethod
    def of(cls, rules: LabelRules, limit: int) -> LabelMap:
        """The map of the current configuration; a pattern without ``{}`` maps nothing."""
        patterns = [
            _pattern(key, text) for key, text in rules.patterns.items() if key != IN_PROGRESS and "{}" in text
        ]
        # The pattern with more of its own text decides: "{}" would else swallow "priority: high".
        patterns.sort(key=lambda pattern: (-len(pattern.before) - len(pattern.after), pattern.key))
        return cls(tuple(patterns), rules.patterns.get(IN_PROGRESS, ""), limit)

    def key_value(self, name: str) -> tuple[str, str] | None:
        """Which value of which key a label name says, or None: then it is no label of ours."""
        folded = canonical_label(name)
        if self.in_progress and folded == canonical_label(self.in_progress):
            return None
        found = ((pattern.key, pattern.value(folded)) for pattern in self.patterns)
        return next((pair for pair in found if pair[1]), None)

    def managed(self, name: str) -> bool:
        """Whether a current pattern matches, the one for "in progress" included."""
        return self.says_in_progress((name,)) or self.key_value(name) is not None

    def says_in_progress(self, names: Iterable[str]) -> bool:
        """Whether one of the labels is the one that tells in progress from open."""
        wanted = canonical_label(self.in_progress)
        return bool(wanted) and any(canonical_label(name) == wanted for name in names)

    def from_pairs(self, value: Value) -> dict[str, Value]:
        """The elements of a roadmap's ``((key, value), ...)``; keys without a pattern are left out."""
        keys = {pattern.key for pattern in self.patterns}
        return dict(element_of(key, text) for key, text in pairs(value) if key in keys)

    def from_names(self, names: Iterable[str], prior: Elements | None = None) -> dict[str, Value]:
        """The elements that the labels of an issue say.

        Two labels for a key of one value: the one that ``prior`` did not have is what somebody meant; where that does
        not decide, the key stays at ``prior``.
        """
        found: dict[str, list[str]] = {}
        for key, text in filter(None, map(self.key_value, names)):
            found.setdefault(key, []).append(text)
        elements: dict[str, Value] = {}
        for key, texts in found.items():
            chosen = sorted(set(texts))
            if key not in MULTIPLE and len(chosen) > 1:
                chosen = _meant(chosen, (prior or {}).get(key))
            elements.update(element_of(key, text) for text in chosen)
        return elements

    def name(self, element: str, value: Value) -> str:
        """The label for an element; empty where there is none, or where it is too long for the remote."""
        if not value:
            return ""
        key, text = key_of(element), element.partition("/")[2] if value is True else str(value)
        pattern = next((pattern for pattern in self.patterns if pattern.key == key), None)
        name = pattern.text.replace("{}", text) if pattern else ""
        return name if len(name) <= self.limit else ""


def element_of(key: str, text: str) -> tuple[str, Value]:
    """The element that a key and value belong to, and its value: ``("priority", "high")``, ``("tags/x", True)``."""
    folded = canonical_label(text)
    return (f"{key}/{folded}", True) if key in MULTIPLE else (key, folded)


def key_of(element: str) -> str:
    """The label key of an element: ``tags/x`` → ``tags``, ``priority`` → ``priority``."""
    key = element.partition("/")[0]
    return key if key in MULTIPLE else element


def pairs(value: Value) -> Iterator[tuple[str, str]]:
    """A stored label value as ``(key, value)`` pairs."""
    if isinstance(value, tuple):
        for pair in value:
            if isinstance(pair, tuple) and len(pair) == 2:
                yield str(pair[0]), str(pair[1])


def to_pairs(elements: Elements) -> list[tuple[str, str]]:
    """The ``(key, value)`` pairs that elements say."""
    found = []
    for element, value in elements.items():
        if value is True:
            key, _, text = element.partition("/")
            found.append((key, text))
        elif value:
            found.append((element, str(value)))
    return found


def _pattern(key: str, text: str) -> _Pattern:
    before, _, after = canonical_label(text).partition("{}")
    return _Pattern(key, before, after, text)


def _meant(values: list[str], prior: Value) -> list[str]:
    new = [value for value in values if value != prior]
    if prior in values and len(new) == 1:
        return new
    return [str(prior)] if prior else []
