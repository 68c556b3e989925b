"""What a clone says of itself before anything is configured: roadmaps by their usual names, projects behind remotes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from syncd.config import text
from syncd.config.assuming import USUAL, case_variants
from syncd.config.kinds import KINDS

_ADDRESS: Final = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?(?P<host>[\w.-]+)(?::\d+)?/|(?:[\w.-]+@)?(?P<short>[\w.-]+):(?!/))"
    r"(?P<project>[\w.-]+(?:/[\w.-]+)+)/?"
)
_PUBLIC: Final = {urlsplit(kind.public).hostname for kind in KINDS.values()}


@dataclass(frozen=True, slots=True)
class Origin:
    """A project on a host, as a git remote names it. ``kind`` is None where the host's name does not tell."""

    git_name: str
    host: str
    project: str
    kind: Literal["github", "gitlab"] | None

    @property
    def url(self) -> str:
        """The web address of the host."""
        return f"https://{self.host}"

    @property
    def public(self) -> bool:
        """Whether this is the host that is meant where no address is said."""
        return self.host in _PUBLIC


def origins(git_remotes: Mapping[str, str]) -> tuple[Origin, ...]:
    """The projects behind git remotes: `origin` first, each project once. User and token in an address are dropped."""
    found: dict[tuple[str, str], Origin] = {}
    for name in sorted(git_remotes, key=lambda name: name != "origin"):
        address = _ADDRESS.fullmatch(git_remotes[name])
        if address is None:
            continue
        host = (address["host"] or address["short"]).lower()
        project = address["project"].removesuffix(".git")
        kind = _kind(host)
        if kind is None or KINDS[kind].project.fullmatch(project):
            found.setdefault((host, project.lower()), Origin(name, host, project, kind))
    return tuple(found.values())


def usual_roadmaps(folder: Path) -> tuple[str, ...]:
    """The files at the usual places, in any case, the likeliest first."""
    return tuple(path for usual in USUAL for path in case_variants(folder, Path(usual)))


def place(config: Path, keys: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column of a key in a configuration file, or of the nearest one around it that is there."""
    return text.parse(config.read_bytes(), str(config)).place(keys)


def _kind(host: str) -> Literal["github", "gitlab"] | None:
    labels = host.split(".")
    if any(label.startswith("github") for label in labels) or host.endswith(".ghe.com"):
        return "github"
    return "gitlab" if any(label.startswith("gitlab") for label in labels) else None
