"""Who is looking at the status page, and whether a form they send is ours (threat T17).

Whoever says ``serve.token`` once gets a session: random and signed, it is not the token and cannot be turned into it.
The key is drawn when the daemon starts, and the token goes into the signature: a restart and another token both end
every session. A form carries a word that only pages of its session hold; a page elsewhere cannot read it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock

from syncd.daemon.web.visitors import same_secret

LASTS = timedelta(days=1)
LOCAL = "local"
"""The session of everybody on this machine, where no token is configured. No signed one can be called so."""


class Sessions:
    """``token`` is what opens one (raises :class:`~syncd.errors.ConfigError`); ``draw(n)`` gives n random bytes."""

    def __init__(
        self, token: Callable[[], str], *, clock: Callable[[], datetime], draw: Callable[[int], bytes]
    ) -> None:
        self._token, self._clock, self._draw = token, clock, draw
        self._key = draw(32)
        self._ended: dict[str, datetime] = {}
        self._lock = Lock()

    def begin(self, given: str) -> str | None:
        """A new session for whoever has the token, to be kept by their browser; None for everybody else."""
        token = self._token()
        if not token or not same_secret(given, token):
            return None
        until = int((self._clock() + LASTS).timestamp())
        body = f"{until}.{self._draw(16).hex()}"
        return f"{body}.{self._sign('session', body, token)}"

    def holds(self, session: str) -> bool:
        """Whether this is one of ours, still within its day, and nobody logged out of it."""
        until = self._until(session)
        with self._lock:
            return until is not None and self._clock() < until and session not in self._ended

    def end(self, session: str) -> None:
        """Logs out: also a copy of the cookie is worth nothing from now on."""
        until, now = self._until(session), self._clock()
        with self._lock:
            # What is over by itself need not be remembered, and what is not ours must not be.
            self._ended = {one: late for one, late in self._ended.items() if late > now}
            if until is not None:
                self._ended[session] = until

    def word(self, session: str) -> str:
        """What a form sent from this session has to carry."""
        return self._sign("form", session)

    def ours(self, session: str, word: str) -> bool:
        """Whether a form with this word came from a page of this session."""
        return same_secret(word, self.word(session))

    def _until(self, session: str) -> datetime | None:
        body, _, signature = session.rpartition(".")
        if not same_secret(signature, self._sign("session", body, self._token())):
            return None
        # Signed by us: it has the form that we gave it.
        return datetime.fromtimestamp(int(body.partition(".")[0]), UTC)

    def _sign(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogateescape")
        return hmac.new(self._key, text, sha256).hexdigest()
