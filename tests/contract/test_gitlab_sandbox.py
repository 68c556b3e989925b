"""GitLab's adapter keeps the contract, over real sockets; and the traps that are its own (api-facts §0, §D.2, §G.2)."""

import pytest

from syncd.forge.base import Forge
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.contract.forge_contract import EconomyContract, HarshContract, ObservationContract, forge
from tests.contract.worlds import GitLabWorld

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
