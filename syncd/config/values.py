"""The small notations of the configuration: durations, shares, sides, addresses. Messages never echo the value."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_settings import NoDecode

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d{1,9}(?:ms|s|m|h|d))+")
_PART = re.compile(r"(\d{1,9})(ms|s|m|h|d)")
_PERCENT = re.compile(r"(\d{1,2}|100)%")


@dataclass(frozen=True, slots=True)
class Part:
    """A limit as it was written: `30%` of the linked, or a plain number."""

    number: int
    percent: bool


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise ValueError("expected a duration with its unit, as in `30s`, `15m` or `1d`")
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(value)))


def _part(value: Any) -> Part:
    if isinstance(value, Part):
        return value
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value)):
        return Part(int(found[1]), percent=True)
    # The environment brings numbers as text.
    if not isinstance(value, bool) and isinstance(value, int | str) and re.fullmatch(r"\d{1,9}", str(value)):
        return Part(int(value), percent=False)
    raise ValueError("expected a percentage such as `30%`, or a number")


def _ranking(value: Any) -> tuple[str, ...]:
    """`hold` ranks nobody; see :data:`syncd.model.policy.HOLD`."""
    if value == "hold":
        return ()
    if isinstance(value, str):  # a single side, or as the environment says several
        value = [side.strip() for side in value.split(",")]
    if isinstance(value, list | tuple) and value and all(isinstance(side, str) for side in value):
        return tuple(value)
    raise ValueError("expected `hold`, or a list of sides such as `[roadmap, github]`")


def _address(value: Any) -> str:
    """An address of a host: whether http is allowed is judged where `insecure` is known."""
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address such as `https://github.example.org`")
    if "@" in parts.netloc:
        raise ValueError("an address must not hold a user or password; use `token` or `token_file`")
    if parts.query or parts.fragment:
        raise ValueError("expected an address without `?` and `#`")
    return str(value).rstrip("/")


def unfit(address: str) -> str:
    """What is wrong with an address to which something is sent, whose path and question may be secret; or nothing."""
    wrong = "expected an address such as `https://chat.example.org/hooks/…`"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # a port that is no number, a bracket without its other half
        return wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return wrong
    if not (address.isascii() and address.isprintable()) or " " in address:
        return wrong
    if "@" in parts.netloc or parts.fragment:
        return "expected an address without user, password and `#`"
    return ""


def _relative(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("expected a path")
    if {"..", ".git"} & set(value.split("/")):
        raise ValueError("a path must not lead through `..` or `.git`")
    return value


def loopback(address: str) -> bool:
    """Whether a host is this machine: only there http carries no token past anybody."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _text_schema(**more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **more})


Duration = Annotated[timedelta, BeforeValidator(_duration), _text_schema(pattern=f"^{_DURATION.pattern}$")]
# NoDecode: pydantic-settings would read these as JSON where they come from the environment.
Portion = Annotated[
    Part,
    NoDecode,
    BeforeValidator(_part),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": f"^{_PERCENT.pattern}$"}, {"type": "integer", "minimum": 0}]}
    ),
]
Ranking = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(_ranking),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
Address = Annotated[str, BeforeValidator(_address), _text_schema(format="uri")]
RoadmapPath = Annotated[str, BeforeValidator(_relative), _text_schema()]
