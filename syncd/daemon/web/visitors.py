"""Who may look at what is not for everybody."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable

from starlette.requests import Request

from syncd.config import Listen
from syncd.errors import ConfigError

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::\d+)?")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Visitors:
    """Who may look: whoever has the token; without one, programs on this machine alone (threat T17).

    The name in ``Host`` counts too: a site elsewhere can have its own name point here (DNS rebinding).
    """

    def __init__(self, token: Callable[[], str], listen: Listen) -> None:
        self.token = token
        """Raises :class:`~syncd.errors.ConfigError` where its file cannot be read."""
        self._listen = listen

    def may(self, request: Request) -> bool:
        """Whether this one may."""
        try:
            token = self.token()
        except ConfigError:  # its file went away: then nobody may
            return False
        return has_token(request, token) if token else self.near(request)

    def near(self, request: Request) -> bool:
        """Whether it comes from this machine, and was meant for it."""
        # Not `request.url`: where that cannot make sense of a name, it takes our own address in its place.
        named = _HOST.fullmatch(request.headers.get("host", "").lower())
        here = _LOCAL | {self._listen.host.lower()}
        return self._listen.loopback and named is not None and named[1].strip("[]") in here


def has_token(request: Request, token: str) -> bool:
    """Whether the token is in its header, where no other site can put it."""
    return same_secret(request.headers.get("authorization", "").removeprefix("Bearer "), token)


def same_secret(given: str, wanted: str) -> bool:
    """In constant time, whatever their lengths."""
    one, other = (
        hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() for text in (given, wanted)
    )
    return hmac.compare_digest(one, other)
