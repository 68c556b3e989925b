"""The configuration: strict, with the place of every mistake, and never a value in a message."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from syncd.config import Settings, assume, load, schema
from syncd.errors import MISCONFIGURED, ConfigError, UsageError
from syncd.forge.pacing import Figures, usual_figures
from syncd.model.policy import Adoption, Limits, Policy, ReadingRules, Share
from syncd.model.values import Field
from tests.conftest import ROOT

BASE = """\
remotes:
  github: {kind: github, project: acme/widgets}
roadmaps:
  main:
    path: ROADMAP.md
    remotes: [github]
"""


class Written:
    """A configuration file, and what loading it says."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "syncd.yaml"

    def load(
        self,
        text: str | bytes = BASE,
        env: Mapping[str, str] | None = None,
        flags: Mapping[str, Any] | None = None,
    ) -> Settings:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(self.path, env or {}, flags)

    def error(
        self, text: str | bytes = BASE, env: Mapping[str, str] | None = None, **flags: Any
    ) -> ConfigError:
        with pytest.raises(ConfigError) as caught:
            self.load(text, env, flags)
        assert caught.value.exit_code == MISCONFIGURED
        return caught.value


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def with_roadmap(line: str) -> str:
    return f"{BASE}    {line}\n"


def with_remote(more: str) -> str:
    return BASE.replace("acme/widgets}", f"acme/widgets, {more}}}")


# What is said arrives


def test_what_is_not_said_has_the_value_of_the_design(written: Written) -> None:
    settings = written.load()
    assert settings.state == written.path.parent / ".syncd" / "state.db"
    assert settings.path("main") == written.path.parent / "ROADMAP.md"
    assert settings.policy("main") == Policy(link_existing=True)
    assert settings.reading_rules("main") == ReadingRules()
    assert not settings.any_branch("main")
    assert not settings.assumed
    remote = settings.remotes["github"]
    assert (remote.url, remote.timeout, remote.quarantine) == (
        "https://github.com",
        timedelta(seconds=30),
        timedelta(minutes=15),
    )
    assert remote.full_sweep == timedelta(days=1)


def test_what_is_said_becomes_policy(written: Written) -> None:
    policy = written.load(
        BASE
        + """\
    truth: [roadmap, github]
    fields: {title: hold, state: [github]}
    adopt: "label:road map"
    removed: unlink
    link_existing: never
    history: skip
    stamp: marker
    branch: any
    labels: {priority: "p: {}", in_progress: wip}
    users: {ann: {github: ann-gh}}
    limits: {create: 7, update: 40%, close: 3}
"""
    ).policy("main")
    assert policy.truth == ("roadmap", "github")
    assert policy.ranking(Field.TITLE) == ()
    assert policy.ranking(Field.STATE) == ("github",)
    assert policy.ranking(Field.DUE) == ("roadmap", "github")
    assert policy.adopt == Adoption("label", "road map")
    assert (policy.removed, policy.link_existing, policy.history, policy.stamp) == (
        "unlink",
        False,
        "skip",
        True,
    )
    assert policy.labels.patterns == {"priority": "p: {}", "in_progress": "wip"}
    assert policy.users == {"ann": {"github": "ann-gh"}}
    assert policy.limits == Limits(create=7, update=Share(20, 40), close=Share(3))


def test_what_is_said_of_reading_arrives(written: Written) -> None:
    settings = written.load(
        BASE
        + """\
    mapping:
      milestone: h3
      task: [box, "Task *"]
      section: label
      ignore: [Definition of Done]
      include: [Security Checklist]
      tables: true
      quotes: true
      refs: issues
      marks: {"*": done, -: dropped, ~: in_progress, 1: open}
"""
    )
    assert settings.reading_rules("main") == ReadingRules(
        milestone="h3",
        task=("box", "Task *"),
        section="label",
        ignore=("Definition of Done",),
        include=("Security Checklist",),
        tables=True,
        quotes=True,
        refs="issues",
        marks={"*": "done", "-": "dropped", "~": "in_progress", "1": "open"},
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("1d", 86400), ("1h30m", 5400), ("1500ms", 1.5), ("2h", 7200)],
)
def test_durations_have_units(written: Written, text: str, seconds: float) -> None:
    assert written.load(with_remote(f"timeout: {text}")).remotes["github"].timeout == timedelta(
        seconds=seconds
    )


