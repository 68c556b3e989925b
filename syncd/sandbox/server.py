"""The sandbox: a tracker, its dialects and its page behind one socket."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from syncd.errors import SandboxError
from syncd.sandbox import people
from syncd.sandbox.admin import Admin
from syncd.sandbox.clock import Clock, OffsetClock, wall_clock
from syncd.sandbox.edge import App, CuttingProtocol, Dialect, Edge, Recorder
from syncd.sandbox.faults import Fault, Faults, Kind
from syncd.sandbox.github import dialect as github
from syncd.sandbox.github.deliveries import Messenger as GitHubMessenger
from syncd.sandbox.github.dialect import GitHub
from syncd.sandbox.gitlab import dialect as gitlab
from syncd.sandbox.gitlab.deliveries import Messenger as GitLabMessenger
from syncd.sandbox.gitlab.dialect import GitLab
from syncd.sandbox.limits import Limits, Meter
from syncd.sandbox.page import Documents, Page
from syncd.sandbox.person import Person
from syncd.sandbox.records import Forge, Project, Role, Tier
from syncd.sandbox.rows import MemoryRows, SqliteRows
from syncd.sandbox.webhooks import Courier, Sender, post
from syncd.sandbox.wire import Exchange
from syncd.sandbox.world import Missing, World

KEPT = 20_000
"""Exchanges that are remembered: more than any test makes, and no leak in a sandbox that runs for weeks."""
BOT, BOT_TOKEN, PERSON, PROJECT = "syncd-bot", "sandbox-token", "ann", "acme/widgets"


class Sandbox:
    """Usage: `with Sandbox() as sandbox: ... sandbox.api_url ...`."""

    def __init__(  # noqa: PLR0913 - each of them has a default
        self,
        path: Path | None = None,
        *,
        clock: Clock = wall_clock,
        limits: Limits | None = None,
        recorder: Recorder | None = None,
        deep_page: int = 1000,
        seed: int = 0,
        sender: Sender = post,
        documents: Documents | None = None,
        csrf: str | None = None,
        forge: Forge = "github",
        tier: Tier = "free",
        folder: str = "",
    ) -> None:
        """Both dialects are served, over one world. `forge` is by whose customs people act on the page.

        `tier` and `folder` are GitLab's: what is paid for, and the path below which it lives (`/gitlab`).
        """
        self.clock = OffsetClock(clock)
        self.world = World(self.clock, SqliteRows(path) if path else MemoryRows(), tier)
        self.meter = Meter(limits)
        self.faults = Faults(seed)
        self.exchanges: list[Exchange] = []
        self.courier = Courier(sender, seed, self.world.now)
        self._recorder = recorder
        self._messengers = (
            GitHubMessenger(self.world, self.courier),
            GitLabMessenger(self.world, self.meter, self.courier),
        )
        self._page = Page(self.world, csrf or secrets.token_urlsafe(), PERSON, documents, forge, folder)
        self._github = GitHub(self.world, self.meter, deep_page)
        self._gitlab = GitLab(self.world, self.meter, folder)
        self.forge = forge
        self._thread: threading.Thread | None = None
        self._server: _Server | None = None
        self._socket: socket.socket | None = None
        self._hosts: tuple[str, ...] = ()
        if not self.world.projects:
            self.furnish()

    def furnish(self) -> Project:
        """What an empty sandbox begins with: one project, a person who owns it, and an account for syncd."""
        project = people.add_project(self.world, PROJECT, PERSON)
        people.add_token(self.world, f"{PERSON}-token", PERSON)
        people.add_token(self.world, BOT_TOKEN, BOT)
        people.add_group(self.world, project.owner)
        return people.set_role(self.world, project, BOT, Role.ADMIN)

    def project(self, full_name: str = PROJECT) -> Project:
        """Raises Missing."""
        found = people.current(self.world, full_name)
        if found is None:
            raise Missing(f"project {full_name}")
        return found

    def person(self, login: str = PERSON, project: str = PROJECT) -> Person:
        """Somebody's hands on the tracker."""
        return Person(self.world, login, self.project(project), forge=self.forge)

    def fault(self, kind: Kind, **options: Any) -> None:
        """Asks for a fault; the options are those of `faults.Fault`."""
        self.faults.add(Fault(kind, **options))

    @property
    def url(self) -> str:
        """Where it listens, without a path. Raises SandboxError before the start."""
        if self._socket is None:
            raise SandboxError("the sandbox is not running", hint="Call start() first.")
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def api_url(self) -> str:
        """The root of GitHub's dialect."""
        return f"{self.url}{github.ROOT}"

    @property
    def gitlab_url(self) -> str:
        """The address of the GitLab installation, as its clients want it: without the API's path."""
        return f"{self.url}{self._gitlab.folder}"

    def start(self, host: str = "127.0.0.1", port: int = 0) -> Sandbox:
        """Serves in a thread; returns when requests are answered."""
        self._socket = _listening(host, port)
        self._hosts = (host,)
        github_messenger, gitlab_messenger = self._messengers
        github_messenger.base, gitlab_messenger.base = self.url, self.gitlab_url
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
        self.courier.stop()
        self.world.close()

    @contextmanager
    def started(self, host: str, port: int) -> Iterator[Sandbox]:
        """`with` for another address than the one that is free at the moment."""
        try:
            yield self.start(host, port)
        finally:
            self.stop()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def reset(self) -> None:
        """Everything as in a new sandbox, but for the clock."""
        self.world.clear()
        self.faults.clear()
        self.exchanges.clear()
        self.meter.clear()
        self.furnish()

    def _pages(self) -> App:
        admin = Admin(
            self.world, self.faults, self.meter, self.courier, self.clock.advance, self.reset, self.forge
        )
        # Another site's name that was made to point here must not reach a page that needs no password.
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", *self._hosts])
        return Starlette(routes=[*admin.routes(), *self._page.routes()], middleware=[hosts])

    def _config(self) -> uvicorn.Config:
        dialects: dict[str, Dialect] = {
            github.ROOT: self._github,
            f"{self._gitlab.folder}{gitlab.ROOT}": self._gitlab,
        }
        app = Edge(dialects, self._pages(), self.faults, self._record)
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
        del self.exchanges[:-KEPT]
        if self._recorder:
            self._recorder(exchange)


