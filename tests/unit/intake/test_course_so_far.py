"""What follows from the facts: medicine on board, obstacles, what is next (rulings 14, 21)."""

from datetime import datetime
from uuid import UUID

from services.intake.domain.course_so_far import next_session, preparations_done, prescribed_until
from services.intake.domain.facts import Booking, CourseFacts, Restriction
from services.intake.domain.on_board import obstacles_on_board, on_board
from tests.unit.intake.courses import (
    MORNING,
    SESSION,
    dosed,
    later,
    no_facts,
    session_ended,
    told,
)


def discharged(facts: CourseFacts, at: datetime) -> CourseFacts:
    return facts.discharged(session_id=SESSION, at=told(at, "e-out"))


def walked_out(facts: CourseFacts, at: datetime) -> CourseFacts:
    return facts.walked_out(session_id=SESSION, at=told(at, "e-left"))


def restricted(facts: CourseFacts, until: datetime, *, known: bool) -> CourseFacts:
    window = Restriction(session_id=SESSION, until=until, end_known=known)
    return facts.restricted(aftercare_id=UUID(int=4), told=told(window, f"e-r-{known}"))


def test_nothing_given_is_nothing_on_board() -> None:
    assert on_board(no_facts(), MORNING) == {}


def test_a_dose_is_on_board_and_names_its_event() -> None:
    assert on_board(dosed(), later(days=9)) == {str(SESSION): f"e-dose-{SESSION.int}-1"}


def test_the_therapys_end_does_not_end_the_medicine() -> None:
    assert on_board(session_ended(dosed(), SESSION, "dosing"), later(hours=3))


def test_discharge_ends_it() -> None:
    assert on_board(discharged(dosed(), later(hours=3)), later(hours=3)) == {}


def test_a_dose_after_the_discharge_puts_the_client_back_on_board() -> None:
    facts = dosed(discharged(dosed(), later(hours=3)), at=later(hours=4), dose_seq=2)
    assert on_board(facts, later(hours=5))


def test_a_dose_that_becomes_known_after_the_discharge_does_not() -> None:
    facts = dosed(discharged(dosed(), later(hours=3)), at=later(hours=1), dose_seq=2)
    assert on_board(facts, later(hours=5)) == {}


def test_walking_out_keeps_it_until_the_restriction_is_over() -> None:
    facts = restricted(walked_out(dosed(), later(hours=1)), later(hours=9), known=True)
    assert on_board(facts, later(hours=8, minutes=59))
    assert on_board(facts, later(hours=9)) == {}


def test_walking_out_without_a_known_end_keeps_it_without_end() -> None:
    left = walked_out(dosed(), later(hours=1))
    assert on_board(left, later(days=30))
    assert on_board(restricted(left, later(hours=9), known=False), later(days=30))


def test_a_restriction_of_another_session_ends_nothing() -> None:
    left = walked_out(dosed(), later(hours=1))
    other = Restriction(session_id=UUID(int=99), until=later(hours=2), end_known=True)
    facts = left.restricted(aftercare_id=UUID(int=5), told=told(other, "e-other"))
    assert on_board(facts, later(hours=9))


def test_a_dosed_client_who_is_still_here_is_in_the_way_of_a_closing() -> None:
    assert [o.ref for o in obstacles_on_board(dosed())] == [SESSION]
    assert obstacles_on_board(discharged(dosed(), later(hours=3))) == ()
    assert obstacles_on_board(walked_out(dosed(), later(hours=1))) == ()


def test_only_a_preparation_that_took_place_counts() -> None:
    assert preparations_done(session_ended(no_facts(), SESSION, "prep")) == (str(SESSION),)
    assert preparations_done(session_ended(no_facts(), SESSION, "integration")) == ()
    ended_early = session_ended(no_facts(), SESSION, "prep", "ended_by_clinician")
    assert preparations_done(ended_early) == ()


def booked(facts: CourseFacts, session: UUID, at: datetime) -> CourseFacts:
    booking = Booking(kind="prep", starts_at=at)
    return facts.session_booked(session_id=session, booking=told(booking, f"b{session.int}"))


def test_next_is_the_nearest_session_ahead_that_still_stands() -> None:
    near, far = UUID(int=51), UUID(int=52)
    facts = booked(booked(no_facts(), far, later(days=2)), near, later(days=1))
    upcoming = next_session(facts, MORNING)
    assert upcoming is not None
    assert upcoming.session_id == near
    off = facts.session_off(session_id=near, event_id="e-off")
    upcoming = next_session(off, MORNING)
    assert upcoming is not None
    assert upcoming.session_id == far
    assert next_session(off, later(days=3)) is None


def test_a_moved_session_is_next_at_its_new_time() -> None:
    facts = booked(no_facts(), SESSION, later(days=1)).session_moved(
        session_id=SESSION, version=2, to=told(later(days=5), "m2")
    )
    upcoming = next_session(facts, MORNING)
    assert upcoming is not None
    assert upcoming.starts_at == later(days=5)


def test_a_revoked_prescription_prescribes_nothing_and_an_amended_one_lasts_as_amended() -> None:
    rx = UUID(int=61)
    facts = no_facts().prescribed(prescription_id=rx, until=told(later(days=90), "p"))
    assert prescribed_until(facts) == later(days=90)
    amended = facts.prescription_amended(
        prescription_id=rx, version=2, until=told(later(days=30), "a")
    )
    assert prescribed_until(amended) == later(days=30)
    assert prescribed_until(facts.prescription_revoked(prescription_id=rx, event_id="r")) is None
