"""Where schedules begin: moments of a course of care, reached once in quiet and kept."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.vocabulary import CheckInOutcome
from services.notifications.handlers.complete_check_in import CompleteCheckIn
from services.prescribing.domain.vocabulary import ReviewOutcome
from services.prescribing.handlers.administer_dose import AdministerDose
from services.prescribing.handlers.check_before_dose import RecordPreDoseCheck
from services.prescribing.handlers.clear_for_discharge import ClearForDischarge
from services.prescribing.handlers.observe_recovery import RecordRecoveryCheck
from services.prescribing.handlers.release_dose import ReleaseDose
from services.prescribing.handlers.review import ReviewSummary
from services.scheduling.domain.session_states import SessionKind, Setting
from services.scheduling.handlers.accompany_session import ShareSummary
from services.scheduling.handlers.book_session import BookSession
from services.scheduling.handlers.discharge_client import DischargeClient
from services.scheduling.handlers.receive_client import CheckIn, RecordAssent
from services.scheduling.handlers.record_escort_arrival import RecordEscortArrival
from services.scheduling.handlers.run_therapy import EndSession
from services.scheduling.handlers.start_session import StartSession
from tests.simulation import cast
from tests.simulation.cast import DESK, NURSE, ON_CALL, PRESCRIBER, THERAPIST, Person, hours
from tests.simulation.clinic import MINUTE, Clinic
from tests.simulation.course_of_care import (
    consent,
    dosing_booking,
    evaluate,
    furnish,
    prescribe,
    register,
    room,
    screen,
    talk,
    until_the_dosing_day,
)


def an_inquiry(clinic: Clinic, people: int) -> list[Person]:
    """Screened by their team, and not yet evaluated."""
    furnish(clinic)
    persons = [register(clinic, number) for number in range(people)]
    for person in persons:
        screen(clinic, person)
    clinic.settle()
    return persons


def an_approval(clinic: Clinic, people: int) -> list[Person]:
    """Approved and consented; preparation and prescription are to come."""
    persons = an_inquiry(clinic, people)
    for person in persons:
        evaluate(clinic, person)
        consent(clinic, person)
    return persons


def ready_to_start(clinic: Clinic, people: int) -> list[Person]:
    """The first client has arrived, is checked and has assented."""
    persons = until_the_dosing_day(clinic, people)
    arrive(clinic, _of(clinic, persons[0])[0])
    return persons


def in_the_opening(clinic: Clinic, people: int) -> list[Person]:
    """The first client's session has started; the medicine is released."""
    persons = until_the_dosing_day(clinic, people)
    session, order = _of(clinic, persons[0])
    start(clinic, session)
    clinic.do("prescribing", "release_dose", ReleaseDose(order_id=order.id), NURSE)
    clinic.settle()
    return persons


def a_dose(clinic: Clinic, people: int) -> list[Person]:
    """The first client was dosed twenty minutes ago."""
    persons = until_the_dosing_day(clinic, people)
    dose(clinic, persons[0])
    clinic.advance(20 * MINUTE)
    return persons


def a_recovery(clinic: Clinic, people: int) -> list[Person]:
    """The first client's therapy has ended, and the minimum observation is over."""
    persons = until_the_dosing_day(clinic, people)
    dose(clinic, persons[0])
    recover(clinic, persons[0])
    return persons


def a_clearance(clinic: Clinic, people: int) -> list[Person]:
    """The first client is cleared and the escort is here."""
    persons = a_recovery(clinic, people)
    session, _order = _of(clinic, persons[0])
    clear(clinic, session)
    return persons


def the_next_client(clinic: Clinic, people: int) -> list[Person]:
    """The first client still recovers, and the second is about to come into the same room."""
    persons = until_the_dosing_day(clinic, max(2, people))
    first = clinic.now
    dose(clinic, persons[0])
    recover(clinic, persons[0])
    clinic.now = first + hours(3.9)
    clinic.settle()
    return persons


def at_home(clinic: Clinic, people: int) -> list[Person]:
    """The first client went home a moment ago; nothing else is done yet."""
    persons = a_clearance(clinic, people)
    session, _order = _of(clinic, persons[0])
    clinic.do("scheduling", "discharge_client", DischargeClient(session_id=session.id), DESK)
    clinic.settle()
    return persons


def the_second_day(clinic: Clinic, people: int) -> list[Person]:
    """The first client talked at home, and is booked again; it is that morning."""
    persons = at_home(clinic, people)
    person = persons[0]
    look_back(clinic, person)
    again = (clinic.now + timedelta(days=2)).replace(hour=17, minute=30)
    booking = dosing_booking(clinic, person, again, "Cedar")
    clinic.do("scheduling", "book_session", booking, DESK)
    clinic.settle()
    clinic.now = again - 10 * MINUTE
    clinic.settle()
    return persons


def twice_in_a_week(clinic: Clinic, people: int) -> list[Person]:
    """The first client had the second dose of the week, and talked about it: no third may come.

    Where a clinic reviews a course before that, the client is still at home after the first.
    """
    persons = at_home(clinic, people)
    person = persons[0]
    if clinic.protocol.course.review_every < 3:
        return persons
    look_back(clinic, person)
    answer_check_ins(clinic)
    again = (clinic.now + timedelta(days=1)).replace(hour=17, minute=30)
    booking = dosing_booking(clinic, person, again, "Cedar")
    clinic.do("scheduling", "book_session", booking, DESK)
    clinic.settle()
    clinic.now = again - 10 * MINUTE
    clinic.settle()
    dose(clinic, person)
    recover(clinic, person)
    session, _order = _of(clinic, person)
    clear(clinic, session)
    clinic.do("scheduling", "discharge_client", DischargeClient(session_id=session.id), DESK)
    clinic.settle()
    look_back(clinic, person)
    answer_check_ins(clinic)
    return persons


