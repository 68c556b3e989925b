"""`syncd check`: lines that editors and CI understand, exit codes, and a repair that touches counters alone."""

import json
import os
import re
import stat
from pathlib import Path

import pytest
import yaml

from syncd import cli
from syncd.model.outline import Reading
from syncd.roadmap.check import CODES
from syncd.state import Store
from syncd.state.words import Remembered
from tests.conftest import ROOT, Seed

STALE = "# Widgets\n\n## Phase 1 (0/2 Complete)\n\n- [x] Glue it\n- [ ] Paint it\n"
TIDY = STALE.replace("0/2", "1/2")
CONFIG = """\
remotes:
  github: {kind: github, project: acme/widgets, token: $NOT_SET_HERE}
roadmaps:
  main:
    path: plan.md
    remotes: [github]
"""

Out = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> int:
    return cli.main(["check", *arguments])


def reported(capsys: Out, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    code = check("--json", *arguments)
    return code, json.loads(capsys.readouterr().out)


# -- what is checked ----------------------------------------


def test_the_roadmap_of_a_folder_is_found_by_its_usual_name(folder: Path, capsys: Out) -> None:
    (folder / "todo.md").write_text(STALE)
    assert check() == 1
    assert capsys.readouterr().out.split("\n")[:2] == [
        "todo.md:3:13: stale-counter: says 0/2, a count gives 1/2",
        "1 roadmap checked: 1 warning",
    ]


def test_a_tidy_roadmap_ends_with_0(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text(TIDY)
    assert check() == 0
    assert capsys.readouterr().out == "1 roadmap checked: nothing to mend\n"


def test_notes_fail_nothing(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text(TIDY + "\n```\n- [ ] hidden\n```\n")
    code, lines = reported(capsys)
    assert (code, [(line["code"], line["level"]) for line in lines]) == (0, [("boxes-not-read", "note")])


def test_named_files_are_checked_each(folder: Path, capsys: Out) -> None:
    (folder / "a.md").write_text(STALE)
    (folder / "b.md").write_text(TIDY)
    code, lines = reported(capsys, "a.md", "b.md")
    assert (code, [line["file"] for line in lines]) == (1, ["a.md"])


def test_the_configured_roadmaps_are_read_with_their_mapping(folder: Path, capsys: Out) -> None:
    (folder / "plan.md").write_text(STALE + "\n## Chores (0/1)\n\n- [x] Sweep\n")
    _, auto = reported(capsys, "plan.md")
    assert [line["line"] for line in auto] == [3, 8]
    (folder / "syncd.yaml").write_text(CONFIG + "    mapping: {ignore: [Chores]}\n")
    _, mapped = reported(capsys)
    _, named = reported(capsys, "plan.md")
    _, plain = reported(capsys, "--config", "syncd.yaml", str(folder / "plan.md"))
    assert [line["line"] for line in mapped] == [3]
    assert mapped == named == plain


def test_a_check_needs_no_token(folder: Path) -> None:
    (folder / "plan.md").write_text(TIDY)
    (folder / "syncd.yaml").write_text(CONFIG)
    assert check() == 0


def test_what_the_first_sync_found_is_remembered_here_too(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text("# A\n\n## Phase 1\n### a\n- [ ] b\n\n## Phase 2\n### c\n- [ ] d\n")
    from syncd import app

    with Store.open(folder / ".syncd/state.db", clock=app.now, mint=app.mint) as store:
        store.commit("main", Remembered(reading=Reading(3, ("a", "c")), scope="x"))
    _, lines = reported(capsys)
    assert [line["code"] for line in lines] == ["reading-changed"]
    (folder / ".syncd/state.db").write_bytes(b"torn")
    assert check() == 0


# -- errors: one line each ----------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("utf16.md", "# A\n\n- [ ] b\n".encode("utf-16"), "utf16.md:1:1: unreadable: the file is UTF-16, not UTF-8"),
        ("binary.md", b"# A\n" + b"x" * 40 + b"\0\n", "binary.md:2:1: unreadable: binary data (a NUL byte)"),
        ("merge.md", b"<<<<<<< ours\na\n=======\n>>>>>>> b\n", "merge.md:1:1: unreadable: merge conflict markers"),
        ("vanished.md", None, "vanished.md: unreadable: there is no such file"),
        ("empty.md", b"", "empty.md:1:1: no-tasks: the file is empty"),
        ("blank.md", b" \n\n", "blank.md:1:1: no-tasks: the file is empty"),
    ],
)  # fmt: skip
def test_one_message_for_each_file_that_is_none(
    folder: Path, capsys: Out, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    code = check(name)
    out = capsys.readouterr()
    assert out.out.split("\n")[0] == said
    assert out.out.count("\n") == 2
    assert code == (1 if "no-tasks" in said else 65)
    assert ("hint: " in out.err) == (code == 65)


def test_fifty_megabytes_are_no_roadmap(folder: Path, capsys: Out) -> None:
    with (folder / "large.md").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert check("large.md") == 65
    assert capsys.readouterr().out.startswith("large.md: unreadable: larger than 20 MiB\n")


def test_folders_links_and_what_may_not_be_read(folder: Path, capsys: Out) -> None:
    (folder / "real.md").write_text(TIDY)
    (folder / "link.md").symlink_to("real.md")
    (folder / "folder.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    code, lines = reported(capsys, "link.md", "folder.md", "pipe.md", "real.md")
    assert code == 65
    assert [line["code"] for line in lines] == ["refused"] * 3
    assert [line["file"] for line in lines] == ["link.md", "folder.md", "pipe.md"]


def test_an_unreadable_file(folder: Path, capsys: Out) -> None:
    (folder / "shut.md").write_text(TIDY)
    (folder / "shut.md").chmod(0)
    folder.chmod(0o755)
    root = os.geteuid() == 0
    try:
        if root:  # who may read everything; so somebody else asks
            os.seteuid(65534)
        assert check("shut.md") == 65
    finally:
        if root:
            os.seteuid(0)
    assert capsys.readouterr().out.startswith("shut.md: unreadable: cannot be read: Permission denied\n")


def test_an_error_in_one_file_leaves_the_others_their_findings(folder: Path, capsys: Out) -> None:
    (folder / "a.md").write_text(STALE)
    code, lines = reported(capsys, "gone.md", "a.md")
    assert (code, [line["code"] for line in lines]) == (65, ["unreadable", "stale-counter"])


def test_nothing_to_check_at_all(folder: Path, capsys: Out) -> None:
    assert check() == 78
    assert ": configuration: no syncd.yaml, and none of ROADMAP.md" in capsys.readouterr().out


# -- configuration ------------------------------------------


def test_an_error_of_the_configuration_has_its_place(folder: Path, capsys: Out) -> None:
    (folder / "plan.md").write_text(STALE)
    (folder / "syncd.yaml").write_text(CONFIG + "    evry: 5m\n")
    code, lines = reported(capsys, "plan.md")
    assert (code, [line["code"] for line in lines]) == (78, ["configuration", "stale-counter"])
    assert (lines[0]["file"], lines[0]["line"], lines[0]["column"]) == ("syncd.yaml", 7, 5)
    assert str(lines[0]["message"]).startswith("roadmaps.main.evry: ")


@pytest.mark.parametrize("key", ["ignore: [Chores]", "include: [Chores]", 'milestone: "Week *"'])
def test_a_mapping_that_cannot_be_read_with_is_an_error_of_the_configuration(
    folder: Path, capsys: Out, key: str
) -> None:
    (folder / "plan.md").write_text(TIDY)
    (folder / "syncd.yaml").write_text(CONFIG + f"    mapping:\n      {key}\n")
    code, (line,) = reported(capsys)
    assert code == 78
    name = key.partition(":")[0]
    assert (line["file"], line["line"], line["column"], line["code"]) == ("syncd.yaml", 8, 7, "configuration")
    assert str(line["message"]).startswith(f"roadmaps.main.mapping.{name}: no heading ")
    assert "Phase 1" in str(line["hint"])


def test_a_mapping_that_matches_nothing_is_found_at_its_key(folder: Path, capsys: Out) -> None:
    (folder / "plan.md").write_text(TIDY)
    mapping = '    mapping:\n      task:\n        - box\n        - "Tusk *"\n      marks: {"!": done}\n'
    (folder / "syncd.yaml").write_text(CONFIG + mapping)
    code, lines = reported(capsys)
    assert code == 1
    assert [(line["line"], line["column"], line["code"]) for line in lines] == [
        (10, 11, "mapping-unused"),
        (11, 15, "mapping-unused"),
    ]


# -- --fix --------------------------------------------------


def test_fix_repairs_counters_and_a_second_check_is_clean(folder: Path, capsys: Out) -> None:
    path = folder / "ROADMAP.md"
    path.write_text(STALE)
    path.chmod(0o640)
    code, lines = reported(capsys, "--fix")
    assert (code, [(line["level"], line["line"], line["code"]) for line in lines]) == (
        0,
        [("fixed", 3, "stale-counter")],
    )
    assert path.read_text() == TIDY
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(folder.iterdir()) == [path]
    before = path.stat()
    assert check("--fix") == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_fix_does_not_repair_is_still_found(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text(STALE + "- [x] Sell it\n  - [ ] shop\n")
    assert check("--fix") == 1
    out = capsys.readouterr().out
    assert "fixed: stale-counter: says 0/2, a count gives 2/3" in out
    assert "ROADMAP.md:7:7: parent-done: " in out
    assert out.endswith("1 roadmap checked: 1 warning, 1 fixed\n")


def test_without_fix_nothing_is_written(folder: Path) -> None:
    path = folder / "ROADMAP.md"
    path.write_text(STALE)
    before = path.stat()
    assert check() == 1
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [one.name for one in folder.iterdir()] == ["ROADMAP.md"]


def test_a_file_that_may_not_be_written_is_reported_with_its_findings(folder: Path, capsys: Out) -> None:
    path = folder / "ROADMAP.md"
    path.write_text(STALE)
    path.chmod(0o444)
    code, lines = reported(capsys, "--fix")
    assert (code, [line["code"] for line in lines]) == (65, ["refused", "stale-counter"])
    assert path.read_text() == STALE


def test_fix_on_every_seed(seed: Seed, folder: Path, capsys: Out) -> None:
    path = folder / "ROADMAP.md"
    before = seed.roadmap.read_bytes()
    path.write_bytes(before)
    check("--fix")
    capsys.readouterr()
    _, lines = reported(capsys)
    assert "stale-counter" not in {line["code"] for line in lines}
    old, new = before.split(b"\n"), path.read_bytes().split(b"\n")
    changed = [number for number, pair in enumerate(zip(old, new, strict=True), 1) if pair[0] != pair[1]]
    assert changed == ([6, 14, 15, 16, 17, 18] if seed.name == "ofsc" else [])
    digits = re.compile(rb"\d+")
    assert [digits.sub(b"", line) for line in old] == [digits.sub(b"", line) for line in new]


def test_ofsc_is_told_that_it_claims_202_and_85_tasks(shared: Path, folder: Path, capsys: Out) -> None:
    assert check(str(shared / "seeds/ofsc.md")) == 1
    out = capsys.readouterr().out
    assert "ofsc.md:6:23: stale-counter: says 15/202 (7%), a count gives 15/117 (13%)" in out
    assert "ofsc.md:14:25: stale-counter: says 15/85 (18%), a count gives 15/45 (33%)" in out


def test_ratchet_is_told_that_its_overview_disagrees(shared: Path, capsys: Out) -> None:
    _, lines = reported(capsys, str(shared / "seeds/ratchet.md"))
    (line,) = [line for line in lines if line["code"] == "overview-disagrees"]
    text = (shared / "seeds/ratchet.md").read_text(encoding="utf-8").split("\n")
    assert "(#13)" in text[int(str(line["line"])) - 1]


# -- how it is said -----------------------------------------


def test_ignored_codes_are_not_said_and_do_not_count(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text(STALE)
    assert reported(capsys, "--ignore", "stale-counter") == (0, [])
    assert check("--ignore", "stale-conter") == 64


def test_colours_follow_the_wish(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text(STALE)
    cli.main(["--color", "always", "check"])
    assert "\x1b[33mstale-counter\x1b[0m" in capsys.readouterr().out
    check()
    assert "\x1b" not in capsys.readouterr().out


def test_a_secret_is_not_repeated(folder: Path, capsys: Out) -> None:
    secret = "ghp_" + "A7bQ9dKe2Lm4Np6Rs8TuVwXyZ0gHiJcFo1S3"
    (folder / "ROADMAP.md").write_text(f"- [ ] push with {secret}\n")
    assert check() == 1
    out = capsys.readouterr()
    assert "ROADMAP.md:1:17: likely-secret: " in out.out
    assert secret[4:] not in out.out + out.err


def test_outline_says_which_counters_are_stale(folder: Path, capsys: Out) -> None:
    (folder / "ROADMAP.md").write_text(STALE)
    assert cli.main(["outline", "--json", "ROADMAP.md"]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert (warning["line"], warning["code"]) == (3, "stale-counter")


# -- documents ----------------------------------------------

PAGE = (ROOT / "docs/checking.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_with_its_level(code: str) -> None:
    assert re.search(rf"^\| `{code}` \| {CODES[code]} \| \S", PAGE, re.MULTILINE)


def test_the_hook_runs_this_command() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"].split() == ["syncd", "check"]
    assert f"id: {hook['id']}" in PAGE
    pattern = re.compile(hook["files"])
    for name in ("ROADMAP.md", "docs/ROADMAP.md", "TODO.md", "tasks.md", "specs/001/tasks.md"):
        assert pattern.search(name)
    assert not pattern.search("README.md")
