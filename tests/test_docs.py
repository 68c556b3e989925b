"""What the pages say is so: commands run, keys, options and errors are all there, named tests exist, links lead on."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from syncd import cli, errors
from syncd.config import load, schema
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.conftest import ROOT

README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [README, *DOCS, ROOT / "CONTRIBUTING.md"]
ALL_DOCS = "\n".join(page.read_text(encoding="utf-8") for page in DOCS)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(page: Path) -> list[str]:
    """What stands behind a prompt."""
    return [
        line.removeprefix("$ ")
        for block in blocks(page, "console")
        for line in block.split("\n")
        if line.startswith("$ ")
    ]


# --- commands --------------------------------------------------------------------------------------------------------

CODES = {"syncd run": 4}
"""What a command ends with the first time it stands in the README, if not with 0: the first run of a clone asks."""

MADE = re.compile(r"make (\w+)")
ELSEWHERE = {
    "python3 -m venv ~/.local/syncd": "the suite runs in such an environment",
    "~/.local/syncd/bin/pip install .": "and the Makefile installs the package into it",
}
"""Commands that are not run here, and why that is no loss."""


@pytest.fixture
def clone(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newcomer's clone: a roadmap, a remote on GitHub, a token; the sandbox plays GitHub."""
    folder = tmp_path / "widgets"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git/config").write_text('[remote "origin"]\n\turl = https://github.com/acme/widgets.git\n')
    (folder / "ROADMAP.md").write_bytes((ROOT / "syncd/sample/ROADMAP.md").read_bytes())
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SYNCD_REMOTES__GITHUB__URL", sandbox.url)
    monkeypatch.setenv("SYNCD_REMOTES__GITHUB__TOKEN", "sandbox-token")
    return folder


def test_every_command_of_the_readme_does_what_it_says(
    clone: Path, sandbox: Sandbox, clock: LogicalClock, capsys: pytest.CaptureFixture[str]
) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    expected, digest = dict(CODES), ""
    for command in commands(README):
        if command in ELSEWHERE:
            continue
        if made := MADE.fullmatch(command):
            assert re.search(rf"^{made[1]}:", makefile, re.MULTILINE), command
            continue
        clock.advance(1)
        words = shlex.split(command.replace("DIGEST", digest))
        assert words[0] == "syncd", f"{command}: run it here, or say in ELSEWHERE why not"
        assert cli.main(words[1:]) == expected.pop(command, 0), command
        said = capsys.readouterr()
        assert said.out
        digest = said.err.rpartition("--approve ")[2].strip() or digest
    assert expected == {}
    assert len(sandbox.person().issues()) == 14


def test_make_demo_is_the_demo() -> None:
    assert re.search(r"^demo:.*\n\t\$\(BIN\)/syncd demo$", (ROOT / "Makefile").read_text(), re.MULTILINE)


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand, by its words."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            assert found is not None
            yield from leaves(found, f"{path} {name}")


COMMANDS = dict(leaves(cli.group, "syncd"))


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


@pytest.mark.parametrize("path", [path for path in COMMANDS if path != "syncd"])
def test_every_command_and_option_is_in_the_docs(path: str) -> None:
    text = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert re.search(rf"`{path}\b", text), f"{path} is not in docs/cli.md"
    missing = {option for option in options(COMMANDS[path]) if option not in text}
    assert missing == set(), f"{path}: not in docs/cli.md"


def parsed(line: str) -> tuple[click.Command, list[str]]:
    words = shlex.split(line)
    path = words.pop(0)
    while words and f"{path} {words[0]}" in COMMANDS:
        path = f"{path} {words.pop(0)}"
    return COMMANDS[path], words


SAID = sorted({line for page in PAGES for line in commands(page) if line.startswith("syncd ")})


@pytest.mark.parametrize("line", SAID)
def test_every_command_in_the_docs_can_be_given(line: str) -> None:
    command, words = parsed(line)
    command.make_context("syncd", words)  # raises UsageError where it cannot


def test_options_in_the_docs_exist() -> None:
    known = set().union(*map(options, COMMANDS.values())) | {"--help", "--version"}
    foreign = {"--group", "--upgrade"}  # of pip and uv, in CONTRIBUTING.md
    found = {option for page in PAGES for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text())}
    assert found - known - foreign == set()


# --- configuration ---------------------------------------------------------------------------------------------------


def test_every_key_of_the_configuration_is_in_the_docs() -> None:
    whole = schema()
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    found = {key for group in [whole, *whole["$defs"].values()] for key in group.get("properties", {})}
    assert {"state", "quarantine", "per_minute", "first_create", "marks"} <= found
    assert {key for key in found if not re.search(rf"[`{{ ]{key}[`:]", text)} == set()


@pytest.mark.parametrize(
    "text", [block for page in (README, ROOT / "docs/configuration.md") for block in blocks(page, "yaml")]
)
def test_every_example_configuration_loads(text: str, tmp_path: Path) -> None:
    (tmp_path / "syncd.yaml").write_text(text)
    assert load(tmp_path / "syncd.yaml", {}).roadmaps


def test_every_key_of_the_mapping_is_explained() -> None:
    mapping = schema()["$defs"]["MappingKeys"]["properties"]
    text = (ROOT / "docs/roadmap-format.md").read_text(encoding="utf-8")
    assert {key for key in mapping if f"| `{key}` |" not in text} == set()


# --- errors ----------------------------------------------------------------------------------------------------------


def kinds(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for below in error.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from kinds(below)


@pytest.mark.parametrize("error", list(kinds(errors.SyncdError)), ids=lambda error: error.__name__)
def test_every_error_is_in_the_docs_with_its_exit_code(error: type[errors.SyncdError]) -> None:
    assert f"| `{error.__name__}` | {error.exit_code} |" in ALL_DOCS


@pytest.mark.parametrize("code", [*errors.EXIT_ORDER, cli.INTERRUPTED])
def test_every_exit_code_is_in_the_docs(code: int) -> None:
    assert re.search(rf"^\| {code} \| ", ALL_DOCS, re.MULTILINE)


def test_the_order_of_exit_codes_is_that_of_the_program() -> None:
    order = ", ".join(map(str, errors.EXIT_ORDER))
    assert order in ALL_DOCS


# --- tests and links -------------------------------------------------------------------------------------------------

NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", ALL_DOCS)


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_every_test_that_the_docs_name_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_bytes())
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in names


def test_every_invariant_is_proven_or_named_as_missing() -> None:
    text = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (I\d+) \| .+ \| .*`tests/.+` \|$", text, re.MULTILINE)
    missing = re.findall(r"\*\*(I\d+)\*\*", text)
    assert sorted([*rows, *missing]) == sorted(f"I{number}" for number in range(1, 24))


LINKS = sorted(
    {
        (str(page.relative_to(ROOT)), link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    }
)


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_link_leads_somewhere(page: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    assert target.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
        assert anchor in slugs


def test_the_readme_is_that_of_the_package() -> None:
    assert 'readme = "README.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
