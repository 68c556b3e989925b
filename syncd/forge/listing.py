"""Reading lists of issues: when a list is whole, and how little must be read of one that is known already.

**Everything**: oldest first, so that what is created meanwhile comes at the end. Whole means: every page led to the
next by a Link, and nothing stood there twice. A last page that is full is not believed to be the
last until the next one was found empty; that costs a request where the number of issues is a multiple of 100.

**What changed**: latest first, from ten minutes before the cursor on. The first page is read whatever happens, and
shows the latest hundred issues of that time again: lists lag behind by seconds to minutes (api-facts §B.1). Further
pages are read only as long as they can hold something from the cursor on. So a run with nothing to do costs one
request, and one after W written issues ⌊W/100⌋ more (design §18), however often they are followed by further runs.
What a list shows more than ten minutes late, or late behind a hundred others, is left to the daily full sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.errors import Gone, NotSent, Rejected
from syncd.forge.client import PAGE, Answer, Client, Json
from syncd.model.remote import Issue

OVERLAP = timedelta(minutes=10)
KEYS = frozenset({"id"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a forge is asked for issues of any state: the parameters of each question, and the keys of the answer."""

    oldest_first: Mapping[str, str]
    latest_first: Mapping[str, str]
    """By change."""
    highest_first: Mapping[str, str]
    """By creation."""
    since: str
    """The parameter that leaves out what was changed before a time, inclusive."""
    number: str
    """The key of the number that people see."""

    @property
    def keys(self) -> frozenset[str]:
        """What each issue of a list must have."""
        return KEYS | {self.number, "updated_at"}


@dataclass(frozen=True, slots=True)
class Listing:
    """The raw items of a list. ``complete`` says whether what is missing in it is not there."""

    items: tuple[Json, ...]
    complete: bool


def everything(client: Client, dialect: Dialect, path: str) -> Listing:
    """All issues of a project, and whatever else its forge lists among them."""
    read = items(client, path, dialect.oldest_first, keys=dialect.keys)
    return Listing(_latest(client, read.items), read.complete)


def changed_since(client: Client, dialect: Dialect, path: str, cursor: str) -> Listing:
    """What was updated at or after ``cursor`` (ISO 8601, UTC), and some of what was updated shortly before it."""
    seen = datetime.fromisoformat(cursor)
    since = (seen - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: list[Json] = []
    for page in _pages(client, path, {**dialect.latest_first, dialect.since: since}, dialect.keys):
        found += page.items
        if not page.items or _updated(client, page.items[-1]) < seen:
            break
    return Listing(_latest(client, tuple(found)), complete=False)


def above(client: Client, dialect: Dialect, path: str, floor: int) -> dict[int, Json]:
    """What a list shows with a number above ``floor``, by number."""
    listed: dict[int, Json] = {}
    for page in _pages(client, path, dialect.highest_first, dialect.keys):
        numbers = {data[dialect.number]: data for data in page.items}
        listed |= {number: data for number, data in numbers.items() if number > floor}
        if any(number <= floor for number in numbers):
            break
    return listed


def unlisted(floor: int, listed: Mapping[int, Json], get: Callable[[int], Issue]) -> Iterator[Issue]:
    """What may be missing in a list: gaps in it, and what is newer than all of it, up to the first 404."""
    highest = max(listed, default=floor)
    number = floor
    while True:
        number += 1
        if number in listed:
            continue
        try:
            yield get(number)
        except Gone as error:
            if error.status == 404 and number > highest:
                return


def items(client: Client, path: str, params: Mapping[str, str], *, keys: frozenset[str] = KEYS) -> Listing:
    """All items of any list."""
    pages = list(_pages(client, path, params, keys))
    found = tuple(item for page in pages for item in page.items)
    identities = [item["id"] for item in found]
    return Listing(found, all(page.complete for page in pages) and len(set(identities)) == len(identities))


def _pages(client: Client, path: str, params: Mapping[str, str], keys: frozenset[str]) -> Iterator[Listing]:
    """Pages by Link; after a full page without one, by number, which shows whether the Link was lost on the way."""
    page, number = None, 0
    for answer in client.pages(path, params):
        page, number = _list(client, answer, keys), number + 1
        yield Listing(page, complete=True)
    # By keyset no page has a number: the same one would come again and again.
    numbered = {name: value for name, value in params.items() if name != "pagination"}
    while page is not None and len(page) == PAGE:
        number += 1
        try:
            answer = client.read(path, {"per_page": str(PAGE), **numbered, "page": str(number)})
        except Rejected:
            # Too deep for numbered pages (api-facts §0.4): nothing shows whether there is more.
            yield Listing((), complete=False)
            return
        page = _list(client, answer, keys)
        if page:
            yield Listing(page, complete=False)


def _list(client: Client, answer: Answer, keys: frozenset[str]) -> tuple[Json, ...]:
    if not isinstance(answer.data, list) or not all(
        isinstance(item, dict) and keys <= item.keys() for item in answer.data
    ):
        raise NotSent(f"{client.forge}'s list is not of its form", remote=client.remote)
    return tuple(answer.data)


def _latest(client: Client, found: tuple[Json, ...]) -> tuple[Json, ...]:
    """Each item once, as it was updated last: what changes while a list is read stands in it twice."""
    latest: dict[int, Json] = {}
    for item in found:
        known = latest.get(item["id"])
        if known is None or _updated(client, known) <= _updated(client, item):
            latest[item["id"]] = item
    return tuple(latest.values())


def _updated(client: Client, item: Json) -> datetime:
    """Forges have fractions of seconds and other time zones: only as times can they be compared."""
    try:
        moment = datetime.fromisoformat(item["updated_at"])
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise NotSent(f"{client.forge}'s list is not of its form", remote=client.remote)
    return moment
