"""The first thing anybody meets: help, completion, versions, and how a wrong word is answered."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from syncd import cli

HEAVY = (
    *(
        "github",
        "gitlab",
        "sqlalchemy",
        "alembic",
        "pydantic",
        "pydantic_settings",
        "yaml",
        "rich",
        "starlette",
    ),
    *("uvicorn", "jinja2", "structlog", "requests", "tenacity", "pyromark", "rapidfuzz"),
)


def loaded(arguments: list[str], **environment: str) -> set[str]:
    """The outside libraries that are in memory after a command, in a process of its own."""
    script = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr))\n"
        "from syncd.cli import main\n"
        f"sys.exit(main({arguments!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["completion", "bash"]])
def test_help_and_completion_load_no_library_of_any_command(arguments: list[str]) -> None:
    assert loaded(arguments) == set()


def test_the_shell_completes_commands_without_loading_any() -> None:
    answer = loaded([], _SYNCD_COMPLETE="bash_complete", COMP_WORDS="syncd s", COMP_CWORD="1")
    assert answer == set()


def test_completion_answers_from_the_table() -> None:
    ctx = click.Context(cli.group)
    assert [item.value for item in cli.group.shell_complete(ctx, "s")] == [
        name for name in cli.COMMANDS if name.startswith("s")
    ]


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_can_be_loaded_and_says_what_the_table_says(name: str) -> None:
    command = cli.group.get_command(click.Context(cli.group), name)
    assert command is not None
    assert command.help is not None
    assert " ".join(command.help.split("\n\n")[0].split()) == cli.COMMANDS[name].help


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    assert f"Usage: syncd {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["outline"], ["completion", "tcsh"], ["--colour"], ["sandbox", "--port", "x"], []],
)
def test_a_command_line_that_makes_no_sense_ends_with_64_and_says_so_on_stderr(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err


def test_a_closed_pipe_is_met_in_silence() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "schema"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.stderr == ""


def test_a_defect_gives_one_sentence_and_a_traceback_only_on_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command()
    @click.option("--debug", is_flag=True)
    def broken(debug: bool) -> None:
        raise ZeroDivisionError("a secret")

    assert cli.main([], broken) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "a secret" not in said
    assert cli.main(["--debug"], broken) == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_installed_program_and_the_module_are_one() -> None:
    program = Path(sys.executable).with_name("syncd")
    outputs = {
        subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
        for command in ([program], [sys.executable, "-m", "syncd"])
    }
    assert len(outputs) == 1


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [path]
    ctx = click.Context(command)
    below = [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]
    return [path, *(each for name, one in below if one for each in _commands(one, (*path, name)))]


def test_help_of_every_command_works_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = _commands(cli.group)
    assert {("state", "backup"), ("hooks", "list"), ("conflicts", "take")} <= set(commands)
    for path in commands:
        assert cli.main([*path, "--help"]) == 0, path
        assert "Usage:" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
