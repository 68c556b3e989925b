"""Routes for the account, the repository, the rate limit and hooks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from syncd.sandbox.github import apps, paging, shapes
from syncd.sandbox.github.call import Answer, Call
from syncd.sandbox.github.refusals import Refused, invalid, not_found
from syncd.sandbox.github.wishes import expect, require
from syncd.sandbox.records import Hook, Role


def get_user(call: Call) -> Answer:
    if call.token and apps.is_of_app(call.token):
        raise Refused(403, "Resource not accessible by integration")
    return Answer(200, shapes.own_user(call, call.me))


def get_repository(call: Call) -> Answer:
    return Answer(200, shapes.repository(call, call.project()))


def list_hooks(call: Call) -> Answer:
    project = call.project_for(Role.ADMIN)
    found = [
        one for one in call.world.hooks.values() if (one.project_id, one.forge) == (project.id, "github")
    ]
    return paging.numbered(call, found, shapes.hook)


def create_hook(call: Call) -> Answer:
    project = call.project_for(Role.ADMIN)
    body = call.json()
    require(body, "config")
    config = expect(body, "config", dict)
    if not str(config.get("url", "")).startswith(("http://", "https://")):
        raise invalid("Hook", "url", "missing_field")
    with call.world.effect(call.origin) as effect:
        made = Hook(
            call.world.new_id(),
            project.id,
            config["url"],
            config.get("secret"),
            tuple(expect(body, "events", list)) if "events" in body else ("push",),
            effect.at,
            effect.at,
            bool(body.get("active", True)),
            config.get("content_type", "form"),
        )
        call.world.put(made)
        call.world.note("hook.created", project.id, made.id)
    shape = shapes.hook(call, made)
    return Answer(201, shape, {"Location": shape["url"]})


def _hook(call: Call) -> Hook:
    project = call.project_for(Role.ADMIN)
    found = call.world.hooks.get(call.params["hook_id"])
    if found is None or (found.project_id, found.forge) != (project.id, "github"):
        raise not_found()
    return found


def get_hook(call: Call) -> Answer:
    return Answer(200, shapes.hook(call, _hook(call)))


def edit_hook(call: Call) -> Answer:
    hook, body = _hook(call), call.json()
    with call.world.effect(call.origin) as effect:
        wish: dict[str, Any] = {}
        if "active" in body:
            wish["active"] = expect(body, "active", bool)
        if "events" in body:
            wish["events"] = tuple(expect(body, "events", list))
        if "config" in body:
            config = expect(body, "config", dict)
            wish |= {name: config[name] for name in ("url", "secret", "content_type") if name in config}
        after = call.world.put(replace(hook, **wish, updated_at=effect.at))
        call.world.note("hook.edited", hook.project_id, hook.id)
    return Answer(200, shapes.hook(call, after))


def delete_hook(call: Call) -> Answer:
    hook = _hook(call)
    with call.world.effect(call.origin):
        call.world.remove(hook)
        call.world.note("hook.deleted", hook.project_id, hook.id)
    return Answer(204)


def ping_hook(call: Call) -> Answer:
    hook = _hook(call)
    with call.world.effect(call.origin):
        call.world.note("hook.pinged", hook.project_id, hook.id)
    return Answer(204)
