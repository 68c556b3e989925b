"""Which request goes where, for every dialect: patterns like `issues/{number:int}` below a root."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import unquote

E = TypeVar("E")


def find(
    routes: Iterable[tuple[str, list[str], E]], method: str, path: str
) -> tuple[E, dict[str, Any]] | None:
    """The endpoint of a path below the API's root and what stands in its places.

    The path is taken apart before it is decoded: `labels/a%2Fb` names one label, `labels/a/b` is no route.
    """
    parts = path.strip("/").split("/")
    for verb, pattern, endpoint in routes:
        if verb == method and len(pattern) == len(parts):
            params = _match(pattern, parts)
            if params is not None:
                return endpoint, params
    return None


def _match(pattern: list[str], parts: list[str]) -> dict[str, Any] | None:
    params: dict[str, Any] = {}
    for want, part in zip(pattern, parts, strict=True):
        if not want.startswith("{"):
            if want != part:
                return None
        elif want.endswith(":int}"):
            if not part.isdecimal():
                return None
            params[want[1:-5]] = int(part)
        else:
            params[want[1:-1]] = unquote(part)
    return params
