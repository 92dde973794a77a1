"""A message as a subscriber sees it: the event's envelope, and where the stream holds it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from careteam_contracts.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who told what, about whom, and when it became true."""

    envelope: Envelope
    stream_sequence: int

    @property
    def event_id(self) -> UUID:
        return self.envelope.event_id

    @property
    def type(self) -> str:
        return self.envelope.type

    @property
    def producer(self) -> str:
        return str(self.envelope.producer)

    @property
    def client_id(self) -> UUID:
        return self.envelope.client_id

    @property
    def client_sequence(self) -> int:
        return self.envelope.client_sequence

    @property
    def course_id(self) -> UUID | None:
        return self.envelope.course_id

    @property
    def aggregate_id(self) -> UUID:
        return self.envelope.aggregate_id

    @property
    def aggregate_version(self) -> int:
        return self.envelope.aggregate_version

    @property
    def occurred_at(self) -> datetime:
        """When it became true, by its producer."""
        return self.envelope.occurred_at

    @property
    def recorded_at(self) -> datetime:
        return self.envelope.recorded_at

    @property
    def actor_role(self) -> str:
        return str(self.envelope.actor_role)

    @property
    def correlation_id(self) -> UUID:
        return self.envelope.correlation_id
