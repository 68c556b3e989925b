"""Routes for issues, their labels, people and comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncd.sandbox import issues, people, planning
from syncd.sandbox.clock import parse_stamp
from syncd.sandbox.github import paging, shapes
from syncd.sandbox.github.call import Answer, Call
from syncd.sandbox.github.refusals import Refused, forbidden, invalid, malformed, not_found
from syncd.sandbox.github.wishes import ASSIGNEES, expect, issue_wish, label_names, require
from syncd.sandbox.records import Issue, Project, Role


def list_issues(call: Call) -> Answer:
    project = call.project()
    found = issues.listed(call.world, project.id, call.view)
    wanted = _filters(call, project)
    key, downwards = _order(call)
    shown = sorted((one for one in found if all(test(one) for test in wanted)), key=key, reverse=downwards)
    return paging.by_cursor(call, shown, key, shapes.issue)


def _order(call: Call) -> tuple[Callable[[Issue], paging.Key], bool]:
    keys: dict[str, Callable[[Issue], paging.Key]] = {
        "created": lambda one: (one.created_at, one.id),
        "updated": lambda one: (one.updated_at, one.id),
        "comments": lambda one: (one.comments, one.id),
    }
    key = keys[_choice(call, "sort", "created", *keys)]
    return key, _choice(call, "direction", "desc", "asc", "desc") == "desc"


def _choice(call: Call, name: str, default: str, *allowed: str) -> str:
    value = call.query.get(name) or default
    if value not in allowed:
        raise invalid("Issue", name, "invalid", value=value)
    return value


def _filters(call: Call, project: Project) -> list[Callable[[Issue], bool]]:
    state = _choice(call, "state", "open", "open", "closed", "all")
    tests: list[Callable[[Issue], bool]] = [lambda one: state in ("all", one.state)]
    if since := call.query.get("since"):
        # Inclusive: an edit within the same second is seen again, never missed.
        at = _since(since)
        tests.append(lambda one: one.updated_at >= at)
    if creator := call.query.get("creator"):
        tests.append(lambda one: one.author.lower() == creator.lower())
    if labels := call.query.get("labels"):
        names = [name.casefold() for name in labels.split(",")]
        tests.append(lambda one: set(names) <= _folded(call, one))
    if milestone := call.query.get("milestone"):
        tests.append(_in_milestone(call, project, milestone))
    if assignee := call.query.get("assignee"):
        tests.append(lambda one: _assigned(one, assignee))
    return tests


def _since(text: str) -> int:
    try:
        return int(parse_stamp(text).timestamp())
    except ValueError:
        raise invalid("Issue", "since", "invalid", value=text) from None


def _folded(call: Call, one: Issue) -> set[str]:
    return {name.casefold() for name in issues.label_names(call.world, one.labels)}


def _in_milestone(call: Call, project: Project, wanted: str) -> Callable[[Issue], bool]:
    if wanted in ("*", "none"):
        return lambda one: (one.milestone is None) == (wanted == "none")
    found = planning.find_milestone(call.world, project.id, int(wanted) if wanted.isdecimal() else -1)
    if found is None:
        raise invalid("Issue", "milestone", "invalid", value=wanted)
    return lambda one: one.milestone == found.id


def _assigned(one: Issue, wanted: str) -> bool:
    if wanted in ("*", "none"):
        return bool(one.assignees) == (wanted == "*")
    return wanted.lower() in (login.lower() for login in one.assignees)


def get_issue(call: Call) -> Answer:
    return Answer(200, shapes.whole_issue(call, call.issue(call.project())))


def create_issue(call: Call) -> Answer:
    project = call.project_for(Role.READ)
    if not project.issues_enabled:
        raise Refused(410, "Issues are disabled for this repo")
    require(call.json(), "title")
    wish = issue_wish(call, project, call.json())
    if "title" not in wish:
        raise invalid("Issue", "title", "missing_field")
    made = issues.create(call.world, call.origin, project, wish)
    body = shapes.whole_issue(call, made)
    return Answer(201, body, {"Location": body["url"]})


def edit_issue(call: Call) -> Answer:
    project = call.project_for(Role.READ)
    issue = call.issue(project)
    if call.role(project) < Role.TRIAGE and issue.author.lower() != call.me.login.lower():
        raise forbidden(by_token=people.role_of(project, call.me.login) >= Role.TRIAGE)
    wish = issue_wish(call, project, call.json(), issue)
    return Answer(200, shapes.whole_issue(call, issues.edit(call.world, call.origin, issue, wish)))


def _triaged(call: Call) -> tuple[Project, Issue]:
    project = call.project_for(Role.TRIAGE)
    return project, call.issue(project)


def list_issue_labels(call: Call) -> Answer:
    issue = call.issue(call.project())
    return paging.numbered(call, [call.world.labels[one] for one in issue.labels], shapes.label)


def _wanted_labels(call: Call) -> list[str]:
    body = call.body
    if isinstance(body, dict):
        require(body, "labels")
        body = expect(body, "labels", list, str)
    if not isinstance(body, (list, str)):
        raise malformed("For 'labels', the value is not an array.")
    return label_names([body] if isinstance(body, str) else body)


def _relabelled(call: Call, issue: Issue, names: list[str]) -> Answer:
    if len(names) > 100:
        raise invalid("Issue", "labels", "custom", message="Issues cannot have more than 100 labels")
    after = issues.edit(call.world, call.origin, issue, {"labels": names})
    return Answer(200, [shapes.label(call, call.world.labels[one]) for one in after.labels])


def add_issue_labels(call: Call) -> Answer:
    _, issue = _triaged(call)
    return _relabelled(call, issue, [*issues.label_names(call.world, issue.labels), *_wanted_labels(call)])


def set_issue_labels(call: Call) -> Answer:
    _, issue = _triaged(call)
    return _relabelled(call, issue, _wanted_labels(call))


def clear_issue_labels(call: Call) -> Answer:
    _, issue = _triaged(call)
    issues.edit(call.world, call.origin, issue, {"labels": []})
    return Answer(204)


def remove_issue_label(call: Call) -> Answer:
    project, issue = _triaged(call)
    label = planning.find_label(call.world, project.id, call.params["name"])
    if label is None or label.id not in issue.labels:
        raise Refused(404, "Label does not exist")
    kept = [call.world.labels[one].name for one in issue.labels if one != label.id]
    return _relabelled(call, issue, kept)


def add_assignees(call: Call) -> Answer:
    """Whoever cannot be assigned is ignored here, other than in a create or an update."""
    project, issue = _triaged(call)
    wanted = [*issue.assignees, *_logins(call)]
    able = [login for login in wanted if people.assignable(call.world, project, login)]
    after = issues.edit(call.world, call.origin, issue, {"assignees": able[:ASSIGNEES]})
    return Answer(201, shapes.whole_issue(call, after))


def remove_assignees(call: Call) -> Answer:
    _, issue = _triaged(call)
    gone = {login.lower() for login in _logins(call)}
    kept = [login for login in issue.assignees if login.lower() not in gone]
    after = issues.edit(call.world, call.origin, issue, {"assignees": kept})
    return Answer(200, shapes.whole_issue(call, after))


def _logins(call: Call) -> list[str]:
    require(call.json(), "assignees")
    entries: list[Any] = expect(call.json(), "assignees", list)
    return [str(entry["login"]) if isinstance(entry, dict) else str(entry) for entry in entries]


def list_comments(call: Call) -> Answer:
    found = issues.comments_of(call.world, call.issue(call.project()))
    if since := call.query.get("since"):
        at = _since(since)
        found = [one for one in found if one.updated_at >= at]
    return paging.numbered(call, found, shapes.comment)


def create_comment(call: Call) -> Answer:
    issue = call.issue(call.project_for(Role.READ))
    require(call.json(), "body")
    text: str = expect(call.json(), "body", str)
    if not text.strip():
        raise invalid("IssueComment", "body", "missing_field")
    made = shapes.comment(call, issues.comment(call.world, call.origin, issue, text))
    return Answer(201, made, {"Location": made["url"]})


def list_assignees(call: Call) -> Answer:
    project = call.project()
    return paging.numbered(call, [login for login, role in project.roles.items() if role], shapes.user)


def check_assignee(call: Call) -> Answer:
    if people.assignable(call.world, call.project(), call.params["assignee"]) is None:
        raise not_found()
    return Answer(204)
