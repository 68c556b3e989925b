"""``syncd sandbox``: the embedded tracker, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncd.cli.console import note, say
from syncd.errors import UsageError

if TYPE_CHECKING:
    from syncd.sandbox.records import Forge, Tier


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", default=8999, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--db", type=click.Path(path_type=Path), help="Keep everything in this SQLite file, not in memory."
)
@click.option(
    "--project", metavar="OWNER/NAME", default="acme/widgets", show_default=True, help="The project there."
)
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab"]),
    default="github",
    show_default=True,
    help="By whose customs people act on its page.",
)
@click.option("--tier", type=click.Choice(["free", "premium"]), default="free", help="Of GitLab.")
@click.option(
    "--token", default="sandbox-token", show_default=True, help="The token that may do everything there."
)
def command(
    host: str, port: int, db: Path | None, project: str, forge: Forge, tier: Tier, token: str
) -> None:
    """Start the embedded tracker, which speaks GitHub's and GitLab's API.

    It needs no account and forgets everything when it ends, unless `--db` is given. Its page shows and edits the
    issues. It is a place to try things on your own machine, not a tracker for a team.
    """
    from syncd.sandbox import Sandbox, people, serve
    from syncd.sandbox.records import Role

    if project.count("/") != 1 or not all(project.split("/")):
        raise UsageError(f"{project} is not the name of a project", hint="--project owner/name")
    sandbox = Sandbox(db, forge=forge, tier=tier)
    if people.current(sandbox.world, project) is None:
        people.add_project(sandbox.world, project, "ann")
    people.add_group(sandbox.world, project.partition("/")[0])
    people.add_token(sandbox.world, token, "syncd-bot")
    people.set_role(sandbox.world, sandbox.project(project), "syncd-bot", Role.ADMIN)

    def announce(running: Sandbox) -> None:
        say(f"page:  {running.url}/{project}")
        say(f"API:   {running.api_url} (GitHub), {running.gitlab_url}/api/v4 (GitLab)")
        say(f"token: {token}")
        url = running.url if forge == "github" else running.gitlab_url
        note(
            "In syncd.yaml:\n"
            f"  remotes: {{sandbox: {{kind: {forge}, project: {project}, url: {url}, token: {token}}}}}\n"
            "Ctrl-C ends it."
        )

    serve(sandbox, host, port, announce)
