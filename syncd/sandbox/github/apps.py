"""GitHub Apps: who they are, where they are installed, and their tokens, which live for an hour (api-facts F.1)."""

from __future__ import annotations

from typing import Any

import jwt

from syncd.sandbox import people
from syncd.sandbox.clock import stamp
from syncd.sandbox.github.call import Answer, Call
from syncd.sandbox.github.refusals import Refused, not_found
from syncd.sandbox.records import App, Role, Token
from syncd.sandbox.world import World

PREFIX = "ghs_"
HOUR = 3600
LONGEST = 600
"""Seconds that an App's own claim may hold."""
_PERMISSION = {Role.READ: "read", Role.TRIAGE: "read", Role.WRITE: "write", Role.ADMIN: "write"}


def is_of_app(token: Token) -> bool:
    return token.secret.startswith(PREFIX)


def is_jwt(secret: str) -> bool:
    return secret.count(".") == 2


def bearer(world: World, secret: str) -> App | None:
    """The App whose key signed this. Raises Refused (401) as GitHub does."""
    if not is_jwt(secret):
        return None
    try:
        app = world.apps.get(int(jwt.decode(secret, options={"verify_signature": False})["iss"]))
        claims = jwt.decode(
            secret,
            app.public_key if app else "",
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_iss": False},
        )
    except (jwt.PyJWTError, KeyError, ValueError):
        raise Refused(401, "A JSON web token could not be decoded") from None
    now = world.now()
    if claims.get("iat", now + 1) > now:
        raise Refused(401, "'Issued at' claim ('iat') must be an Integer representing the time in the past")
    if claims.get("exp", 0) <= now:
        raise Refused(401, "'Expiration time' claim ('exp') must be a numeric value in the future")
    if claims["exp"] > now + LONGEST:
        raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
    return app


def get_app(call: Call) -> Answer:
    app = _app(call)
    return Answer(
        200,
        {
            "id": app.id,
            "slug": app.slug,
            "node_id": f"A_{app.id}",
            "owner": {"login": app.slug},
            "name": app.slug,
            "description": "",
            "external_url": call.base,
            "html_url": f"{call.base}/apps/{app.slug}",
            "created_at": stamp(0),
            "updated_at": stamp(0),
            "permissions": _permissions(app),
            "events": [],
        },
    )


def get_installation(call: Call) -> Answer:
    app = _app(call)
    project = people.current(call.world, f"{call.params['owner']}/{call.params['repo']}")
    if project is None or project.id not in app.place_ids:
        raise not_found()
    return Answer(200, {"id": app.installation, "app_id": app.id, "permissions": _permissions(app)})


def create_token(call: Call) -> Answer:
    """What is asked for may be less than what was granted, never more."""
    app = _app(call)
    if call.params["installation_id"] != app.installation:
        raise not_found()
    granted = _permissions(app)
    wanted: dict[str, str] = call.json().get("permissions", granted)
    if any(wish == "write" != granted.get(name) or name not in granted for name, wish in wanted.items()):
        raise Refused(422, "The permissions requested are not granted to this installation.")
    world = call.world
    secret, ends = f"{PREFIX}{app.slug}{world.new_id()}", world.now() + HOUR
    people.add_token(world, secret, app.bot, Role(app.cap), (), ends)
    permissions = {"metadata": "read", **wanted}
    body = {"token": secret, "expires_at": stamp(ends), "permissions": permissions}
    return Answer(201, {**body, "repository_selection": "selected"})


def _app(call: Call) -> App:
    if call.app is None:
        raise Refused(401, "A JSON web token could not be decoded")
    return call.app


def _permissions(app: App) -> dict[str, Any]:
    return {"issues": _PERMISSION[Role(app.cap)], "metadata": "read"}
