"""The digest moves with every effect and with nothing else (design §7)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.changes import AddTask, Edit, LineEdit, SetTask, StampTask
from syncd.model.links import Decision, Pair, Settle
from syncd.model.outline import MilestoneKey, TaskKey
from syncd.model.remote import BodyContent, ChecklistLine, Ref
from syncd.model.values import Field, Kind, MilestoneState, TaskState, Uid
from syncd.plan.actions import (
    Action,
    ActionKind,
    Change,
    Conflict,
    Held,
    IssueTarget,
    MilestoneTarget,
    Note,
    Plan,
    RemotePlan,
)
from syncd.plan.digest import action_key, digest, edits_key

HEX = 64


def plan(minted: Callable[[str], Uid] = Uid) -> Plan:
    """A plan with one of everything; ``minted`` makes the uids."""
    milestone, first, second = minted("m"), minted("a"), minted("b")
    content = BodyContent(("Part",), "Notes", (("Priority", "high"),), (ChecklistLine("Box", done=True),))
    target = IssueTarget("First", TaskState.OPEN, milestone, ("bug",), ("ann",), "2026-01-01", content)
    return Plan(
        "main",
        remotes=(RemotePlan("github", "acme/widgets", "https://github.com/acme/widgets", "bot", 3, 2),),
        changes=(
            SetTask(TaskKey(4), Field.STATE, "done"),
            AddTask(second, MilestoneKey(0), "New", TaskState.OPEN),
        ),
        edits=(Edit(10, 11, b"x"), Edit(90, 90, f"- [ ] New <!-- {second} -->\n".encode())),
        lines=(LineEdit(3, "- [ ] Old", "- [x] Old"), LineEdit(9, None, f"- [ ] New <!-- {second} -->")),
        actions=(
            Action(
                ActionKind.CREATE_MILESTONE,
                "github",
                milestone,
                "Week 1",
                target=MilestoneTarget("Week 1", MilestoneState.OPEN, None),
                of=Kind.MILESTONE,
            ),
            Action(
                ActionKind.CREATE_ISSUE,
                "github",
                first,
                "First",
                target=target,
                ours={Field.TITLE: "First", Field.MILESTONE: milestone},
                path=("Week 1",),
            ),
            Action(
                ActionKind.UPDATE_ISSUE,
                "github",
                second,
                "Second",
                ref=Ref(7, "i7"),
                changes=(Change(Field.STATE, "open", "done"),),
                remove_labels=frozenset({"old"}),
                path=("Week 1", "Part"),
            ),
            Action(
                ActionKind.LINK,
                "github",
                minted("c"),
                "Third",
                ref=Ref(8, "i8"),
                settles=(Settle(minted("c"), "github", Field.MILESTONE, Pair(milestone, 4)),),
                reason="same title",
            ),
        ),
        conflicts=(Conflict(first, "First", Field.TITLE, {"roadmap": "a", "github": "b"}, "roadmap"),),
        held=(Held(minted("h"), "Held", "because"),),
        notes=(Note("other", "By the way"),),
        uses=(Decision(first, Field.TITLE, "a"),),
    )


def test_a_digest_is_a_sha256_in_hex() -> None:
    assert len(digest(plan())) == HEX
    assert int(digest(plan()), 16)


@given(st.integers(0, 2**32).map(random.Random))
def test_neither_minted_uids_nor_the_order_of_anything_enter(rng: random.Random) -> None:
    names = {name: Uid(f"{rng.randrange(10**9):09}") for name in "mabch"}
    other = plan(lambda name: names[name])
    shuffled = replace(
        other,
        actions=tuple(rng.sample(other.actions, len(other.actions))),
        lines=tuple(rng.sample(other.lines, len(other.lines))),
        edits=tuple(rng.sample(other.edits, len(other.edits))),
    )
    assert digest(shuffled) == digest(plan())
    assert {action_key(one) for one in other.actions} == {action_key(one) for one in plan().actions}


def test_neither_notes_nor_held_tasks_nor_reasons_nor_counts_enter() -> None:
    base = plan()
    (remote,) = base.remotes
    talk = replace(
        base,
        notes=(),
        held=(),
        remotes=(replace(remote, account="", linked=99, mail=99, first=True),),
        actions=tuple(replace(action, reason="other words") for action in base.actions),
    )
    assert digest(talk) == digest(base)


def _action(at: int, **changed: object) -> Callable[[Plan], Plan]:
    def change(base: Plan) -> Plan:
        actions = list(base.actions)
        actions[at] = replace(actions[at], **changed)  # type: ignore[arg-type]  # by their names
        return replace(base, actions=tuple(actions))

    return change


def _content(**changed: object) -> Callable[[Plan], Plan]:
    def change(base: Plan) -> Plan:
        target = base.actions[1].target
        assert isinstance(target, IssueTarget)
        assert target.content
        content = replace(target.content, **changed)  # type: ignore[arg-type]  # by their names
        return _action(1, target=replace(target, content=content))(base)

    return change


EFFECTS: dict[str, Callable[[Plan], Plan]] = {
    "roadmap": lambda base: replace(base, roadmap="other"),
    "project": lambda base: replace(base, remotes=(replace(base.remotes[0], project="acme/other"),)),
    "line": lambda base: replace(base, lines=(replace(base.lines[0], after="- [-] Old"), base.lines[1])),
    "line number": lambda base: replace(base, lines=(replace(base.lines[0], line=4), base.lines[1])),
    "bytes": lambda base: replace(base, edits=(replace(base.edits[0], text=b"X"), base.edits[1])),
    "change": lambda base: replace(base, changes=(SetTask(TaskKey(4), Field.STATE, "open"), base.changes[1])),
    "fewer actions": lambda base: replace(base, actions=base.actions[:-1]),
    "twice the same action": lambda base: replace(base, actions=(*base.actions, base.actions[0])),
    "title": _action(1, title="Other"),
    "path": _action(1, path=("Week 2",)),
    "occurrence": _action(1, occurrence=1),
    "remote": _action(1, remote="gitlab"),
    "kind": _action(2, kind=ActionKind.REBASE),
    "ref": _action(2, ref=Ref(8, "i7")),
    "immutable id": _action(2, ref=Ref(7, "i8")),
    "value": _action(2, changes=(Change(Field.STATE, "open", "dropped"),)),
    "labels that go": _action(2, remove_labels=frozenset({"older"})),
    "people that go": _action(2, remove_assignees=frozenset({"ann"})),
    "removal": _action(2, closes_by_removal=True),
    "adoption": _action(3, adopts=True),
    "base": _action(3, settles=()),
    "what the base will hold": _action(1, ours={}),
    "no milestone": _action(1, target=IssueTarget("First", TaskState.OPEN)),
    "milestone's due": _action(0, target=MilestoneTarget("Week 1", MilestoneState.OPEN, "2026-01-01")),
    "notes in the body": _content(notes="Other"),
    "box in the body": _content(checklist=(ChecklistLine("Box", done=False),)),
    "winner": lambda base: replace(base, conflicts=(replace(base.conflicts[0], winner="github"),)),
    "held conflict": lambda base: replace(base, conflicts=(replace(base.conflicts[0], winner=None),)),
    "decision": lambda base: replace(base, uses=()),
    "recovery": lambda base: replace(base, recovery=True),
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_effect_moves_the_digest(effect: str) -> None:
    assert digest(EFFECTS[effect](plan())) != digest(plan())


def test_which_of_two_new_milestones_an_issue_goes_into_is_an_effect() -> None:
    base = plan()
    second = replace(
        base.actions[0], uid=Uid("n"), title="Week 2", target=MilestoneTarget("Week 2", MilestoneState.OPEN)
    )
    target = base.actions[1].target
    assert isinstance(target, IssueTarget)
    moved = replace(base.actions[1], target=replace(target, milestone=Uid("n")))
    both = replace(base, actions=(base.actions[0], second, *base.actions[1:]))
    other = replace(base, actions=(base.actions[0], second, moved, *base.actions[2:]))
    assert digest(both) != digest(other)


def test_the_key_of_an_action_is_its_own_whatever_else_the_plan_does() -> None:
    keys = [action_key(action) for action in plan().actions]
    assert len(set(keys)) == len(keys)
    assert action_key(replace(plan().actions[1], uid=Uid("minted-later"))) == keys[1]


def test_a_stamp_brings_no_uid_into_the_key_of_the_edits() -> None:
    def stamped(uid: str) -> Plan:
        text = f"- [ ] One <!-- syncd:{uid} -->"
        return Plan(
            "main",
            changes=(StampTask(TaskKey(0), Uid(uid)),),
            edits=(Edit(9, 9, text.encode()),),
            lines=(LineEdit(1, "- [ ] One", text),),
        )

    assert edits_key(stamped("+t0")) == edits_key(stamped("k3f9q2xw"))
    assert digest(stamped("+t0")) == digest(stamped("k3f9q2xw"))
