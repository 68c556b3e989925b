"""What GitLab's webhooks say about an effect: one delivery each, and nothing about labels (api-facts E.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncd.sandbox.gitlab import shapes
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.limits import Meter
from syncd.sandbox.records import Hook, Issue, Label, Milestone, Op, View
from syncd.sandbox.webhooks import Courier
from syncd.sandbox.world import World

Payload = dict[str, Any]
Told = tuple[str, str, Payload]
"""(the hook's setting, the event's name, payload)"""
NAMES = {
    "issues_events": "Issue Hook",
    "confidential_issues_events": "Confidential Issue Hook",
    "note_events": "Note Hook",
    "milestone_events": "Milestone Hook",
    "push_events": "Push Hook",
}


class Messenger:
    """Watches a world and tells the hooks of its projects. `base` is the address that the payloads name."""

    def __init__(self, world: World, meter: Meter, courier: Courier) -> None:
        self.base = ""
        self._world = world
        self._meter = meter
        self._courier = courier
        world.watchers.append(self)

    def __call__(self, op: Op) -> None:
        listening = [
            one
            for one in self._world.hooks.values()
            if one.project_id == op.project_id and one.active and one.forge == "gitlab"
        ]
        told = told_of(self._call(), op) if listening else None
        if told is None:
            return
        setting, name, payload = told
        for hook in listening:
            if _wants(hook, setting, op):
                self._courier.send(hook, name, payload, self.base)

    def _call(self) -> Call:
        return Call(
            self._world, self._meter, "POST", "", self.base, {}, (), {}, user=None, token=None, view=View()
        )


def _wants(hook: Hook, setting: str, op: Op) -> bool:
    """A test goes to the hook that is tested, whatever it listens to."""
    return hook.id == op.subject if op.effect == "hook.tested" else setting in hook.events


def told_of(call: Call, op: Op) -> Told | None:
    """What is said about an effect, as things stand now. Deleting an issue and editing a milestone say nothing."""
    thing, _, verb = op.effect.partition(".")
    match thing:
        case "issue" if verb in ("created", "edited", "transferred"):
            issue = call.world.issues[op.project_id][op.subject]
            setting = "confidential_issues_events" if issue.confidential else "issues_events"
            return setting, NAMES[setting], {**_around(call, op), **_issue(call, op, verb, issue)}
        case "comment":
            return "note_events", NAMES["note_events"], {**_around(call, op), **_note(call, op)}
        case "milestone" if action := _turn(op, verb):
            return "milestone_events", NAMES["milestone_events"], _milestone(call, op, action)
        case "push":
            return "push_events", NAMES["push_events"], _push(call, op)
        case "hook" if verb == "tested":
            return _test(call, op)
        case _:
            return None


def _around(call: Call, op: Op) -> Payload:
    project = shapes.project(call, call.world.projects[op.project_id])
    names = ("id", "name", "description", "web_url", "path_with_namespace", "default_branch")
    return {
        "user": {
            name: shapes.user(call, op.actor)[name] for name in ("id", "name", "username", "avatar_url")
        },
        "project": {name: project[name] for name in names},
        "repository": {"name": project["name"], "homepage": project["web_url"]},
    }


def _issue(call: Call, op: Op, verb: str, issue: Issue) -> Payload:
    labels = [_label(call, call.world.labels[one]) for one in issue.labels]
    seen = shapes.issue(call, issue)
    state = op.changes.get("state")
    action = "open" if verb == "created" else "update"
    if state or verb == "transferred":
        action = "close" if seen["state"] == "closed" else "reopen"
    return {
        "object_kind": "issue",
        "event_type": "confidential_issue" if issue.confidential else "issue",
        "object_attributes": {
            **{name: seen[name] for name in _ISSUE},
            "author_id": seen["author"]["id"],
            "assignee_ids": [one["id"] for one in seen["assignees"]],
            "milestone_id": issue.milestone,
            "updated_by_id": shapes.user(call, op.actor)["id"],
            "type": "Issue",
            "url": seen["web_url"],
            "labels": labels,
            "action": action,
        },
        "labels": labels,
        "assignees": [{name: one[name] for name in ("id", "name", "username")} for one in seen["assignees"]],
        "changes": _changes(call, op),
    }


_ISSUE = (
    "id", "iid", "project_id", "title", "description", "state", "created_at", "updated_at", "closed_at", "due_date",
    "confidential", "discussion_locked", "moved_to_id", "severity",
)  # fmt: skip


def _label(call: Call, one: Label) -> Payload:
    shown = shapes.short_label(call, one)
    of_project = one.project_id in call.world.projects
    return {
        "id": one.id,
        "title": one.name,
        "color": shown["color"],
        "project_id": one.project_id if of_project else None,
        "group_id": None if of_project else one.project_id,
        "description": one.description,
        "type": "ProjectLabel" if of_project else "GroupLabel",
    }


def _changes(call: Call, op: Op) -> Payload:
    """field -> {previous, current}, in GitLab's names; labels as objects, as far as they still exist."""
    names = {"body": "description", "due": "due_date", "locked": "discussion_locked"}
    changes = {
        names.get(name, name): {"previous": before, "current": after}
        for name, (before, after) in op.changes.items()
        if name in ("title", "body", "due", "confidential", "locked")
    }
    if "labels" in op.changes:
        changes["labels"] = {
            "previous": _labels(call, op, op.changes["labels"][0]),
            "current": _labels(call, op, op.changes["labels"][1]),
        }
    return changes


