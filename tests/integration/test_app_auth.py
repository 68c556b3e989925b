"""Working as a GitHub App, with the token of a command-line tool, and what is refused before any of it is sent."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from syncd.app import build, remotes
from syncd.config import Settings, load
from syncd.engine import Run
from syncd.errors import AccessRefused, ConfigError
from syncd.forge.github import App, GitHub
from syncd.forge.pacing import Figures, Pace
from syncd.logs import Redactor
from syncd.model.remote import NEEDED, IssueDraft, Right
from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.records import Role
from tests.sandbox_fixture import Judge

ROADMAP = "# W\n\n## Phase 1\n\n- [ ] One\n- [x] Two\n"


@pytest.fixture(scope="session")
def keys() -> tuple[str, str]:
    """A private key and its public half, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.fixture
def github(sandbox: Sandbox, clock: LogicalClock, judge: Judge) -> Callable[..., GitHub]:
    """An adapter for an App. What it asks about itself is not in the published document that we have."""

    def made(app: App, project: str = "acme/widgets", skew: timedelta = timedelta()) -> GitHub:
        judge._strict = False
        pace = Pace(Figures(0.0, 0, 0), clock=lambda: clock() + skew, wait=lambda _: False)
        return GitHub("hub", project, token=app, pace=pace, web_url=sandbox.url)

    return made


def minted(sandbox: Sandbox) -> int:
    return sum(one.asked.path.endswith("/access_tokens") for one in sandbox.exchanges)


def test_an_app_finds_its_installation_and_writes_as_its_bot(
    sandbox: Sandbox, keys: tuple[str, str], github: Callable[..., GitHub]
) -> None:
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project())
    hidden: list[str] = []
    forge = github(App(str(made.id), lambda: keys[0], hide=hidden.append))
    assert forge.project().rights == NEEDED
    probe = forge.probe()
    assert (probe.account, probe.token) == ("syncd-app[bot]", "token of an installation")
    assert forge.create_issue(IssueDraft("T", "")).author == "syncd-app[bot]"
    assert minted(sandbox) == 1
    assert [token for token in sandbox.world.tokens if token.startswith("ghs_")] == hidden


def test_a_given_installation_is_not_looked_for(
    sandbox: Sandbox, keys: tuple[str, str], github: Callable[..., GitHub]
) -> None:
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project())
    forge = github(App(str(made.id), lambda: keys[0], installation=made.installation))
    forge.project()
    assert forge.requests == 2


def test_a_token_is_renewed_before_it_ends_and_kept_until_then(
    sandbox: Sandbox, clock: LogicalClock, keys: tuple[str, str], github: Callable[..., GitHub]
) -> None:
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project())
    app = App(str(made.id), lambda: keys[0])
    github(app).project()
    clock.advance(54 * 60)
    forge = github(app)
    forge.project()
    assert (minted(sandbox), forge.requests) == (1, 1)
    clock.advance(2 * 60)
    forge.create_issue(IssueDraft("T", ""))
    assert (minted(sandbox), forge.requests, forge.writes) == (2, 3, 1)


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_clock_that_is_a_day_off_is_no_reason_to_refuse_a_signature(
    sandbox: Sandbox, keys: tuple[str, str], github: Callable[..., GitHub], hours: int
) -> None:
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project())
    app = App(str(made.id), lambda: keys[0])
    forge = github(app, skew=timedelta(hours=hours))
    forge.project()
    # The first question was refused, and told the time; then installation, token, project.
    assert (forge.requests, minted(sandbox)) == (4, 1)


def test_an_app_with_too_few_rights(
    sandbox: Sandbox, keys: tuple[str, str], github: Callable[..., GitHub]
) -> None:
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project(), Role.READ)
    project = github(App(str(made.id), lambda: keys[0])).project()
    assert project.rights == frozenset()
    assert set(project.lacking) == NEEDED == set(Right) - {Right.HOOKS}


def test_an_app_that_is_not_installed_there(
    sandbox: Sandbox, keys: tuple[str, str], github: Callable[..., GitHub]
) -> None:
    people.add_project(sandbox.world, "acme/other", "ann")
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project())
    with pytest.raises(AccessRefused, match="not installed in acme/other"):
        github(App(str(made.id), lambda: keys[0]), "acme/other").project()


def test_a_key_of_another_app(sandbox: Sandbox, keys: tuple[str, str], github: Callable[..., GitHub]) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    public = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    made = people.add_app(sandbox.world, "syncd-app", public.decode(), sandbox.project())
    with pytest.raises(AccessRefused) as refused:
        github(App(str(made.id), lambda: keys[0])).project()
    assert refused.value.status == 401


