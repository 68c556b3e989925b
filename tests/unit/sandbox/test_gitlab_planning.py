"""Labels and milestones in GitLab's dialect, of projects and of groups."""

from collections.abc import Callable
from typing import Any

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import PROJECT, Client

LABELS, MILESTONES = f"{PROJECT}/labels", f"{PROJECT}/milestones"
GROUP = "/groups/acme"
LATER = "must be greater than start date"


def label(lab: Client, name: str = "bug", color: str = "#ff0000", **more: Any) -> Any:
    answer = lab.post(LABELS, json={"name": name, "color": color, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def milestone(lab: Client, title: str = "M", **more: Any) -> Any:
    answer = lab.post(MILESTONES, json={"title": title, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_label_has_a_colour_with_its_sign(lab: Client) -> None:
    made = label(lab, " bug ", "#abc", description="d")
    assert (made["name"], made["color"], made["description"]) == ("bug", "#aabbcc", "d")
    assert made["is_project_label"] is True


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"name": "a,b", "color": "#ff0000"}, {"message": {"title": ["is invalid"]}}),
        ({"name": " ", "color": "#ff0000"}, {"message": {"title": ["is invalid"]}}),
        ({"name": "x" * 256, "color": "#ff0000"}, {"message": {"title": ["is invalid"]}}),
        ({"name": "a", "color": "ff0000"}, {"message": {"color": ["must be a valid color code"]}}),
        ({"name": "a", "color": "#ff00zz"}, {"message": {"color": ["must be a valid color code"]}}),
    ],
)
def test_what_a_label_cannot_be(lab: Client, wish: dict[str, str], wrong: Any) -> None:
    answer = lab.post(LABELS, json=wish)
    assert (answer.status_code, answer.json()) == (400, wrong)


def test_a_label_needs_a_name_and_a_colour(lab: Client, judge: Judge) -> None:
    with judge.bad_requests():
        answer = lab.post(LABELS, json={})
    assert answer.json() == {"error": "name is missing, color is missing"}


def test_a_label_exists_once_but_its_case_counts(lab: Client) -> None:
    label(lab, "Bug")
    twice = lab.post(LABELS, json={"name": "Bug", "color": "#000000"})
    assert (twice.status_code, twice.json()) == (409, {"message": "Label already exists"})
    assert label(lab, "bug")["name"] == "bug"


def test_labels_are_changed_by_name_or_id_on_either_route(lab: Client) -> None:
    made = label(lab, "a/b")
    assert lab.put(f"{LABELS}/a%2Fb", json={"new_name": "c"}).json()["id"] == made["id"]
    assert lab.put(f"{LABELS}/{made['id']}", json={"color": "#00ff00"}).json()["color"] == "#00ff00"
    assert lab.put(LABELS, json={"name": "c", "description": "d"}).json()["description"] == "d"
    assert lab.get(f"{LABELS}/c").json()["name"] == "c"
    assert lab.delete(f"{LABELS}/c").status_code == 204
    gone = lab.get(f"{LABELS}/c")
    assert (gone.status_code, gone.json()) == (404, {"message": "404 Label Not Found"})


def test_a_label_is_not_renamed_to_one_that_exists_nor_changed_by_nothing(lab: Client) -> None:
    label(lab, "a")
    label(lab, "b")
    taken = lab.put(f"{LABELS}/a", json={"new_name": "b"})
    assert (taken.status_code, taken.json()) == (400, {"message": {"title": ["has already been taken"]}})
    assert "at least one parameter" in lab.put(f"{LABELS}/a", json={}).json()["error"]
    assert lab.put(f"{LABELS}/a", json={"new_name": "a", "color": "#111111"}).status_code == 200


def test_issues_know_a_renamed_label_and_lose_a_deleted_one(sandbox: Sandbox, lab: Client) -> None:
    sandbox.person().create_issue("T", labels=["a", "b"])
    lab.put(f"{LABELS}/a", json={"new_name": "c"})
    lab.delete(f"{LABELS}/b")
    assert lab.get(f"{PROJECT}/issues/1").json()["labels"] == ["c"]


def test_a_projects_list_has_the_labels_of_its_groups(sandbox: Sandbox, lab: Client) -> None:
    made = lab.post(f"{GROUP}/labels", json={"name": "wide", "color": "#ff0000"}).json()
    label(lab, "own")
    assert [(one["name"], one["is_project_label"]) for one in lab.get(LABELS).json()] == [
        ("own", True),
        ("wide", False),
    ]
    assert [one["name"] for one in lab.get(LABELS, params={"include_ancestor_groups": "false"}).json()] == [
        "own"
    ]
    assert [one["id"] for one in lab.get(f"{GROUP}/labels").json()] == [made["id"]]
    assert lab.get(LABELS, params={"search": "WI"}).json()[0]["id"] == made["id"]


