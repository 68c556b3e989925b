"""Talking to GitHub: PyGithub makes the requests, :mod:`syncd.forge.client` owns them and judges the answers.

PyGithub's own connections retry writes, follow redirects of writes and lose the query on the way (api-facts §0.1, §0.7,
§G.1). So its requester is handed a connection of ours, which does none of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from github import Auth, Github

from syncd.forge.client import PAGE, Answer, Client, Json, Raw
from syncd.forge.github.wire import Wire
from syncd.forge.pacing import Pace

API_VERSION = "2022-11-28"


class GitHubClient(Client):
    """One account at one of GitHub's APIs."""

    forge = "GitHub"
    limits = "x-ratelimit"
    limit_words = ("secondary rate limit", "abuse detection", "please retry your request again later")
    by_id = re.compile(r"/repositories/(\d+)(/|$)")

    def __init__(
        self,
        remote: str,
        *,
        token: str,
        api_url: str,
        timeout: int,
        ca_file: str | None,
        pace: Pace,
        sent: Callable[[bool], None],
    ) -> None:
        super().__init__(remote, token=token, api_url=api_url, pace=pace, sent=sent)
        # Its class is no part of PyGithub's, but has what the requester uses.
        self._wire: Any = Wire(urlsplit(api_url), timeout=timeout, ca_file=ca_file, clock=pace.clock)
        self._requester = Github(
            base_url=api_url,
            auth=Auth.Token(token),
            timeout=timeout,
            per_page=PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
            api_version=API_VERSION,
            user_agent="syncd",
        ).requester

    def _ask(self, verb: str, target: str, body: Mapping[str, Json] | None) -> Raw:
        status, headers, text = self._requester.requestJson(
            verb, target, headers={"Accept": "application/vnd.github+json"}, input=body, cnx=self._wire
        )
        return Raw(status, headers, text)

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
