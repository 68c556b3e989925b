"""GitHub as a :class:`~syncd.forge.base.Forge`: github.com, \\*.ghe.com, and GitHub Enterprise Server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from syncd.errors import AccessRefused, ForgeError, Gone, Rejected, Unknown
from syncd.forge.client import Answer, Json
from syncd.forge.github import shapes
from syncd.forge.github.access import granted, probed
from syncd.forge.github.app import App
from syncd.forge.github.client import GitHubClient
from syncd.forge.github.hooks import DIALECT
from syncd.forge.hooks import Hooks
from syncd.forge.listing import Dialect, above, changed_since, everything, items, unlisted
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
from syncd.model.values import MILESTONE_FIELDS, TASK_FIELDS, Field, TaskState, canonical_label

CAPABILITIES = Capabilities(
    # Due dates of issues live in organisations' own fields; a milestone has one (api-facts §C.2).
    fields=frozenset(TASK_FIELDS) - {Field.DUE},
    milestone_fields=frozenset(MILESTONE_FIELDS),
    title_limit=shapes.TITLE_LIMIT,
)
_LISTS = Dialect(
    oldest_first={"state": "all", "sort": "created", "direction": "asc"},
    latest_first={"state": "all", "sort": "updated", "direction": "desc"},
    highest_first={"state": "all", "sort": "created", "direction": "desc"},
    since="since",
    number="number",
)
_NAME = re.compile(r"[\w-][\w.-]*/(?!\.\.?$)[\w.-]+", re.ASCII)


class GitHub:
    """One repository. Titles are made inert on their way out and plain on their way in, here and nowhere else.

    ``project`` is ``owner/name``; ``web_url`` the address of the host, from which ``api_url`` follows if not given.
    ``token`` is a secret, or an :class:`App`. ``timeout`` in seconds, ``ca_file`` a PEM file for a host with a
    certificate of its own.
    """

    capabilities = CAPABILITIES

    def __init__(  # noqa: PLR0913 - a remote's settings, by name
        self,
        remote: str,
        project: str,
        *,
        token: str | App,
        pace: Pace,
        web_url: str = "https://github.com",
        api_url: str = "",
        timeout: int = 30,
        ca_file: str | None = None,
    ) -> None:
        if not _NAME.fullmatch(project):
            raise AccessRefused(f"{project!r} is not OWNER/NAME", remote=remote)
        self.remote = remote
        self._client = GitHubClient(
            remote,
            token=token,
            project=project,
            api_url=(api_url or api_url_of(web_url)).rstrip("/"),
            timeout=timeout,
            ca_file=ca_file,
            pace=pace,
            sent=self._count,
        )
        self.requests = 0
        self.writes = 0
        self._configured = project
        self._project: Project | None = None
        self._answer = Answer(0, {}, None, "")
        """What was said of the repository when it was asked for last."""
        self._states: dict[int, TaskState] = {}

    @property
    def budget(self) -> Budget | None:
        """What the latest answer said of limits."""
        return self._client.budget

    def project(self) -> Project:
        """The repository under its configured name, one request. Renamed ones are followed: compare ``id``."""
        self._client.home = None
        try:
            answer = self._client.read(f"/repos/{self._configured}")
        except AccessRefused as error:
            if error.status not in (404, 410):
                raise
            raise AccessRefused(
                f"no repository {self._configured}, or none that this token may see",
                remote=self.remote,
                status=error.status,
                hint="check the name, and that the token covers this repository",
            ) from None
        self._answer = answer
        project = self._client.seen(shapes.project, answer.data)
        app = self._client.app
        rights = app.rights if app else granted(answer, self._client.token)
        self._project = replace(project, rights=rights)
        self._client.home = int(self._project.id)
        return self._project

    def account(self) -> str:
        """The login of the token's user, or of an App's bot. Empty for a token of nobody's (GitHub Actions)."""
        if self._client.app:
            return self._client.app.bot(self._client.as_app)
        try:
            return self._client.seen(lambda user: str(user["login"]), self._client.read("/user").data)
        except AccessRefused as error:
            if error.status == 403:
                return ""
            raise

    def probe(self) -> Probe:
        """What the answer about the repository says beside it, and whose token it is: one request more."""
        project = self._known()
        return probed(project, self.account(), self._answer, self._client)

    def observe(self, cursor: str) -> Observation:
        """All issues (empty ``cursor``), or those changed since; milestones always all.

        The new cursor is the forge's clock *before* the list was asked for, so nothing falls between two readings.
        See :mod:`syncd.forge.listing` for what that costs.
        """
        project = self._known()
        now = self._client.time
        if not project.issues:
            return Observation(project, (), (), now, complete=False)
        where = self._at("issues")
        read = (
            changed_since(self._client, _LISTS, where, cursor)
            if cursor
            else everything(self._client, _LISTS, where)
        )
        milestones = items(self._client, self._at("milestones"), {"state": "all"})
        issues = tuple(self._seen(data) for data in read.items if shapes.is_issue(data))
        return Observation(
            project,
            issues,
            tuple(self._client.seen(shapes.milestone, data) for data in milestones.items),
            now or cursor,
            complete=not cursor and read.complete and milestones.complete,
        )

    def get_issue(self, number: int) -> Issue:
        """A fresh read. Gone for 404, 410, another repository's issue, and a pull request."""
        answer = self._client.read(self._at(f"issues/{number}"))
        return self._ours(number, answer)

    def newest(self, floor: int) -> Iterator[Issue]:
        """Issues above ``floor``: those of the list, then those that the list does not show (yet), number by number."""
        listed = above(self._client, _LISTS, self._at("issues"), floor)
        yield from (self._seen(data) for data in listed.values() if shapes.is_issue(data))
        yield from unlisted(floor, listed, self.get_issue)

    def labels(self) -> frozenset[str]:
        """The names of all labels."""
        return frozenset(
            self._client.seen(shapes.label, data)
            for data in items(self._client, self._at("labels"), {}).items
        )

    def create_label(self, name: str) -> None:
        """Creates a label. One that is there already, in any case, is what was wanted."""
        try:
            self._client.write("POST", self._at("labels"), {"name": name})
        except Rejected as error:
            if error.status != 422:
                raise
            # The reason is told in words that differ between servers; the list is the same everywhere.
            if "already_exists" not in error.message and not self._has_label(name):
                raise

    def create_issue(self, draft: IssueDraft) -> Issue:
        """One POST. GitHub drops labels, milestone and assignees silently without push rights: see the answer."""
        answer = self._client.write("POST", self._at("issues"), shapes.draft_body(draft))
        return self._written(answer)

    def update_issue(self, number: int, patch: IssuePatch) -> Issue:
        """One PATCH; two where done becomes dropped or back, for GitHub hears a reason only with a new state."""
        path = self._at(f"issues/{number}")
        before = self._states.get(number)
        if Field.STATE in patch.fields and _swaps(before, patch.state):
            return self._closed_anew(path, patch)
        issue = self._written(self._client.write("PATCH", path, shapes.patch_body(patch)))
        if Field.STATE in patch.fields and _swaps(issue.state, patch.state):
            # What was seen last was out of date: a person closed it meanwhile.
            return self._closed_anew(path, patch)
        return issue

    def create_milestone(self, draft: MilestonePatch) -> RemoteMilestone:
        """One POST, of a closed one too. An equal title is Rejected: the caller looks for it first."""
        answer = self._client.write("POST", self._at("milestones"), shapes.new_milestone_body(draft))
        return self._client.done(shapes.milestone, answer)

    def update_milestone(self, number: int, patch: MilestonePatch) -> RemoteMilestone:
        """One PATCH."""
        answer = self._client.write("PATCH", self._at(f"milestones/{number}"), shapes.milestone_body(patch))
        return self._client.done(shapes.milestone, answer)

    def get_milestone(self, number: int) -> RemoteMilestone:
        """A fresh read. Gone if it was deleted."""
        return self._client.seen(shapes.milestone, self._client.read(self._at(f"milestones/{number}")).data)

    def hooks(self) -> Hooks:
        """The project's webhooks, for ``syncd hooks``."""
        return Hooks(self._client, self._at("hooks"), DIALECT)

    def _count(self, writes: bool) -> None:
        self.requests += 1
        self.writes += writes

    def _has_label(self, name: str) -> bool:
        return canonical_label(name) in map(canonical_label, self.labels())

    def _known(self) -> Project:
        return self._project or self.project()

    def _at(self, what: str) -> str:
        """Where something of the project is, by its present name: only that is documented (api-facts §J.6)."""
        return f"/repos/{self._known().name}/{what}"

    def _ours(self, number: int, answer: Answer) -> Issue:
        """The issue, if it is one of this project: forges and proxies follow a transfer silently (api-facts §0.7)."""
        data = answer.data
        home = data.get("repository_url", "") if isinstance(data, dict) else ""
        known = self._known()
        places = (f"/repos/{known.name}".casefold(), f"/repositories/{known.id}")
        redirected = answer.path.startswith("/repositories/")
        if home and not redirected and not str(home).casefold().endswith(places):
            raise Gone(f"issue {number} was moved to another project", remote=self.remote, status=301)
        if isinstance(data, dict) and not shapes.is_issue(data):
            raise Gone(f"{number} is a pull request", remote=self.remote, status=200)
        return self._seen(data)

    def _seen(self, data: Json) -> Issue:
        issue = self._client.seen(shapes.issue, data)
        self._states[issue.ref.number] = issue.state
        return issue

    def _closed_anew(self, path: str, patch: IssuePatch) -> Issue:
        self._written(self._client.write("PATCH", path, {"state": "open"}))
        try:
            answer = self._client.write("PATCH", path, shapes.patch_body(patch))
        except ForgeError as error:
            # It stands open now, as nobody wanted: that something happened must not get lost.
            raise Unknown(f"reopened, but not closed again: {error.message}", remote=self.remote) from None
        return self._written(answer)

    def _written(self, answer: Answer) -> Issue:
        issue = self._client.done(shapes.issue, answer)
        self._states[issue.ref.number] = issue.state
        return issue


def api_url_of(web_url: str) -> str:
    """The API of a host: api.github.com, ``api.`` in front of \\*.ghe.com, ``/api/v3`` everywhere else (design §10)."""
    there = urlsplit(web_url)
    host = there.hostname or ""
    if host in ("github.com", "www.github.com"):
        return "https://api.github.com"
    if host.endswith(".ghe.com"):
        return f"https://api.{host.removeprefix('api.')}"
    return f"{web_url.rstrip('/')}/api/v3"


def _swaps(before: TaskState | None, after: TaskState) -> bool:
    """Whether a closed issue shall be closed for another reason."""
    return before is not None and before.closed and after.closed and before is not after
