"""The connection under PyGithub's requester: one attempt, no redirect, nothing from the environment, an end in time."""

from __future__ import annotations

from collections.abc import Callable, ItemsView
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

LARGEST = 64 * 1024 * 1024
"""Bytes of one answer. A hundred issues with the largest bodies are a tenth of it."""


class Wire:
    """What PyGithub takes for a connection (its ``cnx``). It lives as long as the client and keeps its sockets open."""

    host: str
    port: int | None
    protocol: str
    timeout: int
    retry: int = 0
    verify: bool | str

    def __init__(
        self, origin: SplitResult, *, timeout: int, ca_file: str | None, clock: Callable[[], datetime]
    ) -> None:
        self.host, self.port, self.protocol = origin.hostname or "", origin.port, origin.scheme
        self.timeout = timeout
        self.verify = ca_file or True
        self._clock = clock
        self._root = f"{origin.scheme}://{origin.netloc}"
        self._asked: tuple[str, str, str | None, dict[str, str]] = ("GET", "", None, {})
        self.session = requests.Session()
        # No .netrc, no proxy and no CA of the environment: the token goes where the configuration says (threat T11).
        self.session.trust_env = False
        self.session.mount(f"{origin.scheme}://", HTTPAdapter(max_retries=0))

    def request(
        self,
        verb: str,
        url: str,
        input: str | None,  # noqa: A002 - PyGithub's name
        headers: dict[str, str],
        stream: bool = False,  # noqa: ARG002 - PyGithub's, for downloads
    ) -> None:
        """Takes the question; the requester then asks for the answer."""
        self._asked = (verb, url, input, headers)

    def getresponse(self) -> Reply:
        """Sends the question and reads the whole answer, within ``timeout`` per step and four times that in all."""
        verb, url, body, headers = self._asked
        deadline = self._clock() + timedelta(seconds=4 * self.timeout)
        with self.session.request(
            verb,
            self._root + url,
            data=body.encode() if body is not None else None,
            headers=headers,
            timeout=self.timeout,
            verify=self.verify,
            allow_redirects=False,
            stream=True,
        ) as response:
            pieces, size = [], 0
            for piece in response.iter_content(65_536):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST or self._clock() > deadline:
                    raise requests.ReadTimeout("an answer without end")
            return Reply(response, b"".join(pieces).decode("utf-8", "replace"))

    def close(self) -> None:
        """Closes the sockets."""
        self.session.close()


class Reply:
    """An answer in the form that PyGithub's requester reads."""

    def __init__(self, response: requests.Response, text: str) -> None:
        # PyGithub follows a 301 by itself, with the write and without the query: it must not see one (api-facts §0.7).
        self.status = 308 if response.status_code == 301 else response.status_code
        # Nor may it sleep and ask again for ever, as it does at 202.
        self.status = 504 if self.status == 202 else self.status
        self.headers = response.headers
        self._text = text

    def getheaders(self) -> ItemsView[str, Any]:
        """All headers."""
        return self.headers.items()

    def read(self) -> str:
        """The body."""
        return self._text


def never_left(error: requests.RequestException) -> bool:
    """Whether the failure came before the request could be sent: no name, no connection, no trusted certificate."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError | SSLError | ProxyError)
