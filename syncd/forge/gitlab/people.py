"""Usernames and the ids that GitLab assigns by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syncd.errors import Rejected
from syncd.forge.client import MALFORMED, Client, Json


class People:
    """Ids by username, in any case. Whoever was met in an issue is known; others are asked for, once each."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ids: dict[str, int | None] = {}

    def met(self, issue: Json) -> None:
        """Learns the people of an issue as GitLab shows it."""
        people = [*(issue["assignees"] or ()), *([issue["author"]] if issue["author"] else ())]
        self._ids |= {str(user["username"]).casefold(): int(user["id"]) for user in people}

    def ids(self, usernames: Iterable[str]) -> Iterator[int]:
        """Those of the people that there are. Who is missing is seen in GitLab's answer to the write."""
        for username in usernames:
            key = username.casefold()
            if key not in self._ids:
                self._ids[key] = self._asked(username)
            if (found := self._ids[key]) is not None:
                yield found

    def _asked(self, username: str) -> int | None:
        try:
            answer = self._client.read("/users", {"username": username})
        except Rejected:
            # Some instances show nobody. That is no reason to leave the rest of the write undone.
            return None
        try:
            return next(
                (
                    int(user["id"])
                    for user in answer.data
                    if user["username"].casefold() == username.casefold()
                ),
                None,
            )
        except MALFORMED:
            return None
