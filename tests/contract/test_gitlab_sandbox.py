"""GitLab's adapter keeps the contract, over real sockets; and the traps that are its own (api-facts §0, §D.2, §G.2)."""

from datetime import date, timedelta

import pytest

from syncd.errors import AccessRefused, ForgeError, Gone, RateLimited
from syncd.forge.base import Forge
from syncd.forge.body import put
from syncd.forge.gitlab import GitLab
from syncd.forge.pacing import Pace
from syncd.model.remote import BodyContent, ChecklistLine, IssueDraft, IssuePatch, MilestonePatch
from syncd.model.values import Field, TaskState
from syncd.observe import Linked, Memory, Seen, observe
from syncd.sandbox import Sandbox, people, planning
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.limits import Limits
from syncd.sandbox.records import Origin
from tests.contract.forge_contract import (
    EconomyContract,
    HarshContract,
    ObservationContract,
    block,
    forge,
    patch,
    whole,
)
from tests.contract.worlds import NO_LIMITS, GitLabWorld

__all__ = ["forge"]


@pytest.fixture
def world(new_sandbox, clock: LogicalClock) -> GitLabWorld:
    def wait(seconds: float) -> bool:
        clock.advance(seconds)
        return False

    sandbox: Sandbox = new_sandbox(forge="gitlab")
    return GitLabWorld(sandbox, clock, wait)


class TestGitLab(HarshContract, ObservationContract, EconomyContract):
    closed_milestone = 2


def test_the_adapter_is_a_forge(world: GitLabWorld) -> None:
    forge: Forge = world.forge()
    assert forge.remote == "gitlab"


# Quick actions: nothing of ours is ever carried out, whatever stands around it


COMMANDS = [
    "/close",
    "/CLOSE",
    "/clo\u017fe",
    "/loc\u212a",
    "a\r/close",
    "a\r\n/close",
    "a\n\r/close",
    "a\n/\rclose",
    "> quote\n/close",
    "- item\n/close",
    "lazy\n    /close\n/close",
    "\t/close",
    "\u00a0/close",
    "/close\n/reopen\n/label x",
    "/label x\n\n/assign @ann\n\n/move acme/other",
    "/shrug so",
    "/tableflip",
    "```\n/close\n```",
    "~~~\n/close\n~~~",
    "```\n/close",
    ">>>\n```\n>>>\n/close\n```",
    ">>> [!note]\n~~~\n>>>\n/close\n~~~",
    "- a\n  ```\n/close\n  ```",
    "<details>\n\n/close\n</details>",
    "<!-- open\n-->\n/close",
    "`a\n/close`",
    "\\/close",
    "\\\\/close\n/close",
    "```\n\\/close\n/close\n```",
    "&sol;close",
    "&#47;close",
    "text\u2028/close\u2029/close",
    "text\x0b/close\x0c/close\x85/close",
    "\ufeff/close",
    "| a |\n|---|\n/close",
    "[x]: /close\n/close",
]
AROUND = [
    "",
    "people's\n",
    "```\nopen\n",
    "~~~\nopen\n",
    ">>>\nopen\n",
    "<div>\n",
    "<!-- open\n",
    "- item\n  ```\n",
    "a `tick\n",
]


def canonical(notes: str) -> str:
    return notes.replace("\r\n", "\n").replace("\r", "\n").rstrip().lstrip("\n")


@pytest.mark.parametrize("text", COMMANDS)
def test_nothing_of_a_new_issue_is_obeyed(world: GitLabWorld, text: str) -> None:
    forge = world.forge()
    everywhere = BodyContent((text, text), text, ((text, text),), (ChecklistLine(text, False, 0, text),))
    made = forge.create_issue(IssueDraft(text, block(everywhere)))
    assert world.noise() == []
    assert made.notes == canonical(text)
    assert forge.get_issue(made.ref.number) == made
    again = forge.update_issue(
        made.ref.number, IssuePatch(frozenset({Field.NOTES}), body=put(made.body, block(everywhere)))
    )
    # Nothing accumulates, and nothing that a second run would have to write.
    assert (again.body, again.notes, world.noise()) == (made.body, made.notes, [])


