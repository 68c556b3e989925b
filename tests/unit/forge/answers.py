"""What went over a wire on which nothing but prepared answers come back, and the odd answer for any forge."""

from __future__ import annotations

import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError


def sent(wire: responses.RequestsMock, verb: str) -> list[requests.PreparedRequest]:
    """The requests of one verb, in order."""
    return [call.request for call in wire.calls if call.request.method == verb]


def refused() -> Exception:
    """Nobody listens there: nothing was sent."""
    return requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused")))  # type: ignore[arg-type]  # neither pool nor socket is looked at
