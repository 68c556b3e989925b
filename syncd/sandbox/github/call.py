"""One request to the GitHub dialect: who asks, for which project, with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncd.sandbox import people
from syncd.sandbox.github import refusals
from syncd.sandbox.issues import get
from syncd.sandbox.planning import find_label, find_milestone
from syncd.sandbox.records import App, Issue, Label, Milestone, Origin, Project, Role, Token, User, View
from syncd.sandbox.wire import Answer
from syncd.sandbox.world import Missing, World

__all__ = ["Answer", "Call"]


@dataclass(frozen=True, slots=True)
class Call:
    """`base` is the address that the client used, without the API's path; `body` the parsed JSON."""

    world: World
    method: str
    path: str
    base: str
    params: Mapping[str, Any]
    query: Mapping[str, str]
    body: Any
    user: User | None
    token: Token | None
    view: View
    deep_page: int = 1000
    app: App | None = None

    @property
    def api(self) -> str:
        return f"{self.base}/api/v3"

    @property
    def origin(self) -> Origin:
        return Origin(self.me.login, self.method, self.path)

    @property
    def me(self) -> User:
        if self.user is None:
            raise refusals.needs_authentication()
        return self.user

    def role(self, project: Project) -> Role:
        """What this call may do: never more than the token allows."""
        own = people.role_of(project, self.user.login if self.user else None)
        return Role(min(own, self.token.cap, _reach(self.token, project))) if self.token else own

    def project(self) -> Project:
        """The project of the path. Raises Refused: 404 if it cannot be seen, 301 under a former name."""
        if "repository_id" in self.params:
            project = self.world.projects.get(self.params["repository_id"])
        else:
            full_name = f"{self.params['owner']}/{self.params['repo']}"
            project = people.current(self.world, full_name)
            former = None if project else people.formerly(self.world, full_name)
            if former and self.role(former) >= Role.READ:
                rest = self.path.split("/", 6)[6:]
                raise refusals.moved("/".join([f"{self.api}/repositories/{former.id}", *rest]))
        if project is None or self.role(project) < Role.READ:
            raise refusals.not_found()
        return project

    def project_for(self, need: Role) -> Project:
        """The project of the path, for a write. Raises Refused: 401, 403, 404, 301."""
        project = self.project()
        owner_may = people.role_of(project, self.me.login) >= need
        if self.role(project) < need:
            raise refusals.forbidden(by_token=owner_may)
        if project.archived:
            raise refusals.archived()
        return project

    def issue(self, project: Project) -> Issue:
        """The issue of the path. Raises Refused: 410 deleted, 301 transferred, 404."""
        try:
            issue = get(self.world, project.id, self.params["issue_number"])
        except Missing:
            raise refusals.not_found() from None
        if issue.deleted:
            raise refusals.Refused(410, "This issue was deleted")
        if issue.moved_to:
            target, number = issue.moved_to
            if self.role(self.world.projects[target]) < Role.READ:
                raise refusals.not_found()
            raise refusals.moved(f"{self.api}/repositories/{target}/issues/{number}")
        return issue

    def milestone(self, project: Project) -> Milestone:
        found = find_milestone(self.world, project.id, self.params["milestone_number"])
        if found is None:
            raise refusals.not_found()
        return found

    def label(self, project: Project) -> Label:
        found = find_label(self.world, project.id, self.params["name"])
        if found is None:
            raise refusals.not_found()
        return found

    def json(self) -> dict[str, Any]:
        if not isinstance(self.body, dict):
            raise refusals.Refused(400, "Body should be a JSON object")
        return self.body


def _reach(token: Token, project: Project) -> Role:
    """How far a classic token's scopes go; one without any is of a newer kind, which `cap` describes."""
    if not token.scopes or {"repo", "api"} & set(token.scopes):
        return Role.ADMIN
    if project.private:
        return Role.NONE
    return Role.ADMIN if "public_repo" in token.scopes else Role.READ
