"""What a saved text does to people who never asked, at GitLab: mentions of users, groups and all; references.

Judged on the text as it is *rendered*, like GitHub's (api-facts D.2). Closing keywords mean nothing in an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from syncd.sandbox import people
from syncd.sandbox.inert import Kind, rendered
from syncd.sandbox.planning import labels_of, milestones_of
from syncd.sandbox.records import Project
from syncd.sandbox.world import World

_PATH = r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)*"
_MENTION = re.compile(rf"(?<![\w/@.`-])@({_PATH})")
_NUMBERED = re.compile(
    rf"(?<![\w/&#!])(?:(?:(?<![\w./-])(?P<place>{_PATH}))?(?P<sign>[#!&])|G[HL]-)(?P<number>[0-9]+)(?!\w)"
    rf"|\[(?:issue|work_item|epic|merge_request):(?:(?P<inside>{_PATH})/)?(?P<typed>[0-9]+)\]",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![\w/~%])([~%])(?:\"([^\"\n]+)\"|([A-Za-z0-9_][\w:.-]*))")
_ADDRESS = re.compile(
    rf"https?://[^\s/]+/(?P<place>{_PATH}?)/(?:-/)?(?P<kind>issues|work_items|merge_requests|epics)/(?P<number>[0-9]+)",
    re.IGNORECASE,
)
_SIGNS = {"issues": "#", "work_items": "#", "merge_requests": "!", "epics": "&"}


def noises(text: str) -> Iterator[tuple[Kind, str]]:
    """Every disturbance: (kind, target). Targets of references: `#9`, `acme/widgets#9`, `!9`, `&9`, `~label`, `%m`."""
    seen = rendered(text)
    for found in _MENTION.finditer(seen):
        yield "mention", found[1].rstrip(".-")
    for found in _ADDRESS.finditer(seen):
        yield "reference", f"{found['place']}{_SIGNS[found['kind'].lower()]}{found['number']}"
    for found in _NUMBERED.finditer(_ADDRESS.sub(" ", seen)):
        place, number = found["place"] or found["inside"] or "", found["number"] or found["typed"]
        yield "reference", f"{place}{found['sign'] or '#'}{number}"
    for found in _NAMED.finditer(seen):
        yield "reference", f"{found[1]}{found[2] or found[3]}"


def target_exists(world: World, project: Project, kind: str, target: str) -> bool:
    if kind == "mention":
        return target == "all" or target.lower() in world.users or bool(people.group_at(world, target))
    around = [project.id, *(one.id for one in people.groups_around(world, project.full_name))]
    if target[0] == "~":
        return any(one.name == target[1:] for place in around for one in labels_of(world, place))
    if target[0] == "%":
        return any(one.title == target[1:] for place in around for one in milestones_of(world, place))
    path, _, number = target.rpartition("#")
    full = path if "/" in path or not path else f"{project.owner}/{path}"
    where = people.current(world, full) if full else project
    return number.isdecimal() and where is not None and int(number) in world.issues[where.id]
