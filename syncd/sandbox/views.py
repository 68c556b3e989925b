"""What the page shows of the records, ready for the templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from syncd.sandbox import issues, people, planning
from syncd.sandbox.clock import stamp
from syncd.sandbox.records import Issue, Label, Milestone, Project
from syncd.sandbox.world import World

TEMPLATES = Path(__file__).parent / "templates"
Shown = dict[str, Any]

STATES = (
    ("open", "Open"),
    ("completed", "Closed as completed"),
    ("not_planned", "Closed as not planned"),
    ("duplicate", "Closed as duplicate"),
)


def summary(world: World, project: Project) -> Shown:
    shown = issues.listed(world, project.id)
    return {
        "project": project,
        "total": len(shown),
        "done": sum(one.state == "closed" for one in shown),
        "milestones": len(planning.milestones_of(world, project.id)),
    }


def groups(world: World, project: Project, state: str = "all") -> list[Shown]:
    """The issues under their milestones, open milestones first, those without one last."""
    listed = issues.listed(world, project.id)
    milestones = milestones_for(world, project)
    shown = [
        _group(world, one, [issue for issue in listed if issue.milestone == one.id], state)
        for one in milestones
    ]
    loose = _group(world, None, [issue for issue in listed if issue.milestone is None], state)
    return [*shown, loose]


def milestones_for(world: World, project: Project) -> list[Milestone]:
    """The project's own, then those of its groups."""
    places = [project.id, *(one.id for one in people.groups_around(world, project.full_name))]
    return [
        one
        for place in places
        for one in sorted(planning.milestones_of(world, place), key=lambda each: each.number)
    ]


def choice(world: World, one: Milestone) -> str:
    """What a form calls a milestone: its number, and an id for one of a group."""
    return str(one.number) if one.project_id in world.projects else f"g{one.id}"


def chosen_milestone(world: World, project: Project, text: str) -> Milestone | None:
    return next((one for one in milestones_for(world, project) if choice(world, one) == text), None)


def _group(world: World, milestone: Milestone | None, inside: list[Issue], state: str) -> Shown:
    return {
        "number": milestone.number if milestone and milestone.project_id in world.projects else None,
        "choice": choice(world, milestone) if milestone else "",
        "title": milestone.title if milestone else "No milestone",
        "closed": milestone is not None and milestone.state == "closed",
        "due": milestone.due if milestone else None,
        "done": sum(one.state == "closed" for one in inside),
        "total": len(inside),
        "issues": [issue(world, one) for one in inside if state in ("all", one.state)],
    }


def kind(one: Issue) -> tuple[str, str]:
    """(style, word) of an issue's state."""
    if one.state == "open":
        return "open", "Open"
    if one.reason in ("not_planned", "duplicate"):
        return "dropped", "Not planned" if one.reason == "not_planned" else "Duplicate"
    return "closed", "Completed"


def issue(world: World, one: Issue) -> Shown:
    style, word = kind(one)
    return {
        "number": one.number,
        "title": one.title,
        "author": one.author,
        "kind": style,
        "word": word,
        "pull": one.pull,
        "labels": [world.labels[which] for which in one.labels],
        "assignees": one.assignees,
        "due": one.due,
        "updated": stamp(one.updated_at),
        "version": version(world, one),
    }


def version(world: World, one: Issue) -> int:
    """Moves with every change of the issue; whole seconds would let one pass unseen."""
    return len(world.history[one.id])


def issue_form(world: World, project: Project, one: Issue | None) -> Shown:
    milestone = world.milestones.get(one.milestone or 0) if one else None
    return {
        "title": one.title if one else "",
        "body": (one.body or "") if one else "",
        "state": (one.reason if one.state == "closed" else "open") if one else None,
        "states": STATES,
        "milestone": choice(world, milestone) if milestone else None,
        "milestones": [
            {"choice": choice(world, each), "title": each.title, "state": each.state}
            for each in milestones_for(world, project)
        ],
        "due": one.due if one else None,
        "labels": _labels_for(world, project),
        "chosen_labels": issues.label_names(world, one.labels) if one else [],
        "people": [login for login, role in project.roles.items() if role],
        "chosen_people": one.assignees if one else [],
    }


def _labels_for(world: World, project: Project) -> list[Label]:
    places = [project.id, *(one.id for one in people.groups_around(world, project.full_name))]
    return [one for place in places for one in planning.labels_of(world, place)]


def comments(world: World, one: Issue) -> list[Shown]:
    return [
        {"author": each.author, "at": stamp(each.created_at), "body": each.body}
        for each in issues.comments_of(world, one)
    ]


def same_text(one: str | None, other: str | None) -> bool:
    """Are these the same but for the spelling of line ends?"""
    return _unix(one or "") == _unix(other or "")


def lines(text: str) -> list[str]:
    """As an editor counts them; `splitlines` would also break at form feeds and other rarities."""
    return _unix(text).removesuffix("\n").split("\n")


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
