"""A folder that stands for a machine: the places of its system, its services, and a tracker on a port of this one."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from syncd.sandbox import Sandbox
from syncd.sandbox.server import BOT_TOKEN
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
ROADMAP = "# Widgets\n\n## Now\n\n- [ ] Cut the wood\n- [ ] Glue it together\n"
PLACES = (
    "/opt/syncd",
    "/etc/syncd",
    "/etc/systemd/system",
    "/srv/roadmap",
    "/run/secrets",
    "/var/lib/syncd",
    "/roadmap",
)
PYTHON = Path(sys.executable).parent


@dataclass
class Places:
    """A folder that stands for a machine."""

    folder: Path

    def mapped(self, text: str) -> str:
        """The same text, with the system's places in this folder."""
        places = "|".join(map(re.escape, PLACES))
        return re.sub(rf"(?<![\w./])({places})(?=[/\s\"':,)]|$)", rf"{self.folder}\1", text)

    def place(self, name: str) -> Path:
        return self.folder / name.lstrip("/")


@dataclass
class Machine(Places):
    """The same, with syncd installed, and a tracker on a port of this machine."""

    sandbox: Sandbox

    def install(self) -> None:
        """syncd where the page installs it, and a roadmap."""
        for name in ("/opt/syncd/bin", "/srv/roadmap", "/var/lib/syncd", "/etc/systemd/system"):
            self.place(name).mkdir(parents=True)
        # Relative, as in a checkout; its own path could hold one of the places.
        shutil.copytree(DEPLOY / "systemd", self.folder / "deploy/systemd")
        self.place("/opt/syncd/bin/syncd").symlink_to(PYTHON / "syncd")
        self.place("/srv/roadmap/ROADMAP.md").write_text(ROADMAP)

    def configure(self, source: Path, target: str = "/etc/syncd/syncd.yaml") -> None:
        """A configuration of deploy/, with what a person puts into it: the tracker, and a port that is free here."""
        text = self.mapped(source.read_text())
        text = (
            text.replace("kind: github", f"kind: github, url: '{self.sandbox.url}'", 1)
            if "{kind" in text
            else (text.replace("    kind: github\n", f"    kind: github\n    url: {self.sandbox.url}\n", 1))
        )
        text = re.sub(r"(listen: [\d.]+):8080", rf"\1:{free_port()}", text)
        self.place(target).parent.mkdir(parents=True, exist_ok=True)
        self.place(target).write_text(text)

    def env(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{PYTHON}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GITHUB_TOKEN": BOT_TOKEN,
            **more,
        }

    def shell(self, command: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", self.mapped(command)],
            cwd=self.folder,
            env=self.env(**env),
            check=False,
            capture_output=True,
            text=True,
        )

    @contextmanager
    def serving(self, *command: str, at: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(command, cwd=at, env=env, stderr=subprocess.PIPE, text=True) as process:
            try:
                yield process
            finally:
                process.kill()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def told(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """Reads the log up to the next line of that event."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if line.startswith("{") and (said := json.loads(line))["event"] == event:
            return dict(said)
    raise AssertionError(f"{event} was never told: {seen}")


def asked(address: str, path: str, token: str = "", verb: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection(address.rpartition("//")[2].replace("0.0.0.0", "127.0.0.1"))  # noqa: S104 - an address to ask
    connection.request(verb, path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a unit, each with all its values; an empty one empties the list, as systemd has it."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().split("\n"):
        key, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def unit_env(machine: Places, name: str) -> dict[str, str]:
    """What systemd would put into the environment; its credentials are copies of the files that the unit names."""
    credentials = machine.place(f"/run/credentials/{name}")
    credentials.mkdir(parents=True)
    for line in unit(name)["LoadCredential"]:
        key, _, source = line.partition(":")
        (credentials / key).write_bytes(machine.place(source).read_bytes())
    words = [word for line in unit(name)["Environment"] for word in shlex.split(line)]
    env = dict(word.replace("%d", str(credentials)).split("=", 1) for word in words)
    return {"PATH": "/usr/bin:/bin", **env}
