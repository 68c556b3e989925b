"""Sections whose boxes are not tasks (§5), and ``mapping.ignore`` / ``mapping.include`` (§7)."""

from __future__ import annotations

import re
from typing import Final

from syncd.errors import ConfigError
from syncd.model.policy import ReadingRules
from syncd.roadmap.outline import meta, words
from syncd.roadmap.outline.sections import Section, Tree

_NUMBERING: Final = re.compile(r"^\s*(?:[a-z]\d*|[ivx]+|\d+)(?:\.\d+)*[.)]\s+", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"[^\w\s&/':：(（—–-]+")
_SPACES: Final = re.compile(r"[\s_]+")
_LEAD: Final = re.compile(r"[:：(（—–]|\s-\s")
_AND: Final = re.compile(r"\s(?:&|and|und|et|y|e|ed|en|och|og|и)\s", re.IGNORECASE)
_WORD_LEAD: Final = re.compile(r"[:：(（&]|\s(?:and|und|et|y|e)\s")
_CONTINUES: Final = words.set_of(
    "met|progress|status|tracking|check|for|of|this|by|per|por|para|de|da|do|del|pour|par|für|nach|je|pro|di|voor|van|по|для|на"
)
_PHRASES: Final = words.IGNORED_PHRASES
_LAST_WORDS: Final = frozenset(phrase.split()[-1] for phrase in _PHRASES)
_UNSPACED: Final = tuple(phrase for phrase in _PHRASES if not phrase.isascii() and " " not in phrase)
# Nearly all headings hold none of these, and need no closer look.
_SIGNAL: Final = frozenset(
    word for word in (*_LAST_WORDS, *words.IGNORED_WORDS, *words.IGNORED_ALONE) if word.isascii()
)
_ASCII_WORD: Final = re.compile(r"[a-z]+")
_DEFINITION: Final = re.compile(r"definition of (?:\w+ ){1,3}(?:done|ready|complete)")


def folded(text: str) -> str:
    """A heading as it is compared: without case, emoji, numbering and punctuation."""
    bare = _NUMBERING.sub("", meta.without_emoji(text).strip())
    return " ".join(_PUNCTUATION.sub(" ", bare).replace("_", " ").split()).casefold()


def key(text: str) -> str:
    """Like :func:`folded`, with no punctuation at all: for texts of the mapping."""
    return _SPACES.sub(" ", re.sub(r"[\W_]+", " ", folded(text))).strip()


def not_work(text: str) -> bool:
    """Whether a heading says that what stands under it is not work to do (§5)."""
    if text.isascii() and _SIGNAL.isdisjoint(_ASCII_WORD.findall(text.casefold())):
        return False
    said = folded(text)
    return _by_word(said) or _by_phrase(said)


def _by_word(said: str) -> bool:
    return said in words.IGNORED_WORDS or _WORD_LEAD.split(said, maxsplit=1)[0].strip() in words.IGNORED_WORDS


def _by_phrase(said: str) -> bool:
    candidates = {said, _LEAD.split(said, maxsplit=1)[0].strip()}
    if not words.IGNORED_ALONE.isdisjoint(candidates):
        return True
    return any(_is_phrase(bare(candidate)) for candidate in candidates if candidate)


def bare(text: str) -> str:
    """No punctuation but apostrophes."""
    return _SPACES.sub(" ", re.sub(r"[^\w\s']", " ", text.replace("-", " "))).strip()


def _is_phrase(said: str) -> bool:
    """Equal to a phrase, ending with one as whole words, or going on only with ``met``, ``for …``, ``of …``.

    A definition may name what it defines: ``definition of MVP done``.
    """
    parts = said.split(" ")
    if parts[-1] in _LAST_WORDS and (_ends_with_phrase(parts) or _DEFINITION.fullmatch(said)):
        return True
    ends = [at for at in range(1, len(parts)) if parts[at] in _CONTINUES and parts[at - 1] in _LAST_WORDS]
    return any(_ends_with_phrase(parts[:at]) for at in ends) or _cjk_phrase(said)


def _ends_with_phrase(parts: list[str]) -> bool:
    return any(" ".join(parts[at:]) in _PHRASES for at in range(max(0, len(parts) - 6), len(parts)))


def _cjk_phrase(said: str) -> bool:
    """Languages without blanks between words: the phrase ends the text."""
    return not said.isascii() and said.endswith(_UNSPACED)


class Ignored:
    """The decision for one document: the built-in list, plus ``ignore``, minus ``include``."""

    def __init__(self, tree: Tree, rules: ReadingRules) -> None:
        self.more = {key(text) for text in rules.ignore}
        self.less = {key(text) for text in rules.include}
        _refuse_unknown(tree, rules)

    def reason(self, text: str, source_text: str = "") -> str | None:
        """Why boxes under a heading are not tasks; empty: they are, whatever the list says; None: nothing is said."""
        if self.less or self.more:
            names = {key(text), key(source_text or text)}
            if names & self.less:
                return ""
            if names & self.more:
                return f"section: {text}"
        if not_work(text):
            return f"section: {text}"
        return None

    def mark(self, tree: Tree) -> None:
        """Say for every section whether its boxes are not tasks; a section inherits from the one around it."""
        for section in tree.sections[1:]:
            around = section.parent.ignored if section.parent else ""
            said = (
                self.reason(section.title.text, section.title.of.plain) if section is not tree.title else None
            )
            if said and _holds_tasks(section):
                said = None
            section.ignored = around if said is None else (around or said) if said else ""


def _holds_tasks(section: Section) -> bool:
    """``User Stories and Acceptance Criteria`` names two things: with identified headings in it the first counts;
    ``Schedule & Milestones`` too: with phases in it the second. Criteria by phase stay criteria.
    """
    if _AND.search(section.title.text) is None:
        return False
    below = [inner.title.text for inner in section.walk() if inner is not section]
    if any(words.TASK.match(text) for text in below):
        return True
    return any(words.PHASE.match(text) for text in below) and not _by_phrase(folded(section.title.text))


def _refuse_unknown(tree: Tree, rules: ReadingRules) -> None:
    """An unknown heading in the mapping is an error that lists the headings there are (§7)."""
    if not (rules.ignore or rules.include):
        return
    texts = [text for section in tree.sections[1:] for text in (section.title.text, section.title.of.plain)]
    known = {key(text) for text in texts} | {key(box.group) for box in tree.boxes if box.group}
    for name, wanted in (("ignore", rules.ignore), ("include", rules.include)):
        for text in wanted:
            if key(text) not in known:
                raise ConfigError(
                    f"no heading {text!r} in {tree.source.path}", key=f"mapping.{name}", hint=headings(tree)
                )


def headings(tree: Tree) -> str:
    """The headings there are, for a hint."""
    titles = list(dict.fromkeys(section.title.text for section in tree.sections[1:] if section.title.text))
    more = f" and {len(titles) - 40} more" if len(titles) > 40 else ""
    return "the headings are: " + (", ".join(titles[:40]) + more if titles else "none")


def counted(section: Section) -> int:
    """The boxes under a section's own heading, nested ones included, that no rule puts aside."""
    return sum(box.count for box in section.boxes if not section.ignored)
