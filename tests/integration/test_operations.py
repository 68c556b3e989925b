"""docs/operations.md, as a newcomer follows it: every command in its order, over real sockets.

The ports of the page stand for free ones, the places of a system (`/etc/syncd`) for places below the test's folder.
What needs root, systemd or a container engine is not run, but what those would start is: with its configuration,
environment and secrets. A command that looks for what comes in a moment is given again until it succeeds, as a person
would.
"""

import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic

import yaml

from tests.conftest import ROOT
from tests.integration.machine import DEPLOY, PYTHON, Places, free_port, unit, unit_env

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SECONDS = 40.0
"""For what comes in a moment: a first run that found no tracker is repeated after ten."""
BY_HAND, SYSTEMD, COMPOSE = "A first try", "A first try with systemd", "A first try with Compose"

ELSEWHERE = ("python3 -m venv ", "~/syncd/bin/pip install ", "/opt/syncd/bin/pip install ")
"""The suite runs in such an environment; tests/e2e/test_image.py makes one, in a clean root."""
NOT_RUN = ("useradd ", "chown ", "systemctl daemon-reload", "journalctl ", "docker compose build")
LOOKED_FOR = re.compile(r"grep |curl |\S*syncd healthcheck")


def section(title: str) -> str:
    """Up to the next heading of the page; those inside a fence are somebody's roadmap."""
    kept: list[str] = []
    for line in PAGE.split(f"\n## {title}\n")[1].split("\n"):
        if line.startswith("## ") and sum(one.startswith("```") for one in kept) % 2 == 0:
            break
        kept.append(line)
    return "\n".join([*kept, ""])


def blocks(title: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)


def commands(title: str) -> list[str]:
    return re.findall(r"^\$ (.+)$", "".join(blocks(title, "console")), re.MULTILINE)


