"""The page and the admin endpoint where people act by GitLab's customs."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from syncd.sandbox import Sandbox
from tests.unit.sandbox.conftest import PROJECT, Browser, Client

ISSUE = "/acme/widgets/issues/1"


@pytest.fixture
def sandbox(new_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return new_sandbox(forge="gitlab")


def test_the_page_says_by_whose_customs_people_act(
    browser: Browser, sandbox: Sandbox, new_sandbox: Callable[..., Sandbox]
) -> None:
    home = browser.open("/").text
    assert "On GitLab you are" in home
    assert f"{sandbox.url}/api/v3" in home
    assert f"{sandbox.url}/api/v4" in home
    with Browser(new_sandbox().url) as other:
        assert "On GitHub you are" in other.open("/").text


def test_a_due_day_is_set_and_cleared(browser: Browser, sandbox: Sandbox) -> None:
    sandbox.person().create_issue("T")
    browser.send_form(ISSUE, "title", due="2026-02-03")
    assert sandbox.person().issue(1).due == "2026-02-03"
    assert "due 2026-02-03" in browser.open("/acme/widgets").text
    browser.send_form(ISSUE, "title", title="U")
    assert sandbox.person().issue(1).due == "2026-02-03"
    browser.send_form(ISSUE, "title", due="")
    assert sandbox.person().issue(1).due is None
    assert browser.send_form(ISSUE, "title", due="soon").status_code == 400


def test_an_old_form_without_the_field_leaves_the_day_alone(browser: Browser, sandbox: Sandbox) -> None:
    sandbox.person().create_issue("T", due="2026-02-03")
    browser.send_form(ISSUE, "title", due=[], title="U")
    assert (sandbox.person().issue(1).title, sandbox.person().issue(1).due) == ("U", "2026-02-03")


def test_what_a_person_writes_is_obeyed_and_cleaned(browser: Browser, sandbox: Sandbox) -> None:
    sandbox.person().create_issue("T")
    browser.send_form(ISSUE, "title", body="one\r\n/close\r\ntwo  ")
    issue = sandbox.person().issue(1)
    assert (issue.body, issue.state) == ("one\ntwo", "closed")


def test_free_keeps_one_assignee_of_a_form_too(browser: Browser, sandbox: Sandbox) -> None:
    sandbox.person().create_issue("T")
    browser.send_form(ISSUE, "title", assignee=["ann", "syncd-bot"])
    assert sandbox.person().issue(1).assignees == ("ann",)


def test_milestones_of_a_group_are_shown_chosen_and_kept(browser: Browser, sandbox: Sandbox) -> None:
    wide = sandbox.person().create_group_milestone("Wide")
    sandbox.person().create_issue("T", milestone="Wide")
    shown = browser.open("/acme/widgets").text
    assert shown.index("Wide") < shown.index(">T</a>") < shown.index("No milestone")
    browser.send_form(ISSUE, "title", title="U")
    assert sandbox.person().issue(1).milestone == wide.id
    browser.send_form(ISSUE, "title", milestone="")
    assert sandbox.person().issue(1).milestone is None
    browser.send_form(ISSUE, "title", milestone=f"g{wide.id}")
    assert sandbox.person().issue(1).milestone == wide.id


def test_labels_of_a_group_can_be_chosen(browser: Browser, sandbox: Sandbox) -> None:
    sandbox.person().create_group_label("wide")
    sandbox.person().create_issue("T")
    assert 'value="wide"' in browser.open(ISSUE).text
    browser.send_form(ISSUE, "title", label=["wide"])
    assert sandbox.person().label_names(1) == ["wide"]
    assert sandbox.person().labels() == []


@pytest.mark.parametrize("folder", ["", "/git"])
def test_the_addresses_in_gitlabs_answers_lead_to_the_page(
    new_sandbox: Callable[..., Sandbox], new_lab: Callable[..., Client], folder: str
) -> None:
    sandbox = new_sandbox(forge="gitlab", folder=folder)
    lab = new_lab(sandbox)
    milestone = lab.post(f"{PROJECT}/milestones", json={"title": "M"}).json()
    issue = lab.post(f"{PROJECT}/issues", json={"title": "An issue"}).json()
    project = lab.get(PROJECT).json()
    for address, says in ((issue, "An issue"), (milestone, "M"), (project, "acme/widgets")):
        answer = requests.get(address["web_url"], timeout=10)
        assert answer.status_code == 200
        assert says in answer.text


class Hand:
    def __init__(self, sandbox: Sandbox) -> None:
        self.url = f"{sandbox.url}/_sandbox/"

    def __call__(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        answer = requests.request(method, self.url + path, json=body, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def hand(sandbox: Sandbox) -> Hand:
    return Hand(sandbox)


def test_people_by_the_admin_endpoint_act_by_the_same_customs(hand: Hand) -> None:
    assert hand("POST", "issues", title="T", body="x\r\n/due 2026-02-03", due=None)["body"] == "x"
    assert hand("PATCH", "issues/1", body="/close")["state"] == "closed"
    assert [one["target"] for one in hand("GET", "noise")] == ["/due 2026-02-03", "/close"]


def test_group_milestones_tiers_and_tokens_by_the_admin_endpoint(
    hand: Hand, lab: Client, sandbox: Sandbox, new_lab: Callable[..., Client]
) -> None:
    made = hand("POST", "groups/milestones", title="Wide", due="2026-03-01")
    assert lab.get("/groups/acme/milestones").json()[0]["id"] == made["id"]
    assert hand("POST", "tier", tier="premium") == {"tier": "premium"}
    assert lab.post(f"{PROJECT}/issues", json={"title": "T", "labels": "a::1,a::2"}).json()["labels"] == [
        "a::2"
    ]
    hand("POST", "tier", 400, tier="gold")
    hand("POST", "tokens", secret="narrow", login="ann", scopes=["read_api"], place="acme/widgets")
    hand("POST", "tokens", 404, secret="x", login="ann", place="nowhere")
    narrow = new_lab(sandbox, "narrow")
    assert narrow.get(PROJECT).status_code == 200
    assert narrow.post(f"{PROJECT}/issues", json={"title": "T"}).status_code == 403


def test_limits_of_endpoints_by_the_admin_endpoint(hand: Hand, lab: Client) -> None:
    hand("POST", "limits", issues_per_minute=0)
    assert lab.post(f"{PROJECT}/issues", json={"title": "T"}).status_code == 429


def test_a_reset_keeps_the_groups_that_a_new_sandbox_has(hand: Hand, lab: Client, sandbox: Sandbox) -> None:
    hand("POST", "reset")
    assert lab.get("/groups/acme").json()["full_path"] == "acme"
    assert lab.get(PROJECT).json()["namespace"]["kind"] == "group"
