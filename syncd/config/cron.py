"""``cron: "*/5 8-18 * * mon-fri"``: five fields as `crontab(5)` has them, read here and nowhere else.

Every field becomes the set of its values. Libraries disagree on where the week begins, and on what two restricted
days mean; with sets there is nothing left to disagree on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RANGE = re.compile(r"(?P<all>\*)|(?P<from>\w{1,3})(-(?P<to>\w{1,3}))?")
_USUAL = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}


@dataclass(frozen=True, slots=True)
class Cron:
    """The values of each field; weekdays from 0, which is Sunday. Times are UTC.

    ``days`` and ``weekdays`` are None where they say nothing. Where both say something, either is enough.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None


def parse_cron(text: str) -> Cron:
    """Raises ValueError for anything else than five fields with values that exist."""
    fields = _USUAL.get(text.strip().lower(), text).lower().split()
    if len(fields) != 5:
        raise ValueError("expected five fields, as in `*/5 * * * *`: minute, hour, day, month, weekday")
    minute, hour, day, month, weekday = fields
    return Cron(
        _values(minute, 0, 59, "minute"),
        _values(hour, 0, 23, "hour"),
        None if day.startswith("*") and "/" not in day else _values(day, 1, 31, "day"),
        _values(month, 1, 12, "month", {name: n for n, name in enumerate(_MONTHS, 1)}),
        # 7 is Sunday too.
        None
        if weekday == "*"
        else frozenset(
            n % 7 for n in _values(weekday, 0, 7, "weekday", {name: n for n, name in enumerate(_DAYS)})
        ),
    )


def _values(
    field: str, least: int, most: int, what: str, names: dict[str, int] | None = None
) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        match = _RANGE.fullmatch(span)
        if match is None or ("/" in part and not re.fullmatch(r"[1-9]\d?", step)):
            raise ValueError(f"the {what} is not one that cron knows")
        start, end = least, most
        if not match["all"]:
            start = _number(match["from"], what, names or {})
            end = _number(match["to"], what, names or {}) if match["to"] else (most if step else start)
        if not least <= start <= end <= most:
            raise ValueError(f"the {what} is not between {least} and {most}")
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, what: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not text.isdecimal() or not text.isascii():
        raise ValueError(f"the {what} is not one that cron knows")
    return int(text)


def _cron(value: Any) -> Cron:
    if isinstance(value, Cron):
        return value
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("expected five fields in quotes, as in `*/5 * * * *`")
    return parse_cron(value)


CronKey = Annotated[Cron, BeforeValidator(_cron), WithJsonSchema({"type": "string"})]
