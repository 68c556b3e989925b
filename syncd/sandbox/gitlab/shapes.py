"""Records as GitLab's JSON: what its response schemas require, and what clients read."""

from __future__ import annotations

import re
from typing import Any

from syncd.sandbox import clock
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.people import project_by_id, role_of
from syncd.sandbox.records import Comment, Group, Hook, Issue, Label, Milestone, Project, Role, User

Json = dict[str, Any]
ACCESS = {Role.READ: 10, Role.TRIAGE: 20, Role.WRITE: 30, Role.ADMIN: 40}
"""Guest, Reporter, Developer, Maintainer."""

_BOX = re.compile(r"(?m)^\s*(?:[-*+]|\d+[.)])\s+\[([ xX~])\]\s")


def stamp(seconds: int) -> str:
    """GitLab has milliseconds; here they are always 0."""
    return clock.stamp(seconds).replace("Z", ".000Z")


def user(call: Call, login: str) -> Json:
    """A person who has an account here; one who has not is GitLab's `ghost`."""
    who = call.world.users.get(login.lower()) or User(10137, "ghost")
    return {
        "id": who.id,
        "username": who.login,
        "public_email": None,
        "name": who.name or who.login,
        "state": "active",
        "locked": False,
        "avatar_url": f"{call.base}/avatars/{who.id}.png",
        "web_url": f"{call.base}/{who.login}",
    }


def own_user(call: Call, who: User) -> Json:
    """`GET /user`."""
    is_bot = call.token is not None and call.token.place_id is not None
    return {
        **user(call, who.login),
        "email": f"{who.login}@example.org",
        "commit_email": f"{who.login}@example.org",
        "bot": is_bot,
        "created_at": stamp(0),
        "confirmed_at": stamp(0),
        "last_activity_on": "2026-01-05",
        "two_factor_enabled": False,
        "external": False,
        "can_create_group": True,
        "can_create_project": True,
        "projects_limit": 100000,
        "identities": [],
        "private_profile": False,
        "is_admin": False,
    }


def web_url(call: Call, project: Project) -> str:
    return f"{call.base}/{project.full_name}"


def label(call: Call, one: Label) -> Json:
    counted = str(call.given.get("with_counts", "")).lower() in ("true", "1")
    return {
        **short_label(call, one),
        **(_counts(call, one) if counted else {}),
        "subscribed": False,
        "priority": None,
        "is_project_label": one.project_id in call.world.projects,
    }


def _counts(call: Call, one: Label) -> Json:
    everywhere = (issue for project in call.world.issues.values() for issue in project.values())
    mine = [
        issue.state for issue in everywhere if issue.visible and not issue.pull and one.id in issue.labels
    ]
    return {
        "open_issues_count": mine.count("open"),
        "closed_issues_count": mine.count("closed"),
        "open_merge_requests_count": 0,
    }


