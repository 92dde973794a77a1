"""The two machines of a session, transition by transition."""

from dataclasses import replace

import pytest

from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import (
    BEFORE_START,
    DOSING,
    GONE,
    IN_THE_ROOM,
    OVER,
    TALK,
    SessionKind,
    SessionStatus,
    Trigger,
)
from shared.decisions import Refused
from tests.unit.scheduling.building import at, session

TALK_STATES = {
    SessionStatus.SCHEDULED,
    SessionStatus.BLOCKED,
    SessionStatus.CHECKED_IN,
    SessionStatus.IN_PROGRESS,
    SessionStatus.COMPLETED,
    SessionStatus.CANCELLED,
    SessionStatus.MISSED,
}
EVERY_DOSING_STEP = [(status, trigger) for status in DOSING for trigger in Trigger]
EVERY_TALK_STEP = [(status, trigger) for status in TALK for trigger in Trigger]


def test_every_state_has_its_row() -> None:
    assert set(DOSING) == set(SessionStatus) - {SessionStatus.COMPLETED}
    assert set(TALK) == TALK_STATES


@pytest.mark.parametrize(("status", "trigger"), EVERY_DOSING_STEP)
def test_dosing_moves_exactly_as_its_table_says(status: SessionStatus, trigger: Trigger) -> None:
    here = session(status=status)
    target = DOSING[status].get(trigger)
    if target is None:
        with pytest.raises(Refused) as refused:
            here.moved(trigger, at("10:00"), Role.THERAPIST)
        assert refused.value.refusals[0].facts["status"] == status.value
    else:
        moved = here.moved(trigger, at("10:00"), Role.THERAPIST)
        assert moved.status is target
        assert moved.passages[-1].status is target
        assert moved.passages[-1].at == at("10:00")


@pytest.mark.parametrize(("status", "trigger"), EVERY_TALK_STEP)
def test_talk_moves_exactly_as_its_table_says(status: SessionStatus, trigger: Trigger) -> None:
    here = session(SessionKind.PREP, status=status)
    assert here.allows(trigger) == (trigger in TALK[status])


def test_what_ends_stays_ended_except_for_a_dose() -> None:
    for status in OVER - {SessionStatus.COMPLETED}:
        allowed = set(DOSING[status])
        assert allowed == (set() if status in GONE else {Trigger.SEE_DOSE}), status


def test_a_dose_is_refused_in_no_state_of_a_client_who_is_not_gone() -> None:
    for status in set(DOSING) - GONE:
        assert Trigger.SEE_DOSE in DOSING[status], status


def test_states_are_divided_without_overlap() -> None:
    assert not BEFORE_START & IN_THE_ROOM
    assert not BEFORE_START & OVER
    assert not IN_THE_ROOM & OVER
    assert set(SessionStatus) == BEFORE_START | IN_THE_ROOM | OVER


def test_a_refused_step_leaves_the_session_as_it_was() -> None:
    here = session()
    with pytest.raises(Refused):
        here.moved(Trigger.DISCHARGE, at("10:00"), Role.FRONT_DESK)
    assert here == replace(here)
    assert here.status is SessionStatus.SCHEDULED
