"""Which ``@names`` of a title are people (§4): those that are set off from what the title says.

In the middle of a sentence ``@name`` is often a scope of packages (``use @angular 17``), and who is read as an owner
is assigned. So a name counts only at the start (``@ann: …``), at the end with nothing but notation behind it, alone
in a parenthesis, in brackets or between dashes and bars, and behind a word that says so (``assigned to @ann``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from syncd.roadmap.outline import words

NAME: Final = r"(?<![\w/.`@:])@(?P<user>[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?)(?![\w/@]|\.\w)"
_BEFORE: Final = (
    r"owners?|assignees?|assign(?:ed)?(?: to)?|reviewers?|lead|ask|ping|cc|contact|(?:pair(?:ing)?|together) with"
    # Alone it says as often what does the work (`powered by @engine`): only with nothing before it.
    r"|(?:owned|led|done|reviewed|review|approved|checked|tested|written|handled|signed off) by|(?<!\w )by"
)
_AMOUNT: Final = r"\d{1,4}(?:[.,]\d{1,2})?"
_TOKEN: Final = re.compile(
    rf"(?P<name>{NAME})"
    r"|(?P<group>\((?!v?\d+(?:\.[\dx]+)+\)|v\d+\))[^()\n]*\)|\[[^\[\]\n]*\])"
    rf"|(?P<note>#\w[\w./-]*|(?:\b(?:due|deadline)\b:?\s?(?:on |by )?)?(?<!\d)\d{{4}}-\d\d-\d\d(?!\d)"
    rf"|(?<![\w.]){_AMOUNT}(?:\s?[-–]\s?{_AMOUNT})?\+?\s?(?:{words.UNITS})(?!\w))"
    r"|(?P<joint>\b(?:and|und|et|e|y)\b|[,;/])"
    r"|(?P<bar>(?<=\s)[-–—|·•→]+(?=\s)|—)"
    rf"|(?P<key>\b(?:{_BEFORE})\b)"
    r"|(?P<id>\b(?:(?:task|story|phase|week|step|milestone|sprint)\s\d+(?:\.\d+)*[a-z]?"
    r"|(?-i:[A-Z]{1,6})-?\d+(?:\.\d+)*|\d+(?:\.\d+)+)\b)"
    r"|(?P<word>\w+)",
    re.IGNORECASE,
)
_SAYS: Final = frozenset({"word", "key", "id"})
_TITLE: Final = frozenset({"bar"})
_GROUP: Final = frozenset({"bar", "joint"})

_Tokens = list[re.Match[str]]


def owners(plain: str, start: int, end: int) -> set[int]:
    """Where the ``@`` of every name stands that is set off in a stretch of text. Linear time."""
    tokens = list(_TOKEN.finditer(plain, start, end))
    found = {*_at_ends(tokens), *_alone(tokens, _TITLE), *_announced(tokens)}
    for one in tokens:
        if one.lastgroup == "group":
            inside = list(_TOKEN.finditer(plain, one.start() + 1, one.end() - 1))
            found.update(_alone(inside, _GROUP), _announced(inside))
    return found


def _at_ends(tokens: _Tokens) -> Iterator[int]:
    """Names before the first word, an identifier aside, and behind the last."""
    kinds = [one.lastgroup for one in tokens]
    first = next((at for at, kind in enumerate(kinds) if kind in ("word", "key")), len(tokens))
    last = next((at for at in reversed(range(len(tokens))) if kinds[at] in _SAYS), -1)
    return (one.start() for at, one in enumerate(tokens) if kinds[at] == "name" and not first < at < last)


def _alone(tokens: _Tokens, between: frozenset[str]) -> Iterator[int]:
    """Names in parts that hold nothing else but notation."""
    part: list[int] = []
    says = False
    for one in tokens:
        if one.lastgroup in between:
            yield from () if says else part
            part, says = [], False
        elif one.lastgroup == "name":
            part.append(one.start())
        else:
            says = says or one.lastgroup in _SAYS
    yield from () if says else part


def _announced(tokens: _Tokens) -> Iterator[int]:
    """Names behind a word that says that somebody follows."""
    somebody = False
    for one in tokens:
        if one.lastgroup == "name" and somebody:
            yield one.start()
        elif one.lastgroup not in ("name", "joint"):
            somebody = one.lastgroup == "key"
