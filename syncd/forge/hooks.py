"""The webhooks of a project: to list ours, to put one there with exactly the needed events, to take it away.

No run of a roadmap does any of this; ``syncd hooks`` does, when a person asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from syncd.forge.client import Client, Json
from syncd.forge.listing import items


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as the forge tells of it; no forge ever shows its secret again."""

    id: int
    url: str
    events: frozenset[str]
    active: bool


@dataclass(frozen=True, slots=True)
class HookDialect:
    """How a forge speaks of webhooks. ``body(url, secret)`` is one with exactly the ``events`` that syncd needs."""

    events: frozenset[str]
    change: str
    read: Callable[[Json], Hook]
    body: Callable[[str, str], Mapping[str, Json]]


class Hooks:
    """The webhooks of one project; each method raises what :mod:`syncd.forge.base` says."""

    def __init__(self, client: Client, path: str, dialect: HookDialect) -> None:
        self._client, self._path, self.dialect = client, path, dialect

    def all(self) -> tuple[Hook, ...]:
        """Whoever put them there."""
        found = items(self._client, self._path, {}, keys=frozenset({"id", "url"}))
        return tuple(self._client.seen(self.dialect.read, data) for data in found.items)

    def install(self, url: str, secret: str) -> Hook:
        """One hook to ``url``, made or put right; an old secret is exchanged, for nobody can see what it was."""
        body = self.dialect.body(url, secret)
        mine = next(self._to(url), None)
        if mine is None:
            answer = self._client.write("POST", self._path, body)
        else:
            answer = self._client.write(self.dialect.change, f"{self._path}/{mine.id}", body)
        return self._client.done(self.dialect.read, answer)

    def remove(self, url: str) -> int:
        """Takes away every hook to ``url``, and says how many there were."""
        gone = 0
        for hook in self._to(url):
            self._client.write("DELETE", f"{self._path}/{hook.id}", None)
            gone += 1
        return gone

    def _to(self, url: str) -> Iterator[Hook]:
        return (hook for hook in self.all() if hook.url.rstrip("/") == url.rstrip("/"))


@runtime_checkable
class Hooked(Protocol):
    """A forge that keeps webhooks."""

    def hooks(self) -> Hooks:
        """Those of the project."""
        ...
