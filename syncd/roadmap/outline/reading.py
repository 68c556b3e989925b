"""From bytes to an outline: the rules in the order in which they depend on each other."""

from __future__ import annotations

import gc
from collections.abc import Iterator

from syncd.model.outline import MilestoneKey, Outline, Reading, TaskKey
from syncd.model.outline import Warning as Notice
from syncd.model.policy import ReadingRules
from syncd.model.values import TaskState
from syncd.roadmap import syntax as markdown
from syncd.roadmap.outline import (
    bullets,
    groups,
    headings,
    ignore,
    lanes,
    marks,
    milestones,
    not_tasks,
    overview,
    row_overviews,
    sections,
    tables,
    tagged,
)
from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.metadata import Fields
from syncd.roadmap.outline.milestone_tasks import FoundMilestone, describe
from syncd.roadmap.outline.not_tasks import Aside
from syncd.roadmap.outline.sections import Box, Row, Section, Tree
from syncd.roadmap.outline.tasks import Found, Maker
from syncd.roadmap.outline.where import echo_places, lane_places, milestone_places, task_places
from syncd.roadmap.source import Source


def read(source: Source, rules: ReadingRules | None = None, remembered: Reading | None = None) -> Document:
    """Read a roadmap (reading-roadmaps §2 to §5; ``rules`` is the mapping of §7).

    ``remembered`` is what the first sync found: its headings stay milestones. Raises :class:`ConfigError` for
    a heading in the mapping that is not there. Linear time.
    """
    # A reading makes hundreds of thousands of small tuples and drops none before its end: while it runs the cycle
    # collector finds nothing, and takes 45 % of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Reader(source, rules or ReadingRules(), remembered).document()
    finally:
        if collecting:
            gc.enable()


