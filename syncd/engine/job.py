"""What the engine is asked: one roadmap as configured, and one run of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from syncd.apply import Outcome
from syncd.forge.base import Forge
from syncd.model.policy import Policy, ReadingRules
from syncd.state.store import Store


@dataclass(frozen=True, slots=True)
class Remote:
    """A configured project on a forge.

    ``forge`` makes the adapter when a run needs it, for clients are slow to import; it is given the open state, in
    which pacing counts creations across restarts.
    """

    name: str
    forge: Callable[[Store], Forge]
    quarantine: timedelta
    full_sweep: timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """One roadmap as configured. ``scope`` is the fingerprint of what decides which lines are tasks."""

    name: str
    path: Path
    state: Path
    remotes: tuple[Remote, ...]
    policy: Policy
    rules: ReadingRules
    scope: str
    any_branch: bool = False
    assumed: bool = False
    """Nobody configured the remote, it was taken from the clone: the first run shows its plan and waits."""


def _never() -> str:
    return ""


def _silently(outcome: Outcome, done: int, total: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``trigger`` is logged and never branched on; ``stop`` gives a reason to leave the rest, or nothing."""

    dry: bool = False
    approve: str = ""
    only: str = ""
    trigger: str = "cli"
    stop: Callable[[], str] = _never
    progress: Callable[[Outcome, int, int], None] = _silently
    named: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Issues to read by number besides the lists, by remote: a webhook told of them, and lists may lag behind."""
    away: Mapping[str, datetime] = field(default_factory=dict)
    """Remotes that are not asked in this run, and until when: they failed, and shall be left in peace."""
    believes: Callable[[str], bool] = lambda _: True
    """Whether the roadmap, by the hash of its bytes, is at rest, or somebody is just writing it."""
    wary: bool = False
    """Nobody is looking: a file without a word is taken for one that is just being written."""
    turn: timedelta | None = None
    """How long each remote may be written to; the rest is planned anew by the next run."""

    def begin_turn(self, clock: Callable[[], datetime]) -> Callable[[], str]:
        """What to ask before each effect on one remote, whose turn begins now (design §8.7)."""
        begun = clock()

        def reason() -> str:
            over = self.turn is not None and clock() - begun >= self.turn
            return self.stop() or ("its turn is over" if over else "")

        return reason
