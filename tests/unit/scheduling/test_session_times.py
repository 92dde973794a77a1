"""When a client overruns, when a room is free again, and which escort is the session's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.escorting import escort_arrived
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Passage
from services.scheduling.domain.session_states import SessionStatus
from shared.decisions import Refused
from tests.unit.scheduling.building import at, escort, named, recovering, session


def test_a_client_who_is_here_at_the_planned_end_overruns() -> None:
    here = recovering()
    end = here.planned_end_at
    assert here.overrun_at(end)
    assert not here.overrun_at(end - timedelta(seconds=1))
    assert not replace(here, status=SessionStatus.DISCHARGED).overrun_at(end)


def test_a_room_is_free_with_the_last_step_and_not_while_somebody_is_here() -> None:
    steps = tuple(
        Passage(at=at(clock), status=status, by=Role.NURSE, phase=None)
        for clock, status in (
            ("12:30", SessionStatus.RECOVERING),
            ("13:00", SessionStatus.DISCHARGED),
        )
    )
    gone = recovering(status=SessionStatus.DISCHARGED, passages=steps)
    assert gone.released_at == at("13:00")
    assert replace(gone, status=SessionStatus.RECOVERING).released_at is None


def test_the_escort_is_the_newest_who_stands_else_the_newest_of_all() -> None:
    standing, fell_through = (
        escort("first"),
        replace(escort("second"), status=EscortStatus.CANCELLED),
    )
    assert session(escorts=(standing, fell_through)).escort == standing
    assert session(escorts=(standing, escort("third"))).escort == escort("third")
    assert session(escorts=(fell_through,)).escort == fell_through
    assert session().escort is None


def test_no_escort_arrives_after_the_session_is_over() -> None:
    over = session(escorts=(escort("e"),), status=SessionStatus.CANCELLED)
    with pytest.raises(Refused) as refused:
        escort_arrived(over, named("e"), arrived_at=at("12:40"), identity_matched=True)
    assert [refusal.slug for refusal in refused.value.refusals] == ["session-is-over"]
