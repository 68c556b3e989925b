"""The sandbox: a tracker, its dialects and its page behind one socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn

from syncd.sandbox import people
from syncd.sandbox.clock import Clock, wall_clock
from syncd.sandbox.edge import CuttingProtocol, Edge, Recorder
from syncd.sandbox.faults import Fault, Faults, Kind
from syncd.sandbox.github import dialect as github
from syncd.sandbox.github.dialect import GitHub
from syncd.sandbox.limits import Limits, Meter
from syncd.sandbox.records import Project, Role
from syncd.sandbox.rows import MemoryRows, SqliteRows
from syncd.sandbox.wire import Exchange
from syncd.sandbox.world import World

BOT, BOT_TOKEN, PERSON, PROJECT = "syncd-bot", "sandbox-token", "ann", "acme/widgets"


class Sandbox:
    """Usage: `with Sandbox() as sandbox: ... sandbox.api_url ...`."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Clock = wall_clock,
        limits: Limits | None = None,
        recorder: Recorder | None = None,
        deep_page: int = 1000,
        seed: int = 0,
    ) -> None:
        self.world = World(clock, SqliteRows(path) if path else MemoryRows())
        self.meter = Meter(limits)
        self.faults = Faults(seed)
        self.exchanges: list[Exchange] = []
        self._recorder = recorder
        self._github = GitHub(self.world, self.meter, deep_page)
        self._thread: threading.Thread | None = None
        self._server: _Server | None = None
        self._socket: socket.socket | None = None
        if not self.world.projects:
            self.furnish()

    def furnish(self) -> Project:
        """What an empty sandbox begins with: one project, a person who owns it, and an account for syncd."""
        project = people.add_project(self.world, PROJECT, PERSON)
        people.add_token(self.world, f"{PERSON}-token", PERSON)
        people.add_token(self.world, BOT_TOKEN, BOT)
        return people.set_role(self.world, project, BOT, Role.ADMIN)

    def fault(self, kind: Kind, **options: Any) -> None:
        """Asks for a fault; the options are those of `faults.Fault`."""
        self.faults.add(Fault(kind, **options))

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        assert self._socket is not None, "the sandbox is not running"
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def api_url(self) -> str:
        """The root of GitHub's dialect."""
        return f"{self.url}{github.ROOT}"

    def start(self, host: str = "127.0.0.1", port: int = 0) -> Sandbox:
        """Serves in a thread; returns when requests are answered."""
        self._socket = _listening(host, port)
        self._server = _Server(self._config())
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True
        )
        self._thread.start()
        self._server.ready.wait()
        return self

    def stop(self) -> None:
        if self._server and self._thread and self._socket:
            self._server.leave()
            self._thread.join()
            self._socket.close()
            self._thread = None
        self.world.close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _config(self) -> uvicorn.Config:
        app = Edge({github.ROOT: self._github}, _nothing, self.faults, self._record)
        return uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            http=CuttingProtocol,
            proxy_headers=False,
            # Both headers belong to the forge that is played, and its date to the sandbox's own clock.
            date_header=False,
            server_header=False,
            ws="none",
        )

    def _record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if self._recorder:
            self._recorder(exchange)


def _listening(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio sends small answers at once; without, Nagle costs 40 ms each.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    return listening


async def _nothing(scope: object, receive: object, send: object) -> None:
    raise NotImplementedError


class _Server(uvicorn.Server):
    """Starts and ends on an event, where uvicorn looks every tenth of a second: tests start hundreds."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self.ready.set()
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's
        """Without uvicorn's tenth of a second for the connections: what is in flight is cut off."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()

    def leave(self) -> None:
        assert self._loop is not None
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._ended.set)
