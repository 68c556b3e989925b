"""A second opinion on edits: which lines may differ, and what the file says then.

Written without the editor: only the reader is shared, and it has laws of its own. Counters: :mod:`tests.laws.recount`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import unescape

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
from syncd.model.outline import Outline, Task, TaskKey
from syncd.model.values import Field
from syncd.roadmap.outline.words import STATUS_EMOJI, STATUS_WORDS

Meant = Callable[[str], str]


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
    if task.kind == "row":
        return range(start, start + 1)
    if task.kind == "heading":
        level = levels.get(start, 9)
        return range(start, min([end, *(at for at, other in levels.items() if at > start and other <= level)]))
    depth = indent(lines[start])
    for at in range(start + 1, end):
        line = lines[at]
        outside = line.strip() and indent(line) <= depth
        if outside and (not lines[at - 1].strip() or _BULLET.match(line) or at in levels):
            return range(start, at)
    return range(start, end)


def own_lines(lines: Sequence[bytes], task: Task, whole: range) -> set[int]:
    """The lines that say a task's title, state and metadata: its first paragraph, and lines of the form ``Name: value``."""
    start = task.line - 1
    own = {start}
    for at in whole[1:]:
        line = lines[at]
        if not line.strip() or _BULLET.match(line) or _HEADING.match(line):
            break
        own.add(at)
    field_line = re.compile(rb"[ \t]*(?:[-*+][ \t]+)?[*_]*[\w ]+[*_]*[ \t]*(?::|\xef\xbc\x9a)")
    return own | ({at for at in whole if field_line.match(lines[at])} if task.kind == "heading" else set())


# -- what a line may look like afterwards ------------------------------------------------------------------------------

_WORDS = "|".join(re.escape(word) for word in sorted(STATUS_WORDS, key=len, reverse=True))
_SIGNS = "".join(map(re.escape, STATUS_EMOJI)) + "\ufe0f"
_MARKERS = re.compile(rf"(?<!\w)(?:{_WORDS})(?!\w)|[{_SIGNS}]|~~|[*_]+", re.IGNORECASE)
_BOX = re.compile(r"\[[^\]\w]?\w?[^\]\w]?\]")


def without_numbers(text: str) -> str:
    """A line without what a counter may change: numbers, their padding, the words of a status cell."""
    return re.sub(r"[\s–—|-]+", " ", _MARKERS.sub(" ", re.sub(r"\d+", "#", text))).strip()


def without_status(text: str) -> str:
    """A line without what a state may change."""
    return re.sub(r"[\s–—|:()（）：-]+", " ", _MARKERS.sub(" ", _BOX.sub("[]", text, count=1))).strip()


def _shape(text: str) -> str:
    """A line without its indentation and the number of its bullet."""
    return re.sub(r"^[\s>]*(?:[-*+]|\d+[.)])(?=\s)", "-", text).strip()


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9]+", unescape(re.sub(r"\\(?=[^\w\s])", "", text)))


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    rest = iter(many)
    return all(word in rest for word in few)


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
        if "title" in self.what:
            front = re.match(r"[\s>]*(?:#+|[-*+]|\d+[.)]|\|)?\s*", old)
            # A title of several lines: that all of it is there is seen when it is read.
            return bool(front and new.startswith(front[0])) and (not self.title or _words(self.title)[:1] in (_words(new)[:1], [], *([w] for w in _words(new))))
        if "value" in self.what:
            return re.match(r"[\W\w]\w*", old)[0] == re.match(r"[\W\w]\w*", new)[0]
        if "status" in self.what:
            return without_status(old) == without_status(new) or _words(old)[:1] == ["Status"] == _words(new)[:1]
        return old == new


