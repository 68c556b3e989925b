"""Which request goes where. Every route of a repository exists by name and by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from syncd.sandbox import routing
from syncd.sandbox.github import apps, tracker
from syncd.sandbox.github import planning_routes as planning
from syncd.sandbox.github import project_routes as project
from syncd.sandbox.github.call import Answer, Call

Endpoint = Callable[[Call], Answer]

_REPOSITORY: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "", project.get_repository),
    ("GET", "issues", tracker.list_issues),
    ("POST", "issues", tracker.create_issue),
    ("GET", "issues/{issue_number:int}", tracker.get_issue),
    ("PATCH", "issues/{issue_number:int}", tracker.edit_issue),
    ("GET", "issues/{issue_number:int}/labels", tracker.list_issue_labels),
    ("POST", "issues/{issue_number:int}/labels", tracker.add_issue_labels),
    ("PUT", "issues/{issue_number:int}/labels", tracker.set_issue_labels),
    ("DELETE", "issues/{issue_number:int}/labels", tracker.clear_issue_labels),
    ("DELETE", "issues/{issue_number:int}/labels/{name}", tracker.remove_issue_label),
    ("POST", "issues/{issue_number:int}/assignees", tracker.add_assignees),
    ("DELETE", "issues/{issue_number:int}/assignees", tracker.remove_assignees),
    ("GET", "issues/{issue_number:int}/comments", tracker.list_comments),
    ("POST", "issues/{issue_number:int}/comments", tracker.create_comment),
    ("GET", "assignees", tracker.list_assignees),
    ("GET", "assignees/{assignee}", tracker.check_assignee),
    ("GET", "labels", planning.list_labels),
    ("POST", "labels", planning.create_label),
    ("GET", "labels/{name}", planning.get_label),
    ("PATCH", "labels/{name}", planning.edit_label),
    ("DELETE", "labels/{name}", planning.delete_label),
    ("GET", "milestones", planning.list_milestones),
    ("POST", "milestones", planning.create_milestone),
    ("GET", "milestones/{milestone_number:int}", planning.get_milestone),
    ("PATCH", "milestones/{milestone_number:int}", planning.edit_milestone),
    ("DELETE", "milestones/{milestone_number:int}", planning.delete_milestone),
    ("GET", "hooks", project.list_hooks),
    ("POST", "hooks", project.create_hook),
    ("GET", "hooks/{hook_id:int}", project.get_hook),
    ("PATCH", "hooks/{hook_id:int}", project.edit_hook),
    ("DELETE", "hooks/{hook_id:int}", project.delete_hook),
    ("POST", "hooks/{hook_id:int}/pings", project.ping_hook),
)


def _all() -> Iterator[tuple[str, list[str], Endpoint]]:
    yield "GET", ["user"], project.get_user
    yield "GET", ["app"], apps.get_app
    yield "GET", ["repos", "{owner}", "{repo}", "installation"], apps.get_installation
    yield "POST", ["app", "installations", "{installation_id:int}", "access_tokens"], apps.create_token
    for method, rest, endpoint in _REPOSITORY:
        tail = rest.split("/") if rest else []
        yield method, ["repos", "{owner}", "{repo}", *tail], endpoint
        yield method, ["repositories", "{repository_id:int}", *tail], endpoint


ROUTES = tuple(_all())


def find(method: str, path: str) -> tuple[Endpoint, dict[str, Any]] | None:
    """The endpoint of a path below the API's root and what stands in its places."""
    return routing.find(ROUTES, method, path)
