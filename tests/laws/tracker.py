"""What trackers send to a roadmap: one random change or several, with the titles that people and strangers write."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from syncd.model.changes import (
    AddItem,
    AddTask,
    MoveTask,
    RoadmapChange,
    SetMilestone,
    SetTask,
    StampTask,
    TickItem,
)
from syncd.model.outline import Milestone, Outline, Task
from syncd.model.values import Field, MilestoneState, TaskState, Uid

WORDS = (
    "cache layer", "retry logic", "login page", "release notes", "rate limiter", "audit log", "search index",
    "type hints", "dark theme", "error pages", "schema migration", "user guide", "unit tests", "file uploads",
)  # fmt: skip
STRANGE = (
    "Add __init__.py to {}", "__all__ of {}", "use @angular 17 {}", "@ann do {}",
    "*Star* and **bold** {}", "snake_case_name of {}", "_under_ {}", "[link](https://example.org) {}", "[brackets] {}",
    "a | b | {}", "`code` for {}", "``two ` ticks`` {}", "# {}", "### {}", "1. {}", "12) {}", "- [x] {}", "- {}",
    "+ {}", "> {}", "מטלה {}", "مهمة {}", "\u202eright to left {}", "🚀 {}", "✅ {}", "{} ✅", "🚧 {} (3-4 hours)",
    "DONE: {}", "{} - COMPLETED", "{} (2/5 Complete)", "{} 50% done", "~~{}~~", "  {}  ", "\t{}\n", "x\n- [x] fake {}",
    "<!-- syncd:abc --> {}", "<b>{}</b>", "{} &amp; more &lt;", "@bob #tag {}", "Task 9.9: {}", "T099 [P] {}",
    "{} (due 2026-01-15)", "📅 2026-01-15 {}", "Priority: HIGH {}", "**Status**: done {}", "{} \\", "\\[x\\] {}",
    "[x] {}", "[ ] {}", "https://example.org/a_b_c?d=e#f {}", "GH-9 {}", "#9 {}", "owner/repo#9 {}", "/close {}",
    "---", "===", "| {} |", "{} ###", "Phase 9: {}", "v2.0 {}", "{}:", "(COMPLETED) {}", "$x_1$ * {} * y", "café №7 {}",
    "{}" + " and all that belongs to it" * 7, "«{}»", "任务：{}", "Done", "Definition of Done", "!{}", "^{}",
)  # fmt: skip


def title(rng: random.Random) -> str:
    """Half of them plain."""
    words = f"{rng.choice(('Add', 'Fix', 'Write', 'Test'))} {rng.choice(WORDS)} {rng.randrange(100)}"
    return words if rng.random() < 0.5 else rng.choice(STRANGE).format(words)


def retitled(rng: random.Random, old: str) -> str:
    """A new title; often the old one with another word, as people rename."""
    words = old.split(" ")
    if rng.random() < 0.4 and len(words) > 1:
        at = rng.randrange(len(words))
        words[at] = rng.choice(("new", "shared", "*small*", "C++", "a_b", "№7"))
        return " ".join(words)
    return f"{words[0]} {words[1]} {title(rng)}" if rng.random() < 0.3 and len(words) > 2 else title(rng)


Maker = Callable[[random.Random, Outline], RoadmapChange | None]


def _some(rng: random.Random, outline: Outline) -> Task:
    return rng.choice(list(outline.tasks()))


def _milestone(rng: random.Random, outline: Outline) -> Milestone | None:
    return rng.choice(outline.milestones) if outline.milestones else None


def state(rng: random.Random, outline: Outline) -> RoadmapChange:
    """Closed, reopened, dropped, begun."""
    return SetTask(_some(rng, outline).key, Field.STATE, rng.choice(list(TaskState)).value)


def close(rng: random.Random, outline: Outline) -> RoadmapChange:
    """The edit that trackers send most: an open one is closed."""
    waiting = [one for one in outline.tasks() if not one.state.closed] or list(outline.tasks())
    return SetTask(rng.choice(waiting).key, Field.STATE, "done")


def rename(rng: random.Random, outline: Outline) -> RoadmapChange:
    task = _some(rng, outline)
    return SetTask(task.key, Field.TITLE, retitled(rng, task.title))


def move(rng: random.Random, outline: Outline) -> RoadmapChange | None:
    milestone = _milestone(rng, outline)
    return MoveTask(_some(rng, outline).key, milestone.key) if milestone else None


def add(rng: random.Random, outline: Outline) -> RoadmapChange:
    milestone = _milestone(rng, outline)
    uid, state = (
        Uid(f"+{rng.randrange(10**6)}"),
        rng.choice((TaskState.OPEN, TaskState.OPEN, TaskState.IN_PROGRESS)),
    )
    return AddTask(uid, milestone.key if milestone else None, title(rng), state)


def tick(rng: random.Random, outline: Outline) -> RoadmapChange | None:
    listed = [one for one in outline.tasks() if one.checklist]
    if not listed:
        return None
    task = rng.choice(listed)
    item = rng.randrange(len(task.checklist))
    return TickItem(
        task.key, item, not task.checklist[item].done if rng.random() < 0.8 else rng.random() < 0.5
    )


def append(rng: random.Random, outline: Outline) -> RoadmapChange:
    return AddItem(_some(rng, outline).key, title(rng), rng.random() < 0.3)


def stamp(rng: random.Random, outline: Outline) -> RoadmapChange:
    return StampTask(_some(rng, outline).key, Uid(f"{rng.randrange(16**8):08x}"))


def metadata(rng: random.Random, outline: Outline) -> RoadmapChange | None:
    """Labels, assignees or a due date, where the text has a place for them."""
    places = [(task, name) for task in outline.tasks() for name in sorted(task.writable)]
    if not places:
        return None
    task, name = rng.choice(places)
    match name.split("."):
        case ["labels", key]:
            others = [pair for pair in task.labels if pair[0] != key]
            value = rng.choice(("low", "medium", "high", "very high", "later"))
            return SetTask(task.key, Field.LABELS, tuple(sorted([*others, (key, value)])))
        case ["assignees"]:
            names = rng.sample(("ann", "bob", "eve-2", "x.y"), rng.randint(1, 2))
            return SetTask(task.key, Field.ASSIGNEES, tuple(sorted(names)))
        case _:
            return SetTask(task.key, Field.DUE, f"2027-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}")


def milestone_title(rng: random.Random, outline: Outline) -> RoadmapChange | None:
    milestone = _milestone(rng, outline)
    return SetMilestone(milestone.key, Field.TITLE, retitled(rng, milestone.title)) if milestone else None


def milestone_state(rng: random.Random, outline: Outline) -> RoadmapChange | None:
    milestone = _milestone(rng, outline)
    state = rng.choice(list(MilestoneState)).value
    return SetMilestone(milestone.key, Field.STATE, state) if milestone else None


def milestone_due(rng: random.Random, outline: Outline) -> RoadmapChange | None:
    dated = [one for one in outline.milestones if "due" in one.writable]
    return (
        SetMilestone(rng.choice(dated).key, Field.DUE, f"2027-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}")
        if dated
        else None
    )


def add_milestone(rng: random.Random, outline: Outline) -> RoadmapChange:
    """An adopted issue in a milestone that the roadmap does not have; two of a batch may share it."""
    heading = " ".join(rng.choice((f"Milestone of {rng.choice(WORDS[:3])}", title(rng))).split())
    taken = {one.title for one in outline.milestones}
    return AddTask(
        Uid(f"+{rng.randrange(10**6)}"), None, title(rng), TaskState.OPEN, "" if heading in taken else heading
    )


KINDS: tuple[Maker, ...] = (
    close, state, rename, rename, move, add, add_milestone, tick, append, stamp, metadata,
    milestone_title, milestone_state, milestone_due,
)  # fmt: skip


def changes(rng: random.Random, outline: Outline, count: int) -> tuple[RoadmapChange, ...]:
    """So many changes of different things; fewer where there are not so many."""
    found: dict[object, RoadmapChange] = {}
    for kind in _kinds(rng, count):
        change = kind(rng, outline)
        if change is not None:
            found[_what(change)] = change
    return tuple(found.values())


def _kinds(rng: random.Random, count: int) -> Iterator[Maker]:
    if count == 1:
        yield from rng.sample(KINDS, 1)
        return
    yield from rng.choices(KINDS, k=count)


def _what(change: RoadmapChange) -> object:
    match change:
        case SetTask(task, field):
            return "task", task, field
        case MoveTask(task):
            return "move", task
        case TickItem(task, item):
            return "tick", task, item
        case SetMilestone(milestone, field):
            return "milestone", milestone, field
        case StampTask(task):
            return "stamp", task
        case _:
            return change


def kind(change: RoadmapChange) -> str:
    """What a change is called in the figures."""
    if isinstance(change, AddTask) and change.heading:
        return "AddTask.milestone"
    field = getattr(change, "field", None)
    return f"{type(change).__name__}{'.' + field.value if field else ''}"


def shown(changes: Sequence[RoadmapChange]) -> str:
    return "\n".join(f"  {one}" for one in changes)
