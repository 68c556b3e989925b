"""Routes for labels and milestones."""

from __future__ import annotations

import re
from typing import Any

from syncd.sandbox import planning
from syncd.sandbox.github import paging, shapes
from syncd.sandbox.github.call import Answer, Call
from syncd.sandbox.github.refusals import invalid
from syncd.sandbox.github.wishes import DESCRIPTION, check_label_name, expect, milestone_wish, require
from syncd.sandbox.records import Milestone, MilestoneFields, Project, Role


def list_labels(call: Call) -> Answer:
    return paging.numbered(call, planning.labels_of(call.world, call.project().id), shapes.label)


def get_label(call: Call) -> Answer:
    return Answer(200, shapes.label(call, call.label(call.project())))


def create_label(call: Call) -> Answer:
    project = call.project_for(Role.WRITE)
    require(call.json(), "name")
    wish = _label_wish(call, project)
    made = shapes.label(call, planning.create_label(call.world, call.origin, project.id, **wish))
    return Answer(201, made, {"Location": made["url"]})


def edit_label(call: Call) -> Answer:
    project = call.project_for(Role.WRITE)
    label = call.label(project)
    wish = _label_wish(call, project, own=label.id)
    return Answer(200, shapes.label(call, planning.edit_label(call.world, call.origin, label, wish)))


def delete_label(call: Call) -> Answer:
    planning.delete_label(call.world, call.origin, call.label(call.project_for(Role.WRITE)))
    return Answer(204)


def _label_wish(call: Call, project: Project, own: int = 0) -> dict[str, Any]:
    body = call.json()
    wish: dict[str, Any] = {}
    for name in ("name", "new_name"):
        if name in body and (name == "new_name") == bool(own):
            wish["name"] = expect(body, name, str)
            check_label_name(wish["name"])
            twin = planning.find_label(call.world, project.id, wish["name"])
            if twin and twin.id != own:
                raise invalid("Label", "name", "already_exists")
    if "color" in body:
        wish["color"] = expect(body, "color", str)
        if not re.fullmatch(r"[0-9a-fA-F]{6}", wish["color"]):
            raise invalid("Label", "color", "invalid")
    if "description" in body:
        wish["description"] = expect(body, "description", str, type(None))
        if len(wish["description"] or "") > DESCRIPTION:
            raise invalid("Label", "description", "invalid")
    return wish


def list_milestones(call: Call) -> Answer:
    project = call.project()
    state = call.query.get("state") or "open"
    found = [one for one in planning.milestones_of(call.world, project.id) if state in ("all", one.state)]
    upwards = (call.query.get("direction") or "asc") == "asc"
    return paging.numbered(call, sorted(found, key=_by_due, reverse=not upwards), shapes.milestone)


def _by_due(one: Milestone) -> tuple[str, int]:
    """Those without a due day come last."""
    return one.due or "9999", one.number


def get_milestone(call: Call) -> Answer:
    return Answer(200, shapes.milestone(call, call.milestone(call.project())))


def create_milestone(call: Call) -> Answer:
    project = call.project_for(Role.WRITE)
    require(call.json(), "title")
    wish = _milestone_wish(call, project)
    made = shapes.milestone(call, planning.create_milestone(call.world, call.origin, project.id, wish))
    return Answer(201, made, {"Location": made["url"]})


def edit_milestone(call: Call) -> Answer:
    project = call.project_for(Role.WRITE)
    milestone = call.milestone(project)
    wish = _milestone_wish(call, project, own=milestone.id)
    return Answer(
        200, shapes.milestone(call, planning.edit_milestone(call.world, call.origin, milestone, wish))
    )


def delete_milestone(call: Call) -> Answer:
    planning.delete_milestone(call.world, call.origin, call.milestone(call.project_for(Role.WRITE)))
    return Answer(204)


def _milestone_wish(call: Call, project: Project, own: int = 0) -> MilestoneFields:
    wish = milestone_wish(call.json())
    others = (one for one in planning.milestones_of(call.world, project.id) if one.id != own)
    if "title" in wish and any(one.title == wish["title"] for one in others):
        raise invalid("Milestone", "title", "already_exists")
    return wish
