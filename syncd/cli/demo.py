"""``syncd demo``: the whole product on a copy of a file, with a tracker of its own and no account."""

from __future__ import annotations

import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import click

from syncd.cli.console import bold, say

SAMPLE = files("syncd") / "sample" / "ROADMAP.md"


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="End after the steps; without, a page stays up until Ctrl-C.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Of the page; 0 takes a free one.")
def command(file: Path | None, once: bool, port: int) -> int:
    """Watch it work on a copy of a file, with no account.

    FILE, or a sample, is copied to a temporary folder and kept in step with a tracker that runs in this process. Then
    a page shows both side by side, and what you change on either side arrives on the other.
    """
    from syncd import files as roadmaps
    from syncd.cli.demo_steps import Demo

    with tempfile.TemporaryDirectory(prefix="syncd-demo-") as folder:
        if file is None:
            with as_file(SAMPLE) as sample:
                copy = shutil.copyfile(sample, Path(folder) / "ROADMAP.md")
        else:
            content, _ = roadmaps.read(file)
            copy = Path(folder) / file.name
            copy.write_bytes(content)
        say(f"{bold('syncd demo')} on a copy of {file or 'the sample that comes with syncd'}")
        with Demo.on(copy, port) as demo:
            fine = demo.steps()
            if not once:
                demo.follow()
    return 0 if fine else 1
