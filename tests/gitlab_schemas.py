"""The judge of every exchange with GitLab's dialect: the schemas that GitLab's own request specs assert with, for
answers, and GitLab's OpenAPI for requests.

The OpenAPI knows no labels, milestones, notes, members or groups. Those requests are held to `WRITTEN`, a table after
GitLab's documentation and the attributes that python-gitlab declares. What the published document gets wrong or
leaves out is named here, each with its reason, and nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from syncd.sandbox.wire import Asked, Exchange, Reply
from tests.openapi import closed_schema, faults_of, json_schema, pattern_of, typed

ROOT = "/api/v4"
Json = dict[str, Any]

TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
TRUTH: Json = {"type": "boolean"}
NULL: Json = {"type": "null"}
DATE: Json = {"anyOf": [{"type": "string", "pattern": r"^(\d{4}-\d\d-\d\d)?$"}, NULL]}
PAGES = {"page": WHOLE, "per_page": WHOLE}
STATE: Json = {"type": "string", "enum": ["active", "closed", "all"]}
TURNS: Json = {"type": "string", "enum": ["close", "activate"]}

KEYSET = {"pagination": {"type": "string", "enum": ["keyset", "legacy"]}}
"""Described in the API's guide to pagination for project issues; the document has only `cursor`."""

OPTIONAL_TEXT: Json = {"anyOf": [TEXT, NULL]}
NAMES: Json = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
"""Labels: the document types an array and describes "comma-separated list" in the same breath; both are taken."""

CLEARED: Mapping[str, Json] = {
    "labels": NAMES,
    "add_labels": NAMES,
    "remove_labels": NAMES,
    "description": OPTIONAL_TEXT,
    "due_date": DATE,
    "milestone_id": {"anyOf": [WHOLE, NULL]},
}
"""Members of issue requests that may be cleared, which the document does not say."""

SIGNING = {"signing_token": TEXT}
"""A member of hooks that is newer than the document."""

_MILESTONES = {
    **PAGES,
    "iids": {"type": "array", "items": WHOLE},
    "state": STATE,
    "title": TEXT,
    "search": TEXT,
    "include_ancestors": TRUTH,
    "include_parent_milestones": TRUTH,
    "updated_after": {"type": "string", "format": "date-time"},
    "updated_before": {"type": "string", "format": "date-time"},
}
_LABELS = {**PAGES, "with_counts": TRUTH, "include_ancestor_groups": TRUTH, "search": TEXT}
_LABEL = {"color": TEXT, "description": OPTIONAL_TEXT, "priority": {"anyOf": [WHOLE, NULL]}}
_MILESTONE = {"title": TEXT, "description": OPTIONAL_TEXT, "due_date": DATE, "start_date": DATE}
_EITHER = ("projects/{id}", "groups/{id}")


def _object(members: Mapping[str, Json], *required: str) -> Json:
    return {"type": "object", "properties": dict(members), "required": list(required)}


def _written() -> Iterator[tuple[str, str, Mapping[str, Json], Json | None]]:
    """(method, route, query, body) of what the document leaves out."""
    for route in ("version", "metadata", "personal_access_tokens/self"):
        yield "GET", route, {}, None
    yield "GET", "users", {**PAGES, "username": TEXT, "search": TEXT}, None
    yield "GET", "projects", {**PAGES, "membership": TRUTH, "search": TEXT}, None
    yield "GET", "groups/{id}", {"with_projects": TRUTH}, None
    for rest in ("members", "members/all", "users"):
        yield "GET", f"projects/{{id}}/{rest}", {**PAGES, "query": TEXT, "user_ids": {"type": "array"}}, None
    for rest in ("members/{user_id}", "members/all/{user_id}"):
        yield "GET", f"projects/{{id}}/{rest}", {}, None
    notes = "projects/{id}/issues/{issue_iid}/notes"
    yield "GET", notes, {**PAGES, "sort": {"enum": ["asc", "desc"]}, "order_by": TEXT}, None
    yield "POST", notes, {}, _object({"body": TEXT, "internal": TRUTH}, "body")
    for place in _EITHER:
        yield "GET", f"{place}/labels", _LABELS, None
        yield "POST", f"{place}/labels", {}, _object({"name": TEXT, **_LABEL}, "name", "color")
        yield "PUT", f"{place}/labels", {}, _object({"name": TEXT, "new_name": TEXT, **_LABEL}, "name")
        yield "GET", f"{place}/labels/{{label}}", {"include_ancestor_groups": TRUTH}, None
        yield "PUT", f"{place}/labels/{{label}}", {}, _object({"new_name": TEXT, **_LABEL})
        yield "DELETE", f"{place}/labels/{{label}}", {}, None
        yield "GET", f"{place}/milestones", _MILESTONES, None
        yield "POST", f"{place}/milestones", {}, _object(_MILESTONE, "title")
        one = f"{place}/milestones/{{milestone_id}}"
        yield "GET", one, {}, None
        yield "PUT", one, {}, _object({**_MILESTONE, "state_event": TURNS})
        yield "DELETE", one, {}, None


