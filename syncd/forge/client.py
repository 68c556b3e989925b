"""What every adapter's client does alike: send with care, and say what is known of each effect.

==============================================  ===================================================
what happened                                   what is raised
==============================================  ===================================================
no connection; stopped; a read without answer   :class:`NotSent`
a write without a whole, readable answer; 5xx   :class:`Unknown`
403 or 429 with a limit                         :class:`RateLimited` (retry-after, reset, or a minute)
401; 403; 404 or 410 for project and lists      :class:`AccessRefused`
404 or 410 for an issue or milestone; moved     :class:`Gone`
any other 4xx; a redirected write               :class:`Rejected`
==============================================  ===================================================

The forges' libraries retry writes, follow redirects with the token, and wait without end (api-facts §0.1, §0.7, §0.10,
§G). None of that reaches them: they make requests, :mod:`syncd.forge.wire` sends them, and all else is decided here.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, TypeVar
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from requests import RequestException

from syncd.errors import AccessRefused, ForgeError, Gone, NotSent, RateLimited, Rejected, Unknown
from syncd.forge.pacing import Pace, attempts
from syncd.forge.wire import never_left
from syncd.model.disguises import disguises
from syncd.model.remote import Budget

T = TypeVar("T")

PAGE = 100
REDIRECTS = 3
MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
"""What an adapter's shapes raise for an answer that is not of its forge's form."""
_ONE = re.compile(r"/(issues|milestones)/\d+$")
_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*\brel="?next"?')

Json = Any
"""What a forge answered; each adapter's ``shapes`` make sense of it, or say that there is none."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came: ``headers`` are looked up in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. ``path`` is where it came from after redirects, below the API's root."""

    status: int
    headers: Mapping[str, str]
    data: Json
    path: str
    reason: str = ""

    @property
    def next(self) -> str | None:
        """The address of the next page, as the forge gave it."""
        found = _NEXT.search(self.headers.get("link", ""))
        return found[1] if found else None

    @property
    def of_one(self) -> bool:
        """Whether one issue or milestone was asked for: only one thing can be gone."""
        return _ONE.search(self.path) is not None


class Client(ABC):
    """One account at one API.

    ``sent(writes)`` hears of each request before it goes. ``time`` is the forge's own clock in its latest answer,
    ``skew`` by how many seconds that was ahead of ours, ``budget`` what the answer said of limits.
    """

    forge: ClassVar[str]
    """Its name in messages."""
    limits: ClassVar[str]
    """What the names of the headers about limits begin with."""
    limit_words: ClassVar[tuple[str, ...]] = ()
    """What the forge says at 403 if it means a limit."""
    by_id: ClassVar[re.Pattern[str]]
    """Finds a project's immutable id in the path of an address."""

    def __init__(
        self, remote: str, *, token: str | None, api_url: str, pace: Pace, sent: Callable[[bool], None]
    ) -> None:
        if token is not None and (
            not token or not token.isascii() or not token.isprintable() or " " in token
        ):
            # The HTTP library would put such a token into its own error message.
            raise AccessRefused(
                "the token is empty or holds blanks or odd characters",
                remote=remote,
                hint="check where it comes from",
            )
        self.remote = remote
        self.time = ""
        self.skew: float | None = None
        self.budget: Budget | None = None
        self.home: int | None = None
        """The project's immutable id, once known: redirects may lead to it and to no other."""
        self.token = token or ""
        """What the requests carry; None was given where that changes, and is put here as it does."""
        self._sent = sent
        self._pace = pace
        self._origin: SplitResult = urlsplit(api_url)

    @abstractmethod
    def _ask(self, verb: str, target: str, body: Mapping[str, Json] | None) -> Raw:
        """Sends one request through the forge's library. Raises ``requests.RequestException``."""

    @abstractmethod
    def _complaints(self, data: Mapping[str, Json]) -> Iterable[str]:
        """What an answer with an error says, in the forge's own words."""

    @abstractmethod
    def _hint(self, answer: Answer) -> str:
        """What a person may do about an answer with an error."""

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """A GET, which never leaves anything in doubt."""
        target = f"{path}?{urlencode(params)}" if params else path
        for _ in range(REDIRECTS):
            answer = attempts(self._pace, reading=True)(self._read_once, target)
            if answer.status < 300:
                return answer
            target = self._followed(answer, params)
        raise NotSent(f"redirected more than {REDIRECTS} times", remote=self.remote)

    def pages(self, path: str, params: Mapping[str, str]) -> Iterator[Answer]:
        """All pages of a list, by the forge's own cursors: numbered pages end somewhere (api-facts §0.4)."""
        answer = self.read(path, {"per_page": str(PAGE), **params})
        yield answer
        seen: set[str] = set()
        while answer.next:
            if answer.next in seen:
                raise NotSent(f"{self.forge}'s list leads round in a circle", remote=self.remote)
            seen.add(answer.next)
            answer = self.read(self._own(answer.next))
            yield answer

    def write(self, verb: str, path: str, body: Mapping[str, Json] | None) -> Answer:
        """A POST, PATCH, PUT or (without a body) DELETE, sent at most once unless it certainly never left."""
        return attempts(self._pace, reading=False)(self._write_once, verb, path, body)

    def seen(self, shape: Callable[[Json], T], data: Json) -> T:
        """The value of what was read. Without its form it is no answer: NotSent."""
        try:
            return shape(data)
        except MALFORMED as error:
            why = f"{self.forge}'s answer lacks its form ({self._clean(error)})"
            raise NotSent(why, remote=self.remote) from None

    def done(self, shape: Callable[[Json], T], answer: Answer) -> T:
        """The value of what was written. Without its form nobody knows what it became: Unknown."""
        try:
            return shape(answer.data)
        except MALFORMED as error:
            why = f"it was done, but {self.forge}'s answer lacks its form ({self._clean(error)})"
            raise Unknown(why, remote=self.remote, status=answer.status) from None

    def _read_once(self, target: str) -> Answer:
        return self._judged(target, lambda: self._ask("GET", target, None))

    def _judged(self, target: str, ask: Callable[[], Raw]) -> Answer:
        """Asks once what leaves nothing in doubt, and judges the answer."""
        self._pace.read()
        self._sent(False)
        try:
            answer = self._heard(target, ask())
        except RequestException as error:
            raise NotSent(f"no answer ({type(error).__name__})", remote=self.remote) from None
        if answer.status >= 500 or answer.status == 304:
            # 304 to a question that set no condition says nothing; least of all that a list is empty (api-facts §0.8).
            raise NotSent(f"{self.forge} answers {answer.status}", remote=self.remote, status=answer.status)
        if answer.data is None and answer.status < 300:
            raise NotSent(f"{self.forge}'s answer is not readable", remote=self.remote, status=answer.status)
        self._refuse(answer)
        return answer

    def _write_once(self, verb: str, path: str, body: Mapping[str, Json] | None) -> Answer:
        with self._pace.write(creates=verb == "POST"):
            self._sent(True)
            try:
                answer = self._heard(path, self._ask(verb, path, body))
            except RequestException as error:
                why = f"no answer ({type(error).__name__})"
                raise (NotSent if never_left(error) else Unknown)(why, remote=self.remote) from None
        if answer.status >= 500:
            why = f"{self.forge} answers {answer.status}: it may have been done"
            raise Unknown(why, remote=self.remote, status=answer.status)
        self._refuse(answer)
        if answer.status >= 300:
            raise self._moved(answer)
        return answer

    def _heard(self, target: str, raw: Raw) -> Answer:
        self._hear(raw.headers)
        try:
            data = json.loads(raw.text) if raw.text else None
        except (ValueError, RecursionError):
            data = None
        return Answer(raw.status, raw.headers, data, urlsplit(target).path, raw.reason)

    def _hear(self, headers: Mapping[str, str]) -> None:
        """What every answer says beside what was asked: the time, and how much more may be asked."""
        if told := _server_time(headers.get("date", "")):
            self.time = told
            self.skew = (datetime.fromisoformat(told) - self._pace.clock()).total_seconds()
        limit, remaining, reset = (
            headers.get(f"{self.limits}-{what}", "") for what in ("limit", "remaining", "reset")
        )
        if limit.isdigit() and remaining.isdigit() and reset.isdigit():
            self.budget = Budget(int(remaining), int(limit), datetime.fromtimestamp(int(reset), UTC))

    def _followed(self, answer: Answer, params: Mapping[str, str] | None) -> str:
        """Where a redirected read goes on: on the same host, in the same project, with the same question."""
        location = self._location(answer)
        target = self._own(location)
        if self.home is not None and not self._at_home(location):
            raise self._moved(answer)
        return target if urlsplit(target).query or not params else f"{target}?{urlencode(params)}"

    def _moved(self, answer: Answer) -> Rejected:
        """A redirect that is not followed. One to our own project only means that it was renamed meanwhile."""
        if answer.of_one and not self._at_home(self._location(answer)):
            return Gone("it was moved to another project", remote=self.remote, status=answer.status)
        why = "the project answers under another address"
        return Rejected(why, remote=self.remote, status=answer.status, hint="run again")

    def _location(self, answer: Answer) -> str:
        try:
            return urljoin(self._origin.geturl() + "/", answer.headers.get("location", ""))
        except ValueError:
            return ""  # no address, so it leads nowhere

    def _at_home(self, location: str) -> bool:
        found = self.by_id.search(_split(location).path)
        return found is not None and int(found[1]) == self.home

    def _own(self, url: str) -> str:
        """An address of this API as a path below its root. The token goes nowhere else (threat T11)."""
        there = _split(url)
        root = self._origin.path.rstrip("/")
        if _origin(there) != _origin(self._origin) or not there.path.startswith(f"{root}/"):
            raise NotSent(
                f"{self.forge} points to another host ({there.hostname or 'or to nowhere'}), not followed",
                remote=self.remote,
            )
        return there.path.removeprefix(root) + (f"?{there.query}" if there.query else "")

    def _refuse(self, answer: Answer) -> None:
        if answer.status < 400:
            return
        until = self._limit(answer)
        if until is not None:
            self._pace.close(until)
            why = f"{self.forge} asks to wait"
            raise RateLimited(why, until=until, remote=self.remote, status=answer.status)
        said = self._said(answer.data) or f"{self.forge} answers {answer.status}"
        hint = self._clean(self._hint(answer))
        raise self._refusal(answer)(said, remote=self.remote, status=answer.status, hint=hint)

    def _refusal(self, answer: Answer) -> type[ForgeError]:
        """What is known of the effect of a request that was refused."""
        if answer.status in (401, 403):
            return AccessRefused
        if answer.status in (404, 410):
            # A list or the project itself is not gone but out of reach.
            return Gone if answer.of_one else AccessRefused
        return Rejected

    def _limit(self, answer: Answer) -> datetime | None:
        """Until when a limit holds, in the documented order: retry-after, reset, else a minute (api-facts §A.2)."""
        if answer.status not in (403, 429):
            return None
        now = self._pace.clock()
        after = answer.headers.get("retry-after", "")
        if after.isdigit():
            return now + timedelta(seconds=int(after))
        if moment := _server_time(after):
            return now + max(timedelta(), datetime.fromisoformat(moment) - self._theirs(now))
        reset = answer.headers.get(f"{self.limits}-reset", "")
        if answer.headers.get(f"{self.limits}-remaining") == "0" and reset.isdigit():
            return now + max(timedelta(), datetime.fromtimestamp(int(reset), UTC) - self._theirs(now))
        said = self._said(answer.data).lower()
        if answer.status == 429 or any(words in said for words in self.limit_words):
            return now + timedelta(minutes=1)
        return None

    def _theirs(self, now: datetime) -> datetime:
        """The forge's time. It tells moments by its own clock; ours may be wrong, the difference is not (I15)."""
        return datetime.fromisoformat(self.time) if self.time else now

    def _said(self, data: Json) -> str:
        """The forge's own words, in one line."""
        parts = self._complaints(data) if isinstance(data, dict) else ()
        return self._clean(" ".join("; ".join(part for part in parts if part).split()))[:500]

    def _clean(self, said: object) -> str:
        """What came from outside, without our token should it be in it, in whatever form: this goes to reports too."""
        text = str(said)
        for form in disguises(self.token):
            text = text.replace(form, "***")
        return text


def _split(url: str) -> SplitResult:
    """The parts of an address; all empty for one that is none, as a forge or what stands before it may send."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - only this looks at it, and raises
    except ValueError:
        return urlsplit("")
    return parts


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or {"https": 443, "http": 80}.get(url.scheme)


def _server_time(date: str) -> str:
    """The Date header as ISO 8601 with Z, or nothing if it makes no sense."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return ""
