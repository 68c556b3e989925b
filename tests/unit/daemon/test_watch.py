"""Files that people save, by whatever their editor does."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from syncd.daemon.watch import Watch


class Watched:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: SimpleQueue[Path] = SimpleQueue()
        self.watch = Watch(self.said.put)
        self.watch.follow({path: None})

    def looks(self) -> list[Path]:
        """What one look finds."""
        self.watch.look()
        found = []
        while True:
            try:
                found.append(self.said.get_nowait())
            except Empty:
                return found


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    path = tmp_path / "ROADMAP.md"
    path.write_text("one\n", encoding="utf-8")
    return Watched(path)


def test_what_is_there_at_the_beginning_is_no_news(watched: Watched) -> None:
    assert watched.looks() == []


def test_a_change_is_told_once(watched: Watched) -> None:
    watched.path.write_text("two, and longer\n", encoding="utf-8")
    assert watched.looks() == [watched.path]
    assert watched.looks() == []


def test_a_file_of_the_same_length_that_took_its_place_is_another_one(watched: Watched) -> None:
    beside = watched.path.with_suffix(".new")
    beside.write_text("two\n", encoding="utf-8")
    beside.replace(watched.path)
    assert watched.looks() == [watched.path]


def test_a_file_that_goes_and_comes_is_told_both_times(watched: Watched) -> None:
    watched.path.unlink()
    assert watched.looks() == [watched.path]
    watched.path.write_text("one\n", encoding="utf-8")
    assert watched.looks() == [watched.path]


def test_a_link_whose_target_is_exchanged_is_told_as_kubernetes_does_it(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "syncd.yaml").write_text(name, encoding="utf-8")
    (tmp_path / "..data").symlink_to("first")
    path = tmp_path / "syncd.yaml"
    path.symlink_to(Path("..data") / "syncd.yaml")
    watched = Watched(path)
    (tmp_path / "new").symlink_to("second")
    (tmp_path / "new").rename(tmp_path / "..data")
    assert watched.looks() == [path]


def test_another_file_beside_it_is_not_told(watched: Watched) -> None:
    (watched.path.parent / "other.md").write_text("x", encoding="utf-8")
    assert watched.looks() == []


def test_files_that_were_watched_before_keep_what_is_known_of_them(watched: Watched, tmp_path: Path) -> None:
    watched.path.write_text("changed before the new configuration\n", encoding="utf-8")
    watched.watch.follow({watched.path: None, tmp_path / "new.md": None})
    assert watched.looks() == [watched.path]


@pytest.fixture
def running(watched: Watched) -> Iterator[Watched]:
    watched.watch.start()
    yield watched
    watched.watch.stop()


def test_the_system_reports_and_it_is_told_soon(running: Watched) -> None:
    running.path.write_text("saved by somebody\n", encoding="utf-8")
    assert running.said.get(timeout=20) == running.path


def test_a_new_folder_is_watched_from_then_on(running: Watched, tmp_path: Path) -> None:
    folder = tmp_path / "deeper"
    folder.mkdir()
    path = folder / "TODO.md"
    running.watch.follow({running.path: None, path: None})
    path.write_text("here\n", encoding="utf-8")
    assert running.said.get(timeout=20) == path
