"""What follows from facts, whenever and in whatever order they are told (rulings 12, 14, 17)."""

from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.events import Outcome, SessionCancelled, SessionCompleted
from services.scheduling.domain.following import Known, clearance_lapses_at, follow
from services.scheduling.domain.session import Session, SessionChange, TherapyEnd
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.stopping import nothing_stops
from services.scheduling.domain.verdicts import judge
from shared.decisions import Decision
from tests.unit.scheduling.building import (
    ORDER,
    PROTOCOL,
    RX,
    administered,
    at,
    authorised,
    checked_in,
    cleared,
    dosed,
    facts,
    hold,
    named,
    opening,
    order_closed,
    recovering,
    rescinded,
    session,
    told,
)
from tests.unit.scheduling.discharge_question import manual

NOW = at("12:40")
S = SessionStatus
GOOD = Decision.of("G-BOOK", [judge("x", "y", ok=True, facts={})])
BAD = Decision.of("G-BOOK", [judge("needs-prescription", "y", ok=False, facts={})])
WITHDRAWN = facts().consent(lambda c: c.withdraw(told("w"), "consent", ("treatment",), at("10:10")))
REVOKED = facts().revoke_approval(told("r"), "approval")
RX_REVOKED = authorised(facts()).revoke_prescription(told("rr"), str(RX))
STOP_HOLD = hold(facts(), "start", "dose", severity="stop")
PAUSE_HOLD = hold(facts(), "start", "dose", severity="pause")
WITHHELD = facts().order(
    str(ORDER), str(named("session")), lambda o: o.withhold(told("wh"), "vitals")
)


def followed(here: Session, known: CourseFacts, booking: Decision | None = GOOD) -> SessionChange:
    by = Known(facts=known, booking=booking, recovery=PROTOCOL.recovery, now=NOW)
    change = follow(here, by)
    assert follow(change.state, by) == type(change)(change.state), "following twice changes nothing"
    return change


@pytest.mark.parametrize("status", [S.SCHEDULED, S.BLOCKED, S.CHECKED_IN, S.READY])
@pytest.mark.parametrize(
    "known", [facts().decline(told("d")), facts().close(told("c"), "completed"), REVOKED]
)
def test_a_lost_course_or_approval_cancels_what_has_not_begun(
    status: SessionStatus, known: CourseFacts
) -> None:
    change = followed(checked_in(status=status), known)
    assert change.state.status is S.CANCELLED
    assert [type(e) for e in change.events] == [SessionCancelled]


@pytest.mark.parametrize("kind", [SessionKind.INTEGRATION, SessionKind.FOLLOW_UP])
def test_a_closed_course_keeps_integration_and_follow_up(kind: SessionKind) -> None:
    kept = followed(session(kind), facts().close(told("c"), "completed"))
    assert kept.state.status is S.SCHEDULED
    gone = followed(session(kind), facts().decline(told("d")))
    assert gone.state.status is S.CANCELLED


@pytest.mark.parametrize("known", [STOP_HOLD, RX_REVOKED])
def test_a_stop_on_the_day_cancels_who_has_arrived_and_not_a_booking(known: CourseFacts) -> None:
    assert followed(checked_in(), known).state.status is S.CANCELLED
    assert followed(checked_in(status=S.READY), known).state.status is S.CANCELLED
    assert followed(session(), known).state.status is S.SCHEDULED


def test_a_pause_leaves_everything_where_it_is() -> None:
    for here in (session(), checked_in(), checked_in(status=S.READY), opening()):
        assert followed(here, PAUSE_HOLD).state == here


def test_a_talk_is_touched_by_none_of_it() -> None:
    talk = session(SessionKind.INTEGRATION, status=S.CHECKED_IN)
    for known in (REVOKED, STOP_HOLD, RX_REVOKED, WITHDRAWN):
        assert followed(talk, known).state == talk


@pytest.mark.parametrize("known", [REVOKED, RX_REVOKED, STOP_HOLD, WITHHELD, WITHDRAWN])
def test_in_the_opening_all_of_them_abort(known: CourseFacts) -> None:
    change = followed(opening(), known)
    assert change.state.status is S.ABORTED
    assert change.state.end is not None
    assert change.state.end.outcome is Outcome.ABORTED_BEFORE_DOSE
    assert [type(e) for e in change.events] == [SessionCompleted]


def test_an_expired_consent_and_a_foreign_prescription_do_not_abort() -> None:
    expired = facts().consent(lambda c: c.expire(told("x"), "consent"))
    assert followed(opening(), expired).state == opening()
    other = authorised(facts()).revoke_prescription(told("o"), "another")
    assert followed(opening(), other).state == opening()


@pytest.mark.parametrize(
    "known", [REVOKED, RX_REVOKED, STOP_HOLD, WITHHELD, facts().close(told("c"), "client_stopped")]
)
@pytest.mark.parametrize("here", [dosed(), recovering()])
def test_after_the_dose_none_of_them_ends_the_observation(
    here: Session, known: CourseFacts
) -> None:
    """INV-20."""
    assert followed(here, administered(known)).state == here


def test_a_consent_withdrawn_after_the_dose_ends_the_therapy_at_that_moment() -> None:
    change = followed(dosed(), administered(WITHDRAWN))
    assert change.state.status is S.RECOVERING
    assert change.state.end == TherapyEnd(at=at("10:10"), outcome=Outcome.ENDED_BY_CLIENT)
    later = administered(WITHDRAWN, "10:20")
    late = followed(dosed(last="10:20"), later)
    assert late.state.end is not None
    assert late.state.end.at == at("10:20")