def _labels(call: Call, op: Op, names: object) -> list[Payload]:
    wanted = names if isinstance(names, (list, tuple)) else ()
    places = [op.project_id, *(one.id for one in call.groups_of(call.world.projects[op.project_id]))]
    known = [one for one in call.world.labels.values() if one.project_id in places and one.name in wanted]
    return [_label(call, one) for one in known]


def _note(call: Call, op: Op) -> Payload:
    issue = call.world.issues[op.project_id][op.subject]
    mine = (op.project_id, op.subject)
    newest = max(
        (one for one in call.world.comments.values() if (one.project_id, one.number) == mine),
        key=lambda one: one.id,
    )
    note = shapes.note(call, newest)
    return {
        "object_kind": "note",
        "event_type": "note",
        "project_id": op.project_id,
        "object_attributes": {**note, "note": newest.body, "action": "create"},
        "issue": {name: shapes.issue(call, issue)[name] for name in _ISSUE},
    }


def _turn(op: Op, verb: str) -> str | None:
    if verb == "created":
        return "create"
    state = op.changes.get("state")
    return ("close" if state[1] == "closed" else "reopen") if verb == "edited" and state else None


def _milestone(call: Call, op: Op, action: str) -> Payload:
    found = next(
        one
        for one in call.world.milestones.values()
        if (one.project_id, one.number) == (op.project_id, op.subject)
    )
    return _milestone_told(call, op, found, action)


def _milestone_told(call: Call, op: Op, found: Milestone, action: str) -> Payload:
    seen = shapes.milestone(call, found)
    return {
        "object_kind": "milestone",
        "event_type": "milestone",
        **_around(call, op),
        "object_attributes": {
            name: value for name, value in seen.items() if name not in ("web_url", "expired")
        },
        "action": action,
    }


def _push(call: Call, op: Op) -> Payload:
    """`changes["modified"]` are the files."""
    files: Any = op.changes.get("modified", (None, ()))[1]
    after = f"{op.serial:040x}"
    return {
        "object_kind": "push",
        "event_name": "push",
        "before": f"{op.serial - 1:040x}",
        "after": after,
        "ref": "refs/heads/main",
        "checkout_sha": after,
        "user_id": shapes.user(call, op.actor)["id"],
        "user_username": op.actor,
        "project_id": op.project_id,
        **{name: value for name, value in _around(call, op).items() if name != "user"},
        "commits": [{"id": after, "message": "", "added": [], "modified": list(files), "removed": []}],
        "total_commits_count": 1,
    }


def _test(call: Call, op: Op) -> Told | None:
    """With the newest thing of its kind, as GitLab does it."""
    setting = str(op.changes["trigger"][1])
    issues = [one for one in call.world.issues[op.project_id].values() if one.visible and not one.pull]
    if setting in ("issues_events", "confidential_issues_events") and issues:
        return setting, NAMES[setting], {**_around(call, op), **_issue(call, op, "edited", issues[-1])}
    if setting == "milestone_events":
        mine = [one for one in call.world.milestones.values() if one.project_id == op.project_id]
        return (setting, NAMES[setting], _milestone_told(call, op, mine[-1], "create")) if mine else None
    if setting == "note_events" and issues:
        noted = [one for one in issues if one.comments]
        if noted:
            told = Op(op.serial, op.at, op.actor, "", "", "", op.project_id, noted[-1].number)
            return setting, NAMES[setting], {**_around(call, op), **_note(call, told)}
    return ("push_events", NAMES["push_events"], _push(call, op)) if setting == "push_events" else None


def nothing_to_test(call: Call, project_id: int, trigger: str) -> str | None:
    """What a test of this kind lacks, if it lacks something."""
    kinds: Mapping[str, tuple[str, bool]] = {
        "issues_events": ("issues", not any(one.visible for one in call.world.issues[project_id].values())),
        "note_events": (
            "notes",
            not any(one.project_id == project_id for one in call.world.comments.values()),
        ),
        "milestone_events": (
            "milestones",
            not any(one.project_id == project_id for one in call.world.milestones.values()),
        ),
    }
    name, lacking = kinds.get(trigger, ("", False))
    return f"Ensure the project has {name}." if lacking else None
