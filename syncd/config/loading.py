"""File < environment < flags, and errors that say which of them, and where. No message ever holds a value (I20)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, SettingsError

from syncd.config import text
from syncd.config.checks import Problem, problems
from syncd.config.group import Group
from syncd.config.kinds import KINDS
from syncd.config.settings import Settings
from syncd.config.shape import Document
from syncd.errors import ConfigError

DEFAULT = Path("syncd.yaml")
_PREFIX = "SYNCD_"


def load(path: Path | None, env: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> Settings:
    """The configuration at ``path`` (None: none, the rest has to say it all), overlaid by environment and flags.

    ``flags`` are nested as the file is. Raises :class:`~syncd.errors.ConfigError` for the first problem, with the
    others in its hint.
    """
    source = text.Source("", {}) if path is None else _read(path)
    folder = Path.cwd() if path is None else path.absolute().parent
    origins = _Origins(source, _environment(env), flags or {})
    document = _validated(origins)
    found = list(problems(document, folder))
    if found:
        raise _error(origins, found)
    return Settings(
        folder=folder,
        state=folder / document.state,
        remotes=document.remotes,
        roadmaps=document.roadmaps,
        tokens=_tokens(document, env, origins),
        serve=document.serve,
        secrets=dict(_secrets(document, env, origins)),
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file, for editors (`syncd schema`)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}


def _read(path: Path) -> text.Source:
    try:
        with path.open("rb") as file:
            content = file.read(text.MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{error.strerror}", file=str(path), hint="name another file with --config"
        ) from error
    return text.parse(content, str(path))


class _NotJsonError(ValueError):
    """A variable, by its name, that holds a list or group and is no JSON."""


class _Environment(EnvSettingsSource):
    """``SYNCD_REMOTES__GITHUB__TOKEN`` and its like, from a mapping that was handed in."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._given = {name.lower(): value for name, value in env.items() if name.startswith(_PREFIX)}
        super().__init__(Document)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return dict(self._given)

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Lists and groups are JSON there."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            name = next(name for name, given in self._given.items() if given == value)
            raise _NotJsonError(name.upper()) from None


def _environment(env: Mapping[str, str]) -> dict[str, Any]:
    for name in env:
        first = name.removeprefix(_PREFIX).split("__")[0].lower()
        # Other variables of this prefix are not ours to judge; one with `__` was meant for the configuration.
        if name.startswith(_PREFIX) and "__" in name and first not in Document.model_fields:
            raise ConfigError("unknown variable", key=name, hint=_near(first, Document))
    try:
        return _Environment(env)()
    except SettingsError as error:
        variable = str(error.__cause__) if isinstance(error.__cause__, _NotJsonError) else _PREFIX
    # Outside of the except: the causes quote the value.
    raise ConfigError('expected JSON, as in `["github"]`', key=variable)


@dataclass(frozen=True, slots=True)
class _Origins:
    """Who said what: to put them over one another, and to tell afterwards where a value came from."""

    file: text.Source
    environment: Mapping[str, Any]
    flags: Mapping[str, Any]

    def merged(self) -> dict[str, Any]:
        """Flags over environment over file."""
        return _over(_over(self.file.values, self.environment), self.flags)

    def error(self, path: text.Path, message: str, hint: str = "") -> ConfigError:
        """An error at a key, where the key was said."""
        key = ".".join(map(str, path))
        if path and _holds(self.flags, path):
            return ConfigError(message, key=f"flag for {key}", hint=hint)
        if path and _holds(self.environment, path):
            return ConfigError(message, key=_PREFIX + "__".join(map(str, path)).upper(), hint=hint)
        line, column = self.file.place(path)
        return ConfigError(message, file=self.file.name, line=line, column=column, key=key, hint=hint)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _holds(values: Any, path: text.Path) -> bool:
    for part in path:
        if not isinstance(values, Mapping) or part not in values:
            return isinstance(values, list | tuple)  # an item of a list: the list came from here
        values = values[part]
    return True


