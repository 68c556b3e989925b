"""How alike two titles are, without their numbering: the only home of rapidfuzz.

A score alone never decides: ``Task 1.1: Unit tests`` and ``Task 1.2: Unit tests`` would score 95, a true rename 83
(libraries §11). So identifiers are taken off first, and words that many titles use (*add*, *tests*) prove nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import fuzz

_NUMBERING = re.compile(
    r"""^\W{0,3}(?:
        \d+(?:\.\d+)*[a-z]?\s*[:.)\]](?:\s+|$)    # 7. · 4.2: · 3)
      | \d+(?:\.\d+)+[a-z]?\s+                   # 4.2
      | [A-Z]{1,4}-?\d+(?:\.\d+)*[a-z]?\s*[:)\]]\s*  # US-12:
      | T\d{3,}\s+                               # T001, but neither S3 nor UTF-8
    )""",
    re.VERBOSE,
)
_HEADING_NUMBERING = re.compile(r"^\W{0,3}(?:[^\W\d_]{1,12}\s*)?\d+(?:\.\d+)*[a-z]?\s*(?:[:.)\]]|\s[-–—])\s*")
_WORD = re.compile(r"\w+")
_AFTER = " \t:.)]-–—"
_LEAD = 24
"""How far from the start an identifier may end: ``Story (T-001):`` is one, a number in mid-sentence is not."""


def bare_title(title: str, identifier: str | None = None) -> str:
    """A title without its identifier (``Task 4.2: Caching`` → ``Caching``), or all of it if nothing would be left."""
    if identifier:
        rest = _without(title, identifier)
        if rest is not None:
            return rest or title
    match = _NUMBERING.match(title)
    return (title[match.end() :].strip() or title) if match else title


def bare_heading(title: str) -> str:
    """A heading without its number: ``Phase 2: Backend``, ``Week 3 - Backend`` and ``1. Backend`` are ``Backend``."""
    match = _HEADING_NUMBERING.match(title)
    return (title[match.end() :].strip() or title) if match else title


def heading_number(title: str) -> str | None:
    """The number of a heading with its word, plain: ``phase 2``, ``week 3``, ``p1``; None where it has none."""
    match = _HEADING_NUMBERING.match(title)
    return plain(match[0]) if match else None


def _without(title: str, identifier: str) -> str | None:
    """The text behind the identifier, or None where it does not stand at the start behind one word at most."""
    at = title.find(identifier, 0, _LEAD + len(identifier))
    if at < 0 or len(_WORD.findall(title[:at])) > 1:
        return None
    rest = title[at + len(identifier) :]
    if rest[:1].isalnum():
        return None
    return rest.lstrip(_AFTER)


def plain(text: str) -> str:
    """Text as it is compared: words in lower case, one blank between them."""
    return " ".join(_WORD.findall(text.casefold()))


def similarity(first: str, second: str) -> float:
    """0 to 100 for two texts of :func:`plain`, whether the words changed or only their order."""
    if first == second:
        return 100.0
    return max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second))


_EVERYWHERE = frozenset({
    "a", "an", "and", "the", "of", "in", "on", "to", "for", "with", "from", "by", "or", "all", "new", "add",
    "implement", "implementation", "create", "update", "write", "test", "tests", "testing", "support", "fix",
    "improve", "remove", "use", "refactor", "design", "document", "documentation",
})  # fmt: skip
"""Words of any roadmap at all: they tell no two tasks apart, even where a short roadmap has them once."""


class Vocabulary:
    """Which words of a roadmap's titles say something: those that only a few of them use."""

    def __init__(self, texts: Iterable[str]) -> None:
        titles = [set(text.split()) for text in texts]
        self._count = Counter(word for words in titles for word in words)
        self._common = max(2, len(titles) // 20)
        self._known: dict[str, frozenset[str]] = {}

    def distinctive(self, text: str) -> frozenset[str]:
        """The words of a :func:`plain` text that at most one title in twenty has, cut to six letters (stems)."""
        if text not in self._known:
            rare = (word for word in _telling(text) if self._count[word] <= self._common)
            self._known[text] = frozenset(part for word in rare for part in _parts(word))
        return self._known[text]

    def shared(self, first: str, second: str) -> bool:
        """Whether two texts have a third of the distinctive words of the shorter one in common, and at least one."""
        mine, theirs = self.distinctive(first), self.distinctive(second)
        return len(mine & theirs) * 3 >= min(len(mine), len(theirs)) > 0 and bool(mine & theirs)


def any_shared(first: str, second: str) -> bool:
    """Whether two :func:`plain` texts share a word, however many titles have it: true of all that ``shared`` holds of,
    in whatever vocabulary.
    """
    mine, theirs = ({part for word in _telling(text) for part in _parts(word)} for text in (first, second))
    return not mine.isdisjoint(theirs)


def _telling(text: str) -> list[str]:
    return [word for word in text.split() if len(word) > 1 and word not in _EVERYWHERE]


def _parts(word: str) -> list[str]:
    """What is compared of a word: its stem, or its pairs of characters where words are not divided by blanks."""
    if word[0] < "\u2e80":
        return [word[:6]]
    return [word[at : at + 2] for at in range(max(1, len(word) - 1))]
