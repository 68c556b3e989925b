"""Inert text: what a roadmap says must ring nobody's bell on a forge, and must come back as it went.

A zero-width space is put into everything that a forge would act on: mentions, references, issue addresses, our own
markers (threats T6–T8, api-facts §D). The space is ours exactly where it stands between two ASCII characters; there,
spaces that the text had already are doubled. So undoing needs no knowledge of what was escaped, or why, and never
loses or gathers a character: ``plain(inert(x)) == x``. Elsewhere (Thai and Khmer separate words so) it is left alone.

Code is left as it is: see :mod:`syncd.forge.body.code`. Bare commit hashes stay too: they become links, and nobody
is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from syncd.forge.body.code import code_in
from syncd.model.values import one_line

BREAK = "\u200b"

_OURS = re.compile(rf"(?<=[\x00-\x7f]){BREAK}+(?=[\x00-\x7f])")
_MARKER = re.compile(r"(<!--[ \t]*s)(?=yncd:)", re.IGNORECASE)
# An address ends where Markdown could. What follows is ordinary text again.
_ADDRESS = r"(?<![^\s(<])(?-i:https?)://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}/[\w.~:/?#@!$&+,;=%-]*"
_ISSUE_ADDRESS = re.compile(
    r"(/(?:issues|pull|pulls|discussions|merge_requests|work_items|epics)/)(?=\d)", re.IGNORECASE | re.ASCII
)
_ACTIVE = re.compile(
    rf"""
      (?P<address>{_ADDRESS})
    | (?P<mention>(?<![A-Za-z0-9])@(?=[!-~]))           # not in an e-mail address
    | (?P<reference>[\#!&](?=[0-9])|\#(?=[&<]))          # #9, a/b#9, GitLab's !9 and &9
    | (?P<prefix>\bG[HL]-(?=[0-9&]))                      # GH-9, GitLab's GL-9
    | (?P<typed>\[(?:issue|work_item|epic|merge_request):(?=[0-9\w]))
    | (?P<path>/(?:issues|pull|pulls|discussions|merge_requests|work_items|epics)\\?/(?=[0-9&]))
    | (?P<entity>&(?=\#[0-9x]|commat;|num;|sol;|excl;|amp;|colon;|period;))   # any of these in disguise
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SLASH = re.compile(r"^([^\S\n]*)(\\*)/")
_SLASHED = re.compile(r"^([^\S\n]*)(\\*)\\/", re.MULTILINE)
_KEYWORD = re.compile(r"\b(clos|fix|resolv|implement)(?=(?:e[sd]?|es|ed|s|ing)?:?\s+$)", re.IGNORECASE)
_REFERENCE = re.compile(r"#\d+<!-- syncd:ref (.{0,200}?) -->")
_LONGEST_NAME = 100
_NOUN = r"(?i:task|step|story|item|issue|ticket)[ ]"
_NUMBER = re.compile(r"\d+(?:\.\d+)*[A-Za-z]?")

_Known: TypeAlias = tuple[re.Pattern[str], Mapping[str, int]]
"""Finds the words that name tasks, and their issue numbers."""


def inert(text: str, references: Mapping[str, int] | None = None, *, code: bool = True) -> str:
    """Text that a forge shows but does not act on, for one line or many.

    ``references`` are words of the roadmap that name another task (``#9``, ``Task 4.1``) and the issue number of that
    task: they become real references and remember what stood there. ``code=False`` trusts no code in the text.
    """
    doubled = _MARKER.sub(rf"\1{BREAK}", _OURS.sub(lambda run: run[0] * 2, text))
    known = _known(references or {})
    out, position = [], 0
    for piece in code_in(doubled) if code else ():
        out += [_break(doubled, position, piece.start, known), doubled[piece.start : piece.end]]
        position = piece.end
    out.append(_break(doubled, position, len(doubled), known))
    return "".join(out)


def plain(text: str) -> str:
    """The text as it was before :func:`inert`. Of a person's own text: the same without stray invisible spaces."""
    return _OURS.sub(lambda run: run[0][: len(run[0]) // 2], _REFERENCE.sub(r"\1", text))


def slashed(text: str) -> str:
    r"""Text in which no line is a GitLab quick action: ``\/`` for ``/`` at its start (api-facts §J.3); LF line ends.

    Lines inside certain fences keep their slash, except those that would be taken for escaped ones.
    """
    text = lines_of(text)
    fences = [piece for piece in code_in(text) if piece.fence]
    out, start = [], 0
    for line in text.split("\n"):
        fenced = any(piece.start <= start < piece.end for piece in fences)
        bare = _SLASH.match(line)
        out.append(line if bare is None or (fenced and not bare[2]) else _SLASH.sub(r"\1\2\\/", line))
        start += len(line) + 1
    return "\n".join(out)


def unslashed(text: str) -> str:
    """Undoes :func:`slashed`."""
    return _SLASHED.sub(r"\1\2/", text)


def lines_of(text: str) -> str:
    """The text with LF line ends: GitLab deletes a CR, and GitHub's page writes CRLF (api-facts §D)."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def inert_title(text: str, limit: int = 255) -> str:
    """A title as it is sent: one line, inert, at most ``limit`` characters; a cut one ends with an ellipsis.

    Not for a text that is inert already: that would be escaped once more.
    """
    title = one_line(text)
    sent = inert(title, code=False)
    length = len(title)
    while len(sent) > limit:
        length -= max(1, (len(sent) - limit) // 2)
        sent = inert(title[:length].rstrip() + "…", code=False)
    return sent


def plain_title(text: str) -> str:
    """A title as it was before :func:`inert_title`: one line, whatever a person typed (threat T4)."""
    return one_line(plain(one_line(text)))


def _known(references: Mapping[str, int]) -> _Known | None:
    usable = {
        word: number
        for word, number in references.items()
        if 0 < len(word) <= _LONGEST_NAME and "-->" not in word and "\n" not in word
    }
    if not usable:
        return None
    words = "|".join(map(_name, sorted(usable, key=len, reverse=True)))
    return re.compile(rf"(?<![\w#/.-])(?:{words})(?!\w|[.-]\w)"), usable


def _name(word: str) -> str:
    """How a task is named: by its identifier, but a mere number (a version, an amount) only as `Task 4.1` or `#4`."""
    return rf"(?:{_NOUN}|\#){re.escape(word)}" if _NUMBER.fullmatch(word) else re.escape(word)


def _number_of(words: str, references: Mapping[str, int]) -> int:
    """The issue of the task that these words name, found by :func:`_name`."""
    return references.get(words) or references[re.sub(rf"^(?:{_NOUN}|\#)(?=\d)", "", words)]


def _break(text: str, start: int, end: int, known: _Known | None) -> str:
    """``text[start:end]`` with everything active broken; what stands around it is looked at, too."""
    pieces, position = [], start
    for found in _found(text, start, end, known):
        between = text[position : found.start()]
        if known and found.re is known[0]:
            said = _break(text, found.start(), found.end(), None)
            pieces += [
                _KEYWORD.sub(rf"\1{BREAK}", between),
                f"#{_number_of(found[0], known[1])}<!-- syncd:ref {said} -->",
            ]
        else:
            pieces += [between, _broken(found)]
        position = found.end()
    return "".join(pieces) + text[position:end]


def _found(text: str, start: int, end: int, known: _Known | None) -> Iterator[re.Match[str]]:
    """What is active and what names a task, in order, without overlaps; a task's name first."""
    active, word = _ACTIVE.search(text, start, end), known and known[0].search(text, start, end)
    while active or word:
        first = word if word and (active is None or word.start() <= active.start()) else active
        assert first is not None
        yield first
        # Only what was passed is looked for again: a text full of one kind is still read once.
        if active and active.start() < first.end():
            active = _ACTIVE.search(text, first.end(), end)
        if word and known and word.start() < first.end():
            word = known[0].search(text, first.end(), end)


def _broken(active: re.Match[str]) -> str:
    if active.lastgroup != "address":
        return active[0] + BREAK
    return _ISSUE_ADDRESS.sub(rf"\1{BREAK}", active[0])