def _listening(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio sends small answers at once; without, Nagle costs 40 ms each.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as wrong:
        listening.close()
        raise SandboxError(
            f"cannot listen on {host}:{port}: {wrong.strerror or wrong}", hint="Choose another port."
        ) from wrong
    listening.listen(128)
    return listening


def serve(sandbox: Sandbox, host: str, port: int, announce: Callable[[Sandbox], None]) -> None:
    """`syncd sandbox`: serves until Ctrl-C or SIGTERM. `announce` is called once requests are answered.

    Raises SandboxError if the address is taken.
    """
    ended = threading.Event()
    before = {each: signal.signal(each, lambda *_: ended.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with sandbox.started(host, port):
            announce(sandbox)
            ended.wait()
    finally:
        for each, former in before.items():
            signal.signal(each, former)


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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Without uvicorn's tenth of a second for the connections: what is in flight is cut off."""
        # First nothing more is accepted, and only when what was accepted is gone the server is closed: asyncio
        # forgets, and never closes, a connection whose server closes while it is being accepted.
        for listening in sockets or ():
            asyncio.get_running_loop().remove_reader(listening)
        while running := asyncio.all_tasks() - {asyncio.current_task()}:
            self._cut_off()
            await asyncio.wait(running, timeout=0)
        self._cut_off()
        await asyncio.sleep(0)
        for server in self.servers:
            server.close()

    def _cut_off(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()

    def leave(self) -> None:
        assert self._loop is not None
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._ended.set)