def test_a_groups_label_is_used_and_not_made_again_nor_changed_through_the_project(
    sandbox: Sandbox, lab: Client
) -> None:
    sandbox.person().create_group_label("wide")
    issue = lab.post(f"{PROJECT}/issues", json={"title": "T", "labels": "wide"}).json()
    assert issue["labels"] == ["wide"]
    assert sandbox.person().labels() == []
    assert lab.post(LABELS, json={"name": "wide", "color": "#ff0000"}).status_code == 409
    assert lab.put(f"{LABELS}/wide", json={"new_name": "w"}).status_code == 404
    assert lab.delete(f"{LABELS}/wide").status_code == 404


def test_a_label_counts_its_issues_on_request(sandbox: Sandbox, lab: Client) -> None:
    sandbox.person().create_issue("T", labels=["a"])
    sandbox.person().create_issue("U", labels=["a"])
    sandbox.person().close(1)
    assert "open_issues_count" not in lab.get(LABELS).json()[0]
    seen = lab.get(LABELS, params={"with_counts": "true"}).json()[0]
    assert (seen["open_issues_count"], seen["closed_issues_count"]) == (1, 1)


def test_a_milestone_has_a_global_id_and_plain_days(lab: Client) -> None:
    made = milestone(lab, due_date="2026-03-01", start_date="2026-02-01", description="d")
    assert made["id"] > 1000
    assert (made["iid"], made["state"], made["due_date"], made["start_date"], made["description"]) == (
        1,
        "active",
        "2026-03-01",
        "2026-02-01",
        "d",
    )
    assert lab.get(f"{MILESTONES}/{made['id']}").json() == made
    assert lab.get(f"{MILESTONES}/1").status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (" M ", "M"),
        ("a <b> c", "a  c"),
        ("a <b>bold</b>", "a bold"),
        ("R&amp;D", "R&D"),
        ("1 < 2", "1 < 2"),
        ("<!-- x -->y", "y"),
        ("a &lt;b&gt;", "a <b>"),
    ],
)
def test_titles_are_sanitised(lab: Client, sent: str, kept: str) -> None:
    assert milestone(lab, sent)["title"] == kept


@pytest.mark.parametrize(
    ("wish", "field", "wrong"),
    [
        ({"title": " "}, "title", "can't be blank"),
        ({"title": "<b>"}, "title", "can't be blank"),
        ({"title": "x" * 256}, "title", "is too long (maximum is 255 characters)"),
        ({"title": "M"}, "title", "already being used for another group or project milestone."),
        ({"title": "N", "start_date": "2026-02-01", "due_date": "2026-02-01"}, "due_date", LATER),
    ],
)
def test_what_a_milestone_cannot_be(lab: Client, wish: dict[str, str], field: str, wrong: str) -> None:
    milestone(lab)
    answer = lab.post(MILESTONES, json=wish)
    assert (answer.status_code, answer.json()) == (400, {"message": {field: [wrong]}})


def test_a_milestone_is_changed_closed_and_activated(lab: Client, clock: LogicalClock) -> None:
    made = milestone(lab, due_date="2026-03-01")
    clock.advance(1)
    at = f"{MILESTONES}/{made['id']}"
    closed = lab.put(at, json={"state_event": "close", "title": "N", "due_date": ""}).json()
    assert (closed["state"], closed["title"], closed["due_date"]) == ("closed", "N", None)
    assert closed["updated_at"] == "2026-01-05T09:00:01.000Z"
    assert lab.put(at, json={"state_event": "activate"}).json()["state"] == "active"
    assert "at least one parameter" in lab.put(at, json={}).json()["error"]
    assert lab.put(at, json={"start_date": "2026-03-01", "due_date": "2026-02-01"}).status_code == 400


def test_a_create_cannot_make_a_closed_milestone(lab: Client, judge: Judge) -> None:
    with judge.bad_requests():
        assert milestone(lab, state_event="close")["state"] == "active"


def test_milestones_are_listed_newest_first_and_filtered(lab: Client, clock: LogicalClock) -> None:
    first, second = milestone(lab, "A"), milestone(lab, "B")
    clock.advance(1)
    lab.put(f"{MILESTONES}/{first['id']}", json={"state_event": "close"})

    def found(**asked: Any) -> list[str]:
        return [one["title"] for one in lab.get(MILESTONES, params=asked).json()]

    assert found() == ["B", "A"]
    assert found(state="active") == ["B"]
    assert found(state="closed") == ["A"]
    assert found(title="A") == ["A"]
    assert found(**{"iids[]": [second["iid"]]}) == ["B"]
    assert found(updated_after="2026-01-05T09:00:01Z") == ["A"]
    assert len(lab.get(MILESTONES, params={"per_page": 1}).json()) == 1


