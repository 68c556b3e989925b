"""Somebody is told over a real socket: what a running daemon finds, once, and without ever waiting for it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from syncd import app, cli
from syncd.config import load
from syncd.engine import Run
from syncd.errors import ConfigError
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from tests.integration.watchman import ROADMAP, Watchman

TITLE = "Dig <!channel> the @here hole"


class Receiver:
    """Takes notifications and keeps them."""

    def __init__(self, status: int = 200) -> None:
        self.taken, self.heard = list[dict[str, Any]](), threading.Condition()
        receiver = self

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.heard:
                    receiver.taken.append({**json.loads(body), "path": self.path})
                    receiver.heard.notify_all()
                self.send_response(status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Not on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/canary-of-the-address"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def until(self, count: int) -> dict[str, Any]:
        """The latest of so many."""
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.taken) >= count, 20), self.taken
            return self.taken[-1]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def tracker(new_sandbox) -> Sandbox:
    sandbox: Sandbox = new_sandbox(clock=wall_clock)
    return sandbox


def told(url: str, more: str = "") -> str:
    return f", url: 'https://syncd.example.org', notify: {{url: '{url}'{more}}}"


def contradict(daemon: Watchman) -> None:
    """Both sides rename one task."""
    ann = daemon.sandbox.person()
    dig = next(issue.number for issue in ann.issues() if issue.title == "Dig the hole")
    ann.edit_issue(dig, title=TITLE)
    daemon.path.write_text(ROADMAP.replace("Dig the hole", "Dig the deep hole"), encoding="utf-8")


def test_a_conflict_is_told_once_and_a_restart_tells_again_what_stands(
    tracker: Sandbox, memory: Path, receiver: Receiver
) -> None:
    watchman = Watchman(tracker, memory, serve=told(receiver.url))
    with watchman as daemon:
        daemon.until_calm()
        contradict(daemon)
        (news,) = receiver.until(1)["news"]
        assert (news["what"], news["field"], set(news["sides"])) == (
            "conflict",
            "title",
            {"roadmap", "github"},
        )
        for _ in range(2):
            daemon.daemon.workers.put("main", "schedule")
            daemon.until_runs(1)
        assert daemon.runs[-1].result == "conflict"
        assert daemon.metric('syncd_notifications_total{result="sent"}') == 1
    daemon.daemon._notifier._thread.join(10)
    assert not daemon.daemon._notifier._thread.is_alive(), "it ended with the daemon"
    with watchman as daemon:
        daemon.until_calm()
        assert receiver.until(2)["news"][0]["uid"] == news["uid"]
    assert len(receiver.taken) == 2
    assert {one["link"] for one in receiver.taken} == {"https://syncd.example.org/"}


def test_a_chat_is_told_in_words_that_call_nobody(tracker: Sandbox, memory: Path, receiver: Receiver) -> None:
    with Watchman(tracker, memory, serve=told(receiver.url, ", style: slack")) as daemon:
        daemon.until_calm()
        contradict(daemon)
        text = receiver.until(1)["text"]
        assert "&lt;!channel&gt;" in text
        assert "@here" not in text
        assert "syncd conflicts take" in text


def test_a_refused_plan_is_told_with_the_command_that_approves_it(
    tracker: Sandbox, memory: Path, receiver: Receiver
) -> None:
    watchman = Watchman(tracker, memory, serve=told(receiver.url))
    watchman.configure()
    text = watchman.config.read_text(encoding="utf-8")
    watchman.config.write_text(text.replace("every: 1h", "every: 1h, limits: {first_create: 3}"))
    with watchman as daemon:
        (news,) = receiver.until(1)["news"]
        assert news["what"] == "refused"
        assert news["approve"] == f"syncd run main --approve {news['digest']}"
        assert not daemon.sandbox.person().issues()
        done = app.build(load(daemon.config, {})).sync("main", Run(trigger="cli", approve=news["digest"]))
        assert done.exit_code == 0
    assert len(tracker.person().issues()) == 5


def test_a_tracker_that_is_down_is_told_after_as_many_runs_as_configured(
    tracker: Sandbox, memory: Path, receiver: Receiver
) -> None:
    with Watchman(tracker, memory, serve=told(receiver.url, ", failures: 1")) as daemon:
        daemon.until_calm()
        daemon.sandbox.fault("fail_before", status=503, times=None)
        daemon.daemon.workers.put("main", "schedule")
        (news,) = receiver.until(1)["news"]
        assert (news["what"], news["failures"]) == ("failing", 1)
        assert "github" in news["reason"]


def test_a_receiver_that_never_answers_holds_up_neither_runs_nor_the_end(
    tracker: Sandbox, memory: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as held:
        silent.settimeout(20)
        with Watchman(tracker, memory, serve=told(f"http://127.0.0.1:{silent.getsockname()[1]}/")) as daemon:
            daemon.until_calm()
            contradict(daemon)
            held.enter_context(silent.accept()[0])
            daemon.path.write_text(daemon.text.replace("- [ ] Nail", "- [x] Nail"), encoding="utf-8")
            daemon.until(lambda: "closed" in {one.state for one in tracker.person().issues()})
            began = monotonic()
        # The receiver would have used up all of its ten seconds.
        assert monotonic() - began < 5


def test_an_address_that_cannot_be_is_known_before_anything_begins(tracker: Sandbox, memory: Path) -> None:
    with pytest.raises(ConfigError, match="notify"):
        Watchman(tracker, memory, serve=told("http://chat.example.org/")).__enter__()


def test_a_trial_arrives_or_says_why_not(
    tmp_path: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keys = "remotes: {}\nroadmaps: {}\nserve: {notify: {url: $WHERE}}\n"
    (tmp_path / "syncd.yaml").write_text(keys)
    monkeypatch.setenv("WHERE", receiver.url)
    # Nobody is there: what heeded the environment would find no way, and another proxy would learn the address.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert cli.main(["notify"]) == 0
    assert "arrive" in receiver.until(1)["text"]
    assert receiver.taken[0]["path"] == "/hooks/canary-of-the-address"

    refusing = Receiver(status=404)
    monkeypatch.setenv("WHERE", refusing.url)
    assert cli.main(["notify"]) == 1
    refusing.close()
    said = capsys.readouterr()
    assert "404" in said.err
    assert "canary" not in said.out + said.err
    (tmp_path / "syncd.yaml").write_text("remotes: {}\nroadmaps: {}\n")
    assert cli.main(["notify"]) == 78
