"""GitLab as a :class:`~syncd.forge.base.Forge`: gitlab.com and self-managed installations.

What GitLab does by itself needs no rule here, for the base of a field is what its answer showed (design §5): on the
Free tier only one assignee stays; with scoped labels, putting ``priority::high`` on an issue takes ``priority::low``
off. Such an answer is settled as ``theirs``, so a sibling that vanished is nobody's edit in the next run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote

from syncd.errors import AccessRefused, ForgeError, Gone, Rejected, Unknown
from syncd.forge.client import Answer, Json
from syncd.forge.gitlab import access, shapes
from syncd.forge.gitlab.client import API, GitLabClient
from syncd.forge.gitlab.hooks import DIALECT
from syncd.forge.gitlab.people import People
from syncd.forge.hooks import Hooks
from syncd.forge.listing import Dialect, Listing, above, changed_since, everything, items, unlisted
from syncd.forge.pacing import Pace
from syncd.model.remote import (
    Budget,
    Capabilities,
    Issue,
    IssueDraft,
    IssuePatch,
    MilestonePatch,
    Observation,
    Probe,
    Project,
    RemoteMilestone,
)
from syncd.model.values import MILESTONE_FIELDS, TASK_FIELDS, Field, MilestoneState, TaskState

CAPABILITIES = Capabilities(
    fields=frozenset(TASK_FIELDS),
    milestone_fields=frozenset(MILESTONE_FIELDS),
    title_limit=shapes.TITLE_LIMIT,
    # Of 1,048,576 bytes (api-facts §A.4): the rest is room for what people write around the block.
    body_limit=1_000_000,
    label_limit=255,
    counts_open_issues=False,
)
COLOUR = "#6699cc"
_NUMBERED = Dialect(
    oldest_first={"order_by": "created_at", "sort": "asc"},
    latest_first={"order_by": "updated_at", "sort": "desc"},
    highest_first={"order_by": "created_at", "sort": "desc"},
    since="updated_after",
    number="iid",
)
_BY_KEYSET = Dialect(
    oldest_first={**_NUMBERED.oldest_first, "pagination": "keyset"},
    latest_first=_NUMBERED.latest_first,
    highest_first=_NUMBERED.highest_first,
    since=_NUMBERED.since,
    number=_NUMBERED.number,
)
_MILESTONES = {"include_ancestors": "true"}
_PATH = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+", re.ASCII)


class GitLab:
    """One project. Titles are made inert on their way out and plain on their way in, here and nowhere else.

    ``project`` is its path with all groups; ``web_url`` the address of the installation, from which ``api_url``
    follows if not given. ``dropped_label`` marks closed issues that were dropped. ``timeout`` in seconds, ``ca_file``
    a PEM file for a host with a certificate of its own.
    """

    capabilities = CAPABILITIES

    def __init__(  # noqa: PLR0913 - a remote's settings, by name
        self,
        remote: str,
        project: str,
        *,
        token: str,
        pace: Pace,
        web_url: str = "https://gitlab.com",
        api_url: str = "",
        timeout: int = 30,
        ca_file: str | None = None,
        dropped_label: str = "dropped",
    ) -> None:
        if not _PATH.fullmatch(project):
            raise AccessRefused(f"{project!r} is not GROUP/PROJECT", remote=remote)
        self.remote = remote
        self._client = GitLabClient(
            remote,
            token=token,
            base_url=(api_url or web_url).rstrip("/").removesuffix(API),
            timeout=timeout,
            ca_file=ca_file,
            pace=pace,
            sent=self._count,
        )
        self._people = People(self._client)
        self.requests = 0
        self.writes = 0
        self._configured = project
        self._project: Project | None = None
        self._answer = Answer(0, {}, None, "")
        """What was said of the project when it was asked for last."""
        self._dropped = dropped_label
        self._dropped_exists = False
        self._borne: dict[int, tuple[str, ...]] = {}
        self._left: set[int] = set()

    @property
    def budget(self) -> Budget | None:
        """What the latest answer said of limits."""
        return self._client.budget

    def project(self) -> Project:
        """The project under its configured path, one request. Renamed ones are followed: compare ``id``."""
        self._client.home = None
        try:
            answer = self._client.read(f"/projects/{quote(self._configured, safe='')}")
        except AccessRefused as error:
            if error.status != 404:
                raise
            raise AccessRefused(
                f"no project {self._configured}, or none that this token may see",
                remote=self.remote,
                status=error.status,
                hint="check the path with all its groups, and that the token covers this project",
            ) from None
        self._answer = answer
        project = self._client.seen(shapes.project, answer.data)
        self._project = replace(project, rights=access.granted(answer.data))
        self._client.home = int(self._project.id)
        return self._project

    def account(self) -> str:
        """The username of the token's user; project and group tokens have a bot of their own."""
        return self._client.seen(lambda user: str(user["username"]), self._client.read("/user").data)

    def probe(self) -> Probe:
        """Whose token it is and what it was given, two requests; one more where the role is not in the project."""
        return access.probed(self._known(), self._answer.data, self._client)

    def observe(self, cursor: str) -> Observation:
        """All issues (empty ``cursor``), or those changed since; milestones always all, those of groups included.

        The new cursor is the forge's clock *before* the list was asked for, so nothing falls between two readings.
        See :mod:`syncd.forge.listing` for what that costs.
        """
        project = self._known()
        now = self._client.time
        if not project.issues:
            return Observation(project, (), (), now, complete=False)
        where = self._at("issues")
        read = changed_since(self._client, _NUMBERED, where, cursor) if cursor else self._everything(where)
        milestones = items(self._client, self._at("milestones"), _MILESTONES)
        return Observation(
            project,
            tuple(self._shown(read.items)),
            tuple(self._client.seen(shapes.milestone, data) for data in milestones.items),
            now or cursor,
            complete=not cursor and read.complete and milestones.complete,
        )

    def get_issue(self, number: int) -> Issue:
        """A fresh read. Gone for 404, and for an issue that was moved to another project."""
        return self._client.seen(self._ours, self._client.read(self._at(f"issues/{number}")).data)

    def newest(self, floor: int) -> Iterator[Issue]:
        """Issues above ``floor``: those of the list, then those that the list does not show (yet), number by number."""
        listed = above(self._client, _NUMBERED, self._at("issues"), floor)
        yield from self._shown(listed.values())
        yield from unlisted(floor, listed, self.get_issue)

    def labels(self) -> frozenset[str]:
        """The names of all labels, those of the groups above included."""
        return frozenset(
            self._client.seen(shapes.label, data)
            for data in items(self._client, self._at("labels"), {}).items
        )

    def create_label(self, name: str) -> None:
        """Creates a label. One that is there already, in the project or above it, is what was wanted."""
        if not shapes.sendable((name,)):
            raise Rejected("GitLab has no labels with a comma", remote=self.remote)
        try:
            self._client.write("POST", self._at("labels"), {"name": name, "color": COLOUR})
        except Rejected as error:
            if error.status != 409:
                raise

    def create_issue(self, draft: IssueDraft) -> Issue:
        """One POST. GitLab drops labels, dates and people silently without the rights for them: see the answer."""
        people = list(self._people.ids(draft.assignees))
        answer = self._client.write("POST", self._at("issues"), shapes.draft_body(draft, people))
        return self._client.done(self._ours, answer)

    def update_issue(self, number: int, patch: IssuePatch) -> Issue:
        """One PUT; the first time that something is dropped, one more for the label that says so."""
        if number in self._left:
            # GitLab would change what was left behind.
            raise self._moved(number)
        if Field.LABELS in patch.fields and Field.STATE not in patch.fields and number not in self._borne:
            self.get_issue(number)
        if Field.STATE in patch.fields and patch.state is TaskState.DROPPED and not self._dropped_exists:
            # On purpose, not as a side effect of the update (api-facts §C.5).
            self.create_label(self._dropped)
        people = list(self._people.ids(patch.assignees)) if Field.ASSIGNEES in patch.fields else []
        body = shapes.patch_body(patch, people, self._dropped, self._borne.get(number, ()))
        return self._client.done(self._ours, self._client.write("PUT", self._at(f"issues/{number}"), body))

    def create_milestone(self, draft: MilestonePatch) -> RemoteMilestone:
        """One POST; one PUT more for a closed one. An equal title is Rejected: the caller looks for it first."""
        answer = self._client.write("POST", self._at("milestones"), shapes.new_milestone_body(draft))
        made = self._client.done(shapes.milestone, answer)
        if Field.STATE not in draft.fields or draft.state is not MilestoneState.CLOSED:
            return made
        try:
            return self.update_milestone(
                made.ref.number, MilestonePatch(frozenset({Field.STATE}), state=draft.state)
            )
        except ForgeError as error:
            # That something was made must not get lost.
            raise Unknown(f"created, but not closed: {error.message}", remote=self.remote) from None

    def update_milestone(self, number: int, patch: MilestonePatch) -> RemoteMilestone:
        """One PUT. Gone for one of a group: those are read-only here."""
        answer = self._client.write("PUT", self._at(f"milestones/{number}"), shapes.milestone_body(patch))
        return self._client.done(shapes.milestone, answer)

    def get_milestone(self, number: int) -> RemoteMilestone:
        """A fresh read. Gone if it was deleted. One of a group is only to be found in the list."""
        try:
            answer = self._client.read(self._at(f"milestones/{number}"))
        except Gone:
            for data in items(self._client, self._at("milestones"), _MILESTONES).items:
                if data["id"] == number:
                    return self._client.seen(shapes.milestone, data)
            raise
        return self._client.seen(shapes.milestone, answer.data)

    def hooks(self) -> Hooks:
        """The project's webhooks, for ``syncd hooks``."""
        return Hooks(self._client, self._at("hooks"), DIALECT)

    def _count(self, writes: bool) -> None:
        self.requests += 1
        self.writes += writes

    def _known(self) -> Project:
        return self._project or self.project()

    def _at(self, what: str) -> str:
        """Where something of the project is, by its immutable id: under a former name GitLab takes no writes."""
        return f"/projects/{self._known().id}/{what}"

    def _everything(self, where: str) -> Listing:
        """By keyset, where nothing is skipped if an issue is deleted meanwhile; by pages where that is not known."""
        try:
            return everything(self._client, _BY_KEYSET, where)
        except Rejected as error:
            if error.status != 405:
                raise
        return everything(self._client, _NUMBERED, where)

    def _shown(self, listed: Iterable[Json]) -> Iterator[Issue]:
        """What a list shows of this project's own issues; it shows those that were moved away, too."""
        for data in listed:
            if not self._client.seen(shapes.hidden, data) and not self._gone(data):
                yield self._client.seen(self._ours, data)

    def _gone(self, data: Json) -> bool:
        left = self._client.seen(lambda one: shapes.left(one, int(self._known().id)), data)
        if left:
            self._left.add(int(data["iid"]))
        return left

    def _ours(self, data: Json) -> Issue:
        """The issue, if it is one of this project; what is known of it is remembered for the next write."""
        issue = shapes.issue(data, self._dropped)
        if shapes.left(data, int(self._known().id)):
            self._left.add(issue.ref.number)
            raise self._moved(issue.ref.number)
        self._borne[issue.ref.number] = shapes.bearing(data, self._dropped)
        self._dropped_exists = self._dropped_exists or self._dropped in self._borne[issue.ref.number]
        self._people.met(data)
        return issue

    def _moved(self, number: int) -> Gone:
        return Gone(f"issue {number} was moved to another project", remote=self.remote, status=301)
