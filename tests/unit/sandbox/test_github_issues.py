"""Issues in GitHub's dialect, over real sockets."""

from collections.abc import Callable

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.records import Role
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import REPO, Client

ISSUES = f"{REPO}/issues"


def test_issues_and_pull_requests_share_their_numbers_and_the_list(sandbox: Sandbox, client: Client) -> None:
    client.post(ISSUES, json={"title": "An issue"})
    sandbox.person().create_issue("A change", pull=True)
    client.post(ISSUES, json={"title": "Another"})
    listed = client.get(ISSUES).json()
    assert [(one["number"], "pull_request" in one) for one in listed] == [(3, False), (2, True), (1, False)]


def test_ids_are_no_numbers(client: Client) -> None:
    made = client.post(ISSUES, json={"title": "T"}).json()
    assert made["number"] == 1
    assert made["id"] > 1000


def test_a_create_answers_what_was_stored(client: Client) -> None:
    client.post(f"{REPO}/milestones", json={"title": "M"})
    wish = {"title": " T ", "body": "a\r\nb ", "labels": ["one"], "assignees": ["ANN"], "milestone": 1}
    answer = client.post(ISSUES, json=wish)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == made["url"]
    assert (made["title"], made["body"], made["state"], made["state_reason"]) == (
        "T",
        "a\r\nb ",
        "open",
        None,
    )
    assert [label["name"] for label in made["labels"]] == ["one"]
    assert [user["login"] for user in made["assignees"]] == ["ann"]
    assert made["milestone"]["title"] == "M"
    assert made["user"]["login"] == "syncd-bot"


def test_a_create_cannot_make_a_closed_issue(client: Client, judge: Judge) -> None:
    with judge.bad_requests():
        assert client.post(ISSUES, json={"title": "T", "state": "closed"}).json()["state"] == "open"


def test_lists_show_open_issues_unless_asked(sandbox: Sandbox, client: Client) -> None:
    ann = sandbox.person()
    for title in "abc":
        ann.create_issue(title)
    ann.close(2)
    assert [one["number"] for one in client.get(ISSUES).json()] == [3, 1]
    assert [one["number"] for one in client.get(ISSUES, params={"state": "closed"}).json()] == [2]
    assert len(client.get(ISSUES, params={"state": "all"}).json()) == 3


def test_since_is_inclusive_and_counts_whole_seconds(
    sandbox: Sandbox, client: Client, clock: LogicalClock
) -> None:
    ann = sandbox.person()
    ann.create_issue("early")
    clock.advance(10.7)
    ann.create_issue("late")
    updated = client.get(f"{ISSUES}/2").json()["updated_at"]
    assert updated == "2026-01-05T09:00:10Z"
    assert [one["title"] for one in client.get(ISSUES, params={"since": updated}).json()] == ["late"]
    assert client.get(ISSUES, params={"since": "2026-01-05T09:00:11Z"}).json() == []


def test_sorting_by_update_puts_an_edited_issue_last(
    sandbox: Sandbox, client: Client, clock: LogicalClock
) -> None:
    ann = sandbox.person()
    for title in "abc":
        ann.create_issue(title)
        clock.advance(1)
    ann.edit_issue(1, title="A")
    listed = client.get(ISSUES, params={"sort": "updated", "direction": "asc"}).json()
    assert [one["title"] for one in listed] == ["b", "c", "A"]


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_cursors_walk_through_everything_once(sandbox: Sandbox, client: Client, direction: str) -> None:
    for number in range(7):
        sandbox.person().create_issue(str(number))
    pages = list(client.pages(ISSUES, state="all", per_page=3, direction=direction, sort="updated"))
    assert [len(page) for page in pages] == [3, 3, 1]
    titles = [one["title"] for page in pages for one in page]
    assert titles == sorted(titles, reverse=direction == "desc")
    assert len(set(titles)) == 7


def test_the_link_names_the_repository_by_id_and_keeps_the_query(sandbox: Sandbox, client: Client) -> None:
    for number in range(3):
        sandbox.person().create_issue(str(number))
    link = client.get(ISSUES, params={"state": "all", "per_page": "2"}).links["next"]["url"]
    assert f"/repositories/{sandbox.project().id}/issues?state=all&per_page=2&after=" in link


