"""A held task says what to do, and what it says works: the line is that task, or it is another (design §4)."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncd import cli
from syncd.sandbox import Sandbox
from tests.integration.forges import PROJECT, TOKEN, address

ROADMAP = "# W\n\n## Phase 1\n\n- [ ] First\n- [ ] Collect metrics\n- [ ] Last\n\n## Phase 2\n\n- [ ] Other\n"
DOUBT = (
    "# W\n\n## Phase 1\n\n- [ ] First\n- [ ] Gather metrics now\n- [ ] Last\n\n"
    "## Phase 2\n\n- [ ] Other\n- [ ] Collect all metrics\n"
)


@dataclass
class Desk:
    """A folder with a roadmap in step with a tracker, then edited so that one task is held."""

    sandbox: Sandbox
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def call(self, *words: str) -> tuple[int, str]:
        code = cli.main(words)
        said = self.capsys.readouterr()
        return code, said.out + said.err

    def titles(self) -> dict[int, tuple[str, str]]:
        return {one.number: (one.title, one.state) for one in self.sandbox.person("ann").issues()}

    def commands(self) -> tuple[list[str], list[str]]:
        """The two commands that the plan names: the line is it; it is not."""
        code, said = self.call("run", "--dry-run", "--verbose")
        assert code == 3, said
        found = re.findall(r"`syncd ((?:un)?link [^`]+)`", " ".join(said.split()))
        assert [words.split()[0] for words in found] == ["link", "unlink"]
        return found[0].split(), found[1].split()


@pytest.fixture
def desk(
    sandbox: Sandbox, memory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    monkeypatch.chdir(memory)
    (memory / "syncd.yaml").write_text(
        f"remotes:\n  hub: {{kind: github, project: {PROJECT}, url: '{address(sandbox, 'github')}', token: {TOKEN}}}\n"
        "roadmaps:\n  main: {path: ROADMAP.md, remotes: [hub]}\n"
    )
    desk = Desk(sandbox, memory, capsys)
    (memory / "ROADMAP.md").write_text(ROADMAP)
    assert desk.call("run")[0] == 0
    (memory / "ROADMAP.md").write_text(DOUBT)
    return desk


def test_the_line_that_is_the_task_takes_over_its_issue(desk: Desk) -> None:
    number = next(key for key, (title, _) in desk.titles().items() if title == "Collect metrics")
    is_it, _ = desk.commands()
    assert desk.call(*is_it)[0] == 0
    assert desk.call("run")[0] == 0
    line = int(is_it[1])
    chosen = DOUBT.split("\n")[line - 1].removeprefix("- [ ] ")
    assert desk.titles()[number] == (chosen, "open")
    assert sorted(title for title, _ in desk.titles().values()) == [
        "Collect all metrics",
        "First",
        "Gather metrics now",
        "Last",
        "Other",
    ]  # fmt: skip - one look


def test_lines_that_are_other_tasks_get_issues_of_their_own(desk: Desk) -> None:
    number = next(key for key, (title, _) in desk.titles().items() if title == "Collect metrics")
    _, is_not = desk.commands()
    assert desk.call(*is_not)[0] == 0
    assert desk.call("run")[0] == 0
    assert desk.titles()[number] == ("Collect metrics", "open")
    assert len(desk.titles()) == 6
    assert desk.call("run", "--dry-run", "--exit-code")[0] == 0


@pytest.mark.parametrize("issue", ["hub#", "x", "0", "#0", "hub 7"])
def test_what_is_no_issue_is_a_usage_error(desk: Desk, issue: str) -> None:
    assert desk.call("link", "First", issue)[0] == 64
