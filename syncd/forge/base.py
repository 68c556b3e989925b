"""The one face of every forge: few verbs, declared capabilities, errors by what is known of the effect.

Nobody outside an adapter's own folder asks which forge it is (design §10). A verb either returns what the forge
answered, or raises :class:`~syncd.errors.NotSent`, :class:`~syncd.errors.Rejected` (with
:class:`~syncd.errors.Gone` and :class:`~syncd.errors.AccessRefused`), :class:`~syncd.errors.RateLimited` or, for
writes only, :class:`~syncd.errors.Unknown`. Reads are retried inside the adapter, writes never (api-facts §0.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from syncd.model.remote import (
    Budget,
    Capabilities,
    Issue,
    IssueDraft,
    IssuePatch,
    MilestonePatch,
    Observation,
    Probe,
    Project,
    RemoteMilestone,
)


class Forge(Protocol):
    """One configured project on one forge."""

    remote: str
    capabilities: Capabilities
    requests: int
    """Requests sent since the adapter was made."""
    writes: int
    """Those of them that could change something."""

    @property
    def budget(self) -> Budget | None:
        """How much the forge still takes, by its latest answer; None where it does not say."""
        ...

    def project(self) -> Project:
        """The project by its configured name: one request. Later calls go by its immutable id (design §4)."""
        ...

    def account(self) -> str:
        """The login as whom syncd writes: one request."""
        ...

    def probe(self) -> Probe:
        """What the forge tells of the account, the token and the project. Reads only, two or three requests.

        Goes by the project that :meth:`project` found, which is asked first if nobody has yet.
        """
        ...

    def observe(self, cursor: str) -> Observation:
        """Everything (empty ``cursor``), or what changed since the cursor, inclusive and overlapping.

        Pull requests never. The answer's ``complete`` says whether absence in it can mean anything at all.
        """
        ...

    def get_issue(self, number: int) -> Issue:
        """A fresh read. :class:`~syncd.errors.Gone` if it was deleted or moved to another project."""
        ...

    def newest(self, floor: int) -> Iterator[Issue]:
        """Issues with a number above ``floor``, in any state: by complete listing and then by number, never by search.

        What a create in doubt is looked for in (design §8.4).
        """
        ...

    def labels(self) -> frozenset[str]:
        """The names of all labels of the project."""
        ...

    def create_label(self, name: str) -> None:
        """Creates a label. One that exists already (in any case) is no error."""
        ...

    def create_issue(self, draft: IssueDraft) -> Issue:
        """Creates an open issue and returns what the forge made of it."""
        ...

    def update_issue(self, number: int, patch: IssuePatch) -> Issue:
        """Changes exactly the fields that the patch names and returns what the forge made of it."""
        ...

    def create_milestone(self, draft: MilestonePatch) -> RemoteMilestone:
        """Creates a milestone. A closed one may cost a second request where a forge cannot create it closed."""
        ...

    def update_milestone(self, number: int, patch: MilestonePatch) -> RemoteMilestone:
        """Changes exactly the fields that the patch names."""
        ...

    def get_milestone(self, number: int) -> RemoteMilestone:
        """A fresh read. :class:`~syncd.errors.Gone` if it was deleted."""
        ...
