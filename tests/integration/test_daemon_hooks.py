"""`syncd hooks`: one webhook per project with exactly the needed events, and the daemon that hears of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncd import cli
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from syncd.sandbox.records import Hook
from tests.integration.watchman import SECRET, Watchman, configuration

WHSEC = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
ADDRESS = "https://syncd.example.org"
NEEDED = {
    "github": {"issues", "sub_issues", "milestone", "label", "push"},
    "gitlab": {
        "issues_events",
        "confidential_issues_events",
        "note_events",
        "milestone_events",
        "push_events",
    },
}

Syncd = Callable[..., tuple[int, str]]


@pytest.fixture(params=["github", "gitlab"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tracker(new_sandbox, kind: str) -> Sandbox:
    sandbox: Sandbox = new_sandbox(clock=wall_clock, forge=kind)
    return sandbox


@pytest.fixture
def syncd(tracker: Sandbox, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Syncd:
    path = tmp_path / "syncd.yaml"
    path.write_text(configuration(tracker, kind=kind, serve=f", url: '{ADDRESS}'"), encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        code = cli.main(["hooks", "--config", str(path), *arguments])
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err
        return code, said.out + said.err

    return run


def hooks(tracker: Sandbox) -> list[Hook]:
    return list(tracker.world.hooks.values())


def test_one_hook_is_installed_with_exactly_the_needed_events(
    tracker: Sandbox, syncd: Syncd, kind: str
) -> None:
    for _ in range(2):
        assert syncd("install")[0] == 0
    (hook,) = hooks(tracker)
    assert hook.url == f"{ADDRESS}/hooks/{kind}"
    assert hook.secret == SECRET
    assert set(hook.events) == NEEDED[kind]


def test_one_that_lacks_something_is_said_to_and_put_right(tracker: Sandbox, syncd: Syncd, kind: str) -> None:
    syncd("install")
    (hook,) = hooks(tracker)
    from dataclasses import replace

    with tracker.world.effect(tracker.person()._origin):
        tracker.world.put(replace(hook, events=hook.events[:1], secret="an old one"))
    code, said = syncd("list")
    assert code == 0
    assert "lacks" in said
    assert f"syncd hooks install {kind}" in said
    syncd("install")
    (hook,) = hooks(tracker)
    assert (set(hook.events), hook.secret) == (NEEDED[kind], SECRET)
    assert syncd("list")[1].rstrip().endswith("ok")


def test_only_the_daemons_own_hook_is_removed(tracker: Sandbox, syncd: Syncd, kind: str) -> None:
    syncd("install")
    syncd("install", "--url", "https://other.example.org")
    assert syncd("remove") == (0, f"{kind}: 1 removed\n")
    assert [hook.url for hook in hooks(tracker)] == [f"https://other.example.org/hooks/{kind}"]
    assert syncd("remove") == (0, f"{kind}: 0 removed\n")


def test_a_remote_that_nobody_configured_is_refused(syncd: Syncd) -> None:
    code, said = syncd("install", "elsewhere")
    assert code == 64
    assert "configured:" in said


@pytest.mark.parametrize("secret", [SECRET, WHSEC])
def test_what_happens_on_the_tracker_reaches_the_daemon_by_its_own_hook(
    tracker: Sandbox, kind: str, secret: str, memory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watchman = Watchman(tracker, memory)
    watchman.config.write_text(configuration(tracker, kind=kind, secret=secret), encoding="utf-8")
    with watchman as daemon:
        daemon.until_calm()
        config, address = str(daemon.config), daemon.daemon.server.address
        assert cli.main(["hooks", "--config", config, "install", "--url", address]) == 0
        ann = tracker.person()
        ann.close(next(issue.number for issue in ann.issues() if issue.title == "Dig the hole"))
        daemon.until(lambda: "- [x] Dig the hole" in daemon.text)
        assert "webhook" in {run.trigger for run in daemon.runs}
