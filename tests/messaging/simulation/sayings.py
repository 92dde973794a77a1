"""What the producers of a small world say: made once, for all schedules."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from careteam_contracts import intake, scheduling
from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole, ConsentScope
from careteam_contracts.envelope import Envelope

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What a producer said."""

    producer: str
    client: UUID
    sequence: int
    event_id: UUID
    urgent: bool
    subject: str
    headers: dict[str, str]
    body: bytes


@cache
def what_is_said(producer: str, client: UUID, sequence: int, urgent: bool) -> Said:
    """A producer's event with this number about a client; the same for every seed."""
    event = _event(producer, sequence, urgent)
    event_id = UUID(int=(1000 if producer == "intake" else 2000) + 100 * client.int + sequence)
    envelope = Envelope(
        event_id=event_id,
        type=event.type,
        producer=event.producer,
        aggregate_type=event.aggregate_type,
        aggregate_id=client,
        aggregate_version=sequence,
        client_sequence=sequence,
        client_id=client,
        clinic_id=client,
        protocol_version=1,
        correlation_id=client,
        actor_role=ActorRole.SYSTEM,
        occurred_at=NOW,
        recorded_at=NOW,
    )
    return Said(
        producer,
        client,
        sequence,
        event_id,
        event.urgent,
        event.subject(client),
        envelope.to_headers(),
        event.to_body(),
    )


def _event(producer: str, sequence: int, urgent: bool) -> Event:
    if producer == "scheduling":
        return scheduling.EscortCancelled(session_id=UUID(int=1), escort_id=UUID(int=sequence))
    if urgent:
        return intake.ConsentWithdrawn(
            consent_id=UUID(int=sequence), scopes=(ConsentScope.TREATMENT,), withdrawn_at=NOW
        )
    return intake.ContactPreferencesChanged(
        sms_allowed=True, email_allowed=True, voice_allowed=True, pref_version=sequence
    )
