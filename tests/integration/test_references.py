"""What is written about other tasks and shown to others: references that work, and text that runs nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.integration.forges import KINDS
from tests.integration.town import Town, policy

ROADMAP = """# Widgets

## Phase 1

#### Task 1.1: Ground

Why: a house needs one.

- [ ] Dig

#### Task 1.2: Walls

After Task 1.1, with 1.1 bricks each.

- [ ] Ask whoever did Task 1.1
"""


@pytest.fixture(params=KINDS)
def town(
    request: pytest.FixtureRequest, new_sandbox: Callable[..., Sandbox], clock: LogicalClock, memory: Path
) -> Town:
    town = Town(new_sandbox(forge=request.param), clock, memory, policy(), kind=request.param)
    town.write(ROADMAP)
    return town


def shown(town: Town, title: str) -> str:
    """The text of an issue without what forges hide."""
    return re.sub(r"<!--.*?-->", "", town.issue(title).body or "")


def test_a_task_named_in_the_notes_of_another_is_shown_as_its_issue_and_stays_in_the_file(town: Town) -> None:
    town.settle()
    ground = town.issue("Task 1.1: Ground").number
    # When the second issue was made, the first was not known to be one: the next write of the block says it.
    town.edit("- [ ] Ask whoever", "- [ ] First ask whoever")
    before = town.text
    town.settle()
    body = shown(town, "Task 1.2: Walls")
    assert f"After #{ground}, with 1.1 bricks each." in body
    assert f"First ask whoever did #{ground}" in body
    assert town.text == before


def test_an_issue_does_not_refer_to_itself(town: Town) -> None:
    town.settle()
    own = town.issue("Task 1.1: Ground").number
    town.edit("Why: a house needs one.", "Why: a house needs one. Task 1.1 is the first.")
    town.settle()
    body = shown(town, "Task 1.1: Ground")
    assert "is the first" in body
    assert f"#{own}" not in body


def test_a_reference_alone_causes_no_write(town: Town) -> None:
    town.settle()
    writes = len([one for one in town.sandbox.exchanges if one.asked.method != "GET"])
    town.sync()
    assert len([one for one in town.sandbox.exchanges if one.asked.method != "GET"]) == writes


def test_a_command_that_people_show_as_code_is_not_set_free_by_an_open_fence_above_it(town: Town) -> None:
    town.settle()
    number = town.issue("Task 1.1: Ground").number
    people = "\n\n```\n/close\n```"
    town.ann.edit_issue(number, body=(town.issue("Task 1.1: Ground").body or "") + people)
    town.settle()
    town.edit("Why: a house needs one.", "Why: a house needs one. As in:\n\n```\nopen")
    town.sync()
    issue = town.issue("Task 1.1: Ground")
    assert issue.state == "open"
    assert (issue.body or "").endswith(people)


def test_a_fence_that_people_left_open_stays_open_to_the_end_of_their_text(town: Town) -> None:
    town.settle()
    number = town.issue("Task 1.1: Ground").number
    above, below = "For example:\n\n```\n", "\n/close"
    town.ann.edit_issue(number, body=above + (town.issue("Task 1.1: Ground").body or "") + below)
    town.settle()
    # Its last line would close what people opened above, and their command would stand free.
    town.edit("Why: a house needs one.", "Why: a house needs one.\n\n```py\n/close\n```")
    before = town.text
    town.settle()
    issue = town.issue("Task 1.1: Ground")
    assert issue.state == "open"
    assert (issue.body or "").startswith(above)
    assert (issue.body or "").endswith(below)
    assert town.text == before
