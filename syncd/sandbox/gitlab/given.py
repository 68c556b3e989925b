"""Parameters as GitLab's API reads them: from query and body alike, coerced where possible, refused where not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from syncd.sandbox.clock import parse_stamp
from syncd.sandbox.gitlab.refusals import Refused, unreadable

Given = Mapping[str, Any]


def required(given: Given, *names: str) -> None:
    """Raises Refused (400) and names everything that is missing."""
    missing = [f"{name} is missing" for name in names if name not in given]
    if missing:
        raise Refused(400, {"error": ", ".join(missing)})


def text(given: Given, name: str) -> str | None:
    value = given[name]
    if isinstance(value, (dict, list)):
        raise unreadable(name)
    return None if value is None else str(value)


def number(given: Given, name: str) -> int | None:
    """None for null and for an empty text."""
    value = given[name]
    if value is None or value == "":
        return None
    try:
        return int(str(value))
    except ValueError:
        raise unreadable(name) from None


def truth(given: Given, name: str) -> bool:
    value = str(given[name]).lower()
    if value not in ("true", "false", "1", "0"):
        raise unreadable(name)
    return value in ("true", "1")


def choice(given: Given, name: str, default: str, *allowed: str) -> str:
    value = str(given.get(name, default))
    if value not in allowed:
        raise unreadable(name, "does not have a valid value")
    return value


def names(given: Given, name: str) -> list[str]:
    """A list, or one text with commas; an empty text is an empty list."""
    value = given[name]
    parts = value if isinstance(value, list) else str("" if value is None else value).split(",")
    if any(isinstance(part, (dict, list)) for part in parts):
        raise unreadable(name)
    stripped = [str(part).strip() for piece in parts for part in str(piece).split(",")]
    return [part for part in stripped if part]


def numbers(given: Given, name: str) -> list[int]:
    try:
        return [int(part) for part in names(given, name)]
    except ValueError:
        raise unreadable(name) from None


def day(given: Given, name: str) -> str | None:
    """An ISO date; None clears."""
    value = text(given, name)
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise unreadable(name) from None


def moment(given: Given, name: str) -> int:
    """Seconds since 1970."""
    try:
        return int(parse_stamp(str(given[name])).timestamp())
    except ValueError:
        raise unreadable(name) from None
