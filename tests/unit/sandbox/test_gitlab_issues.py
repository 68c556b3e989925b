"""Issues in GitLab's dialect, over real sockets."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.records import Role
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import PROJECT, Client

ISSUES = f"{PROJECT}/issues"


def make(lab: Client, **values: Any) -> Any:
    answer = lab.post(ISSUES, json={"title": "T", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(lab: Client, number: int = 1, **values: Any) -> Any:
    answer = lab.put(f"{ISSUES}/{number}", json=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


def user_id(sandbox: Sandbox, login: str) -> int:
    return people.add_user(sandbox.world, login).id


def test_numbers_are_of_the_project_and_ids_of_the_installation(lab: Client) -> None:
    first, second = make(lab), make(lab)
    assert (first["iid"], second["iid"]) == (1, 2)
    assert first["id"] > 1000


def test_times_have_milliseconds_that_are_nought(lab: Client, clock: LogicalClock) -> None:
    clock.advance(0.7)
    assert make(lab)["updated_at"] == "2026-01-05T09:00:00.000Z"


def test_lists_show_all_states_and_no_pull_requests_unless_asked(sandbox: Sandbox, lab: Client) -> None:
    ann = sandbox.person()
    for title in "abc":
        ann.create_issue(title)
    ann.create_issue("change", pull=True)
    ann.close(2)
    assert [one["iid"] for one in lab.get(ISSUES).json()] == [3, 2, 1]
    assert [one["iid"] for one in lab.get(ISSUES, params={"state": "opened"}).json()] == [3, 1]
    assert [one["iid"] for one in lab.get(ISSUES, params={"state": "closed"}).json()] == [2]


def test_updated_after_is_inclusive(sandbox: Sandbox, lab: Client, clock: LogicalClock) -> None:
    sandbox.person().create_issue("early")
    clock.advance(10)
    sandbox.person().create_issue("late")
    at = {"updated_after": "2026-01-05T09:00:10.000Z"}
    assert [one["title"] for one in lab.get(ISSUES, params=at).json()] == ["late"]
    assert lab.get(ISSUES, params={"updated_after": "2026-01-05T09:00:11Z"}).json() == []
    before = {"updated_before": "2026-01-05T09:00:09Z"}
    assert [one["title"] for one in lab.get(ISSUES, params=before).json()] == ["early"]


@pytest.mark.parametrize(("sort", "wanted"), [("asc", [3, 2, 1, 4]), ("desc", [4, 3, 2, 1])])
def test_ties_are_broken_by_id_downwards_whatever_the_direction(
    sandbox: Sandbox, lab: Client, clock: LogicalClock, sort: str, wanted: list[int]
) -> None:
    for title in "abc":
        sandbox.person().create_issue(title)
    clock.advance(1)
    sandbox.person().create_issue("d")
    asked = {"order_by": "updated_at", "sort": sort}
    assert [one["iid"] for one in lab.get(ISSUES, params=asked).json()] == wanted


def test_filters(sandbox: Sandbox, lab: Client) -> None:
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.create_issue("a", labels=["x", "y"], milestone="M")
    ann.create_issue("b", labels=["x"])
    make(lab, issue_type="task")

    def found(**asked: Any) -> list[int]:
        return sorted(one["iid"] for one in lab.get(ISSUES, params=asked).json())

    assert found(labels="x,y") == [1]
    assert found(labels="x") == [1, 2]
    assert found(labels="None") == [3]
    assert found(labels="Any") == [1, 2]
    assert found(milestone="M") == [1]
    assert found(milestone="None") == [2, 3]
    assert found(**{"iids[]": [1, 3]}) == [1, 3]
    assert found(issue_type="task") == [3]
    assert found(author_username="ann") == [1, 2]
    assert found(author_id=user_id(sandbox, "ann")) == [1, 2]
    assert found(scope="created_by_me") == [3]


def test_labels_are_names_in_alphabetical_order_or_objects_on_request(lab: Client) -> None:
    make(lab, labels=["b", "A"])
    assert lab.get(f"{ISSUES}/1").json()["labels"] == ["A", "b"]
    detailed = lab.get(ISSUES, params={"with_labels_details": "true"}).json()
    assert [(one["name"], one["color"]) for one in detailed[0]["labels"]] == [
        ("A", "#6699cc"),
        ("b", "#6699cc"),
    ]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"state": "open"}, "state does not have a valid value"),
        ({"order_by": "id"}, "order_by does not have a valid value"),
        ({"sort": "up"}, "sort does not have a valid value"),
        ({"updated_after": "yesterday"}, "updated_after is invalid"),
        ({"iids[]": "x"}, "iids is invalid"),
        ({"per_page": "x"}, "per_page is invalid"),
        ({"pagination": "keyset", "cursor": "%%%"}, "cursor is invalid"),
    ],
)
def test_what_cannot_be_read_is_refused(lab: Client, judge: Judge, asked: dict[str, str], error: str) -> None:
    with judge.bad_requests():
        answer = lab.get(ISSUES, params=asked)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_numbered_pages_say_where_they_stand(sandbox: Sandbox, lab: Client) -> None:
    for number in range(5):
        sandbox.person().create_issue(str(number))
    answer = lab.get(ISSUES, params={"per_page": "2", "page": "2", "state": "all"})
    names = ("X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page", "X-Total", "X-Total-Pages")
    assert [answer.headers[name] for name in names] == ["2", "2", "3", "1", "5", "3"]
    assert set(answer.links) == {"first", "prev", "next", "last"}
    assert "state=all" in answer.links["next"]["url"]
    last = lab.get(answer.links["last"]["url"])
    assert (last.headers["X-Next-Page"], "next" in last.links, len(last.json())) == ("", False, 1)


def test_a_page_holds_twenty_unless_asked_and_a_hundred_at_most(sandbox: Sandbox, lab: Client) -> None:
    for number in range(120):
        sandbox.person().create_issue(str(number))
    assert len(lab.get(ISSUES).json()) == 20
    assert len(lab.get(ISSUES, params={"per_page": 1000}).json()) == 100


@pytest.mark.parametrize("order", ["created_at", "updated_at"])
@pytest.mark.parametrize("sort", ["asc", "desc"])
def test_keyset_pages_walk_through_everything_once(
    sandbox: Sandbox, lab: Client, clock: LogicalClock, order: str, sort: str
) -> None:
    for number in range(7):
        sandbox.person().create_issue(str(number))
        clock.advance(number % 2)
    pages = list(lab.pages(ISSUES, pagination="keyset", order_by=order, sort=sort, per_page=3))
    numbers = [one["iid"] for page in pages for one in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6, 7]
    assert numbers == [one["iid"] for one in lab.get(ISSUES, params={"order_by": order, "sort": sort}).json()]


def test_what_is_edited_during_a_keyset_walk_upwards_is_seen_again(
    sandbox: Sandbox, lab: Client, clock: LogicalClock
) -> None:
    for title in "abc":
        sandbox.person().create_issue(title)
        clock.advance(1)
    walk = lab.pages(ISSUES, pagination="keyset", order_by="updated_at", sort="asc", per_page=1)
    assert [one["iid"] for one in next(walk)] == [1]
    sandbox.person().edit_issue(1, title="A")
    assert [one["iid"] for page in walk for one in page] == [2, 3, 1]


def test_keyset_has_no_totals_and_not_every_order(lab: Client) -> None:
    answer = lab.get(ISSUES, params={"pagination": "keyset"})
    assert "X-Total" not in answer.headers
    assert lab.get(ISSUES, params={"pagination": "keyset", "order_by": "title"}).status_code == 405


def test_a_create_cannot_make_a_closed_issue(lab: Client, judge: Judge) -> None:
    with judge.bad_requests():
        assert make(lab, state_event="close")["state"] == "opened"


def test_a_title_is_needed_and_has_a_limit(lab: Client, judge: Judge) -> None:
    with judge.bad_requests():
        nothing = lab.post(ISSUES, json={"description": "x"})
    assert (nothing.status_code, nothing.json()) == (400, {"error": "title is missing"})
    blank = lab.post(ISSUES, json={"title": " "})
    assert (blank.status_code, blank.json()) == (400, {"message": {"title": ["can't be blank"]}})
    assert "too long" in lab.post(ISSUES, json={"title": "x" * 256}).json()["message"]["title"][0]
    assert make(lab, title=f" {'x' * 255} ")["title"] == "x" * 255


def test_a_description_has_a_limit_in_bytes(lab: Client) -> None:
    answer = lab.post(ISSUES, json={"title": "T", "description": "é" * 524_289})
    assert answer.status_code == 400
    assert "too long" in answer.json()["message"]["description"][0]
    assert make(lab, description="é" * 524_288)["iid"] == 1


def test_a_description_loses_returns_and_trailing_blanks(lab: Client) -> None:
    assert make(lab, description="a\r\nb \n\n")["description"] == "a\nb"
    assert make(lab)["description"] is None
    assert put(lab, 1, description="")["description"] == ""


def test_an_update_needs_at_least_one_attribute(lab: Client) -> None:
    make(lab)
    answer = lab.put(f"{ISSUES}/1", json={})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("are missing, at least one parameter must be provided")


def test_an_update_that_changes_nothing_leaves_the_time_alone(lab: Client, clock: LogicalClock) -> None:
    made = make(lab, labels="a", description="x")
    clock.advance(5)
    same = put(lab, title="T", labels=["a"], description="x\n", state_event="reopen")
    assert same["updated_at"] == made["updated_at"]


def test_an_issue_is_closed_and_reopened(lab: Client) -> None:
    make(lab)
    closed = put(lab, state_event="close")
    assert (closed["state"], closed["closed_at"], closed["closed_by"]["username"]) == (
        "closed",
        "2026-01-05T09:00:00.000Z",
        "syncd-bot",
    )
    opened = put(lab, state_event="reopen")
    assert (opened["state"], opened["closed_at"], opened["closed_by"]) == ("opened", None, None)


def test_labels_come_as_a_list_or_with_commas_and_unknown_ones_are_made(
    sandbox: Sandbox, lab: Client
) -> None:
    assert make(lab, labels="a, b,,")["labels"] == ["a", "b"]
    assert make(lab, labels=["c", "d,e"])["labels"] == ["c", "d", "e"]
    assert [one.name for one in sandbox.person().labels()] == ["a", "b", "c", "d", "e"]
    assert {one.color for one in sandbox.person().labels()} == {"6699cc"}


def test_the_case_of_a_label_counts(lab: Client) -> None:
    assert make(lab, labels="Bug,bug")["labels"] == ["Bug", "bug"]


def test_an_empty_text_clears_the_labels_and_parts_of_them_can_be_changed(lab: Client) -> None:
    make(lab, labels="a,b")
    assert put(lab, add_labels="c,a", remove_labels="b")["labels"] == ["a", "c"]
    assert put(lab, labels="")["labels"] == []
    put(lab, labels=["x"])
    assert put(lab, labels=[])["labels"] == []


def test_free_has_scoped_labels_in_name_only(lab: Client) -> None:
    assert make(lab, labels="p::high,p::low")["labels"] == ["p::high", "p::low"]


def test_of_a_paid_scope_only_the_newest_label_stays(
    new_sandbox: Callable[..., Sandbox], new_lab: Callable[..., Client]
) -> None:
    lab = new_lab(new_sandbox(tier="premium"))
    assert make(lab, labels="p::high,other")["labels"] == ["other", "p::high"]
    assert put(lab, add_labels="p::low")["labels"] == ["other", "p::low"]
    assert put(lab, labels="p::high,p::low")["labels"] == ["p::high"]
    assert put(lab, labels="p::low,p::a::x,p::a::y")["labels"] == ["p::a::y", "p::low"]


def test_free_keeps_the_first_assignee_in_silence(sandbox: Sandbox, lab: Client) -> None:
    ann, bot = user_id(sandbox, "ann"), user_id(sandbox, "syncd-bot")
    made = make(lab, assignee_ids=[ann, bot])
    assert [one["username"] for one in made["assignees"]] == ["ann"]
    assert made["assignee"]["id"] == ann


def test_premium_keeps_all_of_them(
    new_sandbox: Callable[..., Sandbox], new_lab: Callable[..., Client]
) -> None:
    sandbox = new_sandbox(tier="premium")
    ids = [user_id(sandbox, "ann"), user_id(sandbox, "syncd-bot")]
    assert [one["id"] for one in make(new_lab(sandbox), assignee_ids=ids)["assignees"]] == ids


def test_who_cannot_read_the_project_is_dropped_and_if_none_remains_nothing_changes(
    sandbox: Sandbox, lab: Client
) -> None:
    stranger, ann = user_id(sandbox, "stranger"), user_id(sandbox, "ann")
    people.change_project(sandbox.world, replace(sandbox.project(), private=True))
    make(lab, assignee_ids=[ann])
    assert [one["id"] for one in put(lab, assignee_ids=[stranger])["assignees"]] == [ann]
    # Free looks at the first alone, and only then whether they can read.
    assert [one["id"] for one in put(lab, assignee_ids=[stranger, ann])["assignees"]] == [ann]
    assert [one["id"] for one in put(lab, assignee_ids=[99])["assignees"]] == [ann]
    assert make(lab, assignee_ids=[stranger])["assignees"] == []


def test_everybody_can_read_a_public_project(sandbox: Sandbox, lab: Client) -> None:
    stranger = user_id(sandbox, "stranger")
    assert [one["id"] for one in make(lab, assignee_ids=[stranger])["assignees"]] == [stranger]


@pytest.mark.parametrize("cleared", [[], [0]])
def test_assignees_are_cleared(sandbox: Sandbox, lab: Client, cleared: list[int]) -> None:
    make(lab, assignee_ids=[user_id(sandbox, "ann")])
    assert put(lab, assignee_ids=cleared)["assignees"] == []


def test_the_milestone_is_named_by_its_global_id(sandbox: Sandbox, lab: Client) -> None:
    milestone = sandbox.person().create_milestone("M")
    assert make(lab, milestone_id=milestone.id)["milestone"]["iid"] == 1
    assert put(lab, milestone_id=0)["milestone"] is None


def test_a_milestone_that_is_not_there_clears_it_without_a_word(sandbox: Sandbox, lab: Client) -> None:
    make(lab, milestone_id=sandbox.person().create_milestone("M").id)
    assert put(lab, milestone_id=1)["milestone"] is None


def test_a_milestone_of_another_project_clears_it_too(sandbox: Sandbox, lab: Client) -> None:
    people.add_project(sandbox.world, "acme/gadgets", "ann")
    there = sandbox.person(project="acme/gadgets").create_milestone("M")
    assert make(lab, milestone_id=there.id)["milestone"] is None


def test_due_days_are_set_and_cleared(lab: Client, judge: Judge) -> None:
    assert make(lab, due_date="2026-02-03")["due_date"] == "2026-02-03"
    assert put(lab, due_date="")["due_date"] is None
    put(lab, due_date="2026-02-04")
    assert put(lab, due_date=None)["due_date"] is None
    with judge.bad_requests():
        answer = lab.put(f"{ISSUES}/1", json={"due_date": "soon"})
    assert (answer.status_code, answer.json()) == (400, {"error": "due_date is invalid"})


def test_deleted_issues_are_not_found(sandbox: Sandbox, lab: Client) -> None:
    make(lab)
    sandbox.person().delete_issue(1)
    answer = lab.get(f"{ISSUES}/1")
    assert (answer.status_code, answer.json()) == (404, {"message": "404 Not found"})
    assert lab.get(ISSUES).json() == []
    assert lab.put(f"{ISSUES}/1", json={"title": "U"}).status_code == 404


def test_a_moved_issue_stays_closed_and_says_where_it_went(sandbox: Sandbox, lab: Client) -> None:
    other = people.add_project(sandbox.world, "acme/gadgets", "ann")
    people.set_role(sandbox.world, other, "syncd-bot", Role.ADMIN)
    make(lab, labels="a")
    moved = lab.post(f"{ISSUES}/1/move", json={"to_project_id": other.id}).json()
    assert (moved["project_id"], moved["iid"], moved["labels"]) == (other.id, 1, ["a"])
    left = lab.get(f"{ISSUES}/1").json()
    assert (left["state"], left["moved_to_id"]) == ("closed", moved["id"])
    assert [one["moved_to_id"] for one in lab.get(ISSUES, params={"state": "closed"}).json()] == [moved["id"]]
    assert lab.get(ISSUES, params={"state": "opened"}).json() == []


def test_pull_requests_are_no_issues(sandbox: Sandbox, lab: Client) -> None:
    sandbox.person().create_issue("change", pull=True)
    assert lab.get(f"{ISSUES}/1").status_code == 404


def test_confidential_issues_are_for_those_who_plan(
    sandbox: Sandbox, lab: Client, new_lab: Callable[..., Client]
) -> None:
    make(lab, confidential=True)
    people.add_token(sandbox.world, "guest", "guest")
    guest = new_lab(sandbox, "guest")
    assert guest.get(ISSUES).json() == []
    assert guest.get(f"{ISSUES}/1").status_code == 404
    assert lab.get(ISSUES, params={"confidential": "true"}).json()[0]["confidential"] is True


def test_boxes_in_a_description_are_counted(lab: Client) -> None:
    made = make(lab, description="- [x] a\n- [ ] b\n  1. [X] c\ntext [ ] d")
    assert made["task_completion_status"] == {"count": 3, "completed_count": 2}


def test_a_list_can_lag_behind(sandbox: Sandbox, lab: Client) -> None:
    sandbox.fault("lag", route="/issues", seconds=60)
    make(lab)
    make(lab)
    sandbox.fault("lag", method="GET", route="/issues", seconds=60)
    assert lab.get(ISSUES).json() == []


def test_bodies_may_come_as_a_form(lab: Client, judge: Judge) -> None:
    with judge.bad_requests():
        made = lab.post(ISSUES, data={"title": "T", "labels[]": ["a", "b"]}).json()
        nothing = lab.post(ISSUES, data="{", headers={"Content-Type": "application/json"})
        a_list = lab.post(ISSUES, json=[1])
    assert made["labels"] == ["a", "b"]
    assert (nothing.status_code, a_list.status_code) == (400, 400)


def test_both_dialects_show_the_same_issue(sandbox: Sandbox, lab: Client, client: Client) -> None:
    make(lab, labels="a", due_date="2026-02-03")
    seen = client.get("/repos/acme/widgets/issues/1").json()
    assert (seen["title"], [one["name"] for one in seen["labels"]]) == ("T", ["a"])
    client.patch("/repos/acme/widgets/issues/1", json={"state": "closed"})
    assert lab.get(f"{ISSUES}/1").json()["state"] == "closed"
