"""A first ``syncd.yaml``, with the why of every line beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from syncd.config.kinds import KINDS
from syncd.config.loading import load
from syncd.config.looking import Origin
from syncd.config.settings import Settings
from syncd.errors import ConfigError, UsageError
from syncd.model.policy import ReadingRules
from syncd.model.values import one_line

_PLAIN: Final = re.compile(r"(?!(?:yes|no|on|off|true|false|null|y|n)\Z)[A-Za-z][\w./-]*", re.IGNORECASE)
_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WIDE = 90


@dataclass(frozen=True, slots=True)
class Found:
    """A roadmap in the words of its configuration; ``mapping`` is what auto reading amounts to."""

    path: str
    milestones: tuple[str, ...]
    tasks: int
    done: int
    mapping: ReadingRules


def write(path: Path, text: str, env: Mapping[str, str]) -> Settings:
    """Writes a configuration that can be loaded, to a path where nothing is. Raises UsageError or ConfigError."""
    with TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        load(trial, env)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already", hint="change it, or name another with --config"
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(path)) from None
    return load(path, env)


def commented(roadmap: Found, remotes: Sequence[Origin], others: Sequence[str]) -> str:
    """The text of a configuration. ``others`` are sentences about what was found too, and left out."""
    names = remote_names(remotes)
    lines = [
        "# Written by `syncd init`; from now on it is yours. Every key is optional but these few: `syncd schema`",
        "# prints them all for editors, and the docs explain them (docs/configuration.md).",
        "",
        "# What syncd remembers between runs. Keep it, on a local disk; git ignores it by itself.",
        "state: .syncd/state.db",
        "",
        "remotes:",
        *(f"  {line}" for name, one in names.items() for line in _remote(name, one)),
        "",
        "roadmaps:",
        "  main:",
        *(f"    {line}" for line in _roadmap(roadmap, list(names))),
        *(["", *(f"# {one_line(sentence)}" for sentence in others)] if others else []),
    ]
    return "\n".join(lines) + "\n"


def remote_names(remotes: Sequence[Origin]) -> dict[str, Origin]:
    """A name for each remote: its kind, numbered where there are several of one."""
    names: dict[str, Origin] = {}
    for one in remotes:
        kind = one.kind or "github"
        same = sum((other.kind or "github") == kind for other in names.values())
        names[kind if not same else f"{kind}{same + 1}"] = one
    return names


def _remote(name: str, origin: Origin) -> Iterator[str]:
    kind = origin.kind or "github"
    where = f"From the git remote {one_line(origin.git_name)}. " if origin.git_name else ""
    variables = " or ".join(f"${variable}" for variable in KINDS[kind].variables)
    own = f"$SYNCD_REMOTES__{name.upper()}__TOKEN"
    yield f"# {where}The token comes from {variables if origin.public else own}, or from a file:"
    yield f"# token_file: /run/secrets/{name}-token"
    yield f"{name}:"
    yield f"  kind: {kind}"
    yield f"  project: {_quoted(origin.project)}"
    if not origin.public:
        yield f"  url: {origin.url}"


def _roadmap(found: Found, remotes: list[str]) -> Iterator[str]:
    count = f"{len(found.milestones)} milestones, {found.tasks} tasks, {found.done} of them done"
    yield f"# {count}: `syncd outline` shows how it is read."
    yield f"path: {_quoted(found.path)}"
    yield f"remotes: [{', '.join(remotes)}]"
    yield "# Who wins where both sides changed one field differently, strongest first. Without it such a conflict waits"
    yield "# for a person: `syncd conflicts`."
    yield f"# truth: [{', '.join(('roadmap', *remotes))}]"
    if found.done:
        yield "# Tasks that are already done get issues too, which are closed at once; `skip` leaves them out."
        yield "# history: skip"
    yield from _mapping(found)


def _mapping(found: Found) -> Iterator[str]:
    rules = found.mapping
    keys: list[tuple[str, Any, str]] = []
    if rules.milestone:
        keys.append(("milestone", rules.milestone, ", ".join(found.milestones)))
    if rules.task:
        keys.append(("task", list(rules.task), ""))
    if rules.ignore:
        keys.append(("ignore", list(rules.ignore), "boxes under these are not tasks"))
    yield "# How it is read was found out from the text, and is remembered by the first sync. To settle it, take away"
    yield "# the `#`, and change what is wrong:"
    yield "# mapping:" if keys else "# mapping: {milestone: h2}"
    for key, value, why in keys:
        said = f"#   {key}: {_quoted(value)}"
        yield f"{said}  # {_cut(why)}" if why else said


def _quoted(value: Any) -> str:
    """A value as YAML: plain where it is safe, else as JSON, which YAML reads as well."""
    if isinstance(value, list):
        return f"[{', '.join(_quoted(one) for one in value)}]"
    text = str(value).encode("utf-8", "replace").decode()
    if _PLAIN.fullmatch(text):
        return text
    # Escapes would be read too, but not by people: only what ends a line in YAML, or may not stand there, is one.
    return _UNSAFE.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(text, ensure_ascii=False))


def _cut(text: str) -> str:
    line = one_line(text).encode("utf-8", "replace").decode()
    return line if len(line) <= _WIDE else f"{line[: _WIDE - 1]}…"
