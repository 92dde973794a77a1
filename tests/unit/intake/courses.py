"""A clinic's day at intake: the same people, ids that tell themselves apart, and short cuts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from services.intake.domain.approval_rules import Circumstances
from services.intake.domain.client import ChannelConsent, Client, ContactDetails, register
from services.intake.domain.consent import Consent, offer, open_consent
from services.intake.domain.consent_signing import sign
from services.intake.domain.course import TreatmentCourse, open_course
from services.intake.domain.eligibility import assessed, assign_care_team, evaluate, screened
from services.intake.domain.facts import CourseFacts, Dose, SessionEnd
from services.intake.domain.progress import advance
from services.intake.domain.vocabulary import AssessmentOutcome, EvaluationOutcome
from shared.decisions import Refused
from shared.folds import Sourced
from shared.protocol import ClinicProtocol, ConsentScope

PROTOCOL: Final = ClinicProtocol()
MORNING: Final = datetime(2025, 3, 3, 17, 0, tzinfo=UTC)
CLIENT: Final = UUID(int=1)
COURSE: Final = UUID(int=2)
THERAPIST: Final = UUID(int=10)
PRESCRIBER: Final = UUID(int=11)
REQUEST: Final = UUID(int=20)
APPROVAL: Final = UUID(int=30)
CONSENT: Final = UUID(int=40)
SESSION: Final = UUID(int=50)
ORDER: Final = UUID(int=60)
BOTH_SCOPES: Final = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)


def later(**delta: float) -> datetime:
    return MORNING + timedelta(**delta)


def slugs(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.slug for refusal in refused.value.refusals]


def a_client(born: date = date(1980, 6, 1), **channels: bool) -> Client:
    return register(
        client_id=CLIENT,
        course_id=COURSE,
        name="Avery Example",
        date_of_birth=born,
        contact=ContactDetails(phone="+1 555 0100"),
        channels=ChannelConsent(**channels),
        now=MORNING,
    ).state


def inquiry() -> TreatmentCourse:
    return open_course(course_id=COURSE, client_id=CLIENT, protocol=PROTOCOL, now=MORNING)


def with_team(course: TreatmentCourse) -> TreatmentCourse:
    return assign_care_team(
        course, therapist_ref=THERAPIST, prescriber_ref=PRESCRIBER, now=MORNING
    ).state


def in_screening() -> TreatmentCourse:
    return screened(with_team(inquiry()), review_flags=0, request_id=UUID(int=0), now=MORNING).state


def evaluated(
    course: TreatmentCourse,
    request_id: UUID = REQUEST,
    outcome: EvaluationOutcome = EvaluationOutcome.SUITABLE,
    review_flags: int = 0,
    now: datetime = MORNING,
) -> TreatmentCourse:
    return evaluate(
        course,
        outcome=outcome,
        author_ref=THERAPIST,
        planned_sessions=6,
        goals="sleep through the night",
        review_flags=review_flags,
        request_id=request_id,
        now=now,
    ).state


def awaiting_medical() -> TreatmentCourse:
    return evaluated(in_screening())


def answered(
    course: TreatmentCourse,
    outcome: AssessmentOutcome,
    request_id: UUID = REQUEST,
    valid_until: datetime | None = None,
    at: datetime = MORNING,
    *,
    assessed_by: UUID | None = PRESCRIBER,
) -> TreatmentCourse:
    return assessed(
        course,
        request_id=request_id,
        outcome=outcome,
        valid_until=valid_until or at + timedelta(days=180),
        source_event="e-assessed",
        assessed_by=assessed_by,
        at=at,
    ).state


def cleared() -> TreatmentCourse:
    return answered(awaiting_medical(), AssessmentOutcome.CLEARED)


def advanced(
    course: TreatmentCourse, now: datetime = MORNING, approval_id: UUID = APPROVAL, **facts: Any
) -> TreatmentCourse:
    circumstances = Circumstances(**facts)
    return advance(course, circumstances, approval_id=approval_id, now=now).state


def approved() -> TreatmentCourse:
    return advanced(cleared())


def active(**facts: Any) -> TreatmentCourse:
    return advanced(approved(), preparation_met=True, treatment_consent=True, **facts)


def in_review(dosed: int = 6) -> TreatmentCourse:
    return active(dosed_count=dosed)


def offered() -> Consent:
    blank = open_consent(consent_id=UUID(int=41), client_id=CLIENT, course_id=COURSE)
    return offer(
        blank,
        scopes=BOTH_SCOPES,
        clients_initiative=False,
        medicine_on_board=False,
        now=MORNING,
    ).state


def signed(
    consent: Consent | None = None,
    consent_id: UUID = CONSENT,
    scopes: tuple[ConsentScope, ...] = BOTH_SCOPES,
    now: datetime = MORNING,
    material_version: int = 1,
) -> Consent:
    return sign(
        consent or offered(),
        consent_id=consent_id,
        scopes=scopes,
        material_version=material_version,
        rules=PROTOCOL.consent,
        now=now,
    ).state


def no_facts() -> CourseFacts:
    return CourseFacts(course_id=COURSE, client_id=CLIENT)


def told(value: object, event_id: str, at: datetime = MORNING) -> Sourced:  # type: ignore[type-arg]
    return Sourced(value, event_id, at)


def dosed(
    facts: CourseFacts | None = None,
    at: datetime = MORNING,
    session: UUID = SESSION,
    order: UUID = ORDER,
    dose_seq: int = 1,
) -> CourseFacts:
    return (facts or no_facts()).dose_given(
        order_id=order,
        dose_seq=dose_seq,
        dose=told(Dose(session_id=session, administered_at=at), f"e-dose-{session.int}-{dose_seq}"),
    )


def session_ended(
    facts: CourseFacts, session: UUID, kind: str, outcome: str = "completed"
) -> CourseFacts:
    end = SessionEnd(kind=kind, outcome=outcome, ended_at=MORNING)
    return facts.session_ended(session_id=session, end=told(end, f"e-end-{session.int}"))
