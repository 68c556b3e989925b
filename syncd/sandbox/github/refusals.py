"""How GitHub says no: status, wording and shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DOCS = "https://docs.github.com/rest"


class Refused(Exception):
    """An answer other than success. `errors` are GitHub's `{resource, field, code}` entries."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, Any] = {
            "message": message,
            "documentation_url": DOCS,
            "status": str(status),
            **more,
        }
        if errors:
            self.body["errors"] = [dict(entry) for entry in errors]


def not_found() -> Refused:
    return Refused(404, "Not Found")


def bad_credentials() -> Refused:
    return Refused(401, "Bad credentials")


def needs_authentication() -> Refused:
    return Refused(401, "Requires authentication")


def forbidden(by_token: bool) -> Refused:
    """The token allows less than its owner may do, or the owner may not do it."""
    return Refused(
        403,
        "Resource not accessible by personal access token"
        if by_token
        else "Must have admin rights to Repository.",
    )


def archived() -> Refused:
    return Refused(403, "Repository was archived so is read-only.")


def moved(url: str) -> Refused:
    return Refused(301, "Moved Permanently", headers={"Location": url}, url=url)


def malformed(text: str) -> Refused:
    """The request's JSON has the wrong shape: GitHub checks that before it looks at any value."""
    return Refused(422, f"Invalid request.\n\n{text}")


def invalid(resource: str, field: str, code: str, **more: Any) -> Refused:
    return Refused(422, "Validation Failed", [{**more, "resource": resource, "field": field, "code": code}])


def too_long(resource: str, field: str, limit: int) -> Refused:
    message = f"{field} is too long (maximum is {limit} characters)"
    return invalid(resource, field, "custom", message=message)
