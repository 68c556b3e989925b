"""Priority, owner and due date are changed where they stand, in the style of the old value."""

from __future__ import annotations

import pytest

from syncd.model.changes import SetMilestone, SetTask
from syncd.model.values import Field, Value
from tests.unit.roadmap.editor_case import edited, milestone, refusal, task

PLAN = """\
# Plan

## Week 1

### Task 1: Cook (2 hours) ⏳

**Priority**: HIGH
**Owner**: @ann
**Due**: 2026-01-15

- [ ] peel

### Task 2: Eat (1 hour) ⏳

**Priority**: Medium-High

- [ ] chew @bob (due 2026-02-01) #fun

## Week 2

- [ ] Wash @bob (due 2026-02-01) #fun
- [ ] Dry
"""


def after(title: str, field: Field, value: Value) -> str:
    return edited(PLAN, lambda document: SetTask(task(document, title), field, value))


def no_place(title: str, field: Field, value: Value) -> str:
    return refusal(PLAN, lambda document: SetTask(task(document, title), field, value))


@pytest.mark.parametrize(
    ("title", "old", "new"), [("Task 1: Cook", "HIGH", "LOW"), ("Task 2: Eat", "Medium-High", "Low")]
)
def test_a_priority_is_spelled_like_the_old_one(title: str, old: str, new: str) -> None:
    text = after(title, Field.LABELS, (("priority", "low"),))
    assert text == PLAN.replace(f"**Priority**: {old}", f"**Priority**: {new}")


def test_a_priority_without_a_place_or_with_two_values_has_no_place() -> None:
    assert no_place("Dry", Field.LABELS, (("priority", "low"),))
    assert no_place("Task 1: Cook", Field.LABELS, (("priority", "high"), ("priority", "low")))
    assert no_place("Task 1: Cook", Field.LABELS, ())
    assert no_place("Task 1: Cook", Field.LABELS, (("priority", "x\n- [ ] y"),))


def test_an_owner_is_replaced_and_joined() -> None:
    assert "**Owner**: @eve\n" in after("Task 1: Cook", Field.ASSIGNEES, ("eve",))
    assert "**Owner**: @ann @eve\n" in after("Task 1: Cook", Field.ASSIGNEES, ("ann", "eve"))


def test_a_due_date_is_replaced() -> None:
    assert "**Due**: 2027-03-04\n" in after("Task 1: Cook", Field.DUE, "2027-03-04")
    assert no_place("Task 1: Cook", Field.DUE, None)
    assert no_place("Dry", Field.DUE, "2027-03-04")


def test_metadata_inside_a_box_title_is_changed_there() -> None:
    title = "Wash @bob (due 2026-02-01) #fun"
    assert "- [ ] Wash @eve (due 2026-02-01) #fun\n" in after(title, Field.ASSIGNEES, ("eve",))
    assert "- [ ] Wash @bob (due 2027-03-04) #fun\n" in after(title, Field.DUE, "2027-03-04")
    assert "- [ ] Wash @bob (due 2026-02-01) #work\n" in after(title, Field.LABELS, (("tags", "work"),))


def test_a_name_that_is_no_name_has_no_place() -> None:
    assert no_place("Task 1: Cook", Field.ASSIGNEES, ("a\nb",))
    assert no_place("Task 1: Cook", Field.ASSIGNEES, ("<b>",))


def test_the_due_date_of_a_milestone() -> None:
    text = "# A\n\n## Phase 1 (due 2026-01-15)\n- [ ] a\n\n## Phase 2\n- [ ] b\n"
    changed = edited(
        text, lambda document: SetMilestone(milestone(document, "Phase 1"), Field.DUE, "2027-03-04")
    )
    assert "## Phase 1 (due 2027-03-04)\n" in changed
