"""Deliveries of GitLab's hooks: what is said, to whom, and how it is signed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.webhooks import sign_with_time
from tests.sandbox_fixture import Judge
from tests.unit.sandbox.conftest import PROJECT, REPO, Client

HOOKS = f"{PROJECT}/hooks"
KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Receiver:
    """Stands where a server would, and remembers."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Mapping[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.sent.append((body, headers))
        return 200

    def names(self) -> list[str]:
        return [headers["X-Gitlab-Event"] for _, headers in self.sent]

    def payloads(self) -> list[Any]:
        return [json.loads(body) for body, _ in self.sent]

    def actions(self) -> list[str]:
        return [one["object_attributes"]["action"] for one in self.payloads()]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def sandbox(new_sandbox: Callable[..., Sandbox], receiver: Receiver) -> Sandbox:
    return new_sandbox(sender=receiver)


EVERYTHING = ("issues", "confidential_issues", "note", "milestone", "push")


def hooked(lab: Client, *events: str, **more: Any) -> int:
    chosen = {f"{name}_events": name in (events or EVERYTHING) for name in EVERYTHING}
    made = lab.post(HOOKS, json={"url": "http://127.0.0.1:9/hook", **chosen, **more})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def test_the_signature_is_that_of_the_known_vector() -> None:
    signature = sign_with_time(KEY, "evt-0001", 1_700_000_000, b'{"object_kind":"issue"}')
    assert signature == "v1,kFbfmhbe2d2XKP4mF8/kk18qe5fgRopn80swb58elTs="


def test_a_hook_with_a_token_shows_it_and_one_with_a_key_signs(
    sandbox: Sandbox, lab: Client, receiver: Receiver
) -> None:
    hooked(lab, token="s3cret", signing_token=KEY)
    sandbox.person().create_issue("T")
    sandbox.courier.drain()
    body, headers = receiver.sent[0]
    assert headers["X-Gitlab-Token"] == "s3cret"
    assert headers["webhook-id"] == headers["Idempotency-Key"]
    assert headers["webhook-timestamp"] == "1767603600"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"


def test_a_hook_without_either_sends_neither(sandbox: Sandbox, lab: Client, receiver: Receiver) -> None:
    hooked(lab)
    sandbox.person().create_issue("T")
    sandbox.courier.drain()
    headers = receiver.sent[0][1]
    assert not {"X-Gitlab-Token", "webhook-id", "webhook-signature", "X-GitHub-Event"} & set(headers)
    assert headers["X-Gitlab-Event"] == "Issue Hook"
    assert headers["X-Gitlab-Instance"] == sandbox.gitlab_url
    assert (
        len({headers[name] for name in ("X-Gitlab-Event-UUID", "X-Gitlab-Webhook-UUID", "Idempotency-Key")})
        == 3
    )


def test_a_repetition_has_the_same_key(sandbox: Sandbox, lab: Client, receiver: Receiver) -> None:
    hooked(lab)
    sandbox.person().create_issue("T")
    sandbox.courier.drain()
    sandbox.courier.redeliver(sandbox.courier.deliveries[0].guid)
    sandbox.courier.drain()
    first, second = (headers["Idempotency-Key"] for _, headers in receiver.sent)
    assert first == second


def test_an_edit_is_one_delivery_whatever_it_changes(
    sandbox: Sandbox, lab: Client, receiver: Receiver
) -> None:
    hooked(lab)
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.create_issue("T", labels=["a"])
    ann.edit_issue(1, title="U", labels=["b"], milestone="M", body="text", due="2026-02-03")
    ann.close(1)
    ann.reopen(1)
    sandbox.courier.drain()
    assert receiver.names() == ["Milestone Hook", *["Issue Hook"] * 4]
    told = receiver.payloads()
    assert [one["object_attributes"]["action"] for one in told[1:]] == ["open", "update", "close", "reopen"]
    update = told[2]
    assert update["user"]["username"] == "ann"
    assert update["changes"]["title"] == {"previous": "T", "current": "U"}
    assert update["changes"]["description"]["current"] == "text"
    assert update["changes"]["due_date"] == {"previous": None, "current": "2026-02-03"}
    labels = update["changes"]["labels"]
    assert ([one["title"] for one in labels["previous"]], [one["title"] for one in labels["current"]]) == (
        ["a"],
        ["b"],
    )
    assert update["object_attributes"]["iid"] == 1
    assert update["project"]["id"] == sandbox.project().id


