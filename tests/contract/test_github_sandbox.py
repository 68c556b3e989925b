"""GitHub's adapter keeps the contract, over real sockets; and the traps that are GitHub's own (api-facts §0, §G.1)."""

import pytest

from syncd.errors import AccessRefused, ForgeError, Gone, NotSent, Rejected, Unknown
from syncd.forge.base import Forge
from syncd.forge.github import GitHub
from syncd.forge.pacing import Pace
from syncd.model.remote import IssueDraft
from syncd.model.values import TaskState
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.contract.forge_contract import EconomyContract, HarshContract, ObservationContract, forge, patch
from tests.contract.worlds import NO_LIMITS, SandboxWorld

__all__ = ["forge"]


@pytest.fixture
def world(sandbox: Sandbox, clock: LogicalClock) -> SandboxWorld:
    def wait(seconds: float) -> bool:
        clock.advance(seconds)
        return False

    return SandboxWorld(sandbox, clock, wait)


class TestGitHub(HarshContract, ObservationContract, EconomyContract):
    pass


def test_the_adapter_is_a_forge(world: SandboxWorld) -> None:
    forge: Forge = world.forge()
    assert forge.remote == "github"


def test_since_is_asked_in_utc_from_the_server_s_own_clock(world: SandboxWorld) -> None:
    """PyGithub sends local time with a Z (api-facts §G.1)."""
    forge = world.forge()
    cursor = forge.observe("").cursor
    assert cursor == "2026-01-05T09:00:00Z"
    forge.observe(cursor)
    asked = [path for _, path in world.log() if "since" in path]
    assert asked == [
        "/repos/acme/widgets/issues?direction=desc&per_page=100&since=2026-01-05T08%3A50%3A00Z&sort=updated&state=all"
    ]


def test_deep_pages_are_reached_by_links(new_sandbox, clock: LogicalClock) -> None:
    """Numbered pages end somewhere; PyGithub's totals and jumps need them (api-facts §0.4)."""
    world = SandboxWorld(new_sandbox(deep_page=200), clock, lambda _: False)
    for number in range(350):
        world.issue(f"T{number}")
    seen = world.forge().observe("")
    assert (len(seen.issues), seen.complete) == (350, True)


def test_a_number_of_issues_that_cannot_be_verified_is_not_called_whole(
    new_sandbox, clock: LogicalClock
) -> None:
    world = SandboxWorld(new_sandbox(deep_page=200), clock, lambda _: False)
    for number in range(200):
        world.issue(f"T{number}")
    seen = world.forge().observe("")
    assert (len(seen.issues), seen.complete) == (200, False)


def test_a_label_with_a_slash_is_taken_off_with_the_set(world: SandboxWorld) -> None:
    """PyGithub leaves the slash in the address of a single removal (api-facts §G.1)."""
    number = world.issue("T", labels=["area/ui", "theirs"])
    assert world.forge().update_issue(number, patch(labels=("theirs",))).labels == ("theirs",)


def test_labels_fold_case_and_keep_the_name_there_is(world: SandboxWorld) -> None:
    world.issue("T", labels=["Bug"])
    assert world.forge().create_issue(IssueDraft("U", "", labels=("bug",))).labels == ("Bug",)


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_wrong_token_is_a_matter_of_access(world: SandboxWorld, sandbox: Sandbox, token: str) -> None:
    pace = Pace(NO_LIMITS, clock=world.clock, wait=world.wait)
    with pytest.raises(AccessRefused):
        GitHub("github", "acme/widgets", token=token, web_url=sandbox.url, pace=pace).project()


def test_an_unreachable_host_is_tried_again_and_then_told(world: SandboxWorld, sandbox: Sandbox) -> None:
    pace = Pace(NO_LIMITS, clock=world.clock, wait=world.wait)
    forge = GitHub("github", "acme/widgets", token="x", web_url="http://127.0.0.1:9", pace=pace)
    with pytest.raises(NotSent):
        forge.project()
    assert forge.requests == 4


def test_a_redirect_to_another_host_takes_no_token_there(world: SandboxWorld, new_sandbox) -> None:
    other = new_sandbox()
    forge = world.forge()
    forge.project()
    world.spoil(
        "redirect", route="/issues", location=f"{other.api_url}/repos/acme/widgets/issues", times=None
    )
    with pytest.raises(ForgeError):
        forge.observe("")
    with pytest.raises(ForgeError):
        forge.create_issue(IssueDraft("T", ""))
    assert other.exchanges == []


def test_a_write_by_a_former_name_is_refused_and_the_issue_not_gone(world: SandboxWorld) -> None:
    """PyGithub follows the redirect with the write (api-facts §0.7)."""
    number = world.issue("T")
    forge = world.forge()
    forge.project()
    world.rename_project("acme/gadgets")
    with pytest.raises(Rejected) as told:
        forge.update_issue(number, patch(title="not this way"))
    assert not isinstance(told.value, Gone)
    assert world.titles() == ["T"]


def test_half_a_swap_of_done_and_dropped_is_in_doubt(world: SandboxWorld) -> None:
    number = world.issue("T")
    forge = world.forge()
    forge.update_issue(number, patch(state=TaskState.DONE))
    world.spoil("fail_before", method="PATCH", status=422, nth=2)
    with pytest.raises(Unknown):
        forge.update_issue(number, patch(state=TaskState.DROPPED))
