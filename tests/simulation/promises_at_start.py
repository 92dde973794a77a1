"""Invariants 1 to 7, 9 and 15: what must hold when a dosing session starts."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from careteam_contracts import intake, prescribing, scheduling, shared_safety
from careteam_contracts.enums import (
    AssessmentOutcome,
    ConsentScope,
    SessionKind,
    SessionOutcome,
)
from tests.simulation.oracle import HERE, LOOKED, Complaint, Seen, always, when
from tests.simulation.service import ZONE
from tests.simulation.store import Told

NEEDED = (ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)


@when(1, scheduling.DosingSessionStarted)
def approval_stands(seen: Seen, told: Told) -> Iterable[Complaint]:
    since, course = seen.since(told), told.envelope.course_id
    revoked = {
        one.event.approval_id
        for one in seen.all(intake.ApprovalRevoked, until=since, course=course)
    }
    if not any(
        one.event.approval_id not in revoked and one.event.valid_until > told.event.started_at
        for one in seen.all(intake.ClientApproved, until=told.place, course=course)
    ):
        yield "a session started without an approval in force"
    if seen.all(intake.CourseClosed, intake.ClientDeclined, until=since, course=course):
        yield "a session started in a course that was over"


@when(2, intake.ClientApproved)
def both_evaluations(seen: Seen, told: Told) -> Iterable[Complaint]:
    course = told.envelope.course_id
    requests = seen.all(intake.MedicalAssessmentRequested, until=told.place, course=course)
    answers = seen.all(
        prescribing.MedicalAssessmentCompleted,
        until=told.place,
        request_id=requests[-1].event.request_id if requests else None,
    )
    if not answers or answers[-1].event.outcome is not AssessmentOutcome.CLEARED:
        yield "approved without a cleared assessment of the newest request"


def consented(seen: Seen, told: Told, since: int) -> Iterator[Complaint]:
    course = told.envelope.course_id
    expired = {
        one.event.consent_id for one in seen.all(intake.ConsentExpired, until=since, course=course)
    }
    for scope in NEEDED:
        withdrawn = {
            one.event.consent_id
            for one in seen.all(intake.ConsentWithdrawn, until=since, course=course)
            if scope in one.event.scopes
        }
        if not any(
            scope in one.event.scopes
            and one.event.consent_id not in withdrawn | expired
            and one.event.valid_until > told.envelope.occurred_at
            for one in seen.all(intake.ConsentGranted, until=told.place, course=course)
        ):
            yield f"without consent to {scope.value}"


@when(3, scheduling.DosingSessionStarted)
def consent_at_start(seen: Seen, told: Told) -> Iterable[Complaint]:
    return consented(seen, told, seen.since(told))


@when(4, scheduling.DosingSessionStarted)
def prepared(seen: Seen, told: Told) -> Iterable[Complaint]:
    course = told.envelope.course_id
    held = {
        one.event.session_id
        for one in seen.all(
            scheduling.SessionCompleted,
            course=course,
            kind=SessionKind.PREP,
            outcome=SessionOutcome.COMPLETED,
        )
    }
    signed = seen.all(scheduling.PreparationCompleted, until=told.place, course=course)
    if len(held) < seen.clinic.protocol.prep.min_sessions or not signed:
        yield "a session started without preparation"


@when(5, scheduling.DosingSessionStarted)
def assent_is_fresh(seen: Seen, told: Told) -> Iterable[Complaint]:
    session = seen.session(told.event.session_id)
    at, started = session.assent.at, told.event.started_at
    valid = timedelta(minutes=seen.clinic.protocol.dosing.assent_validity_minutes)
    fresh = session.assent.id == told.event.assent_id and at is not None and at <= started
    if not fresh or started >= at + valid or session.checked_in_at > at:
        yield "a session started on an assent that was not of this arrival"
    if fresh and at.astimezone(ZONE).date() != started.astimezone(ZONE).date():
        yield "a session started on another day's assent"


def escorted(seen: Seen, session_id: object, until: int) -> bool:
    """Whether somebody stands by who was promised for this day, and did not fall through."""
    bookings = seen.all(
        scheduling.SessionScheduled,
        scheduling.SessionRescheduled,
        until=until,
        session_id=session_id,
    )
    cancelled = {
        one.event.escort_id
        for one in seen.all(scheduling.EscortCancelled, until=until, session_id=session_id)
    }
    for escort in seen.all(scheduling.EscortConfirmed, session_id=session_id):
        before = [one for one in bookings if one.place < escort.place][-1:]
        after = [one for one in bookings if one.place > escort.place]
        days = {one.event.starts_at.astimezone(ZONE).date() for one in (*before, *after)}
        if escort.event.escort_id not in cancelled and len(days) == 1:
            return True
    return False


@when(6, scheduling.DosingSessionStarted)
def somebody_takes_them_home(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not escorted(seen, told.event.session_id, told.place):
        yield "a session started without an escort"


@when(7, scheduling.DosingSessionStarted)
def therapist_may_and_is_free(seen: Seen, told: Told) -> Iterable[Complaint]:
    session = seen.session(told.event.session_id)
    papers = [
        one
        for one in seen.clinic.states("scheduling", "clinicians")
        if one.id == session.therapist_ref
    ]
    now = seen.clinic.now
    if not papers or not all(
        until is not None and until > now
        for one in papers
        for until in (
            one.credentials.license_valid_until,
            one.credentials.kap_training_valid_until,
        )
    ):
        yield "a session started with a therapist whose papers had run out"


def blocking(seen: Seen, told: Told, block: str) -> list[Told]:
    """Holds that were acknowledged before, block this, and were not lifted by their owner."""
    lifted = {
        (one.event.hold_id, one.event.producer)
        for one in seen.all(*shared_safety.SAFETY_HOLD_LIFTED, until=told.place)
    }
    return [
        one
        for one in seen.all(
            *shared_safety.SAFETY_HOLD_PLACED,
            until=seen.since(told),
            course=told.envelope.course_id,
        )
        if block in {b.value for b in one.event.blocks}
        and (one.event.hold_id, one.event.producer) not in lifted
    ]


@when(9, scheduling.DosingSessionStarted)
def nothing_blocks_the_start(seen: Seen, told: Told) -> Iterable[Complaint]:
    for hold in blocking(seen, told, "start"):
        yield f"a session started under a hold of {hold.envelope.producer.value}"


@always(15, "scheduling")
def one_open_dosing_session(seen: Seen) -> Iterable[Complaint]:
    clients = set()
    for session in seen.clinic.states("scheduling", "sessions"):
        if session.dosing and session.status in HERE and not session.reopened:
            yield LOOKED
            if session.client_id in clients:
                yield "a client is in two dosing sessions"
            clients.add(session.client_id)