@pytest.mark.parametrize("truth", ["hold", "roadmap", "[roadmap]", '"roadmap, github"'])
def test_a_ranking_is_a_list_or_hold(written: Written, truth: str) -> None:
    ranked = {"hold": (), "roadmap": ("roadmap",), "[roadmap]": ("roadmap",)}.get(
        truth, ("roadmap", "github")
    )
    assert written.load(with_roadmap(f"truth: {truth}")).policy("main").truth == ranked


def test_a_file_in_an_odd_spelling_is_still_yaml(written: Written) -> None:
    assert written.load(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()) == written.load()


def test_an_empty_file_configures_nothing(written: Written) -> None:
    assert written.load("# nothing yet\n").roadmaps == {}
    with pytest.raises(UsageError):
        written.load("").policy("main")


# File < environment < flags


def test_the_environment_overrides_the_file_and_flags_override_both(written: Written) -> None:
    text = with_remote("timeout: 1s, quarantine: 1s, full_sweep: 1s")
    env = {"SYNCD_REMOTES__GITHUB__QUARANTINE": "2s", "SYNCD_REMOTES__GITHUB__FULL_SWEEP": "2s", "OTHER": "x"}
    remote = written.load(text, env, {"remotes": {"github": {"full_sweep": "3s"}}}).remotes["github"]
    assert [one.total_seconds() for one in (remote.timeout, remote.quarantine, remote.full_sweep)] == [
        1,
        2,
        3,
    ]


def test_lists_and_groups_come_from_the_environment_too(written: Written) -> None:
    env = {
        "SYNCD_STATE": "elsewhere.db",
        "SYNCD_ROADMAPS__MAIN__REMOTES": '["github"]',
        "SYNCD_ROADMAPS__MAIN__TRUTH": "roadmap,github",
        "SYNCD_ROADMAPS__MAIN__LIMITS__UPDATE": "40%",
        "SYNCD_ROADMAPS__MAIN__LIMITS__CREATE": "7",
        "SYNCD_ROADMAPS__MAIN__LIMITS__CLOSE": "3",
        "SYNCD_ROADMAPS__MAIN__MAPPING": '{"ignore": ["Notes"]}',
    }
    settings = written.load(BASE, env)
    policy = settings.policy("main")
    assert settings.state.name == "elsewhere.db"
    assert policy.truth == ("roadmap", "github")
    assert policy.limits == Limits(create=7, update=Share(20, 40), close=Share(3))
    assert settings.reading_rules("main").ignore == ("Notes",)


def test_the_environment_alone_can_say_everything() -> None:
    env = {
        "SYNCD_REMOTES": '{"github": {"kind": "github", "project": "acme/widgets"}}',
        "SYNCD_ROADMAPS": '{"main": {"path": "TODO.md", "remotes": ["github"]}}',
    }
    assert load(None, env).path("main") == Path.cwd() / "TODO.md"


@pytest.mark.parametrize(
    ("env", "where"),
    [
        ({"SYNCD_REMOTES__GITHUB__TIMEOUT": "s3cret"}, "SYNCD_REMOTES__GITHUB__TIMEOUT"),
        ({"SYNCD_REMOTES__GITHUB__TOKN": "s3cret"}, "SYNCD_REMOTES__GITHUB__TOKN"),
        ({"SYNCD_REMOTS__GITHUB__TOKEN": "s3cret"}, "SYNCD_REMOTS__GITHUB__TOKEN"),
        ({"SYNCD_ROADMAPS__MAIN__REMOTES": "s3cret"}, "SYNCD_ROADMAPS__MAIN__REMOTES"),
        ({"SYNCD_ROADMAPS__MAIN__REMOTES": '["s3cret"]'}, "SYNCD_ROADMAPS__MAIN__REMOTES__0"),
    ],
)
def test_a_mistake_in_the_environment_names_its_variable(
    written: Written, env: dict[str, str], where: str
) -> None:
    assert str(written.error(BASE, env)).startswith(f"{where}: ")


