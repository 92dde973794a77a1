"""G-BOOK and G-START about people and rooms: there, entitled, known to the client, good enough."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from services.scheduling.domain.availability import Absence, WorkingHours
from services.scheduling.domain.clinician import Clinician, record_absence, withdraw_absence
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from shared.decisions import Refused
from shared.protocol import (
    ClinicProtocol,
    Dosing,
    ProtocolProfile,
    TalkSessions,
    TherapistPresence,
)
from tests.unit.scheduling import start_question
from tests.unit.scheduling.booking_question import decide, refused
from tests.unit.scheduling.building import (
    NURSE,
    THERAPIST,
    at,
    checked_in,
    named,
    prepared,
    room,
    session,
    therapist,
)

ANOTHER = named("another therapist")
AFTER_ONLY = ClinicProtocol(dosing=Dosing(therapist_presence=TherapistPresence.AFTER_ONLY))
ESKETAMINE = ClinicProtocol(protocol_profile=ProtocolProfile.ESKETAMINE_REMS, rems_certified=True)
TUESDAY = 1


def nurse(**changes: Any) -> Clinician:
    return therapist(**{"id": NURSE, "role": Role.NURSE, **changes})


def prep(day: str, **changes: Any) -> Session:
    return session(
        SessionKind.PREP,
        starts=at("08:00", day),
        minutes=60,
        session_id=named(f"prep-{day}"),
        **changes,
    )


def test_a_therapist_who_never_prepared_the_client_is_not_booked_for_the_dose() -> None:
    """F53: a change of therapist needs a preparation contact first."""
    stranger = session(therapist_ref=ANOTHER)
    known = therapist(id=ANOTHER)
    assert refused(decide(stranger, therapist=known)) == {"therapist-not-met"}
    met = replace(prepared(), therapists=frozenset({THERAPIST, ANOTHER}))
    assert decide(stranger, therapist=known, preparation=met).allowed
    later = session(starts=at("09:30", "2026-03-12"), therapist_ref=ANOTHER)
    contact = prep("2026-03-11", therapist_ref=ANOTHER)
    assert decide(later, therapist=known, others=(contact,)).allowed
    with_somebody_else = prep("2026-03-11")
    assert refused(decide(later, therapist=known, others=(with_somebody_else,))) == {
        "therapist-not-met"
    }


def test_at_the_start_a_booked_contact_is_not_enough() -> None:
    here = checked_in(status=SessionStatus.READY, therapist_ref=ANOTHER)
    others = (prep("2026-03-09", therapist_ref=ANOTHER),)
    decision = start_question.decide(session=here, others=others, therapist=therapist(id=ANOTHER))
    assert refused(decision) == {"therapist-not-met"}


def test_where_nobody_prepared_only_the_missing_preparation_is_named() -> None:
    assert refused(decide(preparation=None)) == {"preparation-not-planned"}


@pytest.mark.parametrize("decide_", [decide, start_question.decide])
def test_after_only_needs_another_named_clinician_who_stays(decide_: Any) -> None:
    """C-11."""
    here = checked_in(
        status=SessionStatus.READY if decide_ is start_question.decide else SessionStatus.SCHEDULED
    )
    alone = {"session" if decide_ is start_question.decide else "proposed": here}
    assert refused(decide_(**alone, protocol=AFTER_ONLY)) == {"nobody-stays-throughout"}
    name = next(iter(alone))
    watched = {name: replace(here, attendant_ref=NURSE)}
    assert decide_(**watched, protocol=AFTER_ONLY, attendant=nurse()).allowed
    for bad in (
        None,
        nurse(license_valid_until=at("09:00")),
        nurse(role=Role.FRONT_DESK),
    ):
        assert refused(decide_(**watched, protocol=AFTER_ONLY, attendant=bad)) == {
            "nobody-stays-throughout"
        }
    themself = {name: replace(here, attendant_ref=THERAPIST)}
    assert refused(decide_(**themself, protocol=AFTER_ONLY, attendant=therapist())) == {
        "nobody-stays-throughout"
    }


def test_throughout_the_therapist_is_enough_and_a_named_companion_must_be_entitled() -> None:
    assert decide().allowed
    named_one = session(attendant_ref=NURSE)
    assert decide(named_one, attendant=nurse()).allowed
    assert refused(decide(named_one, attendant=None)) == {"nobody-stays-throughout"}


def test_a_clinic_that_begins_with_a_consultation_books_preparation_after_it() -> None:
    """F15."""
    first = ClinicProtocol(talk_sessions=TalkSessions(consultation_first=True))
    planned = prep("2026-03-12")
    assert decide(planned).allowed
    assert refused(decide(planned, protocol=first)) == {"consultation-not-planned"}
    before = session(
        SessionKind.CONSULTATION,
        starts=at("08:00", "2026-03-11"),
        minutes=30,
        session_id=named("c"),
    )
    assert decide(planned, protocol=first, others=(before,)).allowed
    for gone in (SessionStatus.CANCELLED, SessionStatus.MISSED):
        assert not decide(planned, protocol=first, others=(replace(before, status=gone),)).allowed
    held = replace(before, status=SessionStatus.COMPLETED)
    assert decide(planned, protocol=first, others=(held,)).allowed
    consultation = session(SessionKind.CONSULTATION, minutes=30)
    assert decide(consultation, protocol=first).allowed


def test_an_absence_blocks_what_it_meets_and_nothing_else() -> None:
    away = Absence(id=named("away"), since=at("12:00"), until=at("18:00"))
    absent = record_absence(therapist(), away)
    decision = decide(therapist=absent)
    assert refused(decision) == {"clinician-not-available"}
    assert decision.refusals[0].facts["back"] == [at("18:00").isoformat()]
    assert decide(session(starts=at("18:00")), therapist=absent).allowed
    assert decide(session(starts=at("09:00")), therapist=absent).allowed
    assert decide(therapist=withdraw_absence(absent, away.id)).allowed
    with pytest.raises(Refused):
        withdraw_absence(therapist(), away.id)
    with pytest.raises(Refused):
        record_absence(therapist(), replace(away, until=away.since))


def test_the_companions_absence_counts_too() -> None:
    away = Absence(id=named("away"), since=at("09:00"), until=at("10:00"))
    attended = session(attendant_ref=NURSE)
    assert refused(decide(attended, attendant=record_absence(nurse(), away))) == {
        "clinician-not-available"
    }


def test_hours_are_on_the_clinics_clock_and_may_pass_midnight() -> None:
    day = WorkingHours(weekday=TUESDAY, start=time(9), end=time(17))
    assert decide(therapist=replace(therapist(), hours=(day,))).allowed
    assert refused(
        decide(session(starts=at("14:30")), therapist=replace(therapist(), hours=(day,)))
    ) == {"clinician-not-available"}
    night = WorkingHours(weekday=TUESDAY, start=time(20), end=time(4))
    late = session(starts=at("22:00"))
    early = session(starts=at("00:30", "2026-03-11"))
    for good in (late, early):
        assert decide(good, therapist=replace(therapist(), hours=(night,))).allowed
    monday = replace(night, weekday=0)
    assert not decide(late, therapist=replace(therapist(), hours=(monday,))).allowed


@pytest.mark.parametrize("watched", [True, False])
def test_esketamine_needs_a_monitored_room(watched: bool) -> None:
    rules = replace(ESKETAMINE, routes_enabled=ClinicProtocol().routes_enabled)
    decision = decide(protocol=rules, room=room(monitor=watched))
    assert refused(decision) == (set() if watched else {"room-not-suitable"})
    assert decide(room=room(monitor=False)).allowed


def test_a_refused_spacing_says_from_when_on_it_is_possible() -> None:
    strict = ClinicProtocol(dosing=Dosing(max_in_7_days=1))
    other = session(starts=at("09:30", "2026-03-12"), session_id=named("other"))
    decision = decide(session(starts=at("09:30", "2026-03-14")), others=(other,), protocol=strict)
    assert refused(decision) == {"doses-too-close"}
    possible = decision.refusals[0].facts["possible_from"]
    assert possible == at("09:30", "2026-03-19").isoformat()
    allowed = session(starts=at("09:30", "2026-03-19"))
    assert decide(allowed, others=(other,), protocol=strict).allowed
