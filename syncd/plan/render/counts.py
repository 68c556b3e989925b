"""What a plan comes to: how many of what (the last line of the text, ``counts`` of the JSON contract), and what of it
people are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncd.model.values import Field, MilestoneState, TaskState, Uid
from syncd.plan.actions import Action, ActionKind, Plan

_CLOSED = {TaskState.DONE.value, TaskState.DROPPED.value, MilestoneState.CLOSED.value}
_COUNTED_AS = {
    ActionKind.CREATE_LABEL: "create",
    ActionKind.CREATE_MILESTONE: "create",
    ActionKind.CREATE_ISSUE: "create",
    ActionKind.UPDATE_ISSUE: "update",
    ActionKind.UPDATE_MILESTONE: "update",
    ActionKind.CLOSE_MILESTONE: "update",
    ActionKind.LINK: "link",
    ActionKind.UNLINK: "unlink",
}
"""``rebase`` is a word in the state that nobody sees, and is not counted."""


def counts(plan: Plan) -> dict[str, int]:
    """Keys ``create update close link unlink edit conflict held``; an update that closes counts as close only."""
    found = dict.fromkeys(("create", "update", "close", "link", "unlink"), 0)
    for action in plan.actions:
        if action.kind in _COUNTED_AS:
            found["close" if closes(action) else _COUNTED_AS[action.kind]] += 1
    # Before *realise* only the changes are known, after it only the lines say how many bytes move.
    found["edit"] = len(plan.lines) or len(plan.changes)
    return {**found, "conflict": len(plan.conflicts), "held": len(plan.held)}


def closes(action: Action) -> bool:
    """Whether an update closes an issue or a milestone."""
    if action.kind is ActionKind.CLOSE_MILESTONE or action.closes_by_removal:
        return True
    if action.kind not in (ActionKind.UPDATE_ISSUE, ActionKind.UPDATE_MILESTONE):
        return False
    return any(
        change.field is Field.STATE and change.after in _CLOSED and change.before not in _CLOSED
        for change in action.changes
    )


def told(actions: Sequence[Action]) -> tuple[list[Action], frozenset[Uid]]:
    """The actions on one remote as people are told of them, and the tasks that are closed where they are created.

    For a reader the closing of an issue that this plan creates is no action of its own.
    """
    made = {action.uid for action in actions if action.kind is ActionKind.CREATE_ISSUE}
    closed = frozenset(action.uid for action in actions if action.uid in made and closes(action))
    return [action for action in actions if not (action.uid in closed and closes(action))], closed


def sentence(found: Mapping[str, int]) -> str:
    """``3 to create, 1 to close, 2 lines to edit``; an empty plan says so."""
    words = {
        "create": "to create", "update": "to update", "close": "to close", "link": "to link", "unlink": "to unlink",
        "edit": "lines to edit", "conflict": "in conflict", "held": "held",
    }  # fmt: skip
    if found["edit"] == 1:
        words["edit"] = "line to edit"
    parts = [f"{found[name]} {word}" for name, word in words.items() if found[name]]
    return ", ".join(parts) or "nothing to do"
