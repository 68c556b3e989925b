"""Text of strangers as Markdown that reads back as exactly this text (reading-roadmaps §8, threat T4).

A spelling is never trusted because of how it was made: the editor reads every one again, and takes the first
that comes back as the value. So the levels may be few and simple; they run from what a person would write to
what no reader can misunderstand:

0. characters that begin Markdown structure get a backslash;
1. those that begin metadata too (``@user``, ``#tag``, ``(3-4 hours)``, ``due:``), or make a counter (``50%``, ``2/5``);
2. status emoji and odd blanks become character references, joints of phrases (``DONE:``) get a backslash;
3. every ASCII punctuation mark gets a backslash; the first letter of every word and all that is not ASCII become
   references (a file full of mojibake cannot spell every character as it is).

The reader takes an escaped character for text: it never begins or ends structure, metadata or a status.
So the value comes back without the escapes, and nothing accumulates from round to round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from syncd.model.values import one_line

_PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(?=\S)(?:[^`]|[^`].*?[^`])(?<=\S)\1(?!`)")
_STRUCTURE = re.compile(
    rf"""
      \\(?=[{_PUNCTUATION}]|$)                      # a backslash that would escape, or break the line
    | <(?=[A-Za-z/!?]) | &(?=\#?\w+;) | `           # HTML, comments, references, code
    | ^\[ | \[(?=\^) | \[(?=[^\]]*\][(\[:]) | (?<=\])\(   # a box mark, a footnote, a link
    | ^\#(?=\#*(?:\s|$)) | \#+$ | ^[-+*](?=\s|$) | ^>      # what begins a block, or ends a heading
    | (?<=^\d)[.)] | (?<=^\d\d)[.)] | (?<=^\d\d\d)[.)]
    """,
    re.VERBOSE,
)
_PAIRED = re.compile(r"(?<![^\W_])_|_(?![^\W_])|[*~]")
_METADATA = re.compile(r"(?<![\w.])@(?=\w)|#(?=\w)|[(\[]|(?<=\w):(?=\S)|[\^!](?=\w)|[*_~]|(?<=\d)[%/]")
_JOINT = re.compile(r"[:|]|(?<=\s)-(?=\s)")
_ANY = re.compile(rf"[{_PUNCTUATION}]")
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]")
LEVELS = 4


def spellings(text: str, *, in_row: bool = False) -> Iterator[str]:
    """Ways to write ``one_line(text)`` in Markdown, the plainest first, without repetition; see :func:`spelling`."""
    seen: set[str] = set()
    for level in range(LEVELS):
        way = spelling(text, level, in_row=in_row)
        if way is not None and way not in seen:
            seen.add(way)
            yield way


def spelling(text: str, level: int, *, in_row: bool = False) -> str | None:
    """``one_line(text)`` written with the escapes of a level, 0 to 3.

    ``in_row``: for a cell of a table, where ``|`` always needs a backslash. None for a text that no file can hold
    as one line of its own: an empty one, or one with half a surrogate pair.
    """
    plain = one_line(text)
    if not plain or any(unicodedata.category(char) == "Cs" for char in plain):
        return None
    way = _spelling(plain, level)
    return _in_cell(way) if in_row else way


def _spelling(text: str, level: int) -> str:
    code = _code(text) if level < 2 else set()
    spots = _spots(text, level) - code
    words = {found.start() for found in _WORD.finditer(text)} if level >= 3 else set()
    return "".join(
        f"\\{char}"
        if at in spots
        else _reference(char)
        if at in words or (level >= 2 and _strange(char)) or (level >= 3 and _may_refer(char))
        else char
        for at, char in enumerate(text)
    )


def _code(text: str) -> set[int]:
    """Where code stands that may stay code: a backslash means nothing in there."""
    return {at for found in _CODE.finditer(text) for at in range(*found.span())}


def _spots(text: str, level: int) -> set[int]:
    """Which characters get a backslash."""
    spots = {found.start() for found in _STRUCTURE.finditer(text)}
    paired = [found for found in _PAIRED.finditer(text) if not _alone(text, found.start())]
    spots |= {found.start() for found in paired if sum(one.group() == found.group() for one in paired) > 1}
    patterns = ((), (_METADATA,), (_METADATA, _JOINT), (_ANY,))[level]
    return spots.union(found.start() for pattern in patterns for found in pattern.finditer(text))


def _alone(text: str, at: int) -> bool:
    """Whether a mark stands between blanks, where it can neither open nor close anything."""
    return text[at - 1 : at] in ("", " ") and text[at + 1 : at + 2] in ("", " ")


def _reference(char: str) -> str:
    return f"&#x{ord(char):X};"


def _may_refer(char: str) -> bool:
    """Beyond ASCII, but for the code points that are no characters: a reference to one reads as U+FFFD in places."""
    code = ord(char)
    return code > 0x7F and code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF


def _strange(char: str) -> bool:
    """Symbols (emoji among them) and blanks other than the space."""
    return ord(char) > 0x7F and unicodedata.category(char) in ("So", "Sk", "Sm", "Cf", "Zs", "Co", "Me")


def _in_cell(spelling: str) -> str:
    """Every ``|`` with its backslash: in a table it would end the cell, even inside code."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", spelling)
