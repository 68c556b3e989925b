"""What GitHub's webhooks say about an effect. One edit can be several events (api-facts E.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from syncd.sandbox.github import shapes
from syncd.sandbox.github.call import Call
from syncd.sandbox.planning import find_label, find_milestone, milestones_of
from syncd.sandbox.records import Hook, Issue, Label, Milestone, Op, View
from syncd.sandbox.webhooks import Courier
from syncd.sandbox.world import World

Payload = dict[str, Any]
Told = tuple[str, Payload]
"""(event, payload)"""


class Messenger:
    """Watches a world and tells the hooks of its projects. `base` is the address that the payloads name."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.base = ""
        self._world = world
        self._courier = courier
        world.watchers.append(self)

    def __call__(self, op: Op) -> None:
        listening = [
            one
            for one in self._world.hooks.values()
            if one.project_id == op.project_id and one.active and one.forge == "github"
        ]
        if not listening:
            return
        told = list(told_of(self._call(), op))
        for hook in listening:
            for event, payload in told:
                if _wants(hook, event, op):
                    self._courier.send(hook, event, payload)

    def _call(self) -> Call:
        return Call(self._world, "POST", "", self.base, {}, {}, None, None, None, View())


def _wants(hook: Hook, event: str, op: Op) -> bool:
    if event == "ping":
        return hook.id == op.subject
    return event in hook.events or "*" in hook.events


def told_of(call: Call, op: Op) -> Iterator[Told]:
    """The events of an effect, each with its payload as things stand now."""
    thing, _, verb = op.effect.partition(".")
    around = _around(call, op)
    match thing:
        case "issue":
            issue = call.world.issues[op.project_id][op.subject]
            if not issue.pull:
                shape = shapes.issue(call, issue)
                yield from (
                    ("issues", {**more, "issue": shape, **around})
                    for more in _issue_events(call, op, verb, issue)
                )
        case "comment":
            yield "issue_comment", {"action": "created", **_comment(call, op), **around}
        case "label":
            yield "label", {"action": verb, **_label(call, op), **_before(op), **around}
        case "milestone":
            for action in _milestone_actions(op, verb):
                more = _before(op) if action == "edited" else {}
                yield "milestone", {"action": action, **_milestone(call, op), **more, **around}
        case "hook" if verb in ("created", "pinged"):
            hook = call.world.hooks[op.subject]
            yield (
                "ping",
                {"zen": "Say it once.", "hook_id": hook.id, "hook": shapes.hook(call, hook), **around},
            )


def _around(call: Call, op: Op) -> Payload:
    project = call.world.projects[op.project_id]
    return {"repository": shapes.repository(call, project), "sender": shapes.user(call, op.actor)}


def _before(op: Op) -> Payload:
    names = {"due": "due_on"}
    return {
        "changes": {
            names.get(name, name): {"from": was} for name, (was, _) in op.changes.items() if was is not None
        }
    }


def _issue_events(call: Call, op: Op, verb: str, issue: Issue) -> Iterator[Payload]:
    if verb == "created":
        yield {"action": "opened"}
        yield from _labelled(call, issue, "labeled", [call.world.labels[one].name for one in issue.labels])
        yield from ({"action": "assigned", "assignee": shapes.user(call, login)} for login in issue.assignees)
        if issue.milestone is not None:
            yield _milestoned(call, issue, call.world.milestones[issue.milestone].title, "milestoned")
        return
    if verb in ("deleted", "transferred"):
        yield {"action": verb, **(_moved(call, issue) if verb == "transferred" else {})}
        return
    edited = {name: {"from": was or ""} for name, (was, _) in op.changes.items() if name in ("title", "body")}
    if edited:
        yield {"action": "edited", "changes": edited}
    yield from _moves(call, op, issue)


def _moves(call: Call, op: Op, issue: Issue) -> Iterator[Payload]:
    changes: Any = op.changes
    if "state" in changes:
        yield {"action": "closed" if issue.state == "closed" else "reopened"}
    if "labels" in changes:
        before, after = changes["labels"]
        yield from _labelled(call, issue, "unlabeled", [name for name in before if name not in after])
        yield from _labelled(call, issue, "labeled", [name for name in after if name not in before])
    if "assignees" in changes:
        before, after = changes["assignees"]
        yield from (
            {"action": "unassigned", "assignee": shapes.user(call, x)} for x in before if x not in after
        )
        yield from (
            {"action": "assigned", "assignee": shapes.user(call, x)} for x in after if x not in before
        )
    if "milestone" in changes:
        before, after = changes["milestone"]
        yield from (
            _milestoned(call, issue, title, "demilestoned") for title in (before,) if title is not None
        )
        yield from (_milestoned(call, issue, title, "milestoned") for title in (after,) if title is not None)


def _labelled(call: Call, issue: Issue, action: str, names: Iterable[str]) -> Iterator[Payload]:
    for name in names:
        label = find_label(call.world, issue.project_id, name)
        if label:
            yield {"action": action, "label": shapes.label(call, label)}


def _milestoned(call: Call, issue: Issue, title: str, action: str) -> Payload:
    found = next((one for one in milestones_of(call.world, issue.project_id) if one.title == title), None)
    return {"action": action, **({"milestone": shapes.milestone(call, found)} if found else {})}


def _moved(call: Call, issue: Issue) -> Payload:
    assert issue.moved_to is not None
    target, number = issue.moved_to
    new = shapes.issue(call, call.world.issues[target][number])
    return {
        "changes": {"new_issue": new, "new_repository": shapes.repository(call, call.world.projects[target])}
    }


def _comment(call: Call, op: Op) -> Payload:
    issue = call.world.issues[op.project_id][op.subject]
    newest = max(
        (
            one
            for one in call.world.comments.values()
            if (one.project_id, one.number) == (op.project_id, op.subject)
        ),
        key=lambda one: one.id,
    )
    return {"issue": shapes.whole_issue(call, issue), "comment": shapes.comment(call, newest)}


def _label(call: Call, op: Op) -> Payload:
    gone = call.world.removed.get(("Label", op.project_id, op.subject))
    label = call.world.labels.get(op.subject) or gone
    assert isinstance(label, Label)
    return {"label": shapes.label(call, label)}


def _milestone(call: Call, op: Op) -> Payload:
    gone = call.world.removed.get(("Milestone", op.project_id, op.subject))
    milestone = find_milestone(call.world, op.project_id, op.subject) or gone
    assert isinstance(milestone, Milestone)
    return {"milestone": shapes.milestone(call, milestone)}


def _milestone_actions(op: Op, verb: str) -> Iterator[str]:
    if verb != "edited":
        yield verb
        return
    if "state" in op.changes:
        yield "closed" if op.changes["state"][1] == "closed" else "opened"
    if set(op.changes) - {"state"}:
        yield "edited"
