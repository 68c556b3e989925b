"""``syncd hooks``: the webhooks that tell the daemon what happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from syncd import app, logs
from syncd.cli.choose import chosen, config_option
from syncd.cli.console import dim, say, shown
from syncd.config import Settings
from syncd.errors import ConfigError, UsageError
from syncd.forge.hooks import Hook, Hooked, Hooks
from syncd.state import Store

url_option = click.option(
    "--url",
    metavar="URL",
    help="Where the world reaches the daemon; without, `serve.url` of the configuration.",
)
remotes_argument = click.argument("remotes", metavar="[REMOTE]...", nargs=-1)


@click.group()
@config_option
@click.pass_context
def command(ctx: click.Context, config: Path | None) -> None:
    """List, install or remove the webhooks that tell `syncd serve` what happens.

    REMOTE is a configured name; without, every remote with a secret under `serve.webhooks` is meant. The token needs
    the right to administer the project's webhooks for this, and for nothing else.
    """
    ctx.obj = config  # read when a subcommand runs: its --help works anywhere


@command.command("list")
@remotes_argument
@click.pass_context
def list_hooks(ctx: click.Context, remotes: tuple[str, ...]) -> None:
    """List the webhooks of each project, with what they lack."""
    settings = chosen(ctx.obj).settings
    with _opened(settings, remotes) as found:
        for name, hooks in found:
            mine = _url(settings, name, None, wanted=False)
            for hook in hooks.all():
                say(f"{name}: {hook.id} {shown(hook.url)}{_remarks(hook, hooks, mine)}")


@command.command()
@remotes_argument
@url_option
@click.pass_context
def install(ctx: click.Context, remotes: tuple[str, ...], url: str | None) -> None:
    """Install or put right one webhook per project, with exactly the needed events."""
    settings = chosen(ctx.obj).settings
    with _opened(settings, remotes) as found:
        for name, hooks in found:
            secrets = settings.webhook_secrets(name)
            if not secrets:
                raise ConfigError("no secret", key=f"serve.webhooks.{name}", hint="a webhook needs one")
            hook = hooks.install(_url(settings, name, url), secrets[0])
            say(f"{name}: {hook.id} {shown(hook.url)}: {', '.join(sorted(hook.events))}")


@command.command()
@remotes_argument
@url_option
@click.pass_context
def remove(ctx: click.Context, remotes: tuple[str, ...], url: str | None) -> None:
    """Remove the daemon's webhook from each project."""
    settings = chosen(ctx.obj).settings
    with _opened(settings, remotes) as found:
        for name, hooks in found:
            gone = hooks.remove(_url(settings, name, url))
            say(f"{name}: {gone} removed")


@contextmanager
def _opened(settings: Settings, names: tuple[str, ...]) -> Iterator[Iterator[tuple[str, Hooks]]]:
    wanted = names or tuple(settings.serve.webhooks)
    for name in wanted:
        if name not in settings.remotes:
            known = ", ".join(settings.remotes) or "none"
            raise UsageError(f"no remote is called {name}", hint=f"configured: {known}")
    if not wanted:
        raise UsageError("no webhook is configured", hint="set `serve.webhooks`, or name a remote")
    remotes = app.remotes(settings, redactor=logs.Redactor())
    # On a copy of the state in memory: nothing of this belongs to a roadmap.
    with Store.open(settings.state, clock=app.now, mint=app.mint, read_only=True) as store:
        yield ((name, _hooks(remotes[name].forge(store), name)) for name in wanted)


def _hooks(forge: object, name: str) -> Hooks:
    if not isinstance(forge, Hooked):
        raise UsageError(f"{name} has no webhooks")
    return forge.hooks()


def _url(settings: Settings, remote: str, url: str | None, *, wanted: bool = True) -> str:
    base = url or settings.serve.url
    if base is None:
        if wanted:
            raise UsageError("where is the daemon reached?", hint="set `serve.url`, or give --url")
        return ""
    return f"{base.rstrip('/')}/hooks/{remote}"


def _remarks(hook: Hook, hooks: Hooks, mine: str) -> str:
    if not mine or hook.url.rstrip("/") != mine:
        return dim("  (not the daemon's)") if mine else ""
    lacks = sorted(hooks.dialect.events - hook.events)
    off = [] if hook.active else ["switched off"]
    remarks = [*off, *(f"lacks {name}" for name in lacks)]
    return (
        f"  {', '.join(remarks)}: `syncd hooks install {shown(mine.rpartition('/')[2])}`"
        if remarks
        else "  ok"
    )
