"""Labels and milestones in GitHub's dialect."""

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import LogicalClock
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import REPO, Client

LABELS, MILESTONES = f"{REPO}/labels", f"{REPO}/milestones"


def test_labels_keep_their_case_and_are_found_in_any(client: Client) -> None:
    made = client.post(LABELS, json={"name": "Bug", "color": "D73A4A", "description": "broken"})
    assert (made.status_code, made.json()["name"], made.json()["color"]) == (201, "Bug", "D73A4A")
    assert client.get(f"{LABELS}/bUG").json()["name"] == "Bug"


def test_a_second_label_of_another_case_is_refused(client: Client) -> None:
    client.post(LABELS, json={"name": "Bug"})
    refused = client.post(LABELS, json={"name": "bug"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"resource": "Label", "field": "name", "code": "already_exists"}]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"name": "l" * 51}, {"resource": "Label", "field": "name", "code": "invalid"}),
        ({"name": " "}, {"resource": "Label", "field": "name", "code": "missing_field"}),
        ({"name": "x", "color": "#ff0000"}, {"resource": "Label", "field": "color", "code": "invalid"}),
        (
            {"name": "x", "description": "d" * 101},
            {"resource": "Label", "field": "description", "code": "invalid"},
        ),
    ],
)
def test_labels_are_refused_as_github_words_it(
    client: Client, wish: dict[str, str], error: dict[str, str]
) -> None:
    refused = client.post(LABELS, json=wish)
    assert refused.status_code == 422
    assert error.items() <= refused.json()["errors"][0].items()


def test_a_label_attached_for_the_first_time_is_made(client: Client) -> None:
    client.post(f"{REPO}/issues", json={"title": "T", "labels": ["new/one", "NEW/ONE"]})
    assert [one["name"] for one in client.get(LABELS).json()] == ["new/one"]


def test_renaming_a_label_keeps_its_id_and_the_time_of_its_issues(
    client: Client, clock: LogicalClock
) -> None:
    issue = client.post(f"{REPO}/issues", json={"title": "T", "labels": ["a/b"]}).json()
    before = client.get(f"{LABELS}/a%2Fb").json()
    clock.advance(60)
    after = client.patch(f"{LABELS}/a%2Fb", json={"new_name": "A/B", "color": "000000"}).json()
    assert (after["id"], after["name"], after["color"]) == (before["id"], "A/B", "000000")
    shown = client.get(f"{REPO}/issues/1").json()
    assert [label["name"] for label in shown["labels"]] == ["A/B"]
    assert shown["updated_at"] == issue["updated_at"]


def test_a_label_cannot_take_anothers_name(client: Client) -> None:
    for name in ("a", "b"):
        client.post(LABELS, json={"name": name})
    assert client.patch(f"{LABELS}/a", json={"new_name": "B"}).status_code == 422


def test_a_deleted_label_leaves_its_issues(client: Client) -> None:
    client.post(f"{REPO}/issues", json={"title": "T", "labels": ["a", "b"]})
    assert client.delete(f"{LABELS}/a").status_code == 204
    assert [label["name"] for label in client.get(f"{REPO}/issues/1").json()["labels"]] == ["b"]
    assert client.delete(f"{LABELS}/a").status_code == 404


def test_labels_come_in_numbered_pages(client: Client) -> None:
    for number in range(5):
        client.post(LABELS, json={"name": str(number)})
    first = client.get(LABELS, params={"per_page": 2})
    assert {rel: link["url"].split("page=")[-1] for rel, link in first.links.items()} == {
        "next": "2",
        "last": "3",
    }
    last = client.get(LABELS, params={"per_page": 2, "page": 3})
    assert set(last.links) == {"prev", "first"}
    assert [one["name"] for page in client.pages(LABELS, per_page=2) for one in page] == list("01234")


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("2026-07-01T12:00:00Z", "2026-07-01T07:00:00Z"),
        ("2026-01-15T12:00:00Z", "2026-01-15T08:00:00Z"),
        ("2026-07-01T00:00:00Z", "2026-06-30T07:00:00Z"),
        ("2026-01-15T07:59:59Z", "2026-01-14T08:00:00Z"),
        ("2026-01-15T08:00:00Z", "2026-01-15T08:00:00Z"),
        ("2026-03-08T12:00:00Z", "2026-03-08T08:00:00Z"),
        ("2026-03-09T12:00:00Z", "2026-03-09T07:00:00Z"),
        ("2026-11-01T12:00:00Z", "2026-11-01T07:00:00Z"),
        ("2026-11-02T12:00:00Z", "2026-11-02T08:00:00Z"),
        ("2026-07-01T23:00:00-07:00", "2026-07-01T07:00:00Z"),
    ],
)
def test_due_on_is_a_pacific_day(client: Client, sent: str, answered: str) -> None:
    assert client.post(MILESTONES, json={"title": "M", "due_on": sent}).json()["due_on"] == answered


