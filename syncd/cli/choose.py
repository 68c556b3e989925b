"""Which configuration, and which of its roadmaps: what most commands begin with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from syncd import files
from syncd.config import DEFAULT, Settings, assume, load
from syncd.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """``--config FILE``."""
    option = click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"The configuration; without, {DEFAULT} of this folder, or what the clone says.",
    )
    return option(command)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Settings, the roadmaps that are meant, and sentences about what nobody configured."""

    settings: Settings
    names: tuple[str, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The one roadmap that is meant. Raises UsageError where it could be any of several."""
        if len(self.names) != 1:
            raise UsageError(
                "which roadmap?", hint=f"name one of: {', '.join(self.names) or 'none is configured'}"
            )
        return self.names[0]


def chosen(config: Path | None, roadmap: str | None = None) -> Chosen:
    """By ``--config``, else ``syncd.yaml`` here, else by what the surroundings say (design §14).

    ``roadmap`` is a configured name or the path of one; without it, all of them are meant.
    """
    if config is None and not DEFAULT.exists():
        here = Path.cwd()
        settings, told = assume(here, os.environ, files.git_remotes(here), Path(roadmap) if roadmap else None)
        return Chosen(settings, tuple(settings.roadmaps), told)
    settings = load(config or DEFAULT, os.environ)
    return Chosen(settings, (named(settings, roadmap),) if roadmap else tuple(settings.roadmaps))


def named(settings: Settings, roadmap: str) -> str:
    """The configured name behind a name or a path. Raises UsageError where there is none."""
    if roadmap in settings.roadmaps:
        return roadmap
    path = Path(os.path.abspath(roadmap))  # noqa: PTH100 - resolve() would follow links, which are refused later
    by_path = [name for name in settings.roadmaps if Path(os.path.abspath(settings.path(name))) == path]  # noqa: PTH100 - the same
    if by_path:
        return by_path[0]
    known = ", ".join(f"{name} ({settings.roadmaps[name].path})" for name in settings.roadmaps)
    raise UsageError(
        f"no roadmap is called {roadmap}, and none is at that path", hint=f"configured: {known or 'none'}"
    )
