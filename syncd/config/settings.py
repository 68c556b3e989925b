"""The configuration as the rest of syncd sees it: absolute paths, secrets found, rules in the words of the model."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from syncd.config.cron import Cron
from syncd.config.kinds import KINDS
from syncd.config.serving import Serve
from syncd.config.shape import LimitKeys, Remote, Roadmap
from syncd.config.tools import token_of
from syncd.config.values import Part, loopback, unfit
from syncd.errors import ConfigError, UsageError
from syncd.model.policy import Adoption, LabelRules, Limits, Policy, ReadingRules, Share

EVERY = timedelta(minutes=5)
"""How often the daemon syncs where nobody said it."""
_MAX_TOKEN = 64 * 1024
_ADOPTIONS = {"never": Adoption("never"), "milestone": Adoption("milestone"), "all": Adoption("all")}


@dataclass(frozen=True, slots=True)
class Settings:
    """One configuration. ``folder`` is where its relative paths start.

    ``assumed`` is True where no file said so but the surroundings did: the first run is then a dry run (design §7).
    """

    folder: Path
    state: Path
    remotes: Mapping[str, Remote]
    roadmaps: Mapping[str, Roadmap]
    tokens: Mapping[str, SecretStr] = field(default_factory=dict)
    assumed: bool = False
    serve: Serve = field(default_factory=Serve)
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)
    """Secrets of the daemon that stand in the configuration itself, by key; those in files are read when needed."""

    def path(self, roadmap: str) -> Path:
        """Where the roadmap is."""
        return self.folder / self._roadmap(roadmap).path

    def policy(self, roadmap: str) -> Policy:
        """The rules of one roadmap. Raises :class:`~syncd.errors.UsageError` for a name nobody configured."""
        keys = self._roadmap(roadmap)
        return Policy(
            truth=keys.truth,
            fields=dict(keys.fields),
            adopt=_ADOPTIONS.get(keys.adopt) or Adoption("label", keys.adopt.removeprefix("label:")),
            removed=keys.removed,
            link_existing=keys.link_existing == "title",
            history=keys.history,
            stamp=keys.stamp == "marker",
            limits=_limits(keys.limits),
            labels=LabelRules(dict(keys.labels)),
            users={name: dict(logins) for name, logins in keys.users.items()},
        )

    def reading_rules(self, roadmap: str) -> ReadingRules:
        """How one roadmap is read."""
        keys = self._roadmap(roadmap).mapping
        return ReadingRules(
            milestone=keys.milestone,
            task=keys.task,
            section=keys.section,
            ignore=keys.ignore,
            include=keys.include,
            tables=keys.tables,
            quotes=keys.quotes,
            refs=keys.refs,
            marks={mark: state.value for mark, state in keys.marks.items()},
        )

    def any_branch(self, roadmap: str) -> bool:
        """Whether the roadmap is synced on whatever branch is checked out."""
        return self._roadmap(roadmap).branch == "any"

    def token(self, remote: str) -> str:
        """The secret itself. A file is read anew each time, for mounted secrets change; `gh` and `glab` are asked anew.

        Raises :class:`~syncd.errors.ConfigError` where there is none.
        """
        keys = self.remotes[remote]
        tool = KINDS[keys.kind].tool
        if keys.token is not None and keys.token.get_secret_value() == tool[0]:
            return token_of(f"remotes.{remote}.token", tool, keys.url)
        if keys.token_file is not None:
            return _from_file(f"remotes.{remote}.token_file", self.folder / keys.token_file)
        if remote in self.tokens:
            return self.tokens[remote].get_secret_value()
        kind = KINDS[keys.kind]
        usual = f", or {' or '.join(kind.variables)}" if keys.url == kind.public else ""
        raise ConfigError(
            "no token",
            key=f"remotes.{remote}",
            hint=f"set `token_file`, SYNCD_REMOTES__{remote.upper()}__TOKEN{usual}",
        )

    def app_key(self, remote: str) -> str:
        """The private key of a remote's App, read anew each time.

        Raises :class:`~syncd.errors.ConfigError` where it cannot be read, or where everybody on the machine can.
        """
        app = self.remotes[remote].app
        assert app is not None, "only a remote with `app` has a key"
        key, path = f"remotes.{remote}.app.key_file", self.folder / app.key_file
        found = _from_file(key, path)
        if path.stat().st_mode & stat.S_IRWXO:
            hint = "chmod 600; in Kubernetes `defaultMode: 0440`"
            raise ConfigError(f"{path}: everybody on this machine may use it", key=key, hint=hint)
        return found

    def timetable(self, roadmap: str) -> timedelta | Cron:
        """When the daemon syncs a roadmap of itself."""
        keys = self._roadmap(roadmap)
        return keys.cron or keys.every or EVERY

    def webhook_secrets(self, remote: str) -> tuple[str, ...]:
        """The secrets that sign deliveries of a remote, newest first; none where no webhook is configured.

        Files are read anew each time. Raises :class:`~syncd.errors.ConfigError` for one that cannot be.
        """
        keys = self.serve.webhooks.get(remote)
        if keys is None:
            return ()
        at = f"serve.webhooks.{remote}"
        found = (
            self._secret(f"{at}.secret", keys.secret_file),
            self._secret(f"{at}.previous", keys.previous_file),
        )
        return tuple(secret for secret in found if secret)

    def secret_files(self, remote: str) -> tuple[Path, ...]:
        """The files that the secrets of a webhook are in."""
        keys = self.serve.webhooks.get(remote)
        names = (keys.secret_file, keys.previous_file) if keys else ()
        return tuple(self.folder / name for name in names if name)

    def page_token(self) -> str:
        """Who may look at the daemon says this; empty where nobody has to."""
        return self._secret("serve.token", self.serve.token_file)

    def page_url(self) -> str:
        """Where the world sees the page; empty where nobody said it."""
        return f"{self.serve.url}/" if self.serve.url else ""

    def notify_url(self) -> str:
        """Where notifications go, read anew each time; empty where nobody is told. It is a secret.

        Raises :class:`~syncd.errors.ConfigError` for a file that cannot be read, and for what is no address.
        """
        keys = self.serve.notify
        if keys is None:
            return ""
        found, key = self._secret("serve.notify.url", keys.url_file).strip(), "serve.notify.url"
        if wrong := unfit(found):
            raise ConfigError(wrong, key=key)
        if found.startswith("http:") and not (keys.insecure or loopback(found)):
            raise ConfigError(
                "http would show the address to everybody on the way", key=key, hint="use https"
            )
        return found

    def ca_file(self, remote: str) -> Path | None:
        """The certificate authorities to trust for a remote, where they are its own."""
        name = self.remotes[remote].ca_file
        return None if name is None else self.folder / name

    def _roadmap(self, name: str) -> Roadmap:
        if name not in self.roadmaps:
            known = ", ".join(sorted(self.roadmaps)) or "none"
            raise UsageError(f"no roadmap is called {name}", hint=f"configured: {known}")
        return self.roadmaps[name]

    def _secret(self, key: str, file: str | None) -> str:
        if file is not None:
            return _from_file(f"{key}_file", self.folder / file)
        return self.secrets[key].get_secret_value() if key in self.secrets else ""


def _limits(keys: LimitKeys) -> Limits:
    known = Limits()
    return Limits(
        first_create=keys.first_create,
        create=keys.create,
        adopt=keys.adopt,
        update=_share(keys.update, known.update),
        edit=_share(keys.edit, known.edit),
        close=_share(keys.close, known.close),
    )


def _share(part: Part, known: Share) -> Share:
    """A percentage keeps the floor of design §7, below which small roadmaps would be asked about everything."""
    return Share(known.least, part.number) if part.percent else Share(part.number)


def _from_file(key: str, path: Path) -> str:
    try:
        # Links are followed on purpose: Kubernetes swaps them to renew a secret.
        with path.open("rb") as file:
            secret = file.read(_MAX_TOKEN).decode("ascii")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a token"
        raise ConfigError(f"{path}: {why}", key=key, hint="check the path and its rights") from None
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret.strip():
        raise ConfigError(f"{path} is empty", key=key)
    return secret
