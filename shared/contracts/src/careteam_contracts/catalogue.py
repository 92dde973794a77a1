"""Every event of careteam by its wire name: the only registry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from types import MappingProxyType, ModuleType
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from careteam_contracts import (
    emergency,
    intake,
    notifications,
    prescribing,
    scheduling,
    shared_safety,
)
from careteam_contracts.base import Event
from careteam_contracts.enums import Service
from careteam_contracts.envelope import SCHEMA_URN


class UnknownEventType(LookupError):  # noqa: N818 - what is wrong, not that it is an error
    """A wire name that this version of the contracts does not list."""

    def __init__(self, wire_type: str) -> None:
        super().__init__(f"unknown event type {wire_type!r}: upgrade careteam-contracts")
        self.wire_type = wire_type


class MalformedEvent(ValueError):  # noqa: N818 - as above
    """A body that is not what its type promises. Names the fields, never their values."""

    def __init__(self, wire_type: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"malformed body of {wire_type}: {', '.join(fields)}")
        self.wire_type = wire_type
        self.fields = fields


EventClass: TypeAlias = type[Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the catalogue says of one type."""

    type: str
    model: EventClass
    owner: Service
    aggregate_type: str
    urgent: bool
    public: bool
    consumers: tuple[Service, ...]
    description: str


def _concrete(module: ModuleType) -> Iterator[type[Event]]:
    for candidate in vars(module).values():
        if (
            isinstance(candidate, type)
            and issubclass(candidate, Event)
            and candidate.__module__ == module.__name__
            and "type" in vars(candidate)
        ):
            yield candidate


def _described(model: type[Event]) -> str:
    for cls in model.__mro__:
        if issubclass(cls, Event) and vars(cls).get("__doc__"):
            return cleandoc(str(vars(cls)["__doc__"]))
    raise TypeError(f"{model.__name__} has no docstring: say when it is published")


def _entry(model: type[Event]) -> Entry:
    return Entry(
        type=model.type,
        model=model,
        owner=model.producer,
        aggregate_type=model.aggregate_type,
        urgent=model.urgent,
        public=model.public,
        consumers=tuple(s for s in model.consumers if s is not model.producer),
        description=_described(model),
    )


CATALOGUE: Final[Mapping[str, Entry]] = MappingProxyType(
    {
        model.type: _entry(model)
        for module in (intake, prescribing, scheduling, notifications, shared_safety, emergency)
        for model in _concrete(module)
    }
)
_VALIDATORS: Final = {
    wire_type: entry.model.__pydantic_validator__ for wire_type, entry in CATALOGUE.items()
}


def entry(wire_type: str) -> Entry:
    """The catalogue's entry for a wire name."""
    try:
        return CATALOGUE[wire_type]
    except KeyError:
        raise UnknownEventType(wire_type) from None


def parse(wire_type: str, body: bytes) -> Event:
    """The event in a message's body, or :class:`UnknownEventType` or :class:`MalformedEvent`."""
    try:
        validator = _VALIDATORS[wire_type]
    except KeyError:
        raise UnknownEventType(wire_type) from None
    try:
        event: Event = validator.validate_json(body)
    except ValidationError as broken:
        errors = broken.errors(include_url=False, include_context=False, include_input=False)
        fields = {".".join(map(str, error["loc"])) or "body" for error in errors}
        raise MalformedEvent(wire_type, tuple(sorted(fields))) from None
    return event


def schema(wire_type: str) -> dict[str, Any]:
    """The JSON Schema of a type's body, under the address that ``ce-dataschema`` names."""
    model = entry(wire_type).model
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URN + wire_type,
        **model.model_json_schema(mode="serialization"),
    }
