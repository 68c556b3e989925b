"""What `syncd serve` costs where nothing happens: ten roadmaps of a thousand tasks, for ten minutes.

    python benchmarks/idle.py [--minutes 10] [--roadmaps 10] [--tasks 1000] [--every 5m]

Each roadmap has a project of its own in a sandbox on loopback. A first daemon makes the issues; then a second one
starts anew and is watched. Prints the figures beside the budget of design §18, and ends with 1 if one is over it. No
test asserts them: a machine that is busy with other things shows more.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from syncd.sandbox import Sandbox, people
from syncd.sandbox.limits import Limits

MEMORY, SHARE = 150.0, 1.0
"""Megabytes, and percent of one core (design §18)."""
PER_RUN = 3
"""Requests of a run with nothing to do, for fewer than a hundred milestones."""
MILESTONES = 10


def configure(folder: Path, sandbox: Sandbox, roadmaps: int, tasks: int, every: str) -> None:
    """Ten milestones each; every third task is done and has a checklist, as in a roadmap that is lived with."""
    lines = ["remotes:"]
    for number in range(roadmaps):
        project = f"acme/widgets-{number}"
        people.add_project(sandbox.world, project, "syncd-bot")
        lines.append(
            f"  r{number}: {{kind: github, project: {project}, url: {sandbox.url}, token: sandbox-token}}"
        )
        (folder / f"r{number}.md").write_text(roadmap(number, tasks), encoding="utf-8")
    lines.append("roadmaps:")
    limits = f"{{first_create: {2 * tasks}}}"
    lines += [
        f"  r{number}: {{path: r{number}.md, remotes: [r{number}], every: {every}, limits: {limits}}}"
        for number in range(roadmaps)
    ]
    lines.append("serve: {listen: '127.0.0.1:0'}")
    (folder / "syncd.yaml").write_text("\n".join([*lines, ""]), encoding="utf-8")


def roadmap(number: int, tasks: int) -> str:
    lines = [f"# Product {number}", ""]
    for milestone in range(MILESTONES):
        lines += [f"## Phase {milestone + 1}: part {milestone + 1}", ""]
        for task in range(tasks // MILESTONES):
            done = task % 3 == 0
            lines.append(f"- [{'x' if done else ' '}] Task {milestone + 1}.{task + 1}: something to be done")
            lines += ["  - [x] its first part", "  - [x] its second part"] if done else []
        lines.append("")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running `syncd serve`."""

    pid: int
    log: Path

    def told(self, event: str) -> list[dict[str, Any]]:
        lines = [
            json.loads(line)
            for line in self.log.read_text(encoding="utf-8").splitlines()
            if line.startswith("{")
        ]
        return [line for line in lines if line["event"] == event]

    def port(self) -> int:
        while not self.told("daemon.started"):
            time.sleep(0.1)
        return int(str(self.told("daemon.started")[0]["listen"]).rpartition(":")[2])

    def resident(self) -> float:
        """Megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def seconds(self) -> float:
        """Of a core, so far, for itself and for the kernel."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def settled(self, roadmaps: int) -> bool:
        """Whether the latest run of each had nothing to do, and none is due at once."""
        latest = {run["roadmap"]: run["result"] for run in self.told("sync.finished")}
        return len(latest) == roadmaps and set(latest.values()) <= {"ok", "noop"}


@contextmanager
def serving(folder: Path, name: str) -> Iterator[Daemon]:
    log = folder / f"{name}.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen([sys.executable, "-m", "syncd", "serve"], cwd=folder, stderr=errors)
        try:
            yield Daemon(process.pid, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def wait_until_settled(daemon: Daemon, roadmaps: int, sandbox: Sandbox) -> None:
    while not daemon.settled(roadmaps):
        time.sleep(1)
        if sys.stderr.isatty():
            print(f"\r{len(sandbox.exchanges)} requests", end="", file=sys.stderr)


def ready(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the idle time."""

    memory: float
    share: float
    most_requests: int
    runs: int
    writes: int
    ready: int


def watch(daemon: Daemon, minutes: float) -> Figures:
    began, cpu, ran = time.monotonic(), daemon.seconds(), len(daemon.told("sync.finished"))
    most = daemon.resident()
    end = began + minutes * 60
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(5.0, left))
        most = max(most, daemon.resident())
    share = (daemon.seconds() - cpu) / (time.monotonic() - began) * 100
    runs = daemon.told("sync.finished")[ran:]
    # `ok 3/0`: requests, and how many of them were writes.
    costs = [str(cost).split()[1].split("/") for run in runs for cost in run["remotes"].values()]
    requests, writes = max(int(cost[0]) for cost in costs), sum(int(cost[1]) for cost in costs)
    return Figures(most, share, requests, len(runs), writes, ready(daemon.port()))


def judge(figures: Figures) -> bool:
    rows = (
        (f"memory: {figures.memory:.0f} MB", figures.memory <= MEMORY, f"{MEMORY:.0f} MB"),
        (f"processor: {figures.share:.2f} % of a core", figures.share <= SHARE, f"{SHARE:.0f} %"),
        (
            f"requests: {figures.most_requests} in a run",
            figures.most_requests <= PER_RUN,
            f"{PER_RUN} in a run",
        ),
        (f"writes: {figures.writes} in {figures.runs} runs", figures.writes == 0 and figures.runs > 0, "0"),
        (f"/readyz: {figures.ready}", figures.ready == 200, "200"),
    )
    for said, good, budget in rows:
        print(f"{'ok  ' if good else 'OVER'} {said} (budget: {budget})")
    return all(good for _, good, _ in rows)


def in_memory() -> str | None:
    """Where making the issues takes minutes and not a quarter of an hour; the idle daemon writes nothing anyway."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - only where the folder lies


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--roadmaps", type=int, default=10)
    options.add_argument("--tasks", type=int, default=1000)
    options.add_argument("--every", default="5m")
    asked = options.parse_args()
    # So that whoever ends this ends the daemon too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # What a forge allows in an hour is not what is measured, and ten thousand issues are more.
    with TemporaryDirectory(dir=in_memory()) as name, Sandbox(limits=Limits(per_hour=1_000_000)) as sandbox:
        folder = Path(name)
        configure(folder, sandbox, asked.roadmaps, asked.tasks, asked.every)
        with serving(folder, "first") as daemon:
            wait_until_settled(daemon, asked.roadmaps, sandbox)
            print(f"first sync: {len(sandbox.exchanges)} requests; then {daemon.resident():.0f} MB")
        with serving(folder, "second") as daemon:
            wait_until_settled(daemon, asked.roadmaps, sandbox)
            print(f"started anew: {daemon.resident():.0f} MB, {daemon.seconds():.1f} s of a core")
            return 0 if judge(watch(daemon, asked.minutes)) else 1


if __name__ == "__main__":
    sys.exit(main())