def test_a_page_holds_thirty_unless_asked_and_a_hundred_at_most(sandbox: Sandbox, client: Client) -> None:
    for number in range(120):
        sandbox.person().create_issue(str(number))
    assert len(client.get(ISSUES).json()) == 30
    assert len(client.get(ISSUES, params={"per_page": 1000}).json()) == 100


def test_page_numbers_end_where_cursors_go_on(
    new_sandbox: Callable[..., Sandbox], new_client: Callable[..., Client]
) -> None:
    sandbox = new_sandbox(deep_page=20)
    client = new_client(sandbox)
    for number in range(30):
        sandbox.person().create_issue(str(number))
    assert len(client.get(ISSUES, params={"per_page": 10, "page": 2}).json()) == 10
    refused = client.get(ISSUES, params={"per_page": 10, "page": 3})
    assert refused.status_code == 422
    assert "cursor based pagination" in refused.json()["message"]
    assert len([one for page in client.pages(ISSUES, per_page=10) for one in page]) == 30


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({"creator": "Ann"}, [2, 1]),
        ({"labels": "bug"}, [2]),
        ({"labels": "BUG,docs"}, []),
        ({"milestone": "1"}, [3]),
        ({"milestone": "none"}, [2, 1]),
        ({"milestone": "*"}, [3]),
        ({"assignee": "ann"}, [3]),
        ({"assignee": "none"}, [2, 1]),
        ({"assignee": "*"}, [3]),
    ],
)
def test_filters(sandbox: Sandbox, client: Client, params: dict[str, str], numbers: list[int]) -> None:
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.create_issue("plain")
    ann.create_issue("labelled", labels=["Bug"])
    client.post(ISSUES, json={"title": "planned", "milestone": 1, "assignees": ["ann"]})
    assert [one["number"] for one in client.get(ISSUES, params=params).json()] == numbers


def test_a_reason_counts_only_with_a_change_of_state(client: Client) -> None:
    client.post(ISSUES, json={"title": "T"})
    reasons = []
    for wish in (
        {"state_reason": "not_planned"},
        {"state": "closed", "state_reason": "not_planned"},
        {"state": "closed", "state_reason": "completed"},
        {"state": "open"},
        {"state": "closed"},
    ):
        answer = client.patch(f"{ISSUES}/1", json=wish).json()
        reasons.append((answer["state"], answer["state_reason"]))
    assert reasons == [
        ("open", None),
        ("closed", "not_planned"),
        ("closed", "not_planned"),
        ("open", "reopened"),
        ("closed", "completed"),
    ]


def test_closing_says_when_and_by_whom(client: Client, clock: LogicalClock) -> None:
    client.post(ISSUES, json={"title": "T"})
    clock.advance(60)
    closed = client.patch(f"{ISSUES}/1", json={"state": "closed"}).json()
    assert (closed["closed_at"], closed["closed_by"]["login"]) == ("2026-01-05T09:01:00Z", "syncd-bot")
    opened = client.patch(f"{ISSUES}/1", json={"state": "open"}).json()
    assert (opened["closed_at"], opened["closed_by"]) == (None, None)


def test_null_takes_the_milestone_away_and_absence_leaves_it(sandbox: Sandbox, client: Client) -> None:
    sandbox.person().create_milestone("M")
    client.post(ISSUES, json={"title": "T", "milestone": 1})
    assert client.patch(f"{ISSUES}/1", json={"title": "U"}).json()["milestone"]["number"] == 1
    assert client.patch(f"{ISSUES}/1", json={"milestone": None}).json()["milestone"] is None


def test_labels_and_assignees_are_replaced_as_sets(sandbox: Sandbox, client: Client) -> None:
    client.post(ISSUES, json={"title": "T", "labels": ["a", "b"], "assignees": ["ann"]})
    after = client.patch(f"{ISSUES}/1", json={"labels": ["B", "c"], "assignees": []}).json()
    assert [label["name"] for label in after["labels"]] == ["b", "c"]
    assert after["assignees"] == []


def test_an_update_that_changes_nothing_leaves_no_trace(
    sandbox: Sandbox, client: Client, clock: LogicalClock
) -> None:
    made = client.post(ISSUES, json={"title": "T", "labels": ["a"]}).json()
    effects = len(sandbox.world.log)
    clock.advance(60)
    again = client.patch(f"{ISSUES}/1", json={"title": "T", "labels": ["A"], "state": "open"}).json()
    assert again["updated_at"] == made["updated_at"]
    assert len(sandbox.world.log) == effects


