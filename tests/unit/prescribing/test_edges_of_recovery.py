"""Where recovery turns: the last minute, the second dose, the older look, a dose that was taken."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.events import ClearanceRescinded
from services.prescribing.domain.own_dose_rules import OwnDoseFacts
from services.prescribing.domain.people import Signature
from services.prescribing.domain.recovery_states import RecoveryStatus, ReversalAgent
from services.prescribing.domain.reversal import reverse
from services.prescribing.domain.session_facts import Departure, SessionEnd, SessionFacts
from services.prescribing.domain.taken_dose import TakenDoseFacts, broken_rules
from services.prescribing.domain.titration import given_doses
from services.prescribing.domain.vocabulary import (
    DepartureMode,
    SessionKind,
)
from services.prescribing.domain.vocabulary import SessionOutcome as Outcome
from shared.decisions import Decision, holds
from shared.protocol import ConsentScope, Role
from tests.unit.prescribing.clearing import cleared
from tests.unit.prescribing.clinic import (
    NURSE,
    PROTOCOL,
    SESSION,
    active,
    administered,
    at,
    course,
    ended,
    on_board,
    passed,
    recovering,
    released,
    requested,
    told,
)
from tests.unit.prescribing.test_recovery import look

ALLOWED = Decision.of("AUTHORISATION", (holds("all", "6.2"),))
LATER = at("08:00") + timedelta(days=365)


REVOKED = course().revoke_approval(UUID(int=20), "r")
BEFORE_START = course().in_session(SESSION, lambda s: replace(s, started=None))


def test_the_last_departure_counts_whichever_was_told_first() -> None:
    first, again = (
        told(Departure(mode=DepartureMode.STANDARD, at=at(clock)), at(clock))
        for clock in ("12:45", "14:00")
    )
    for order in ((first, again), (again, first)):
        session = SessionFacts()
        for one in order:
            session = session.left(one)
        assert session.departure is again


@pytest.mark.parametrize(("second", "differ"), [("12:30", False), ("12:40", True)])
def test_two_ends_at_one_moment_are_no_contradiction(second: str, differ: bool) -> None:
    session = SessionFacts()
    for clock in ("12:30", second):
        end = told(SessionEnd(outcome=Outcome.COMPLETED, ended_at=at(clock)), at(clock))
        session = session.ended(end, SessionKind.DOSING)
    assert session.ends_differ() == differ


def test_recovery_counts_from_the_last_dose() -> None:
    """INV-21, INV-22: whichever of them was heard of first."""
    one, two = on_board(at("10:00")), on_board(at("10:30"), seq=2)
    for first, second in ((one, two), (two, one)):
        begun = recovering()
        both = replace(begun, doses={str(d.seq): d for d in (first, second)})
        assert both.last_dose_at == at("10:30")
        assert both.minimum_until == at("12:30")
        assert both.effects_until == at("13:25")


@pytest.mark.parametrize(
    ("clock", "status"),
    [("11:59", RecoveryStatus.OBSERVING), ("12:00", RecoveryStatus.ASSESSING)],
)
def test_observation_ends_at_its_minute_and_only_observation(
    clock: str, status: RecoveryStatus
) -> None:
    assert recovering().status_at(at(clock)) is status
    not_ready = look(recovering(), "12:00", steady_gait=False).state
    assert not_ready.status_at(at("13:00")) is RecoveryStatus.NOT_READY


def test_a_look_at_the_same_minute_is_no_older_one() -> None:
    """The worse of two looks at one time is not lost because the better one came first."""
    good = look(recovering(), "12:05").state
    assert good.status is RecoveryStatus.READY
    worse = look(good, "12:05", steady_gait=False).state
    assert worse.status is RecoveryStatus.NOT_READY
    older = look(good, "12:04", steady_gait=False).state
    assert older.status is RecoveryStatus.READY
    assert [check.check_no for check in older.checks] == [1, 2]


def test_a_good_look_before_the_minimum_makes_nobody_ready() -> None:
    assert look(recovering(), "11:59").state.status is RecoveryStatus.OBSERVING
    assert look(recovering(), "12:00").state.status is RecoveryStatus.READY


def test_only_a_bad_look_takes_a_clearance_back() -> None:
    kept = look(cleared(), "12:40")
    assert not [one for one in kept.events if isinstance(one, ClearanceRescinded)]
    assert kept.state.status is RecoveryStatus.CLEARED
    gone = look(cleared(), "12:40", oriented=False)
    assert [one for one in gone.events if isinstance(one, ClearanceRescinded)]
    assert gone.state.status is RecoveryStatus.RESCINDED


def test_an_alarm_is_numbered_and_kept() -> None:
    looked = look(recovering(), "10:40").state
    alarmed = looked.alarm(at("10:50"))
    assert [check.check_no for check in alarmed.state.checks] == [1, 2]
    assert alarmed.state.looks == looked.checks


@pytest.mark.parametrize(("clock", "anew"), [("13:59", True), ("14:00", False), ("14:01", False)])
def test_a_wait_that_is_over_when_it_is_written_down_changes_nothing(
    clock: str, anew: bool
) -> None:
    """3.8: two hours after the agent."""
    ready = look(recovering(), "12:00").state
    change = reverse(
        ready,
        ReversalAgent.NALOXONE,
        given_at=at("12:00"),
        wait=timedelta(hours=2),
        by=NURSE,
        now=at(clock),
    )
    assert (change.state.status is RecoveryStatus.OBSERVING) == anew
    assert [one.given.at for one in change.state.reversals] == [at("12:00")]
    twice = reverse(
        change.state,
        ReversalAgent.NALOXONE,
        given_at=at("12:10"),
        wait=timedelta(hours=2),
        by=NURSE,
        now=at(clock),
    )
    assert len(twice.state.reversals) == 2


def gone(clock: str) -> Any:
    """The client left at that minute."""
    left = told(Departure(mode=DepartureMode.STANDARD, at=at(clock)))
    return course().in_session(SESSION, lambda s: s.left(left))


def broken(clock: str, known: Any = None, order: DoseOrder | None = None) -> set[str]:
    own = OwnDoseFacts(
        at=at(clock),
        dose_seq=1,
        order=order or released(),
        prescription=active(),
        check=passed(),
        holds=(),
        protocol=PROTOCOL,
    )
    return set(broken_rules(TakenDoseFacts(own=own, course=known or course())))


def test_a_dose_by_the_rules_breaks_none() -> None:
    assert broken("10:00") == set()


@pytest.mark.parametrize(
    ("known", "slug"),
    [
        (ended(course(), at("10:00"), Outcome.COMPLETED), "session-not-in-progress"),
        (
            course().in_session(SESSION, lambda s: replace(s, started=None)),
            "session-not-in-progress",
        ),
        (
            course().in_session(
                SESSION,
                lambda s: s.left(told(Departure(mode=DepartureMode.STANDARD, at=at("10:00")))),
            ),
            "session-not-in-progress",
        ),
        (
            course().in_session(SESSION, lambda s: replace(s, stop=told(at("10:00")))),
            "session-stopped",
        ),
        (course().close(told(at("10:00"))), "course-not-active"),
        (REVOKED, "approval-not-current"),
        (
            course().end_consent(UUID(int=21), (ConsentScope.TREATMENT,), "w"),
            "consent-treatment-not-active",
        ),
        (
            course().in_session(
                SESSION, lambda s: replace(s, escorts=s.escorts.remove(str(UUID(int=22)), "c"))
            ),
            "escort-not-confirmed",
        ),
    ],
)
def test_each_rule_that_it_broke_is_named(known: Any, slug: str) -> None:
    """Ruling 12, INV-3: at that very minute it already counts."""
    assert broken("10:00", known) == {slug}


@pytest.mark.parametrize(
    "known",
    [
        ended(course(), at("10:01"), Outcome.COMPLETED),
        course().in_session(SESSION, lambda s: replace(s, stop=told(at("10:01")))),
        course().close(told(at("10:01"))),
        gone("10:01"),
    ],
)
def test_what_came_after_the_dose_was_no_rule_of_it(known: Any) -> None:
    assert broken("10:00", known) == set()


def test_medicine_that_nobody_released_is_said() -> None:
    waiting = requested().authorise(active().id, at("08:30")).state.check().state
    assert "medicine-not-released" in broken("10:00", order=waiting)


def test_doses_of_a_course_stand_in_the_order_in_which_they_were_taken() -> None:
    """Titration reads a course, not a ledger's order; what nobody wrote down stays unknown."""
    later = replace(administered(when=at("10:00", day=9)), id=UUID(int=2))
    earlier = replace(administered(when=at("10:00")), id=UUID(int=3))
    doses = given_doses([later, earlier], [], [])
    assert [one.dose_order_id for one in doses] == [earlier.id, later.id]
    assert {one.prescribed_mg for one in doses} == {None}
    assert {one.amount_mg for one in doses} == {None}


def test_who_signs_is_who_acts() -> None:
    assert Signature.of(NURSE, at("10:00")) == Signature(
        role=Role.NURSE, ref=NURSE.ref, at=at("10:00")
    )
