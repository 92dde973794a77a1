"""Where a session turns: who decides, since when it is over, what is told beside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.accompanying import (
    confirm_safety_plan,
    decline_integration,
    share_summary,
)
from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.events import (
    DosingSessionStarted,
    IntegrationDeclined,
    SafetyPlanConfirmed,
    SessionSummaryShared,
)
from services.scheduling.domain.leaving import begin_discharge, return_to_clearable, transfer
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.starting import lower_ready, raise_ready, start_dosing
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    ORDER,
    PRESCRIBER,
    at,
    checked_in,
    escort,
    named,
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


def test_only_the_decision_that_is_awaited_takes_the_flag_down() -> None:
    """Ruling 7: an older one that comes back late leaves the newer one alone."""
    ready = raise_ready(checked_in(), gate_id=GATE, at=at("09:49"), by=HERE).state
    assert lower_ready(ready, gate_id=ANOTHER, at=at("09:50"), by=HERE).state == ready
    assert lower_ready(ready, gate_id=GATE, at=at("09:50"), by=HERE).state.status is S.CHECKED_IN
    waiting = replace(checked_in(), gate_id=GATE)
    assert lower_ready(waiting, gate_id=GATE, at=at("09:50"), by=HERE).state == waiting


def test_a_second_start_waits_for_the_first_decision() -> None:
    ready = raise_ready(checked_in(), gate_id=GATE, at=at("09:49"), by=HERE).state
    with pytest.raises(Refused) as refused:
        raise_ready(ready, gate_id=ANOTHER, at=at("09:49"), by=HERE)
    assert slug(refused) == "start-being-decided"


def test_nothing_starts_that_was_not_decided() -> None:
    ready = raise_ready(checked_in(), gate_id=GATE, at=at("09:49"), by=HERE).state
    undecided = replace(ready, gate_id=None)
    how: Any = {
        "assent_id": named("assent"),
        "supervisor_ref": PRESCRIBER,
        "dose_order_id": ORDER,
        "at": at("09:50"),
        "by": HERE,
    }
    with pytest.raises(Refused) as refused:
        start_dosing(undecided, **how)
    assert slug(refused) == "start-not-decided"
    (started,) = start_dosing(ready, **how).events
    assert isinstance(started, DosingSessionStarted)
    assert started.gate_id == GATE


def test_a_discharge_is_decided_once_and_by_its_own_decision() -> None:
    """Ruling 6."""
    clearable = dosing_in(S.CLEARABLE)
    deciding = begin_discharge(clearable, gate_id=GATE, at=at("12:40"), by=HERE).state
    with pytest.raises(Refused) as refused:
        begin_discharge(deciding, gate_id=ANOTHER, at=at("12:41"), by=HERE)
    assert slug(refused) == "discharge-being-decided"
    stays = return_to_clearable(deciding, gate_id=ANOTHER, at=at("12:41"), by=HERE)
    assert stays.state == deciding
    back = return_to_clearable(deciding, gate_id=GATE, at=at("12:41"), by=HERE).state
    assert (back.status, back.gate_id) == (S.CLEARABLE, None)


@pytest.mark.parametrize(("clock", "late"), [("12:29", False), ("12:30", True), ("13:00", True)])
def test_a_session_overruns_from_its_planned_end_while_somebody_is_here(
    clock: str, late: bool
) -> None:
    assert recovering().overrun_at(at(clock)) == late
    assert not dosing_in(S.DISCHARGED).overrun_at(at(clock))
    assert not checked_in().overrun_at(at(clock))


def test_a_room_is_free_since_the_client_left_and_not_since_it_was_written_down() -> None:
    """INV-36, headline 9."""
    assert recovering().released_at is None
    gone = transfer(recovering(), left_at=at("12:35"), at=at("12:50"), by=HERE).state
    assert (gone.over, gone.released_at) == (True, at("12:35"))
    cancelled = dosing_in(S.CANCELLED)
    assert cancelled.leaving is None
    assert cancelled.released_at == cancelled.passages[-1].at


def test_the_escort_is_who_was_named_for_this_booking() -> None:
    """INV-6: who fell through, or was named for another day, is not shown while another stands."""
    stands = escort("stands")
    fell = replace(escort("fell"), status=EscortStatus.CANCELLED, cancelled_at=at("09:00"))
    other_day = escort("other day", version=0)
    here = checked_in(escorts=(stands, other_day, fell))
    assert here.escort == stands
    assert here.escort_confirmed
    alone = checked_in(escorts=(other_day, fell))
    assert alone.escort == fell
    assert not alone.escort_confirmed


def test_what_accompanies_a_session_is_told_once() -> None:
    after = recovering()
    declined = decline_integration(after, at=at("12:31"))
    assert [type(one) for one in declined.events] == [IntegrationDeclined]
    planned = confirm_safety_plan(after, at=at("12:32"))
    assert planned.events == (SafetyPlanConfirmed(at=at("12:32"), session_id=after.id),)
    acts: tuple[tuple[Callable[[], object], str], ...] = (
        (
            lambda: decline_integration(declined.state, at=at("12:40")),
            "integration-already-declined",
        ),
        (
            lambda: confirm_safety_plan(planned.state, at=at("12:40")),
            "safety-plan-already-confirmed",
        ),
    )
    for act, slugged in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert slug(refused) == slugged
    (shared,) = share_summary(after, summary_ref=named("summary"), at=at("13:00")).events
    assert isinstance(shared, SessionSummaryShared)


@pytest.mark.parametrize("here", [checked_in(), session(SessionKind.PREP)])
def test_before_medicine_there_is_nothing_to_integrate_or_to_plan_for(here: Session) -> None:
    """F92, F101: neither for another kind of session nor before a dosing session began."""
    acts: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: decline_integration(here, at=at("09:40")), "nothing-to-integrate"),
        (lambda: confirm_safety_plan(here, at=at("09:40")), "no-safety-plan-needed"),
        (
            lambda: share_summary(here, summary_ref=named("s"), at=at("09:40")),
            "therapy-not-ended",
        ),
    )
    for act, slugged in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert slug(refused) == slugged
