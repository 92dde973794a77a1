"""What a machine lets the other services tell prescribing: in any order, again, and late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from careteam_contracts import enums as wire
from careteam_contracts import intake, scheduling, shared_safety
from careteam_contracts.base import Event
from services.prescribing.subscribers import SUBSCRIPTIONS
from shared.messaging.subscriptions import by_type
from tests.unit.prescribing.clinic import CLIENT, COURSE, SESSION, THERAPIST
from tests.unit.prescribing.memory import MemoryUnitOfWork

SCOPES = (wire.ConsentScope.TREATMENT, wire.ConsentScope.AFTERCARE_AGREEMENT)
ESCORT = UUID(int=22)
TABLE = by_type(SUBSCRIPTIONS)


@dataclass(frozen=True)
class Heard:
    """A message as the subscriptions want it, without a stream."""

    event: Event
    occurred_at: datetime
    event_id: UUID
    aggregate_version: int
    client_id: UUID = CLIENT
    course_id: UUID = COURSE

    @property
    def producer(self) -> str:
        return self.event.producer.value

    @property
    def type(self) -> str:
        return self.event.type

    async def take_effect(self, uow: MemoryUnitOfWork) -> None:
        """The fold, then the policy: the service's own."""
        subscription = TABLE[self.type]
        if subscription.fold is not None:
            await subscription.fold(self.event, self, uow)  # type: ignore[arg-type]
        if subscription.policy is not None:
            await subscription.policy(self.event, self, uow)  # type: ignore[arg-type]

    async def fold(self, uow: MemoryUnitOfWork) -> None:
        """The fact alone, as of an urgent event from behind a gap."""
        subscription = TABLE[self.type]
        if subscription.fold is not None:
            await subscription.fold(self.event, self, uow)  # type: ignore[arg-type]


def booked(now: datetime) -> Event:
    return scheduling.SessionScheduled(
        session_id=SESSION,
        kind=wire.SessionKind.DOSING,
        kind_no=1,
        starts_at=now + timedelta(minutes=30),
        planned_end_at=now + timedelta(minutes=210),
        setting=wire.Setting.IN_CLINIC,
        therapist_ref=THERAPIST.ref,
    )


def moved(now: datetime, version: int) -> Event:
    return scheduling.SessionRescheduled(
        session_id=SESSION,
        starts_at=now + timedelta(minutes=40),
        planned_end_at=now + timedelta(minutes=220),
        schedule_version=version,
    )


def started(now: datetime) -> Event:
    return scheduling.DosingSessionStarted(
        session_id=SESSION,
        gate_id=uuid4(),
        assent_id=uuid4(),
        supervisor_ref=THERAPIST.ref,
        started_at=now,
    )


def ended(now: datetime, outcome: wire.SessionOutcome) -> Event:
    return scheduling.SessionCompleted(
        session_id=SESSION, kind=wire.SessionKind.DOSING, outcome=outcome, ended_at=now
    )


def stopped(now: datetime) -> Event:
    return scheduling.SessionStopRequested(
        session_id=SESSION, by_role=wire.ActorRole.CLIENT, at=now
    )


def held(severity: wire.HoldSeverity, hold_id: UUID) -> Event:
    placed: type[Any] = shared_safety.IntakeSafetyHoldPlaced
    event: Event = placed(
        hold_id=hold_id,
        hold_category=wire.HoldCategory.CONTRAINDICATION,
        blocks=(wire.HoldBlock.START, wire.HoldBlock.DOSE),
        severity=severity,
    )
    return event


def lifted(hold_id: UUID) -> Event:
    gone: type[Any] = shared_safety.IntakeSafetyHoldLifted
    event: Event = gone(hold_id=hold_id, lifted_by_roles=(wire.ActorRole.PRESCRIBER,))
    return event


def consented(now: datetime, consent_id: UUID) -> Event:
    return intake.ConsentGranted(
        consent_id=consent_id,
        consent_version=1,
        scopes=SCOPES,
        material_version=1,
        valid_until=now + timedelta(days=365),
    )


def withdrawn(now: datetime, consent_id: UUID) -> Event:
    return intake.ConsentWithdrawn(consent_id=consent_id, scopes=SCOPES, withdrawn_at=now)


def discharged(now: datetime, clearance_id: UUID | None) -> Event:
    mode = wire.DischargeMode.STANDARD if clearance_id else wire.DischargeMode.TRANSFER
    return scheduling.ClientDischarged(
        session_id=SESSION,
        clearance_id=clearance_id,
        escort_id=ESCORT if clearance_id else None,
        discharged_at=now,
        mode=mode,
    )


def left(now: datetime) -> Event:
    return scheduling.LeftAgainstAdvice(
        session_id=SESSION, left_at=now, capacity_assessed=True, escort_present=False
    )
