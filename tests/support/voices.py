"""The services around the one under test, spoken for by the test, and the clinic they are of."""

import json
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from nats.aio.client import Client

from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole
from careteam_contracts.envelope import Envelope
from shared.messaging.watermarks import Mark
from shared.runtime.ids import new_id

ZONE: Final = ZoneInfo("America/Los_Angeles")
CLINIC: Final = UUID("018f0000-0000-7000-8000-000000000001")
STREAM: Final = "CARETEAM_EVENTS"
ROLES: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call", "operator")
REFS: Final = {role: new_id() for role in ROLES}


def at(clock: str, day: int = 10) -> datetime:
    """A local time of a day in March 2026, in UTC."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 3, day, hours, minutes, tzinfo=ZONE).astimezone(UTC)


class SpokenOf(Protocol):
    """A client of whom the other services speak."""

    @property
    def client_id(self) -> UUID: ...
    @property
    def course_id(self) -> UUID: ...
    def aggregate(self, event: Event) -> UUID:
        """The aggregate that an event of its owner belongs to."""
        ...


@dataclass
class Voice:
    """Another service: it tells, it answers, and once in a while it says how far it is."""

    service: str
    client: Client
    sequences: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    versions: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    last: int = 0

    def envelope(self, event: Event, person: SpokenOf, occurred_at: datetime) -> Envelope:
        self.sequences[person.client_id] += 1
        aggregate_id = person.aggregate(event)
        self.versions[aggregate_id] += 1
        return Envelope(
            event_id=new_id(),
            type=event.type,
            producer=event.producer,
            aggregate_type=event.aggregate_type,
            aggregate_id=aggregate_id,
            aggregate_version=self.versions[aggregate_id],
            client_sequence=self.sequences[person.client_id],
            client_id=person.client_id,
            course_id=person.course_id,
            clinic_id=CLINIC,
            protocol_version=1,
            correlation_id=new_id(),
            actor_role=ActorRole.SYSTEM,
            occurred_at=occurred_at,
            recorded_at=occurred_at,
        )

    async def publish(self, event: Event, envelope: Envelope, *, edition: int = 0) -> None:
        headers = envelope.to_headers()
        if edition:
            headers["Nats-Msg-Id"] += f".{edition}"
        acknowledged = await self.client.jetstream().publish(
            event.subject(envelope.client_id), event.to_body(), stream=STREAM, headers=headers
        )
        self.last = acknowledged.seq

    async def mark(self, epoch: int) -> None:
        """Say that everything so far is in the stream, as a relay does."""
        mark = Mark(
            sender=self.service,
            epoch=epoch,
            sequence=self.last,
            said_at=time.monotonic(),
            behind_seconds=0.0,
        )
        subject = f"careteam.mark.{self.service}"
        await self.client.publish(subject, json.dumps(asdict(mark)).encode())
