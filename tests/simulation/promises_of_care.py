"""Invariants 26 to 36: the restriction, aftercare, holds, touch, closing, rooms."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from careteam_contracts import intake, notifications, prescribing, scheduling, shared_safety
from careteam_contracts.enums import (
    HoldCategory,
    IncidentCode,
    Service,
    SessionKind,
    SessionOutcome,
)
from services.scheduling.domain.session_states import SessionStatus
from shared.protocol.holds import HOLD_RULES
from shared.protocol.holds import HoldCategory as OurCategory
from tests.simulation.oracle import HERE, LOOKED, Complaint, Seen, always, at_rest, when
from tests.simulation.store import Told

_S = SessionStatus
EIGHT = timedelta(hours=8)
_WINDOWS = (notifications.AftercareStarted, notifications.RestrictionsExtended)


def dosed_sessions(seen: Seen) -> dict[object, list[Told]]:
    found: dict[object, list[Told]] = {}
    for told in seen.all(prescribing.DoseAdministered):
        found.setdefault(told.event.session_id, []).append(told)
    return found


@when(26, *_WINDOWS)
def restrictions_only_grow(seen: Seen, told: Told) -> Iterable[Complaint]:
    for one in seen.all(*_WINDOWS, until=told.place - 1, aftercare_id=told.event.aftercare_id):
        if one.event.end_known and not told.event.end_known:
            yield "an end that was known is unknown again"
        if one.event.end_known and told.event.restrictions_until < one.event.restrictions_until:
            yield "a restriction became shorter"


@at_rest(26)
def eight_hours_after_the_last_of_it(seen: Seen) -> Iterable[Complaint]:
    """Whatever the order and the delay of arrival, from when things happened (invariant 27 too)."""
    for session_id, doses in dosed_sessions(seen).items():
        ends = [
            one.event.ended_at
            for one in seen.all(scheduling.SessionCompleted, session_id=session_id)
            if one.event.outcome is not SessionOutcome.ABORTED_BEFORE_DOSE
        ]
        said = seen.all(*_WINDOWS, session_id=session_id)
        if not said:
            continue
        yield LOOKED
        last = said[-1].event
        expected = max((*ends, *(one.event.administered_at for one in doses))) + EIGHT
        if last.end_known is not bool(ends):
            yield "whether the session's end is known was told wrongly"
        if last.restrictions_until != expected:
            yield f"restricted until {last.restrictions_until}, and not until {expected}"


@at_rest(28)
def everybody_dosed_is_cared_for(seen: Seen) -> Iterable[Complaint]:
    for session_id in dosed_sessions(seen):
        yield LOOKED
        started = seen.all(notifications.AftercareStarted, session_id=session_id)
        if len({one.event.aftercare_id for one in started}) != 1:
            yield "a dosed session has not exactly one aftercare"


@at_rest(21)
def a_dose_after_the_door_calls_people(seen: Seen) -> Iterable[Complaint]:
    for told in seen.all(prescribing.DoseAdministered):
        left = [
            one
            for one in seen.all(scheduling.ClientDischarged, session_id=told.event.session_id)
            if one.place < told.place and one.event.clearance_id is not None
        ]
        if left:
            yield LOOKED
            loops = [
                one
                for one in seen.clinic.states("notifications", "escalations")
                if one.session_id == told.event.session_id
            ]
            if not loops:
                yield "a dose was told after the client had gone, and nobody was called"


@at_rest(30)
def who_walks_out_is_called(seen: Seen) -> Iterable[Complaint]:
    for told in seen.all(scheduling.LeftAgainstAdvice):
        yield LOOKED
        loops = [
            one
            for one in seen.clinic.states("notifications", "escalations")
            if one.session_id == told.event.session_id and one.cause == "left_against_advice"
        ]
        if not loops:
            yield "somebody left against advice, and nobody was called"
        if any(one.since != told.event.left_at for one in loops):
            yield "the loop does not show its true age"
        # A course that was over before intake heard of it needs no hold any more.
        closed = seen.all(intake.CourseClosed, course=told.envelope.course_id)
        if not closed and not seen.all(
            shared_safety.IntakeSafetyHoldPlaced,
            course=told.envelope.course_id,
            hold_category=HoldCategory.AFTERCARE,
        ):
            yield "somebody left against advice, and the course is not held"


@when(31, prescribing.AdverseEventRecorded)
def a_serious_event_blocks(seen: Seen, told: Told) -> Iterable[Complaint]:
    if not told.event.serious:
        return
    holds = seen.all(
        shared_safety.PrescribingSafetyHoldPlaced,
        course=told.envelope.course_id,
        hold_category=HoldCategory.ADVERSE_EVENT,
    )
    if not any({"book", "start", "dose"} <= {b.value for b in one.event.blocks} for one in holds):
        yield "a serious adverse event blocks nothing"


@when(32, *shared_safety.SAFETY_HOLD_LIFTED)
def lifted_by_whom_it_takes(seen: Seen, told: Told) -> Iterable[Complaint]:
    placed = seen.all(*shared_safety.SAFETY_HOLD_PLACED, hold_id=told.event.hold_id)
    for one in placed:
        if one.event.producer is not told.event.producer:
            continue
        rule = HOLD_RULES[OurCategory(one.event.hold_category.value)]
        roles = {role.value for role in told.event.lifted_by_roles}
        if not rule.signed_off(roles) and rule.lifted_by_fact is None:
            yield f"a hold of {one.event.hold_category.value} was lifted by {sorted(roles)}"


@at_rest(32)
def a_foreign_lift_is_looked_into(seen: Seen) -> Iterable[Complaint]:
    """By the hold's owner, who alone is sure to know whose it is, for each lifter."""
    placed = {one.event.hold_id: one for one in seen.all(*shared_safety.SAFETY_HOLD_PLACED)}
    foreign: dict[tuple[Service, UUID], set[tuple[UUID, Service]]] = {}
    for told in seen.all(*shared_safety.SAFETY_HOLD_LIFTED):
        hold = placed.get(told.event.hold_id)
        if hold is not None and hold.event.producer is not told.event.producer:
            yield LOOKED
            by_owner = foreign.setdefault((hold.event.producer, told.envelope.client_id), set())
            by_owner.add((told.event.hold_id, told.event.producer))
    for (owner, client_id), lifts in foreign.items():
        looked_into = seen.all(
            *shared_safety.INCIDENT_RECORDED,
            client=client_id,
            producer=owner,
            incident_code=IncidentCode.FOREIGN_HOLD_LIFT,
        )
        if len(looked_into) < len(lifts):
            yield f"{owner} looked into {len(looked_into)} of {len(lifts)} foreign lifts"


