"""The keys of the daemon: timetables, secrets during a rotation, and where it listens."""

from datetime import timedelta
from pathlib import Path

import pytest

from syncd.config import Cron, Settings, load
from syncd.config.cron import parse_cron
from syncd.errors import ConfigError

BASE = """\
remotes:
  github: {kind: github, project: acme/widgets}
roadmaps:
  main: {path: ROADMAP.md, remotes: [github]}
"""


@pytest.fixture
def loaded(tmp_path: Path):
    def load_text(text: str, **env: str) -> Settings:
        path = tmp_path / "syncd.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, env)

    return load_text


def roadmap(keys: str) -> str:
    return BASE.replace("[github]}", f"[github], {keys}}}")


def hook(keys: str) -> str:
    return f"{BASE}serve: {{webhooks: {{github: {{{keys}}}}}}}\n"


def test_a_roadmap_is_synced_every_five_minutes_unless_it_says_otherwise(loaded) -> None:
    assert loaded(BASE).timetable("main") == timedelta(minutes=5)
    assert loaded(roadmap("every: 90s")).timetable("main") == timedelta(seconds=90)
    assert isinstance(loaded(roadmap('cron: "*/5 * * * *"')).timetable("main"), Cron)


@pytest.mark.parametrize("keys", ["every: 5m, cron: '@daily'", "every: 10ms", "cron: 5", "every: 5"])
def test_a_timetable_that_makes_no_sense_is_refused(loaded, keys: str) -> None:
    with pytest.raises(ConfigError, match=r"syncd\.yaml:4:\d+: roadmaps\.main\."):
        loaded(roadmap(keys))


def test_each_field_of_cron_becomes_its_values() -> None:
    cron = parse_cron("*/20 8-10,12 1-31/15 jan,JUL *")
    assert cron.minutes == {0, 20, 40}
    assert cron.hours == {8, 9, 10, 12}
    assert cron.days == frozenset({1, 16, 31})
    assert cron.months == {1, 7}
    assert cron.weekdays is None


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("0", {0}),
        ("7", {0}),
        ("sun", {0}),
        ("mon-fri", {1, 2, 3, 4, 5}),
        ("5-7", {5, 6, 0}),
        ("*/2", {0, 2, 4, 6}),
    ],
)
def test_the_week_of_cron_begins_on_sunday(field: str, days: set[int]) -> None:
    assert parse_cron(f"0 0 * * {field}").weekdays == frozenset(days)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "* * * foo *",
        "1,,2 * * * *",
        "* * * * mon-",
        "²* * * * *",
    ],
)
def test_what_cron_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|not"):
        parse_cron(text)


def test_two_secrets_count_during_a_rotation_and_files_are_read_anew(loaded, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("n3w\n", encoding="ascii")
    settings = loaded(hook("secret_file: new, previous: $OLD"), OLD="0ld")
    assert settings.webhook_secrets("github") == ("n3w", "0ld")
    (tmp_path / "new").write_text("n3wer", encoding="ascii")
    assert settings.webhook_secrets("github") == ("n3wer", "0ld")
    assert settings.secret_files("github") == (tmp_path / "new",)


def test_no_webhook_is_configured_unless_it_is_said(loaded) -> None:
    assert loaded(BASE).webhook_secrets("github") == ()


def test_a_secret_may_come_from_the_environment(loaded) -> None:
    settings = loaded(BASE, SYNCD_SERVE__WEBHOOKS__GITHUB__SECRET="s3cret")
    assert settings.webhook_secrets("github") == ("s3cret",)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (hook(""), "no secret"),
        (hook("secret: ''"), "empty"),
        (hook("secret: $NOWHERE"), "not set"),
        (hook("secret: s3cret, secret_file: x"), "both set"),
        (hook("secret: s3cret, previous: a, previous_file: x"), "both set"),
        (hook("secret: s3cret").replace("{github: {secret", "{gitlab: {secret"), "no remote"),
        (BASE + "serve: {token: s3cret, token_file: x}\n", "both set"),
        (BASE + "serve: {listen: 8080}\n", "address and a port"),
        (BASE + "serve: {listen: '127.0.0.1:65536'}\n", "address and a port"),
        (BASE + "serve: {workers: 0}\n", "greater"),
    ],
)
def test_what_would_serve_nobody_or_everybody_is_refused_without_its_value(
    loaded, text: str, what: str
) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        loaded(text)
    assert "s3cret" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("127.0.0.1:8080", True),
        ("[::1]:80", True),
        ("localhost:0", True),
        ("0.0.0.0:8080", False),
        ("[::]:80", False),
    ],
)
def test_an_address_knows_whether_others_can_reach_it(loaded, address: str, alone: bool) -> None:
    listen = loaded(f"{BASE}serve: {{listen: '{address}'}}\n").serve.listen
    assert listen.loopback is alone
    assert "[" not in listen.host