def owned_lines(lines: Sequence[bytes], outline: Outline, changes: Iterable[RoadmapChange]) -> dict[int, Owned]:
    """The lines that changes may touch."""
    tasks = {task.key: task for task in outline.tasks()}
    starts = [task.line - 1 for task in tasks.values()] + [one.line - 1 for one in outline.milestones]
    owned: dict[int, Owned] = {}

    def may(at: int, what: str, title: str = "") -> None:
        one = owned.setdefault(at, Owned(at))
        one.what.add(what)
        one.title = title or one.title

    for change in changes:
        match change:
            case SetTask(key, name):
                whole = block(lines, tasks[key], starts)
                what = {Field.TITLE: "title", Field.STATE: "status"}.get(name, "value")
                for at in own_lines(lines, tasks[key], whole):
                    title = str(change.after) if name is Field.TITLE and at == tasks[key].line - 1 else ""
                    may(at, what if what != "title" or title else "title", title)
            case StampTask(key):
                may(tasks[key].line - 1, "stamp")
            case MoveTask(key):
                for at in block(lines, tasks[key], starts):
                    may(at, "moved")
            case TickItem(key, item):
                may(tasks[key].checklist[item].line - 1, "status")
                may(tasks[key].line - 1, "status")
            case SetMilestone(key, name):
                at = next(one.line for one in outline.milestones if one.key == key) - 1
                what = {Field.TITLE: "title", Field.STATE: "status", Field.DUE: "value"}[name]
                may(at, what, str(change.after) if what == "title" else "")
            case AddItem() | AddTask():
                pass
    return owned


@dataclass
class Lines:
    """How the old lines became the new ones: pairs of indices; ``counted`` are pairs that differ in numbers."""

    pairs: dict[int, int]
    counted: dict[int, int]


