"""`syncd run` and its neighbours, against the sandbox over real sockets."""

import json
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema_rs
import pytest

from syncd import cli
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.server import BOT_TOKEN
from syncd.state import Store, hold, lock_path

ROADMAP = """\
# Widgets

## Phase 1: Build (1/3 Complete)

- [x] Task 1.1: Cut the wood
- [ ] Task 1.2: Glue it together
  - [ ] Buy glue
- [ ] Task 1.3: Paint it

## Phase 2: Sell

- [ ] Task 2.1: Find a shop
"""

VALUE: dict[str, object] = {"type": ["string", "null", "array", "boolean", "integer"]}


def shape(**properties: object) -> dict[str, object]:
    """An object with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def many(what: object) -> dict[str, object]:
    return {"type": "array", "items": what}


TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
REF = {"type": ["integer", "null"]}
CONTRACT = shape(
    roadmap=TEXT,
    dry_run=FLAG,
    digest={"type": "string", "pattern": "^[0-9a-f]{64}$"},
    serial=NUMBER,
    plan=shape(
        edits=many(
            shape(line=NUMBER, before={"type": ["string", "null"]}, after={"type": ["string", "null"]})
        ),
        actions=many(
            shape(
                remote=TEXT,
                kind=TEXT,
                uid=TEXT,
                ref=REF,
                title=TEXT,
                changes=many(shape(field=TEXT, before=VALUE, after=VALUE)),
            )
        ),
        conflicts=many(
            shape(
                uid=TEXT,
                title=TEXT,
                field=TEXT,
                values={"type": "object", "additionalProperties": VALUE},
                winner={"type": ["string", "null"]},
            )
        ),
        held=many(shape(uid=TEXT, title=TEXT, reason=TEXT)),
    ),
    counts=shape(
        **dict.fromkeys(("create", "update", "close", "link", "unlink", "edit", "conflict", "held"), NUMBER)
    ),
    outcomes=many(
        shape(
            remote=TEXT,
            kind=TEXT,
            uid=TEXT,
            ref=REF,
            result={"enum": ["done", "skipped", "rejected", "unknown"]},
        )
    ),
    remotes={
        "type": "object",
        "additionalProperties": shape(
            status={"enum": ["ok", "unavailable", "rate_limited"]},
            requests=NUMBER,
            writes=NUMBER,
            complete=FLAG,
        ),
    },
    exit_code=NUMBER,
)
"""Design §15, `run --json`, with nothing beside it."""


@dataclass
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@dataclass
class Desk:
    """A folder with a roadmap and a configuration; `syncd(...)` is the command line in it."""

    folder: Path
    sandbox: Sandbox
    clock: LogicalClock
    capsys: pytest.CaptureFixture[str]

    @property
    def path(self) -> Path:
        return self.folder / "ROADMAP.md"

    def configure(self, *keys: str, token: str = BOT_TOKEN, remote: str = "") -> None:
        self.folder.joinpath("syncd.yaml").write_text(
            f"remotes:\n  tracker: {{kind: github, project: acme/widgets, url: '{self.sandbox.url}', token: {token}"
            f"{remote}}}\nroadmaps:\n  main:\n    path: ROADMAP.md\n    remotes: [tracker]\n"
            + "".join(f"    {key}\n" for key in keys)
        )

    def syncd(self, *arguments: str) -> Answer:
        self.clock.advance(1)
        self.capsys.readouterr()
        code = cli.main(arguments)
        said = self.capsys.readouterr()
        return Answer(code, said.out, said.err)

    def edit(self, before: str, after: str) -> None:
        text = self.path.read_text()
        assert text.count(before) == 1
        self.path.write_text(text.replace(before, after))

    def number(self, title: str) -> int:
        return next(issue.number for issue in self.sandbox.person().issues() if issue.title == title)


@pytest.fixture
def desk(
    tmp_path: Path,
    sandbox: Sandbox,
    clock: LogicalClock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, sandbox, clock, capsys)
    desk.path.write_text(ROADMAP)
    desk.configure()
    return desk


def test_a_dry_run_says_what_a_run_would_do_and_writes_nothing(desk: Desk) -> None:
    answer = desk.syncd("run", "--dry-run", "--exit-code")
    assert answer.code == 2
    assert "main: 6 to create, 1 to close" in answer.out
    assert desk.sandbox.person().issues() == []
    assert sorted(path.name for path in desk.folder.iterdir()) == ["ROADMAP.md", "syncd.yaml"]


def test_a_dry_run_without_exit_code_ends_with_0(desk: Desk) -> None:
    assert desk.syncd("run", "--dry-run").code == 0


def test_the_first_run_creates_and_the_second_has_nothing_to_do(desk: Desk) -> None:
    first = desk.syncd("run", "--json")
    assert first.code == 0
    assert first.json["counts"]["create"] == 6
    assert len(desk.sandbox.person().issues()) == 4
    before = desk.path.stat()
    second = desk.syncd("run", "--json")
    assert second.json["plan"] == {"edits": [], "actions": [], "conflicts": [], "held": []}
    assert second.json["remotes"]["tracker"]["writes"] == 0
    assert second.json["remotes"]["tracker"]["requests"] <= 4
    after = desk.path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert first.json["serial"] == second.json["serial"]
    assert desk.syncd("run", "--dry-run", "--exit-code").code == 0


@pytest.mark.parametrize("arguments", [["--dry-run"], [], ["--approve", "0" * 64]])
def test_the_json_of_a_run_keeps_its_contract(desk: Desk, arguments: list[str]) -> None:
    answer = desk.syncd("run", "main", "--json", *arguments)
    jsonschema_rs.validate(CONTRACT, answer.json)
    assert answer.json["exit_code"] == answer.code
    assert answer.json["dry_run"] is (arguments == ["--dry-run"])


def test_the_json_of_a_conflict_keeps_its_contract(desk: Desk) -> None:
    desk.syncd("run")
    desk.sandbox.person().edit_issue(desk.number("Task 1.3: Paint it"), title="Task 1.3: Oil it")
    desk.edit("Task 1.3: Paint it", "Task 1.3: Varnish it")
    answer = desk.syncd("run", "--json")
    jsonschema_rs.validate(CONTRACT, answer.json)
    assert answer.json["counts"]["conflict"] == 1
    assert answer.code == 3


def test_an_edit_of_the_tracker_arrives_in_the_file(desk: Desk) -> None:
    desk.syncd("run")
    desk.sandbox.person().close(desk.number("Task 1.2: Glue it together"))
    answer = desk.syncd("run")
    assert answer.code == 0
    assert desk.path.read_text() == ROADMAP.replace("[ ] Task 1.2", "[x] Task 1.2").replace("1/3", "2/3")
    assert "- [ ] Task 1.2" in answer.out
    assert "- [x] Task 1.2" in answer.out


def test_a_plan_over_a_limit_is_refused_with_the_command_that_approves_it(desk: Desk) -> None:
    desk.configure("limits: {first_create: 3}")
    refused = desk.syncd("run", "main", "--config", "syncd.yaml")
    assert refused.code == 4
    assert desk.sandbox.person().issues() == []
    command = refused.err.rpartition("exactly this plan: ")[2].strip()
    assert command.startswith("syncd run main --config syncd.yaml --approve ")
    assert desk.syncd(*shlex.split(command)[1:]).code == 0
    assert len(desk.sandbox.person().issues()) == 4


def test_an_approved_plan_that_the_world_has_overtaken_is_refused(desk: Desk) -> None:
    desk.configure("limits: {first_create: 3}")
    digest = desk.syncd("run", "--json").json["digest"]
    desk.edit("Find a shop", "Find two shops")
    assert desk.syncd("run", "--approve", digest).code == 4
    assert desk.sandbox.person().issues() == []


def test_only_one_milestone(desk: Desk) -> None:
    assert desk.syncd("run", "--only", "Phase 2: Sell").code == 0
    assert [issue.title for issue in desk.sandbox.person().issues()] == ["Task 2.1: Find a shop"]
    assert desk.syncd("run", "--only", "Phase 9").code == 64


def test_a_roadmap_is_named_by_its_name_or_by_its_path(desk: Desk) -> None:
    for name in ("main", "ROADMAP.md", "./ROADMAP.md", str(desk.path)):
        assert desk.syncd("run", name, "--dry-run").code == 0
    answer = desk.syncd("run", "other")
    assert answer.code == 64
    assert "main (ROADMAP.md)" in answer.err


def test_several_roadmaps_have_their_turn_and_the_most_pressing_code_is_told(desk: Desk) -> None:
    with desk.folder.joinpath("syncd.yaml").open("a") as file:
        file.write("  gone: {path: GONE.md, remotes: [tracker]}\n")
    answer = desk.syncd("run")
    assert answer.code == 65
    assert len(desk.sandbox.person().issues()) == 4
    assert desk.syncd("run", "--json").code == 64


def test_a_conflict_is_held_listed_decided_and_carried_out(desk: Desk) -> None:
    desk.syncd("run")
    number = desk.number("Task 1.3: Paint it")
    desk.sandbox.person().edit_issue(number, title="Task 1.3: Oil it")
    desk.edit("Task 1.3: Paint it", "Task 1.3: Varnish it")
    assert desk.syncd("run").code == 3
    assert "Task 1.3: Varnish it" in desk.path.read_text()
    assert desk.sandbox.person().issue(number).title == "Task 1.3: Oil it"
    listed = desk.syncd("conflicts")
    assert "Oil it" in listed.out
    assert "Varnish it" in listed.out
    assert desk.syncd("conflicts", "take", "1.3", "title", "nobody").code == 64
    assert desk.syncd("conflicts", "take", "1.3", "title", "tracker").code == 0
    assert desk.syncd("run").code == 0
    assert "Task 1.3: Oil it" in desk.path.read_text()
    assert desk.syncd("conflicts", "--json").json == []


def test_a_task_is_shown_by_identifier_title_line_and_uid(desk: Desk) -> None:
    before = desk.syncd("show", "1.2")
    assert "never synced" in before.out
    desk.syncd("run")
    shown = desk.syncd("show", "1.2", "--json").json
    assert shown["line"] == 6
    assert shown["links"][0]["number"] == desk.number("Task 1.2: Glue it together")
    assert "- [ ] Buy glue" in shown["body"]
    for asked in ("glue it", ":6", "6", shown["uid"]):
        assert desk.syncd("show", asked, "--json").json == shown
    assert "ROADMAP.md:6" in desk.syncd("show", "1.2").out
    assert desk.syncd("show", "task 1").code == 64
    assert desk.syncd("show", "nothing of the kind").code == 64


def test_the_log_says_what_was_done_newest_first(desk: Desk) -> None:
    assert "nothing" in desk.syncd("log").out
    desk.syncd("run")
    entries = desk.syncd("log", "--json").json
    assert [entry["kind"] for entry in entries].count("create_issue") == 4
    assert entries[0]["at"] >= entries[-1]["at"]
    mine = desk.syncd("log", "1.1", "--json").json
    assert {entry["title"] for entry in mine} == {"Task 1.1: Cut the wood"}
    assert len(desk.syncd("log", "--limit", "1", "--json").json) == 1
    assert "Task 1.1: Cut the wood" in desk.syncd("log").out


def test_the_status_counts_what_is_done_and_linked(desk: Desk) -> None:
    assert "never synced" in desk.syncd("status").out
    desk.syncd("run")
    (status,) = desk.syncd("status", "--json").json
    assert (status["tasks"], status["tasks_done"], status["milestones"]) == (4, 1, 2)
    assert (status["remotes"][0]["issues_linked"], status["remotes"][0]["milestones_linked"]) == (4, 2)
    assert "1 of 4 tasks done" in desk.syncd("status").out


def test_an_unlinked_task_is_left_alone_until_it_is_linked_by_hand(desk: Desk) -> None:
    desk.syncd("run")
    number = desk.number("Task 2.1: Find a shop")
    assert desk.syncd("unlink", "2.1").code == 0
    desk.edit("Find a shop", "Find two shops")
    desk.syncd("run")
    assert desk.sandbox.person().issue(number).title == "Task 2.1: Find a shop"
    assert len(desk.sandbox.person().issues()) == 4
    assert desk.syncd("unlink", "2.1").code == 64
    assert desk.syncd("link", "2.1", str(desk.number("Task 1.1: Cut the wood"))).code == 64
    assert desk.syncd("link", "2.1", "99").code == 1
    assert desk.syncd("link", "2.1", str(number), "--remote", "nowhere").code == 64
    assert desk.syncd("link", "2.1", str(number)).code == 0
    assert desk.syncd("link", "2.1", str(number)).code == 64
    assert desk.syncd("run").code == 3  # two titles and no base: a first meeting
    desk.syncd("conflicts", "take", "2.1", "title", "roadmap")
    assert desk.syncd("run").code == 0
    assert desk.sandbox.person().issue(number).title == "Task 2.1: Find two shops"


def test_a_task_is_linked_to_an_issue_that_was_there_before(desk: Desk) -> None:
    number = desk.sandbox.person().create_issue("Shops!").number
    desk.syncd("run", "--only", "Phase 1")
    assert desk.syncd("link", "2.1", str(number)).code == 0
    desk.syncd("run")
    desk.syncd("conflicts", "take", "2.1", "title", "roadmap")
    assert desk.syncd("run").code == 0
    assert desk.sandbox.person().issue(number).title == "Task 2.1: Find a shop"
    assert len(desk.sandbox.person().issues()) == 4


def test_the_state_is_backed_up_checked_exported_and_restored(desk: Desk) -> None:
    assert desk.syncd("state", "verify").code == 5
    desk.syncd("run")
    state = desk.folder / ".syncd" / "state.db"
    assert desk.syncd("state", "backup", "copy.db").code == 0
    assert desk.syncd("state", "backup", "copy.db").code == 64
    assert "whole" in desk.syncd("state", "verify").out
    assert "whole" in desk.syncd("state", "verify", "copy.db").out
    assert len(desk.syncd("state", "export").json["links"]) == 6
    state.write_bytes(state.read_bytes()[:5000])
    assert desk.syncd("state", "verify").code == 5
    assert desk.syncd("run").code == 5
    assert desk.syncd("state", "restore", "copy.db").code == 0
    assert desk.syncd("run").code == 0
    assert len(desk.sandbox.person().issues()) == 4


def test_an_older_copy_of_the_state_is_restored_only_by_force(desk: Desk) -> None:
    desk.syncd("run")
    desk.syncd("state", "backup", "copy.db")
    desk.syncd("unlink", "2.1")
    assert desk.syncd("state", "restore", "copy.db").code == 5
    assert desk.syncd("state", "restore", "--force", "copy.db").code == 0


def test_issues_of_another_state_are_left_alone_until_taken_over(desk: Desk) -> None:
    desk.syncd("run")
    assert desk.syncd("state", "take-over").code == 64
    with Store.open(desk.folder / ".syncd" / "state.db", clock=desk.clock, mint=lambda: "x") as store:
        kept = store.lineage
        store.take_over("another")
    desk.edit("Find a shop", "Find two shops")
    assert desk.syncd("run").code == 5
    assert desk.syncd("state", "take-over").code == 0
    assert kept in desk.syncd("state", "verify").out
    assert desk.syncd("run").code == 0
    assert desk.number("Task 2.1: Find two shops")


def test_without_state_a_run_only_links_and_asks_first(desk: Desk) -> None:
    desk.syncd("run")
    (desk.folder / ".syncd" / "state.db").unlink()
    refused = desk.syncd("run", "--json")
    assert refused.code == 4
    assert {action["kind"] for action in refused.json["plan"]["actions"]} == {"link"}
    assert desk.syncd("run", "--approve", refused.json["digest"]).code == 0
    assert desk.syncd("run", "--dry-run", "--exit-code").code == 0
    assert len(desk.sandbox.person().issues()) == 4


def test_nothing_is_changed_by_hand_while_a_run_is_going_on(desk: Desk) -> None:
    desk.syncd("run")
    number = str(desk.number("Task 2.1: Find a shop"))
    with hold(lock_path(desk.folder / ".syncd" / "state.db", "main"), exclusive=True, now=desk.clock()):
        for command in (
            ["run"],
            ["unlink", "2.1"],
            ["link", "2.1", number],
            ["conflicts", "take", "2.1", "title", "roadmap"],
            ["state", "take-over"],
        ):
            assert desk.syncd(*command).code == 75, command
        assert desk.syncd("show", "2.1").code == 0
        assert desk.syncd("status").code == 0


def test_a_verbose_run_logs_what_happens_and_no_secret(desk: Desk) -> None:
    answer = desk.syncd("run", "--verbose")
    events = [json.loads(line) for line in answer.err.split("\n") if line.startswith("{")]
    assert [event["event"] for event in events].count("effect.ended") == 7
    assert {event["roadmap"] for event in events} == {"main"}
    assert "sandbox-token" not in answer.err
    assert desk.syncd("run").err == ""


@pytest.fixture
def clone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A work tree whose remote is on GitHub, and no configuration."""
    desk.folder.joinpath("syncd.yaml").unlink()
    desk.folder.joinpath(".git").mkdir()
    desk.folder.joinpath(".git/HEAD").write_text("ref: refs/heads/main\n")
    desk.folder.joinpath(".git/config").write_text(
        '[remote "origin"]\n\turl = git@github.com:acme/widgets.git\n'
    )
    monkeypatch.setenv("SYNCD_REMOTES__GITHUB__URL", desk.sandbox.url)
    monkeypatch.setenv("SYNCD_REMOTES__GITHUB__TOKEN", "sandbox-token")
    return desk


