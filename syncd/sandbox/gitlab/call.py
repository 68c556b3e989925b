"""One request to the GitLab dialect: who asks, for which project or group, with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from syncd.sandbox import people
from syncd.sandbox.gitlab import refusals
from syncd.sandbox.issues import get
from syncd.sandbox.limits import Meter
from syncd.sandbox.records import Group, Issue, Origin, Project, Role, Token, User, View
from syncd.sandbox.world import Missing, World


@dataclass(frozen=True, slots=True)
class Call:
    """`base` is the address of the whole installation, sub-path and all, without the API's path.

    `given` are the parameters of the query and of the body together, as GitLab reads them; `path` is encoded.
    """

    world: World
    meter: Meter
    method: str
    path: str
    base: str
    params: Mapping[str, Any]
    query: tuple[tuple[str, str], ...]
    given: Mapping[str, Any]
    user: User | None
    token: Token | None
    view: View

    def at(self, params: Mapping[str, Any]) -> Call:
        """This call with what stands in the places of its route."""
        return replace(self, params=params)

    def throttle(self, lane: str, limit: int | None) -> None:
        """Counts one more of its kind. Raises Refused (429) if that is too many in this minute."""
        now, who = self.world.now(), self.user.login if self.user else "anonymous"
        if self.meter.take(lane, who, now, limit):
            return
        headers = self.meter.lane_headers(lane, who, now, limit)
        if self.meter.limits.retry_after is None:
            headers = {}
        raise refusals.too_many(headers)

    @property
    def api(self) -> str:
        return f"{self.base}/api/v4"

    @property
    def origin(self) -> Origin:
        return Origin(self.me.login, self.method, self.path, "gitlab")

    @property
    def me(self) -> User:
        if self.user is None:
            raise refusals.unauthorized()
        return self.user

    def role(self, project: Project) -> Role:
        """What this call may do: never more than the token allows, and that only where it belongs."""
        own = people.role_of(project, self.user.login if self.user else None)
        if self.token is None:
            return own
        if not self._belongs(project, self.token):
            return Role.NONE if project.private else Role.READ
        return Role(min(own, self.token.cap))

    def _belongs(self, project: Project, token: Token) -> bool:
        around = (project.id, *(one.id for one in people.groups_around(self.world, project.full_name)))
        return token.place_id is None or token.place_id in around

    def project(self) -> Project:
        """The project of the path. Raises Refused: 404 if it cannot be seen, 301 or 405 under a former name."""
        name = self.params["project"]
        former = None
        if name.isdecimal():
            project = self.world.projects.get(int(name))
        else:
            project = people.current(self.world, name)
            former = None if project else people.formerly(self.world, name)
        found = project or former
        if found is None or self.role(found) < Role.READ:
            raise refusals.not_found("Project")
        if former:
            raise self._moved(former)
        return found

    def _moved(self, project: Project) -> refusals.Refused:
        if self.method != "GET":
            return refusals.not_moved_by_write()
        rest = self.path.partition("/api/v4/")[2].split("/")[2:]
        query = "&".join(f"{name}={value}" for name, value in self.query)
        address = "/".join([f"{self.api}/projects/{project.id}", *rest])
        return refusals.moved(f"{address}?{query}" if query else address)

    def project_for(self, need: Role) -> Project:
        """The project of the path, for a write. Raises Refused: 401, 403, 404, 405."""
        if self.user is None:
            raise refusals.unauthorized()
        project = self.project()
        if self.role(project) < need or project.archived:
            raise refusals.forbidden()
        return project

    def group(self) -> Group:
        """Raises Refused (404)."""
        name = self.params["group"]
        group = self.world.groups.get(int(name)) if name.isdecimal() else people.group_at(self.world, name)
        if group is None:
            raise refusals.not_found("Group")
        return group

    def group_for(self, need: Role) -> Group:
        """For a write: whoever has this role in some project of the group has it in the group."""
        me, group = self.me, self.group()
        inside = (one for one in self.world.projects.values() if group in self.groups_of(one))
        if not any(people.role_of(one, me.login) >= need and self.role(one) >= need for one in inside):
            raise refusals.forbidden()
        return group

    def groups_of(self, project: Project) -> list[Group]:
        return people.groups_around(self.world, project.full_name)

    def issue(self, project: Project) -> Issue:
        """The issue of the path; one that was moved away is still there. Raises Refused (404)."""
        try:
            issue = get(self.world, project.id, self.params["issue_iid"])
        except Missing:
            raise refusals.not_found() from None
        if issue.deleted or issue.pull or not project.issues_enabled or not self.may_see(project, issue):
            raise refusals.not_found()
        return issue

    def may_see(self, project: Project, issue: Issue) -> bool:
        """Confidential issues are for those who plan, and for their author."""
        mine = self.user is not None and issue.author.lower() == self.user.login.lower()
        return not issue.confidential or mine or self.role(project) >= Role.TRIAGE
