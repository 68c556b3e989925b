"""What the status page answers, and what it obeys. All of it runs in threads: files and state are read there."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from syncd.config import Settings
from syncd.daemon.board import Board, Standing
from syncd.daemon.deliveries import Deliveries
from syncd.daemon.web.page import views
from syncd.daemon.web.page.asking import Ask, Form, Gate, form_of
from syncd.daemon.web.page.bars import together
from syncd.daemon.web.page.history import deeds
from syncd.daemon.web.page.looking import Known, Looking, Progress
from syncd.daemon.web.page.paper import SAFETY, Paper, asset
from syncd.daemon.web.page.plans import Shown, shown
from syncd.daemon.web.page.previews import Previews
from syncd.daemon.web.session import LASTS, LOCAL
from syncd.daemon.workers import Workers
from syncd.errors import ConfigError, LockHeld, SyncdError, UsageError
from syncd.model.values import Field, Uid

MANY = 50
"""Effects on a page of the log."""
_LAST_PAGE = 100_000
_FOLLOWS = 30
_URGENT: tuple[views.Tone, ...] = ("bad", "warn", "busy", "calm", "good")
_HERE = re.compile(r"/(?:[\w.-][\w./-]*)?(?:\?[\w=&-]*)?", re.ASCII)
SAID = {
    "decided": "Decided. The next run carries it out, in a few seconds.",
    "approved": "Approved. The run that carries it out begins in a few seconds.",
}

Act = Callable[[Ask], Response]


class _Missing(Exception):
    """There is no such page."""


@dataclass(frozen=True, slots=True)
class House:
    """Where the page looks. ``trouble`` is what is wrong with the configuration on disk, ``turn`` the timetable."""

    settings: Callable[[], Settings]
    trouble: Callable[[], str]
    board: Board
    workers: Workers
    turn: Callable[[str], datetime | None]
    deliveries: Deliveries
    clock: Callable[[], datetime]


class Page:
    """The status page. ``clean`` takes secrets out of a text."""

    def __init__(self, house: House, gate: Gate, clean: Callable[[str], str]) -> None:
        self._house, self._gate = house, gate
        self._looking = Looking(house.settings, house.clock)
        self._previews = Previews(house.workers.preview, house.clock)
        self._paper = Paper(clean, house.clock)
        self._approved: dict[str, str] = {}

    def routes(self) -> list[Route]:
        """All addresses."""
        one = "/roadmaps/{name}"
        return [
            Route("/", self._guarded(self._overview)),
            Route(one, self._guarded(self._roadmap)),
            Route(f"{one}/log", self._guarded(self._log)),
            Route(f"{one}/preview", self._guarded(self._preview)),
            Route(f"{one}/preview", self._guarded(self._begin_preview), methods=["POST"]),
            Route(f"{one}/decide", self._guarded(self._decide), methods=["POST"]),
            Route(f"{one}/approve", self._guarded(self._approve), methods=["POST"]),
            Route("/login", self._login, methods=["POST"]),
            Route("/login", self._guarded(lambda _: _go("/"))),
            Route("/logout", self._guarded(self._logout), methods=["POST"]),
            Route("/style.css", asset("style.css", "text/css")),
            Route("/icon.svg", asset("icon.svg", "image/svg+xml")),
        ]

    # Who may

    def _guarded(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            form = await form_of(request) if request.method == "POST" else {}
            return await run_in_threadpool(self._answer, act, request, form)

        return endpoint

    def _answer(self, act: Act, request: Request, form: Form | None) -> Response:
        try:
            session = self._gate.session(request)
        except ConfigError:
            return self._away("The token of this page cannot be read", "The daemon's log says why.", 503)
        if session == "elsewhere":
            why = "Without `serve.token` it is for whoever asks on the daemon's own machine, by a local name."
            return self._away("This page is not for you", why, 403)
        if session == "stranger":
            return self._stranger(request)
        if form is None or (request.method == "POST" and not self._gate.meant(request, form, session)):
            why = "It did not come from a page of this daemon, or from one that is too old. Go back, reload, try again."
            return self._away("This form was not obeyed", why, 403)
        return self._act(act, Ask(request, form, session))

    def _act(self, act: Act, ask: Ask) -> Response:
        try:
            return act(ask)
        except _Missing as missing:
            return self._trouble(ask, 404, "Nothing here", f"There is no {missing}.")
        except LockHeld as error:
            return self._print(ask, "busy.html", 409, message=error.message, form=ask.form)
        except UsageError as error:
            return self._trouble(ask, 409, "That is over", f"{error.message}. Somebody or a run was faster.")
        except SyncdError as error:
            return self._trouble(ask, 503, "This cannot be shown now", error.message, error.hint)

    def _stranger(self, request: Request, wrong: str = "") -> Response:
        query = request.scope["query_string"].decode("latin-1")
        back = _here(_path(request) + (f"?{query}" if query else "")) if request.method == "GET" else "/"
        headers = {"WWW-Authenticate": 'Bearer realm="syncd"'}
        return self._paper.page("login.html", 401, headers=headers, back=back, wrong=wrong)

    async def _login(self, request: Request) -> Response:
        form = await form_of(request)
        if form is None or not self._gate.at_home(request):
            return self._away("This form was not obeyed", "It did not come from a page of this daemon.", 403)
        try:
            session = await run_in_threadpool(self._gate.sessions.begin, form.get("token", ""))
        except ConfigError:
            return self._away("The token of this page cannot be read", "The daemon's log says why.", 503)
        if session is None:
            return self._stranger(request, "That is not the token.")
        answer = _go(_here(form.get("back", "")))
        seconds = int(LASTS.total_seconds())
        answer.set_cookie(
            self._gate.cookie, session, seconds, httponly=True, samesite="strict", secure=self._gate.secure
        )
        return answer

    def _logout(self, ask: Ask) -> Response:
        self._gate.sessions.end(ask.session)
        answer = _go("/")
        answer.delete_cookie(self._gate.cookie, httponly=True, samesite="strict", secure=self._gate.secure)
        return answer

    # Looking

    def _overview(self, ask: Ask) -> Response:
        settings, progress = self._house.settings(), self._looking.progress()
        standings = self._house.board.standings()
        cards = [
            views.card(
                name,
                settings.roadmaps[name].path,
                standings[name],
                self._house.workers.plight(name),
                self._house.turn(name),
                progress[name],
            )
            for name in sorted(settings.roadmaps)
            # Meanwhile the configuration may have become another one.
            if name in standings and name in progress
        ]
        # What needs somebody comes first.
        cards.sort(key=lambda one: _URGENT.index(one.status.tone))
        return self._print(
            ask,
            "overview.html",
            cards=cards,
            bar=together(one.progress.bar for one in cards),
            waiting=sum(one.status.tone == "warn" for one in cards),
            failing=sum(one.status.tone == "bad" for one in cards),
            sites=self._sites(settings, sorted(settings.remotes)),
        )

    def _roadmap(self, ask: Ask) -> Response:
        settings, standing = self._one(ask)
        name, known = ask.name, self._looking.known(ask.name)
        card = views.card(
            name,
            settings.roadmaps[name].path,
            standing,
            self._house.workers.plight(name),
            self._house.turn(name),
            self._looking.progress().get(name, Progress()),
        )
        plan = self._refused(name, standing, known)
        return self._print(
            ask,
            "roadmap.html",
            card=card,
            known=known,
            plan=plan,
            approved=plan is not None and self._is_approved(name, plan.digest),
            disputes=views.disputes(known),
            held=views.held_tasks(standing),
            deeds=deeds(known.recent, known),
            sites=self._sites(settings, settings.roadmaps[name].remotes),
            said=SAID.get(ask.text("said"), ""),
        )

    def _log(self, ask: Ask) -> Response:
        settings, _ = self._one(ask)
        known, page = self._looking.known(ask.name), max(1, ask.number("page", _LAST_PAGE))
        task = Uid(ask.text("task")[:64])
        # One more than is shown: whether there are older ones.
        entries = self._looking.entries(ask.name, MANY + 1, (page - 1) * MANY, task or None)
        return self._print(
            ask,
            "log.html",
            name=ask.name,
            file=settings.roadmaps[ask.name].path,
            deeds=deeds(entries[:MANY], known),
            page=page,
            older=len(entries) > MANY,
            task=task,
            place=known.places.get(task),
        )

    def _preview(self, ask: Ask) -> Response:
        settings, _ = self._one(ask)
        found = self._previews.of(ask.name)
        plan = None
        if found is not None and found.report is not None:
            addresses = self._looking.known(ask.name).addresses
            plan = shown(found.report, settings.roadmaps[ask.name].path, addresses)
        # It was begun by hand a moment ago: the page looks again by itself until it is there.
        headers = {"Refresh": "1"} if found is not None and found.going else {}
        return self._print(ask, "preview.html", headers=headers, name=ask.name, preview=found, plan=plan)

    # Doing

    def _begin_preview(self, ask: Ask) -> Response:
        self._one(ask)
        if not self._previews.begin(ask.name):
            raise LockHeld("a preview is being made, and there is only one at a time")
        return _go(f"/roadmaps/{ask.name}/preview")

    def _decide(self, ask: Ask) -> Response:
        self._one(ask)
        uid, side = Uid(ask.form.get("uid", "")), ask.form.get("side", "")
        try:
            field = Field(ask.form.get("field", ""))
        except ValueError:
            raise UsageError("there is no such field") from None
        contests = [one for one in self._looking.contests(ask.name) if (one.uid, one.field) == (uid, field)]
        if not contests or views.seen(contests[0]) != ask.form.get("seen"):
            raise UsageError("the conflict is settled, or has other values now")
        self._house.workers.decide(ask.name, uid, field, side)
        return _go(f"/roadmaps/{ask.name}?said=decided")

    def _approve(self, ask: Ask) -> Response:
        _, standing = self._one(ask)
        digest = ask.form.get("digest", "")
        report = standing.latest.report if standing.latest else None
        if report is None or not report.verdict.refused or report.verdict.digest != digest:
            raise UsageError("that plan does not wait any more")
        self._approved[ask.name] = digest
        self._house.workers.approve(ask.name, digest)
        return _go(f"/roadmaps/{ask.name}?said=approved")

    # What these lean on

    def _one(self, ask: Ask) -> tuple[Settings, Standing]:
        settings, standing = self._house.settings(), self._house.board.standings().get(ask.name)
        if standing is None or ask.name not in settings.roadmaps:
            raise _Missing(f"roadmap {ask.name}")
        return settings, standing

    def _refused(self, name: str, standing: Standing, known: Known) -> Shown | None:
        latest = standing.latest
        if latest is None or latest.report is None or not latest.report.verdict.refused:
            return None
        return shown(latest.report, self._house.settings().roadmaps[name].path, known.addresses)

    def _is_approved(self, name: str, digest: str) -> bool:
        """Whether the run that shall carry it out is still to come: one that is over has told of a plan since."""
        waits = self._house.workers.plight(name).word != ""
        return waits and self._approved.get(name) == digest

    def _sites(self, settings: Settings, names: Iterable[str]) -> tuple[views.Site, ...]:
        return views.sites(
            settings,
            names,
            self._house.board.standings(),
            self._house.workers.away(),
            self._house.deliveries.heard(),
        )

    def _print(
        self, ask: Ask, template: str, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> Response:
        follows = ask.request.method == "GET" and ask.number("refresh", 3600) >= 5
        return self._paper.page(
            template,
            status,
            headers=({"Refresh": str(ask.number("refresh", 3600))} if follows else {}) | (headers or {}),
            word=self._gate.sessions.word(ask.session),
            local=ask.session == LOCAL,
            here=_here(_path(ask.request)),
            names=sorted(self._house.settings().roadmaps),
            trouble=self._house.trouble(),
            follows=follows,
            every=_FOLLOWS,
            **values,
        )

    def _trouble(self, ask: Ask, status: int, heading: str, text: str, hint: str = "") -> Response:
        return self._print(ask, "trouble.html", status, heading=heading, text=text, hint=hint)

    def _away(self, heading: str, text: str, status: int) -> Response:
        """For somebody who sees nothing of what is going on."""
        return self._paper.page("away.html", status, heading=heading, text=text)


def _go(path: str) -> Response:
    return RedirectResponse(path, 303, headers=SAFETY)


def _path(request: Request) -> str:
    """What was asked for, whatever the name of the host: `request.url` falls over some."""
    path: str = request.scope["path"]
    return path


def _here(path: str) -> str:
    """Only an address of this page is gone back to."""
    return path if _HERE.fullmatch(path) else "/"