def test_without_the_right_to_triage_planning_is_dropped_in_silence(
    sandbox: Sandbox, new_client: Callable[..., Client]
) -> None:
    people.add_token(sandbox.world, "guest-token", "guest")
    sandbox.person().create_milestone("M")
    guest = new_client(sandbox, "guest-token")
    wish = {"title": "T", "labels": ["a"], "assignees": ["ann"], "milestone": 1}
    made = guest.post(ISSUES, json=wish)
    assert made.status_code == 201
    assert (made.json()["labels"], made.json()["assignees"], made.json()["milestone"]) == ([], [], None)
    assert guest.patch(f"{ISSUES}/1", json={"title": "U", "labels": ["a"]}).json()["labels"] == []


def test_another_persons_issue_needs_the_right_to_triage(
    sandbox: Sandbox, new_client: Callable[..., Client]
) -> None:
    people.add_token(sandbox.world, "guest-token", "guest")
    people.add_token(sandbox.world, "weak-token", "ann", Role.READ)
    sandbox.person("bob").create_issue("T")
    answers = [
        new_client(sandbox, token).patch(f"{ISSUES}/1", json={"state": "closed"})
        for token in ("guest-token", "weak-token")
    ]
    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].json()["message"] == "Must have admin rights to Repository."
    assert answers[1].json()["message"] == "Resource not accessible by personal access token"


def test_somebody_who_cannot_be_assigned_fails_the_request_but_not_the_additive_one(
    sandbox: Sandbox, client: Client
) -> None:
    refused = client.post(ISSUES, json={"title": "T", "assignees": ["stranger"]})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"value": "stranger", "resource": "Issue", "field": "assignees", "code": "invalid"}
    ]
    assert sandbox.world.issues[sandbox.project().id] == {}
    client.post(ISSUES, json={"title": "T"})
    added = client.post(f"{ISSUES}/1/assignees", json={"assignees": ["stranger", "ann"]})
    assert [user["login"] for user in added.json()["assignees"]] == ["ann"]
    assert client.get(f"{REPO}/assignees/stranger").status_code == 404
    assert client.get(f"{REPO}/assignees/ann").status_code == 204
    assert client.delete(f"{ISSUES}/1/assignees", json={"assignees": ["ANN"]}).json()["assignees"] == []


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"title": "  "}, {"resource": "Issue", "field": "title", "code": "missing_field"}),
        ({"title": "t" * 257}, {"resource": "Issue", "field": "title", "code": "custom"}),
        ({"title": "t", "body": "b" * 65_537}, {"resource": "Issue", "field": "body", "code": "custom"}),
        ({"title": "t", "milestone": 9}, {"resource": "Issue", "field": "milestone", "code": "invalid"}),
        ({"title": "t", "labels": ["l" * 51]}, {"resource": "Label", "field": "name", "code": "invalid"}),
        ({"title": "t", "labels": [str(n) for n in range(101)]}, {"resource": "Issue", "field": "labels"}),
    ],
    ids=["blank title", "long title", "long body", "unknown milestone", "long label", "101 labels"],
)
def test_values_are_refused_as_github_words_it(
    sandbox: Sandbox, client: Client, wish: dict[str, object], error: dict[str, str]
) -> None:
    refused = client.post(ISSUES, json=wish)
    assert (refused.status_code, refused.json()["message"]) == (422, "Validation Failed")
    assert error.items() <= refused.json()["errors"][0].items()
    assert sandbox.world.log == []


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"body": "b"}, '"title" wasn\'t supplied.'),
        ({"title": ["t"]}, "For 'properties/title', [\"t\"] is not"),
        ({"title": "t", "labels": "bug"}, "For 'properties/labels', \"bug\" is not an array."),
        ({"title": "t", "body": 7}, "For 'properties/body', 7 is not a string"),
    ],
)
def test_shapes_are_refused_before_values(
    client: Client, judge: Judge, wish: dict[str, object], says: str
) -> None:
    with judge.bad_requests():
        refused = client.post(ISSUES, json=wish)
    assert refused.status_code == 422
    assert refused.json()["message"].startswith("Invalid request.\n\n")
    assert says in refused.json()["message"]


