"""What a quick action does to an issue, as far as this tracker knows of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from syncd.sandbox import people, planning
from syncd.sandbox.gitlab.quick import Command
from syncd.sandbox.records import IssueFields, Project
from syncd.sandbox.world import World

Names = list[str]
Does = Callable[[Names, Names], IssueFields]
"""(the names in the argument, the issue's labels) -> what to set"""

_ARGUMENT = re.compile(r"[~@%]?(?:\"([^\"]*)\"|([^\s,]+))")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _closes(_: Names, __: Names) -> IssueFields:
    return {"state": "closed"}


def _labels(names: Names, now: Names) -> IssueFields:
    return {"labels": [*now, *(name for name in names if name not in now)]}


def _unlabels(names: Names, now: Names) -> IssueFields:
    return {"labels": [name for name in now if names and name not in names]}


def _assigns(names: Names, _: Names) -> IssueFields:
    return {"assignees": names}


_DOES: Mapping[str, Does] = {
    "close": _closes,
    "done": _closes,
    "duplicate": _closes,
    "promote": _closes,
    "reopen": lambda _, __: {"state": "open"},
    "label": _labels,
    "labels": _labels,
    "unlabel": _unlabels,
    "remove_label": _unlabels,
    "relabel": lambda names, _: {"labels": names},
    "assign": _assigns,
    "reassign": _assigns,
    "unassign": lambda _, __: {"assignees": []},
    "remove_milestone": lambda _, __: {"milestone": None},
    "remove_due_date": lambda _, __: {"due": None},
    "confidential": lambda _, __: {"confidential": True},
    "lock": lambda _, __: {"locked": True},
    "unlock": lambda _, __: {"locked": False},
}


def wish(world: World, project: Project, labels: Names, command: Command) -> IssueFields | None:
    """What a command sets; None for one that does nothing to an issue here."""
    names = [name.lstrip("~@%") for pair in _ARGUMENT.findall(command.argument) for name in pair if name]
    if command.name == "milestone":
        return _milestone(world, project, names)
    if command.name in ("due", "due_date"):
        return {"due": command.argument} if _DAY.fullmatch(command.argument) else None
    if command.name == "title":
        return {"title": command.argument} if command.argument else None
    does = _DOES.get(command.name)
    return does(names, labels) if does else None


def _milestone(world: World, project: Project, names: Names) -> IssueFields | None:
    places = [project.id, *(one.id for one in people.groups_around(world, project.full_name))]
    known = [one for place in places for one in planning.milestones_of(world, place)]
    found = next((one for one in known if one.title in names), None)
    return {"milestone": found.id} if found else None
