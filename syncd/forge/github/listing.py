"""Reading lists: when a list is whole, and how little must be read of one that is known already.

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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.errors import NotSent, Rejected
from syncd.forge.github.client import PAGE, Answer, Client, Json

OVERLAP = timedelta(minutes=10)
KEYS = frozenset({"id"})
ISSUE_KEYS = KEYS | {"number", "updated_at"}


@dataclass(frozen=True, slots=True)
class Listing:
    """The raw items of a list. ``complete`` says whether what is missing in it is not there."""

    items: tuple[Json, ...]
    complete: bool


def everything(client: Client, path: str) -> Listing:
    """All issues and pull requests of a repository."""
    read = items(client, path, {"state": "all", "sort": "created", "direction": "asc"}, keys=ISSUE_KEYS)
    return Listing(_latest(read.items), read.complete)


def changed_since(client: Client, path: str, cursor: str) -> Listing:
    """What was updated at or after ``cursor`` (ISO 8601, UTC), and some of what was updated shortly before it."""
    since = (datetime.fromisoformat(cursor) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    params = {"state": "all", "sort": "updated", "direction": "desc", "since": since}
    found: list[Json] = []
    for page in _pages(client, path, params, ISSUE_KEYS):
        found += page.items
        # Both are GitHub's own notation, in which order of text is order of time.
        if not page.items or page.items[-1]["updated_at"] < cursor:
            break
    return Listing(_latest(tuple(found)), complete=False)


def latest_first(client: Client, path: str) -> Iterator[tuple[Json, ...]]:
    """Pages of issues and pull requests, the highest number first."""
    for page in _pages(client, path, {"state": "all", "sort": "created", "direction": "desc"}, ISSUE_KEYS):
        yield page.items


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
    while page is not None and len(page) == PAGE:
        number += 1
        try:
            answer = client.read(path, {"per_page": str(PAGE), **params, "page": str(number)})
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
        raise NotSent("GitHub's list is not of its form", remote=client.remote)
    return tuple(answer.data)


def _latest(found: tuple[Json, ...]) -> tuple[Json, ...]:
    """Each item once, as it was updated last: what changes while a list is read stands in it twice."""
    latest: dict[int, Json] = {}
    for item in found:
        known = latest.get(item["id"])
        if known is None or known["updated_at"] <= item["updated_at"]:
            latest[item["id"]] = item
    return tuple(latest.values())
