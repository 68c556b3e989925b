"""Who asks for a page, and whether what they send was meant (threat T17).

A form is obeyed only if it carries the word of the session that it came from, and if the browser says that it comes
from a page of ours: either alone would do, and a mistake in one must not be enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from syncd.daemon.web.hooks import body_of
from syncd.daemon.web.session import LOCAL, Sessions
from syncd.daemon.web.visitors import Visitors, has_token

MOST_BYTES = 64 * 1024
MOST_FIELDS = 32
FORM = "application/x-www-form-urlencoded"

Form = Mapping[str, str]
Refused = Literal["stranger", "elsewhere"]
"""Somebody who has to say the token, and somebody who would have to be on this machine."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of somebody who may look. ``session`` is empty where the token itself was in the header."""

    request: Request
    form: Form
    session: str

    @property
    def name(self) -> str:
        """The roadmap that the address names."""
        name: str = self.request.path_params["name"]
        return name

    def number(self, key: str, most: int) -> int:
        """A number behind ``?key=``, 0 where there is none that makes sense."""
        text = self.request.query_params.get(key, "")
        return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def text(self, key: str) -> str:
        """What stands behind ``?key=``."""
        return self.request.query_params.get(key, "")


class Gate:
    """``home`` is the address that the world knows (``serve.url``), or nothing."""

    def __init__(self, visitors: Visitors, sessions: Sessions, home: Callable[[], str]) -> None:
        self._visitors, self.sessions, self._home = visitors, sessions, home

    @property
    def secure(self) -> bool:
        """Whether browsers shall keep the session to https."""
        return self._home().startswith("https://")

    @property
    def cookie(self) -> str:
        """What the session is called. Nobody but this very host can set one with that prefix."""
        return "__Host-syncd" if self.secure else "syncd"

    def session(self, request: Request) -> str | Refused:
        """The session of a request, empty with the token in its header. Raises ConfigError."""
        token = self._visitors.token()
        if not token:
            return LOCAL if self._visitors.near(request) else "elsewhere"
        if has_token(request, token):
            return ""
        given = request.cookies.get(self.cookie, "")
        return given if self.sessions.holds(given) else "stranger"

    def meant(self, request: Request, form: Form, session: str) -> bool:
        """Whether whoever sent this form saw it on a page of ours."""
        # No page elsewhere can make a browser send this header.
        return not session or (self.at_home(request) and self.sessions.ours(session, form.get("word", "")))

    def at_home(self, request: Request) -> bool:
        """Whether the browser says that the form stood on a page of this host."""
        try:
            parts = urlsplit(request.headers.get("origin", ""))
        except ValueError:  # half an IPv6 address
            return False
        home = urlsplit(self._home())
        # A proxy may end TLS and may change the name: the host that was asked for counts, and the one we are told.
        hosts = {request.headers.get("host", ""), home.netloc} - {""}
        return parts.scheme in ("http", "https") and parts.netloc in hosts


async def form_of(request: Request) -> Form | None:
    """The fields of a form, or None for what is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return None
    body = await body_of(request, MOST_BYTES)
    if body is None:
        return None
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:  # more fields than we have, or bytes that no browser sends
        return None
