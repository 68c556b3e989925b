"""What one key means for another: references, secrets, addresses. Yields problems instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from syncd.config.kinds import KINDS
from syncd.config.shape import Document, Remote, Roadmap
from syncd.config.values import loopback
from syncd.model.values import ROADMAP

_IN_PROGRESS = "in_progress"
_OWN = frozenset[str]().union(*(kind.keys for kind in KINDS.values()))
"""Keys of a remote that not every kind has."""
_At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a key; the path is that of :mod:`syncd.config.text`."""

    path: _At
    message: str
    hint: str = ""


def problems(document: Document, folder: Path) -> Iterator[Problem]:
    """Everything that only shows when the keys are seen together."""
    for name, remote in document.remotes.items():
        yield from _remote(("remotes", name), name, remote, folder)
    for name, roadmap in document.roadmaps.items():
        yield from _roadmap(("roadmaps", name), roadmap, document.remotes)
    yield from _twice(document)
    yield from _serve(document)


def _remote(at: _At, name: str, remote: Remote, folder: Path) -> Iterator[Problem]:
    if name == ROADMAP:
        yield Problem(
            at, "`roadmap` is the roadmap's own name among the sides", "call the remote something else"
        )
    kind = KINDS[remote.kind]
    if not kind.project.fullmatch(remote.project):
        yield Problem((*at, "project"), f"expected {kind.form}")
    for key in sorted(remote.model_fields_set & _OWN - kind.keys):
        yield Problem((*at, key), f"not a key of kind `{remote.kind}`")
    said = [key for key in ("token", "token_file", "app") if getattr(remote, key) is not None]
    if said[1:]:
        both = " and ".join(f"`{key}`" for key in said)
        yield Problem((*at, said[1]), f"{both} are both set", "keep one of them")
    for key, address in (("url", remote.url), ("api_url", remote.api_url)):
        if address and address.startswith("http:") and not (remote.insecure or loopback(address)):
            yield Problem((*at, key), "http would show the token to everybody on the way", "use https")
    if remote.timeout.total_seconds() < 1:
        yield Problem((*at, "timeout"), "expected a second at least")
    if remote.ca_file is not None and not (folder / remote.ca_file).is_file():
        yield Problem((*at, "ca_file"), "there is no such file")


def _roadmap(at: _At, roadmap: Roadmap, remotes: Iterable[str]) -> Iterator[Problem]:
    for index, name in enumerate(roadmap.remotes):
        if name not in remotes:
            yield Problem((*at, "remotes", index), "no remote has this name", _those("remotes", remotes))
        if name in roadmap.remotes[:index]:
            yield Problem((*at, "remotes", index), "named twice")
    if roadmap.every is not None and roadmap.cron is not None:
        yield Problem((*at, "cron"), "`every` and `cron` are both set", "keep one of them")
    if roadmap.every is not None and roadmap.every.total_seconds() < 1:
        yield Problem((*at, "every"), "expected a second at least")
    sides = (ROADMAP, *roadmap.remotes)
    yield from _ranking((*at, "truth"), roadmap.truth, sides)
    for field, ranking in roadmap.fields.items():
        yield from _ranking((*at, "fields", field.value), ranking, sides)
    for person, logins in roadmap.users.items():
        for name in logins.keys() - set(roadmap.remotes):
            yield Problem((*at, "users", person, name), "no remote of this roadmap has this name")
    for key, pattern in roadmap.labels.items():
        yield from _label((*at, "labels", key), key, pattern)


def _ranking(at: _At, ranking: tuple[str, ...], sides: tuple[str, ...]) -> Iterator[Problem]:
    for index, side in enumerate(ranking):
        if side not in sides:
            yield Problem((*at, index), "not a side of this roadmap", _those("sides", sides))
        elif side in ranking[:index]:
            yield Problem((*at, index), "named twice")


def _label(at: _At, key: str, pattern: str) -> Iterator[Problem]:
    if key == _IN_PROGRESS:
        if "{}" in pattern or not pattern.strip():
            yield Problem(at, "expected the name of one label, without `{}`")
    elif pattern.count("{}") != 1:
        yield Problem(at, "expected a label with `{}` once, in the place of the value")


def _twice(document: Document) -> Iterator[Problem]:
    """Two roadmaps on one file would undo each other's edits."""
    seen: dict[str, str] = {}
    for name, roadmap in document.roadmaps.items():
        path = str(Path(roadmap.path))
        if path in seen:
            yield Problem(("roadmaps", name, "path"), f"roadmaps.{seen[path]} has the same file")
        seen.setdefault(path, name)


def _serve(document: Document) -> Iterator[Problem]:
    serve = document.serve
    if serve.token is not None and serve.token_file is not None:
        yield Problem(("serve", "token_file"), "`token` and `token_file` are both set", "keep one of them")
    if (notify := serve.notify) is not None:
        if notify.url is None and notify.url_file is None:
            yield Problem(("serve", "notify"), "no address", "set `url_file`, or `url: $NAME`")
        if notify.url is not None and notify.url_file is not None:
            yield Problem(
                ("serve", "notify", "url_file"), "`url` and `url_file` are both set", "keep one of them"
            )
    for name, hook in serve.webhooks.items():
        at = ("serve", "webhooks", name)
        if name not in document.remotes:
            yield Problem(at, "no remote has this name", _those("remotes", document.remotes))
        if hook.secret is None and hook.secret_file is None:
            # Without a secret anybody could ask for runs; and there is no default that everybody knows (T1).
            yield Problem(at, "no secret", "set `secret_file`, or `secret: $NAME`")
        for secret, file, key in (
            (hook.secret, hook.secret_file, "secret"),
            (hook.previous, hook.previous_file, "previous"),
        ):
            if secret is not None and file is not None:
                yield Problem((*at, f"{key}_file"), f"`{key}` and `{key}_file` are both set", "keep one")


def _those(what: str, names: Iterable[str]) -> str:
    return f"{what}: {', '.join(names) or 'none'}"
