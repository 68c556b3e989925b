"""Faults on request: what goes wrong, with which request, how often.

======================  ===================================================================================
drop_before             the connection is reset and nothing happened
drop_after              it happened, and the connection is reset: the answer is lost
fail_before, fail_after `status` (default 502) instead of doing it; or after having done it
limit                   `status` (default 403, GitLab 429) and the wording of a limit; `headers` as given
redirect                `status` 302 to `location`
delay                   the answer comes `seconds` later
slow                    the body trickles, `seconds` in all
cut_body                half of the body, then the connection ends
bad_json                a body that is no JSON
lag                     lists do not show issues younger than `seconds` of the sandbox's clock
stale                   lists show issues as they stood `seconds` ago
short_list              lists hold only the first `keep` items and lead nowhere
empty_list              lists are empty, with status 200
no_link                 lists without their `Link` header
repeat_item             the last item of a list stands in it twice
not_modified            304 for whatever is read
======================  ===================================================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, get_args

from syncd.errors import SandboxError
from syncd.sandbox.records import View
from syncd.sandbox.wire import Asked, Reply

Kind = Literal[
    "drop_before",
    "drop_after",
    "fail_before",
    "fail_after",
    "limit",
    "redirect",
    "delay",
    "slow",
    "cut_body",
    "bad_json",
    "lag",
    "stale",
    "short_list",
    "empty_list",
    "no_link",
    "repeat_item",
    "not_modified",
]
BEFORE: tuple[Kind, ...] = ("drop_before", "fail_before", "limit", "redirect")
"""These keep the request from the tracker; every other one bends an answer."""

_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_GITLAB = re.compile(r"/api/v4/")
"""How a fault knows whose words to use."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`method` and `route` are regular expressions: the whole method, and anywhere in path and query.

    Of the requests that match from now on, it befalls the `nth` (1 is the next) and the `times - 1` after it
    (None: all after it), each with the probability `chance`.
    """

    kind: Kind
    method: str = ".*"
    route: str = ""
    nth: int = 1
    times: int | None = 1
    chance: float = 1.0
    status: int = 0
    seconds: float = 0.0
    keep: int = 1
    location: str = "http://elsewhere.invalid/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise SandboxError(
                f"no fault is called {self.kind!r}", hint=f"One of: {', '.join(get_args(Kind))}"
            )

    def matches(self, asked: Asked) -> bool:
        return bool(re.fullmatch(self.method, asked.method) and re.search(self.route, asked.target))


class Faults:
    """The faults that were asked for. The same seed and the same requests give the same faults."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose
        self._waiting: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append((fault, [0]))

    def clear(self) -> None:
        self._waiting.clear()

    def seed(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose

    def due(self, asked: Asked) -> tuple[Fault, ...]:
        """The faults that befall this request, in the order in which they were added."""
        return tuple(
            fault for fault, seen in self._waiting if fault.matches(asked) and self._falls(fault, seen)
        )

    def _falls(self, fault: Fault, seen: list[int]) -> bool:
        seen[0] += 1
        late = seen[0] - fault.nth
        within = late >= 0 and (fault.times is None or late < fault.times)
        return within and (fault.chance >= 1 or self._random.random() < fault.chance)


def view(faults: Iterable[Fault]) -> View:
    """How far the lists lag behind under these faults."""
    hidden = max((int(one.seconds) for one in faults if one.kind == "lag"), default=0)
    return View(hidden, max((int(one.seconds) for one in faults if one.kind == "stale"), default=0))


def refusal(faults: Iterable[Fault], asked: Asked) -> Reply | None:
    """The answer that is given in the tracker's place, if one of these faults gives it."""
    for fault in faults:
        match fault.kind:
            case "fail_before":
                return _failure(fault, asked)
            case "limit":
                return _limited(fault, asked)
            case "redirect":
                return Reply(fault.status or 302, {"Location": fault.location, **fault.headers})
            case _:
                continue
    return None


def bend(reply: Reply, faults: Iterable[Fault], asked: Asked) -> Reply:
    """What these faults make of an answer after the fact."""
    for fault in faults:
        match fault.kind:
            case "fail_after":
                reply = _failure(fault, asked)
            case "bad_json":
                reply = Reply(reply.status, reply.headers, (fault.body or "<html>Unicorn!</html>").encode())
            case "not_modified":
                reply = Reply(304, reply.headers)
            case "short_list" | "empty_list" | "repeat_item" | "no_link":
                reply = _bend_list(reply, fault)
            case _:
                continue
    return reply


def _bend_list(reply: Reply, fault: Fault) -> Reply:
    items: Any = json.loads(reply.body or b"null")
    if not isinstance(items, list):
        return reply
    if fault.kind == "repeat_item":
        return Reply(reply.status, reply.headers, json.dumps([*items, *items[-1:]]).encode())
    if fault.kind == "empty_list":
        items = []
    if fault.kind == "short_list":
        items = items[: fault.keep]
    leading = ("Link", "X-Next-Page", "X-Total", "X-Total-Pages")
    unlinked = {name: value for name, value in reply.headers.items() if name not in leading}
    return Reply(reply.status, unlinked, json.dumps(items).encode())


def _failure(fault: Fault, asked: Asked) -> Reply:
    if _GITLAB.search(asked.path):
        return _plain(fault, 502, "<html><title>GitLab is not responding (502)</title></html>", "text/html")
    return _told(fault, 502, "Server Error")


def _limited(fault: Fault, asked: Asked) -> Reply:
    if _GITLAB.search(asked.path):
        return _plain(fault, 429, "Retry later\n", "text/plain")
    return _told(fault, 403, _SECONDARY)


def _plain(fault: Fault, status: int, text: str, kind: str) -> Reply:
    return Reply(
        fault.status or status, {"Content-Type": kind, **fault.headers}, (fault.body or text).encode()
    )


def _told(fault: Fault, status: int, message: str) -> Reply:
    body = json.dumps({"message": message, "documentation_url": "https://docs.github.com/rest"})
    headers = {"Content-Type": "application/json; charset=utf-8", **fault.headers}
    return Reply(fault.status or status, headers, (fault.body or body).encode())
