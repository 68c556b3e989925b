"""The ASGI edge: bytes of a socket to a dialect's function and back, through the faults that were asked for."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from syncd.sandbox import faults
from syncd.sandbox.faults import BEFORE, Fault, Faults
from syncd.sandbox.records import View
from syncd.sandbox.wire import Asked, Exchange, Reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Recorder = Callable[[Exchange], None]
Dialect = Callable[[Asked, View], Reply]
TRANSPORT = "sandbox.transport"


class Edge:
    """Sends what is below a dialect's root to the dialect, everything else to `pages`.

    Faults befall dialects only: the page and the admin endpoint always answer.
    """

    def __init__(
        self, dialects: Mapping[str, Dialect], pages: App, wanted: Faults, recorder: Recorder
    ) -> None:
        self._dialects = dialects
        self._pages = pages
        self._faults = wanted
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["raw_path"].decode("ascii", "replace")
        dialect = next((one for root, one in self._dialects.items() if path.startswith(f"{root}/")), None)
        if dialect is None:
            await self._pages(scope, receive, send)
            return
        asked = await read(scope, receive)
        due = self._faults.due(asked)
        await asyncio.sleep(_seconds(due, "delay"))
        reply = _answer(dialect, asked, due)
        self._recorder(Exchange(asked, reply, " ".join(fault.kind for fault in due)))
        if reply is None:
            await _reset(scope, receive)
        elif any(fault.kind == "cut_body" for fault in due):
            await _cut(scope, receive, send, reply)
        else:
            await write(send, reply, _seconds(due, "slow"))


def _seconds(due: Iterable[Fault], kind: str) -> float:
    return sum(fault.seconds for fault in due if fault.kind == kind)


def _answer(dialect: Dialect, asked: Asked, due: tuple[Fault, ...]) -> Reply | None:
    """None is a lost answer; whether anything happened is the difference between the two drops."""
    if any(fault.kind in BEFORE for fault in due):
        return faults.refusal(due, asked)
    reply = faults.bend(dialect(asked, faults.view(due)), due, asked)
    return None if any(fault.kind == "drop_after" for fault in due) else reply


async def _reset(scope: Scope, receive: Receive) -> None:
    """Ends the connection with RST, as a crashed server or an impatient proxy does."""
    transport: asyncio.Transport = scope[TRANSPORT]
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await _disconnected(receive)


async def _cut(scope: Scope, receive: Receive, send: Send, reply: Reply) -> None:
    """Promises the whole body, sends half of it and ends the connection."""
    await _start(send, reply)
    await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    scope[TRANSPORT].close()
    await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    # Until the server knows that the client is gone, it would answer 500 for an application that says nothing.
    while (await receive())["type"] != "http.disconnect":
        pass


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


async def write(send: Send, reply: Reply, seconds: float = 0.0) -> None:
    """`seconds`: how long the body takes, in ten pieces."""
    await _start(send, reply)
    rest, step = reply.body, max(1, len(reply.body) // 10)
    while seconds and rest:
        await send({"type": "http.response.body", "body": rest[:step], "more_body": True})
        await asyncio.sleep(seconds / 10)
        rest = rest[step:]
    await send({"type": "http.response.body", "body": rest})


async def _start(send: Send, reply: Reply) -> None:
    headers = dict(reply.headers)
    if reply.status not in (204, 304):
        headers["Content-Length"] = str(len(reply.body))
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})


class CuttingProtocol(H11Protocol):
    """Hands the connection to the application, so that a fault can end it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as uvicorn's own
        super().connection_made(transport)
        app = self.config.loaded_app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope[TRANSPORT] = transport
            # Cancelled is who was cut off by the end of the sandbox: nobody is left to be told.
            with suppress(asyncio.CancelledError):
                await app(scope, receive, send)

        self.app = with_transport
