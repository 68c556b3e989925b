"""Small words with which the tests of the planner are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from syncd.model.changes import SetMilestone, SetTask
from syncd.model.policy import Policy
from syncd.model.values import Field, TaskState, Uid
from syncd.plan.actions import Action, ActionKind, Plan
from syncd.plan.world import World
from tests.carrying import synced
from tests.worlds import (
    POLICY,
    box,
    uid_of,
)

DONE, OPEN, DROPPED, IN_PROGRESS = TaskState.DONE, TaskState.OPEN, TaskState.DROPPED, TaskState.IN_PROGRESS
HOLD = replace(POLICY, truth=())


def afters(plan: Plan) -> list[tuple[Field, Any]]:
    """The values that a plan gives the roadmap."""
    return [(each.field, each.after) for each in plan.changes if isinstance(each, SetTask | SetMilestone)]


def target(action: Action) -> Any:
    """What the issue or milestone of an action shall be."""
    return action.target


def kinds(plan: Plan) -> list[tuple[ActionKind, str]]:
    """What a plan does on remotes, in order."""
    return [(action.kind, action.title) for action in plan.actions]


def a_task(policy: Policy = POLICY, **values) -> tuple[World, Uid]:
    """A world in step with one task in milestone M (and an empty N)."""
    other = box("other")
    one = synced({"M": [box("task", **values), other], "N": [box("far")]}, policy=policy)
    return one, uid_of(one, "task")
