"""Routes for labels and milestones, of projects and of groups."""

from __future__ import annotations

from typing import Any

from syncd.sandbox import people, planning
from syncd.sandbox.gitlab import given, paging, saving, shapes
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.gitlab.refusals import invalid, not_found, nothing_given, said
from syncd.sandbox.gitlab.wishes import label_wish, milestone_wish
from syncd.sandbox.records import Group, Label, Milestone, Project, Role
from syncd.sandbox.wire import Answer


def list_labels(call: Call) -> Answer:
    """Those of the project's groups too, unless they are not wanted."""
    project = call.project()
    wide = "include_ancestor_groups" not in call.given or given.truth(call.given, "include_ancestor_groups")
    found = saving.labels_for(call.world, project) if wide else planning.labels_of(call.world, project.id)
    if search := str(call.given.get("search", "")).lower():
        found = [one for one in found if search in one.name.lower()]
    return paging.numbered(call, sorted(found, key=lambda one: one.name.lower()), shapes.label)


def list_group_labels(call: Call) -> Answer:
    found = planning.labels_of(call.world, call.group().id)
    return paging.numbered(call, sorted(found, key=lambda one: one.name.lower()), shapes.label)


def create_group_label(call: Call) -> Answer:
    return _created_label(call, call.group_for(Role.TRIAGE))


def create_label(call: Call) -> Answer:
    return _created_label(call, call.project_for(Role.TRIAGE))


def _created_label(call: Call, place: Project | Group) -> Answer:
    given.required(call.given, "name", "color")
    wish = label_wish(call)
    path = place.full_name if isinstance(place, Project) else place.path
    around = [place.id, *(one.id for one in people.groups_around(call.world, path))]
    names = {one.name for each in around for one in planning.labels_of(call.world, each)}
    if wish["name"] in names:
        raise said(409, "Label already exists")
    made: Any = wish
    return Answer(201, shapes.label(call, planning.add_label(call.world, call.origin, place.id, **made)))


def get_label(call: Call) -> Answer:
    return Answer(200, shapes.label(call, _label(call, call.project(), call.params["label"])))


def edit_label(call: Call) -> Answer:
    """`PUT …/labels/:name`, and the older `PUT …/labels` with the name among the parameters."""
    project = call.project_for(Role.TRIAGE)
    if "label" not in call.params:
        given.required(call.given, "name")
    which = str(call.params.get("label") or call.given["name"])
    label = _label(call, project, which, own=True)
    wish = label_wish(call)
    if not wish:
        raise nothing_given("new_name", "color", "description", "priority", "archived")
    twin = next(
        (one for one in planning.labels_of(call.world, project.id) if one.name == wish.get("name")), None
    )
    if twin and twin.id != label.id:
        raise invalid(title="has already been taken")
    return Answer(200, shapes.label(call, planning.edit_label(call.world, call.origin, label, wish)))


def delete_label(call: Call) -> Answer:
    project = call.project_for(Role.TRIAGE)
    planning.delete_label(call.world, call.origin, _label(call, project, call.params["label"], own=True))
    return Answer(204)


def _label(call: Call, project: Project, which: str, *, own: bool = False) -> Label:
    """By name or by id. `own`: one of a group cannot be changed through a project."""
    labels = planning.labels_of(call.world, project.id) if own else saving.labels_for(call.world, project)
    for one in labels:
        if one.name == which or str(one.id) == which:
            return one
    raise not_found("Label")


def list_milestones(call: Call) -> Answer:
    """Of the project alone, or of its groups as well; the newest first."""
    project = call.project()
    places = [project.id]
    if any(name in call.given and given.truth(call.given, name) for name in _ANCESTORS):
        places += [one.id for one in call.groups_of(project)]
    return _milestones(call, places)


_ANCESTORS = ("include_ancestors", "include_parent_milestones")


def list_group_milestones(call: Call) -> Answer:
    group = call.group()
    places = [group.id]
    if any(name in call.given and given.truth(call.given, name) for name in _ANCESTORS):
        places += [one.id for one in people.groups_around(call.world, group.path)]
    return _milestones(call, places)


def _milestones(call: Call, places: list[int]) -> Answer:
    found = [one for one in call.world.milestones.values() if one.project_id in places]
    if call.given.get("state"):
        state = given.choice(call.given, "state", "all", "active", "closed", "all")
        found = [one for one in found if state == "all" or (state == "closed") == (one.state == "closed")]
    if "iids" in call.given:
        numbers = given.numbers(call.given, "iids")
        found = [one for one in found if one.number in numbers]
    if call.given.get("title"):
        found = [one for one in found if one.title == call.given["title"]]
    if call.given.get("updated_after"):
        at = given.moment(call.given, "updated_after")
        found = [one for one in found if one.updated_at >= at]
    return paging.numbered(call, sorted(found, key=lambda one: -one.id), shapes.milestone)


def get_milestone(call: Call) -> Answer:
    return Answer(200, shapes.milestone(call, _milestone(call, call.project().id)))


def get_group_milestone(call: Call) -> Answer:
    return Answer(200, shapes.milestone(call, _milestone(call, call.group().id)))


def _milestone(call: Call, place_id: int) -> Milestone:
    """By its global id. A group's is not found in a project."""
    found = call.world.milestones.get(call.params["milestone_id"])
    if found is None or found.project_id != place_id:
        raise not_found()
    return found


def create_milestone(call: Call) -> Answer:
    return _created_milestone(call, call.project_for(Role.TRIAGE).id)


def create_group_milestone(call: Call) -> Answer:
    return _created_milestone(call, call.group_for(Role.TRIAGE).id)


def _created_milestone(call: Call, place_id: int) -> Answer:
    given.required(call.given, "title")
    wish = milestone_wish(call, place_id)
    made = planning.create_milestone(call.world, call.origin, place_id, wish)
    return Answer(201, shapes.milestone(call, made))


def edit_milestone(call: Call) -> Answer:
    return _edited_milestone(call, call.project_for(Role.TRIAGE).id)


def edit_group_milestone(call: Call) -> Answer:
    return _edited_milestone(call, call.group_for(Role.TRIAGE).id)


def _edited_milestone(call: Call, place_id: int) -> Answer:
    milestone = _milestone(call, place_id)
    wish = milestone_wish(call, place_id, milestone.id)
    after = planning.edit_milestone(call.world, call.origin, milestone, wish)
    return Answer(200, shapes.milestone(call, after))


def delete_milestone(call: Call) -> Answer:
    project = call.project_for(Role.TRIAGE)
    planning.delete_milestone(call.world, call.origin, _milestone(call, project.id))
    return Answer(204)
