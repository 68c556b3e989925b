"""GitHub's webhooks (api-facts §E.1)."""

from __future__ import annotations

from collections.abc import Mapping

from syncd.forge.client import Json
from syncd.forge.hooks import Hook, HookDialect

EVENTS = frozenset({"issues", "sub_issues", "milestone", "label", "push"})


def _read(data: Json) -> Hook:
    return Hook(int(data["id"]), str(data["config"]["url"]), frozenset(data["events"]), bool(data["active"]))


def _body(url: str, secret: str) -> Mapping[str, Json]:
    config = {"url": url, "secret": secret, "content_type": "json", "insecure_ssl": "0"}
    return {"config": config, "events": sorted(EVENTS), "active": True}


DIALECT = HookDialect(EVENTS, "PATCH", _read, _body)