def test_what_gitlab_does_not_tell(sandbox: Sandbox, lab: Client, receiver: Receiver) -> None:
    """No deleted issue, no label, no edit of a milestone: whoever trusts hooks alone misses them."""
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.create_issue("T")
    hooked(lab)
    ann.create_label("l")
    lab.put(f"{PROJECT}/labels/l", json={"new_name": "m"})
    ann.edit_milestone("M", rename="N")
    ann.delete_issue(1)
    sandbox.courier.drain()
    assert receiver.sent == []


def test_milestones_are_told_when_made_closed_and_reopened(
    sandbox: Sandbox, lab: Client, receiver: Receiver
) -> None:
    hooked(lab, "milestone")
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.edit_milestone("M", state="closed")
    ann.edit_milestone("M", state="open")
    sandbox.courier.drain()
    assert [one["action"] for one in receiver.payloads()] == ["create", "close", "reopen"]


def test_notes_and_pushes_are_told(sandbox: Sandbox, lab: Client, receiver: Receiver) -> None:
    sandbox.person().create_issue("T")
    hooked(lab, "note", "push")
    sandbox.person().comment(1, "hello")
    sandbox.person().push("ROADMAP.md", "README.md")
    sandbox.courier.drain()
    assert receiver.names() == ["Note Hook", "Push Hook"]
    note, push = receiver.payloads()
    assert (note["object_attributes"]["note"], note["issue"]["iid"]) == ("hello", 1)
    assert push["commits"][0]["modified"] == ["ROADMAP.md", "README.md"]
    assert push["ref"] == "refs/heads/main"


def test_a_confidential_issue_has_a_hook_of_its_own(
    sandbox: Sandbox, lab: Client, receiver: Receiver
) -> None:
    hooked(lab, "issues")
    hooked(lab, "confidential_issues")
    lab.post(f"{PROJECT}/issues", json={"title": "T", "confidential": True})
    sandbox.courier.drain()
    assert receiver.names() == ["Confidential Issue Hook"]


def test_a_move_closes_here_and_opens_there(sandbox: Sandbox, lab: Client, receiver: Receiver) -> None:
    hooked(lab)
    people.add_project(sandbox.world, "acme/gadgets", "ann")
    sandbox.person().create_issue("T")
    sandbox.person().transfer_issue(1, "acme/gadgets")
    sandbox.courier.drain()
    assert receiver.actions() == ["open", "close"]
    assert receiver.payloads()[1]["object_attributes"]["moved_to_id"] is not None


def test_a_hook_hears_what_it_asked_for(sandbox: Sandbox, lab: Client, receiver: Receiver) -> None:
    hook = hooked(lab, "push")
    sandbox.person().create_issue("T")
    sandbox.courier.drain()
    assert receiver.sent == []
    lab.put(f"{HOOKS}/{hook}", json={"url": "http://127.0.0.1:9/hook", "issues_events": True})
    sandbox.person().close(1)
    sandbox.courier.drain()
    assert receiver.names() == ["Issue Hook"]


