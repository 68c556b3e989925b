"""A second opinion on edits: which lines may differ.

Written without the editor: only the reader is shared, and it has laws of its own. What the file says then:
:mod:`tests.laws.meaning`; its counters: :mod:`tests.laws.recount`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import unescape
from types import MappingProxyType

from syncd.model.changes import (
    AddItem,
    AddTask,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import Milestone, Outline, Task
from syncd.model.values import Field
from syncd.roadmap.outline.words import STATUS_EMOJI, STATUS_WORDS
from tests.laws.pairing import matched

Meant = Callable[[str], str]


def flattened(text: str) -> str:
    """A text of a tracker as one line."""
    return " ".join(
        part
        for part in "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).split(
            " "
        )
        if part
    )


class Broken(AssertionError):
    """An edit did what nobody asked for."""


# -- lines -------------------------------------------------------------------------------------------------------------

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_HEADING = re.compile(rb"(?:\xef\xbb\xbf)? {0,3}(#{1,6})(?:[ \t\r\n]|\Z)")
_UNDERLINE = re.compile(rb" {0,3}(?:=+|-+)[ \t]*[\r\n]*\Z")
_FENCE = re.compile(rb"[ \t]*(`{3,}|~{3,})")
_BULLET = re.compile(rb"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|[\r\n]*\Z)")
_RULE = re.compile(rb"[ \t]*(?:-{3,}|\*{3,}|_{3,})?[ \t]*[\r\n]*")


def lines_of(data: bytes) -> list[bytes]:
    """The lines with their endings."""
    return _LINE.findall(data)


def indent(line: bytes) -> int:
    """How far a line is indented, a tab being four."""
    return len(line[: len(line) - len(line.lstrip(b" \t>"))].expandtabs(4))


def headings(lines: Sequence[bytes]) -> dict[int, int]:
    """Line index → level of every heading outside code."""
    found: dict[int, int] = {}
    fence = b""
    for index, line in enumerate(lines):
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence) and not line.strip(b"`~ \t\r\n"):
                fence = b""
        elif opened:
            fence = opened[1]
        elif hit := _HEADING.match(line):
            found[index] = len(hit[1])
        elif index and _UNDERLINE.match(line) and line.strip() and _paragraph(lines[index - 1]):
            found[index - 1] = 1 if b"=" in line else 2
    return found


def _paragraph(line: bytes) -> bool:
    return bool(line.strip()) and not _BULLET.match(line) and not _HEADING.match(line) and b"|" not in line


def block(lines: Sequence[bytes], task: Task, others: Iterable[int]) -> range:
    """The lines of a task with all that belongs to it: as far as it is indented, or to the next heading."""
    start, levels = task.line - 1, headings(lines)
    end = min((other for other in others if other > start), default=len(lines))
    if task.kind == "row" and not _BULLET.match(lines[start]):
        return range(start, start + 1)
    if task.kind == "heading":
        level = levels.get(start, 9)
        return range(
            start, min([end, *(at for at, other in levels.items() if at > start and other <= level)])
        )
    depth = indent(lines[start])
    for at in range(start + 1, end):
        line = lines[at]
        outside = line.strip() and indent(line) <= depth
        if outside and (not lines[at - 1].strip() or _BULLET.match(line) or at in levels):
            return range(start, at)
    return range(start, end)


def own_lines(lines: Sequence[bytes], task: Task, whole: range) -> set[int]:
    """The lines that say a task's title, state and metadata: its first paragraph, and ``Name: value`` lines."""
    start = task.line - 1
    own = {start}
    for at in whole[1:]:
        line = lines[at]
        if not line.strip() or _BULLET.match(line) or _HEADING.match(line):
            break
        own.add(at)
    field_line = re.compile(rb"[ \t]*(?:[-*+][ \t]+)?[*_]*[\w\x80-\xff ]+[*_]*[ \t]*(?::|\xef\xbc\x9a)")
    return own | ({at for at in whole if field_line.match(lines[at])} if task.kind == "heading" else set())


# -- what a line may look like afterwards ------------------------------------------------------------------------------

_LONGEST_FIRST = sorted(STATUS_WORDS, key=len, reverse=True)
_WORDS = "|".join(re.escape(word).replace(r"\ ", "[ _]") for word in _LONGEST_FIRST)  # `IN_PROGRESS` in code
_SIGNS = "".join(map(re.escape, STATUS_EMOJI)) + "\ufe0f"
_MARKERS = re.compile(rf"(?<!\w)(?:{_WORDS})(?!\w)|[{_SIGNS}]|~~|[*_]+", re.IGNORECASE)
_BOX = re.compile(r"\[[^\]\w]?\w?[^\]\w]?\]")


def without_numbers(text: str) -> str:
    """A line without what a counter may change: numbers, their padding, the words of a status cell."""
    return re.sub(r"[\s–—|()-]+", " ", _MARKERS.sub(" ", re.sub(r"\d+(?:\s*/\s*\d+)?", "#", text))).strip()


def without_status(text: str) -> str:
    """A line without what a state may change."""
    return re.sub(r"[\s–—|:()（）：-]+", " ", _MARKERS.sub(" ", _BOX.sub("[]", text, count=1))).strip()