@pytest.mark.parametrize("around", AROUND)
def test_nothing_of_a_block_is_obeyed_below_what_people_left_open(world: GitLabWorld, around: str) -> None:
    forge = world.forge()
    for text in COMMANDS:
        number = world.issue("T", body=around)
        content = BodyContent((), text, (), (ChecklistLine("x", False),))
        body = put(forge.get_issue(number).body, block(content))
        after = forge.update_issue(number, IssuePatch(frozenset({Field.NOTES}), body=body))
        assert (world.noise(), after.notes) == ([], canonical(text)), text
        assert after.body.startswith(around.rstrip())


def test_titles_and_milestones_are_no_place_for_commands(world: GitLabWorld) -> None:
    forge = world.forge()
    forge.create_milestone(whole("/close"))
    made = forge.create_issue(IssueDraft("/close", ""))
    assert (made.title, made.state, world.noise()) == ("/close", TaskState.OPEN, [])


# What GitLab does by itself shows in its answer


def test_on_the_free_tier_one_assignee_stays(world: GitLabWorld) -> None:
    forge = world.forge()
    made = forge.create_issue(IssueDraft("T", "", assignees=("ann", "syncd-bot")))
    assert made.assignees == ("ann",)
    assert forge.update_issue(made.ref.number, patch(assignees=("syncd-bot", "ann"))).assignees == (
        "syncd-bot",
    )
    assert forge.update_issue(made.ref.number, patch(assignees=("nobody-here",))).assignees == ()


def test_people_that_exist_in_another_case_are_assigned(world: GitLabWorld) -> None:
    assert world.forge().create_issue(IssueDraft("T", "", assignees=("ANN",))).assignees == ("ann",)


def test_of_scoped_labels_one_stays_and_the_answer_says_which(new_sandbox, clock: LogicalClock) -> None:
    world = GitLabWorld(new_sandbox(forge="gitlab", tier="premium"), clock, lambda _: False)
    number = world.issue("T", labels=["priority::low", "theirs"])
    after = world.forge().update_issue(number, patch(labels=("priority::low", "theirs", "priority::high")))
    assert sorted(after.labels) == ["priority::high", "theirs"]


def test_labels_are_made_on_purpose_and_not_by_a_typing_error(world: GitLabWorld) -> None:
    forge = world.forge()
    number = world.issue("T")
    forge.update_issue(number, patch(state=TaskState.DROPPED))
    posted = [path for method, path in world.log() if method == "POST"]
    assert [path.rpartition("/")[2] for path in posted] == ["labels"]


def test_a_due_date_goes_both_ways(world: GitLabWorld) -> None:
    forge = world.forge()
    day = date(2028, 2, 29)
    made = forge.create_issue(IssueDraft("T", "", due=day))
    assert (made.due, forge.observe("").issues[0].due) == (day, day)
    assert forge.update_issue(made.ref.number, patch(due=None)).due is None


def test_a_title_of_a_milestone_with_tags_is_settled_as_it_was_stored(world: GitLabWorld) -> None:
    made = world.forge().create_milestone(whole("a <b> c"))
    assert made.title == "a  c".replace("  ", " ")


# Groups


def group_milestone(world: GitLabWorld, title: str) -> int:
    group = people.group_at(world.sandbox.world, "acme")
    assert group is not None
    origin = Origin("ann", "PERSON", "", "gitlab")
    return planning.create_milestone(world.sandbox.world, origin, group.id, {"title": title}).id


def test_milestones_of_groups_are_seen_and_their_numbers_are_not_those_of_the_project(
    world: GitLabWorld,
) -> None:
    """The first of the project and the first of the group have the same `iid`."""
    own, inherited = world.milestone("Own"), group_milestone(world, "Shared")
    forge = world.forge()
    seen = {one.title: (one.ref.number, one.writable) for one in forge.observe("").milestones}
    assert seen == {"Own": (own, True), "Shared": (inherited, False)}
    shared = forge.get_milestone(inherited)
    assert (shared.title, shared.writable) == ("Shared", False)
    made = forge.create_issue(IssueDraft("T", "", shared.ref))
    assert made.milestone == inherited
    with pytest.raises(Gone):
        forge.update_milestone(inherited, MilestonePatch(frozenset({Field.TITLE}), title="Ours"))


