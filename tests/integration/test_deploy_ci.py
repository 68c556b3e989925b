"""The examples for GitHub Actions and GitLab CI, word for word, over fresh checkouts of a bare repository.

What their services do themselves (check out, set variables, queue) is done here as their documentation has it.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.server import BOT_TOKEN
from tests.conftest import ROOT

ROADMAP = """\
# Widgets

## Phase 1: Build

- [x] Task 1.1: Cut the wood
- [ ] Task 1.2: Glue it together
- [ ] Task 1.3: Paint it
"""
GITHUB = yaml.safe_load((ROOT / "deploy/github-action/syncd.yaml").read_text())
GITLAB = yaml.safe_load((ROOT / "deploy/gitlab-ci/.gitlab-ci.yml").read_text())

AS_ANN = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
PUSH = f"git add --all && git {' '.join(AS_ANN)} commit -qm Meanwhile && git push --quiet origin HEAD:main"


@dataclass
class Project:
    """A bare repository with a roadmap and a configuration, and the tracker that goes with it."""

    kind: str
    folder: Path
    sandbox: Sandbox
    clock: LogicalClock
    checkouts: int = 0

    @property
    def bare(self) -> Path:
        return self.folder / "widgets.git"

    def git(self, *words: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["/usr/bin/env", "git", *words],
            cwd=at or self.bare,
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
            "CI": "true",
        }

    def checkout(self) -> Path:
        """A fresh clone, as a runner makes it: shallow, of one branch."""
        self.checkouts += 1
        place = self.folder / f"checkout-{self.checkouts}"
        self.git("clone", "--quiet", "--depth=1", f"file://{self.bare}", str(place), at=self.folder)
        return place

    def begin(self) -> None:
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare), at=self.folder)
        self.git("config", "receive.advertisePushOptions", "true")
        place = self.folder / "ann"
        self.git("clone", "--quiet", str(self.bare), str(place), at=self.folder)
        (place / "ROADMAP.md").write_text(ROADMAP)
        token = "$GITHUB_TOKEN" if self.kind == "github" else "$GITLAB_TOKEN"
        (place / "syncd.yaml").write_text(
            f"remotes: {{tracker: {{kind: {self.kind}, project: acme/widgets, url: '{self.sandbox.url}', "
            f"token: {token}}}}}\nroadmaps: {{main: {{path: ROADMAP.md, remotes: [tracker]}}}}\n"
        )
        self.push("Begin")

    def push(self, why: str) -> None:
        """What lies in Ann's clone, on the branch that everybody sees."""
        ann = self.folder / "ann"
        self.git("add", "--all", at=ann)
        self.git(*AS_ANN, "commit", "-qm", why, at=ann)
        self.git("push", "--quiet", "origin", "HEAD:main", at=ann)

    def steps(self) -> list[str]:
        """The scripts of one job, in their order; what installs syncd is left out."""
        if self.kind == "gitlab":
            return list(GITLAB["syncd"]["script"])
        steps: list[dict[str, Any]] = GITHUB["jobs"]["sync"]["steps"]
        return [step["run"] for step in steps if "run" in step and step["name"] != "Install"]

    def job(self, *, meanwhile: str = "", approve: str = "", commit: str = "HEAD") -> list["Ran"]:
        """One job in a fresh checkout. ``meanwhile`` is a script that runs when `syncd` has.

        ``commit`` is that of the event; GitHub's example names a branch instead.
        """
        self.clock.advance(1)
        place = self.checkout()
        env = {**self.env, "APPROVE": approve}
        if self.kind == "github":
            env |= {"BRANCH": GITHUB["env"]["BRANCH"], "GITHUB_TOKEN": BOT_TOKEN}
        else:
            env |= {"GITLAB_TOKEN": BOT_TOKEN, "CI_DEFAULT_BRANCH": "main"}
            env |= {"CI_PROJECT_URL": f"file://{self.bare}".removesuffix(".git")}
            self.git("fetch", "--quiet", "--depth=9", "origin", at=place)
            self.git("checkout", "--quiet", "--detach", commit, at=place)
        if meanwhile:
            env["PATH"] = f"{self.delayed(meanwhile)}:{env['PATH']}"
        return [self.step(script, place, env) for script in self.steps()]

    def delayed(self, meanwhile: str) -> Path:
        """A folder with a `syncd` after which something else happens before its job goes on."""
        folder = self.folder / f"bin-{self.checkouts}"
        folder.mkdir()
        program = folder / "syncd"
        real = Path(sys.executable).parent / "syncd"
        program.write_text(f'#!/bin/sh\n{real} "$@"\ncode=$?\n({meanwhile}) >&2\nexit $code\n')
        program.chmod(0o755)
        return folder

    def step(self, script: str, place: Path, env: dict[str, str]) -> "Ran":
        shell = ["bash", "-e", "-c"] if self.kind == "github" else ["sh", "-c"]
        done = subprocess.run(
            [*shell, script], cwd=place, env=env, check=False, capture_output=True, text=True
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def file(self, name: str = "ROADMAP.md", branch: str = "main") -> str:
        return self.git("show", f"{branch}:{name}") + "\n"

    def number(self, title: str) -> int:
        return next(one.number for one in self.sandbox.person().issues() if one.title == title)


@dataclass(frozen=True)
class Ran:
    """One script of a job."""

    code: int
    out: str
    err: str


def codes(ran: list[Ran]) -> set[int]:
    return {one.code for one in ran}


@pytest.fixture(params=["github", "gitlab"])
def project(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: LogicalClock) -> Project:
    project = Project(request.param, tmp_path, sandbox, clock)
    project.begin()
    return project


def test_a_second_checkout_finds_the_state_and_has_nothing_to_do(project: Project) -> None:
    first = project.job()
    assert codes(first) == {0}, first
    assert len(project.sandbox.person().issues()) == 3
    before = project.git("rev-parse", "main")
    second = project.job()
    assert codes(second) == {0}, second
    assert re.search(r"tracker: \d+ requests?, 0 of them writes", "".join(one.out for one in second))
    assert project.git("rev-parse", "main") == before
    assert len(project.sandbox.person().issues()) == 3


def test_the_state_is_no_part_of_the_project(project: Project) -> None:
    project.job()
    assert "state.db" in project.git("ls-tree", "--name-only", "syncd-state").split()
    assert project.git("ls-tree", "--name-only", "main").split() == ["ROADMAP.md", "syncd.yaml"]
    project.job()
    assert project.git("rev-list", "--count", "syncd-state") == "1", (
        "the repository would grow with every run"
    )
    # No common ancestor: git answers with 1 and no word.
    with pytest.raises(subprocess.CalledProcessError):
        project.git("merge-base", "main", "syncd-state")


def test_what_happened_on_the_tracker_is_committed(project: Project) -> None:
    project.job()
    project.sandbox.person().close(project.number("Task 1.2: Glue it together"))
    assert codes(project.job()) == {0}
    assert project.file() == ROADMAP.replace("[ ] Task 1.2", "[x] Task 1.2")
    assert codes(project.job()) == {0}
    assert project.git("rev-list", "--count", "main") == "2"


def test_a_job_that_waited_starts_from_what_the_one_before_it_pushed(project: Project) -> None:
    """An old file beside a newer state would look as if somebody had undone everything."""
    project.job()
    waiting = project.git("rev-parse", "main")
    project.sandbox.person().close(project.number("Task 1.2: Glue it together"))
    project.job()
    assert codes(project.job(commit=waiting)) == {0}
    assert project.sandbox.person().issue(project.number("Task 1.2: Glue it together")).state == "closed"
    assert "[x] Task 1.2" in project.file()
    assert GITHUB["jobs"]["sync"]["steps"][0]["with"]["ref"] == GITHUB["env"]["BRANCH"]


def test_what_somebody_pushed_arrives_on_the_tracker(project: Project) -> None:
    project.job()
    (project.folder / "ann/ROADMAP.md").write_text(ROADMAP.replace("[ ] Task 1.3", "[x] Task 1.3"))
    project.push("Painted")
    assert codes(project.job()) == {0}
    number = project.number("Task 1.3: Paint it")
    assert project.sandbox.person().issue(number).state == "closed"


def test_a_push_to_another_file_meanwhile_does_no_harm(project: Project) -> None:
    project.job()
    project.sandbox.person().close(project.number("Task 1.2: Glue it together"))
    (project.folder / "ann/NOTES.txt").write_text("Glue dries in an hour.\n")
    ran = project.job(meanwhile=f"cd {project.folder}/ann && {PUSH}")
    assert codes(ran) == {0}, ran
    assert "[x] Task 1.2" in project.file()
    assert project.file("NOTES.txt") == "Glue dries in an hour.\n"


def test_where_the_roadmap_cannot_be_pushed_the_state_is_not_either(project: Project) -> None:
    project.job()
    project.sandbox.person().close(project.number("Task 1.2: Glue it together"))
    renamed = ROADMAP.replace("Task 1.2: Glue it together", "Task 1.2: Glue and clamp it")
    (project.folder / "ann/ROADMAP.md").write_text(renamed)
    before = project.git("rev-parse", "syncd-state")
    ran = project.job(meanwhile=f"cd {project.folder}/ann && {PUSH}")
    assert ran[-1].code != 0
    assert project.git("rev-parse", "syncd-state") == before
    assert project.file() == renamed
    # The next run has the old state, the old values and the new edit: nobody's change is lost, nothing is done twice.
    after = project.job()
    assert codes(after) == {0}, after
    assert project.file() == renamed.replace("[ ] Task 1.2", "[x] Task 1.2")
    titles = sorted(one.title for one in project.sandbox.person().issues())
    assert titles == ["Task 1.1: Cut the wood", "Task 1.2: Glue and clamp it", "Task 1.3: Paint it"]
    assert project.sandbox.person().issue(project.number("Task 1.2: Glue and clamp it")).state == "closed"


def test_a_state_that_was_not_kept_makes_no_second_issue(project: Project) -> None:
    project.job()
    before = project.git("rev-parse", "syncd-state")
    (project.folder / "ann/ROADMAP.md").write_text(f"{ROADMAP}- [ ] Task 1.4: Ship it\n")
    project.push("One more")
    assert codes(project.job()) == {0}
    project.git("update-ref", "refs/heads/syncd-state", before)
    after = project.job()
    assert codes(after) <= {0, 3}, after
    assert len(project.sandbox.person().issues()) == 4


def test_a_state_that_somebody_kept_meanwhile_is_not_overwritten(project: Project) -> None:
    """The queue of the service forbids it; where somebody takes it out of the file, the push does."""
    project.job()
    project.sandbox.person().close(project.number("Task 1.2: Glue it together"))
    other = project.git(*AS_ANN, "commit-tree", "-m", "Another", "syncd-state^{tree}")
    ran = project.job(meanwhile=f"git -C {project.bare} update-ref refs/heads/syncd-state {other}")
    assert ran[-1].code != 0
    assert project.git("rev-parse", "syncd-state") == other
    assert project.file() == ROADMAP


def test_what_a_run_did_is_kept_although_something_waits_for_a_person(project: Project) -> None:
    project.job()
    person = project.sandbox.person()
    person.close(project.number("Task 1.2: Glue it together"))
    person.edit_issue(project.number("Task 1.3: Paint it"), title="Task 1.3: Oil it")
    (project.folder / "ann/ROADMAP.md").write_text(ROADMAP.replace("Paint it", "Varnish it"))
    project.push("Varnish")
    before = project.git("rev-parse", "syncd-state")
    assert 3 in codes(project.job()), "the job fails, so that somebody hears of it"
    assert "[x] Task 1.2" in project.file()
    assert project.git("rev-parse", "syncd-state") != before


def test_a_refused_plan_is_a_failed_job_until_it_is_approved(project: Project) -> None:
    config = project.folder / "ann/syncd.yaml"
    config.write_text(config.read_text().replace("[tracker]}", "[tracker], limits: {first_create: 1}}"))
    project.push("Careful")
    refused = project.job()
    assert 4 in codes(refused)
    assert project.sandbox.person().issues() == []
    digest = "".join(one.err for one in refused).rpartition("--approve ")[2].split()[0]
    assert codes(project.job(approve=digest)) == {0}
    assert len(project.sandbox.person().issues()) == 3


def test_a_branch_that_cannot_be_asked_for_is_no_beginning(project: Project) -> None:
    """A state that is not seen is not taken for none: the run would not know its own issues."""
    project.job()
    place = project.checkout()
    project.git("remote", "set-url", "origin", f"file://{project.folder}/gone.git", at=place)
    env = {**project.env, "APPROVE": "", "BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
    env |= {"CI_PROJECT_URL": f"file://{project.folder}/gone"}
    assert project.step(project.steps()[0], place, env).code == 128
    assert not (place / ".syncd").exists()


def test_jobs_wait_for_each_other_and_none_is_cut_off() -> None:
    assert GITHUB["concurrency"] == {"group": "syncd", "cancel-in-progress": False}
    assert GITLAB["syncd"]["resource_group"] == "syncd"
    assert GITLAB["syncd"]["interruptible"] is False


def test_no_text_of_an_event_gets_into_a_script() -> None:
    """What strangers write into an issue reaches a shell only where a script says `${{ … }}` (T16)."""
    assert all("${{" not in step.get("run", "") for step in GITHUB["jobs"]["sync"]["steps"])


def test_the_state_is_kept_also_after_a_run_that_failed() -> None:
    keep = GITHUB["jobs"]["sync"]["steps"][-1]
    assert keep["if"] == "always() && steps.state.outcome == 'success'"
