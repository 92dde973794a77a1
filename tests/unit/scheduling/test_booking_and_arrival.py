"""Booking, moving, arriving, assenting, and the escort's promise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.scheduling.domain.arrival import check_in, record_assent
from services.scheduling.domain.assent import AssentStatus
from services.scheduling.domain.booking import cancel, miss
from services.scheduling.domain.escorting import (
    cancel_escort,
    confirm_escort,
    escort_arrived,
    escort_due_at,
)
from services.scheduling.domain.events import (
    ClientCheckedIn,
    EscortArrived,
    EscortCancelled,
    EscortConfirmed,
    SessionRescheduled,
)
from services.scheduling.domain.rearranging import reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen, Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.stated_time import stated_time
from shared.decisions import Refused
from tests.unit.scheduling.building import ZONE, at, checked_in, dosed, named, session

S = SessionStatus
TOMORROW = "2026-03-11"


def _slug(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusals[0].slug


def _confirm(here: Session, name: str = "e", **changes: bool) -> SessionChange:
    usual = {"adult": True, "rideshare": False, "rideshare_alone": False, **changes}
    return confirm_escort(here, escort_id=named(name), at=at("09:00"), **usual)


def test_moving_starts_the_day_over() -> None:
    change = reschedule(
        checked_in(), starts_at=at("13:00", TOMORROW), at=at("09:45"), by=Role.FRONT_DESK, zone=ZONE
    )
    moved = change.state
    assert moved.status is S.SCHEDULED
    assert moved.assent.status is AssentStatus.NONE
    assert moved.checked_in_at is None
    assert not moved.escort_confirmed
    assert change.events == (
        SessionRescheduled(
            at=at("09:45"),
            session_id=moved.id,
            starts_at=at("13:00", TOMORROW),
            planned_end_at=at("16:00", TOMORROW),
            schedule_version=2,
            therapist_ref=moved.therapist_ref,
        ),
    )


def test_an_escort_promised_for_the_day_stands_at_another_hour_of_it() -> None:
    moved = reschedule(
        checked_in(), starts_at=at("13:00"), at=at("09:45"), by=Role.FRONT_DESK, zone=ZONE
    ).state
    assert moved.escort_confirmed


def test_a_promise_for_another_day_does_not_come_back_by_moving_twice() -> None:
    away = reschedule(
        checked_in(), starts_at=at("13:00", TOMORROW), at=at("09:45"), by=Role.FRONT_DESK, zone=ZONE
    ).state
    back = reschedule(away, starts_at=at("13:00"), at=at("09:46"), by=Role.FRONT_DESK, zone=ZONE)
    assert not back.state.escort_confirmed


@pytest.mark.parametrize("here", [dosed(), session(status=S.IN_PROGRESS)])
def test_what_has_begun_is_not_moved_or_cancelled(here: Session) -> None:
    with pytest.raises(Refused) as refused:
        cancel(here, at=at("10:00"), by=Role.FRONT_DESK)
    assert _slug(refused) == "cannot-cancel"
    with pytest.raises(Refused) as refused:
        reschedule(here, starts_at=at("13:00"), at=at("10:00"), by=Role.FRONT_DESK, zone=ZONE)
    assert _slug(refused) == "cannot-reschedule"


def test_nobody_is_missed_before_the_time() -> None:
    with pytest.raises(Refused) as refused:
        miss(session(), at=at("09:29"), by=Role.FRONT_DESK)
    assert _slug(refused) == "not-yet-missed"
    assert miss(session(), at=at("09:31"), by=Role.FRONT_DESK).state.status is S.MISSED


def test_arrival_is_on_the_day_of_the_booking() -> None:
    change = check_in(session(), at=at("09:20"), by=Role.FRONT_DESK, zone=ZONE)
    assert change.state.checked_in_at == at("09:20")
    assert [type(e) for e in change.events] == [ClientCheckedIn]
    with pytest.raises(Refused) as refused:
        check_in(session(), at=at("09:20", TOMORROW), by=Role.FRONT_DESK, zone=ZONE)
    assert _slug(refused) == "booked-for-another-day"


def test_a_blocked_booking_says_what_it_waits_for_at_the_desk() -> None:
    blocked = session(status=S.BLOCKED, blocked_by=("needs-prescription",))
    with pytest.raises(Refused) as refused:
        check_in(blocked, at=at("09:20"), by=Role.FRONT_DESK, zone=ZONE)
    assert refused.value.refusals[0].facts["blocked_by"] == ("needs-prescription",)


HOUR = timedelta(minutes=60)


def test_assent_needs_the_explanation_and_a_no_needs_nothing() -> None:
    here = replace(checked_in(), assent=session().assent)
    with pytest.raises(Refused) as refused:
        record_assent(
            here, assent_id=named("a"), at=at("09:40"), explained=False, given=True, valid=HOUR
        )
    assert _slug(refused) == "process-not-explained"
    no = record_assent(
        here, assent_id=named("a"), at=at("09:40"), explained=False, given=False, valid=HOUR
    )
    assert no.state.assent.status is AssentStatus.REFUSED
    yes = record_assent(
        no.state, assent_id=named("b"), at=at("09:45"), explained=True, given=True, valid=HOUR
    )
    assert yes.state.assent.id == named("b")
    with pytest.raises(Refused) as refused:
        record_assent(
            session(), assent_id=named("a"), at=at("09:40"), explained=True, given=True, valid=HOUR
        )
    assert _slug(refused) == "client-not-checked-in"


def test_an_escort_is_an_adult_and_no_rideshare_alone() -> None:
    with pytest.raises(Refused) as refused:
        _confirm(session(), adult=False)
    assert _slug(refused) == "escort-not-an-adult"
    with pytest.raises(Refused) as refused:
        _confirm(session(), rideshare=True)
    assert _slug(refused) == "rideshare-is-no-escort"
    assert _confirm(session(), rideshare=True, rideshare_alone=True).state.escort_confirmed


def test_cancelled_is_final_and_told_once() -> None:
    confirmed = _confirm(session())
    assert [type(e) for e in confirmed.events] == [EscortConfirmed]
    cancelled = cancel_escort(confirmed.state, named("e"), at=at("09:10"))
    assert [type(e) for e in cancelled.events] == [EscortCancelled]
    assert not cancelled.state.escort_confirmed
    with pytest.raises(Refused) as refused:
        cancel_escort(cancelled.state, named("e"), at=at("09:11"))
    assert _slug(refused) == "escort-already-cancelled"
    with pytest.raises(Refused) as refused:
        escort_arrived(cancelled.state, named("e"), arrived_at=at("12:40"), identity_matched=True)
    assert _slug(refused) == "escort-cancelled"
    assert _confirm(cancelled.state, "e2").state.escort_confirmed


def test_one_of_two_escorts_is_enough() -> None:
    both = _confirm(_confirm(session()).state, "e2").state
    assert cancel_escort(both, named("e"), at=at("09:10")).state.escort_confirmed


def test_no_escort_falls_through_after_the_session_is_over() -> None:
    over = replace(_confirm(session()).state, status=SessionStatus.CANCELLED)
    with pytest.raises(Refused) as refused:
        cancel_escort(over, named("e"), at=at("09:10"))
    assert _slug(refused) == "session-is-over"


@pytest.mark.parametrize(
    ("waiting", "due"),
    [
        (session(), True),
        (checked_in(), True),
        (dosed(status=SessionStatus.IN_PROGRESS, doses=DosesSeen()), True),
        (dosed(), False),
    ],
)
def test_another_escort_is_due_until_the_first_dose(waiting: Session, *, due: bool) -> None:
    alone = cancel_escort(_confirm(replace(waiting, escorts=())).state, named("e"), at=at("09:10"))
    found = escort_due_at(alone.state, timedelta(minutes=30), ZONE)
    assert found == (at("09:40") if due else None)
    again = _confirm(alone.state, "e2").state
    assert escort_due_at(again, timedelta(minutes=30), ZONE) is None


def test_an_escort_who_fell_through_for_an_earlier_booking_makes_none_due() -> None:
    earlier = cancel_escort(_confirm(session()).state, named("e"), at=at("09:10")).state
    moved = replace(earlier, schedule_version=earlier.schedule_version + 1)
    assert escort_due_at(moved, timedelta(minutes=30), ZONE) is None


def test_arrival_is_told_once_and_only_of_whoever_was_named() -> None:
    """INV-24: whoever waits for the escort may not stop because a stranger came."""
    with pytest.raises(Refused) as refused:
        escort_arrived(
            _confirm(session()).state, named("e"), arrived_at=at("09:00"), identity_matched=True
        )
    assert _slug(refused) == "client-not-here-yet"
    here = _confirm(session(status=S.CHECKED_IN)).state
    came = escort_arrived(here, named("e"), arrived_at=at("12:40"), identity_matched=False)
    assert came.events == ()
    matched = escort_arrived(came.state, named("e"), arrived_at=at("12:41"), identity_matched=True)
    assert [type(e) for e in matched.events] == [EscortArrived]
    assert matched.state.escorts[0].identity_matched
    assert matched.state.escorts[0].arrived_at == at("12:40")
    again = escort_arrived(matched.state, named("e"), arrived_at=at("12:42"), identity_matched=True)
    assert again.events == ()
    assert again.state.escorts[0].last_seen == at("12:42")


def test_the_escort_of_another_session_is_none_of_this_one() -> None:
    with pytest.raises(Refused) as refused:
        escort_arrived(session(), named("x"), arrived_at=at("12:40"), identity_matched=True)
    assert _slug(refused) == "escort-of-another-session"


def test_stated_times_are_past_and_plausible() -> None:
    now = at("12:40")
    assert stated_time(None, now, what="end") == now
    assert stated_time(at("12:30"), now, what="end") == at("12:30")
    for impossible in (at("12:41"), at("12:00", "2026-03-09")):
        with pytest.raises(Refused) as refused:
            stated_time(impossible, now, what="end")
        assert _slug(refused) == "end-time-implausible"
    with pytest.raises(Refused):
        stated_time(at("09:40"), now, what="end", not_before=at("09:50"))
