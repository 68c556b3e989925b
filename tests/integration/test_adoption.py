"""Issues of others flow into the roadmap, with the milestone that they are in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from syncd.model.policy import HOLD, Adoption
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.integration.town import Town, policy

ROADMAP = """# Widgets (1/3 done)

## Phase 1: Ground

* [x] Clear the site
* [ ] Dig the hole

## Phase 2: House

* [ ] Raise the walls

## Definition of Done

* [ ] Nobody was hurt
"""


@pytest.fixture
def town(sandbox: Sandbox, clock: LogicalClock, memory: Path) -> Town:
    town = Town(sandbox, clock, memory, policy(truth=HOLD, adopt=Adoption("all")))
    town.write(ROADMAP)
    town.settle()
    return town


def test_issues_bring_their_milestone_and_stay_in_it(town: Town) -> None:
    town.ann.create_milestone("Garden | *later*")
    one = town.ann.create_issue("Sow grass", milestone="Garden | *later*")
    two = town.ann.create_issue("Build a shed", milestone="Garden | *later*")
    town.sync()
    assert town.text == ROADMAP.replace("(1/3 done)", "(1/5 done)").replace(
        "## Definition",
        "## Garden | \\*later\\*\n\n* [ ] Sow grass\n* [ ] Build a shed\n\n## Definition",
    )
    before = len(town.sandbox.exchanges)
    town.settle()
    written = [one for one in town.sandbox.exchanges[before:] if one.asked.method != "GET"]
    assert not written
    assert {town.ann.issue(issue.number).milestone for issue in (one, two)} == {one.milestone}
    # From now on it is a milestone like any other.
    town.edit("## Garden | \\*later\\*", "## Garden")
    town.settle()
    assert "Garden" in [milestone.title for milestone in town.ann.milestones()]
    town.edit("* [ ] Sow grass", "* [x] Sow grass")
    town.settle()
    assert town.issue("Sow grass").state == "closed"


def test_where_no_heading_shows_how_the_issues_come_alone(town: Town) -> None:
    town.policy = replace(town.policy, adopt=Adoption("never"))
    town.write("- [ ] Dig the hole\n")
    town.settle()
    town.policy = replace(town.policy, adopt=Adoption("all"))
    town.ann.create_milestone("Garden")
    town.ann.create_issue("Sow grass", milestone="Garden")
    town.settle()
    assert town.text == "- [ ] Dig the hole\n- [ ] Sow grass\n"


def test_an_empty_milestone_that_was_renamed_on_the_tracker_stays_one(town: Town) -> None:
    town.edit("* [ ] Raise the walls\n\n", "")
    town.settle()
    town.ann.edit_milestone("Phase 2: House", rename="Sheds")
    town.settle()
    assert "## Sheds\n" in town.text
    town.edit("* [ ] Dig the hole", "* [x] Dig the hole")
    town.settle()
    assert town.ann.milestone("Sheds").state == "open"
    assert [one.title for one in town.ledger().milestones.values() if not one.removed][1] == "Sheds"
