"""Reading and replacing roadmaps: regular files alone, only the bytes that were read, and nothing left over."""

import errno
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from syncd.errors import UNREADABLE, RoadmapChanged, RoadmapError, RoadmapRefused
from syncd.files import (
    MAX_BYTES,
    Exchange,
    Version,
    content_hash,
    exchange,
    git_busy,
    git_head,
    git_remotes,
    mend,
    read,
    replace,
    writable,
)


@pytest.fixture
def roadmap(tmp_path: Path) -> Path:
    path = tmp_path / "ROADMAP.md"
    path.write_bytes(b"- [ ] one\r\n")
    return path


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def without_exchange(_one: Path, _other: Path) -> bool:
    """A system that has no RENAME_EXCHANGE."""
    return False


class Editor:
    """A swap during which people write: just before it, or into the new file just after it."""

    def __init__(self, before: bytes | None = None, after: bytes | None = None) -> None:
        self.before, self.after = before, after

    def __call__(self, one: Path, other: Path) -> bool:
        if self.before is not None:
            other.write_bytes(self.before)
        done = exchange(one, other)
        if self.after is not None:
            other.write_bytes(self.after)
        self.before = self.after = None
        return done


# Reading


def test_a_roadmap_is_read_byte_for_byte(roadmap: Path) -> None:
    content, version = read(roadmap)
    assert content == b"- [ ] one\r\n"
    assert version == Version(content_hash(content))


@pytest.mark.parametrize("kind", ["symlink", "dangling", "loop", "folder", "fifo", "device", "socket"])
def test_what_is_not_a_regular_file_is_refused_at_once(kind: str, tmp_path: Path, roadmap: Path) -> None:
    path = tmp_path / "odd.md"
    match kind:
        case "symlink":
            path.symlink_to(roadmap)
        case "dangling":
            path.symlink_to(tmp_path / "nowhere.md")
        case "loop":
            path.symlink_to(path)
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "device":
            path = Path("/dev/zero")
        case "socket":
            os.mknod(path, stat.S_IFSOCK | 0o600)
    with pytest.raises(RoadmapRefused) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert caught.value.exit_code == UNREADABLE
    with pytest.raises(RoadmapRefused):
        writable(path)


@pytest.mark.parametrize("name", ["missing.md", "ROADMAP.md/below.md", "nul\0.md"])
def test_what_is_not_there_is_an_error_with_a_remedy(name: str, roadmap: Path) -> None:
    with pytest.raises(RoadmapError) as caught:
        read(roadmap.parent / name)
    assert caught.value.hint


def test_bytes_that_the_disk_does_not_give_are_told_as_such() -> None:
    with pytest.raises(RoadmapError, match="cannot be read"):
        read(Path("/proc/self/mem"))  # a regular file, and its first byte is an input error


def test_a_file_that_is_too_big_is_not_read_into_memory(roadmap: Path) -> None:
    os.truncate(roadmap, 10 * 1024**3)  # sparse
    with pytest.raises(RoadmapError):
        read(roadmap)


def test_a_file_of_exactly_the_limit_is_read(roadmap: Path) -> None:
    os.truncate(roadmap, MAX_BYTES)
    assert len(read(roadmap)[0]) == MAX_BYTES
    os.truncate(roadmap, MAX_BYTES + 1)
    with pytest.raises(RoadmapError):
        read(roadmap)


@pytest.mark.parametrize("path", ["../ROADMAP.md", "linked/ROADMAP.md"])
def test_a_path_does_not_lead_out_of_the_folder_it_must_stay_in(
    path: str, tmp_path: Path, roadmap: Path
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "linked").symlink_to(tmp_path)
    with pytest.raises(RoadmapRefused):
        read(inside / path, within=inside)
    assert read(roadmap, within=tmp_path)


# What could not be written is known before


def test_a_plain_file_in_a_plain_folder_can_be_written(roadmap: Path) -> None:
    writable(roadmap)


