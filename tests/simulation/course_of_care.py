"""The way to the dosing day, walked once and kept: schedules begin from here."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.domain.vocabulary import EvaluationOutcome
from services.intake.handlers.assign_team import AssignTeam
from services.intake.handlers.evaluate_client import EvaluateClient
from services.intake.handlers.register_client import RegisterClient
from services.intake.handlers.sign_consent import SignConsent
from services.intake.handlers.submit_screening import SubmitScreening
from services.prescribing.domain.vocabulary import AssessmentOutcome, PrescriptionKind
from services.prescribing.handlers.activate_prescription import ActivatePrescription
from services.prescribing.handlers.complete_assessment import CompleteAssessment
from services.prescribing.handlers.record_registration import RecordRegistration
from services.prescribing.handlers.write_prescription import DraftPrescription
from services.scheduling.domain.preparation import PrepItem
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionKind, Setting
from services.scheduling.handlers.book_session import BookSession
from services.scheduling.handlers.keep_roster import AddClinician, AddRoom
from services.scheduling.handlers.receive_client import CheckIn
from services.scheduling.handlers.run_therapy import EndSession
from services.scheduling.handlers.sign_preparation import SignPreparation
from services.scheduling.handlers.start_session import StartSession
from shared.protocol import ConsentScope, Indication, Programme, Route
from tests.simulation import cast
from tests.simulation.cast import DESK, LONG, OPERATOR, PRESCRIBER, THERAPIST, Person, hours
from tests.simulation.clinic import MINUTE, Clinic


def furnish(clinic: Clinic) -> None:
    """Two dosing rooms, a room to talk, the people and their papers."""
    for name, dosing in (("Cedar", True), ("Alder", True), ("Library", False)):
        room = AddRoom(name=name, dosing_capable=dosing, iv_capable=False, monitor=dosing)
        clinic.do("scheduling", "add_room", room, OPERATOR)
    for actor, role in ((THERAPIST, Role.THERAPIST), (PRESCRIBER, Role.PRESCRIBER)):
        clinician = AddClinician(
            name=role.title(),
            role=role,
            ref=actor.ref,
            credentials=cast.PAPERS,
        )
        clinic.do("scheduling", "add_clinician", clinician, OPERATOR)
    assert PRESCRIBER.ref is not None
    papers = RecordRegistration(
        prescriber_ref=PRESCRIBER.ref,
        licence_valid_until=LONG,
        dea_valid_until=LONG,
        dea_number="AB1234563",
    )
    clinic.do("prescribing", "record_registration", papers, OPERATOR)


def register(clinic: Clinic, number: int) -> Person:
    registered = clinic.do(
        "intake", "register_client", RegisterClient(**cast.registration(number)), DESK
    )
    return Person(registered.id, registered.course_id)


def screen(clinic: Clinic, person: Person) -> None:
    """A team, and nothing found."""
    team = AssignTeam(
        course_id=person.course_id, therapist_ref=THERAPIST.ref, prescriber_ref=PRESCRIBER.ref
    )
    clinic.do("intake", "assign_team", team, DESK)
    screening = SubmitScreening(
        client_id=person.client_id,
        programme=Programme.MOOD,
        indications=(Indication.DEPRESSION,),
        findings=(),
    )
    clinic.do("intake", "submit_screening", screening, THERAPIST)


def evaluate(clinic: Clinic, person: Person) -> None:
    """Both evaluations; the approval follows."""
    evaluation = EvaluateClient(
        course_id=person.course_id,
        outcome=EvaluationOutcome.SUITABLE,
        planned_sessions=3,
        goals="sleep",
    )
    clinic.do("intake", "evaluate_client", evaluation, THERAPIST)
    clinic.settle()
    for assessment in clinic.states("prescribing", "assessments"):
        if assessment.course_id == person.course_id:
            cleared = CompleteAssessment(
                request_id=assessment.id, outcome=AssessmentOutcome.CLEARED
            )
            clinic.do("prescribing", "complete_assessment", cleared, PRESCRIBER)
    clinic.settle()


def consent(clinic: Clinic, person: Person) -> None:
    signed = SignConsent(course_id=person.course_id, scopes=tuple(ConsentScope), material_version=1)
    clinic.do("intake", "sign_consent", signed, THERAPIST)
    clinic.settle()


def room(clinic: Clinic, name: str) -> UUID:
    found: UUID = next(r.id for r in clinic.states("scheduling", "rooms") if r.name == name)
    return found


def talk(clinic: Clinic, person: Person, kind: SessionKind, starts_at: datetime) -> UUID:
    """A session without medicine, from its booking to its end."""
    booking = BookSession(
        course_id=person.course_id,
        kind=kind,
        setting=Setting.IN_CLINIC,
        starts_at=starts_at,
        room_id=room(clinic, "Library"),
        therapist_ref=THERAPIST.ref,
    )
    session = clinic.do("scheduling", "book_session", booking, DESK)
    clinic.now = starts_at
    clinic.do("scheduling", "check_in", CheckIn(session_id=session.id), DESK)
    clinic.do("scheduling", "start_session", StartSession(session_id=session.id), THERAPIST)
    clinic.advance(50 * MINUTE)
    clinic.do("scheduling", "end_session", EndSession(session_id=session.id), THERAPIST)
    clinic.settle()
    found: UUID = session.id
    return found


def prepare(clinic: Clinic, person: Person) -> None:
    for _ in range(2):
        talk(clinic, person, SessionKind.PREP, clinic.now + hours(1))
    signed = SignPreparation(course_id=person.course_id, checklist=dict.fromkeys(PrepItem, True))
    clinic.do("scheduling", "sign_preparation", signed, THERAPIST)
    clinic.settle()


def prescribe(clinic: Clinic, person: Person, sessions: int) -> None:
    draft = clinic.do(
        "prescribing", "draft_prescription", drafted(clinic, person, sessions), PRESCRIBER
    )
    active = ActivatePrescription(prescription_id=draft.id)
    clinic.do("prescribing", "activate_prescription", active, PRESCRIBER)
    clinic.settle()


def drafted(clinic: Clinic, person: Person, sessions: int) -> DraftPrescription:
    return DraftPrescription(
        course_id=person.course_id,
        kind=PrescriptionKind.PRESCRIPTION,
        route=Route.SL,
        terms=cast.terms(sessions, clinic.protocol.dosing.max_doses_per_session),
        pdmp_checked_at=clinic.now,
    )


def dosing_booking(clinic: Clinic, person: Person, starts_at: datetime, name: str) -> BookSession:
    return BookSession(
        course_id=person.course_id,
        kind=SessionKind.DOSING,
        setting=Setting.IN_CLINIC,
        starts_at=starts_at,
        room_id=room(clinic, name),
        therapist_ref=THERAPIST.ref,
        supervisor_ref=PRESCRIBER.ref,
        escort=cast.ESCORT,
    )


def until_the_dosing_day(clinic: Clinic, people: int, sessions: int = 3) -> list[Person]:
    """Everybody is approved, prepared, prescribed and booked for tomorrow, hours apart."""
    furnish(clinic)
    clients = [register(clinic, number) for number in range(people)]
    for person in clients:
        screen(clinic, person)
        evaluate(clinic, person)
        consent(clinic, person)
        prepare(clinic, person)
        prescribe(clinic, person, sessions)
    first = (clinic.now + timedelta(days=1)).replace(hour=17, minute=30)
    for number, person in enumerate(clients):
        booking = dosing_booking(clinic, person, first + hours(4 * number), "Cedar")
        clinic.do("scheduling", "book_session", booking, DESK)
    clinic.settle()
    clinic.now = first - 10 * MINUTE
    return clients


def everything(clinic: Clinic) -> dict[str, Any]:
    """What each service has of each kind, for a look."""
    return {
        name: {table: len(rows) for table, rows in service.store.rows.items() if rows}
        for name, service in clinic.services.items()
    }