def test_a_clone_needs_no_configuration_but_the_first_run_only_shows_its_plan(clone: Desk) -> None:
    first = clone.syncd("run")
    assert first.code == 4
    assert "assumed: roadmap ROADMAP.md" in first.err
    assert "assumed: project acme/widgets" in first.err
    assert clone.sandbox.person().issues() == []
    command = first.err.rpartition("exactly this plan: ")[2].strip()
    assert clone.syncd(*shlex.split(command)[1:]).code == 0
    assert len(clone.sandbox.person().issues()) == 4
    assert clone.syncd("run").code == 0
    assert clone.syncd("status").code == 0


def test_on_another_branch_no_run_takes_place(clone: Desk) -> None:
    clone.syncd("run", "--approve", clone.syncd("run", "--json").json["digest"])
    clone.folder.joinpath(".git/HEAD").write_text("ref: refs/heads/feature\n")
    answer = clone.syncd("run")
    assert answer.code == 75
    assert "main" in answer.err


def break_token(desk: Desk) -> None:
    desk.configure(token="ghp_wrong_but_secret")


def break_address(desk: Desk) -> None:
    desk.sandbox.stop()


def break_rights(desk: Desk) -> None:
    desk.path.chmod(0o444)


def break_path(desk: Desk) -> None:
    desk.path.rename(desk.folder / "real.md")
    desk.path.symlink_to("real.md")