class _Reader:
    """One reading. The order of the steps matters: each rule counts what the ones before it left."""

    def __init__(self, source: Source, rules: ReadingRules, remembered: Reading | None) -> None:
        self.rules, self.remembered = rules, remembered
        self.syntax = markdown.parse(source, quotes=rules.quotes)
        written = marks.written(source, self.syntax.boxed)
        self.legends = marks.legend_lists(source, self.syntax.boxed, written)
        known = marks.table(source, self.syntax.blocks, rules.marks, self.legends)
        self.tree: Tree = sections.build(source, self.syntax, known, written)
        self.fields: dict[int, Fields] = {}
        self.maker = Maker(self.tree, rules, self.fields)
        self.warnings: list[Notice] = []
        self.found: list[Found] = []
        self.milestones: dict[int, FoundMilestone] = {}
        self.board = False
        self.tagged: dict[int, MilestoneKey] = {}
        self.aside: list[Aside] = []

    def document(self) -> Document:
        """All steps."""
        tree = self.tree
        ignored = ignore.Ignored(tree, self.rules)
        ignored.mark(tree)
        headings.mark_tasks(tree, self.rules, self.fields)
        self._ignore_labels(ignored)
        self._ignore_legends()
        self._only_headings()
        found, silent = tables.find_rows(tree, self.rules)
        self.warnings += [*silent, *row_overviews.put_rows_aside(tree, found, self.remembered)]
        bullets.find_rows(tree, self.remembered)
        self.warnings += overview.mark_repeats(tree, self.maker.heading_state)
        reading = self._choose()
        self.board = lanes.mark_lanes(tree)
        if self.board:
            self.warnings += [w for box in tree.boxes if (w := lanes.disagreement(box, _lane(box)))]
            self.warnings += bullets.settle_lanes(tree)
        for section, why in groups.settle(tree, self.fields):
            self.warnings.append(Notice(section.line, "heading-is-task", f"read as a task: {why}"))
        self._make()
        return self._finish(reading)

    def _ignore_labels(self, ignored: ignore.Ignored) -> None:
        """Boxes under a bold paragraph such as ``**Definition of Done**`` outside any heading task (§5)."""
        for section in self.tree.sections:
            if section.inside is None and not section.ignored:
                for box in section.boxes:
                    if box.group and not box.reason:
                        box.reason = ignored.reason(box.group) or ""

    def _ignore_legends(self) -> None:
        for box in self.tree.boxes if self.legends else ():
            if box.item.list in self.legends:
                box.reason = box.reason or "legend"

    def _only_headings(self) -> None:
        if self.rules.task and "box" not in self.rules.task:
            for section in self.tree.sections:
                for box in section.boxes if section.inside is None else ():
                    box.reason = box.reason or "mapping: boxes are not tasks"

    def _choose(self) -> Reading:
        """Milestone boxes are told from tasks by the milestones, and the milestones by the tasks: try without
        them first.
        """
        boxes = overview.milestone_boxes(self.tree)
        if not boxes:
            return self._weigh_and_choose(set(), self.remembered)
        for box in boxes:
            box.reason = "milestone box"
        # Memory has no part in this: a milestone that is a box has no heading to remember.
        self._weigh_and_choose(self._named(boxes), None)
        found = (overview.phase_of(s.title.text) for s in self.tree.sections if s.milestone)
        words = {phase[0] for phase in found if phase is not None}
        stay = []
        for box in boxes:
            phase = overview.phase_of(box.title.guarded)
            # `Phase 1 — …` under `Stage 3` is a task: the milestones of that file are stages.
            if phase is not None and phase[0] in words:
                stay.append(box)
            else:
                box.reason = ""
        named = self._named(stay)
        return self._weigh_and_choose(named, self.remembered)

    def _named(self, boxes: list[Box]) -> set[int]:
        """The starts of the phase headings that milestone boxes name."""
        wanted = {overview.phase_of(box.title.guarded) for box in boxes}
        if not wanted:
            return set()
        return {
            s.start for s in self.tree.sections if not s.ignored and overview.phase_of(s.title.text) in wanted
        }

    def _weigh_and_choose(self, named: set[int], remembered: Reading | None) -> Reading:
        headings.weigh(self.tree, named)
        return milestones.choose(self.tree, self.rules, remembered)

    # -- tasks and milestones ------------------------------------------------------------------------------------

    def _make(self) -> None:
        for section in self.tree.sections:
            if section.milestone:
                self._milestone(section)
        self._box_milestones()
        self._tag_milestones()
        for section in self.tree.sections:
            if section.is_task:
                around = self.tagged.get(section.start, self._around(section))
                self.found.append(self.maker.from_heading(section, self._key(), around))
            elif section.inside is None:
                self._tasks_of(section)
        for section in self.tree.sections:
            self._put_aside(section)

    def _milestone(self, section: Section) -> None:
        key = MilestoneKey(len(self.milestones))
        self.milestones[section.start] = FoundMilestone(key, section, section.title.text, section.line)
        describe(self.tree, self.milestones[section.start], self.fields)

    def _box_milestones(self) -> None:
        """A milestone's box is its heading's state, or a milestone without tasks (§3)."""
        by_phase = {overview.phase_of(m.title): m for m in self.milestones.values()}
        for box in self.tree.boxes:
            if box.reason != "milestone box":
                continue
            known = by_phase.get(overview.phase_of(box.title.text))
            if known is not None:
                known.box = known.box or box
            else:
                new = FoundMilestone(MilestoneKey(-1), box, overview.milestone_title(box), box.line)
                self.milestones[box.item.start] = new
                by_phase[overview.phase_of(box.title.text)] = new
        ordered = sorted(self.milestones.items(), key=lambda entry: entry[1].line)
        self.milestones = dict(ordered)
        for index, milestone in enumerate(self.milestones.values()):
            milestone.key = MilestoneKey(index)

    def _tag_milestones(self) -> None:
        """A board has no milestones but those that its cards name (§4)."""
        found = list(tagged.names(self.tree)) if self.board else []
        first: dict[str, tagged.Tag] = {}
        for _, tag in found:
            first.setdefault(tag.name.casefold(), tag)
        # By name: a card that goes to another lane puts no milestone before another.
        keys = {name: MilestoneKey(len(self.milestones) + at) for at, name in enumerate(sorted(first))}
        for name, key in keys.items():
            tag = first[name]
            self.milestones[tag.span.start] = FoundMilestone(key, tag, tag.name, tag.line)
        self.tagged = {start: keys[tag.name.casefold()] for start, tag in found}

    def _tasks_of(self, section: Section) -> None:
        if section.ignored:
            return
        milestone = self._around(section)
        entries: list[Box | Row] = [box for box in section.boxes if not box.reason]
        for entry in sorted([*entries, *section.rows], key=_start) if section.rows else entries:
            key = self._key()
            if isinstance(entry, Box):
                named = self.tagged.get(entry.item.start, milestone)
                self.found.append(self.maker.from_box(entry, key, named))
            else:
                self.found.append(self.maker.from_row(entry, section, key, milestone))

    def _key(self) -> TaskKey:
        return TaskKey(len(self.found))

    def _around(self, section: Section) -> MilestoneKey | None:
        for above in section.above():
            if above.milestone:
                return self.milestones[above.start].key
        return None

    def _put_aside(self, section: Section) -> None:
        """Name the boxes of a section that are no tasks."""
        if section.inside is None and section.ignored:
            place = next(
                (s.start for s in reversed(list(section.above())) if s.ignored == section.ignored), 0
            )
            for box in section.boxes:
                for one in box.whole():
                    self.aside.append(Aside(one.line, section.ignored, place))
            return
        for box in section.boxes:
            inherited = "" if section.inside is not None else box.reason
            if box.reason:
                self.aside.append(Aside(box.line, box.reason, section.start))
            for child, _ in box.walk() if box.children else ():
                if child.reason or inherited:
                    self.aside.append(Aside(child.line, child.reason or inherited, section.start))

    # -- the result ----------------------------------------------------------------------------------------------

    def _finish(self, reading: Reading) -> Document:
        tree, source = self.tree, self.tree.source
        missed, count, hidden = not_tasks.lost(tree, tree.marks)
        by_key = {milestone.key: milestone for milestone in self.milestones.values()}
        unfiled = []
        for one in self.found:
            if one.task.milestone is None:
                unfiled.append(one.task)
            else:
                by_key[one.task.milestone].tasks.append(one.task)
        self._warn(reading, hidden)
        outline = Outline(
            title=tree.title.title.text if tree.title else "",
            milestones=tuple(milestone.model() for milestone in by_key.values()),
            unfiled=tuple(unfiled),
            not_tasks=not_tasks.grouped([*self.aside, *missed], self._lines_of_boxes()),
            warnings=tuple(sorted(self.warnings, key=lambda w: (w.line, w.code))),
            spelling=source.spelling,
            reading=reading,
            boxes=count + sum(len(one.checklist) for one in self.found if isinstance(one.subject, Row)),
        )
        return Document(
            source,
            self.syntax,
            outline,
            task_places(tree, self.found),
            milestone_places(tree, list(by_key.values()), self.found),
            lane_places(tree),
            echo_places(tree),
            tuple(row.title.title_span() for row in tree.overview_rows),
        )

    def _lines_of_boxes(self) -> Iterator[int]:
        """The lines of all boxes that are tasks or checklist items."""
        for one in self.found:
            if isinstance(one.subject, Box):
                yield one.task.line
            yield from (item.line for item in one.task.checklist)

    def _warn(self, reading: Reading, hidden: list[Notice]) -> None:
        tree = self.tree
        self.warnings += hidden
        self.warnings += not_tasks.fence_warnings(tree, self.syntax)
        self.warnings += not_tasks.mark_warnings(tree)
        self.warnings += tables.warnings(tree)
        for milestone in self.milestones.values():
            self.warnings += milestone.warnings()
        if self.remembered is not None and not self.rules.milestone:
            today = milestones.auto_level(tree)
            if today != reading.level:
                said = f"level {today}" if today else "the document's title"
                self.warnings.append(
                    Notice(
                        1,
                        "reading-changed",
                        f"auto would take {said} for the milestones today; kept as first read",
                    )
                )


def _lane(box: Box) -> TaskState | None:
    # The items of a card's checklist say nothing of the card.
    own = box.parent is None and not box.reason and box.section.inside is None
    return box.section.lane if own else None


def _start(entry: Box | Row) -> int:
    return entry.item.start if isinstance(entry, Box) else entry.start
