"""Routes for issues and their notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncd.sandbox import issues, people
from syncd.sandbox.gitlab import given, paging, saving, shapes
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.gitlab.refusals import forbidden, invalid, said, unreadable
from syncd.sandbox.gitlab.wishes import KINDS, issue_wish
from syncd.sandbox.records import Issue, Project, Role
from syncd.sandbox.wire import Answer

Test = Callable[[Issue], bool]
ORDERS: dict[str, Callable[[Issue], Any]] = {
    "created_at": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
    "due_date": lambda one: one.due or "9999",
    "title": lambda one: one.title.lower(),
    "relative_position": lambda one: one.id,
    "popularity": lambda _: 0,
    "priority": lambda _: 0,
    "label_priority": lambda _: 0,
    "milestone_due": lambda _: 0,
    "weight": lambda _: 0,
}
BY_KEYSET = ("created_at", "updated_at", "relative_position")


def list_issues(call: Call) -> Answer:
    """Everybody's issues, moved ones too; nothing at all where issues are disabled (from memory: it is the
    worst that an answer could be)."""
    project = call.project()
    wanted = _filters(call, project)
    found = issues.listed(call.world, project.id, call.view, moved=True) if project.issues_enabled else []
    shown = [one for one in found if not one.pull and all(test(one) for test in wanted)]
    order = given.choice(call.given, "order_by", "created_at", *ORDERS)
    downwards = given.choice(call.given, "sort", "desc", "asc", "desc") == "desc"
    # Ties are broken by id, the newest first, in either direction (api-facts B.4).
    shown = sorted(sorted(shown, key=lambda one: -one.id), key=ORDERS[order], reverse=downwards)
    if call.given.get("pagination") != "keyset":
        return paging.numbered(call, shown, shapes.issue)
    if order not in BY_KEYSET:
        raise said(405, "Keyset pagination is not yet available for this type of request")
    sign = -1 if downwards else 1
    return paging.by_keyset(call, shown, lambda one: (sign * ORDERS[order](one), -one.id), shapes.issue)


def _filters(call: Call, project: Project) -> list[Test]:
    asked = call.given
    state = given.choice(asked, "state", "all", "opened", "closed", "all")
    tests: list[Test] = [lambda one: state == "all" or (state == "closed") == _closed(one)]
    tests.append(lambda one: call.may_see(project, one))
    # Inclusive: an edit within the same second is seen again, never missed.
    for name, field in (("updated", "updated_at"), ("created", "created_at")):
        if asked.get(f"{name}_after"):
            tests.append(_since(given.moment(asked, f"{name}_after"), field, 1))
        if asked.get(f"{name}_before"):
            tests.append(_since(given.moment(asked, f"{name}_before"), field, -1))
    if "iids" in asked:
        numbers = given.numbers(asked, "iids")
        tests.append(lambda one: one.number in numbers)
    if asked.get("issue_type"):
        kind = given.choice(asked, "issue_type", "issue", *KINDS)
        tests.append(lambda one: one.kind == kind)
    return tests + _of_people(call) + _of_plans(call)


def _closed(one: Issue) -> bool:
    return one.state == "closed" or one.moved_to is not None


def _since(at: int, field: str, sign: int) -> Test:
    return lambda one: sign * getattr(one, field) >= sign * at


def _of_people(call: Call) -> list[Test]:
    tests: list[Test] = []
    ids = {user.login: user.id for user in call.world.users.values()}
    if "author_id" in call.given:
        author = given.number(call.given, "author_id")
        tests.append(lambda one: ids.get(one.author) == author)
    if "author_username" in call.given:
        tests.append(lambda one: one.author.lower() == str(call.given["author_username"]).lower())
    if "confidential" in call.given:
        wanted = given.truth(call.given, "confidential")
        tests.append(lambda one: one.confidential == wanted)
    if call.given.get("scope") in ("created_by_me", "created-by-me"):
        me = call.me.login
        tests.append(lambda one: one.author == me)
    return tests


def _of_plans(call: Call) -> list[Test]:
    tests: list[Test] = []
    if call.given.get("labels"):
        names = set(given.names(call.given, "labels"))
        tests.append(_labelled(call, names))
    if call.given.get("milestone"):
        title = str(call.given["milestone"])
        tests.append(lambda one: _in(title, issues.milestone_title(call.world, one.milestone)))
    return tests


def _labelled(call: Call, names: set[str]) -> Test:
    if names in ({"None"}, {"Any"}, {"none"}, {"any"}):
        return lambda one: bool(one.labels) == ({"any"} == {name.lower() for name in names})
    return lambda one: names <= set(issues.label_names(call.world, one.labels))


def _in(wanted: str, title: str | None) -> bool:
    if wanted.lower() in ("none", "any"):
        return (title is None) == (wanted.lower() == "none")
    return title == wanted


def get_issue(call: Call) -> Answer:
    return Answer(200, shapes.issue(call, call.issue(call.project())))


def create_issue(call: Call) -> Answer:
    project = call.project_for(Role.READ)
    given.required(call.given, "title")
    if not project.issues_enabled:
        raise forbidden()
    call.throttle("issues_create", call.meter.limits.issues_per_minute)
    wish = issue_wish(call, project)
    if "title" not in wish:
        raise invalid(title="can't be blank")
    return Answer(201, shapes.issue(call, saving.create(call.world, call.origin, project, wish)))


def edit_issue(call: Call) -> Answer:
    project = call.project_for(Role.READ)
    issue = call.issue(project)
    if call.role(project) < Role.TRIAGE and issue.author.lower() != call.me.login.lower():
        raise forbidden()
    wish = issue_wish(call, project, issue)
    return Answer(200, shapes.issue(call, saving.edit(call.world, call.origin, issue, wish)))


def delete_issue(call: Call) -> Answer:
    """Only for owners: here, whom the namespace is named after."""
    project = call.project_for(Role.ADMIN)
    issue = call.issue(project)
    if call.me.login.lower() != project.owner.lower():
        raise forbidden()
    issues.delete(call.world, call.origin, issue)
    return Answer(204)


def move_issue(call: Call) -> Answer:
    project = call.project_for(Role.TRIAGE)
    issue = call.issue(project)
    given.required(call.given, "to_project_id")
    target = people.project_by_id(call.world, given.number(call.given, "to_project_id") or 0)
    if target.id == project.id or call.role(target) < Role.TRIAGE:
        raise said(400, "Cannot move issue due to insufficient permissions!")
    return Answer(201, shapes.issue(call, issues.transfer(call.world, call.origin, issue, target)))


def list_notes(call: Call) -> Answer:
    found = issues.comments_of(call.world, call.issue(call.project()))
    if given.choice(call.given, "sort", "desc", "asc", "desc") == "desc":
        found = found[::-1]
    return paging.numbered(call, found, shapes.note)


def create_note(call: Call) -> Answer:
    issue = call.issue(call.project_for(Role.READ))
    given.required(call.given, "body")
    call.throttle("notes_create", call.meter.limits.notes_per_minute)
    text = given.text(call.given, "body") or ""
    if not text.strip():
        raise unreadable("body", "is empty")
    return Answer(201, shapes.note(call, saving.comment(call.world, call.origin, issue, text)))
