"""A clinic day told in memory: what the others publish, and what people here do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.prescribing.domain.course_facts import CareTeam, CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.session_facts import (
    Departure,
    SessionEnd,
    SessionFacts,
    Window,
)
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    DepartureMode,
    PrescriptionKind,
    SessionKind,
    SessionOutcome,
)
from services.prescribing.handlers.activate_prescription import (
    ActivatePrescription,
    activate_prescription,
)
from services.prescribing.handlers.administer_dose import AdministerDose, administer_dose
from services.prescribing.handlers.advance_course import advance_course
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
from services.prescribing.handlers.release_dose import ReleaseDose, release_dose
from services.prescribing.handlers.when_client_leaves import when_client_discharged
from services.prescribing.handlers.when_course_changes import when_assessment_requested
from services.prescribing.handlers.when_session_changes import (
    when_client_checked_in,
    when_session_completed,
)
from services.prescribing.handlers.write_prescription import (
    DraftPrescription,
    draft_prescription,
)
from shared.protocol import ConsentScope, Route
from shared.storage import Actor
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    THERAPIST,
    at,
    observation,
    readings,
    scheduling_says,
    terms,
    told,
)
from tests.unit.prescribing.memory import MemoryPeers, MemoryUnitOfWork, transactions

REQUEST = UUID(int=9)
SCOPES = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)


class Day:
    """Times are local clock times of one day; ``act`` says who and when."""

    def __init__(self) -> None:
        self.uow: Any = MemoryUnitOfWork()
        self.peers = MemoryPeers()

    def act(self, who: Clinician | None, clock: str) -> Any:
        self.uow.now = at(clock)
        self.uow.actor = Actor(who.role.value, who.ref) if who is not None else Actor("system")
        return self.uow

    async def hear(
        self, clock: str, step: Callable[[CourseFacts], CourseFacts], *, look: bool = True
    ) -> None:
        """An event of another service: folded, then the course is looked at again."""
        uow = self.act(None, clock)
        uow.learn(step)
        if look:
            await advance_course(uow, COURSE, CLIENT)

    async def hear_of_session(
        self,
        clock: str,
        step: Callable[[SessionFacts], SessionFacts],
        *,
        session: UUID = SESSION,
        look: bool = True,
    ) -> None:
        await self.hear(clock, lambda f: f.in_session(session, step), look=look)

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
                prescriber_ref=PRESCRIBER.ref, licence_valid_until=later, dea_valid_until=later
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
            self.peers,  # type: ignore[arg-type]
        )

    async def booked(
        self,
        clock: str = "08:30",
        *,
        starts: datetime | None = None,
        session: UUID = SESSION,
        version: int = 1,
    ) -> None:
        begins = starts or at("09:30")
        window = told(Window(starts_at=begins, planned_end_at=begins + timedelta(hours=3)))
        await self.hear_of_session(
            clock,
            lambda s: replace(s, kind=SessionKind.DOSING, window=s.window.tell(version, window)),
            session=session,
        )

    async def checked_in(self, clock: str = "09:35") -> None:
        await self.hear_of_session(clock, lambda s: replace(s, checked_in=told(at(clock))))
        await when_client_checked_in(self.act(None, clock), session_id=SESSION)

    async def measured(self, clock: str = "09:45", **changes: Any) -> Any:
        return await record_pre_dose_check(
            RecordPreDoseCheck(session_id=SESSION, readings=readings(**changes)),
            self.act(NURSE, clock),
        )

    async def started(self, clock: str = "09:50") -> None:
        await self.hear_of_session(
            clock,
            lambda s: replace(
                s,
                started=told(at(clock), at(clock)),
                escorts=s.escorts.add(str(UUID(int=22)), told(True)),
            ),
        )

    async def released(self, clock: str = "09:55") -> DoseOrder:
        self.act(NURSE, clock)
        return await release_dose(
            ReleaseDose(order_id=(await self.order()).id),
            transactions(self.uow),
            self.peers,  # type: ignore[arg-type]
        )

    async def given(self, clock: str = "10:00", *, seq: int = 1, **more: Any) -> DoseOrder:
        self.act(NURSE, clock)
        return await administer_dose(
            AdministerDose(order_id=(await self.order()).id, dose_seq=seq, amount_mg=150.0, **more),
            transactions(self.uow),
            self.peers,  # type: ignore[arg-type]
        )

    async def looked(self, clock: str, *, escalate: bool = False, **seen: Any) -> Recovery:
        return await record_recovery_check(
            RecordRecoveryCheck(session_id=SESSION, seen=observation(**seen), escalate=escalate),
            self.act(NURSE, clock),
        )

    async def ended(self, clock: str, outcome: SessionOutcome = SessionOutcome.COMPLETED) -> None:
        end = told(SessionEnd(outcome=outcome, ended_at=at(clock)), at(clock))
        await self.hear_of_session(clock, lambda s: s.ended(end, SessionKind.DOSING), look=False)
        await when_session_completed(
            self.act(None, clock), course_id=COURSE, client_id=CLIENT, session_id=SESSION
        )

    async def cleared(self, clock: str, who: Clinician = NURSE) -> Recovery:
        self.act(who, clock)
        return await clear_for_discharge(
            ClearForDischarge(session_id=SESSION),
            transactions(self.uow),
            self.peers,  # type: ignore[arg-type]
        )

    async def left(
        self, clock: str, *, transferred: bool = False, clearance_id: UUID | None = None
    ) -> None:
        mode = DepartureMode.TRANSFER if transferred else DepartureMode.STANDARD
        gone = told(Departure(mode=mode, at=at(clock), clearance_id=clearance_id), at(clock))
        await self.hear_of_session(clock, lambda s: replace(s, departure=gone), look=False)
        await when_client_discharged(
            self.act(None, clock),
            course_id=COURSE,
            client_id=CLIENT,
            session_id=SESSION,
            clearance_id=clearance_id,
            transferred=transferred,
            at=at(clock),
        )

    async def to_the_dose(self) -> DoseOrder:
        """J1 until ten o'clock."""
        await self.approved()
        return await self.to_the_dose_of_an_approved_course()

    async def to_the_dose_of_an_approved_course(self) -> DoseOrder:
        await self.booked()
        await self.checked_in()
        await self.measured()
        await self.started()
        await self.released()
        return await self.given()

    async def order(self, session: UUID = SESSION) -> DoseOrder:
        orders: list[DoseOrder] = await self.uow.dose_orders.list_by(session_id=session)
        return orders[-1]

    async def rx(self) -> Prescription:
        (rx,) = await self.uow.prescriptions.list_by(course_id=COURSE)
        return rx  # type: ignore[no-any-return]

    async def recovery(self) -> Recovery:
        return await self.uow.recoveries.find_by(session_id=SESSION)  # type: ignore[no-any-return]

    def told_by(self, kind: type) -> list[Any]:
        return [event for event in self.uow.events if type(event) is kind]

    def therapy_has_ended(self, clock: str) -> None:
        """Scheduling answers that the session's end is known there, before its event is here."""
        self.peers.scheduling_answer = scheduling_says(
            session_status="recovering",
            in_progress=False,
            therapy_ended=True,
            ended_at=at(clock),
            outcome=SessionOutcome.COMPLETED,
        )


def new_session() -> UUID:
    return uuid4()
