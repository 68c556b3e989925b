"""A small counter of its own: which figures of a file are true, by a few plain patterns and plain adding up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from syncd.model.outline import Outline, Task, TaskKey
from tests.laws.oracle import Lines, Meant, headings, indent

_FRACTION = re.compile(r"(?<![\w./])(\d+)( ?/ ?| of )(\d+)(?![\w/%.])(?:[^\d\n]{0,12}\((\d+)%\))?")
_SHARE = re.compile(r"(?<![\w.,~<>+-])(\d+)%(?=[\s*_]*(?:$|[)(,;]|complete|done))", re.IGNORECASE)
_ABOUT = re.compile(
    r"progress|complete|done\b|tasks?\b|pending|remaining|hecho|erledigt|выполнено|进度|完成", re.IGNORECASE
)
_FOREIGN = re.compile(
    r"criteri|tests?\b|passing|coverage|hours?|files?\b|lines?\b|phases?\b|milestones?\b|goals?",
    re.IGNORECASE,
)
_LEFT = re.compile(r"pending|remaining|left\b|open\b", re.IGNORECASE)
_COLUMNS = (("tasks", "total"), ("done", "completed"), ("progress", "%"))
_BOX = re.compile(r"[\s>]*(?:[-*+]|\d+[.)])\s+\[.?\]")


@dataclass(frozen=True)
class Figure:
    """Numbers of a line: done (or left), all, percent; None for what it does not say."""

    index: int
    part: int | None
    whole: int | None
    percent: int | None
    left: bool = False


@dataclass(frozen=True)
class Sense:
    """What a figure counts: the tasks (or boxes, or items) under the heading at a line; -1 is the whole file."""

    heading: int
    unit: str
    dropped: str
    rounding: int
    task: TaskKey | None = None


def figures(lines: Sequence[str]) -> Iterator[Figure]:
    """What looks like a count of tasks, in headings, paragraphs, and the columns of progress tables."""
    columns: list[str] = []
    for index, line in enumerate(lines):
        if line.startswith("|"):
            cells = [cell.strip(" *").casefold() for cell in line.strip("| ").split("|")]
            if not columns:
                columns = cells
            elif figure := _row(index, columns, cells):
                yield figure
            continue
        columns = []
        if (
            _BOX.match(line)
            or not (_ABOUT.search(line) or line.startswith("#"))
            or _FOREIGN.search(_title_off(line))
        ):
            continue
        found = list(_FRACTION.finditer(line))
        if len(found) == 1:
            hit = found[0]
            # The last one: a title, with a percentage of its own perhaps, stands before its figures.
            share = hit[4] or next((one[1] for one in reversed([*_SHARE.finditer(line)])), None)
            yield Figure(
                index, int(hit[1]), int(hit[3]), int(share) if share else None, bool(_LEFT.search(line))
            )
        elif not found and (share := _SHARE.search(line)):
            yield Figure(index, None, None, int(share[1]))


def _row(index: int, columns: Sequence[str], cells: Sequence[str]) -> Figure | None:
    values = {name: cell for name, cell in zip(columns, cells, strict=False) if re.fullmatch(r"\d+%?", cell)}
    numbers = [next((values[name] for name in names if name in values), None) for names in _COLUMNS]
    whole, part, percent = (int(value.rstrip("%")) if value else None for value in numbers)
    return Figure(index, part, whole, percent) if whole is not None and part is not None else None


def _title_off(line: str) -> str:
    """A heading without its title, which says what the work is and not what is counted."""
    return line[line.find("(") :] if line.startswith("#") and "(" in line else line


class Sums:
    """Tasks by line, added up by section."""

    def __init__(self, raw: Sequence[bytes], outline: Outline) -> None:
        self.levels = headings(raw)
        self.raw, self.end = raw, len(raw)
        self.tasks = sorted(outline.tasks(), key=lambda task: task.line)
        self.names = {one.title: one.line - 1 for one in outline.milestones if one.line - 1 in self.levels}

    def around(self, index: int) -> Iterator[int]:
        """The headings in whose sections a line stands, nearest first, then -1 for the file."""
        level = 9
        for at in sorted((at for at in self.levels if at <= index), reverse=True):
            if self.levels[at] < level:
                level = self.levels[at]
                yield at
        yield -1

    def named(self, text: str) -> list[int]:
        """The milestone that an overview's line names, or everything."""
        found = [at for name, at in self.names.items() if name in text]
        return found if len(found) == 1 else [-1] if "Total" in text else []

    def owner(self, index: int) -> Task | None:
        """The task whose checklist a line speaks of: it stands under its heading, or indented under its box."""
        nearest = next(self.around(index))
        before = [task for task in self.tasks if task.line - 1 < index]
        if before and before[-1].kind == "box" and before[-1].line - 1 > nearest and indent(self.raw[index]):
            return before[-1]
        return next(
            (task for task in self.tasks if task.kind == "heading" and task.line - 1 == nearest), None
        )

    def tally(self, sense: Sense) -> tuple[int, int]:
        """How many are done, and how many there are."""
        if sense.task is not None:
            inside = [task for task in self.tasks if task.key == sense.task]
            return _tally(inside, sense)
        if sense.heading < 0:
            start, end = 0, self.end
        else:
            start, level = sense.heading, self.levels[sense.heading]
            end = min(
                (at for at, other in self.levels.items() if at > start and other <= level), default=self.end
            )
        return _tally([task for task in self.tasks if start <= task.line - 1 < end], sense)


