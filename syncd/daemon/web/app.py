"""All that is answered over HTTP, and who may see it: webhooks and probes are for everybody, the rest is not."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from syncd.config import Listen
from syncd.daemon.web.hooks import Hooks
from syncd.daemon.web.metrics import CONTENT_TYPE, Metrics
from syncd.daemon.web.probes import Probes
from syncd.errors import ConfigError

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Visitors:
    """Who may look: whoever has the token; without one, programs on this machine alone (threat T17).

    The name in ``Host`` counts too: a site elsewhere can have its own name point here (DNS rebinding).
    """

    def __init__(self, token: Callable[[], str], listen: Listen) -> None:
        self._token = token
        self._listen = listen

    def may(self, request: Request) -> bool:
        """Whether this one may."""
        try:
            token = self._token()
        except ConfigError:  # its file went away: then nobody may
            return False
        if token:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            return same_secret(given, token)
        return self._listen.loopback and (request.url.hostname or "") in _LOCAL | {self._listen.host}


def same_secret(given: str, wanted: str) -> bool:
    """In constant time, whatever their lengths."""
    one, other = (
        hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() for text in (given, wanted)
    )
    return hmac.compare_digest(one, other)


def build_app(
    hooks: Hooks, probes: Probes, metrics: Metrics, visitors: Visitors, page: Sequence[BaseRoute] = ()
) -> Starlette:
    """The application. ``page`` are the routes of the status page, which asks ``visitors`` itself."""

    async def exposition(request: Request) -> Response:
        if not visitors.may(request):
            return PlainTextResponse("metrics need `serve.token`: Authorization: Bearer …\n", 401)
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return Starlette(
        routes=[
            Route("/hooks/{remote}", hooks.__call__, methods=["POST"]),
            *probes.routes(),
            Route("/metrics", exposition),
            *page,
        ]
    )
