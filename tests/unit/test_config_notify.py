"""`serve.notify`: an address that is a secret, and where it may lead."""

from pathlib import Path

import pytest

from syncd.config import Settings, load
from syncd.errors import ConfigError

BASE = """remotes: {github: {kind: github, project: acme/widgets}}
roadmaps: {main: {path: ROADMAP.md, remotes: [github]}}
"""


@pytest.fixture
def loaded(tmp_path: Path):
    def load_keys(keys: str, **env: str) -> Settings:
        (tmp_path / "syncd.yaml").write_text(f"{BASE}serve: {{notify: {{{keys}}}}}\n", encoding="utf-8")
        return load(tmp_path / "syncd.yaml", env)

    return load_keys


def test_nobody_is_told_unless_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "syncd.yaml").write_text(BASE, encoding="utf-8")
    settings = load(tmp_path / "syncd.yaml", {})
    assert settings.serve.notify is None
    assert settings.notify_url() == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/services/T0/B0/xyz?key=1",
        "https://hooks.example.org:8443",
        "http://127.0.0.1:9/x",
        "http://[::1]:9/x",
        "http://localhost/x",
    ],
)
def test_an_address_may_hold_its_secret_in_path_and_question(loaded, url: str) -> None:
    assert loaded(f"url: '{url}'").notify_url() == url


def test_it_comes_from_a_file_which_is_read_anew_or_from_the_environment(loaded, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://a.example/1\n", encoding="ascii")
    settings = loaded("url_file: url")
    assert settings.notify_url() == "https://a.example/1"
    (tmp_path / "url").write_text("https://a.example/2", encoding="ascii")
    assert settings.notify_url() == "https://a.example/2"
    assert loaded("url: $WHERE", WHERE="https://b.example/").notify_url() == "https://b.example/"
    assert loaded("", SYNCD_SERVE__NOTIFY__URL="https://c.example/").notify_url() == "https://c.example/"


def test_http_leads_to_this_machine_alone_unless_it_is_allowed(loaded) -> None:
    with pytest.raises(ConfigError, match="http would show"):
        loaded("url: 'http://chat.example.org/s3cret'").notify_url()
    assert loaded("url: 'http://chat.example.org/s3cret', insecure: true").notify_url()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/s3cret",
        "file:///s3cret",
        "s3cret",
        "https://",
        "https:///s3cret",
        "https://user:s3cret@a.example/",
        "https://a.example/#s3cret",
        "https://a.example:s3cret/",
        "https://a.example:0/s3cret",
        "https://[::1/s3cret",
        "https://a.example/s3 cret",
        "https://a.example/s3crét",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(loaded, url: str) -> None:
    with pytest.raises(ConfigError, match=r"serve\.notify\.url") as caught:
        loaded(f"url: '{url}'").notify_url()
    assert "s3cr" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("", "no address"),
        ("url: https://a.example/s3cret, url_file: x", "both set"),
        ("url: ''", "empty"),
        ("url: $NOWHERE", "not set"),
        ("url: https://a.example/s3cret, style: teams", "'json' or 'slack'"),
        ("url: https://a.example/s3cret, failures: 0", "greater"),
        ("url: https://a.example/s3cret, stile: json", "did you mean `style`"),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(loaded, keys: str, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(keys)
    said = f"{caught.value} {caught.value.hint}"
    assert what in said
    assert "s3cret" not in said