def test_open_issues_of_a_milestone_are_counted_by_who_has_seen_them_all(world: GitLabWorld) -> None:
    """GitLab's milestones do not say it, and a milestone that others use must not be closed."""
    number = world.milestone("M")
    world.issue("T", milestone="M")
    world.close(world.issue("U", milestone="M"))
    seen = observe(world.forge(), Memory(None), Linked(), now=world.now(), full_sweep=timedelta(days=1))
    assert isinstance(seen, Seen)
    assert seen.snapshot.milestones[number].open_issues == 1


# Addresses, tokens, limits


def test_an_installation_below_a_path(new_sandbox, clock: LogicalClock) -> None:
    world = GitLabWorld(new_sandbox(forge="gitlab", folder="/tools/gitlab"), clock, lambda _: False)
    for number in range(101):
        world.issue(f"T{number}")
    assert len(world.forge().observe("").issues) == 101
    assert all(one.asked.target.startswith("/tools/gitlab/api/v4/") for one in world.sandbox.exchanges)


def test_a_list_is_read_by_keyset_and_changes_by_updated_after(world: GitLabWorld) -> None:
    forge = world.forge()
    cursor = forge.observe("").cursor
    assert cursor == "2026-01-05T09:00:00Z"
    forge.observe(cursor)
    whole_list, changes = [path for _, path in world.log() if "/issues?" in path]
    assert "pagination=keyset" in whole_list
    assert "updated_after=2026-01-05T08%3A50%3A00Z" in changes


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_wrong_token_is_a_matter_of_access(world: GitLabWorld, token: str) -> None:
    pace = Pace(NO_LIMITS, clock=world.clock, wait=world.wait)
    with pytest.raises(AccessRefused):
        GitLab("gitlab", "acme/widgets", token=token, web_url=world.sandbox.gitlab_url, pace=pace).account()


def test_a_token_that_may_only_read_writes_nothing(world: GitLabWorld) -> None:
    people.add_token(world.sandbox.world, "reads", "syncd-bot", scopes=("read_api",))
    pace = Pace(NO_LIMITS, clock=world.clock, wait=world.wait)
    forge = GitLab("gitlab", "acme/widgets", token="reads", web_url=world.sandbox.gitlab_url, pace=pace)
    assert forge.observe("").complete
    with pytest.raises(AccessRefused) as told:
        forge.create_issue(IssueDraft("T", ""))
    assert "`api`" in told.value.hint
    assert world.titles() == []


def test_a_limit_of_issues_a_minute_is_obeyed(new_sandbox, clock: LogicalClock) -> None:
    world = GitLabWorld(
        new_sandbox(forge="gitlab", limits=Limits(issues_per_minute=2)), clock, lambda _: False
    )
    forge = world.forge()
    for title in ("one", "two"):
        forge.create_issue(IssueDraft(title, ""))
    with pytest.raises(RateLimited) as told:
        forge.create_issue(IssueDraft("three", ""))
    world.pass_time((told.value.until - world.now()).total_seconds())
    assert forge.create_issue(IssueDraft("three", "")).title == "three"


def test_a_redirect_to_another_host_takes_no_token_there(world: GitLabWorld, new_sandbox) -> None:
    other = new_sandbox()
    forge = world.forge()
    forge.project()
    world.spoil(
        "redirect", route="/issues", location=f"{other.gitlab_url}/api/v4/projects/1/issues", times=None
    )
    with pytest.raises(ForgeError):
        forge.observe("")
    with pytest.raises(ForgeError):
        forge.create_issue(IssueDraft("T", ""))
    assert other.exchanges == []
