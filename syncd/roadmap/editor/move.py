"""A task with all that belongs to it goes to the end of another milestone, blank lines sensible at both ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from syncd.model.changes import Edit, MoveTask
from syncd.model.outline import MilestoneKey, Task, TaskKey
from syncd.roadmap.editor.insert import Bullet, bullet_of, following, gap_between, leading_boxes, staying
from syncd.roadmap.editor.option import NoPlace, Option, Transfer, line_ending
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_BLANKS: Final = re.compile(rb"(?:[ \t]*(?:\r\n|\n|\r))*")
_BLANKS_BEFORE: Final = re.compile(rb"(?:\A|\r\n|\n|\r)((?:[ \t]*(?:\r\n|\n|\r))*)\Z")
_SEPARATOR: Final = re.compile(rb"(?:[ \t]*(?:(?:-{3,}|\*{3,}|_{3,})[ \t]*)?(?:\r\n|\n|\r))*")
_RULE_BEFORE: Final = re.compile(rb"(?:\r\n|\n|\r)[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*[\r\n]+\Z")
_TRAILING_RULE: Final = re.compile(rb"[\r\n][ \t]*(?:-{3,}|\*{3,}|_{3,})\Z")
_BLANK_END: Final = re.compile(rb"(?:\A|\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)\Z")


def move_options(
    document: Document, task: Task, change: MoveTask, leaving: frozenset[TaskKey]
) -> Iterator[Option]:
    """Ways to move a task: with the siblings' bullet, else as it is. A row stays in its table."""
    if _in_table(document, task):
        raise NoPlace("a row stays in its table")
    siblings = staying(document, change.milestone, leaving)
    if siblings and _in_table(document, siblings[-1]):
        raise NoPlace("the tasks of that milestone are rows of a table")
    for at, before in _spots(document, task, change.milestone, siblings):
        yield from transfers(document, task, before, at)


def _in_table(document: Document, task: Task) -> bool:
    return task.kind == "row" and document.places[task.key].bullet is None


def transfers(document: Document, task: Task, siblings: Sequence[Task], at: int) -> Iterator[Option]:
    """Ways to put a task's block in at a byte: in the shape of the siblings that will stand before it, and as it is."""
    block = document.places[task.key].block
    shape = _reshaped(document, task, siblings)
    cut = _cut(document, task)
    lead, tail = _around(document, task, siblings, at)
    spot = block.start if cut.start < at < cut.end else at
    for reshape in (shape, ()) if shape else ((),):
        yield Option(transfer=Transfer(block, cut, spot, lead, tail, reshape), at=spot)


def _spots(
    document: Document, task: Task, milestone: MilestoneKey, siblings: list[Task]
) -> Iterator[tuple[int, list[Task]]]:
    """Where the task may go, and which of its siblings stand before it there: all, unless the last would swallow it."""
    if not siblings:
        yield document.milestone_places[milestone].append, []
        return
    if task.kind == "heading" or siblings[-1].kind in ("box", "row"):
        yield document.places[siblings[-1].key].block.end, siblings
    if task.kind == "heading":
        # Behind the milestone's own closing words, which would become the task's notes.
        yield end_of_section(document, milestone), siblings
    boxes = leading_boxes(siblings)
    if boxes and len(boxes) < len(siblings):
        yield document.places[boxes[-1].key].block.end, boxes
    elif siblings[0].kind != task.kind:
        yield document.places[siblings[0].key].block.start, []


def end_of_section(document: Document, milestone: MilestoneKey) -> int:
    """Behind all that stands in the section of a milestone, a rule at its end left out."""
    section, data = document.milestone_places[milestone].section, document.source.data
    text = _TRAILING_RULE.sub(b"", data[section.start : section.end].rstrip()).rstrip()
    return document.source.next_line(section.start + max(len(text) - 1, 0))


def _around(document: Document, task: Task, siblings: Sequence[Task], at: int) -> tuple[bytes, bytes]:
    """What stands before and behind the block at its new place."""
    source = document.source
    eol = line_ending(source, max(at - 1, 0))
    tight = bool(siblings) and siblings[-1].kind == task.kind and task.kind in ("box", "row")
    if tight:
        return gap_between(document, siblings), b""
    lead = separator(document, siblings) if siblings and task.kind == "heading" else b""
    before = source.data[source.starts[0] : at]
    if not lead and before.strip() and not _BLANK_END.search(before):
        lead = eol
    after = source.data[at : source.line_end(at)] if at < len(source.data) else b""
    return lead, eol if after.strip() else b""