def _shape(text: str) -> str:
    """A line without its indentation and the number of its bullet."""
    return re.sub(r"^[\s>]*(?:[-*+]|\d+[.)])(?=\s)", "-", text).strip()


def _holds(text: str, title: str) -> bool:
    """Whether a line shows all characters of a title in their order, whatever escapes and mark-up are between."""
    # A backslash before the sign makes it no reference, and in code nothing is one.
    said = "".join(unescape(part) for part in re.split(r"(\\[^\w\s])", text))
    return any(_in_order(title, shown) for shown in (said, text))


def _in_order(title: str, text: str) -> bool:
    rest = iter(text)
    return all(char in rest for char in title if not char.isspace() and char not in "*_~`\\")


@dataclass
class Owned:
    """An old line that a change may touch: what of it, and for which task or milestone."""

    index: int
    what: set[str] = field(default_factory=set)
    title: str = ""

    def allows(self, old: str, new: str) -> bool:
        """Whether the old line may look like the new one."""
        if "moved" in self.what:
            old, new = _shape(old), _shape(new)
        elif old[: len(old) - len(old.lstrip())] != new[: len(new) - len(new.lstrip())]:
            return False
        if "stamp" in self.what:
            new = re.sub(r" <!-- syncd:\w+ -->", "", new)
        if self.what == {"row"}:
            cells = [re.split(r"(?<!\\)\|", text) for text in (old, new)]
            differ = [now for was, now in zip(*cells, strict=False) if was.strip() != now.strip()]
            return len(cells[0]) == len(cells[1]) and len(differ) < 2 and _holds(self.title, "".join(differ))
        if "title" in self.what:
            front = re.match(r"[\s>]*(?:#+|[-*+]|\d+[.)]|\|)?\s*", old)
            return bool(front and new.startswith(front[0])) and _holds(new, self.title)
        if "value" in self.what:
            return (
                re.findall(r"\w+", old)[:1] == re.findall(r"\w+", new)[:1]
                or re.split(r"[:：]", old)[0] == re.split(r"[:：]", new)[0]
            )
        if "status" in self.what:
            names = [re.match(r"\W*(\w+)\W*[:：]", text) for text in (old, new)]
            named = names[0] and names[1] and names[0][0] == names[1][0] and not old.startswith("#")
            return bool(named) or without_status(old) == without_status(new)
        return old == new


def _task_lines(
    lines: Sequence[bytes], task: Task, whole: range, change: SetTask, *, board: bool
) -> Iterator[tuple[int, str, str]]:
    """The lines of a task that a field is read from; all of them where a new state moves the card."""
    what = {Field.TITLE: "title", Field.STATE: "status"}.get(change.field, "value")
    own = own_lines(lines, task, whole)
    wrapped = task.kind == "box" and len(own) > 1
    for at in own:
        # That all of a title of several lines is there is seen when it is read.
        first = what == "title" and at == task.line - 1 and not wrapped
        yield at, what, flattened(str(change.after)) if first else ""
    for at in whole if board and what == "status" else ():
        yield at, "moved", ""


def _milestone_lines(
    lines: Sequence[bytes], outline: Outline, change: SetMilestone
) -> Iterator[tuple[int, str, str]]:
    """The heading, and the lines of overviews that name it: what of them may change, and the new title."""
    milestone = outline.milestones[change.milestone]
    what = {Field.TITLE: "title", Field.STATE: "status", Field.DUE: "value"}[change.field]
    title = flattened(str(change.after)) if what == "title" else ""
    yield milestone.line - 1, what, title
    rows = {task.line for task in outline.tasks() if task.kind == "row"}
    for at, line in enumerate(lines if title else ()):
        if milestone.title.encode() in line and not line.startswith(b"#"):
            yield at, what, title
        elif at + 1 not in rows and any(name in milestone.title.encode() for name in _names(line)):
            yield at, "row", title  # a part of the title names the milestone in an overview


def _names(row: bytes) -> list[bytes]:
    """What the cells of a row hold; nothing for other lines."""
    return [name for cell in row.split(b"|")[1:-1] if (name := cell.strip(b" *_"))]


def owned_lines(
    lines: Sequence[bytes], outline: Outline, changes: Iterable[RoadmapChange], *, board: bool
) -> dict[int, Owned]:
    """The lines that changes may touch. On a board, a new state moves the card."""
    tasks = {task.key: task for task in outline.tasks()}
    starts = [task.line - 1 for task in tasks.values()] + [one.line - 1 for one in outline.milestones]
    owned: dict[int, Owned] = {}

    def may(at: int, what: str, title: str = "") -> None:
        one = owned.setdefault(at, Owned(at))
        one.what.add(what)
        one.title = title or one.title

    for change in changes:
        match change:
            case SetTask(key):
                whole = block(lines, tasks[key], starts)
                for at, what, title in _task_lines(lines, tasks[key], whole, change, board=board):
                    may(at, what, title)
            case StampTask(key):
                may(tasks[key].line - 1, "stamp")
            case MoveTask(key):
                for at in block(lines, tasks[key], starts):
                    may(at, "moved")
            case TickItem(key, item):
                may(tasks[key].checklist[item].line - 1, "status")
                may(tasks[key].line - 1, "status")
            case SetMilestone():
                for at, what, title in _milestone_lines(lines, outline, change):
                    may(at, what, title)
            case AddItem() | AddTask():
                pass
    return owned


