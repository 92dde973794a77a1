"""Where an escort turns: who counts, when they are here, until when another is named (F89)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.escorting import (
    cancel_escort,
    confirm_escort,
    escort_arrived,
    escort_due_at,
)
from services.scheduling.domain.events import (
    EscortArrived,
)
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    ZONE,
    at,
    checked_in,
    dosed,
    escort,
    named,
    opening,
    recovering,
    session,
)
from tests.unit.scheduling.states import dosing_in

S = SessionStatus
HERE = Role.THERAPIST
GATE, ANOTHER = named("gate"), named("another gate")


def slug(refused: pytest.ExceptionInfo[Refused]) -> str:
    (one,) = refused.value.refusals
    return one.slug


def _confirm(here: Session, **changes: Any) -> Any:
    how: Any = {
        "escort_id": named("new"),
        "adult": True,
        "rideshare": False,
        "rideshare_alone": False,
        "at": at("12:00"),
    }
    return confirm_escort(here, **{**how, **changes})


def test_a_rideshare_alone_is_an_escort_only_where_the_clinic_says_so() -> None:
    """Decision 3 of section 9."""
    with pytest.raises(Refused) as refused:
        _confirm(checked_in(), rideshare=True)
    (one,) = refused.value.refusals
    assert (one.slug, one.facts) == ("rideshare-is-no-escort", {"rideshare": True})
    allowed = _confirm(checked_in(), rideshare=True, rideshare_alone=True)
    assert allowed.state.escort.rideshare
    with pytest.raises(Refused) as child:
        _confirm(checked_in(), adult=False)
    assert slug(child) == "escort-not-an-adult"


def test_nobody_takes_home_from_a_session_that_is_over() -> None:
    over = replace(dosing_in(S.DISCHARGED), escorts=(escort(),))
    for act in (
        lambda: _confirm(over),
        lambda: cancel_escort(over, named("escort"), at=at("13:00")),
        lambda: escort_arrived(
            over, named("escort"), arrived_at=at("13:00"), identity_matched=True
        ),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert slug(refused) == "session-is-over"


def test_who_stands_at_the_desk_is_told_of_once_it_is_known_who_it_is() -> None:
    """INV-24: a stranger stops nobody's waiting."""
    waiting = recovering(escorts=(escort(),))
    stranger = escort_arrived(
        waiting, named("escort"), arrived_at=at("12:30"), identity_matched=False
    )
    assert stranger.events == ()
    known = escort_arrived(
        stranger.state, named("escort"), arrived_at=at("12:40"), identity_matched=True
    )
    assert [type(one) for one in known.events] == [EscortArrived]
    again = escort_arrived(
        known.state, named("escort"), arrived_at=at("12:35"), identity_matched=False
    )
    assert again.events == ()
    here = again.state.escort
    assert here is not None
    assert (here.arrived_at, here.last_seen, here.identity_matched) == (
        at("12:30"),
        at("12:40"),
        True,
    )


PATIENCE = timedelta(minutes=30)


def _fell(clock: str, version: int = 1, day: str = "2026-03-10") -> Any:
    return replace(
        escort(f"fell {clock}", version=version),
        status=EscortStatus.CANCELLED,
        cancelled_at=at(clock, day),
    )


@pytest.mark.parametrize(
    ("here", "due"),
    [
        (session(escorts=(_fell("08:00"),)), at("08:30")),
        (session(escorts=(_fell("08:00"), _fell("08:20"))), at("08:50")),
        (session(escorts=(_fell("18:00", day="2026-03-09"),)), at("09:30")),
        (session(escorts=(_fell("08:00", version=0),)), None),
        (session(escorts=(_fell("08:00"), escort("stands"))), None),
        (session(), None),
        (opening(escorts=(_fell("09:55"),)), at("10:25")),
        (dosed(escorts=(_fell("10:55"),)), None),
        (session(SessionKind.PREP, escorts=(_fell("08:00"),)), None),
    ],
)
def test_until_when_somebody_else_has_to_be_named(here: Session, due: Any) -> None:
    """Ruling 17: half an hour on the day, until the start before it, and only before a dose."""
    assert escort_due_at(here, PATIENCE, ZONE) == due
