"""The twins of the machines: with a fault in the code, each of them goes red (law 6)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from services.scheduling.domain import (
    booking_conditions,
    escorting,
    following,
    gate_discharge,
    preparation,
    prescription_facts,
)
from services.scheduling.domain.escort import Escort
from services.scheduling.domain.verdicts import judge
from shared.decisions import Change
from shared.folds import Highest
from tests.unit.scheduling.test_bookings_machine import BookingsMachine
from tests.unit.scheduling.test_escort_machine import EscortMachine
from tests.unit.scheduling.test_late_deliveries import LateMachine
from tests.unit.scheduling.test_preparation_machine import PreparationMachine
from tests.unit.scheduling.test_session_machine import SessionMachine

QUICKLY = settings(
    max_examples=3000,  # it stops at the first that is red
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def goes_red(machine: type[RuleBasedStateMachine]) -> None:
    with pytest.raises(Exception) as seen:
        run_state_machine_as_test(machine, settings=QUICKLY)
    assert not isinstance(seen.value, TypeError | AttributeError | NameError), seen.value


def always(slug: str) -> Callable[[Any], Any]:
    return lambda _f: judge(slug, "planted", ok=True, facts={})


@pytest.mark.parametrize(
    "rule", ["doses_apart", "integration_between", "prescription_left", "outside_restriction"]
)
def test_bookings_without_a_rule(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking_conditions, rule, always(rule))
    goes_red(BookingsMachine)


def test_bookings_that_nobody_looks_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_promise", lambda session, _known: Change(session))
    goes_red(BookingsMachine)


@pytest.mark.parametrize("machine", [SessionMachine, LateMachine])
def test_a_session_that_forgets_a_dose(
    machine: type[RuleBasedStateMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "see_doses", lambda session, _doses, at: Change(session))
    goes_red(machine)


def test_a_fold_in_which_the_last_to_arrive_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    def last_wins(self: Any, told: Any, count: int) -> Any:
        return replace(self, closed=Highest().tell(told.version, told.of(count)))

    monkeypatch.setattr(prescription_facts.OrderFacts, "close", last_wins)
    goes_red(LateMachine)


def test_a_clearance_that_outlives_its_rescission(monkeypatch: pytest.MonkeyPatch) -> None:
    def stays(session: Any, *, at: Any) -> Any:
        del at
        return Change(session)

    monkeypatch.setattr(following, "unclear", stays)
    goes_red(LateMachine)


def test_an_escort_of_an_earlier_booking_at_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    def anybody(session: Any) -> Escort | None:
        return next((e for e in session.escorts if e.open and e.identity_matched), None)

    monkeypatch.setattr(gate_discharge, "escort_here", anybody)
    monkeypatch.setattr("tests.unit.scheduling.test_escort_machine.escort_here", anybody)
    goes_red(EscortMachine)


def test_an_arrival_that_is_told_of_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = escorting.escort_arrived

    def credulous(session: Any, escort_id: Any, *, arrived_at: Any, identity_matched: bool) -> Any:
        del identity_matched
        return honest(session, escort_id, arrived_at=arrived_at, identity_matched=True)

    monkeypatch.setattr("tests.unit.scheduling.test_escort_machine.escort_arrived", credulous)
    goes_red(EscortMachine)


def test_a_preparation_that_counts_tellings(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = preparation.count_session
    told: list[int] = []

    def counting(state: Any, *, session_id: Any, **rest: Any) -> Any:
        told.append(1)
        session_id = type(session_id)(int=session_id.int ^ len(told))
        return honest(state, session_id=session_id, **rest)

    monkeypatch.setattr("tests.unit.scheduling.test_preparation_machine.count_session", counting)
    goes_red(PreparationMachine)
