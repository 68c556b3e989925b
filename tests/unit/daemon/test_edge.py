"""The socket: whoever dawdles is cut off, and harms nobody meanwhile (threat T3)."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syncd.config import Listen
from syncd.daemon.web.edge import Server
from syncd.errors import UsageError

NEVER = 20
"""Seconds after which a test gives up."""


async def echo(request: Request) -> Response:
    return PlainTextResponse(await request.body())


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(
        Starlette(routes=[Route("/", echo, methods=["POST"])]), Listen("127.0.0.1", 0), prompt=0.5
    )
    server.start()
    yield server
    server.stop()


def connected(server: Server) -> socket.socket:
    parts = urlsplit(server.address)
    return socket.create_connection((parts.hostname, parts.port), NEVER)


WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"


def answered(connection: socket.socket) -> bytes:
    """What comes until the other side closes, or has answered one request."""
    data = b""
    try:
        while not data.endswith(b"hi") and (piece := connection.recv(4096)):
            data += piece
    except ConnectionResetError:
        return data + b"(reset)"
    return data


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"POST / HT", id="half a line"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: x\r\n", id="a head without its end"),
        pytest.param(WHOLE[:-1], id="a body that lacks a byte"),
        pytest.param(WHOLE + WHOLE[:20], id="a second request that does not end"),
    ],
)
def test_a_request_that_does_not_come_to_its_end_is_cut_off(server: Server, sent: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(sent)
        said = answered(connection)
        if said.endswith(b"hi"):
            said = answered(connection)
        assert said in {b"", b"(reset)"}


def test_bytes_that_drip_steadily_gain_no_time(server: Server) -> None:
    with connected(server) as connection:
        connection.settimeout(0.05)
        began, cut = datetime.now().astimezone(), False
        while not cut and (datetime.now().astimezone() - began).total_seconds() < NEVER:
            try:
                connection.sendall(b"P")
                cut = connection.recv(1) == b""
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                cut = True
        assert cut


def test_two_hundred_slow_connections_keep_nobody_waiting(server: Server) -> None:
    with ExitStack() as held:
        for _ in range(200):
            held.enter_context(connected(server)).sendall(b"POST / HTTP/1.1\r\n")
        with connected(server) as connection:
            connection.sendall(WHOLE)
            assert answered(connection).startswith(b"HTTP/1.1 200")


def test_a_connection_is_kept_for_the_next_request(server: Server) -> None:
    with connected(server) as connection:
        for _ in range(3):
            connection.sendall(WHOLE)
            assert answered(connection).startswith(b"HTTP/1.1 200")


def test_a_head_larger_than_any_real_one_is_refused(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 500) for n in range(60))
        )
        assert answered(connection)[:12] in {b"HTTP/1.1 400", b"(reset)"}


def test_an_address_that_is_taken_is_told_in_words(server: Server) -> None:
    taken = urlsplit(server.address).port or 0
    with pytest.raises(UsageError, match="cannot listen on"):
        Server(Starlette(), Listen("127.0.0.1", taken))
