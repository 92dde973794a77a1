"""What a schema on the bus may contain. Reads JSON Schemas, so it sees what a consumer sees."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

NEVER_PUBLIC: Final = frozenset(
    {"hold_category", "capacity_assessed", "finding_ref", "review_flags"}
)
"""Fields that no public type carries (ruling 8)."""

PERSONAL_WORDS: Final = frozenset(
    {
        "address",
        "allergy",
        "amount",
        "birth",
        "bp",
        "comment",
        "diagnosis",
        "diastolic",
        "dob",
        "email",
        "forename",
        "heart",
        "hr",
        "indication",
        "kg",
        "medication",
        "mg",
        "ml",
        "name",
        "note",
        "notes",
        "phone",
        "pressure",
        "pulse",
        "score",
        "spo2",
        "street",
        "surname",
        "symptom",
        "systolic",
        "text",
        "weight",
    }
)
"""Words that say a field is about the person, or about what happened to the body."""

HARMLESS: Final = frozenset({"email_allowed"})

_FORMATS: Final = frozenset({"uuid", "date-time"})
_PROSE: Final = ("John Smith", "a b", "Patient is anxious.", "100 mg", "j.smith@example.org")


def complaints(schema: Mapping[str, Any], *, public: bool) -> list[str]:
    """Everything about an event's schema that the bus may not carry."""
    names = [
        complaint for name in _field_names(schema) for complaint in _about_name(name, public=public)
    ]
    defs = schema.get("$defs", {})
    shapes = [
        complaint
        for name, field in schema.get("properties", {}).items()
        for complaint in _about_shape(field, name)
    ]
    shapes += [complaint for name, part in defs.items() for complaint in _about_shape(part, name)]
    return names + shapes


def _field_names(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from schema.get("properties", {})
    for part in schema.get("$defs", {}).values():
        yield from part.get("properties", {})


def _about_name(name: str, *, public: bool) -> Iterator[str]:
    if public and name in NEVER_PUBLIC:
        yield f"{name}: not on a public type (ruling 8)"
    if name not in HARMLESS and PERSONAL_WORDS & set(name.split("_")):
        yield f"{name}: is about a person"


def _about_shape(field: Mapping[str, Any], at: str) -> Iterator[str]:
    if "$ref" in field or "const" in field or "enum" in field:
        return
    if "anyOf" in field:
        for choice in field["anyOf"]:
            yield from _about_shape(choice, at)
        return
    match field.get("type"):
        case "boolean" | "null":
            return
        case "string":
            yield from _about_string(field, at)
        case "integer":
            if not {"minimum", "maximum"} <= field.keys():
                yield f"{at}: a whole number without bounds"
        case "array":
            if "maxItems" not in field:
                yield f"{at}: a list without an end"
            yield from _about_shape(field.get("items", {}), f"{at}[]")
        case "object" if "properties" in field:
            for name, inner in field["properties"].items():
                yield from _about_shape(inner, f"{at}.{name}")
        case other:
            yield f"{at}: {other or 'anything'} is not for the bus"


def _about_string(field: Mapping[str, Any], at: str) -> Iterator[str]:
    if field.get("format") in _FORMATS:
        return
    pattern, longest = field.get("pattern"), field.get("maxLength")
    if pattern is None or longest is None:
        yield f"{at}: unconstrained text"
    elif longest > 64 or any(re.search(pattern, words) for words in _PROSE):
        yield f"{at}: a pattern wide enough for prose"
