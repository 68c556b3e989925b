"""What users fear, tried one by one on real sockets: duplicates, lost edits, mass closes, hostile text."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from syncd.errors import StateError
from syncd.model.policy import HOLD, LabelRules
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.integration.forges import KINDS
from tests.integration.town import Town, policy

ROADMAP = """# Widgets

## Phase 1: Ground

- [x] Clear the site
- [ ] Task 1.1: Dig the hole
- [ ] Task 1.2: Pour the concrete

## Phase 2: House

#### Task 2.1: Walls

**Priority**: HIGH
**Owner**: @ann

- [ ] Buy bricks
- [ ] Lay bricks

#### Task 2.2: Roof

**Priority**: LOW

- [ ] Buy tiles
"""


@pytest.fixture(params=KINDS)
def town(
    request: pytest.FixtureRequest, new_sandbox: Callable[..., Sandbox], clock: LogicalClock, memory: Path
) -> Town:
    rules = policy(
        truth=HOLD,
        labels=LabelRules({"priority": "priority: {}"}),
        users={"ann": dict.fromkeys(KINDS, "ann")},
    )
    town = Town(new_sandbox(forge=request.param), clock, memory, rules, kind=request.param)
    town.write(ROADMAP)
    return town


# Duplicates


@pytest.mark.parametrize("position", range(1, 6))
@pytest.mark.parametrize("shown", ["at once", "after the quarantine"])
def test_a_create_whose_answer_is_lost_makes_no_duplicate(town: Town, position: int, shown: str) -> None:
    town.sandbox.fault("drop_after", method="POST", route="/issues$", nth=position)
    if shown == "after the quarantine":
        town.sandbox.fault("lag", method="GET", route="/issues", times=None, seconds=600)

    first = town.sync()
    assert first.exit_code == 1
    for _ in range(3):
        town.sync()
    assert len(town.ann.issues()) == 5
    town.clock.advance(20 * 60)
    town.sync()
    town.settle()

    titles = [issue.title for issue in town.ann.issues()]
    assert len(titles) == len(set(titles)) == 5
    assert len(town.ledger().links) == 5 + 2


def test_a_create_that_never_happened_is_made_once_after_the_quarantine(town: Town) -> None:
    town.sandbox.fault("fail_before", method="POST", route="/issues$", nth=2)
    town.sync()
    assert len(town.ann.issues()) == 4
    town.sync()
    assert len(town.ann.issues()) == 4, "not before the quarantine is over"

    town.clock.advance(16 * 60)
    town.settle()

    assert len(town.ann.issues()) == 5


def test_no_state_beside_marked_issues_plans_links_only_and_asks(town: Town) -> None:
    town.settle()
    town.state.unlink()
    log = len(town.sandbox.world.log)

    asked = town.sync()
    assert asked.exit_code == 4
    assert asked.plan.recovery
    assert {action.kind.value for action in asked.plan.actions} == {"link"}
    assert len(town.sandbox.world.log) == log

    recovered = town.sync(approve=asked.verdict.digest)
    assert recovered.exit_code == 0
    assert town.sync(dry=True).plan.empty
    assert len(town.sandbox.world.log) == log


def test_issues_of_another_state_are_refused(town: Town, memory: Path) -> None:
    town.settle()
    other = memory / "other"
    other.mkdir()
    twin = Town(town.sandbox, town.clock, other, town.policy, kind=town.kind)
    twin.write("# Widgets\n\n## Phase 1: Ground\n\n- [ ] Something else\n")
    log = len(town.sandbox.world.log)

    with pytest.raises(StateError, match="another state"):
        twin.sync()

    assert len(town.sandbox.world.log) == log


# The blast radius


def test_removing_many_tasks_is_refused_and_applied_by_its_digest(town: Town) -> None:
    tasks = "".join(f"- [ ] Task number {n} of many\n" for n in range(60))
    town.write(f"# Widgets\n\n## Phase 1: Ground\n\n{tasks}\n## Phase 2: Rest\n\n- [ ] One\n- [ ] Two\n")
    assert town.settle().exit_code == 0
    kept = "".join(f"- [ ] Task number {n} of many\n" for n in range(40, 60))
    town.write(f"# Widgets\n\n## Phase 1: Ground\n\n{kept}\n## Phase 2: Rest\n\n- [ ] One\n- [ ] Two\n")
    log = len(town.sandbox.world.log)

    refused = town.sync()
    assert refused.exit_code == 4
    assert len(town.sandbox.world.log) == log
    assert any(refusal.count == 40 for refusal in refused.verdict.refusals)

    town.ann.edit_issue(1, title="Overtaken by ann")
    overtaken = town.sync(approve=refused.verdict.digest)
    assert overtaken.exit_code == 4

    again = town.sync()
    approved = town.sync(approve=again.verdict.digest)
    assert approved.exit_code == 0
    closed = [issue for issue in town.ann.issues() if issue.state == "closed"]
    assert len(closed) == 39, "the one that ann edited meanwhile stays open"
    if town.kind == "github":
        assert {issue.reason for issue in closed} == {"not_planned"}
    else:  # GitLab knows no reason: a label says it
        assert all("dropped" in town.ann.label_names(issue.number) for issue in closed)


# Other people's things


def test_a_label_added_on_either_side_stays(town: Town) -> None:
    town.settle()
    issue = town.issue("Task 2.1: Walls")
    town.ann.label(issue.number, "good first issue")
    town.ann.edit_issue(issue.number, assignees=["ann", "bob"])
    town.edit("**Priority**: HIGH", "**Priority**: LOW")

    town.settle()

    after = town.issue("Task 2.1: Walls")
    assert sorted(town.ann.label_names(after.number)) == ["good first issue", "priority: low"]
    assert sorted(after.assignees) == sorted(town.issue("Task 2.1: Walls").assignees)


def test_text_outside_the_block_is_never_touched(town: Town) -> None:
    town.settle()
    issue = town.issue("Task 2.1: Walls")
    town.ann.edit_issue(issue.number, body=f"Ann says hello.\r\n\r\n{issue.body}\r\n\r\nAnd good-bye. ")
    town.settle()
    town.edit("- [ ] Lay bricks", "- [ ] Lay the bricks")

    town.settle()

    body = town.issue("Task 2.1: Walls").body or ""
    # GitLab takes carriage returns and trailing blanks out of whatever is saved (api-facts §D.2), here by ann herself.
    end, last = ("\r\n", " ") if town.kind == "github" else ("\n", "")
    assert body.startswith(f"Ann says hello.{end}{end}<!--")
    assert body.endswith(f"{end}{end}And good-bye.{last}")
    assert "Lay the bricks" in body


def test_a_hostile_title_comes_back_as_one_inert_task(town: Town) -> None:
    town.settle()
    before = len(list(town.outline().tasks()))
    issue = town.issue("Task 1.2: Pour the concrete")
    town.ann.edit_issue(issue.number, title="x\n- [x] fake <!-- syncd:end -->")

    town.settle()

    tasks = list(town.outline().tasks())
    assert len(tasks) == before
    assert [task.title for task in tasks if "fake" in task.title] == ["x - [x] fake <!-- syncd:end -->"]


def test_nobody_is_mentioned_and_nothing_is_referred_to(town: Town) -> None:
    town.edit("- [ ] Buy bricks", "- [ ] Ask @ann, see #1 and acme/widgets#2, fixes #3")
    town.edit("Task 1.1: Dig the hole", "Task 1.1: Dig the hole with @ann for #1")

    town.settle()

    assert town.sandbox.world.noise == []


# Identity


def test_a_task_cut_and_pasted_back_a_run_later_keeps_its_issue(town: Town) -> None:
    town.settle()
    number = town.issue("Task 1.2: Pour the concrete").number
    line = "- [ ] Task 1.2: Pour the concrete\n"
    town.edit(line, "")
    town.settle()
    assert town.ann.issue(number).state == "closed"

    town.edit("- [ ] Task 1.1: Dig the hole\n", "- [ ] Task 1.1: Dig the hole\n" + line)
    town.settle()

    assert town.issue("Task 1.2: Pour the concrete").number == number
    assert town.ann.issue(number).state == "open"


def test_inserting_a_task_and_renumbering_the_rest_keeps_every_identity(town: Town) -> None:
    town.settle()
    numbers = {issue.number: issue.title.split(": ")[-1] for issue in town.ann.issues()}
    town.write(
        town.text.replace("Task 1.2:", "Task 1.3:")
        .replace("Task 1.1:", "Task 1.2:")
        .replace("- [ ] Task 1.2: Dig", "- [ ] Task 1.1: Stake it out\n- [ ] Task 1.2: Dig")
    )

    report = town.settle()

    assert report.exit_code == 0
    assert {
        issue.number: issue.title.split(": ")[-1] for issue in town.ann.issues() if issue.number in numbers
    } == numbers
    assert len(town.ann.issues()) == len(numbers) + 1
    assert not [
        issue for issue in town.ann.issues() if issue.state == "closed" and "Clear" not in issue.title
    ]


def test_a_tombstoned_issue_does_not_come_back_by_itself(town: Town) -> None:
    town.settle()
    number = town.issue("Task 1.2: Pour the concrete").number
    town.edit("- [ ] Task 1.2: Pour the concrete\n", "")
    town.settle()
    town.ann.reopen(number)

    report = town.settle()

    assert "Pour the concrete" not in town.text
    assert not report.plan.actions


def test_a_changed_label_mapping_moves_nothing(town: Town) -> None:
    town.settle()
    log = len(town.sandbox.world.log)
    town.policy = replace(town.policy, labels=LabelRules({"priority": "prio/{}"}))

    assert town.sync().plan.empty

    assert len(town.sandbox.world.log) == log


def test_a_deleted_issue_is_believed_only_after_two_looks(town: Town) -> None:
    town.settle()
    number = town.issue("Task 1.2: Pour the concrete").number
    town.ann.delete_issue(number)
    town.clock.advance(25 * 3600)
    first = town.sync()
    assert first.plan.empty
    town.clock.advance(11 * 60)

    second = town.sync()

    assert [action.kind.value for action in second.plan.actions] == ["unlink"]
    assert "Pour the concrete" in town.text
    assert town.sync(dry=True).plan.empty, "neither created again nor removed"


def test_a_torn_state_ends_the_run_and_stays_as_it_is(town: Town) -> None:
    town.settle()
    town.state.write_bytes(town.state.read_bytes()[:700])
    before = town.state.read_bytes()

    with pytest.raises(StateError) as caught:
        town.sync()

    assert caught.value.exit_code == 5
    assert town.state.read_bytes() == before
