"""A play that begins with an approved client, and can give, close and end doses."""

from typing import Final
from uuid import UUID

from careteam_contracts import prescribing, scheduling
from careteam_contracts.enums import (
    AssessmentOutcome,
    DischargeMode,
    SessionKind,
    SessionOutcome,
)
from services.intake.domain.events import MedicalAssessmentRequested
from services.intake.domain.vocabulary import CourseStatus, EvaluationOutcome
from services.intake.handlers.sign_consent import SignConsent, sign_consent
from shared.protocol import ConsentScope
from tests.unit.intake.courses import BOTH_SCOPES
from tests.unit.intake.play import THE_PRESCRIBER, THE_THERAPIST, Play

SCOPES: Final = tuple(ConsentScope)


class Approved(Play):
    """The client is approved. ``in_recovery`` and ``given`` are the truth, heard of or not."""

    def __init__(self) -> None:
        super().__init__()
        self.screen_clean()
        assert self.evaluate(EvaluationOutcome.SUITABLE)
        self.assess()
        assert self.course.status is CourseStatus.APPROVED
        self.given: dict[UUID, list[object]] = {}
        self.in_recovery: set[UUID] = set()
        self.orders: dict[UUID, list[int]] = {}

    def assess(self) -> None:
        request = self.told(MedicalAssessmentRequested)[-1]
        cleared = AssessmentOutcome.CLEARED
        self.tell(
            prescribing.MedicalAssessmentCompleted(request_id=request.request_id, outcome=cleared),
            by=THE_PRESCRIBER,
        )
        self.hear_all()

    def sign(self, scopes: tuple[ConsentScope, ...] = BOTH_SCOPES, material: int = 1) -> bool:
        command = SignConsent(course_id=self.course_id, scopes=scopes, material_version=material)
        return self.ask(sign_consent, command, THE_THERAPIST)

    def prepare(self) -> None:
        self.tell(
            scheduling.SessionCompleted(
                session_id=UUID(int=300),
                kind=SessionKind.PREP,
                outcome=SessionOutcome.COMPLETED,
                ended_at=self.intake.now,
            )
        )
        self.tell(scheduling.PreparationCompleted(prep_count=2, checklist_version=1))
        self.hear_all()

    def give_a_dose(self) -> UUID:
        number = len(self.given) + 1
        session, order = UUID(int=1_000 + number), UUID(int=2_000 + number)
        self.given[session] = [self.intake.now]
        self.in_recovery.add(session)
        self.orders[order] = []
        self.tell(
            prescribing.DoseAdministered(
                session_id=session,
                dose_order_id=order,
                dose_seq=1,
                administered_at=self.intake.now,
                timing_profile="SL-STD",
                observe_until=self.intake.now,
            ),
            aggregate=order,
        )
        return session

    def close_an_order(self, order: UUID, count: int) -> None:
        """Told again with another count it is a correction: a higher version (ruling 12)."""
        self.orders[order].append(count)
        session = UUID(int=order.int - 1_000)
        self.tell(
            prescribing.DoseOrderClosed(
                session_id=session, dose_order_id=order, administered_count=count
            ),
            aggregate=order,
            version=1 + len(self.orders[order]),
        )

    def let_go(self, session: UUID) -> None:
        self.in_recovery.discard(session)
        self.tell(
            scheduling.ClientDischarged(
                session_id=session,
                clearance_id=UUID(int=3_000),
                escort_id=UUID(int=3_001),
                discharged_at=self.intake.now,
                mode=DischargeMode.STANDARD,
            ),
            aggregate=session,
        )
