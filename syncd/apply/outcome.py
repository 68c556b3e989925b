"""What became of each action. What is known of an effect decides, not the status code (design §8.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from syncd.model.remote import Ref
from syncd.model.values import Uid

Result = Literal["done", "skipped", "rejected", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One action and its result; ``message`` says why, where it is not done."""

    remote: str
    kind: str
    uid: Uid
    title: str
    result: Result
    ref: Ref | None = None
    message: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteOutcome:
    """What one remote came to in this run. ``exit_code`` is the most pressing of its outcomes."""

    remote: str
    outcomes: tuple[Outcome, ...] = ()
    exit_code: int = 0
    retry_at: datetime | None = None
    stopped: str = ""
    """Why the rest of the actions was left for the next run."""
