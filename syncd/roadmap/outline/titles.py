"""Titles: what of a heading's or an item's text is its title, and what the rest says (§3 Title, §4).

Two rules, one machine. In *headings* status, counter, estimate, priority and dates are cut when they are set
off; leading and trailing emoji are decoration. In *boxes* only status emoji and set-off status words go;
parentheses always stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from syncd.model.values import TaskState
from syncd.roadmap.blocks import BOLD
from syncd.roadmap.outline import meta, words
from syncd.roadmap.outline.meta import Meta
from syncd.roadmap.outline.text import Text
from syncd.roadmap.places import Decoration, DecorationKind, Span

_LEADING_EMOJI: Final = re.compile(rf"\s*({words.EMOJI}\ufe0f?)\s*")
_LETTERS: Final = "\u2190"
"""Below it stand the letters of most scripts, and no emoji but flags and keys."""
_ONE_EMOJI: Final = re.compile(words.EMOJI)
_BEHIND_EMOJI: Final = frozenset({"emoji", "status", "date", "counter", "priority"})
_TRAILING_EMOJI: Final = re.compile(rf"({words.EMOJI}\ufe0f?)\s*\Z")
_LEADING_BOX: Final = re.compile(r"\s*\[([ xX~/-]?)\]\s+")
_LEADING_WORD: Final = re.compile(rf"\s*[\[【]({words.STATUS})[\]】]\s*(?:[-–—:：]\s*)?(?=\S)", re.IGNORECASE)
_BOX_STATES: Final = {"x": TaskState.DONE, "": TaskState.OPEN, "-": TaskState.DROPPED}
_STATUS_AT: Final = re.compile(rf"\s*({words.STATUS})[!.]*\s*", re.IGNORECASE)
_BOUNDARY: Final = re.compile(r"\s*(?:\Z|[-–—:(|])")
_DASHES: Final = re.compile(r"(?:\s+[-–—|]+|\s*—|:)\s+|\s*[—|]\s*")
_MIDDLE: Final = re.compile(
    rf"(?<=\s)(?P<emoji>{words.EMOJI}\ufe0f?)\s*(?P<word>{words.STATUS})\s*(?=[-–—:]\s)"
    rf"|\s*[\[(（【]\s*(?P<inner>{words.STATUS})\s*[\])）】](?=\s+[-–—]\s|\s*[:：])"
    rf"|(?:(?<=[:：\]]\s)|(?<=\s[-–—]\s))(?P<sign>{words.EMOJI}\ufe0f?)\s*"
    rf"|\s(?P<mark>{words.EMOJI}\ufe0f?)(?=\s*[(（])",
    re.IGNORECASE,
)
_NOTATION: Final = re.compile(
    r"\s(@[A-Za-z0-9][\w-]*|#[A-Za-z][\w-]*|(?P<due>(?:📅\s*|due:?\s*)\d{4}-\d{2}-\d{2}))\s*\Z"
)
_DASH: Final = re.compile(r"\s+[-–—|]+\s+|\s*—\s*")
_HAS_DASH: Final = re.compile(r"[-–—|]")
_REMARK: Final = re.compile(r"[(（][^()（）]*[)）]")
_OPENING: Final = "([（【"
_CLOSING: Final = ")]）】"
_SPACES: Final = re.compile(r"\s+")
_SIGNS: Final = ("@", "#", "-", "|", "[", "(", "/", "due")
_CLOSED: Final = re.compile(r"[\])]\s*[-:]")
_BOX_SIGN: Final = re.compile(r"[^\x00-\x7f]|\s[-–—]+\s")


@dataclass(slots=True)
class Title:
    """A title and what stood around it. Indexes are those of ``of.plain``; ``start`` to ``end`` holds the title.

    ``guarded`` is the title with its shields (:mod:`syncd.roadmap.outline.text`), for rules that look for a meaning.
    """

    of: Text
    text: str = ""
    guarded: str = ""
    start: int = 0
    end: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    metas: tuple[Meta, ...] = ()
    state: TaskState | None = None
    marker: tuple[int, int] | None = None
    status: tuple[int, int] | None = None
    box: tuple[int, int] | None = None
    """The inside of a box with which a heading begins (``### [x] Guard``)."""

    def note(self, found: list[Meta]) -> None:
        """Keep what was cut off, and the state that it says."""
        self.metas += tuple(found)
        worded = any(one.kind == "status" for one in found)
        # A word says more than an emoji: `⏳ Polish (In Progress)` is in progress.
        if said := meta.said(found):
            self.state = said if self.state is None or (worded and self.status is None) else self.state
        for one in found:
            if one.kind == "emoji" and self.marker is None and meta.emoji_state(one.text):
                self.marker = (one.start, one.end)
            elif one.kind == "status" and self.status is None and meta.word_state(one.text):
                self.status = (one.start, one.end)

    def first(self, kind: str) -> Meta | None:
        """The first thing of a kind that was cut off."""
        return next((one for one in self.metas if one.kind == kind), None)

    def spans(self) -> tuple[Decoration, ...]:
        """Where the decorations stand in the file."""
        return tuple(Decoration(one.kind, self.of.span(one.start, one.end)) for one in self.metas)

    def title_span(self) -> Span:
        """Where the title stands in the file."""
        return self.of.span(self.start, self.end)


def heading(text: Text, lead: int = 0) -> Title:
    """The title of a heading (§3), or of a line whose ``lead`` characters are its name: a state behind them goes."""
    title = Title(text, end=len(text.plain))
    if lead and (found := meta.suffix(text.plain, lead, title.end)):
        _cut(title, lead, found)
    _colon(title)
    if _signed(text.plain[: title.end]) or (text.parts and text.parts[-1].style & BOLD):
        _leading(title, any_emoji=True)
        while (
            _trailing_emoji(title, any_emoji=True)
            or _parenthesis(title)
            or _bold_status(title)
            or _dashed(title)
            or _notation(title)
            or _colon(title)
        ):
            pass
        if not text.plain.isascii() or _CLOSED.search(text.plain):
            _middle(title)
    return _finish(title)


def _signed(plain: str) -> bool:
    """A look without a pattern: whether anything may be set off at all."""
    if not plain.isascii() or plain.rstrip().endswith((")", "%", "]")):
        return True
    return any(sign in plain for sign in _SIGNS)


def _colon(title: Title) -> bool:
    """What heads a list may end in a colon: that is punctuation."""
    plain = title.of.plain[title.start : title.end].rstrip()
    if not plain.endswith((":", "：")):
        return False
    kept = plain.rstrip(":：").rstrip()
    if not kept:
        return False
    title.end = title.start + len(kept)
    return True


def box(text: Text) -> Title:
    """The title of an item with a box (§4): parentheses and metadata stay."""
    plain, parts = text.plain, text.parts
    # Most are plain words: a look without a pattern is enough for them.
    signed = not plain.isascii() or ("-" in plain and _BOX_SIGN.search(plain) is not None)
    signed = signed or bool(parts and parts[-1].style & BOLD)
    if not signed and _tidy(plain):
        return Title(text, text.said(plain), plain, 0, len(plain))
    title = Title(text, end=len(plain))
    if signed:
        _leading(title, any_emoji=False)
        while _trailing_emoji(title, any_emoji=False) or _bold_status(title) or _dashed_status(title):
            pass
    return _finish(title)


def behind(title: Title, word: Meta, start: int) -> Title:
    """The title that begins at an index, behind a status word that says a bullet's state (``DONE: Login``)."""
    title.note([word])
    title.start = max(title.start, start)
    return _finish(title)


def _finish(title: Title) -> Title:
    plain = title.of.plain
    if not title.metas and title.end == len(plain) and _tidy(plain):  # nearly all titles
        title.text, title.guarded = title.of.said(plain), plain
        return title
    kept, at = "", title.start
    for start, end in title.gaps:
        kept, at = kept + plain[at:start], end
    text = _SPACES.sub(" ", kept + plain[at : title.end]).strip()
    if (not text or _REMARK.fullmatch(text)) and plain.strip():  # `## ✅ Done` is kept as it stands (§3)
        title.gaps, title.start, title.end = (), 0, len(plain)
        text = _SPACES.sub(" ", plain).strip()
    while title.start < title.end and plain[title.start].isspace():
        title.start += 1
    while title.end > title.start and plain[title.end - 1].isspace():
        title.end -= 1
    title.text, title.guarded = title.of.said(text), text
    return title


def _tidy(plain: str) -> bool:
    """Whether all blanks are single spaces inside the text."""
    if plain.isascii() and plain.isprintable():
        return "  " not in plain and plain[:1] != " " and plain[-1:] != " "
    return " ".join(plain.split()) == plain


def _leading(title: Title, *, any_emoji: bool) -> None:
    """Emoji at the start; after a status emoji also a status word, if a dash, a parenthesis or nothing follows.

    In headings a status word in brackets too (``[DONE] Guard``).
    """
    plain = title.of.plain
    if any_emoji and (boxed := _LEADING_WORD.match(plain)):
        title.note([Meta("status", *boxed.span(1), boxed[1])])
        title.start = boxed.end()
    if any_emoji and (found := _LEADING_BOX.match(plain)):
        title.state = _BOX_STATES.get(found[1].strip().lower(), TaskState.IN_PROGRESS)
        title.box = (found.start(1), found.end(1))
        title.metas += (Meta("other", found.start(1) - 1, found.end(1) + 1, found[0].strip()),)
        title.start = found.end()
    while found := _LEADING_EMOJI.match(plain, title.start, title.end):
        sure = meta.emoji_state(found[1])
        if not any_emoji and sure is None:
            return
        title.note([Meta("emoji", found.start(1), found.end(1), found[1])])
        title.start = found.end()
        word = _STATUS_AT.match(plain, title.start, title.end) if sure else None
        if word and _BOUNDARY.match(plain, word.end(), title.end):
            title.note([Meta("status", word.start(1), word.end(1), word[1])])
            dash = _DASHES.match(plain, word.end() - (word[0] != word[0].rstrip()), title.end)
            title.start = dash.end() if dash else word.end()


def _trailing_emoji(title: Title, *, any_emoji: bool) -> bool:
    """An emoji at the end, or a status emoji with its word (``✅ **COMPLETED**``)."""
    plain = title.of.plain
    if plain[max(title.start, title.end - 48) : title.end].isascii():
        return False
    if found := _TRAILING_EMOJI.search(plain, max(title.start, title.end - 16), title.end):
        if not any_emoji and meta.emoji_state(found[1]) is None:
            return False
        return _cut(title, found.start(), [Meta("emoji", found.start(1), found.end(1), found[1])])
    for at in range(title.end - 1, max(title.start, title.end - 48), -1):
        # A look at the character first: nearly all are letters.
        if plain[at] in words.SURE_EMOJI or (
            any_emoji and plain[at] > _LETTERS and _ONE_EMOJI.match(plain, at)
        ):
            return _emoji_and_word(title, at)
    return False


def _emoji_and_word(title: Title, at: int) -> bool:
    found = meta.suffix(title.of.plain, at, title.end)
    if not found or any(one.kind not in _BEHIND_EMOJI for one in found):
        return False
    if len(found) < 2 or found[1].kind == "date":
        return False
    return _cut(title, at, found)


def _cut(title: Title, at: int, found: list[Meta]) -> bool:
    """The title ends at an index; a dash that set off what follows goes too."""
    title.note(found)
    rest = title.of.plain[title.start : at].rstrip()
    title.end = title.start + len(re.sub(r"\s+[-–—|:]+\Z|\s*—\Z", "", rest))
    return True


def _parenthesis(title: Title) -> bool:
    """A trailing parenthesis goes when all it holds is metadata, or when it starts with an emoji (§3)."""
    plain = title.of.plain
    end = len(plain[: title.end].rstrip())
    if end <= title.start or plain[end - 1] not in _CLOSING:
        return False
    opening = _opening(plain, title.start, end)
    if opening is None or opening <= title.start:
        return False
    found = meta.suffix(plain, opening + 1, end - 1)
    if found == [] or (found is None and plain[end - 1] in "]】"):
        return False
    if found is None:
        emoji = _LEADING_EMOJI.match(plain, opening + 1, end - 1)
        if emoji is None:
            return False
        found = [Meta("other", opening, end, plain[opening:end])]
        title.state = title.state or meta.emoji_state(emoji[1])
    return _cut(title, opening, found)


def _opening(plain: str, start: int, end: int) -> int | None:
    depth = 0
    for at in range(end - 1, start - 1, -1):
        if plain[at] in _CLOSING:
            depth += 1
        elif plain[at] in _OPENING:
            depth -= 1
            if depth == 0:
                return at
    return None


def _bold_status(title: Title) -> bool:
    """A status word in bold at the end, unless the whole text is bold."""
    text = title.of
    if len(text.parts) < 2:
        return False
    last = next(
        (p for p in reversed(text.parts) if p.at < title.end and text.plain[p.at : title.end].strip()), None
    )
    if (
        last is None
        or not last.style & BOLD
        or last.at <= title.start
        or text.styled(title.start, last.at, BOLD)
    ):
        return False
    found = meta.suffix(text.plain, last.at, title.end)
    if not found or not any(one.kind == "status" for one in found):
        return False
    return _cut(title, last.at, found)


def _dashed(title: Title) -> bool:
    """Between a dash and the end: status, counter, estimate, date, ``HIGH PRIORITY``."""
    return _after_dash(title, {"emoji", "status", "counter", "estimate", "date", "priority"})


def _notation(title: Title) -> bool:
    """``@user``, ``#tag``, ``due:2026-01-15``, ``📅 2026-01-15`` at the end of a heading."""
    found = _NOTATION.search(title.of.plain, title.start, title.end)
    if found is None or found.start() <= title.start:
        return False
    kind: DecorationKind = "date" if found["due"] else "other"
    return _cut(title, found.start(), [Meta(kind, found.start(1), found.end(1), found[1])])


def _dashed_status(title: Title) -> bool:
    return _after_dash(title, {"emoji", "status"})


def _after_dash(title: Title, kinds: set[str]) -> bool:
    plain = title.of.plain
    if _HAS_DASH.search(plain, title.start, title.end) is None:
        return False
    dashes = list(_DASH.finditer(plain, title.start, title.end))
    if not dashes or dashes[-1].start() == title.start:
        return False
    dash = dashes[-1]
    at = dash.end()
    found = meta.suffix(plain, at, title.end)
    if not found or any(one.kind not in kinds for one in found):
        return False
    # A range such as `2024 - 2025` or a lone date is often the subject itself.
    if all(one.kind == "date" for one in found):
        return False
    return _cut(title, dash.start(), found)


def _middle(title: Title) -> None:
    """``P3.2 ✅ COMPLETED - Pace`` is ``P3.2 - Pace``, ``Part 1 (done): Guard`` is ``Part 1: Guard`` (§3).

    A status emoji goes right behind the name too (``Task 2: ✅ Guard``), and before a remark.
    """
    for found in _MIDDLE.finditer(title.of.plain, title.start, title.end):
        emoji = found["emoji"] or found["sign"] or found["mark"]
        if emoji and meta.emoji_state(emoji) is None:
            continue
        title.gaps += (found.span(),)
        said = [
            Meta("status" if name in ("word", "inner") else "emoji", *found.span(name), found[name])
            for name in ("emoji", "sign", "mark", "word", "inner")
            if found[name]
        ]
        title.note(said)