def compare_lines(
    before: Sequence[bytes],
    after: Sequence[bytes],
    outline: Outline,
    changes: Sequence[RoadmapChange],
    meant: Meant,
) -> Lines:
    """Every line that differs belongs to a change, or is a counter or a milestone's heading that follows."""
    owned = owned_lines(before, outline, changes)
    following = {one.line - 1 for one in outline.milestones}
    bodies = [[line.rstrip(b"\r\n") for line in lines] for lines in (before, after)]
    _same_endings(before, after)
    result = Lines({}, {})
    gone: list[int] = []
    come: list[int] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *bodies, autojunk=False).get_opcodes():
        if tag == "equal":
            result.pairs |= dict(zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            gone += range(i1, i2)
            come += range(j1, j2)
    old = {at: meant(bodies[0][at].decode("utf-8", "surrogateescape")) for at in gone}
    new = {at: meant(bodies[1][at].decode("utf-8", "surrogateescape")) for at in come}
    for at in gone:
        partner = _partner(at, old, new, owned, following)
        if partner is not None:
            result.pairs[at] = partner
            if at not in owned or "moved" not in owned[at].what:
                result.counted[at] = partner
            del new[partner], old[at]
    _only_blanks_left(old, owned)
    _only_additions_left(new, changes)
    return result


def _partner(
    at: int, old: Mapping[int, str], new: Mapping[int, str], owned: Mapping[int, Owned], following: set[int]
) -> int | None:
    text = old[at]
    if at in owned:
        one = owned[at]
        same = [index for index, other in new.items() if _shape(other) == _shape(text)] if "moved" in one.what else []
        allowed = same or [index for index, other in new.items() if one.allows(text, other)]
        if not allowed and at in following:
            allowed = [index for index, other in new.items() if one.allows(without_status(text), without_status(other))]
        if not allowed:
            allowed = [i for i, other in new.items() if one.allows(without_numbers(text), without_numbers(other))]
        if allowed:
            return min(allowed, key=lambda index: abs(index - at))
    masked = without_numbers(text)
    if not masked:
        return None
    return next((index for index, other in new.items() if without_numbers(other) == masked), None)


def _only_blanks_left(old: Mapping[int, str], owned: Mapping[int, Owned]) -> None:
    for at, text in old.items():
        wraps = at in owned and "title" in owned[at].what and not owned[at].title
        goes = wraps or (at in owned and owned[at].what & {"status", "value"} and not without_status(text))
        if text.strip() and not re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*", text) and not goes:
            raise Broken(f"line {at + 1} is gone: {text!r}")


def _only_additions_left(new: Mapping[int, str], changes: Iterable[RoadmapChange]) -> None:
    texts = [_words(one.title if isinstance(one, AddTask) else one.text) for one in changes if isinstance(one, AddTask | AddItem)]
    for at, text in new.items():
        if not text.strip() or re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*", text):
            continue
        found = next((words for words in texts if _within(words, _words(text)) and "]" in text), None)
        if found is None:
            raise Broken(f"nobody asked for line {at + 1}: {text!r}")
        texts.remove(found)
    if texts:
        raise Broken(f"not there: {texts}")


def _same_endings(before: Sequence[bytes], after: Sequence[bytes]) -> None:
    def endings(lines: Sequence[bytes]) -> set[bytes]:
        return {line[len(line.rstrip(b"\r\n")) :] for line in lines[:-1]}

    if len(before) > 1 and not endings(after) <= endings(before):
        raise Broken(f"other line endings: {endings(after)}")
    if before and after and before[-1].endswith((b"\r", b"\n")) != after[-1].endswith((b"\r", b"\n")):
        raise Broken("another end of the file")


# -- what the file says ------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """A task as anybody sees it."""

    title: str
    state: str
    items: list[tuple[str, bool]]
    labels: dict[str, set[str]]
    assignees: set[str]
    due: str | None
    notes: str
    kind: str
    loose: bool = False
    follows: bool = False
    states: set[str] = field(default_factory=set)


def seen(task: Task) -> Seen:
    labels: dict[str, set[str]] = {}
    for key, value in task.labels:
        labels.setdefault(key, set()).add(value)
    items = [(item.text, item.done) for item in task.checklist]
    due = task.due.isoformat() if task.due else None
    return Seen(task.title, task.state.value, items, labels, set(task.assignees), due, task.notes, task.kind)


def flattened(text: str) -> str:
    """A text of a tracker as one line."""
    import unicodedata

    return " ".join(
        part for part in "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).split(" ") if part
    )


def expected(outline: Outline, changes: Iterable[RoadmapChange]) -> dict[TaskKey, Seen]:
    """Every task that was there, as it shall be seen."""
    tasks = {task.key: seen(task) for task in outline.tasks()}
    for change in changes:
        match change:
            case SetTask(key, Field.TITLE, after):
                tasks[key].title, tasks[key].loose = flattened(str(after)), True
            case SetTask(key, Field.STATE, after):
                tasks[key].state = str(after)
                tasks[key].states = {str(after)}
            case SetTask(key, Field.LABELS, after):
                tasks[key].labels = {}
                for name, value in after:  # type: ignore[union-attr, misc]  # labels are pairs
                    tasks[key].labels.setdefault(str(name), set()).add(str(value))
            case SetTask(key, Field.ASSIGNEES, after):
                tasks[key].assignees = set(after)  # type: ignore[arg-type]  # names
            case SetTask(key, Field.DUE, after):
                tasks[key].due = str(after)
            case TickItem(key, item, done):
                tasks[key].items[item] = tasks[key].items[item][0], done
                tasks[key].follows = True
            case AddItem(key, text, done):
                tasks[key].items.append((flattened(text), done))
                tasks[key].follows = True
            case _:
                pass
    return tasks


def compare_tasks(wanted: Mapping[TaskKey, Seen], now: Mapping[TaskKey, Task], keys: Mapping[TaskKey, TaskKey]) -> None:
    """Every old task is seen as it shall be."""
    for key, one in wanted.items():
        new = seen(now[keys[key]])
        states = one.states or {one.state}
        if one.follows and one.kind == "heading" and not one.states:
            states = states | {"done" if all(done for _, done in one.items) else "open"}
        if new.state not in states:
            raise Broken(f"state of {one.title!r}: {new.state}, not {states}")
        metadata = one.loose or new.title != one.title
        for name in ("title", "items", "kind", "notes", "due", "assignees", "labels"):
            meant, read = getattr(one, name), getattr(new, name)
            if meant == read or (metadata and name in ("due", "assignees", "labels", "notes") and _lost(meant, read)):
                continue
            if name == "title" and one.loose is False and _metadata_in_title(one, new):
                continue
            raise Broken(f"{name} of {one.title!r}: {read!r}, not {meant!r}")


def _lost(meant: object, read: object) -> bool:
    """Whether nothing came in that was not there."""
    if isinstance(meant, dict) and isinstance(read, dict):
        return all(values <= meant.get(key, set()) for key, values in read.items())
    if isinstance(meant, set) and isinstance(read, set):
        return read <= meant
    return not read or (isinstance(meant, str) and isinstance(read, str))


def _metadata_in_title(one: Seen, new: Seen) -> bool:
    """A box's title shows its metadata: a new date or name stands in it."""
    return (one.due, one.assignees, one.labels) == (new.due, new.assignees, new.labels)


def compare_places(
    before: Outline, after: Outline, changes: Sequence[RoadmapChange], keys: Mapping[TaskKey, TaskKey]
) -> None:
    """Tasks that nobody moved stand where they stood, in their order; milestones say what was asked."""
    if len(before.milestones) != len(after.milestones):
        raise Broken("another number of milestones")
    moved = {change.task: change.milestone for change in changes if isinstance(change, MoveTask)}
    added = [change for change in changes if isinstance(change, AddTask)]
    groups = [(None, before.unfiled, after.unfiled)]
    groups += [(one.key, one.tasks, new.tasks) for one, new in zip(before.milestones, after.milestones, strict=True)]
    for key, old, new in groups:
        stay = [keys[task.key] for task in old if moved.get(task.key, key) == key]
        came = {keys[task] for task, target in moved.items() if target == key} - set(stay)
        found = [task.key for task in new]
        if [one for one in found if one in stay] != stay:
            raise Broken(f"another order in {key}")
        if not came <= set(found) or len(found) != len(stay) + len(came) + sum(one.milestone == key for one in added):
            raise Broken(f"other tasks in {key}")
        rest = [task for task in new if task.key not in came and task.key not in stay]
        here = [one for one in added if one.milestone == key]
        if sorted((t.title, t.state.value) for t in rest) != sorted((flattened(a.title), a.state.value) for a in here):
            raise Broken(f"new tasks of {key}: {[task.title for task in rest]}")
    _compare_milestones(before, after, changes)
    old_reasons = [(one.boxes, one.reason) for one in before.not_tasks]
    if old_reasons != [(one.boxes, one.reason) for one in after.not_tasks]:
        raise Broken("other boxes are not tasks")


def _compare_milestones(before: Outline, after: Outline, changes: Sequence[RoadmapChange]) -> None:
    asked = {(c.milestone, c.field): c.after for c in changes if isinstance(c, SetMilestone)}
    for old, new in zip(before.milestones, after.milestones, strict=True):
        due = old.due.isoformat() if old.due else None
        wanted = flattened(str(asked.get((old.key, Field.TITLE), old.title)))
        if new.title != wanted or (new.due.isoformat() if new.due else None) != asked.get((old.key, Field.DUE), due):
            raise Broken(f"milestone {new.title!r} {new.due}, not {wanted!r}")
        state = asked.get((old.key, Field.STATE)) or _follows(old.state.value, _closed(old.tasks), _closed(new.tasks))
        if state and new.state.value != state:
            raise Broken(f"milestone {new.title!r} is {new.state.value}, not {state}")


def _closed(tasks: Sequence[Task]) -> bool | None:
    return all(task.state.closed for task in tasks) if tasks else None


def _follows(old: str, before: bool | None, after: bool | None) -> str | None:
    """A milestone's state changes only when that of all its tasks together does."""
    if after is None:
        return None
    return old if before == after else "closed" if after else "open"


def misplaced(lines: Sequence[bytes]) -> Iterator[int]:
    """Lines that two blank lines precede: for hints only."""
    return (at for at in range(2, len(lines)) if not lines[at - 1].strip() and not lines[at - 2].strip())
