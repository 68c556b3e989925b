"""How a single value, title or line is said to people, with nothing in it that a terminal or a comment would obey."""

from __future__ import annotations

import unicodedata

from syncd.model.values import Field, Value
from syncd.plan.actions import Change

_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONG = 60


def harmless(text: str) -> str:
    """Text from anywhere on one line: no escape sequence, no line break, no reversal of what is read (threat T4)."""
    return "".join(_harmless(char) for char in text)


def _harmless(char: str) -> str:
    if char == "\t":
        return "    "
    return " " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _BIDI else char


def cells(text: str) -> int:
    """Columns a terminal needs: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns; what was cut is shown as ``…``."""
    if cells(text) <= width:
        return text
    kept = ""
    for char in text:
        if cells(kept + char) > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def change(one: Change) -> str:
    """A change as ``state: open → done``; of sets, what comes and goes; of lists and long texts, what is different."""
    name = one.field.value
    match one.field:
        case Field.LABELS | Field.ASSIGNEES:
            return f"{name}: {_members(one.before, one.after)}"
        case Field.CHECKLIST:
            return f"{name}: {_items(one.before, one.after)}"
        case Field.NOTES:
            return f"{name}: {_text(one.before)} → {_text(one.after)}"
        case Field.TITLE | Field.STATE | Field.MILESTONE | Field.DUE:
            return f"{name}: {value(one.before)} → {value(one.after)}"


def value(one: Value) -> str:
    """Any value: texts in quotes if they have blanks, lists with commas, nothing as ``none``."""
    match one:
        case None | ():
            return "none"
        case tuple():
            return ", ".join(_member(part) for part in one)
        case str():
            text = harmless(one)
            return f"“{text}”" if " " in text or not text else text
        case _:
            return str(one)


def _member(part: Value) -> str:
    match part:
        case (str(text), bool(done)):
            return f"[{'x' if done else ' '}] {harmless(text)}"
        case (str(key), str(name)):
            return f"{harmless(key)} {harmless(name)}"
        case _:
            return value(part)


def _parts(one: Value) -> list[str]:
    return [_member(part) for part in one] if isinstance(one, tuple) else [] if one is None else [value(one)]


def _members(before: Value, after: Value) -> str:
    old, new = _parts(before), _parts(after)
    come = [f"+{part}" for part in new if part not in old]
    go = [f"-{part}" for part in old if part not in new]
    return " ".join([*come, *go]) or "the same"


def _items(before: Value, after: Value) -> str:
    """Items that come, go or are ticked; where only their order or wording moved, that."""
    old, new = _parts(before), _parts(after)
    come, go = [part for part in new if part not in old], [part for part in old if part not in new]
    if not come and not go:
        return "in another order"
    shown = [f"-{part}" for part in go[:4]] + [f"+{part}" for part in come[:4]]
    more = len(come) + len(go) - len(shown)
    return ", ".join(shown) + (f", and {more} more" if more else "")


def _text(one: Value) -> str:
    text = harmless(one) if isinstance(one, str) else ""
    return f"“{cut(text, _LONG)}”" if text.strip() else "none"
