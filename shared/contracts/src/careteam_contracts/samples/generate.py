"""Makes sample values from a JSON Schema: the same schema always gives the same values."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from careteam_contracts.samples import Kind

_FIRST_MOMENT: Final = datetime(2026, 3, 2, 17, 50, tzinfo=UTC)


def sample(schema: dict[str, Any], kind: Kind, seed: str) -> dict[str, Any]:
    """A value of an object's schema: every field of it, or only those that are required."""
    made = _value(schema, schema.get("$defs", {}), kind, seed, 0)
    if not isinstance(made, dict):
        raise TypeError(f"{seed} is no object")
    return made


def _value(schema: dict[str, Any], defs: dict[str, Any], kind: Kind, seed: str, at: int) -> Any:
    schema = _resolved(schema, defs)
    if "enum" in schema:
        return schema["enum"][0 if kind == "full" else -1]
    match schema.get("type"), schema.get("format"):
        case "object", _:
            wanted = schema["properties"] if kind == "full" else schema.get("required", [])
            return {
                name: _value(schema["properties"][name], defs, kind, f"{seed}.{name}", position)
                for position, name in enumerate(schema.get("properties", {}))
                if name in wanted
            }
        case "array", _:
            count = max(1, schema.get("minItems", 1)) if kind == "full" else schema["minItems"]
            return [_value(schema["items"], defs, kind, f"{seed}[{n}]", at) for n in range(count)]
        case "string", "uuid":
            return str(UUID(bytes=sha256(seed.encode()).digest()[:16], version=4))
        case "string", "date-time":
            moment = _FIRST_MOMENT + timedelta(minutes=30 * at)
            return moment.isoformat().replace("+00:00", "Z")
        case "string", "date":
            return date(1985, 4, 12).isoformat()
        case "string", _:
            return schema["examples"][0]
        case "integer", _:
            return schema["minimum"]
        case "boolean", _:
            return kind == "full"
        case unknown:
            raise TypeError(f"{seed}: no sample for {unknown}")


def _resolved(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take what an optional field may hold when it holds something."""
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice, defs)
    reference = schema.get("$ref")
    return _resolved(defs[reference.rsplit("/", 1)[1]], defs) if reference else schema
