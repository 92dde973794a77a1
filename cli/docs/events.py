"""The catalogue of events as a page: each type, who publishes and reads it, what it carries."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from careteam_contracts import samples
from careteam_contracts.base import PARTITIONS
from careteam_contracts.catalogue import CATALOGUE, Entry, schema
from careteam_contracts.enums import Service

INTRODUCTION: Final = f"""\
# Events

<!-- Written by `python -m cli.docs events` from the catalogue. Edit the models, not this page. -->

Every event is a CloudEvents 1.0 message in binary mode: the envelope is in NATS headers, the body
is the JSON described here. `careteam_contracts.catalogue.parse(type, body)` reads one.

- **Delivery**: at least once, in order per client. De-duplicate on `ce-id`. Order by
  `ce-clientsequence`, which counts without holes what one service published about one client.
- **Versions**: `ce-aggregateversion` counts the published events of one aggregate, internal ones
  included; whoever reads a selection of types does not check it for holes.
- **Time**: `ce-occurredat` is when it became true, `ce-time` when it was recorded. Deadlines run
  from the former.
- **Subject**: `careteam.evt.<service>.<event>.v1.p<NN>` for public events and `careteam.int.…`
  for internal ones. `NN` is crc32 of the client id modulo {PARTITIONS}: no subject names a client.
- **Urgent** events say that something is no longer safe. They take effect on receipt, whatever is
  missing before them.
- **Privacy**: ids, closed vocabularies, whole numbers, booleans and times. No name, phone number,
  dose amount, vital sign, score, diagnosis or free text.
- **Change**: fields are only added within a major version, so ignore a field that you do not know.

| header | what it says |
|---|---|
| `ce-id`, `Nats-Msg-Id` | the event's id |
| `ce-source` | `/careteam/<service>` |
| `ce-type`, `ce-dataschema` | the wire name, and the address of its JSON Schema |
| `ce-subject`, `ce-aggregatetype`, `ce-aggregateversion` | what it happened to |
| `ce-partitionkey`, `ce-clientsequence` | the client, and the position among the client's events |
| `ce-courseid` | the course; absent before there is one |
| `ce-time`, `ce-occurredat` | recorded, and true since |
| `ce-clinicid`, `ce-protocolversion` | the clinic, and the protocol that applied |
| `ce-actorrole`, `ce-actorref` | who acted; the reference is opaque |
| `ce-correlationid`, `ce-causationid` | the whole of which it is part, and what led to it |
"""


def page() -> str:
    """The whole page, as Markdown."""
    parts = [INTRODUCTION, _overview()]
    by_owner = sorted(CATALOGUE.values(), key=lambda e: list(Service).index(e.owner))
    for owner, entries in groupby(by_owner, key=lambda e: e.owner):
        parts.append(f"## {owner.value.capitalize()}\n")
        parts.extend(_section(entry) for entry in entries)
    return "\n".join(parts)


def _overview() -> str:
    public = [entry for entry in CATALOGUE.values() if entry.public]
    rows = "".join(f"| [`{e.type}`](#{_anchor(e)}) | {_first_line(e)} |\n" for e in public)
    return f"## For integrators\n\n| type | when |\n|---|---|\n{rows}"


def _section(entry: Entry) -> str:
    marks = ["public" if entry.public else "internal"] + ["urgent"] * entry.urgent
    readers = ", ".join(service.value for service in entry.consumers) or "none"
    rows = "".join(
        f"| `{name}` | {told} | {'yes' if required else 'no'} |\n"
        for name, told, required in fields(schema(entry.type))
    )
    carries = f"| field | what | required |\n|---|---|---|\n{rows}" if rows else "No fields.\n"
    example = samples.body(entry.type).decode().rstrip()
    return (
        f"### {_name(entry)}\n\n`{entry.type}` · {' · '.join(marks)}"
        f" · of `{entry.aggregate_type}` · read by {readers}\n\n"
        f"{_described(entry)}\n\n{carries}\n```json\n{example}\n```\n"
    )


def fields(described: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Each field of a schema: its name, what it may hold, and whether it must be there."""
    required = described.get("required", [])
    for name, field in described.get("properties", {}).items():
        yield name, _told(field, described.get("$defs", {})), name in required


def _told(field: dict[str, Any], defs: dict[str, Any]) -> str:
    if "anyOf" in field:
        field = next(choice for choice in field["anyOf"] if choice.get("type") != "null")
    if "$ref" in field:
        field = defs[field["$ref"].rsplit("/", 1)[1]]
    if "enum" in field:
        return ", ".join(f"`{member}`" for member in field["enum"])
    match field["type"], field.get("format"):
        case "array", _:
            return f"{field.get('minItems', 0)} to {field['maxItems']} of: " + _told(
                field["items"], defs
            )
        case "string", "uuid":
            return "id"
        case "string", "date-time":
            return "time, UTC"
        case "string", _:
            return f"code, for example `{field['examples'][0]}`"
        case "integer", _:
            return f"whole number, {field['minimum']} to {field['maximum']}"
        case kind, _:
            return str(kind)


def _name(entry: Entry) -> str:
    return entry.model.__name__


def _anchor(entry: Entry) -> str:
    return _name(entry).lower()


def _first_line(entry: Entry) -> str:
    return _described(entry).splitlines()[0]


def _described(entry: Entry) -> str:
    return entry.description.replace("``", "`")
