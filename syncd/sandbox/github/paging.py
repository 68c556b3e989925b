"""Pages and their `Link` headers: numbered for labels and milestones, cursors for issues."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from syncd.sandbox.github.call import Answer, Call
from syncd.sandbox.github.refusals import Refused

T = TypeVar("T")
Key = tuple[int, int]


def per_page(call: Call) -> int:
    """30 unless asked; more than 100 is 100."""
    return max(1, min(100, _number(call, "per_page", 30)))


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else default


def numbered(call: Call, items: Sequence[T], shape: Callable[[Call, T], Any]) -> Answer:
    """A page by its number."""
    size, page = per_page(call), _number(call, "page", 1)
    last = max(1, -(-len(items) // size))
    links: dict[str, int] = {}
    if page > 1:
        links |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        links |= {"next": page + 1, "last": last}
    shown = items[(page - 1) * size : page * size]
    headers = (
        {"Link": ", ".join(_link(call, rel, page=str(at)) for rel, at in links.items())} if links else {}
    )
    return Answer(200, [shape(call, one) for one in shown], headers)


def by_cursor(
    call: Call, items: Sequence[T], key: Callable[[T], Key], shape: Callable[[Call, T], Any]
) -> Answer:
    """A page after a cursor; numbers work only for the first ones (api-facts B.1).

    `items` are sorted. The cursor names the last item seen and not a position: what is edited during the read
    moves about as it does at GitHub.
    """
    size, page = per_page(call), _number(call, "page", 1)
    after = call.query.get("after")
    if after is None and page * size > call.deep_page:
        raise Refused(
            422,
            "Pagination with the page parameter is not supported for large datasets, please use cursor based"
            " pagination (after/before)",
        )
    start = (page - 1) * size if after is None else _after(items, key, after)
    shown = items[start : start + size]
    headers = {}
    if start + size < len(items):
        headers["Link"] = _link(call, "next", after=_cursor(key(shown[-1])))
    return Answer(200, [shape(call, one) for one in shown], headers)


def _after(items: Sequence[T], key: Callable[[T], Key], cursor: str) -> int:
    try:
        seen = tuple(json.loads(base64.urlsafe_b64decode(cursor)))
    except ValueError:
        raise Refused(422, "Invalid cursor") from None
    keys = [key(one) for one in items]
    downwards = len(keys) > 1 and keys[0] > keys[-1]
    return sum(one >= seen if downwards else one <= seen for one in keys)


def _cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _link(call: Call, rel: str, **place: str) -> str:
    """GitHub's own links name the repository by its id."""
    query = {name: value for name, value in call.query.items() if name not in ("page", "after", "before")}
    return f'<{_by_id(call)}?{urlencode({**query, **place})}>; rel="{rel}"'


def _by_id(call: Call) -> str:
    if "repository_id" in call.params:
        return f"{call.base}{call.path}"
    rest = "/".join(call.path.split("/", 6)[6:])
    return f"{call.api}/repositories/{call.project().id}/{rest}"
