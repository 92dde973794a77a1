"""Where two people clear, a booking moves, and a session is looked at next."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.scheduling.domain.gate_manual import ManualFacts, decide_manual
from services.scheduling.domain.rearranging import reassign, reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen, Session
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.watching import Look, next_look
from tests.unit.scheduling.booking_question import NEXT_WEEK, decide, past_dosed, refused
from tests.unit.scheduling.building import (
    PROTOCOL,
    ZONE,
    administered,
    at,
    checked_in,
    escort,
    facts,
    named,
    recovering,
    session,
)
from tests.unit.scheduling.discharge_question import manual

NOW = at("08:00")


def _manual(here: Session, *, answered: bool = False) -> set[str]:
    decision = decide_manual(
        ManualFacts(
            session=here,
            clearance=manual(),
            second_known=True,
            facts=administered(facts()),
            answered=answered,
            recovery=PROTOCOL.recovery,
            now=at("12:45"),
        )
    )
    return refused(decision)


def test_two_people_clear_only_who_is_observed_and_only_while_nobody_answers() -> None:
    """Ruling 15."""
    assert _manual(recovering()) == set()
    assert _manual(recovering(), answered=True) == {"prescribing-answers"}
    assert "not-under-observation" in _manual(replace(recovering(), status=SessionStatus.DOSED))
    assert "not-under-observation" in _manual(replace(recovering(), doses=DosesSeen()))


def test_what_is_not_said_of_another_time_or_room_stays() -> None:
    here = checked_in(attendant_ref=named("nurse"), escorts=(escort(), escort("old", version=0)))
    moved = reschedule(here, starts_at=at("14:00"), at=NOW, by=Role.FRONT_DESK, zone=ZONE).state
    assert moved.therapist_ref == here.therapist_ref
    assert moved.planned_end_at - moved.starts_at == timedelta(minutes=180)
    assert [one.schedule_version for one in moved.escorts] == [2, 0]
    another = reschedule(
        here,
        starts_at=at("14:00"),
        therapist_ref=named("other"),
        at=NOW,
        by=Role.FRONT_DESK,
        zone=ZONE,
    ).state
    assert another.therapist_ref == named("other")
    room = reassign(here, room_id=named("other room")).state
    assert (room.room_id, room.supervisor_ref, room.attendant_ref) == (
        named("other room"),
        here.supervisor_ref,
        here.attendant_ref,
    )
    people = reassign(here, supervisor_ref=named("s"), attendant_ref=named("a")).state
    assert (people.room_id, people.supervisor_ref, people.attendant_ref) == (
        here.room_id,
        named("s"),
        named("a"),
    )


def test_a_booking_may_begin_five_minutes_ago_and_is_as_long_as_the_clinic_says() -> None:
    starts = session().starts_at
    assert "starts-in-the-past" not in refused(decide(now=starts + timedelta(minutes=5)))
    assert "starts-in-the-past" in refused(decide(now=starts + timedelta(minutes=5, seconds=1)))
    for minutes, fine in ((75, True), (180, True), (74, False), (181, False)):
        found = refused(decide(session(minutes=minutes)))
        assert ("block-length-not-allowed" not in found) == fine
    assert past_dosed(NEXT_WEEK).over


@pytest.mark.parametrize(
    ("here", "look"),
    [
        (replace(recovering(), status=SessionStatus.ABORTED), Look.ORDER_CLOSES),
        (replace(recovering(), doses=DosesSeen()), Look.ORDER_CLOSES),
        (recovering(), Look.CHECKPOINT),
    ],
)
def test_what_is_looked_at_next(here: Session, look: Look) -> None:
    found = next_look(here, administered(facts()), PROTOCOL.recovery, at("10:20"))
    assert found is not None
    assert found.what is look
