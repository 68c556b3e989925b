"""Who is who (design §4): every task and milestone of a reading gets the uid it had, or a provisional one.

Each step works only among what the steps before it left. The order is the safety: what is proven goes first, so that
what is merely alike cannot take its place; known-as-removed tasks come last, so that a returning line never takes the
partner of a rename.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from syncd.model.links import KnownMilestone, KnownTask, Ledger
from syncd.model.outline import MilestoneKey, Outline, Task, TaskKey
from syncd.model.values import Uid
from syncd.plan import match_exact, match_similar
from syncd.plan.match_board import Board, Piece
from syncd.plan.match_content import Contents, by_content
from syncd.plan.match_held import Doubt, doubts, explain
from syncd.plan.match_milestones import match_milestones
from syncd.plan.similarity import Vocabulary, bare_title, plain
from syncd.plan.world import Matching


def match(outline: Outline, ledger: Ledger) -> Matching:
    """The identity of everything in ``outline``, by what ``ledger`` remembers; near-linear in the number of tasks.

    What was not known gets a provisional uid: ``+t<key>`` for tasks, ``+m<key>`` for milestones.
    """
    found = match_milestones(outline, tuple(ledger.milestones.values()), tuple(ledger.tasks.values()))
    milestones = {one.key: found.get(one.key, Uid(f"+m{one.key}")) for one in outline.milestones}
    board = Board(_known_pieces(ledger), _read_pieces(outline, milestones))
    back = _by_stamp(board, ledger)
    contents = Contents(board, ledger, in_order(outline))
    judge = _exact_then_similar(board, contents)
    doubt = doubts(board, judge)
    back |= _returning(board, ledger, {one.new.index for one in doubt}, set(back.values()))
    tasks = {
        task.key: _uid(board, index, back) or Uid(f"+t{task.key}")
        for index, task in enumerate(in_order(outline))
    }
    return _matching(board, ledger, tasks, milestones, doubt, outline)


def in_order(outline: Outline) -> list[Task]:
    """All tasks as they follow each other in the file."""
    return sorted(outline.tasks(), key=lambda task: (task.line, task.key))


def occurrences(outline: Outline) -> dict[TaskKey, int]:
    """How many tasks of the same milestone, sections and title stand before each: it tells twins apart."""
    seen: Counter[tuple[MilestoneKey | None, tuple[str, ...], str]] = Counter()
    found = {}
    for task in in_order(outline):
        path = (task.milestone, task.section, task.title)
        found[task.key] = seen[path]
        seen[path] += 1
    return found


def remember(
    outline: Outline, matching: Matching
) -> tuple[tuple[KnownTask, ...], tuple[KnownMilestone, ...]]:
    """What the state shall keep of this reading: everything seen, and where a line is missing.

    Who is gone is marked as removed by whoever ends the last link. Lines that are held are not remembered: they are
    nobody yet. Uids may still be provisional.
    """
    place = occurrences(outline)
    seen = [
        (index, 1, _known(task, matching, place[task.key]))
        for index, task in enumerate(in_order(outline))
        if task.key not in matching.held_tasks
    ]
    # What has no line keeps its place between the others, for its neighbours may still bear witness.
    kept = [(_index(task), 0, task) for task in matching.kept_tasks]
    rows = sorted([*seen, *kept], key=lambda row: row[:2])
    tasks = tuple(
        replace(task, position=~position if task.position < 0 else position)
        for position, (_, _, task) in enumerate(rows)
    )
    milestones = [
        KnownMilestone(matching.milestones[one.key], one.title, one.path, position)
        for position, one in enumerate(outline.milestones)
    ]
    return tasks, tuple(milestones)


def _index(task: KnownTask) -> int:
    return ~task.position if task.position < 0 else task.position


def _known(task: Task, matching: Matching, occurrence: int) -> KnownTask:
    home = None if task.milestone is None else matching.milestones[task.milestone]
    return KnownTask(
        matching.tasks[task.key], task.title, task.identifier, home, task.section, occurrence=occurrence
    )


def _known_pieces(ledger: Ledger) -> list[Piece]:
    present = [task for task in ledger.tasks.values() if not task.removed]
    present.sort(key=lambda task: (_index(task), task.uid))
    return [
        Piece(
            index,
            task.uid,
            task.title,
            _bare(task),
            task.identifier,
            task.milestone,
            task.section,
            held=task.position < 0,
        )
        for index, task in enumerate(present)
    ]


def _read_pieces(outline: Outline, milestones: Mapping[MilestoneKey, Uid]) -> list[Piece]:
    return [
        Piece(
            index,
            task.stamp,
            task.title,
            _bare(task),
            task.identifier,
            None if task.milestone is None else milestones[task.milestone],
            task.section,
            task.line,
        )
        for index, task in enumerate(in_order(outline))
    ]


def _bare(task: Task | KnownTask) -> str:
    bare = bare_title(task.title, task.identifier)
    return plain(bare) or bare


def _by_stamp(board: Board, ledger: Ledger) -> dict[int, Uid]:
    """Pairs by the hidden comment (the first of several copies keeps it); returns removed tasks that are back."""
    olds = {old.uid: old for old in board.olds}
    back: dict[int, Uid] = {}
    for new in board.news:
        if new.uid is None or new.uid not in ledger.tasks:
            continue
        if new.uid in olds:
            board.pair(olds.pop(new.uid), new)
        elif ledger.tasks[new.uid].removed and new.uid not in back.values():
            back[new.index] = new.uid
            board.withdraw(new)
    return back


def _exact_then_similar(board: Board, contents: Contents) -> match_similar.Judge:
    match_exact.by_path(board, contents)
    match_exact.renumbered(board, contents)
    # Before the identifiers: a number says nothing where the old title stands somewhere else.
    match_exact.elsewhere(board, contents)
    olds, news = board.open_olds(), board.left_news()
    if olds and news:
        by_content(board, contents)
    words = Vocabulary(piece.bare for piece in board.olds) if board.left_olds() and news else Vocabulary(())
    judge = match_similar.Judge(words, contents, single=len(olds) == len(news) == 1)
    match_similar.by_identifier(board, judge)
    match_similar.by_position(board, judge)
    match_similar.by_title(board, judge)
    return judge


def _returning(board: Board, ledger: Ledger, held: set[int], taken: set[Uid]) -> dict[int, Uid]:
    """Lines that are back: the title of one removed task, by whole title, in its milestone or unique among them all."""
    removed: dict[str, list[KnownTask]] = defaultdict(list)
    for task in ledger.tasks.values():
        if task.removed and task.uid not in taken:
            removed[task.title].append(task)
    news = [new for new in board.left_news() if new.index not in held]
    count = Counter(new.title for new in news)
    return {
        new.index: removed[new.title][0].uid
        for new in news
        if count[new.title] == 1 == len(removed.get(new.title, ()))
    }


def _uid(board: Board, index: int, back: Mapping[int, Uid]) -> Uid | None:
    if index in board.old_of:
        return board.olds[board.old_of[index]].uid
    return back.get(index)


def _matching(
    board: Board,
    ledger: Ledger,
    tasks: Mapping[TaskKey, Uid],
    milestones: Mapping[MilestoneKey, Uid],
    doubt: Sequence[Doubt],
    outline: Outline,
) -> Matching:
    held = {one.old.uid for one in doubt if one.old.uid is not None}
    seen = {*tasks.values(), *milestones.values()}
    known: list[KnownTask | KnownMilestone] = [*ledger.tasks.values(), *ledger.milestones.values()]
    removed = {one.uid for one in known if one.removed}
    order = in_order(outline)
    return Matching(
        tasks=tasks,
        milestones=milestones,
        gone=frozenset(one.uid for one in known) - removed - seen - held,
        returned=frozenset(removed & seen),
        held=explain(doubt, ledger.links),
        held_uids=frozenset(held),
        held_tasks=frozenset(order[one.new.index].key for one in doubt),
        kept_tasks=tuple(_kept_tasks(board, ledger, doubt)),
    )


def _kept_tasks(board: Board, ledger: Ledger, doubt: Sequence[Doubt]) -> list[KnownTask]:
    """What stands nowhere in the reading, with the number of lines that stand before it."""
    held, before = {one.old.uid for one in doubt}, _before(board, doubt)
    return [
        replace(ledger.tasks[uid], position=~before[uid] if uid in held else before[uid])
        for old in board.left_olds()
        if (uid := old.uid) is not None
    ]


def _before(board: Board, doubt: Sequence[Doubt]) -> dict[Uid | None, int]:
    """By uid, how many lines stand before a task that has none.

    A held task stands right before the likeliest line that it may be: there people look for it.
    """
    last: dict[Uid | None, int] = {}
    before: dict[Uid | None, int] = {}
    for old in board.olds:
        new = board.new_of.get(old.index)
        if new is None:
            before[old.uid] = last.get(old.milestone, 0)
        elif board.news[new].milestone == old.milestone:
            last[old.milestone] = new + 1
    for one in sorted(doubt, key=lambda one: one.score):
        if one.old.milestone == one.new.milestone:
            before[one.old.uid] = one.new.index
    return before
