"""What ``syncd doctor`` finds at one remote, judged. It asks the forge three or four times and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from syncd.errors import (
    FAILED,
    LATER,
    MISCONFIGURED,
    OK,
    AccessRefused,
    ConfigError,
    ForgeError,
    RateLimited,
    SyncdError,
    most_pressing,
)
from syncd.forge.base import Forge
from syncd.model.remote import NEEDED, Budget, Probe, Project, Right

Level = Literal["ok", "note", "bad"]
SKEW = 60
"""Seconds by which clocks may differ before it is worth a word. No decision of syncd goes by them (I15), but tokens
of GitHub Apps do."""
SOON = timedelta(days=14)
SCARCE = 10
"""Of a hundred requests, how many are left when it is worth a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``exit_code`` is 0 unless ``level`` is ``bad``."""

    check: str
    level: Level
    message: str
    hint: str = ""
    exit_code: int = OK


@dataclass(frozen=True, slots=True)
class Expected:
    """What the configuration and the state say of a remote. ``pinned`` are ids that roadmaps are synced with."""

    remote: str
    kind: str
    url: str
    project: str
    pinned: frozenset[str] = frozenset()
    hooks: bool = False


@dataclass(slots=True)
class Examination:
    """One remote: what was expected, what was found."""

    expected: Expected
    findings: list[Finding] = field(default_factory=list)
    probe: Probe | None = None

    @property
    def exit_code(self) -> int:
        """That of the worst finding."""
        return most_pressing(finding.exit_code for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """JSON-native values; what could not be found out is null."""
        probe, expected = self.probe, self.expected
        return {
            "remote": expected.remote,
            "kind": expected.kind,
            "url": expected.url,
            "project": expected.project,
            "account": probe.account if probe else None,
            "token": {
                "kind": probe.token,
                "scopes": None if probe.scopes is None else list(probe.scopes),
                "expires": probe.expires.isoformat() if probe.expires else None,
            }
            if probe
            else None,
            "project_id": probe.project.id if probe else None,
            "rights": _rights(probe.project) if probe else None,
            "budget": _budget(probe.budget) if probe and probe.budget else None,
            "clock_skew_seconds": probe.skew if probe else None,
            "features": dict(probe.features) if probe else None,
            "checks": [asdict(finding) for finding in self.findings],
            "exit_code": self.exit_code,
        }


def examine(forge: Forge, expected: Expected, now: datetime) -> Examination:
    """Everything that can be found out by reading. Never raises for what a forge does."""
    found = Examination(expected)
    try:
        forge.project()
        found.probe = forge.probe()
    except ForgeError as error:
        found.findings += _trouble(forge, error)
        return found
    found.findings += _judged(found.probe, expected, now)
    return found


def unusable(expected: Expected, error: SyncdError) -> Examination:
    """A remote that nobody could even ask: the token is nowhere, or no token."""
    check = "token" if isinstance(error, ConfigError | AccessRefused) else "reachable"
    return Examination(expected, [Finding(check, "bad", error.message, error.hint, error.exit_code)])


def _trouble(forge: Forge, error: ForgeError) -> Iterator[Finding]:
    """How far it came before it failed."""
    if isinstance(error, RateLimited):
        yield _answers()
        yield Finding("budget", "bad", error.reason, error.hint, LATER)
    elif isinstance(error, AccessRefused) and error.status in (404, 410):
        yield _answers()
        yield _whose(forge)
        yield Finding("project", "bad", error.reason, error.hint, error.exit_code)
    elif isinstance(error, AccessRefused):
        yield from [_answers()] if error.status else []
        yield Finding("token", "bad", error.reason, error.hint, error.exit_code)
    else:
        check = "project" if 0 < error.status < 500 else "reachable"
        yield Finding(check, "bad", error.reason, error.hint, FAILED)


def _answers() -> Finding:
    return Finding("reachable", "ok", "answers")


def _whose(forge: Forge) -> Finding:
    """The project is out of sight: then it helps to know as whom one looked for it."""
    try:
        return Finding("token", "ok", f"of {forge.account() or 'no account'}")
    except ForgeError as error:
        return Finding("token", "bad", error.reason, error.hint, error.exit_code)


def _judged(probe: Probe, expected: Expected, now: datetime) -> Iterator[Finding]:
    yield _answers()
    yield _token(probe, now)
    yield _project(probe.project, expected)
    yield _open(probe.project)
    yield from _granted(probe.project, expected)
    yield _left(probe.budget)
    yield _clock(probe.skew)
    for name, there in probe.features.items():
        said = (
            "available"
            if there
            else "not known"
            if there is None
            else "not on this tier: what it drops is reported"
        )
        yield Finding(name, "ok", said)


def _token(probe: Probe, now: datetime) -> Finding:
    said = f"{probe.token} of {probe.account}" if probe.account else f"{probe.token}, of no account"
    if probe.scopes is not None:
        said += f", scopes: {', '.join(probe.scopes) or 'none'}"
    if probe.expires is None:
        return Finding("token", "ok", said)
    said += f", until {probe.expires:%Y-%m-%d}"
    if probe.expires - now > SOON:
        return Finding("token", "ok", said)
    return Finding("token", "note", f"{said}: that is soon", "make a new one")


def _project(project: Project, expected: Expected) -> Finding:
    said = f"{project.name}, id {project.id}"
    others = expected.pinned - {project.id}
    if others:
        was = f"{said}, is another project than the one synced so far (id {', '.join(sorted(others))})"
        hint = f"set `project` of remotes.{expected.remote} to the name which that one has now"
        return Finding("project", "bad", was, hint, MISCONFIGURED)
    if project.name.casefold() != expected.project.casefold():
        hint = f"set `project: {project.name}` before somebody takes the old name"
        return Finding("project", "note", f"{expected.project} was renamed: {said}", hint)
    return Finding("project", "ok", said)


def _open(project: Project) -> Finding:
    if not project.writable:
        return Finding("issues", "bad", "the project is archived", "unarchive it", MISCONFIGURED)
    if not project.issues:
        hint = "switch them on in the project's settings"
        return Finding("issues", "bad", "issues are switched off", hint, MISCONFIGURED)
    return Finding("issues", "ok", "switched on")


def _granted(project: Project, expected: Expected) -> Iterator[Finding]:
    """Each right by itself. Hooks are nothing that a run needs: somebody else may have set them up."""
    for right in Right:
        if right not in NEEDED and not expected.hooks:
            continue
        check = f"may: {right.value}"
        if project.rights is None:
            yield Finding(check, "note", "this kind of token does not tell; the first write will")
        elif right in project.rights:
            yield Finding(check, "ok", "yes")
        elif right in NEEDED:
            yield Finding(check, "bad", "no", _MORE, MISCONFIGURED)
        else:
            yield Finding(check, "note", "no", "somebody with more rights has to set up the webhook")


_MORE = "give the token, or whom it belongs to, more rights in this project (docs/configuration.md)"


def _left(budget: Budget | None) -> Finding:
    if budget is None:
        return Finding("budget", "ok", "no limit is told")
    said = f"{budget.remaining} of {budget.limit} requests left until {budget.reset:%H:%M:%S} UTC"
    if budget.remaining == 0:
        return Finding("budget", "bad", said, "wait until then", LATER)
    scarce = budget.remaining * 100 < budget.limit * SCARCE
    return Finding("budget", "note" if scarce else "ok", said)


def _clock(skew: float | None) -> Finding:
    if skew is None:
        return Finding("clock", "ok", "the forge does not tell the time")
    if abs(skew) < SKEW:
        return Finding("clock", "ok", "agrees with ours")
    where = "behind" if skew > 0 else "ahead of"
    hint = "nothing is decided by it, but tokens of GitHub Apps need it right"
    return Finding("clock", "note", f"ours is {abs(skew):.0f} seconds {where} the forge's", hint)


def _rights(project: Project) -> dict[str, bool | None]:
    held = project.rights
    return {right.value: None if held is None else right in held for right in Right}


def _budget(budget: Budget) -> dict[str, Any]:
    return {"remaining": budget.remaining, "limit": budget.limit, "reset": budget.reset.isoformat()}
