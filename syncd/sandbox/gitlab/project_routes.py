"""Routes for the account, projects, groups, people, the version and hooks."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from syncd.sandbox.gitlab import given, paging, shapes
from syncd.sandbox.gitlab.call import Call
from syncd.sandbox.gitlab.deliveries import nothing_to_test
from syncd.sandbox.gitlab.refusals import not_found, said, unauthorized, unreadable
from syncd.sandbox.records import Hook, Role
from syncd.sandbox.wire import Answer

VERSION = "18.9.0"


def get_user(call: Call) -> Answer:
    return Answer(200, shapes.own_user(call, call.me))


def get_metadata(call: Call) -> Answer:
    if call.user is None:
        raise unauthorized()
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    paid = call.world.tier != "free"
    return Answer(200, {"version": VERSION, "revision": "5a2d80b1", "kas": kas, "enterprise": paid})


def get_version(call: Call) -> Answer:
    if call.user is None:
        raise unauthorized()
    return Answer(200, {"version": VERSION, "revision": "5a2d80b1"})


def own_token(call: Call) -> Answer:
    """`GET /personal_access_tokens/self`: what this token may do, and until when."""
    token = call.token
    if token is None:
        raise unauthorized()
    expires = shapes.stamp(token.expires_at)[:10] if token.expires_at is not None else None
    return Answer(
        200,
        {
            "id": 1,
            "name": "sandbox",
            "revoked": False,
            "created_at": shapes.stamp(0),
            "scopes": ["api" if scope == "repo" else scope for scope in token.scopes],
            "user_id": call.me.id,
            "active": True,
            "expires_at": expires,
        },
    )


def list_users(call: Call) -> Answer:
    wanted = str(call.given.get("username", "")).lower()
    found = [one.login for one in call.world.users.values() if wanted in ("", one.login.lower())]
    return paging.numbered(call, found, shapes.user)


def get_project(call: Call) -> Answer:
    call.throttle("project_api", call.meter.limits.projects_per_minute)
    return Answer(200, shapes.project(call, call.project()))


def list_projects(call: Call) -> Answer:
    found = [one for one in call.world.projects.values() if call.role(one) >= Role.READ]
    return paging.numbered(call, found, shapes.project)


def get_group(call: Call) -> Answer:
    return Answer(200, shapes.group(call, call.group()))


def list_members(call: Call) -> Answer:
    project = call.project()
    found = [(login, role) for login, role in project.roles.items() if role]
    if query := str(call.given.get("query", "")).lower():
        found = [(login, role) for login, role in found if query in login.lower()]
    return paging.numbered(call, found, lambda _, one: shapes.member(call, *one))


def get_member(call: Call) -> Answer:
    project, who = call.project(), call.params["user_id"]
    for login, role in project.roles.items():
        user = call.world.users.get(login.lower())
        if role and user and user.id == who:
            return Answer(200, shapes.member(call, login, role))
    raise not_found()


def list_hooks(call: Call) -> Answer:
    project = call.project_for(Role.ADMIN)
    found = [
        one for one in call.world.hooks.values() if (one.project_id, one.forge) == (project.id, "gitlab")
    ]
    return paging.numbered(call, found, shapes.hook)


def create_hook(call: Call) -> Answer:
    project = call.project_for(Role.ADMIN)
    given.required(call.given, "url")
    wish = _hook_wish(call, ("push_events",))
    with call.world.effect(call.origin) as effect:
        made = Hook(
            call.world.new_id(),
            project.id,
            secret=wish.pop("secret", None),
            created_at=effect.at,
            updated_at=effect.at,
            forge="gitlab",
            **wish,
        )
        call.world.put(made)
        call.world.note("hook.created", project.id, made.id)
    return Answer(201, shapes.hook(call, made))


def _hook_wish(call: Call, before: tuple[str, ...]) -> dict[str, Any]:
    wish: dict[str, Any] = {}
    if "url" in call.given:
        wish["url"] = given.text(call.given, "url") or ""
        if not wish["url"].startswith(("http://", "https://")):
            raise said(422, {"url": ["is blocked: Only allowed schemes are http, https"]})
    if "token" in call.given:
        wish["secret"] = given.text(call.given, "token") or None
    if call.given.get("signing_token"):
        wish["signing"] = str(call.given["signing_token"])
        if _key(wish["signing"]) is None:
            raise said(422, {"signing_token": ["is invalid"]})
    chosen = {name: name in before for name in shapes.EVENTS}
    chosen |= {name: given.truth(call.given, name) for name in shapes.EVENTS if name in call.given}
    return {**wish, "events": tuple(name for name, wanted in chosen.items() if wanted)}


def _key(token: str) -> bytes | None:
    try:
        key = base64.b64decode(token.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return None
    return key if token.startswith("whsec_") and len(key) == 32 else None


def _hook(call: Call) -> Hook:
    project = call.project_for(Role.ADMIN)
    found = call.world.hooks.get(call.params["hook_id"])
    if found is None or (found.project_id, found.forge) != (project.id, "gitlab"):
        raise not_found()
    return found


def get_hook(call: Call) -> Answer:
    return Answer(200, shapes.hook(call, _hook(call)))


def edit_hook(call: Call) -> Answer:
    hook = _hook(call)
    with call.world.effect(call.origin) as effect:
        after = call.world.put(replace(hook, **_hook_wish(call, hook.events), updated_at=effect.at))
        call.world.note("hook.edited", hook.project_id, hook.id)
    return Answer(200, shapes.hook(call, after))


def delete_hook(call: Call) -> Answer:
    hook = _hook(call)
    with call.world.effect(call.origin):
        call.world.remove(hook)
        call.world.note("hook.deleted", hook.project_id, hook.id)
    return Answer(204)


def test_hook(call: Call) -> Answer:
    hook, trigger = _hook(call), call.params["trigger"]
    call.throttle("web_hook_test", 5)
    if trigger not in shapes.EVENTS:
        raise unreadable("trigger", "does not have a valid value")
    if lacking := nothing_to_test(call, hook.project_id, trigger):
        raise said(422, lacking)
    with call.world.effect(call.origin):
        call.world.note("hook.tested", hook.project_id, hook.id, {"trigger": (None, trigger)})
    return Answer(201, {"message": "201 Created"})
