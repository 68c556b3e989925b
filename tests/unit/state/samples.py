"""One of everything that a state can hold, and how it is opened here: with a clock that stands still."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from syncd.model.links import (
    Approval,
    Contest,
    Decision,
    Intent,
    KnownMilestone,
    KnownRemote,
    KnownTask,
    Link,
    Pair,
    Settle,
    Tombstone,
)
from syncd.model.outline import Reading
from syncd.model.remote import Issue, Marker, Ref, RemoteMilestone
from syncd.model.values import Field, Kind, MilestoneState, TaskState, Uid
from syncd.state import (
    AuditEntry,
    Contests,
    Created,
    Missed,
    Remembered,
    SeenIssue,
    SeenMilestone,
    Store,
    Word,
)
from syncd.state.opening import OURS, Migrations

NOW = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)

TASK = KnownTask(Uid("t1"), "Größe \udcff\u2028 ✅", "4.1", Uid("m1"), ("1.1 Setup",), 1, 7)
MILESTONE = KnownMilestone(Uid("m1"), "Week 1", ("Plan",), 0)
LINK = Link(
    Uid("t1"),
    "github",
    Ref(7, "I_7"),
    base={
        Field.TITLE: Pair("a", "b"),
        Field.CHECKLIST: Pair((("x", True), ("y", False)), ()),
        Field.MILESTONE: Pair("m1", 3),
        Field.DUE: Pair(None, "2026-01-01"),
    },
    managed=frozenset({"p: high", "doing"}),
    closed_by_us=True,
)
MILESTONE_LINK = Link(Uid("m1"), "github", Ref(3, "M_3"), Kind.MILESTONE)
TOMBSTONE = Tombstone(Uid("t9"), "github", Ref(9, "I_9"), Kind.TASK, "gone", "removed", closed_by_us=True)
CONTEST = Contest(
    Uid("t1"), Field.LABELS, {"roadmap": (("priority", "high"),), "github": ("low",)}, None, "T"
)
DECISION = Decision(Uid("t1"), Field.LABELS, (("priority", "high"),))
SETTLE = Settle(Uid("t1"), "github", Field.STATE, Pair("done", "done"))
INTENT = Intent(
    0,
    "update_issue",
    "github",
    Uid("t1"),
    NOW,
    Ref(7, "I_7"),
    (SETTLE,),
    before="x",
    number_floor=6,
    title="T",
)
REMOTE = KnownRemote("github", "R_1", "acme/widgets", "bot", "2026-03-01T12:00:00Z", NOW, synced=True)
APPROVAL = Approval("d1", frozenset({"a", "b"}))
READING = Reading(2, ("Week 1", "Week 2"))
ISSUE = Issue(
    Ref(7, "I_7"),
    "Ship <!-- it",
    TaskState.IN_PROGRESS,
    3,
    ("bug",),
    ("ann",),
    date(2026, 1, 2),
    "body\r\n",
    block=True,
    checklist=(("x", True),),
    marker=Marker("main", "L", Uid("t1")),
    section=("a",),
)
STONE = RemoteMilestone(Ref(3, "M_3"), "Week 1", MilestoneState.OPEN, date(2026, 2, 1), 4)
ENTRY = AuditEntry(
    NOW,
    "r1",
    "main",
    "update_issue",
    "done",
    "github",
    Uid("t1"),
    Ref(7, "I_7"),
    "T",
    (("title", "a", ("b", 1)),),
)

EVERYTHING: tuple[Word, ...] = (
    TASK,
    MILESTONE,
    LINK,
    MILESTONE_LINK,
    TOMBSTONE,
    Contests((CONTEST,)),
    DECISION,
    REMOTE,
    APPROVAL,
    Remembered(READING, "scope", "main"),
    SeenIssue("github", ISSUE),
    SeenMilestone("github", STONE),
    Missed("github", Kind.TASK, 12, NOW - timedelta(minutes=1)),
    Created("api.github.com", NOW),
    ENTRY,
)


def clock() -> datetime:
    return NOW


def mint() -> str:
    return "6f1c-lineage"


def open_store(path: Path, *, read_only: bool = False, migrations: Migrations = OURS) -> Store:
    return Store.open(
        path, clock=clock, mint=mint, read_only=read_only, busy_seconds=0.05, migrations=migrations
    )
