"""Builds an engine from settings; the only place where clock, waiting and randomness are chosen."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event, Lock, get_ident
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from syncd.config import Remote as Keys
from syncd.config import Settings
from syncd.engine import Engine, Job, Remote
from syncd.forge.base import Forge
from syncd.forge.pacing import PATIENCE, Figures, Pace, usual_figures
from syncd.logs import Redactor
from syncd.model.policy import ReadingRules
from syncd.model.values import Uid
from syncd.state.store import Store
from syncd.state.words import Created

if TYPE_CHECKING:
    from syncd.forge.github import App

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_UID_LENGTH = 16
"""80 random bits: two of a billion tasks are the same with a chance of one in a million."""


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def mint() -> Uid:
    """A new identity, in Crockford's base 32: no letter that could be taken for another one."""
    return Uid("".join(secrets.choice(_CROCKFORD) for _ in range(_UID_LENGTH)))


def scope(settings: Settings, roadmap: str) -> str:
    """The fingerprint of what decides which lines are tasks: the path, and whatever the mapping says beyond auto.

    Only what differs from the defaults enters, so that a new setting in a later version changes no fingerprint.
    """
    rules, usual = settings.reading_rules(roadmap), ReadingRules()
    said = {
        one.name: getattr(rules, one.name)
        for one in fields(rules)
        if getattr(rules, one.name) != getattr(usual, one.name)
    }
    text = json.dumps({"path": settings.roadmaps[roadmap].path, **said}, sort_keys=True, ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def build(
    settings: Settings,
    *,
    stop: Event | None = None,
    redactor: Redactor | None = None,
    clock: Callable[[], datetime] = now,
    hosts: Hosts | None = None,
) -> Engine:
    """An engine for every roadmap of ``settings``. Setting ``stop`` ends every wait; tokens go to ``redactor``.

    ``hosts`` are those of an engine before this one, with all that is known of them; else nobody was asked before.
    """
    hosts = hosts or Hosts(clock, stop or Event())
    there = _remotes(settings, hosts, redactor or Redactor())
    return Engine(
        jobs={name: _job(settings, name, there) for name in settings.roadmaps}, clock=clock, mint=mint
    )


def remotes(
    settings: Settings,
    *,
    stop: Event | None = None,
    redactor: Redactor | None = None,
    clock: Callable[[], datetime] = now,
    patience: float = PATIENCE,
) -> dict[str, Remote]:
    """Every configured remote by its name, also one that no roadmap uses. The rest is as with :func:`build`.

    ``patience`` is how many seconds a forge may make an adapter wait before it says so instead.
    """
    return _remotes(settings, Hosts(clock, stop or Event(), patience), redactor or Redactor())


def _remotes(settings: Settings, hosts: Hosts, redactor: Redactor) -> dict[str, Remote]:
    return {name: _remote(settings, name, hosts, redactor) for name in settings.remotes}


def _job(settings: Settings, name: str, remotes: dict[str, Remote]) -> Job:
    return Job(
        name=name,
        path=settings.path(name),
        state=settings.state,
        remotes=tuple(remotes[remote] for remote in settings.roadmaps[name].remotes),
        policy=settings.policy(name),
        rules=settings.reading_rules(name),
        scope=scope(settings, name),
        any_branch=settings.any_branch(name),
        assumed=settings.assumed,
    )


class Connection(TypedDict):
    """How a project is reached, whatever its forge: what every adapter takes beside its name, project and token."""

    pace: Pace
    web_url: str
    api_url: str
    timeout: int
    ca_file: str | None


class _Access:
    """As whom a remote is worked with: its token, read when it is needed, or its App, which is made once."""

    def __init__(self, settings: Settings, remote: str, redactor: Redactor) -> None:
        self._settings = settings
        self._remote = remote
        self._redactor = redactor
        self._app: App | None = None

    def token(self) -> str:
        """The secret itself. Raises ConfigError."""
        token = self._settings.token(self._remote)
        self._redactor.hide(token)
        return token

    def of_github(self) -> str | App:
        """The secret, or the App that gets itself one: it keeps that from run to run."""
        from syncd.forge.github import App  # noqa: PLC0415 - see below

        keys = self._settings.remotes[self._remote].app
        if keys is None:
            return self.token()
        if self._app is None:
            self._app = App(keys.id, self._key, installation=keys.installation, hide=self._redactor.hide)
        return self._app

    def _key(self) -> str:
        key = self._settings.app_key(self._remote)
        self._redactor.hide(key)
        return key


def _github(name: str, keys: Keys, access: _Access, connection: Connection) -> Forge:
    from syncd.forge.github import GitHub  # noqa: PLC0415 - its library takes a third of a second to load

    return GitHub(name, keys.project, token=access.of_github(), **connection)


def _gitlab(name: str, keys: Keys, access: _Access, connection: Connection) -> Forge:
    from syncd.forge.gitlab import GitLab  # noqa: PLC0415 - the same

    return GitLab(name, keys.project, token=access.token(), dropped_label=keys.dropped_label, **connection)


ADAPTERS: Mapping[str, Callable[[str, Keys, _Access, Connection], Forge]] = {
    "github": _github,
    "gitlab": _gitlab,
}
"""By what stands behind `kind:`."""


def _remote(settings: Settings, name: str, hosts: Hosts, redactor: Redactor) -> Remote:
    keys = settings.remotes[name]
    access = _Access(settings, name, redactor)

    def forge(store: Store) -> Forge:
        ca_file = settings.ca_file(name)
        connection = Connection(
            pace=hosts.pace(keys, store),
            web_url=keys.url,
            api_url=keys.api_url or "",
            timeout=int(keys.timeout.total_seconds()),
            ca_file=str(ca_file) if ca_file else None,
        )
        return ADAPTERS[keys.kind](name, keys, access, connection)

    return Remote(name, forge, quarantine=keys.quarantine, full_sweep=keys.full_sweep)


@dataclass(slots=True)
class Hosts:
    """One pace per host, however many remotes are there: forges count per account (design §10).

    It outlives a configuration: a host that asked to wait asked whoever comes.
    """

    clock: Callable[[], datetime]
    stop: Event
    patience: float = PATIENCE
    paces: dict[str, Pace] = field(default_factory=dict)
    stores: dict[int, Store] = field(default_factory=dict)
    """The open state of the run of each thread: what is created is counted there, across restarts. A state belongs to
    its thread, while the pace of a host is shared by all."""
    making: Lock = field(default_factory=Lock)

    def pace(self, keys: Keys, store: Store) -> Pace:
        """The gate before the host of a remote, as it is configured now."""
        address = keys.api_url or keys.url
        host = urlsplit(address).netloc.lower()
        self.stores[get_ident()] = store
        with self.making:
            if host not in self.paces:
                self.paces[host] = Pace(
                    _figures(keys, address),
                    clock=self.clock,
                    wait=self.stop.wait,
                    patience=self.patience,
                    load=lambda: self.stores[get_ident()].creations(host, self.clock() - timedelta(hours=1)),
                    record=lambda when: self.stores[get_ident()].commit("", Created(host, when)),
                )
            pace = self.paces[host]
            pace.figures = _figures(keys, address)
            return pace


def _figures(keys: Keys, address: str) -> Figures:
    own = keys.pace
    if own is None:
        return usual_figures(address)
    return Figures(own.interval.total_seconds(), own.per_minute, own.per_hour)
