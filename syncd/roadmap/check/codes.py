"""What can be found in a roadmap, by its stable code. ``note``: worth knowing, but nothing is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Level = Literal["warning", "note"]

CODES: Final[Mapping[str, Level]] = {
    "stale-counter": "warning",
    "heading-disagrees": "warning",
    "milestone-disagrees": "warning",
    "lane-disagrees": "warning",
    "overview-disagrees": "warning",
    "parent-done": "warning",
    "duplicate-identifier": "warning",
    "repeated-task": "warning",
    "title-too-long": "warning",
    "likely-secret": "warning",
    "fence-open": "warning",
    "unknown-mark": "warning",
    "unknown-status": "warning",
    "box-without-space": "warning",
    "mapping-unused": "warning",
    "not-utf8": "warning",
    "no-tasks": "warning",
    "counter-unsure": "note",
    "fence-nested": "note",
    "boxes-not-read": "note",
    "rows-not-tasks": "note",
    "heading-is-task": "note",
    "reading-changed": "note",
}


def level(code: str) -> Level:
    """How much a code weighs; what a reading rule newly says is a warning until this table knows better."""
    return CODES.get(code, "warning")
