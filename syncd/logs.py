"""Logging: lines for people on a terminal, JSON otherwise, to stderr; and no secret in either (I20, threat T10).

Events are static names ``noun.verb_past`` with their values as keys: ``log.info("issue.created", number=7)``. What is
bound with :func:`bound` stands in every event inside it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol, TextIO, cast

import structlog

from syncd.model.disguises import disguises
from syncd.model.values import one_line

HIDDEN = "[hidden]"


class Log(Protocol):
    """What the rest of syncd sees of a logger."""

    def debug(self, event: str, **values: Any) -> Any:
        """For whoever looks for a fault."""

    def info(self, event: str, **values: Any) -> Any:
        """Something happened as it should."""

    def warning(self, event: str, **values: Any) -> Any:
        """Something that a person may want to look at."""

    def error(self, event: str, **values: Any) -> Any:
        """Something failed."""

    def exception(self, event: str, **values: Any) -> Any:
        """Something failed in a way nobody expected; with the traceback."""


class Redactor:
    """Knows the secrets, and takes them out of any text in every form in which one may appear."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern = re.compile("(?!)")

    def hide(self, secret: str) -> None:
        """From now on, this one appears nowhere: plain, escaped, URL-encoded, in Base64, or in hex."""
        if not (forms := disguises(secret)):
            return
        self._forms |= set(forms)
        # The longest first, of all secrets: one may be part of another.
        ordered = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered)))

    def clean(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(HIDDEN, text)


def set_up(
    stream: TextIO,
    redactor: Redactor,
    *,
    clock: Callable[[], datetime],
    verbose: bool = False,
    colour: bool = False,
) -> None:
    """Sends all logging of this process, that of libraries too, to ``stream``: lines on a terminal, else JSON."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _timestamp(clock),
        _one_line,
    ]
    output = logging.StreamHandler(stream)
    output.setFormatter(_Formatter(redactor, shared, _renderer(stream, colour)))
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(logging.WARNING)
    logging.getLogger("syncd").setLevel(logging.DEBUG if verbose else logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def get_log(name: str = "syncd") -> Log:
    """A logger; ``name`` is that of the module."""
    return cast(Log, structlog.get_logger(name))


def bound(**values: Any) -> AbstractContextManager[Mapping[str, Any]]:
    """These values stand in every event logged inside, by this thread: `run`, `roadmap`, `trigger`, `remote`."""
    return cast(AbstractContextManager[Mapping[str, Any]], structlog.contextvars.bound_contextvars(**values))


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Cleans the finished line: whatever way a secret took into it, tracebacks included, it ends here."""

    def __init__(self, redactor: Redactor, shared: list[Any], render: list[Any]) -> None:
        remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(foreign_pre_chain=shared, processors=[remove, *render])
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        return self._redactor.clean(super().format(record))


def _renderer(stream: TextIO, colour: bool) -> list[Any]:
    if stream.isatty():
        # Plain tracebacks: the pretty ones print local variables, and a token may be among them.
        return [
            structlog.dev.ConsoleRenderer(colors=colour, exception_formatter=structlog.dev.plain_traceback)
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]


def _timestamp(clock: Callable[[], datetime]) -> Any:
    def stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["ts"] = clock().astimezone(UTC).isoformat(timespec="milliseconds")
        return event

    return stamp


def _one_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What people wrote cannot start a line of its own in the log, nor move the cursor of whoever reads it."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = one_line(value)
    return event
