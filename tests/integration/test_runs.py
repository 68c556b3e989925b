"""Kinds of runs: approved and interrupted, narrowed to a milestone, stamped, on another branch, beside a crash."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from syncd.engine import Engine, Run
from syncd.errors import NotNow, RoadmapChanged, RoadmapError, UsageError
from syncd.forge.base import Forge
from syncd.model.policy import HOLD, Limits
from syncd.plan.render import render_text
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from syncd.state.store import Store
from tests.integration.town import Town, mint, policy

ROADMAP = """# Widgets

## Phase 1: Ground

- [ ] Clear the site
- [ ] Dig the hole

## Phase 2: House

- [ ] Raise the walls
- [ ] Nail the roof
"""


@pytest.fixture
def town(sandbox: Sandbox, clock: LogicalClock, memory: Path) -> Town:
    town = Town(sandbox, clock, memory, policy(truth=HOLD))
    town.write(ROADMAP)
    return town


def after(steps: int) -> Callable[[], str]:
    """A signal that comes when so many actions are done."""
    asked = iter(range(10_000))
    return lambda: "stopped by a signal" if next(asked) >= steps else ""


def test_an_approved_plan_that_was_interrupted_goes_on_without_asking_again(town: Town) -> None:
    town.policy = replace(town.policy, limits=Limits(first_create=2))
    refused = town.sync()
    assert refused.exit_code == 4

    cut = town.sync(approve=refused.verdict.digest, stop=after(4))
    assert cut.exit_code == 1
    assert 0 < len(town.ann.issues()) < 4
    rest = town.sync()

    assert rest.exit_code == 0
    assert len(town.ann.issues()) == 4
    assert not any(one.actions for one in town.ledger().approvals), "each was used, none is left over"


@pytest.mark.parametrize("effects", [40, 61, 90, 110])
def test_a_first_sync_of_much_that_is_done_goes_on_wherever_it_was_cut_off(town: Town, effects: int) -> None:
    # More issues to close than may be updated at once: closing them belongs to making them.
    town.write("# Widgets\n\n## Phase 1: Ground\n\n" + "".join(f"- [x] Dig hole {n}\n" for n in range(60)))
    assert town.sync(stop=after(effects)).exit_code == 1
    rest = town.sync()
    assert not rest.verdict.refused
    assert rest.exit_code == 0
    assert [issue.state for issue in town.ann.issues()] == ["closed"] * 60


def test_a_run_narrowed_to_a_milestone_leaves_the_rest(town: Town) -> None:
    town.sync(only="Phase 2")

    assert [issue.title for issue in town.ann.issues()] == ["Raise the walls", "Nail the roof"]
    assert [one.title for one in town.ann.milestones()] == ["Phase 2: House"]
    town.settle()
    assert len(town.ann.issues()) == 4


def test_a_milestone_that_is_not_there_is_a_usage_error(town: Town) -> None:
    with pytest.raises(UsageError, match="Phase 7"):
        town.sync(only="Phase 7")


def test_stamps_are_written_once_and_keep_identity_through_any_rename(town: Town) -> None:
    town.policy = replace(town.policy, stamp=True)
    town.settle()
    assert town.text.count("<!-- syncd:u") == 4
    number = town.issue("Nail the roof").number
    town.edit("Nail the roof", "Something else altogether")

    town.settle()

    assert town.issue("Something else altogether").number == number


def test_no_run_on_another_branch_or_in_a_merge(town: Town) -> None:
    git = town.folder / ".git"
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    town.settle()
    (git / "HEAD").write_text("ref: refs/heads/feature\n")
    with pytest.raises(NotNow, match="main"):
        town.sync()

    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "MERGE_HEAD").write_text("0" * 40 + "\n")
    with pytest.raises(NotNow, match="merge"):
        town.sync()


def test_a_dry_run_leaves_no_trace(town: Town) -> None:
    report = town.sync(dry=True)

    assert report.plan.actions
    assert sorted(path.name for path in town.folder.iterdir()) == ["ROADMAP.md"]
    assert town.sandbox.world.log == []


def test_an_edit_seconds_before_the_write_is_not_overwritten(town: Town) -> None:
    """Between the observation and the write a person edits the same field: the action is skipped, and planned anew."""
    town.settle()
    issue = town.issue("Dig the hole")
    town.edit("Dig the hole", "Dig a deep hole")
    town.sandbox.fault("stale", method="GET", route="/issues[?]", times=1, seconds=30)
    town.clock.advance(60)
    town.ann.edit_issue(issue.number, title="Dig the hole by hand")

    report = town.sync()

    assert town.ann.issue(issue.number).title == "Dig the hole by hand"
    assert report.exit_code in (1, 3)


def test_tasks_behind_a_fence_left_open_are_hidden_not_removed(town: Town) -> None:
    town.settle()
    town.edit("## Phase 2: House\n", "## Phase 2: House\n\n```\nsome output\n")

    report = town.sync()

    assert not [action for action in report.plan.actions if action.kind.value != "rebase"]
    assert {issue.state for issue in town.ann.issues()} == {"open"}
    assert [one.state for one in town.ann.milestones()] == ["open", "open"]


def test_a_file_saved_during_the_run_is_planned_again_and_no_line_is_lost(town: Town) -> None:
    town.settle()
    town.ann.close(town.issue("Dig the hole").number)
    saves = iter([lambda: town.write(town.text + "- [ ] Paint the door\n")])

    def forge(store: Store) -> Forge:
        # The file has been read, the tracker not yet: now a person saves.
        next(saves, lambda: None)()
        return town.forge(store)

    town.clock.advance(1)
    report = Engine({"main": town.job(forge)}, town.clock, mint).sync("main", Run())

    assert report.exit_code == 0
    assert "- [x] Dig the hole" in town.text
    assert town.text.endswith("- [ ] Paint the door\n")
    assert town.issue("Paint the door").state == "open"


def test_somebody_who_never_stops_saving_makes_us_wait(town: Town) -> None:
    town.settle()
    town.ann.close(town.issue("Dig the hole").number)

    def forge(store: Store) -> Forge:
        town.write(town.text + "\n")
        return town.forge(store)

    town.clock.advance(1)
    with pytest.raises(RoadmapChanged):
        Engine({"main": town.job(forge)}, town.clock, mint).sync("main", Run())

    assert "- [ ] Dig the hole" in town.text


def test_lines_that_left_by_mapping_are_unlinked_also_on_a_remote_that_was_away(town: Town) -> None:
    town.settle()
    town.rules = replace(town.rules, ignore=("Phase 2: House",))
    token, town.token = town.token, "wrong"
    assert town.sync().exit_code == 78
    town.token = token

    asked = town.sync()
    assert asked.exit_code == 4, "a changed scope asks first"
    town.sync(approve=asked.verdict.digest)

    assert {issue.state for issue in town.ann.issues()} == {"open"}
    assert len([link for link in town.ledger().links if link.kind.value == "task"]) == 2


def test_of_a_remote_that_was_not_read_nobody_says_that_it_agrees(town: Town) -> None:
    town.settle()
    town.token = "wrong"

    report = town.sync()
    text = render_text(report.plan, report.verdict)

    assert "all sides say the same" not in text
    assert "not read" in text
    assert text.count("github: ") == 1, "its name is said once"


@pytest.mark.parametrize("fault", ["read-only", "a symbolic link", "UTF-16", "conflict markers", "missing"])
def test_a_roadmap_that_cannot_be_used_leaves_no_trace_of_a_run(town: Town, fault: str) -> None:
    match fault:
        case "read-only":
            town.path.chmod(0o444)
        case "a symbolic link":
            town.path.rename(town.folder / "real.md")
            town.path.symlink_to(town.folder / "real.md")
        case "UTF-16":
            town.path.write_bytes(ROADMAP.encode("utf-16"))
        case "conflict markers":
            town.write(f"{ROADMAP}<<<<<<< ours\n- [ ] One\n=======\n- [ ] Two\n>>>>>>> theirs\n")
        case _:
            town.path.unlink()
    before = sorted(path.name for path in town.folder.iterdir())

    with pytest.raises(RoadmapError) as caught:
        town.sync()

    assert caught.value.exit_code == 65
    assert str(town.path) in caught.value.message
    assert sorted(path.name for path in town.folder.iterdir()) == before
    assert town.sandbox.world.log == []


def test_an_issue_belongs_to_one_roadmap_of_a_state(town: Town) -> None:
    town.settle()
    other = town.folder / "OTHER.md"
    other.write_text("# Others\n\n## Phase 9: Elsewhere\n\n- [ ] Dig the hole\n")
    jobs = {"main": town.job(), "other": replace(town.job(), name="other", path=other)}
    town.clock.advance(1)

    report = Engine(jobs, town.clock, mint).sync("other", Run())

    assert report.exit_code == 0, report.plan.held
    assert [issue.title for issue in town.ann.issues()].count("Dig the hole") == 2


def test_what_both_sides_agree_on_stays_settled_when_the_same_run_updates_the_issue(town: Town) -> None:
    town.edit("Dig the hole", "Dig the hole #deep")
    town.sync()
    # The tag has no label on the forge: its base moves by itself, while the title is sent.
    town.edit("the hole #deep", "the hole #wide")
    assert {action.kind.value for action in town.sync().plan.actions} == {"rebase", "update_issue"}
    assert town.sync(dry=True).plan.empty
