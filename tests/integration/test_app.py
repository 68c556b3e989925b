"""The composition root: what an engine is built from, and what that must not change."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from syncd import app
from syncd.config import Settings, load
from syncd.engine import Run
from syncd.forge.base import Forge
from syncd.logs import Redactor
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.state import Store

ROADMAP = "# W\n\n## Phase 1\n\n- [ ] One\n- [x] Two\n\n## Phase 2\n\n- [ ] Three\n"


@pytest.fixture
def settings(tmp_path: Path, sandbox: Sandbox) -> Callable[..., Settings]:
    """Loads a configuration for the sandbox; more keys for the remote and for the roadmap."""
    (tmp_path / "ROADMAP.md").write_text(ROADMAP)

    def written(remote: str = "", roadmap: str = "") -> Settings:
        (tmp_path / "syncd.yaml").write_text(
            "remotes:\n"
            f"  one: {{kind: github, project: acme/widgets, url: '{sandbox.url}', token: sandbox-token{remote}}}\n"
            f"roadmaps:\n  main: {{path: ROADMAP.md, remotes: [one]{roadmap}}}\n"
        )
        return load(tmp_path / "syncd.yaml", {})

    return written


@pytest.mark.parametrize("skew", [timedelta(hours=-24), timedelta(hours=24)])
def test_a_clock_that_is_a_day_off_makes_the_same_plan(
    settings: Callable[..., Settings], sandbox: Sandbox, clock: LogicalClock, skew: timedelta
) -> None:
    def off() -> datetime:
        return clock() + skew

    def digests() -> list[str]:
        engines = (app.build(settings(), clock=clock), app.build(settings(), clock=off))
        return [engine.sync("main", Run(dry=True)).verdict.digest for engine in engines]

    first = digests()
    assert first[0] == first[1]
    app.build(settings(), clock=clock).sync("main", Run())
    ann = sandbox.person()
    clock.advance(5)
    ann.close(next(issue.number for issue in ann.issues() if issue.title == "One"))
    path = settings().path("main")
    path.write_text(path.read_text().replace("- [ ] Three", "- [x] Three"))
    clock.advance(5)
    second = digests()
    assert second[0] == second[1] != first[0]


def test_every_kind_of_remote_has_an_adapter(tmp_path: Path, sandbox: Sandbox, clock: LogicalClock) -> None:
    """One roadmap on both forges at once: here two dialects of one tracker, so each finds what the other made."""
    (tmp_path / "ROADMAP.md").write_text(ROADMAP)
    (tmp_path / "syncd.yaml").write_text(
        "remotes:\n"
        f"  hub: {{kind: github, project: acme/widgets, url: '{sandbox.url}', token: sandbox-token}}\n"
        f"  lab: {{kind: gitlab, project: acme/widgets, url: '{sandbox.gitlab_url}', token: sandbox-token}}\n"
        "roadmaps:\n"
        "  one: {path: ROADMAP.md, remotes: [hub]}\n"
        "  two: {path: TODO.md, remotes: [lab]}\n"
    )
    (tmp_path / "TODO.md").write_text("# T\n\n## Phase 9\n\n- [ ] Nine\n- [x] Ten\n")
    engine = app.build(load(tmp_path / "syncd.yaml", {}), clock=clock)
    assert [engine.sync(name, Run()).exit_code for name in ("one", "two")] == [0, 0]
    kept = {issue.title: issue.state for issue in sandbox.person().issues()}
    assert (kept["One"], kept["Nine"], kept["Ten"]) == ("open", "open", "closed")
    assert {kind for kind, _ in app.ADAPTERS.items()} == {"github", "gitlab"}


def test_no_forge_can_delete_anything() -> None:
    verbs = [name for name in vars(Forge) if not name.startswith("_")]
    assert [verb for verb in verbs if "delete" in verb or "remove" in verb] == []


def test_a_host_keeps_its_pace_from_engine_to_engine_and_its_figures_follow_the_configuration(
    tmp_path: Path,
) -> None:
    text = """
remotes: {one: {kind: github, project: a/b, token: t, pace: {per_minute: 5}}}
roadmaps: {main: {path: ROADMAP.md, remotes: [one]}}
"""
    (tmp_path / "syncd.yaml").write_text(text)
    hosts = app.Hosts(app.now, Event())
    with Store.open(tmp_path / "state.db", clock=app.now, mint=app.mint) as store:
        first = hosts.pace(load(tmp_path / "syncd.yaml", {}).remotes["one"], store)
        until = app.now() + timedelta(hours=1)
        first.close(until)
        (tmp_path / "syncd.yaml").write_text(text.replace("5", "7"))
        second = hosts.pace(load(tmp_path / "syncd.yaml", {}).remotes["one"], store)
    assert second.closed_until == until
    assert second.figures.per_minute == 7


def test_uids_are_of_letters_that_nobody_mistakes() -> None:
    uids = {app.mint() for _ in range(500)}
    assert len(uids) == 500
    assert set("".join(uids)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert {len(uid) for uid in uids} == {16}


def test_the_scope_moves_with_the_mapping_and_the_path_and_with_nothing_else(
    settings: Callable[..., Settings],
) -> None:
    plain = app.scope(settings(), "main")
    assert plain == app.scope(settings(roadmap=", truth: [roadmap, one], adopt: never"), "main")
    assert plain == app.scope(settings(roadmap=", mapping: {}"), "main")
    assert plain != app.scope(settings(roadmap=", mapping: {tables: true}"), "main")


def test_the_token_is_hidden_before_it_is_used(settings: Callable[..., Settings]) -> None:
    redactor = Redactor()
    app.build(settings(), redactor=redactor).sync("main", Run(dry=True))
    assert redactor.clean("it is sandbox-token, is it not") == "it is [hidden], is it not"


def test_what_was_created_on_a_host_is_counted_across_runs(
    settings: Callable[..., Settings], sandbox: Sandbox
) -> None:
    given: Any = settings(remote=", pace: {interval: 1ms, per_minute: 1000, per_hour: 1000}")
    app.build(given).sync("main", Run())
    with Store.open(given.state, clock=app.now, mint=app.mint, read_only=True) as store:
        host = sandbox.url.removeprefix("http://")
        assert len(store.creations(host, datetime.now(UTC) - timedelta(hours=1))) == 5