def _tally(inside: Sequence[Task], sense: Sense) -> tuple[int, int]:
    states = []
    for task in inside:
        if sense.unit == "tasks" or (sense.unit == "boxes" and task.kind == "box"):
            states.append(task.state.value)
        if sense.unit != "tasks":
            states += [item.state.value for item in task.checklist]
    gone = states.count("dropped")
    done = states.count("done") + (gone if sense.dropped == "done" else 0)
    return done, len(states) - (gone if sense.dropped == "out" else 0)


def true(figure: Figure, sums: Sums, sense: Sense) -> bool:
    """Whether a figure is right in a sense."""
    done, total = sums.tally(sense)
    part = total - done if figure.left else done
    if figure.part is not None and (figure.part, figure.whole) != (part, total):
        return False
    return figure.percent is None or figure.percent in _shares(part, total, sense.rounding)


def _shares(part: int, total: int, rounding: int) -> tuple[int, ...]:
    """What one may call a part in percent; nothing is complete before its last task is."""
    if not total:
        return (0,)
    exact = 100 * part
    share = (exact // total, (2 * exact + total) // (2 * total), -(-exact // total))[rounding]
    return (99,) if share == 100 and part < total else (share,)


def right(figure: Figure, sums: Sums, text: str) -> Sense | None:
    """The nearest sense in which a figure is right, of those that count anything."""
    owner = sums.owner(figure.index)
    named = [] if figure.index in sums.levels else sums.named(text)
    places = named or ([-1] if owner else list(sums.around(figure.index)))
    for heading in places:
        for unit in ("items",) if owner and not named else ("tasks", "boxes", "items"):
            for dropped in ("done", "open", "out"):
                for rounding in (1, 0, 2):
                    sense = Sense(
                        heading, unit, dropped, rounding, owner.key if owner and not named else None
                    )
                    if sums.tally(sense)[1] and true(figure, sums, sense):
                        return sense
    return None


def untrue(
    before: tuple[Sequence[bytes], Outline],
    after: tuple[Sequence[bytes], Outline],
    lines: Lines,
    keys: Mapping[TaskKey, TaskKey],
    meant: Meant,
) -> Iterator[str]:
    """Figures that were right and no longer are, and wrong ones that were changed."""
    old, new = (
        [meant(line.decode("utf-8", "surrogateescape")).rstrip("\r\n") for line in raw]
        for raw, _ in (before, after)
    )
    sums, again = Sums(*before), Sums(*after)
    found = {figure.index: figure for figure in figures(new)}
    for figure in figures(old):
        sense, index = right(figure, sums, old[figure.index]), lines.pairs.get(figure.index)
        if index is None:
            continue
        if sense is None:
            if found.get(index) is not None and numbers(found[index]) != numbers(figure):
                yield f"line {figure.index + 1} was wrong and changed: {old[figure.index]!r}, {new[index]!r}"
            continue
        heading = lines.pairs.get(sense.heading, -2) if sense.heading >= 0 else -1
        if heading != -2 and index in found and heading in {*again.levels, -1}:
            task = keys[sense.task] if sense.task is not None else None
            now = replace(sense, heading=heading, task=task)
            # A new title may hold numbers, and words, that are none of the counter's.
            new_percent = None if figure.percent is None else found[index].percent
            said = replace(found[index], percent=new_percent, left=figure.left)
            if again.tally(now)[1] and not true(said, again, now):
                there = f"{old[figure.index]!r}, {new[index]!r}: {again.tally(now)}"
                yield f"line {figure.index + 1} was right as {sense}: {there}"


def numbers(figure: Figure) -> tuple[int | None, ...]:
    """What a figure says."""
    return figure.part, figure.whole, figure.percent
