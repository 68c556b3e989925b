r"""Quick actions: commands that GitLab finds in a text, obeys and takes out of it (api-facts D.2).

A line is a command if it stands in a paragraph of the top level and begins with `/` and a known name, in any case
that Unicode folds (`/cloſe`). Before that, every CR is deleted, wherever it stands. Where it is not certain what
GitLab's renderer would see, the text is read so that more is obeyed, never less: whoever is safe here is safe there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAMES = """
    add_child add_contacts add_email add_parent approve assign assign_reviewer award blocked_by blocks board_move child
    child_of clear_health_status clear_weight clone close confidential convert_to_ticket copy_metadata
    copy_metadata_from_issue create_merge_request done done_todo draft due duplicate due_date epic estimate
    estimate_time health_status invite_email iteration label labels lgtm link lock merge milestone move move_to page
    parent parent_epic promote promote_to promote_to_incident publish react ready reassign reassign_reviewer rebase
    relabel relate remove_child remove_contacts remove_due_date remove_email remove_epic remove_estimate
    remove_iteration remove_label remove_milestone remove_parent remove_parent_epic remove_relation
    remove_start_date remove_time_estimate remove_time_spent remove_zoom reopen request_changes request_review
    run_pipeline set_parent severity ship spend spend_time spent start_date status submit_review subscribe substitute
    tag target_branch timeline title todo type unapprove unassign unassign_reviewer unblock undo unlabel unlink
    unlock unmerge unrelate unsubscribe weight zoom
"""
SUBSTITUTIONS = {"shrug": r"¯\＿(ツ)＿/¯", "tableflip": "(╯°□°)╯︵ ┻━┻"}

_COMMAND = re.compile(
    rf"""
      `.+?`                                              # a span, across lines too
    | ^<[^>]+?>\n .+? \n</[^>]+?>$
    | ^/(?P<name>{"|".join(sorted((*NAMES.split(), *SUBSTITUTIONS), key=len, reverse=True))})
      (?:[ ](?P<argument>[^\n]*))?(?:\s*\n|$)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r" {0,3}(>{3,})[ \t]*(?:\[![^\]]*\].*)?$")
_ITEM = re.compile(r"( {0,3}(?:[-+*]|\d{1,9}[.)]))(?:( {1,4})(?=\S)|(?=\s|$))")
_HTML = re.compile(
    r" {0,3}<(?P<raw>script|pre|style|textarea)(?=[\s>]|$)|(?P<comment> {0,3}<!--)|(?P<php> {0,3}<\?)"
    r"|(?P<cdata> {0,3}<!\[CDATA\[)|(?P<declaration> {0,3}<![A-Za-z])|(?P<block> {0,3}</?(?:address|article|aside|"
    r"blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|"
    r"form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|"
    r"optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?=[\s/>]|$))",
    re.IGNORECASE,
)
_ENDS = {"raw": re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)} | {
    name: re.compile(re.escape(end))
    for name, end in {"comment": "-->", "php": "?>", "cdata": "]]>", "declaration": ">"}.items()
}


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is in lower case, as the text spelled it otherwise."""

    name: str
    argument: str = ""


def taken_from(text: str | None) -> tuple[str | None, list[Command]]:
    """The text as it is stored, without its commands, and those."""
    if text is None:
        return None, []
    lines = text.replace("\r", "").split("\n")
    found: list[Command] = []
    pieces = []
    for plain, chunk in _chunks(lines):
        joined = "".join(f"{line}\n" for line in chunk)
        pieces.append(_without(joined, found) if plain else joined)
    return "".join(pieces).rstrip(), found


def _without(paragraph: str, found: list[Command]) -> str:
    def take(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0]
        name = match["name"].lower()
        argument = (match["argument"] or "").strip()
        found.append(Command(name, argument))
        face = SUBSTITUTIONS.get(name)
        return "" if face is None else f"{argument} {face}\n".lstrip()

    return _COMMAND.sub(take, paragraph)


def _chunks(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines: (may hold commands, lines). Code, raw HTML and GitLab's `>>>` quotes may not.

    What may is a paragraph at most: a back-tick in one opens nothing in the next.
    """
    index = 0
    while index < len(lines):
        start, index = index, _block(lines, index)
        if index == start:
            index = _paragraph_end(lines, start)
            yield True, lines[start:index]
        else:
            yield False, lines[start:index]


def _paragraph_end(lines: list[str], start: int) -> int:
    """Behind the blank line that ends it, which goes away together with a command before it."""
    for at in range(start, len(lines)):
        if not lines[at].strip():
            return at + 1
        if at > start and _block(lines, at) != at:
            return at
    return len(lines)


def _block(lines: list[str], start: int) -> int:
    """Where the block that begins here ends, if commands mean nothing in it; else `start`."""
    line = lines[start]
    if quote := _QUOTE.match(line):
        return _quote_end(lines, start, quote[1])
    if fence := _FENCE.match(line):
        return _fence_end(lines, start, fence[1])
    if html := _HTML.match(line):
        return _html_end(lines, start, html)
    if item := _ITEM.match(line):
        return _item_end(lines, start, len(item[1]) + len(item[2] or " "))
    return start


def _quote_end(lines: list[str], start: int, mark: str) -> int:
    """The next line of as many `>` ends it, even in a fence inside: that was seen (api-facts D.2)."""
    end = re.compile(rf" {{0,3}}>{{{len(mark)},}}[ \t]*$")
    return next((at + 1 for at in range(start + 1, len(lines)) if end.match(lines[at])), len(lines))


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    end = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    return next((at + 1 for at in range(start + 1, len(lines)) if end.match(lines[at])), len(lines))


def _html_end(lines: list[str], start: int, html: re.Match[str]) -> int:
    kind = next(name for name, value in html.groupdict().items() if value is not None)
    if kind == "block":
        return next((at for at in range(start, len(lines)) if not lines[at].strip()), len(lines))
    end = _ENDS[kind]
    first = html.end() if kind != "raw" else 0
    if end.search(lines[start], first):
        return start + 1
    return next((at + 1 for at in range(start + 1, len(lines)) if end.search(lines[at])), len(lines))


def _item_end(lines: list[str], start: int, indent: int) -> int:
    """A list item's lines are indented; the first that is not has left it, or continues it lazily and is read."""
    for at in range(start + 1, len(lines)):
        if lines[at].strip() and not lines[at].startswith((" " * indent, "\t")):
            return at
    return len(lines)
