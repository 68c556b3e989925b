"""The folder of the state: for its owner alone, and no part of anybody's repository."""

from __future__ import annotations

import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Makes the folder, with a ``.gitignore`` of its own.

    That is written into a folder that syncd made or that bears its name; ``*`` anywhere else could hide a project.
    """
    made = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if (made or folder.name == ".syncd") and not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")


def sync_folder(folder: Path) -> None:
    """Puts the folder's entries on the disk: a file is there after a power loss only if its name is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
