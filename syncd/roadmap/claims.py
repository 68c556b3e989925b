"""What a line of a roadmap claims about progress: ``(3/5 Complete)``, ``71% (22/31 tasks complete)``, ``Remaining: 9``.

Only the words are looked at here; of which tasks a claim speaks, and whether it is true, is for
:mod:`syncd.roadmap.counters`. Seen in the seeds and the corpus: fractions with or without a percentage, percentages
alone, counts behind a label, rows of progress tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Count = Literal["done", "open", "total"]

_PROGRESS: Final = (
    r"progress|complet(?:e|ed|ion)|done|finished|status|progreso|progreso|completad[oa]s?|progrès|terminé(?:e|es|s)?"
    r"|fortschritt|erledigt|abgeschlossen|fertig|прогресс|выполнено|готово|进度|完成|已完成|進捗|完了"
)
_OPEN: Final = (
    r"pending|remaining|outstanding|open|left|to ?do|incomplete"
    r"|pendientes?|restantes?|offen|осталось|待办|剩余"
)
_UNIT: Final = r"tasks?|items?|to-?dos?|issues?|tareas?|tâches?|aufgaben|задач\w*|任务|タスク"
# Their numbers are not ours: 88/89 tests passing, Acceptance Criteria Met: 3/3, 5/10 files, 2/8 hours.
_FOREIGN: Final = re.compile(
    r"\b(?:criteri\w+|tests?|pass(?:ed|ing)?|coverage|hours?|days?|weeks?|months?|points?|pts|files?|lines?|loc|modules?"
    r"|goals?|metrics?|gates?|functions?|endpoints?|requests?|errors?|bugs?|users?|phases?|milestones?|sprints?)\b",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"(?<![\w./+-])(\d{1,5})(\s*/\s*|\s+(?:out )?of\s+)(\d{1,5})(?![\w/%-]|[.,]\d)")
_PERCENT: Final = re.compile(r"(?<![\w.,~<>=+-])(\d{1,3})(?=\s?%(?![\w+]))")
_BETWEEN: Final = re.compile(
    rf"[\s()\[\],:;*_—–-]*(?:(?:{_PROGRESS}|{_UNIT})[\s()\[\],:;*_—–-]*)*", re.IGNORECASE
)
_ASKS: Final = re.compile(rf"\b(?:{_PROGRESS}|{_OPEN}|{_UNIT})\b|进度|完成|任务", re.IGNORECASE)
_LEFT: Final = re.compile(rf"\b(?:{_OPEN})\b|待办|剩余", re.IGNORECASE)
_AFTER_PERCENT: Final = re.compile(rf"\s?%[\s*_]*(?:$|[)\]|(,;·—–-]|(?:{_PROGRESS})\b)", re.IGNORECASE)
_LABELLED: Final = re.compile(
    rf"^\W*(?:(total)(?:\s+(?:{_UNIT}))?|(completed|done|finished)(?:\s+(?:{_UNIT}))?"
    rf"|(remaining|pending|open|left)(?:\s+(?:{_UNIT}))?)[\s*_]*:[\s*_]*(\d{{1,5}})(?:\s+(?:{_UNIT}))?[\s*_]*$",
    re.IGNORECASE,
)

_FRONT: Final = re.compile(r"[ \t]*(?P<key>\w[\w -]*?)[ \t]*:[ \t]*[\"']?(?=\d)")
_FRONT_KEYS: Final[tuple[tuple[Count | Literal["percent"], str], ...]] = (
    ("total", r"total|total tasks|tasks total|tasks|task count"),
    ("done", r"(?:completed|done|finished)(?: tasks)?|tasks (?:completed|done|finished)"),
    ("open", r"(?:remaining|open|pending)(?: tasks)?|tasks (?:remaining|open|pending)"),
    ("percent", r"(?:overall )?progress|completion|percent(?:age)?(?: complete)?|percent done|complete"),
)
_FRONT_VALUE: Final = re.compile(
    r"(?P<part>\d{1,5})(?:\s*/\s*(?P<whole>\d{1,5}))?(?:[\s(]+(?P<share>\d{1,3})\s*%\)?)?(?P<unit>\s*%)?[\"'\s]*(?:#.*)?$"
)
LONGEST_LINE: Final = 2000
"""Characters of a line that may hold a counter. The looks around each number would make longer ones slow."""


class Chars(NamedTuple):
    """Characters ``start`` to ``end``, half open, of a line."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Numbers of one line that belong together. ``counts`` is what the first number counts."""

    counts: Count
    part: Chars | None = None
    whole: Chars | None = None
    percent: Chars | None = None

    def numbers(self, line: str) -> tuple[int | None, int | None, int | None]:
        """The numbers as they stand in the line: part, whole, percent."""
        part, whole, percent = (
            int(line[chars.start : chars.end]) if chars else None
            for chars in (self.part, self.whole, self.percent)
        )
        return part, whole, percent

    @property
    def span(self) -> Chars:
        """From the first number to the last."""
        places = [chars for chars in (self.part, self.whole, self.percent) if chars]
        return Chars(min(place.start for place in places), max(place.end for place in places))


