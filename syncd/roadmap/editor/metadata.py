"""A metadata value at its place, in the style of the old one: ``HIGH`` becomes ``LOW``, a date keeps its notation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from syncd.model.outline import Task
from syncd.model.values import Field, Value
from syncd.roadmap.editor.option import NoPlace, Option, replaced
from syncd.roadmap.outline.document import Document
from syncd.roadmap.places import Span
from syncd.roadmap.source import Source

_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMATS: Final = (
    "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y",
    "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y",
)  # fmt: skip
_SAFE: Final = re.compile(r"[\w][\w .+&/'-]*")


def metadata_options(document: Document, task: Task, field: Field, after: Value) -> Iterator[Option]:
    """Ways to write new labels, assignees or a new due date of a task at their places.

    Raises :class:`NoPlace` for a value that has no place, or that its place cannot hold.
    """
    match field:
        case Field.LABELS:
            yield _labels(document, task, dict_of(task.labels), dict_of(after))
        case Field.ASSIGNEES:
            yield _assignees(document, task, [str(name) for name in _items(after)])
        case Field.DUE:
            span = document.places[task.key].values.get("due")
            yield Option((replaced(*due_edit(document.source, span, task.due, after)),))
        case _:
            raise NoPlace(f"{field.value} is not written at a place of its own")


def due_edit(source: Source, span: Span | None, old: date | None, after: Value) -> tuple[Span, bytes]:
    """Where and how a due date is written, in the notation of the old one."""
    if span is None:
        raise NoPlace("the text has no place for a due date")
    if not isinstance(after, str):
        raise NoPlace("the date in the text cannot say that there is none")
    new = date.fromisoformat(after)
    raw = source.raw(*span)
    if _ISO.search(raw):
        return span, _ISO.sub(new.isoformat(), raw, count=1).encode("utf-8", "surrogateescape")
    for notation in _FORMATS if old else ():
        assert old is not None
        written = _written(old, notation)
        if written.casefold() in raw.casefold():
            at = raw.casefold().index(written.casefold())
            text = raw[:at] + _written(new, notation) + raw[at + len(written) :]
            return span, text.encode("utf-8", "surrogateescape")
    raise NoPlace("the notation of the date is not known well enough to write another")


def _written(day: date, notation: str) -> str:
    """A date in a notation; where months have names, days have no leading zero."""
    text = day.strftime(notation)
    return re.sub(r"(?<!\d)0(?=\d\b)", "", text) if "%B" in notation or "%b" in notation else text


def dict_of(labels: Value) -> dict[str, list[str]]:
    """Label values by key."""
    found: dict[str, list[str]] = {}
    for pair in _items(labels):
        key, value = _items(pair)
        found.setdefault(str(key), []).append(str(value))
    return found


def _items(value: Value) -> Sequence[Value]:
    return value if isinstance(value, tuple) else ()


def _labels(
    document: Document, task: Task, before: dict[str, list[str]], after: dict[str, list[str]]
) -> Option:
    edits = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, []), after.get(key, [])
        if sorted(old) == sorted(new):
            continue
        span = document.places[task.key].values.get(f"labels.{key}")
        if span is None:
            raise NoPlace(f"the text has no place for {key}")
        raw = document.source.raw(*span)
        text = _tags(raw, old, new) if _is_tags(raw, old) else _single(raw, old, new, key)
        edits.append(
            replaced(span, document.source.spelled(text) if text.isascii() else text.encode("utf-8"))
        )
    return Option(tuple(edits))


def _single(raw: str, old: list[str], new: list[str], key: str) -> str:
    if len(new) != 1 or len(old) > 1:
        raise NoPlace(f"the place of {key} holds exactly one value")
    if not _SAFE.fullmatch(new[0]):
        raise NoPlace(f"the value of {key} cannot be written without being misread")
    if old and old[0] in raw.casefold():
        at = raw.casefold().index(old[0])
        return raw[:at] + _in_case_of(raw[at : at + len(old[0])], new[0]) + raw[at + len(old[0]) :]
    return _in_case_of(raw, new[0])


def _in_case_of(old: str, new: str) -> str:
    """``low`` in the case of ``HIGH``, ``High`` or ``high``; ``medium-high`` like ``Very-Low``."""
    if old.isupper() and len(old) > 1:
        return new.upper()
    if old[:1].isupper():
        return re.sub(r"(?<![\w'])\w", lambda word: word.group().upper(), new)
    return new.lower() if old.islower() else new


def _is_tags(raw: str, old: list[str]) -> bool:
    return "#" in raw and all(f"#{tag}" in raw.casefold() for tag in old)


def _tags(raw: str, old: list[str], new: list[str]) -> str:
    """Tags that left go with the blank before them; new ones stand behind the last."""
    for tag in set(old) - set(new):
        raw = re.sub(rf"[ \t]*#{re.escape(tag)}(?![\w/-])", "", raw, count=1, flags=re.IGNORECASE)
    for tag in sorted(set(new) - set(old)):
        if not re.fullmatch(r"[^\W\d][\w/-]*", tag):
            raise NoPlace(f"{tag!r} cannot be written as a tag")
        raw = f"{raw} #{tag}" if raw else f"#{tag}"
    return raw.lstrip(" \t") if not set(old) & set(new) else raw


def _assignees(document: Document, task: Task, names: list[str]) -> Option:
    span = document.places[task.key].values.get("assignees")
    if span is None:
        raise NoPlace("the text has no place for assignees")
    if not all(re.fullmatch(r"[\w][\w.-]*(?: [\w.-]+)*", name) for name in names):
        raise NoPlace("a name cannot be written without being misread")
    raw = document.source.raw(*span)
    sign = "@" if "@" in raw or not raw.strip() else ""
    joint = next((found.group() for found in re.finditer(r"(?<=\w)(?:, ?| and | & |/| )(?=@?\w)", raw)), None)
    # The order of the text stays for those who stay.
    order = sorted(names, key=lambda name: (raw.find(name) if name in raw else len(raw), name))
    text = (joint or (", " if sign == "" else " ")).join(f"{sign}{name}" for name in order)
    return Option((replaced(span, document.source.spelled(text)),))
