"""The connection under a forge's library: one attempt, no redirect, nothing from the environment, an end in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

LARGEST = 64 * 1024 * 1024
"""Bytes of one answer. A hundred issues with the largest bodies are less, on any forge."""


class Session(requests.Session):
    """A session that keeps these rules whatever the library above it asks for, and keeps its sockets open.

    A request takes at most ``timeout`` seconds per step and four times that in all. Answers are whole: their content
    has been read.
    """

    def __init__(self, *, timeout: int, ca_file: str | None, clock: Callable[[], datetime]) -> None:
        super().__init__()
        # No .netrc, no proxy and no CA of the environment: the token goes where the configuration says (threat T11).
        self.trust_env = False
        self._clock = clock
        self._limit = timedelta(seconds=4 * timeout)
        # python-gitlab would wait for ever (api-facts §0.10).
        self._rules = {"timeout": timeout, "verify": ca_file or True, "stream": True}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Sends the question once and reads the whole answer."""
        deadline = self._clock() + self._limit
        with super().send(request, **{**options, **self._rules}) as response:
            pieces, size = [], 0
            for piece in response.iter_content(65_536):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST or self._clock() > deadline:
                    raise requests.ReadTimeout("an answer without end")
            return _kept(response, b"".join(pieces))

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - the library's name
        """None, always: both libraries would follow with the token. Where to go is for the client to judge."""
        return None


def never_left(error: requests.RequestException) -> bool:
    """Whether the failure came before the request could be sent: no name, no connection, no trusted certificate."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError | SSLError | ProxyError)


def _kept(response: requests.Response, content: bytes) -> requests.Response:
    """The answer as one whose content can be asked for, though it was read in pieces."""
    kept = requests.Response()
    kept.status_code, kept.reason, kept.headers = response.status_code, response.reason, response.headers
    kept.url, kept.request, kept.elapsed = response.url, response.request, response.elapsed
    kept.raw = BytesIO(content)
    return kept
