"""Issues, pull requests and comments: create, edit, move, delete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from syncd.sandbox.gitlab import noise as gitlab
from syncd.sandbox.inert import noises
from syncd.sandbox.people import assignable, current
from syncd.sandbox.planning import changed, create_label, find_label
from syncd.sandbox.records import Comment, Issue, IssueFields, Noise, Origin, Project, View
from syncd.sandbox.world import Missing, World

CURRENT = View()


def get(world: World, project_id: int, number: int) -> Issue:
    """Also issues that were deleted or moved: the dialect says how such a one answers. Raises Missing."""
    issue = world.issues[project_id].get(number)
    if issue is None:
        raise Missing(f"issue {number}")
    return issue


def listed(world: World, project_id: int, view: View = CURRENT, *, moved: bool = False) -> list[Issue]:
    """What a list shows, in order of creation. `moved`: with those that left for another project."""
    now = world.now()
    there = (one for one in world.issues[project_id].values() if one.created_at <= now - view.hidden_for)
    shown = (_stood(world, one, now - view.as_of) if view.as_of else one for one in there)
    return [one for one in shown if one and (one.visible or (moved and one.moved_to and not one.deleted))]


def _stood(world: World, issue: Issue, at: int) -> Issue | None:
    past = [version for when, version in world.history[issue.id] if when <= at]
    return past[-1] if past else None


def create(
    world: World, origin: Origin, project: Project, values: IssueFields, *, pull: bool = False
) -> Issue:
    """A new open issue; `state` among the values is not looked at (neither forge can create a closed one)."""
    _check(values)
    with world.effect(origin) as effect:
        project = world.projects[project.id]
        blank = Issue(
            world.new_id(), project.id, project.next_number, "", origin.login, effect.at, effect.at, pull=pull
        )
        world.put(replace(project, next_number=project.next_number + 1))
        wanted: IssueFields = {**values, "state": "open", "reason": None}
        issue = world.put(replace(blank, **_resolved(world, origin, project, wanted)))
        world.note(
            "pull.created" if pull else "issue.created",
            project.id,
            issue.number,
            {"title": (None, issue.title)},
        )
        _make_noise(world, origin, issue, "", _text(issue))
        return issue


def edit(world: World, origin: Origin, issue: Issue, values: IssueFields) -> Issue:
    """Sets what differs. Nothing differs: no effect, and the time of update stays."""
    _check(values)
    with world.effect(origin) as effect:
        project = world.projects[issue.project_id]
        resolved = _resolved(world, origin, project, values)
        if resolved.get("state", issue.state) == issue.state:
            # A reason belongs to a change of state; alone it means nothing (api-facts C.1).
            resolved.pop("reason", None)
        else:
            resolved.update(_turned(resolved, origin, effect.at))
        after = replace(issue, **resolved)
        if after == issue:
            return issue
        after = world.put(replace(after, updated_at=effect.at))
        world.note(
            "issue.edited", project.id, issue.number, _readable(world, changed(issue, after, resolved))
        )
        _make_noise(world, origin, issue, _text(issue), _text(after))
        return after


def _check(values: IssueFields) -> None:
    # Before anything else: a refused issue must use up no number and make no label.
    if not values.get("title", "untouched").strip():
        raise ValueError("an issue needs a title")
    if due := values.get("due"):
        date.fromisoformat(due)


def _turned(values: dict[str, Any], origin: Origin, at: int) -> dict[str, Any]:
    if values["state"] == "closed":
        return {"reason": values.get("reason") or "completed", "closed_at": at, "closed_by": origin.login}
    return {"reason": "reopened", "closed_at": None, "closed_by": None}


def _resolved(world: World, origin: Origin, project: Project, values: IssueFields) -> dict[str, Any]:
    resolved: dict[str, Any] = dict(values)
    if "label_ids" in values:
        resolved["labels"] = tuple(dict.fromkeys(resolved.pop("label_ids")))
    if "logins" in values:
        resolved["assignees"] = tuple(dict.fromkeys(resolved.pop("logins")))
    if "labels" in values:
        resolved["labels"] = label_ids(world, origin, project, values["labels"])
    if "assignees" in values:
        resolved["assignees"] = _logins(world, project, values["assignees"])
    return resolved


def label_ids(world: World, origin: Origin, project: Project, names: Iterable[str]) -> tuple[int, ...]:
    """Labels that do not exist yet are made: both forges do so when one is attached."""
    ids: dict[int, None] = {}
    for name in names:
        label = find_label(world, project.id, name) or create_label(world, origin, project.id, name)
        ids[label.id] = None
    return tuple(ids)


def _logins(world: World, project: Project, logins: Sequence[str]) -> tuple[str, ...]:
    people = (assignable(world, project, login) for login in logins)
    return tuple(dict.fromkeys(user.login for user in people if user))


def _readable(world: World, changes: dict[str, tuple[Any, Any]]) -> dict[str, tuple[object, object]]:
    """Names instead of ids, so that the log can be read after a label was deleted."""
    readable: dict[str, tuple[object, object]] = dict(changes)
    if "labels" in changes:
        before, after = changes["labels"]
        readable["labels"] = (label_names(world, before), label_names(world, after))
    if "milestone" in changes:
        before, after = changes["milestone"]
        readable["milestone"] = (milestone_title(world, before), milestone_title(world, after))
    return readable


def label_names(world: World, ids: Iterable[int]) -> list[str]:
    return [world.labels[one].name for one in ids]


def milestone_title(world: World, milestone_id: int | None) -> str | None:
    return None if milestone_id is None else world.milestones[milestone_id].title


def comment(world: World, origin: Origin, issue: Issue, body: str) -> Comment:
    with world.effect(origin) as effect:
        made = Comment(
            world.new_id(), issue.project_id, issue.number, origin.login, body, effect.at, effect.at
        )
        world.put(made)
        world.put(replace(issue, comments=issue.comments + 1, updated_at=effect.at))
        world.note("comment.created", issue.project_id, issue.number, {"body": (None, body)})
        _make_noise(world, origin, issue, "", body)
        return made


def comments_of(world: World, issue: Issue) -> list[Comment]:
    mine = (issue.project_id, issue.number)
    return [one for one in world.comments.values() if (one.project_id, one.number) == mine]


def delete(world: World, origin: Origin, issue: Issue) -> None:
    with world.effect(origin) as effect:
        world.put(replace(issue, deleted=True, updated_at=effect.at))
        world.note("issue.deleted", issue.project_id, issue.number)


def transfer(world: World, origin: Origin, issue: Issue, target: Project) -> Issue:
    """To another project: new number, new id. Labels go along by name, the milestone by title and due day."""
    with world.effect(origin) as effect:
        values: IssueFields = {
            "title": issue.title,
            "body": issue.body,
            "labels": label_names(world, issue.labels),
            "assignees": issue.assignees,
            "milestone": _twin(world, issue, target),
        }
        moved = create(world, origin, target, values)
        world.put(replace(issue, moved_to=(target.id, moved.number), updated_at=effect.at))
        world.note("issue.transferred", issue.project_id, issue.number)
        return moved


def _twin(world: World, issue: Issue, target: Project) -> int | None:
    mine = world.milestones.get(issue.milestone or 0)
    twins = (
        one.id
        for one in world.milestones.values()
        if mine and one.project_id == target.id and (one.title, one.due) == (mine.title, mine.due)
    )
    return next(twins, None)


def _make_noise(world: World, origin: Origin, issue: Issue, before: str, after: str) -> None:
    """Counts what a save newly says; what the text said before has been noticed already."""
    at_gitlab, project = origin.forge == "gitlab", world.projects[issue.project_id]
    heard, exists = (gitlab.noises, gitlab.target_exists) if at_gitlab else (noises, target_exists)
    already = set(heard(before))
    for kind, target in dict.fromkeys(heard(after)):
        if (kind, target) not in already:
            live = exists(world, project, kind, target)
            world.put(Noise(world.serial, kind, target, project.id, issue.number, live))


def _text(issue: Issue) -> str:
    return f"{issue.title}\n\n{issue.body or ''}"


def target_exists(world: World, project: Project, kind: str, target: str) -> bool:
    if kind == "mention":
        return target.split("/", maxsplit=1)[0].lower() in world.users
    place, _, number = target.rpartition("#")
    where = current(world, place) if place else project
    return where is not None and int(number) in world.issues[where.id]