def test_only_the_treatment_scope_ends_a_therapy() -> None:
    sharing = facts().consent(
        lambda c: c.withdraw(told("w"), "consent", ("aftercare_agreement",), at("10:10"))
    )
    assert followed(dosed(), administered(sharing)).state == dosed()
    assert followed(opening(), sharing).state.status is S.ABORTED


def test_an_aborted_session_closes_on_its_own_order_closed_with_none() -> None:
    """INV-25."""
    aborted = opening(status=S.ABORTED)
    assert followed(aborted, authorised(facts())).state.status is S.ABORTED
    other_order = order_closed(authorised(facts()), 0, order=named("older"))
    assert followed(aborted, other_order).state.status is S.ABORTED
    closed = order_closed(authorised(facts()), 0)
    assert followed(aborted, closed).state.status is S.CLOSED


def test_a_count_above_none_reopens_even_before_the_dose_is_told() -> None:
    counted = order_closed(authorised(facts()), 1)
    change = followed(opening(status=S.CLOSED), counted)
    assert change.state.status is S.DOSED
    assert change.state.doses.last_at is None
    told_later = administered(counted)
    assert followed(change.state, told_later).state.doses.last_at == at("10:00")


def test_an_undosed_end_is_closed_by_the_order_and_recovers_with_a_dose() -> None:
    ended = opening(
        status=S.RECOVERING, phase=None, end=TherapyEnd(at=at("10:30"), outcome=Outcome.COMPLETED)
    )
    assert followed(ended, authorised(facts())).state == ended
    assert followed(ended, order_closed(authorised(facts()), 0)).state.status is S.CLOSED
    late = followed(ended, administered(authorised(facts()))).state
    assert late.status is S.RECOVERING
    assert late.doses.count == 1


def test_a_covering_clearance_makes_clearable_and_its_loss_unmakes_it() -> None:
    known = administered(facts())
    assert followed(recovering(), cleared(known)).state.status is S.CLEARABLE
    assert followed(recovering(), cleared(known, until="12:40")).state.status is S.RECOVERING
    clearable = recovering(status=S.CLEARABLE)
    assert followed(clearable, cleared(known)).state.status is S.CLEARABLE
    assert followed(clearable, rescinded(cleared(known))).state.status is S.RECOVERING
    assert followed(clearable, cleared(rescinded(known))).state.status is S.RECOVERING
    assert followed(clearable, cleared(known, until="12:40")).state.status is S.RECOVERING


@pytest.mark.parametrize("status", [S.CLEARABLE, S.DISCHARGING])
def test_a_second_dose_voids_the_clearance_of_the_first(status: SessionStatus) -> None:
    """INV-21."""
    known = administered(cleared(administered(facts())), "12:38", seq=2)
    gone_back = followed(recovering(status=status, gate_id=named("gate")), known).state
    assert gone_back.status is S.RECOVERING
    assert gone_back.gate_id is None
    covered = cleared(known, covers=2, name="second")
    assert followed(gone_back, covered).state.status is S.CLEARABLE


def test_two_people_make_it_clearable_while_it_stands() -> None:
    known = administered(facts())
    stated = recovering(manual_clearance=manual())
    assert followed(stated, known).state.status is S.CLEARABLE
    assert (
        followed(recovering(manual_clearance=manual(valid_until=NOW)), known).state.status
        is S.RECOVERING
    )


def test_a_clearance_without_a_dose_opens_no_door() -> None:
    undosed = opening(
        status=S.RECOVERING, phase=None, end=TherapyEnd(at=at("10:30"), outcome=Outcome.COMPLETED)
    )
    assert followed(undosed, cleared(facts())).state == undosed


def test_a_booking_is_blocked_by_name_and_released() -> None:
    blocked = followed(session(), facts(), BAD).state
    assert blocked.status is S.BLOCKED
    assert blocked.blocked_by == ("needs-prescription",)
    released = followed(blocked, facts(), GOOD).state
    assert released.status is S.SCHEDULED
    assert released.blocked_by == ()


def test_without_a_judgement_a_booking_stays_as_it_is() -> None:
    blocked = session(status=S.BLOCKED, blocked_by=("needs-prescription",))
    assert followed(blocked, facts(), None).state == blocked


def test_the_clearance_that_stands_says_when_it_lapses() -> None:
    known = cleared(administered(facts()))
    assert clearance_lapses_at(recovering(), known, NOW) == at("13:05")
    assert clearance_lapses_at(recovering(), facts(), NOW) is None
    both = recovering(manual_clearance=manual(valid_until=at("13:20")))
    assert clearance_lapses_at(both, known, NOW) == at("13:20")


def test_doses_come_before_everything_else() -> None:
    """A dose and a revocation told together: the dose was taken, so the client is observed."""
    known: Any = administered(REVOKED)
    for here in (opening(), session(), replace(checked_in(), status=S.CANCELLED)):
        assert followed(here, known).state.status is S.DOSED


def test_nobody_is_received_for_a_session_that_something_stops() -> None:
    assert nothing_stops(session(), facts()).holds
    assert nothing_stops(session(), PAUSE_HOLD).holds
    for known in (STOP_HOLD, RX_REVOKED):
        refused = nothing_stops(session(), known)
        assert not refused.holds
        assert refused.unblocks_with
    assert nothing_stops(session(SessionKind.PREP), STOP_HOLD).holds
