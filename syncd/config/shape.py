"""The shape of `syncd.yaml`, key by key. What the keys mean stands in config/syncd.example.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    SecretStr,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic import Field as Key
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from syncd.config.cron import CronKey
from syncd.config.group import Group, Name
from syncd.config.kinds import KINDS
from syncd.config.serving import Serve
from syncd.config.values import Address, Duration, Part, Portion, Ranking, RoadmapPath
from syncd.model.values import Field, TaskState


def _adoption(value: Any) -> Any:
    if isinstance(value, str) and (
        value in ("never", "milestone", "all") or value.removeprefix("label:") not in ("", value)
    ):
        return value
    raise ValueError("expected `never`, `milestone`, `all` or `label:NAME`")


def _app_id(value: Any) -> str:
    if isinstance(value, bool) or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", str(value)):
        raise ValueError("expected the App's id, a number, or its client id")
    return str(value)


Adopt = Annotated[
    str,
    BeforeValidator(_adoption),
    WithJsonSchema({"type": "string", "pattern": "^(never|milestone|all|label:.+)$"}),
]


class Pace(Group):
    """How fast content is created on a host (design §10)."""

    interval: Duration = timedelta(seconds=1)
    per_minute: int = Key(default=80, ge=1)
    per_hour: int = Key(default=500, ge=1)


class AppKeys(Group):
    """A GitHub App: its id (or client id), its private key, and where it is installed if that shall not be found."""

    id: Annotated[str, BeforeValidator(_app_id), WithJsonSchema({"type": ["string", "integer"]})]
    key_file: str
    installation: int | None = Key(default=None, ge=1)


class Remote(Group):
    """One project on one forge."""

    kind: Literal["github", "gitlab"]
    project: Annotated[str, StringConstraints(pattern=r"^[^/\s]+(/[^/\s]+)+$")]
    url: Address = KINDS["github"].public
    api_url: Address | None = None
    token: SecretStr | None = None
    token_file: str | None = None
    app: AppKeys | None = None
    ca_file: str | None = None
    timeout: Duration = timedelta(seconds=30)
    quarantine: Duration = timedelta(minutes=15)
    pace: Pace | None = None
    full_sweep: Duration = timedelta(days=1)
    insecure: bool = False
    dropped_label: Annotated[str, StringConstraints(pattern=r"^[^,]*[^,\s][^,]*$", max_length=255)] = (
        "dropped"
    )

    @model_validator(mode="before")
    @classmethod
    def _at_its_public_host(cls, keys: Any) -> Any:
        """Who says no address means the public one of that kind."""
        if isinstance(keys, Mapping) and "url" not in keys and keys.get("kind") in KINDS:
            return {**keys, "url": KINDS[keys["kind"]].public}
        return keys


class LimitKeys(Group):
    """How much one run may do before it asks (design §7)."""

    first_create: int = Key(default=250, ge=0)
    create: int = Key(default=50, ge=0)
    adopt: int = Key(default=20, ge=0)
    update: Portion = Part(30, percent=True)
    edit: Portion = Part(30, percent=True)
    close: Portion = Part(10, percent=True)


class MappingKeys(Group):
    """What narrows or replaces auto reading (reading-roadmaps §7)."""

    milestone: str | None = None
    task: tuple[str, ...] = ()
    section: Literal["label", "body"] = "body"
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    tables: bool = False
    quotes: bool = False
    refs: Literal["none", "issues"] = "none"
    marks: dict[Annotated[str, StringConstraints(min_length=1, max_length=1)], TaskState] = Key(
        default_factory=dict
    )


class Roadmap(Group):
    """One roadmap, and the rules by which it is kept in step."""

    path: RoadmapPath
    remotes: tuple[str, ...] = Key(min_length=1)
    every: Duration | None = None
    cron: CronKey | None = None
    truth: Ranking = ()
    fields: dict[Field, Ranking] = Key(default_factory=dict)
    adopt: Adopt = "milestone"
    removed: Literal["close", "unlink", "ignore"] = "close"
    link_existing: Literal["title", "never"] = "title"
    history: Literal["create", "skip"] = "create"
    stamp: Literal["none", "marker"] = "none"
    branch: Literal["same", "any"] = "same"
    labels: dict[str, str] = Key(default_factory=dict)
    users: dict[str, dict[str, str]] = Key(default_factory=dict)
    limits: LimitKeys = LimitKeys()
    mapping: MappingKeys = MappingKeys()


class Document(BaseSettings):
    """The whole configuration, as keys. :class:`syncd.config.Settings` is what the rest of syncd sees of it."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, env_prefix="SYNCD_", env_nested_delimiter="__"
    )

    state: str = ".syncd/state.db"
    remotes: dict[Name, Remote] = Key(default_factory=dict)
    roadmaps: dict[Name, Roadmap] = Key(default_factory=dict)
    serve: Serve = Serve()

    @classmethod
    def settings_customise_sources(
        cls, *_classes: Any, **sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what :func:`syncd.config.load` hands over: it has put the sources together, to know who said what."""
        return (sources["init_settings"],)
