"""The ways into a service: its routes with their actions, and something to send along each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI

from shared.access import Action
from shared.web.access import declared_routes

_PARAMETER: Final = re.compile(r"{(\w+)}")
_GOES_ON: Final = frozenset({"/live", "/api/v1/events/stream"})
"""Answers that do not end. The second has tests of its own: it tells what the pull tells."""


@dataclass(frozen=True, slots=True)
class Way:
    """A route and a method; ``narrows`` are the ids that a list can be asked for by, ``words``
    whatever else, its cursor among it."""

    path: str
    method: str
    action: Action
    parameters: tuple[str, ...]
    narrows: tuple[str, ...]
    words: tuple[str, ...]
    body: Mapping[str, Any] | None = field(compare=False, default=None)

    @property
    def is_page(self) -> bool:
        return not self.path.startswith("/api/")

    def to(self, ids: Mapping[str, str]) -> str:
        return _PARAMETER.sub(lambda found: ids[found.group(1)], self.path)


def ways(app: FastAPI) -> Iterator[Way]:
    """All of them but the door and what follows by itself."""
    document = app.openapi()
    for route in declared_routes(app):
        if route.path in _GOES_ON:
            continue
        action = app.state.access[route.actions[0]]
        for method in sorted(route.methods):
            told = document["paths"].get(route.path, {}).get(method.lower(), {})
            yield Way(
                route.path,
                method,
                action,
                tuple(_PARAMETER.findall(route.path)),
                tuple(name for name in _queries(told) if name.endswith("_id")),
                tuple(name for name in _queries(told) if not name.endswith("_id")),
                _body(told, document),
            )


def _queries(told: Mapping[str, Any]) -> Iterator[str]:
    return (one["name"] for one in told.get("parameters", ()) if one["in"] == "query")


def _body(told: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else _least(content["schema"], document)


def _least(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """The least that fits a schema, so that a request gets as far as the record."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return _least(document["components"]["schemas"][name], document)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _least(schema[choice][0], document)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            return {name: _least(schema["properties"][name], document) for name in needed}
        case "array":
            items = schema.get("items", {})
            return [_least(items, document) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case _:
            return _text(schema)


def _text(schema: Mapping[str, Any]) -> str:
    match schema.get("format"):
        case "uuid":
            return "018f0000-0000-7000-8000-0000000000aa"
        case "date-time":
            return "2026-03-10T18:00:00Z"
        case "date":
            return "2026-03-10"
    return "x" * max(1, int(schema.get("minLength", 1)))