def test_a_deleted_milestone_leaves_its_issues(sandbox: Sandbox, lab: Client) -> None:
    made = milestone(lab)
    lab.post(f"{PROJECT}/issues", json={"title": "T", "milestone_id": made["id"]})
    assert lab.delete(f"{MILESTONES}/{made['id']}").status_code == 204
    assert lab.get(f"{PROJECT}/issues/1").json()["milestone"] is None
    assert lab.get(f"{MILESTONES}/{made['id']}").status_code == 404


@pytest.mark.parametrize("parameter", ["include_ancestors", "include_parent_milestones"])
def test_milestones_of_groups_are_listed_on_request(sandbox: Sandbox, lab: Client, parameter: str) -> None:
    milestone(lab, "own")
    of_group = lab.post(f"{GROUP}/milestones", json={"title": "wide"}).json()
    assert [one["title"] for one in lab.get(MILESTONES).json()] == ["own"]
    listed = lab.get(MILESTONES, params={parameter: "true"}).json()
    assert [(one["title"], one.get("group_id")) for one in listed] == [
        ("wide", of_group["group_id"]),
        ("own", None),
    ]


def test_a_milestone_of_a_group_is_only_read_through_a_project(sandbox: Sandbox, lab: Client) -> None:
    made = lab.post(f"{GROUP}/milestones", json={"title": "wide"}).json()
    at = f"{MILESTONES}/{made['id']}"
    for answer in (lab.get(at), lab.put(at, json={"title": "x"}), lab.delete(at)):
        assert (answer.status_code, answer.json()) == (404, {"message": "404 Not found"})
    issue = lab.post(f"{PROJECT}/issues", json={"title": "T", "milestone_id": made["id"]}).json()
    assert issue["milestone"]["group_id"] == made["group_id"]
    closed = lab.put(f"{GROUP}/milestones/{made['id']}", json={"state_event": "close"}).json()
    assert lab.get(f"{GROUP}/milestones/{made['id']}").json() == closed
    assert lab.get(f"{PROJECT}/issues/1").json()["milestone"]["state"] == "closed"


def test_a_title_is_used_once_in_a_project_and_what_it_stands_in(lab: Client) -> None:
    milestone(lab, "own")
    lab.post(f"{GROUP}/milestones", json={"title": "wide"})
    assert lab.post(MILESTONES, json={"title": "wide"}).status_code == 400
    assert lab.post(f"{GROUP}/milestones", json={"title": "own"}).status_code == 400


def test_groups_lie_in_groups(sandbox: Sandbox, lab: Client) -> None:
    people.add_group(sandbox.world, "top/sub")
    project = people.add_project(sandbox.world, "top/sub/deep", "ann")
    ann = people.add_token(sandbox.world, "t", "ann")
    lab.headers["PRIVATE-TOKEN"] = ann.secret
    sub = lab.get("/groups/top%2Fsub").json()
    assert sub["parent_id"] == lab.get("/groups/top").json()["id"]
    for path in ("top", "top%2Fsub"):
        assert lab.post(f"/groups/{path}/milestones", json={"title": f"of {path}"}).status_code == 201
    deep = f"/projects/{project.id}"
    assert lab.get(deep).json()["namespace"]["full_path"] == "top/sub"
    asked = {"include_ancestors": "true"}
    assert [one["title"] for one in lab.get(f"{deep}/milestones", params=asked).json()] == [
        "of top%2Fsub",
        "of top",
    ]
    assert len(lab.get("/groups/top%2Fsub/milestones", params=asked).json()) == 2
    assert len(lab.get("/groups/top%2Fsub/milestones").json()) == 1


def test_an_unknown_group_is_not_found(lab: Client) -> None:
    assert lab.get("/groups/nobody").json() == {"message": "404 Group Not Found"}
    assert lab.get("/groups/1").status_code == 404


def test_githubs_dialect_sees_nothing_of_groups(sandbox: Sandbox, client: Client) -> None:
    sandbox.person().create_group_milestone("wide")
    sandbox.person().create_issue("T", milestone="wide")
    assert client.get("/repos/acme/widgets/issues/1").json()["milestone"] is None
    assert client.get("/repos/acme/widgets/milestones").json() == []


def test_who_only_reads_cannot_plan(sandbox: Sandbox, new_lab: Callable[..., Client]) -> None:
    people.add_token(sandbox.world, "guest", "guest")
    guest = new_lab(sandbox, "guest")
    for path, wish in (
        (LABELS, {"name": "a", "color": "#ff0000"}),
        (MILESTONES, {"title": "M"}),
        (f"{GROUP}/milestones", {"title": "M"}),
        (f"{GROUP}/labels", {"name": "a", "color": "#ff0000"}),
    ):
        answer = guest.post(path, json=wish)
        assert (answer.status_code, answer.json()) == (403, {"message": "403 Forbidden"})
