"""What the parameters of a request ask for, in the tracker's words; or GitLab's refusal of them."""

from __future__ import annotations

from html import unescape
from re import sub

from syncd.sandbox.gitlab import given
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.gitlab.refusals import invalid, nothing_given
from syncd.sandbox.issues import label_names
from syncd.sandbox.records import Issue, IssueFields, MilestoneFields, Project, Role

TITLE, DESCRIPTION = 255, 1_048_576
"""Characters of a title, bytes of a description (api-facts A.4)."""

ISSUE = (
    "title", "description", "assignee_ids", "assignee_id", "milestone_id", "labels", "add_labels", "remove_labels",
    "due_date", "confidential", "discussion_locked", "issue_type", "state_event", "weight", "updated_at",
)  # fmt: skip
MILESTONE = ("title", "description", "due_date", "start_date", "state_event")
KINDS = ("issue", "incident", "test_case", "requirement", "task", "ticket")


def issue_wish(call: Call, project: Project, issue: Issue | None = None) -> IssueFields:
    """The fields of a create or an update. Without the right to plan, most are dropped in silence (api-facts C.5).

    Raises Refused (400).
    """
    if issue is not None and not any(name in call.given for name in ISSUE):
        raise nothing_given(*ISSUE)
    wish = _words(call)
    if issue is not None and "state_event" in call.given:
        event = given.choice(call.given, "state_event", "", "close", "reopen")
        wish["state"] = "closed" if event == "close" else "open"
    planned = _planned(call, project, issue)
    if call.role(project) >= Role.TRIAGE:
        wish.update(planned)
    return wish


def _words(call: Call) -> IssueFields:
    wish: IssueFields = {}
    if "title" in call.given:
        wish["title"] = _title(given.text(call.given, "title"))
    if "description" in call.given:
        wish["body"] = given.text(call.given, "description")
        if len((wish["body"] or "").encode()) > DESCRIPTION:
            raise invalid(description=f"is too long (maximum is {DESCRIPTION} characters)")
    if "issue_type" in call.given:
        wish["kind"] = given.choice(call.given, "issue_type", "issue", *KINDS)
    return wish


def _title(text: str | None) -> str:
    title = (text or "").strip()
    if not title:
        raise invalid(title="can't be blank")
    if len(title) > TITLE:
        raise invalid(title=f"is too long (maximum is {TITLE} characters)")
    return title


def _planned(call: Call, project: Project, issue: Issue | None) -> IssueFields:
    wish: IssueFields = {}
    if labels := _labels(call, issue):
        wish["labels"] = labels[0]
    if "assignee_ids" in call.given or "assignee_id" in call.given:
        wish |= _assignees(call)
    if "milestone_id" in call.given:
        wish["milestone"] = _milestone(call, project)
    if "due_date" in call.given:
        wish["due"] = given.day(call.given, "due_date")
    if "confidential" in call.given:
        wish["confidential"] = given.truth(call.given, "confidential")
    if "discussion_locked" in call.given:
        wish["locked"] = given.truth(call.given, "discussion_locked")
    return wish


def _labels(call: Call, issue: Issue | None) -> list[list[str]]:
    """The whole set in a list of one; an empty list if labels are not spoken of."""
    named = [name for name in ("labels", "add_labels", "remove_labels") if name in call.given]
    if not named:
        return []
    labels = label_names(call.world, issue.labels) if issue else []
    if "labels" in named:
        labels = given.names(call.given, "labels")
    if "add_labels" in named:
        labels += [name for name in given.names(call.given, "add_labels") if name not in labels]
    gone = given.names(call.given, "remove_labels") if "remove_labels" in named else []
    return [[name for name in labels if name not in gone]]


def _assignees(call: Call) -> IssueFields:
    """`0` alone, or nothing, clears. Whoever does not exist is as somebody who may not read: see `saving`."""
    name = "assignee_ids" if "assignee_ids" in call.given else "assignee_id"
    ids = given.numbers(call.given, name)
    if ids in ([], [0]):
        return {"assignees": []}
    logins = {user.id: user.login for user in call.world.users.values()}
    return {"assignees": [logins.get(one, "") for one in ids]}


def _milestone(call: Call, project: Project) -> int | None:
    """By its global id, in the project or its groups. Another id clears the milestone, without a word
    (from memory)."""
    places = {project.id, *(one.id for one in call.groups_of(project))}
    found = call.world.milestones.get(given.number(call.given, "milestone_id") or 0)
    return found.id if found and found.project_id in places else None


def milestone_wish(call: Call, place_id: int, own: int = 0) -> MilestoneFields:
    """Raises Refused (400) for what GitLab does not take."""
    if own and not any(name in call.given for name in MILESTONE):
        raise nothing_given(*MILESTONE)
    wish: MilestoneFields = {}
    if "title" in call.given:
        wish["title"] = _milestone_title(call, place_id, own)
    if "description" in call.given:
        wish["description"] = given.text(call.given, "description")
    for name in ("due_date", "start_date"):
        if name in call.given:
            wish["due" if name == "due_date" else "start"] = given.day(call.given, name)
    if own and "state_event" in call.given:
        event = given.choice(call.given, "state_event", "", "close", "activate")
        wish["state"] = "closed" if event == "close" else "open"
    _check_days(call, wish, own)
    return wish


def _milestone_title(call: Call, place_id: int, own: int) -> str:
    title = sanitized(given.text(call.given, "title") or "")
    if not title:
        raise invalid(title="can't be blank")
    if len(title) > TITLE:
        raise invalid(title=f"is too long (maximum is {TITLE} characters)")
    others = (one for one in call.world.milestones.values() if one.id != own and one.title == title)
    if any(one.project_id in _around(call, place_id) for one in others):
        raise invalid(title="already being used for another group or project milestone.")
    return title


def _around(call: Call, place_id: int) -> set[int]:
    """Where a title may not be used twice: the place, what it stands in, and what stands in it."""
    project = call.world.projects.get(place_id)
    if project:
        return {place_id, *(one.id for one in call.groups_of(project))}
    inside = {
        one.id for one in call.world.projects.values() if place_id in {g.id for g in call.groups_of(one)}
    }
    return {place_id, *inside}


def sanitized(title: str) -> str:
    """Tags are thrown away, character references become characters, blanks around it go (api-facts A.4)."""
    return unescape(sub(r"<(?:/?[A-Za-z!?][^<>]*)>?", "", title)).strip()


def _check_days(call: Call, wish: MilestoneFields, own: int) -> None:
    before = call.world.milestones.get(own)
    start = wish.get("start", before.start if before else None)
    due = wish.get("due", before.due if before else None)
    if start and due and due <= start:
        raise invalid(due_date="must be greater than start date")


def label_wish(call: Call) -> dict[str, str | None]:
    """`name`, `color`, `description` as the tracker has them. Raises Refused (400)."""
    wish: dict[str, str | None] = {}
    name = "new_name" if call.method == "PUT" else "name"
    if name in call.given:
        wish["name"] = (given.text(call.given, name) or "").strip()
        if not wish["name"] or "," in wish["name"] or len(wish["name"]) > TITLE:
            raise invalid(title="is invalid")
    if "color" in call.given:
        wish["color"] = _color(given.text(call.given, "color") or "")
    if "description" in call.given:
        wish["description"] = given.text(call.given, "description")
    return wish


def _color(text: str) -> str:
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(one * 2 for one in digits)
    if (
        not text.startswith("#")
        or len(digits) != 6
        or not all(one in "0123456789abcdefABCDEF" for one in digits)
    ):
        raise invalid(color="must be a valid color code")
    return digits
