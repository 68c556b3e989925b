"""`syncd demo`: every step does what it says, on the sample and on every seed."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from syncd import cli
from syncd.cli.demo_steps import Demo
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source
from tests.conftest import Seed

SAMPLE = files("syncd") / "sample" / "ROADMAP.md"


def diff_of(out: str) -> list[str]:
    """The changed lines of the last diff that was shown."""
    lines = out.rpartition("the file's diff\n")[2].split("\n")
    return [line for line in lines if re.match(r"[+-]", line)]


def test_the_demo_of_the_sample_ends_after_a_minimal_diff(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--once"]) == 0
    out = capsys.readouterr().out
    assert "4 milestones created, 14 issues created, 7 issues closed" in out
    assert (
        "nothing to do: 3 requests, 0 of them writes" in out or "nothing to do: 4 requests, 0 of them" in out
    )
    assert diff_of(out) == [
        "-**Overall Progress**: 50% (7/14 tasks complete)",
        "+**Overall Progress**: 57% (8/14 tasks complete)",
        "-## ✅ Completed (7/14)",
        "+## ✅ Completed (8/14)",
        "-## ⏳ To do (7/14)",
        "+## ⏳ To do (6/14)",
        "-### Week 3: The web page (0/4 Complete) - HIGH PRIORITY",
        "+### Week 3: The web page (1/4 Complete) - HIGH PRIORITY",
        "-- [ ] From, to and date, without scripts",
        "+- [x] From, to and date, without scripts",
        "-#### Task 3.2: Results (2-3 hours) ⏳",
        "+#### Task 3.2: Results (2-3 hours) ✅",
    ]


def test_the_demo_of_every_seed_ends_after_its_diff_and_leaves_the_file_alone(
    seed: Seed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = seed.roadmap.read_bytes()
    assert cli.main(["demo", "--once", str(seed.roadmap)]) == 0
    out = capsys.readouterr().out
    assert "0 of them writes; the file is untouched" in out
    assert any(line.startswith("+") and "x" in line for line in diff_of(out))
    assert seed.roadmap.read_bytes() == before


def test_the_demo_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.main(["demo", "--once"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_said_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "nowhere.md", "--once"]) == 65
    assert "nowhere.md" in capsys.readouterr().err


def test_a_file_without_tasks_is_a_short_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n\nNothing to do.\n")
    assert cli.main(["demo", str(tmp_path / "notes.md"), "--once"]) == 0
    assert "no issue to work on" in capsys.readouterr().out


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    path = tmp_path / "ROADMAP.md"
    path.write_bytes(SAMPLE.read_bytes())
    with Demo.on(path) as demo:
        demo.steps()
        yield demo


def test_an_edit_on_the_page_arrives_in_the_file_at_the_next_look(demo: Demo) -> None:
    demo.look()
    assert not demo.look()
    ann = demo.sandbox.person()
    open_issue = next(issue for issue in ann.issues() if issue.state == "open")
    ann.edit_issue(open_issue.number, title="Task 3.1: The search form")
    assert demo.look()
    assert "#### Task 3.1: The search form (3-4 hours) ⏳" in demo.path.read_text()
    assert not demo.look()


def test_an_edit_of_the_file_arrives_on_the_tracker_at_the_next_look(demo: Demo) -> None:
    demo.look()
    demo.path.write_text(demo.path.read_text().replace("- [ ] Task 4.2: Move", "- [x] Task 4.2: Move"))
    assert demo.look()
    issue = next(one for one in demo.sandbox.person().issues() if one.title.startswith("Task 4.2"))
    assert issue.state == "closed"
    assert not demo.look()


def test_a_file_that_cannot_be_read_for_a_while_does_not_end_the_demo(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.look()
    content = demo.path.read_bytes()
    demo.path.write_bytes(content.decode().encode("utf-16"))
    assert demo.look()
    assert "UTF-16" in capsys.readouterr().err
    demo.path.write_bytes(content)
    assert demo.look()


def test_the_page_stays_up_until_it_is_told_to_end() -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "syncd", "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    told = iter(running.stderr.readline, "")
    page = next(line for line in told if line.startswith("page:")).split()[1]
    assert page.startswith("http://127.0.0.1:")
    assert "Ctrl-C" in next(told)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "Traceback" not in err


def test_the_sample_uses_what_roadmaps_use() -> None:
    outline = read(Source.of(SAMPLE.read_bytes(), "ROADMAP.md")).outline
    tasks = list(outline.tasks())
    assert {task.kind for task in tasks} == {"box", "heading"}
    assert any(task.checklist for task in tasks)
    assert outline.not_tasks
    assert not outline.warnings