@dataclass
class Lines:
    """How the old lines became the new ones: pairs of indices."""

    pairs: dict[int, int]


def compare_lines(
    before: Sequence[bytes],
    after: Sequence[bytes],
    outline: Outline,
    changes: Sequence[RoadmapChange],
    meant: Meant,
    *,
    board: bool = False,
    new_milestones: Sequence[Milestone] = (),
    echoes: Mapping[int, int] = MappingProxyType({}),
) -> Lines:
    """Every line that differs belongs to a change, or is a counter or a milestone's heading that follows."""
    owned = owned_lines(before, outline, changes, board=board)
    # An overview's box follows the task of another line.
    repeated = {
        at: line
        for at, line in echoes.items()
        if line - 1 in owned or any(line == one for one in _ticked(outline, changes))
    }
    for at in repeated:
        owned.setdefault(at - 1, Owned(at - 1)).what.add("status")
    following = {one.line - 1 for one in outline.milestones}
    bodies = tuple([line.rstrip(b"\r\n") for line in lines] for lines in (before, after))
    _same_endings(before, after)
    result = Lines({})
    gone: list[int] = []
    come: list[int] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, bodies[0], bodies[1], autojunk=False).get_opcodes():
        if tag == "equal":
            result.pairs |= dict(zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            gone += range(i1, i2)
            come += range(j1, j2)
    old = {at: meant(bodies[0][at].decode("utf-8", "surrogateescape")) for at in gone}
    new = {at: meant(bodies[1][at].decode("utf-8", "surrogateescape")) for at in come}
    needed = {at for at, text in old.items() if not _may_go(text, owned.get(at))}
    texts = [
        one.title if isinstance(one, AddTask) else one.text
        for one in changes
        if isinstance(one, AddTask | AddItem)
    ]
    headings_of_new = {one.title for one in new_milestones}
    texts += headings_of_new
    edges = {
        at: [index for index, other in new.items() if _becomes(at, text, other, owned, following)]
        for at, text in old.items()
    }
    for number, title in enumerate(texts):
        added = -1 - number
        edges[added] = [
            index
            for index, other in new.items()
            # An underlined heading looks like any text.
            if (_new(other) or title in headings_of_new) and _holds(other, flattened(title))
        ]
        needed.add(added)
    pairs = matched(edges, needed, {index for index, text in new.items() if not _blank(text)})
    for at, partner in pairs.items():
        if at >= 0:
            result.pairs[at] = partner
    missing = sorted(needed - pairs.keys())
    if missing:
        raise Broken(f"gone or not there: {[old.get(at, at) for at in missing]}")
    strange = [
        f"{at + 1}: {text!r}"
        for at, text in new.items()
        if at not in set(pairs.values()) and not _blank(text)
    ]
    if strange:
        raise Broken(f"nobody asked for {strange}")
    return result


def _new(text: str) -> bool:
    """A box, a heading, a row, or a bullet that says a state."""
    return (
        bool(_BOX.search(text))
        or text.startswith(("#", "|"))
        or bool(re.match(r"\s*(?:[-*+]|\d+[.)])\s", text) and _MARKERS.search(text))
    )


def _ticked(outline: Outline, changes: Iterable[RoadmapChange]) -> Iterator[int]:
    """The lines of tasks whose checklists change: a heading is as done as its boxes."""
    keys = {change.task for change in changes if isinstance(change, TickItem | AddItem)}
    return (task.line for task in outline.tasks() if task.key in keys)


def _blank(text: str) -> bool:
    return not text.strip() or bool(re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*", text))


def _may_go(text: str, owned: Owned | None) -> bool:
    """Blank lines and rules around a block that moves; further lines of a title; lines that only say a state."""
    if owned is None or _blank(text):
        return _blank(text)
    return ("title" in owned.what and not owned.title) or (
        bool(owned.what & {"status", "value"}) and not without_status(text)
    )


def _becomes(at: int, old: str, new: str, owned: Mapping[int, Owned], following: set[int]) -> bool:
    one = owned.get(at)
    if one is not None:
        if one.allows(old, new) or one.allows(without_numbers(old), without_numbers(new)):
            return True
        if at in following and one.allows(without_status(old), without_status(new)):
            return True
    masked = without_numbers(old)
    return bool(masked) and masked == without_numbers(new)


def _same_endings(before: Sequence[bytes], after: Sequence[bytes]) -> None:
    def endings(lines: Sequence[bytes]) -> set[bytes]:
        return {line[len(line.rstrip(b"\r\n")) :] for line in lines[:-1]}

    if len(before) > 1 and not endings(after) <= endings(before):
        raise Broken(f"other line endings: {endings(after)}")
    if before and after and before[-1].endswith((b"\r", b"\n")) != after[-1].endswith((b"\r", b"\n")):
        raise Broken("another end of the file")
