"""What went badly with a client; expected effects are not among it (F83 to F85, REF[50])."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import AdverseEventRecorded, DomainEvent
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.transitions import Transitions
from shared.decisions import Change, Unblock, refuse
from shared.protocol import FindingContext

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


class SeriousCriterion(StrEnum):
    """What makes one serious (REF[50])."""

    DEATH = "death"
    IMMEDIATE_RISK = "immediate_risk"
    HOSPITALISATION = "hospitalisation"
    PERSISTENT_INCAPACITY = "persistent_incapacity"
    CONGENITAL_ANOMALY = "congenital_anomaly"
    INTERVENTION_NEEDED = "intervention_needed"


class AdverseEventStatus(StrEnum):
    OPEN = "open"
    REPORTED = "reported"


class AdverseEventState(StrEnum):
    OPEN = "open"
    OPEN_SERIOUS = "open_serious"
    REPORTED = "reported"
    REPORTED_SERIOUS = "reported_serious"


class AdverseEventStep(StrEnum):
    REPORT = "report"
    FIND_SERIOUS = "find_serious"


_S, _T = AdverseEventState, AdverseEventStep
TRANSITIONS: Final = Transitions(
    about="adverse-event",
    cites="REF[50]",
    possible={
        _S.OPEN: {_T.REPORT, _T.FIND_SERIOUS},
        _S.OPEN_SERIOUS: {_T.REPORT},
        _S.REPORTED: {_T.FIND_SERIOUS},
        _S.REPORTED_SERIOUS: set(),
    },
    slugs={
        (_S.REPORTED, _T.REPORT): "adverse-event-already-reported",
        (_S.REPORTED_SERIOUS, _T.REPORT): "adverse-event-already-reported",
        (_S.OPEN_SERIOUS, _T.FIND_SERIOUS): "adverse-event-already-serious",
        (_S.REPORTED_SERIOUS, _T.FIND_SERIOUS): "adverse-event-already-serious",
    },
)
RECORD_AS_SEEN: Final = Unblock(
    fact="time: the medicine's effects may last that long",
    owner="prescribing",
    action="record what is seen at the recovery check",
)


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
    criteria: tuple[SeriousCriterion, ...] = ()

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
        criteria: tuple[SeriousCriterion, ...] = (),
        report_every: bool = False,
        context: FindingContext = FindingContext.PERSISTENT,
    ) -> AdverseEventChange:
        """``context``: when it was seen. What the medicine is expected to do is none (C-08)."""
        expected = context is FindingContext.DRUG_EXPECTED
        if code is AdverseEventCode.PERSISTENT_PERCEPTUAL_CHANGE and expected:
            refuse("effect-still-expected", "C-08", RECORD_AS_SEEN, code=code)
        serious = serious or bool(criteria)
        due = now + REPORT_WITHIN if serious or report_every else None
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
                criteria=criteria,
            ),
            (event,),
        )

    def find_serious(
        self, criteria: tuple[SeriousCriterion, ...], *, now: datetime
    ) -> AdverseEventChange:
        """It turned out to be serious: it is told again, owes a report and is open once more."""
        TRANSITIONS.need(self.state, AdverseEventStep.FIND_SERIOUS, ae_id=str(self.id))
        due = now + REPORT_WITHIN
        found = replace(
            self,
            serious=True,
            criteria=criteria,
            report_due_at=due,
            status=AdverseEventStatus.OPEN,
            reported=None,
        )
        event = AdverseEventRecorded(
            at=now, ae_id=self.id, session_id=self.session_id, serious=True, report_due_at=due
        )
        return Change(found, (event,))

    @property
    def state(self) -> AdverseEventState:
        """Status and seriousness together: what may happen next depends on both."""
        return AdverseEventState(f"{self.status}{'_serious' if self.serious else ''}")

    def report(self, *, by: Clinician, at: datetime) -> AdverseEventChange:
        """The report was sent, or, for one that owes none, the matter is closed."""
        TRANSITIONS.need(self.state, AdverseEventStep.REPORT, ae_id=str(self.id))
        return Change(
            replace(self, status=AdverseEventStatus.REPORTED, reported=Signature.of(by, at))
        )
