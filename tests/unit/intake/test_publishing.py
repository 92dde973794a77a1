"""The gate through which intake speaks: every event has its contract, and says no private word."""

import typing
from dataclasses import fields
from datetime import datetime
from enum import EnumMeta
from types import UnionType
from typing import Any
from uuid import UUID

import pytest

from careteam_contracts.catalogue import CATALOGUE, parse
from careteam_contracts.emergency import EMERGENCY_ACCESS_OPENED, EMERGENCY_ACCESS_REVIEWED
from careteam_contracts.enums import Service
from services.intake.domain import events
from services.intake.domain.incident import IncidentCode
from services.intake.persistence import tables
from services.intake.publishing import to_contract
from tests.unit.intake.courses import MORNING

EVENTS = typing.get_args(events.DomainEvent)


def sample(kind: Any) -> Any:
    """A value of a field's type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, UnionType) or origin is typing.Union:
        return sample(next(one for one in arguments if one is not type(None)))
    if origin is tuple:
        return (sample(arguments[0]),)
    if isinstance(kind, EnumMeta):
        return next(iter(kind))
    return {bool: True, int: 1, UUID: UUID(int=7), datetime: MORNING, str: "therapist"}[kind]


def example(event: type[Any]) -> Any:
    hints = typing.get_type_hints(event)
    values = {field.name: sample(hints[field.name]) for field in fields(event)}
    if event is events.IncidentRecorded:
        values["code"] = IncidentCode.FOREIGN_HOLD_LIFT.value
    return event(**values)


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_told_and_can_be_read_back(event: type[Any]) -> None:
    told = to_contract(example(event))
    assert parse(told.type, told.to_body()) == told
    assert told.producer is Service.INTAKE


def test_intake_tells_exactly_its_own_types() -> None:
    told = {to_contract(example(event)).type for event in EVENTS}
    platforms = {model.type for model in (*EMERGENCY_ACCESS_OPENED, *EMERGENCY_ACCESS_REVIEWED)}
    owned = {entry.type for entry in CATALOGUE.values() if entry.owner is Service.INTAKE}
    assert told == owned - platforms


def test_events_are_told_by_the_kind_of_aggregate_that_they_belong_to() -> None:
    kinds = {to_contract(example(event)).aggregate_type for event in EVENTS}
    stored = {
        table.kind
        for table in (
            tables.CLIENTS,
            tables.COURSES,
            tables.CONSENTS,
            tables.HOLDS,
            tables.INCIDENTS,
        )
    }
    assert kinds == stored


@pytest.mark.parametrize("event", EVENTS)
def test_no_event_has_room_for_a_persons_words(event: type[Any]) -> None:
    """The only texts are a role and an incident's code, which the contract closes."""
    hints = typing.get_type_hints(event)
    free = [name for name, kind in hints.items() if kind is str or kind == tuple[str, ...]]
    assert set(free) <= {"code", "lifted_by_roles"}
