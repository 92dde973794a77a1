"""What went badly with a client; expected effects are not among it (F83 to F85, REF[50])."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import AdverseEventRecorded, DomainEvent
from services.prescribing.domain.people import Clinician, Signature
from shared.decisions import Change, refuse

AdverseEventChange: TypeAlias = "Change[AdverseEvent, DomainEvent]"

REPORT_WITHIN: Final = timedelta(days=7)
"""The monitoring form's term, and the shortest that the sources name (section 3.1)."""


class AdverseEventCode(StrEnum):
    NAUSEA = "nausea"
    VOMITING = "vomiting"
    DIZZINESS = "dizziness"
    FATIGUE = "fatigue"
    HEADACHE = "headache"
    ANXIETY = "anxiety"
    CONFUSION = "confusion"
    DISCOMFORT = "discomfort"
    HYPERTENSION = "hypertension"
    HYPOTENSION = "hypotension"
    RESPIRATORY_DEPRESSION = "respiratory_depression"
    LOSS_OF_CONSCIOUSNESS = "loss_of_consciousness"
    CHEST_PAIN = "chest_pain"
    ALLERGIC_REACTION = "allergic_reaction"
    SEIZURE = "seizure"
    FALL_OR_INJURY = "fall_or_injury"
    PERSISTENT_PERCEPTUAL_CHANGE = "persistent_perceptual_change"
    SUICIDALITY = "suicidality"
    OTHER = "other"


class AdverseEventStatus(StrEnum):
    OPEN = "open"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """A serious one owes a report and stays open until somebody says that it was sent."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: AdverseEventStatus
    code: AdverseEventCode
    serious: bool
    occurred_at: datetime
    recorded: Signature
    report_due_at: datetime | None = None
    reported: Signature | None = None

    @classmethod
    def record(
        cls,
        ae_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        session_id: UUID,
        code: AdverseEventCode,
        serious: bool,
        occurred_at: datetime,
        by: Clinician,
        now: datetime,
    ) -> AdverseEventChange:
        due = now + REPORT_WITHIN if serious else None
        event = AdverseEventRecorded(
            at=occurred_at,
            ae_id=ae_id,
            session_id=session_id,
            serious=serious,
            report_due_at=due,
        )
        return Change(
            cls(
                id=ae_id,
                client_id=client_id,
                course_id=course_id,
                session_id=session_id,
                status=AdverseEventStatus.OPEN,
                code=code,
                serious=serious,
                occurred_at=occurred_at,
                recorded=Signature.of(by, now),
                report_due_at=due,
            ),
            (event,),
        )

    def report(self, *, by: Clinician, at: datetime) -> AdverseEventChange:
        """The report was sent, or, for one that owes none, the matter is closed."""
        if self.status is not AdverseEventStatus.OPEN:
            refuse("adverse-event-already-reported", "REF[50]", ae_id=str(self.id))
        return Change(
            replace(self, status=AdverseEventStatus.REPORTED, reported=Signature.of(by, at))
        )
