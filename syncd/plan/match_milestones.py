"""Milestones come first in a matching: stamp, title and path, title alone, most of their tasks, place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from syncd.model.links import KnownMilestone, KnownTask
from syncd.model.outline import Milestone, Outline
from syncd.model.values import Uid
from syncd.plan.similarity import bare_heading, bare_title, heading_number, plain, similarity

RENAME = 50.0
ALIKE = 70.0
"""From here a heading reads like the old one, whatever stands under it."""


@dataclass(slots=True)
class Headings:
    """Known milestones and those of the reading, with the bare titles of the tasks under each."""

    olds: list[KnownMilestone]
    news: list[Milestone]
    tasks_of_old: Mapping[Uid, list[str]]
    tasks_of_new: Mapping[int, list[str]]
    uid_of: dict[int, Uid] = field(default_factory=dict)
    """Key of a milestone of the reading → uid."""

    def left_olds(self) -> list[KnownMilestone]:
        """Known milestones without a heading, in document order."""
        taken = set(self.uid_of.values())
        return [old for old in self.olds if old.uid not in taken]

    def left_news(self) -> list[Milestone]:
        """Headings without an identity, in document order."""
        return [new for new in self.news if new.key not in self.uid_of]


def match_milestones(
    outline: Outline, known: Sequence[KnownMilestone], tasks: Sequence[KnownTask]
) -> dict[int, Uid]:
    """Key → uid for every heading that is a known milestone; the others are new."""
    present = sorted((old for old in known if not old.removed), key=lambda old: (old.position, old.uid))
    headings = Headings(present, list(outline.milestones), _known_tasks(tasks), _read_tasks(outline))
    _by_stamp(headings, {old.uid for old in known})
    for key in (_path, _title, _bare):
        _by_key(headings, key)
    _by_tasks(headings)
    _by_place(headings)
    _returned(headings, [old for old in known if old.removed])
    return headings.uid_of


def _known_tasks(tasks: Sequence[KnownTask]) -> dict[Uid, list[str]]:
    found: dict[Uid, list[str]] = defaultdict(list)
    for task in tasks:
        if task.milestone is not None and not task.removed:
            found[task.milestone].append(plain(bare_title(task.title, task.identifier)))
    return found


def _read_tasks(outline: Outline) -> dict[int, list[str]]:
    return {
        milestone.key: [plain(bare_title(task.title, task.identifier)) for task in milestone.tasks]
        for milestone in outline.milestones
    }


def _by_stamp(headings: Headings, known: set[Uid]) -> None:
    for new in headings.news:
        # A copied heading carries the same stamp: the first keeps it.
        if new.stamp in known and new.stamp not in headings.uid_of.values():
            headings.uid_of[new.key] = new.stamp


def _path(milestone: Milestone | KnownMilestone) -> Hashable:
    return (milestone.path, milestone.title)


def _title(milestone: Milestone | KnownMilestone) -> Hashable:
    return milestone.title


def _bare(milestone: Milestone | KnownMilestone) -> Hashable:
    """`Phase 3: Backend` is the former `Phase 2: Backend`; a heading that is only a number proves nothing."""
    bare = bare_heading(milestone.title)
    return plain(bare) if bare != milestone.title else None


def _by_key(headings: Headings, key: Callable[[Milestone | KnownMilestone], Hashable]) -> None:
    """Equal keys pair in order where their counts agree."""
    olds: dict[Hashable, list[KnownMilestone]] = defaultdict(list)
    news: dict[Hashable, list[Milestone]] = defaultdict(list)
    for old in headings.left_olds():
        olds[key(old)].append(old)
    for new in headings.left_news():
        news[key(new)].append(new)
    for name, mine in news.items():
        theirs = olds.get(name, [])
        if name is not None and len(theirs) in (1, len(mine)):
            for old, new in zip(theirs, mine, strict=False):
                headings.uid_of[new.key] = old.uid


def _by_tasks(headings: Headings) -> None:
    """A heading under which most tasks of a known milestone stand is that milestone renamed."""
    votes = _votes(headings)
    known = {old.uid: old for old in headings.olds}
    best_old: dict[int, int] = Counter()
    best_new: dict[Uid, int] = Counter()
    for (uid, key), count in votes.items():
        best_new[uid] = max(best_new[uid], count)
        best_old[key] = max(best_old[key], count)
    for (uid, key), count in sorted(votes.items(), key=lambda item: (-item[1], item[0][1])):
        free = key not in headings.uid_of and uid not in headings.uid_of.values()
        most = count * 2 > len(headings.tasks_of_old[uid])
        # One task that moved under a new heading does not bring its milestone along; nor do a few, away from a
        # heading that still reads like it.
        if not most and count * 2 - len(headings.tasks_of_new[key]) > 1:
            most = not any(_reads_like(known[uid], new) for new in headings.left_news() if new.key != key)
        if free and most and count == best_new[uid] == best_old[key]:
            headings.uid_of[key] = uid


def _reads_like(old: KnownMilestone, new: Milestone) -> bool:
    number = heading_number(old.title)
    titles = similarity(plain(bare_heading(old.title)), plain(bare_heading(new.title)))
    return titles >= ALIKE or (number is not None and number == heading_number(new.title))


def _votes(headings: Headings) -> Counter[tuple[Uid, int]]:
    """How many task titles each pair of leftovers has in common."""
    homes: dict[str, set[int]] = defaultdict(set)
    for new in headings.left_news():
        for title in headings.tasks_of_new[new.key]:
            homes[title].add(new.key)
    return Counter(
        (old.uid, key)
        for old in headings.left_olds()
        for title in set(headings.tasks_of_old.get(old.uid, ()))
        for key in homes.get(title, ())
    )


def _by_place(headings: Headings) -> None:
    """Between the same headings: renamed if the number or a task stayed, or the title or most tasks are alike."""
    order = {old.uid: index for index, old in enumerate(headings.olds)}
    for olds, news in _gaps(headings, order):
        scored = sorted(
            ((_likeness(headings, old, new), old, new) for old in olds for new in news),
            key=lambda found: -found[0],
        )
        for score, old, new in scored:
            free = new.key not in headings.uid_of and old.uid not in headings.uid_of.values()
            if free and score >= RENAME:
                headings.uid_of[new.key] = old.uid


def _gaps(headings: Headings, order: Mapping[Uid, int]) -> list[tuple[list[KnownMilestone], list[Milestone]]]:
    fence, gap = 0, 0
    gap_of_old: dict[int, list[KnownMilestone]] = defaultdict(list)
    gap_of_new: dict[int, list[Milestone]] = defaultdict(list)
    left = {old.uid for old in headings.left_olds()}
    for new in headings.news:
        uid = headings.uid_of.get(new.key)
        if uid is None:
            gap_of_new[gap].append(new)
        elif order.get(uid, -1) >= fence:
            gap_of_old[gap] = [old for old in headings.olds[fence : order[uid]] if old.uid in left]
            fence, gap = order[uid] + 1, gap + 1
    gap_of_old[gap] = [old for old in headings.olds[fence:] if old.uid in left]
    return [(gap_of_old[key], news) for key, news in gap_of_new.items() if gap_of_old[key]]


def _likeness(headings: Headings, old: KnownMilestone, new: Milestone) -> float:
    """100 for the same number, else the better of: how alike the titles are, how many tasks have a counterpart."""
    if heading_number(old.title) and heading_number(old.title) == heading_number(new.title):
        return 100.0
    titles = similarity(plain(bare_heading(old.title)), plain(bare_heading(new.title)))
    mine, theirs = headings.tasks_of_new[new.key], headings.tasks_of_old.get(old.uid, [])
    if set(mine) & set(theirs):
        return max(titles, RENAME)
    if not mine or not theirs or len(mine) * len(theirs) > 2_500:
        return titles
    counterparts = sum(1 for task in theirs if max(similarity(task, other) for other in mine) >= 60)
    return max(titles, 100.0 * counterparts / len(theirs))


def _returned(headings: Headings, removed: Sequence[KnownMilestone]) -> None:
    """A heading that comes back takes its old uid, if its title is the only one of its kind."""
    by_title = defaultdict(list)
    for old in removed:
        if old.uid not in headings.uid_of.values():
            by_title[old.title].append(old)
    news = headings.left_news()
    titles = Counter(new.title for new in news)
    for new in news:
        if len(by_title[new.title]) == 1 == titles[new.title]:
            headings.uid_of[new.key] = by_title[new.title][0].uid
