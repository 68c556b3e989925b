"""`syncd init`: what a clone says of itself becomes a configuration that works, and nothing is ever overwritten."""

import io
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from syncd import app, cli
from syncd.config import load, origins
from syncd.config.writing import Found, commented, write
from syncd.errors import UsageError
from syncd.model.outline import Reading
from syncd.model.policy import ReadingRules
from syncd.sandbox import Sandbox
from syncd.sandbox.server import BOT_TOKEN
from syncd.state import Store, hold, lock_path
from syncd.state.words import Remembered
from tests.conftest import ROOT, Seed

PLAN = """\
# Widgets

## Phase 1: Build (1/2 Complete)

- [x] Cut the wood
- [ ] Glue it

## Phase 2: Sell

### Task 1: Find a shop ⏳
- [ ] ask Ann

## Definition of Done

- [ ] tested
"""
GITHUB = {"origin": "https://github.com/acme/widgets.git"}

Out = pytest.CaptureFixture[str]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return with_remotes(tmp_path, GITHUB)


def with_remotes(folder: Path, remotes: Mapping[str, str]) -> Path:
    (folder / ".git").mkdir(exist_ok=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    text = "".join(f'[remote "{name}"]\n\turl = {address}\n' for name, address in remotes.items())
    (folder / ".git/config").write_text(text)
    return folder


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{answer}\n" for answer in answers)))


def written(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    values: dict[str, dict[str, dict[str, object]]] = yaml.safe_load((folder / "syncd.yaml").read_text())
    return values


# -- what is written ----------------------------------------


def test_a_clone_with_a_usual_roadmap_needs_no_question(clone: Path, capsys: Out) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    assert cli.main(["init"]) == 0
    out = capsys.readouterr().out
    assert "2 milestones, 3 tasks (1 done)" in out
    assert "Phase 1: Build  open, 1/2" in out
    assert written(clone) == {
        "state": ".syncd/state.db",
        "remotes": {"github": {"kind": "github", "project": "acme/widgets"}},
        "roadmaps": {"main": {"path": "ROADMAP.md", "remotes": ["github"]}},
    }
    settings = load(clone / "syncd.yaml", {})
    assert settings.reading_rules("main") == ReadingRules()


def test_the_next_run_works_with_what_was_written(
    clone: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    monkeypatch.setenv("SYNCD_REMOTES__GITHUB__URL", sandbox.url)
    monkeypatch.setenv("SYNCD_REMOTES__GITHUB__TOKEN", BOT_TOKEN)
    assert cli.main(["init", "--yes"]) == 0
    assert cli.main(["check"]) == 0
    capsys.readouterr()
    assert cli.main(["run", "--dry-run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["create"] == 5  # three tasks, two milestones
    assert sandbox.person().issues() == []


def test_what_auto_found_stands_there_to_be_uncommented(seed: Seed, clone: Path, capsys: Out) -> None:
    (clone / "ROADMAP.md").write_bytes(seed.roadmap.read_bytes())
    assert cli.main(["init"]) == 0
    path = clone / "syncd.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"^    # (mapping:|  \w+:)", r"    \1", text, flags=re.MULTILINE), encoding="utf-8"
    )
    assert load(path, {}).reading_rules("main") != ReadingRules()
    capsys.readouterr()
    auto = outlined(capsys, "ROADMAP.md")
    assert outlined(capsys, "ROADMAP.md", "--config", "syncd.yaml") == auto


def outlined(capsys: Out, *arguments: str) -> object:
    assert cli.main(["outline", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_file_that_is_there_is_never_overwritten(clone: Path, capsys: Out) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    (clone / "syncd.yaml").write_text("mine\n")
    assert cli.main(["init", "--yes"]) == 64
    assert "--update" in capsys.readouterr().err
    assert (clone / "syncd.yaml").read_text() == "mine\n"
    (clone / "dangling.yaml").symlink_to("nowhere")
    assert cli.main(["init", "--config", "dangling.yaml"]) == 64
    assert not (clone / "nowhere").exists()


def test_a_file_that_somebody_else_wrote_meanwhile_stays_too(clone: Path) -> None:
    path = clone / "syncd.yaml"
    path.write_text("mine\n")
    text = commented(Found("R.md", (), 1, 0, ReadingRules()), origins(GITHUB), ())
    with pytest.raises(UsageError):
        write(path, text, {})
    assert path.read_text() == "mine\n"


def test_another_place_for_the_file(clone: Path) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    assert cli.main(["init", "--config", "ci.yaml"]) == 0
    assert load(clone / "ci.yaml", {}).path("main") == clone / "ROADMAP.md"
    assert cli.main(["init", "--config", "no/such/folder.yaml"]) == 78


# -- which roadmap ------------------------------------------


def test_a_roadmap_is_found_by_its_boxes(clone: Path, capsys: Out) -> None:
    (clone / "plans").mkdir()
    (clone / "plans/2026.md").write_text(PLAN)
    (clone / "notes.md").write_text("- [ ] a\n- [ ] b\n- [x] c\n")
    (clone / "README.md").write_text("# Widgets\n\n- [ ] one box is no roadmap\n")
    for hidden in (".github", "node_modules", "vendor"):
        (clone / hidden).mkdir()
        (clone / hidden / "big.md").write_text("- [ ] a\n" * 50)
    assert cli.main(["init"]) == 0
    assert written(clone)["roadmaps"]["main"]["path"] == "plans/2026.md"
    assert "Found too: notes.md (0 milestones, 3 tasks)." in (clone / "syncd.yaml").read_text()
    assert "README.md" not in capsys.readouterr().err


def test_the_usual_name_comes_before_more_boxes(clone: Path) -> None:
    (clone / "TODO.md").write_text("- [ ] a\n")
    (clone / "big.md").write_text("- [ ] a\n- [ ] b\n- [ ] c\n" * 20)
    assert cli.main(["init"]) == 0
    assert written(clone)["roadmaps"]["main"]["path"] == "TODO.md"


def test_a_named_file(clone: Path, capsys: Out) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    (clone / "a: #plan.md").write_text(PLAN)
    assert cli.main(["init", "a: #plan.md"]) == 0
    assert written(clone)["roadmaps"]["main"]["path"] == "a: #plan.md"
    assert cli.main(["init", "--config", "b.yaml", "gone.md"]) == 65
    assert not (clone / "b.yaml").exists()


def test_without_a_roadmap_nothing_is_written(clone: Path, capsys: Out) -> None:
    (clone / "README.md").write_text("# Widgets\n")
    (clone / "ROADMAP.md").write_bytes("- [ ] a\n".encode("utf-16"))
    assert cli.main(["init"]) == 78
    err = capsys.readouterr().err
    assert "UTF-16" in err
    assert "no roadmap found" in err
    assert not (clone / "syncd.yaml").exists()


def test_a_person_chooses_among_several(clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    (clone / "TODO.md").write_text("- [ ] a\n")
    answering(monkeypatch, "7", "2")
    assert cli.main(["init"]) == 0
    assert written(clone)["roadmaps"]["main"]["path"] == "TODO.md"
    assert "1  ROADMAP.md: 2 milestones, 3 tasks" in capsys.readouterr().err


def test_yes_asks_nothing(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    (clone / "TODO.md").write_text("- [ ] a\n")
    answering(monkeypatch)
    assert cli.main(["init", "--yes"]) == 0
    assert written(clone)["roadmaps"]["main"]["path"] == "ROADMAP.md"


# -- which project ------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind", "host", "project"),
    [
        ("https://github.com/acme/widgets.git", "github", "github.com", "acme/widgets"),
        ("git@github.com:acme/widgets.git", "github", "github.com", "acme/widgets"),
        ("ssh://git@github.com:22/acme/widgets", "github", "github.com", "acme/widgets"),
        ("https://ann:secret@gitlab.com/a/b/c.git/", "gitlab", "gitlab.com", "a/b/c"),
        ("git@gitlab.example.org:a/b.git", "gitlab", "gitlab.example.org", "a/b"),
        ("https://github.example.org/acme/w.i", "github", "github.example.org", "acme/w.i"),
        ("https://git.example.org/acme/widgets", None, "git.example.org", "acme/widgets"),
    ],
)
def test_addresses_of_git_remotes(address: str, kind: str | None, host: str, project: str) -> None:
    (one,) = origins({"origin": address})
    assert (one.kind, one.host, one.project) == (kind, host, project)


@pytest.mark.parametrize(
    "address", ["/srv/widgets.git", "file:///srv/widgets.git", "https://github.com/acme", ""]
)
def test_addresses_that_name_no_project(address: str) -> None:
    assert origins({"origin": address}) == ()


def test_a_project_on_a_host_of_its_own_says_where(clone: Path) -> None:
    with_remotes(clone, {"origin": "https://ann:secret@gitlab.example.org/a/b/c.git", "up": GITHUB["origin"]})
    (clone / "ROADMAP.md").write_text(PLAN)
    assert cli.main(["init"]) == 0
    assert written(clone)["remotes"] == {
        "gitlab": {"kind": "gitlab", "project": "a/b/c", "url": "https://gitlab.example.org"}
    }
    text = (clone / "syncd.yaml").read_text()
    assert "Found too: acme/widgets on github.com, from the git remote up." in text
    assert "secret" not in text.replace("/run/secrets", "")


def test_without_a_project_nothing_is_asked_or_written(clone: Path, capsys: Out) -> None:
    with_remotes(clone, {"origin": "https://ann:secret@git.example.org/acme/widgets"})
    (clone / "ROADMAP.md").write_text(PLAN)
    assert cli.main(["init"]) == 78
    out = capsys.readouterr()
    assert "secret" not in out.out + out.err
    assert not (clone / "syncd.yaml").exists()


def test_a_person_says_what_the_host_is_and_takes_several(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_remotes(clone, {"origin": "https://git.example.org/acme/widgets", "up": GITHUB["origin"]})
    (clone / "ROADMAP.md").write_text(PLAN)
    answering(monkeypatch, "gitlab", "y")
    assert cli.main(["init"]) == 0
    assert list(written(clone)["remotes"]) == ["gitlab", "github"]
    assert written(clone)["roadmaps"]["main"]["remotes"] == ["gitlab", "github"]


def test_a_person_names_the_project_where_there_is_no_remote(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_remotes(clone, {})
    (clone / "ROADMAP.md").write_text(PLAN)
    answering(monkeypatch, "github", "", "acme/widgets")
    assert cli.main(["init"]) == 0
    assert written(clone)["remotes"] == {"github": {"kind": "github", "project": "acme/widgets"}}


def test_an_answer_that_makes_no_configuration_writes_none(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    with_remotes(clone, {})
    (clone / "ROADMAP.md").write_text(PLAN)
    answering(monkeypatch, "github", "", "no project")
    assert cli.main(["init"]) == 78
    assert not (clone / "syncd.yaml").exists()


def test_two_projects_of_one_kind_have_two_names() -> None:
    found = origins({"a": "https://github.com/a/a", "b": "https://github.com/b/b"})
    text = commented(Found("R.md", (), 1, 0, ReadingRules()), found, ())
    assert list(yaml.safe_load(text)["remotes"]) == ["github", "github2"]


def test_whatever_stands_in_a_roadmap_stays_in_its_comment(tmp_path: Path) -> None:
    nasty = "Phase\u2028\x85\ufeff\x7fstate: x\rroadmaps: {}\n  'a': \"b\" # c"
    rules = ReadingRules(milestone="h2", task=("box", "Aufgabe: *"), ignore=(nasty, "yes", "1: 2"))
    found = Found("a\"b'.md", (nasty, "b" * 200), 3, 1, rules)
    text = commented(found, origins(GITHUB), [nasty])
    path = tmp_path / "syncd.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path, {}).roadmaps["main"].path == "a\"b'.md"
    path.write_text(
        re.sub(r"^    # (mapping:|  \w+:)", r"    \1", text, flags=re.MULTILINE), encoding="utf-8"
    )
    mapping = load(path, {}).roadmaps["main"].mapping
    assert (mapping.task, mapping.ignore) == (rules.task, rules.ignore)


# -- --update -----------------------------------------------


@pytest.fixture
def synced(clone: Path) -> Path:
    """A clone whose first sync found level-3 headings, before somebody arranged the file anew."""
    (clone / "ROADMAP.md").write_text(PLAN)
    assert cli.main(["init"]) == 0
    remember(clone, Reading(3, ("Old",)))
    return clone


def remember(folder: Path, reading: Reading | None) -> None:
    with Store.open(folder / ".syncd/state.db", clock=app.now, mint=app.mint) as store:
        store.commit("main", Remembered(reading=reading, scope="s", branch="main"))


def remembered(folder: Path) -> Reading | None:
    with Store.open(folder / ".syncd/state.db", clock=app.now, mint=app.mint, read_only=True) as store:
        ledger = store.load("main")
        assert (ledger.scope, ledger.branch) == ("s", "main")
        return ledger.reading


def test_update_remembers_what_auto_finds_today(synced: Path, capsys: Out) -> None:
    before = (synced / "syncd.yaml").read_bytes()
    assert cli.main(["check"]) == 0
    assert "reading-changed" in capsys.readouterr().out
    assert cli.main(["init", "--update"]) == 0
    out = capsys.readouterr().out
    assert "main: was level 3: Old\n" in out
    assert "main: now level 2: Phase 1: Build, Phase 2: Sell\n" in out
    assert remembered(synced) == Reading(2, ("Phase 1: Build", "Phase 2: Sell"))
    assert (synced / "syncd.yaml").read_bytes() == before
    assert cli.main(["check"]) == 0
    assert "reading-changed" not in capsys.readouterr().out


def test_update_twice_changes_nothing_the_second_time(synced: Path, capsys: Out) -> None:
    assert cli.main(["init", "--update"]) == 0
    before = (synced / ".syncd/state.db").read_bytes()
    capsys.readouterr()
    assert cli.main(["init", "--update"]) == 0
    assert capsys.readouterr().out.startswith("main: read as before: level 2")
    assert (synced / ".syncd/state.db").read_bytes() == before


def test_update_waits_for_no_run(synced: Path) -> None:
    lock = lock_path(synced / ".syncd/state.db", "main")
    with hold(lock, exclusive=True, now=app.now()):
        assert cli.main(["init", "--update"]) == 75
    assert remembered(synced) == Reading(3, ("Old",))


def test_update_before_the_first_sync_says_so_and_leaves_no_trace(clone: Path, capsys: Out) -> None:
    (clone / "ROADMAP.md").write_text(PLAN)
    assert cli.main(["init", "--update"]) == 64
    assert "never synced" in capsys.readouterr().err
    assert sorted(one.name for one in clone.iterdir()) == [".git", "ROADMAP.md"]


def test_the_sample_is_a_roadmap_that_init_and_check_like(clone: Path) -> None:
    (clone / "ROADMAP.md").write_bytes((ROOT / "syncd/sample/ROADMAP.md").read_bytes())
    assert cli.main(["init"]) == 0
    assert cli.main(["check"]) == 0
