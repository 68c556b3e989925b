"""What PyGithub's requester takes for a connection: ours, see :mod:`syncd.forge.wire`."""

from __future__ import annotations

from collections.abc import Callable, ItemsView
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult

import requests

from syncd.forge.wire import Session


class Wire:
    """What PyGithub takes for a connection (its ``cnx``). It lives as long as the client."""

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
        self._root = f"{origin.scheme}://{origin.netloc}"
        self._asked: tuple[str, str, str | None, dict[str, str]] = ("GET", "", None, {})
        self.session = Session(timeout=timeout, ca_file=ca_file, clock=clock)

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
        """Sends the question and reads the whole answer."""
        verb, url, body, headers = self._asked
        data = body.encode() if body is not None else None
        return Reply(self.session.request(verb, self._root + url, data=data, headers=headers))

    def close(self) -> None:
        """Closes the sockets."""
        self.session.close()


class Reply:
    """An answer in the form that PyGithub's requester reads."""

    def __init__(self, response: requests.Response) -> None:
        # PyGithub follows a 301 by itself, with the write and without the query: it must not see one (api-facts §0.7).
        self.status = 308 if response.status_code == 301 else response.status_code
        # Nor may it sleep and ask again for ever, as it does at 202.
        self.status = 504 if self.status == 202 else self.status
        self.headers = response.headers
        self._text = response.content.decode("utf-8", "replace")

    def getheaders(self) -> ItemsView[str, Any]:
        """All headers."""
        return self.headers.items()

    def read(self) -> str:
        """The body."""
        return self._text
