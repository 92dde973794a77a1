"""The other services as notifications hears them: what they say in order, and how it arrives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from careteam_contracts import intake, prescribing, scheduling
from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ActorRole,
    HoldCategory,
    IncidentCode,
    RecoveryOutcome,
    Service,
    SessionKind,
    SessionOutcome,
)
from careteam_contracts.envelope import Envelope
from careteam_contracts.shared_safety import PrescribingIncidentRecorded
from services.notifications.subscribers import SUBSCRIPTIONS
from shared.messaging import Delivery
from shared.messaging.subscriptions import by_type
from tests.integration.notifications import happenings as told
from tests.integration.notifications.people import Person
from tests.unit.notifications.memory import MemoryClinic
from tests.unit.notifications.moments import CLIENT, COURSE, ORDER, SESSION

HEARD = by_type(SUBSCRIPTIONS)
QUINN = Person(
    None,
    client_id=CLIENT,
    course_id=COURSE,
    session_id=SESSION,
    order_id=ORDER,
    escort_id=UUID(int=21),
    clearance_id=UUID(int=22),
)


@dataclass
class Producer:
    """What one service said, how far notifications took it, and what arrived too early."""

    name: str
    said: list[tuple[Event, Envelope]] = field(default_factory=list)
    taken: int = 0
    arrived: set[int] = field(default_factory=set)
    versions: dict[UUID, int] = field(default_factory=dict)


class Others:
    """All three; each in its own order, their words in any."""

    def __init__(self, clinic: MemoryClinic) -> None:
        self.clinic = clinic
        self.producers = {
            name.value: Producer(name.value)
            for name in Service
            if name is not Service.NOTIFICATIONS
        }
        self._ids = 0

    def say(self, event: Event, at: datetime) -> tuple[str, int]:
        """It became true at its owner; nobody else has heard of it yet."""
        producer = self.producers[event.producer.value]
        aggregate_id = QUINN.aggregate(event)
        self._ids += 1
        version = producer.versions[aggregate_id] = producer.versions.get(aggregate_id, 0) + 1
        envelope = Envelope(
            event_id=UUID(int=10**9 + self._ids),
            type=event.type,
            producer=event.producer,
            aggregate_type=event.aggregate_type,
            aggregate_id=aggregate_id,
            aggregate_version=version,
            client_sequence=len(producer.said) + 1,
            client_id=CLIENT,
            course_id=COURSE,
            clinic_id=UUID(int=31),
            protocol_version=1,
            correlation_id=UUID(int=32),
            actor_role=ActorRole.SYSTEM,
            occurred_at=at,
            recorded_at=at,
        )
        producer.said.append((event, envelope))
        return producer.name, len(producer.said) - 1

    def unheard(self) -> list[tuple[str, int]]:
        return [
            (producer.name, number)
            for producer in self.producers.values()
            for number in range(producer.taken, len(producer.said))
        ]

    async def arrive(self, name: str, number: int) -> None:
        """A message arrives: in its place, too early, or again (rulings 2 to 4)."""
        producer = self.producers[name]
        if number < producer.taken:
            return
        producer.arrived.add(number)
        event, envelope = producer.said[number]
        if number > producer.taken and event.urgent:
            subscription = HEARD[event.type]
            assert subscription.fold is not None
            await subscription.fold(event, Delivery(envelope, 1), self.clinic)
        while producer.taken in producer.arrived:
            event, envelope = producer.said[producer.taken]
            subscription = HEARD[event.type]
            for part in (subscription.fold, subscription.policy):
                if part is not None:
                    await part(event, Delivery(envelope, 1), self.clinic)
            producer.taken += 1

    async def tell(self, event: Event, at: datetime) -> None:
        """Said, and heard at once."""
        await self.arrive(*self.say(event, at))


def _escort(number: int) -> Person:
    return Person(None, CLIENT, COURSE, SESSION, ORDER, UUID(int=number), QUINN.clearance_id)


HAPPENS: dict[str, Callable[[datetime], Event]] = {
    "team": lambda _t: intake.CareTeamAssigned(
        therapist_ref=UUID(int=41), prescriber_ref=UUID(int=42), team_version=1
    ),
    "suicidality": lambda _t: told.hold(HoldCategory.SUICIDALITY),
    "contraindication": lambda _t: told.hold(HoldCategory.CONTRAINDICATION),
    "booked": lambda t: told.booked(QUINN, t + timedelta(hours=1)),
    "moved": lambda t: scheduling.SessionRescheduled(
        session_id=SESSION,
        starts_at=t + timedelta(hours=3),
        planned_end_at=t + timedelta(hours=6),
        schedule_version=2,
    ),
    "cancelled": lambda _t: scheduling.SessionCancelled(
        session_id=SESSION, by_role=ActorRole.CLIENT
    ),
    "integration": lambda t: told.booked(
        QUINN, t + timedelta(days=2), kind=SessionKind.INTEGRATION, session_id=UUID(int=33)
    ),
    "integration declined": lambda t: scheduling.IntegrationDeclined(session_id=SESSION, at=t),
    "safety plan": lambda t: scheduling.SafetyPlanConfirmed(session_id=SESSION, at=t),
    "escort": lambda _t: told.escort_confirmed(QUINN),
    "escort cancels": lambda _t: scheduling.EscortCancelled(
        session_id=SESSION, escort_id=QUINN.escort_id
    ),
    "another escort": lambda _t: told.escort_confirmed(_escort(23)),
    "escort arrives": lambda t: told.escort_arrived(QUINN, t),
    "started": lambda t: told.started(QUINN, t),
    "dose": lambda t: told.dose(QUINN, t),
    "second dose": lambda t: told.dose(QUINN, t, seq=2),
    "stop": lambda t: told.stop(QUINN, t),
    "ended": lambda t: told.ended(QUINN, t),
    "aborted": lambda t: told.ended(QUINN, t, SessionOutcome.ABORTED_BEFORE_DOSE),
    "order closed": lambda _t: told.order_closed(QUINN, 1),
    "check": lambda _t: told.checked(QUINN, 1, RecoveryOutcome.ON_TRACK),
    "worrying check": lambda _t: told.checked(QUINN, 2, RecoveryOutcome.ESCALATE),
    "serious event": lambda t: prescribing.AdverseEventRecorded(
        ae_id=UUID(int=34), session_id=SESSION, serious=True, report_due_at=t + timedelta(days=1)
    ),
    "cleared": lambda t: told.cleared(QUINN, t),
    "rescinded": lambda _t: prescribing.ClearanceRescinded(
        session_id=SESSION, clearance_id=QUINN.clearance_id
    ),
    "discharged": lambda t: told.discharged(QUINN, t),
    "transferred": lambda t: told.transferred(QUINN, t),
    "walked out": lambda t: told.walked_out(QUINN, t),
    "manual count differs": lambda _t: PrescribingIncidentRecorded(
        incident_id=UUID(int=35),
        incident_code=IncidentCode.MANUAL_CLEARANCE_DIFFERS,
        session_id=SESSION,
    ),
}
"""Things that happen to one client's session, whether they make sense together or not."""


def happening(name: str, at: datetime) -> Any:
    return HAPPENS[name](at)
