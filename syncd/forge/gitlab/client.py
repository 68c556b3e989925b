"""Talking to GitLab: python-gitlab makes the requests, :mod:`syncd.forge.client` owns them and judges the answers.

python-gitlab has no time-out, sleeps and sends every verb again at 429, and executes a write at the far end of a
redirect before it complains (api-facts §0.10, §G.2). So it is handed a session of ours, told to try once, and asked
for single requests only: its lists stop after a page or go round for ever, and its objects write what was merely read.

Whatever the token is (personal, project, group, OAuth), it goes as ``Authorization: Bearer``, which GitLab takes for
all of them and which, unlike ``PRIVATE-TOKEN``, no HTTP library carries to another host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from gitlab import Gitlab
from gitlab.exceptions import GitlabError

from syncd.errors import AccessRefused, ForgeError, NotSent
from syncd.forge.client import Answer, Client, Json, Raw
from syncd.forge.pacing import Pace
from syncd.forge.wire import Session

API = "/api/v4"


class GitLabClient(Client):
    """One account at one GitLab. ``base_url`` is the address of the installation, sub-path and all."""

    forge = "GitLab"
    limits = "ratelimit"
    by_id = re.compile(r"/projects/(\d+)(/|$)")

    def __init__(
        self,
        remote: str,
        *,
        token: str,
        base_url: str,
        timeout: int,
        ca_file: str | None,
        pace: Pace,
        sent: Callable[[bool], None],
    ) -> None:
        super().__init__(remote, token=token, api_url=base_url + API, pace=pace, sent=sent)
        self._session = _Recording(timeout=timeout, ca_file=ca_file, clock=pace.clock)
        self._library = Gitlab(
            base_url,
            oauth_token=token,
            timeout=timeout,
            ssl_verify=ca_file or True,
            user_agent="syncd",
            retry_transient_errors=False,
            session=self._session,
        )

    def _ask(self, verb: str, target: str, body: Mapping[str, Json] | None) -> Raw:
        data = dict(body) if body is not None else None
        try:
            response = self._library.http_request(
                verb, target, post_data=data, obey_rate_limit=False, retry_transient_errors=False
            )
        except (GitlabError, RecursionError):
            # Its errors hold neither headers nor the address of a redirect, and deeply nested JSON is too much for it.
            response = self._session.heard
        text = response.content.decode("utf-8", "replace")
        return Raw(response.status_code, response.headers, text, response.reason or "")

    def _complaints(self, data: Mapping[str, Json]) -> Iterator[str]:
        for key in ("message", "error", "error_description"):
            yield from _words(data.get(key))

    def _hint(self, answer: Answer) -> str:
        match answer.status:
            case 401:
                return "the token is wrong or has expired"
            case 403 if answer.data is None:
                return "GitLab blocks an address for a while after wrong tokens; a proxy may refuse it, too"
            case 403:
                return "the token needs the scope `api` and the role of a Reporter or Planner at least"
            case 404:
                return "check the project's name and the token's rights"
            case _:
                return ""

    def _refusal(self, answer: Answer) -> type[ForgeError]:
        said = self._said(answer.data).lower()
        if answer.status == 409 and "resource lock" in f"{said} {answer.reason.lower()}":
            # Somebody else's write was faster (api-facts §C.7). Nothing was done, and it passes in a moment.
            return NotSent
        if answer.status == 404 and "project not found" in said:
            return AccessRefused
        return super()._refusal(answer)


class _Recording(Session):
    """Keeps the latest answer, whatever python-gitlab makes of it."""

    heard: requests.Response

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.heard = super().send(request, **options)
        return self.heard


def _words(said: Json) -> Iterator[str]:
    """GitLab says a sentence, a list of them, or lists of them by field."""
    match said:
        case str():
            yield said
        case list():
            yield from (str(one) for one in said)
        case dict():
            for field, problems in said.items():
                yield f"{field} {', '.join(_words(problems))}"
        case _:
            return
