"""``POST /hooks/{remote}``: verify over the raw bytes, put names into the inbox, answer at once (design §13).

============================================  ======
no webhook is configured for the remote       404
larger than 1 MiB                             413
not signed with a secret of ours, unparsed    401
signed, and no sense in it                    400
the daemon ends                               503
everything else, whether it led to a run      202
============================================  ======

GitLab counts a 4xx as a failure and switches a hook off after some: what is merely of no interest is 202.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from syncd import logs
from syncd.config import Settings
from syncd.forge.webhooks import (
    Headers,
    Hint,
    MalformedDelivery,
    delivery_id,
    is_genuine,
    read_delivery,
    touches,
)

MOST_BYTES = 1024 * 1024
REMEMBERED = 4096
_log = logs.get_log(__name__)


class Putting(Protocol):
    """What deliveries need of the workers."""

    def put(self, name: str, why: str, named: Mapping[str, frozenset[int]] | None = None) -> bool:
        """Asks for a run; False if one was asked for already."""
        ...

    def repeat(self, name: str) -> bool:
        """Whether a run that was asked for has not begun."""
        ...


class Hooks:
    """The endpoint. ``count(remote, event, result)`` hears of each delivery; ``ending`` says that no more is taken."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        secrets: Callable[[str], tuple[str, ...]],
        workers: Putting,
        *,
        clock: Callable[[], datetime],
        count: Callable[[str, str, str], None],
        ending: Callable[[], bool],
    ) -> None:
        self._settings, self._secrets, self._workers = settings, secrets, workers
        self._clock, self._count, self._ending = clock, count, ending
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def __call__(self, request: Request) -> Response:
        """One delivery."""
        remote = request.path_params["remote"]
        settings = self._settings()
        if remote not in settings.serve.webhooks or remote not in settings.remotes:
            return Response(status_code=404)
        status, event, result = await self._taken(request, settings, remote)
        self._count(remote, event, result)
        return Response(status_code=status)

    async def _taken(self, request: Request, settings: Settings, remote: str) -> tuple[int, str, str]:
        if self._ending():
            return 503, "unread", "ending"
        body = await body_of(request, MOST_BYTES)
        if body is None:
            return 413, "unread", "too_large"
        kind, headers = settings.remotes[remote].kind, request.headers.raw
        if not is_genuine(kind, headers, body, self._secrets(remote), self._clock()):
            return 401, "unread", "bad_signature"
        try:
            hint = read_delivery(kind, headers, body)
        except MalformedDelivery as error:
            _log.warning("delivery.malformed", remote=remote, error=str(error))
            return 400, "unread", "malformed"
        return 202, hint.event, self._follow(settings, remote, hint, self._again(kind, remote, headers))

    def _again(self, kind: str, remote: str, headers: Headers) -> bool:
        """Whether this delivery was here before. That only saves work: what failed may be sent again (threat T2)."""
        key = (remote, delivery_id(kind, headers)[:128])
        if not key[1]:
            return False
        again = key in self._seen
        self._seen[key] = None
        self._seen.move_to_end(key)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return again

    def _follow(self, settings: Settings, remote: str, hint: Hint, again: bool) -> str:
        names = [name for name in settings.roadmaps if _concerns(settings, name, remote, hint)]
        if not names:
            return "ignored"
        if again and all(self._workers.repeat(name) for name in names):
            return "duplicate"
        # Numbers mean nothing on another project: a hook may be the organisation's, or the project renamed.
        same = hint.project.casefold() == settings.remotes[remote].project.casefold()
        named = {remote: hint.issues} if hint.issues and same else None
        fresh = [self._workers.put(name, "webhook", named) for name in names]
        return "accepted" if any(fresh) else "coalesced"


def _concerns(settings: Settings, name: str, remote: str, hint: Hint) -> bool:
    roadmap = settings.roadmaps[name]
    if not hint.sync or remote not in roadmap.remotes:
        return False
    return not hint.push or touches(hint, roadmap.path)


async def body_of(request: Request, most: int) -> bytes | None:
    """The raw bytes, or None if they are more than ``most``, whatever their announced length says."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most:
        return None
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > most:
                return None
            parts.append(part)
    except ClientDisconnect:
        return b""  # nobody hears the answer
    return b"".join(parts)
