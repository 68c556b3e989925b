"""What the configuration knows of each kind of forge: where it is if nobody says, and how its projects are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of forge. ``form`` is said to people; ``keys`` are those of a remote that no other kind has."""

    public: str
    """The address of the public host."""
    variables: tuple[str, ...]
    """Where its own tools look for a token. Used for the public host alone: none is carried to another one (T11)."""
    project: re.Pattern[str]
    """A project there. The address of a repository is the host, a slash or colon, and this."""
    form: str
    tool: tuple[str, ...]
    """Its own command, which prints the token it was given when the host is said last; asked only on request."""
    keys: frozenset[str] = frozenset()


KINDS: Mapping[str, Kind] = {
    "github": Kind(
        "https://github.com",
        ("GITHUB_TOKEN", "GH_TOKEN"),
        re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+"),
        "`owner/name`",
        ("gh", "auth", "token", "--hostname"),
        frozenset({"app"}),
    ),
    "gitlab": Kind(
        "https://gitlab.com",
        ("GITLAB_TOKEN",),
        re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+"),
        "`group/project`, with all groups above it",
        ("glab", "config", "get", "token", "--host"),
        frozenset({"dropped_label"}),
    ),
}
"""By what stands behind `kind:`."""
