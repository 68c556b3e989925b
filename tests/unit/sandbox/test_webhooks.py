"""Deliveries: signed, in order, as GitHub's webhook document has them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema_rs
import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.webhooks import sign
from tests.unit.sandbox.conftest import REPO, Client

HOOKS = f"{REPO}/hooks"
Sent = tuple[str, bytes, Mapping[str, str]]


class Receiver:
    """Stands where a server would: remembers, and answers what it is told to."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answer: int | OSError = 202

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.sent.append((url, body, headers))
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer

    def said(self) -> list[tuple[str, str]]:
        return [
            (headers["X-GitHub-Event"], json.loads(body).get("action", "")) for _, body, headers in self.sent
        ]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def sandbox(new_sandbox: Callable[..., Sandbox], receiver: Receiver) -> Sandbox:
    return new_sandbox(sender=receiver)


def hooked(sandbox: Sandbox, client: Client, **config: str) -> int:
    wish = {
        "name": "web",
        "config": {"url": "http://127.0.0.1:9/hook", "content_type": "json", "secret": "s", **config},
        "events": ["*"],
    }
    made = client.post(HOOKS, json=wish)
    assert made.status_code == 201
    sandbox.courier.drain()
    return int(made.json()["id"])


def test_the_signature_is_githubs() -> None:
    """The vector that GitHub's documentation gives."""
    wanted = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert sign("It's a Secret to Everybody", b"Hello, World!") == wanted


def test_a_new_hook_is_pinged_with_a_signature_over_the_bytes(
    sandbox: Sandbox, client: Client, receiver: Receiver
) -> None:
    hook = hooked(sandbox, client)
    url, body, headers = receiver.sent[0]
    assert url == "http://127.0.0.1:9/hook"
    assert headers["X-Hub-Signature-256"] == sign("s", body)
    assert headers["X-GitHub-Event"] == "ping"
    assert headers["X-GitHub-Hook-ID"] == str(hook)
    assert json.loads(body)["hook_id"] == hook


def test_the_secret_is_never_shown_again(sandbox: Sandbox, client: Client) -> None:
    hook = hooked(sandbox, client, secret="swordfish")
    assert client.get(f"{HOOKS}/{hook}").json()["config"]["secret"] == "********"
    assert "swordfish" not in client.get(HOOKS).text


def test_without_a_secret_there_is_no_signature(sandbox: Sandbox, client: Client, receiver: Receiver) -> None:
    client.post(HOOKS, json={"config": {"url": "http://127.0.0.1:9/", "content_type": "json"}})
    sandbox.courier.drain()
    assert "X-Hub-Signature-256" not in receiver.sent[0][2]