def test_due_on_can_be_taken_away(client: Client) -> None:
    client.post(MILESTONES, json={"title": "M", "due_on": "2026-07-01T12:00:00Z"})
    assert client.patch(f"{MILESTONES}/1", json={"title": "N"}).json()["due_on"] == "2026-07-01T07:00:00Z"
    assert client.patch(f"{MILESTONES}/1", json={"due_on": None}).json()["due_on"] is None


def test_a_due_day_that_is_none_is_refused(client: Client, judge: Judge) -> None:
    with judge.bad_requests():
        assert client.post(MILESTONES, json={"title": "M", "due_on": "soon"}).status_code == 422


def test_milestones_count_their_issues_and_list_the_open_ones(sandbox: Sandbox, client: Client) -> None:
    client.post(MILESTONES, json={"title": "late", "due_on": "2026-09-01T12:00:00Z"})
    client.post(MILESTONES, json={"title": "early", "due_on": "2026-02-01T12:00:00Z"})
    client.post(MILESTONES, json={"title": "none"})
    client.post(MILESTONES, json={"title": "shut", "state": "closed"})
    ann = sandbox.person()
    for title in "abc":
        ann.create_issue(title, milestone="late")
    ann.close(2)
    listed = client.get(MILESTONES).json()
    assert [one["title"] for one in listed] == ["early", "late", "none"]
    assert (listed[1]["open_issues"], listed[1]["closed_issues"]) == (2, 1)
    assert [one["title"] for one in client.get(MILESTONES, params={"state": "closed"}).json()] == ["shut"]
    assert len(client.get(MILESTONES, params={"state": "all"}).json()) == 4


def test_closing_and_reopening_a_milestone(client: Client) -> None:
    client.post(MILESTONES, json={"title": "M"})
    closed = client.patch(f"{MILESTONES}/1", json={"state": "closed"}).json()
    assert (closed["state"], closed["closed_at"]) == ("closed", "2026-01-05T09:00:00Z")
    assert client.patch(f"{MILESTONES}/1", json={"state": "open"}).json()["closed_at"] is None


def test_titles_of_milestones_are_unique(client: Client) -> None:
    for title in ("M", "N"):
        client.post(MILESTONES, json={"title": title})
    error = {"resource": "Milestone", "field": "title", "code": "already_exists"}
    assert client.post(MILESTONES, json={"title": "M"}).json()["errors"] == [error]
    assert client.patch(f"{MILESTONES}/2", json={"title": "M"}).json()["errors"] == [error]
    assert client.patch(f"{MILESTONES}/2", json={"title": "N"}).status_code == 200


def test_a_deleted_milestone_leaves_its_issues_and_its_number(sandbox: Sandbox, client: Client) -> None:
    client.post(MILESTONES, json={"title": "M"})
    client.post(f"{REPO}/issues", json={"title": "T", "milestone": 1})
    assert client.delete(f"{MILESTONES}/1").status_code == 204
    assert client.get(f"{REPO}/issues/1").json()["milestone"] is None
    assert client.get(f"{MILESTONES}/1").status_code == 404
    assert client.patch(f"{MILESTONES}/1", json={"title": "x"}).status_code == 404
    assert client.post(MILESTONES, json={"title": "M"}).json()["number"] == 2


def test_a_title_of_a_milestone_has_255_characters_at_most(client: Client) -> None:
    answer = client.post(f"{REPO}/milestones", json={"title": "x" * 256})
    assert answer.status_code == 422
    assert "too long" in answer.json()["errors"][0]["message"]
    number = client.post(f"{REPO}/milestones", json={"title": "x" * 255}).json()["number"]
    assert client.patch(f"{REPO}/milestones/{number}", json={"title": "y" * 256}).status_code == 422
