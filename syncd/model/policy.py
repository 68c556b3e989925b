"""What the user decided: truth, adoption, removal, limits, label and user mapping, reading rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from syncd.model.values import Field

HOLD: tuple[str, ...] = ()
"""The ranking that ranks nobody: a conflict is held until a person decides."""

Removal: TypeAlias = Literal["close", "unlink", "ignore"]
History: TypeAlias = Literal["create", "skip"]


@dataclass(frozen=True, slots=True)
class Adoption:
    """Which issues that nobody linked flow into the roadmap (design §6). ``label`` counts for rule "label" only."""

    rule: Literal["never", "milestone", "label", "all"] = "milestone"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A limit of ``max(least, percent of the linked)``; ``percent`` 0 makes it absolute."""

    least: int
    percent: int = 0

    def of(self, population: int) -> int:
        """How many are allowed among ``population``."""
        return max(self.least, population * self.percent // 100)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may do to one remote before it asks (design §7)."""

    first_create: int = 250
    create: int = 50
    adopt: int = 20
    update: Share = Share(20, 30)
    edit: Share = Share(20, 30)
    close: Share = Share(5, 10)


@dataclass(frozen=True, slots=True)
class LabelRules:
    """Which label a value becomes, by key: ``{"priority": "priority: {}"}``. ``{}`` stands for the value.

    The key ``in_progress`` takes a plain label name: with it, a forge can tell in progress from open.
    """

    patterns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one roadmap. ``truth`` ranks the sides for every field; ``fields`` overrides it for single ones."""

    truth: tuple[str, ...] = HOLD
    fields: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    adopt: Adoption = Adoption()
    removed: Removal = "close"
    link_existing: bool = True
    history: History = "create"
    stamp: bool = False
    limits: Limits = Limits()
    labels: LabelRules = LabelRules()
    users: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Roadmap name → remote name → login there."""

    def ranking(self, name: Field) -> tuple[str, ...]:
        """The sides from strongest to weakest for a field; empty holds its conflicts."""
        return self.fields.get(name, self.truth)


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The roadmap's ``mapping`` (reading-roadmaps §7): narrows or replaces what auto reading finds.

    ``milestone`` is "h1".."h6" or a heading pattern ("Week *"); ``task`` names "box" and heading patterns;
    ``ignore`` and ``include`` are heading texts. An unknown heading in them is a ConfigError naming those there are.
    """

    milestone: str | None = None
    task: tuple[str, ...] = ()
    section: Literal["label", "body"] = "body"
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    tables: bool = False
    quotes: bool = False
    refs: Literal["none", "issues"] = "none"
    marks: Mapping[str, str] = field(default_factory=dict)
