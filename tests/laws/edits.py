"""Roadmaps as people edit them: a document whose lines know who they are, and scripts of human edits.

The identities are the generator's own. A matching is judged by them, never by titles.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from rapidfuzz import fuzz

from syncd.model.outline import ChecklistItem, Milestone, MilestoneKey, Outline, Task, TaskKey
from syncd.model.values import MilestoneState, TaskState


def _list(text: str) -> list[str]:
    return text.split("|")


VERBS = _list(
    "Add|Implement|Create|Write|Refactor|Update|Support|Improve|Remove|Design|Document|Test|Fix|Ship"
)
THINGS = _list(
    "cache layer|retry logic|login page|connection pool|release notes|query planner|rate limiter|audit log|"
    "search index|metrics endpoint|type hints|import wizard|billing report|backup job|plugin loader|dark theme|"
    "session store|error pages|webhook receiver|config file|schema migration|load balancer|user guide|api client|"
    "file uploads|permission model|email templates|feature flags|integration tests|unit tests|benchmarks|sandbox"
)
TAILS = _list(
    "|for the admin area|with retries|in the background|(part two)|over HTTP/2|for large files|without downtime|"
    "behind a flag|for Windows|and document it|from the command line|with strict types|per tenant"
)
SWAPS = _list("new|old|fast|small|whole|shared|async|remote|basic|final|internal|public|nightly|single")


@dataclass(frozen=True)
class Line:
    """A task with the generator's identity (``who``); ``number`` is its place in the author's numbering, if any.

    ``first`` is the title before the first rename.
    """

    who: int
    title: str
    number: str | None = None
    section: tuple[str, ...] = ()
    done: bool = False
    first: str = ""
    items: tuple[str, ...] = ()
    notes: str = ""

    @property
    def text(self) -> str:
        """The title as the file shows it."""
        return f"Task {self.number}: {self.title}" if self.number else self.title


@dataclass
class Chapter:
    """A milestone with its lines."""

    who: int
    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Story:
    """A roadmap, the counter of its identities, and what was done to it."""

    chapters: list[Chapter]
    numbered: bool
    born: int
    log: list[str] = field(default_factory=list)
    titles: Sequence[str] = ()
    """What new tasks are called; invented where empty."""
    used: set[str] = field(default_factory=set)
    """Every title that ever stood here: a line that comes back is a law of its own, and so are twins."""

    def copy(self) -> Story:
        """The same roadmap, to be edited on its own."""
        chapters = [Chapter(one.who, one.title, list(one.lines)) for one in self.chapters]
        used = {line.title.casefold() for line in self.lines()}
        return Story(chapters, self.numbered, self.born, titles=self.titles, used=used)

    def lines(self) -> Iterator[Line]:
        """All lines in document order."""
        for chapter in self.chapters:
            yield from chapter.lines

    def outline(self) -> Outline:
        """The roadmap as reading gives it; keys count in document order, as :meth:`lines` does."""
        milestones, key, row = [], 0, 0
        for place, chapter in enumerate(self.chapters):
            row += 2
            heading, tasks = row, []
            for line in chapter.lines:
                row += 1
                tasks.append(_task(line, key, place, row))
                key += 1
            title = chapter.title
            milestones.append(
                Milestone(MilestoneKey(place), title, MilestoneState.OPEN, heading, tasks=tuple(tasks))
            )
        return Outline(milestones=tuple(milestones))


def _task(line: Line, key: int, place: int, row: int) -> Task:
    state = TaskState.DONE if line.done else TaskState.OPEN
    return Task(
        TaskKey(key),
        line.text,
        state,
        row,
        "box",
        MilestoneKey(place),
        line.number,
        section=line.section,
        checklist=tuple(ChecklistItem(text, TaskState.OPEN, row) for text in line.items),
        notes=line.notes,
    )


def invented(rng: random.Random) -> str:
    """A title as tasks have them; the vocabulary is small, so unrelated titles are often alike."""
    return f"{rng.choice(VERBS)} {rng.choice(THINGS)} {rng.choice(TAILS)}".strip()


def generated(rng: random.Random) -> Story:
    """A roadmap of 2 to 6 milestones with 2 to 12 tasks, numbered or not, with sections or not."""
    numbered, sectioned, born, chapters = rng.random() < 0.5, rng.random() < 0.3, 0, []
    titles: set[str] = set()
    for place in range(rng.randint(2, 6)):
        chapter = Chapter(-place - 1, f"Phase {place + 1}: {rng.choice(THINGS).title()} {place}")
        for index in range(rng.randint(2, 12)):
            title = fresh(rng, titles)
            number = f"{place + 1}.{index + 1}" if numbered else None
            chapter.lines.append(Line(born, title, number, (f"Part {index // 4}",) if sectioned else ()))
            born += 1
        chapters.append(chapter)
    return Story(chapters, numbered, born)


def alike(first: str, second: str) -> float:
    """0 to 100, by letters or by words in whatever order."""
    one, other = _plain(first), _plain(second)
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))


@cache
def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))


def fresh(rng: random.Random, taken: set[str], titles: Sequence[str] = ()) -> str:
    """A title that is no other's, and no rewording of one: not even half alike to any that ever stood here.

    A deletion and an insertion of like titles in one place *are* a rename to whoever sees only before and after.
    """
    for _ in range(40):
        title = rng.choice(titles) if titles else invented(rng)
        if all(alike(title, other) < 50 for other in taken):
            break
    else:
        title = f"{rng.choice(VERBS)} {''.join(rng.choices('bcdfgklmnprstvz', k=12))} {rng.randrange(10**6)}"
    taken.add(title.casefold())
    return title


def _pick(rng: random.Random, story: Story) -> tuple[Chapter, int] | None:
    full = [chapter for chapter in story.chapters if chapter.lines]
    if not full:
        return None
    chapter = rng.choice(full)
    return chapter, rng.randrange(len(chapter.lines))


def reworded(rng: random.Random, title: str) -> str:
    """The title in other words: from a mended typo to half of it replaced."""
    words = title.split()
    match rng.randrange(6):
        case 0:
            return f"{title} {rng.choice(TAILS[1:])}"
        case 1:
            return " ".join(words[: max(2, len(words) * 2 // 3)])
        case 2:
            at = rng.randrange(len(words))
            return " ".join([*words[:at], rng.choice(SWAPS), *words[at + 1 :]])
        case 3:
            half = rng.sample(range(len(words)), max(1, len(words) // 2))
            return " ".join(rng.choice(SWAPS) if at in half else word for at, word in enumerate(words))
        case 4:
            return f"{rng.choice(VERBS)} {' '.join(words[1:])} {rng.choice(SWAPS)} {rng.choice(SWAPS)}"
        case _:
            return f"{' '.join(words[len(words) // 2 :])}: {rng.choice(SWAPS)} {words[0].lower()}"


def rename(rng: random.Random, story: Story) -> None:
    """One title in other words that still show where they come from; half of the renames are below 70 alike."""
    if found := _pick(rng, story):
        rename_line(rng, story, *found, wild=rng.random() < 0.5)


def rename_line(rng: random.Random, story: Story, chapter: Chapter, at: int, *, wild: bool) -> None:
    """This title in other words, nearer to its own than to any that ever stood here; ``wild``: below 70 alike."""
    old = chapter.lines[at]
    origin = old.first or old.title
    for _ in range(40):
        new = reworded(rng, old.title)
        # Twice renamed is once renamed from where the state stands.
        score = alike(origin, new)
        stranger = max(
            (alike(other, new) for other in story.used - {origin.casefold(), old.title.casefold()}), default=0
        )
        if new.casefold() not in story.used and max(50, stranger) <= score < (70 if wild else 100):
            story.used.add(new.casefold())
            chapter.lines[at] = replace(old, title=new, first=origin)
            story.log.append(f"rename {score:.0f}: {old.title!r} → {new!r}")
            return


def move(rng: random.Random, story: Story) -> None:
    """A task goes to another milestone, anywhere in it."""
    found = _pick(rng, story)
    if found is None or len(story.chapters) < 2:
        return
    chapter, at = found
    target = rng.choice([one for one in story.chapters if one is not chapter])
    place = rng.randint(0, len(target.lines))
    section = target.lines[place - 1].section if place else ()
    target.lines.insert(place, replace(chapter.lines.pop(at), section=section))
    story.log.append(f"move {target.lines[place].title!r}")


def reorder(rng: random.Random, story: Story) -> None:
    """A task goes to another place in its milestone."""
    found = _pick(rng, story)
    if found is None:
        return
    chapter, at = found
    line = chapter.lines.pop(at)
    chapter.lines.insert(rng.randint(0, len(chapter.lines)), line)
    story.log.append(f"reorder {line.title!r}")


def tick(rng: random.Random, story: Story) -> None:
    """A box is ticked or unticked."""
    if found := _pick(rng, story):
        chapter, at = found
        chapter.lines[at] = replace(chapter.lines[at], done=not chapter.lines[at].done)


def delete(rng: random.Random, story: Story) -> None:
    """A line goes."""
    if found := _pick(rng, story):
        chapter, at = found
        story.log.append(f"delete {chapter.lines.pop(at).title!r}")


def insert(rng: random.Random, story: Story) -> Chapter:
    """A new line comes; in a numbered roadmap it takes the number behind the highest."""
    chapter = rng.choice(story.chapters)
    place = rng.randint(0, len(chapter.lines))
    section = chapter.lines[place - 1].section if place else ()
    title = fresh(rng, story.used, story.titles)
    number = f"{story.chapters.index(chapter) + 1}.{len(chapter.lines) + 1}" if story.numbered else None
    chapter.lines.insert(place, Line(story.born, title, number, section))
    story.born += 1
    story.log.append(f"insert {title!r}")
    return chapter


def insert_and_renumber(rng: random.Random, story: Story) -> None:
    """A new line in the middle, and all numbers of its milestone count anew."""
    chapter = insert(rng, story)
    renumber(story, chapter)


def renumber(story: Story, chapter: Chapter) -> None:
    """Every number of a milestone says the place again."""
    if not story.numbered:
        return
    place = story.chapters.index(chapter) + 1
    chapter.lines[:] = [replace(line, number=f"{place}.{at}") for at, line in enumerate(chapter.lines, 1)]
    story.log.append(f"renumber {chapter.title!r}")


def retitle_chapter(rng: random.Random, story: Story) -> None:
    """A milestone is renamed."""
    chapter = rng.choice(story.chapters)
    chapter.title = f"{chapter.title.split(':')[0]}: {rng.choice(THINGS).title()} {rng.randrange(1000)}"
    story.log.append(f"milestone {chapter.title!r}")


Edit = Callable[[random.Random, Story], object]
EDITS: tuple[Edit, ...] = (rename, rename, move, reorder, insert_and_renumber, tick, insert, delete)


def storm(rng: random.Random, base: Story) -> Story:
    """A script of 1 to 30 human edits."""
    story = base.copy()
    for _ in range(rng.randint(1, 30)):
        rng.choice(EDITS)(rng, story)
    if rng.random() < 0.3:
        retitle_chapter(rng, story)
    return story