def test_a_file_its_owner_made_read_only_is_refused_even_to_root(roadmap: Path) -> None:
    roadmap.chmod(0o444)
    with pytest.raises(RoadmapRefused):
        writable(roadmap)


def test_a_read_only_folder_is_refused_even_to_root(roadmap: Path) -> None:
    roadmap.parent.chmod(0o555)
    try:
        with pytest.raises(RoadmapRefused):
            writable(roadmap)
    finally:
        roadmap.parent.chmod(0o755)


def test_a_mount_point_is_refused_with_the_advice_to_mount_its_folder(tmp_path: Path) -> None:
    roadmap = tmp_path / "my road map.md"
    roadmap.write_bytes(b"")
    mounts = tmp_path / "mountinfo"
    point = str(roadmap).replace(" ", "\\040")
    mounts.write_text(
        f"22 1 8:1 / / rw - ext4 /dev/root rw\n36 22 8:1 /x {point} rw - ext4 /dev/root rw\n", "ascii"
    )
    with pytest.raises(RoadmapRefused) as caught:
        writable(roadmap, mounts=mounts)
    assert "folder" in caught.value.hint
    writable(mounts, mounts=mounts)


# Replacing


@pytest.mark.parametrize("swap", [exchange, without_exchange])
def test_new_bytes_take_the_place_of_those_that_were_read(roadmap: Path, swap: Exchange) -> None:
    _, version = read(roadmap)
    written = replace(roadmap, b"new\n", version, swap=swap)
    assert read(roadmap) == (b"new\n", written)
    assert names(roadmap.parent) == ["ROADMAP.md"]


@pytest.mark.parametrize("swap", [exchange, without_exchange])
def test_nothing_is_written_over_bytes_that_were_not_read(roadmap: Path, swap: Exchange) -> None:
    _, version = read(roadmap)
    roadmap.write_bytes(b"theirs\n")
    inode = roadmap.stat().st_ino
    with pytest.raises(RoadmapChanged):
        replace(roadmap, b"new\n", version, swap=swap)
    assert (roadmap.read_bytes(), roadmap.stat().st_ino) == (b"theirs\n", inode)
    assert names(roadmap.parent) == ["ROADMAP.md"]


def test_a_file_that_changed_before_is_not_touched_at_all(roadmap: Path) -> None:
    def touch(_one: Path, _other: Path) -> bool:
        raise AssertionError("swapped")

    _, version = read(roadmap)
    roadmap.write_bytes(b"theirs\n")
    with pytest.raises(RoadmapChanged):
        replace(roadmap, b"new\n", version, swap=touch)


def test_without_the_call_an_edit_is_noticed_until_the_last_moment(roadmap: Path) -> None:
    def edit(_one: Path, other: Path) -> bool:
        other.write_bytes(b"theirs\n")
        return False

    _, version = read(roadmap)
    with pytest.raises(RoadmapChanged):
        replace(roadmap, b"new\n", version, swap=edit)
    assert roadmap.read_bytes() == b"theirs\n"
    assert names(roadmap.parent) == ["ROADMAP.md"]


def test_mode_and_owner_and_attributes_are_kept(roadmap: Path) -> None:
    roadmap.chmod(0o2664)
    if os.geteuid() == 0:
        os.chown(roadmap, 12345, 54321)
        roadmap.chmod(0o2664)
    with suppress(OSError):  # tmpfs of older kernels has no attributes for users
        os.setxattr(roadmap, "user.syncd", b"kept")
    before = roadmap.stat()
    attributes = {name: os.getxattr(roadmap, name) for name in os.listxattr(roadmap)}
    replace(roadmap, b"new\n", read(roadmap)[1])
    after = roadmap.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert {name: os.getxattr(roadmap, name) for name in os.listxattr(roadmap)} == attributes


def test_an_edit_just_before_the_swap_is_put_back(roadmap: Path) -> None:
    _, version = read(roadmap)
    with pytest.raises(RoadmapChanged):
        replace(roadmap, b"new\n", version, swap=Editor(before=b"theirs\n"))
    assert roadmap.read_bytes() == b"theirs\n"
    assert names(roadmap.parent) == ["ROADMAP.md"]