def short_label(_: Call, one: Label) -> Json:
    """What stands in an issue when label details are asked for."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "description_html": one.description or "",
        "text_color": "#FFFFFF",
        "color": f"#{one.color}",
        "archived": False,
    }


def milestone(call: Call, one: Milestone) -> Json:
    project = call.world.projects.get(one.project_id)
    if project:
        owner: Json = {"project_id": project.id}
        home = f"{web_url(call, project)}/-/milestones/{one.number}"
    else:
        group = call.world.groups[one.project_id]
        owner = {"group_id": group.id}
        home = f"{call.base}/groups/{group.path}/-/milestones/{one.number}"
    today = clock.stamp(call.world.now())[:10]
    return {
        "id": one.id,
        "iid": one.number,
        **owner,
        "title": one.title,
        "description": one.description,
        "state": "active" if one.state == "open" else "closed",
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "due_date": one.due,
        "start_date": one.start,
        "expired": bool(one.due and one.due < today),
        "web_url": home,
    }


def issue(call: Call, one: Issue) -> Json:
    project = call.world.projects[one.project_id]
    closed = one.state == "closed" or one.moved_to is not None
    assignees = [user(call, login) for login in one.assignees]
    own = call.world.milestones.get(one.milestone or 0)
    home = f"{web_url(call, project)}/-/issues/{one.number}"
    return {
        "id": one.id,
        "iid": one.number,
        "project_id": project.id,
        "title": one.title,
        "description": one.body,
        "state": "closed" if closed else "opened",
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": stamp(one.closed_at or one.updated_at) if closed else None,
        "closed_by": user(call, one.closed_by) if one.closed_by else None,
        "labels": _labels(call, one),
        "milestone": milestone(call, own) if own else None,
        "assignees": assignees,
        "author": user(call, one.author),
        "type": one.kind.upper(),
        "assignee": assignees[0] if assignees else None,
        "user_notes_count": one.comments,
        "merge_requests_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "due_date": one.due,
        "confidential": one.confidential,
        "discussion_locked": True if one.locked else None,
        "issue_type": one.kind,
        "web_url": home,
        "time_stats": _time(),
        "task_completion_status": _boxes(one.body or ""),
        "blocking_issues_count": 0,
        "has_tasks": bool(_BOX.search(one.body or "")),
        **_around(call, project, one),
        "severity": "UNKNOWN",
        "moved_to_id": _moved_to(call, one),
        "imported": False,
        "imported_from": "none",
        "service_desk_reply_to": None,
    }


def _labels(call: Call, one: Issue) -> list[Any]:
    """Names in alphabetical order; objects on request."""
    labels = sorted((call.world.labels[which] for which in one.labels), key=lambda label: label.name.lower())
    if str(call.given.get("with_labels_details", "")).lower() in ("true", "1"):
        return [short_label(call, each) for each in labels]
    return [each.name for each in labels]


def _around(call: Call, project: Project, one: Issue) -> Json:
    here = f"{call.api}/projects/{project.id}"
    return {
        "_links": {
            "self": f"{here}/issues/{one.number}",
            "notes": f"{here}/issues/{one.number}/notes",
            "award_emoji": f"{here}/issues/{one.number}/award_emoji",
            "project": here,
            "closed_as_duplicate_of": None,
        },
        "references": {
            "short": f"#{one.number}",
            "relative": f"#{one.number}",
            "full": f"{project.full_name}#{one.number}",
        },
    }


def _moved_to(call: Call, one: Issue) -> int | None:
    if one.moved_to is None:
        return None
    target, number = one.moved_to
    return call.world.issues[target][number].id


def _time() -> Json:
    blank = {"human_time_estimate": None, "human_total_time_spent": None}
    return {"time_estimate": 0, "total_time_spent": 0, **blank}


def _boxes(body: str) -> Json:
    marks = _BOX.findall(body)
    return {"count": len(marks), "completed_count": sum(mark in "xX" for mark in marks)}


def note(call: Call, one: Comment) -> Json:
    issue = call.world.issues[one.project_id][one.number]
    return {
        "id": one.id,
        "type": None,
        "body": one.body,
        "attachment": None,
        "author": user(call, one.author),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "system": False,
        "noteable_id": issue.id,
        "noteable_type": "Issue",
        "project_id": one.project_id,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": issue.number,
        "commands_changes": {},
    }


def namespace(call: Call, project: Project) -> Json:
    groups = call.groups_of(project)
    group = groups[0] if groups and groups[0].path.lower() == project.owner.lower() else None
    owner = call.world.users.get(project.owner.lower())
    return {
        "id": group.id if group else owner.id if owner else 0,
        "name": project.owner.rpartition("/")[2],
        "path": project.owner.rpartition("/")[2],
        "kind": "group" if group else "user",
        "full_path": project.owner,
        "parent_id": groups[1].id if group and len(groups) > 1 else None,
        "avatar_url": None,
        "web_url": f"{call.base}/{'groups/' if group else ''}{project.owner}",
    }


def project(call: Call, one: Project) -> Json:
    home, here = web_url(call, one), f"{call.api}/projects/{one.id}"
    opened = sum(count for (_, state), count in call.world.counts[one.id].items() if state == "open")
    access = "enabled" if one.issues_enabled else "disabled"
    return {
        "id": one.id,
        "description": one.description,
        "name": one.name,
        "name_with_namespace": f"{one.owner} / {one.name}",
        "path": one.name,
        "path_with_namespace": one.full_name,
        "created_at": stamp(one.created_at),
        "default_branch": "main",
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": f"git@sandbox:{one.full_name}.git",
        "http_url_to_repo": f"{home}.git",
        "web_url": home,
        "readme_url": None,
        "forks_count": 0,
        "avatar_url": None,
        "star_count": 0,
        "last_activity_at": stamp(one.created_at),
        "visibility": "private" if one.private else "public",
        "namespace": namespace(call, one),
        "_links": {"self": here, "issues": f"{here}/issues", "labels": f"{here}/labels"},
        "empty_repo": False,
        "archived": one.archived,
        "issues_enabled": one.issues_enabled,
        "issues_access_level": access,
        "merge_requests_enabled": True,
        "open_issues_count": opened if one.issues_enabled else 0,
        "permissions": _permissions(call, one),
        **({"issues_template": None} if call.world.tier != "free" else {}),
    }


def _permissions(call: Call, one: Project) -> Json:
    """What the token's owner may do; a membership, not the right that a public project gives to everybody."""
    own = role_of(one, call.user.login) if call.user else Role.NONE
    member = call.user is not None and any(
        who.lower() == call.user.login.lower() and role for who, role in one.roles.items()
    )
    level = {"access_level": ACCESS[min(own, call.role(one))], "notification_level": 3} if member else None
    return {"project_access": level, "group_access": None}


