"""Pages: numbered with totals, or by keyset with a cursor (api-facts B.4)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from syncd.sandbox.gitlab import given
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.gitlab.refusals import unreadable
from syncd.sandbox.wire import Answer

T = TypeVar("T")
COUNTED = 10_000
"""Longer lists are not counted: no totals, and no link to the last page."""


def _size(call: Call) -> int:
    """20 unless asked; more than 100 is 100."""
    asked = given.number(call.given, "per_page") if "per_page" in call.given else None
    return max(1, min(100, asked or 20))


def numbered(call: Call, items: Sequence[T], shape: Callable[[Call, T], Any]) -> Answer:
    """A page by its number, with everything that GitLab says about pages."""
    size = _size(call)
    page = max(1, (given.number(call.given, "page") if "page" in call.given else None) or 1)
    last = max(1, -(-len(items) // size))
    counted = len(items) <= COUNTED
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": str(page + 1) if page < last else "",
        "X-Prev-Page": str(page - 1) if page > 1 else "",
    }
    links = {"prev": page - 1} if page > 1 else {}
    links |= {"next": page + 1} if page < last else {}
    links["first"] = 1
    if counted:
        headers |= {"X-Total": str(len(items)), "X-Total-Pages": str(last)}
        links["last"] = last
    spelled = {rel: _link(call, rel, page=str(at), per_page=str(size)) for rel, at in links.items()}
    headers["Link"] = ", ".join(spelled.values())
    return Answer(200, [shape(call, one) for one in items[(page - 1) * size : page * size]], headers)


def by_keyset(
    call: Call, items: Sequence[T], key: Callable[[T], Any], shape: Callable[[Call, T], Any]
) -> Answer:
    """A page after a cursor, which names the last item seen. `items` are sorted by `key`, upwards."""
    size = _size(call)
    cursor = call.given.get("cursor")
    start = 0
    if cursor:
        seen = _seen(str(cursor))
        start = sum(list(key(one)) <= seen for one in items)
    shown = items[start : start + size]
    headers = {}
    if start + size < len(items):
        text = json.dumps(list(key(shown[-1]))).encode()
        headers["Link"] = _link(call, "next", cursor=base64.urlsafe_b64encode(text).decode())
    return Answer(200, [shape(call, one) for one in shown], headers)


def _seen(cursor: str) -> list[Any]:
    try:
        seen: list[Any] = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise unreadable("cursor") from None
    return seen


def _link(call: Call, rel: str, **place: str) -> str:
    kept = [(name, value) for name, value in call.query if name not in ("page", "per_page", "cursor")]
    size = [("per_page", str(_size(call)))] if "per_page" not in place else []
    return f'<{call.base}{_below(call)}?{urlencode([*kept, *size, *place.items()])}>; rel="{rel}"'


def _below(call: Call) -> str:
    """The request's path below the installation's address."""
    return f"/api/v4/{call.path.partition('/api/v4/')[2]}"
