"""`syncd healthcheck` against a server that answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from syncd import cli

ANSWERS = {"/livez": 200, "/readyz": 503}


class Daemon(BaseHTTPRequestHandler):
    """Lives, and is not ready."""

    def do_GET(self) -> None:
        self.send_response(ANSWERS[self.path])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Says nothing."""


@contextmanager
def daemon() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Daemon) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def configured(folder: Path, listen: str) -> str:
    path = folder / "syncd.yaml"
    path.write_text(
        "remotes: {github: {kind: github, project: acme/widgets}}\n"
        f"roadmaps: {{main: {{path: ROADMAP.md, remotes: [github]}}}}\nserve: {{listen: '{listen}'}}\n"
    )
    return str(path)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])  # noqa: S104 - a setting, nothing listens
def test_a_daemon_that_lives_is_healthy(host: str, tmp_path: Path) -> None:
    with daemon() as port:
        assert cli.main(["healthcheck", "--config", configured(tmp_path, f"{host}:{port}")]) == 0


def test_a_daemon_that_is_not_ready_is_so_only_if_that_was_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with daemon() as port:
        assert (
            cli.main(["healthcheck", "--ready", "--config", configured(tmp_path, f"127.0.0.1:{port}")]) == 1
        )
    assert "503" in capsys.readouterr().err


def test_nobody_there_is_unhealthy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with daemon() as port:
        pass
    assert cli.main(["healthcheck", "--config", configured(tmp_path, f"127.0.0.1:{port}")]) == 1
    assert "no answer" in capsys.readouterr().err


def test_a_port_that_nobody_knows_cannot_be_asked(tmp_path: Path) -> None:
    assert cli.main(["healthcheck", "--config", configured(tmp_path, "127.0.0.1:0")]) == 64
