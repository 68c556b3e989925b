"""How GitLab says no. `message` is of the application, `error` of the layer that reads parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """An answer other than success; a `body` that is text is sent as plain text."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def said(status: int, message: Any) -> Refused:
    return Refused(status, {"message": message})


def unauthorized() -> Refused:
    return said(401, "401 Unauthorized")


def expired() -> Refused:
    text = "Token is expired. You can either do re-authorization or token refresh."
    return Refused(401, {"error": "invalid_token", "error_description": text})


def too_narrow() -> Refused:
    """The token's scopes do not reach so far."""
    text = "The request requires higher privileges than provided by the access token."
    return Refused(403, {"error": "insufficient_scope", "error_description": text, "scope": "api"})


def forbidden() -> Refused:
    return said(403, "403 Forbidden")


def not_found(thing: str = "") -> Refused:
    return said(404, f"404 {thing} Not Found" if thing else "404 Not found")


def no_route() -> Refused:
    return Refused(404, {"error": "404 Not Found"})


def moved(url: str) -> Refused:
    """Answered to reads under a former name (api-facts B.4; that the status is 301 is from memory)."""
    return Refused(301, f"This resource has been moved permanently to {url}.", {"Location": url})


def not_moved_by_write() -> Refused:
    return said(405, "Non GET methods are not allowed for moved projects")


def unreadable(name: str, problem: str = "is invalid") -> Refused:
    """A parameter that cannot be read."""
    return Refused(400, {"error": f"{name} {problem}"})


def nothing_given(*names: str) -> Refused:
    return unreadable(", ".join(names), "are missing, at least one parameter must be provided")


def invalid(**fields: str) -> Refused:
    """A value that the application does not take: field -> what is wrong with it."""
    return said(400, {name: [problem] for name, problem in fields.items()})


def too_many(headers: Mapping[str, str]) -> Refused:
    return Refused(429, "Retry later\n", headers)
