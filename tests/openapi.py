"""The judge of every exchange with the sandbox: GitHub's own OpenAPI, requests and answers.

What the published document gets wrong or leaves out is named here, each with its reason, and nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

from syncd.sandbox.wire import Asked, Exchange, Reply

ROOT = "/api/v3"
Json = dict[str, Any]

CURSORS = {"after": {"type": "string"}, "before": {"type": "string"}}
"""GitHub's own Link headers carry these where the document knows only `page`."""

EVERYWHERE = {
    "301": "basic-error",
    "304": None,
    "400": "basic-error",
    "401": "basic-error",
    "403": "basic-error",
    "404": "basic-error",
    "422": "validation-error",
    "429": "basic-error",
}
"""Statuses that GitHub's guides describe for all of the API; the document lists them with some operations only."""

BARE_LABELS = {"type": "array", "items": {"type": "string"}}
"""`PUT` and `POST …/labels` take a bare array too: their own description says so, their schema does not."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One route and method of the document; `pattern` matches paths below the API's root, still encoded."""

    method: str
    template: str
    pattern: re.Pattern[str]
    spec: Json


@dataclass
class OpenApiChecker:
    """`problems(exchange)` says what an exchange does that GitHub's OpenAPI does not allow."""

    document: Json
    _validators: dict[str, jsonschema_rs.Validator] = field(default_factory=dict)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(
            Operation(method.upper(), template, pattern_of(template), spec)
            for template, methods in self.document["paths"].items()
            for method, spec in methods.items()
        )

    @cached_property
    def components(self) -> Json:
        components: Json = json_schema(self.document["components"]["schemas"])
        # An empty homepage is answered as "", which is no URI.
        for name in ("full-repository", "repository", "minimal-repository"):
            if name in components:
                components[name]["properties"]["homepage"].pop("format", None)
        return {"schemas": components}

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
            found += self._reply(operation, exchange.reply)
        return [f"{asked.method} {asked.target}: {problem}" for problem in found]

    def find(self, asked: Asked) -> Operation | None:
        """Routes under a repository's id are those under its name."""
        path = re.sub(rf"^{ROOT}", "", asked.path)
        path = re.sub(r"^/repositories/\d+", "/repos/by-id/by-id", path)
        fitting = [
            one for one in self.operations if one.method == asked.method and one.pattern.fullmatch(path)
        ]
        # `/labels/{name}` and `/issues/comments` could both be meant: the more literal one is.
        return min(fitting, key=lambda one: one.template.count("{"), default=None)

    def _request(self, operation: Operation, asked: Asked) -> Iterator[str]:
        yield from self._query(operation, asked)
        content = operation.spec.get("requestBody")
        if not asked.body:
            if content and content.get("required"):
                yield "the request has no body"
            return
        if not content:
            yield "the request has a body, the operation takes none"
            return
        try:
            body = json.loads(asked.body)
        except ValueError:
            yield "the request's body is no JSON"
            return
        schema = content["content"]["application/json"]["schema"]
        validator = self._validator(
            f"body {operation.method} {operation.template}", _request_schema(operation, schema)
        )
        yield from (f"body: {fault}" for fault in faults_of(validator, body))

    def _query(self, operation: Operation, asked: Asked) -> Iterator[str]:
        known = {one["name"]: one for one in map(self._parameter, operation.spec.get("parameters", []))}
        allowed = {name: one["schema"] for name, one in known.items() if one["in"] == "query"}
        if "page" in allowed:
            allowed |= CURSORS
        given = dict(parse_qsl(asked.query_text, keep_blank_values=True))
        for name, value in given.items():
            if name not in allowed:
                yield f"unknown query parameter {name}"
            else:
                key = f"query {name} {operation.method} {operation.template}"
                validator = self._validator(key, json_schema(allowed[name]))
                yield from (
                    f"query {name}: {fault}" for fault in faults_of(validator, typed(value, allowed[name]))
                )
        for name, one in known.items():
            if one["in"] == "query" and one.get("required") and name not in given:
                yield f"missing query parameter {name}"

    def _parameter(self, entry: Json) -> Json:
        return self._resolved(entry)

    def _resolved(self, entry: Json) -> Json:
        if "$ref" not in entry:
            return entry
        node: Any = self.document
        for part in entry["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        return dict(node)

    def _reply(self, operation: Operation, reply: Reply) -> Iterator[str]:
        status = str(reply.status)
        declared = operation.spec["responses"].get(status)
        if declared is not None:
            content = self._resolved(declared).get("content", {})
            schema = content.get("application/json", {}).get("schema")
        elif status in EVERYWHERE:
            name = EVERYWHERE[status]
            schema = {"$ref": f"#/components/schemas/{name}"} if name else None
        else:
            yield f"status {status} is not declared"
            return
        if schema is None:
            if reply.body:
                yield f"an answer {status} has no body"
            return
        yield from self._body(f"answer {status} {operation.method} {operation.template}", schema, reply)

    def _body(self, key: str, schema: Json, reply: Reply) -> Iterator[str]:
        if not reply.headers.get("Content-Type", "").startswith("application/json"):
            yield "the answer is not labelled as JSON"
        try:
            body = json.loads(reply.body)
        except ValueError:
            yield "the answer is no JSON"
            return
        yield from (
            f"answer: {fault}" for fault in faults_of(self._validator(key, json_schema(schema)), body)
        )

    def _validator(self, key: str, schema: Json) -> jsonschema_rs.Validator:
        if key not in self._validators:
            whole = {**schema, "components": self.components}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return self._validators[key]


def pattern_of(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", template)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _request_schema(operation: Operation, schema: Json) -> Json:
    """With every key that is not named forbidden: the document leaves objects open, the server ignores the rest."""
    closed: Json = closed_schema(json_schema(schema))
    if operation.template.endswith("/issues/{issue_number}/labels"):
        return {"anyOf": [closed, BARE_LABELS]}
    if "/milestones" in operation.template and operation.method == "PATCH":
        # How a due day is taken away again: the only way there is, and missing from the document.
        closed["properties"]["due_on"] = {"anyOf": [closed["properties"]["due_on"], {"type": "null"}]}
    return closed


def closed_schema(schema: Any) -> Any:
    if isinstance(schema, list):
        return [closed_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: closed_schema(value) for name, value in schema.items()}
    if "properties" in schema and "type" in schema:
        closed.setdefault("additionalProperties", False)
    return closed


def json_schema(schema: Any) -> Any:
    """OpenAPI 3.0's dialect as JSON Schema: `nullable`, and alternatives that GitHub lets overlap."""
    if isinstance(schema, list):
        return [json_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        name: json_schema(value)
        for name, value in schema.items()
        if name not in ("nullable", "discriminator")
    }
    if isinstance(plain.get("oneOf"), list):
        plain["anyOf"] = plain.pop("oneOf")
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A query's value is text; what should be a number or a boolean and is none stays text, and so fails."""
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return unquote(text) if kind == "string" else text


def faults_of(validator: jsonschema_rs.Validator, value: Any) -> Iterator[str]:
    for error in validator.iter_errors(value):
        where = "/".join(str(part) for part in error.instance_path)
        yield f"{where or 'top'}: {error.message[:300]}"