def test_a_mistake_in_a_flag_says_so(written: Written) -> None:
    assert "flag" in str(written.error(BASE, {}, roadmaps={"main": {"path": "../up.md"}}))


# Mistakes have a place, and their values stay out of messages


MISTAKES: list[tuple[str, str, int, int]] = [
    (with_roadmap("s3cret: 5m"), "roadmaps.main.s3cret", 7, 5),
    (BASE + "s3crets: 1\n", "s3crets", 7, 1),
    (with_remote("projct: s3cret"), "remotes.github.projct", 2, 49),
    (BASE.replace("kind: github, ", ""), "remotes.github.kind", 2, 3),
    (BASE.replace("kind: github", "kind: s3cret"), "remotes.github.kind", 2, 12),
    (BASE.replace("acme/widgets", "s3cret"), "remotes.github.project", 2, 26),
    (BASE.replace("acme/widgets", "3"), "remotes.github.project", 2, 26),
    (BASE.replace("remotes: [github]", "remotes: [s3cret]"), "roadmaps.main.remotes.0", 6, 15),
    (BASE.replace("remotes: [github]", "remotes: [github, github]"), "roadmaps.main.remotes.1", 6, 23),
    (BASE.replace("remotes: [github]", "remotes: []"), "roadmaps.main.remotes", 6, 5),
    (BASE.replace("ROADMAP.md", "../s3cret"), "roadmaps.main.path", 5, 5),
    (BASE.replace("ROADMAP.md", ".git/s3cret"), "roadmaps.main.path", 5, 5),
    (BASE.replace("  main:", "  Main:"), "roadmaps.Main", 4, 3),
    (with_roadmap("truth: [roadmap, s3cret]"), "roadmaps.main.truth.1", 7, 22),
    (with_roadmap("truth: [roadmap, roadmap]"), "roadmaps.main.truth.1", 7, 22),
    (with_roadmap("truth: []"), "roadmaps.main.truth", 7, 5),
    (with_roadmap("truth: 7"), "roadmaps.main.truth", 7, 5),
    (with_roadmap("fields: {s3cret: hold}"), "roadmaps.main.fields.s3cret", 7, 14),
    (with_roadmap("fields: {title: [s3cret]}"), "roadmaps.main.fields.title.0", 7, 22),
    (with_roadmap("adopt: s3cret"), "roadmaps.main.adopt", 7, 5),
    (with_roadmap('adopt: "label:"'), "roadmaps.main.adopt", 7, 5),
    (with_roadmap("removed: s3cret"), "roadmaps.main.removed", 7, 5),
    (with_roadmap("labels: {priority: s3cret}"), "roadmaps.main.labels.priority", 7, 14),
    (with_roadmap('labels: {in_progress: "{} s3cret"}'), "roadmaps.main.labels.in_progress", 7, 14),
    (with_roadmap("users: {ann: {s3cret: ann}}"), "roadmaps.main.users.ann.s3cret", 7, 19),
    (with_roadmap("limits: {create: -1}"), "roadmaps.main.limits.create", 7, 14),
    (with_roadmap("limits: {update: 101%}"), "roadmaps.main.limits.update", 7, 14),
    (with_roadmap("limits: {update: true}"), "roadmaps.main.limits.update", 7, 14),
    (with_roadmap("mapping: {marks: {xx: done}}"), "roadmaps.main.mapping.marks.xx", 7, 23),
    (with_roadmap("mapping: {marks: {x: s3cret}}"), "roadmaps.main.mapping.marks.x", 7, 23),
    (with_roadmap("mapping: {ignore: s3cret}"), "roadmaps.main.mapping.ignore", 7, 15),
    (with_roadmap("path: s3cret"), "", 7, 5),
    (with_remote("timeout: 30"), "remotes.github.timeout", 2, 49),
    (with_remote("timeout: s3cret"), "remotes.github.timeout", 2, 49),
    (with_remote("timeout: 10ms"), "remotes.github.timeout", 2, 49),
    (with_remote("url: 'https://bot:s3cret@example.org'"), "remotes.github.url", 2, 49),
    (with_remote("url: 'http://s3cret.example.org'"), "remotes.github.url", 2, 49),
    (with_remote("api_url: 'http://s3cret.example.org'"), "remotes.github.api_url", 2, 49),
    (with_remote("url: 'ftp://s3cret.example.org'"), "remotes.github.url", 2, 49),
    (with_remote("url: 'https://example.org/?token=s3cret'"), "remotes.github.url", 2, 49),
    (with_remote("url: 'https://['"), "remotes.github.url", 2, 49),
    (with_remote("token: s3cret, token_file: s3cret"), "remotes.github.token_file", 2, 64),
    (with_remote("token: $S3CRET"), "remotes.github.token", 2, 49),
    (with_remote("ca_file: s3cret.pem"), "remotes.github.ca_file", 2, 49),
    (with_remote("pace: {interval: 1}"), "remotes.github.pace.interval", 2, 56),
    (BASE.replace("github:", "roadmap:").replace("[github]", "[roadmap]"), "remotes.roadmap", 2, 3),
    (BASE + "  side: {path: ./ROADMAP.md, remotes: [github]}\n", "roadmaps.side.path", 7, 10),
    ("remotes:\n  a: &x {kind: github, project: a/b}\n  b: *x\n", "", 2, 6),
    ("remotes:\n  a: {<<: {kind: github}, project: a/b}\n", "", 2, 7),
    ("state: !!python/object/apply:os.system [s3cret]\n", "", 1, 8),
    ("state: 'unclosed\n", "", 2, 1),
    ("state: a\n  b: s3cret\n", "", 2, 4),
    ("- s3cret\n", "", 1, 1),
    ("s3cret\n", "", 1, 1),
    ("state: a\n---\nstate: b\n", "", 2, 1),
    ("? [a]\n: s3cret\n", "", 1, 3),
    ("state: 2026-13-45\n", "", 1, 8),
    ("[" * 1000, "", 1, 33),
]


