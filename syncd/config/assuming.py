"""A run without any configuration: what the surroundings say, and in which words that is told."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from syncd.config.kinds import KINDS
from syncd.config.loading import load
from syncd.config.settings import Settings
from syncd.errors import ConfigError

USUAL: tuple[str, ...] = ("ROADMAP.md", "TODO.md", "tasks.md", "docs/ROADMAP.md")
"""Names of roadmaps, the likeliest first; in any case."""

_HINT = "`syncd init` writes a syncd.yaml; config/minimal.yaml is a start"
_ADDRESS = re.compile(
    r"(?:https://(?:[^@/]*@)?|(?:ssh://)?git@)(?P<host>[a-z.]+)[:/](?P<project>[^:]+?)(?:\.git)?/?"
)
_KINDS = {urlsplit(kind.public).hostname: name for name, kind in KINDS.items()}
"""The kinds by the name of their public host."""


def assume(
    folder: Path, env: Mapping[str, str], git_remotes: Mapping[str, str], roadmap: Path | None = None
) -> tuple[Settings, tuple[str, ...]]:
    """Settings for the work tree at ``folder``, and sentences about what was assumed.

    ``git_remotes`` are names and addresses (:func:`syncd.files.git_remotes`). Raises
    :class:`~syncd.errors.ConfigError` where the surroundings do not say enough.
    """
    path, how = (
        (_asked(folder, roadmap), "as asked") if roadmap else (usual_roadmap(folder), "by its usual name")
    )
    name, kind, project = _project(git_remotes)
    settings = load(
        None,
        env,
        {
            "remotes": {kind: {"kind": kind, "project": project}},
            "roadmaps": {"main": {"path": path, "remotes": [kind]}},
        },
    )
    variables = KINDS[kind].variables
    token = next((variable for variable in variables if env.get(variable)), None)
    nowhere = f"neither {' nor '.join(variables)} is set" if variables[1:] else f"{variables[0]} is not set"
    told = (
        f"roadmap {path}, {how}",
        f"project {project} on {urlsplit(KINDS[kind].public).hostname}, from the git remote {name}",
        f"token from {token}" if token else f"no token: {nowhere}",
        "state in .syncd/state.db",
    )
    return replace(settings, folder=folder, state=folder / ".syncd" / "state.db", assumed=True), told


def _asked(folder: Path, roadmap: Path) -> str:
    path = Path(os.path.abspath(roadmap))  # noqa: PTH100 (resolve() would follow the links that are refused later)
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def usual_roadmap(folder: Path) -> str:
    """The one roadmap that goes without saying. Raises :class:`~syncd.errors.ConfigError` for none or several."""
    for usual in map(Path, USUAL):
        found = case_variants(folder, usual)
        if len(found) > 1:
            raise ConfigError(f"several roadmaps: {', '.join(found)}", hint=_HINT)
        if found:
            return found[0]
    raise ConfigError(f"no syncd.yaml, and none of {', '.join(USUAL)} in {folder}", hint=_HINT)


def case_variants(folder: Path, usual: Path) -> list[str]:
    """The files below ``folder`` whose path is the usual one but for upper and lower case."""
    found = [folder]
    for part in usual.parts:
        inside = (one for parent in found if parent.is_dir() for one in parent.iterdir())
        found = [one for one in inside if one.name.lower() == part.lower()]
    return sorted(str(one.relative_to(folder)) for one in found if one.is_file())


def _project(git_remotes: Mapping[str, str]) -> tuple[str, str, str]:
    """The git remote to go by, its kind and project: `origin` if it is on a public forge, else the only one that is."""
    found = {name: place for name, url in git_remotes.items() if (place := _place(url))}
    if "origin" in found:
        return "origin", *found["origin"]
    if len(set(found.values())) == 1:
        name, place = next(iter(found.items()))
        return name, *place
    # Addresses are not repeated here: some hold a token.
    hosts = " or ".join(sorted(filter(None, _KINDS)))
    what = f"several git remotes are on {hosts}" if found else f"no git remote is on {hosts}"
    raise ConfigError(f"no syncd.yaml, and {what}", hint=_HINT)


def _place(url: str) -> tuple[str, str] | None:
    """Kind and project of a repository's address, if it is on a public forge."""
    there = _ADDRESS.fullmatch(url)
    kind = _KINDS.get(there["host"]) if there else None
    if there is None or kind is None or not KINDS[kind].project.fullmatch(there["project"]):
        return None
    return kind, there["project"]
