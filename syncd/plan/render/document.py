"""The plan as the JSON of ``syncd run --json`` (design §15): the contract that tests and tools rely on."""

from __future__ import annotations

from typing import Any

from syncd.model.values import Value
from syncd.plan.actions import Action, ActionKind, Plan
from syncd.plan.digest import digest
from syncd.plan.render.counts import counts


def to_json(plan: Plan) -> dict[str, Any]:
    """Keys ``roadmap digest plan counts``, JSON-native throughout; the engine adds what came of it."""
    return {
        "roadmap": plan.roadmap,
        "digest": digest(plan),
        "plan": {
            "edits": [{"line": one.line, "before": one.before, "after": one.after} for one in plan.lines],
            "actions": [_action(action) for action in plan.actions],
            "conflicts": [
                {
                    "uid": one.uid,
                    "title": one.title,
                    "field": one.field.value,
                    "values": {side: native(value) for side, value in one.values.items()},
                    "winner": one.winner,
                }
                for one in plan.conflicts
            ],
            "held": [{"uid": one.uid, "title": one.title, "reason": one.reason} for one in plan.held],
        },
        "counts": counts(plan),
    }


def _action(action: Action) -> dict[str, Any]:
    # Closing a milestone is an update to everybody but the order of the plan.
    kind = ActionKind.UPDATE_MILESTONE if action.kind is ActionKind.CLOSE_MILESTONE else action.kind
    return {
        "remote": action.remote,
        "kind": kind.value,
        "uid": action.uid,
        "ref": None if action.ref is None else action.ref.number,
        "title": action.title,
        "changes": [
            {"field": one.field.value, "before": native(one.before), "after": native(one.after)}
            for one in action.changes
        ],
    }


def native(value: Value) -> Any:
    """A field value with lists for tuples, as it comes back from a JSON parser."""
    return [native(part) for part in value] if isinstance(value, tuple) else value
