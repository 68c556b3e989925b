"""Which request goes where. A project is named by its id or by its encoded path, and so is a group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncd.sandbox import routing
from syncd.sandbox.gitlab import planning_routes as planning
from syncd.sandbox.gitlab import project_routes as project
from syncd.sandbox.gitlab import tracker
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.wire import Answer

Endpoint = Callable[[Call], Answer]

_TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "user", project.get_user),
    ("GET", "users", project.list_users),
    ("GET", "metadata", project.get_metadata),
    ("GET", "version", project.get_version),
    ("GET", "personal_access_tokens/self", project.own_token),
    ("GET", "projects", project.list_projects),
    ("GET", "projects/{project}", project.get_project),
    ("GET", "projects/{project}/members", project.list_members),
    ("GET", "projects/{project}/members/all", project.list_members),
    ("GET", "projects/{project}/members/{user_id:int}", project.get_member),
    ("GET", "projects/{project}/members/all/{user_id:int}", project.get_member),
    ("GET", "projects/{project}/users", project.list_members),
    ("GET", "projects/{project}/issues", tracker.list_issues),
    ("POST", "projects/{project}/issues", tracker.create_issue),
    ("GET", "projects/{project}/issues/{issue_iid:int}", tracker.get_issue),
    ("PUT", "projects/{project}/issues/{issue_iid:int}", tracker.edit_issue),
    ("DELETE", "projects/{project}/issues/{issue_iid:int}", tracker.delete_issue),
    ("POST", "projects/{project}/issues/{issue_iid:int}/move", tracker.move_issue),
    ("GET", "projects/{project}/issues/{issue_iid:int}/notes", tracker.list_notes),
    ("POST", "projects/{project}/issues/{issue_iid:int}/notes", tracker.create_note),
    ("GET", "projects/{project}/labels", planning.list_labels),
    ("POST", "projects/{project}/labels", planning.create_label),
    ("PUT", "projects/{project}/labels", planning.edit_label),
    ("GET", "projects/{project}/labels/{label}", planning.get_label),
    ("PUT", "projects/{project}/labels/{label}", planning.edit_label),
    ("DELETE", "projects/{project}/labels/{label}", planning.delete_label),
    ("GET", "projects/{project}/milestones", planning.list_milestones),
    ("POST", "projects/{project}/milestones", planning.create_milestone),
    ("GET", "projects/{project}/milestones/{milestone_id:int}", planning.get_milestone),
    ("PUT", "projects/{project}/milestones/{milestone_id:int}", planning.edit_milestone),
    ("DELETE", "projects/{project}/milestones/{milestone_id:int}", planning.delete_milestone),
    ("GET", "projects/{project}/hooks", project.list_hooks),
    ("POST", "projects/{project}/hooks", project.create_hook),
    ("GET", "projects/{project}/hooks/{hook_id:int}", project.get_hook),
    ("PUT", "projects/{project}/hooks/{hook_id:int}", project.edit_hook),
    ("DELETE", "projects/{project}/hooks/{hook_id:int}", project.delete_hook),
    ("POST", "projects/{project}/hooks/{hook_id:int}/test/{trigger}", project.test_hook),
    ("GET", "groups/{group}", project.get_group),
    ("GET", "groups/{group}/labels", planning.list_group_labels),
    ("POST", "groups/{group}/labels", planning.create_group_label),
    ("GET", "groups/{group}/milestones", planning.list_group_milestones),
    ("POST", "groups/{group}/milestones", planning.create_group_milestone),
    ("GET", "groups/{group}/milestones/{milestone_id:int}", planning.get_group_milestone),
    ("PUT", "groups/{group}/milestones/{milestone_id:int}", planning.edit_group_milestone),
)
ROUTES = tuple((method, path.split("/"), endpoint) for method, path, endpoint in _TABLE)


def find(method: str, path: str) -> tuple[Endpoint, dict[str, Any]] | None:
    """The endpoint of a path below the API's root and what stands in its places."""
    return routing.find(ROUTES, method, path)