ANSWERS = (
    (r"projects/{id}/issues", "issue"),
    (r"projects/{id}/issues/{issue_iid}", "issue"),
    (r"projects/{id}/issues/{issue_iid}/move", "issue"),
    (r"projects/{id}/issues/{issue_iid}/notes", "note"),
    (r"projects/{id}/hooks", "project_hook"),
    (r"projects/{id}/hooks/{hook_id}", "project_hook"),
    *((f"{place}/labels", "label") for place in _EITHER),
    *((f"{place}/labels/{{label}}", "label") for place in _EITHER),
    *((f"{place}/milestones", "milestone") for place in _EITHER),
    *((f"{place}/milestones/{{milestone_id}}", "milestone") for place in _EITHER),
)
"""Which schema an answer is held to; other answers need only be JSON."""

EXTRA_REQUIRED = {"label": ["id", "name", "color", "description"]}
"""GitLab's schema of a label requires nothing, and so would judge nothing."""

STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
REFUSED = (400, 401, 403, 404, 405, 409, 412, 422)
DONE = {"GET": 200, "POST": 201, "PUT": 200, "DELETE": 204}


@dataclass(frozen=True, slots=True)
class Operation:
    """One route and method; `pattern` matches paths below the API's root, still encoded."""

    method: str
    template: str
    pattern: re.Pattern[str]
    query: Mapping[str, Json]
    body: Json | None


