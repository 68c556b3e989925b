"""GitLab's customs in keeping an issue: labels, people and commands in a text, before the tracker stores it.

Both the API and a person on GitLab's page act through this. Labels and assignees come as names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syncd.sandbox import issues, people, planning
from syncd.sandbox.gitlab import commands, quick
from syncd.sandbox.records import Comment, Issue, IssueFields, Label, Noise, Origin, Project
from syncd.sandbox.world import World

COLOR = "6699cc"
NAME = 255


def create(
    world: World, origin: Origin, project: Project, values: IssueFields, *, pull: bool = False
) -> Issue:
    """A new issue as GitLab keeps it."""
    with world.effect(origin):
        text, found = quick.taken_from(values.get("body"))
        wanted: IssueFields = {**values, "body": text}
        made = issues.create(world, origin, project, _resolved(world, origin, project, wanted, ()), pull=pull)
        return _obeyed(world, origin, made, found)


def edit(world: World, origin: Origin, issue: Issue, values: IssueFields) -> Issue:
    """An edit as GitLab keeps it; commands in a new description are obeyed after it."""
    with world.effect(origin):
        project, wanted = world.projects[issue.project_id], values
        found: list[quick.Command] = []
        if "body" in values:
            text, found = quick.taken_from(values["body"])
            wanted = {**values, "body": text}
        resolved = _resolved(world, origin, project, wanted, issue.labels)
        return _obeyed(world, origin, issues.edit(world, origin, issue, resolved), found)


def comment(world: World, origin: Origin, issue: Issue, body: str) -> Comment:
    """Commands are obeyed in comments too."""
    with world.effect(origin):
        text, found = quick.taken_from(body)
        made = issues.comment(world, origin, issue, text or "")
        _obeyed(world, origin, issues.get(world, issue.project_id, issue.number), found)
        return made


def _resolved(
    world: World, origin: Origin, project: Project, values: IssueFields, before: Sequence[int]
) -> IssueFields:
    found: IssueFields = {
        name: value for name, value in values.items() if name not in ("labels", "assignees")
    }  # type: ignore[assignment]  # a part of the same keys
    if "labels" in values:
        labels = labels_named(world, origin, project, values["labels"])
        found["label_ids"] = exclusive(world, before, [one.id for one in labels])
    if "assignees" in values:
        logins = assignable(world, project, values["assignees"])
        if logins or not values["assignees"]:
            found["logins"] = logins
    return found


def labels_named(world: World, origin: Origin, project: Project, names: Iterable[str]) -> list[Label]:
    """The labels of these names, in the project or above it. Unknown ones are made (api-facts C.5)."""
    found = []
    for name in names:
        label = label_named(world, project, name)
        if label is None and 0 < len(name) <= NAME:
            label = planning.add_label(world, origin, project.id, name, COLOR)
        if label:
            found.append(label)
    return found


def label_named(world: World, project: Project, name: str) -> Label | None:
    """With the same case: `Bug` and `bug` are two labels here."""
    return next((one for one in labels_for(world, project) if one.name == name), None)


def labels_for(world: World, project: Project) -> list[Label]:
    """The project's own labels, then those of its groups."""
    places = [project.id, *(one.id for one in people.groups_around(world, project.full_name))]
    return [one for place in places for one in planning.labels_of(world, place)]


def exclusive(world: World, before: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...]:
    """With scoped labels paid for, of each `key::` only one stays: the last that is new (api-facts C.6)."""
    if world.tier == "free":
        return tuple(wanted)
    kept: dict[str, int] = {}
    for one in sorted(wanted, key=lambda which: which not in before):
        scope, colons, _ = world.labels[one].name.rpartition("::")
        kept[scope if colons else f"\0{one}"] = one
    return tuple(one for one in wanted if one in kept.values())


def assignable(world: World, project: Project, logins: Sequence[str]) -> list[str]:
    """Free keeps the first alone; then whoever cannot read the project is dropped, all in silence."""
    first = logins[:1] if world.tier == "free" else logins
    known = [world.users[login.lower()].login for login in first if login.lower() in world.users]
    return [
        login
        for login in known
        if not project.private or people.assignable(world, project, login) is not None
    ]


def _obeyed(world: World, origin: Origin, issue: Issue, found: Sequence[quick.Command]) -> Issue:
    """Each command is counted, whether it could be carried out or not."""
    for command in found:
        project = world.projects[issue.project_id]
        wish = commands.wish(world, project, issues.label_names(world, issue.labels), command)
        if wish:
            resolved = _resolved(world, origin, project, wish, issue.labels)
            issue = issues.edit(world, origin, issue, resolved)
        said = f"/{command.name} {command.argument}".rstrip()
        world.put(Noise(world.serial, "command", said, project.id, issue.number, wish is not None))
    return issue