def test_an_edit_that_grew_beyond_what_we_read_is_put_back_too(roadmap: Path) -> None:
    _, version = read(roadmap)
    with pytest.raises(RoadmapChanged):
        replace(roadmap, b"new\n", version, swap=Editor(before=bytes(MAX_BYTES + 1)))
    assert roadmap.stat().st_size == MAX_BYTES + 1


def test_an_edit_of_the_new_file_just_after_the_swap_stays(roadmap: Path) -> None:
    _, version = read(roadmap)
    replace(roadmap, b"new\n", version, swap=Editor(after=b"new\nand theirs\n"))
    assert roadmap.read_bytes() == b"new\nand theirs\n"


def test_two_edits_around_one_swap_are_both_kept(roadmap: Path) -> None:
    _, version = read(roadmap)
    with pytest.raises(RoadmapChanged) as caught:
        replace(roadmap, b"new\n", version, swap=Editor(before=b"ann\n", after=b"new\nbob\n"))
    assert roadmap.read_bytes() == b"ann\n"
    saved = next(one for one in roadmap.parent.iterdir() if one != roadmap)
    assert saved.read_bytes() == b"new\nbob\n"
    assert saved.name in caught.value.hint


def test_a_file_that_somebody_has_open_to_write_is_not_taken_from_them(roadmap: Path) -> None:
    _, version = read(roadmap)
    with roadmap.open("ab", buffering=0) as editor:
        with pytest.raises(RoadmapChanged):
            replace(roadmap, b"new\n", version)
        editor.write(b"more\n")
    assert roadmap.read_bytes() == b"- [ ] one\r\nmore\n"
    replace(roadmap, b"new\n", read(roadmap)[1])
    assert roadmap.read_bytes() == b"new\n"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EBUSY, RoadmapRefused),
        (errno.EXDEV, RoadmapRefused),
        (errno.EACCES, RoadmapRefused),
        (errno.EROFS, RoadmapRefused),
        (errno.ENOSPC, RoadmapError),
        (errno.EIO, RoadmapError),
    ],
)
def test_a_swap_that_fails_leaves_everything_as_it_was(
    roadmap: Path, number: int, kind: type[RoadmapError]
) -> None:
    def fail(_one: Path, _other: Path) -> bool:
        raise OSError(number, os.strerror(number))

    _, version = read(roadmap)
    with pytest.raises(kind) as caught:
        replace(roadmap, b"new\n", version, swap=fail)
    assert caught.value.hint
    assert roadmap.read_bytes() == b"- [ ] one\r\n"
    assert names(roadmap.parent) == ["ROADMAP.md"]


def append(path: Path, line: bytes) -> None:
    """What a run does: read, replace, and again if somebody was faster."""
    while True:
        content, version = read(path)
        with suppress(RoadmapChanged):
            replace(path, content + line, version)
            return


def append_in_place(path: Path, line: bytes) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(line)


@pytest.mark.parametrize("edit", [append, append_in_place])
def test_two_who_write_at_once_lose_no_line(tmp_path: Path, edit: Callable[[Path, bytes], None]) -> None:
    path = tmp_path / "ROADMAP.md"
    path.write_bytes(b"")
    rounds = range(200)

    def work() -> None:
        for number in rounds:
            edit(path, b"theirs %d\n" % number)

    thread = threading.Thread(target=work)
    thread.start()
    for number in rounds:
        append(path, b"ours %d\n" % number)
    thread.join()
    # Where two edits met inside one swap, one of the two files was saved under another name: nothing is lost either.
    lines = {line for one in tmp_path.iterdir() for line in one.read_bytes().split(b"\n")}
    assert {b"%s %d" % (who, number) for who in (b"ours", b"theirs") for number in rounds} <= lines


# After a process died on the way


BEFORE, AFTER, THEIRS = b"- [ ] one\r\n", b"new\n", b"theirs\n"