@dataclass
class Newcomer(Places):
    """Somebody who has the page and a shell; what they exported stays."""

    ports: dict[str, int] = field(default_factory=lambda: {"8080": free_port(), "8081": free_port()})
    exported: list[str] = field(default_factory=list)
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    """What each command printed."""

    def mapped(self, text: str) -> str:
        text = super().mapped(text)
        for port, free in self.ports.items():
            text = re.sub(rf"\b{port}\b", str(free), text)
        return text

    def env(self) -> dict[str, str]:
        return {"PATH": f"/usr/local/bin:/usr/bin:/bin:{PYTHON}", "HOME": str(self.folder)}

    def give(self, command: str, *, patient: bool = False) -> None:
        """One command of the page, given again for a while if it looks for something."""
        script = "\n".join([*self.exported, self.mapped(command)])
        deadline = monotonic() + (SECONDS if patient or LOOKED_FOR.match(command) else 0)
        while True:
            done = self.shell(script)
            if done.returncode == 0:
                break
            assert monotonic() < deadline, (command, done.stdout, done.stderr, self.logs())
            Event().wait(0.1)
        self.said[command] = done.stdout
        if command.startswith("export "):
            self.exported.append(self.mapped(command))

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/bash", "-c", script],
            cwd=self.folder,
            env=self.env(),
            check=False,
            capture_output=True,
            text=True,
        )

    def start(
        self, name: str, command: str, at: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        """What has a terminal of its own, or is a service."""
        with (self.folder / f"{name}.log").open("w") as log:
            self.running[name] = subprocess.Popen(
                shlex.split(self.mapped(command)),
                cwd=at or self.folder,
                env=env or self.env(),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def end(self, name: str, number: signal.Signals) -> int:
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(timeout=15)

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@contextmanager
def newcomer(folder: Path) -> Iterator[Newcomer]:
    one = Newcomer(folder)
    try:
        yield one
    finally:
        for process in one.running.values():
            process.kill()
            process.wait()


def checkout(folder: Path) -> None:
    """What the page names of it."""
    for name in ("systemd", "sandbox"):
        shutil.copytree(DEPLOY / name, folder / "deploy" / name)
    (folder / "syncd/sample").mkdir(parents=True)
    shutil.copy(ROOT / "syncd/sample/ROADMAP.md", folder / "syncd/sample")


def test_the_first_try_goes_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "syncd/bin").mkdir(parents=True)
    (tmp_path / "syncd/bin/syncd").symlink_to(PYTHON / "syncd")
    with newcomer(tmp_path) as person:
        (tmp_path / "ROADMAP.md").write_text(blocks(BY_HAND, "markdown")[0])
        (tmp_path / "syncd.yaml").write_text(person.mapped(blocks(BY_HAND, "yaml")[0]))
        for command in commands(BY_HAND):
            if command.startswith(ELSEWHERE):
                continue
            if command.startswith(("syncd sandbox", "syncd serve")):
                person.start(command.split()[1], f"{tmp_path}/syncd/bin/{command}")
                if command.startswith("syncd sandbox"):
                    person.give("curl -fsS http://127.0.0.1:8081/acme/widgets")
            else:
                person.give(command)
        assert "/hooks/github" in person.said["syncd hooks list"]
        assert "6 to create" in person.said["syncd run --dry-run"]
        assert "Dig the hole" in person.said["syncd log"]
        assert [person.end(name, signal.SIGINT) for name in ("serve", "sandbox")] == [0, 0]


def test_the_first_try_with_systemd_goes_as_the_page_says(tmp_path: Path) -> None:
    checkout(tmp_path)
    for name in ("/opt/syncd/bin", "/var/lib/syncd", "/etc/systemd/system"):
        Places(tmp_path).place(name).mkdir(parents=True)
    Places(tmp_path).place("/opt/syncd/bin/syncd").symlink_to(PYTHON / "syncd")
    name = "syncd.service"
    with newcomer(tmp_path) as person:
        for command in commands(SYSTEMD):
            if command.startswith((*ELSEWHERE, *NOT_RUN)):
                continue
            if "syncd sandbox" in command:
                person.start("sandbox", command)
            elif command == "systemctl start syncd":
                # What the unit that was installed says, with the port of this test.
                config = person.place("/etc/syncd/syncd.yaml")
                config.write_text(person.mapped(config.read_text()))
                (start,) = unit(name)["ExecStart"]
                at = person.place(unit(name)["WorkingDirectory"][0])
                person.start("serve", start, at, unit_env(person, name))
            elif command == "systemctl stop syncd":
                assert person.end("serve", signal.SIGTERM) == 0
            else:
                person.give(command)
        assert person.running.keys() == {"sandbox"}


def image_env(person: Newcomer) -> dict[str, str]:
    found = re.findall(r"^(?:ENV| {3}) (SYNCD_\w+)=(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return {"PATH": str(PYTHON), **{key: person.mapped(value) for key, value in found}}


def up(person: Newcomer) -> Path:
    """What the engine would start, from both files of Compose; returns what is /etc/syncd in the container."""
    (files,) = [line for line in person.exported if "COMPOSE_FILE=" in line]
    assert files.partition("=")[2] == "deploy/compose.yaml:deploy/sandbox/compose.yaml"
    below, above = (yaml.safe_load((ROOT / path).read_text()) for path in files.partition("=")[2].split(":"))
    mounts = {
        one["target"]: one["source"]
        for file in (below, above)
        for one in file["services"]["syncd"]["volumes"]
    }
    at = person.folder / "deploy" / str(mounts["/etc/syncd"])
    (at / "syncd.yaml").write_text(person.mapped((at / "syncd.yaml").read_text()))
    person.place("/run/secrets").mkdir(parents=True)
    for name, secret in below["secrets"].items():
        shutil.copy(person.folder / "deploy" / secret["file"], person.place(f"/run/secrets/{name}"))
    person.place("/roadmap").symlink_to(person.place("/srv/roadmap"))
    assert mounts["/roadmap"].startswith("${ROADMAP_FOLDER:")
    person.start("serve", f"{PYTHON}/syncd serve", at, image_env(person))
    person.start("sandbox", shlex.join([f"{PYTHON}/syncd", *above["services"]["sandbox"]["command"]]))
    return at


def test_the_first_try_with_compose_goes_as_the_page_says(tmp_path: Path) -> None:
    checkout(tmp_path)
    for name in ("/srv", "/var/lib/syncd"):
        Places(tmp_path).place(name).mkdir(parents=True)
    with newcomer(tmp_path) as person:
        at, inside = tmp_path, "docker compose exec -T syncd "
        for command in commands(COMPOSE):
            if command.startswith(NOT_RUN):
                continue
            if command == "docker compose up -d":
                at = up(person)
            elif command == "docker compose down":
                assert person.end("serve", signal.SIGTERM) == 0
                person.end("sandbox", signal.SIGTERM)
            elif command.startswith(inside):
                env = " ".join(f"{key}={shlex.quote(value)}" for key, value in image_env(person).items())
                person.give(f"cd {at} && {env} {command.removeprefix(inside)}", patient=True)
            else:
                person.give(command)
        assert person.running == {}


def test_the_sandbox_of_compose_gives_away_no_more_than_the_daemon() -> None:
    sandbox = yaml.safe_load((DEPLOY / "sandbox/compose.yaml").read_text())["services"]["sandbox"]
    daemon = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["syncd"]
    for key in ("image", "read_only", "cap_drop", "security_opt", "tmpfs"):
        assert sandbox[key] == daemon[key], key


def test_every_command_of_the_page_belongs_to_a_try_or_is_tested_elsewhere() -> None:
    tried = {command for walk in (BY_HAND, SYSTEMD, COMPOSE) for command in commands(walk)}
    given = set(re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE))
    # tests/integration/test_daemon_notify.py::test_a_trial_arrives_or_says_why_not
    assert given - tried == {"syncd notify"}


def test_the_page_says_which_commands_are_not_run() -> None:
    said = section("What of this was run")
    assert all(f"`{command.split()[0]}`" in said for command in NOT_RUN)
