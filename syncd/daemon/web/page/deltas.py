"""Before and after, so that a person sees at a glance what differs."""

from __future__ import annotations

from dataclasses import dataclass

from syncd.model.values import Value

_WORDS = {"in_progress": "in progress", "labels": "labels", "text": "line"}


@dataclass(frozen=True, slots=True)
class Delta:
    """One field: what goes, and what comes. Of sets and checklists, only the members that differ."""

    field: str
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, before and after, each in three pieces: alike, different, alike. None: it is new, or gone."""

    line: int
    before: tuple[str, str, str] | None
    after: tuple[str, str, str] | None


def delta(field: str, before: Value, after: Value) -> Delta:
    """The difference of two values of a field."""
    old, new = parts(before), parts(after)
    if isinstance(before, tuple) or isinstance(after, tuple):
        gone = tuple(one for one in old if one not in new)
        come = tuple(one for one in new if one not in old)
        return Delta(field, gone, come) if gone or come else Delta(field, (), ("the same, in another order",))
    return Delta(field, old, new)


def parts(value: Value) -> tuple[str, ...]:
    """A value as texts, one for each of its members; none for nothing."""
    if isinstance(value, tuple):
        return tuple(_member(one) for one in value)
    if value is None or value == "":
        return ()
    return (_WORDS.get(str(value), str(value)),)


def _member(one: Value) -> str:
    match one:
        case (str(text), bool(done)):
            return f"[{'x' if done else ' '}] {text}"
        case (str(key), str(name)):
            return f"{key}: {name}"
        case tuple():
            return " ".join(map(str, one))
        case _:
            return str(one)


def line(number: int, before: str | None, after: str | None) -> Line:
    """A changed line, with what is alike at both its ends set apart."""
    if before is None or after is None:
        return Line(
            number, None if before is None else ("", before, ""), None if after is None else ("", after, "")
        )
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    tail = next((n for n in range(most - head) if before[-1 - n] != after[-1 - n]), most - head)
    return Line(number, _split(before, head, tail), _split(after, head, tail))


def _split(text: str, head: int, tail: int) -> tuple[str, str, str]:
    end = len(text) - tail
    return text[:head], text[head:end], text[end:]
