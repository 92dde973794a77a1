"""Unique words in every field that takes a person's words, and the search for them afterwards.

The fields come from the services' own OpenAPI documents: a field that is added tomorrow is filled
as well, and nobody has to remember it. A canary in a place where none may be is a leak.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

Json = Any

_FILLED: Final = {
    "uuid": "018f0000-0000-7000-8000-0000000000aa",
    "date": "2026-03-10",
    "date-time": "2026-03-10T17:00:00Z",
    "time": "10:00:00",
}
HOSTILE: Final = (
    "{{7*7}}\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
    "</textarea><a href=javascript:alert(1)>\r\nSet-Cookie: x=1\u202e"
)
"""What runs where words are taken for markup, for a template, for a header."""
_ON_THE_WAY: Final = re.compile(rb"Qz[0-9]{5}canary|7700770[0-9]{7}")


@dataclass
class Canaries:
    """Makes canaries and remembers where each was put."""

    put: dict[str, str] = field(default_factory=dict)
    """Canary to ``operation field``."""
    _numbers: Iterator[int] = field(default_factory=count)

    def word(self, where: str, schema: Mapping[str, Json]) -> str | None:
        """One that this field takes, or None where it takes no words."""
        number = next(self._numbers)
        word, figures = f"Qz{number:05d}canary", f"7700770{number:07d}"
        for canary, text in (
            (word, word + HOSTILE),
            (word, word),
            (word, f"{word}@canary.example"),
            (figures, figures),
        ):
            if _fits(schema, text):
                self.put[canary] = where
                return text
        return None

    def typed(self, where: str) -> str:
        """One for a field of a page, of which nobody knows what it takes."""
        word = f"Qz{next(self._numbers):05d}canary"
        self.put[word] = where
        return word + HOSTILE

    def found_in(self, content: bytes) -> list[str]:
        """Which canaries are in there, and where they had been put."""
        seen = {match.decode() for match in _ON_THE_WAY.findall(content)}
        return sorted(f"{canary} of {self.put[canary]}" for canary in seen if canary in self.put)

    def found_in_files(self, folders: Iterable[Path]) -> dict[str, list[str]]:
        """The same for every file below these folders."""
        found = {}
        for folder in folders:
            for file in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
                if file.is_file() and (leaks := self.found_in(file.read_bytes())):
                    found[str(file)] = leaks
        return found


@dataclass(frozen=True)
class Operation:
    """One route that takes a body."""

    service: str
    method: str
    path: str
    body: Mapping[str, Json]
    document: Mapping[str, Json]

    @property
    def name(self) -> str:
        return f"{self.service} {self.method} {self.path}"

    def matches(self, path: str) -> bool:
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", self.path)
        return re.fullmatch(pattern, path) is not None

    def at(self, ids: Mapping[str, str], otherwise: str) -> str:
        """Its address, with these ids for the names in it."""
        return re.sub(r"\{([^}]+)\}", lambda m: ids.get(m.group(1), otherwise), self.path)


def operations(service: str, document: Mapping[str, Json]) -> list[Operation]:
    """Every route of an OpenAPI document that takes a JSON body."""
    return [
        Operation(service, method.upper(), path, found["application/json"]["schema"], document)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if "application/json" in (found := one.get("requestBody", {}).get("content", {}))
    ]


def marked(
    canaries: Canaries, of: Operation, body: Json, *, but: frozenset[str] = frozenset()
) -> Json:
    """The body with a canary for every word in it, and in every field for words that it lacks."""
    return _Marking(canaries, of, but).of(of.body, copy.deepcopy(body), "body")


def made_up(canaries: Canaries, of: Operation) -> Json:
    """A whole body from nothing: canaries for words, the least for everything else."""
    return _made_up(canaries, of, of.body, "body", 0)


@dataclass(frozen=True)
class _Marking:
    canaries: Canaries
    operation: Operation
    but: frozenset[str]

    def of(self, schema: Json, value: Json, where: str) -> Json:
        schema = _meant(self.operation, schema, value)
        if where in self.but:
            return value
        if isinstance(value, dict):
            self._fill(schema.get("properties", {}), value, where)
        elif isinstance(value, list):
            items = schema.get("items", {})
            value[:] = [self.of(items, one, f"{where}.{n}") for n, one in enumerate(value)]
        elif isinstance(value, str):
            return _word(self.canaries, self.operation, schema, where) or value
        return value

    def _fill(self, known: Mapping[str, Json], value: dict[str, Json], where: str) -> None:
        for name, inner in known.items():
            place = f"{where}.{name}"
            if name in value:
                value[name] = self.of(inner, value[name], place)
            elif place not in self.but:
                text = _word(self.canaries, self.operation, inner, place)
                if text is not None:
                    value[name] = text


def _word(canaries: Canaries, of: Operation, schema: Json, where: str) -> str | None:
    meant = _meant(of, schema, "")
    if meant.get("type") != "string" or meant.keys() & {"enum", "const"}:
        return None
    return canaries.word(f"{of.name} {where}", meant)


def _made_up(canaries: Canaries, of: Operation, schema: Json, where: str, depth: int) -> Json:
    schema = _meant(of, schema, "")
    match schema.get("type"):
        case "object":
            return {
                name: _made_up(canaries, of, inner, f"{where}.{name}", depth + 1)
                for name, inner in schema.get("properties", {}).items()
                if depth < 5
            }
        case "array":
            return [_made_up(canaries, of, schema.get("items", {}), f"{where}.0", depth + 1)]
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "null":
            return None
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("format") in _FILLED:
        return _FILLED[schema["format"]]
    return _word(canaries, of, schema, where) or "AB1234567"


def _meant(of: Operation, schema: Json, value: Json) -> Json:
    """The schema behind references, and of several the one for a value of this kind."""
    while "$ref" in schema:
        schema = of.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if not choices:
        return schema
    meant = [_meant(of, one, value) for one in choices]
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean"}
    wanted = kinds.get(type(value), "string")
    fitting = [one for one in meant if one.get("type") == wanted and one.get("maxLength") != 0]
    return (fitting or [one for one in meant if one.get("type") != "null"])[0]


def _fits(schema: Mapping[str, Json], text: str) -> bool:
    if schema.get("format") in _FILLED:
        return False
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
    pattern = schema.get("pattern")
    return least <= len(text) <= most and (pattern is None or re.search(pattern, text) is not None)


def ids_in(body: Json) -> Iterator[tuple[str, str]]:
    """The ids in an answer, by the names that paths have for them."""
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str) and (name == "id" or name.endswith(("_id", "_ref"))):
                try:
                    yield name, str(UUID(value))
                except ValueError:
                    continue
            yield from ids_in(value)
    elif isinstance(body, list):
        for one in body:
            yield from ids_in(one)
