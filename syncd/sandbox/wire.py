"""A request and its answer as plain values, between the socket and a dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Asked:
    """`path` is still percent-encoded (a label may hold a `/`); header names are in lower case."""

    method: str
    path: str
    query_text: str
    headers: Mapping[str, str]
    body: bytes
    base: str

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_text, keep_blank_values=True))

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query_text}" if self.query_text else self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dialect's endpoint says. `body` is a JSON value; None sends no body at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, before it becomes bytes on a socket."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What passed over the wire. `fault` names the faults that bent it; `reply` is None if none was sent."""

    asked: Asked
    reply: Reply | None
    fault: str = ""
