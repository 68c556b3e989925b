"""Edits at the weak spots of matching: likeness without kinship, twins, copies, splits, everything at once.

Some of them cannot be told from something else by whoever sees only before and after. There :func:`reads_as`
says which reading is no mistake; all else is.
"""

from __future__ import annotations

import random
from dataclasses import replace

from tests.laws.edits import (
    EDITS,
    SWAPS,
    THINGS,
    Chapter,
    Edit,
    Line,
    Story,
    alike,
    generated,
    invented,
    rename_line,
    renumber,
    retitle_chapter,
    reworded,
)
from tests.laws.judging import Mistaken, title_of, twins


def with_twins(rng: random.Random) -> Story:
    """A roadmap in which some titles stand twice or three times, in one milestone or in several."""
    story = generated(rng)
    for _ in range(rng.randint(1, 4)):
        paste(rng, story)
    for chapter in story.chapters:
        renumber(story, chapter)
    story.log.clear()
    return story


CHORES = ("Write the tests", "Update the documentation", "Ask for a review")
"""What stands under many tasks, and says nothing of any."""


def furnished(rng: random.Random, story: Story) -> Story:
    """The same roadmap with notes or checklists under half of its tasks."""
    for chapter in story.chapters:
        for at, line in enumerate(chapter.lines):
            if rng.random() < 0.5:
                own = [f"{invented(rng)} {rng.randrange(10**4)}" for _ in range(rng.randint(1, 5))]
                items = (*own, *rng.sample(CHORES, rng.randint(0, 3)))
                notes = f"Why: {invented(rng)}, as of {rng.randrange(10**4)}." if rng.random() < 0.3 else ""
                chapter.lines[at] = replace(line, items=items, notes=notes)
    return story


def rework_items(rng: random.Random, story: Story) -> None:
    """A checklist loses an item, gets one, and has one reworded."""
    full = [(one, at) for one in story.chapters for at in range(len(one.lines)) if one.lines[at].items]
    if not full:
        return
    chapter, at = rng.choice(full)
    items = list(chapter.lines[at].items)
    items[rng.randrange(len(items))] += " as well"
    items.insert(rng.randint(0, len(items)), invented(rng))
    items.pop(rng.randrange(len(items)))
    chapter.lines[at] = replace(chapter.lines[at], items=tuple(items))


def insert_alike(rng: random.Random, story: Story) -> None:
    """A new task is called nearly as another that stands or stood there."""
    like, chapter = rng.choice(sorted(story.used)), rng.choice(story.chapters)
    for _ in range(40):
        title = reworded(rng, like)
        if title.casefold() not in story.used and 50 <= alike(like, title) < 100:
            break
    else:
        return
    story.used.add(title.casefold())
    place = rng.randint(0, len(chapter.lines))
    section = chapter.lines[place - 1].section if place else ()
    number = f"{story.chapters.index(chapter) + 1}.{len(chapter.lines) + 1}" if story.numbered else None
    chapter.lines.insert(place, Line(story.born, title, number, section))
    story.born += 1
    story.log.append(f"insert {title!r}, like {like!r}")


def paste(rng: random.Random, story: Story) -> None:
    """A line is copied, number and all, to any place; half of the copies are renamed at once."""
    source = rng.choice([one for one in story.chapters if one.lines] or [Chapter(0, "")])
    if not source.lines:
        return
    line, chapter = rng.choice(source.lines), rng.choice(story.chapters)
    place = rng.randint(0, len(chapter.lines))
    section = chapter.lines[place - 1].section if place else ()
    chapter.lines.insert(place, replace(line, who=story.born, section=section, first=""))
    story.born += 1
    story.log.append(f"paste {line.title!r}")
    if rng.random() < 0.5:
        rename_line(rng, story, chapter, place, wild=False)


def swap_twins(rng: random.Random, story: Story) -> None:
    """Two lines of one title change places, each with its number."""
    places = [(one, at) for one in story.chapters for at in range(len(one.lines))]
    rng.shuffle(places)
    seen: dict[str, tuple[Chapter, int]] = {}
    for chapter, at in places:
        title = chapter.lines[at].title
        if title in seen:
            other, there = seen[title]
            one, two = chapter.lines[at], other.lines[there]
            chapter.lines[at] = replace(two, section=one.section)
            other.lines[there] = replace(one, section=two.section)
            story.log.append(f"swap {title!r}")
            return
        seen[title] = (chapter, at)


