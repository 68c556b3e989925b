"""What is new in a run, for a person: PURE. What was said once is not said again while it stands."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from syncd.daemon.finished import WORKING, Finished
from syncd.model.values import Field, Uid, provisional
from syncd.plan.actions import Conflict, Held, Plan
from syncd.plan.guard import Verdict
from syncd.plan.render.words import cut, value

What = Literal["conflict", "held", "refused", "failing", "recovered"]
_LONG = 120
"""Columns of a single value or title: whoever wants all of it looks at the page."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: ``text`` and ``command`` for people, ``details`` (JSON-native) for programs."""

    what: What
    text: str
    details: Mapping[str, Any]
    command: str = ""
    """Our own words alone: it is copied into a terminal."""


@dataclass(slots=True)
class _Known:
    """What was said of one roadmap, and how often it failed since it last worked."""

    waiting: set[Hashable] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    failures: int = 0
    told: bool = False


class Memory:
    """What was said, by roadmap, since the daemon began. ``patience`` failures in a row are one piece of news."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def news(self, run: Finished, patience: int) -> tuple[News, ...]:
        """What a run brought that was not said before."""
        known = self._known.setdefault(run.name, _Known())
        return (*self._health(known, run, patience), *self._waiting(known, run))

    def _health(self, known: _Known, run: Finished, patience: int) -> Iterator[News]:
        if run.result in WORKING:
            if known.told:
                yield _recovered(known.failures)
            known.failures, known.told = 0, False
        elif _failed(run):
            known.failures += 1
            if known.failures >= patience and not known.told:
                known.told = True
                yield _failing(run, known.failures)

    def _waiting(self, known: _Known, run: Finished) -> Iterator[News]:
        report = run.report
        if report is None:
            return
        said = {**_conflicts(report.plan), **_held(report.plan)}
        for key, one in said.items():
            if key not in known.waiting:
                yield one
        # A side that was out of sight hides its conflicts: they are not decided, and shall not be news again.
        known.waiting = set(said) if not report.unavailable else known.waiting | set(said)
        if report.verdict.refused:
            if report.verdict.digest not in known.digests:
                yield _refused(run.name, report.verdict)
            known.digests.add(report.verdict.digest)
        elif not report.unavailable:
            known.digests = set()


def _failed(run: Finished) -> bool:
    """Whether nothing came of it. A long export is many runs with work left, and every one of them does something."""
    if run.result not in ("error", "partial", "later"):
        return False
    progress = any(one.result == "done" for one in run.outcomes)
    return run.report is None or bool(run.report.unavailable) or not progress


def _conflicts(plan: Plan) -> dict[Hashable, News]:
    return {
        ("conflict", *_who(one), one.field): _conflict(one) for one in plan.conflicts if one.winner is None
    }


def _held(plan: Plan) -> dict[Hashable, News]:
    return {("held", *_who(one)): _held_one(one) for one in plan.held}


def _who(one: Conflict | Held) -> tuple[Uid | str, ...]:
    """A provisional uid may be another one in the next run."""
    return (one.title,) if provisional(one.uid) else (one.uid, "")


def _conflict(one: Conflict) -> News:
    # The values of a milestone are uids, which tell a person nothing.
    values = (
        {}
        if one.field is Field.MILESTONE
        else {side: cut(value(it), _LONG) for side, it in one.values.items()}
    )
    seen = ", ".join(f"{side}: {it}" for side, it in values.items())
    title, name = cut(one.title, _LONG), one.field.value
    return News(
        "conflict",
        f"“{title}”: {name} differs{f' ({seen})' if seen else ''}; nothing of it changes until you choose",
        {"uid": one.uid, "title": title, "field": name, "values": values, "sides": list(one.values)},
        "syncd conflicts"
        if provisional(one.uid)
        else f"syncd conflicts take {one.uid} {name} {'|'.join(one.values)}",
    )


def _held_one(one: Held) -> News:
    title = cut(one.title, _LONG)
    return News(
        "held", f"“{title}” is held: {one.reason}", {"uid": one.uid, "title": title, "reason": one.reason}
    )


def _refused(name: str, verdict: Verdict) -> News:
    reasons = [f"{one.remote}: {one.reason}" for one in verdict.refusals]
    final = any(one.final for one in verdict.refusals)
    look, approve = f"syncd run {name} --dry-run", f"syncd run {name} --approve {verdict.digest}"
    return News(
        "refused",
        f"a plan was refused, nothing is written: {'; '.join(reasons)}",
        {"digest": verdict.digest, "reasons": reasons, "approve": None if final else approve},
        look if final else approve,
    )


def _failing(run: Finished, failures: int) -> News:
    reason = _reason(run)
    return News(
        "failing", f"failed {failures} times in a row: {reason}", {"failures": failures, "reason": reason}
    )


def _recovered(failures: int) -> News:
    return News("recovered", f"works again, after {failures} failures", {"failures": failures})


def _reason(run: Finished) -> str:
    if run.report is None:
        return run.error
    away = [f"{one.remote}: {one.reason}" for one in run.report.unavailable]
    stopped = [f"{one.remote}: {one.stopped}" for one in run.report.outcomes if one.stopped]
    rejected = [f"{one.remote}: {one.message}" for one in run.outcomes if one.result == "rejected"]
    return "; ".join([*away, *stopped, *rejected][:3]) or run.result
