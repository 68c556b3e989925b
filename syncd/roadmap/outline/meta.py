"""What may stand around a title without being the title: states, counters, percentages, estimates, dates (§3 Title).

:func:`suffix` reads a text that must consist of such things alone, as the inside of a trailing parenthesis does.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from syncd.model.values import TaskState
from syncd.roadmap.outline import words
from syncd.roadmap.places import DecorationKind

_DATE: Final = (
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*UTC)?"
    r"|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?!\d)"
    rf"|(?:{words.MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*[-–—]\s*(?:(?:{words.MONTHS})\.?\s+)?\d{{1,2}})?(?:,?\s+\d{{4}})?(?!\w)"
    rf"|\d{{1,2}}\.?\s+(?:de\s+)?(?:{words.MONTHS})\.?(?:\s+(?:de\s+)?\d{{4}})?(?!\w)"
    rf"|(?:{words.MONTHS})\.?(?:\s*[-–—/]\s*(?:{words.MONTHS})\.?)?\s+(?:de\s+)?\d{{4}}(?!\w)"
    r"|\d{4}-\d{2}(?!\d)|(?:19|20)\d{2}(?:\s*[-–—]\s*(?:19|20)\d{2})?(?!\d)"
)
_RANGE: Final = (
    r"(?:weeks?|wks?|w|days?|months?|semanas?|semaines?|wochen?|mes(?:es)?|settimane?|недел[яи]|tage?|días?|dias?|jours?"
    r"|giorn[oi]|dagen|dag|д[еэ]?н[ьи]|第?)\s*-?\d+(?:\s*(?:-|–|—|to|&|and|bis|à|a)\s*-?\d+)?(?:周|週|天)?(?![\w])"
    r"|q[1-4](?:\s*[-–—/&]\s*q[1-4])?(?:[\s']*(?:19|20)?\d{2})?(?:\s*[-–—]\s*q[1-4](?:\s+(?:19|20)\d{2})?)?(?!\w)"
    r"|h[12](?:\s+\d{4})(?!\w)"
    rf"|(?:{words.MONTHS}|{words.SHORT_MONTHS})\.?\s*[-–—/]\s*(?:{words.MONTHS}|{words.SHORT_MONTHS})\.?(?!\w)"
)
_COUNTED: Final = r"(?:\s*(?:tasks?|items?|steps?|plans?|stories|tareas?|tâches?|aufgaben|задач[аи]?|任务))?"
_DUE: Final = (
    rf"(?:due|by|until|deadline|target|eta|fällig|échéance)\s*:?\s*(?:on\s+)?(?:{_DATE})|📅\s*(?:{_DATE})"
)
TOKENS: Final = re.compile(
    rf"(?P<due>{_DUE})"
    rf"|(?P<date>{_DATE})"
    rf"|(?P<counter>\d+\s*(?:/|of|von|de|из|sur)\s*\d+(?!\d){_COUNTED})"
    rf"|(?P<percent>[~≈]?\s*\d+(?:[.,]\d+)?\s*%)"
    rf"|(?P<estimate>{words.ESTIMATE})"
    rf"|(?P<range>{_RANGE})"
    rf"|(?P<priority>(?:{words.PRIORITY_LEVELS})\s+priority(?!\w))"
    rf"|(?P<status>{words.STATUS})"
    r"|(?P<version>v\d+(?:\.\d+)+(?![\w.]))"
    rf"|(?P<emoji>{words.EMOJI})",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[\s,;|·•&+:!.\-–—*]*(?:(?:and|und|et|y|e)\s+)?")
_EMOJI: Final = re.compile(words.EMOJI)
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Meta(NamedTuple):
    """One such thing, at indexes ``start`` to ``end`` of the text it was found in."""

    kind: DecorationKind
    start: int
    end: int
    text: str


def suffix(text: str, start: int, end: int) -> list[Meta] | None:
    """The things that fill ``text[start:end]`` completely, or None if anything else stands there.

    A version is one only beside a state (``Completed — v1.2``): alone it is what the text is about.
    """
    found: list[Meta] = []
    at = skip(text, start, end)
    while at < end:
        token = TOKENS.match(text, at, end)
        if token is None or token.end() == at:
            return None
        found.append(Meta(kind(token.lastgroup), at, token.end(), token[0]))
        at = skip(text, token.end(), end)
    if any(one.kind == "other" for one in found) and not any(one.kind == "status" for one in found):
        return None
    return found


def leading(text: str) -> list[Meta]:
    """The things that a text begins with: ``✅ Completed on Monday``."""
    found: list[Meta] = []
    at = skip(text, 0, len(text))
    while token := TOKENS.match(text, at):
        if token.end() == at:
            break
        found.append(Meta(kind(token.lastgroup), token.start(), token.end(), token[0]))
        at = skip(text, token.end(), len(text))
    return found


def skip(text: str, start: int, end: int) -> int:
    between = _BETWEEN.match(text, start, end)
    return between.end() if between else start


def kind(group: str | None) -> DecorationKind:
    match group:
        case "counter" | "percent":
            return "counter"
        case "date" | "range" | "due":
            return "date"
        case "estimate":
            return "estimate"
        case "priority":
            return "priority"
        case "status":
            return "status"
        case "version":
            return "other"
        case _:
            return "emoji"


def emoji_state(text: str) -> TaskState | None:
    """The state that an emoji says for sure; None for mere decoration."""
    return words.STATUS_EMOJI[text[0]] if text[:1] in words.SURE_EMOJI else None


def word_state(text: str) -> TaskState | None:
    """The state that a status word says."""
    return words.STATUS_WORDS.get(" ".join(text.casefold().split()))


def said(metas: list[Meta]) -> TaskState | None:
    """The state that a group of things says together: ``0/5 Complete`` and ``20% COMPLETE`` do not say done (§3)."""
    state: TaskState | None = None
    for before, meta in zip([None, *metas], metas, strict=False):
        if meta.kind == "emoji":
            state = state or emoji_state(meta.text)
        elif meta.kind == "status":
            word = word_state(meta.text)
            if not (
                word is TaskState.DONE
                and before is not None
                and before.kind == "counter"
                and not full(before.text)
            ):
                state = word or state
    return state


def full(counter: str) -> bool:
    """Whether a counter or percentage says that all is done."""
    numbers = re.findall(r"\d+", counter)
    if "%" in counter:
        return numbers == ["100"]
    return len(numbers) == 2 and numbers[0] == numbers[1] and numbers[0] != "0"


def iso_date(text: str) -> date | None:
    """The ISO date in a text, if it is one of the calendar."""
    found = _ISO.search(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def without_emoji(text: str) -> str:
    """A text without any emoji."""
    return _EMOJI.sub("", text).replace("\ufe0f", "")