def test_a_form_hook_gets_a_form(sandbox: Sandbox, client: Client, receiver: Receiver) -> None:
    hooked(sandbox, client, content_type="form")
    _, body, headers = receiver.sent[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["X-Hub-Signature-256"] == sign("s", body)
    assert json.loads(parse_qs(body.decode())["payload"][0])["zen"]


def test_one_edit_can_be_several_events(sandbox: Sandbox, client: Client, receiver: Receiver) -> None:
    sandbox.person().create_milestone("M")
    sandbox.person().create_issue("T", labels=["old"])
    hooked(sandbox, client)
    receiver.sent.clear()
    wish = {"title": "U", "state": "closed", "labels": ["new"], "assignees": ["ann"], "milestone": 1}
    client.patch(f"{REPO}/issues/1", json=wish)
    sandbox.courier.drain()
    assert receiver.said() == [
        ("label", "created"),
        ("issues", "edited"),
        ("issues", "closed"),
        ("issues", "unlabeled"),
        ("issues", "labeled"),
        ("issues", "assigned"),
        ("issues", "milestoned"),
    ]
    edited = json.loads(receiver.sent[1][1])
    assert edited["changes"] == {"title": {"from": "T"}}
    assert edited["issue"]["title"] == "U"
    assert edited["sender"]["login"] == "syncd-bot"


def everything(sandbox: Sandbox) -> None:
    """Every effect that somebody is told about."""
    people.add_project(sandbox.world, "acme/gadgets", "ann")
    ann = sandbox.person()
    ann.create_label("a")
    ann.edit_label("a", color="ff0000")
    ann.create_milestone("M", due="2026-07-01")
    ann.edit_milestone("M", rename="N", due="2026-07-02")
    ann.create_issue("T", body="b", labels=["a"], assignees=["ann"], milestone="N")
    ann.comment(1, "hello")
    ann.edit_issue(1, title="U", body="c", milestone=None, labels=[], assignees=[])
    ann.close(1)
    ann.reopen(1)
    ann.edit_milestone("N", state="closed")
    ann.edit_milestone("N", state="open")
    ann.delete_milestone("N")
    ann.delete_label("a")
    ann.create_issue("a change", pull=True)
    ann.close(2)
    ann.transfer_issue(1, "acme/gadgets")
    ann.create_issue("gone")
    ann.delete_issue(3)


def test_everything_that_happens_is_told_and_pull_requests_are_no_issues(
    sandbox: Sandbox, client: Client, receiver: Receiver
) -> None:
    hooked(sandbox, client)
    everything(sandbox)
    sandbox.courier.drain()
    assert receiver.said() == [
        ("ping", ""),
        ("label", "created"),
        ("label", "edited"),
        ("milestone", "created"),
        ("milestone", "edited"),
        ("issues", "opened"),
        ("issues", "labeled"),
        ("issues", "assigned"),
        ("issues", "milestoned"),
        ("issue_comment", "created"),
        ("issues", "edited"),
        ("issues", "unlabeled"),
        ("issues", "unassigned"),
        ("issues", "demilestoned"),
        ("issues", "closed"),
        ("issues", "reopened"),
        ("milestone", "closed"),
        ("milestone", "opened"),
        ("milestone", "deleted"),
        ("label", "deleted"),
        ("issues", "transferred"),
        ("issues", "opened"),
        ("issues", "deleted"),
    ]


def test_payloads_are_as_github_publishes_them(
    shared: Path, sandbox: Sandbox, client: Client, receiver: Receiver
) -> None:
    document = json.loads(
        (shared / "oracles" / "github" / "webhooks-openapi.json").read_text(encoding="utf-8")
    )
    hooked(sandbox, client)
    everything(sandbox)
    sandbox.courier.drain()
    wrong: list[str] = []
    for _, body, headers in receiver.sent:
        payload: dict[str, Any] = json.loads(body)
        name = "-".join(part for part in (headers["X-GitHub-Event"], payload.get("action")) if part).replace(
            "_", "-"
        )
        ref = document["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.Draft202012Validator({**ref, "components": document["components"]})
        wrong += [
            f"{name} {list(e.instance_path)}: {e.message[:200]}" for e in validator.iter_errors(payload)
        ]
    assert wrong == []


def test_only_what_a_hook_asked_for_is_sent(sandbox: Sandbox, client: Client, receiver: Receiver) -> None:
    client.post(
        HOOKS, json={"config": {"url": "http://127.0.0.1:9/", "content_type": "json"}, "events": ["issues"]}
    )
    everything(sandbox)
    sandbox.courier.drain()
    assert {event for event, _ in receiver.said()} == {"ping", "issues"}


def test_a_hook_that_is_off_or_gone_is_silent(sandbox: Sandbox, client: Client, receiver: Receiver) -> None:
    off, gone = hooked(sandbox, client), hooked(sandbox, client)
    assert client.patch(f"{HOOKS}/{off}", json={"active": False}).json()["active"] is False
    assert client.delete(f"{HOOKS}/{gone}").status_code == 204
    sandbox.courier.drain()
    receiver.sent.clear()
    sandbox.person().create_issue("T")
    sandbox.courier.drain()
    assert receiver.sent == []
    assert [one["id"] for one in client.get(HOOKS).json()] == [off]


def test_deliveries_are_remembered_and_never_tried_again_by_themselves(
    sandbox: Sandbox, client: Client, receiver: Receiver
) -> None:
    receiver.answer = ConnectionRefusedError()
    hooked(sandbox, client)
    assert [one.status for one in sandbox.courier.deliveries] == [0]
    receiver.answer = 202
    first = sandbox.courier.deliveries[0]
    sandbox.courier.redeliver(first.guid)
    sandbox.courier.drain()
    assert [(one.guid, one.status) for one in sandbox.courier.deliveries] == [
        (first.guid, 0),
        (first.guid, 202),
    ]
    assert len(receiver.sent) == 2


def test_guids_differ(sandbox: Sandbox, client: Client, receiver: Receiver) -> None:
    hooked(sandbox, client)
    everything(sandbox)
    sandbox.courier.drain()
    guids = [headers["X-GitHub-Delivery"] for _, _, headers in receiver.sent]
    assert len(set(guids)) == len(guids)


def test_a_delivery_reaches_a_real_server(
    new_sandbox: Callable[..., Sandbox], new_client: Callable[..., Client]
) -> None:
    """The sandbox's own sender, heard by another sandbox."""
    listener, teller = new_sandbox(recorder=None), new_sandbox()
    new_client(teller).post(HOOKS, json={"config": {"url": f"{listener.api_url}/hook?x=1"}})
    teller.courier.drain()
    assert [(one.asked.method, one.asked.target) for one in listener.exchanges] == [
        ("POST", "/api/v3/hook?x=1")
    ]
    assert teller.courier.deliveries[0].status == 404


@pytest.mark.parametrize("config", [{}, {"url": "ftp://x"}])
def test_a_hook_needs_an_address(client: Client, config: dict[str, str]) -> None:
    assert client.post(HOOKS, json={"config": config}).status_code == 422
