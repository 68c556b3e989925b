"""Deliveries of webhooks: who may have sent one, and what it points at. Bytes in, values out; nothing is asked.

A delivery is a hint (I16): it says where to look, never what is there. So little is read of it, and nothing of what
people wrote. What is not signed with a secret of ours is not parsed at all (threat T1, api-facts §E):

=======================  ==============================================================================
GitHub                   ``X-Hub-Signature-256``: HMAC-SHA256 over the raw bytes. The SHA-1 header counts nothing
GitLab, plain secret     ``X-Gitlab-Token``: the secret itself, so it says nothing of the body
GitLab, ``whsec_`` ...   ``webhook-signature``: HMAC-SHA256 over id, time and raw bytes, five minutes old at most
=======================  ==============================================================================
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

Headers = Sequence[tuple[bytes, bytes]]
"""As they came: names in lower case, each as often as it was sent."""

SKEW = 300
"""Seconds that a signed delivery of GitLab may be old, or ahead of us."""
_SIGNING = "whsec_"
_LARGEST_NUMBER = 2**31


class MalformedDelivery(ValueError):
    """Signed, and yet not what the forge sends."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a delivery points at.

    ``issues`` are numbers on the project ``project`` (``owner/name``); ``paths`` the files a push touched, None where
    it does not say all of them. ``sync`` is False for what moves nothing of ours (a ping, a comment).
    """

    event: str
    sync: bool
    project: str = ""
    issues: frozenset[int] = frozenset()
    push: bool = False
    paths: frozenset[str] | None = None


def is_genuine(kind: str, headers: Headers, body: bytes, secrets: Iterable[str], now: datetime) -> bool:
    """Whether one of the secrets (two during a rotation) signed this delivery. No secret signs nothing.

    ``now`` is aware; only GitLab's signing scheme asks for the time. ``kind`` is that of the remote.
    """
    check = _github_signed if kind == "github" else _gitlab_signed
    # All are tried, so that the time taken does not tell which one was right.
    return True in [check(headers, body, secret, now) for secret in secrets if secret]


def delivery_id(kind: str, headers: Headers) -> str:
    """What a repeated delivery has in common with its first, or nothing: both forges keep it when they send again."""
    names = ("x-github-delivery",) if kind == "github" else ("idempotency-key", "x-gitlab-event-uuid")
    found = (_only(headers, name) for name in names)
    return next((value.decode("latin-1") for value in found if value), "")


def read_delivery(kind: str, headers: Headers, body: bytes) -> Hint:
    """What a genuine delivery points at. Raises :class:`MalformedDelivery`; an event we do not know is none."""
    data = _json(headers, body)
    if kind == "github":
        event = (_only(headers, "x-github-event") or b"").decode("latin-1")
        return _known(_GITHUB, event, data)
    return _known(_GITLAB, str(data.get("object_kind", "")), data)


def touches(hint: Hint, path: str) -> bool:
    """Whether a push may have changed the roadmap at ``path``. Where the checkout begins is not known to a forge, so
    one path may be the end of the other."""
    if not hint.push:
        return False
    if hint.paths is None:
        return True
    mine = path.strip("/").split("/")
    return any(_ends_with(mine, one.split("/")) or _ends_with(one.split("/"), mine) for one in hint.paths)


def _ends_with(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    return len(longer) >= len(shorter) and list(longer[-len(shorter) :]) == list(shorter)


def _only(headers: Headers, name: str) -> bytes | None:
    """The value of a header that was sent once. Sent twice, a proxy and we might each believe another one."""
    found = [value for key, value in headers if key == name.encode()]
    return found[0] if len(found) == 1 else None


# Who may have sent it


def _github_signed(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:  # noqa: ARG001 - one face for all schemes
    sent = _only(headers, "x-hub-signature-256") or b""
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # Bytes, for `compare_digest` refuses text that is not ASCII, and a header may hold anything.
    return hmac.compare_digest(wanted.encode(), sent)


def _gitlab_signed(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    if secret.startswith(_SIGNING):
        return _standard_signed(headers, body, secret, now)
    sent = _only(headers, "x-gitlab-token") or b""
    # Digests, so that the length of the secret does not show in the time it takes.
    mine, theirs = (hashlib.sha256(value).digest() for value in (secret.encode(), sent))
    return hmac.compare_digest(mine, theirs)


def _standard_signed(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    """The scheme of Standard Webhooks: ``v1,`` and Base64, several of them with blanks between."""
    given, when = _only(headers, "webhook-id"), _only(headers, "webhook-timestamp")
    sent = _only(headers, "webhook-signature")
    key = _signing_key(secret)
    if not (key and given and when and sent) or not when.isdigit() or len(when) > 12:
        return False
    if abs(now.timestamp() - int(when)) > SKEW:
        return False
    signed = hmac.new(key, b".".join((given, when, body)), hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(signed)
    return any(hmac.compare_digest(wanted, one) for one in sent.split())


def _signing_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_SIGNING), validate=True)
    except (binascii.Error, ValueError):
        return b""


# What it points at


def _json(headers: Headers, body: bytes) -> Mapping[str, Any]:
    kind = (_only(headers, "content-type") or b"").split(b";")[0].strip().lower()
    try:
        if kind == b"application/x-www-form-urlencoded":  # what GitHub sends unless it is told otherwise
            body = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=8)["payload"][
                0
            ].encode()
        data = json.loads(body)
    except (ValueError, KeyError, RecursionError) as error:
        raise MalformedDelivery(f"not JSON: {type(error).__name__}") from None
    if not isinstance(data, dict):
        raise MalformedDelivery("not a JSON object")
    return data


_Read = Callable[[Mapping[str, Any]], Hint]


def _known(table: Mapping[str, _Read], event: str, data: Mapping[str, Any]) -> Hint:
    if event not in table:
        return Hint("other", sync=False)
    try:
        return table[event](data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedDelivery(f"{event}: {type(error).__name__}") from None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _LARGEST_NUMBER:
        raise ValueError("not a number of an issue")
    return value


def _paths(commits: Any) -> Iterator[str]:
    for commit in commits:
        for kind in ("added", "modified", "removed"):
            yield from map(str, commit.get(kind, ()))


def _pushed(event: str, project: str, commits: Any, *, all_told: bool) -> Hint:
    paths = frozenset(_paths(commits))
    # A branch that was set back to an older commit brings no commits at all, and yet the file may be another one.
    return Hint(event, True, project, push=True, paths=paths if all_told and commits else None)


def _github_project(data: Mapping[str, Any]) -> str:
    return str(data["repository"]["full_name"])


def _github_issue(data: Mapping[str, Any]) -> Hint:
    return Hint("issues", True, _github_project(data), frozenset({_number(data["issue"]["number"])}))


def _github_family(data: Mapping[str, Any]) -> Hint:
    """A parent and its child, each named if it is at hand and of this project."""
    project = _github_project(data)
    numbers = {
        _number(data[key]["number"])
        for key in ("parent_issue", "sub_issue")
        if data.get(key) and _same_home(data, key)
    }
    return Hint("sub_issues", True, project, frozenset(numbers))


def _same_home(data: Mapping[str, Any], key: str) -> bool:
    home = data.get(f"{key}_repo")
    return not home or home.get("id") == data["repository"].get("id")


def _github_push(data: Mapping[str, Any]) -> Hint:
    if data.get("deleted"):
        return Hint("push", sync=False)
    all_told = not data.get("forced") and not data.get("created")
    return _pushed("push", _github_project(data), data["commits"], all_told=all_told)


_GITHUB: Mapping[str, _Read] = {
    "ping": lambda _: Hint("ping", sync=False),
    "issues": _github_issue,
    "sub_issues": _github_family,
    "milestone": lambda data: Hint("milestone", True, _github_project(data)),
    "label": lambda data: Hint("label", True, _github_project(data)),
    "push": _github_push,
}


def _gitlab_project(data: Mapping[str, Any]) -> str:
    return str(data["project"]["path_with_namespace"])


def _gitlab_issue(data: Mapping[str, Any]) -> Hint:
    number = _number(data["object_attributes"]["iid"])
    return Hint(str(data["object_kind"]), True, _gitlab_project(data), frozenset({number}))


def _gitlab_note(data: Mapping[str, Any]) -> Hint:
    if data["object_attributes"].get("noteable_type") != "Issue" or not data.get("issue"):
        return Hint("note", sync=False)
    # A comment moves nothing, but a quick action in it may have, and not each of them has an event of its own.
    return Hint("note", True, _gitlab_project(data), frozenset({_number(data["issue"]["iid"])}))


def _gitlab_push(data: Mapping[str, Any]) -> Hint:
    after = str(data.get("after") or "")
    if after and not after.strip("0"):
        return Hint("push", sync=False)
    # Only the newest twenty commits are told of.
    all_told = int(data.get("total_commits_count") or 0) <= len(data["commits"])
    return _pushed("push", _gitlab_project(data), data["commits"], all_told=all_told)


_GITLAB: Mapping[str, _Read] = {
    "issue": _gitlab_issue,
    "work_item": _gitlab_issue,
    "note": _gitlab_note,
    "milestone": lambda data: Hint("milestone", True, _gitlab_project(data)),
    "push": _gitlab_push,
}
