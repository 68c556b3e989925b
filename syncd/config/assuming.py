"""A run without any configuration: what the surroundings say, and in which words that is told."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from syncd.config.loading import load
from syncd.config.settings import TOKEN_VARIABLES, Settings
from syncd.errors import ConfigError

USUAL: tuple[str, ...] = ("ROADMAP.md", "TODO.md", "tasks.md", "docs/ROADMAP.md")
"""Names of roadmaps, the likeliest first; in any case."""

_HINT = "write a syncd.yaml; config/minimal.yaml is a start"
_GITHUB = re.compile(
    r"(?:https://(?:[^@/]*@)?github\.com/|(?:ssh://)?git@github\.com[:/])([A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:\.git)?/?"
)


def assume(
    folder: Path, env: Mapping[str, str], git_remotes: Mapping[str, str], roadmap: Path | None = None
) -> tuple[Settings, tuple[str, ...]]:
    """Settings for the work tree at ``folder``, and sentences about what was assumed.

    ``git_remotes`` are names and addresses (:func:`syncd.files.git_remotes`). Raises
    :class:`~syncd.errors.ConfigError` where the surroundings do not say enough.
    """
    path, how = (
        (_asked(folder, roadmap), "as asked") if roadmap else (_usual_roadmap(folder), "by its usual name")
    )
    name, project = _project(git_remotes)
    settings = load(
        None,
        env,
        {
            "remotes": {"github": {"kind": "github", "project": project}},
            "roadmaps": {"main": {"path": path, "remotes": ["github"]}},
        },
    )
    token = next((variable for variable in TOKEN_VARIABLES if env.get(variable)), None)
    told = (
        f"roadmap {path}, {how}",
        f"project {project} on github.com, from the git remote {name}",
        f"token from {token}" if token else f"no token: neither {' nor '.join(TOKEN_VARIABLES)} is set",
        "state in .syncd/state.db",
    )
    return replace(settings, folder=folder, state=folder / ".syncd" / "state.db", assumed=True), told


def _asked(folder: Path, roadmap: Path) -> str:
    path = Path(os.path.abspath(roadmap))  # noqa: PTH100 (resolve() would follow the links that are refused later)
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _usual_roadmap(folder: Path) -> str:
    for usual in map(Path, USUAL):
        found = _case_variants(folder, usual)
        if len(found) > 1:
            raise ConfigError(f"several roadmaps: {', '.join(found)}", hint=_HINT)
        if found:
            return found[0]
    raise ConfigError(f"no syncd.yaml, and none of {', '.join(USUAL)} in {folder}", hint=_HINT)


def _case_variants(folder: Path, usual: Path) -> list[str]:
    """The files below ``folder`` whose path is the usual one but for upper and lower case."""
    found = [folder]
    for part in usual.parts:
        inside = (one for parent in found if parent.is_dir() for one in parent.iterdir())
        found = [one for one in inside if one.name.lower() == part.lower()]
    return sorted(str(one.relative_to(folder)) for one in found if one.is_file())


def _project(git_remotes: Mapping[str, str]) -> tuple[str, str]:
    """The git remote to go by and its project: `origin` if it is on github.com, else the only one that is."""
    found = {name: match[1] for name, url in git_remotes.items() if (match := _GITHUB.fullmatch(url))}
    if "origin" in found:
        return "origin", found["origin"]
    if len(set(found.values())) == 1:
        return next(iter(found.items()))
    # Addresses are not repeated here: some hold a token.
    what = "several git remotes are on github.com" if found else "no git remote is on github.com"
    raise ConfigError(f"no syncd.yaml, and {what}", hint=_HINT)
