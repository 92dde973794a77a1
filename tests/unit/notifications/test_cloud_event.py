"""The body that integrators get: CloudEvents of public types, and nothing that is not known."""

import json
from uuid import UUID

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event

from careteam_contracts import samples
from careteam_contracts.catalogue import CATALOGUE, MalformedEvent
from careteam_contracts.enums import ActorRole
from careteam_contracts.envelope import Envelope, MalformedEnvelope
from services.notifications.channels.cloud_event import (
    CONTENT_TYPE,
    PUBLIC_TYPES,
    TEST_TYPE,
    structured,
    trial,
)
from services.notifications.domain.event_place import Place
from tests.unit.notifications.moments import at

PLACE = Place(1_765_000_000_000_000, 42)
LONGEST = 4096
"""Bytes. What docs/integrators.md says of a body."""


def headers(wire_type: str) -> dict[str, str]:
    entry = CATALOGUE[wire_type]
    return Envelope(
        event_id=UUID(int=1),
        type=wire_type,
        producer=entry.owner,
        aggregate_type=entry.aggregate_type,
        aggregate_id=UUID(int=2),
        aggregate_version=3,
        client_sequence=4,
        client_id=UUID(int=5),
        course_id=UUID(int=6),
        clinic_id=UUID(int=7),
        protocol_version=8,
        correlation_id=UUID(int=9),
        causation_id=UUID(int=10),
        actor_role=ActorRole.THERAPIST,
        actor_ref=UUID(int=11),
        occurred_at=at("09:00"),
        recorded_at=at("09:01"),
    ).to_headers()


def test_public_is_what_the_catalogue_says_is_public() -> None:
    assert "careteam.notifications.aftercare_started.v1" in PUBLIC_TYPES
    assert "careteam.intake.consent_granted.v1" not in PUBLIC_TYPES
    assert {name for name, entry in CATALOGUE.items() if entry.public} == PUBLIC_TYPES


@pytest.mark.parametrize("kind", samples.KINDS)
@pytest.mark.parametrize("wire_type", sorted(PUBLIC_TYPES))
def test_every_public_event_is_a_cloud_event(wire_type: str, kind: samples.Kind) -> None:
    body = structured(headers(wire_type), samples.body(wire_type, kind), PLACE)
    read = from_structured_event(HTTPMessage({"content-type": CONTENT_TYPE}, body))
    assert read.get_type() == wire_type
    assert read.get_id() == str(UUID(int=1))
    assert read.get_time() == at("09:01")
    assert read.get_subject() == str(UUID(int=2))
    assert read.get_extension("partitionkey") == str(UUID(int=5))
    assert read.get_extension("clientsequence") == 4
    assert read.get_extension("cursor") == "1765000000000000.42"
    told = samples.event(wire_type, kind).model_dump(mode="json")
    assert read.get_data() == told
    assert len(body) < LONGEST


def test_what_the_contracts_do_not_know_stays_here() -> None:
    wire_type = "careteam.intake.client_registered.v1"
    more = {**headers(wire_type), "ce-name": "Quinn Marker", "traceparent": "00-aa-bb-01"}
    payload = json.dumps({**json.loads(samples.body(wire_type)), "phone": "+1 555 0142"})
    body = structured(more, payload.encode(), PLACE)
    assert body == structured(headers(wire_type), samples.body(wire_type), PLACE)
    assert b"Quinn" not in body
    assert b"0142" not in body
    assert b"traceparent" not in body


def test_what_is_no_event_of_ours_is_refused() -> None:
    wire_type = "careteam.notifications.aftercare_started.v1"
    with pytest.raises(MalformedEvent):
        structured(headers(wire_type), b"{}", PLACE)
    with pytest.raises(MalformedEnvelope):
        structured({**headers(wire_type), "ce-id": "x"}, samples.body(wire_type), PLACE)


def test_a_test_tells_nothing_and_of_nobody() -> None:
    told = json.loads(trial("018f0000-0000-7000-8000-0000000000aa"))
    assert (told["type"], told["data"]) == (TEST_TYPE, {})
    assert TEST_TYPE not in CATALOGUE
    assert set(told) == {
        "id", "source", "type", "specversion", "time", "datacontenttype", "data",
    }  # fmt: skip
