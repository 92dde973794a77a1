"""The README says what is wired, and what is wired is what the catalogue asks for."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from careteam_contracts.base import Event
from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.enums import Service
from services.notifications import handlers
from services.notifications.app import DEFINITION
from services.notifications.domain import events
from services.notifications.domain.vocabulary import (
    CheckInOutcome,
    HandoverChannel,
    PlanKind,
    Purpose,
    Recipient,
)
from services.notifications.publishing import to_contract
from services.notifications.subscribers import SUBSCRIPTIONS
from tests.unit.notifications.moments import AFTERCARE, SESSION, at

README = Path(__file__).parents[3] / "services" / "notifications" / "README.md"
HEARD = {subscription.model.type: subscription for subscription in SUBSCRIPTIONS}


def section(title: str) -> str:
    text = README.read_text().split(f"## {title}\n")[1]
    return text.split("\n## ")[0]


def short(event_type: str) -> str:
    return event_type.split(".")[2]


def test_everything_meant_for_notifications_is_heard() -> None:
    meant = {name for name, entry in CATALOGUE.items() if Service.NOTIFICATIONS in entry.consumers}
    assert set(HEARD) == meant


@pytest.mark.parametrize("service", ["intake", "prescribing", "scheduling"])
def test_the_readme_names_exactly_what_is_heard(service: str) -> None:
    row = next(line for line in section("What it hears").splitlines() if f"| {service} |" in line)
    named = re.findall(r"`(\w+)`", row)
    assert len(named) == len(set(named))
    assert set(named) == {short(t) for t in HEARD if t.split(".")[1] == service}


EVENTS: tuple[events.DomainEvent, ...] = (
    events.AftercareStarted(
        at=at("10:00"),
        aftercare_id=AFTERCARE,
        session_id=SESSION,
        restrictions_until=at("18:00"),
        end_known=False,
        plan=PlanKind.STANDARD,
    ),
    events.RestrictionsExtended(
        at=at("12:30"),
        aftercare_id=AFTERCARE,
        session_id=SESSION,
        restrictions_until=at("20:30"),
        end_known=True,
    ),
    events.InstructionsDelivered(
        at=at("12:40"),
        aftercare_id=AFTERCARE,
        session_id=SESSION,
        recipient=Recipient.CLIENT,
        channel=HandoverChannel.PAPER,
    ),
    events.InstructionsAcknowledged(
        at=at("12:41"), aftercare_id=AFTERCARE, session_id=SESSION, recipient=Recipient.ESCORT
    ),
    events.AftercareEscalated(at=at("13:00"), aftercare_id=AFTERCARE, session_id=SESSION, level=2),
    events.AftercareCompleted(at=at("13:00"), aftercare_id=AFTERCARE, session_id=SESSION),
    events.CheckInCompleted(
        at=at("13:00"),
        checkin_id=UUID(int=8),
        session_id=SESSION,
        outcome=CheckInOutcome.NO_RESPONSE,
    ),
    events.DeliveryFailed(
        at=at("13:00"), message_id=UUID(int=7), purpose=Purpose.WELCOME, staff_asked=False
    ),
)


def fields(told: Event) -> dict[str, Any]:
    return told.model_dump(mode="json")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_domain_event_leaves_as_the_contract_of_the_same_name(event: events.DomainEvent) -> None:
    told = to_contract(event)
    assert type(told).__name__ == type(event).__name__
    body = fields(told)
    for name in (slot for slot in event.__slots__ if slot != "at"):
        value = getattr(event, name)
        expected = (
            value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
        )
        assert str(body[name]) == str(expected)


def test_the_readme_names_exactly_what_is_told() -> None:
    named = re.findall(r"^\| `(\w+)` \|", section("What it tells"), re.MULTILINE)
    platforms = ["emergency_access_opened", "emergency_access_reviewed"]
    own = [short(to_contract(event).type) for event in EVENTS]
    assert sorted(named) == sorted([*own, *platforms])


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_is_known_to_the_wire(purpose: Purpose) -> None:
    failed = events.DeliveryFailed(
        at=at("13:00"), message_id=UUID(int=7), purpose=purpose, staff_asked=True
    )
    assert fields(to_contract(failed))["purpose"] == purpose.value


def test_urgent_events_are_folded_on_receipt() -> None:
    for subscription in SUBSCRIPTIONS:
        if subscription.model.urgent:
            assert subscription.fold is not None, subscription.model.type


def test_timers_are_the_ones_that_are_set() -> None:
    assert set(DEFINITION.timers) == set(handlers.TIMERS)
    assert set(DEFINITION.asking_timers) == set(handlers.ASKING_TIMERS)
    assert not set(DEFINITION.timers) & set(DEFINITION.asking_timers)


def test_the_readme_names_every_command_route() -> None:
    text = section("What it commands")
    posts = {
        route.path
        for router in DEFINITION.routers
        for route in router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    }
    for path in posts:
        assert re.sub(r"\{\w+\}", "{id}", path).rsplit("/", 1)[1] in text
    assert len(posts) == 15