def on_board(seen: Seen, told: Told) -> bool:
    """Whether intake has heard of a dose whose client has not left."""
    left = {
        one.event.session_id
        for one in seen.all(
            scheduling.ClientDischarged, scheduling.LeftAgainstAdvice, until=told.place
        )
    }
    return any(
        seen.heard_by("intake", one) and one.event.session_id not in left
        for one in seen.all(
            prescribing.DoseAdministered, until=told.place, course=told.envelope.course_id
        )
    )


@when(33, intake.ConsentGranted)
def nothing_is_granted_under_medicine(seen: Seen, told: Told) -> Iterable[Complaint]:
    if on_board(seen, told):
        yield "consent was granted with a dose on board"


@when(33, intake.PreferencesUpdated)
def touch_is_not_widened_under_medicine(seen: Seen, told: Told) -> Iterable[Complaint]:
    if told.event.touch_widened and on_board(seen, told):
        yield "touch was widened with a dose on board"


@when(34, scheduling.SessionScheduled)
def nobody_books_into_a_restriction(seen: Seen, told: Told) -> Iterable[Complaint]:
    if told.event.kind is not SessionKind.DOSING:
        return
    for one in seen.all(*_WINDOWS, client=told.envelope.client_id):
        inside = told.event.starts_at < one.event.restrictions_until
        if inside and seen.heard_by("scheduling", one):
            yield "a dosing session was booked into a restriction"


@at_rest(34)
def no_dosing_inside_a_restriction(seen: Seen) -> Iterable[Complaint]:
    for session in seen.clinic.states("scheduling", "sessions"):
        if not session.dosing or session.status is not _S.SCHEDULED:
            continue
        for plan in seen.clinic.states("notifications", "aftercare_plans"):
            if plan.client_id == session.client_id and plan.session_id != session.id:
                yield LOOKED
                if session.starts_at < plan.restrictions_until or not plan.end_known:
                    yield "a dosing session stands within a restriction"


@when(35, intake.CourseClosed)
def no_course_closes_over_somebody(seen: Seen, told: Told) -> Iterable[Complaint]:
    course = told.envelope.course_id
    for session in seen.clinic.states("scheduling", "sessions"):
        mine = session.dosing and session.course_id == course and not session.reopened
        if mine and session.status in HERE - {_S.ABORTED}:
            yield f"a course closed over a session that is {session.status.value}"


@always(36, "scheduling")
def nobody_shares_room_or_therapist(seen: Seen) -> Iterable[Complaint]:
    taken: dict[object, object] = {}
    for session in seen.clinic.states("scheduling", "sessions"):
        if session.status in HERE and not session.reopened:
            for resource in (session.room_id, session.therapist_ref):
                yield LOOKED
                if resource is not None and taken.setdefault(resource, session.id) != session.id:
                    yield "two sessions share a room or a therapist"
