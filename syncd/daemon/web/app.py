"""All that is answered over HTTP, and who may see it: webhooks and probes are for everybody, the rest is not."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from syncd.daemon.web.hooks import Hooks
from syncd.daemon.web.metrics import CONTENT_TYPE, Metrics
from syncd.daemon.web.probes import Probes
from syncd.daemon.web.visitors import Visitors


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
