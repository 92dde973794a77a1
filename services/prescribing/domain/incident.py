"""Something went against the rules, or two facts contradict each other (ruling 12)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent, IncidentRecorded
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.transitions import Transitions
from services.prescribing.domain.vocabulary import IncidentCode
from shared.decisions import Change

IncidentChange: TypeAlias = "Change[Incident, DomainEvent]"


class IncidentStatus(StrEnum):
    OPEN = "open"
    REVIEWED = "reviewed"


class IncidentStep(StrEnum):
    REVIEW = "review"


TRANSITIONS: Final = Transitions(
    about="incident",
    cites="INV-40",
    possible={IncidentStatus.OPEN: {IncidentStep.REVIEW}, IncidentStatus.REVIEWED: set()},
    slugs={(IncidentStatus.REVIEWED, IncidentStep.REVIEW): "incident-already-reviewed"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """``cause`` makes it one per cause; ``stated`` is who said so, where two people had to."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: IncidentStatus
    code: IncidentCode
    cause: str
    occurred_at: datetime
    dose_order_id: UUID | None = None
    broken_rules: tuple[str, ...] = ()
    reviewed: Signature | None = None

    @classmethod
    def record(
        cls,
        incident_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        session_id: UUID | None,
        code: IncidentCode,
        cause: str,
        at: datetime,
        dose_order_id: UUID | None = None,
        broken_rules: tuple[str, ...] = (),
    ) -> IncidentChange:
        event = IncidentRecorded(
            at=at,
            incident_id=incident_id,
            incident_code=code,
            session_id=session_id,
            dose_order_id=dose_order_id,
            broken_rules=broken_rules,
        )
        return Change(
            cls(
                id=incident_id,
                client_id=client_id,
                course_id=course_id,
                session_id=session_id,
                status=IncidentStatus.OPEN,
                code=code,
                cause=cause,
                occurred_at=at,
                dose_order_id=dose_order_id,
                broken_rules=broken_rules,
            ),
            (event,),
        )

    def review(self, *, by: Clinician, at: datetime) -> IncidentChange:
        """Somebody looked into it."""
        TRANSITIONS.need(self.status, IncidentStep.REVIEW, incident_id=str(self.id))
        return Change(replace(self, status=IncidentStatus.REVIEWED, reviewed=Signature.of(by, at)))