@dataclass
class GitLabChecker:
    """`problems(exchange)` says what an exchange does that GitLab's documents do not allow."""

    document: Json
    schemas: Json
    _validators: dict[str, jsonschema_rs.Validator] = field(default_factory=dict)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        published = [
            self._operation(method.upper(), template.removeprefix(f"{ROOT}/"), spec)
            for template, methods in self.document["paths"].items()
            for method, spec in methods.items()
        ]
        written = [
            Operation(method, template, pattern_of(template), query, body)
            for method, template, query, body in _written()
        ]
        return (*published, *written)

    def _operation(self, method: str, template: str, spec: Json) -> Operation:
        query = {one["name"]: one["schema"] for one in spec.get("parameters", []) if one["in"] == "query"}
        content = spec.get("requestBody", {}).get("content", {}).get("application/json")
        body = deepcopy(self._resolved(content["schema"])) if content else None
        if template == "projects/{id}/issues" and method == "GET":
            query |= KEYSET
        if body is not None and "/issues" in template:
            body["properties"] |= {name: one for name, one in CLEARED.items() if name in body["properties"]}
        if body is not None and "/hooks" in template:
            body["properties"] |= SIGNING
        return Operation(method, template, pattern_of(template), query, body)

    def _resolved(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema
        node: Any = self.document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        return dict(node)

    def problems(self, exchange: Exchange, *, requests: bool = True) -> list[str]:
        """`requests`: judge what was asked as well. What a fault bent is not judged at all."""
        if exchange.fault or exchange.reply is None:
            return []
        asked = exchange.asked
        operation = self.find(asked)
        if operation is None:
            found = [f"no operation {asked.method} {asked.path}"] if requests else []
        else:
            found = [*self._request(operation, asked)] if requests else []
            found += self._reply(operation, exchange.reply, _detailed(asked))
        return [f"{asked.method} {asked.target}: {problem}" for problem in found]

    def find(self, asked: Asked) -> Operation | None:
        path = asked.path.partition(f"{ROOT}/")[2]
        fitting = [
            one for one in self.operations if one.method == asked.method and one.pattern.fullmatch(path)
        ]
        # `members/all` and `members/{user_id}` could both be meant: the more literal one is.
        return min(fitting, key=lambda one: one.template.count("{"), default=None)

    def _request(self, operation: Operation, asked: Asked) -> Iterator[str]:
        yield from self._query(operation, asked)
        if operation.body is None:
            if asked.body and asked.body != b"{}":
                yield "the request has a body, the operation takes none"
            return
        try:
            body = json.loads(asked.body or b"{}")
        except ValueError:
            yield "the request's body is no JSON"
            return
        schema = closed_schema(json_schema(operation.body))
        yield from (f"body: {fault}" for fault in self._faults("body", operation, schema, body))

    def _query(self, operation: Operation, asked: Asked) -> Iterator[str]:
        given: dict[str, Any] = {}
        for name, value in parse_qsl(asked.query_text, keep_blank_values=True):
            if name.endswith("[]"):
                given.setdefault(name[:-2], []).append(value)
            else:
                given[name] = value
        for name, value in given.items():
            schema = operation.query.get(name)
            if schema is None:
                yield f"unknown query parameter {name}"
                continue
            faults = self._faults(f"query {name}", operation, json_schema(schema), _valued(value, schema))
            yield from (f"query {name}: {fault}" for fault in faults)

    def _reply(self, operation: Operation, reply: Reply, detailed: bool) -> Iterator[str]:
        if reply.status in REFUSED:
            yield from _refusal(reply)
        elif reply.status in (301, 429):
            if not reply.headers.get("Content-Type", "").startswith("text/plain"):
                yield f"an answer {reply.status} is plain text"
        elif reply.status != DONE[operation.method]:
            yield f"status {reply.status} is not what {operation.method} answers"
        elif reply.status == 204:
            if reply.body:
                yield "an answer 204 has no body"
        else:
            yield from self._body(operation, reply, detailed)

    def _body(self, operation: Operation, reply: Reply, detailed: bool) -> Iterator[str]:
        if not reply.headers.get("Content-Type", "").startswith("application/json"):
            yield "the answer is not labelled as JSON"
        try:
            body = json.loads(reply.body)
        except ValueError:
            yield "the answer is no JSON"
            return
        yield from (f"answer: {fault}" for fault in _clocks(body))
        name = dict(ANSWERS).get(operation.template)
        if name is None:
            return
        schema = self._schema(name)
        if detailed and name == "issue":
            schema["properties"]["labels"] = {"type": "array", "items": self._schema("label")}
        # Where a collection stands, GET answers a list of them.
        many = operation.method == "GET" and not operation.template.endswith("}")
        whole = {"type": "array", "items": schema} if many else schema
        key = "detailed answer" if detailed else "answer"
        yield from (f"answer: {fault}" for fault in self._faults(key, operation, whole, body))

    def _schema(self, name: str) -> Json:
        schema: Json = _open(self.schemas[name])
        schema["required"] = [*schema.get("required", []), *EXTRA_REQUIRED.get(name, [])]
        return schema

    def _faults(self, what: str, operation: Operation, schema: Json, value: Any) -> Iterator[str]:
        key = f"{what} {operation.method} {operation.template}"
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        return faults_of(self._validators[key], value)


def _detailed(asked: Asked) -> bool:
    """Labels are objects on request; the published schema of an issue knows them as names alone."""
    return asked.query.get("with_labels_details") in ("true", "True", "1")


def _refusal(reply: Reply) -> Iterator[str]:
    """`message` of the application or `error` of the layer before it."""
    try:
        body = json.loads(reply.body)
    except ValueError:
        yield f"an answer {reply.status} is JSON"
        return
    if not isinstance(body, dict) or not {"message", "error"} & set(body):
        yield f"an answer {reply.status} has a message or an error"


def _clocks(value: Any, name: str = "") -> Iterator[str]:
    """Whatever is called `…_at` has milliseconds, but for the day on which a token runs out."""
    if isinstance(value, list):
        for one in value:
            yield from _clocks(one, name)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _clocks(one, key)
    elif name.endswith("_at") and name != "expires_at" and isinstance(value, str) and not STAMP.match(value):
        yield f"{name}: {value} is no time as GitLab writes it"


def _open(schema: Any) -> Any:
    """Without `additionalProperties: false`: GitLab answers members that are newer than its own schemas."""
    if isinstance(schema, list):
        return [_open(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _open(value) for name, value in schema.items() if name != "additionalProperties"}


def _valued(value: str | list[str], schema: Json) -> Any:
    """A text as the type that is asked for; one text is a list too, with commas."""
    if schema.get("type") == "boolean" and isinstance(value, str):
        # Grape takes any case, and python-gitlab sends Python's.
        value = value.lower()
    if schema.get("type") != "array":
        return typed(value, schema) if isinstance(value, str) else value
    parts = value.split(",") if isinstance(value, str) else value
    return [typed(part, schema.get("items", {})) for part in parts]
