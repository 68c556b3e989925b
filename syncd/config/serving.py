"""The keys of the daemon: where it listens, what it believes, and who may look."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, SecretStr, WithJsonSchema
from pydantic import Field as Key

from syncd.config.group import Group, Name
from syncd.config.values import Address

_LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+):(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Listen:
    """An address of this machine; port 0 takes a free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether nobody else can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _listen(value: Any) -> Listen:
    if isinstance(value, Listen):
        return value
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[2]) > 65535:
        raise ValueError("expected an address and a port, as in `127.0.0.1:8080`")
    return Listen(found[1].strip("[]"), int(found[2]))


class Webhook(Group):
    """What signs the deliveries of one remote; the previous secret still counts during a rotation."""

    secret: SecretStr | None = None
    secret_file: str | None = None
    previous: SecretStr | None = None
    previous_file: str | None = None


class Notify(Group):
    """Who is told what waits for a person. The address is a secret: whoever knows it may write there."""

    url: SecretStr | None = None
    url_file: str | None = None
    style: Literal["json", "slack"] = "json"
    failures: int = Key(default=5, ge=1)
    """Runs of one roadmap that failed in a row before it is told."""
    insecure: bool = False


class Serve(Group):
    """`syncd serve`."""

    listen: Annotated[
        Listen,
        BeforeValidator(_listen),
        WithJsonSchema({"type": "string", "pattern": f"^{_LISTEN.pattern}$"}),
    ] = Listen("127.0.0.1", 8080)
    url: Address | None = None
    """Where the world reaches it: what `syncd hooks install` tells the forges."""
    token: SecretStr | None = None
    token_file: str | None = None
    workers: int = Key(default=4, ge=1, le=32)
    webhooks: dict[Name, Webhook] = Key(default_factory=dict)
    notify: Notify | None = None
