"""Identities go along with the lines when a run writes new ones between them (I17)."""

from __future__ import annotations

from syncd.engine.names import matching_after
from syncd.model.changes import AddTask
from syncd.model.policy import ReadingRules
from syncd.model.values import TaskState, Uid
from syncd.plan.world import Matching
from syncd.roadmap.editor import realise
from syncd.roadmap.outline import read
from syncd.roadmap.source import Source

ROADMAP = b"""# W

## Phase 1: Ground

- [ ] Dig

## Phase 2: House

- [ ] Build
- [ ] Paint
"""


def test_who_is_who_after_lines_and_a_heading_were_added_above_them() -> None:
    document = read(Source.of(ROADMAP, "ROADMAP.md"), ReadingRules(), None)
    outline = document.outline
    tasks = {task.title: task.key for task in outline.tasks()}
    matching = Matching(
        tasks={key: Uid(f"of {title}") for title, key in tasks.items()},
        milestones={one.key: Uid(f"of {one.title}") for one in outline.milestones},
        held_tasks=frozenset({tasks["Paint"]}),
    )
    additions = (
        AddTask(Uid("+one"), outline.milestones[0].key, "Fill", TaskState.OPEN),
        AddTask(Uid("+two"), None, "Sow", TaskState.OPEN, heading="Phase 3: Garden"),
    )
    realised = realise(document, additions, ReadingRules(), None)
    names = {
        Uid("+one"): Uid("of Fill"),
        Uid("+two"): Uid("of Sow"),
        Uid("+heading/Phase 3: Garden"): Uid("of Phase 3: Garden"),
    }
    after = matching_after(matching, realised, names)
    now = realised.document.outline
    assert {task.title for task in now.tasks()} == {"Dig", "Fill", "Build", "Paint", "Sow"}
    assert all(after.tasks[task.key] == f"of {task.title}" for task in now.tasks())
    assert all(after.milestones[one.key] == f"of {one.title}" for one in now.milestones)
    assert [task.title for task in now.tasks() if task.key in after.held_tasks] == ["Paint"]
