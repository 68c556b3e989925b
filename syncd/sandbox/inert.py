"""What a saved text does to people who never asked: mentions, cross references, closing keywords.

Judged on the text as it is *rendered*: a backslash or a character reference before `@` does not stop GitHub
from notifying somebody, while code, and a hidden comment between two characters, do (api-facts D.1).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal

Kind = Literal["mention", "reference", "closing"]

_FENCE = re.compile(r"(?ms)^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)")
_INDENTED = re.compile(r"(?m)(?:\A|(?<=\n\n))(?:(?: {4}|\t)[^\n]*(?:\n|\Z))+")
# Within one paragraph: a blank line ends what a backtick began.
_SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:.|\n(?![ \t]*(?:\n|\Z)))+?)(?<!`)\1(?!`)")
_COMMENT = re.compile(r"(?s)<!--.*?-->")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_GAP = "\x00"

_MENTION = re.compile(
    r"(?<![\w/@.`-])@([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:/[A-Za-z0-9][\w-]*)?)(?![\w-])"
)
_PLACE = r"(?:[A-Za-z0-9][\w.-]*/[\w.-]+)"
_REFERENCE = re.compile(
    rf"(?<![\w/&#])(?:(?P<project>{_PLACE})?#|GH-)(?P<number>[0-9]+)(?![\w])"
    rf"|https?://[^\s/]+/(?P<url>{_PLACE})/(?:issues|pull)/(?P<at>[0-9]+)(?![\w])",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"(?<!\w)(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+\Z", re.IGNORECASE)


def rendered(text: str) -> str:
    """The words that a reader sees outside code, with gaps where code and comments stood."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for hidden in (_FENCE, _COMMENT, _INDENTED, _SPAN):
        text = hidden.sub(_GAP, text)
    return html.unescape(_ESCAPE.sub(r"\1", text))


def noises(text: str) -> Iterator[tuple[Kind, str]]:
    """Every disturbance in a text: (kind, target). A reference's target is `owner/name#9`, or `#9` at home."""
    seen = rendered(text)
    for found in _MENTION.finditer(seen):
        yield "mention", found[1]
    for found in _REFERENCE.finditer(seen):
        target = f"{found['project'] or found['url'] or ''}#{found['number'] or found['at']}"
        yield "reference", target
        if _CLOSING.search(seen[: found.start()]):
            yield "closing", target