def answer_check_ins(clinic: Clinic) -> None:
    """Everybody who was to be called by now is well."""
    for check_in in clinic.states("notifications", "check_ins"):
        if check_in.status is CheckInStatus.DUE:
            done = CompleteCheckIn(checkin_id=check_in.id, outcome=CheckInOutcome.OK)
            clinic.do("notifications", "complete_check_in", done, ON_CALL)
    clinic.settle()


def look_back(clinic: Clinic, person: Person) -> None:
    """The summary is read, and the client talks about the session the next day."""
    session, _order = _of(clinic, person)
    told = ShareSummary(session_id=session.id, text="calm")
    clinic.do("scheduling", "share_summary", told, THERAPIST)
    clinic.settle()
    read = ReviewSummary(session_id=session.id, outcome=ReviewOutcome.CONTINUE)
    clinic.do("prescribing", "review_summary", read, PRESCRIBER)
    clinic.now = (clinic.now + timedelta(days=1)).replace(hour=19, minute=0)
    talk(clinic, person, SessionKind.INTEGRATION, clinic.now + hours(1))


def unprepared(clinic: Clinic, people: int) -> list[Person]:
    """Preparation was booked and never held; it is the dosing morning all the same."""
    persons = an_approval(clinic, people)
    person = persons[0]
    prescribe(clinic, person, 3)
    for day in (1, 2):
        booking = BookSession(
            course_id=person.course_id,
            kind=SessionKind.PREP,
            setting=Setting.IN_CLINIC,
            starts_at=clinic.now + timedelta(days=day),
            room_id=room(clinic, "Library"),
            therapist_ref=THERAPIST.ref,
        )
        clinic.do("scheduling", "book_session", booking, DESK)
    morning = (clinic.now + timedelta(days=3)).replace(hour=17, minute=30)
    booking = dosing_booking(clinic, person, morning, "Cedar")
    clinic.do("scheduling", "book_session", booking, DESK)
    clinic.settle()
    clinic.now = morning - 10 * MINUTE
    clinic.settle()
    return persons


def a_single_session(clinic: Clinic, people: int) -> list[Person]:
    """The dosing morning, on a prescription for one session."""
    return until_the_dosing_day(clinic, people, sessions=1)


def arrive(clinic: Clinic, session: Any) -> None:
    sid = session.id
    clinic.do("scheduling", "check_in", CheckIn(session_id=sid), DESK)
    clinic.settle()
    check = RecordPreDoseCheck(session_id=sid, readings=cast.CALM)
    clinic.do("prescribing", "record_pre_dose_check", check, NURSE)
    assent = RecordAssent(session_id=sid, process_explained=True, given=True)
    clinic.do("scheduling", "record_assent", assent, THERAPIST)
    clinic.settle()


def start(clinic: Clinic, session: Any) -> None:
    arrive(clinic, session)
    clinic.do("scheduling", "start_session", StartSession(session_id=session.id), THERAPIST)
    clinic.settle()


def dose(clinic: Clinic, person: Person) -> None:
    session, order = _of(clinic, person)
    start(clinic, session)
    clinic.do("prescribing", "release_dose", ReleaseDose(order_id=order.id), NURSE)
    given = AdministerDose(order_id=order.id, dose_seq=1, amount_mg=cast.AMOUNT)
    clinic.do("prescribing", "administer_dose", given, NURSE)
    clinic.settle()


def recover(clinic: Clinic, person: Person) -> None:
    session, _order = _of(clinic, person)
    clinic.advance(hours(1.8))
    clinic.do("scheduling", "end_session", EndSession(session_id=session.id), THERAPIST)
    clinic.settle()
    clinic.advance(20 * MINUTE)
    clinic.settle()


def clear(clinic: Clinic, session: Any) -> None:
    look = RecordRecoveryCheck(session_id=session.id, seen=cast.WELL)
    clinic.do("prescribing", "record_recovery_check", look, NURSE)
    clinic.do("prescribing", "clear_for_discharge", ClearForDischarge(session_id=session.id), NURSE)
    here = RecordEscortArrival(escort_id=session.escort.id, identity_matched=True)
    clinic.do("scheduling", "record_escort_arrival", here, DESK)
    clinic.settle()


def _of(clinic: Clinic, person: Person) -> tuple[Any, Any]:
    """The client's latest dosing session and its order."""
    session = max(
        (
            s
            for s in clinic.states("scheduling", "sessions")
            if s.dosing and s.client_id == person.client_id
        ),
        key=lambda s: s.starts_at,
    )
    orders = clinic.states("prescribing", "dose_orders")
    return session, next(o for o in orders if o.session_id == session.id)


SCENES: Final[Mapping[str, Callable[[Clinic, int], list[Person]]]] = {
    "an inquiry": an_inquiry,
    "an approval": an_approval,
    "unprepared": unprepared,
    "the dosing day": until_the_dosing_day,
    "a single session": a_single_session,
    "ready to start": ready_to_start,
    "in the opening": in_the_opening,
    "a dose": a_dose,
    "a recovery": a_recovery,
    "a clearance": a_clearance,
    "the next client": the_next_client,
    "at home": at_home,
    "the second day": the_second_day,
    "twice in a week": twice_in_a_week,
}