@pytest.mark.parametrize(("text", "key", "line", "column"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_without_its_value(
    written: Written, text: str, key: str, line: int, column: int
) -> None:
    error = written.error(text)
    assert str(error).startswith(f"{written.path}:{line}:{column}: {key}")
    assert (error.line, error.column) == (line, column)
    told = f"{error} {error.hint}".replace(key, "")
    assert "s3cret" not in told
    for cause in (error.__cause__, error.__context__):
        assert "s3cret" not in str(cause)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (with_roadmap("trut: hold"), "truth"),
        (with_roadmap("limits: {updat: 3}"), "update"),
        (with_remote("tokn: x"), "token"),
        (BASE + "stat: x\n", "state"),
        (with_roadmap("evry: 5m"), "every"),
        (BASE + "serve: {listn: x}\n", "listen"),
        (with_remote("app: {id: 1, key_file: x, instalation: 3}"), "installation"),
        (BASE.replace("[github]", "[gitub]"), "github"),
    ],
)
def test_a_near_miss_is_told_what_was_meant(written: Written, text: str, hint: str) -> None:
    assert hint in written.error(text).hint


GITLAB = BASE.replace("kind: github", "kind: gitlab")


def test_each_kind_has_its_own_public_host(written: Written) -> None:
    remote = written.load(GITLAB).remotes["github"]
    assert (remote.kind, remote.url, remote.dropped_label) == ("gitlab", "https://gitlab.com", "dropped")
    elsewhere = GITLAB.replace("acme/widgets", "acme/widgets, url: 'https://git.example.org/gitlab/'")
    assert written.load(elsewhere).remotes["github"].url == "https://git.example.org/gitlab"


