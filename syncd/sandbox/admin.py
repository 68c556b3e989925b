"""`/_sandbox`: what no forge offers. Faults, time, people who edit by hand, the log, other projects and tokens.

All of it is JSON; a body must say so in its content type, which keeps other sites' forms out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from syncd.errors import SandboxError
from syncd.sandbox import people
from syncd.sandbox.clock import stamp
from syncd.sandbox.faults import Fault, Faults
from syncd.sandbox.limits import Limits, Meter
from syncd.sandbox.person import Person
from syncd.sandbox.records import Forge, Group, Project, Role
from syncd.sandbox.webhooks import Courier
from syncd.sandbox.world import Missing, World

Json = dict[str, Any]
Verb = Callable[[Json, Json], Any]
"""(body, path parameters) -> JSON value."""


class Admin:
    """The endpoint's verbs, each of them a few lines over what the Python API does."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        meter: Meter,
        courier: Courier,
        advance: Callable[[float], object],
        reset: Callable[[], object],
        forge: Forge = "github",
    ) -> None:
        self._forge = forge
        self._world = world
        self._faults = faults
        self._meter = meter
        self._courier = courier
        self._advance = advance
        self._reset = reset

    def routes(self) -> list[Route]:
        table: tuple[tuple[str, str, Verb], ...] = (
            ("POST", "faults", self.add_fault),
            ("DELETE", "faults", self.clear_faults),
            ("POST", "clock", self.advance),
            ("POST", "limits", self.limit),
            ("GET", "log", self.log),
            ("GET", "noise", self.noise),
            ("GET", "deliveries", self.deliveries),
            ("POST", "issues", self.create_issue),
            ("PATCH", "issues/{number:int}", self.edit_issue),
            ("DELETE", "issues/{number:int}", self.delete_issue),
            ("POST", "issues/{number:int}/transfer", self.transfer_issue),
            ("POST", "milestones", self.create_milestone),
            ("PATCH", "milestones", self.edit_milestone),
            ("POST", "groups/milestones", self.create_group_milestone),
            ("POST", "tier", self.tier),
            ("POST", "projects", self.create_project),
            ("PATCH", "projects", self.edit_project),
            ("POST", "tokens", self.create_token),
            ("POST", "reset", self.reset),
        )
        paths: dict[str, dict[str, Verb]] = {}
        for method, path, verb in table:
            paths.setdefault(path, {})[method] = verb
        return [
            Route(f"/_sandbox/{path}", _endpoint(verbs), methods=list(verbs)) for path, verbs in paths.items()
        ]

    def add_fault(self, body: Json, _: Json) -> Json:
        fault = Fault(**body)
        self._faults.add(fault)
        return asdict(fault)

    def clear_faults(self, _: Json, __: Json) -> None:
        self._faults.clear()

    def advance(self, body: Json, _: Json) -> Json:
        self._advance(float(body["advance"]))
        return {"now": stamp(self._world.now())}

    def limit(self, body: Json, _: Json) -> Json:
        self._meter.limits = Limits(**body)
        return asdict(self._meter.limits)

    def log(self, _: Json, __: Json) -> list[Json]:
        return [asdict(op) for op in self._world.log]

    def noise(self, _: Json, __: Json) -> list[Json]:
        return [asdict(one) for one in self._world.noise]

    def deliveries(self, _: Json, __: Json) -> list[Json]:
        return [{**asdict(one), "body": one.body.decode()} for one in self._courier.deliveries]

    def create_issue(self, body: Json, _: Json) -> Json:
        person, values = self._person(body)
        return asdict(person.create_issue(**values))

    def edit_issue(self, body: Json, at: Json) -> Json:
        person, values = self._person(body)
        return asdict(person.edit_issue(at["number"], **values))

    def delete_issue(self, body: Json, at: Json) -> None:
        self._person(body)[0].delete_issue(at["number"])

    def transfer_issue(self, body: Json, at: Json) -> Json:
        person, values = self._person(body)
        return asdict(person.transfer_issue(at["number"], values["to"]))

    def create_milestone(self, body: Json, _: Json) -> Json:
        person, values = self._person(body)
        return asdict(person.create_milestone(**values))

    def edit_milestone(self, body: Json, _: Json) -> Json:
        """`milestone` is the present title."""
        person, values = self._person(body)
        return asdict(person.edit_milestone(values.pop("milestone"), **values))

    def create_group_milestone(self, body: Json, _: Json) -> Json:
        """In the group of the project."""
        person, values = self._person(body)
        return asdict(person.create_group_milestone(**values))

    def tier(self, body: Json, _: Json) -> Json:
        """What the GitLab installation paid for: `free` or `premium`."""
        if body["tier"] not in ("free", "premium"):
            raise ValueError("a tier is free or premium")
        self._world.tier = body["tier"]
        return {"tier": self._world.tier}

    def create_project(self, body: Json, _: Json) -> Json:
        return asdict(people.add_project(self._world, body.pop("project"), body.pop("as"), **body))

    def edit_project(self, body: Json, _: Json) -> Json:
        """`rename`, `roles` (login -> role's name), `private`, `archived`, `issues_enabled`."""
        project = self._project(body)
        if new := body.pop("rename", None):
            project = people.rename_project(self._world, project, new)
        for login, role in body.pop("roles", {}).items():
            project = people.set_role(self._world, project, login, Role[role.upper()])
        return asdict(people.change_project(self._world, replace(project, **body)))

    def create_token(self, body: Json, _: Json) -> Json:
        """`cap` is a role's name; `expires_in` seconds from now; `scopes` a list; `place` the path of the project or
        group that the token belongs to."""
        seconds = body.pop("expires_in", None)
        expires = None if seconds is None else self._world.now() + int(seconds)
        cap = Role[body.pop("cap", "admin").upper()]
        scopes = tuple(body.pop("scopes", ("repo",)))
        place = self._place(body.pop("place")) if "place" in body else None
        made = people.add_token(self._world, body["secret"], body["login"], cap, scopes, expires, place)
        return asdict(made)

    def _place(self, path: str) -> Project | Group:
        found = people.current(self._world, path) or people.group_at(self._world, path)
        if found is None:
            raise Missing(f"project or group {path}")
        return found

    def reset(self, _: Json, __: Json) -> None:
        self._reset()

    def _project(self, body: Json) -> Project:
        """The project named in the body, or the first."""
        name = body.pop("project", None)
        found = people.current(self._world, name) if name else next(iter(self._world.projects.values()), None)
        if found is None:
            raise Missing(f"project {name}")
        return found

    def _person(self, body: Json) -> tuple[Person, Json]:
        project = self._project(body)
        return Person(self._world, body.pop("as", project.owner), project, "/_sandbox", self._forge), body


def _endpoint(verbs: dict[str, Verb]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body: Any = {}
        if request.method not in ("GET", "HEAD"):
            if not request.headers.get("content-type", "").startswith("application/json"):
                return JSONResponse({"error": "send JSON, and say so"}, 415)
            body = await request.json() if await request.body() else {}
        try:
            answer = verbs["GET" if request.method == "HEAD" else request.method](
                body, dict(request.path_params)
            )
        except Missing as missing:
            return JSONResponse({"error": f"there is no {missing}"}, 404)
        except (KeyError, TypeError, ValueError, SandboxError) as wrong:
            return JSONResponse({"error": f"{type(wrong).__name__}: {wrong}"}, 400)
        return JSONResponse(answer)

    return endpoint
