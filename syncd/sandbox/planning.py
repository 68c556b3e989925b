"""Labels and milestones of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from syncd.sandbox.records import Issue, Label, Milestone, MilestoneFields, Origin
from syncd.sandbox.world import World

DEFAULT_COLOR = "ededed"


def labels_of(world: World, project_id: int) -> list[Label]:
    return [label for label in world.labels.values() if label.project_id == project_id]


def find_label(world: World, project_id: int, name: str) -> Label | None:
    """Labels keep their case and are found in any."""
    wanted = name.casefold()
    return next((one for one in labels_of(world, project_id) if one.name.casefold() == wanted), None)


def create_label(
    world: World,
    origin: Origin,
    project_id: int,
    name: str,
    color: str = DEFAULT_COLOR,
    description: str | None = None,
) -> Label:
    if find_label(world, project_id, name):
        raise ValueError(f"there is a label {name!r} already")
    return add_label(world, origin, project_id, name, color, description)


def add_label(
    world: World,
    origin: Origin,
    project_id: int,
    name: str,
    color: str = DEFAULT_COLOR,
    description: str | None = None,
) -> Label:
    """Without asking for twins: what counts as one is the dialect's affair."""
    with world.effect(origin):
        label = world.put(Label(world.new_id(), project_id, name, color, description))
        world.note("label.created", project_id, label.id, {"name": (None, name)})
        return label


def edit_label(world: World, origin: Origin, label: Label, values: Mapping[str, Any]) -> Label:
    """`values`: name, color, description."""
    after = replace(label, **values)
    if after == label:
        return label
    with world.effect(origin):
        world.put(after)
        world.note("label.edited", label.project_id, label.id, changed(label, after, values))
        return after


def delete_label(world: World, origin: Origin, label: Label) -> None:
    """Issues lose it. That is no edit of theirs: their time of update stays (api-facts B.1)."""
    with world.effect(origin):
        for issue in _everywhere(world):
            if label.id in issue.labels:
                world.put(replace(issue, labels=tuple(one for one in issue.labels if one != label.id)))
        world.remove(label)
        world.note("label.deleted", label.project_id, label.id, {"name": (label.name, None)})


def milestones_of(world: World, project_id: int) -> list[Milestone]:
    return [one for one in world.milestones.values() if one.project_id == project_id]


def find_milestone(world: World, project_id: int, number: int) -> Milestone | None:
    return next((one for one in milestones_of(world, project_id) if one.number == number), None)


def create_milestone(world: World, origin: Origin, project_id: int, values: MilestoneFields) -> Milestone:
    _check(world, project_id, values)
    with world.effect(origin) as effect:
        place = world.place(project_id)
        closed = values.get("state") == "closed"
        milestone = Milestone(
            world.new_id(),
            project_id,
            place.next_milestone,
            creator=origin.login,
            created_at=effect.at,
            updated_at=effect.at,
            closed_at=effect.at if closed else None,
            **values,
        )
        world.put(replace(place, next_milestone=place.next_milestone + 1))
        world.put(milestone)
        world.note("milestone.created", project_id, milestone.number, {"title": (None, milestone.title)})
        return milestone


def _check(world: World, project_id: int, values: MilestoneFields, own: int = 0) -> None:
    """Raises ValueError for what no dialect lets through: a title that is taken or empty, a due day that is none."""
    title = values.get("title", "untouched")
    others = (one.title for one in milestones_of(world, project_id) if one.id != own)
    if not title.strip() or ("title" in values and title in others):
        raise ValueError(
            f"there is a milestone {title!r} already" if title.strip() else "a milestone needs a title"
        )
    for day in (values.get("due"), values.get("start")):
        if day:
            date.fromisoformat(day)


def edit_milestone(world: World, origin: Origin, milestone: Milestone, values: MilestoneFields) -> Milestone:
    _check(world, milestone.project_id, values, milestone.id)
    after = replace(milestone, **values)
    if after == milestone:
        return milestone
    with world.effect(origin) as effect:
        if after.state != milestone.state:
            after = replace(after, closed_at=effect.at if after.state == "closed" else None)
        after = world.put(replace(after, updated_at=effect.at))
        world.note("milestone.edited", after.project_id, after.number, changed(milestone, after, values))
        return after


def delete_milestone(world: World, origin: Origin, milestone: Milestone) -> None:
    with world.effect(origin):
        for issue in _everywhere(world):
            if issue.milestone == milestone.id:
                world.put(replace(issue, milestone=None))
        world.remove(milestone)
        world.note(
            "milestone.deleted", milestone.project_id, milestone.number, {"title": (milestone.title, None)}
        )


def _everywhere(world: World) -> list[Issue]:
    """Those of a group are used in many projects."""
    return [issue for project in world.issues.values() for issue in project.values()]


def changed(before: Any, after: Any, names: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    """field -> (before, after), of the fields that really changed."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
