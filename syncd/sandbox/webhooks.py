"""Deliveries: signed, sent from a thread of their own, and remembered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from syncd.sandbox.records import Hook

Sender = Callable[[str, bytes, Mapping[str, str]], int]
"""(address, body, headers) -> status. Raises OSError if nobody answers."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`status` is what the receiver answered: 0 if it did not, None while the delivery is on its way."""

    guid: str
    hook_id: int
    event: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None = None


def sign(secret: str, body: bytes) -> str:
    """GitHub's `X-Hub-Signature-256` (api-facts E.1)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def sign_with_time(key: str, guid: str, at: int, body: bytes) -> str:
    """GitLab's `webhook-signature` (api-facts E.2): `key` is `whsec_` and 32 bytes in base64."""
    secret = base64.b64decode(key.removeprefix("whsec_"))
    made = hmac.new(secret, f"{guid}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Sends over HTTP(S). A receiver has ten seconds, as at GitHub."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=10)
    try:
        target = parts.path or "/"
        connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


class Courier:
    """Delivers in order, once each; like GitHub it never tries again by itself.

    `now` is the sandbox's clock, for what is signed with a time.
    """

    def __init__(
        self, sender: Sender = post, seed: int = 0, now: Callable[[], int] = lambda: int(time.time())
    ) -> None:
        self._now = now
        self.deliveries: list[Delivery] = []
        self._sender = sender
        self._random = Random(seed)  # noqa: S311 - GUIDs need to differ, not to be secret
        self._queue: queue.Queue[int | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def send(self, hook: Hook, event: str, payload: Mapping[str, Any], instance: str = "") -> Delivery:
        """`instance` is the address of the installation that GitLab names."""
        body = json.dumps(payload, separators=(",", ":")).encode()
        if hook.content_type != "json":
            body = urlencode({"payload": body}).encode()
        guid = str(UUID(int=self._random.getrandbits(128), version=4))
        headers = self._heading(hook, event, guid, body)
        if hook.forge == "gitlab":
            headers["X-Gitlab-Instance"] = instance
        delivery = Delivery(guid, hook.id, event, hook.url, headers, body)
        return self._enqueue(delivery)

    def _heading(self, hook: Hook, event: str, guid: str, body: bytes) -> dict[str, str]:
        if hook.forge == "gitlab":
            return _gitlab_headers(hook, event, guid, body, self._now())
        return _headers(hook, event, guid, body)

    def redeliver(self, guid: str) -> Delivery:
        """The same delivery once more, under the same GUID."""
        return self._enqueue(replace(next(one for one in self.deliveries if one.guid == guid), status=None))

    def drain(self) -> None:
        """Returns when everything sent so far was answered or given up."""
        self._queue.join()

    def stop(self) -> None:
        if self._thread:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _enqueue(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="sandbox-hooks", daemon=True)
            self._thread.start()
        self._queue.put(len(self.deliveries) - 1)
        return delivery

    def _work(self) -> None:
        while (index := self._queue.get()) is not None:
            delivery = self.deliveries[index]
            try:
                status = self._sender(delivery.url, delivery.body, delivery.headers)
            except (OSError, http.client.HTTPException):
                status = 0
            self.deliveries[index] = replace(delivery, status=status)
            self._queue.task_done()
        self._queue.task_done()


def _headers(hook: Hook, event: str, guid: str, body: bytes) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json"
        if hook.content_type == "json"
        else "application/x-www-form-urlencoded",
        "User-Agent": "GitHub-Hookshot/sandbox",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": guid,
        "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(hook.project_id),
        "X-GitHub-Hook-Installation-Target-Type": "repository",
    }
    if hook.secret:
        headers["X-Hub-Signature-256"] = sign(hook.secret, body)
        old = hmac.new(hook.secret.encode(), body, hashlib.sha1)
        headers["X-Hub-Signature"] = f"sha1={old.hexdigest()}"
    return headers


def _gitlab_headers(hook: Hook, event: str, guid: str, body: bytes, at: int) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitLab/sandbox",
        "X-Gitlab-Event": event,
        "X-Gitlab-Event-UUID": str(UUID(int=UUID(guid).int ^ 1, version=4)),
        "X-Gitlab-Webhook-UUID": str(UUID(int=hook.id, version=4)),
        "Idempotency-Key": guid,
    }
    if hook.secret:
        headers["X-Gitlab-Token"] = hook.secret
    if hook.signing:
        headers |= {
            "webhook-id": guid,
            "webhook-timestamp": str(at),
            "webhook-signature": sign_with_time(hook.signing, guid, at, body),
        }
    return headers
