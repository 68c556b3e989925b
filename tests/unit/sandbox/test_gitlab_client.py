"""GitLab's dialect as python-gitlab sees it, over real sockets."""

import pytest
from gitlab.exceptions import GitlabCreateError, GitlabGetError
from gitlab.v4.objects import Project

from syncd.sandbox import Sandbox


def test_an_issue_is_made_read_changed_and_closed(widgets: Project) -> None:
    milestone = widgets.milestones.create({"title": "M", "due_date": "2026-03-01"})
    wish = {"title": " T ", "description": "text", "labels": ["a", "b"], "milestone_id": milestone.id}
    made = widgets.issues.create({**wish, "due_date": "2026-02-01"}).asdict()
    assert (made["iid"], made["title"], made["state"], made["due_date"]) == (1, "T", "opened", "2026-02-01")
    assert made["labels"] == ["a", "b"]
    assert made["milestone"]["id"] == milestone.id
    widgets.issues.update(1, {"state_event": "close", "add_labels": "c", "remove_labels": "a"})
    read = widgets.issues.get(1).asdict()
    assert (read["state"], read["labels"], read["closed_by"]["username"]) == (
        "closed",
        ["b", "c"],
        "syncd-bot",
    )


def test_saving_an_object_works_as_the_client_does_it(widgets: Project) -> None:
    issue = widgets.issues.create({"title": "T", "labels": "x,y"})
    issue.labels = [*issue.labels, "z"]
    issue.title = "U"
    issue.save()
    assert (issue.title, issue.labels) == ("U", ["x", "y", "z"])


def test_both_kinds_of_pages_walk_through_everything_once(sandbox: Sandbox, widgets: Project) -> None:
    for number in range(7):
        sandbox.person().create_issue(str(number))
    keyset = {"pagination": "keyset", "order_by": "updated_at", "sort": "asc", "per_page": 3}
    by_keyset = [one.iid for one in widgets.issues.list(iterator=True, **keyset)]
    numbered = [one.iid for one in widgets.issues.list(get_all=True, per_page=3, state="all")]
    assert sorted(by_keyset) == sorted(numbered) == [1, 2, 3, 4, 5, 6, 7]


def test_totals_are_known_of_numbered_pages_alone(sandbox: Sandbox, widgets: Project) -> None:
    for number in range(3):
        sandbox.person().create_issue(str(number))
    numbered = widgets.issues.list(iterator=True, per_page=2)
    keyset = widgets.issues.list(iterator=True, per_page=2, pagination="keyset", order_by="created_at")
    assert (numbered.total, numbered.total_pages, numbered.next_page) == (3, 2, 2)
    assert keyset.total is None


def test_labels_and_milestones_can_be_managed(widgets: Project) -> None:
    label = widgets.labels.create({"name": "a/b c", "color": "#ff0000"})
    assert widgets.labels.list(get_all=True, include_ancestor_groups=False)[0].id == label.id
    widgets.labels.update("a/b c", {"new_name": "d", "color": "#00ff00"})
    assert [(one.id, one.name, one.color) for one in widgets.labels.list(get_all=True)] == [
        (label.id, "d", "#00ff00")
    ]
    widgets.labels.delete("d")
    milestone = widgets.milestones.create({"title": "M"})
    widgets.milestones.update(milestone.id, {"state_event": "close", "title": "N"})
    listed = widgets.milestones.list(get_all=True, state="closed")
    assert [(one.id, one.iid, one.title) for one in listed] == [(milestone.id, 1, "N")]
    widgets.milestones.delete(milestone.id)
    assert widgets.milestones.list(get_all=True) == []
    assert widgets.labels.list(get_all=True) == []


def test_errors_arrive_as_the_client_understands_them(widgets: Project) -> None:
    widgets.labels.create({"name": "bug", "color": "#ff0000"})
    with pytest.raises(GitlabCreateError, match="Label already exists") as twice:
        widgets.labels.create({"name": "bug", "color": "#ff0000"})
    assert twice.value.response_code == 409
    with pytest.raises(GitlabGetError) as gone:
        widgets.issues.get(9)
    assert gone.value.response_code == 404


def test_who_asks_and_who_is_there(sandbox: Sandbox, widgets: Project) -> None:
    gl = widgets.manager.gitlab
    gl.auth()
    assert gl.user is not None
    assert gl.user.username == "syncd-bot"
    assert gl.version()[0].startswith("18.")
    members = widgets.members_all.list(get_all=True)
    assert [(one.username, one.access_level) for one in members] == [("ann", 40), ("syncd-bot", 40)]
    assert gl.groups.get("acme").full_path == "acme"


def test_notes_can_be_written(sandbox: Sandbox, widgets: Project) -> None:
    issue = widgets.issues.create({"title": "T"})
    issue.notes.create({"body": "first"})
    issue.notes.create({"body": "second"})
    assert [one.body for one in issue.notes.list(get_all=True)] == ["second", "first"]
    assert widgets.issues.get(1).user_notes_count == 2


def test_hooks_can_be_managed(widgets: Project) -> None:
    key = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    wish = {"url": "http://127.0.0.1:9/h", "issues_events": True, "token": "s", "signing_token": key}
    hook = widgets.hooks.create({**wish, "push_events": False})
    assert (hook.issues_events, hook.push_events, hook.signing_token_present) == (True, False, True)
    assert "token" not in hook.asdict()
    widgets.hooks.update(hook.id, {"url": "http://127.0.0.1:9/h", "note_events": True})
    assert [(one.id, one.note_events) for one in widgets.hooks.list(get_all=True)] == [(hook.id, True)]
    widgets.hooks.delete(hook.id)
    assert widgets.hooks.list(get_all=True) == []
