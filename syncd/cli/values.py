"""Field values in a few words, for people."""

from __future__ import annotations

from syncd.cli.console import shown
from syncd.model.values import Value


def words(value: Value, width: int = 60) -> str:
    """A value on one line: texts in quotes, sets with commas, checklists as counts, long ones cut."""
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        if all(isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], bool) for one in value):
            done = sum(1 for one in value if isinstance(one, tuple) and one[1])
            return f"{done} of {len(value)} ticked"
        return shown(", ".join(_member(one) for one in value), width)
    if isinstance(value, str):
        return f'"{shown(value, width)}"' if " " in value or not value else shown(value, width)
    return str(value)


def _member(one: Value) -> str:
    return ": ".join(str(part) for part in one) if isinstance(one, tuple) else str(one)
