"""Roadmaps by their content: Markdown files of a work tree with boxes in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_BOX: Final = re.compile(rb"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]", re.MULTILINE)
_LEAST = 3
"""So many boxes make a roadmap; a pull-request template has fewer, or lies in a hidden folder."""
_LARGEST = 4 * 1024 * 1024
_DEEPEST = 2
_MOST = 2_000
_FOREIGN: Final = frozenset(
    ("node_modules", "vendor", "third_party", "dist", "build", "target", "site-packages")
)


def markdown_with_boxes(folder: Path) -> tuple[Path, ...]:
    """The Markdown files at most two folders down that hold three boxes or more, most boxes first.

    Hidden and vendored folders are left out, links are not followed, and at most 2,000 files are looked at.
    """
    found = [(boxes, path) for path in _markdown(folder) if (boxes := _boxes(path)) >= _LEAST]
    return tuple(path for _, path in sorted(found, key=lambda one: (-one[0], str(one[1]))))


def _markdown(folder: Path) -> Iterator[Path]:
    looked = 0
    for here, folders, names in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        # In place: this is how os.walk() is told where not to go.
        folders[:] = sorted(name for name in folders if _ours(name)) if depth < _DEEPEST else []
        for name in sorted(names):
            if name.lower().endswith((".md", ".markdown")) and not name.startswith("."):
                looked += 1
                if looked > _MOST:
                    return
                yield Path(here) / name


def _ours(name: str) -> bool:
    return not name.startswith((".", "_")) and name.lower() not in _FOREIGN


def _boxes(path: Path) -> int:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return 0
        return len(_BOX.findall(path.read_bytes()))
    except OSError:
        return 0
