"""The page on which a person reads and edits issues and milestones: HTML forms, no scripts."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from syncd.sandbox import people, planning, views
from syncd.sandbox.person import Person
from syncd.sandbox.records import Forge, Issue, Project
from syncd.sandbox.views import TEMPLATES
from syncd.sandbox.world import Missing, World

Documents = Callable[[], Mapping[str, str]]
Endpoint = Callable[[Request], Awaitable[Response]]

SAFETY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
REASONS = {
    "open": ("open", None),
    "completed": ("closed", "completed"),
    "not_planned": ("closed", "not_planned"),
}


class Page:
    """`csrf` is the secret that only pages of this server carry in their forms; `forge` by whose customs people
    act here; `folder` the path of the GitLab installation."""

    def __init__(
        self,
        world: World,
        csrf: str,
        person: str,
        documents: Documents | None = None,
        forge: Forge = "github",
        folder: str = "",
    ) -> None:
        self._world = world
        self._forge = forge
        self._folder = folder
        self._csrf = csrf
        self._person = person
        self._documents = documents
        self._templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)

    def routes(self) -> list[Route]:
        project, issue = "/{owner}/{name}", "/{owner}/{name}/issues/{number:int}"
        milestone = "/{owner}/{name}/milestone/{number:int}"
        return [
            Route("/", self._guarded(self.projects)),
            Route("/style.css", _asset("style.css", "text/css")),
            Route("/icon.svg", _asset("icon.svg", "image/svg+xml")),
            Route("/side-by-side", self._guarded(self.side_by_side)),
            Route("/_person", self._guarded(self.switch), methods=["POST"]),
            Route(f"{project}/issues/new", self._guarded(self.new_issue), methods=["GET", "POST"]),
            Route(f"{project}/milestones/new", self._guarded(self.new_milestone), methods=["GET", "POST"]),
            Route(f"{issue}/state", self._guarded(self.turn), methods=["POST"]),
            Route(f"{issue}/comment", self._guarded(self.comment), methods=["POST"]),
            Route(issue, self._guarded(self.issue), methods=["GET", "POST"]),
            Route("/{owner}/{name}/pull/{number:int}", self._guarded(self.issue), methods=["GET", "POST"]),
            Route(milestone, self._guarded(self.milestone), methods=["GET", "POST"]),
            Route(project, self._guarded(self.project)),
            Route(f"{project}/issues", self._guarded(self.project)),
            *self._gitlab_routes(),
        ]

    def _gitlab_routes(self) -> list[Route]:
        """Where GitLab's `web_url` leads: the same pages, under GitLab's addresses."""
        project = f"{self._folder}/{{owner}}/{{name}}"
        folder = [Route(project, _elsewhere("/{owner}/{name}"))] if self._folder else []
        return [
            Route(f"{project}/-/issues/{{number:int}}", _elsewhere("/{owner}/{name}/issues/{number}")),
            Route(f"{project}/-/milestones/{{number:int}}", _elsewhere("/{owner}/{name}/milestone/{number}")),
            *folder,
        ]

    def _guarded(self, act: Callable[[Request, FormData], Response]) -> Endpoint:
        """Reads the form, refuses one that is not ours, and answers what is missing with a page."""

        async def endpoint(request: Request) -> Response:
            form = await request.form() if request.method == "POST" else FormData()
            try:
                if request.method == "POST" and not self._ours(form):
                    return self._trouble(request, 403, "This form is too old", "Go back, reload, try again.")
                with self._world.lock:
                    return act(request, form)
            except ValueError as wrong:
                return self._trouble(request, 400, "This cannot be", str(wrong).capitalize() + ".")
            except (Missing, HTTPException) as missing:
                return self._trouble(request, 404, "Nothing here", f"There is no {missing}.")

        return endpoint

    def _ours(self, form: FormData) -> bool:
        return hmac.compare_digest(_text(form, "csrf").encode(), self._csrf.encode())

    def projects(self, request: Request, _: FormData) -> Response:
        shown = [views.summary(self._world, one) for one in self._world.projects.values()]
        address = str(request.base_url).rstrip("/")
        return self._html(request, "projects.html", projects=shown, address=address, folder=self._folder)

    def project(self, request: Request, _: FormData) -> Response:
        project = self._project(request)
        state = request.query_params.get("state", "all")
        summary = views.summary(self._world, project)
        shown = views.groups(self._world, project, state)
        return self._html(request, "project.html", **{**summary, "groups": shown, "state": state})

    def side_by_side(self, request: Request, _: FormData) -> Response:
        documents = self._documents() if self._documents else {}
        lines = [(name, views.lines(text)) for name, text in documents.items()]
        trackers = [(one, views.groups(self._world, one)) for one in self._world.projects.values()]
        seconds = request.query_params.get("refresh", "")
        refresh = seconds if seconds.isdecimal() and 0 < int(seconds) < 3600 else None
        return self._html(request, "side_by_side.html", documents=lines, trackers=trackers, refresh=refresh)

    def switch(self, _: Request, form: FormData) -> Response:
        answer = _go(_here(_text(form, "back")))
        answer.set_cookie("person", _text(form, "person"), httponly=True, samesite="strict")
        return answer

    def issue(self, request: Request, form: FormData) -> Response:
        project = self._project(request)
        issue = Person(self._world, self._me(request), project).issue(request.path_params["number"])
        if not issue.visible:
            raise Missing(f"issue {issue.number} any more")
        if request.method == "GET":
            return self._issue_page(request, project, issue)
        if _text(form, "version") != str(views.version(self._world, issue)):
            trouble = "Somebody changed this issue meanwhile. What you see now is the newer state; nothing was saved."
            return self._issue_page(request, project, issue, trouble, 409)
        values = self._issue_values(project, form)
        values["state"], values["reason"] = REASONS.get(_text(form, "state"), ("closed", "duplicate"))
        if views.same_text(values["body"], issue.body):
            # Browsers send CRLF; GitHub's page too turns a text into it only when the text was edited.
            del values["body"]
        self._as(request, project).edit_issue(issue.number, **values)
        return _go(f"/{project.full_name}/issues/{issue.number}")

    def new_issue(self, request: Request, form: FormData) -> Response:
        project = self._project(request)
        if request.method == "GET":
            fields = views.issue_form(self._world, project, None)
            return self._html(request, "issue.html", project=project, issue=None, form=fields, comments=[])
        made = self._as(request, project).create_issue(**self._issue_values(project, form))
        return _go(f"/{project.full_name}/issues/{made.number}")

    def turn(self, request: Request, form: FormData) -> Response:
        project, number = self._project(request), request.path_params["number"]
        person = self._as(request, project)
        if _text(form, "state") == "closed":
            person.close(number)
        else:
            person.reopen(number)
        return _go(f"/{project.full_name}/issues/{number}")

    def comment(self, request: Request, form: FormData) -> Response:
        project, number = self._project(request), request.path_params["number"]
        self._as(request, project).comment(number, _text(form, "body"))
        return _go(f"/{project.full_name}/issues/{number}")

    def milestone(self, request: Request, form: FormData) -> Response:
        project = self._project(request)
        found = planning.find_milestone(self._world, project.id, request.path_params["number"])
        if found is None:
            raise Missing("such milestone")
        if request.method == "GET":
            shown = [one for one in views.groups(self._world, project) if one["number"] == found.number]
            return self._html(request, "milestone.html", project=project, form=found, groups=shown)
        values = _milestone_values(form)
        values["rename"] = values.pop("title")
        self._as(request, project).edit_milestone(found.title, **values)
        return _go(f"/{project.full_name}")

    def new_milestone(self, request: Request, form: FormData) -> Response:
        project = self._project(request)
        if request.method == "GET":
            blank = {"title": "", "due": "", "state": "open", "description": ""}
            return self._html(request, "milestone.html", project=project, form=blank, groups=[])
        values = _milestone_values(form)
        self._as(request, project).create_milestone(values.pop("title"), **values)
        return _go(f"/{project.full_name}")

    def _issue_page(
        self, request: Request, project: Project, issue: Issue, trouble: str = "", status: int = 200
    ) -> Response:
        return self._html(
            request,
            "issue.html",
            status,
            project=project,
            issue=views.issue(self._world, issue),
            form=views.issue_form(self._world, project, issue),
            comments=views.comments(self._world, issue),
            trouble=trouble,
        )

    def _issue_values(self, project: Project, form: FormData) -> dict[str, Any]:
        new = [name.strip() for name in _text(form, "new_labels").split(",")]
        chosen = views.chosen_milestone(self._world, project, _text(form, "milestone"))
        return {
            "title": " ".join(_text(form, "title").split()),
            "body": _text(form, "body"),
            "labels": [*_texts(form, "label"), *(name for name in new if name)],
            "assignees": _texts(form, "assignee"),
            "milestone": chosen.title if chosen else None,
            # Only a form that has the field says something about it.
            **({"due": _text(form, "due") or None} if "due" in form else {}),
        }

    def _project(self, request: Request) -> Project:
        name = f"{request.path_params['owner']}/{request.path_params['name']}"
        found = people.current(self._world, name)
        if found is None:
            raise Missing(f"project {name}")
        return found

    def _me(self, request: Request) -> str:
        login = request.cookies.get("person", "")
        return login if login.lower() in self._world.users else self._person

    def _as(self, request: Request, project: Project) -> Person:
        return Person(self._world, self._me(request), project, request.url.path, self._forge)

    def _trouble(self, request: Request, status: int, heading: str, text: str) -> Response:
        return self._html(request, "trouble.html", status, heading=heading, text=text)

    def _html(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        common = {
            "csrf": self._csrf,
            "me": self._me(request),
            "here": path,
            "logins": [user.login for user in self._world.users.values()],
            "has_documents": self._documents is not None,
            "forge": {"github": "GitHub", "gitlab": "GitLab"}[self._forge],
        }
        text = self._templates.get_template(template).render({**common, **values})
        return HTMLResponse(text, status, headers=SAFETY)


def _milestone_values(form: FormData) -> dict[str, Any]:
    return {
        "title": " ".join(_text(form, "title").split()),
        "due": _text(form, "due") or None,
        "state": "closed" if _text(form, "state") == "closed" else "open",
        "description": _text(form, "description") or None,
    }


def _asset(name: str, kind: str) -> Endpoint:
    content = (TEMPLATES / name).read_bytes()

    async def endpoint(_: Request) -> Response:
        return Response(content, media_type=kind, headers={"Cache-Control": "max-age=60"})

    return endpoint


def _elsewhere(path: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return _go(path.format(**request.path_params))

    return endpoint


def _text(form: FormData, name: str) -> str:
    return cast("str", form.get(name) or "")


def _texts(form: FormData, name: str) -> list[str]:
    return [cast("str", value) for value in form.getlist(name)]


def _go(path: str) -> Response:
    return RedirectResponse(path, 303, headers=SAFETY)


def _here(back: str) -> str:
    """Only a path of this server is gone back to."""
    parts = urlsplit(back)
    return back if back.startswith("/") and not back.startswith("//") and not parts.netloc else "/"
