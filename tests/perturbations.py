"""One base world, perturbed once for the roadmap and once for each remote: so that edits really meet.

Independent random sides would hardly ever touch the same field of the same task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from syncd.model.outline import ChecklistItem, Task
from syncd.model.policy import LabelRules, Policy
from syncd.model.remote import Capabilities, Ref, RemoteMilestone
from syncd.model.values import MilestoneState, TaskState, Uid
from syncd.plan.world import World
from tests.carrying import synced
from tests.worlds import (
    GITHUB,
    GITLAB,
    POLICY,
    box,
    edit_issue,
    edit_milestone,
    edit_milestone_there,
    edit_task,
    issue_of,
    move_task,
    put_milestone,
    seen,
    stranger,
    task_of,
    tick,
)

Edit = Callable[[World], World]

STATES = st.sampled_from(list(TaskState))
THERE = st.sampled_from([TaskState.OPEN, TaskState.DONE, TaskState.DROPPED])
WORDS = st.sampled_from(["read", "write", "plan", "merge", "judge"])
ITEMS = st.lists(st.tuples(WORDS, st.booleans()), max_size=3)
PRIORITY = st.sampled_from(["", "high", "low"])
TAGS = st.sets(st.sampled_from(["x", "y"]))
PEOPLE = st.sets(st.sampled_from(["ann", "bob", "unmapped"]))
DAYS = st.sampled_from([None, date(2026, 1, 1), date(2026, 2, 2)])
FOREIGN = st.sets(st.sampled_from(["bug", "help wanted"]))
IN_PROGRESS = replace(POLICY, labels=LabelRules({**POLICY.labels.patterns, "in_progress": "doing"}))


def _labels(priority: str, tags: set[str]) -> tuple[tuple[str, str], ...]:
    pairs = [("priority", priority)] if priority else []
    return tuple(sorted(pairs + [("tags", tag) for tag in tags]))


def _names(priority: str, tags: set[str], foreign: set[str]) -> tuple[str, ...]:
    names = [f"priority: {priority}"] if priority else []
    return tuple(sorted([*names, *(f"tag/{tag}" for tag in tags), *foreign]))


@st.composite
def tasks(draw: st.DrawFn, title: str) -> Task:
    """A task with anything in any field."""
    return box(
        title,
        draw(STATES),
        checklist=draw(ITEMS),
        notes=draw(WORDS),
        labels=_labels(draw(PRIORITY), draw(TAGS)),
        assignees=tuple(sorted(draw(PEOPLE))),
        due=draw(DAYS),
    )


@st.composite
def bases(draw: st.DrawFn, remotes: int | None = None, policy: Policy | None = None) -> World:
    """A world in step: two milestones, up to four tasks, one to four remotes of different capabilities."""
    names = "abcd"[: remotes or draw(st.integers(1, 4))]
    count = draw(st.integers(1, 4))
    drawn = [draw(tasks(f"task {index}")) for index in range(count)]
    split = draw(st.integers(0, count))
    capabilities: dict[str, Capabilities] = {name: draw(st.sampled_from([GITHUB, GITLAB])) for name in names}
    chosen = policy or draw(st.sampled_from([POLICY, IN_PROGRESS]))
    return synced({"M": drawn[:split], "N": drawn[split:]}, names, capabilities=capabilities, policy=chosen)


def _titles(word: str) -> str:
    return f"renamed to {word}"


@st.composite
def roadmap_edits(draw: st.DrawFn, start: World) -> Edit:
    """One thing that an author does to one task or heading."""
    uid = draw(st.sampled_from(sorted(start.matching.tasks.values())))
    kind = draw(
        st.sampled_from(
            ["title", "state", "labels", "people", "due", "notes", "tick", "item", "move", "heading"]
        )
    )
    word, flag = draw(WORDS), draw(st.booleans())
    state, due = draw(STATES), draw(DAYS)
    labels, people = _labels(draw(PRIORITY), draw(TAGS)), tuple(sorted(draw(PEOPLE)))
    heading = draw(st.sampled_from(sorted(start.matching.milestones.values())))

    def edit(one: World) -> World:  # noqa: PLR0911  (one return per kind of edit)
        task = task_of(one, uid)
        match kind:
            case "title":
                return edit_task(one, uid, title=_titles(word))
            case "state":
                return edit_task(one, uid, state=state)
            case "labels":
                return edit_task(one, uid, labels=labels)
            case "people":
                return edit_task(one, uid, assignees=people)
            case "due":
                return edit_task(one, uid, due=due)
            case "notes":
                return edit_task(one, uid, notes=f"{word} it")
            case "tick":
                items = tuple(replace(item, state=tick(flag)) for item in task.checklist[:1])
                return edit_task(one, uid, checklist=items + task.checklist[1:])
            case "item":
                return edit_task(
                    one, uid, checklist=(ChecklistItem(word, tick(flag), 0), *task.checklist[1:])
                )
            case "move":
                return move_task(one, uid, "M" if flag else "N")
            case _:
                return edit_milestone(one, heading, due=due)

    return edit


@st.composite
def remote_edits(draw: st.DrawFn, start: World, remote: str, *, notes: bool = True) -> Edit:
    """One thing that somebody does to one issue or milestone of a remote."""
    uid = draw(st.sampled_from(sorted(start.matching.tasks.values())))
    kinds = "title state labels people due tick item move heading foreign" + (" notes" if notes else "")
    kind = draw(st.sampled_from(kinds.split()))
    word, flag, state, due = draw(WORDS), draw(st.booleans()), draw(THERE), draw(DAYS)
    names = _names(draw(PRIORITY), draw(TAGS), draw(FOREIGN))
    people = tuple(sorted(f"{name}-{remote}" for name in draw(PEOPLE)))
    heading = draw(st.sampled_from(sorted(start.matching.milestones.values())))
    target = draw(st.sampled_from(sorted(start.matching.milestones.values())))

    def edit(one: World) -> World:  # noqa: PLR0911  (one return per kind of edit)
        issue = issue_of(one, uid, remote)
        match kind:
            case "title":
                return edit_issue(one, uid, remote, title=_titles(word))
            case "state":
                return edit_issue(one, uid, remote, state=state)
            case "labels":
                return edit_issue(one, uid, remote, labels=names)
            case "people":
                return edit_issue(one, uid, remote, assignees=people)
            case "due":
                known = due if one.capabilities[remote] is GITLAB else None
                return edit_issue(one, uid, remote, due=known)
            case "tick":
                return edit_issue(one, uid, remote, checklist=_toggled(issue.checklist))
            case "item":
                return edit_issue(one, uid, remote, checklist=(*issue.checklist, (f"{word} more", flag)))
            case "notes":
                return edit_issue(one, uid, remote, notes=f"{word} there")
            case "move":
                return edit_issue(one, uid, remote, milestone=_number(one, target, remote))
            case "heading":
                return edit_milestone_there(one, heading, remote, title=_titles(word) + heading)
            case _:
                return _foreign_place(one, uid, remote)

    return edit


def adoptable(one: World, remote: str, milestone: Uid) -> World:
    """Somebody opens an issue in a linked milestone."""
    return stranger(one, "from outside", remote, milestone=_number(one, milestone, remote))[0]


def _toggled(items: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, bool], ...]:
    return tuple((text, not done) for text, done in items[:1]) + items[1:]


def _number(one: World, uid: Uid, remote: str) -> int:
    link = one.ledger.link(uid, remote)
    assert link is not None
    return link.ref.number


def _foreign_place(one: World, uid: Uid, remote: str) -> World:
    """An issue is put into a milestone that nobody linked."""
    number = 900
    if number not in seen(one, remote).milestones:
        foreign = RemoteMilestone(Ref(number, f"{remote}-foreign"), "Theirs", MilestoneState.OPEN)
        one = put_milestone(one, remote, foreign)
    return edit_issue(one, uid, remote, milestone=number)


@st.composite
def perturbed(draw: st.DrawFn, *, most: int = 3, notes: bool = True, policy: Policy | None = None) -> World:
    """A base world after up to ``most`` edits on each side."""
    one = start = draw(bases(policy=policy))
    for edit in draw(st.lists(roadmap_edits(start), max_size=most)):
        one = edit(one)
    for remote in sorted(start.observations):
        for edit in draw(st.lists(remote_edits(start, remote, notes=notes), max_size=most)):
            one = edit(one)
    return one