def break_encoding(desk: Desk) -> None:
    desk.path.write_bytes(ROADMAP.encode("utf-16"))


def break_key(desk: Desk) -> None:
    desk.configure("truht: hold")


def break_state(desk: Desk) -> None:
    desk.folder.joinpath(".syncd").mkdir()
    desk.folder.joinpath(".syncd/state.db").write_bytes(b"")


@pytest.mark.parametrize(
    ("break_it", "code", "named"),
    [
        (break_token, 78, "tracker"),
        (break_address, 1, "tracker"),
        (break_rights, 65, "ROADMAP.md"),
        (break_path, 65, "ROADMAP.md"),
        (break_encoding, 65, "UTF-16"),
        (break_key, 78, "syncd.yaml:7:5: roadmaps.main.truht"),
        (break_state, 5, "state.db"),
    ],
)
def test_what_is_wrong_is_said_once_and_nothing_is_written(
    desk: Desk, break_it: Callable[[Desk], None], code: int, named: str
) -> None:
    break_it(desk)
    before = desk.path.read_bytes()
    answer = desk.syncd("run")
    assert answer.code == code
    assert named in answer.out + answer.err
    assert "Traceback" not in answer.err
    assert "ghp_wrong_but_secret" not in answer.out + answer.err
    assert desk.path.read_bytes() == before
    assert desk.sandbox.person().issues() == []


def test_an_interrupted_run_ends_after_its_effect_and_the_next_one_does_the_rest(desk: Desk) -> None:
    desk.path.write_text("# W\n\n## Phase 1\n\n" + "".join(f"- [ ] Task {n}\n" for n in range(30)))
    desk.configure(remote=", pace: {interval: 50ms, per_minute: 100000, per_hour: 100000}")
    running = subprocess.Popen(
        [sys.executable, "-m", "syncd", "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    assert "10/31" in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in err
    assert "the next run does the rest" in out
    made = len(desk.sandbox.person().issues())
    assert 0 < made < 30
    desk.configure()
    assert desk.syncd("run").code == 0
    titles = [issue.title for issue in desk.sandbox.person().issues()]
    assert sorted(titles) == sorted(f"Task {n}" for n in range(30))


def test_an_interrupt_while_reading_ends_at_once_and_nothing_is_written(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = desk.folder / "syncd.yaml"
        config.write_text(config.read_text().replace(desk.sandbox.url, f"http://127.0.0.1:{port}"))
        running = subprocess.Popen(
            [sys.executable, "-m", "syncd", "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        connection, _ = silent.accept()
        with connection:
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "Traceback" not in err
    assert out == ""
    assert desk.path.read_text() == ROADMAP