@pytest.mark.parametrize(
    ("on_path", "aside", "ends_as"),
    [
        (BEFORE, AFTER, BEFORE),  # died before the swap
        (AFTER, BEFORE, AFTER),  # after it, before looking: nobody had written
        (AFTER, THEIRS, THEIRS),  # the same, but somebody had written: theirs comes back
        (THEIRS, AFTER, THEIRS),  # after swapping back
        (b"later\n", BEFORE, b"later\n"),  # looked at only after a person went on
    ],
)
def test_what_a_dead_process_left_is_put_in_order(
    roadmap: Path, on_path: bytes, aside: bytes, ends_as: bytes
) -> None:
    roadmap.write_bytes(on_path)
    (roadmap.parent / ".ROADMAP.md.x1.syncd").write_bytes(aside)
    (roadmap.parent / ".ROADMAP.md.x2.part").write_bytes(b"half of")
    (roadmap.parent / ".OTHER.md.x3.part").write_bytes(b"not ours to touch")
    mend(roadmap, before=content_hash(BEFORE), after=content_hash(AFTER))
    assert roadmap.read_bytes() == ends_as
    assert names(roadmap.parent) == [".OTHER.md.x3.part", "ROADMAP.md"]


def test_two_edits_that_a_dead_process_left_apart_are_both_kept(roadmap: Path) -> None:
    roadmap.write_bytes(b"ann\n")
    (roadmap.parent / ".ROADMAP.md.x1.syncd").write_bytes(b"bob\n")
    mend(roadmap, before=content_hash(BEFORE), after=content_hash(AFTER))
    assert roadmap.read_bytes() == b"ann\n"
    assert sorted(one.read_bytes() for one in roadmap.parent.iterdir()) == [b"ann\n", b"bob\n"]


# The work tree


def test_outside_of_a_work_tree_nothing_is_known(tmp_path: Path) -> None:
    assert (git_head(tmp_path), git_busy(tmp_path), git_remotes(tmp_path)) == (None, None, {})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    git = tmp_path / ".git"
    (tmp_path / "docs").mkdir()
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/feature/one\n", encoding="ascii")
    (git / "config").write_text(
        '[core]\n\turl = not-a-remote\n[remote "origin"]\n\turl = git@github.com:acme/widgets.git\n'
        '\turl = second\n[branch "main"]\n\tremote = origin\n[remote "fork"]\n  URL="https://github.com/ann/widgets"\n',
        encoding="ascii",
    )
    return tmp_path


def test_branch_and_remotes_are_read_from_any_folder_of_the_tree(tree: Path) -> None:
    assert git_head(tree / "docs") == "feature/one"
    assert git_remotes(tree / "docs") == {
        "origin": "git@github.com:acme/widgets.git",
        "fork": "https://github.com/ann/widgets",
    }


def test_no_branch_is_told_from_no_tree(tree: Path) -> None:
    (tree / ".git" / "HEAD").write_text("0123456789abcdef0123456789abcdef01234567\n", encoding="ascii")
    assert git_head(tree) == "HEAD"


@pytest.mark.parametrize(
    "name", ["MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD"]
)
def test_a_merge_or_rebase_is_seen(tree: Path, name: str) -> None:
    assert git_busy(tree) is None
    (tree / ".git" / name).mkdir()
    assert git_busy(tree / "docs")


def test_a_linked_work_tree_has_its_own_branch_and_the_common_remotes(tree: Path, tmp_path: Path) -> None:
    own = tree / ".git" / "worktrees" / "side"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/side\n", encoding="ascii")
    (own / "commondir").write_text("../..\n", encoding="ascii")
    side = tmp_path / "docs" / "side"
    side.mkdir()
    (side / ".git").write_text(f"gitdir: {own}\n", encoding="ascii")
    assert git_head(side) == "side"
    assert git_remotes(side).keys() == {"origin", "fork"}
    (own / "MERGE_HEAD").write_text("", encoding="ascii")
    assert git_busy(side)
    assert git_busy(tree) is None
