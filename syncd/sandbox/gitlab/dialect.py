"""From bytes to bytes: a request to `/api/v4` and GitLab's answer to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from syncd.sandbox.gitlab import refusals, routes
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.gitlab.refusals import Refused
from syncd.sandbox.limits import Meter
from syncd.sandbox.records import Token, View
from syncd.sandbox.wire import Answer, Asked, Reply
from syncd.sandbox.world import World

ROOT = "/api/v4"
READS = ("GET", "HEAD")


class GitLab:
    """The dialect: called with a request, gives GitLab's answer. Holds nothing of its own.

    `folder` is the path below which the installation lives (a self-managed one need not have a host for itself).
    """

    def __init__(self, world: World, meter: Meter, folder: str = "") -> None:
        self.world = world
        self.meter = meter
        self.folder = folder

    def __call__(self, asked: Asked, view: View) -> Reply:
        with self.world.lock:
            who = "anonymous"
            try:
                token = self._token(asked.headers)
                who = token.login if token else who
                call = self._call(asked, token, view)
                self._admit(call, who)
                answer = self._answer(call)
            except Refused as no:
                answer = Answer(no.status, no.body, no.headers)
            return self._reply(asked, answer, who)

    def _token(self, headers: Mapping[str, str]) -> Token | None:
        """Raises Refused (401) for a token that is unknown or has run out."""
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        secret = headers.get("private-token") or (bearer.strip() if scheme.lower() == "bearer" else "")
        if not secret:
            return None
        token = self.world.tokens.get(secret)
        if token is None:
            raise refusals.unauthorized()
        if token.expires_at is not None and token.expires_at <= self.world.now():
            raise refusals.expired()
        return token

    def _admit(self, call: Call, who: str) -> None:
        """Raises Refused (429) over a limit."""
        limits = self.meter.limits
        call.throttle("authenticated_api", limits.per_minute)
        if call.method in READS:
            return
        if self.meter.write_refused(who, self.world.now()):
            raise refusals.too_many({} if limits.retry_after is None else {"Retry-After": limits.retry_after})

    def _call(self, asked: Asked, token: Token | None, view: View) -> Call:
        query = tuple(parse_qsl(asked.query_text, keep_blank_values=True))
        user = self.world.users[token.login.lower()] if token else None
        if token:
            _check_scopes(token, asked.method)
        return Call(
            self.world,
            self.meter,
            asked.method,
            asked.path,
            asked.base + self.folder,
            {},
            query,
            {**_listed(query), **_body(asked)},
            user,
            token,
            view,
        )

    def _answer(self, call: Call) -> Answer:
        path = call.path.removeprefix(self.folder).removeprefix(ROOT)
        found = routes.find("GET" if call.method == "HEAD" else call.method, path)
        if found is None:
            raise refusals.no_route()
        endpoint, params = found
        return endpoint(call.at(params))

    def _reply(self, asked: Asked, answer: Answer, who: str) -> Reply:
        headers = {**self._headers(who), **answer.headers}
        if isinstance(answer.body, str):
            return Reply(answer.status, {**headers, "Content-Type": "text/plain"}, answer.body.encode())
        text = b"" if answer.body is None else json.dumps(answer.body, separators=(",", ":")).encode()
        if answer.body is not None:
            headers["Content-Type"] = "application/json"
        return Reply(answer.status, headers, b"" if asked.method == "HEAD" else text)

    def _headers(self, who: str) -> dict[str, str]:
        now = self.world.clock()
        return {
            "Date": format_datetime(now.replace(microsecond=0), usegmt=True),
            "Server": "nginx",
            "Cache-Control": "max-age=0, private, must-revalidate",
            "X-Request-Id": f"SNDB{self.world.serial:08X}",
            **self.meter.lane_headers(
                "authenticated_api", who, self.world.now(), self.meter.limits.per_minute
            ),
        }


def _check_scopes(token: Token, method: str) -> None:
    """`repo` is what a token has that was made without a thought for GitLab: everything."""
    if {"api", "repo"} & set(token.scopes):
        return
    if method not in READS or "read_api" not in token.scopes:
        raise refusals.too_narrow()


def _body(asked: Asked) -> dict[str, Any]:
    if not asked.body:
        return {}
    kind = asked.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        return _listed(tuple(parse_qsl(asked.body.decode(), keep_blank_values=True)))
    try:
        body = json.loads(asked.body)
    except ValueError:
        raise Refused(400, {"error": "The provided content-type 'application/json' holds no JSON"}) from None
    if not isinstance(body, dict):
        raise Refused(400, {"error": "The body is no object"})
    return body


def _listed(pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """`iids[]=1&iids[]=2` is the list `iids`."""
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name.endswith("[]"):
            given.setdefault(name[:-2], []).append(value)
        else:
            given[name] = value
    return given
