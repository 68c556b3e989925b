"""The command line: names and help texts here, each command in a module of its own that is loaded when it is called.

``syncd --help`` and completion have 120 ms, and the libraries behind some commands take ten times that. So nothing
but click is imported here, and everything that can be said of a command without running it stands in ``COMMANDS``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from syncd import __version__
from syncd.errors import FAILED, USAGE, SyncdError

INTERRUPTED = 130


class Entry(NamedTuple):
    """What the table says of a command; ``module`` is where its ``command`` is."""

    heading: str
    help: str
    module: str = ""


STEP, LOOK, HAND, TRY = "Keep in step", "Look", "By hand", "Try it, set it up"

COMMANDS: Mapping[str, Entry] = {
    "run": Entry(STEP, "Bring a roadmap and its issues in step, once."),
    "serve": Entry(STEP, "Keep roadmaps in step for as long as it runs."),
    "outline": Entry(LOOK, "Show how a Markdown file is read. Needs no configuration and no network."),
    "check": Entry(LOOK, "Find what is wrong with configuration and roadmap; --fix makes counters true."),
    "status": Entry(LOOK, "Show where each configured roadmap stands."),
    "show": Entry(LOOK, "Show everything known about one task."),
    "log": Entry(LOOK, "Show what was done, newest first."),
    "healthcheck": Entry(LOOK, "Ask the daemon of this machine whether it lives."),
    "conflicts": Entry(HAND, "List what both sides changed; `take` decides for one side."),
    "link": Entry(HAND, "Link a task to an existing issue.", "link"),
    "unlink": Entry(HAND, "End the link between a task and its issue.", "link"),
    "state": Entry(HAND, "Back up, check, export or restore the state file."),
    "doctor": Entry(TRY, "Examine every remote: token, rights, project, budget, clock."),
    "hooks": Entry(TRY, "List, install or remove the webhooks that tell `syncd serve` what happens."),
    "notify": Entry(TRY, "Send a notification, to see whether they arrive."),
    "demo": Entry(TRY, "Watch it work on a copy of a file, with no account."),
    "sandbox": Entry(TRY, "Start the embedded tracker, which speaks GitHub's and GitLab's API."),
    "init": Entry(TRY, "Write a first syncd.yaml from what this clone says."),
    "schema": Entry(TRY, "Print the JSON Schema of the configuration."),
    "completion": Entry(TRY, "Print a completion script for bash, zsh or fish."),
}


class LazyGroup(click.Group):
    """Answers for its commands from the table, and loads one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"syncd.cli.{COMMANDS[cmd_name].module or cmd_name}")
        found: click.Command = module.command if not COMMANDS[cmd_name].module else getattr(module, cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        for heading in dict.fromkeys(entry.heading for entry in COMMANDS.values()):
            with formatter.section(heading):
                mine = [(name, entry.help) for name, entry in COMMANDS.items() if entry.heading == heading]
                formatter.write_dl(mine)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=entry.help)
            for name, entry in COMMANDS.items()
            if name.startswith(incomplete)
        ]


def _colour(ctx: click.Context, _: click.Parameter, value: str) -> str:
    # None lets click look at the terminal; https://no-color.org: set and not empty.
    auto = False if os.environ.get("NO_COLOR") else None
    ctx.color = {"always": True, "never": False}.get(value, auto)
    return value


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="syncd", message="%(prog)s %(version)s")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    callback=_colour,
    expose_value=False,
    help="Colours in the output; auto: on a terminal, unless NO_COLOR is set.",
)
@click.option(
    "--debug", is_flag=True, expose_value=False, help="Show a traceback where syncd itself is at fault."
)
def group() -> None:
    """Keep a hand-written Markdown roadmap and the issues of its tracker in step, both ways.

    `syncd run --dry-run` shows what a run would do, and `syncd demo` all of it on a copy.
    """


def main(args: Sequence[str] | None = None, root: click.Command = group) -> int:
    """Runs one command and returns its exit code; whatever goes wrong becomes one message on stderr."""
    arguments = list(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        # A byte of a roadmap that is no UTF-8, or a terminal that knows only ASCII, is no reason to fail.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code = root.main(arguments, prog_name="syncd", standalone_mode=False)
        sys.stdout.flush()  # here, where a closed pipe can still be met in silence
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        return _refused(error)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has enough. Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except SyncdError as error:
        _say(error.message, error.hint)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: a person gets a sentence, not a stack
        return _defect(error, debug="--debug" in arguments)
    return code if isinstance(code, int) else 0


def _refused(error: click.ClickException) -> int:
    ctx = getattr(error, "ctx", None)
    _say(error.format_message(), f"{ctx.command_path if ctx else 'syncd'} --help")
    return USAGE


def _defect(error: Exception, *, debug: bool) -> int:
    import traceback  # a fifth of what `--help` may take, for what should never happen

    if debug:
        traceback.print_exception(error)
    # Not the exception's own text: it may hold what nobody should paste into a report.
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"  # noqa: PTH119 - pathlib is not loaded here
    _say(
        f"a defect of syncd: {type(error).__name__} at {where}",
        "please report it with the command you gave; `syncd --debug …` shows where it happened",
    )
    return FAILED


def _say(message: str, hint: str) -> None:
    click.echo(f"syncd: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