def split_section(rng: random.Random, story: Story) -> None:
    """From some line on, a section has another heading; a few of its tasks are reworded with it."""
    full = [one for one in story.chapters if len(one.lines) > 2]
    if not full:
        return
    chapter = rng.choice(full)
    at = rng.randrange(1, len(chapter.lines))
    section, name = chapter.lines[at].section, (f"{rng.choice(SWAPS)} {rng.choice(THINGS)}".title(),)
    end = next(
        (i for i in range(at, len(chapter.lines)) if chapter.lines[i].section != section), len(chapter.lines)
    )
    chapter.lines[at:end] = [replace(line, section=name) for line in chapter.lines[at:end]]
    story.log.append(f"split at {chapter.lines[at].title!r}")
    for place in range(at, end):
        if rng.random() < 0.3:
            rename_line(rng, story, chapter, place, wild=True)


def split_milestone(rng: random.Random, story: Story) -> None:
    """The smaller half of a milestone gets a heading of its own."""
    full = [one for one in story.chapters if len(one.lines) > 4]
    if not full:
        return
    chapter = rng.choice(full)
    at = rng.randint(len(chapter.lines) // 2 + 1, len(chapter.lines) - 1)
    new = Chapter(-1000 - story.born, f"Stage {story.born}: {rng.choice(THINGS).title()}", chapter.lines[at:])
    chapter.lines[at:] = []
    story.born += 1
    story.chapters.insert(story.chapters.index(chapter) + 1, new)
    story.log.append(f"split milestone {chapter.title!r} at {new.lines[0].title!r}")


def rework_section(rng: random.Random, story: Story) -> None:
    """A line comes, all numbers count anew, and several tasks of one section are renamed beyond 70."""
    full = [one for one in story.chapters if len(one.lines) > 2]
    if not full:
        return
    chapter = rng.choice(full)
    section = rng.choice(chapter.lines).section
    rows = [at for at, line in enumerate(chapter.lines) if line.section == section]
    for at in rng.sample(rows, min(len(rows), rng.randint(2, 4))):
        rename_line(rng, story, chapter, at, wild=True)
    insert_alike(rng, story)
    renumber(story, chapter)


def rework_milestone(rng: random.Random, story: Story) -> None:
    """A milestone and every task of it get other words."""
    full = [one for one in story.chapters if one.lines]
    if not full:
        return
    chapter = rng.choice(full)
    chapter.title = (
        f"{rng.choice(SWAPS).title()} {chapter.title.split(':')[-1].strip()} {rng.randrange(1000)}"
    )
    story.log.append(f"milestone {chapter.title!r} and all of it")
    for at in range(len(chapter.lines)):
        rename_line(rng, story, chapter, at, wild=rng.random() < 0.5)


HARD: tuple[Edit, ...] = (
    insert_alike,
    insert_alike,
    rework_items,
    rework_items,
    paste,
    swap_twins,
    split_section,
    rework_section,
)
WHOLE: tuple[Edit, ...] = (rework_milestone, split_milestone, retitle_chapter)


def hard_storm(rng: random.Random, base: Story) -> Story:
    """A script of 1 to 30 edits, a quarter of them hard; in every other one, something happens to a whole milestone."""
    story = base.copy()
    for _ in range(rng.randint(1, 30)):
        rng.choice(HARD if rng.random() < 0.25 else EDITS)(rng, story)
    if rng.random() < 0.5:
        rng.choice(WHOLE)(rng, story)
    return story


def reads_as(case: Mistaken) -> bool:
    """Whether nobody who sees only before and after could tell this line from that task.

    It bears that very title (a twin, a copy), or bore it, or reads as the task's own line does; or it is far more
    alike to that title than the task's own line, or half alike where that is gone. A new line may also stand under its
    number where its own line does not: who writes other words behind a number gives that task a new title (design §4).
    """
    if twins(case) or (case.owner and case.owner.title == case.line.title):
        return True
    number = case.got.identifier
    if number and case.own is None and case.line.number == number != (case.owner and case.owner.number):
        return True
    score = alike(case.line.title, title_of(case.got))
    return score >= (50 if case.owner is None else min(100, alike(case.owner.title, title_of(case.got)) + 10))