@pytest.mark.parametrize("key", ["", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END"])
def test_a_file_that_holds_no_key_is_named_and_not_repeated(github: Callable[..., GitHub], key: str) -> None:
    with pytest.raises(AccessRefused, match="holds no RSA private key") as refused:
        github(App("1", lambda: key)).project()
    assert "AAAA" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


# From the configuration


@pytest.fixture
def settings(tmp_path: Path, sandbox: Sandbox, keys: tuple[str, str]) -> Callable[..., Settings]:
    """Loads a configuration whose remote has these keys of its own; `app.pem` holds the private key."""
    (tmp_path / "ROADMAP.md").write_text(ROADMAP)
    (tmp_path / "app.pem").write_text(keys[0])
    (tmp_path / "app.pem").chmod(0o600)

    def written(remote: str, kind: str = "github", url: str = "") -> Settings:
        (tmp_path / "syncd.yaml").write_text(
            f"remotes:\n  hub: {{kind: {kind}, project: acme/widgets, url: '{url or sandbox.url}', {remote}}}\n"
            "roadmaps:\n  main: {path: ROADMAP.md, remotes: [hub]}\n"
        )
        return load(tmp_path / "syncd.yaml", {})

    return written


def test_two_runs_as_an_app_take_one_token(
    sandbox: Sandbox,
    clock: LogicalClock,
    judge: Judge,
    keys: tuple[str, str],
    settings: Callable[..., Settings],
) -> None:
    judge._strict = False
    made = people.add_app(sandbox.world, "syncd-app", keys[1], sandbox.project())
    redactor = Redactor()
    engine = build(settings(f"app: {{id: {made.id}, key_file: app.pem}}"), clock=clock, redactor=redactor)
    assert [engine.sync("main", Run()).exit_code for _ in range(2)] == [0, 0]
    assert minted(sandbox) == 1
    assert {issue.author for issue in sandbox.person().issues()} == {"syncd-app[bot]"}
    secret = next(token for token in sandbox.world.tokens if token.startswith("ghs_"))
    assert secret not in redactor.clean(f"it is {secret}")
    assert keys[0] not in redactor.clean(keys[0])


def test_a_key_file_that_everybody_may_read_is_refused(
    tmp_path: Path, settings: Callable[..., Settings]
) -> None:
    known = settings("app: {id: 1, key_file: app.pem}")
    (tmp_path / "app.pem").chmod(0o604)
    with pytest.raises(ConfigError, match=r"remotes\.hub\.app\.key_file.*everybody"):
        known.app_key("hub")
    (tmp_path / "app.pem").chmod(0o640)
    assert known.app_key("hub").startswith("-----BEGIN")


@pytest.mark.parametrize("more", ["token: secret", "token_file: t"])
def test_an_app_and_a_token_at_once(settings: Callable[..., Settings], more: str) -> None:
    with pytest.raises(ConfigError, match="both set") as refused:
        settings(f"app: {{id: 1, key_file: app.pem}}, {more}")
    assert "secret" not in str(refused.value)


def test_an_app_is_github_s(settings: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigError, match="not a key of kind `gitlab`"):
        settings("app: {id: 1, key_file: app.pem}", kind="gitlab")


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a program on the PATH."""

    def made(name: str, script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return made


@pytest.mark.parametrize(
    ("kind", "name", "asked"),
    [
        ("github", "gh", "auth token --hostname=127.0.0.1"),
        ("gitlab", "glab", "config get token --host=127.0.0.1"),
    ],
)
def test_the_token_of_a_tool_is_asked_for_only_on_request(
    settings: Callable[..., Settings], tool: Callable[[str, str], None], kind: str, name: str, asked: str
) -> None:
    tool(name, f'[ "$*" = "{asked}" ] && echo sandbox-token')
    assert settings(f"token: {name}", kind=kind).token("hub") == "sandbox-token"
    with pytest.raises(ConfigError, match="no token"):
        settings("timeout: 5s", kind=kind).token("hub")


@pytest.mark.parametrize("script", ["exit 1", "echo secret; exit 1", "true"])
def test_a_tool_without_a_token_says_so_and_nothing_of_its_output(
    settings: Callable[..., Settings], tool: Callable[[str, str], None], script: str
) -> None:
    tool("gh", script)
    with pytest.raises(ConfigError, match=r"`gh` has no token for 127\.0\.0\.1") as refused:
        settings("token: gh").token("hub")
    assert "secret" not in str(refused.value)


def test_a_tool_that_is_not_there(
    settings: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="`gh` cannot be started"):
        settings("token: gh").token("hub")


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize("key", ["url", "api_url"])
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://forge.example.org", "http would show the token"),
        ("http://169.254.169.254", "http would show the token"),
        ("http://0.0.0.0", "http would show the token"),
        ("https://user:secret@forge.example.org", "must not hold a user"),
        ("https://user@127.0.0.1", "must not hold a user"),
    ],
)
def test_an_address_that_would_give_the_token_away(
    tmp_path: Path, kind: str, key: str, address: str, why: str
) -> None:
    path = tmp_path / "syncd.yaml"
    path.write_text(f"remotes: {{hub: {{kind: {kind}, project: a/b, {key}: '{address}', token: t}}}}\n")
    with pytest.raises(ConfigError, match=why) as refused:
        load(path, {})
    assert "secret" not in str(refused.value)
    assert key in str(refused.value)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_http_to_this_machine_shows_nobody_anything(tmp_path: Path, kind: str, address: str) -> None:
    path = tmp_path / "syncd.yaml"
    path.write_text(f"remotes: {{hub: {{kind: {kind}, project: a/b, url: '{address}', token: t}}}}\n")
    assert set(remotes(load(path, {}))) == {"hub"}
