"""Replacing a roadmap: all at once, and only if its bytes are still those that were read (I13)."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from syncd.errors import RoadmapChanged, RoadmapError, RoadmapRefused
from syncd.files.reading import Version, content_hash, content_of, opened, read, single_mount

_EXCHANGE = 2
_PART, _ASIDE = ".part", ".syncd"
_NO_SUCH_CALL = frozenset((errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP))
_MOUNTED = frozenset((errno.EBUSY, errno.EXDEV))

Exchange = Callable[[Path, Path], bool]
"""Swaps two names in one step and returns True; False where the system has no such call."""


def exchange(one: Path, other: Path) -> bool:
    """``renameat2(RENAME_EXCHANGE)``. Raises OSError; False where kernel, C library or file system lack it."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    here = -100  # AT_FDCWD
    if call(here, os.fsencode(one), here, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_SUCH_CALL:
        return False
    raise OSError(number, os.strerror(number), str(other))


def replace(path: Path, new: bytes, expected: Version, *, swap: Exchange = exchange) -> Version:
    """Puts ``new`` in the place of the bytes that were read, all at once, and only if they still stand there.

    The old file is swapped out and looked at *afterwards*: whoever wrote until that moment is noticed, and their file
    is swapped back. Raises :class:`~syncd.errors.RoadmapChanged` then, :class:`~syncd.errors.RoadmapRefused` where
    the file cannot be replaced, :class:`~syncd.errors.RoadmapError` where the disk does not take it; in all three the
    roadmap is as it was. A process that dies on the way leaves a file for :func:`mend`.
    """
    if read(path)[1] != expected:
        raise _changed(path)
    written = Version(content_hash(new))
    try:
        aside = _write_aside(path, new)
        try:
            swapped = swap(aside, path)
            if not swapped:
                _rename(path, aside, expected)
        except Exception:  # not Ctrl-C: that may have come after the swap, and the old file is aside then
            aside.unlink()
            raise
        if swapped:
            _settle(path, aside, expected, written, swap)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        _sync_folder(path.absolute().parent)
    except OSError as error:
        # No base may move: after a power loss the old file could be back, and would look like an edit.
        raise RoadmapError(
            f"was replaced, but the disk did not confirm it: {error.strerror}", path=str(path)
        ) from error
    return written


def _rename(path: Path, aside: Path, expected: Version) -> None:
    """Without the call a window stays between looking and renaming: as short as it can be, and in the docs."""
    if read(path)[1] != expected:
        raise _changed(path)
    aside.replace(path)


def _settle(path: Path, aside: Path, expected: Version, written: Version, swap: Exchange) -> None:
    """Looks at what was swapped out, and swaps it back if it is not what was read. Nothing unseen is deleted."""
    if _untouched(aside, expected):
        aside.unlink()
        return
    swap(aside, path)
    if _untouched(aside, written):
        aside.unlink()
        raise _changed(path)
    # Somebody wrote into the old file and somebody else into ours, within a moment: nothing of either may go.
    raise RoadmapChanged(
        f"{path}: two programs changed it at once",
        hint=f"what one of them wrote is in {_save(path, aside).name}",
    )


def _untouched(path: Path, version: Version) -> bool:
    """Whether a file that was swapped out holds what it should, and nobody has it open to write.

    A read lease is granted only then, and says if it was asked back meanwhile (fcntl(2), F_SETLEASE); nobody can newly
    open the file by its old name. Where leases are not to be had, the bytes alone decide.
    """
    try:
        with opened(path) as handle:
            # The word that somebody wants the file comes as a signal: SIGIO would end the process, SIGURG is ignored.
            fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
            leased = _lease(handle)
            if leased is None:
                return False
            same = content_hash(content_of(handle, path)) == version.digest
            return same and (not leased or fcntl.fcntl(handle, fcntl.F_GETLEASE) == fcntl.F_RDLCK)
    except (OSError, RoadmapError):
        return False


def _lease(handle: int) -> bool | None:
    """True: held. False: not to be had here. None: somebody has the file open to write."""
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return None if error.errno == errno.EAGAIN else False
    return True


def mend(path: Path, *, before: str, after: str, swap: Exchange = exchange) -> None:
    """Cleans up behind a :func:`replace` whose process died; both hashes are those of its intent.

    Killed between swapping and looking, it may have left an edit of a person in the file aside: that one is put back.
    """
    for part in _asides(path, _PART):
        part.unlink(missing_ok=True)
    for aside in _asides(path, _ASIDE):
        if _digest(aside) not in (before, after) and _digest(path) == after:
            swap(aside, path)
        if _digest(aside) in (before, after):
            aside.unlink()
        else:
            _save(path, aside)


def _digest(path: Path) -> str:
    return read(path)[1].digest


def _asides(path: Path, suffix: str) -> list[Path]:
    start = f".{path.name}."
    return [
        one
        for one in path.absolute().parent.iterdir()
        if one.name.startswith(start) and one.name.endswith(suffix)
    ]


def _save(path: Path, aside: Path) -> Path:
    return aside.rename(path.with_name(f"{path.name}.saved-{_digest(aside)[:8]}"))


def _write_aside(path: Path, new: bytes) -> Path:
    """A new file in the same folder, on the disk, with the owner, mode and attributes of the old one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            status = path.lstat()
            if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
            # After the owner: a change of owner takes some mode bits away.
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            _keep_attributes(path, file.fileno())
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    # Only now: under this name it is whole, which is what mend() goes by.
    return Path(name).rename(name.removesuffix(_PART) + _ASIDE)


def _keep_attributes(path: Path, handle: int) -> None:
    """Extended attributes, access lists among them; a file system that has none is no reason to stop."""
    with suppress(OSError):
        for name in os.listxattr(path):
            os.setxattr(handle, name, os.getxattr(path, name))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _changed(path: Path) -> RoadmapChanged:
    return RoadmapChanged(f"{path}: changed while the run was planning", hint="run again")


def _not_written(path: Path, error: OSError) -> RoadmapError:
    if error.errno in _MOUNTED:
        return single_mount(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return RoadmapRefused(
            f"cannot be written: {error.strerror}", path=str(path), hint="check the rights of its folder"
        )
    return RoadmapError(
        f"could not be written: {error.strerror}", path=str(path), hint="check the disk; it is as it was"
    )