def separator(document: Document, siblings: Sequence[Task]) -> bytes:
    """What stands between the last two heading tasks, if it is blank lines and rules only."""
    if len(siblings) < 2:
        return b""
    before, last = (document.places[task.key].block for task in siblings[-2:])
    between = document.source.data[before.end : last.start]
    return between if _SEPARATOR.fullmatch(between) else b""


def is_separator(document: Document, start: int, end: int) -> bool:
    """Whether these bytes are blank lines and rules only."""
    return _SEPARATOR.fullmatch(document.source.data, start, end) is not None


def _cut(document: Document, task: Task) -> Span:
    """The block with the blank lines (and the rule) that would be left over without it."""
    source, block = document.source, document.places[task.key].block
    data = source.data
    end = _end_of_gap(document, task, block)
    if end == len(data) and block.end == end and not source.spelling.final_newline:
        # The last line of the file has no ending, and the line before it becomes the last.
        return Span(max(len(data[: block.start].rstrip(b"\r\n")), source.starts[0]), end)
    before = _BLANKS_BEFORE.search(data, source.starts[0], block.start)
    blank_before = bool(before and before[1]) or block.start == source.starts[0]
    if end == len(data) and before and before[1]:
        return Span(before.start(1), end)
    # A block between blank lines takes those behind it along; one in a tight list has none to take.
    return Span(block.start, end if blank_before else block.end)


def _end_of_gap(document: Document, task: Task, block: Span) -> int:
    """The end of the blank lines behind a block; of a rule too, if it would have nothing left to separate."""
    data = document.source.data
    rule = _SEPARATOR.match(data, block.end)
    if task.kind == "heading" and rule:
        starts = {document.places[one.key].block.start for one in document.outline.tasks()}
        if rule.end() in starts or _RULE_BEFORE.search(data[: block.start]):
            return rule.end()
    blanks = _BLANKS.match(data, block.end)
    return blanks.end() if blanks else block.end


def _reshaped(document: Document, task: Task, siblings: Sequence[Task]) -> tuple[Edit, ...]:
    """Edits inside the block that give it the bullet and the indentation of its new siblings."""
    source, places = document.source, document.places[task.key]
    if places.bullet is not None:
        return tuple(_rebulleted(document, places.block, places.bullet, siblings))
    boxes = [document.places[one.key].item for one in siblings]
    items = [item for item in boxes if item is not None]
    if places.item is None or not items:
        return ()
    own, new = bullet_of(source, places.item), bullet_of(source, items[-1])
    bullets = [bullet_of(source, item).bullet for item in items[-2:]]
    # The gap stays: with a wider one, all that is nested would have to go in as well.
    wanted = own._replace(indent=new.indent, bullet=following(bullets))
    edits = list(_reindented(source, places.block, own, wanted))
    if own.bullet != wanted.bullet:
        edits.append(Edit(*places.item.bullet, wanted.bullet))
    return tuple(edits)


def _rebulleted(document: Document, block: Span, own: Span, siblings: Sequence[Task]) -> Iterator[Edit]:
    """The bullet of a row goes on with those of its new siblings, and what is nested goes in or out with its text."""
    data = document.source.data
    rows = [one for task in siblings[-2:] if (one := document.places[task.key].bullet) is not None]
    if not rows:
        return
    behind = data[own.end : document.source.line_end(own.end)]
    gap = behind[: len(behind) - len(behind.lstrip(b" \t"))]
    now = Bullet(data[block.start : own.start], data[own.start : own.end], gap)
    wanted = now._replace(bullet=following([data[one.start : one.end] for one in rows]))
    if wanted != now:
        yield from _reindented(document.source, block, now, wanted)
        yield Edit(*own, wanted.bullet)


def _reindented(source: Source, block: Span, own: Bullet, wanted: Bullet) -> Iterator[Edit]:
    """Every line goes in or out by as much as the text of the first, so that what is nested stays nested."""
    shift = wanted.content - own.content
    first = True
    for line in range(source.line_of(block.start), source.line_of(max(block.start, block.end - 1)) + 1):
        start = source.starts[line - 1]
        text = source.data[start : source.line_end(start)]
        if first:
            if own.indent != wanted.indent:
                yield Edit(start, start + len(own.indent), wanted.indent)
            first = False
        elif text.strip() and shift > 0:
            yield Edit(start, start, b" " * shift)
        elif text.strip() and shift < 0:
            blanks = len(text) - len(text.lstrip(b" "))
            if blanks >= -shift:
                yield Edit(start, start - shift, b"")
