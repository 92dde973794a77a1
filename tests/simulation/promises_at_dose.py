"""Invariants 8 to 14 and 16 to 18: what must hold when a dose is authorised and given."""

from collections.abc import Iterable
from datetime import timedelta

from careteam_contracts import intake, prescribing, scheduling
from careteam_contracts.enums import (
    PreDoseOutcome,
    PrescriptionEnd,
    SessionKind,
)
from tests.simulation.oracle import LOOKED, Complaint, Seen, always, when
from tests.simulation.promises_at_start import blocking, consented, escorted
from tests.simulation.store import Told


def authorised(seen: Seen) -> bool:
    """Whether a dose was given with leave, and not recorded as taken (ruling 12)."""
    return seen.command is not None and seen.command.name == "administer_dose"


@when(8, prescribing.DoseAdministered)
def within_a_session(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not authorised(seen):
        return
    session = {"session_id": told.event.session_id}
    if not seen.all(scheduling.DosingSessionStarted, until=told.place, **session):
        yield "a dose was given outside a session"
    if seen.all(scheduling.SessionCompleted, until=seen.since(told), **session):
        yield "a dose was given after the session's end"


@when(9, prescribing.DoseAdministered)
def nothing_blocks_the_dose(seen: Seen, told: Told) -> Iterable[Complaint]:
    for hold in blocking(seen, told, "dose") if authorised(seen) else ():
        yield f"a dose was given under a hold of {hold.envelope.producer.value}"


@when(10, prescribing.DoseAdministered)
def prescription_stands(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not authorised(seen):
        return
    bound = seen.all(prescribing.DoseAuthorized, dose_order_id=told.event.dose_order_id)
    if not bound:
        yield "a dose was given on an order that nobody authorised"
        return
    rx = bound[-1].event.prescription_id
    if seen.all(prescribing.PrescriptionRevoked, until=told.place, prescription_id=rx):
        yield "a dose was given on a revoked prescription"
    ended = seen.all(prescribing.PrescriptionEnded, until=told.place, prescription_id=rx)
    if any(one.event.reason is not PrescriptionEnd.EXHAUSTED for one in ended):
        yield "a dose was given on a prescription that had ended"


@when(11, prescribing.DoseAdministered)
def nobody_said_stop(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not authorised(seen):
        return
    since, session = seen.since(told), told.event.session_id
    if seen.all(scheduling.SessionStopRequested, until=since, session_id=session):
        yield "a dose was given after a stop"
    if not escorted(seen, session, since):
        yield "a dose was given after the escort fell through"
    yield from (f"a dose was given {one}" for one in consented(seen, told, since))


@when(12, prescribing.DoseAdministered)
def each_dose_once(seen: Seen, told: Told) -> Iterable[Complaint]:
    event = told.event
    same = seen.all(
        prescribing.DoseAdministered, dose_order_id=event.dose_order_id, dose_seq=event.dose_seq
    )
    if len(same) > 1:
        yield "one dose was told twice"
    given = seen.all(prescribing.DoseAdministered, session_id=event.session_id)
    if authorised(seen) and len(given) > seen.clinic.protocol.dosing.max_doses_per_session:
        yield "more doses were given than a session may have"


@when(13, prescribing.DoseAuthorized)
def no_more_than_prescribed(seen: Seen, told: Told) -> Iterable[Complaint]:
    rx = told.event.prescription_id
    terms = seen.all(
        prescribing.DosePrescribed, prescribing.PrescriptionAmended, prescription_id=rx
    )
    returned = set()
    for order in seen.all(prescribing.DoseAuthorized, prescription_id=rx):
        closed = seen.all(
            prescribing.DoseOrderClosed, dose_order_id=order.event.dose_order_id, until=told.place
        )
        if closed and closed[-1].event.administered_count == 0:
            returned.add(order.event.dose_order_id)
    bound = seen.all(prescribing.DoseAuthorized, prescription_id=rx)
    used = {one.event.dose_order_id for one in bound} - returned
    if len(used) > terms[-1].event.sessions_authorised:
        yield "more sessions were authorised than were prescribed"


@always(13, "prescribing")
def one_order_for_a_session(seen: Seen) -> Iterable[Complaint]:
    sessions = set()
    for order in seen.clinic.states("prescribing", "dose_orders"):
        if order.status == "closed" and not order.doses:
            continue
        yield LOOKED
        if order.session_id in sessions and order.status != "closed":
            yield "two orders for one session"
        sessions.add(order.session_id)


@when(14, prescribing.DoseAdministered)
def newest_check_passed(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not authorised(seen):
        return
    checks = seen.all(
        prescribing.PreDoseCheckRecorded, until=told.place, session_id=told.event.session_id
    )
    newest = max(checks, key=lambda one: one.event.check_version, default=None)
    if newest is None or newest.event.outcome is not PreDoseOutcome.PASS:
        yield "a dose was given and the newest check did not pass"
    elif newest.event.valid_until < told.event.administered_at:
        yield "a dose was given on a check that had run out"


@when(16, prescribing.DoseAdministered)
def doses_are_spaced(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not authorised(seen):
        return
    course, at = told.envelope.course_id, told.event.administered_at
    earlier = [
        one
        for one in seen.all(prescribing.DoseAdministered, until=told.place, course=course)
        if one.event.session_id != told.event.session_id
    ]
    week = {
        one.event.session_id for one in earlier if at - one.event.administered_at < timedelta(7)
    }
    if len(week) >= seen.clinic.protocol.dosing.max_in_7_days:
        yield "too many dosed sessions in seven days"


@when(16, prescribing.DoseAuthorized)
def somebody_talked_since_the_last_dose(seen: Seen, told: Told) -> Iterable[Complaint]:
    course = told.envelope.course_id
    earlier = [
        one.event.administered_at
        for one in seen.all(prescribing.DoseAdministered, until=told.place, course=course)
        if one.event.session_id != told.event.session_id
    ]
    if earlier and not any(
        one.envelope.occurred_at >= max(earlier)
        for one in (
            *seen.all(scheduling.SessionCompleted, course=course, kind=SessionKind.INTEGRATION),
            *seen.all(scheduling.IntegrationDeclined, course=course),
        )
    ):
        yield "a dose was authorised and nobody had talked since the last"


@when(17, prescribing.DoseAuthorized)
def the_last_summary_was_read(seen: Seen, told: Told) -> Iterable[Complaint]:
    earlier = [
        one
        for one in seen.all(
            prescribing.DoseAdministered, until=told.place, course=told.envelope.course_id
        )
        if one.event.session_id != told.event.session_id
    ]
    if earlier:
        last = max(earlier, key=lambda one: one.event.administered_at)
        if not seen.all(
            prescribing.SessionSummaryReviewed,
            until=told.place,
            session_id=last.event.session_id,
        ):
            yield "a dose was authorised before the last summary was read"


@when(18, prescribing.DoseAuthorized)
def the_course_was_reviewed(seen: Seen, told: Told) -> Iterable[Complaint]:
    course = told.envelope.course_id
    dosed = {
        one.event.session_id
        for one in seen.all(prescribing.DoseAdministered, until=told.place, course=course)
    } - {told.event.session_id}
    covered = [seen.clinic.protocol.course.review_every] + [
        one.event.covers_until_session_no or 0
        for one in seen.all(intake.CourseReviewed, until=told.place, course=course)
    ]
    if len(dosed) >= max(covered):
        yield "a dose was authorised beyond what a review covers"
