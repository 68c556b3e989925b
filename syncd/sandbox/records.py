"""What a tracker holds, in words that belong to no forge.

Times are whole seconds since 1970 (`int`): both forges round to the second, and so a test that relies on
more cannot even be written. Records are replaced, never changed, which makes their history free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, TypedDict

State = Literal["open", "closed"]
Forge = Literal["github", "gitlab"]
Tier = Literal["free", "premium"]


class Role(IntEnum):
    """What somebody may do in a project; each role includes those below it."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class User:
    """An account. Logins have no case."""

    id: int
    login: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """`cap` is the most that this token allows, whatever its owner's role is. A token that belongs to a project
    or group (`place_id`) allows no more than reading anywhere else."""

    secret: str
    login: str
    cap: int = Role.ADMIN
    scopes: tuple[str, ...] = ("repo",)
    expires_at: int | None = None
    place_id: int | None = None


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App, and where it is installed: `public_key` is PEM, `place_ids` are projects. It acts as its `bot`."""

    id: int
    slug: str
    public_key: str
    installation: int
    place_ids: tuple[int, ...]
    cap: int = Role.WRITE

    @property
    def bot(self) -> str:
        return f"{self.slug}[bot]"


@dataclass(frozen=True, slots=True)
class Project:
    """`roles` are by login. `next_number` is shared by issues and pull requests. A public project is readable
    by everybody. Former names lead here until another project takes one of them."""

    id: int
    owner: str
    name: str
    created_at: int
    description: str | None = None
    private: bool = False
    archived: bool = False
    issues_enabled: bool = True
    roles: Mapping[str, int] = field(default_factory=dict)
    former_names: tuple[str, ...] = ()
    next_number: int = 1
    next_milestone: int = 1

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """A folder of projects and groups, by its whole path. It can have labels and milestones of its own."""

    id: int
    path: str
    created_at: int
    next_milestone: int = 1


@dataclass(frozen=True, slots=True)
class Label:
    """`color` is six hexadecimal digits. `project_id` may name a group."""

    id: int
    project_id: int
    name: str
    color: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """`due` and `start` are ISO dates without a time zone; how a dialect spells them is the dialect's affair.
    `project_id` may name a group."""

    id: int
    project_id: int
    number: int
    title: str
    creator: str
    created_at: int
    updated_at: int
    description: str | None = None
    state: State = "open"
    due: str | None = None
    closed_at: int | None = None
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """`labels` and `milestone` are ids, `assignees` logins; `moved_to` is (project id, number); `due` is an ISO
    date."""

    id: int
    project_id: int
    number: int
    title: str
    author: str
    created_at: int
    updated_at: int
    body: str | None = None
    state: State = "open"
    reason: str | None = None
    labels: tuple[int, ...] = ()
    assignees: tuple[str, ...] = ()
    milestone: int | None = None
    closed_at: int | None = None
    closed_by: str | None = None
    locked: bool = False
    pull: bool = False
    comments: int = 0
    deleted: bool = False
    moved_to: tuple[int, int] | None = None
    due: str | None = None
    confidential: bool = False
    kind: str = "issue"

    @property
    def visible(self) -> bool:
        """Neither deleted nor moved to another project."""
        return not self.deleted and self.moved_to is None


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark under the issue of that number."""

    id: int
    project_id: int
    number: int
    author: str
    body: str
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Hook:
    """Whom to tell what, in whose words. `events` are the dialect's names, `*` is all of them. `signing` is the
    key of GitLab's newer signatures."""

    id: int
    project_id: int
    url: str
    secret: str | None
    events: tuple[str, ...]
    created_at: int
    updated_at: int
    active: bool = True
    content_type: str = "json"
    forge: Forge = "github"
    signing: str | None = None


@dataclass(frozen=True, slots=True)
class Op:
    """One effect, as the forge itself remembers it. `changes` holds JSON values: field -> (before, after)."""

    serial: int
    at: int
    actor: str
    method: str
    route: str
    effect: str
    project_id: int
    subject: int
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noise:
    """Something in a saved text that other people notice, or that the forge itself obeyed. `live` says that its
    target exists, or that the command could be carried out."""

    serial: int
    kind: Literal["mention", "reference", "closing", "command"]
    target: str
    project_id: int
    number: int
    live: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """By whom, and through which door, an effect was made; and by whose customs its texts are heard."""

    login: str
    method: str = "PYTHON"
    route: str = ""
    forge: Forge = "github"


@dataclass(frozen=True, slots=True)
class View:
    """How far lists lag behind the truth, in seconds (api-facts B.1).

    `hidden_for`: issues younger than this are not there yet. `as_of`: everything stands as it stood so long ago.
    """

    hidden_for: int = 0
    as_of: int = 0


class IssueFields(TypedDict, total=False):
    """What to set on an issue; a key that is absent leaves its field alone. `milestone` is an id.

    `labels` and `assignees` are names, found and checked as GitHub does it; `label_ids` and `logins` are what a
    dialect found itself.
    """

    title: str
    body: str | None
    state: State
    reason: str | None
    labels: Sequence[str]
    assignees: Sequence[str]
    milestone: int | None
    locked: bool
    label_ids: Sequence[int]
    logins: Sequence[str]
    due: str | None
    confidential: bool
    kind: str


class MilestoneFields(TypedDict, total=False):
    """What to set on a milestone; `due` and `start` are ISO dates."""

    title: str
    description: str | None
    state: State
    due: str | None
    start: str | None
