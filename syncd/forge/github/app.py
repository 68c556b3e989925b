"""A GitHub App: it signs who it is, and works with a token that GitHub gives it for an hour (api-facts §F.1, §F.3).

PyGithub signs. Its own renewal of tokens would go through connections of its own, with redirects and without our
limits, and measures time by this machine's clock; so the exchange is asked for like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Protocol, TypeVar

from github.Auth import AppAuth

from syncd.errors import AccessRefused, ConfigError, NotSent
from syncd.forge.client import MALFORMED
from syncd.forge.github.access import of_permissions
from syncd.model.remote import Right

T = TypeVar("T")

BACKDATED = timedelta(seconds=60)
"""How far a signature reaches back: GitHub refuses one from its future."""
SIGNED_FOR = timedelta(minutes=5)
SPARE = timedelta(minutes=5)
"""How long before its end a token is no longer begun with."""


class Ask(Protocol):
    """A request of the App itself: verb, path, body; gives the JSON."""

    def __call__(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any: ...


class App:
    """One App at one project. Lives as long as the program: its token outlives a run, and serves several at once.

    ``key`` gives the private key as PEM, read when it is needed. ``installation`` is found if it is not given.
    ``hide`` hears of every token before it is used.
    """

    def __init__(
        self,
        app_id: str,
        key: Callable[[], str],
        *,
        installation: int | None = None,
        hide: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.rights: frozenset[Right] | None = None
        """What the installation was granted, once there was a token."""
        self._id = app_id
        self._key = key
        self._installation = installation
        self._hide = hide
        self._token = ""
        self._until: datetime | None = None
        self._bot = ""
        self._renewing = Lock()

    def signed(self, now: datetime, remote: str = "") -> str:
        """Who the App is, signed for a few minutes from ``now`` on. Raises AccessRefused for a key that is none."""
        claims = {
            "iat": int((now - BACKDATED).timestamp()),
            "exp": int((now + SIGNED_FOR).timestamp()),
            "iss": self._id,
        }
        try:
            key = self._key()
        except ConfigError as error:
            raise AccessRefused(error.message, remote=remote, hint=error.hint) from None
        try:
            return str(AppAuth.create_jwt_sign(key, "RS256")(claims))
        except Exception:  # noqa: BLE001 - what a signer says of a key may repeat the key
            refusal = AccessRefused(
                "the App's key file holds no RSA private key",
                remote=remote,
                hint="take the .pem file that GitHub made for the App",
            )
        raise refusal

    def token(self, project: str, clock: Callable[[], datetime], ask: Ask, theirs: Callable[[], str]) -> str:
        """A token for ``project`` that holds for minutes at least. ``theirs`` is GitHub's time in its latest answer."""
        with self._renewing:
            if self._until is None or clock() >= self._until:
                self._renew(project, clock, ask, theirs)
            return self._token

    def bot(self, ask: Ask) -> str:
        """The login as whom the App writes."""
        if not self._bot:
            self._bot = f"{_of_form(lambda: str(ask('GET', '/app')['slug']))}[bot]"
        return self._bot

    def _renew(
        self, project: str, clock: Callable[[], datetime], ask: Ask, theirs: Callable[[], str]
    ) -> None:
        if self._installation is None:
            self._installation = self._found(project, ask)
        answer = ask("POST", f"/app/installations/{self._installation}/access_tokens", {})
        token, ends, rights = _of_form(
            lambda: (
                str(answer["token"]),
                datetime.fromisoformat(answer["expires_at"]).astimezone(UTC),
                of_permissions(answer["permissions"]),
            )
        )
        self._hide(token)
        now = clock()
        # How long it holds is a difference between two times of GitHub's: our clock may be wrong (I15).
        holds = ends - (datetime.fromisoformat(theirs()) if theirs() else now)
        self._token, self._until, self.rights = token, now + holds - SPARE, rights

    def _found(self, project: str, ask: Ask) -> int:
        try:
            return _of_form(lambda: int(ask("GET", f"/repos/{project}/installation")["id"]))
        except AccessRefused as error:
            if error.status != 404:
                raise
            raise AccessRefused(
                f"the App is not installed in {project}, or there is no such repository",
                remote=error.remote,
                status=403,
                hint="install the App there, or check the name",
            ) from None


def _of_form(read: Callable[[], T]) -> T:
    try:
        return read()
    except MALFORMED:
        raise NotSent("GitHub's answer to its App is not of its form") from None
