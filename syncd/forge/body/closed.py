"""Text that leaves nothing open behind itself: what stands below reads the same whatever we write above it.

A fence, a raw HTML block or GitLab's ``>>>`` quote that notes open and do not close would reach into the text that
people wrote below our block: their own fence would close ours, and a ``/close`` that they had shown as code would be
free, and be obeyed when *we* save (api-facts §D.2). So a line that opens something and is not certainly closed is
broken by an invisible space, as everything in :mod:`syncd.forge.body.inert` is, and undone like it.

A line that is broken without need looks a little odd; one that is left by mistake runs a command: only certainty
counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable

BREAK = "\u200b"

# Deeper than three blanks a fence stands in a list, which the block's last line ends; so does one behind a list's mark.
_FENCE = re.compile(r"^( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_QUOTE = re.compile(r"^( {0,3}>)(>{2,}[ \t]*(?:\[!.*)?)$")
_HTML = re.compile(
    r"(?P<before>[\s>*+\-0-9.)]*<)(?:(?P<raw>(?:script|pre|style|textarea)(?=[\s>]|$))|(?P<comment>!--)|(?P<php>\?)"
    r"|(?P<cdata>!\[CDATA\[)|(?P<declaration>![A-Za-z])|(?P<tag>[A-Za-z/]))",
    re.IGNORECASE,
)
_ENDS = {
    "raw": re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    "comment": re.compile("-->"),
    "php": re.compile(r"\?>"),
    "cdata": re.compile(r"\]\]>"),
    "declaration": re.compile(">"),
}
_CLOSING = re.compile(r"(<)(/(?:script|pre|style|textarea)>)|(\?)(>)|(\])(\]>)", re.IGNORECASE)


def closed(text: str) -> str:
    """The text (LF line ends) with every line broken that might leave something open at its end.

    What it leaves are fences that are certainly closed, and HTML that its own end or a blank line ends.
    """
    lines = text.split("\n")
    at = doubtful = 0
    while at < len(lines):
        end = _fence_end(lines, at) if at >= doubtful else None
        if end is not None:
            lines[at:end] = [_QUOTE.sub(rf"\1{BREAK}\2", line) for line in lines[at:end]]
            at = end
        elif html := _HTML.match(lines[at]):
            # Up to its end it is HTML for some, and ordinary text for others: no fence is certain there.
            behind = _html_end(lines, at, html)
            if behind is None:
                lines[at] = lines[at][: html.end("before")] + BREAK + lines[at][html.end("before") :]
            doubtful = max(doubtful, behind or 0)
        else:
            lines[at] = _QUOTE.sub(rf"\1{BREAK}\2", _FENCE.sub(_broken, lines[at]))
        at += 1
    return "\n".join(lines)


def flat(text: str) -> str:
    """The text without anything that opens or closes: for a place of which it is not known what is open there."""
    lines = (_FENCE.sub(_broken, line) for line in closed(text).split("\n"))
    return _CLOSING.sub(lambda end: BREAK.join(part for part in end.groups() if part), "\n".join(lines))


def leaves_open(text: str) -> bool:
    """Whether something may be open behind this text, which people wrote."""
    return closed(text) != text


def _broken(fence: re.Match[str]) -> str:
    return f"{fence[1]}{fence[2][0]}{BREAK}{fence[2][1:]}{fence[3]}"


def _fence_end(lines: list[str], at: int) -> int | None:
    """The line that closes the fence which line ``at`` opens, if it certainly does."""
    opening = _FENCE.match(lines[at])
    if opening is None:
        return None
    indent, fence = opening[1], opening[2]
    closing = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if closing.match(line) and (not indent or _indent(line) == len(indent)):
            return number
        # In a list: a line further left, and the fence may be left with the item.
        if closing.match(line) or (line.strip() and _indent(line) < len(indent)):
            return None
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _html_end(lines: list[str], at: int, html: re.Match[str]) -> int | None:
    """The line behind which raw HTML is over in every reading."""
    kind = html.lastgroup or "tag"
    ended: Callable[[str], object] = _ENDS[kind].search if kind in _ENDS else lambda line: not line.strip()
    first = lines[at][html.end() :] if kind != "tag" else "-"
    if ended(first):
        return at + 1
    behind = (number + 1 for number in range(at + 1, len(lines)) if ended(lines[number]))
    # A blank line stands before the block's last line.
    return next(behind, len(lines) if kind == "tag" else None)
