"""From bytes to bytes: a request to `/api/v3` and GitHub's answer to it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from email.utils import format_datetime
from typing import Any

from syncd.sandbox.github import apps, routes
from syncd.sandbox.github.call import Answer, Call
from syncd.sandbox.github.refusals import Refused, bad_credentials, not_found
from syncd.sandbox.limits import Meter
from syncd.sandbox.records import Token, View
from syncd.sandbox.wire import Asked, Reply
from syncd.sandbox.world import World

ROOT = "/api/v3"
VERSION = "2022-11-28"
READS = ("GET", "HEAD")


class GitHub:
    """The dialect: called with a request, gives GitHub's answer. Holds nothing of its own."""

    def __init__(self, world: World, meter: Meter, deep_page: int = 1000) -> None:
        self.world = world
        self.meter = meter
        self.deep_page = deep_page

    def __call__(self, asked: Asked, view: View) -> Reply:
        with self.world.lock:
            now = self.world.now()
            token, who = None, "anonymous"
            try:
                token = self._token(asked.headers)
                who = token.login if token else who
                self._admit(asked, who, now)
                answer = self._answer(asked, token, view)
            except Refused as no:
                answer = Answer(no.status, no.body, no.headers)
            return self._reply(asked, answer, token, who)

    def _token(self, headers: Mapping[str, str]) -> Token | None:
        """Raises Refused (401) for a token that is unknown or has run out."""
        secret = _secret(headers.get("authorization", ""))
        if secret is None:
            return None
        if apps.is_jwt(secret):
            return None
        token = self.world.tokens.get(secret)
        if token is None or (token.expires_at is not None and token.expires_at <= self.world.now()):
            raise bad_credentials()
        return token

    def _admit(self, asked: Asked, who: str, now: int) -> None:
        """Raises Refused for an unknown version, an unsafe condition, or a limit reached."""
        version = asked.headers.get("x-github-api-version", VERSION)
        if version != VERSION:
            raise Refused(400, f'"{version}" is not a supported API version.')
        if self.meter.exhausted(who, now):
            raise Refused(self.meter.limits.status, f"API rate limit exceeded for user {who}.")
        if asked.path != f"{ROOT}/rate_limit":
            self.meter.charge(who, now)
        if asked.method in READS:
            return
        if "if-match" in asked.headers or "if-none-match" in asked.headers:
            raise Refused(
                400, "Conditional request headers are not allowed in unsafe requests unless supported"
            )
        if self.meter.write_refused(who, now):
            after = self.meter.limits.retry_after
            raise Refused(
                self.meter.limits.status,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                headers={} if after is None else {"Retry-After": after},
            )

    def _answer(self, asked: Asked, token: Token | None, view: View) -> Answer:
        path = asked.path.removeprefix(ROOT)
        user = self.world.users[token.login.lower()] if token else None
        call = Call(
            self.world,
            asked.method,
            asked.path,
            asked.base,
            {},
            asked.query,
            None,
            user,
            token,
            view,
            self.deep_page,
            apps.bearer(self.world, _secret(asked.headers.get("authorization", "")) or ""),
        )
        if (asked.method, path) == ("GET", "/rate_limit"):
            return self._rate_limit(token.login if token else "anonymous")
        found = routes.find("GET" if asked.method == "HEAD" else asked.method, path)
        if found is None:
            raise not_found()
        endpoint, params = found
        return endpoint(_with(call, params, _json(asked)))

    def _rate_limit(self, who: str) -> Answer:
        window = self.meter.window(who, self.world.now())
        limit = self.meter.limits.per_hour
        core = {
            "limit": limit,
            "used": window.used,
            "remaining": max(0, limit - window.used),
            "reset": window.reset,
        }
        return Answer(200, {"resources": {"core": core, "search": core}, "rate": core})

    def _reply(self, asked: Asked, answer: Answer, token: Token | None, who: str) -> Reply:
        text = b"" if answer.body is None else json.dumps(answer.body, separators=(",", ":")).encode()
        headers = {**self._headers(token, who), **answer.headers}
        if answer.body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if answer.status == 200 and asked.method in READS:
            etag = f'W/"{hashlib.sha256(text).hexdigest()}"'
            headers |= {"ETag": etag, "Cache-Control": "private, max-age=60, s-maxage=60"}
            if etag in asked.headers.get("if-none-match", ""):
                # What has not changed costs nothing of the primary limit.
                self.meter.window(who, self.world.now()).used -= 1
                return Reply(304, {**headers, **self.meter.headers(who, self.world.now())})
        return Reply(answer.status, headers, text)

    def _headers(self, token: Token | None, who: str) -> dict[str, str]:
        now = self.world.clock()
        headers = {
            "Date": format_datetime(now.replace(microsecond=0), usegmt=True),
            "Server": "github.com",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": VERSION,
            "X-GitHub-Request-Id": f"SNDB:{self.world.serial:04X}:{self.meter.window(who, self.world.now()).used:04X}",
            **self.meter.headers(who, self.world.now()),
        }
        if token and token.scopes:
            headers |= {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": "repo"}
        return headers


def _secret(header: str) -> str | None:
    """The token of `token X`, `Bearer X`, or the password of Basic."""
    scheme, _, value = header.strip().partition(" ")
    if not value:
        return None
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return value.strip()


def _json(asked: Asked) -> Any:
    if not asked.body:
        return {}
    try:
        return json.loads(asked.body)
    except ValueError:
        raise Refused(400, "Problems parsing JSON") from None


def _with(call: Call, params: Mapping[str, Any], body: Any) -> Call:
    return replace(call, params=params, body=body)
