"""One notification on its way: sent, sent again where nobody took it, or given up. The only home of httpx2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
import tenacity

from syncd import __version__

TIMEOUT = 10.0
"""Seconds for each step of one attempt."""
ATTEMPTS = 5
PATIENCE = timedelta(hours=1)
"""A receiver that wants more time than this does not get this notification."""
_LATER = frozenset({408, 425, 429})
Result = Literal["sent", "unknown", "failed"]


class _NotTakenError(Exception):
    """Certainly not taken: may be sent again, from ``until`` on if the receiver named a time."""

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.why, self.until = why, until


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a notification; ``why`` names neither address nor answer, which may hold secrets."""

    result: Result
    why: str = ""


class Post:
    """For one thread. ``wait(seconds)`` returns True if the program shall end."""

    def __init__(
        self, *, clock: Callable[[], datetime], wait: Callable[[float], bool], attempts: int = ATTEMPTS
    ) -> None:
        self._clock, self._wait, self._most = clock, wait, attempts
        self._closed_until: dict[str, datetime] = {}
        """By host: until when it asked to be left alone."""

    def send(self, url: str, document: Mapping[str, Any]) -> Sent:
        """Sends it once, or again where nobody can have taken it. Never raises for what a receiver does.

        A request that went out and got no answer is not repeated: nobody is told twice (design §8.4).
        """
        try:
            return self._attempts()(self._once, url, document)
        except _NotTakenError as trouble:
            return Sent("failed", trouble.why)

    def _attempts(self) -> tenacity.Retrying:
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._most),
            wait=self._seconds,
            retry=tenacity.retry_if_exception_type(_NotTakenError),
            sleep=self._pause,
            reraise=True,
        )

    def _seconds(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        until = error.until if isinstance(error, _NotTakenError) else None
        return 2.0 ** (state.attempt_number - 1) if until is None else max(0.0, self._left(until))

    def _left(self, until: datetime) -> float:
        return (until - self._clock()).total_seconds()

    def _pause(self, seconds: float) -> None:
        if self._wait(seconds):
            raise _NotTakenError("the daemon ends")

    def _once(self, url: str, document: Mapping[str, Any]) -> Sent:
        host = urlsplit(url).netloc
        closed = self._closed_until.get(host)
        if closed is not None and self._left(closed) > 0:
            return self._not_taken("it asked to wait", closed)
        try:
            status, retry_after = _posted(url, document)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise _NotTakenError(f"no connection ({type(error).__name__})") from None
        except httpx2.RequestError as error:
            return Sent("unknown", f"no answer ({type(error).__name__})")
        if status < 300:
            return Sent("sent")
        if status in _LATER or status >= 500:
            until = _moment(retry_after, self._clock())
            if until is not None:
                self._closed_until[host] = until
            return self._not_taken(f"answered {status}", until)
        # A redirect too: who knows the address may write there, so it goes to nobody else.
        return Sent("failed", f"answered {status}")

    def _not_taken(self, why: str, until: datetime | None) -> Sent:
        """Raises, for another attempt; but for one that would have to wait for too long."""
        if until is not None and until - self._clock() > PATIENCE:
            return Sent("failed", f"{why}, and wants to be left alone for longer than an hour")
        raise _NotTakenError(why, until)


def _posted(url: str, document: Mapping[str, Any]) -> tuple[int, str]:
    """Status and Retry-After. Nothing from the environment (proxies, .netrc); of the answer, not a byte of the body."""
    headers = {"User-Agent": f"syncd/{__version__}"}
    with (
        # A client for each: hours lie between two notifications, and no connection is kept that long.
        httpx2.Client(trust_env=False, follow_redirects=False, timeout=TIMEOUT) as client,
        client.stream("POST", url, json=document, headers=headers) as answer,
    ):
        return answer.status_code, answer.headers.get("retry-after", "")


def _moment(retry_after: str, now: datetime) -> datetime | None:
    """Seconds or a date (RFC 9110 §10.2.3)."""
    if retry_after.isascii() and retry_after.isdigit():
        # Nine digits are thirty years; more would be no date.
        return now + timedelta(seconds=int(retry_after[:9]))
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
