"""INV-9, INV-32, INV-38: facts are the same in every order, and however often they are heard."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.alerts import Alert, AlertKind
from services.notifications.domain.client_facts import ChannelConsent, ClientFacts
from services.notifications.domain.facts import CareTeam, CourseFacts
from services.notifications.domain.session_facts import (
    Booking,
    Dose,
    End,
    Exit,
    ExitWay,
    Mark,
    SessionFacts,
    SessionOutcome,
)
from services.notifications.domain.session_reading import (
    awaits_escort,
    booking_of,
    current_escort,
    gone_and_in_danger_since,
    gone_with_uncovered_dose,
    has_conflicting_ends,
    holds_messages,
    is_off,
    left_against_advice,
    over_by,
    was_dosed,
)
from services.notifications.domain.vocabulary import Channel
from shared.protocol import HoldCategory, Role
from tests.unit.notifications.moments import CLIENT, COURSE, ORDER, SESSION, at, told

FRESH = CourseFacts(course_id=COURSE, client_id=CLIENT)
EMPTY = SessionFacts(id=SESSION)
ESCORT, OTHER_ESCORT, CLEARANCE, HOLD = (UUID(int=n) for n in (21, 22, 23, 24))
Step: TypeAlias = Callable[[CourseFacts], CourseFacts]


def booking(clock: str) -> Booking:
    return Booking(starts_at=at(clock), planned_end_at=at(clock) + timedelta(hours=3))


STEPS: tuple[Step, ...] = (
    lambda f: f.team_assigned(1, told(CareTeam(therapist_ref=UUID(int=31), prescriber_ref=None))),
    lambda f: f.team_assigned(2, told(CareTeam(therapist_ref=UUID(int=32), prescriber_ref=None))),
    lambda f: f.hold_placed("intake", HOLD, told(HoldCategory.SUICIDALITY, 3)),
    lambda f: f.hold_lifted("intake", HOLD, "event-4"),
    lambda f: f.assessment_requested(UUID(int=33), told(at("09:00"), 5)),
    lambda f: f.assessment_completed(UUID(int=33), "event-6"),
    lambda f: f.with_session(SESSION, lambda s: s.booked(1, told(booking("09:30"), 7))),
    lambda f: f.with_session(SESSION, lambda s: s.booked(2, told(booking("11:00"), 8))),
    lambda f: f.with_session(SESSION, lambda s: s.escort_cancelled(ESCORT, "event-9")),
    lambda f: f.with_session(SESSION, lambda s: s.escort_confirmed(ESCORT, told(at("09:00"), 10))),
    lambda f: f.with_session(SESSION, lambda s: s.clearance_rescinded(CLEARANCE, "event-11")),
    lambda f: f.with_session(SESSION, lambda s: s.cleared(CLEARANCE, told(1, 12))),
    lambda f: f.with_session(
        SESSION, lambda s: s.dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 13))
    ),
    lambda f: f.alert(told(Alert(kind=AlertKind.INCIDENT, cause_id=UUID(int=34)), 14)),
)


def fold(steps: list[Step]) -> CourseFacts:
    facts = FRESH
    for step in steps:
        facts = step(facts)
    return facts


@given(
    order=st.permutations(range(len(STEPS))),
    again=st.lists(st.integers(min_value=0, max_value=len(STEPS) - 1), max_size=10),
)
def test_order_and_repetition_change_nothing(order: list[int], again: list[int]) -> None:
    assert fold([STEPS[i] for i in (*order, *again)]) == fold(list(STEPS))


def test_what_was_ended_first_never_begins() -> None:
    facts = fold(list(reversed(STEPS)))
    session = facts.session(SESSION)
    assert not facts.holds.open
    assert not facts.assessments.open
    assert current_escort(session) is None
    assert not session.clearances.open
    assert booking_of(session) == booking("11:00")
    assert facts.care_team.ref(Role.THERAPIST) == UUID(int=32)
    assert facts.care_team.ref(Role.ON_CALL) is None


def test_only_the_owner_lifts_a_hold() -> None:
    placed = FRESH.hold_placed("prescribing", HOLD, told(HoldCategory.MEDICAL))
    assert placed.hold_lifted("scheduling", HOLD, "e").holds.open
    assert not placed.hold_lifted("prescribing", HOLD, "e").holds.open


@pytest.mark.parametrize("heard_first", ["the hold", "the lift"])
def test_what_a_stranger_lifts_is_told_to_nobody(heard_first: str) -> None:
    """INV-32, and once its owner has lifted it, it is (F36)."""
    said = told(Alert(kind=AlertKind.HOLD_LIFTED, cause_id=HOLD), 15)
    steps: list[Step] = [
        lambda f: f.hold_placed("prescribing", HOLD, told(HoldCategory.MEDICAL)),
        lambda f: f.hold_lifted("scheduling", HOLD, "event-15").alert(said),
    ]
    forged = fold(steps if heard_first == "the hold" else steps[::-1])
    assert not forged.to_tell
    assert list(forged.hold_lifted("prescribing", HOLD, "e").to_tell.values()) == [said]


def test_a_dose_counts_once_for_its_number() -> None:
    one = told(Dose(seq=1, administered_at=at("10:00")))
    session = EMPTY.dose(ORDER, one).dose(ORDER, one)
    assert len(session.doses.members) == 1
    assert len(session.dose(UUID(int=99), one).doses.members) == 2


def test_consent_can_stop_a_channel_and_the_newest_version_holds() -> None:
    def version(number: int, *, sms: bool) -> ChannelConsent:
        return ChannelConsent(version=number, sms=sms, email=True, voice=True)

    silent = ClientFacts(client_id=CLIENT)
    assert not silent.has_stopped(Channel.SMS)
    stopped = silent.consent_changed(told(version(2, sms=False))).consent_changed(
        told(version(1, sms=True))
    )
    assert stopped.has_stopped(Channel.SMS)
    assert not stopped.has_stopped(Channel.EMAIL)
    assert not stopped.consent_changed(told(version(3, sms=True))).has_stopped(Channel.SMS)


def test_other_messages_wait_from_the_start_to_the_departure() -> None:
    started = EMPTY.marked(Mark.STARTED, told(at("09:50")))
    assert not holds_messages(EMPTY, at("10:00"))
    assert holds_messages(started, at("10:00"))
    assert not holds_messages(started, at("09:50", day=11))
    gone = started.left(told(Exit(way=ExitWay.DISCHARGED, at=at("12:45"))))
    assert not holds_messages(gone, at("12:46"))
    aborted = started.ended(
        told(End(outcome=SessionOutcome.ABORTED_BEFORE_DOSE, ended_at=at("09:55")))
    )
    assert not holds_messages(aborted, at("10:00"))
    dosed_after_all = aborted.dose(ORDER, told(Dose(seq=1, administered_at=at("09:54"))))
    assert holds_messages(dosed_after_all, at("10:00"))


@pytest.mark.parametrize("mark", [Mark.CANCELLED, Mark.MISSED])
def test_a_session_may_be_off(mark: Mark) -> None:
    assert is_off(EMPTY.marked(mark, told(at("09:00"))))
    assert not is_off(EMPTY.marked(Mark.STARTED, told(at("09:00"))))


def test_an_escort_is_called_in_when_cleared_and_until_here() -> None:
    cleared = EMPTY.cleared(CLEARANCE, told(1)).escort_confirmed(ESCORT, told(at("09:00")))
    assert awaits_escort(cleared) == (str(CLEARANCE), str(ESCORT))
    assert awaits_escort(EMPTY.cleared(CLEARANCE, told(1))) is None
    assert awaits_escort(cleared.clearance_rescinded(CLEARANCE, "e")) is None
    assert awaits_escort(cleared.escort_arrived(ESCORT, told(at("12:40")))) is None
    replaced = cleared.escort_cancelled(ESCORT, "e").escort_confirmed(
        OTHER_ESCORT, told(at("12:36"))
    )
    assert awaits_escort(replaced) == (str(CLEARANCE), str(OTHER_ESCORT))
    assert awaits_escort(cleared.left(told(Exit(way=ExitWay.DISCHARGED, at=at("12:45"))))) is None


def test_a_dose_that_the_clearance_did_not_cover_is_noticed_in_any_order() -> None:
    """INV-21: also when the dose, or the clearance, is heard of after the departure."""
    gone = EMPTY.left(
        told(Exit(way=ExitWay.DISCHARGED, at=at("12:45"), clearance_id=str(CLEARANCE)))
    )
    one = gone.dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 1))
    assert not gone_with_uncovered_dose(one.cleared(CLEARANCE, told(1)))
    two = one.dose(ORDER, told(Dose(seq=2, administered_at=at("12:40")), 2))
    assert not gone_with_uncovered_dose(two)
    assert gone_with_uncovered_dose(two.cleared(CLEARANCE, told(1)))


def test_who_went_with_an_uncovered_dose_is_in_danger_since_the_last_dose() -> None:
    left = told(Exit(way=ExitWay.DISCHARGED, at=at("12:45"), clearance_id=str(CLEARANCE)))
    first = EMPTY.dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 1))
    both = first.dose(ORDER, told(Dose(seq=2, administered_at=at("12:40")), 2))
    assert gone_and_in_danger_since(both.left(left).cleared(CLEARANCE, told(1))) == at("12:40")
    assert gone_and_in_danger_since(both.cleared(CLEARANCE, told(1))) is None
    assert gone_and_in_danger_since(first.left(left).cleared(CLEARANCE, told(1))) is None
    earlier = both.left(left).cleared(CLEARANCE, told(1)).endangered("k", told(at("12:38")))
    assert gone_and_in_danger_since(earlier) == at("12:38")


def test_a_stay_is_counted_from_the_last_that_began_in_it() -> None:
    stay = timedelta(hours=5)
    assert over_by(EMPTY, stay) is None
    signed = EMPTY.sign_of_dose("k", told(at("10:30")))
    assert over_by(signed, stay) == at("15:30")
    assert over_by(signed.marked(Mark.STARTED, told(at("09:00"))), stay) == at("15:30")
    dosed = signed.dose(ORDER, told(Dose(seq=1, administered_at=at("10:00"))))
    assert over_by(dosed, stay) == at("15:00")


def test_two_different_ends_conflict_and_an_abort_does_not() -> None:
    def ended(session: SessionFacts, outcome: SessionOutcome, clock: str, n: int) -> SessionFacts:
        return session.ended(told(End(outcome=outcome, ended_at=at(clock)), n))

    once = ended(EMPTY, SessionOutcome.COMPLETED, "12:30", 1)
    assert not has_conflicting_ends(ended(once, SessionOutcome.COMPLETED, "12:30", 2))
    assert not has_conflicting_ends(ended(once, SessionOutcome.ABORTED_BEFORE_DOSE, "10:00", 3))
    assert has_conflicting_ends(ended(once, SessionOutcome.ENDED_BY_CLIENT, "12:31", 4))


def test_walking_out_is_seen_beside_another_exit() -> None:
    gone = EMPTY.left(told(Exit(way=ExitWay.AGAINST_ADVICE, at=at("11:00"))))
    assert left_against_advice(gone) is not None
    assert was_dosed(gone)
    assert left_against_advice(EMPTY) is None


def test_an_alert_is_told_once() -> None:
    alert = Alert(kind=AlertKind.HOLD_PLACED, cause_id=HOLD)
    facts = FRESH.alert(told(alert))
    assert list(facts.alerts.open) == [alert.key]
    done = facts.alert_told(alert.key, "e")
    assert not done.alert(told(alert)).alerts.open


def test_a_course_is_over_when_declined_or_closed() -> None:
    assert not FRESH.is_over
    assert FRESH.was_declined(UUID(int=41), told(at("10:00"))).is_over
