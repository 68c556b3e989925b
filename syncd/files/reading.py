"""Reading a roadmap safely, and telling beforehand whether it could be replaced.

A roadmap may come from anybody who can write to the repository, so it is opened without following a symlink and
without waiting (a FIFO would), and must be a regular file of a sane size (threat T15).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from syncd.errors import RoadmapError, RoadmapRefused

MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Version:
    """The bytes that were read, by their hash; :func:`~syncd.files.replace` replaces these and no others."""

    digest: str


def content_hash(content: bytes) -> str:
    """SHA-256 in hex: what intents and versions compare."""
    return sha256(content).hexdigest()


def read(path: Path, *, within: Path | None = None) -> tuple[bytes, Version]:
    """The bytes of a roadmap and their version. ``within`` is a folder that the path must not lead out of.

    Raises :class:`~syncd.errors.RoadmapError` where there is nothing to read, and
    :class:`~syncd.errors.RoadmapRefused` for a symlink or anything that is not a regular file.
    """
    if within is not None and not path.resolve().is_relative_to(within.resolve()):
        raise RoadmapRefused(
            "it lies outside the folder of the configuration", path=str(path), hint="name a file inside it"
        )
    with opened(path) as handle:
        content = content_of(handle, path)
    return content, Version(content_hash(content))


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Opened to read, if it is a regular file and no link."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise RoadmapRefused("not a regular file", path=str(path), hint="name a Markdown file")
        yield handle
    finally:
        os.close(handle)


def _unreadable(path: Path, error: Exception) -> RoadmapError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ELOOP:
        return RoadmapRefused("a symbolic link", path=str(path), hint="name the file that it leads to")
    if number in (errno.ENOENT, errno.ENOTDIR):
        return RoadmapError("there is no such file", path=str(path), hint="check the path of the roadmap")
    if number in (errno.ENXIO, errno.ENODEV):
        return RoadmapRefused("not a regular file", path=str(path), hint="name a Markdown file")
    words = error.strerror if isinstance(error, OSError) else "not a path"
    return RoadmapError(
        f"cannot be read: {words}", path=str(path), hint="check the rights of the file and its folder"
    )


def content_of(handle: int, path: Path) -> bytes:
    try:
        with os.fdopen(os.dup(handle), "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:  # a disk that fails, a network file system that went away
        raise _unreadable(path, error) from error
    if len(content) > MAX_BYTES:
        raise RoadmapError("larger than 20 MiB", path=str(path), hint="split it into several roadmaps")
    return content


def writable(path: Path, *, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Whether :func:`~syncd.files.replace` could work here; asked before anything else of a plan is carried out.

    Goes by the modes and not by what the kernel would let us do, for root may do everything: a file that its owner
    made read-only stays as it is. Raises :class:`~syncd.errors.RoadmapRefused`.
    """
    with opened(path) as handle:
        status = os.fstat(handle)
    folder = path.absolute().parent
    if not status.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise RoadmapRefused("read-only", path=str(path), hint="make it writable (chmod u+w)")
    if not folder.stat().st_mode & 0o222 or not os.access(folder, os.W_OK | os.X_OK):
        raise RoadmapRefused("its folder is read-only", path=str(path), hint=f"make {folder} writable")
    if os.geteuid() not in (0, status.st_uid):
        raise RoadmapRefused(
            f"it belongs to user {status.st_uid}, and replacing it would change that",
            path=str(path),
            hint=f"run syncd as user {status.st_uid}",
        )
    if _mounted(path, mounts):
        raise single_mount(path)


def _mounted(path: Path, mounts: Path) -> bool:
    """Whether the file itself is a mount point: bind mounts of the same disk are seen only in this table."""
    wanted = os.path.realpath(path)
    try:
        table = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    points = (line.split(" ")[4] for line in table.split("\n") if line.count(" ") > 4)
    return any(_unescaped(point) == wanted for point in points)


def _unescaped(point: str) -> str:
    for octal, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(octal, char)
    return point


def single_mount(path: Path) -> RoadmapRefused:
    return RoadmapRefused(
        "mounted as a single file, which cannot be replaced", path=str(path), hint="mount its folder"
    )
