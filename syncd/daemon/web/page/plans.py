"""A plan as the page shows it: whole, for what a person approves must be there to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from syncd.daemon.web.page.bars import counted
from syncd.daemon.web.page.deltas import Delta, Line, delta, line
from syncd.engine import Report
from syncd.model.values import Kind, Uid
from syncd.plan.actions import Action, ActionKind, Held, Plan, RemotePlan
from syncd.plan.render.counts import closes, counts, sentence, told

Addresses = Mapping[tuple[str, int], str]

_KINDS: Mapping[ActionKind, tuple[str, str, str]] = {
    ActionKind.LINK: ("=", "Link", "calm"),
    ActionKind.UNLINK: ("/", "Let go", "gone"),
    ActionKind.CREATE_LABEL: ("+", "New labels", "come"),
    ActionKind.CREATE_MILESTONE: ("+", "New milestones", "come"),
    ActionKind.UPDATE_MILESTONE: ("~", "Changed milestones", "calm"),
    ActionKind.CREATE_ISSUE: ("+", "New issues", "come"),
    ActionKind.UPDATE_ISSUE: ("~", "Changed issues", "calm"),
    ActionKind.CLOSE_MILESTONE: ("×", "Closed milestones", "gone"),
}
"""Sign, heading and colour. ``rebase`` is a word in the state that nobody has to see."""
_FEW = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One action. ``note`` says what else happens with it, ``why`` the reason where it is not plain."""

    sign: str
    tone: str
    title: str
    number: int | None = None
    url: str = ""
    note: str = ""
    why: str = ""
    deltas: tuple[Delta, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """Actions of one kind. ``folded``: there are so many that only their number is seen at first."""

    heading: str
    steps: tuple[Step, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What happens on one remote, and as whom."""

    remote: str
    project: str
    url: str
    facts: tuple[str, ...]
    unavailable: str
    groups: tuple[Steps, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that is held, or a conflict that a dry run met: its title, its line, and the reason."""

    title: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that the plan exceeds."""

    remote: str
    reason: str
    count: int
    limit: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan and what the guard says of it."""

    file: str
    sentence: str
    digest: str
    empty: bool
    refused: bool
    approvable: bool
    limits: tuple[Limit, ...]
    lines: tuple[Line, ...]
    sites: tuple[Site, ...]
    conflicts: tuple[Waiting, ...]
    held: tuple[Waiting, ...]
    notes: tuple[str, ...]


def shown(report: Report, file: str, addresses: Addresses) -> Shown:
    """The plan of a run, dry or refused."""
    plan, verdict = report.plan, report.verdict
    return Shown(
        file=file,
        sentence=sentence(counts(plan)),
        digest=verdict.digest,
        empty=plan.empty,
        refused=verdict.refused,
        # That the world has moved was said of another plan's approval: this one can have its own.
        approvable=verdict.refused and not any(one.final and one.what != "moved" for one in verdict.refusals),
        limits=tuple(Limit(one.remote, one.reason, one.count, one.limit) for one in verdict.refusals),
        lines=tuple(line(one.line, one.before, one.after) for one in plan.lines),
        sites=tuple(_site(one, plan, addresses) for one in plan.remotes),
        conflicts=tuple(_conflicts(plan)),
        held=held(plan.held),
        # What could not be read is said with its remote.
        notes=tuple(one.message for one in plan.notes if one.code != "unavailable"),
    )


def held(tasks: Iterable[Held]) -> tuple[Waiting, ...]:
    """Tasks that a run left alone."""
    return tuple(Waiting(one.title, one.reason, one.line) for one in tasks)


def _conflicts(plan: Plan) -> Iterator[Waiting]:
    for one in plan.conflicts:
        wins = f"the value of {one.winner} is taken" if one.winner else "held until somebody decides"
        yield Waiting(one.title, f"{one.field.value} differs between {' and '.join(one.values)}; {wins}")


def _site(remote: RemotePlan, plan: Plan, addresses: Addresses) -> Site:
    mine = [one for one in plan.actions if one.remote == remote.remote]
    facts = [f"as {remote.account}"] if remote.account else []
    facts.append("first sync" if remote.first else f"{remote.linked:,} linked")
    if remote.mail:
        facts.append(f"up to {counted(remote.mail, 'person').replace('persons', 'people')} may get mail")
    if agreed := sum(one.kind is ActionKind.REBASE for one in mine):
        facts.append(f"{agreed:,} changed alike on both sides")
    return Site(
        remote.remote,
        remote.project,
        remote.url,
        tuple(facts),
        _away(remote),
        tuple(_groups([one for one in mine if one.kind in _KINDS], addresses)),
    )


def _away(remote: RemotePlan) -> str:
    later = f", again from {remote.retry_at}" if remote.unavailable and remote.retry_at else ""
    return remote.unavailable + later


def _groups(actions: Sequence[Action], addresses: Addresses) -> Iterator[Steps]:
    listed, closed = told(actions)
    for heading, run in groupby(listed, key=_heading):
        steps = tuple(_step(one, closed, addresses) for one in run)
        yield Steps(heading, steps, folded=len(steps) > _FEW)


def _heading(action: Action) -> str:
    _, heading, _ = _KINDS[action.kind]
    if action.kind is ActionKind.CREATE_ISSUE and action.path:
        return f"{heading} in “{action.path[0]}”"
    return "Closed issues" if action.kind is ActionKind.UPDATE_ISSUE and closes(action) else heading


def _step(action: Action, closed: Set[Uid], addresses: Addresses) -> Step:
    sign, _, tone = _KINDS[action.kind]
    if closes(action):
        sign, tone = "×", "gone"
    number = action.ref.number if action.ref and action.of is Kind.TASK else None
    return Step(
        sign,
        tone,
        action.title,
        number,
        addresses.get((action.remote, number), "") if number is not None else "",
        "closed at once" if action.uid in closed else "",
        action.reason or ("its task is gone" if action.closes_by_removal else ""),
        tuple(delta(one.field.value, one.before, one.after) for one in action.changes),
    )
