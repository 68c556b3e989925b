"""What git's own files say of a work tree. git is not run: a repository can make it run programs (threat T16)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_BUSY: tuple[tuple[str, str], ...] = (
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
)
_MAX_BYTES = 1024 * 1024


def git_head(folder: Path) -> str | None:
    """The branch that is checked out; ``HEAD`` where none is (git forbids a branch of that name), None outside git."""
    git = _git_folder(folder)
    head = _text(git / "HEAD").strip() if git else ""
    if not head:
        return None
    return (
        head.removeprefix("ref:").strip().removeprefix("refs/heads/") if head.startswith("ref:") else "HEAD"
    )


def git_busy(folder: Path) -> str | None:
    """What is going on in the work tree: a merge, a rebase, a cherry-pick, a revert; None if nothing is."""
    git = _git_folder(folder)
    return next((word for name, word in _BUSY if git and (git / name).exists()), None)


def git_remotes(folder: Path) -> Mapping[str, str]:
    """The addresses of the remotes in the repository's own configuration, by name, in its order."""
    git = _git_folder(folder)
    return _remotes(_text(_common(git) / "config")) if git else {}


def _git_folder(folder: Path) -> Path | None:
    """The git folder of the work tree around ``folder``: ``.git`` itself, or where a ``.git`` file points to."""
    for parent in (folder.absolute(), *folder.absolute().parents):
        git = parent / ".git"
        if git.is_dir():
            return git
        if git.is_file() and (text := _text(git)).startswith("gitdir:"):
            return parent / text.removeprefix("gitdir:").strip()
    return None


def _common(git: Path) -> Path:
    """The folder that all work trees of a repository share."""
    shared = _text(git / "commondir").strip()
    return git / shared if shared else git


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES).decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _remotes(config: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = None
    for line in map(str.strip, config.split("\n")):
        if line.startswith("["):
            section, _, rest = line.strip("[]").partition(" ")
            name = rest.strip().strip('"') if section.lower() == "remote" else None
        elif name is not None and line.partition("=")[0].strip().lower() == "url":
            found.setdefault(name, line.partition("=")[2].strip().strip('"'))
    return found
