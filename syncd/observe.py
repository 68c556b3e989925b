"""Reads one remote: what changed since last time, completed by a periodic full sweep (design §10).

Here absence is turned into knowledge, or not: a linked issue that a complete listing does not show is asked for by
number, and counts as gone only if it was missing in two runs at least ten minutes apart (I5). A remote that cannot
be read is a value, :class:`~syncd.model.remote.Unavailable`, never the end of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syncd.errors import MISCONFIGURED, REFUSED, ForgeError, Gone, RateLimited
from syncd.forge.base import Forge
from syncd.model.links import KnownRemote
from syncd.model.remote import Issue, Observation, Project, RemoteMilestone, Snapshot, Unavailable
from syncd.model.values import Kind

CONFIRM_AFTER = timedelta(minutes=10)
"""How long something must have been missing before it counts as gone (design §6)."""

SUSPICIOUS = 5
"""From so many linked issues on, a listing that shows none of them is taken for a fault, not for news."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the state holds of one remote: the pins, the last observation, and what was missing since when."""

    known: KnownRemote | None
    issues: Mapping[int, Issue] = field(default_factory=dict)
    milestones: Mapping[int, RemoteMilestone] = field(default_factory=dict)
    missing: Mapping[tuple[Kind, int], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading: the snapshot to plan on, and what the state shall keep of it."""

    snapshot: Snapshot
    known: KnownRemote
    observation: Observation
    missing: Mapping[tuple[Kind, int], datetime]


@dataclass(frozen=True, slots=True)
class Linked:
    """The numbers that links go by on this remote: what absence would mean something for."""

    issues: frozenset[int] = frozenset()
    milestones: frozenset[int] = frozenset()


def observe(
    forge: Forge,
    memory: Memory,
    linked: Linked,
    *,
    now: datetime,
    full_sweep: timedelta,
    named: frozenset[int] = frozenset(),
) -> Seen | Unavailable:
    """Reads a remote as far as it can be read.

    Costs 3 requests in the steady state: project, changed issues, milestones; the first time up to three more for our
    own account and its rights. ``now`` decides only when the next full sweep is due and how long something was
    missing. ``named`` issues are read by number as well, one request each: a list may not show yet what a webhook has
    told of.
    """
    try:
        return _observe(forge, memory, linked, now, full_sweep, named)
    except RateLimited as error:
        return Unavailable(forge.remote, error.reason, error.until, error.exit_code)
    except ForgeError as error:
        return Unavailable(forge.remote, _with_hint(error), exit_code=error.exit_code)


def _with_hint(error: ForgeError) -> str:
    return f"{error.reason} ({error.hint})" if error.hint else error.reason


def _observe(
    forge: Forge,
    memory: Memory,
    linked: Linked,
    now: datetime,
    full_sweep: timedelta,
    named: frozenset[int],
) -> Seen | Unavailable:
    project = forge.project()
    if refusal := _refusal(forge.remote, project, memory.known):
        return refusal
    account = memory.known.account if memory.known else ""
    if memory.known is None:
        # Once, before anything is kept: what the token itself may do is not in the answer about the project.
        probe = forge.probe()
        account = probe.account
        if refusal := _refusal(forge.remote, probe.project, None):
            return refusal
    observation = forge.observe(_cursor(memory.known, now, full_sweep))
    if _fell_silent(observation, linked):
        return Unavailable(
            forge.remote, "the list of issues came back without a single linked one; not believed"
        )
    issues = _newer(memory.issues, observation)
    milestones = {milestone.ref.number: milestone for milestone in observation.milestones}
    doubtful = _doubtful(memory, linked, observation)
    lost = _look_for(forge, doubtful | {(Kind.TASK, number) for number in named}, issues, milestones)
    # What is named and not linked may be a pull request or another project's: that it is not there means nothing.
    unlinked = {(Kind.TASK, number) for number in named - linked.issues}
    missing = {what: memory.missing.get(what, now) for what in lost - unlinked}
    gone = {what for what, since in missing.items() if now - since >= CONFIRM_AFTER}
    snapshot = Snapshot(
        forge.remote,
        project,
        issues,
        milestones if forge.capabilities.counts_open_issues else _counted(milestones, issues.values()),
        account=account,
        gone=_numbers(gone, Kind.TASK),
        missing=_numbers(set(missing) - gone, Kind.TASK),
        gone_milestones=_numbers(gone, Kind.MILESTONE),
        complete=observation.complete,
    )
    return Seen(snapshot, _pins(snapshot, observation, memory.known, now), observation, missing)


def _refusal(remote: str, project: Project, known: KnownRemote | None) -> Unavailable | None:
    """Another project under the name, or one that cannot be written as it must be: nothing is read from it."""
    if known and known.project_id and known.project_id != project.id:
        reason = f"{project.name} is another project now (id {project.id}, was {known.project_id})"
        return Unavailable(remote, f"{reason}; nothing is synced with it", exit_code=REFUSED)
    if not project.issues:
        return Unavailable(remote, f"issues are switched off in {project.name}", exit_code=MISCONFIGURED)
    if not project.writable:
        return Unavailable(
            remote, f"{project.name} is archived and cannot be written", exit_code=MISCONFIGURED
        )
    if project.lacking:
        return Unavailable(
            remote,
            f"the token has too few rights in {project.name}: {', '.join(project.lacking)}",
            exit_code=MISCONFIGURED,
        )
    return None


def _cursor(known: KnownRemote | None, now: datetime, full_sweep: timedelta) -> str:
    """Where to go on reading; empty asks for everything."""
    if known is None or known.swept_at is None or now - known.swept_at >= full_sweep:
        return ""
    return known.cursor


def _fell_silent(observation: Observation, linked: Linked) -> bool:
    """Whether a full listing lost every linked issue at once: a fault of the reading until proven otherwise (I5)."""
    if not observation.complete or len(linked.issues) < SUSPICIOUS:
        return False
    return linked.issues.isdisjoint(issue.ref.number for issue in observation.issues)


def _newer(cached: Mapping[int, Issue], observation: Observation) -> dict[int, Issue]:
    """The stored observation brought up to date; a list that lags behind our own writes does not win."""
    issues = {} if observation.complete else dict(cached)
    for issue in observation.issues:
        before = cached.get(issue.ref.number)
        stale = before is not None and before.ref == issue.ref and before.updated_at > issue.updated_at
        issues[issue.ref.number] = before if stale and before else issue
    return issues


def _doubtful(memory: Memory, linked: Linked, observation: Observation) -> set[tuple[Kind, int]]:
    """What is linked and was not shown. Milestones are listed whole each time, issues only in a full sweep."""
    issues = {number for kind, number in memory.missing if kind is Kind.TASK} & linked.issues
    if observation.complete:
        issues |= linked.issues - {issue.ref.number for issue in observation.issues}
    milestones = linked.milestones - {milestone.ref.number for milestone in observation.milestones}
    return {(Kind.TASK, number) for number in issues} | {(Kind.MILESTONE, number) for number in milestones}


def _look_for(
    forge: Forge,
    doubtful: Iterable[tuple[Kind, int]],
    issues: dict[int, Issue],
    milestones: dict[int, RemoteMilestone],
) -> set[tuple[Kind, int]]:
    """Asks for each by number: what answers is put back among the seen, what does not is lost for now."""
    lost: set[tuple[Kind, int]] = set()
    for kind, number in sorted(doubtful):
        try:
            if kind is Kind.TASK:
                issues[number] = forge.get_issue(number)
            else:
                milestones[number] = forge.get_milestone(number)
        except Gone:
            lost.add((kind, number))
            issues.pop(number, None) if kind is Kind.TASK else milestones.pop(number, None)
    return lost


def _counted(
    milestones: Mapping[int, RemoteMilestone], issues: Iterable[Issue]
) -> dict[int, RemoteMilestone]:
    """The milestones with their open issues counted, for a forge that does not say how many there are."""
    counts = Counter(issue.milestone for issue in issues if not issue.state.closed)
    return {number: replace(one, open_issues=counts[number]) for number, one in milestones.items()}


def _numbers(things: Iterable[tuple[Kind, int]], wanted: Kind) -> frozenset[int]:
    return frozenset(number for kind, number in things if kind is wanted)


def _pins(
    snapshot: Snapshot, observation: Observation, known: KnownRemote | None, now: datetime
) -> KnownRemote:
    return KnownRemote(
        name=snapshot.remote,
        project_id=snapshot.project.id,
        project_name=snapshot.project.name,
        account=snapshot.account,
        cursor=observation.cursor,
        swept_at=now if observation.complete else known.swept_at if known else None,
        synced=known.synced if known else False,
    )
