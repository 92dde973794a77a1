"""People, times and aggregates for the prescribing tests: one clinic day in Los Angeles."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from services.prescribing.domain.answers_of_peers import (
    EscortState,
    IntakeAnswer,
    Lane,
    SchedulingAnswer,
)
from services.prescribing.domain.course_facts import CareTeam, CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.predose_grading import PregnancyResult, Readings
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checks import Observation
from services.prescribing.domain.recovery_states import DoseOnBoard
from services.prescribing.domain.session_facts import SessionEnd, Window
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    MoodRescreen,
    PrescriptionKind,
    SessionKind,
    SessionOutcome,
)
from shared.decisions import Refused
from shared.folds import Sourced
from shared.protocol import ClinicProtocol, ConsentScope, Pin, Role, Route

ZONE = ZoneInfo("America/Los_Angeles")
PROTOCOL = ClinicProtocol()
CLIENT = UUID(int=1)
COURSE = UUID(int=2)
SESSION = UUID(int=3)
PRESCRIBER = Clinician(role=Role.PRESCRIBER, ref=UUID(int=11))
SECOND_PRESCRIBER = Clinician(role=Role.PRESCRIBER, ref=UUID(int=12))
NURSE = Clinician(role=Role.NURSE, ref=UUID(int=13))
THERAPIST = Clinician(role=Role.THERAPIST, ref=UUID(int=14))
WITNESS = UUID(int=15)


def at(clock: str, *, day: int = 2) -> datetime:
    """A local time of the clinic in March 2026, in UTC."""
    hour, minute = map(int, clock.split(":"))
    local = datetime(2026, 3, day, hour, minute, tzinfo=ZONE)
    return local.astimezone(ZoneInfo("UTC"))


def told(value: Any, when: datetime | None = None) -> Sourced[Any]:
    """A fact told by an event of its own."""
    return Sourced(value, str(uuid4()), when or at("08:00"))


def slugs(refused: Refused) -> set[str]:
    return {refusal.slug for refusal in refused.refusals}


def readings(**changes: Any) -> Readings:
    calm = Readings(
        systolic=120,
        diastolic=78,
        heart_rate=70,
        spo2=98,
        fasting_ok=True,
        pregnancy_attested=True,
        pregnancy_test=PregnancyResult.NEGATIVE,
        medication_changes=False,
        mood_rescreen=MoodRescreen.OK,
    )
    return replace(calm, **changes)


def observation(**changes: Any) -> Observation:
    well = Observation(
        oriented=True,
        steady_gait=True,
        vitals_within_20pct=True,
        moaas=5,
        nausea_minimal=True,
        score=10,
    )
    return replace(well, **changes)


def terms(**changes: Any) -> Terms:
    usual = Terms(timing_profile="SL-STD", amount_mg=150.0, sessions_authorised=2, valid_until=None)
    return replace(usual, **changes)


def draft(**changes: Any) -> Prescription:
    written = Prescription.draft(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        kind=PrescriptionKind.PRESCRIPTION,
        route=Route.SL,
        terms=terms(),
        pdmp_checked_at=at("08:00", day=1),
        by=PRESCRIBER,
        at=at("08:00"),
    ).state
    return replace(written, **changes)


def active(
    *, sessions: int = 2, until: datetime | None = None, booster_mg: float | None = None
) -> Prescription:
    written = draft(terms=terms(sessions_authorised=sessions, booster_mg=booster_mg))
    return written.activate(
        by=PRESCRIBER, at=at("08:00"), valid_until=until or at("08:00") + timedelta(days=180)
    ).state


def requested(**changes: Any) -> DoseOrder:
    order = DoseOrder.request(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        starts_at=at("09:30"),
        planned_end_at=at("12:30"),
    )
    return replace(order, **changes)


def released(prescription: Prescription | None = None) -> DoseOrder:
    rx = prescription or active()
    order = requested().authorise(rx.id, at("08:30")).state
    return order.check().state.release().state


def administered(order: DoseOrder | None = None, when: datetime | None = None) -> DoseOrder:
    dosed = order or released()
    given = when or at("10:00")
    return dosed.administer(
        dosed.next_seq,
        administered_at=given,
        timing_profile="SL-STD",
        observe_until=given + timedelta(minutes=120),
    ).state


def passed(when: datetime | None = None) -> PreDoseCheck:
    checks = PreDoseCheck.awaited(uuid4(), client_id=CLIENT, course_id=COURSE, session_id=SESSION)
    return checks.record(
        uuid4(), readings(), PROTOCOL.predose, by=NURSE, at=when or at("09:45")
    ).state


def on_board(
    when: datetime | None = None, *, seq: int = 1, order: UUID | None = None
) -> DoseOnBoard:
    given = when or at("10:00")
    return DoseOnBoard(
        order_id=order or UUID(int=30),
        seq=seq,
        administered_at=given,
        timing_profile="SL-STD",
        observe_until=given + timedelta(minutes=120),
        effects_until=given + timedelta(minutes=175),
    )


def recovering(when: datetime | None = None) -> Recovery:
    return Recovery.begin(
        uuid4(), on_board(when), client_id=CLIENT, course_id=COURSE, session_id=SESSION
    ).state


def course(**changes: Any) -> CourseFacts:
    """A course in which everything is in place and the session is in progress since 09:50."""
    scopes = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)
    facts = (
        CourseFacts(course_id=COURSE, client_id=CLIENT)
        .assign(1, told(CareTeam(therapist_ref=THERAPIST.ref, prescriber_ref=PRESCRIBER.ref)))
        .approve(UUID(int=20), told(at("08:00") + timedelta(days=365)))
        .grant(UUID(int=21), scopes, told(at("08:00") + timedelta(days=365)))
        .prepare(told(2))
        .in_session(
            SESSION,
            lambda session: replace(
                session,
                kind=SessionKind.DOSING,
                window=session.window.tell(
                    1, told(Window(starts_at=at("09:30"), planned_end_at=at("12:30")))
                ),
                started=told(at("09:50"), at("09:50")),
                escorts=session.escorts.add(str(UUID(int=22)), told(True)),
            ),
        )
    )
    return replace(facts, **changes)


def ended(facts: CourseFacts, when: datetime, outcome: SessionOutcome) -> CourseFacts:
    return facts.in_session(
        SESSION,
        lambda session: session.ended(
            told(SessionEnd(outcome=outcome, ended_at=when), when), SessionKind.DOSING
        ),
    )


def intake_says(**changes: Any) -> IntakeAnswer:
    fine = IntakeAnswer(
        known=True,
        unverifiable=False,
        age_seconds=0.1,
        protocol=Pin(PROTOCOL.protocol_version, PROTOCOL.digest),
        course_status="active",
        approval_id=UUID(int=20),
        approval_active=True,
        active_scopes=frozenset({ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT}),
    )
    return replace(fine, **changes)


def scheduling_says(**changes: Any) -> SchedulingAnswer:
    fine = SchedulingAnswer(
        known=True,
        unverifiable=False,
        age_seconds=0.1,
        protocol=Pin(PROTOCOL.protocol_version, PROTOCOL.digest),
        session_status="in_progress",
        in_progress=True,
        escort=EscortState.CONFIRMED,
    )
    return replace(fine, **changes)


FRESH = {"intake": Lane(age_seconds=0.5), "scheduling": Lane(age_seconds=0.5)}


def cleared_assessment(valid_until: datetime | None = None) -> MedicalAssessment:
    opened = MedicalAssessment.open_for(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        requested_at=at("08:00", day=1),
        review_flags=0,
    ).state
    return opened.complete(
        AssessmentOutcome.CLEARED,
        by=PRESCRIBER,
        at=at("09:00", day=1),
        valid_until=valid_until or at("09:00", day=1) + timedelta(days=180),
    ).state
