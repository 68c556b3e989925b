"""An adapter for a sandbox, whichever forge it plays. Tests of the engine know no difference beyond this."""

from collections.abc import Callable, Mapping
from typing import Literal

from syncd.forge.base import Forge
from syncd.forge.github import GitHub
from syncd.forge.gitlab import GitLab
from syncd.forge.pacing import Figures, Pace
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock

PROJECT = "acme/widgets"
TOKEN = "sandbox-token"
Kind = Literal["github", "gitlab"]
KINDS: tuple[Kind, ...] = ("github", "gitlab")
ADAPTERS: Mapping[Kind, Callable[..., Forge]] = {"github": GitHub, "gitlab": GitLab}


def kind_of(remote: str) -> Kind:
    """The forge that a remote of this name is on: `gitlab2` is a second GitLab."""
    return "gitlab" if remote.startswith("gitlab") else "github"


def address(sandbox: Sandbox, kind: str) -> str:
    """Where the web of that forge is."""
    return sandbox.gitlab_url if kind == "gitlab" else sandbox.url


def adapter(remote: str, url: str, clock: LogicalClock, token: str = TOKEN) -> Forge:
    """The adapter of a remote, in no hurry and without waits."""
    pace = Pace(Figures(0.0, 0, 0), clock=clock, wait=lambda _: False)
    return ADAPTERS[kind_of(remote)](remote, PROJECT, token=token, pace=pace, web_url=url)