def test_a_test_sends_the_newest_thing_of_its_kind(
    sandbox: Sandbox, lab: Client, receiver: Receiver, clock: LogicalClock
) -> None:
    hook = hooked(lab, "push")
    for kind in ("issues", "note", "milestone"):
        answer = lab.post(f"{HOOKS}/{hook}/test/{kind}_events")
        assert (answer.status_code, "Ensure the project has" in answer.json()["message"]) == (422, True)
    ann = sandbox.person()
    ann.create_milestone("M")
    ann.create_issue("T")
    ann.comment(1, "x")
    clock.advance(60)
    for kind in ("issues", "note", "milestone", "push"):
        assert lab.post(f"{HOOKS}/{hook}/test/{kind}_events").status_code == 201
    sandbox.courier.drain()
    assert receiver.names() == ["Issue Hook", "Note Hook", "Milestone Hook", "Push Hook"]


def test_tests_are_limited_to_five_in_a_minute(lab: Client) -> None:
    hook = hooked(lab)
    answers = [lab.post(f"{HOOKS}/{hook}/test/push_events").status_code for _ in range(6)]
    assert answers == [201] * 5 + [429]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"url": "ftp://x"}, 422),
        ({"url": "http://x.invalid", "signing_token": "whsec_short"}, 422),
        ({"url": "http://x.invalid", "signing_token": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, 422),
        ({"issues_events": True}, 400),
        ({"url": "http://x.invalid", "issues_events": "maybe"}, 400),
    ],
)
def test_what_a_hook_cannot_be(lab: Client, judge: Judge, wish: dict[str, Any], status: int) -> None:
    with judge.bad_requests():
        assert lab.post(HOOKS, json=wish).status_code == status


def test_a_hook_is_shown_without_its_secrets(lab: Client) -> None:
    hook = hooked(lab, token="s3cret", signing_token=KEY)
    shown = lab.get(f"{HOOKS}/{hook}")
    assert "s3cret" not in shown.text
    assert KEY not in shown.text
    assert shown.json()["signing_token_present"] is True
    assert [one["id"] for one in lab.get(HOOKS).json()] == [hook]


def test_each_forge_sees_and_serves_its_own_hooks(
    sandbox: Sandbox, lab: Client, client: Client, receiver: Receiver
) -> None:
    ours = hooked(lab)
    wish = {"name": "web", "config": {"url": "http://127.0.0.1:9/h", "content_type": "json"}, "events": ["*"]}
    theirs = client.post(f"{REPO}/hooks", json=wish).json()["id"]
    assert [one["id"] for one in lab.get(HOOKS).json()] == [ours]
    assert [one["id"] for one in client.get(f"{REPO}/hooks").json()] == [theirs]
    assert lab.get(f"{HOOKS}/{theirs}").status_code == 404
    assert client.get(f"{REPO}/hooks/{ours}").status_code == 404
    client.post(f"{REPO}/hooks/{theirs}/pings")
    lab.post(f"{HOOKS}/{ours}/test/push_events")
    sandbox.courier.drain()
    assert [headers.get("X-GitHub-Event") for _, headers in receiver.sent] == ["ping", "ping", None]
    receiver.sent.clear()
    sandbox.person().create_issue("T")
    sandbox.courier.drain()
    assert sorted("X-Gitlab-Event" in headers for _, headers in receiver.sent) == [False, True]
    assert lab.delete(f"{HOOKS}/{ours}").status_code == 204
    assert lab.get(HOOKS).json() == []


def test_a_hook_survives_on_disk(
    new_sandbox: Callable[..., Sandbox], new_lab: Callable[..., Client], tmp_path: Any
) -> None:
    with Sandbox(tmp_path / "box.db", sender=Receiver()) as first:
        made = hooked(new_lab(first), token="t", signing_token=KEY)
        first.person().create_group_milestone("wide")
        people.add_token(first.world, "t", "bot", scopes=("api",), place=first.project())
    second = new_sandbox(tmp_path / "box.db")
    kept = second.world.hooks[made]
    assert (kept.forge, kept.signing, kept.secret) == ("gitlab", KEY, "t")
    assert second.person().milestone("wide").project_id == people.add_group(second.world, "acme").id
    assert second.world.tokens["t"].place_id == second.project().id
