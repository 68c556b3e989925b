"""The ASGI edge: bytes of a socket to a dialect's function and back, through the faults that were asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from syncd.sandbox.wire import Asked, Exchange, Reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Recorder = Callable[[Exchange], None]
Dialect = Callable[..., Reply]


class Edge:
    """Sends what is below a dialect's root to the dialect, everything else to `pages`."""

    def __init__(self, dialects: dict[str, Dialect], pages: Any, recorder: Recorder) -> None:
        self._dialects = dialects
        self._pages = pages
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["raw_path"].decode("ascii", "replace")
        dialect = next((one for root, one in self._dialects.items() if path.startswith(f"{root}/")), None)
        if dialect is None:
            await self._pages(scope, receive, send)
            return
        asked = await read(scope, receive)
        reply = dialect(asked)
        self._recorder(Exchange(asked, reply))
        await write(send, reply)


async def read(scope: Scope, receive: Receive) -> Asked:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    host = headers.get("host", "127.0.0.1")
    return Asked(
        scope["method"],
        scope["raw_path"].decode("ascii", "replace"),
        scope["query_string"].decode("ascii", "replace"),
        headers,
        body,
        f"{scope['scheme']}://{host}",
    )


async def write(send: Send, reply: Reply) -> None:
    headers = dict(reply.headers)
    if reply.status not in (204, 304):
        headers["Content-Length"] = str(len(reply.body))
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": reply.body})
