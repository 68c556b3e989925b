"""What a plan will do, as one short word: the same for the same effects, whoever reads in whatever order (design §7).

A person approves a digest, so it must move with every effect and with nothing else. Uids are minted per run and stand
in it as path, title and occurrence; notes, reasons, counts and times do not enter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from enum import Enum
from typing import TypeAlias, Union

from syncd.model.changes import AddTask, Edit, LineEdit, RoadmapChange, StampTask
from syncd.model.links import Settle
from syncd.model.remote import BodyContent
from syncd.model.values import Field, Uid
from syncd.plan.actions import Action, Conflict, IssueTarget, MilestoneTarget, Plan

Plain: TypeAlias = Union[bool, int, str, "Sequence[Plain]", "Mapping[str, Plain]", None]
Name: TypeAlias = Callable[[Uid], str]

EDITS_KEY = "edits:"
"""Prefix of the key that stands for all roadmap edits of a plan: they are one atomic write."""


def digest(plan: Plan) -> str:
    """SHA-256 (hex) of the plan's effects: edits, actions, conflicts and their winners, decisions used."""
    return _sha(
        {
            "roadmap": plan.roadmap,
            "remotes": _sorted([one.remote, one.project, one.url] for one in plan.remotes),
            "recovery": plan.recovery,
            "edits": _edits(plan),
            "actions": _actions(plan.actions),
            "conflicts": _sorted(_conflict(one) for one in plan.conflicts),
            "uses": _sorted([one.field.value, _plain(one.value)] for one in plan.uses),
        }
    )


def action_key(action: Action) -> str:
    """Names one effect across runs: an interrupted plan finds its approval again (design §7). Hex, 32 characters."""
    return _sha(_action(action, _nameless))[:32]


def edits_key(plan: Plan) -> str:
    """Names all edits of the roadmap together: they are written at once or not at all."""
    return EDITS_KEY + _sha(_edits(plan))[:32]


def _sha(value: Plain) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()


def _json(value: Plain) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _sorted(rows: Iterable[Plain]) -> Plain:
    return sorted(rows, key=_json)


# --- actions ---------------------------------------------------------------------------------------------------------


def _actions(actions: Iterable[Action]) -> Plain:
    """Actions in an order that no uid decides; a milestone they point at is named by its own action, if it has one."""
    rows = sorted(actions, key=lambda action: _json(_action(action, _nameless)))
    names: dict[Uid, str] = {}
    for action in rows:
        names.setdefault(action.uid, f"{action.of.value} {len(names)}")

    def name(uid: Uid) -> str:
        return names.get(uid, "another")

    return [_action(action, name) for action in rows]


def _nameless(_: Uid) -> str:
    return "some"


def _action(action: Action, name: Name) -> Plain:
    return {
        "kind": action.kind.value,
        "remote": action.remote,
        "of": action.of.value,
        "task": [*action.path, action.title, action.occurrence],
        "ref": None if action.ref is None else [action.ref.number, action.ref.id],
        "changes": _sorted(
            [one.field.value, _plain(one.before), _plain(one.after)] for one in action.changes
        ),
        "target": _target(action.target, name),
        "ours": {one.value: _ours(one, value, name) for one, value in action.ours.items()},
        "settles": _sorted(_settle(one, name) for one in action.settles),
        "remove_labels": sorted(action.remove_labels),
        "remove_assignees": sorted(action.remove_assignees),
        "removal": action.closes_by_removal,
        "adopts": action.adopts,
    }


def _target(target: IssueTarget | MilestoneTarget | None, name: Name) -> Plain:
    match target:
        case None:
            return None
        case MilestoneTarget():
            return _record(target)
        case IssueTarget():
            plain = _record(target, without=("milestone", "content"))
            plain["milestone"] = None if target.milestone is None else name(target.milestone)
            plain["content"] = None if target.content is None else _content(target.content)
            return plain


def _content(content: BodyContent) -> Plain:
    plain = _record(content, without=("checklist",))
    plain["checklist"] = [_record(line) for line in content.checklist]
    return plain


def _ours(field: Field, value: object, name: Name) -> Plain:
    # The milestone's value is a uid, the only one among the values of a base.
    if field is Field.MILESTONE and isinstance(value, str):
        return name(Uid(value))
    return _plain(value)


def _settle(settle: Settle, name: Name) -> Plain:
    return [settle.field.value, _ours(settle.field, settle.pair.ours, name), _plain(settle.pair.theirs)]


# --- the roadmap -----------------------------------------------------------------------------------------------------


def _edits(plan: Plan) -> Plain:
    """Bytes, lines and the changes behind them, with the uids that stamps write replaced."""
    uids = [change.uid for change in plan.changes if isinstance(change, AddTask | StampTask)]
    return {
        "bytes": [
            [edit.start, edit.end, _scrubbed(_text(edit), uids)] for edit in sorted(plan.edits, key=_start)
        ],
        "lines": [_line(line, uids) for line in sorted(plan.lines, key=lambda line: line.line)],
        "changes": _sorted(_change(change) for change in plan.changes),
    }


def _start(edit: Edit) -> tuple[int, int, bytes]:
    return (edit.start, edit.end, edit.text)


def _text(edit: Edit) -> str:
    return edit.text.decode("latin-1")


def _line(line: LineEdit, uids: list[Uid]) -> Plain:
    before, after = (None if text is None else _scrubbed(text, uids) for text in (line.before, line.after))
    return [line.line, before, after]


def _scrubbed(text: str, uids: list[Uid]) -> str:
    for uid in uids:
        text = text.replace(uid, "uid")
    return text


def _change(change: RoadmapChange) -> Plain:
    plain = _record(change, without=("uid",))
    plain["change"] = type(change).__name__
    return plain


def _conflict(conflict: Conflict) -> Plain:
    values: Mapping[str, object] = conflict.values
    return [
        conflict.title,
        conflict.field.value,
        {side: _plain(value) for side, value in values.items()},
        conflict.winner,
    ]


# --- any value -------------------------------------------------------------------------------------------------------


def _record(value: object, without: tuple[str, ...] = ()) -> dict[str, Plain]:
    """A dataclass by field name; a field that is added to the model later enters by itself."""
    names = [one.name for one in fields(value)]  # type: ignore[arg-type]  # only dataclasses come here
    return {name: _plain(getattr(value, name)) for name in names if name not in without}


def _plain(value: object) -> Plain:
    match value:
        case Enum():
            return str(value.value)
        case None | bool() | int() | str():
            return value
        case tuple() | list():
            return [_plain(part) for part in value]
        case _:
            raise TypeError(f"no canonical form for {type(value).__name__}")
