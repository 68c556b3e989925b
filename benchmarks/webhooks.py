"""How `syncd serve` bears deliveries: valid and forged ones at a rate, beside 200 connections that never say a word.

    python benchmarks/webhooks.py [--seconds 60] [--rate 500]

Starts a sandbox and a daemon on loopback in a folder of their own. Every delivery has a number of its own and is about
one of a thousand issues. A second roadmap, of another project, has a timetable of five seconds: its runs show whether
anybody starves. Prints the figures beside the budget of design §18, and ends with 1 if one is over it. No test asserts
them: a machine that is busy with other things shows more.

Times count from when a delivery was due, not from when this program came to send it: what the daemon held up is not
forgotten. So they hold this program's own delays too, which are printed beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from syncd.sandbox import Sandbox, people

SECRET = "a secret of the benchmark"  # noqa: S105 - it opens nothing but this daemon
CLIENTS = 20
SLOW = 200
ISSUES = 1000
EVERY = 5
"""Seconds between two runs of the roadmap that has a timetable."""
P99, GROWTH = 50.0, 20.0
"""Milliseconds; megabytes."""


@dataclass(slots=True)
class Answers:
    """Of one kind of delivery. ``lags`` is by how much this program itself was late, ``times`` includes it; seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a storm did. Memory in megabytes: before, and the most since."""

    valid: Answers
    forged: Answers
    memory: tuple[float, float]
    runs: Sequence[Mapping[str, Any]]


def configure(folder: Path, sandbox: Sandbox) -> None:
    people.add_project(sandbox.world, "acme/gadgets", "syncd-bot")
    remotes, roadmaps = [], []
    for name, project, every in (("github", "acme/widgets", "1h"), ("other", "acme/gadgets", f"{EVERY}s")):
        (folder / f"{name}.md").write_text("# Widgets\n\n## One\n\n- [ ] a task\n", encoding="utf-8")
        remotes.append(
            f"{name}: {{kind: github, project: {project}, url: {sandbox.url}, token: sandbox-token}}"
        )
        roadmaps.append(f"{name}: {{path: {name}.md, remotes: [{name}], every: {every}}}")
    (folder / "syncd.yaml").write_text(
        f"remotes: {{{', '.join(remotes)}}}\n"
        f"roadmaps: {{{', '.join(roadmaps)}}}\n"
        f"serve: {{listen: '127.0.0.1:0', webhooks: {{github: {{secret: {SECRET}}}}}}}\n",
        encoding="utf-8",
    )


def body(issue: int) -> bytes:
    found = {"issue": {"number": issue, "title": "x" * 6000}, "repository": {"full_name": "acme/widgets"}}
    return json.dumps(found).encode()


def deliveries(kind: str) -> Iterator[bytes]:
    """Without end: all issues in turn, each time as a delivery of its own."""
    signed = [
        (
            content,
            hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest() if kind == "valid" else "0" * 64,
        )
        for content in map(body, range(1, ISSUES + 1))
    ]
    for number in itertools.count():
        content, signature = signed[number % ISSUES]
        head = (
            "POST /hooks/github HTTP/1.1",
            "Host: x",
            "X-GitHub-Event: issues",
            f"X-GitHub-Delivery: {kind}-{number}",
            f"X-Hub-Signature-256: sha256={signature}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
        )
        yield "\r\n".join([*head, "", ""]).encode() + content


async def client(
    port: int, source: Iterator[bytes], gap: float, first: float, end: float, answers: Answers
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = first
    while due < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        answers.lags.append(time.perf_counter() - due)
        writer.write(next(source))
        head = await reader.readuntil(b"\r\n\r\n")
        answers.times.append(time.perf_counter() - due)
        answers.statuses[int(head.split()[1])] += 1
        due += gap
    writer.close()


async def storm(port: int, seconds: float, rate: float) -> tuple[Answers, Answers]:
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SLOW)]
    for _, writer in slow:
        writer.write(b"POST /hooks")
    valid, forged = Answers(), Answers()
    gap, began = CLIENTS / rate, time.perf_counter() + 0.5
    await asyncio.gather(
        *(
            client(port, source, gap, began + number * gap / CLIENTS, began + seconds, answers)
            for answers, source in ((valid, deliveries("valid")), (forged, deliveries("forged")))
            for number in range(CLIENTS)
        )
    )
    for _, writer in slow:
        writer.close()
    return valid, forged


def resident(pid: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def told(log: Path, event: str) -> list[dict[str, Any]]:
    lines = [
        json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")
    ]
    return [line for line in lines if line["event"] == event]


def wait_for(log: Path, event: str) -> dict[str, Any]:
    while not told(log, event):
        time.sleep(0.1)
    return told(log, event)[-1]


@contextmanager
def peak(pid: int) -> Iterator[list[float]]:
    """The most memory that a process had meanwhile, looked at every quarter of a second."""
    most, ended = [resident(pid)], threading.Event()

    def look() -> None:
        while not ended.wait(0.25):
            most[0] = max(most[0], resident(pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


def measure(folder: Path, seconds: float, rate: float) -> Figures:
    log = folder / "log"
    with log.open("w", encoding="utf-8") as errors:
        daemon = subprocess.Popen([sys.executable, "-m", "syncd", "serve"], cwd=folder, stderr=errors)
        try:
            port = int(str(wait_for(log, "daemon.started")["listen"]).rpartition(":")[2])
            while len(told(log, "sync.finished")) < 3:
                time.sleep(0.1)
            before, ran = resident(daemon.pid), len(told(log, "sync.finished"))
            with peak(daemon.pid) as most:
                valid, forged = asyncio.run(storm(port, seconds, rate))
                while not any(run["trigger"] == "webhook" for run in told(log, "sync.finished")[ran:]):
                    time.sleep(0.1)
            runs = told(log, "sync.finished")[ran:]
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()
    return Figures(valid, forged, (before, most[0]), runs)


def percentile(values: Sequence[float], part: float) -> float:
    """Milliseconds."""
    return sorted(values)[int((len(values) - 1) * part)] * 1000


def described(name: str, answers: Answers, seconds: float) -> str:
    rate, statuses = (
        len(answers.times) / seconds,
        ", ".join(f"{n} × {code}" for code, n in answers.statuses.items()),
    )
    times, lags = (
        [f"{percentile(one, part):.1f}" for part in (0.5, 0.99, 1)] for one in (answers.times, answers.lags)
    )
    return f"{name}: {rate:.0f}/s ({statuses}); p50 {times[0]}, p99 {times[1]}, most {times[2]} ms (own p99 {lags[1]})"


def judge(figures: Figures, seconds: float, rate: float) -> bool:
    before, most = figures.memory
    hooked = sum(run["roadmap"] == "github" for run in figures.runs)
    on_time = sum(run["roadmap"] == "other" and run["result"] in ("ok", "noop") for run in figures.runs)
    p99 = percentile(figures.valid.times, 0.99)
    sent = min(len(one.times) for one in (figures.valid, figures.forged)) / seconds
    failed = sum(
        count
        for one in (figures.valid, figures.forged)
        for code, count in one.statuses.items()
        if code >= 500
    )
    print(described("valid", figures.valid, seconds))
    print(described("forged", figures.forged, seconds))
    rows = (
        (f"rate: {sent:.0f} a second of each kind", sent >= 0.95 * rate, f"{rate:.0f}"),
        (f"5xx: {failed}", failed == 0, "0"),
        ("valid are taken, forged refused", set(figures.valid.statuses) == {202}, "202")
        if set(figures.forged.statuses) == {401}
        else ("forged are refused", False, "401"),
        (f"202 within {p99:.1f} ms at p99", p99 <= P99, f"{P99:.0f} ms"),
        (
            f"memory: {before:.0f} MB, then at most {most:.0f} MB",
            most - before <= GROWTH,
            f"+ {GROWTH:.0f} MB",
        ),
        (f"runs by webhooks: {hooked}", 1 <= hooked <= 1 + seconds / 2, "one in two seconds at most"),
        (
            f"runs on time: {on_time}",
            on_time >= seconds / EVERY / 2,
            f"one in {EVERY} seconds; half of them at least",
        ),
    )
    for said, good, budget in rows:
        print(f"{'ok  ' if good else 'OVER'} {said} (budget: {budget})")
    return all(good for _, good, _ in rows)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--rate", type=float, default=500)
    asked = options.parse_args()
    # So that whoever ends this ends the daemon too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        configure(Path(folder), sandbox)
        return 0 if judge(measure(Path(folder), asked.seconds, asked.rate), asked.seconds, asked.rate) else 1


if __name__ == "__main__":
    sys.exit(main())
