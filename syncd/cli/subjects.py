"""What ``syncd check`` looks at, and what it says of it: files with their mapping, and lines of a report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from syncd import app
from syncd.cli.console import note
from syncd.config import DEFAULT, Settings, load, place, usual_roadmap
from syncd.errors import ConfigError, RoadmapChanged, RoadmapError, RoadmapRefused, StateError, SyncdError
from syncd.model.outline import Reading
from syncd.model.outline import Warning as Notice
from syncd.model.policy import ReadingRules
from syncd.roadmap.check import Level

STATE = Path(".syncd") / "state.db"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report. ``exit_code`` is that of an error; findings have none of their own."""

    file: str
    line: int
    column: int
    level: Level | Literal["error", "fixed"]
    code: str
    message: str
    hint: str = ""
    exit_code: int = 0

    @classmethod
    def of(cls, file: str, level: Level | Literal["fixed"], one: Notice) -> Line:
        """A finding of a file."""
        return cls(file, one.line, one.column, level, one.code, one.message)

    @property
    def where(self) -> str:
        """``file:line:column``, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def to_json(self) -> dict[str, Any]:
        """JSON-native values; line and column are 0 where they are not known."""
        names = ("file", "line", "column", "level", "code", "message", "hint")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Subject:
    """A file to be checked, and how it is read. ``config`` and ``name`` say where its mapping stands, if anywhere."""

    path: Path
    rules: ReadingRules = field(default_factory=ReadingRules)
    remembered: Reading | None = None
    config: Path | None = None
    name: str = ""

    @property
    def shown(self) -> str:
        """The path as somebody in this folder would say it."""
        return _relative(self.path)

    def of_mapping(self, path: tuple[str | int, ...], message: str) -> Line:
        """A finding about a key of the mapping, where that key stands."""
        keys = ("roadmaps", self.name, "mapping", *path)
        line, column = place(self.config, keys) if self.config else (0, 0)
        file = _relative(self.config) if self.config else self.shown
        said = f"{'.'.join(map(str, keys))}: {message} in {self.shown}"
        return Line(file, line, column, "warning", "mapping-unused", said)


def subjects(paths: tuple[Path, ...], config: Path | None) -> tuple[list[Subject], list[Line]]:
    """The files that are meant, and what already went wrong on the way to them."""
    lines: list[Line] = []
    settings, where = None, config or (DEFAULT if DEFAULT.exists() else None)
    try:
        settings = load(where, _NoSecrets(os.environ)) if where else None
    except ConfigError as error:
        lines.append(from_error(error, None))
    known = {_absolute(one.path): one for one in _configured(settings, where)} if settings and where else {}
    if paths:
        return [known.get(_absolute(path)) or Subject(path) for path in paths], lines
    if settings is None and not lines:
        try:
            here = Path.cwd()
            path = here / usual_roadmap(here)
            return [Subject(path, remembered=_remembered(here / STATE).get("main"))], lines
        except ConfigError as error:
            lines.append(from_error(error, None))
    return list(known.values()), lines


def from_error(error: SyncdError, subject: Subject | None) -> Line:
    """An error as a line of the report: one message, at the place where it is."""
    match error:
        case ConfigError() if subject is not None and subject.config is not None and not error.file:
            # Reading knows the key of the mapping, but not the file that it was written in.
            keys = ("roadmaps", subject.name, *error.key.split("."))
            line, column = place(subject.config, keys)
            message = f"{'.'.join(keys)}: {error.message.removeprefix(f'{error.key}: ')}"
            return _error(error, _relative(subject.config), line, column, "configuration", message)
        case ConfigError():
            file = error.file or str(DEFAULT)
            where = ":".join(str(part) for part in (error.file, error.line, error.column) if part)
            message = error.message.removeprefix(f"{where}: ") if where else error.message
            return _error(error, _relative(Path(file)), error.line, error.column, "configuration", message)
        case RoadmapError():
            where = f"{error.path}:{error.line}" if error.line else error.path
            code = "refused" if isinstance(error, RoadmapRefused) else "unreadable"
            file, column = _relative(Path(error.path)), 1 if error.line else 0
            return _error(error, file, error.line, column, code, error.message.removeprefix(f"{where}: "))
        case RoadmapChanged():
            file = subject.shown if subject else ""
            return _error(error, file, 0, 0, "changed", "changed while it was being repaired")
        case _:
            return _error(error, subject.shown if subject else "", 0, 0, "failed", error.message)


def _error(error: SyncdError, file: str, line: int, column: int, code: str, message: str) -> Line:
    return Line(file, line, column, "error", code, message, error.hint, error.exit_code)


class _NoSecrets(dict[str, str]):
    """The environment, in which every variable is set: a check needs no token, and a hook has none."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the signature of dict
        """The variable, or something in its place."""
        return self[key] if key in self else "-"  # noqa: SIM401 - that would ask this very method

    def __missing__(self, key: str) -> str:
        return "-"


def _configured(settings: Settings, config: Path) -> Iterator[Subject]:
    remembered = _remembered(settings.state)
    for name in settings.roadmaps:
        yield Subject(settings.path(name), settings.reading_rules(name), remembered.get(name), config, name)


def _remembered(state: Path) -> dict[str, Reading | None]:
    """What the first sync of each roadmap found. A state that cannot be used is not what is checked here."""
    from syncd.state import Store

    if not state.exists():
        return {}
    try:
        with Store.open(state, clock=app.now, mint=app.mint, read_only=True) as store:
            return {name: store.load(name).reading for name in store.roadmaps()}
    except StateError as error:
        note(f"{error.message}: read without it")
        return {}


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links, which are refused later


def _relative(path: Path) -> str:
    here, absolute = os.getcwd(), _absolute(path)  # noqa: PTH109 - as text
    return os.path.relpath(absolute, here) if absolute.startswith(here + os.sep) else str(path)