def member(call: Call, login: str, role: int) -> Json:
    return {
        **user(call, login),
        "access_level": ACCESS[Role(role)],
        "created_at": stamp(0),
        "expires_at": None,
        "membership_state": "active",
    }


def group(call: Call, one: Group) -> Json:
    name = one.path.rpartition("/")[2]
    above = [
        each for each in call.world.groups.values() if one.path.lower().startswith(f"{each.path.lower()}/")
    ]
    return {
        "id": one.id,
        "name": name,
        "path": name,
        "full_name": one.path.replace("/", " / "),
        "full_path": one.path,
        "parent_id": max(above, key=lambda each: len(each.path)).id if above else None,
        "description": "",
        "visibility": "public",
        "web_url": f"{call.base}/groups/{one.path}",
        "avatar_url": None,
        "created_at": stamp(one.created_at),
        "archived": False,
    }


EVENTS = (
    "push_events", "tag_push_events", "merge_requests_events", "repository_update_events", "issues_events",
    "confidential_issues_events", "note_events", "confidential_note_events", "pipeline_events",
    "wiki_page_events", "job_events", "deployment_events", "feature_flag_events", "releases_events",
    "milestone_events", "emoji_events", "resource_access_token_events", "vulnerability_events",
)  # fmt: skip


def hook(call: Call, one: Hook) -> Json:
    """The secrets are never shown again."""
    return {
        "id": one.id,
        "url": one.url,
        "name": None,
        "description": None,
        "created_at": stamp(one.created_at),
        "project_id": project_by_id(call.world, one.project_id).id,
        **{name: name in one.events for name in EVENTS},
        "enable_ssl_verification": True,
        "push_events_branch_filter": "",
        "branch_filter_strategy": "wildcard",
        "alert_status": "executable" if one.active else "disabled",
        "disabled_until": None,
        "url_variables": [],
        "custom_headers": [],
        "custom_webhook_template": "",
        "signing_token_present": one.signing is not None,
    }
