"""An envelope survives its headers, and headers that are not ours are refused by name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.enums import ActorRole, Service
from careteam_contracts.envelope import Envelope, MalformedEnvelope

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)

ENVELOPE = Envelope(
    event_id=UUID(int=1, version=4),
    type="careteam.prescribing.dose_administered.v1",
    producer=Service.PRESCRIBING,
    aggregate_type="dose_order",
    aggregate_id=UUID(int=2, version=4),
    aggregate_version=3,
    client_sequence=17,
    client_id=UUID(int=3, version=4),
    course_id=UUID(int=4, version=4),
    clinic_id=UUID(int=5, version=4),
    protocol_version=1,
    correlation_id=UUID(int=6, version=4),
    causation_id=UUID(int=7, version=4),
    actor_role=ActorRole.NURSE,
    actor_ref=UUID(int=8, version=4),
    occurred_at=AT,
    recorded_at=AT + timedelta(seconds=3, microseconds=250_000),
)
OPTIONAL = {"ce-courseid", "ce-causationid", "ce-actorref"}


def _moments() -> st.SearchStrategy[datetime]:
    zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
    return st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is drawn
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=zones,
    )


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    known = draw(st.sampled_from(sorted(CATALOGUE)))
    positive = st.integers(1, 10**18 - 1)
    return Envelope(
        event_id=draw(st.uuids()),
        type=known,
        producer=CATALOGUE[known].owner,
        aggregate_type=CATALOGUE[known].aggregate_type,
        aggregate_id=draw(st.uuids()),
        aggregate_version=draw(positive),
        client_sequence=draw(positive),
        client_id=draw(st.uuids()),
        course_id=draw(st.none() | st.uuids()),
        clinic_id=draw(st.uuids()),
        protocol_version=draw(positive),
        correlation_id=draw(st.uuids()),
        causation_id=draw(st.none() | st.uuids()),
        actor_role=draw(st.sampled_from(ActorRole)),
        actor_ref=draw(st.none() | st.uuids()),
        occurred_at=draw(_moments()),
        recorded_at=draw(_moments()),
    )


@given(envelopes())
def test_an_envelope_survives_its_headers(envelope: Envelope) -> None:
    headers = envelope.to_headers()
    assert Envelope.from_headers(headers) == envelope
    assert Envelope.from_headers(headers).to_headers() == headers
    assert all(value.isascii() and "\n" not in value for value in headers.values())


def test_the_headers_are_cloudevents_in_binary_mode() -> None:
    assert ENVELOPE.to_headers() == {
        "Nats-Msg-Id": "00000000-0000-4000-8000-000000000001",
        "ce-specversion": "1.0",
        "ce-id": "00000000-0000-4000-8000-000000000001",
        "ce-source": "/careteam/prescribing",
        "ce-type": "careteam.prescribing.dose_administered.v1",
        "ce-subject": "00000000-0000-4000-8000-000000000002",
        "ce-time": "2026-03-02T18:00:03.250000Z",
        "ce-occurredat": "2026-03-02T18:00:00Z",
        "ce-datacontenttype": "application/json",
        "ce-dataschema": "urn:careteam:schema:careteam.prescribing.dose_administered.v1",
        "ce-partitionkey": "00000000-0000-4000-8000-000000000003",
        "ce-correlationid": "00000000-0000-4000-8000-000000000006",
        "ce-causationid": "00000000-0000-4000-8000-000000000007",
        "ce-aggregatetype": "dose_order",
        "ce-aggregateversion": "3",
        "ce-clientsequence": "17",
        "ce-courseid": "00000000-0000-4000-8000-000000000004",
        "ce-clinicid": "00000000-0000-4000-8000-000000000005",
        "ce-protocolversion": "1",
        "ce-actorrole": "nurse",
        "ce-actorref": "00000000-0000-4000-8000-000000000008",
    }


def test_what_is_absent_has_no_header() -> None:
    early = replace(ENVELOPE, course_id=None, causation_id=None, actor_ref=None)
    assert early.to_headers().keys() == ENVELOPE.to_headers().keys() - OPTIONAL
    assert Envelope.from_headers(early.to_headers()) == early


def test_headers_of_others_are_left_alone() -> None:
    others = {"traceparent": "00-1-2-01", "Nats-Stream-Source": "x 1", "ce-later": "1"}
    assert Envelope.from_headers(ENVELOPE.to_headers() | others) == ENVELOPE


def test_an_event_published_again_may_have_a_message_id_of_its_own() -> None:
    headers = ENVELOPE.to_headers()
    again = headers | {"Nats-Msg-Id": headers["ce-id"] + ".2"}
    assert Envelope.from_headers(again) == ENVELOPE


def test_a_stream_may_have_dropped_the_message_id() -> None:
    headers = ENVELOPE.to_headers()
    del headers["Nats-Msg-Id"]
    assert Envelope.from_headers(headers) == ENVELOPE


REQUIRED = sorted(
    ENVELOPE.to_headers().keys() - OPTIONAL - {"Nats-Msg-Id", "ce-datacontenttype", "ce-dataschema"}
)


@pytest.mark.parametrize("header", REQUIRED)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_header_is_named(header: str, value: str | None) -> None:
    headers = ENVELOPE.to_headers()
    if value is None:
        del headers[header]
    else:
        headers[header] = value
    with pytest.raises(MalformedEnvelope) as refused:
        Envelope.from_headers(headers)
    assert refused.value.header == header


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce-specversion", "2.0"),
        ("ce-source", "/careteam/billing"),
        ("ce-source", "prescribing"),
        ("ce-type", "careteam.intake.client_approved.v1"),
        ("Nats-Msg-Id", "00000000-0000-4000-8000-000000000009"),
        ("ce-id", "MARKER"),
        ("ce-subject", "00000000000040008000000000000002"),
        ("ce-subject", "{00000000-0000-4000-8000-000000000002}"),
        ("ce-courseid", ""),
        ("ce-partitionkey", "00000000-0000-4000-8000-00000000000G"),
        ("ce-clientsequence", "0"),
        ("ce-clientsequence", "-1"),
        ("ce-clientsequence", "1.0"),
        ("ce-clientsequence", "1_0"),
        ("ce-aggregateversion", "٣"),
        ("ce-aggregateversion", "9" * 30),
        ("ce-protocolversion", "v1"),
        ("ce-aggregatetype", "Dose Order"),
        ("ce-aggregatetype", "dose_order\n"),
        ("ce-actorrole", "patient"),
        ("ce-time", "yesterday"),
        ("ce-time", "2026-03-02T18:00:00"),
        ("ce-occurredat", "1772474400"),
    ],
)
def test_a_wrong_header_is_named_and_its_value_is_not_told(header: str, value: str) -> None:
    headers = ENVELOPE.to_headers() | {header: value}
    if header == "ce-id":
        headers["Nats-Msg-Id"] = value
    with pytest.raises(MalformedEnvelope) as refused:
        Envelope.from_headers(headers)
    assert refused.value.header == header
    assert "MARKER" not in str(refused.value)


@given(st.dictionaries(st.sampled_from(sorted(ENVELOPE.to_headers())), st.text(max_size=40)))
def test_no_headers_break_the_reader(changes: dict[str, str]) -> None:
    headers: dict[str, Any] = ENVELOPE.to_headers() | changes
    try:
        read = Envelope.from_headers(headers)
    except MalformedEnvelope as refused:
        assert refused.header in headers  # noqa: PT017 - either outcome is fine
    else:
        assert isinstance(read, Envelope)


def test_a_time_without_a_zone_is_not_written() -> None:
    naive = replace(ENVELOPE, occurred_at=AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        naive.to_headers()
