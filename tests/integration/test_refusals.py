"""What cannot work is refused by `run` before anything is written anywhere, and `doctor` says what it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from syncd import cli
from syncd.sandbox import Sandbox, people
from syncd.sandbox.limits import Limits
from syncd.sandbox.records import Role
from tests.integration.forges import KINDS, PROJECT, TOKEN, address

ROADMAP = "# W\n\n## Phase 1\n\n- [ ] One\n- [x] Two\n"
BOT = "syncd-bot"


@dataclass
class Place:
    """A folder with one remote, and the tracker behind it."""

    sandbox: Sandbox
    kind: str
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def configure(self, *, token: str = TOKEN, project: str = PROJECT, url: str = "", more: str = "") -> None:
        where = url or address(self.sandbox, self.kind)
        (self.folder / "syncd.yaml").write_text(
            f"remotes:\n  hub: {{kind: {self.kind}, project: {project}, url: '{where}', token: {token}}}\n"
            f"roadmaps:\n  main: {{path: ROADMAP.md, remotes: [hub]}}\n{more}"
        )

    def call(self, *words: str) -> tuple[int, str]:
        """Exit code and all that was said."""
        code = cli.main(words)
        said = self.capsys.readouterr()
        return code, said.out + said.err

    def refused(self) -> str:
        """What `run` says when it ends with 78 and has written nothing anywhere, nor begun a state."""
        path, log = self.folder / "ROADMAP.md", len(self.sandbox.world.log)
        before, asked = path.read_bytes(), len(self.sandbox.exchanges)
        states = set(self.folder.rglob("state.db*"))
        code, said = self.call("run")
        assert code == 78, said
        assert path.read_bytes() == before
        assert set(self.folder.rglob("state.db*")) == states
        assert len(self.sandbox.world.log) == log
        assert {one.asked.method for one in self.sandbox.exchanges[asked:]} <= {"GET"}
        return said

    def examined(self) -> dict[str, Any]:
        """What `doctor` finds at the one remote; it writes nothing either."""
        before, log, asked = (
            set(self.folder.rglob("*")),
            len(self.sandbox.world.log),
            len(self.sandbox.exchanges),
        )
        code = cli.main(["doctor", "--json"])
        found: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        assert set(self.folder.rglob("*")) == before
        assert len(self.sandbox.world.log) == log
        assert {one.asked.method for one in self.sandbox.exchanges[asked:]} <= {"GET"}
        assert code == found["exit_code"]
        (remote,) = found["remotes"]
        return {**remote, "levels": {one["check"]: one["level"] for one in remote["checks"]}}

    def change(self, **values: Any) -> None:
        people.change_project(self.sandbox.world, replace(self.sandbox.project(), **values))

    def role(self, role: Role) -> None:
        people.set_role(self.sandbox.world, self.sandbox.project(), BOT, role)


@pytest.fixture(params=KINDS)
def place(
    request: pytest.FixtureRequest,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Place:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ROADMAP.md").write_text(ROADMAP)
    made = Place(sandbox, request.param, tmp_path, capsys)
    made.configure()
    return made


def test_all_is_well(place: Place) -> None:
    place.configure(more="serve: {webhooks: {hub: {secret: 0123456789abcdef}}}\n")
    found = place.examined()
    assert (found["exit_code"], found["account"], found["project_id"]) == (
        0,
        BOT,
        str(place.sandbox.project().id),
    )
    assert found["rights"] == dict.fromkeys(("issues", "closing", "labels", "milestones", "hooks"), True)
    assert found["levels"]["may: hooks"] == "ok"
    assert found["budget"]["remaining"] < found["budget"]["limit"]
    assert place.call("run")[0] == 0


def test_a_wrong_token(place: Place) -> None:
    place.configure(token="wrong")
    place.refused()
    found = place.examined()
    assert (found["exit_code"], found["levels"]) == (78, {"reachable": "ok", "token": "bad"})


def test_no_token_at_all(place: Place) -> None:
    path = place.folder / "syncd.yaml"
    path.write_text(path.read_text().replace(", token: sandbox-token", ""))
    assert "token" in place.refused()
    found = place.examined()
    assert (found["exit_code"], found["levels"]) == (78, {"token": "bad"})


@pytest.mark.parametrize("key", ["nowhere.pem", "ROADMAP.md"])
def test_an_app_without_a_key(place: Place, key: str) -> None:
    if place.kind == "gitlab":
        return
    (place.folder / "ROADMAP.md").chmod(0o600)
    path = place.folder / "syncd.yaml"
    path.write_text(path.read_text().replace("token: sandbox-token", f"app: {{id: 1, key_file: {key}}}"))
    assert "key" in place.refused()
    found = place.examined()
    assert (found["exit_code"], found["levels"]) == (78, {"token": "bad"})


def lacking(found: dict[str, Any]) -> set[str]:
    return {check for check, level in found["levels"].items() if level == "bad"}


@pytest.mark.parametrize("role", [Role.READ, Role.TRIAGE])
def test_a_role_that_is_too_low(place: Place, role: Role) -> None:
    """What is too low differs: GitHub lets a triager close, but neither label nor plan; GitLab's Reporter may."""
    place.role(role)
    if (place.kind, role) == ("gitlab", Role.TRIAGE):
        assert place.call("run")[0] == 0
        return
    assert "milestones" in place.refused()
    found = place.examined()
    assert found["exit_code"] == 78
    assert {"may: labels", "may: milestones"} <= lacking(found)
    assert ("may: closing" in lacking(found)) == (role is Role.READ)


