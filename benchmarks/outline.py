"""What reading a roadmap costs: counts, and ratios between things measured in one run (design §18).

    python benchmarks/outline.py FILE... [--megabytes 1] [--rounds 5]

The files are repeated up to the size wanted. CPU time counts, the best of all rounds; the readers take turns, so that
a busy machine slows both. The budget: at least 2 MB/s end to end, faster than markdown-it-py merely parses the text,
ten times the text in at most twelve times the time, at most 120 MB of memory for 1 MB. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from time import process_time

from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from syncd.roadmap.syntax import parse


def repeated(files: list[Path], size: int) -> bytes:
    """The files one after the other, again and again, up to a size; cut at a character."""
    once = b"\n".join(file.read_bytes() for file in files)
    return (once * (size // len(once) + 1))[:size].decode("utf-8", "ignore").encode()


def whole(data: bytes) -> Document:
    """End to end: from bytes to an outline."""
    return read(Source.of(data, "ROADMAP.md"))


def best(rounds: int, *jobs: Callable[[], object]) -> list[float]:
    """The least CPU time of each job, the jobs taking turns."""
    least = [float("inf")] * len(jobs)
    for _ in range(rounds):
        for at, job in enumerate(jobs):
            begun = process_time()
            job()
            least[at] = min(least[at], process_time() - begun)
    return least


def peak_of(files: list[Path], megabytes: int) -> float:
    """The most memory, in MB, of a process that reads the text once and does nothing else."""
    command = [sys.executable, __file__, *map(str, files), "--megabytes", str(megabytes), "--only-memory"]
    return float(run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - ourselves


def _peak() -> float:
    # Not ru_maxrss where there is a choice: it begins with what the parent had.
    status = Path("/proc/self/status")
    if status.exists():
        return (
            next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            / 1024
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(files: list[Path], megabytes: int, rounds: int) -> None:
    """Print it all."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - no part of what is measured as memory

    data = repeated(files, megabytes * 1_000_000)
    document = whole(data)
    outline = document.outline
    print(f"{len(data):,} bytes, {document.source.lines:,} lines, {len(document.syntax.blocks):,} blocks")
    print(
        f"{outline.boxes:,} boxes, {len(list(outline.tasks())):,} tasks, {len(outline.milestones):,} milestones"
    )
    other = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    source = Source.of(data, "ROADMAP.md")
    ours, blocks, theirs, tenth = best(
        rounds,
        lambda: whole(data),
        lambda: parse(source),
        lambda: other.parse(source.text),
        lambda: whole(data[: len(data) // 10]),
    )
    print(f"end to end            {len(data) / 1e6 / ours:6.2f} MB/s  (budget: 2)")
    print(f"blocks alone          {blocks / ours:6.0%} of it")
    print(f"markdown-it-py's time {theirs / ours:6.2f} times ours (budget: more than 1)")
    print(f"a tenth of the text   {ours / tenth:6.2f} times less (linear: 10)")
    print(f"memory                {peak_of(files, megabytes):6.0f} MB (budget for 1 MB: 120)")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="what reading a roadmap costs")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--megabytes", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only-memory", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only_memory:
        whole(repeated(chosen.files, chosen.megabytes * 1_000_000))
        print(_peak())
    else:
        report(chosen.files, chosen.megabytes, chosen.rounds)


if __name__ == "__main__":
    main()
