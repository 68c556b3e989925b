"""The plain contract against a GitHub emulator that nobody here wrote (`emulate` from npm, pinned).

It cannot share our mistakes about GitHub, but has its own. Where it is known to differ from GitHub, the test that meets
the difference says so below. `make test-e2e` installs it; it runs on loopback and is stopped after each test.
"""

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from syncd.forge.github import GitHub
from syncd.forge.pacing import Pace, usual_figures
from tests.conftest import CI
from tests.contract.forge_contract import PlainContract, forge

__all__ = ["forge"]

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / "emulate" / "dist" / "index.js"
READY_WITHIN = 200


class EmulatorWorld:
    """People of the emulator: the same API as ours, with somebody else's token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = "token ann-token"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self.session.request(method, f"{self.url}/repos/acme/widgets/{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def forge(self) -> GitHub:
        pace = Pace(usual_figures(self.url), clock=lambda: datetime.now(UTC), wait=Event().wait)
        return GitHub("github", "acme/widgets", token="e2e-token", api_url=self.url, pace=pace)

    def issue(self, title: str, *, body: str = "", labels: Sequence[str] = (), milestone: str = "") -> int:
        wish = {"title": title, "body": body, "labels": list(labels)}
        number: int = self.ask("POST", "issues", wish)["number"]
        if milestone:
            self.edit(number, milestone=milestone)
        return number

    def edit(self, number: int, **values: object) -> None:
        if values.get("milestone"):
            found = [
                one for one in self.ask("GET", "milestones?state=all") if one["title"] == values["milestone"]
            ]
            values["milestone"] = found[0]["number"]
        self.ask("PATCH", f"issues/{number}", values)

    def close(self, number: int, reason: str = "completed") -> None:
        self.ask("PATCH", f"issues/{number}", {"state": "closed", "state_reason": reason})

    def pull_request(self, title: str) -> int:
        main = self.ask("GET", "git/ref/heads/main")["object"]["sha"]
        self.ask("POST", "git/refs", {"ref": "refs/heads/change", "sha": main})
        wish = {"title": title, "head": "change", "base": "main"}
        return int(self.ask("POST", "pulls", wish)["number"])

    def milestone(self, title: str) -> int:
        return int(self.ask("POST", "milestones", {"title": title})["number"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/repos/acme/widgets", timeout=1).ok
    except requests.RequestException:
        return False


@pytest.fixture
def world(tmp_path: Path) -> Iterator[EmulatorWorld]:
    node = shutil.which("node")
    if node is None or not PROGRAM.exists():
        missing = "node or the emulator is not there: make test-e2e"
        if CI:
            pytest.fail(missing)
        pytest.skip(missing)
    port = free_port()
    # It listens on, and answers to, this name only.
    url = f"http://localhost:{port}"
    command = [node, str(PROGRAM), "start", "--service", "github", "--port", str(port)]
    command += ["--seed", str(HERE / "emulator.json"), "--base-url", url]
    with (tmp_path / "emulate.log").open("wb") as log:
        emulator = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
    try:
        pause = Event()
        assert any(answers(url) or pause.wait(0.05) for _ in range(READY_WITHIN)), (
            "the emulator does not answer"
        )
        yield EmulatorWorld(url)
    finally:
        emulator.terminate()
        emulator.wait(timeout=10)


class TestEmulate(PlainContract):
    pass
