"""How `syncd serve` bears deliveries: valid and forged ones at a rate, beside 200 connections that never say a word.

    python benchmarks/webhooks.py [--seconds 60] [--rate 500]

Starts a sandbox and a daemon on loopback in a folder of their own. Prints answers, times, memory, and how many runs the
deliveries led to. Figures are for comparing two states of one machine; no test asserts them.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from syncd.sandbox import Sandbox

SECRET = "a secret of the benchmark"  # noqa: S105 - it opens nothing but this daemon
CLIENTS = 20
SLOW = 200
BODY = json.dumps(
    {"issue": {"number": 1, "title": "x" * 6000}, "repository": {"full_name": "acme/widgets"}}
).encode()

Answers = list[tuple[int, float]]


def configure(folder: Path, sandbox: Sandbox) -> None:
    (folder / "ROADMAP.md").write_text("# Widgets\n\n## One\n\n- [ ] a task\n", encoding="utf-8")
    (folder / "syncd.yaml").write_text(
        f"remotes: {{github: {{kind: github, project: acme/widgets, url: {sandbox.url}, token: sandbox-token}}}}\n"
        "roadmaps: {main: {path: ROADMAP.md, remotes: [github], every: 1h}}\n"
        f"serve: {{listen: '127.0.0.1:0', webhooks: {{github: {{secret: {SECRET}}}}}}}\n",
        encoding="utf-8",
    )


def delivery(signature: str) -> bytes:
    head = (
        "POST /hooks/github HTTP/1.1",
        "Host: x",
        "X-GitHub-Event: issues",
        f"X-Hub-Signature-256: sha256={signature}",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + BODY


async def client(port: int, data: bytes, rate: float, end: float, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    following = time.perf_counter()
    while time.perf_counter() < end:
        began = time.perf_counter()
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        answers.append((int(head.split()[1]), time.perf_counter() - began))
        following += 1 / rate
        await asyncio.sleep(max(0.0, following - time.perf_counter()))
    writer.close()


async def storm(port: int, seconds: float, rate: float) -> dict[str, Answers]:
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SLOW)]
    for _, writer in slow:
        writer.write(b"POST /hooks")
    right = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    answers: dict[str, Answers] = {"valid": [], "forged": []}
    end = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            client(port, delivery(signature), rate / CLIENTS, end, answers[kind])
            for kind, signature in (("valid", right), ("forged", "0" * 64))
            for _ in range(CLIENTS)
        )
    )
    return answers


def resident(pid: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def told(log: Path, event: str) -> list[dict[str, object]]:
    lines = [
        json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")
    ]
    return [line for line in lines if line["event"] == event]


def wait_for(log: Path, event: str) -> dict[str, object]:
    while not told(log, event):
        time.sleep(0.1)
    return told(log, event)[-1]


def measure(folder: Path, seconds: float, rate: float) -> None:
    log = folder / "log"
    with log.open("w", encoding="utf-8") as errors:
        daemon = subprocess.Popen([sys.executable, "-m", "syncd", "serve"], cwd=folder, stderr=errors)
        try:
            port = int(str(wait_for(log, "daemon.started")["listen"]).rpartition(":")[2])
            wait_for(log, "sync.finished")
            before = resident(daemon.pid)
            answers = asyncio.run(storm(port, seconds, rate))
            after = resident(daemon.pid)
            while told(log, "sync.finished")[-1]["trigger"] != "webhook":
                time.sleep(0.1)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()
    for kind, found in answers.items():
        times = sorted(took for _, took in found)
        statuses = sorted({status for status, _ in found})
        p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
        print(f"{kind}: {len(found) / seconds:.0f}/s, {statuses}, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    runs = [run for run in told(log, "sync.finished") if run["trigger"] == "webhook"]
    print(f"memory: {before:.0f} MB, then {after:.0f} MB; {len(runs)} runs")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--rate", type=float, default=500)
    asked = options.parse_args()
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        configure(Path(folder), sandbox)
        measure(Path(folder), asked.seconds, asked.rate)


if __name__ == "__main__":
    main()