@pytest.mark.parametrize("project", ["a/b", "group/sub/project", "a.b/_c/d-e"])
def test_a_project_on_gitlab_may_lie_deep_in_groups(written: Written, project: str) -> None:
    assert written.load(GITLAB.replace("acme/widgets", project)).remotes["github"].project == project


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BASE.replace("acme/widgets", "acme/sub/widgets"), "`owner/name`"),
        (GITLAB.replace("acme/widgets", "acme/-/widgets"), "`group/project`"),
        (GITLAB.replace("acme/widgets", "acme/wid$gets"), "`group/project`"),
        (GITLAB.replace("acme/widgets", "acme/widgets, dropped_label: 'a,b'"), "dropped_label"),
        (GITLAB.replace("acme/widgets", "acme/widgets, dropped_label: ' '"), "dropped_label"),
        (with_remote("dropped_label: x"), "not a key of kind `github`"),
        (BASE.replace("kind: github", "kind: gitea"), "kind"),
    ],
)
def test_what_one_kind_takes_another_may_not(written: Written, text: str, said: str) -> None:
    assert said in str(written.error(text))


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (GITLAB, "lab"),
        (BASE, "hub"),
        (GITLAB.replace("acme/widgets", "acme/widgets, url: 'https://gitlab.example.org'"), None),
        (GITLAB.replace("acme/widgets", "acme/widgets, url: 'https://github.com'"), None),
    ],
)
def test_a_token_of_the_environment_goes_to_its_own_public_host_alone(
    written: Written, text: str, token: str | None
) -> None:
    settings = written.load(text, {"GITLAB_TOKEN": "lab", "GITHUB_TOKEN": "hub"})
    if token is None:
        with pytest.raises(ConfigError):
            settings.token("github")
    else:
        assert settings.token("github") == token


def test_all_mistakes_are_told_at_once_the_first_one_first(written: Written) -> None:
    error = written.error(with_roadmap("zzz: 1\n    limits: {create: x}").replace("acme/widgets", "acme"))
    assert error.line == 2
    assert "roadmaps.main.zzz" in error.hint
    assert "roadmaps.main.limits.create" in error.hint


@pytest.mark.parametrize(
    "content", [b"\xff\xfes\0", b"state: \xff\n", b"state: \x07\n", b"#" * (64 * 1024 + 1)]
)
def test_what_is_no_short_text_is_refused(written: Written, content: bytes) -> None:
    assert str(written.path) in str(written.error(content))


