"""Records as GitHub's JSON: every member that its OpenAPI calls required, and those that clients read."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from syncd.sandbox.clock import stamp
from syncd.sandbox.github.apps import is_of_app
from syncd.sandbox.github.call import Call
from syncd.sandbox.pacific import midnight
from syncd.sandbox.people import role_of
from syncd.sandbox.records import Comment, Hook, Issue, Label, Milestone, Project, Role, User

Json = dict[str, Any]
_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def user(call: Call, login: str) -> Json:
    """A person who has an account here; one who has not is GitHub's `ghost`."""
    who = call.world.users.get(login.lower()) or User(10137, "ghost")
    url = f"{call.api}/users/{quote(who.login)}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": f"U_{who.id}",
        "avatar_url": f"{call.base}/avatars/{who.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{call.base}/{quote(who.login)}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": "Bot" if who.login.endswith("[bot]") else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def own_user(call: Call, who: User) -> Json:
    """`GET /user`."""
    nothing = dict.fromkeys(("company", "blog", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    return {
        **user(call, who.login),
        "name": who.name,
        **nothing,
        "twitter_username": None,
        **counts,
        "created_at": stamp(0),
        "updated_at": stamp(0),
    }


def project_url(call: Call, project: Project) -> str:
    return f"{call.api}/repos/{project.full_name}"


def label(call: Call, one: Label) -> Json:
    project = call.world.projects[one.project_id]
    return {
        "id": one.id,
        "node_id": f"LA_{one.id}",
        "url": f"{project_url(call, project)}/labels/{quote(one.name, safe='')}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description,
    }


def milestone(call: Call, one: Milestone) -> Json:
    project = call.world.projects[one.project_id]
    url = f"{project_url(call, project)}/milestones/{one.number}"
    counts = call.world.counts[project.id]
    return {
        "url": url,
        "html_url": f"{call.base}/{project.full_name}/milestone/{one.number}",
        "labels_url": f"{url}/labels",
        "id": one.id,
        "node_id": f"MI_{one.id}",
        "number": one.number,
        "title": one.title,
        "description": one.description,
        "creator": user(call, one.creator),
        "open_issues": counts[one.id, "open"],
        "closed_issues": counts[one.id, "closed"],
        "state": one.state,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "due_on": stamp(int(midnight(date.fromisoformat(one.due)).timestamp())) if one.due else None,
        "closed_at": stamp(one.closed_at) if one.closed_at is not None else None,
    }


def issue(call: Call, one: Issue) -> Json:
    world = call.world
    project = world.projects[one.project_id]
    repository = project_url(call, project)
    url = f"{repository}/issues/{one.number}"
    assignees = [user(call, login) for login in one.assignees]
    own = world.milestones.get(one.milestone or 0)
    if own and own.project_id != project.id:
        own = None  # a group's: GitHub knows no such thing
    shape = {
        "url": url,
        "repository_url": repository,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": f"{call.base}/{project.full_name}/{'pull' if one.pull else 'issues'}/{one.number}",
        "timeline_url": f"{url}/timeline",
        "id": one.id,
        "node_id": f"I_{one.id}",
        "number": one.number,
        "title": one.title,
        "user": user(call, one.author),
        "labels": [label(call, world.labels[which]) for which in one.labels],
        "state": one.state,
        "state_reason": one.reason,
        "locked": one.locked,
        "active_lock_reason": None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": milestone(call, own) if own else None,
        "comments": one.comments,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": stamp(one.closed_at) if one.closed_at is not None else None,
        "author_association": association(project, one.author),
        "body": one.body,
        "performed_via_github_app": None,
        "reactions": _reactions(url),
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
    }
    if one.pull:
        pull = f"{call.base}/{project.full_name}/pull/{one.number}"
        shape["draft"] = False
        shape["pull_request"] = {
            "url": f"{repository}/pulls/{one.number}",
            "html_url": pull,
            "diff_url": f"{pull}.diff",
            "patch_url": f"{pull}.patch",
            "merged_at": None,
        }
    return shape


def whole_issue(call: Call, one: Issue) -> Json:
    """What a single issue has and the items of a list have not."""
    return {**issue(call, one), "closed_by": user(call, one.closed_by) if one.closed_by else None}


def association(project: Project, login: str) -> str:
    if login == project.owner:
        return "OWNER"
    own = next((role for who, role in project.roles.items() if who == login), Role.NONE)
    return "COLLABORATOR" if own else "NONE"


def comment(call: Call, one: Comment) -> Json:
    project = call.world.projects[one.project_id]
    at_issue = f"{project_url(call, project)}/issues"
    return {
        "url": f"{at_issue}/comments/{one.id}",
        "html_url": f"{call.base}/{project.full_name}/issues/{one.number}#issuecomment-{one.id}",
        "issue_url": f"{at_issue}/{one.number}",
        "id": one.id,
        "node_id": f"IC_{one.id}",
        "user": user(call, one.author),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "author_association": association(project, one.author),
        "body": one.body,
        "reactions": _reactions(f"{at_issue}/comments/{one.id}"),
        "performed_via_github_app": None,
    }


def _reactions(url: str) -> Json:
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(_REACTIONS, 0)}


def hook(call: Call, one: Hook) -> Json:
    """The secret is never shown again."""
    url = f"{project_url(call, call.world.projects[one.project_id])}/hooks/{one.id}"
    config = {"url": one.url, "content_type": one.content_type, "insecure_ssl": "0"}
    config |= {"secret": "********"} if one.secret else {}
    return {
        "type": "Repository",
        "id": one.id,
        "name": "web",
        "active": one.active,
        "events": list(one.events),
        "config": config,
        "updated_at": stamp(one.updated_at),
        "created_at": stamp(one.created_at),
        "url": url,
        "test_url": f"{url}/test",
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }


_REPOSITORY_URLS = """
    archive assignees blobs branches collaborators comments commits compare contents contributors deployments
    downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels
    languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags
    teams trees
"""


def repository(call: Call, project: Project) -> Json:
    url = project_url(call, project)
    html_url = f"{call.base}/{project.full_name}"
    # To GitHub an App's installation has rights, but no role.
    who = None if call.token and is_of_app(call.token) else call.user
    role = role_of(project, who.login if who else None)
    opened = sum(count for (_, state), count in call.world.counts[project.id].items() if state == "open")
    counts = ("forks_count", "stargazers_count", "watchers_count", "forks", "watchers", "size")
    return {
        "id": project.id,
        "node_id": f"R_{project.id}",
        "name": project.name,
        "full_name": project.full_name,
        "private": project.private,
        "owner": user(call, project.owner),
        "html_url": html_url,
        "description": project.description,
        "fork": False,
        "url": url,
        **{f"{name}_url": f"{url}/{name.replace('git_', 'git/')}" for name in _REPOSITORY_URLS.split()},
        "git_url": f"git:{html_url.partition(':')[2]}.git",
        "ssh_url": f"git@sandbox:{project.full_name}.git",
        "clone_url": f"{html_url}.git",
        "svn_url": html_url,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        **dict.fromkeys(counts, 0),
        "network_count": 0,
        "subscribers_count": 0,
        "open_issues_count": opened,
        "open_issues": opened,
        "default_branch": "main",
        "has_downloads": True,
        "has_issues": project.issues_enabled,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "topics": [],
        "archived": project.archived,
        "disabled": False,
        "visibility": "private" if project.private else "public",
        "pushed_at": stamp(project.created_at),
        "created_at": stamp(project.created_at),
        "updated_at": stamp(project.created_at),
        "permissions": {
            "admin": role >= Role.ADMIN,
            "maintain": role >= Role.ADMIN,
            "push": role >= Role.WRITE,
            "triage": role >= Role.TRIAGE,
            "pull": role >= Role.READ,
        },
    }
