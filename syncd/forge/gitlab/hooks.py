"""GitLab's webhooks (api-facts §E.2)."""

from __future__ import annotations

from collections.abc import Mapping

from syncd.forge.client import Json
from syncd.forge.hooks import Hook, HookDialect

EVENTS = frozenset(
    {"issues_events", "confidential_issues_events", "note_events", "milestone_events", "push_events"}
)
_OTHERS = frozenset(
    {"tag_push_events", "merge_requests_events", "job_events", "pipeline_events", "wiki_page_events"}
)
"""What a hook may have had before."""


def _read(data: Json) -> Hook:
    listens = {name for name, value in data.items() if name.endswith("_events") and value is True}
    # One that failed too often is switched off for a while, or for good.
    active = str(data.get("alert_status") or "executable") == "executable"
    return Hook(int(data["id"]), str(data["url"]), frozenset(listens), active)


def _body(url: str, secret: str) -> Mapping[str, Json]:
    kind = "signing_token" if secret.startswith("whsec_") else "token"
    switches = dict.fromkeys(EVENTS, True) | dict.fromkeys(_OTHERS, False)
    return {"url": url, kind: secret, "enable_ssl_verification": True, **switches}


DIALECT = HookDialect(EVENTS, "PUT", _read, _body)
