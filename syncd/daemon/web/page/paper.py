"""Prints pages: everything is escaped, nothing is obeyed, no secret is on any of them (threats T5, T10, T17).

Text from roadmaps and trackers passes :func:`harmless` on its way into any page, so that no template can forget it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncd import __version__
from syncd.daemon.web.page.bars import counted
from syncd.daemon.web.page.views import distance
from syncd.plan.render.words import harmless

TEMPLATES = Path(__file__).parent / "templates"
SAFETY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with that, browsers send `Origin: null` with our own forms. Other sites are told nothing.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MOST_CHARACTERS = 300
"""Of a text that somebody wrote; the rest is folded away."""


class Paper:
    """``clean`` takes secrets out of a text."""

    def __init__(self, clean: Callable[[str], str], clock: Callable[[], datetime]) -> None:
        self._clean, self._clock = clean, clock
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=self._inert,
        )
        self._templates.filters |= {
            "address": address,
            "utc": utc,
            "iso": iso,
            "counted": counted,
            # Inert first: half a secret would not be recognised.
            "most": lambda text: str(self._inert(text))[:MOST_CHARACTERS],
        }
        self._templates.globals |= {"most_characters": MOST_CHARACTERS, "version": __version__}

    def page(
        self, template: str, status: int = 200, *, headers: dict[str, str] | None = None, **values: Any
    ) -> Response:
        """An answer with everything that keeps it harmless."""
        now = self._clock()
        text = self._templates.get_template(template).render(
            now=now, distance=lambda when: distance(when, now), **values
        )
        return HTMLResponse(text, status, headers=SAFETY | (headers or {}))

    def _inert(self, value: object) -> object:
        """What a template prints: texts without what a page would obey, and without secrets."""
        if not isinstance(value, str) or hasattr(value, "__html__"):
            return value
        plain = value if value.isascii() and value.isprintable() else harmless(value)
        return self._clean(plain)


def address(url: str) -> str:
    """A web address to be followed by a person, or nothing: of those that forges and roadmaps name, only http(s)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def utc(when: datetime) -> str:
    """A time as people read it."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def iso(when: datetime) -> str:
    """A time as programs read it."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def asset(name: str, kind: str) -> Callable[[Request], Response]:
    """An endpoint for a file of ours."""
    content = (TEMPLATES / name).read_bytes()

    def endpoint(_: Request) -> Response:
        headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=kind, headers=headers)

    return endpoint