@pytest.mark.parametrize("role", [Role.READ, Role.NONE])
def test_rights_that_are_taken_away_after_the_first_run(place: Place, role: Role) -> None:
    assert place.call("run")[0] == 0
    place.role(role)
    path = place.folder / "ROADMAP.md"
    path.write_text(path.read_text().replace("- [ ] One", "- [x] One") + "- [ ] Three\n")
    if (place.kind, role) != ("gitlab", Role.NONE):
        # Whoever has no role of their own may have one through a group: without a question GitLab does not say.
        place.refused()
    assert place.examined()["exit_code"] == 78


def test_a_stranger_to_a_public_project(place: Place) -> None:
    people.add_token(place.sandbox.world, "strangers", "guest")
    place.configure(token="strangers")
    place.refused()
    assert {"may: issues", "may: milestones"} & lacking(place.examined())


def test_a_stranger_to_a_private_project(place: Place) -> None:
    place.change(private=True)
    people.add_token(place.sandbox.world, "strangers", "guest")
    place.configure(token="strangers")
    assert "no" in place.refused()
    assert place.examined()["levels"] == {"reachable": "ok", "token": "ok", "project": "bad"}


@pytest.mark.parametrize("scope", ["read:user", "read_api"])
def test_a_token_of_the_right_person_with_scopes_that_are_too_narrow(place: Place, scope: str) -> None:
    people.add_token(place.sandbox.world, "narrow", BOT, scopes=(scope,))
    place.configure(token="narrow")
    place.refused()
    assert place.examined()["exit_code"] == 78


def test_a_fine_grained_token_does_not_tell_what_it_may_do(place: Place) -> None:
    if place.kind == "gitlab":
        return
    people.add_token(place.sandbox.world, "github_pat_1", BOT, Role.READ, scopes=())
    place.configure(token="github_pat_1")
    found = place.examined()
    assert (found["token"]["kind"], found["token"]["scopes"]) == ("fine-grained token", None)
    # The user may write, so nothing is refused beforehand; the first write is, and nothing more is tried.
    asked = len(place.sandbox.exchanges)
    assert place.call("run")[0] == 78
    assert [one.asked.method for one in place.sandbox.exchanges[asked:]].count("POST") == 1
    assert place.sandbox.person().issues() == []


