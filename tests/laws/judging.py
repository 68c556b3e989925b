"""What a matching did to the identities of a storm, judged by those that only the generator knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from syncd.model.links import KnownTask, Ledger, Link, Pair
from syncd.model.outline import MilestoneKey, Outline, TaskKey
from syncd.model.remote import Ref
from syncd.model.values import Field, Uid
from syncd.plan.match import match, remember
from syncd.plan.similarity import bare_title
from syncd.plan.world import Matching
from tests.laws.edits import Chapter, Line, Story


@dataclass
class Verdict:
    """What a matching did to the identities of one or many storms."""

    tasks: int = 0
    wrong: list[str] = field(default_factory=list)
    recreated: list[str] = field(default_factory=list)
    held: int = 0
    scripts: int = 0
    renumbered: int = 0
    renames: list[float] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        self.tasks += other.tasks
        self.wrong += other.wrong
        self.recreated += other.recreated
        self.held += other.held
        self.scripts += other.scripts
        self.renumbered += other.renumbered
        self.renames += other.renames


def known(story: Story) -> tuple[Ledger, dict[int, Uid]]:
    """The state after a first sync of the story, and the uid of every identity."""
    outline = story.outline()
    matching = match(outline, Ledger("main", "lineage"))
    ledger = settled(Ledger("main", "lineage"), outline, matching)
    minted = {task.position: task.uid for task in ledger.tasks.values()}
    headings = {one.position: uid for uid, one in ledger.milestones.items()}
    uids = {line.who: minted[at] for at, line in enumerate(story.lines())}
    links = tuple(_link(uids[line.who], at, line) for at, line in enumerate(story.lines(), 1))
    return replace(ledger, links=links), uids | {
        chapter.who: headings[at] for at, chapter in enumerate(story.chapters)
    }


def _link(uid: Uid, number: int, line: Line) -> Link:
    items = tuple((text, False) for text in line.items)
    base = {Field.NOTES: Pair(line.notes, line.notes), Field.CHECKLIST: Pair(items, items)}
    return Link(uid, "hub", Ref(number, f"I_{number}"), base=base)


def settled(ledger: Ledger, outline: Outline, matching: Matching) -> Ledger:
    """The ledger as the state keeps it after a run: provisional uids are minted."""
    tasks, milestones = remember(outline, matching)

    def mint(uid: Uid) -> Uid:
        return Uid(f"{uid[1:]}-{ledger.serial}") if uid.startswith("+") else uid

    gone = {uid: replace(ledger.tasks[uid], removed=True) for uid in matching.gone & ledger.tasks.keys()}
    lost = {
        uid: replace(ledger.milestones[uid], removed=True) for uid in matching.gone & ledger.milestones.keys()
    }
    return replace(
        ledger,
        serial=ledger.serial + 1,
        tasks={
            **ledger.tasks,
            **{
                mint(task.uid): replace(
                    task,
                    uid=mint(task.uid),
                    milestone=None if task.milestone is None else mint(task.milestone),
                )
                for task in tasks
            },
            **gone,
        },
        milestones={
            **ledger.milestones,
            **{mint(one.uid): replace(one, uid=mint(one.uid)) for one in milestones},
            **lost,
        },
    )


@dataclass(frozen=True)
class Mistaken:
    """A line with the identity of another task: that task, the line's own one, and where that other task stands."""

    line: Line
    got: KnownTask
    own: KnownTask | None
    owner: Line | None


def twins(case: Mistaken) -> bool:
    """Twins that swap places read as before: nobody could tell, and nothing is lost."""
    return case.own is not None and title_of(case.got) == title_of(case.own)


def judge(base: Story, after: Story, excuse: Callable[[Mistaken], bool] = twins) -> Verdict:
    """Match ``after`` against what is known of ``base``; what is excused is no mistake."""
    ledger, uid_of = known(base)
    matching = match(after.outline(), ledger)
    verdict = Verdict(tasks=len(ledger.tasks), held=len(matching.held_uids), scripts=1)
    verdict.renumbered = any(entry.startswith("renumber") for entry in after.log)
    verdict.renames = [
        float(entry.split()[1].rstrip(":")) for entry in after.log if entry.startswith("rename")
    ]
    story = "\n    ".join(after.log)
    standing = {uid_of.get(line.who): line for line in after.lines()}
    for key, line in enumerate(after.lines()):
        got, want = matching.tasks[TaskKey(key)], uid_of.get(line.who)
        case = got in ledger.tasks and got != want
        excused = case and excuse(_case(ledger, line, got, want, standing))
        if case and not excused:
            verdict.wrong.append(f"{line.text!r} got {ledger.tasks[got].title!r}\n    {story}")
        if want in matching.gone and not excused:
            verdict.recreated.append(f"{line.text!r} was {ledger.tasks[want].title!r}\n    {story}")
    for place, chapter in enumerate(after.chapters):
        # Where most of a milestone stands under another heading, that one is it to any reader.
        away = len(_away(base, after, chapter)) * 2 > len(
            _of(base, chapter) & {one.who for one in after.lines()}
        )
        strayed = chapter.who in uid_of and matching.milestones[MilestoneKey(place)] != uid_of[chapter.who]
        if strayed and not away:
            verdict.wrong.append(f"milestone {chapter.title!r}\n    {story}")
    return verdict


def _of(story: Story, chapter: Chapter) -> set[int]:
    return {line.who for one in story.chapters if one.who == chapter.who for line in one.lines}


def _away(base: Story, after: Story, chapter: Chapter) -> set[int]:
    """Who stood under this heading and stands under another now."""
    elsewhere = {line.who for one in after.chapters if one.who != chapter.who for line in one.lines}
    return _of(base, chapter) & elsewhere


def _case(
    ledger: Ledger, line: Line, got: Uid, want: Uid | None, standing: Mapping[Uid | None, Line]
) -> Mistaken:
    task = ledger.tasks[got]
    twins_of = [uid for uid, other in ledger.tasks.items() if title_of(other) == title_of(task)]
    # Of twins that are known, the one whose line is gone: they are one to any reader.
    gone = next((uid for uid in twins_of if uid not in standing), got)
    return Mistaken(line, task, ledger.tasks[want] if want else None, standing.get(gone))


def title_of(task: KnownTask) -> str:
    """Its title without its number."""
    return bare_title(task.title, task.identifier)
