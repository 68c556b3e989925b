"""Which deliveries are believed, byte by byte (threat T1), and how little is read of them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.forge.webhooks import (
    Hint,
    MalformedDelivery,
    delivery_id,
    is_genuine,
    read_delivery,
    touches,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
DIGEST = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
SIGNED = ((b"x-hub-signature-256", b"sha256=" + DIGEST.encode()),)

WHSEC = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
GITLAB_BODY = b'{"object_kind":"issue"}'
SENT = datetime.fromtimestamp(1_700_000_000, tz=UTC)
STANDARD = (
    (b"webhook-id", b"evt-0001"),
    (b"webhook-timestamp", b"1700000000"),
    (b"webhook-signature", b"v1,kFbfmhbe2d2XKP4mF8/kk18qe5fgRopn80swb58elTs="),
)


def github(headers, body=BODY, secrets=(SECRET,)):
    return is_genuine("github", headers, body, secrets, NOW)


def gitlab(headers, body=GITLAB_BODY, secrets=(WHSEC,), now=SENT):
    return is_genuine("gitlab", headers, body, secrets, now)


def test_the_vector_that_github_publishes_is_genuine() -> None:
    assert github(SIGNED)


def sha1() -> bytes:
    return b"sha1=" + hmac.new(SECRET.encode(), BODY, "sha1").hexdigest().encode()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="no signature"),
        pytest.param(((b"x-hub-signature-256", b""),), id="empty"),
        pytest.param(((b"x-hub-signature-256", DIGEST.encode()),), id="without its prefix"),
        pytest.param(((b"x-hub-signature-256", b"sha256=" + DIGEST[:-1].encode()),), id="a digit short"),
        pytest.param(((b"x-hub-signature-256", b"sha256=" + DIGEST[:8].encode()),), id="short"),
        pytest.param(((b"x-hub-signature-256", b"sha256=" + DIGEST.upper().encode()),), id="upper case"),
        pytest.param(((b"x-hub-signature-256", b"SHA256=" + DIGEST.encode()),), id="upper-case prefix"),
        pytest.param(((b"x-hub-signature-256", b" sha256=" + DIGEST.encode()),), id="a blank in front"),
        pytest.param(((b"x-hub-signature", sha1()),), id="SHA-1 alone"),
        pytest.param(((b"x-hub-signature-256", sha1()),), id="SHA-1 under the name of SHA-256"),
        pytest.param((*SIGNED, *SIGNED), id="twice"),
        pytest.param((*SIGNED, (b"x-hub-signature-256", b"sha256=" + b"0" * 64)), id="twice, one wrong"),
        pytest.param(((b"x-hub-signature-256", "sha256=é".encode("latin-1")),), id="not ASCII"),
        pytest.param(((b"x-hub-signature-256", b"sha256=" + b"0" * 64),), id="zeros"),
        pytest.param(((b"x-gitlab-token", SECRET.encode()),), id="as GitLab would"),
    ],
)
def test_a_signature_that_is_not_exactly_githubs_is_refused(headers) -> None:
    assert not github(headers)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_that_differs_in_one_byte_is_refused(place: int, change: int) -> None:
    altered = bytearray(BODY)
    altered[place] ^= change
    assert not github(SIGNED, bytes(altered))


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "utf-8-sig"])
def test_the_same_text_in_another_charset_is_refused(charset: str) -> None:
    body = "Grüße".encode()
    signed = b"sha256=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest().encode()
    assert github(((b"x-hub-signature-256", signed),), body)
    assert not github(((b"x-hub-signature-256", signed),), "Grüße".encode(charset))


@given(
    st.lists(
        st.tuples(st.sampled_from([b"x-hub-signature-256", b"x-hub-signature"]), st.binary()), max_size=3
    )
)
def test_no_other_headers_are_genuine_and_none_breaks_anything(headers: list[tuple[bytes, bytes]]) -> None:
    assert github(headers) == (tuple(one for one in headers if one[0] == SIGNED[0][0]) == SIGNED)


@given(st.lists(st.tuples(st.sampled_from([name for name, _ in STANDARD]), st.binary()), max_size=4))
def test_nor_are_any_of_gitlabs(headers: list[tuple[bytes, bytes]]) -> None:
    assert not gitlab(headers)
    assert not gitlab([(b"x-gitlab-token", value) for _, value in headers], secrets=("a plain secret",))


def test_the_same_json_written_anew_is_refused() -> None:
    body = b'{"a": 1,  "b": 2}'
    signature = b"sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    headers = ((b"x-hub-signature-256", signature),)
    assert github(headers, body)
    assert not github(headers, json.dumps(json.loads(body)).encode())


def test_two_secrets_hold_during_a_rotation_and_none_of_them_afterwards() -> None:
    assert github(SIGNED, secrets=("the next one", SECRET))
    assert github(SIGNED, secrets=(SECRET, "the next one"))
    assert not github(SIGNED, secrets=("the next one",))


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_is_genuine(secrets) -> None:
    empty = b"sha256=" + hmac.new(b"", BODY, hashlib.sha256).hexdigest().encode()
    assert not github(((b"x-hub-signature-256", empty),), secrets=secrets)
    assert not gitlab(((b"x-gitlab-token", b""),), secrets=secrets)


def test_the_vector_of_gitlabs_signing_scheme_is_genuine() -> None:
    assert gitlab(STANDARD)


def test_one_of_several_signatures_is_enough() -> None:
    several = (*STANDARD[:2], (b"webhook-signature", b"v1,AAAA " + STANDARD[2][1]))
    assert gitlab(several)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_delivery_of_five_minutes_age_is_genuine(seconds: int) -> None:
    assert gitlab(STANDARD, now=SENT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_older_delivery_or_one_from_the_future_is_refused(seconds: int) -> None:
    assert not gitlab(STANDARD, now=SENT + timedelta(seconds=seconds))


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_signed_delivery_needs_all_its_headers(missing: int) -> None:
    assert not gitlab(STANDARD[:missing] + STANDARD[missing + 1 :])


@pytest.mark.parametrize("when", [b"", b"-1700000000", b"1.7e9", b"9" * 400, b"\xb2"])
def test_a_time_that_is_none_is_refused(when: bytes) -> None:
    assert not gitlab((STANDARD[0], (b"webhook-timestamp", when), STANDARD[2]))


def test_the_signature_covers_id_time_and_body() -> None:
    assert not gitlab(((b"webhook-id", b"evt-0002"), *STANDARD[1:]))
    assert not gitlab((STANDARD[0], (b"webhook-timestamp", b"1700000001"), STANDARD[2]))
    assert not gitlab(STANDARD, GITLAB_BODY + b" ")


def test_a_signing_secret_is_never_taken_as_a_plain_token() -> None:
    assert not gitlab(((b"x-gitlab-token", WHSEC.encode()),))
    assert not gitlab(((b"x-gitlab-token", b"whsec_!"),), secrets=("whsec_!",))


def test_a_plain_secret_of_gitlab_is_compared_as_it_is() -> None:
    assert gitlab(((b"x-gitlab-token", b"plain"),), secrets=("plain",))
    for wrong in (b"", b"plai", b"plain ", b"PLAIN", b"pl\xe4in"):
        assert not gitlab(((b"x-gitlab-token", wrong),), secrets=("plain",))
    twice = ((b"x-gitlab-token", b"plain"), (b"x-gitlab-token", b"plain"))
    assert not gitlab(twice, secrets=("plain",))


def test_a_rotation_from_a_plain_secret_to_a_signing_one_knows_both() -> None:
    assert gitlab(STANDARD, secrets=("plain", WHSEC))
    assert gitlab(((b"x-gitlab-token", b"plain"),), secrets=("plain", WHSEC))


# What is read


def asked(event: str, data: object) -> Hint:
    return read_delivery("github", ((b"x-github-event", event.encode()),), json.dumps(data).encode())


REPOSITORY = {"repository": {"full_name": "acme/widgets", "id": 5}}


def test_a_delivery_about_an_issue_names_it() -> None:
    hint = asked("issues", {"action": "closed", "issue": {"number": 7, "title": "x"}, **REPOSITORY})
    assert hint == Hint("issues", True, "acme/widgets", frozenset({7}))


def test_parent_and_child_are_named_unless_they_live_elsewhere() -> None:
    data = {"parent_issue": {"number": 1}, "sub_issue": {"number": 2}, **REPOSITORY}
    assert asked("sub_issues", data).issues == {1, 2}
    assert asked("sub_issues", {**data, "sub_issue_repo": {"id": 6}}).issues == {1}


@pytest.mark.parametrize("event", ["milestone", "label"])
def test_milestones_and_labels_ask_for_a_run_that_reads_the_lists(event: str) -> None:
    assert asked(event, {"action": "edited", **REPOSITORY}) == Hint(event, True, "acme/widgets")


@pytest.mark.parametrize("event", ["ping", "issue_comment", "star", ""])
def test_what_moves_nothing_of_ours_asks_for_no_run(event: str) -> None:
    assert not asked(event, {"zen": "…", **REPOSITORY}).sync


def test_the_names_of_events_are_few_whatever_is_sent() -> None:
    assert asked("x" * 500, {}).event == "other"


def push(*commits: object, **more: object) -> Hint:
    return asked("push", {"ref": "refs/heads/main", "commits": list(commits), **REPOSITORY, **more})


def test_a_push_says_which_files_it_touched() -> None:
    hint = push({"added": ["a.md"], "modified": ["docs/ROADMAP.md"], "removed": []}, {"removed": ["b"]})
    assert hint.paths == frozenset({"a.md", "docs/ROADMAP.md", "b"})
    assert touches(hint, "docs/ROADMAP.md")
    assert touches(hint, "ROADMAP.md")  # the configuration may lie deeper than the root of the repository
    assert touches(hint, "checkout/docs/ROADMAP.md")  # or above it
    assert not touches(hint, "ADMAP.md")
    assert not touches(hint, "docs/TODO.md")


def test_a_push_that_does_not_say_all_of_them_may_have_touched_any() -> None:
    for hint in (push(), push({"modified": ["x"]}, forced=True), push({"modified": ["x"]}, created=True)):
        assert touches(hint, "ROADMAP.md")


def test_a_branch_that_was_deleted_touched_nothing() -> None:
    assert not push(deleted=True).sync


def test_what_is_no_push_touches_no_file() -> None:
    assert not touches(Hint("issues", True), "ROADMAP.md")


def test_a_delivery_in_githubs_own_form_is_read_too() -> None:
    headers = (
        (b"x-github-event", b"issues"),
        (b"content-type", b"application/x-www-form-urlencoded; charset=utf-8"),
    )
    body = b"payload=" + quote(json.dumps({"issue": {"number": 3}, **REPOSITORY})).encode()
    assert read_delivery("github", headers, body).issues == {3}


NO_NUMBERS = ("0", "-1", "true", "1e3", '"7"', "99999999999", "null")
NO_ISSUES = [
    b"",
    b"{",
    b"[]",
    b"7",
    b"\xff",
    b'{"issue":' + b"[" * 100_000,
    b"9" * 10_000,
    b"{}",
    *(f'{{"issue":{{"number":{one}}},"repository":{{"full_name":"a/b"}}}}'.encode() for one in NO_NUMBERS),
]


@pytest.mark.parametrize("body", NO_ISSUES, ids=range(len(NO_ISSUES)))
def test_what_is_signed_and_makes_no_sense_is_refused_in_one_way(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        read_delivery("github", ((b"x-github-event", b"issues"),), body)


@given(
    st.sampled_from(["issues", "sub_issues", "push", "milestone", "label", "ping"]), st.binary(max_size=60)
)
def test_whatever_is_sent_is_read_or_refused(event: str, body: bytes) -> None:
    for kind in ("github", "gitlab"):
        try:
            read_delivery(kind, ((b"x-github-event", event.encode()),), body)
        except MalformedDelivery:
            continue


def told(**data: object) -> Hint:
    return read_delivery(
        "gitlab", (), json.dumps({"project": {"path_with_namespace": "a/b"}, **data}).encode()
    )


@pytest.mark.parametrize("kind", ["issue", "work_item"])
def test_gitlab_names_an_issue_by_its_iid(kind: str) -> None:
    hint = told(object_kind=kind, object_attributes={"id": 900, "iid": 4})
    assert hint == Hint(kind, True, "a/b", frozenset({4}))


def test_a_comment_on_an_issue_may_hold_a_quick_action_and_one_elsewhere_does_not_concern_us() -> None:
    issue = {"object_kind": "note", "issue": {"iid": 4}}
    assert told(**issue, object_attributes={"noteable_type": "Issue"}).issues == {4}
    assert not told(**issue, object_attributes={"noteable_type": "MergeRequest"}).sync


def test_a_push_of_more_commits_than_gitlab_lists_may_have_touched_any_file() -> None:
    commits = [{"added": [], "modified": ["x.md"], "removed": []}]
    assert not touches(told(object_kind="push", after="a1", total_commits_count=1, commits=commits), "R.md")
    assert touches(told(object_kind="push", after="a1", total_commits_count=21, commits=commits), "R.md")
    assert not told(object_kind="push", after="0" * 40, commits=[]).sync


def test_other_kinds_of_gitlab_ask_for_no_run() -> None:
    assert told(object_kind="milestone").sync
    assert not told(object_kind="pipeline").sync


def test_a_repeated_delivery_is_recognised_by_what_the_forge_keeps() -> None:
    assert delivery_id("github", ((b"x-github-delivery", b"guid"),)) == "guid"
    assert delivery_id("gitlab", ((b"x-gitlab-event-uuid", b"u"), (b"idempotency-key", b"k"))) == "k"
    assert delivery_id("gitlab", ((b"x-gitlab-event-uuid", b"u"),)) == "u"
    assert delivery_id("github", ()) == ""