def test_a_bomb_of_aliases_does_not_go_off(written: Written) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
    )
    assert written.error(bomb).line == 1


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "missing.yaml", {})
    assert "missing.yaml" in str(caught.value)
    with pytest.raises(ConfigError):
        load(tmp_path, {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_http_is_for_this_machine(written: Written, host: str) -> None:
    assert written.load(with_remote(f"url: 'http://{host}:1'")).remotes["github"].url.startswith("http:")


def test_http_elsewhere_needs_to_be_said(written: Written) -> None:
    assert written.load(with_remote("url: 'http://tracker.lan', insecure: true")).remotes["github"].insecure


# Secrets


def test_a_token_is_taken_from_where_it_was_said(written: Written, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"from-file\n")
    env = {"GITHUB_TOKEN": "usual", "MINE": "mine", "SYNCD_REMOTES__GITHUB__TOKEN": "ours"}
    usual = {"GH_TOKEN": "second", "GITHUB_TOKEN": ""}
    assert written.load(BASE, env).token("github") == "ours"
    assert written.load(BASE, {"GITHUB_TOKEN": "usual"}).token("github") == "usual"
    assert written.load(BASE, usual).token("github") == "second"
    assert written.load(with_remote("token: plain"), usual).token("github") == "plain"
    assert written.load(with_remote("token: $MINE"), {"MINE": "mine"}).token("github") == "mine"
    assert written.load(with_remote("token_file: token"), usual).token("github") == "from-file"


def test_a_token_file_is_read_when_it_is_used_through_links_and_loses_one_newline(written: Written) -> None:
    folder = written.path.parent
    settings = written.load(with_remote("token_file: token"))
    with pytest.raises(ConfigError) as caught:
        settings.token("github")
    assert caught.value.key == "remotes.github.token_file"
    (folder / "one").write_bytes(b"first\r\n")
    (folder / "token").symlink_to("one")
    assert settings.token("github") == "first"
    (folder / "one").write_bytes(b"second")
    assert settings.token("github") == "second"


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n", b"s3cret\xff"])
def test_a_file_that_holds_no_token_is_told_without_its_content(written: Written, content: bytes) -> None:
    (written.path.parent / "token").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        written.load(with_remote("token_file: token")).token("github")
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "more", ["url: 'https://github.example.org'", "api_url: 'https://proxy.example.org'"]
)
def test_the_usual_token_goes_to_no_other_host(written: Written, more: str) -> None:
    settings = written.load(with_remote(more), {"GITHUB_TOKEN": "s3cret", "GH_TOKEN": "s3cret"})
    with pytest.raises(ConfigError) as caught:
        settings.token("github")
    assert "SYNCD_REMOTES__GITHUB__TOKEN" in caught.value.hint


def test_no_settings_show_a_secret(written: Written) -> None:
    settings = written.load(with_remote("token: s3cret"), {"GITHUB_TOKEN": "s3cret"})
    assert "s3cret" not in f"{settings!r} {settings} {settings.remotes['github']!r} {settings.remotes}"


# The examples and the schema


EXAMPLES = sorted((ROOT / "config").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_each_example_loads_and_keeps_to_the_schema(path: Path) -> None:
    assert load(path, {}).roadmaps["main"].remotes == ("github",)
    validator = jsonschema_rs.validator_for(schema())
    validator.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_the_annotated_example_mentions_every_key() -> None:
    document = schema()
    groups = (document, *document["$defs"].values())
    keys = {name for group in groups for name in group.get("properties", ())}
    assert {"per_minute", "milestone", "ca_file", "link_existing", "state"} <= keys
    text = (ROOT / "config" / "syncd.example.yaml").read_text(encoding="utf-8")
    assert {key for key in keys if f"{key}:" not in text} == set()


def test_the_annotated_example_says_the_default_where_it_says_nothing_else(written: Written) -> None:
    example = load(ROOT / "config" / "syncd.example.yaml", {})
    plain = written.load()
    differ = {"token_file", "pace"}
    assert example.remotes["github"].model_dump(exclude=differ) == plain.remotes["github"].model_dump(
        exclude=differ
    )
    pace = example.remotes["github"].pace
    assert pace is not None
    shown_pace = Figures(pace.interval.total_seconds(), pace.per_minute, pace.per_hour)
    assert shown_pace == usual_figures("https://github.com")
    shown = {"truth", "fields", "labels", "users", "mapping", "every"}
    assert example.roadmaps["main"].model_dump(exclude=shown) == plain.roadmaps["main"].model_dump(
        exclude=shown
    )


def test_the_schema_is_json_and_refuses_what_loading_refuses(written: Written) -> None:
    validator = jsonschema_rs.validator_for(json.loads(json.dumps(schema())))
    assert validator.is_valid(yaml.safe_load(BASE))
    for text in (
        with_roadmap("evry: 5m"),
        with_remote("timeout: 30"),
        with_roadmap("adopt: some"),
        BASE + "serve: {listen: 8080}",
    ):
        assert not validator.is_valid(yaml.safe_load(text))
        written.error(text)


# Nothing configured


ORIGIN = {"origin": "git@github.com:acme/widgets.git"}


@pytest.mark.parametrize(
    "name",
    ["ROADMAP.md", "roadmap.md", "TODO.md", "Todo.MD", "tasks.md", "docs/ROADMAP.md", "Docs/Roadmap.md"],
)
def test_a_roadmap_is_found_by_its_usual_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"")
    settings, told = assume(tmp_path, {"GH_TOKEN": "t0ken"}, ORIGIN)
    assert settings.assumed
    assert settings.path("main") == tmp_path / name
    assert settings.state == tmp_path / ".syncd" / "state.db"
    assert settings.remotes["github"].project == "acme/widgets"
    assert settings.token("github") == "t0ken"
    assert name in told[0]
    assert "t0ken" not in " ".join(told)


def test_the_likeliest_name_wins_and_twins_are_not_guessed(tmp_path: Path) -> None:
    for name in ("TODO.md", "tasks.md", "ROADMAP.md"):
        (tmp_path / name).write_bytes(b"")
    assert assume(tmp_path, {}, ORIGIN)[0].path("main").name == "ROADMAP.md"
    (tmp_path / "Roadmap.md").write_bytes(b"")
    with pytest.raises(ConfigError):
        assume(tmp_path, {}, ORIGIN)


def test_a_roadmap_that_was_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert assume(tmp_path, {}, ORIGIN, Path("plans/../PLAN.md"))[0].path("main") == tmp_path / "PLAN.md"


@pytest.mark.parametrize(
    ("remotes", "project"),
    [
        ({"origin": "https://github.com/acme/widgets"}, "acme/widgets"),
        ({"origin": "https://github.com/acme/widgets.js.git"}, "acme/widgets.js"),
        ({"origin": "https://bot:t0ken@github.com/acme/widgets.git/"}, "acme/widgets"),
        ({"origin": "ssh://git@github.com/acme/widgets"}, "acme/widgets"),
        ({"up": "git@github.com:a/b", "origin": "git@github.com:acme/widgets"}, "acme/widgets"),
        ({"origin": "git@example.org:a/b", "mirror": "git@github.com:acme/widgets"}, "acme/widgets"),
        ({"a": "git@github.com:a/b", "b": "https://github.com/a/b.git"}, "a/b"),
        ({"a": "git@github.com:a/b", "b": "git@github.com:a/c"}, None),
        ({"origin": "https://bot:t0ken@example.org/a/b"}, None),
        ({"origin": "https://github.com.evil.example/a/b"}, None),
        ({}, None),
    ],
)
def test_the_project_comes_from_a_git_remote_or_is_asked_for(
    tmp_path: Path, remotes: dict[str, str], project: str | None
) -> None:
    (tmp_path / "ROADMAP.md").write_bytes(b"")
    if project is not None:
        settings, told = assume(tmp_path, {}, remotes)
        assert settings.remotes["github"].project == project
        assert "t0ken" not in " ".join(told)
        return
    with pytest.raises(ConfigError) as caught:
        assume(tmp_path, {}, remotes)
    assert "t0ken" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("remotes", "project"),
    [
        ({"origin": "https://gitlab.com/group/sub/project.git"}, "group/sub/project"),
        (
            {"origin": "git@gitlab.com:acme/widgets.git", "mirror": "git@github.com:acme/widgets"},
            "acme/widgets",
        ),
        ({"up": "ssh://git@gitlab.com/acme/widgets"}, "acme/widgets"),
        ({"up": "git@gitlab.com:acme/widgets", "mirror": "git@github.com:acme/widgets"}, None),
        ({"origin": "https://gitlab.com/acme/-/widgets"}, None),
        ({"origin": "https://gitlab.com.evil.example/acme/widgets"}, None),
    ],
)
def test_a_git_remote_on_gitlab_is_taken_the_same_way(
    tmp_path: Path, remotes: dict[str, str], project: str | None
) -> None:
    (tmp_path / "ROADMAP.md").write_bytes(b"")
    if project is None:
        with pytest.raises(ConfigError):
            assume(tmp_path, {}, remotes)
        return
    settings, told = assume(tmp_path, {"GITLAB_TOKEN": "t0ken"}, remotes)
    assert (settings.remotes["gitlab"].kind, settings.remotes["gitlab"].project) == ("gitlab", project)
    assert settings.roadmaps["main"].remotes == ("gitlab",)
    assert settings.token("gitlab") == "t0ken"
    assert "gitlab.com" in told[1]


def test_without_a_roadmap_nothing_is_assumed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        assume(tmp_path, {}, ORIGIN)
    assert "ROADMAP.md" in str(caught.value)
    assert caught.value.hint