def _validated(origins: _Origins) -> Document:
    try:
        return Document(**origins.merged())
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        found = [_problem(one["loc"], one["type"], one["msg"], one.get("ctx", {})) for one in errors]
    raise _error(origins, found)


def _error(origins: _Origins, found: list[Problem]) -> ConfigError:
    # In the order of the file: a person mends it from top to bottom.
    first, *others = sorted(found, key=lambda one: origins.file.place(one.path))
    more = [str(origins.error(one.path, one.message)) for one in others]
    return origins.error(first.path, first.message, "\n".join([part for part in (first.hint, *more) if part]))


def _problem(loc: text.Path, kind: str, message: str, context: Mapping[str, Any]) -> Problem:
    path = tuple(part for part in loc if part != "[key]")
    key = str(path[-1]) if path else ""
    match kind:
        case "extra_forbidden":
            return Problem(path, "unknown key", _near(key, _group(path[:-1])))
        case "missing":
            return Problem(path, "is missing")
        case "string_pattern_mismatch" if "[key]" in loc:
            return Problem(path, "a name is lower-case letters, digits, `-` and `_`, 40 at most")
        case "string_pattern_mismatch" if key == "project":
            return Problem(path, "expected `owner/name`")
        case "value_error":
            return Problem(path, str(context["error"]))
        case _:
            return Problem(path, message[:1].lower() + message[1:])


def _near(key: str, group: type[BaseModel] | None) -> str:
    close = difflib.get_close_matches(key, group.model_fields if group else (), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def _group(path: text.Path) -> type[BaseModel] | None:
    """The group of keys at a path: names of remotes and roadmaps lie between the groups."""
    group: type[BaseModel] = Document
    for part in path:
        if str(part) not in group.model_fields:
            continue
        kinds = _groups_in(group.model_fields[str(part)].annotation)
        if not kinds:
            return None
        group = kinds[0]
    return group


def _groups_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, Group):
        return [annotation]
    return [group for part in getattr(annotation, "__args__", ()) for group in _groups_in(part)]


def _tokens(document: Document, env: Mapping[str, str], origins: _Origins) -> dict[str, SecretStr]:
    """Tokens that were said, `$NAME` looked up, or else those of the usual variables for the public host."""
    found: dict[str, SecretStr] = {}
    for name, remote in document.remotes.items():
        said = remote.token.get_secret_value() if remote.token else ""
        kind = KINDS[remote.kind]
        usual = next((env[variable] for variable in kind.variables if env.get(variable)), "")
        if remote.app is not None or said == kind.tool[0]:
            continue
        if said.startswith("$"):
            if not env.get(said[1:]):
                raise origins.error(("remotes", name, "token"), "the variable it names is not set")
            found[name] = SecretStr(env[said[1:]])
        elif said:
            found[name] = SecretStr(said)
        elif usual and remote.token_file is None and remote.url == kind.public and remote.api_url is None:
            found[name] = SecretStr(usual)
    return found


def _secrets(
    document: Document, env: Mapping[str, str], origins: _Origins
) -> Iterator[tuple[str, SecretStr]]:
    """The secrets of the daemon that were said themselves, `$NAME` looked up, by their key."""
    serve = document.serve
    said: list[tuple[text.Path, SecretStr | None]] = [(("serve", "token"), serve.token)]
    if serve.notify is not None:
        said.append((("serve", "notify", "url"), serve.notify.url))
    for name, hook in serve.webhooks.items():
        at = ("serve", "webhooks", name)
        said += [((*at, "secret"), hook.secret), ((*at, "previous"), hook.previous)]
    for path, secret in said:
        value = secret.get_secret_value() if secret else ""
        if value.startswith("$"):
            value = env.get(value[1:], "")
        if secret is not None and not value:
            raise origins.error(path, "is empty, or the variable it names is not set")
        if value:
            yield ".".join(map(str, path)), SecretStr(value)