def claims(line: str, *, heading: bool = False) -> tuple[Claim, ...]:
    """The claims of a line of prose or a heading, left to right.

    In a heading a fraction in brackets or at the end needs no word (``## Done (22/31)``); elsewhere the line has to
    say that it counts tasks or progress.
    """
    labelled = _LABELLED.match(line)
    if labelled and not heading:
        names: tuple[Count, ...] = ("total", "done", "open")
        kind = next(name for name, word in zip(names, labelled.groups(), strict=False) if word)
        return (Claim(kind, part=Chars(*labelled.span(4))),)
    fractions = [found for found in _FRACTION.finditer(line) if _speaks_of_tasks(line, found, heading)]
    percents = [found for found in _PERCENT.finditer(line) if _AFTER_PERCENT.match(line, found.end())]
    paired = [(fraction, _companion(line, fraction, percents)) for fraction in fractions]
    taken = {percent.start() for _, percent in paired if percent}
    found = [
        Claim(
            "open" if _LEFT.search(_clause(line, fraction)) else "done",
            Chars(*fraction.span(1)),
            Chars(*fraction.span(3)),
            Chars(*percent.span()) if percent else None,
        )
        for fraction, percent in paired
    ]
    if not fractions:
        lone = [percent for percent in percents if percent.start() not in taken]
        found += [
            Claim("done", percent=Chars(*one.span())) for one in lone if _progress_alone(line, one, heading)
        ]
    return tuple(found)


def front_matter_claim(line: str) -> tuple[Claim, bool] | None:
    """What a line of front matter counts: ``tasks_done: 22``, ``progress: 71%``, ``completed: 22/31``.

    The second value: whether it is sure to speak of tasks; a bare ``percent: 25`` may be about anything.
    """
    key = _FRONT.match(line)
    value = _FRONT_VALUE.match(line, key.end()) if key else None
    if key is None or value is None:
        return None
    name = " ".join(re.split(r"[\s_-]+", key["key"].casefold()))
    counts = next((kind for kind, words in _FRONT_KEYS if re.fullmatch(words, name)), None)
    if counts is None:
        return None
    part, whole, share = (
        Chars(*value.span(group)) if value[group] is not None else None
        for group in ("part", "whole", "share")
    )
    sure = "task" in name or whole is not None
    if counts == "percent" or value["unit"]:
        if whole is None:
            return (Claim("done", percent=part), sure) if share is None and counts != "total" else None
        counts = "done"
    if whole is not None and counts == "total":
        counts = "done"  # `tasks: 22/31`
    return Claim(counts, part, whole, share), sure


def _clause(line: str, found: re.Match[str]) -> str:
    """The words around a number, up to the next number on either side or the end of the sentence."""
    before = re.split(r"\d|[;|]|\.\s", line[: found.start()])[-1]
    after = re.split(r"\d|[;|]|\.\s", line[found.end() :], maxsplit=1)[0]
    return f"{before} {after}"


def _speaks_of_tasks(line: str, found: re.Match[str], heading: bool) -> bool:
    # The title of a heading says what the work is ("Bug Fixes"), not what is counted.
    words = _beside(line, found) if heading else _clause(line, found)
    if _FOREIGN.search(words):
        return False
    return bool(_ASKS.search(words)) or (heading and _bracketed(line, found))


def _beside(line: str, found: re.Match[str]) -> str:
    """The rest of the brackets, or of the phrase, in which a number of a heading stands."""
    pieces = re.split(r"[(\[]|\s[-–—]\s", line[: found.start()])
    after = re.split(r"[)\]\d]|\s[-–—]\s", line[found.end() :], maxsplit=1)[0]
    return f"{pieces[-1] if len(pieces) > 1 else ''} {after}"


def _bracketed(line: str, found: re.Match[str]) -> bool:
    """``(3/5)``, ``[3/5]`` and the like, or the end of the heading."""
    return line[: found.start()].rstrip()[-1:] in ("(", "[") or not line[found.end() :].strip(" *_#")


def _companion(line: str, fraction: re.Match[str], percents: list[re.Match[str]]) -> re.Match[str] | None:
    """The percentage of a fraction: nothing but brackets and words of progress stands between them."""
    for percent in percents:
        if percent.end() <= fraction.start():
            between = line[percent.end() + line[percent.end() :].index("%") + 1 : fraction.start()]
        else:
            between = line[fraction.end() : percent.start()]
        if _BETWEEN.fullmatch(between):
            return percent
    return None


def _progress_alone(line: str, percent: re.Match[str], heading: bool) -> bool:
    """``(100% Complete)`` in a heading, ``**Progress**: 71%`` elsewhere."""
    words = _beside(line, percent) if heading else _clause(line, percent)
    if _FOREIGN.search(words):
        return False
    named = re.search(rf"(?:{_PROGRESS})", words, re.IGNORECASE)
    if heading:
        return bool(named) or line[: percent.start()].rstrip().endswith("(")
    return bool(named and re.search(r":[\s*_]*$", line[: percent.start()]))
