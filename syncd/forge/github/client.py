"""Talking to GitHub: PyGithub makes the requests, :mod:`syncd.forge.client` owns them and judges the answers.

PyGithub's own connections retry writes, follow redirects of writes and lose the query on the way (api-facts §0.1, §0.7,
§G.1). So its requester is handed a connection of ours, which does none of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from github import Auth, Github

from syncd.errors import AccessRefused
from syncd.forge.client import PAGE, Answer, Client, Json, Raw
from syncd.forge.github.app import App
from syncd.forge.github.wire import Wire
from syncd.forge.pacing import Pace

API_VERSION = "2022-11-28"


class GitHubClient(Client):
    """One account at one of GitHub's APIs: that of a token, or what an App is to ``project``."""

    forge = "GitHub"
    limits = "x-ratelimit"
    limit_words = ("secondary rate limit", "abuse detection", "please retry your request again later")
    by_id = re.compile(r"/repositories/(\d+)(/|$)")

    def __init__(  # noqa: PLR0913 - a remote's settings, by name
        self,
        remote: str,
        *,
        token: str | App,
        project: str,
        api_url: str,
        timeout: int,
        ca_file: str | None,
        pace: Pace,
        sent: Callable[[bool], None],
    ) -> None:
        fixed = token if isinstance(token, str) else None
        super().__init__(remote, token=fixed, api_url=api_url, pace=pace, sent=sent)
        self.app = token if isinstance(token, App) else None
        self._place = project
        self._api_url = api_url
        # Its class is no part of PyGithub's, but has what the requester uses.
        self._wire: Any = Wire(urlsplit(api_url), timeout=timeout, ca_file=ca_file, clock=pace.clock)
        self._requester: Any = self._authorised(Auth.Token(fixed)) if fixed else None

    def as_app(self, verb: str, path: str, body: Mapping[str, Json] | None = None) -> Json:
        """One request of the App itself, not of its installation. It changes nothing that anybody else can see.

        Raises :class:`~syncd.errors.AccessRefused` for an App that GitHub does not know, or that is not there.
        """
        assert self.app is not None, "only an App can ask as one"
        try:
            return self._as_app(self.app, verb, path, body).data
        except AccessRefused as error:
            if error.status != 401:
                raise
        # A signature holds from when it was made, by GitHub's clock, which this answer told (I15).
        return self._as_app(self.app, verb, path, body).data

    def _as_app(self, app: App, verb: str, path: str, body: Mapping[str, Json] | None) -> Answer:
        now = self._pace.clock() + timedelta(seconds=self.skew or 0)
        signed = self._authorised(Auth.AppAuthToken(app.signed(now, self.remote)))
        return self._judged(path, lambda: self._request(signed, verb, path, body))

    def _ask(self, verb: str, target: str, body: Mapping[str, Json] | None) -> Raw:
        if self.app is not None:
            # Before each request: a long run outlives a token.
            token = self.app.token(self._place, self._pace.clock, self.as_app, lambda: self.time)
            if token != self.token:
                self.token, self._requester = token, self._authorised(Auth.Token(token))
        return self._request(self._requester, verb, target, body)

    def _request(self, requester: Any, verb: str, target: str, body: Mapping[str, Json] | None) -> Raw:
        status, headers, text = requester.requestJson(
            verb, target, headers={"Accept": "application/vnd.github+json"}, input=body, cnx=self._wire
        )
        return Raw(status, headers, text)

    def _authorised(self, auth: Auth.Auth) -> Any:
        """PyGithub's requester, told to send each request once and at once."""
        return Github(
            base_url=self._api_url,
            auth=auth,
            timeout=self._wire.timeout,
            per_page=PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
            api_version=API_VERSION,
            user_agent="syncd",
        ).requester

    def _complaints(self, data: Mapping[str, Json]) -> Iterator[str]:
        yield str(data.get("message", ""))
        errors = data.get("errors")
        for error in errors if isinstance(errors, list) else []:
            if isinstance(error, dict):
                yield " ".join(str(error[key]) for key in ("field", "code", "message") if error.get(key))
            else:
                yield str(error)

    def _hint(self, answer: Answer) -> str:
        match answer.status:
            case 401 if self.app is not None:
                return "check `app.id`, that the key file is one of this App's keys, and the clock"
            case 401:
                return "the token is wrong or has expired"
            case 410:
                return "are issues switched on in this repository?"
            case 403 | 404:
                needs = answer.headers.get("x-accepted-github-permissions", "")
                return (
                    f"the token needs: {needs}"
                    if needs
                    else "check the project's name and the token's rights"
                )
            case _:
                return ""
