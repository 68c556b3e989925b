"""The socket: a server in a thread of its own, which waits for nobody who dawdles (threat T3)."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from syncd.config import Listen
from syncd.errors import UsageError

App = ASGIApp
PROMPT = 10.0
"""Seconds within which a request must be there, head and body. Forges themselves give up after ten."""
KEEP_ALIVE = 5
MOST_CONNECTIONS = 1000
MOST_HEAD = 16 * 1024
GRACE = 1
"""Seconds that answers in flight get at the end."""


class PromptProtocol(H11Protocol):
    """Cuts off whoever has not sent a whole request in time, however steadily the bytes drip."""

    _deadline: asyncio.TimerHandle | None = None
    prompt = PROMPT

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """The first request is awaited from now on."""
        super().connection_made(transport)
        self._await()

    def data_received(self, data: bytes) -> None:
        """More of a request, perhaps the end of it."""
        super().data_received(data)
        if self.conn.their_state in {h11.DONE, h11.MUST_CLOSE, h11.CLOSED}:
            self._relax()
        else:
            self._await()

    def on_response_complete(self) -> None:
        """The time of the next request begins with its first byte; until then uvicorn's own limit holds."""
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE:
            self._relax()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._relax()
        super().connection_lost(exc)

    def _await(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.prompt, self.transport.abort)

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Server(uvicorn.Server):
    """Usage: ``start()`` returns when requests are answered, ``stop()`` when the last one was."""

    def __init__(self, app: ASGIApp, listen: Listen, *, prompt: float = PROMPT) -> None:
        # It says for each malformed request that it was malformed: at 1,000 a second nobody wants to know.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                loop="asyncio",
                http=type("Prompt", (PromptProtocol,), {"prompt": prompt}),
                ws="none",
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=GRACE,
                limit_concurrency=MOST_CONNECTIONS,
                h11_max_incomplete_event_size=MOST_HEAD,
            )
        )
        self._listening = _listening(listen)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._thread = threading.Thread(
            target=self.run, kwargs={"sockets": [self._listening]}, name="web", daemon=True
        )

    @property
    def address(self) -> str:
        """Where it listens, with the port that it was given."""
        host, port = self._listening.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Takes nothing more, and lets answers in flight end."""
        if self._loop is None or self._ended is None:
            self._listening.close()
            return
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(GRACE + 1.0)

    async def main_loop(self) -> None:
        """On an event, where uvicorn looks every tenth of a second."""
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._ready.set()
        await self._ended.wait()


def _listening(listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    # With the protocol named, asyncio sends small answers at once.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((listen.host, listen.port))
    except OSError as wrong:
        listening.close()
        where = f"{listen.host}:{listen.port}"
        raise UsageError(
            f"cannot listen on {where}: {wrong.strerror or wrong}", hint="choose another `serve.listen`"
        ) from None
    listening.listen(1024)
    return listening
