"""What goes to a person or a pipe: the result on stdout, everything else on stderr (design §15).

Text from roadmaps and trackers is made one line without control characters before it is shown: a title must not move
the cursor of whoever reads it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from syncd.model.values import TaskState, one_line

MARKS: dict[TaskState, tuple[str, str]] = {
    TaskState.OPEN: ("○", "white"),
    TaskState.IN_PROGRESS: ("◐", "yellow"),
    TaskState.DONE: ("✓", "green"),
    TaskState.DROPPED: ("✗", "bright_black"),
}
"""How a task's state is drawn: sign and colour."""


def say(text: str = "") -> None:
    """A line of the result."""
    click.echo(text)


def note(text: str) -> None:
    """A line for people that is not the result."""
    click.echo(text, err=True)


def emit(document: Any) -> None:
    """The result as one JSON document."""
    # A surrogate (a byte of the file that is not UTF-8) leaves as its JSON escape, through `backslashreplace`.
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    click.echo(json.dumps(document, ensure_ascii=ascii_only, indent=2))


def shown(text: str, width: int = 0) -> str:
    """Somebody's text on one line, cut to ``width`` characters if that is given."""
    line = one_line(text)
    return line if not width or len(line) <= width else f"{line[: width - 1]}…"


def bold(text: str) -> str:
    return click.style(text, bold=True)


def dim(text: str) -> str:
    return click.style(text, fg="bright_black")


def coloured(text: str, colour: str) -> str:
    return click.style(text, fg=colour)


def mark(state: TaskState) -> str:
    """A task's state as one sign."""
    sign, colour = MARKS[state]
    return click.style(sign, fg=colour)


def counted(number: int, one: str, many: str = "") -> str:
    """``3 tasks``, ``1 task``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
