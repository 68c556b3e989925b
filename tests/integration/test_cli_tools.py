"""`syncd outline`, `sandbox`, `schema` and `completion`: what needs no configuration."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from syncd import cli
from tests.conftest import ROOT, Seed

ROADMAP = """\
# Widgets

## Phase 1 (0/2 Complete)

- [ ] Glue it @ann (due 2026-01-15)
  - [x] Buy glue
- [x] Paint it
- [] Sell it

## Definition of Done

- [ ] Tested
"""


@pytest.fixture
def roadmap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "ROADMAP.md"
    path.write_text(ROADMAP)
    return path


def test_the_outline_of_every_seed_is_its_golden_one(seed: Seed, capsys: pytest.CaptureFixture[str]) -> None:
    golden = json.loads(seed.golden.read_text(encoding="utf-8"))
    assert cli.main(["outline", "--json", str(seed.roadmap)]) == 0
    outline = json.loads(capsys.readouterr().out)
    boxes = sum(task["kind"] == "box" for stone in outline["milestones"] for task in stone["tasks"])
    boxes += sum(task["kind"] == "box" for task in outline["unfiled"])
    aside = sum(one["boxes"] for one in outline["not_tasks"])
    assert outline["totals"]["boxes"] == boxes + aside + outline["totals"]["checklist"]
    if seed.name == "p3roadmap":  # its golden file is the one with a mapping
        assert [outline["totals"][key] for key in ("milestones", "tasks", "tasks_done")] == [8, 60, 44]
        return
    assert golden["totals"].items() <= outline["totals"].items()
    assert [stone["title"] for stone in outline["milestones"]] == [
        one["title"] for one in golden["milestones"]
    ]


def test_the_outline_for_people_shows_what_is_no_task_and_why(
    roadmap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["outline", "ROADMAP.md"]) == 0
    out = capsys.readouterr().out
    assert "1 milestone, 3 tasks (1 done), 1 checklist item (1 done); 5 boxes in the file" in out
    assert re.search(r"○ Glue it .* 1/1 .*2026-01-15.*@ann", out)
    assert "1 box in line 12: under “Definition of Done”" in out
    assert re.search(r"^ROADMAP\.md:8: box-without-space: ", out, re.MULTILINE)
    assert "\x1b" not in out


def test_colours_only_where_they_are_wanted(
    roadmap: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["--color", "always", "outline", "ROADMAP.md"]) == 0
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert cli.main(["--color", "auto", "outline", "ROADMAP.md"]) == 0
    assert "\x1b[" not in capsys.readouterr().out


def test_an_outline_with_the_mapping_of_a_configuration(
    roadmap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("syncd.yaml").write_text(
        "remotes: {github: {kind: github, project: acme/widgets}}\n"
        "roadmaps: {main: {path: ROADMAP.md, remotes: [github], mapping: {include: [Definition of Done]}}}\n"
    )
    assert cli.main(["outline", "--json", "--config", "syncd.yaml", "ROADMAP.md"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["tasks"] == 4
    assert cli.main(["outline", "--config", "syncd.yaml", "OTHER.md"]) == 65
    Path("OTHER.md").write_text("# x\n")
    assert cli.main(["outline", "--config", "syncd.yaml", "OTHER.md"]) == 64


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("# Müde\n".encode("utf-16"), "UTF-16"),
        (b"# x\n<<<<<<< ours\n- [ ] a\n=======\n- [ ] b\n>>>>>>> theirs\n", "bad.md:2"),
    ],
)
def test_what_is_no_roadmap_is_refused_with_file_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    (tmp_path / "bad.md").write_bytes(content)
    assert cli.main(["outline", str(tmp_path / "bad.md")]) == 65
    err = capsys.readouterr().err
    assert said in err
    assert "hint: " in err


def test_a_title_cannot_move_the_cursor_nor_break_the_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.md").write_bytes(b"# x\n\n## Phase 1\n\n- [ ] a\x1b[2Jb \xff\n")
    assert cli.main(["outline", str(tmp_path / "x.md")]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert cli.main(["outline", "--json", str(tmp_path / "x.md")]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["tasks"] == 1


def test_the_schema_is_one_and_accepts_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    for example in (ROOT / "config").glob("*.yaml"):
        jsonschema_rs.validate(schema, yaml.safe_load(example.read_text(encoding="utf-8")))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    assert "_SYNCD_COMPLETE" in capsys.readouterr().out


def sandbox(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """A sandbox in a process of its own, and what it said of itself."""
    running = subprocess.Popen(
        [sys.executable, "-m", "syncd", "sandbox", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    said = dict(running.stdout.readline().rstrip().split(None, 1) for _ in range(3))
    return running, said


def ask(
    said: dict[str, str], path: str, body: dict[str, str] | None = None, token: str = ""
) -> dict[str, object]:
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
        said["API:"].split()[0] + path,
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Bearer {token or said['token:']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        found: dict[str, object] = json.load(answer)
        return found


def test_the_sandbox_serves_until_it_is_told_to_end_and_keeps_what_a_file_can_keep(tmp_path: Path) -> None:
    options = ("--db", str(tmp_path / "tracker.db"), "--project", "me/mine", "--token", "abc-123")
    running, said = sandbox(*options)
    assert said["page:"].endswith("/me/mine")
    made = ask(said, "/repos/me/mine/issues", {"title": "Paint it"})
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "Traceback" not in err
    again, said = sandbox(*options)
    assert ask(said, f"/repos/me/mine/issues/{made['number']}")["title"] == "Paint it"
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=60)
    assert again.returncode == 0


def test_a_sandbox_on_a_port_that_is_taken_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    running, said = sandbox()
    port = said["API:"].split(":")[2].partition("/")[0]
    assert cli.main(["sandbox", "--port", port]) == 1
    assert port in capsys.readouterr().err
    assert cli.main(["sandbox", "--port", "0", "--project", "nonsense"]) == 64
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
