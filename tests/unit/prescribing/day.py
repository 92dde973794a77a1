"""What people in prescribing do on a clinic day, in memory."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.prescribing.domain.course_facts import CareTeam
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import TakenReason
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    PrescriptionKind,
)
from services.prescribing.handlers.activate_prescription import (
    ActivatePrescription,
    activate_prescription,
)
from services.prescribing.handlers.administer_dose import AdministerDose, administer_dose
from services.prescribing.handlers.check_before_dose import (
    RecordPreDoseCheck,
    record_pre_dose_check,
)
from services.prescribing.handlers.clear_for_discharge import ClearForDischarge, clear_for_discharge
from services.prescribing.handlers.complete_assessment import (
    CompleteAssessment,
    complete_assessment,
)
from services.prescribing.handlers.observe_recovery import (
    RecordRecoveryCheck,
    record_recovery_check,
)
from services.prescribing.handlers.record_registration import (
    RecordRegistration,
    record_registration,
)
from services.prescribing.handlers.record_taken_dose import RecordTakenDose, record_taken_dose
from services.prescribing.handlers.release_dose import ReleaseDose, release_dose
from services.prescribing.handlers.when_course_changes import when_assessment_requested
from services.prescribing.handlers.write_prescription import (
    DraftPrescription,
    draft_prescription,
)
from shared.protocol import ConsentScope, Route
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    THERAPIST,
    WITNESS,
    at,
    observation,
    readings,
    terms,
    told,
)
from tests.unit.prescribing.hearing import Hearing
from tests.unit.prescribing.memory import transactions

REQUEST = UUID(int=9)
SCOPES = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)


class Day(Hearing):
    """From the request to assess to the clearance, step by step."""

    async def approved(self, *, sessions: int = 2) -> Prescription:
        """From the assessment's request to an active prescription, at eight."""
        later = at("08:00") + timedelta(days=365)
        await self.hear(
            "07:00",
            lambda f: f.assign(
                1, told(CareTeam(therapist_ref=THERAPIST.ref, prescriber_ref=PRESCRIBER.ref))
            ),
        )
        await when_assessment_requested(
            self.act(None, "07:05"),
            request_id=REQUEST,
            client_id=CLIENT,
            course_id=COURSE,
            requested_at=at("07:05"),
            review_flags=0,
        )
        await complete_assessment(
            CompleteAssessment(request_id=REQUEST, outcome=AssessmentOutcome.CLEARED),
            self.act(PRESCRIBER, "07:10"),
        )
        await self.hear("07:15", lambda f: f.approve(UUID(int=20), told(later)))
        await self.hear("07:20", lambda f: f.grant(UUID(int=21), SCOPES, told(later)))
        await self.hear("07:25", lambda f: f.prepare(told(2)))
        await record_registration(
            RecordRegistration(
                prescriber_ref=PRESCRIBER.ref,
                licence_valid_until=later,
                dea_valid_until=later,
                dea_number="AB1234563",
            ),
            self.act(PRESCRIBER, "07:30"),
        )
        return await self.prescribed(sessions=sessions)

    async def prescribed(self, *, sessions: int = 2, clock: str = "08:00") -> Prescription:
        rx = await draft_prescription(
            DraftPrescription(
                course_id=COURSE,
                kind=PrescriptionKind.PRESCRIPTION,
                route=Route.SL,
                terms=terms(sessions_authorised=sessions),
                pdmp_checked_at=at(clock),
            ),
            self.act(PRESCRIBER, clock),
        )
        self.act(PRESCRIBER, clock)
        return await activate_prescription(
            ActivatePrescription(prescription_id=rx.id),
            transactions(self.uow),
            self.peers,
        )

    async def measured(self, clock: str = "09:45", **changes: Any) -> Any:
        return await record_pre_dose_check(
            RecordPreDoseCheck(session_id=SESSION, readings=readings(**changes)),
            self.act(NURSE, clock),
        )

    async def released(self, clock: str = "09:55") -> DoseOrder:
        self.act(NURSE, clock)
        return await release_dose(
            ReleaseDose(order_id=(await self.order()).id),
            transactions(self.uow),
            self.peers,
        )

    async def given(self, clock: str = "10:00", *, seq: int = 1, **more: Any) -> DoseOrder:
        self.act(NURSE, clock)
        return await administer_dose(
            AdministerDose(order_id=(await self.order()).id, dose_seq=seq, amount_mg=150.0, **more),
            transactions(self.uow),
            self.peers,
        )

    async def looked(self, clock: str, *, escalate: bool = False, **seen: Any) -> Recovery:
        return await record_recovery_check(
            RecordRecoveryCheck(session_id=SESSION, seen=observation(**seen), escalate=escalate),
            self.act(NURSE, clock),
        )

    async def cleared(self, clock: str, who: Clinician = NURSE) -> Recovery:
        self.act(who, clock)
        return await clear_for_discharge(
            ClearForDischarge(session_id=SESSION),
            transactions(self.uow),
            self.peers,
        )

    async def recorded_late(
        self, clock: str, given: str = "10:00", *, order: UUID | None = None
    ) -> DoseOrder:
        """A dose that was taken at ``given``, written down afterwards."""
        return await record_taken_dose(
            RecordTakenDose(
                order_id=order or (await self.order()).id,
                administered_at=at(given),
                witness_ref=WITNESS,
                reason=TakenReason.RECORDED_LATE,
                amount_mg=150.0,
            ),
            self.act(NURSE, clock),
        )

    async def into_the_room(self) -> None:
        """J1 until ten to ten: approved, and everything checked."""
        await self.approved()
        await self._begun()

    async def to_the_dose(self) -> DoseOrder:
        """J1 until ten o'clock."""
        await self.approved()
        return await self.to_the_dose_of_an_approved_course()

    async def _begun(self) -> None:
        await self.booked()
        await self.checked_in()
        await self.measured()
        await self.started()

    async def to_the_dose_of_an_approved_course(self) -> DoseOrder:
        await self._begun()
        await self.released()
        return await self.given()