def test_an_unknown_project(place: Place) -> None:
    place.configure(project="acme/nowhere")
    assert "acme/nowhere" in place.refused()
    found = place.examined()
    assert (found["exit_code"], found["levels"]) == (78, {"reachable": "ok", "token": "ok", "project": "bad"})


@pytest.mark.parametrize(("key", "value"), [("archived", True), ("issues_enabled", False)])
def test_a_project_that_takes_no_issues(place: Place, key: str, value: bool) -> None:
    place.change(**{key: value})
    place.refused()
    found = place.examined()
    assert (found["exit_code"], lacking(found)) == (78, {"issues"})


def test_a_renamed_project_is_followed_and_named(place: Place) -> None:
    assert place.call("run")[0] == 0
    people.rename_project(place.sandbox.world, place.sandbox.project(), "acme/gadgets")
    found = place.examined()
    assert (found["exit_code"], found["levels"]["project"]) == (0, "note")
    assert "acme/gadgets" in str(found["checks"])
    assert place.call("run")[0] == 0


def test_another_project_under_the_old_name(place: Place) -> None:
    assert place.call("run")[0] == 0
    old = place.sandbox.project()
    people.rename_project(place.sandbox.world, old, "acme/gadgets")
    new = people.add_project(place.sandbox.world, "acme/widgets", "ann")
    people.set_role(place.sandbox.world, new, BOT, Role.ADMIN)
    path = place.folder / "ROADMAP.md"
    path.write_text(path.read_text() + "- [ ] Three\n")
    before, log = path.read_bytes(), len(place.sandbox.world.log)
    code, said = place.call("run")
    assert code == 4
    assert f"id {new.id}" in said
    assert (path.read_bytes(), len(place.sandbox.world.log)) == (before, log)
    found = place.examined()
    assert (found["exit_code"], found["levels"]["project"]) == (78, "bad")
    assert str(old.id) in str(found["checks"])


def test_a_forge_that_does_not_answer(place: Place) -> None:
    place.configure(url="http://127.0.0.1:1")
    found = place.examined()
    assert (found["exit_code"], found["levels"]) == (1, {"reachable": "bad"})


def test_no_requests_left(place: Place) -> None:
    place.sandbox.meter.limits = Limits(per_hour=1, per_minute=1, retry_after="600")
    place.call("doctor")
    found = place.examined()
    assert (found["exit_code"], found["levels"]) == (75, {"reachable": "ok", "budget": "bad"})


def test_hooks_are_asked_for_only_where_they_are_configured(place: Place) -> None:
    place.role(Role.WRITE)
    assert "may: hooks" not in place.examined()["levels"]
    place.configure(more="serve: {webhooks: {hub: {secret: 0123456789abcdef}}}\n")
    found = place.examined()
    assert (found["levels"]["may: hooks"], found["exit_code"]) == ("note", 0)


def test_only_the_remotes_of_the_named_roadmaps(place: Place) -> None:
    path = place.folder / "syncd.yaml"
    other = "  off: {kind: github, project: a/b, url: 'http://127.0.0.1:1', token: t}\nroadmaps:\n"
    path.write_text(path.read_text().replace("roadmaps:\n", other))
    assert place.call("doctor", "main")[0] == 0
    assert place.call("doctor")[0] == 1
    assert place.call("doctor", "nobody")[0] == 64


def test_what_depends_on_the_tier(new_sandbox: Callable[..., Sandbox], place: Place) -> None:
    if place.kind == "github":
        assert place.examined()["features"] == {}
        return
    free = place.examined()["features"]
    place.sandbox = new_sandbox(tier="premium")
    place.configure()
    assert (free, place.examined()["features"]) == (
        {"scoped labels": False, "several assignees": False, "group milestones": True},
        {"scoped labels": True, "several assignees": True, "group milestones": True},
    )


def test_the_table_says_the_same_and_no_secret(place: Place) -> None:
    place.configure(token="wrong-secret-token")
    code, said = place.call("doctor")
    assert code == 78
    assert "✗ token" in said
    assert "wrong-secret-token" not in said