def test_what_is_no_json_is_a_bad_request(client: Client, judge: Judge) -> None:
    with judge.bad_requests():
        refused = client.post(ISSUES, data=b"{title")
        listed = client.post(ISSUES, json=["title"])
    assert (refused.status_code, refused.json()["message"]) == (400, "Problems parsing JSON")
    assert (listed.status_code, listed.json()["message"]) == (400, "Body should be a JSON object")


def test_deleted_transferred_and_unknown_issues(sandbox: Sandbox, client: Client) -> None:
    other = people.add_project(sandbox.world, "acme/gadgets", "ann")
    ann = sandbox.person()
    ann.create_milestone("M")
    sandbox.person(project="acme/gadgets").create_milestone("M")
    for title in ("deleted", "moved", "stays"):
        ann.create_issue(title, labels=["kept"], milestone="M")
    ann.delete_issue(1)
    ann.transfer_issue(2, "acme/gadgets")
    gone, moved, unknown = (client.get(f"{ISSUES}/{number}") for number in (1, 2, 99))
    assert (gone.status_code, moved.status_code, unknown.status_code) == (410, 301, 404)
    assert moved.headers["Location"].endswith(f"/repositories/{other.id}/issues/1")
    there = client.get(moved.headers["Location"]).json()
    assert (there["title"], there["milestone"]["title"]) == ("moved", "M")
    assert [label["name"] for label in there["labels"]] == ["kept"]
    assert [one["title"] for one in client.get(ISSUES, params={"state": "all"}).json()] == ["stays"]
    assert client.patch(f"{ISSUES}/1", json={"title": "x"}).status_code == 410
    assert client.patch(f"{ISSUES}/2", json={"title": "x"}).status_code == 301


def test_an_issue_moved_where_one_may_not_look_is_not_there(
    sandbox: Sandbox, new_client: Callable[..., Client]
) -> None:
    people.add_project(sandbox.world, "acme/secret", "ann", private=True)
    sandbox.person().create_issue("T")
    sandbox.person().transfer_issue(1, "acme/secret")
    assert new_client(sandbox).get(f"{ISSUES}/1").status_code == 404
    assert new_client(sandbox, "ann-token").get(f"{ISSUES}/1").status_code == 301


def test_labels_of_an_issue_can_be_added_set_and_removed(client: Client, judge: Judge) -> None:
    client.post(ISSUES, json={"title": "T", "labels": ["a/b"]})
    labels = f"{ISSUES}/1/labels"

    def names(_: object) -> list[str]:
        return [label["name"] for label in client.get(labels).json()]

    assert names(client.post(labels, json={"labels": ["c"]})) == ["a/b", "c"]
    assert names(client.post(labels, json=["d"])) == ["a/b", "c", "d"]
    with judge.bad_requests():
        assert client.delete(f"{labels}/a/b").status_code == 404
    assert names(client.delete(f"{labels}/A%2Fb")) == ["c", "d"]
    assert client.delete(f"{labels}/a%2Fb").json()["message"] == "Label does not exist"
    assert names(client.put(labels, json={"labels": ["x", "C"]})) == ["x", "c"]
    assert names(client.delete(labels)) == []


def test_comments(client: Client, clock: LogicalClock) -> None:
    client.post(ISSUES, json={"title": "T"})
    clock.advance(5)
    made = client.post(f"{ISSUES}/1/comments", json={"body": "Hello"})
    assert made.status_code == 201
    assert [one["body"] for one in client.get(f"{ISSUES}/1/comments").json()] == ["Hello"]
    assert client.get(f"{ISSUES}/1").json()["comments"] == 1
    assert client.get(f"{ISSUES}/1").json()["updated_at"] == made.json()["created_at"]
    assert client.post(f"{ISSUES}/1/comments", json={"body": " "}).status_code == 422


def test_every_route_exists_by_id_too(sandbox: Sandbox, client: Client) -> None:
    by_id = f"/repositories/{sandbox.project().id}"
    assert client.post(f"{by_id}/issues", json={"title": "T"}).status_code == 201
    assert client.patch(f"{by_id}/issues/1", json={"title": "U"}).json()["title"] == "U"
    assert client.get(by_id).json()["full_name"] == "acme/widgets"
    assert client.get("/repositories/1").status_code == 404
